//! Service projects: which there are, newest work first if wanted.
//! Does not know their people or settings; a project's name is only in `names`.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(super) static SEARCH: Endpoint = endpoint!(GET "/rest/api/3/project/search");
pub(super) static PROJECT: Endpoint = endpoint!(GET "/rest/api/3/project/{project}");

/// Jira's largest page.
const PAGE: usize = 100;

/// A project by its two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRef {
    /// Jira's id, which stays.
    pub id: ProjectId,
    /// Jira's key, which an admin may change.
    pub key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(deserialize_with = "number")]
    id: i64,
    key: String,
    #[serde(default)]
    project_type_key: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    values: Vec<Value>,
    #[serde(default)]
    is_last: Value,
    #[serde(default)]
    total: Value,
}

/// Ids come as numbers or as text.
pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<i64, D::Error> {
    let value = Value::deserialize(from)?;
    as_number(&value).ok_or_else(|| serde::de::Error::custom("not a number"))
}

/// A number, or a text of one.
pub(super) fn as_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The same where we only hand the id back.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<String, D::Error> {
    let id = match Value::deserialize(from)? {
        Value::String(id) => Some(id),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    };
    id.ok_or_else(|| serde::de::Error::custom("not an id"))
}

impl Wire {
    fn service_project(self) -> Option<ProjectRef> {
        let service = self.project_type_key.as_str().is_none_or(|kind| kind == "service_desk");
        service.then_some(ProjectRef { id: ProjectId(self.id), key: self.key })
    }
}

impl Site {
    /// Service projects that the app user can see, at most `limit`; one call per 100.
    pub async fn service_projects(&self, limit: usize, most_recent_first: bool) -> Result<Vec<ProjectRef>> {
        if most_recent_first {
            // The specification's list of orders and its text name this one differently.
            match self.service_projects_by(limit, "-lastIssueUpdatedDate").await {
                Err(JiraError::Refused(400)) => {}
                other => return other,
            }
        }
        self.service_projects_by(limit, "key").await
    }

    async fn service_projects_by(&self, limit: usize, order: &str) -> Result<Vec<ProjectRef>> {
        let (mut found, mut start) = (Vec::new(), 0);
        while found.len() < limit {
            let call = Call::to(&SEARCH)
                .query("typeKey", "service_desk")
                .query("orderBy", order)
                .query("startAt", start)
                .query("maxResults", PAGE.min(limit));
            let answer = match self.send(call).await {
                Err(JiraError::NotFound) if start > 0 => break,
                // 404 is documented for "no project matches"; it is also what a site without this resource says.
                Err(JiraError::NotFound | JiraError::Refused(405 | 410 | 501)) => {
                    return self.projects_with_desk(limit).await;
                }
                other => other?,
            };
            let page: Page = answer.json()?;
            let count = page.values.len();
            count_objects(count, 0);
            let read = page.values.into_iter().filter_map(|value| Wire::deserialize(value).ok());
            found.extend(read.filter_map(Wire::service_project));
            start += count;
            let told = super::users::flag(&page.is_last);
            let last = told.unwrap_or_else(|| as_number(&page.total).is_none_or(|total| start as i64 >= total));
            if last || count == 0 {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// One project; `None` when it is no service project.
    pub async fn project(&self, project: ProjectId) -> Result<Option<ProjectRef>> {
        let answer = self.send(Call::to(&PROJECT).part(project)).await?;
        count_objects(1, 0);
        Ok(answer.json::<Wire>()?.service_project())
    }
}
