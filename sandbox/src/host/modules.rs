//! Pages that the installed app declares: which of them are shown where and to whom, and their signed addresses.
//! Knows the conditions that Jira documents; one it does not know counts as fulfilled.

use serde_json::{Value, json};

use super::Where;
use crate::lifecycle::App;
use crate::requests::WorkItem;
use crate::site::Site;
use crate::state::State;
use crate::tokens;

/// Seconds that a context token and a page's address live.
const LIFE: i64 = 15 * 60;

/// A page in its place.
#[derive(Debug, serde::Serialize)]
pub(super) struct Frame {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) url: String,
    /// What a Forge page's bridge tells about where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<serde_json::Value>,
}

/// The app's pages at a place, as this person sees them.
pub(super) fn frames(site: &Site, asked: &Where) -> Vec<Frame> {
    let (app, shown) = {
        let state = site.lock();
        let Some(app) = state.app.clone().filter(|app| app.enabled) else { return Vec::new() };
        let kinds: &[&str] = match (asked.place.as_str(), asked.item.is_empty()) {
            ("settings", _) => &["jiraProjectAdminTabPanels"],
            ("admin", _) => &["adminPages"],
            ("organisation", _) => &["serviceDeskOrganizationPanels"],
            (_, true) => &["jiraProjectPages"],
            (_, false) => &["jiraIssueContents", "jiraIssueContexts"],
        };
        let place = Place::of(&state, asked);
        let missing =
            place.project.is_none() || (!asked.item.is_empty() && place.item.is_none()) || !place.may_browse();
        if asked.place != "admin" && missing {
            return Vec::new();
        }
        (app.clone(), kinds.iter().flat_map(|kind| place.shown(&app.descriptor["modules"][*kind])).collect::<Vec<_>>())
    };
    let frame = |(key, name, target): (String, String, String)| {
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        Frame { key, name, url: site.frame_url(&app, path, &asked.user, query), context: None }
    };
    shown.into_iter().map(frame).collect()
}

/// Where on the site, and who looks.
pub(super) struct Place<'a> {
    pub(super) state: &'a State,
    pub(super) user: &'a str,
    pub(super) project: Option<u64>,
    pub(super) item: Option<&'a WorkItem>,
    pub(super) organisation: Option<u64>,
}

impl<'a> Place<'a> {
    pub(super) fn of(state: &'a State, asked: &'a Where) -> Self {
        let project = state.project(&asked.project);
        let organisation = asked.organisation.parse().ok();
        Self {
            state,
            user: &asked.user,
            project: project.map(|project| project.id),
            item: state.item(&asked.item),
            organisation: organisation.filter(|id| project.is_some_and(|project| project.organisations.contains(id))),
        }
    }
}

impl Place<'_> {
    pub(super) fn may_browse(&self) -> bool {
        self.project.is_some_and(|project| self.state.has_project(self.user, project, "BROWSE_PROJECTS"))
    }

    /// Key, name and address of each module whose conditions hold.
    fn shown(&self, modules: &Value) -> Vec<(String, String, String)> {
        let modules = modules.as_array().into_iter().flatten();
        let all = |conditions: &Value| conditions.as_array().into_iter().flatten().all(|one| self.holds(one));
        // Without its content conditions a panel waits behind a button; nobody presses one here.
        let fits = |module: &&Value| all(&module["conditions"]) && all(&module["contentPresentConditions"]);
        modules
            .filter(fits)
            .map(|module| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let url = module["url"].as_str().or_else(|| module["target"]["url"].as_str()).unwrap_or_default();
                (text(&module["key"]), text(&module["name"]["value"]), self.filled(url))
            })
            .collect()
    }

    fn holds(&self, condition: &Value) -> bool {
        if let Some(list) = condition["or"].as_array() {
            return list.iter().any(|one| self.holds(one));
        }
        if let Some(list) = condition["and"].as_array() {
            return list.iter().all(|one| self.holds(one));
        }
        let params = &condition["params"];
        let holds = match condition["condition"].as_str().unwrap_or_default() {
            "entity_property_exists" => self.property(params).is_some(),
            "entity_property_equal_to" => self.property(params).is_some_and(|value| {
                let found = params["objectName"].as_str().into_iter().flat_map(|path| path.split('.'));
                let found = found.fold(&value, |value, part| &value[part]);
                let told = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                params["value"].as_str().map_or_else(|| params["value"].to_string(), str::to_owned) == told
            }),
            "has_project_permission" => {
                let permission = params["permission"].as_str().unwrap_or_default();
                self.project.is_some_and(|project| self.state.has_project(self.user, project, permission))
            }
            "user_is_project_admin" => {
                self.project.is_some_and(|project| self.state.has_project(self.user, project, "ADMINISTER_PROJECTS"))
            }
            "user_is_admin" | "user_is_sysadmin" => self.state.has_global(self.user, "ADMINISTER"),
            _ => true,
        };
        holds != condition["invert"].as_bool().unwrap_or_default()
    }

    pub(super) fn property(&self, params: &Value) -> Option<Value> {
        let key = params["propertyKey"].as_str()?;
        match params["entity"].as_str()? {
            "issue" => self.item?.properties.get(key).cloned(),
            "project" => self.state.project_properties.get(&(self.project?, key.to_owned())).cloned(),
            _ => None,
        }
    }

    /// The address with its context parameters filled in.
    fn filled(&self, url: &str) -> String {
        let project = self.project.and_then(|id| self.state.projects.get(&id));
        let known = [
            ("{project.id}", project.map(|project| project.id.to_string())),
            ("{project.key}", project.map(|project| project.key.clone())),
            ("{issue.id}", self.item.map(|item| item.id.to_string())),
            ("{issue.key}", self.item.map(|item| item.key.clone())),
            ("{organization.id}", self.organisation.map(|id| id.to_string())),
        ];
        let fill = |url: String, (name, value): &(&str, Option<String>)| match value {
            Some(value) => url.replace(name, value),
            None => url.replace(name, ""),
        };
        known.iter().fold(url.to_owned(), fill)
    }
}

impl Site {
    /// A context token, as a page of the app gets one for its own calls.
    pub(crate) fn context_token(&self, app: &App, account: &str) -> String {
        let mut claims = self.claims("GET", "/", "");
        claims["qsh"] = json!("context-qsh");
        self.sign_for(claims, account, &app.secret)
    }

    /// The signed address of a page. `path` is the declared URL; `query` has its values filled in.
    pub(crate) fn frame_url(&self, app: &App, path: &str, account: &str, query: &str) -> String {
        let site = self.lock().base_url.clone();
        let site = percent_encoding::utf8_percent_encode(&site, percent_encoding::NON_ALPHANUMERIC);
        let frame = format!("channel-{}__page", app.key.replace('.', "-"));
        let usual = format!(
            "xdm_e={site}&xdm_c={frame}&cp=&xdm_deprecated_addon_key_do_not_use={}&lic=none&cv=1001.0.0-SNAPSHOT",
            app.key
        );
        let own = if query.is_empty() { String::new() } else { format!("{query}&") };
        let mark = if path.contains('?') { '&' } else { '?' };
        let target = format!("{}{path}{mark}{own}{usual}", app.base_path());
        let token = self.sign_for(self.claims("GET", &target, &app.base_path()), account, &app.secret);
        format!("{}{path}{mark}{own}{usual}&jwt={token}", app.base_url)
    }

    fn sign_for(&self, mut claims: Value, account: &str, secret: &str) -> String {
        claims["sub"] = json!(account);
        claims["exp"] = json!(claims["iat"].as_i64().unwrap_or_default() + LIFE);
        claims["context"] = json!({});
        tokens::sign_hs256(&claims, secret)
    }
}
