//! A Forge app's manifest as the site uses it: endpoints, triggers, pages, scopes.
//! Does not judge it (`lint` does) and does not know the published schema (`specs` does).

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::Value;

/// Scopes that only say which tokens an app gets; alone they open nothing.
pub(crate) const TOKEN_SCOPES: &[&str] = &["read:app-system-token", "read:app-user-token"];

/// One endpoint: where on its remote, and which tokens go there.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) path: String,
    pub(crate) system_token: bool,
    pub(crate) user_token: bool,
}

/// One product event that a trigger wants.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) event: String,
    /// Whether events of the app's own making are left out.
    pub(crate) ignore_self: bool,
}

/// One trigger.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub(crate) key: String,
    pub(crate) endpoint: String,
    pub(crate) events: Vec<Wanted>,
}

/// One scheduled trigger.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) key: String,
    pub(crate) endpoint: String,
    pub(crate) every: SignedDuration,
}

/// One module that people see.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Its kind, such as `jira:projectPage`.
    pub(crate) kind: String,
    pub(crate) key: String,
    /// Where its calls go; a page may do without.
    pub(crate) endpoint: Option<String>,
}

/// The Connect app that this one has been, or still is in part.
#[derive(Debug, Clone)]
pub(crate) struct ConnectPart {
    pub(crate) key: String,
    pub(crate) modules: Value,
}

/// A manifest without fault.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    pub(crate) app_id: String,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) schedules: Vec<Schedule>,
    /// Endpoints that are told before an uninstall.
    pub(crate) farewells: Vec<String>,
    pub(crate) pages: Vec<Page>,
    /// Only with `connectModules`: the key alone changes nothing.
    pub(crate) connect: Option<ConnectPart>,
    pub(crate) whole: Value,
}

/// Reads the text. The answer is what the file says, not yet judged.
pub(crate) fn parse(text: &str) -> Result<Value, Vec<String>> {
    serde_saphyr::from_str::<Value>(text).map_err(|error| vec![format!("it is not YAML: {error}")])
}

/// Every entry of a module list.
pub(crate) fn modules<'a>(manifest: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
    manifest["modules"][kind].as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// How long a scheduled trigger waits between two runs.
pub(crate) fn interval(word: &str) -> Option<SignedDuration> {
    Some(match word {
        "fiveMinute" => SignedDuration::from_mins(5),
        "hour" => SignedDuration::from_hours(1),
        "day" => SignedDuration::from_hours(24),
        "week" => SignedDuration::from_hours(7 * 24),
        _ => return None,
    })
}

/// The events of a trigger: names under one filter, or names with a filter each.
pub(crate) fn wanted(trigger: &Value) -> Vec<Wanted> {
    let common = trigger["filter"]["ignoreSelf"] == true;
    let events = trigger["events"].as_array().into_iter().flatten();
    let wanted = events.map(|event| match event.as_str() {
        Some(name) => Wanted { event: name.to_owned(), ignore_self: common },
        None => Wanted { event: text(&event["eventType"]), ignore_self: event["filter"]["ignoreSelf"] == true },
    });
    wanted.collect()
}

/// Kinds of module that nobody sees.
const MACHINERY: &[&str] = &["endpoint", "trigger", "scheduledTrigger", "preUninstall", "function", "consumer"];

fn pages(manifest: &Value) -> Vec<Page> {
    let kinds = manifest["modules"].as_object().into_iter().flatten();
    let kinds = kinds.filter(|(kind, _)| !MACHINERY.contains(&kind.as_str()));
    let every = kinds.flat_map(|(kind, list)| list.as_array().into_iter().flatten().map(move |page| (kind, page)));
    let seen = every.filter(|(_, page)| page["resource"].is_string()).map(|(kind, page)| Page {
        kind: kind.clone(),
        key: text(&page["key"]),
        endpoint: page["resolver"]["endpoint"].as_str().map(str::to_owned),
    });
    seen.collect()
}

/// Takes apart a manifest that has been judged.
pub(crate) fn take_apart(manifest: Value) -> Manifest {
    let scopes = manifest["permissions"]["scopes"].as_array().into_iter().flatten().map(text).collect();
    let endpoints = modules(&manifest, "endpoint").map(|endpoint| {
        let on = |name: &str| endpoint["auth"][name]["enabled"] == true;
        let path = endpoint["route"]["path"].as_str().unwrap_or_default().to_owned();
        let (system_token, user_token) = (on("appSystemToken"), on("appUserToken"));
        (text(&endpoint["key"]), Endpoint { path, system_token, user_token })
    });
    let triggers = modules(&manifest, "trigger").map(|trigger| Trigger {
        key: text(&trigger["key"]),
        endpoint: text(&trigger["endpoint"]),
        events: wanted(trigger),
    });
    let schedules = modules(&manifest, "scheduledTrigger").filter_map(|schedule| {
        let every = interval(schedule["interval"].as_str().unwrap_or_default())?;
        Some(Schedule { key: text(&schedule["key"]), endpoint: text(&schedule["endpoint"]), every })
    });
    let has_modules = manifest["connectModules"].as_object().is_some_and(|modules| !modules.is_empty());
    let connect = manifest["app"]["connect"]["key"].as_str().filter(|_| has_modules);
    let connect = connect.map(|key| ConnectPart { key: key.to_owned(), modules: manifest["connectModules"].clone() });
    Manifest {
        app_id: text(&manifest["app"]["id"]),
        scopes,
        endpoints: endpoints.collect(),
        triggers: triggers.collect(),
        schedules: schedules.collect(),
        farewells: modules(&manifest, "preUninstall").map(|farewell| text(&farewell["endpoint"])).collect(),
        pages: pages(&manifest),
        connect,
        whole: manifest,
    }
}

impl Manifest {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Scopes that open something.
    pub(crate) fn real_scopes(&self) -> impl Iterator<Item = &String> {
        self.scopes.iter().filter(|scope| !TOKEN_SCOPES.contains(&scope.as_str()))
    }

    /// The page or endpoint of this key, as the endpoint that its calls go to.
    pub(crate) fn endpoint_of(&self, key: &str) -> Option<String> {
        let page = self.pages.iter().find(|page| page.key == key).and_then(|page| page.endpoint.clone());
        let trigger = || self.triggers.iter().find(|trigger| trigger.key == key).map(|known| known.endpoint.clone());
        let schedule = || self.schedules.iter().find(|known| known.key == key).map(|known| known.endpoint.clone());
        page.or_else(|| self.endpoints.contains_key(key).then(|| key.to_owned())).or_else(trigger).or_else(schedule)
    }
}
