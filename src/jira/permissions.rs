//! Who may do what, asked from Jira: of somebody by the app, or of a person as themselves; and which of ours are missing.
//! Remembers nothing; does not know what a right is needed for.

use super::auth::Speaker;
use super::client::{Call, Endpoint, count_objects, endpoint};
use super::projects::as_number;
use super::{JiraError, Result, Site};
use crate::domain::principal::Permission;
use crate::domain::{AccountId, ProjectId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

static CHECK: Endpoint = endpoint!(POST "/rest/api/3/permissions/check");
static MINE: Endpoint = endpoint!(GET "/rest/api/3/mypermissions");

/// More keys than this are not asked in one call.
pub const MISSING_KEYS_MAX: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    #[serde(default)]
    global_permissions: Vec<Value>,
    #[serde(default)]
    project_permissions: Vec<Value>,
}

#[derive(Deserialize)]
struct Mine {
    permissions: BTreeMap<String, Value>,
}

impl Site {
    /// Whether somebody has a permission: in the project, or globally without one. Only what Jira grants in so many words
    /// is a yes. A person's own site asks about that person: about others only who administers Jira may ask by OAuth.
    pub async fn may(&self, account: &AccountId, permission: Permission, project: Option<ProjectId>) -> Result<bool> {
        let key = permission.key();
        if let Speaker::Person(_) = self.speaker {
            return self.i_may(key, project.map(|project| ("projectId", project.0))).await;
        }
        let body = match project {
            None => json!({"accountId": account, "globalPermissions": [key]}),
            Some(project) => json!({
                "accountId": account,
                "projectPermissions": [{"permissions": [key], "projects": [project], "issues": []}],
            }),
        };
        let answer = self.send(Call::to(&CHECK).json(body).header("x-atlassian-token", "nocheck")).await?;
        let granted: Granted = answer.json()?;
        count_objects(0, granted.global_permissions.len() + granted.project_permissions.len());
        Ok(match project {
            None => granted.global_permissions.iter().any(|granted| granted.as_str() == Some(key)),
            Some(project) => granted.project_permissions.iter().any(|granted| {
                let here = |list: &Vec<Value>| list.iter().any(|id| as_number(id) == Some(project.0));
                granted["permission"].as_str() == Some(key) && granted["projects"].as_array().is_some_and(here)
            }),
        })
    }

    /// Whether somebody may see this work item; issue security may hide it from who may see its project.
    pub async fn may_browse_item(&self, account: &AccountId, item: i64) -> Result<bool> {
        let key = Permission::BrowseProjects.key();
        if let Speaker::Person(_) = self.speaker {
            return self.i_may(key, Some(("issueId", item))).await;
        }
        let body = json!({
            "accountId": account,
            "projectPermissions": [{"permissions": [key], "projects": [], "issues": [item]}],
        });
        let answer = self.send(Call::to(&CHECK).json(body).header("x-atlassian-token", "nocheck")).await?;
        let granted: Granted = answer.json()?;
        count_objects(0, granted.project_permissions.len());
        Ok(granted.project_permissions.iter().any(|granted| {
            let this = |list: &Vec<Value>| list.iter().any(|id| as_number(id) == Some(item));
            granted["permission"].as_str() == Some(key) && granted["issues"].as_array().is_some_and(this)
        }))
    }

    /// Whether whoever speaks has the permission there, or globally. What they may not see they have no right in.
    async fn i_may(&self, key: &'static str, place: Option<(&'static str, i64)>) -> Result<bool> {
        let call = Call::to(&MINE).query("permissions", key);
        let call = match place {
            Some((name, id)) => call.query(name, id),
            None => call,
        };
        let answer = match self.send(call).await {
            Err(JiraError::NotFound) => return Ok(false),
            answered => answered?,
        };
        let mine: Mine = answer.json()?;
        count_objects(0, mine.permissions.len());
        Ok(mine.permissions.get(key).and_then(|told| super::users::flag(&told["havePermission"])) == Some(true))
    }

    /// Which of these permissions (Jira's keys, at most [`MISSING_KEYS_MAX`]) the app user has or lacks in the project; what
    /// Jira does not tell is left out.
    pub async fn my_permissions(&self, project: ProjectId, keys: &[&str]) -> Result<BTreeMap<String, bool>> {
        let keys = &keys[..keys.len().min(MISSING_KEYS_MAX)];
        let call = Call::to(&MINE).query("projectId", project).query("permissions", keys.join(","));
        let answer = self.send(call).await?;
        let mine: Mine = answer.json()?;
        count_objects(0, mine.permissions.len());
        let told = |key: &&str| {
            let has = super::users::flag(&mine.permissions.get(*key)?["havePermission"])?;
            Some(((*key).to_owned(), has))
        };
        Ok(keys.iter().filter_map(told).collect())
    }
}
