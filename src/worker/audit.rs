//! The audit log, read again and again: new accounts are looked for, changed switches are judged anew.
//! Knows no record and no watermark; `examine` reads and keeps them.

use super::Inner;
use super::outcome::{Outcome, Trouble};
use crate::domain::ProjectId;
use crate::domain::tenant::Tenant;
use crate::domain::work::{NewWork, Work};
use crate::jira::{JiraError, RolesChanged};
use diagnosis::{Source, Via};
use jiff::SignedDuration;

/// Adds judged anew after one change, at most; the others are looked at when somebody opens them.
const UNDECIDED: u32 = 500;
/// A pass that ended so long after a change of roles began after it.
const ROLES_SEEN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// Readings overlap by five minutes, so the same record comes again and again. Who was taken over silently within this time
/// need not be once more; what changes meanwhile still comes once after it.
const SEEDED_LATELY: SignedDuration = SignedDuration::from_mins(4);

impl Inner {
    /// The turn of everything that looks at the site again and again.
    pub(super) async fn read_audit(&self, tenant: &Tenant, attempt: u32) -> Result<Outcome, Trouble> {
        let mut outcome = self.read_log(tenant, attempt).await?;
        if self.examiner.look(tenant).await {
            outcome.then.extend(self.judge_again(tenant).await?);
        }
        Ok(outcome)
    }

    /// Everybody on the site who is not decided: what was seen after their add may tell more about it.
    async fn judge_again(&self, tenant: &Tenant) -> Result<Vec<NewWork>, Trouble> {
        let now = self.clock.now();
        let undecided = self.store.undecided(tenant.id, None, UNDECIDED).await?;
        let again = |(project, account)| Work::Examine { project, account, fresh: false, quiet: true };
        Ok(undecided.into_iter().map(|one| NewWork::wish(tenant.id, now, again(one))).collect())
    }

    async fn read_log(&self, tenant: &Tenant, attempt: u32) -> Result<Outcome, Trouble> {
        let reading = match self.examiner.read_audit(tenant).await {
            Ok(reading) => reading,
            // What cannot be read is written down as the gap that it is; a right may be granted until the next turn.
            Err(JiraError::Forbidden | JiraError::NotFound | JiraError::Refused(_)) => return Ok(Outcome::done()),
            Err(error) => return Err(error.into()),
        };
        let now = self.clock.now();
        let mut then = Vec::new();
        // Who was made before we were installed is on the projects we first see, and known silently (rules.md section 2).
        for created in reading.created.into_iter().filter(|created| created.at >= tenant.installed_at) {
            let work = Work::Locate { account: created.account.clone(), hinted_at: created.at, looked: 0 };
            then.push(NewWork::delivery(tenant.id, format!("audit:created:{}", created.account), now, work));
        }
        let known = self.store.projects(tenant.id).await?;
        for project in reading.permissions_changed {
            let seeded = known.iter().find(|known| known.id == project).and_then(|known| known.seeded_at);
            if seeded.is_none_or(|at| now.duration_since(at) >= SEEDED_LATELY) {
                let organisations = Work::ReadPass { project, via: Via::Organisation, reseed: true };
                for work in [Work::ReadRole { project, reseed: true }, organisations] {
                    then.push(NewWork::wish(tenant.id, now, work));
                }
            }
        }
        // Readings overlap: a pass that began after the change has seen what it did.
        let passed = |change: &RolesChanged| {
            let last = known.iter().find(|known| known.id == change.project).map(|known| known.last_pass);
            last.is_none_or(|last| last.is_some_and(|last| last.duration_since(change.at) > ROLES_SEEN_AFTER))
        };
        for change in reading.roles_changed.iter().filter(|change| !passed(change)) {
            then.push(NewWork::wish(tenant.id, now, Work::ReadRole { project: change.project, reseed: false }));
        }
        // An earlier attempt may have been cut off after the records were kept: then any switch may have changed.
        let changed = if attempt > 1 { known.iter().map(|known| known.id).collect() } else { reading.toggled };
        for project in changed {
            then.extend(self.judge_anew(tenant, project).await?);
        }
        Ok(Outcome::then(then))
    }

    /// Those who are not told yet and were last judged before the newest change was read, and what the project shows about
    /// itself.
    async fn judge_anew(&self, tenant: &Tenant, project: ProjectId) -> Result<Vec<NewWork>, Trouble> {
        let now = self.clock.now();
        let lines = self.store.lines(tenant.id, Some(project)).await?;
        let Some(read) = lines.iter().filter(|line| line.source == Source::AuditLog).map(|l| l.observed_at).max()
        else {
            return Ok(Vec::new());
        };
        let mut then = vec![NewWork::wish(tenant.id, now, Work::Publish { project })];
        for (project, account) in self.store.undecided(tenant.id, Some(project), UNDECIDED).await? {
            let case = self.store.case(tenant.id, project, &account).await?;
            if case.is_some_and(|case| case.checked_at.is_none_or(|at| at <= read)) {
                let work = Work::Examine { project, account, fresh: false, quiet: true };
                then.push(NewWork::wish(tenant.id, now, work));
            }
        }
        Ok(then)
    }
}
