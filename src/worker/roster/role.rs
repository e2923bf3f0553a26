//! One pass over the *Service Desk Customers* role of a project: one answer, read as it comes.
//! Judges nothing; where a role fits into one batch it is a list, otherwise a run.

use super::super::Inner;
use super::super::outcome::{Outcome, Trouble};
use super::told;
use crate::domain::roster::{Cursor, Page, Pass, PassOutcome, quota};
use crate::domain::tenant::Tenant;
use crate::domain::work::MAX_ATTEMPTS;
use crate::domain::{AccountId, ProjectId};
use crate::jira::{JiraError, RoleReading};
use diagnosis::Via;

impl Inner {
    pub(in crate::worker) async fn read_role(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        reseed: bool,
        attempt: u32,
    ) -> Result<Outcome, Trouble> {
        let began = self.clock.now();
        match self.role_pass(tenant, project, reseed).await {
            Ok(outcome) => {
                let again = self.tell_scan(tenant.id, project, told::role(began, &outcome)).await?;
                let mut after = self.after_pass(tenant, project, Via::Role, outcome, attempt);
                after.then.extend(again);
                Ok(after)
            }
            Err(Trouble::Jira(error)) => {
                if !self.note_unread(tenant.id, project, Via::Role, &error, attempt >= MAX_ATTEMPTS).await? {
                    return Err(error.into());
                }
                let again = self.tell_scan(tenant.id, project, told::unreadable(Via::Role, began)).await?;
                Ok(Outcome::then(again.into_iter().collect()))
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn role_pass(&self, tenant: &Tenant, project: ProjectId, reseed: bool) -> Result<PassOutcome, Trouble> {
        let mut reading = self.jira.site(tenant).read_role(project).await?;
        let first = reading.next().await.unwrap_or_default();
        match reading.next().await {
            None => self.small_role(tenant, project, reseed, first, reading).await,
            Some(second) => self.large_role(tenant, project, reseed, [first, second], reading).await,
        }
    }

    async fn small_role(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        reseed: bool,
        mut accounts: Vec<AccountId>,
        reading: RoleReading,
    ) -> Result<PassOutcome, Trouble> {
        let end = reading.end().await?;
        accounts.sort_unstable();
        accounts.dedup();
        let (began, ended) = (end.bounds.asked_at, end.bounds.answered_at);
        let last = self.store.last_pass(tenant.id, project, Via::Role).await?;
        let reseed = reseed || self.must_reseed(last, Via::Role, began).await?;
        let pass = Pass { project, via: Via::Role, accounts, began, ended, reseed };
        Ok(self.store.apply_pass(tenant.id, &pass).await?)
    }

    /// Batches are put aside as they come; only when the last byte has come, what was put aside is the role.
    async fn large_role(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        reseed: bool,
        first: [Vec<AccountId>; 2],
        mut reading: RoleReading,
    ) -> Result<PassOutcome, Trouble> {
        let mut run = self.store.begin_pass(tenant.id, project, Via::Role, reseed, self.clock.now()).await?;
        let gone = || JiraError::Unavailable("another_pass_began");
        let mut waiting = first.into_iter();
        while let Some(accounts) = match waiting.next() {
            Some(batch) => Some(batch),
            None => reading.next().await,
        } {
            let now = self.clock.now();
            let piece = piece(accounts, Cursor::List(0), now);
            run = self.store.take_page(tenant.id, &run, &piece).await?.ok_or_else(gone)?;
        }
        let end = reading.end().await?;
        let (began, ended) = (end.bounds.asked_at, end.bounds.answered_at);
        let points = quota::role(end.actors as u64);
        let close = Page { began, ended, points, ..piece(Vec::new(), Cursor::End, ended) };
        let run = self.store.take_page(tenant.id, &run, &close).await?.ok_or_else(gone)?;
        let last = self.store.last_pass(tenant.id, project, Via::Role).await?;
        let reseed = self.must_reseed(last, Via::Role, began).await?;
        Ok(self.store.complete_pass(tenant.id, &run, reseed).await?.ok_or_else(gone)?)
    }
}

/// Part of the one answer; when that was true is told with its end.
fn piece(accounts: Vec<AccountId>, next: Cursor, at: jiff::Timestamp) -> Page {
    Page { accounts, silent: false, organisations: Vec::new(), next, began: at, ended: at, points: 0 }
}
