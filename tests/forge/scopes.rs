//! The manifest's scopes, computed: every call in `src/jira` and every event has what it needs by Atlassian's specifications,
//! and no scope is there that nothing needs. Knows no call by name but those that go without.

use super::manifest::{manifest, modules};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

type Scopes = BTreeSet<String>;

/// Calls that are made without their scopes, or not at all, through this door; docs/scopes.md says which source is then a gap.
const WITHOUT: [&str; 2] = [
    // A second way to the customers' role, where a project does not list its own: six scopes for a case nobody has seen.
    "GET /rest/api/3/role",
    // Undocumented: no scope opens it.
    "GET /rest/servicedesk/notifications/1/account-notifications/{}/notification/invite-customer",
];

/// What an event needs: Atlassian's mapping, classic scopes.
const EVENTS: [(&str, Option<&str>); 8] = [
    ("avi:jira:created:user", Some("read:jira-user")),
    ("avi:jira:updated:user", Some("read:jira-user")),
    ("avi:jira:deleted:user", Some("read:jira-user")),
    ("avi:jira:created:issue", Some("read:jira-work")),
    ("avi:jira:updated:issue", Some("read:jira-work")),
    ("avi:jira:commented:issue", Some("read:jira-work")),
    ("avi:forge:installed:app", None),
    ("avi:forge:upgraded:app", None),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn asked() -> Scopes {
    let manifest = manifest();
    let listed = manifest["permissions"]["scopes"].as_array().expect("scopes").clone();
    let scopes: Scopes = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!(scopes.len(), listed.len(), "each scope once");
    scopes
}

/// `GET /rest/api/3/issue/{}`: parts have other names in the specifications.
fn nameless(method: &str, path: &str) -> String {
    let mut out = format!("{method} ");
    let mut inside = false;
    for character in path.chars() {
        inside = (inside || character == '{') && character != '}';
        if !inside || character == '{' {
            out.push(character);
        }
    }
    out
}

/// Every call that `src/jira` can make, read from its `endpoint!(…)`s.
fn calls() -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("src/jira")).expect("the room is there");
    let mut calls = BTreeSet::new();
    for file in files.map(|file| file.expect("a file").path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&file).expect("source is text");
        for rest in text.split("endpoint!(").skip(1) {
            let Some((method, rest)) = rest.split_once(" \"") else { continue };
            let path = rest.split('"').next().unwrap_or_default();
            // The macro itself has this form as well.
            if method.chars().all(|c| c.is_ascii_uppercase()) && path.starts_with("/rest/") {
                calls.insert(nameless(method, path));
            }
        }
    }
    calls
}

/// By call: the sets of scopes of which one is enough.
fn needs() -> Option<BTreeMap<String, Vec<Scopes>>> {
    let folder = crate::harness::contracts()?;
    let mut needs = BTreeMap::new();
    for name in ["jira-platform-v3.openapi.json", "jsm-cloud.openapi.json"] {
        let text = std::fs::read_to_string(folder.join(name)).expect("the specification is there");
        let spec: Value = serde_json::from_str(&text).expect("the specification is JSON");
        for (path, operations) in spec["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let ways = operation["x-atlassian-oauth2-scopes"].as_array().into_iter().flatten();
                let set = |way: &Value| {
                    way["scopes"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect()
                };
                needs.insert(nameless(&method.to_uppercase(), path), ways.map(set).collect::<Vec<Scopes>>());
            }
        }
    }
    Some(needs)
}

fn served(ways: &[Scopes], asked: &Scopes) -> bool {
    ways.iter().any(|way| way.is_subset(asked))
}

/// Events of the manifest's triggers.
fn events() -> BTreeSet<String> {
    let manifest = manifest();
    let listed =
        modules(&manifest, "trigger").into_iter().flat_map(|t| t["events"].as_array().cloned().unwrap_or_default());
    listed.filter_map(|event| event.as_str().map(str::to_owned)).collect()
}

#[test]
fn every_call_has_its_scopes_but_those_that_go_without() {
    let Some(needs) = needs() else { return };
    let (calls, asked) = (calls(), asked());
    assert!(calls.len() >= 25, "the calls are read from src/jira: {calls:?}");
    let without: BTreeSet<String> = WITHOUT.iter().map(|call| (*call).to_owned()).collect();
    let unserved: BTreeSet<String> =
        calls.iter().filter(|call| !needs.get(*call).is_some_and(|ways| served(ways, &asked))).cloned().collect();
    assert_eq!(
        unserved, without,
        "left: calls that Forge would refuse; add their scopes to manifest.yml and docs/scopes.md, or to WITHOUT with a reason"
    );
}

#[test]
fn every_scope_is_needed_and_none_manages_anything() {
    let Some(needs) = needs() else { return };
    let (calls, asked) = (calls(), asked());
    let tokens = Scopes::from(["read:app-system-token".to_owned(), "read:app-user-token".to_owned()]);
    assert!(tokens.is_subset(&asked), "without these Forge sends no tokens");
    for scope in asked.difference(&tokens) {
        let mut less = asked.clone();
        less.remove(scope);
        let lost = |call: &&String| needs.get(*call).is_some_and(|ways| served(ways, &asked) && !served(ways, &less));
        let call = calls.iter().find(lost);
        let event = EVENTS.iter().find(|(event, need)| *need == Some(scope) && events().contains(*event));
        assert!(call.is_some() || event.is_some(), "nothing needs {scope}; take it out of manifest.yml");
        assert!(
            !scope.starts_with("manage:"),
            "{scope} lets the app change settings; use the granular ones of the call"
        );
    }
}

#[test]
fn every_event_is_known_and_has_its_scope() {
    let known: BTreeMap<&str, Option<&str>> = EVENTS.into_iter().collect();
    assert_eq!(
        events(),
        known.keys().map(|event| (*event).to_owned()).collect(),
        "events outside the table, or not asked for"
    );
    let asked = asked();
    for (event, need) in known {
        assert!(need.is_none_or(|scope| asked.contains(scope)), "{event} needs {need:?}");
    }
}

#[test]
fn every_scope_has_its_reason_beside_it_and_in_the_docs() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let (manifest, docs) = (read("manifest.yml"), read("docs/scopes.md"));
    for scope in asked() {
        let line = manifest.lines().find(|line| line.trim_start().starts_with(&format!("- {scope} #")));
        assert!(line.is_some_and(|line| line.len() > scope.len() + 30), "manifest.yml gives no reason for {scope}");
        let row = docs.lines().find(|line| line.starts_with(&format!("| `{scope}` |")));
        assert!(row.is_some_and(|row| row.len() > scope.len() + 40), "docs/scopes.md gives no reason for {scope}");
    }
    for call in WITHOUT {
        let path = call.split('/').next_back().expect("a path");
        assert!(docs.contains(path), "docs/scopes.md does not say what is missing without {call}");
    }
}
