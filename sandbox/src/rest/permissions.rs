//! `mypermissions` and `permissions/check`. Does not grant anything.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ask, Reply};
use crate::calls::Door;
use crate::permissions::{GLOBAL, PROJECT};

pub(crate) fn mine(ask: &mut Ask<'_>) -> Reply {
    let wanted = ask.call.list("permissions");
    if wanted.is_empty() {
        return Reply::error(400, "The permissions query parameter is required.");
    }
    let known = |key: &str| GLOBAL.contains(&key) || PROJECT.contains(&key);
    if let Some(unknown) = wanted.iter().find(|key| !known(key)) {
        return Reply::error(400, &format!("Unrecognized permission: {unknown}"));
    }
    let context = match context_of(ask) {
        Ok(context) => context,
        Err(reply) => return reply,
    };
    let mut permissions = serde_json::Map::new();
    for (place, key) in wanted.iter().enumerate() {
        let global = GLOBAL.contains(&key.as_str());
        let held = match (global, context) {
            (true, _) => ask.state.has_global(&ask.me, key),
            (false, Some(project)) => ask.may(project, key),
            (false, None) => ask.state.projects.keys().any(|project| ask.may(*project, key)),
        };
        permissions.insert(
            key.clone(),
            json!({
                "id": place.to_string(), "key": key, "name": key, "description": "",
                "type": if global { "GLOBAL" } else { "PROJECT" }, "havePermission": held,
            }),
        );
    }
    let count = permissions.len();
    Reply::ok(json!({"permissions": permissions})).costing(0, count)
}

/// The project that the question is about, which the app must be able to see.
fn context_of(ask: &Ask<'_>) -> Result<Option<u64>, Reply> {
    let by_item = ask.call.parameter("issueKey").or_else(|| ask.call.parameter("issueId"));
    let by_project = ask.call.parameter("projectKey").or_else(|| ask.call.parameter("projectId"));
    let project = match (by_item, by_project) {
        (Some(item), _) => ask.state.item(item).map(|item| item.project),
        (None, Some(project)) => ask.state.project(project).map(|project| project.id),
        (None, None) => return Ok(None),
    };
    let visible = |project: &u64| {
        ask.administers_jira() || ask.may(*project, "BROWSE_PROJECTS") || ask.may(*project, "ADMINISTER_PROJECTS")
    };
    match project.filter(visible) {
        Some(project) => Ok(Some(project)),
        None => Err(Reply::error(404, "No project or issue could be found.")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    account_id: Option<String>,
    #[serde(default)]
    global_permissions: Vec<Option<String>>,
    #[serde(default)]
    project_permissions: Vec<ProjectQuestion>,
}

#[derive(Deserialize)]
struct ProjectQuestion {
    permissions: Vec<String>,
    #[serde(default)]
    projects: Vec<Option<u64>>,
    #[serde(default)]
    issues: Vec<Option<u64>>,
}

/// A Connect app may ask about anybody from its server; through the gateway only who administers Jira may.
pub(crate) fn check(ask: &mut Ask<'_>) -> Reply {
    let Ok(question) = serde_json::from_slice::<Question>(&ask.call.body) else {
        return Reply::error(400, "INVALID_INPUT");
    };
    let account = question.account_id.unwrap_or_else(|| ask.me.clone());
    if ask.call.door() == Door::Forge && account != ask.me && !ask.administers_jira() {
        return Reply::error(403, "Administer Jira is required to ask about other users.");
    }
    let active = ask.state.person(&account).is_some_and(|person| person.active);
    let mut globals = Vec::new();
    let mut asked = 0;
    for key in question.global_permissions.iter().flatten() {
        if !GLOBAL.contains(&key.as_str()) {
            return Reply::error(400, &format!("Unrecognized permission: {key}"));
        }
        asked += 1;
        if active && ask.state.has_global(&account, key) {
            globals.push(key.clone());
        }
    }
    let mut grants: Vec<Value> = Vec::new();
    for one in &question.project_permissions {
        let keys: Vec<&String> = one.permissions.iter().filter(|key| !key.is_empty()).collect();
        if keys.is_empty() {
            return Reply::error(400, "At least one project permission must be provided.");
        }
        if one.projects.len() > 1000 || one.issues.len() > 1000 {
            return Reply::error(400, "A maximum of 1000 projects and 1000 issues can be checked.");
        }
        for key in keys {
            if !PROJECT.contains(&key.as_str()) {
                return Reply::error(400, &format!("Unrecognized permission: {key}"));
            }
            asked += 1;
            let holds = |project: u64| active && ask.state.has_project(&account, project, key);
            let projects: Vec<u64> = one.projects.iter().flatten().copied().filter(|id| holds(*id)).collect();
            let in_item = |id: &u64| ask.state.items.get(id).is_some_and(|item| holds(item.project));
            let issues: Vec<u64> = one.issues.iter().flatten().copied().filter(in_item).collect();
            grants.push(json!({"permission": key, "projects": projects, "issues": issues}));
        }
    }
    Reply::ok(json!({"globalPermissions": globals, "projectPermissions": grants})).costing(0, asked)
}
