//! Judges a manifest by the rules that `forge lint` and `forge deploy` apply. Every fault is told, not only the first.
//! Does not hold the published schema (`specs`), which comes first where it is at hand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::manifest::{TOKEN_SCOPES, interval, modules, wanted};
use super::scopes;

/// The faults of a manifest. `published` are scopes that the specifications name, beyond those known here.
pub(crate) fn faults(manifest: &Value, published: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    judge_app(manifest, &mut faults);
    judge_remotes(manifest, &mut faults);
    judge_keys(manifest, &mut faults);
    judge_endpoints(manifest, &mut faults);
    judge_references(manifest, &mut faults);
    judge_triggers(manifest, &mut faults);
    judge_schedules(manifest, &mut faults);
    judge_scopes(manifest, published, &mut faults);
    judge_connect(manifest, &mut faults);
    faults
}

fn judge_app(manifest: &Value, faults: &mut Vec<String>) {
    let id = manifest["app"]["id"].as_str().unwrap_or_default();
    let uuid = id.strip_prefix("ari:cloud:ecosystem::app/");
    if uuid.is_none_or(|uuid| uuid::Uuid::parse_str(uuid).is_err()) {
        faults.push(format!("app.id {id:?} is not ari:cloud:ecosystem::app/<uuid>"));
    }
    if !manifest["app"]["runtime"]["name"].as_str().is_some_and(|name| name.starts_with("nodejs")) {
        faults.push("app.runtime.name is missing".to_owned());
    }
}

/// The regions of a remote; one without a map is everywhere the same.
fn regions(remote: &Value) -> BTreeSet<&str> {
    remote["baseUrl"].as_object().into_iter().flatten().map(|(region, _)| region.as_str()).collect()
}

fn stores(remote: &Value) -> bool {
    let operations = remote["operations"].as_array().into_iter().flatten();
    remote["storage"].is_object() || operations.into_iter().any(|operation| operation == "storage")
}

fn judge_storage(manifest: &Value, faults: &mut Vec<String>) {
    let remotes = || manifest["remotes"].as_array().into_iter().flatten();
    let every: BTreeSet<&str> = remotes().flat_map(regions).collect();
    for remote in remotes().filter(|remote| stores(remote)) {
        let key = &remote["key"];
        if !remote["storage"]["inScopeEUD"].is_boolean() {
            faults.push(format!("remote {key} stores and must say so in storage.inScopeEUD"));
        }
        let lacks: Vec<&&str> = every.iter().filter(|region| !regions(remote).contains(**region)).collect();
        if !lacks.is_empty() {
            faults.push(format!("remote {key} stores and lacks regions of other remotes: {lacks:?}"));
        }
    }
}

fn judge_remotes(manifest: &Value, faults: &mut Vec<String>) {
    judge_storage(manifest, faults);
    for remote in manifest["remotes"].as_array().into_iter().flatten() {
        let key = remote["key"].as_str().unwrap_or_default();
        if key.is_empty() || key.len() > 23 {
            faults.push(format!("the key of remote {key:?} must be 1 to 23 characters"));
        }
        let urls: Vec<&Value> = match &remote["baseUrl"] {
            Value::Object(regions) => {
                if !regions.contains_key("default") {
                    faults.push(format!("the regions of remote {key:?} lack a default"));
                }
                regions.values().collect()
            }
            one => vec![one],
        };
        for url in urls {
            if !url.as_str().is_some_and(|url| url.starts_with("https://")) {
                faults.push(format!("baseUrl {url} of remote {key:?} is not https"));
            }
        }
    }
}

/// Module keys are unique over the whole manifest.
fn judge_keys(manifest: &Value, faults: &mut Vec<String>) {
    let mut keys = BTreeSet::new();
    let lists = manifest["modules"].as_object().into_iter().flatten();
    for (kind, list) in lists {
        if list.as_array().is_none_or(Vec::is_empty) {
            faults.push(format!("modules.{kind} is not a list with something in it"));
        }
        for module in list.as_array().into_iter().flatten() {
            match module["key"].as_str() {
                None => faults.push(format!("a module in {kind} has no key")),
                Some(key) if !keys.insert(key.to_owned()) => faults.push(format!("module key {key:?} is used twice")),
                Some(_) => {}
            }
        }
    }
}

fn keys_of(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(|one| one["key"].as_str()).collect()
}

fn has_scope(manifest: &Value, scope: &str) -> bool {
    manifest["permissions"]["scopes"].as_array().is_some_and(|scopes| scopes.iter().any(|known| known == scope))
}

fn judge_endpoints(manifest: &Value, faults: &mut Vec<String>) {
    let remotes = keys_of(&manifest["remotes"]);
    for endpoint in modules(manifest, "endpoint") {
        let key = endpoint["key"].as_str().unwrap_or_default();
        let remote = endpoint["remote"].as_str().unwrap_or_default();
        if !remotes.contains(remote) {
            faults.push(format!("endpoint {key:?} names the remote {remote:?}, which is not there"));
        }
        if endpoint["route"]["path"].as_str().is_some_and(|path| !path.starts_with('/')) {
            faults.push(format!("the route of endpoint {key:?} must begin with a slash"));
        }
        for (switch, scope) in [("appSystemToken", TOKEN_SCOPES[0]), ("appUserToken", TOKEN_SCOPES[1])] {
            if endpoint["auth"][switch]["enabled"] == true && !has_scope(manifest, scope) {
                faults.push(format!("endpoint {key:?} has {switch}, which needs the scope {scope}"));
            }
        }
    }
    for place in ["backend", "client"] {
        let list = &manifest["permissions"]["external"]["fetch"][place];
        for remote in list.as_array().into_iter().flatten().filter_map(|one| one["remote"].as_str()) {
            if !remotes.contains(remote) {
                faults.push(format!(
                    "permissions.external.fetch.{place} names the remote {remote:?}, which is not there"
                ));
            }
        }
    }
}

/// Whatever names an endpoint or a resource must name one that is there.
fn judge_references(manifest: &Value, faults: &mut Vec<String>) {
    let (endpoints, resources) = (keys_of(&manifest["modules"]["endpoint"]), keys_of(&manifest["resources"]));
    for (kind, list) in manifest["modules"].as_object().into_iter().flatten() {
        for module in list.as_array().into_iter().flatten() {
            let key = module["key"].as_str().unwrap_or_default();
            for named in [&module["endpoint"], &module["resolver"]["endpoint"]].into_iter().filter_map(Value::as_str) {
                if !endpoints.contains(named) {
                    faults.push(format!("{kind} {key:?} names the endpoint {named:?}, which is not there"));
                }
            }
            if let Some(named) = module["resource"].as_str()
                && !resources.contains(named)
            {
                faults.push(format!("{kind} {key:?} names the resource {named:?}, which is not there"));
            }
        }
    }
}

fn judge_triggers(manifest: &Value, faults: &mut Vec<String>) {
    for trigger in modules(manifest, "trigger") {
        let key = trigger["key"].as_str().unwrap_or_default();
        let wanted = wanted(trigger);
        if wanted.is_empty() {
            faults.push(format!("trigger {key:?} wants no event"));
        }
        for event in wanted.iter().map(|wanted| wanted.event.as_str()) {
            match scopes::of_event(event) {
                None => faults.push(format!("trigger {key:?} wants the event {event:?}, which nobody sends")),
                Some(needed) if !needed.suffice(|scope| has_scope(manifest, scope)) => {
                    faults.push(format!("event {event} needs the scopes {:?}", needed.classic));
                }
                Some(_) => {}
            }
        }
        if !trigger["endpoint"].is_string() {
            faults.push(format!("trigger {key:?} has no endpoint; this site runs no functions"));
        }
        // Silently taking what is not played here would be laxer than Jira.
        let each = trigger["events"].as_array().into_iter().flatten();
        let all = std::iter::once(trigger).chain(each);
        for part in all {
            if part["filter"]["expression"].is_string() || part["payload"].is_object() {
                faults
                    .push(format!("trigger {key:?} has an expression or a payload, which this site does not evaluate"));
            }
        }
    }
}

/// At most five, of which one every five minutes.
fn judge_schedules(manifest: &Value, faults: &mut Vec<String>) {
    let mut number: BTreeMap<&str, usize> = BTreeMap::new();
    for schedule in modules(manifest, "scheduledTrigger") {
        let word = schedule["interval"].as_str().unwrap_or_default();
        if interval(word).is_none() {
            faults.push(format!("interval {word:?} is unknown"));
        }
        if !schedule["endpoint"].is_string() {
            faults.push(format!("scheduledTrigger {} has no endpoint; this site runs no functions", schedule["key"]));
        }
        *number.entry(word).or_default() += 1;
    }
    if number.values().sum::<usize>() > 5 || number.get("fiveMinute").is_some_and(|most| *most > 1) {
        faults.push("there may be five scheduled triggers, and one with the interval fiveMinute".to_owned());
    }
}

fn judge_scopes(manifest: &Value, published: &BTreeSet<String>, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    let Some(list) = manifest["permissions"]["scopes"].as_array() else {
        return faults.push("permissions.scopes is not a list".to_owned());
    };
    for scope in list {
        let word = scope.as_str().unwrap_or_default();
        if !scopes::is_known(word) && !published.contains(word) {
            faults.push(format!("scope {scope} is unknown"));
        }
        if !seen.insert(word) {
            faults.push(format!("scope {scope} is there twice"));
        }
    }
}

fn judge_connect(manifest: &Value, faults: &mut Vec<String>) {
    let modules = manifest["connectModules"].as_object().filter(|modules| !modules.is_empty());
    let connect = &manifest["app"]["connect"];
    let Some(modules) = modules else { return };
    if connect["key"].as_str().is_none_or(str::is_empty) {
        faults.push("connectModules need app.connect.key".to_owned());
    }
    let remote = connect["remote"].as_str().unwrap_or_default();
    if !keys_of(&manifest["remotes"]).contains(remote) {
        faults.push(format!("app.connect.remote {remote:?} is not among the remotes"));
    }
    if modules.get("jira:lifecycle").and_then(Value::as_array).is_some_and(|list| list.len() > 1) {
        faults.push("there may be one jira:lifecycle".to_owned());
    }
    for name in modules.keys().filter(|name| !name.contains(':')) {
        faults.push(format!("connectModules.{name} lacks its product, such as jira:{name}"));
    }
}
