//! Properties of projects and work items. Does not know what apps keep in them.

use serde_json::{Value, json};

use super::{Ask, Reply};
use crate::webhooks::Flow;

/// Characters of a value, as Jira counts them.
const LONGEST_VALUE: usize = 32_768;
const LONGEST_KEY: usize = 255;

fn keys(base: &str, keys: impl Iterator<Item = String>) -> Reply {
    let list: Vec<Value> = keys.map(|key| json!({"self": format!("{base}/properties/{key}"), "key": key})).collect();
    let count = list.len();
    Reply::ok(json!({"keys": list})).costing(count, 0)
}

fn value_of(ask: &Ask<'_>) -> Result<Value, Reply> {
    if ask.path[1].is_empty() || ask.path[1].chars().count() > LONGEST_KEY {
        return Err(Reply::error(400, "The property key must be 1 to 255 characters long."));
    }
    let text = std::str::from_utf8(&ask.call.body).map_err(|_| Reply::error(400, "The value is not UTF-8."))?;
    if text.chars().count() > LONGEST_VALUE {
        return Err(Reply::error(400, "The property value is longer than 32768 characters."));
    }
    serde_json::from_str(text).map_err(|_| Reply::error(400, "The property value is not valid JSON."))
}

fn no_property(key: &str) -> Reply {
    Reply::error(404, &format!("The property with key '{key}' could not be found."))
}

fn stored(old: Option<Value>) -> Reply {
    Reply::empty(if old.is_some() { 200 } else { 201 })
}

// work items

/// The work item, if the app sees it.
pub(crate) fn visible_item(ask: &Ask<'_>) -> Result<u64, Reply> {
    let item = ask.state.item(&ask.path[0]).filter(|item| ask.may(item.project, "BROWSE_PROJECTS"));
    item.map(|item| item.id)
        .ok_or_else(|| Reply::error(404, "Issue does not exist or you do not have permission to see it."))
}

/// The work item, if the app may edit it.
fn editable_item(ask: &Ask<'_>) -> Result<u64, Reply> {
    let id = visible_item(ask)?;
    let item = &ask.state.items[&id];
    if item.locked || !ask.may(item.project, "EDIT_ISSUES") {
        return Err(Reply::error(403, "You do not have permission to edit issues in this project."));
    }
    Ok(id)
}

pub(crate) fn item_keys(ask: &mut Ask<'_>) -> Reply {
    match visible_item(ask) {
        Ok(id) => {
            let base = format!("{}/rest/api/3/issue/{id}", ask.state.base_url);
            keys(&base, ask.state.items[&id].properties.keys().cloned())
        }
        Err(reply) => reply,
    }
}

pub(crate) fn item_get(ask: &mut Ask<'_>) -> Reply {
    let id = match visible_item(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let key = &ask.path[1];
    match ask.state.items[&id].properties.get(key) {
        Some(value) => Reply::ok(json!({"key": key, "value": value})).costing(1, 0),
        None => no_property(key),
    }
}

pub(crate) fn item_put(ask: &mut Ask<'_>) -> Reply {
    let (id, value) = match editable_item(ask).and_then(|id| Ok((id, value_of(ask)?))) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let key = ask.path[1].clone();
    let old = ask.state.item_mut(id).properties.insert(key.clone(), value.clone());
    property_event(ask, "issue_property_set", id, &key, &value);
    stored(old)
}

pub(crate) fn item_delete(ask: &mut Ask<'_>) -> Reply {
    let id = match editable_item(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let key = ask.path[1].clone();
    match ask.state.item_mut(id).properties.remove(&key) {
        Some(value) => {
            property_event(ask, "issue_property_deleted", id, &key, &value);
            Reply::empty(204)
        }
        None => no_property(&key),
    }
}

fn property_event(ask: &mut Ask<'_>, event: &str, id: u64, key: &str, value: &Value) {
    let own = format!("{}/rest/api/2/issue/{id}/properties/{key}", ask.state.base_url);
    let user = ask.state.person(&ask.me).map(|person| person.in_webhook(&ask.state.base_url));
    let body = json!({"user": user, "property": {"self": own, "key": key, "value": value, "issueId": id}});
    ask.state.queue_event(event, body, Flow::Primary);
    let me = ask.me.clone();
    ask.state.queue_forge_property_event(event, id, key, &me);
}

// projects

fn visible_project(ask: &Ask<'_>) -> Result<u64, Reply> {
    let key = &ask.path[0];
    let sees = |id: u64| ask.administers_jira() || ask.may(id, "BROWSE_PROJECTS") || ask.may(id, "ADMINISTER_PROJECTS");
    let project = ask.state.project(key).filter(|project| sees(project.id));
    project
        .map(|project| project.id)
        .ok_or_else(|| Reply::error(404, &format!("No project could be found with key '{key}'.")))
}

fn administered_project(ask: &Ask<'_>) -> Result<u64, Reply> {
    let id = visible_project(ask)?;
    if ask.administers_jira() || ask.may(id, "ADMINISTER_PROJECTS") {
        Ok(id)
    } else {
        Err(Reply::error(403, "You do not have permission to administer this project."))
    }
}

pub(crate) fn project_keys(ask: &mut Ask<'_>) -> Reply {
    match visible_project(ask) {
        Ok(id) => {
            let base = format!("{}/rest/api/3/project/{id}", ask.state.base_url);
            let of_project = ask.state.project_properties.keys().filter(|(project, _)| *project == id);
            keys(&base, of_project.map(|(_, key)| key.clone()))
        }
        Err(reply) => reply,
    }
}

pub(crate) fn project_get(ask: &mut Ask<'_>) -> Reply {
    let id = match visible_project(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let key = &ask.path[1];
    match ask.state.project_properties.get(&(id, key.clone())) {
        Some(value) => Reply::ok(json!({"key": key, "value": value})).costing(1, 0),
        None => no_property(key),
    }
}

pub(crate) fn project_put(ask: &mut Ask<'_>) -> Reply {
    match administered_project(ask).and_then(|id| Ok((id, value_of(ask)?))) {
        Ok((id, value)) => stored(ask.state.project_properties.insert((id, ask.path[1].clone()), value)),
        Err(reply) => reply,
    }
}

pub(crate) fn project_delete(ask: &mut Ask<'_>) -> Reply {
    match administered_project(ask) {
        Ok(id) => match ask.state.project_properties.remove(&(id, ask.path[1].clone())) {
            Some(_) => Reply::empty(204),
            None => no_property(&ask.path[1]),
        },
        Err(reply) => reply,
    }
}
