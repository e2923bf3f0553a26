//! A site with an app by each door, and an app that moves from one to the other.

use invite_guard_sandbox::{AddBy, InstallError, Scope};
use serde_json::{Value, json};

use crate::app::{Bench, FakeApp, KEY};
use crate::forge::{Forged, MANIFEST};

/// The manifest with what is left of a Connect app of this key.
fn moving(key: &str) -> String {
    let connect = format!("  connect: {{ key: {key}, remote: backend, authentication: jwt }}\npermissions:");
    let modules = r#"connectModules:
  "jira:lifecycle": [{ key: life-of-connect, installed: /installed, uninstalled: /uninstalled }]
  "jira:webhooks": [{ key: hook, event: "jira:issue_created", url: /hooks }]
modules:"#;
    let scopes = "\"read:connect-jira\", \"read:app-system-token\"";
    MANIFEST
        .replacen("permissions:", &connect, 1)
        .replacen("modules:", modules, 1)
        .replace("\"read:app-system-token\"", scopes)
}

fn events(bench: &Bench) -> Vec<String> {
    bench.site.pending().into_iter().map(|delivery| delivery.event).collect()
}

async fn desk() -> Bench {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", invite_guard_sandbox::ProjectType::ServiceDesk);
    bench
}

#[tokio::test]
async fn two_apps_stand_side_by_side() {
    let bench = desk().await;
    let remote = FakeApp::start().await;
    let users = bench.site.app_account();
    bench.site.install_forge(MANIFEST, &remote.base_url).await.expect("an install");
    assert_eq!(bench.app.got_at("/installed").len(), 1, "the Connect app hears nothing of it");
    assert_ne!(bench.site.forge_account(), users);
    assert_eq!(bench.site.app_account(), users);
    bench.site.drop_all();
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(events(&bench), ["user_created", "avi:jira:created:user"]);
    assert_eq!(bench.site.deliver_all().await, [204, 204]);
    assert_eq!((bench.app.got_at("/hooks").len(), remote.got_at("/forge/events").len()), (1, 1));
    assert_eq!(bench.get("/rest/api/3/myself").await.body["accountId"], json!(users));

    bench.site.uninstall().await.expect("an uninstall");
    assert_eq!(bench.site.app_account(), bench.site.forge_account());
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(events(&bench), ["avi:jira:created:user"]);
}

#[tokio::test]
async fn an_app_of_the_same_key_moves() {
    let bench = desk().await;
    let (secret, users) = (bench.site.shared_secret(), bench.site.app_account());
    bench.site.install_forge(&moving(KEY), &bench.app.base_url).await.expect("an install");
    let told = bench.app.got_at("/installed").pop().expect("a second installed");
    assert_eq!(told.body["installationId"], bench.site.installation_id());
    assert_eq!(told.body["cloudId"], bench.site.cloud_id());
    assert_eq!((&told.body["key"], &told.body["clientKey"]), (&json!(KEY), &json!(bench.site.client_key())));
    assert_eq!(told.body["sharedSecret"], bench.site.shared_secret());
    assert_ne!(bench.site.shared_secret(), secret);
    let token = told.header("authorization").and_then(|value| value.strip_prefix("JWT ")).expect("a token");
    assert_eq!(jsonwebtoken::decode_header(token).expect("a token").alg, jsonwebtoken::Algorithm::RS256);
    assert_eq!(bench.app.got_at("/enabled").len(), 1, "a moved app is not enabled anew");
    assert_ne!(bench.site.app_account(), users, "another user acts from now on");

    bench.site.drop_all();
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    bench.site.raise_request("HELP", &customer);
    assert_eq!(
        events(&bench),
        ["avi:jira:created:user", "jira:issue_created", "avi:jira:created:issue"],
        "the webhooks are the manifest's, no longer the descriptor's"
    );
    assert_eq!(bench.site.deliver_all().await, [204; 3]);
    assert_eq!(bench.site.app().map(|app| app.scope), Some(Scope::Read), "and so are the scopes");
    assert_eq!(
        bench.get("/rest/api/3/myself").await.status,
        200,
        "Connect's tokens hold as long as its modules are there"
    );

    let upgrade = moving(KEY).replace("installed: /installed, ", "installed: /upgraded, ");
    bench.site.upgrade_forge(&upgrade).await.expect("an upgrade");
    assert_eq!(bench.app.got_at("/upgraded")[0].body["installationId"], bench.site.installation_id());
    bench.site.uninstall_forge().await.expect("an uninstall");
    let told = bench.app.got_at("/uninstalled").pop().expect("Connect's part goes with it");
    assert_eq!(told.body["sharedSecret"], Value::Null);
    assert!(bench.site.app().is_none());
}

#[tokio::test]
async fn a_refused_installed_stops_the_move() {
    let bench = desk().await;
    let secret = bench.site.shared_secret();
    bench.app.answer(&[401]);
    let refused = bench.site.install_forge(&moving(KEY), &bench.app.base_url).await;
    assert_eq!(refused, Err(InstallError::Refused { event: "installed".to_owned(), status: 401 }));
    assert!(!bench.site.has_forge());
    assert_eq!(bench.site.shared_secret(), secret);
    assert_eq!(bench.app.got_at("/forge/bare").len(), 0);
}

#[tokio::test]
async fn an_app_of_another_key_stays_as_it_is() {
    let bench = desk().await;
    let remote = FakeApp::start().await;
    let secret = bench.site.shared_secret();
    bench.site.install_forge(&moving("other-app"), &remote.base_url).await.expect("an install");
    assert_eq!(remote.got_at("/installed")[0].body["key"], "other-app");
    assert_eq!((bench.site.shared_secret(), bench.site.app().map(|app| app.key)), (secret, Some(KEY.to_owned())));
    bench.site.drop_all();
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(events(&bench), ["user_created", "avi:jira:created:user"]);
}

#[tokio::test]
async fn the_key_alone_moves_nothing() {
    let bench = desk().await;
    let remote = FakeApp::start().await;
    let key = format!("  connect: {{ key: {KEY} }}\npermissions:");
    let manifest = MANIFEST.replacen("permissions:", &key, 1);
    bench.site.install_forge(&manifest, &remote.base_url).await.expect("an install");
    assert_eq!((bench.app.got_at("/installed").len(), remote.got_at("/installed").len()), (1, 0));
}

#[tokio::test]
async fn lifecycle_calls_tell_the_cloud_id_only_where_it_is_switched_on() {
    let bench = desk().await;
    let body = |bench: &Bench| {
        let text = bench.site.lifecycle_request("installed").body;
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    assert_eq!((&body(&bench)["cloudId"], &body(&bench)["installationId"]), (&Value::Null, &Value::Null));
    bench.site.set_cloud_id_told(true);
    assert_eq!(body(&bench)["cloudId"], bench.site.cloud_id());
    assert_eq!(body(&bench)["installationId"], Value::Null);
}

#[tokio::test]
async fn a_site_without_a_connect_app_gets_one_from_connect_modules() {
    let forged = Forged::bare().await;
    forged.site.install_forge(&moving(KEY), &forged.app.base_url).await.expect("an install");
    assert_eq!(forged.app.got_at("/installed").len(), 1);
    assert_eq!(forged.site.app().and_then(|app| app.installation_id), Some(forged.site.installation_id()));
}
