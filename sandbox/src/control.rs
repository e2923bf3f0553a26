//! The JSON control API, `/sandbox/…`: what the demo's console shows and does. For people at this computer only.
//! Does nothing that the Rust surface cannot do.

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::customers::{AddBy, RestCaller};
use crate::faults::{Fault, Matcher};
use crate::people::UserKind;
use crate::points::Reason;
use crate::projects::{CustomerAccess, ProjectType};
use crate::requests::{Channel, NewItem};
use crate::site::Site;
use crate::state::State;
use crate::{console, permissions};

/// One thing to do. The tag is the last part of the path.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Action {
    /// Makes a project.
    AddProject { key: String, name: String, software: Option<bool> },
    /// Adds a customer by one of the ways.
    AddCustomer {
        project: String,
        by: Way,
        address: Option<String>,
        account: Option<String>,
        organisation: Option<String>,
    },
    /// Takes a customer out of the role.
    RemoveCustomer { project: String, account: String },
    /// A request of a customer, by themselves or on their behalf.
    RaiseRequest { project: String, reporter: String, on_behalf: Option<bool> },
    /// A work item that no customer sees.
    AddWorkItem { project: String },
    /// Resolves, or closes for good.
    Resolve { item: String, lock: Option<bool> },
    /// The site's outgoing mail.
    SetOutgoingMail { on: bool },
    /// The project's toggle *Customer invited*.
    SetCustomerInvited { project: String, on: bool },
    /// Who may use the portal.
    SetCustomerAccess { project: String, open: bool },
    /// The audit log, as on a paid or on the Free plan.
    SetAudit { available: bool },
    /// Whether `user_created` fires for portal-only accounts.
    SetUserCreatedEvents { on: bool },
    /// A permission of the app's user; without a project a global one.
    SetAppPermission { project: Option<String>, permission: String, granted: bool },
    /// The next requests that match are answered wrongly.
    Misbehave { call: String, fault: FaultName, times: Option<usize> },
    /// No more faults.
    Behave {},
    /// Every waiting webhook is lost.
    DropWebhooks {},
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    Agent,
    Automation,
    RestApp,
    RestUser,
    People,
    Organisation,
    Email,
    SelfSignup,
    Existing,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FaultName {
    Forbidden,
    ServerError,
    QuotaGlobal,
    QuotaTenant,
    Burst,
    PerIssueOnWrite,
    Garbage,
    Html,
    Silence,
    CloseConnection,
}

impl FaultName {
    fn fault(&self) -> Fault {
        match self {
            Self::Forbidden => Fault::Status(403),
            Self::ServerError => Fault::Status(500),
            Self::QuotaGlobal => Fault::Throttled(Reason::QuotaGlobal, 60),
            Self::QuotaTenant => Fault::Throttled(Reason::QuotaTenant, 60),
            Self::Burst => Fault::Throttled(Reason::Burst, 2),
            Self::PerIssueOnWrite => Fault::Throttled(Reason::PerIssueOnWrite, 2),
            Self::Garbage => Fault::Garbage,
            Self::Html => Fault::Html,
            Self::Silence => Fault::Silence,
            Self::CloseConnection => Fault::CloseConnection,
        }
    }
}

/// A page of another origin may neither read nor write here: it cannot send JSON without asking first, and a name
/// that was bent to this address is not one of ours.
fn from_here(request: &HttpRequest) -> bool {
    let loopback = request.peer_addr().is_some_and(|address| address.ip().is_loopback());
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    loopback && matches!(name, "127.0.0.1" | "localhost")
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

fn refuse(status: actix_web::http::StatusCode, why: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"error": why}))
}

/// Serves one control request.
pub(crate) async fn serve(site: Arc<Site>, request: HttpRequest, body: Bytes) -> HttpResponse {
    use actix_web::http::StatusCode;
    if !from_here(&request) {
        return refuse(StatusCode::FORBIDDEN, "only from this computer");
    }
    let action = request.path().trim_start_matches("/sandbox").trim_matches('/').to_owned();
    match request.method().as_str() {
        "GET" if action == "state" => HttpResponse::Ok().json(console::state(&site.lock())),
        "POST" if !is_json(&request) => refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json"),
        "POST" => {
            let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
            let mut fields: Value = match serde_json::from_slice(text) {
                Ok(fields @ Value::Object(_)) => fields,
                _ => return refuse(StatusCode::BAD_REQUEST, "send a JSON object"),
            };
            fields["action"] = json!(action);
            let done = serde_json::from_value(fields).map_err(|error| error.to_string());
            let done = done.and_then(|action| act(&mut site.lock(), action));
            site.touch();
            match done {
                Ok(answer) => HttpResponse::Ok().json(answer),
                Err(why) => refuse(StatusCode::BAD_REQUEST, &why),
            }
        }
        _ => refuse(StatusCode::NOT_FOUND, "GET /sandbox/state or POST /sandbox/<action>"),
    }
}

fn project(state: &State, key: &str) -> Result<u64, String> {
    state.project(key).map(|project| project.id).ok_or_else(|| format!("no project {key}"))
}

fn item(state: &State, key: &str) -> Result<u64, String> {
    state.item(key).map(|item| item.id).ok_or_else(|| format!("no work item {key}"))
}

fn account(state: &State, account: Option<String>) -> Result<String, String> {
    let account = account.ok_or("account is missing")?;
    if state.people.contains_key(&account) { Ok(account) } else { Err(format!("no account {account}")) }
}

fn way(state: &mut State, by: &Way, known: Option<String>, organisation: Option<String>) -> Result<AddBy, String> {
    Ok(match by {
        Way::Agent => AddBy::Agent,
        Way::Automation => AddBy::Automation,
        Way::RestApp => {
            let name = "Customer importer";
            let found = state.people.values().find(|person| person.display_name == name);
            let id = found.map(|person| person.account_id.clone()).unwrap_or_else(|| state.make_app_account(name));
            AddBy::Rest(RestCaller::App(id))
        }
        Way::RestUser => AddBy::Rest(RestCaller::User(state.house_admin.clone())),
        Way::People => AddBy::People,
        Way::Organisation => AddBy::Organisation(organisation.unwrap_or_else(|| "Example customers".to_owned())),
        Way::Email => AddBy::Email,
        Way::SelfSignup => AddBy::SelfSignup,
        Way::Existing => AddBy::Existing(account(state, known)?),
    })
}

/// Does one thing. Every name is checked first, so that a typing mistake is an answer and not a crash.
fn act(state: &mut State, action: Action) -> Result<Value, String> {
    match action {
        Action::AddProject { key, name, software } => {
            if state.project(&key).is_some() {
                return Err(format!("project {key} exists"));
            }
            let kind = if software == Some(true) { ProjectType::Software } else { ProjectType::ServiceDesk };
            Ok(json!({"id": state.add_project(&key, &name, kind).to_string()}))
        }
        Action::AddCustomer { project: key, by, address, account, organisation } => {
            let id = project(state, &key)?;
            let by = way(state, &by, account, organisation)?;
            let added = state.add_customer(id, &by, address.as_deref());
            serde_json::to_value(added).map_err(|error| error.to_string())
        }
        Action::RemoveCustomer { project: key, account: id } => {
            let (project, id) = (project(state, &key)?, account(state, Some(id))?);
            state.remove_customer(project, &id);
            Ok(json!({}))
        }
        Action::RaiseRequest { project: key, reporter, on_behalf } => {
            let (project, reporter) = (project(state, &key)?, account(state, Some(reporter))?);
            let (by, channel) = match on_behalf {
                Some(true) => (state.house_agent.clone(), Channel::Jira),
                _ => (reporter.clone(), Channel::Portal),
            };
            Ok(json!({"key": state.raise(project, NewItem::request(&reporter, &by, channel, "I need help"))}))
        }
        Action::AddWorkItem { project: key } => {
            let (project, agent) = (project(state, &key)?, state.house_agent.clone());
            Ok(json!({"key": state.raise(project, NewItem::internal(&agent, Channel::Jira, "Internal work"))}))
        }
        Action::Resolve { item: key, lock } => {
            let (item, agent) = (item(state, &key)?, state.house_agent.clone());
            state.resolve(item, &agent, lock == Some(true));
            Ok(json!({}))
        }
        other => switch(state, other).map(|()| json!({})),
    }
}

/// The switches.
fn switch(state: &mut State, action: Action) -> Result<(), String> {
    let admin = state.house_admin.clone();
    match action {
        Action::SetOutgoingMail { on } => state.outgoing_mail_on = on,
        Action::SetCustomerInvited { project: key, on } => {
            let id = project(state, &key)?;
            state.set_customer_invited(id, on, &admin);
        }
        Action::SetCustomerAccess { project: key, open } => {
            let id = project(state, &key)?;
            let access = if open { CustomerAccess::AnyoneWithAccount } else { CustomerAccess::CustomersMyTeamAdds };
            state.set_customer_access(id, access, &admin);
        }
        Action::SetAudit { available } => state.audit_available = available,
        Action::SetUserCreatedEvents { on } => state.user_created_for_portal_accounts = on,
        Action::SetAppPermission { project: key, permission, granted } => {
            let app = state.acting_account().ok_or("no app is installed")?;
            match key {
                Some(key) if permissions::PROJECT.contains(&permission.as_str()) => {
                    let id = project(state, &key)?;
                    state.set_project(&app, id, &permission, granted);
                }
                None if permissions::GLOBAL.contains(&permission.as_str()) => {
                    state.set_global(&app, &permission, granted);
                }
                _ => return Err(format!("no permission {permission}")),
            }
        }
        Action::Misbehave { call, fault, times } => {
            state.misbehave(Matcher::from(call.as_str()), fault.fault(), times.unwrap_or(1));
        }
        Action::Behave {} => state.misbehaviours.clear(),
        Action::DropWebhooks {} => {
            state.drop_waiting();
        }
        _ => return Err("nothing to do".to_owned()),
    }
    Ok(())
}

/// Who works on the site, for the console's "look at it as".
pub(crate) fn role_of(kind: &UserKind) -> &'static str {
    match kind {
        UserKind::SiteAdmin => "site admin",
        UserKind::ProjectAdmin(_) => "project admin",
        UserKind::Agent(_) => "agent",
        UserKind::Outsider => "outsider",
        UserKind::App => "app",
    }
}
