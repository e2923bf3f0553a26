//! Work items: the newest unresolved request of a customer, an item without a customer, and one item's bare facts.
//! Does not read summaries, descriptions or comments. An empty search is no evidence of anything.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::projects::{as_number, number};
use super::{JiraError, Result, Site, users};
use crate::domain::{AccountId, ProjectId};
use diagnosis::Kind;
use serde::Deserialize;
use serde_json::Value;

static SEARCH: Endpoint = endpoint!(GET "/rest/api/3/search/jql");
static ISSUE: Endpoint = endpoint!(GET "/rest/api/3/issue/{issue}");

/// A request by its two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRef {
    /// Jira's id, which stays.
    pub id: i64,
    /// Its key, which changes when the request is moved.
    pub key: String,
}

/// The bare facts of a work item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Jira's id.
    pub id: i64,
    /// Its key.
    pub key: String,
    /// Its project.
    pub project: ProjectId,
    /// Whom it is for.
    pub reporter: Option<AccountId>,
    /// Type of that account.
    pub reporter_kind: Option<Kind>,
    /// Whether it has a resolution.
    pub resolved: bool,
}

#[derive(Deserialize)]
struct Found {
    issues: Vec<Value>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "number")]
    id: i64,
    key: String,
    #[serde(default)]
    fields: Value,
}

impl Wire {
    fn reporter_kind(&self) -> Option<Kind> {
        users::kind(&self.fields["reporter"]["accountType"])
    }
}

impl Site {
    /// The newest unresolved request that this customer reported in the project, if the app user can see one.
    pub async fn newest_unresolved_request(
        &self,
        project: ProjectId,
        account: &AccountId,
    ) -> Result<Option<RequestRef>> {
        // Account ids hold no quote and no backslash (`AccountId::parse`).
        let jql =
            format!("project = {project} AND reporter = \"{account}\" AND resolution = EMPTY ORDER BY created DESC");
        let found = self.search(&jql, "id", 1).await?;
        Ok(found.into_iter().next().map(|wire| RequestRef { id: wire.id, key: wire.key }))
    }

    /// A work item in which a comment can reach no customer: it has no request type, and a customer did not report it. The
    /// place to prove that our internal comments are internal.
    pub async fn item_without_customer(&self, project: ProjectId) -> Result<Option<RequestRef>> {
        let jql = format!("project = {project} AND \"Request Type\" is EMPTY ORDER BY created DESC");
        let found = self.search(&jql, "reporter", 20).await?;
        let safe = |wire: &Wire| {
            let reporter = &wire.fields["reporter"];
            reporter.is_null() && wire.fields.get("reporter").is_some()
                || matches!(wire.reporter_kind(), Some(Kind::Atlassian | Kind::App))
        };
        Ok(found.into_iter().find(safe).map(|wire| RequestRef { id: wire.id, key: wire.key }))
    }

    async fn search(&self, jql: &str, fields: &str, most: usize) -> Result<Vec<Wire>> {
        let call = Call::to(&SEARCH).query("jql", jql).query("fields", fields).query("maxResults", most);
        let answer = match self.send(call).await {
            // The query is ours but for its ids: one that the site does not know (any more) makes it invalid.
            Err(JiraError::Refused(400)) => return Ok(Vec::new()),
            other => other?,
        };
        let found: Found = answer.json()?;
        count_objects(found.issues.len(), 0);
        Ok(found.issues.into_iter().filter_map(|value| Wire::deserialize(value).ok()).collect())
    }

    /// One work item by its key or id.
    pub async fn issue(&self, key: &str) -> Result<Issue> {
        let call = Call::to(&ISSUE).part(key).query("fields", "project,reporter,resolution");
        let answer = self.send(call).await?;
        count_objects(1, 0);
        let wire: Wire = answer.json()?;
        let project = as_number(&wire.fields["project"]["id"]).map(ProjectId).ok_or(JiraError::Garbage("project"))?;
        Ok(Issue {
            id: wire.id,
            project,
            reporter: wire.fields["reporter"]["accountId"].as_str().and_then(AccountId::parse),
            reporter_kind: wire.reporter_kind(),
            resolved: !wire.fields["resolution"].is_null(),
            key: wire.key,
        })
    }
}
