//! Pages of the installed Forge app: which of them are shown where and to whom, with the context that their bridge tells, and
//! what becomes of the calls they make to the app's remote.
//! Knows the display conditions that Atlassian documents for these modules; one it does not know counts as fulfilled.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::modules::{Frame, Place};
use super::{Where, is_from_here};
use crate::forge::Invocation;
use crate::lifecycle::{Answer, SignedRequest};
use crate::projects::ProjectType;
use crate::site::Site;

/// How long a page's call may take.
const LIMIT: Duration = Duration::from_secs(25);

/// Kinds of module by where on the site they stand.
fn kind_at(place: &str, item: bool) -> &'static str {
    match place {
        "settings" => "jira:projectSettingsPage",
        "admin" => "jira:adminPage",
        "organisation" => "jiraServiceManagement:organizationPanel",
        _ if item => "jira:issueContext",
        _ => "jira:projectPage",
    }
}

/// The app's pages at a place, as this person sees them.
pub(super) fn frames(site: &Site, asked: &Where) -> Vec<Frame> {
    let state = site.lock();
    let (Some(installation), Some(resource)) = (&state.forge.installation, &state.forge.resource) else {
        return Vec::new();
    };
    let (item, project) = (state.item(&asked.item), state.project(&asked.project));
    let place = Place::of(&state, asked);
    let known = state.person(&asked.user).is_some() && (asked.item.is_empty() || item.is_some());
    if !known || (asked.place != "admin" && !place.may_browse()) {
        return Vec::new();
    }
    let kind = kind_at(&asked.place, !asked.item.is_empty());
    let extension = json!({
        "type": kind,
        "project": project.map(|project| json!({"id": project.id.to_string(), "key": project.key, "type": type_of(project.kind)})),
        "issue": item.map(|item| json!({"id": item.id.to_string(), "key": item.key, "type": "Service request"})),
        "organization": place.organisation.map(|id| json!({"id": id.to_string()})),
        "location": format!("{}/{}", state.base_url, asked.place),
    });
    let modules = installation.manifest.whole["modules"][kind].as_array().into_iter().flatten();
    let shown = modules.filter(|module| place.fits(&module["displayConditions"]));
    let frame = |module: &Value| {
        let text = |name: &str| module[name].as_str().unwrap_or_default().to_owned();
        let context = json!({
            "accountId": asked.user, "cloudId": state.forge.cloud_id, "moduleKey": text("key"),
            "localId": format!("ari:cloud:ecosystem::extension/{}", text("key")), "environmentType": "PRODUCTION",
            "siteUrl": state.base_url, "locale": "en-US", "timezone": "UTC", "extension": extension,
        });
        let url = format!("{}/index.html", resource.url);
        Frame { key: text("key"), name: text("title"), url, context: Some(context) }
    };
    shown.map(frame).collect()
}

fn type_of(kind: ProjectType) -> &'static str {
    if kind == ProjectType::ServiceDesk { "service_desk" } else { "software" }
}

impl Place<'_> {
    /// Whether every display condition of a module holds.
    fn fits(&self, conditions: &Value) -> bool {
        conditions.as_object().into_iter().flatten().all(|(name, wanted)| self.fulfils(name, wanted))
    }

    fn fulfils(&self, name: &str, wanted: &Value) -> bool {
        let may = |permission: &str| self.project.is_some_and(|id| self.state.has_project(self.user, id, permission));
        let holds = match name {
            "and" => return self.fits(wanted),
            "or" => return wanted.as_object().into_iter().flatten().any(|(name, wanted)| self.fulfils(name, wanted)),
            "not" => return !self.fits(wanted),
            "projectType" => {
                let kind =
                    self.project.and_then(|id| self.state.projects.get(&id)).map(|project| type_of(project.kind));
                return kind == wanted.as_str();
            }
            "entityPropertyExists" => return self.property(wanted).is_some(),
            "hasServiceDeskAccess" | "hasServiceManagementAccess" => {
                may("SERVICEDESK_AGENT") || may("ADMINISTER_PROJECTS")
            }
            "canAdministerProjects" => may("ADMINISTER_PROJECTS"),
            "canAdministerJira" | "isAdmin" => self.state.has_global(self.user, "ADMINISTER"),
            _ => return true,
        };
        holds == wanted.as_bool().unwrap_or(true)
    }
}

/// A call of `invokeRemote`, as the page around carries it.
#[derive(Deserialize)]
struct Call {
    user: String,
    module: String,
    call: Input,
}

#[derive(Deserialize)]
struct Input {
    path: String,
    method: String,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: Option<Value>,
}

/// `POST /host/invoke`: signs for the person, sends to the remote, and gives what the bridge gives.
pub(crate) async fn invoke(site: Arc<Site>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let is_json = request.headers().get("content-type").is_some_and(|kind| kind.as_bytes() == b"application/json");
    if request.method() != Method::POST || !is_from_here(&request) || !is_json {
        return HttpResponse::Forbidden().finish();
    }
    let Ok(call) = serde_json::from_slice::<Call>(&body) else { return HttpResponse::BadRequest().finish() };
    HttpResponse::Ok().json(match proxied(&site, &call).await {
        Ok(told) => json!({ "value": told }),
        Err(thrown) => json!({ "thrown": thrown }),
    })
}

async fn proxied(site: &Site, call: &Call) -> Result<Value, String> {
    let signed = signed(site, call)?;
    let answer = signed.send_within(&site.client, LIMIT).await.map_err(|_| "Remote could not be reached".to_owned())?;
    told(&answer)
}

fn signed(site: &Site, call: &Call) -> Result<SignedRequest, String> {
    let input = &call.call;
    if !matches!(input.method.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE") || !input.path.starts_with('/') {
        return Err("Invalid method or path".to_owned());
    }
    let endpoint = {
        let state = site.lock();
        state.person(&call.user).ok_or("Nobody is logged in")?;
        let installation = state.forge.installation.as_ref().ok_or("The app is not installed")?;
        let page = installation.manifest.pages.iter().find(|page| page.key == call.module);
        page.and_then(|page| page.endpoint.clone()).ok_or("The module has no endpoint")?
    };
    // The proxy makes JSON of whatever the body is.
    let body = input.body.as_ref().map(Value::to_string);
    let about = Invocation {
        endpoint: &endpoint,
        module: &call.module,
        account: Some(&call.user),
        method: &input.method,
        path: &input.path,
        body: body.as_deref(),
    };
    let mut signed = site.invocation(&about).ok_or("The manifest has no such endpoint")?;
    // A page may add headers of its own, and replace none that Forge sets.
    for (name, value) in &input.headers {
        let name = name.to_lowercase();
        if let (Some(value), false) = (value.as_str(), signed.headers.iter().any(|(known, _)| *known == name)) {
            signed.headers.push((name, value.to_owned()));
        }
    }
    Ok(signed)
}

/// What the bridge gets: an answer, or an error that it throws. Forge keeps 401 for itself, and refuses errors that are not JSON.
fn told(answer: &Answer) -> Result<Value, String> {
    let good = (200..300).contains(&answer.status);
    let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.as_str());
    let is_json = kind.is_none_or(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
    if answer.status == 401 {
        return Err("Remote could not verify the Forge Invocation Token".to_owned());
    }
    if !good && (!is_json || answer.body.is_empty()) {
        return Err("Invalid response from remote".to_owned());
    }
    let body = if answer.body.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&answer.body) };
    let body: Value = body.map_err(|_| "Invalid response from remote".to_owned())?;
    let mut headers = Map::new();
    for (name, value) in &answer.headers {
        let values = headers.entry(name.clone()).or_insert_with(|| json!([]));
        values.as_array_mut().into_iter().for_each(|values| values.push(json!(value)));
    }
    let told = json!({"status": answer.status, "headers": headers, "body": body});
    Ok(if good { json!({"success": true, "payload": told}) } else { json!({"success": false, "error": told}) })
}
