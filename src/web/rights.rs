//! What somebody may, asked from Jira (rules.md section 7). Only an answer that grants is a yes.
//! Knows no token and no route.

use super::gate::Visitor;
use super::problem::Problem;
use crate::domain::principal::Permission;
use crate::domain::{AccountId, Clock, ProjectId, TenantId};
use crate::jira::{Issue, Jira, JiraError, ProjectRef};
use crate::store::Store;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer is remembered, where it may be.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);

type Grant = (TenantId, AccountId, Permission, Option<ProjectId>);

/// Asks Jira, and remembers a yes for a minute where that is allowed. A remembered no only keeps a button away.
pub(super) struct Rights {
    jira: Jira,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    asked: Cache<Grant, (bool, Timestamp)>,
    projects: Cache<(TenantId, ProjectId), (ProjectRef, Timestamp)>,
    items: Cache<(TenantId, AccountId, String), (Issue, Timestamp)>,
}

/// A permission that could not be asked is not given.
fn is_a_no(error: JiraError) -> bool {
    tracing::warn!(%error, "a permission could not be asked; it counts as not given");
    false
}

impl Rights {
    pub(super) fn new(jira: Jira, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        // The time of our clock decides; the caches' own only bound their size.
        let kept = Duration::from_secs(60);
        Self {
            jira,
            store,
            clock,
            asked: Cache::builder().max_capacity(20_000).time_to_live(kept).build(),
            projects: Cache::builder().max_capacity(20_000).time_to_live(kept).build(),
            items: Cache::builder().max_capacity(20_000).time_to_live(kept).build(),
        }
    }

    /// The project, if the visitor has the permission in it and it is a service project. Who may not even see it learns
    /// no more than that there is nothing.
    pub(super) async fn in_project(
        &self,
        visitor: &Visitor,
        permission: Permission,
        fresh: bool,
        project: ProjectId,
    ) -> Result<ProjectRef, Problem> {
        match self.may(visitor, permission, Some(project), fresh).await {
            Ok(true) => self.service_project(visitor, project).await?.ok_or(Problem::not_found()),
            Ok(false) => Err(self.why_not(visitor, project).await),
            Err(error) => {
                is_a_no(error);
                Err(Problem::forbidden())
            }
        }
    }

    async fn why_not(&self, visitor: &Visitor, project: ProjectId) -> Problem {
        let sees = self.may(visitor, Permission::BrowseProjects, Some(project), true).await.unwrap_or(false);
        match sees {
            true if matches!(self.service_project(visitor, project).await, Ok(Some(_))) => Problem::forbidden(),
            _ => Problem::not_found(),
        }
    }

    /// Whether the visitor has the global permission, asked anew.
    pub(super) async fn on_site(&self, visitor: &Visitor, permission: Permission) -> Result<(), Problem> {
        match self.may(visitor, permission, None, true).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Problem::forbidden()),
            Err(error) => {
                is_a_no(error);
                Err(Problem::forbidden())
            }
        }
    }

    /// Whether to offer something that needs the permission; the action itself asks anew. An error is a no.
    pub(super) async fn offers(&self, visitor: &Visitor, permission: Permission, project: Option<ProjectId>) -> bool {
        let grant = (visitor.tenant().id, visitor.account().clone(), permission, project);
        match self.remembered(&grant).await {
            Some(may) => may,
            None => self.may(visitor, permission, project, true).await.unwrap_or(false),
        }
    }

    async fn remembered(&self, grant: &Grant) -> Option<bool> {
        let now = self.clock.now();
        self.asked.get(grant).await.filter(|(_, until)| now < *until).map(|(may, _)| may)
    }

    /// The work item, if it is in the project and the visitor may see it: issue security may hide it from an agent. Both are
    /// remembered for a minute, since an open panel asks again and again.
    pub(super) async fn item(&self, visitor: &Visitor, project: ProjectId, key: &str) -> Result<Issue, Problem> {
        let tenant = visitor.tenant();
        let now = self.clock.now();
        let place = (tenant.id, visitor.account().clone(), key.to_owned());
        let known = self.items.get(&place).await.filter(|(_, until)| now < *until).map(|(item, _)| item);
        let item = match known {
            Some(item) => item,
            None => {
                let item = self.jira.site(tenant).issue(key).await?;
                let asker = self.jira.site_for(tenant, visitor.principal());
                if !asker.may_browse_item(visitor.account(), item.id).await.unwrap_or_else(is_a_no) {
                    return Err(Problem::not_found());
                }
                self.items.insert(place, (item.clone(), now.saturating_add(REMEMBERED).unwrap_or(now))).await;
                item
            }
        };
        if item.project == project { Ok(item) } else { Err(Problem::not_found()) }
    }

    async fn may(
        &self,
        visitor: &Visitor,
        permission: Permission,
        project: Option<ProjectId>,
        fresh: bool,
    ) -> Result<bool, JiraError> {
        let grant = (visitor.tenant().id, visitor.account().clone(), permission, project);
        if !fresh && self.remembered(&grant).await == Some(true) {
            return Ok(true);
        }
        let may = self
            .jira
            .site_for(visitor.tenant(), visitor.principal())
            .may(visitor.account(), permission, project)
            .await?;
        let now = self.clock.now();
        self.asked.insert(grant, (may, now.saturating_add(REMEMBERED).unwrap_or(now))).await;
        Ok(may)
    }

    /// The project when it is a service project, by our own store or else by Jira.
    async fn service_project(&self, visitor: &Visitor, id: ProjectId) -> Result<Option<ProjectRef>, Problem> {
        let tenant = visitor.tenant();
        if let Some(known) = self.store.project(tenant.id, id).await? {
            return Ok(Some(ProjectRef { id, key: known.key }));
        }
        let now = self.clock.now();
        if let Some((project, _)) = self.projects.get(&(tenant.id, id)).await.filter(|(_, until)| now < *until) {
            return Ok(Some(project));
        }
        let project = match self.jira.site(tenant).project(id).await {
            Ok(project) => project,
            Err(JiraError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(project) = &project {
            let until = now.saturating_add(REMEMBERED).unwrap_or(now);
            self.projects.insert((tenant.id, id), (project.clone(), until)).await;
        }
        Ok(project)
    }
}
