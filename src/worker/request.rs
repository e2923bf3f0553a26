//! An event on a request: its customer got in, a case has another request to be shown on, or it is the first seen of them.
//! Knows no webhook; whoever stored the row has read and checked it.

use super::Inner;
use super::examine::Asked;
use super::outcome::{Outcome, Trouble};
use super::presence::{Met, is_known};
use crate::domain::case::{Case, CaseState};
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::work::{End, NewWork, Work};
use crate::domain::{AccountId, ProjectId};
use diagnosis::Via;
use jiff::Timestamp;

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

    /// What it makes of the case; false when nothing. `stayed`: the person had been here before the add, and gone.
    fn applies(&self, case: &mut Case, stayed: bool, now: Timestamp) -> bool {
        if case.state.has_ended() {
            return false;
        }
        // Inside the window it may have been before the add: then they were in already and are in still, unless they were
        // removed in between.
        let after = if stayed { case.added.not_after } else { case.added.not_before };
        if self.by_the_customer() && self.at >= after {
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
        let stayed = seen.by_the_customer() && self.stayed(tenant, seen).await?;
        for _ in 0..TRIES {
            let Some(mut case) = self.store.case(tenant.id, seen.project, seen.reporter).await? else {
                return Ok(Outcome::then(then));
            };
            let now = self.clock.now();
            if seen.applies(&mut case, stayed, now) && !self.store.save(&case).await? {
                continue;
            }
            if case.is_unpublished() {
                then.push(NewWork::wish(tenant.id, now, Work::Publish { project: seen.project }));
            }
            return Ok(Outcome::then(then));
        }
        Ok(Outcome { end: End::Retry { why: "case_busy" }, then })
    }

    async fn stayed(&self, tenant: &Tenant, seen: &Seen<'_>) -> Result<bool, Trouble> {
        let seats = self.store.seats(tenant.id, seen.reporter).await?;
        Ok(seats.iter().any(|seat| seat.project == seen.project && seat.stayed_before.is_some()))
    }

    /// Events overtake each other: who acts may be an add that was noticed in this moment, or of whom nothing was noticed.
    /// `None`: this person is none of our business.
    async fn not_judged_yet(&self, tenant: &Tenant, seen: &Seen<'_>) -> Result<Option<Outcome>, Trouble> {
        let seats = self.store.seats(tenant.id, seen.reporter).await?;
        let here = |seat: &&Seat| seat.project == seen.project && !seat.seeded && seat.gone_at.is_none();
        if let Some(seat) = seats.iter().find(here) {
            // Another look at them is on its way; at the request of somebody else it must not become a quiet one.
            if !seen.by_the_customer() && seat.via != Via::Request {
                return Ok(None);
            }
            let asked = Asked { fresh: false, quiet: true };
            return Box::pin(self.judge(tenant, seen.project, seen.reporter, asked)).await.map(Some);
        }
        if is_known(&seats, seen.project) {
            return Ok(None);
        }
        let themselves = seen.by_the_customer();
        self.first_presence(tenant, &Met { project: seen.project, account: seen.reporter, themselves, at: seen.at })
            .await
    }
}
