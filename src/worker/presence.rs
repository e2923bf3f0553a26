//! The first that is seen of somebody in a project is a request: their own, one raised for them, one they take part in.
//! Judges nothing. By the portal or by mail an invitation is not expected, but somebody had to be let in, so it is an add
//! (rules.md section 2) unless a better witness knows the person.

use super::Inner;
use super::examine::Asked;
use super::outcome::{Outcome, Trouble};
use crate::domain::principal::Permission;
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::jira::JiraError;
use diagnosis::{Kind, Moment, Via};
use jiff::Timestamp;
use moka::future::Cache;
use std::time::Duration;

/// What Jira says about an account that a hint named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// There is none.
    NoAccount,
    /// An app's, Automation's among them.
    App,
    /// Of this site's portal only: never on the team.
    PortalOnly,
    /// An Atlassian account, or Jira does not tell.
    Perhaps,
}

/// Who works in a project changes seldom, and agents comment all day.
const TEAM_KEPT: Duration = Duration::from_secs(60 * 60);
const MOST: u64 = 20_000;

/// Who was found to be an agent of a project, or not.
pub(super) struct Team(Cache<(TenantId, ProjectId, AccountId), bool>);

impl Default for Team {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(TEAM_KEPT).build())
    }
}

/// Somebody met on a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Met<'a> {
    pub(super) project: ProjectId,
    pub(super) account: &'a AccountId,
    /// They acted themselves, so they were let in by then.
    pub(super) themselves: bool,
    pub(super) at: Timestamp,
}

impl Inner {
    /// An account's kind, remembered for a while.
    pub(super) async fn known(&self, tenant: &Tenant, account: &AccountId) -> Result<Known, JiraError> {
        match self.examiner.account(tenant, account).await {
            Ok(user) if user.is_automation => Ok(Known::App),
            Ok(user) => Ok(match user.kind {
                Some(Kind::App) => Known::App,
                Some(Kind::Customer) => Known::PortalOnly,
                Some(Kind::Atlassian) | None => Known::Perhaps,
            }),
            Err(JiraError::NotFound) => Ok(Known::NoAccount),
            Err(error) if error.is_passing() => Err(error),
            Err(_) => Ok(Known::Perhaps),
        }
    }

    /// Whether a customer was met. Agents and apps report and comment as well; who cannot be told from them is none.
    async fn is_customer(&self, tenant: &Tenant, met: &Met<'_>) -> Result<bool, JiraError> {
        match self.known(tenant, met.account).await? {
            Known::NoAccount | Known::App => return Ok(false),
            Known::PortalOnly => return Ok(true),
            Known::Perhaps => {}
        }
        let key = (tenant.id, met.project, met.account.clone());
        if let Some(agent) = self.team.0.get(&key).await {
            return Ok(!agent);
        }
        match self.jira.site(tenant).may(met.account, Permission::Agent, Some(met.project)).await {
            Ok(agent) => {
                self.team.0.insert(key, agent).await;
                Ok(!agent)
            }
            Err(error) if error.is_passing() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Notices and judges somebody of whom nothing was seen in the project before. `None`: this is no add.
    pub(super) async fn first_presence(&self, tenant: &Tenant, met: &Met<'_>) -> Result<Option<Outcome>, Trouble> {
        // Before the first pass nobody is known, and everybody is known silently by it.
        let Some(last_pass) = self.store.last_pass(tenant.id, met.project, Via::Role).await? else { return Ok(None) };
        if met.at < tenant.installed_at || !self.is_customer(tenant, met).await? {
            return Ok(None);
        }
        // Somebody who was just added may have a request raised for them at once; then an invitation is expected after all.
        let quiet = met.themselves || !self.just_added(tenant, met).await?;
        if quiet {
            let added = Moment { not_before: last_pass.min(met.at), not_after: met.at };
            self.store.notice(tenant.id, met.project, met.account, Via::Request, added, met.at).await?;
        }
        // Listed, never commented: nobody waits for an invitation by a way that promises none.
        Box::pin(self.judge(tenant, met.project, met.account, Asked { fresh: false, quiet })).await.map(Some)
    }

    /// Whether the person stands in the role; then that is the add. A role that cannot be read would hide it.
    async fn just_added(&self, tenant: &Tenant, met: &Met<'_>) -> Result<bool, Trouble> {
        let Some(role) = self.in_role(tenant, met.project, met.account, met.at).await? else { return Ok(false) };
        self.notice(tenant, met.project, met.account, met.at, &role).await?;
        Ok(true)
    }

    /// Somebody takes part in a request.
    pub(super) async fn participant(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
        at: Timestamp,
    ) -> Result<Outcome, Trouble> {
        if self.store.case(tenant.id, project, account).await?.is_some() {
            return Ok(Outcome::done());
        }
        let seats = self.store.seats(tenant.id, account).await?;
        // Noticed by this very row, which was cut off before it had judged them.
        if seats.iter().any(|seat| seat.project == project && seat.via == Via::Request) {
            return Box::pin(self.judge(tenant, project, account, Asked { fresh: false, quiet: true })).await;
        }
        if is_known(&seats, project) {
            return Ok(Outcome::done());
        }
        let met = Met { project, account, themselves: false, at };
        Ok(self.first_presence(tenant, &met).await?.unwrap_or_else(Outcome::done))
    }
}

/// Whether anything was ever seen of the person in the project.
pub(super) fn is_known(seats: &[Seat], project: ProjectId) -> bool {
    seats.iter().any(|seat| seat.project == project)
}
