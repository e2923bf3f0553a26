//! Jira's limits: points per hour, bursts per endpoint, customer lists per second, writes per work item.
//! Does not know what an answer holds; the handlers count objects and this module prices them.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;

use crate::state::State;

/// Why a request is throttled, in Jira's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The hour's points of the app over all its tenants are used up.
    QuotaGlobal,
    /// The hour's points of the app on this tenant are used up.
    QuotaTenant,
    /// Too many requests a second to one endpoint.
    Burst,
    /// Too many writes to one work item.
    PerIssueOnWrite,
}

impl Reason {
    /// The value of `RateLimit-Reason`.
    pub fn word(self) -> &'static str {
        match self {
            Self::QuotaGlobal => "jira-quota-global-based",
            Self::QuotaTenant => "jira-quota-tenant-based",
            Self::Burst => "jira-burst-based",
            Self::PerIssueOnWrite => "jira-per-issue-on-write",
        }
    }
}

/// By which clock seconds pass for the limits on bursts. The hour of the quota always follows the site's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BurstClock {
    /// The computer's: right when the app paces itself in real time.
    Real,
    /// The site's.
    Site,
}

/// The limits in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Points an hour.
    pub points: u64,
    /// What a used-up quota is called.
    pub quota_reason: Reason,
    /// Requests a second and endpoint: reads and POST. PUT and DELETE have half of it.
    pub burst: u64,
    /// Customer lists a second.
    pub customer_lists: u64,
    /// Writes to one work item in two seconds; five times as many in thirty.
    pub item_writes: u64,
    /// Whether anything of this is enforced. Points are counted all the same.
    pub enforced: bool,
    /// By which clock bursts are timed.
    pub burst_clock: BurstClock,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            points: 65_000,
            quota_reason: Reason::QuotaGlobal,
            burst: 100,
            customer_lists: 5,
            item_writes: 20,
            enforced: true,
            burst_clock: BurstClock::Real,
        }
    }
}

/// A token bucket, timed in seconds.
#[derive(Debug, Clone)]
struct Bucket {
    tokens: f64,
    at: f64,
}

/// The counters.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    started: Instant,
    hour: i64,
    pub(crate) used: u64,
    buckets: BTreeMap<String, Bucket>,
    writes: BTreeMap<String, Vec<f64>>,
}

/// A refusal with the seconds after which another try makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Throttled {
    pub(crate) reason: Reason,
    pub(crate) retry_after: u64,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, started: Instant::now(), hour: 0, used: 0, buckets: BTreeMap::new(), writes: BTreeMap::new() }
    }

    fn seconds(&self, now: Timestamp) -> f64 {
        match self.limits.burst_clock {
            BurstClock::Real => self.started.elapsed().as_secs_f64(),
            BurstClock::Site => now.as_millisecond() as f64 / 1000.0,
        }
    }

    /// Starts a new hour if there is one.
    fn turn_hour(&mut self, now: Timestamp) {
        let hour = now.as_second().div_euclid(3600);
        if hour != self.hour {
            self.hour = hour;
            self.used = 0;
        }
    }

    /// Pretends that points were used in the given hour.
    pub(crate) fn set_used(&mut self, points: u64, hour: i64) {
        self.hour = hour;
        self.used = points;
    }

    /// Seconds until the quota is full again.
    pub(crate) fn until_reset(now: Timestamp) -> u64 {
        u64::try_from(3600 - now.as_second().rem_euclid(3600)).unwrap_or(3600)
    }

    /// Takes one from a bucket that holds `size` and refills at `size` a second.
    fn take(&mut self, name: String, size: u64, seconds: f64) -> bool {
        let size = size as f64;
        let bucket = self.buckets.entry(name).or_insert(Bucket { tokens: size, at: seconds });
        bucket.tokens = (bucket.tokens + (seconds - bucket.at).max(0.0) * size).min(size);
        bucket.at = seconds;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }

    /// Whether one more write to a work item is allowed, and notes it if so.
    fn write_to(&mut self, item: &str, seconds: f64) -> bool {
        let most = usize::try_from(self.limits.item_writes).unwrap_or(usize::MAX);
        let times = self.writes.entry(item.to_owned()).or_default();
        times.retain(|at| seconds - at < 30.0);
        let fresh = times.iter().filter(|at| seconds - **at < 2.0).count();
        if fresh >= most || times.len() >= most.saturating_mul(5) {
            return false;
        }
        times.push(seconds);
        true
    }
}

/// Requests a second that one endpoint takes.
fn burst_of(limits: &Limits, method: &str, template: &str) -> u64 {
    match (method, template) {
        ("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer") => limits.customer_lists,
        ("GET", "/rest/api/3/user" | "/rest/api/3/issue/{issueIdOrKey}") => limits.burst + limits.burst / 2,
        ("GET", "/rest/api/3/project/{projectIdOrKey}/role/{id}") => limits.burst * 2,
        ("PUT" | "DELETE", _) => (limits.burst / 2).max(1),
        _ => limits.burst,
    }
}

impl State {
    /// Whether a request may pass. `item` is the work item that a write is for.
    pub(crate) fn admit(&mut self, method: &str, template: &str, item: Option<&str>) -> Result<(), Throttled> {
        let now = self.now();
        self.meter.turn_hour(now);
        if !self.meter.limits.enforced {
            return Ok(());
        }
        if self.meter.used >= self.meter.limits.points {
            let reason = self.meter.limits.quota_reason;
            return Err(Throttled { reason, retry_after: Meter::until_reset(now) });
        }
        let seconds = self.meter.seconds(now);
        let size = burst_of(&self.meter.limits, method, template);
        if !self.meter.take(format!("{method} {template}"), size, seconds) {
            return Err(Throttled { reason: Reason::Burst, retry_after: 1 });
        }
        match item {
            Some(item) if !self.meter.write_to(item, seconds) => {
                Err(Throttled { reason: Reason::PerIssueOnWrite, retry_after: 2 })
            }
            _ => Ok(()),
        }
    }

    /// The price of an answer: writes cost one, reads one more per object and two more per person, group, role or
    /// permission. Notes it and gives it back.
    pub(crate) fn charge(&mut self, read: bool, objects: u64, grants: u64) -> u64 {
        let price = if read { 1 + objects + 2 * grants } else { 1 };
        self.meter.used += price;
        price
    }
}
