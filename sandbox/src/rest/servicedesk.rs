//! The service desk API: desks, their customers, organisations, requests. Does not add customers: an app may, but
//! ours has no business to.

use serde_json::{Value, json};

use super::people::found_by;
use super::{Ask, Reply};
use crate::comments::{VISIBILITY, document, text_of};
use crate::projects::{Organisation, Project, ProjectType};
use crate::requests::WorkItem;
use crate::times;

/// A page as every list of this API has it.
fn page(ask: &Ask<'_>, values: Vec<Value>, people: bool) -> Reply {
    page_of(ask, &values, people, Value::clone)
}

/// The same, of which only what stands on the page is written out.
fn page_of<T>(ask: &Ask<'_>, all: &[T], people: bool, write: impl Fn(&T) -> Value) -> Reply {
    let (start, limit) = (ask.number("start", 0), ask.number("limit", 50).clamp(1, 100));
    let values: Vec<Value> = all.iter().skip(start).take(limit).map(write).collect();
    let size = values.len();
    let last = start + size >= all.len();
    let base = &ask.state.base_url;
    let link = |start: usize| format!("{base}{}?start={start}&limit={limit}", ask.call.path());
    let mut links = json!({"self": link(start), "base": base, "context": ""});
    if !last {
        links["next"] = json!(link(start + size));
    }
    let reply = Reply::ok(json!({
        "size": size, "start": start, "limit": limit, "isLastPage": last, "_links": links, "values": values,
    }));
    if people { reply.costing(0, size) } else { reply.costing(size, 0) }
}

fn desk_json(ask: &Ask<'_>, project: &Project) -> Value {
    json!({
        "id": project.service_desk.to_string(),
        "projectId": project.id.to_string(),
        "projectName": project.name,
        "projectKey": project.key,
        "projectTypeKey": project.kind.word(),
        "_links": {"self": format!("{}/rest/servicedeskapi/servicedesk/{}", ask.state.base_url, project.service_desk)},
    })
}

pub(crate) fn desks(ask: &mut Ask<'_>) -> Reply {
    let desks = ask.state.projects.values().filter(|project| project.kind == ProjectType::ServiceDesk);
    let seen = desks.filter(|project| ask.may(project.id, "BROWSE_PROJECTS"));
    page(ask, seen.map(|project| desk_json(ask, project)).collect(), false)
}

/// The desk in the path; 403 without the given permission.
fn named<'a>(ask: &'a Ask<'_>, permission: &str) -> Result<&'a Project, Reply> {
    let found =
        ask.state.projects.values().find(|project| {
            project.kind == ProjectType::ServiceDesk && project.service_desk.to_string() == ask.path[0]
        });
    match found {
        None => Err(Reply::desk_error(404, "The Service Desk does not exist.")),
        Some(project) if ask.may(project.id, permission) => Ok(project),
        Some(_) => Err(Reply::desk_error(403, "You do not have permission to view this Service Desk.")),
    }
}

pub(crate) fn desk(ask: &mut Ask<'_>) -> Reply {
    match named(ask, "BROWSE_PROJECTS") {
        Ok(project) => Reply::ok(desk_json(ask, project)).costing(1, 0),
        Err(reply) => reply,
    }
}

/// Experimental: without the header that says so Jira answers 412.
pub(crate) fn customers(ask: &mut Ask<'_>) -> Reply {
    if !ask.call.experimental {
        return Reply::desk_error(412, "This API is experimental. Send X-ExperimentalApi: opt-in to use it.");
    }
    let project = match named(ask, "SERVICEDESK_AGENT") {
        Ok(project) => project,
        Err(reply) => return reply,
    };
    let query = ask.call.parameter("query").unwrap_or_default();
    let customers = ask.state.customers_of(project);
    let people = customers.iter().filter_map(|account| ask.state.person(account));
    let found: Vec<_> = people.filter(|person| query.is_empty() || found_by(person, query)).collect();
    page_of(ask, &found, true, |person| person.as_customer(&ask.state.base_url))
}

fn organisation_json(ask: &Ask<'_>, organisation: &Organisation) -> Value {
    json!({
        "id": organisation.id.to_string(),
        "uuid": organisation.uuid,
        "name": organisation.name,
        "scimManaged": false,
        "created": times::service_desk(organisation.created),
        "_links": {"self": format!("{}/rest/servicedeskapi/organization/{}", ask.state.base_url, organisation.id)},
    })
}

fn is_agent_somewhere(ask: &Ask<'_>) -> bool {
    ask.state.projects.keys().any(|project| ask.may(*project, "SERVICEDESK_AGENT"))
}

pub(crate) fn organisations(ask: &mut Ask<'_>) -> Reply {
    let account = ask.call.parameter("accountId");
    if account.is_some() && !is_agent_somewhere(ask) {
        return Reply::desk_error(403, "You must be an agent to list organisations of somebody.");
    }
    let of = |organisation: &&Organisation| {
        account.is_none_or(|account| organisation.members.iter().any(|member| member == account))
    };
    let list = ask.state.organisations.values().filter(of);
    page(ask, list.map(|organisation| organisation_json(ask, organisation)).collect(), false)
}

pub(crate) fn desk_organisations(ask: &mut Ask<'_>) -> Reply {
    let project = match named(ask, "SERVICEDESK_AGENT") {
        Ok(project) => project,
        Err(reply) => return reply,
    };
    let list = project.organisations.iter().filter_map(|id| ask.state.organisations.get(id));
    page(ask, list.map(|organisation| organisation_json(ask, organisation)).collect(), false)
}

fn named_organisation<'a>(ask: &'a Ask<'_>) -> Result<&'a Organisation, Reply> {
    if !is_agent_somewhere(ask) {
        return Err(Reply::desk_error(403, "You must be an agent to see organisations."));
    }
    let id = ask.path[0].parse().ok();
    let found = id.and_then(|id: u64| ask.state.organisations.get(&id));
    found.ok_or_else(|| Reply::desk_error(404, "The organisation does not exist."))
}

pub(crate) fn organisation(ask: &mut Ask<'_>) -> Reply {
    match named_organisation(ask) {
        Ok(organisation) => Reply::ok(organisation_json(ask, organisation)).costing(1, 0),
        Err(reply) => reply,
    }
}

pub(crate) fn organisation_users(ask: &mut Ask<'_>) -> Reply {
    let organisation = match named_organisation(ask) {
        Ok(organisation) => organisation,
        Err(reply) => return reply,
    };
    let people = |account: &String| ask.state.person(account);
    page_of(ask, &organisation.members, true, |account| {
        people(account).map_or(Value::Null, |person| person.as_customer(&ask.state.base_url))
    })
}

/// The request in the path; items that are no requests do not exist here.
fn named_request<'a>(ask: &'a Ask<'_>) -> Result<&'a WorkItem, Reply> {
    let found = ask.state.item(&ask.path[0]).filter(|item| item.request_type.is_some());
    let found = found.filter(|item| ask.may(item.project, "BROWSE_PROJECTS"));
    found.ok_or_else(|| Reply::desk_error(404, "The request does not exist or you do not have permission to view it."))
}

pub(crate) fn request(ask: &mut Ask<'_>) -> Reply {
    let item = match named_request(ask) {
        Ok(item) => item,
        Err(reply) => return reply,
    };
    let base = &ask.state.base_url;
    let desk = ask.state.projects.get(&item.project).map_or(0, |project| project.service_desk);
    let category = if item.resolved.is_some() { "DONE" } else { "NEW" };
    Reply::ok(json!({
        "issueId": item.id.to_string(),
        "issueKey": item.key,
        "summary": item.summary,
        "requestTypeId": item.request_type.map(|id| id.to_string()),
        "serviceDeskId": desk.to_string(),
        "createdDate": times::service_desk(item.created),
        "reporter": ask.state.person(&item.reporter).map(|person| person.as_customer(base)),
        "requestFieldValues": [{"fieldId": "summary", "label": "Summary", "value": item.summary}],
        "currentStatus": {
            "status": item.status_name(), "statusCategory": category,
            "statusDate": times::service_desk(item.resolved.unwrap_or(item.created)),
        },
        "_links": {
            "self": format!("{base}/rest/servicedeskapi/request/{}", item.id),
            "jiraRest": format!("{base}/rest/api/2/issue/{}", item.id),
            "web": format!("{base}/servicedesk/customer/portal/{desk}/{}", item.key),
        },
    }))
    .costing(1, 1)
}

fn comment_json(ask: &Ask<'_>, item: &WorkItem, id: u64) -> Value {
    let comment = item.comments.iter().find(|comment| comment.id == id);
    let base = &ask.state.base_url;
    comment.map_or(Value::Null, |comment| {
        json!({
            "id": id.to_string(),
            "body": text_of(&comment.body),
            "public": comment.public,
            "author": ask.state.person(&comment.author).map(|person| person.as_customer(base)),
            "created": times::service_desk(comment.created),
            "_links": {"self": format!("{base}/rest/servicedeskapi/request/{}/comment/{id}", item.id)},
        })
    })
}

pub(crate) fn request_comments(ask: &mut Ask<'_>) -> Reply {
    let item = match named_request(ask) {
        Ok(item) => item,
        Err(reply) => return reply,
    };
    let (public, internal) = (ask.call.parameter("public"), ask.call.parameter("internal"));
    let agent = ask.may(item.project, "SERVICEDESK_AGENT");
    let shown = item
        .comments
        .iter()
        .filter(|comment| if comment.public { public != Some("false") } else { agent && internal != Some("false") });
    page(ask, shown.map(|comment| comment_json(ask, item, comment.id)).collect(), false)
}

pub(crate) fn add_comment(ask: &mut Ask<'_>) -> Reply {
    let item = match named_request(ask) {
        Ok(item) => item,
        Err(reply) => return reply,
    };
    let id = item.id;
    if item.locked || !ask.may(item.project, "ADD_COMMENTS") {
        return Reply::desk_error(403, "You do not have permission to comment on this request.");
    }
    let Ok(body) = serde_json::from_slice::<Value>(&ask.call.body) else {
        return Reply::desk_error(400, "The request is not valid JSON.");
    };
    let (Some(text), Some(public)) = (body["body"].as_str().filter(|t| !t.is_empty()), body["public"].as_bool()) else {
        return Reply::desk_error(400, "body and public must be provided.");
    };
    let properties = if public { Vec::new() } else { vec![(VISIBILITY.to_owned(), json!({"internal": true}))] };
    let me = ask.me.clone();
    let document = document(text);
    let comment = ask.state.comment(id, &me, document, properties);
    Reply::json(201, comment_json(ask, &ask.state.items[&id], comment))
}
