//! Passes over the *Service Desk Customers* role: the truth about adds, whatever hints came or did not come.
//! Judges nothing and knows no wire shape; what a pass changes is the store's to say.

use super::Inner;
use super::outcome::{Outcome, Trouble};
use crate::domain::ProjectId;
use crate::domain::roster::{Pass, Seat, is_batch, must_reseed};
use crate::domain::tenant::Tenant;
use crate::domain::work::{NewWork, Work};
use crate::jira::JiraError;
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};

/// A site with more service projects than this is looked at in its most recent ones.
const PROJECTS: usize = 2_000;
/// The second look waits for the first passes, as long as they get on.
const SECOND_LOOK_WAITS: SignedDuration = SignedDuration::from_secs(2);
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(2);

impl Inner {
    /// Finds the service projects and asks for a pass over each.
    pub(super) async fn reconcile(&self, tenant: &Tenant, again: bool) -> Result<Outcome, Trouble> {
        let now = self.clock.now();
        if again && self.first_passes_go_on(tenant, now).await? {
            return Ok(Outcome::defer(now + SECOND_LOOK_WAITS, "first_passes_go_on"));
        }
        let mut then = Vec::new();
        for project in self.jira.site(tenant).service_projects(PROJECTS, true).await? {
            self.store.see_project(tenant.id, project.id, &project.key, now).await?;
            then.push(NewWork::wish(tenant.id, now, Work::ReadRole { project: project.id, reseed: false }));
        }
        tracing::info!(tenant = tenant.id.0, projects = then.len(), again, "looking at the customers of all projects");
        Ok(Outcome::then(then))
    }

    /// Projects are read one after the other. Only a look after the last first one dates every sighting before the next windows.
    async fn first_passes_go_on(&self, tenant: &Tenant, now: Timestamp) -> Result<bool, Trouble> {
        let projects = self.store.projects(tenant.id).await?;
        let newest = projects.iter().filter_map(|p| p.last_pass).max().unwrap_or(tenant.installed_at);
        let waiting = projects.iter().any(|p| p.last_pass.is_none());
        Ok(waiting && now.duration_since(newest) < STUCK_AFTER)
    }

    /// One pass over one project.
    pub(super) async fn read_role(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        reseed: bool,
        attempt: u32,
    ) -> Result<Outcome, Trouble> {
        let role = match self.jira.site(tenant).role_members(project).await {
            Ok(role) => role,
            // The project is gone, has no such role or keeps it from us: the roster keeps what it knows, and nobody is told
            // to be absent. The next look tries again.
            Err(error @ (JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_))) => {
                tracing::warn!(tenant = tenant.id.0, project = project.0, %error, "the customers' role cannot be read");
                return Ok(Outcome::done());
            }
            Err(error) => return Err(error.into()),
        };
        let last = self.store.last_pass(tenant.id, project, Via::Role).await?;
        let reseed = reseed || must_reseed(last, role.asked_at, self.settings.reconcile_interval);
        let (began, ended) = (role.asked_at, role.answered_at);
        let pass = Pass { project, via: Via::Role, accounts: role.value, began, ended, reseed };
        let outcome = self.store.apply_pass(tenant.id, &pass).await?;
        let now = self.clock.now();
        let mut then = Vec::new();
        // An earlier attempt may have been cut off after it had seeded.
        if last.is_none() || reseed || attempt > 1 {
            tracing::info!(tenant = tenant.id.0, project = project.0, known = outcome.seeded, "taken over silently");
            then.push(NewWork::wish(tenant.id, now, Work::Reconcile { again: true }));
        }
        // Also adds of an earlier pass whose judgement was never asked for: the store tells them until they have a case.
        if is_batch(outcome.fresh.len(), outcome.total) {
            tracing::info!(
                tenant = tenant.id.0,
                project = project.0,
                adds = outcome.fresh.len(),
                "an import was noticed"
            );
        }
        then.extend(outcome.fresh.into_iter().map(|seat| examine(tenant, seat, now)));
        Ok(Outcome::then(then))
    }
}

/// What a pass finds is listed and counted, never commented one by one; an import waits behind hints like every pass.
fn examine(tenant: &Tenant, seat: Seat, now: Timestamp) -> NewWork {
    NewWork::wish(
        tenant.id,
        now,
        Work::Examine { project: seat.project, account: seat.account, fresh: false, quiet: true },
    )
}
