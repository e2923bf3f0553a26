//! The whole site as one JSON document, for the console. Addresses are shown: it is a site of invented people.
//! Changes nothing.

use serde_json::{Value, json};

use crate::control::role_of;
use crate::projects::{CUSTOMERS_ROLE, CustomerAccess, Project, ProjectType};
use crate::requests::WorkItem;
use crate::state::State;

/// How many calls and deliveries are shown.
const NEWEST: usize = 100;

/// Everything there is to see, newest first where it is a history.
pub(crate) fn state(state: &State) -> Value {
    json!({
        "now": state.now().to_string(),
        "baseUrl": state.base_url,
        "clientKey": state.client_key,
        "app": state.app.as_ref().map(|app| json!({
            "key": app.key, "baseUrl": app.base_url, "enabled": app.enabled, "account": state.app_account,
            "modules": app.descriptor["modules"],
        })),
        "forge": state.forge.installation.as_ref().map(|known| json!({
            "appId": known.manifest.app_id, "installation": known.id, "remote": known.remote, "account": known.account,
            "version": known.version(), "modules": known.manifest.whole["modules"],
        })),
        "switches": {
            "outgoingMail": state.outgoing_mail_on,
            "auditAvailable": state.audit_available,
            "userCreatedEvents": state.user_created_for_portal_accounts,
        },
        "users": users(state),
        "projects": state.projects.values().map(|one| project(state, one)).collect::<Vec<_>>(),
        "items": state.items.values().rev().map(|one| item(state, one)).collect::<Vec<_>>(),
        "mails": state.mails.iter().rev().collect::<Vec<_>>(),
        "audit": state.audit_log.iter().rev().take(NEWEST).map(|record| record.as_json()).collect::<Vec<_>>(),
        "webhooks": webhooks(state),
        "calls": state.calls.iter().rev().take(NEWEST).collect::<Vec<_>>(),
        "unexpectedCalls": state.unexpected,
        "violations": state.violations,
        "points": {"used": state.meter.used, "limit": state.meter.limits.points},
    })
}

fn users(state: &State) -> Value {
    let role = |account: &str| state.kinds.iter().find(|(id, _)| id == account).map(|(_, kind)| role_of(kind));
    let workers = state.people.values().filter_map(|person| {
        let role = role(&person.account_id)?;
        Some(json!({"accountId": person.account_id, "displayName": person.display_name, "role": role}))
    });
    workers.collect()
}

fn project(state: &State, project: &Project) -> Value {
    let in_role: Vec<&str> = project.people_in_role(CUSTOMERS_ROLE).collect();
    let mut accounts: Vec<String> = in_role.iter().map(|account| (*account).to_owned()).collect();
    for organisation in project.organisations.iter().filter_map(|id| state.organisations.get(id)) {
        accounts.extend(organisation.members.iter().cloned());
    }
    let mut customers: Vec<Value> = accounts
        .iter()
        .filter_map(|account| state.person(account))
        .map(|person| {
            json!({
                "accountId": person.account_id, "displayName": person.display_name, "address": person.address,
                "accountType": person.account_type.word(), "active": person.active,
                "truth": state.truths.get(&(project.id, person.account_id.clone())),
            })
        })
        .collect();
    customers.sort_by_key(|customer| std::cmp::Reverse(customer["truth"]["at"].as_str().map(str::to_owned)));
    let permissions = state.acting_account().map(|app| {
        let held = crate::permissions::PROJECT.iter();
        held.map(|permission| ((*permission).to_owned(), json!(state.has_project(&app, project.id, permission))))
            .collect()
    });
    let properties = state.project_properties.iter().filter(|((id, _), _)| *id == project.id);
    json!({
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "serviceDesk": (project.kind == ProjectType::ServiceDesk).then(|| project.service_desk.to_string()),
        "customerInvited": project.customer_invited_on,
        "open": project.access == CustomerAccess::AnyoneWithAccount,
        "customers": customers,
        "organisations": organisations(state, project),
        "appPermissions": permissions.map(Value::Object),
        "properties": properties.map(|((_, key), value)| (key.clone(), value.clone())).collect::<Value>(),
    })
}

fn organisations(state: &State, project: &Project) -> Value {
    let on = project.organisations.iter().filter_map(|id| Some((id, state.organisations.get(id)?)));
    on.map(|(id, organisation)| json!({"id": id.to_string(), "name": organisation.name})).collect()
}

fn item(state: &State, item: &WorkItem) -> Value {
    let project = state.projects.get(&item.project).map(|project| project.key.clone());
    json!({
        "id": item.id.to_string(),
        "key": item.key,
        "project": project,
        "summary": item.summary,
        "request": item.request_type.is_some(),
        "channel": format!("{:?}", item.channel).to_lowercase(),
        "reporter": item.reporter,
        "creator": item.creator,
        "status": item.status_name(),
        "created": item.created.to_string(),
        "comments": item.comments.iter().map(crate::comments::Comment::view).collect::<Vec<_>>(),
        "properties": item.properties,
    })
}

fn webhooks(state: &State) -> Value {
    let newest = state.deliveries.iter().rev().take(NEWEST);
    let shown = newest.map(|delivery| {
        json!({
            "id": delivery.id, "event": delivery.event, "state": delivery.state, "answers": delivery.answers,
            "retries": delivery.retries, "created": delivery.created.to_string(),
        })
    });
    shown.collect()
}
