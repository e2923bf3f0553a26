//! `manifest.yml`: valid by Atlassian's schema, alone and together with the block for apps that are listed with Connect; every
//! key is used and names what is there. Knows neither scopes nor Atlassian's validator: see its neighbours.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn text(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("not YAML: {error}\n{text}"))
}

/// The manifest as it is committed.
pub(super) fn manifest() -> Value {
    yaml(&text("manifest.yml"))
}

/// The manifest with the block of docs/install.md for an app that is listed with Connect.
pub(super) fn with_connect() -> Value {
    let docs = text("docs/install.md");
    let fenced = docs.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut blocks = fenced.filter(|block| block.contains("connectModules:"));
    let block = yaml(blocks.next().expect("docs/install.md shows the block for an app that is listed with Connect"));
    let mut manifest = manifest();
    merge(&mut manifest, &block);
    manifest
}

/// Objects are joined, lists are appended to, everything else is replaced.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (into, from) => *into = from.clone(),
    }
}

/// The modules of one kind.
pub(super) fn modules<'m>(manifest: &'m Value, kind: &str) -> Vec<&'m Value> {
    manifest["modules"][kind].as_array().unwrap_or_else(|| panic!("no {kind}")).iter().collect()
}

fn str_of<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer} of {value}"))
}

#[test]
fn it_is_valid_by_atlassians_schema_alone_and_beside_connect() {
    let Some(folder) = crate::harness::contracts() else { return };
    let schema = std::fs::read_to_string(folder.join("forge-manifest.schema.json"));
    let schema: Value = serde_json::from_str(&schema.expect("the schema is there")).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(false).build(&schema).expect("the schema compiles");
    let faults = |manifest: &Value| -> Vec<String> {
        validator.iter_errors(manifest).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    };
    assert!(faults(&manifest()).is_empty(), "{:#?}", faults(&manifest()));
    assert!(faults(&with_connect()).is_empty(), "{:#?}", faults(&with_connect()));
    // The judge is awake.
    for broken in [
        ("/remotes/0/baseUrl/EW", json!("https://ew.example.com")),
        ("/remotes/0/operations/0", json!("keep")),
        ("/modules/scheduledTrigger/0/interval", json!("minute")),
        ("/app/colour", json!("red")),
    ] {
        let mut bent = manifest();
        let (parent, key) = broken.0.rsplit_once('/').expect("a pointer");
        match bent.pointer_mut(parent).expect("the parent is there") {
            Value::Array(list) => list[key.parse::<usize>().expect("an index")] = broken.1,
            other => other[key] = broken.1,
        }
        assert!(!faults(&bent).is_empty(), "{} passed", broken.0);
    }
}

#[test]
fn every_place_that_names_an_endpoint_names_one_and_every_endpoint_is_named() {
    let manifest = manifest();
    let token = |endpoint: &Value, which: &str| endpoint["auth"][which]["enabled"] == true;
    let endpoints: BTreeMap<&str, (&str, bool, bool)> = modules(&manifest, "endpoint")
        .into_iter()
        .inspect(|endpoint| assert_eq!(endpoint["remote"], "backend", "{endpoint}"))
        .map(|e| (str_of(e, "/key"), (str_of(e, "/route/path"), token(e, "appSystemToken"), token(e, "appUserToken"))))
        .collect();
    assert_eq!(
        endpoints,
        BTreeMap::from([
            ("events", ("/forge/events", true, false)),
            ("lifecycle", ("/forge/lifecycle", true, false)),
            ("page", ("/forge", true, true)),
            ("tick", ("/forge/tick", true, false)),
            ("uninstall", ("/forge/uninstall", true, false)),
        ]),
        "a user's token goes where a user is, and nowhere else"
    );
    let all: Vec<&Value> = manifest["modules"].as_object().into_iter().flatten().flat_map(|(_, m)| list(m)).collect();
    let named: BTreeSet<&str> = all
        .iter()
        .flat_map(|module| [module["endpoint"].as_str(), module["resolver"]["endpoint"].as_str()])
        .flatten()
        .collect();
    assert_eq!(named, endpoints.keys().copied().collect());
    let resources: BTreeSet<&str> = list(&manifest["resources"]).iter().map(|r| str_of(r, "/key")).collect();
    assert_eq!(resources, all.iter().filter_map(|module| module["resource"].as_str()).collect());
    assert_eq!(str_of(&manifest, "/resources/0/path"), "deploy/forge/dist", "deploy/forge/build writes there");
    let keys: Vec<&str> = all.iter().map(|module| str_of(module, "/key")).collect();
    assert_eq!(keys.len(), keys.iter().collect::<BTreeSet<_>>().len(), "a key is given once: {keys:?}");
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().into_iter().flatten().collect()
}

#[test]
fn it_shows_itself_in_five_places_to_those_who_can_use_it() {
    let manifest = manifest();
    let shown = [
        ("jira:projectPage", "project", json!({"projectType": "service_desk", "hasServiceDeskAccess": true})),
        (
            "jira:projectSettingsPage",
            "settings",
            json!({"projectType": "service_desk", "hasServiceDeskAccess": true, "canAdministerProjects": true}),
        ),
        (
            "jira:issueContext",
            "issue",
            json!({
                "projectType": "service_desk",
                "hasServiceDeskAccess": true,
                "entityPropertyExists": {"entity": "issue", "propertyKey": invite_guard::publish::CASE_PROPERTY},
            }),
        ),
        ("jiraServiceManagement:organizationPanel", "organisation", Value::Null),
        ("jira:adminPage", "site", json!({"canAdministerJira": true})),
    ];
    let files = invite_guard::web::shell::forge_files().expect("the page's files");
    let files: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for (kind, key, conditions) in &shown {
        let modules = modules(&manifest, kind);
        assert_eq!(modules.len(), 1, "{kind}");
        assert_eq!(modules[0]["key"], *key, "{kind}: the page decides by this key what to show");
        assert_eq!(modules[0]["displayConditions"], *conditions, "{kind}");
        assert_eq!(str_of(modules[0], "/resolver/endpoint"), "page", "{kind}");
        let icon =
            str_of(modules[0], "/icon").strip_prefix("resource:page;").expect("a file of ours: others need leave");
        assert!(files.contains(icon), "{kind}: {icon} is not among the page's files {files:?}");
    }
    let pages = manifest["modules"].as_object().into_iter().flatten().filter(|(kind, _)| kind.contains(':')).count();
    assert_eq!(pages, shown.len());
}

#[test]
fn ticks_come_every_five_minutes_and_every_hour_and_leaving_is_told() {
    let manifest = manifest();
    let intervals: BTreeSet<&str> =
        modules(&manifest, "scheduledTrigger").into_iter().map(|tick| str_of(tick, "/interval")).collect();
    assert_eq!(intervals, BTreeSet::from(["fiveMinute", "hour"]));
    assert_eq!(str_of(modules(&manifest, "preUninstall")[0], "/endpoint"), "uninstall");
    let filters: BTreeMap<&str, &Value> =
        modules(&manifest, "trigger").into_iter().map(|t| (str_of(t, "/endpoint"), &t["filter"])).collect();
    assert_eq!(filters["events"], &json!({"ignoreSelf": true}), "what we write must not come back to us");
    assert_eq!(filters["lifecycle"], &Value::Null, "Forge knows ignoreSelf for Jira's events alone");
}

/// Atlassian's codes for where a site's data can be pinned to.
const REGIONS: [&str; 11] = ["EU", "US", "AU", "DE", "SG", "CA", "IN", "KR", "JP", "GB", "CH"];

#[test]
fn regions_are_declared_alike_each_with_a_server_of_its_own() {
    let manifest = manifest();
    let mut declared = BTreeSet::new();
    for remote in list(&manifest["remotes"]) {
        let urls = remote["baseUrl"].as_object().expect("base URLs are given by region");
        let regions: BTreeSet<&str> = urls.keys().map(String::as_str).collect();
        assert!(regions.contains("default"), "{regions:?}");
        assert!(regions.iter().all(|region| *region == "default" || REGIONS.contains(region)), "{regions:?}");
        declared.insert(regions);
        let hosts: BTreeSet<&str> = urls.values().filter_map(Value::as_str).collect();
        assert_eq!(hosts.len(), urls.len(), "two regions at one server would promise what is not kept: {urls:?}");
        assert!(hosts.iter().all(|url| url.starts_with("https://") && !url.ends_with('/')), "{hosts:?}");
        assert_eq!(remote["operations"], json!(["storage", "compute"]));
        assert_eq!(remote["storage"], json!({"inScopeEUD": true}), "account ids and admins' words are kept");
    }
    assert_eq!(declared.len(), 1, "every remote that stores declares the same regions");
    assert_eq!(manifest["permissions"]["external"], json!({"fetch": {"backend": [{"remote": "backend"}]}}));
}

#[test]
fn connect_is_not_in_it_and_its_block_brings_nothing_twice() {
    let manifest = manifest();
    assert_eq!((&manifest["app"]["connect"], &manifest["connectModules"]), (&Value::Null, &Value::Null));
    let both = with_connect();
    let descriptor: Value = serde_json::from_str(&text("atlassian-connect.json")).expect("the descriptor is JSON");
    assert_eq!(both["app"]["connect"]["key"], descriptor["key"], "another key would be another app to every site");
    assert_eq!(both["app"]["connect"]["remote"], "backend", "keeps the region of a site that moves");
    let kinds: Vec<&String> = both["connectModules"].as_object().expect("Connect modules").keys().collect();
    assert_eq!(kinds, ["jira:lifecycle"], "webhooks and pages of Connect would come twice beside Forge's");
    let lifecycle = &both["connectModules"]["jira:lifecycle"][0];
    for (event, path) in descriptor["lifecycle"].as_object().expect("a lifecycle") {
        assert_eq!(&lifecycle[event], path, "{event}");
    }
}
