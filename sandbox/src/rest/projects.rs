//! `serverInfo`, projects and their roles. Does not change any of them: an app may not.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Ask, Reply};
use crate::projects::{ActorWho, Project, ROLES};
use crate::times;

pub(crate) fn server_info(ask: &mut Ask<'_>) -> Reply {
    let base = &ask.state.base_url;
    Reply::ok(json!({
        "baseUrl": base,
        "displayUrl": base,
        "displayUrlServicedeskHelpCenter": base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_000,
        "buildDate": times::jira(ask.state.now()),
        "serverTime": times::jira(ask.state.now()),
        "serverTitle": "Jira",
        "serverTimeZone": "Etc/UTC",
    }))
}

pub(super) fn sees(ask: &Ask<'_>, project: &Project) -> bool {
    ask.administers_jira() || ask.may(project.id, "BROWSE_PROJECTS") || ask.may(project.id, "ADMINISTER_PROJECTS")
}

pub(super) fn no_project(key: &str) -> Reply {
    Reply::error(404, &format!("No project could be found with key '{key}'."))
}

pub(crate) fn all(ask: &mut Ask<'_>) -> Reply {
    let seen = ask.state.projects.values().filter(|project| sees(ask, project));
    let list: Vec<Value> = seen.map(|project| project.as_json(&ask.state.base_url)).collect();
    let count = list.len();
    Reply::ok(Value::Array(list)).costing(count, 0)
}

pub(crate) fn search(ask: &mut Ask<'_>) -> Reply {
    let types = ask.call.list("typeKey");
    let known = ["business", "service_desk", "software", "product_discovery"];
    if types.iter().any(|kind| !known.contains(&kind.as_str())) {
        return Reply::error(400, "The project type is unknown.");
    }
    let (ids, keys) = (ask.call.list("id"), ask.call.list("keys"));
    let query = ask.call.parameter("query").unwrap_or_default().to_lowercase();
    let wanted = |project: &&Project| {
        sees(ask, project)
            && (types.is_empty() || types.iter().any(|kind| kind == project.kind.word()))
            && (ids.is_empty() || ids.contains(&project.id.to_string()))
            && (keys.is_empty() || keys.contains(&project.key))
            && (project.key.to_lowercase().contains(&query) || project.name.to_lowercase().contains(&query))
    };
    let mut found: Vec<&Project> = ask.state.projects.values().filter(wanted).collect();
    match ask.call.parameter("orderBy").unwrap_or("key") {
        "key" | "+key" => found.sort_by(|a, b| a.key.cmp(&b.key)),
        "-key" => found.sort_by(|a, b| b.key.cmp(&a.key)),
        "name" | "+name" => found.sort_by(|a, b| a.name.cmp(&b.name)),
        "-name" => found.sort_by(|a, b| b.name.cmp(&a.name)),
        order @ ("lastIssueUpdatedDate" | "+lastIssueUpdatedDate" | "-lastIssueUpdatedDate") => {
            let updated = |project: &Project| {
                let items = ask.state.items.values().filter(|item| item.project == project.id);
                items.map(|item| item.updated).max().unwrap_or(Timestamp::MIN)
            };
            found.sort_by_key(|project| updated(project));
            if order.starts_with('-') {
                found.reverse();
            }
        }
        _ => return Reply::error(400, "The orderBy value is not known to this site."),
    }
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).clamp(1, 100));
    let total = found.len();
    let base = &ask.state.base_url;
    let values: Vec<Value> = found.iter().skip(start).take(most).map(|project| project.as_json(base)).collect();
    let count = values.len();
    let last = start + count >= total;
    let page = |start: usize| format!("{base}/rest/api/3/project/search?startAt={start}&maxResults={most}");
    let mut body = json!({
        "self": page(start), "startAt": start, "maxResults": most, "total": total, "isLast": last, "values": values,
    });
    if !last {
        body["nextPage"] = json!(page(start + count));
    }
    Reply::ok(body).costing(count, 0)
}

/// The project named in the path, if the app sees it.
pub(super) fn named<'a>(ask: &'a Ask<'_>) -> Result<&'a Project, Reply> {
    let key = &ask.path[0];
    ask.state.project(key).filter(|project| sees(ask, project)).ok_or_else(|| no_project(key))
}

pub(crate) fn one(ask: &mut Ask<'_>) -> Reply {
    match named(ask) {
        Ok(project) => Reply::ok(project.as_json(&ask.state.base_url)).costing(1, 0),
        Err(reply) => reply,
    }
}

fn role_url(base: &str, project: u64, role: u64) -> String {
    format!("{base}/rest/api/3/project/{project}/role/{role}")
}

pub(crate) fn roles(ask: &mut Ask<'_>) -> Reply {
    let project = match named(ask) {
        Ok(project) => project.id,
        Err(reply) => return reply,
    };
    let base = &ask.state.base_url;
    let map: serde_json::Map<String, Value> =
        ROLES.iter().map(|(id, name, _)| ((*name).to_owned(), json!(role_url(base, project, *id)))).collect();
    Reply::ok(Value::Object(map)).costing(0, ROLES.len())
}

/// Without the right to administer the project or Jira the answer is 404.
pub(crate) fn role(ask: &mut Ask<'_>) -> Reply {
    let project = match named(ask) {
        Ok(project) => project,
        Err(reply) => return reply,
    };
    if !ask.administers_jira() && !ask.may(project.id, "ADMINISTER_PROJECTS") {
        return no_project(&ask.path[0]);
    }
    let Ok(id) = ask.path[1].parse::<u64>() else { return Reply::error(400, "The role id is not a number.") };
    let Some((id, name, description)) = ROLES.iter().find(|(known, ..)| *known == id) else {
        return Reply::error(404, &format!("Can not retrieve a role actor for a null project role. Role id: {id}"));
    };
    let only_active = ask.call.parameter("excludeInactiveUsers") == Some("true");
    let mut actors = Vec::new();
    for (_, actor) in project.actors.iter().filter(|(role, _)| role == id) {
        match &actor.who {
            ActorWho::Person(account) => {
                let Some(person) = ask.state.person(account) else { continue };
                if only_active && !person.active {
                    continue;
                }
                actors.push(json!({
                    "id": actor.id, "displayName": person.display_name, "type": "atlassian-user-role-actor",
                    "actorUser": {"accountId": account},
                    "avatarUrl": crate::people::avatars()["16x16"],
                }));
            }
            ActorWho::Group(name) => actors.push(json!({
                "id": actor.id, "displayName": name, "type": "atlassian-group-role-actor", "name": name,
                "actorGroup": {"name": name, "displayName": name, "groupId": "952d12c3-5b5b-4d04-bb32-44d383afc4b2"},
            })),
        }
    }
    actors.sort_by(|a, b| a["displayName"].as_str().cmp(&b["displayName"].as_str()));
    let count = actors.len();
    Reply::ok(json!({
        "self": role_url(&ask.state.base_url, project.id, *id),
        "name": name, "id": id, "description": description, "actors": actors,
    }))
    .costing(0, count + 1)
}
