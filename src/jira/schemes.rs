//! The permission scheme of a project: whether portal-only customers may browse the project and create requests.
//! Does not know who holds any other permission.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::projects::PROJECT;
use super::users::flag;
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::Deserialize;
use serde_json::Value;

static SCHEME: Endpoint = endpoint!(GET "/rest/api/3/project/{project}/permissionscheme");

/// What portal-only customers need; Jira adds nobody to a project that gives them less.
const NEEDED: [&str; 2] = ["BROWSE_PROJECTS", "CREATE_ISSUES"];
/// Holders that portal-only customers are among: *Service Project Customer - Portal Access*, and everybody.
const HOLDERS: [&str; 2] = ["sd.customer.portal.only", "anyone"];

/// What the scheme says about portal-only customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalAccess {
    /// They have what they need.
    Granted,
    /// They lack some of it.
    Missing,
    /// The project is team-managed, or does not say that it is not: its access is in no scheme.
    NoScheme,
}

#[derive(Deserialize)]
struct Wire {
    permissions: Option<Vec<Value>>,
    /// Only schemes of team-managed projects have a scope.
    #[serde(default)]
    scope: Value,
}

impl Wire {
    fn grants(&self, permission: &str) -> bool {
        self.permissions.iter().flatten().any(|grant| {
            let holder = grant["holder"]["type"].as_str().unwrap_or_default();
            grant["permission"].as_str() == Some(permission) && HOLDERS.contains(&holder)
        })
    }
}

impl Site {
    /// What the project's permission scheme gives to portal-only customers. One call, and one more where they lack something.
    pub async fn portal_access(&self, project: ProjectId) -> Result<PortalAccess> {
        let answer = self.send(Call::to(&SCHEME).part(project).query("expand", "permissions")).await?;
        let scheme: Wire = answer.json()?;
        // A scheme that tells no grants has not been told whole: that is no scheme without grants.
        let count = scheme.permissions.as_ref().map(Vec::len).filter(|count| *count > 0);
        count_objects(0, count.ok_or(JiraError::Garbage("no_grants"))?);
        if !scheme.scope.is_null() {
            return Ok(PortalAccess::NoScheme);
        }
        if NEEDED.iter().all(|permission| scheme.grants(permission)) {
            return Ok(PortalAccess::Granted);
        }
        Ok(if self.is_company_managed(project).await? { PortalAccess::Missing } else { PortalAccess::NoScheme })
    }

    /// Whether Jira says so in so many words.
    async fn is_company_managed(&self, project: ProjectId) -> Result<bool> {
        let answer = self.send(Call::to(&PROJECT).part(project)).await?;
        count_objects(1, 0);
        let told: Value = answer.json()?;
        Ok(flag(&told["simplified"]) == Some(false) && told["style"].as_str() == Some("classic"))
    }
}
