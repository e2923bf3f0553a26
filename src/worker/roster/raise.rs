//! What follows from a completed pass: adds to be judged, so many at a time, and the second look after a seeding.
//! Judges nothing itself.

use super::super::Inner;
use super::super::outcome::{Outcome, Trouble};
use crate::domain::roster::{PassOutcome, RAISED_AT_ONCE, Seat};
use crate::domain::tenant::Tenant;
use crate::domain::work::{NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use diagnosis::Via;
use jiff::Timestamp;

/// Before every account.
fn nobody() -> AccountId {
    AccountId(String::new())
}

impl Inner {
    pub(super) fn after_pass(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        via: Via,
        outcome: PassOutcome,
        attempt: u32,
    ) -> Outcome {
        let (tenant, now) = (tenant.id, self.clock.now());
        let (via_name, people) = (via.name(), outcome.total);
        let mut then = Vec::new();
        if outcome.seeding && via != Via::ListOnly {
            tracing::info!(tenant = tenant.0, project = project.0, via = via_name, people, "taken over silently");
        }
        if outcome.batch {
            tracing::info!(tenant = tenant.0, project = project.0, via = via_name, adds = outcome.found, "an import");
        }
        // An earlier attempt may have been cut off after it had seeded.
        if (outcome.seeding || attempt > 1) && via != Via::ListOnly {
            then.push(NewWork::wish(tenant, now, Work::Reconcile { again: true }));
        }
        let more = outcome.due > outcome.fresh.len() as u64;
        then.extend(raise(tenant, project, via, outcome.fresh, more, now));
        Outcome::then(then)
    }

    /// What was to follow from a pass whose end nobody wrote down.
    pub(super) fn after_lost_end(&self, tenant: &Tenant, project: ProjectId, via: Via) -> Outcome {
        if via == Via::ListOnly {
            return Outcome::done();
        }
        let works = [Work::Reconcile { again: true }, Work::RaiseAdds { project, via, after: nobody() }];
        Outcome::then(works.into_iter().map(|work| NewWork::wish(tenant.id, self.clock.now(), work)).collect())
    }

    /// The adds after an account that no case tells of yet: also those of an earlier pass whose judgement was never asked for.
    pub(in crate::worker) async fn raise_adds(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        via: Via,
        after: &AccountId,
    ) -> Result<Outcome, Trouble> {
        let most = u32::try_from(RAISED_AT_ONCE).unwrap_or(u32::MAX);
        let due = self.store.due(tenant.id, project, via, after, most).await?;
        let more = due.len() >= RAISED_AT_ONCE;
        Ok(Outcome::then(raise(tenant.id, project, via, due, more, self.clock.now()).collect()))
    }
}

/// What a pass finds is listed and counted, never commented one by one; an import waits behind hints like every pass.
fn raise(
    tenant: TenantId,
    project: ProjectId,
    via: Via,
    due: Vec<Seat>,
    more: bool,
    now: Timestamp,
) -> impl Iterator<Item = NewWork> {
    let after = due.last().map(|seat| seat.account.clone()).filter(|_| more);
    let rest = after.map(|after| Work::RaiseAdds { project, via, after });
    let judge = |seat: Seat| Work::Examine { project: seat.project, account: seat.account, fresh: false, quiet: true };
    due.into_iter().map(judge).chain(rest).map(move |work| NewWork::wish(tenant, now, work))
}
