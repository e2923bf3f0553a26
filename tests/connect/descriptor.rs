//! The descriptor: filled in, valid by Atlassian's schema, naming only what is there; and every scope has its reason.
//! Knows no route by itself.

use super::bench::{Bench, Bent};
use invite_guard_sandbox::SignedRequest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

async fn descriptor(bench: &Bench) -> Value {
    let answer = bench.send("GET", "/atlassian-connect.json", None, None).await;
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).expect("the descriptor is JSON")
}

#[tokio::test]
async fn c42_base_url_and_key_are_filled_in_and_webhooks_listed() {
    let bench = Bench::bent(Bent { base_path: "/guard", ..Bent::default() }).await;
    let descriptor = descriptor(&bench).await;
    assert_eq!(descriptor["baseUrl"], bench.base_url);
    assert_eq!(descriptor["key"], "invite-guard");
    assert_eq!(descriptor["apiMigrations"], json!({"signed-install": true, "context-qsh": true}));
    let webhooks = descriptor["modules"]["webhooks"].as_array().expect("a list");
    let events: BTreeSet<_> = webhooks.iter().filter_map(|webhook| webhook["event"].as_str()).collect();
    let wanted =
        ["user_created", "user_updated", "user_deleted", "jira:issue_created", "jira:issue_updated", "comment_created"];
    assert_eq!(events, BTreeSet::from(wanted));
}

#[tokio::test]
async fn c42_the_descriptor_is_valid_by_atlassians_schema() {
    let Some(folder) = crate::harness::contracts() else { return };
    let schema = std::fs::read_to_string(folder.join("connect-jira-descriptor.schema.json"));
    let schema = schema.expect("the folder of the specifications holds the descriptor's schema");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let bench = Bench::new().await;
    let mut descriptor = descriptor(&bench).await;
    // The schema is of 2019 and does not know the two migrations; both are real and needed.
    let known = descriptor.as_object_mut().and_then(|descriptor| descriptor.remove("apiMigrations"));
    assert!(known.is_some());
    let validator = jsonschema::options().should_validate_formats(false).build(&schema).expect("the schema compiles");
    let faults: Vec<_> = validator.iter_errors(&descriptor).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_address_in_the_descriptor_is_a_route() {
    let bench = Bench::new().await;
    let text = descriptor(&bench).await.to_string();
    let paths: BTreeSet<&str> =
        text.split('"').filter(|text| text.starts_with("/connect/") || text.starts_with("/static/")).collect();
    assert!(paths.len() >= 8, "{paths:?}");
    for path in paths {
        let bare = path.split('?').next().expect("a path");
        let get = bench.send("GET", bare, None, None).await.status;
        let post = bench.send("POST", bare, None, None).await.status;
        assert!(get != 404 && (get == 200 || get == 401 || post == 401), "{bare} answers {get} and {post}");
    }
}

/// What Jira shows is no right, but nobody should be led to a page that refuses them.
#[tokio::test]
async fn each_page_stands_where_those_are_who_may_see_it() {
    let bench = Bench::new().await;
    let organisation = bench.site.add_organisation("HELP", "Acme");
    let people = [bench.agent(), bench.project_admin(), bench.site.admin()];
    for (place, module, expected) in [
        ("", "project", [true, true, true]),
        ("settings", "settings", [false, true, true]),
        ("organisation", "organisation", [true, true, true]),
        ("admin", "site", [false, false, true]),
    ] {
        for (person, shown) in people.iter().zip(expected) {
            let query = format!("user={person}&project=HELP&place={place}&organisation={organisation}");
            let address = format!("{}/host/frames?{query}", bench.site.base_url());
            let frames = bench.client.get(&address).send().await.expect("the site answers");
            let frames: Value = serde_json::from_str(&frames.text().await.expect("text")).expect("JSON");
            let frames = frames.as_array().expect("a list");
            let keys: Vec<_> = frames.iter().filter_map(|frame| frame["key"].as_str()).collect();
            assert_eq!(keys, if shown { vec![module] } else { Vec::new() }, "{place:?} for {person}");
            for frame in frames {
                let url = frame["url"].as_str().expect("an address");
                assert!(!url.contains('{'), "a parameter is not filled in: {url}");
                assert_eq!(bench.client.get(url).send().await.expect("an answer").status(), 200, "{place:?} opens");
            }
        }
    }
}

#[tokio::test]
async fn the_page_that_comments_link_to_is_a_project_page() {
    let descriptor = descriptor(&Bench::new().await).await;
    let pages = descriptor["modules"]["jiraProjectPages"].as_array().expect("a list");
    let linked = invite_guard::publish::PROJECT_PAGE;
    assert!(pages.iter().any(|page| page["key"] == linked), "comments link to the project page {linked:?}: {pages:?}");
}

#[tokio::test]
async fn an_unchanged_descriptor_is_304() {
    let bench = Bench::new().await;
    let first = bench.send("GET", "/atlassian-connect.json", None, None).await;
    let tag = first.headers.iter().find(|(name, _)| name == "etag").expect("an entity tag").1.clone();
    let again = SignedRequest {
        method: "GET".to_owned(),
        url: format!("{}/atlassian-connect.json", bench.base_url),
        headers: vec![("If-None-Match".to_owned(), tag)],
        body: String::new(),
    };
    assert_eq!(again.send().await.expect("an answer").status, 304);
}

#[test]
fn every_scope_has_its_reason() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let template = std::fs::read_to_string(root.join("atlassian-connect.json")).expect("the template is there");
    let template: Value = serde_json::from_str(&template).expect("the template is JSON");
    assert_eq!(template["scopes"], json!(["READ", "WRITE", "ADMIN"]));
    let reasons = std::fs::read_to_string(root.join("docs/scopes.md")).expect("docs/scopes.md is there");
    for scope in template["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let row = reasons.lines().find(|line| line.starts_with(&format!("| `{scope}` |")));
        assert!(row.is_some_and(|row| row.len() > 60), "docs/scopes.md gives no reason for {scope}");
    }
}
