//! An event on a request: its customer got in, or a case has another request to be shown on.
//! Knows no webhook; whoever stored the row has read and checked it.

use super::Inner;
use super::examine::Asked;
use super::outcome::{Outcome, Trouble};
use crate::domain::case::{Case, CaseState};
use crate::domain::tenant::Tenant;
use crate::domain::work::{End, NewWork, Work};
use crate::domain::{AccountId, ProjectId};
use jiff::{SignedDuration, Timestamp};

/// By then a hint about a new account has been looked into for the last time.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(13);
/// The row may be written by others at the same moment.
const TRIES: usize = 5;

/// What was seen.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) project: ProjectId,
    pub(super) request: &'a str,
    pub(super) reporter: &'a AccountId,
    pub(super) actor: &'a AccountId,
    pub(super) at: Timestamp,
}

impl Seen<'_> {
    fn by_the_customer(&self) -> bool {
        self.actor == self.reporter
    }

    /// What it makes of the case; false when nothing.
    fn applies(&self, case: &mut Case, now: Timestamp) -> bool {
        if case.state.has_ended() {
            return false;
        }
        // Before the window's end they may have done it before the add.
        if self.by_the_customer() && self.at >= case.added.not_after {
            return case.end(CaseState::GotIn, now);
        }
        if case.state == CaseState::Open && case.written.property_on.as_deref() != Some(self.request) {
            case.version += 1;
            return true;
        }
        false
    }
}

impl Inner {
    pub(super) async fn request(&self, tenant: &Tenant, seen: &Seen<'_>) -> Result<Outcome, Trouble> {
        let mut then = Vec::new();
        if self.store.case(tenant.id, seen.project, seen.reporter).await?.is_none() {
            match self.not_judged_yet(tenant, seen).await? {
                Some(judged) if judged.end == End::Done => then = judged.then,
                Some(other) => return Ok(other),
                None => return Ok(Outcome::done()),
            }
        }
        for _ in 0..TRIES {
            let Some(mut case) = self.store.case(tenant.id, seen.project, seen.reporter).await? else {
                return Ok(Outcome::then(then));
            };
            let now = self.clock.now();
            if seen.applies(&mut case, now) && !self.store.save(&case).await? {
                continue;
            }
            if case.is_unpublished() {
                then.push(NewWork::wish(tenant.id, now, Work::Publish { project: seen.project }));
            }
            return Ok(Outcome::then(then));
        }
        Ok(Outcome { end: End::Retry { why: "case_busy" }, then })
    }

    /// Events overtake each other: who acts may be an add that was noticed, or is even only looked for, in this moment.
    /// `None`: this person is none of our business.
    async fn not_judged_yet(&self, tenant: &Tenant, seen: &Seen<'_>) -> Result<Option<Outcome>, Trouble> {
        if !seen.by_the_customer() {
            return Ok(None);
        }
        let seats = self.store.seats(tenant.id, seen.reporter).await?;
        if seats.iter().any(|seat| seat.project == seen.project && !seat.seeded && seat.gone_at.is_none()) {
            let asked = Asked { fresh: false, quiet: true };
            return Box::pin(self.judge(tenant, seen.project, seen.reporter, asked)).await.map(Some);
        }
        let settled = seen.at.checked_add(SETTLED_AFTER).unwrap_or(Timestamp::MIN);
        // Nobody whom a pass or a hint ever showed: perhaps on the way here.
        let may_come = seats.is_empty() && self.clock.now() < settled;
        Ok(may_come.then(|| Outcome::defer(settled, "not_noticed_yet")))
    }
}
