//! Publishing one project: what the project itself shows is judged first, then the publisher writes.
//! Knows no property and no comment.

use super::Inner;
use super::outcome::{Outcome, Trouble};
use crate::domain::ProjectId;
use crate::domain::tenant::Tenant;
use crate::publish::{Health, PublishError};

impl Inner {
    pub(super) async fn publish(&self, tenant: &Tenant, project: ProjectId) -> Result<Outcome, Trouble> {
        let health = self.examiner.project_health(tenant, project).await;
        let shown = Health { diagnosis: &health.diagnosis, checked_at: health.checked_at };
        match self.publisher.publish_project(tenant, project, &shown).await {
            Ok(()) => Ok(Outcome::done()),
            // Jira will go on to say no: the cases stay unpublished, and no row waits for an operator who can do nothing.
            Err(PublishError::Jira(error)) if !error.is_passing() => {
                tracing::warn!(tenant = tenant.id.0, project = project.0, %error, "cannot write here");
                Ok(Outcome::done())
            }
            Err(PublishError::Jira(error)) => Err(error.into()),
            Err(PublishError::Store(error)) => Err(error.into()),
        }
    }
}
