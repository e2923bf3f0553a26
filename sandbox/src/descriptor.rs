//! An app's descriptor, judged by the rules that Jira applies when one is installed.
//! Does not fetch it (`lifecycle`) and does not hold the published schema (`specs`).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lifecycle::App;

/// What an app may do, each step including the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Nothing but being there.
    None,
    /// Reading.
    Read,
    /// Changing.
    Write,
    /// Deleting.
    Delete,
    /// Administering projects.
    ProjectAdmin,
    /// Administering Jira.
    Admin,
    /// Closed to Connect apps altogether.
    Inaccessible,
}

impl Scope {
    /// Reads the word of a descriptor or of `x-atlassian-connect-scope`.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word.to_ascii_uppercase().as_str() {
            "NONE" => Self::None,
            "READ" => Self::Read,
            "WRITE" => Self::Write,
            "DELETE" => Self::Delete,
            "PROJECT_ADMIN" => Self::ProjectAdmin,
            "ADMIN" => Self::Admin,
            "INACCESSIBLE" => Self::Inaccessible,
            _ => return None,
        })
    }
}

/// Events that a webhook may ask for.
const EVENTS: &[&str] = &[
    "user_created",
    "user_updated",
    "user_deleted",
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "issue_property_set",
    "issue_property_deleted",
    "project_created",
    "project_updated",
    "project_deleted",
    "project_soft_deleted",
    "project_restored_deleted",
    "project_archived",
    "project_restored_archived",
    "attachment_created",
    "attachment_deleted",
    "issuelink_created",
    "issuelink_deleted",
    "worklog_created",
    "worklog_updated",
    "worklog_deleted",
];

/// Reads and judges a descriptor that was fetched from below `base`. Every fault is told, not only the first.
pub(crate) fn read(body: &str, base: &str, secret: &str) -> Result<App, Vec<String>> {
    let descriptor: Value = serde_json::from_str(body).map_err(|_| vec!["it is not JSON".to_owned()])?;
    let mut faults = Vec::new();
    let key = descriptor["key"].as_str().unwrap_or_default().to_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if key.is_empty() || key.len() > 64 || !key.chars().all(plain) {
        faults.push("key must be 1 to 64 characters of A-Za-z0-9-._".to_owned());
    }
    if descriptor["name"].as_str().is_none_or(|name| name.is_empty() || name.len() > 80) {
        faults.push("name is missing or longer than 80".to_owned());
    }
    let base_url = descriptor["baseUrl"].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
    if base_url != base {
        faults.push(format!("baseUrl {base_url:?} is not where the descriptor was fetched from, {base:?}"));
    }
    if descriptor["authentication"]["type"] != "jwt" {
        faults.push("authentication.type must be jwt".to_owned());
    }
    if descriptor["apiMigrations"]["signed-install"] != true {
        faults.push("apiMigrations.signed-install must be true".to_owned());
    }
    judge_lifecycle(&descriptor, &mut faults);
    let scope = judge_scopes(&descriptor, &mut faults);
    let webhooks = judge_webhooks(&descriptor, &mut faults);
    judge_modules(&descriptor["modules"], &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(App {
        key,
        base_url,
        descriptor,
        scope,
        webhooks,
        secret: secret.to_owned(),
        enabled: false,
        installation_id: None,
    })
}

fn relative(url: Option<&str>) -> bool {
    url.is_some_and(|url| url.starts_with('/') && !url.starts_with("//"))
}

fn judge_lifecycle(descriptor: &Value, faults: &mut Vec<String>) {
    let lifecycle = descriptor["lifecycle"].as_object().cloned().unwrap_or_default();
    if !lifecycle.contains_key("installed") {
        faults.push("lifecycle.installed is needed with jwt".to_owned());
    }
    for (event, url) in &lifecycle {
        if !matches!(event.as_str(), "installed" | "uninstalled" | "enabled" | "disabled" | "dare-migration") {
            faults.push(format!("lifecycle.{event} is unknown"));
        }
        if !relative(url.as_str()) {
            faults.push(format!("lifecycle.{event} must be relative"));
        }
    }
}

fn judge_scopes(descriptor: &Value, faults: &mut Vec<String>) -> Scope {
    let mut widest = Scope::None;
    for scope in descriptor["scopes"].as_array().into_iter().flatten() {
        let word = scope.as_str().unwrap_or_default().to_ascii_uppercase();
        match Scope::read(&word) {
            Some(scope) if scope != Scope::Inaccessible => widest = widest.max(scope),
            _ if matches!(word.as_str(), "ACT_AS_USER" | "ACCESS_EMAIL_ADDRESSES") => {}
            _ => faults.push(format!("scope {scope} is unknown")),
        }
    }
    widest
}

fn judge_webhooks(descriptor: &Value, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut webhooks = Vec::new();
    for webhook in descriptor["modules"]["webhooks"].as_array().into_iter().flatten() {
        let event = webhook["event"].as_str().unwrap_or_default();
        let url = webhook["url"].as_str();
        if !EVENTS.contains(&event) {
            faults.push(format!("webhook event {event:?} is unknown"));
        }
        if !relative(url) {
            faults.push(format!("the url of webhook {event:?} must be relative"));
        }
        webhooks.push((event.to_owned(), url.unwrap_or_default().to_owned()));
    }
    webhooks
}

/// Module keys are unique over the whole descriptor and of the same characters as the app's own.
fn judge_modules(modules: &Value, faults: &mut Vec<String>) {
    let mut keys = BTreeSet::new();
    let lists = modules.as_object().into_iter().flatten().filter(|(name, _)| name.as_str() != "webhooks");
    for (name, list) in lists {
        let one = [list.clone()];
        for module in list.as_array().map_or(&one[..], Vec::as_slice) {
            if let Some(key) = module["key"].as_str() {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
                if key.is_empty() || key.len() > 100 || !key.chars().all(plain) {
                    faults.push(format!("module key {key:?} in {name} must be of A-Za-z0-9-"));
                }
                if !keys.insert(key.to_owned()) {
                    faults.push(format!("module key {key:?} is used twice"));
                }
            }
            for url in [module["url"].as_str(), module["target"]["url"].as_str()].into_iter().flatten() {
                if !relative(Some(url)) {
                    faults.push(format!("the url {url:?} in {name} must be relative"));
                }
            }
        }
    }
}
