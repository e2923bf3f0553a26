//! An app that is installed by its manifest: tokens that call it, events, scheduled triggers, its end. Not the gateway.

use std::sync::Arc;

use invite_guard_sandbox::{
    AddBy, DeliveryState, InstallError, KeyServerMood, Options, ProjectType, Sandbox, UserKind,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{FakeApp, Got, TestClock, contracts};

/// A manifest without fault.
pub(crate) const MANIFEST: &str = r#"
app:
  id: ari:cloud:ecosystem::app/8db33809-c7f4-4d29-9b5f-4b2ff1d4a4bc
  runtime: { name: nodejs22.x }
permissions:
  scopes: ["read:jira-work", "write:jira-work", "read:jira-user", "read:servicedesk-request",
           "read:audit-log:jira", "read:user:jira", "read:app-system-token", "read:app-user-token"]
remotes:
  - { key: backend, baseUrl: "https://app.example.com", operations: [storage, compute], storage: { inScopeEUD: true } }
resources:
  - { key: main, path: static }
modules:
  endpoint:
    - { key: events, remote: backend, route: { path: /forge/events }, auth: { appSystemToken: { enabled: true } } }
    - { key: bare, remote: backend, route: { path: /forge/bare } }
    - key: ui
      remote: backend
      route: { path: /forge }
      auth: { appSystemToken: { enabled: true }, appUserToken: { enabled: true } }
  trigger:
    - key: changes
      endpoint: events
      events: ["avi:jira:created:user", "avi:jira:deleted:user", "avi:jira:created:issue", "avi:jira:updated:issue",
               "avi:jira:commented:issue"]
      filter: { ignoreSelf: true }
    - { key: life, endpoint: bare, events: ["avi:forge:installed:app", "avi:forge:upgraded:app"] }
    - { key: all, endpoint: bare, events: ["avi:jira:deleted:comment"] }
  scheduledTrigger:
    - { key: often, endpoint: events, interval: fiveMinute }
    - { key: hourly, endpoint: events, interval: hour }
  preUninstall:
    - { key: bye, endpoint: events }
  "jira:projectPage":
    - { key: page, resource: main, resolver: { endpoint: ui }, title: Example }
"#;

/// A site with a test clock and an app that is installed by its manifest alone.
pub(crate) struct Forged {
    pub(crate) site: Sandbox,
    pub(crate) app: FakeApp,
    pub(crate) clock: TestClock,
}

impl Forged {
    /// With nothing installed yet.
    pub(crate) async fn bare() -> Self {
        let clock = TestClock::new();
        let reads = clock.clone();
        let options = Options { clock: Arc::new(move || reads.now()), contracts: contracts(), ..Options::default() };
        let site = Sandbox::start(options).await.expect("the sandbox starts");
        site.add_project("HELP", "Help", ProjectType::ServiceDesk);
        Self { site, app: FakeApp::start().await, clock }
    }

    pub(crate) async fn new() -> Self {
        let forged = Self::bare().await;
        forged.site.install_forge(MANIFEST, &forged.app.base_url).await.expect("the app can be installed");
        forged
    }

    /// What the app got last.
    pub(crate) fn last(&self) -> Got {
        self.app.got().pop().expect("the app was called")
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.site.pending().into_iter().map(|delivery| delivery.event).collect()
    }
}

fn claims_of(got: &Got) -> (Option<String>, Value) {
    let token = got.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).expect("a bearer token");
    let header = jsonwebtoken::decode_header(token).expect("a token");
    (header.kid, jsonwebtoken::dangerous::insecure_decode_claims(token).expect("claims"))
}

async fn key_set(url: &str) -> jsonwebtoken::jwk::JwkSet {
    reqwest::get(url).await.expect("an answer").json().await.expect("a key set")
}

/// Whether a token is signed by the key of its id in the set.
fn holds(token: &str, set: &jsonwebtoken::jwk::JwkSet) -> bool {
    let kid = jsonwebtoken::decode_header(token).expect("a token").kid.expect("a key id");
    let Some(key) = set.find(&kid) else { return false };
    let key = jsonwebtoken::DecodingKey::from_jwk(key).expect("an RSA key");
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok()
}

#[tokio::test]
async fn an_install_tells_the_app_with_a_signed_invocation() {
    let forged = Forged::new().await;
    let site = &forged.site;
    assert_eq!(site.forge_app_id(), "ari:cloud:ecosystem::app/8db33809-c7f4-4d29-9b5f-4b2ff1d4a4bc");
    assert_eq!(site.deliver_all().await, [204]);
    let got = forged.last();
    assert_eq!(got.path, "/forge/bare");
    assert_eq!(got.body["eventType"], "avi:forge:installed:app");
    assert_eq!(got.body["id"], site.installation_id());
    assert_eq!(got.body["context"], format!("ari:cloud:jira::site/{}", site.cloud_id()));
    assert_eq!(got.body["installerAccountId"], site.admin());

    let (_, claims) = claims_of(&got);
    let api = format!("{}/ex/jira/{}", site.api_url(), site.cloud_id());
    let now = forged.clock.now().as_second();
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("forge/invocation-token"), &json!(site.forge_app_id())));
    assert_eq!((&claims["iat"], &claims["nbf"]), (&json!(now), &json!(now)));
    assert!(claims["exp"].as_i64().is_some_and(|exp| exp > now) && claims["jti"].is_string());
    assert_eq!(claims["app"]["installationId"], site.installation_id());
    assert_eq!(claims["app"]["apiBaseUrl"], json!(api));
    assert_eq!(claims["app"]["installation"]["contexts"], json!([{"name": "jira", "apiBaseUrl": api}]));
    assert_eq!(claims["app"]["module"], json!({"type": "core:endpoint", "key": "bare"}));
    assert_eq!((&claims["principal"], &claims["context"]), (&Value::Null, &Value::Null));
    assert_eq!(got.header("x-forge-oauth-system"), None, "this endpoint asks for no token");
    assert_eq!(got.header("x-b3-traceid").map(str::len), Some(32));

    let twice = site.install_forge(MANIFEST, &forged.app.base_url).await;
    assert!(matches!(twice, Err(InstallError::Descriptor(_))), "it is installed already");
}

#[tokio::test]
async fn keys_are_published_apart_and_foreign_ones_do_not_hold() {
    let forged = Forged::new().await;
    let site = &forged.site;
    let (production, staging) = (key_set(&site.jwks_url()).await, key_set(&site.staging_jwks_url()).await);
    let claims = site.invocation_claims("page", Some(&site.admin()));
    assert!(holds(&site.sign_invocation(&claims), &production));
    assert!(holds(&site.sign_invocation_staging(&claims), &staging));
    assert!(!holds(&site.sign_invocation_staging(&claims), &production));
    assert!(!holds(&site.sign_invocation_with_foreign_key(&claims), &production));

    site.rotate_invocation_key();
    let token = site.sign_invocation(&claims);
    assert!(!holds(&token, &production), "under a key id that was not published then");
    assert!(holds(&token, &key_set(&site.jwks_url()).await));
    assert_eq!(
        site.keys_fetched(),
        [".well-known/jwks.json", "staging/.well-known/jwks.json", ".well-known/jwks.json"]
    );

    site.set_key_server(KeyServerMood::Lies);
    assert!(!holds(&token, &key_set(&site.jwks_url()).await));
    site.set_key_server(KeyServerMood::Status(503));
    assert_eq!(reqwest::get(site.jwks_url()).await.expect("an answer").status(), 503);

    let other = Forged::new().await;
    let token = other.site.sign_invocation(&other.site.invocation_claims("ui", None));
    site.set_key_server(KeyServerMood::Well);
    assert!(holds(&token, &key_set(&site.jwks_url()).await), "one key server knows the keys of all sites");
}

#[tokio::test]
async fn a_page_calls_the_remote_as_its_reader() {
    let forged = Forged::new().await;
    let agent = forged.site.agent();
    let request = forged.site.invoke_request(&agent, "page", "PUT", "/forge/api/x?y=1", Some("{\"a\":1}"));
    assert_eq!(request.send().await.expect("an answer").status, 204);
    let got = forged.last();
    assert_eq!((got.path.as_str(), &got.body), ("/forge/api/x", &json!({"a": 1})));
    let (_, claims) = claims_of(&got);
    assert_eq!(claims["principal"], agent);
    assert_eq!(claims["app"]["module"], json!({"type": "jira:projectPage", "key": "page"}));
    assert_eq!(claims["context"]["moduleKey"], "page");
    assert_eq!(claims["context"]["cloudId"], forged.site.cloud_id());
    assert_eq!(claims["context"]["siteUrl"], forged.site.base_url());
    assert!(got.header("x-forge-oauth-system").is_some() && got.header("x-forge-oauth-user").is_some());
    let answered = forged.site.invoke(&agent, "page", "GET", "/forge/api/x", None).await;
    assert_eq!(answered.map(|answer| answer.status), Ok(204));
    assert_eq!(claims["app"]["license"], Value::Null);
    forged.site.set_forge_license(Some(false));
    assert_eq!(forged.site.invocation_claims("page", None)["app"]["license"], json!({"isActive": false}));
}

#[tokio::test]
async fn events_tell_little_and_only_what_the_manifest_asks_for() {
    let forged = Forged::new().await;
    forged.site.drop_all();
    let customer = forged.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = forged.site.raise_request("HELP", &customer);
    forged.site.resolve(&key);
    let agent = forged.site.agent();
    let comment = forged.site.add_comment(&key, &agent, "Only for us", true);
    forged.site.delete_comment(&key, &comment);
    forged.site.set_active(&customer, false);
    assert_eq!(
        forged.events(),
        [
            "avi:jira:created:user",
            "avi:jira:created:issue",
            "avi:jira:updated:issue",
            "avi:jira:commented:issue",
            "avi:jira:deleted:comment",
        ],
        "avi:jira:updated:user is not in the manifest"
    );
    assert_eq!(forged.site.deliver_all().await, [204; 5]);
    let got = forged.app.got();
    let of = |event: &str| got.iter().find(|got| got.body["eventType"] == event).expect("the event came");

    let user = of("avi:jira:created:user");
    assert_eq!(user.path, "/forge/events");
    assert_eq!(
        (&user.body["user"]["accountId"], &user.body["user"]["accountType"]),
        (&json!(customer), &json!("customer"))
    );
    assert!(user.body["user"]["groups"].is_object());
    assert!(user.header("x-forge-oauth-system").is_some());
    assert_eq!(user.header("x-forge-oauth-user"), None, "nobody looks at an event");

    let issue = of("avi:jira:created:issue");
    let fields: Vec<&String> = issue.body["issue"]["fields"].as_object().expect("fields").keys().collect();
    let known = ["assignee", "created", "creator", "issuetype", "project", "reporter", "status", "summary", "updated"];
    assert_eq!(fields, known, "no custom field, so no request type and no participants");
    assert_eq!(issue.body["issue"]["fields"]["reporter"], json!({"accountId": customer}));
    assert_eq!(issue.body["atlassianId"], customer);

    let commented = of("avi:jira:commented:issue");
    assert_eq!(commented.body["comment"]["author"], json!({"accountId": agent}));
    assert_eq!(
        (&commented.body["comment"]["jsdPublic"], &commented.body["atlassianId"]),
        (&json!(false), &json!(agent))
    );

    forged.site.delete_user(&customer);
    forged.site.deliver_all().await;
    assert_eq!(forged.last().body, json!({"eventType": "avi:jira:deleted:user", "user": {"accountId": customer}}));
}

#[tokio::test]
async fn whatever_is_no_2xx_is_tried_five_times_with_the_same_body() {
    let forged = Forged::new().await;
    forged.site.drop_all();
    forged.site.add_customer("HELP", AddBy::Agent);
    forged.app.answer(&[401, 302, 503]);
    assert_eq!(forged.site.deliver_due().await, [401]);
    assert_eq!(forged.site.deliver_due().await, [0u16; 0], "not at once");
    for (wait, status) in [(2, 302), (4, 503), (8, 204)] {
        forged.clock.advance(SignedDuration::from_secs(wait - 1));
        assert_eq!(forged.site.deliver_due().await, [0u16; 0], "not before {wait} seconds");
        forged.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(forged.site.deliver_due().await, [status]);
    }
    let got = forged.app.got_at("/forge/events");
    assert!(got.iter().all(|one| one.body == got[0].body && one.header("x-atlassian-webhook-retry").is_none()));
    let ids: std::collections::BTreeSet<String> = got.iter().map(|one| claims_of(one).1["jti"].to_string()).collect();
    assert_eq!(ids.len(), 4, "each attempt has a token of its own");

    forged.site.add_customer("HELP", AddBy::Agent);
    forged.app.answer(&[500; 5]);
    for _ in 0..5 {
        assert_eq!(forged.site.deliver_all().await, [500]);
    }
    assert_eq!(forged.site.deliveries().pop().map(|one| (one.state, one.retries)), Some((DeliveryState::GivenUp, 4)));

    forged.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(forged.site.deliver_twice().await, [204, 204]);
    let event = json!({"eventType": "avi:jira:created:issue", "issue": {"id": "1"}});
    let request = forged.site.forge_event_request(&event);
    assert!(request.url.ends_with("/forge/events"));
    request.send().await.expect("an answer");
    assert_eq!(forged.last().body, event);
}

#[tokio::test]
async fn scheduled_triggers_run_by_the_sites_clock() {
    let forged = Forged::new().await;
    forged.site.drop_all();
    assert_eq!(forged.site.tick().await, [0u16; 0], "not just after an install");
    assert_eq!(forged.site.tick_now().await, 204);
    let got = forged.last();
    assert_eq!((got.path.as_str(), &got.body["context"]["moduleKey"]), ("/forge/events", &json!("often")));
    assert!(got.header("x-forge-oauth-system").is_some(), "which is what a remote needs ticks for");
    forged.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(forged.site.tick().await, [204, 204], "both for the first time");
    forged.clock.advance(SignedDuration::from_mins(59));
    forged.app.answer(&[500]);
    assert_eq!(forged.site.tick().await, [500], "the hour is not over, and what was missed is not made up for");
    forged.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(forged.site.tick().await, [204], "the hourly one");
    assert_eq!(forged.site.deliver_due().await, [204], "a failed run is tried again as events are");
}

#[tokio::test]
async fn a_living_site_ticks_and_delivers_by_itself() {
    let clock = TestClock::new();
    let reads = clock.clone();
    let options = Options { auto_deliver: true, clock: Arc::new(move || reads.now()), ..Options::default() };
    let site = Sandbox::start(options).await.expect("the sandbox starts");
    let app = FakeApp::start().await;
    site.install_forge(MANIFEST, &app.base_url).await.expect("an install");
    clock.advance(SignedDuration::from_mins(5));
    site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    site.add_customer("HELP", AddBy::Agent);
    let arrived = async {
        while app.got_at("/forge/events").len() < 3 || app.got_at("/forge/bare").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), arrived)
        .await
        .expect("ticks and events come by themselves");
    site.stop().await;
}

#[tokio::test]
async fn an_uninstall_says_farewell_and_ends_everything() {
    let forged = Forged::new().await;
    let first = forged.site.installation_id();
    let account = forged.site.forge_account().expect("an account");
    forged.app.answer(&[500]);
    let said = forged.site.uninstall_forge().await;
    assert_eq!(said, Err(InstallError::Refused { event: "preUninstall".to_owned(), status: 500 }));
    assert_eq!(claims_of(&forged.last()).1["app"]["installationId"], first);
    assert!(!forged.site.has_forge(), "Jira does not care for the answer");
    forged.site.add_customer("HELP", AddBy::Agent);
    assert_eq!((forged.events(), forged.site.deliver_all().await), (vec![], vec![]), "the waiting event went with it");
    assert_eq!(forged.site.uninstall_forge().await, Err(InstallError::NotInstalled));

    forged.site.install_forge(MANIFEST, &forged.app.base_url).await.expect("an install");
    assert_ne!(forged.site.installation_id(), first);
    assert_eq!(forged.site.forge_account(), Some(account));
}

#[tokio::test]
async fn an_upgrade_tells_the_app_its_new_version() {
    let forged = Forged::new().await;
    forged.site.drop_all();
    let other = MANIFEST.replace("8db33809", "00000000");
    assert!(forged.site.upgrade_forge(&other).await.is_err(), "another app is no upgrade");
    forged
        .site
        .upgrade_forge(&MANIFEST.replace("key: life, endpoint: bare", "key: life, endpoint: events"))
        .await
        .expect("an upgrade");
    assert_eq!(forged.site.deliver_all().await, [204]);
    let got = forged.last();
    assert_eq!((&got.body["eventType"], got.path.as_str()), (&json!("avi:forge:upgraded:app"), "/forge/events"));
    assert_eq!(claims_of(&got).1["app"]["appVersion"], got.body["app"]["version"]);
    assert_eq!(forged.site.app_account(), forged.site.forge_account());
    let outsider = forged.site.add_user(UserKind::Outsider);
    assert!(forged.site.person(&outsider).is_some());
}
