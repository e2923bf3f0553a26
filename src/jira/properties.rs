//! Entity properties of work items and projects.
//! Does not know what is in them, nor whether one found there is ours.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::Deserialize;
use serde_json::Value;

static GET_ISSUE: Endpoint = endpoint!(GET "/rest/api/3/issue/{issue}/properties/{property}");
static PUT_ISSUE: Endpoint = endpoint!(PUT "/rest/api/3/issue/{issue}/properties/{property}");
static DELETE_ISSUE: Endpoint = endpoint!(DELETE "/rest/api/3/issue/{issue}/properties/{property}");
static GET_PROJECT: Endpoint = endpoint!(GET "/rest/api/3/project/{project}/properties/{property}");
static PUT_PROJECT: Endpoint = endpoint!(PUT "/rest/api/3/project/{project}/properties/{property}");

#[derive(Deserialize)]
struct Property {
    value: Value,
}

impl Site {
    /// Writes a property of a work item.
    pub async fn set_issue_property(&self, issue: &str, key: &str, value: &Value) -> Result<()> {
        self.send(Call::to(&PUT_ISSUE).part(issue).part(key).json(value.clone())).await.map(drop)
    }

    /// A property of a work item; `None` when there is none, or no such item that the app user can see.
    pub async fn get_issue_property(&self, issue: &str, key: &str) -> Result<Option<Value>> {
        self.property(Call::to(&GET_ISSUE).part(issue).part(key)).await
    }

    /// Takes a property of a work item away; that it was not there is fine.
    pub async fn delete_issue_property(&self, issue: &str, key: &str) -> Result<()> {
        gone(self.send(Call::to(&DELETE_ISSUE).part(issue).part(key)).await.map(drop))
    }

    /// Writes a property of a project.
    pub async fn set_project_property(&self, project: ProjectId, key: &str, value: &Value) -> Result<()> {
        self.send(Call::to(&PUT_PROJECT).part(project).part(key).json(value.clone())).await.map(drop)
    }

    /// A property of a project; `None` when there is none, or no such project that the app user can see.
    pub async fn get_project_property(&self, project: ProjectId, key: &str) -> Result<Option<Value>> {
        self.property(Call::to(&GET_PROJECT).part(project).part(key)).await
    }

    async fn property(&self, call: Call) -> Result<Option<Value>> {
        match self.send(call).await {
            Err(JiraError::NotFound) => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => {
                count_objects(1, 0);
                Ok(Some(answer.json::<Property>()?.value))
            }
        }
    }
}

/// "Not found" is the wished-for state of something taken away.
pub(super) fn gone(result: Result<()>) -> Result<()> {
    match result {
        Err(JiraError::NotFound) => Ok(()),
        other => other,
    }
}
