//! The door of the REST API: faults, holds, limits, and what went through it. See the parent module.

use crate::calls::{CallRecord, Violation};
use crate::faults::{Fault, HeldRequest, HoldAt, Matcher};
use crate::points::Limits;
use crate::site::Sandbox;

impl Sandbox {
    /// Plays a fault on the next `times` matching requests (`usize::MAX` for ever) instead of answering them. The
    /// matcher may be a text such as `"GET /rest/api/3/auditing/record"`, `*` standing for one segment.
    pub fn misbehave(&self, matcher: impl Into<Matcher>, fault: Fault, times: usize) {
        self.site.lock().misbehave(matcher.into(), fault, times);
    }

    /// Forgets all faults and lets all held requests go.
    pub fn behave(&self) {
        let mut state = self.site.lock();
        state.misbehaviours.clear();
        state.holds.clear();
    }

    /// Holds the n-th REST request from now open (the first is 1), before or after it is applied.
    pub fn hold_request(&self, n: usize, at: HoldAt) -> HeldRequest {
        self.hold_matching(Matcher::any(), n, at)
    }

    /// The same among the requests that match.
    pub fn hold_matching(&self, matcher: impl Into<Matcher>, n: usize, at: HoldAt) -> HeldRequest {
        self.site.lock().hold(matcher.into(), n, at)
    }

    /// Every REST request so far.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.site.lock().calls.clone()
    }

    /// Number of requests so far whose method and path template are these.
    pub fn count_calls(&self, method: &str, template: &str) -> usize {
        let state = self.site.lock();
        state.calls.iter().filter(|call| call.method == method && call.template == template).count()
    }

    /// Forgets the requests so far; counters of limits stay.
    pub fn forget_calls(&self) {
        self.site.lock().calls.clear();
    }

    /// Requests to paths that this site does not have, as `METHOD path`.
    pub fn unexpected_calls(&self) -> Vec<String> {
        self.site.lock().unexpected.clone()
    }

    /// Bodies and parameters that break Atlassian's specifications. Empty without `Options::contracts`.
    pub fn violations(&self) -> Vec<Violation> {
        self.site.lock().violations.clone()
    }

    /// Changes the rate limits.
    pub fn set_limits(&self, limits: Limits) {
        self.site.lock().meter.limits = limits;
    }

    /// Points used in this hour.
    pub fn points_used(&self) -> u64 {
        self.site.lock().meter.used
    }

    /// Pretends that this many points of the hour are used up.
    pub fn set_points_used(&self, points: u64) {
        let mut state = self.site.lock();
        let hour = state.now().as_second().div_euclid(3600);
        state.meter.set_used(points, hour);
    }
}
