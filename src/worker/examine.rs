//! Judging one add: the seat tells when, the examiner what, the case remembers; then Jira is written to, if that concerns it.
//! Knows no source and no cause.

use super::Inner;
use super::outcome::{Outcome, Trouble};
use crate::domain::case::{Case, CaseState};
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::work::{End, NewWork, Work};
use crate::domain::{AccountId, ProjectId};
use crate::examine::{Examination, Subject};
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};

/// A case that nobody and nothing ended by then is over.
pub(super) const EXPIRES_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Somebody may write the case at the same moment (handled, published); then it is read and observed again.
const TRIES: usize = 5;

/// How an examination was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Pass the caches.
    pub(super) fresh: bool,
    /// Found by a pass.
    pub(super) quiet: bool,
}

impl Inner {
    pub(super) async fn judge(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
        asked: Asked,
    ) -> Result<Outcome, Trouble> {
        let seats = self.store.seats(tenant.id, account).await?;
        let Some(case) = self.case_of(tenant, project, account, &seats, asked.quiet).await? else {
            return Ok(Outcome::done());
        };
        let subject =
            Subject { account: account.clone(), added: case.added, via: case.via, seats: Some(seats.clone()) };
        let mut examinations = self.examiner.examine(tenant, project, &[subject], asked.fresh).await;
        let Some(examination) = examinations.pop() else {
            return Ok(Outcome { end: End::Retry { why: "not_examined" }, then: Vec::new() });
        };
        self.conclude(tenant, case, &seats, &examination, asked).await
    }

    /// Writes down what the examination says, however often the row moves on meanwhile.
    async fn conclude(
        &self,
        tenant: &Tenant,
        mut case: Case,
        seats: &[Seat],
        examination: &Examination,
        asked: Asked,
    ) -> Result<Outcome, Trouble> {
        let (project, account) = (case.project, case.account.clone());
        let chosen = self.store.project(tenant.id, project).await?.map(|known| known.settings).unwrap_or_default();
        for _ in 0..TRIES {
            let now = self.clock.now();
            case.observe(&examination.diagnosis, examination.route, now);
            // Nobody is warned of what an admin intends; one block that is not intended is worth the warning.
            if case.state == CaseState::Open
                && chosen.intends_all(case.standing.iter().map(|s| s.scenario.as_str()), now)
            {
                case.end(CaseState::OnPurpose, now);
            }
            if self.store.save(&case).await? {
                return Ok(Outcome::then(self.after(tenant, &case, examination.again_at, asked, now)));
            }
            match self.case_of(tenant, project, &account, seats, asked.quiet).await? {
                Some(again) => case = again,
                None => return Ok(Outcome::done()),
            }
        }
        Ok(Outcome { end: End::Retry { why: "case_busy" }, then: Vec::new() })
    }

    fn after(
        &self,
        tenant: &Tenant,
        case: &Case,
        again_at: Option<Timestamp>,
        asked: Asked,
        now: Timestamp,
    ) -> Vec<NewWork> {
        let mut then = Vec::new();
        // Not only when it changed: a stop between saving and settling must not lose the change.
        if case.is_unpublished() {
            then.push(NewWork::wish(tenant.id, now, Work::Publish { project: case.project }));
        }
        let young = now.duration_since(case.added.not_after) < EXPIRES_AFTER;
        if let Some(at) = again_at.filter(|_| young && !case.state.has_ended()) {
            let work = Work::Examine {
                project: case.project,
                account: case.account.clone(),
                fresh: false,
                quiet: asked.quiet,
            };
            then.push(NewWork::wish(tenant.id, at.max(now + SignedDuration::from_secs(1)), work));
        }
        then
    }

    /// The case as stored; a new one for an add that has none; nothing where there is no add to judge.
    pub(super) async fn case_of(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
        seats: &[Seat],
        quiet: bool,
    ) -> Result<Option<Case>, Trouble> {
        let stored = self.store.case(tenant.id, project, account).await?;
        let is_add = |seat: &&Seat| seat.project == project && !seat.seeded && seat.gone_at.is_none();
        let seat = seats.iter().filter(is_add).max_by_key(|seat| seat.added.not_after);
        let noticed = |seat: &Seat| Case::noticed(tenant.id, project, account.clone(), seat.added, seat.via, quiet);
        Ok(match (stored, seat) {
            (None, None) => None,
            (None, Some(seat)) => Some(noticed(seat)),
            // Removed and added once more: another add, whose case takes over what stands in Jira for the first.
            (Some(before), Some(seat)) if seat.added.not_before > before.added.not_after => {
                Some(successor(before, noticed(seat)))
            }
            // First met on a request, and then a better witness knew of an add: an invitation may have been expected after all.
            (Some(case), Some(seat))
                if case.via == Via::Request && seat.via != Via::Request && !case.state.has_ended() =>
            {
                Some(Case { via: seat.via, added: seat.added, ..case })
            }
            (Some(case), _) => Some(case),
        })
    }
}

fn successor(before: Case, next: Case) -> Case {
    Case {
        version: before.version + 1,
        published: before.published,
        written: before.written,
        revision: before.revision,
        ..next
    }
}
