//! The canary: before the first comment in a project, one on a work item that no customer can see shows whether our internal
//! comments really are internal there.
//! Writes no comment that a customer could read, and decides nothing about cases.

use super::{Comments, Publisher, Result, Run, adf};
use crate::domain::project::{Canary, Project};
use crate::domain::tenant::Tenant;
use crate::jira::{JiraError, Site};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Key of the property by which a canary that a stop left behind is found again.
const CANARY_PROPERTY: &str = "invite-guard.canary";
/// What did not work may work later. Setting the mode anew makes the project untried, and so is tried at once.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Whether it is time to try.
pub(super) fn is_due(project: &Project, now: Timestamp) -> bool {
    match project.canary {
        Canary::Internal => false,
        Canary::Untried => true,
        Canary::Public | Canary::NoItem | Canary::Forbidden => {
            project.canary_at.is_none_or(|at| now.duration_since(at) >= AGAIN_AFTER)
        }
    }
}

/// Kept only once the open cases have their comments: cut off before, it is proven once more.
pub(super) async fn note_proven(run: &Run<'_>) -> Result<()> {
    Ok(run.of.store.set_canary(run.tenant.id, run.project.id, Canary::Internal, run.now).await?)
}

impl Publisher {
    /// Whether comments may be written, with a fresh canary if that is due.
    pub(super) async fn comments(
        &self,
        tenant: &Tenant,
        project: &Project,
        site: &Site,
        mark: &str,
        lacks_a_right: bool,
    ) -> Result<Comments> {
        let now = self.clock.now();
        if lacks_a_right {
            if project.canary != Canary::Forbidden {
                self.store.set_canary(tenant.id, project.id, Canary::Forbidden, now).await?;
            }
            return Ok(Comments::Never);
        }
        // A right that was missing is there now.
        let due = is_due(project, now) || project.canary == Canary::Forbidden;
        match project.canary {
            Canary::Internal => Ok(Comments::Proven),
            _ if !due => Ok(Comments::Never),
            _ => match try_it(site, project, mark).await? {
                Canary::Internal => Ok(Comments::JustProven),
                other => {
                    tracing::warn!(tenant = tenant.id.0, project = project.id.0, canary = ?other, "no comments here");
                    self.store.set_canary(tenant.id, project.id, other, now).await?;
                    Ok(Comments::Never)
                }
            },
        }
    }
}

async fn try_it(site: &Site, project: &Project, mark: &str) -> Result<Canary> {
    let tried = async {
        let Some(item) = site.item_without_customer(project.id).await? else { return Ok(Canary::NoItem) };
        for left in site.comments_with_property(&item.key, CANARY_PROPERTY).await? {
            if left.property.is_some_and(|property| property["tenant"] == mark) {
                site.delete_comment(&item.key, &left.id).await?;
            }
        }
        let said = "Invite Guard checks that its comments are internal here. This comment goes away at once.";
        let body = adf::doc(vec![adf::paragraph(vec![adf::text(said)])]);
        let property = json!({"tenant": mark});
        let comment = site.add_internal_comment(&item.key, &body, &[(CANARY_PROPERTY, property)]).await?;
        site.delete_comment(&item.key, &comment.id).await?;
        // Nothing but Jira's own word proves it.
        Ok(if comment.jsd_public == Some(false) { Canary::Internal } else { Canary::Public })
    };
    match tried.await {
        Ok(canary) => Ok(canary),
        Err(JiraError::Forbidden | JiraError::NotFound | JiraError::Refused(_)) => Ok(Canary::Forbidden),
        Err(error) => Err(error.into()),
    }
}
