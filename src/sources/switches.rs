//! The switches of site and project as of each person's add: from the audit log's records and admins' statements.
//! Reads nothing itself: the log has been read up to the add, the history lies in the store.

use super::audit::View;
use super::combine::made_at;
use super::optional::Standing;
use super::{Asked, Reach, Reader, Sources, Spec, Told, earlier, seen_now, soon};
use crate::domain::ProjectId;
use crate::domain::audit::{AuditMark, Coverage};
use crate::domain::history::{Line, Trusted, as_of, with_observations};
use crate::domain::tenant::Tenant;
use diagnosis::{Fact, FactKey, Gap, Moment, Observed, Reading, Sheet};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub(super) struct Switches;

static SPEC: Spec = Spec {
    name: "audit_log_and_statements",
    supplies: &[
        FactKey::OutgoingMailOn,
        FactKey::InviteNotificationOn,
        FactKey::PortalOnlyAccountsAllowed,
        FactKey::AllowedDomains,
        FactKey::WrongDoor,
    ],
    authority: 90,
    calls: 0,
};

/// A reading of the log that is no older than this counts as "now".
pub(super) const NOW_LAGS: SignedDuration = SignedDuration::from_secs(60);

#[async_trait::async_trait]
impl Reader for Switches {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |asked: &Asked<'_>| {
            let mut told = Told::default();
            match at.history {
                Ok(lines) => {
                    let window = tightened(asked.added, made_at(asked.so_far));
                    told.readings.extend(judged(lines, window, &at.log.mark, at.trusted, SignedDuration::ZERO));
                    told.look_again(behind(&at.log.mark, window, at.now));
                }
                Err(gap) => {
                    told.look_again(soon(at.now));
                    told.readings.extend(SPEC.supplies.iter().map(|key| Reading::gap(*key, *gap)));
                }
            }
            told.look_again(at.log.again_at);
            told
        };
        who.iter().map(one).collect()
    }
}

/// Times are as fine as this.
const INSTANT: SignedDuration = SignedDuration::from_millis(1);

/// Nobody is added before their account is made; what is switched in that same instant may be switched after it.
fn tightened(added: Moment, made: Option<Timestamp>) -> Moment {
    let made = made.map(|made| made.min(added.not_after).saturating_sub(INSTANT).unwrap_or(made));
    let not_before = made.map_or(added.not_before, |made| added.not_before.max(made));
    // Even an add that is seen in the moment of the last pass took an instant, in which a switch may have been turned after it.
    let instant_before = added.not_after.saturating_sub(INSTANT).unwrap_or(not_before);
    Moment { not_before: not_before.min(instant_before), ..added }
}

/// Every switch in a window. The log has records of the notification only, so its trouble is none of the others'.
fn judged(lines: &[Line], window: Moment, mark: &AuditMark, trusted: Trusted, lag: SignedDuration) -> Vec<Reading> {
    let unlogged = AuditMark::default();
    let of = |key: &FactKey| {
        let mark = if *key == FactKey::InviteNotificationOn { mark } else { &unlogged };
        let fact = with_observations(as_of(*key, lines, window, mark), *key, lines, window, trusted, lag);
        Reading { key: *key, fact }
    };
    SPEC.supplies.iter().map(of).collect()
}

/// The log was read now and still does not reach the window's end: Jira's clock is behind ours, so wait for it.
fn behind(mark: &AuditMark, window: Moment, now: Timestamp) -> Option<Timestamp> {
    let until = mark.coverage?.until;
    if mark.trouble.is_some() || until >= window.not_after {
        return None;
    }
    let wait = window.not_after.duration_since(until).saturating_add(SignedDuration::from_secs(1));
    now.saturating_add(wait.min(SignedDuration::from_hours(1))).ok()
}

/// What the switches are now, for a page without a person.
#[derive(Clone, Debug)]
pub struct SwitchesNow {
    /// Facts of the site and, if asked for, of the project.
    pub sheet: Sheet,
    /// Why the log could not be read on, when that is so.
    pub trouble: Option<Gap>,
    /// When to look again, if that may pass.
    pub again_at: Option<Timestamp>,
    /// When this was so.
    pub checked_at: Timestamp,
}

/// The switches now; the log is read if its last reading is older than a minute.
pub async fn switches_now(sources: &Sources, tenant: &Tenant, project: Option<ProjectId>) -> SwitchesNow {
    let now = sources.clock.now();
    let log = sources.log(tenant, now, false).await;
    let standing = sources.standing(tenant).await;
    let upto = now.saturating_sub(NOW_LAGS).unwrap_or(now);
    sources.look(tenant, project, upto, standing.trusted()).await;
    let mut switches = read_now(sources, tenant, project, &log, &standing, now).await;
    // Boxed: three calls with their caches make a large future, and every page awaits it.
    let again_at = Box::pin(seen_now::of_page(sources, tenant, project, &mut switches.sheet)).await;
    switches.again_at = earlier(switches.again_at, again_at);
    switches
}

/// The switches of many projects now, in their order, from what is known: the log is read once and nobody else is asked.
pub async fn switches_known(sources: &Sources, tenant: &Tenant, projects: &[ProjectId]) -> Vec<SwitchesNow> {
    let now = sources.clock.now();
    let log = sources.log(tenant, now, false).await;
    let standing = sources.standing(tenant).await;
    let mut known = Vec::new();
    for project in projects {
        known.push(read_now(sources, tenant, Some(*project), &log, &standing, now).await);
    }
    known
}

async fn read_now(
    sources: &Sources,
    tenant: &Tenant,
    project: Option<ProjectId>,
    log: &View,
    standing: &Standing,
    now: Timestamp,
) -> SwitchesNow {
    let mut sheet = Sheet::unasked();
    let mut again_at = log.again_at;
    let readings: Vec<Reading> = match sources.history(tenant, project, log, standing).await {
        Ok(lines) => judged(&lines, Moment::at(now), &as_if_now(log.mark, now), standing.trusted(), NOW_LAGS),
        Err(gap) => {
            again_at = earlier(again_at, soon(now));
            SPEC.supplies.iter().map(|key| Reading::gap(*key, gap)).collect()
        }
    };
    let read_at = log.mark.coverage.map(|coverage| coverage.until);
    for reading in readings {
        // Of this module's own making, so always of the right type.
        let _taken = sheet.put(&Reading { key: reading.key, fact: seen_no_later(reading.fact, read_at) });
    }
    sheet.settle();
    SwitchesNow { sheet, trouble: log.mark.trouble, again_at, checked_at: now }
}

/// A log read within the last minute speaks for now.
fn as_if_now(mark: AuditMark, now: Timestamp) -> AuditMark {
    let recent = |c: &Coverage| c.until < now && now.duration_since(c.until) <= NOW_LAGS;
    let coverage = mark.coverage.map(|c| if recent(&c) { Coverage { until: now, ..c } } else { c });
    AuditMark { coverage, ..mark }
}

/// The log's word is as old as its reading, whatever it was taken for.
fn seen_no_later(fact: Fact<Value>, read_at: Option<Timestamp>) -> Fact<Value> {
    match (fact, read_at) {
        (Fact::Known(Observed { value, mut origin }), Some(at)) if origin.source == diagnosis::Source::AuditLog => {
            origin.observed_at = origin.observed_at.min(at);
            Fact::of(value, origin)
        }
        (fact, _) => fact,
    }
}
