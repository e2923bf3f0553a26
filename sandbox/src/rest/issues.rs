//! Work items by the platform API: reading, creating, what creating demands, and *notify*.
//! Does not search (`search`) and does not comment (`comments`).

use serde_json::{Value, json};

use super::properties::visible_item;
use super::{Ask, Reply};
use crate::mail::{MailKind, NotifyMood};
use crate::projects::Project;
use crate::requests::{Channel, NewItem, SERVICE_REQUEST, TASK, WorkItem};

/// An item as an answer holds it, with the fields and properties that were asked for.
pub(crate) fn bean(ask: &Ask<'_>, item: &WorkItem, fields: &[String], properties: &[String]) -> Value {
    let mut all = ask.state.fields_of(item, 3);
    let everything = fields.iter().any(|field| field == "*all" || field == "*navigable");
    if let Some(map) = all.as_object_mut() {
        map.retain(|name, _| everything || fields.contains(name));
        map.retain(|name, _| !fields.iter().any(|field| field.strip_prefix('-') == Some(name)));
    }
    let mut bean = json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": item.id.to_string(),
        "self": format!("{}/rest/api/3/issue/{}", ask.state.base_url, item.id),
        "key": item.key,
        "fields": all,
    });
    if !properties.is_empty() {
        let every = properties.iter().any(|key| key == "*all");
        let wanted = item.properties.iter().filter(|(key, _)| every || properties.contains(key));
        bean["properties"] = wanted.map(|(key, value)| (key.clone(), value.clone())).collect::<Value>();
    }
    bean
}

pub(crate) fn one(ask: &mut Ask<'_>) -> Reply {
    let id = match visible_item(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let mut fields = ask.call.list("fields");
    if fields.iter().all(|field| field.starts_with('-')) {
        fields.push("*all".to_owned());
    }
    let properties = ask.call.list("properties");
    Reply::ok(bean(ask, &ask.state.items[&id], &fields, &properties)).costing(1, 0)
}

/// Checks in the order of Jira's own source: the mail switch, the item, the receivers.
pub(crate) fn notify(ask: &mut Ask<'_>) -> Reply {
    match ask.state.notify.clone() {
        NotifyMood::Proper => {}
        NotifyMood::Refuses(text) => return Reply::error(403, &text),
        NotifyMood::QueuesEverything => {
            let (somebody, me) = (ask.state.house_agent.clone(), ask.me.clone());
            ask.state.send(&somebody, MailKind::Notify, &me);
            return Reply::empty(204);
        }
    }
    if !ask.state.outgoing_mail_on {
        return Reply::error(403, "Outgoing emails are disabled. Contact your administrator.");
    }
    let id = match visible_item(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let Ok(body) = serde_json::from_slice::<Value>(&ask.call.body) else {
        return Reply::error(400, "INVALID_INPUT");
    };
    let to = &body["to"];
    let mut receivers: Vec<String> = Vec::new();
    for user in to["users"].as_array().into_iter().flatten() {
        match user["accountId"].as_str().filter(|account| ask.state.people.contains_key(*account)) {
            Some(account) => receivers.push(account.to_owned()),
            None => return Reply::error(400, "A recipient does not exist."),
        }
    }
    if to["reporter"] == true {
        receivers.push(ask.state.items[&id].reporter.clone());
    }
    if to["assignee"] == true {
        return Reply::error(400, "The issue is unassigned.");
    }
    if receivers.is_empty() || receivers.contains(&ask.me) {
        return Reply::error(400, "No recipients were defined for notification.");
    }
    let me = ask.me.clone();
    for receiver in receivers {
        ask.state.send(&receiver, MailKind::Notify, &me);
    }
    Reply::empty(204)
}

/// The project in the path, if the app may create items there.
fn creatable<'a>(ask: &'a Ask<'_>, key: &str) -> Option<&'a Project> {
    let project = ask.state.project(key)?;
    (ask.may(project.id, "BROWSE_PROJECTS") && ask.may(project.id, "CREATE_ISSUES")).then_some(project)
}

pub(crate) fn issue_types(ask: &mut Ask<'_>) -> Reply {
    let Some(_) = creatable(ask, &ask.path[0]) else {
        return Reply::error(400, "You do not have permission to create issues in this project.");
    };
    let kind = |id: &str, name: &str| {
        json!({
            "self": format!("{}/rest/api/3/issuetype/{id}", ask.state.base_url), "id": id, "name": name,
            "description": "", "subtask": false, "hierarchyLevel": 0,
        })
    };
    let types = [kind(TASK, "Task"), kind(SERVICE_REQUEST, "Service Request")];
    Reply::ok(json!({"startAt": 0, "maxResults": 50, "total": types.len(), "issueTypes": types})).costing(2, 0)
}

pub(crate) fn create_fields(ask: &mut Ask<'_>) -> Reply {
    let Some(project) = creatable(ask, &ask.path[0]) else {
        return Reply::error(400, "You do not have permission to create issues in this project.");
    };
    let field = |id: &str, name: &str, required: bool, kind: &str| {
        json!({
            "fieldId": id, "key": id, "name": name, "required": required, "hasDefaultValue": false,
            "operations": ["set"], "schema": {"type": kind, "system": id},
        })
    };
    let mut fields = vec![
        field("summary", "Summary", true, "string"),
        field("issuetype", "Issue Type", true, "issuetype"),
        field("project", "Project", true, "project"),
        field("description", "Description", false, "string"),
    ];
    if let Some(id) = &project.demands_field {
        let custom = json!({"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"});
        let mut extra = field(id, "Cost centre", true, "string");
        extra["schema"] = custom;
        fields.push(extra);
    }
    let count = fields.len();
    Reply::ok(json!({"startAt": 0, "maxResults": 50, "total": count, "fields": fields})).costing(count, 0)
}

pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&ask.call.body) else {
        return Reply::error(400, "INVALID_INPUT");
    };
    let fields = &body["fields"];
    let key = fields["project"]["key"].as_str().or_else(|| fields["project"]["id"].as_str()).unwrap_or_default();
    let Some(project) = creatable(ask, key) else {
        return Reply::field_error(400, "project", "You cannot create issues in this project.");
    };
    let (id, demanded) = (project.id, project.demands_field.clone());
    let kind = &fields["issuetype"];
    if !matches!(kind["id"].as_str(), Some(TASK)) && kind["name"] != "Task" {
        return Reply::field_error(400, "issuetype", "Specify a valid issue type");
    }
    let Some(summary) = fields["summary"].as_str().filter(|summary| !summary.trim().is_empty()) else {
        return Reply::field_error(400, "summary", "You must specify a summary of the issue.");
    };
    if summary.chars().count() > 255 || summary.contains('\n') {
        return Reply::field_error(400, "summary", "The summary is invalid.");
    }
    if let Some(demanded) = demanded.filter(|field| fields[field].is_null()) {
        return Reply::field_error(400, &demanded, "Cost centre is required.");
    }
    if !fields["description"].is_null() && fields["description"]["type"] != "doc" {
        return Reply::field_error(400, "description", "Operation value must be an Atlassian Document");
    }
    let me = ask.me.clone();
    let made = ask.state.raise(id, NewItem::internal(&me, Channel::Api, summary));
    let number = ask.state.item_id(&made);
    for property in body["properties"].as_array().into_iter().flatten() {
        if let Some(key) = property["key"].as_str() {
            ask.state.item_mut(number).properties.insert(key.to_owned(), property["value"].clone());
        }
    }
    let own = format!("{}/rest/api/3/issue/{number}", ask.state.base_url);
    Reply::json(201, json!({"id": number.to_string(), "key": made, "self": own}))
}
