//! The control API of the demo's console.

use serde_json::{Value, json};

use crate::app::{Answered, Bench};

async fn act(bench: &Bench, action: &str, body: Value) -> Answered {
    bench.send("POST", &format!("/sandbox/{action}"), None, Some(body)).await
}

async fn state(bench: &Bench) -> Value {
    bench.send("GET", "/sandbox/state", None, None).await.body
}

#[tokio::test]
async fn a_console_can_do_and_see_everything() {
    let bench = Bench::new().await;
    act(&bench, "add-project", json!({"key": "HELP", "name": "Help"})).await;
    for by in ["agent", "automation", "rest_app", "rest_user", "people", "organisation", "email", "self_signup"] {
        let added = act(&bench, "add-customer", json!({"project": "HELP", "by": by})).await;
        assert_eq!(added.status, 200, "{by}: {}", added.body);
    }
    let known = act(&bench, "add-customer", json!({"project": "HELP", "by": "agent", "address": "a@b.example"})).await;
    let account = known.body["accountId"].clone();
    let again = json!({"project": "HELP", "by": "existing", "account": account});
    assert_eq!(act(&bench, "add-customer", again).await.body["truth"]["causes"], json!(["existing_customer"]));
    act(&bench, "set-outgoing-mail", json!({"on": false})).await;
    act(&bench, "set-customer-invited", json!({"project": "HELP", "on": false})).await;
    act(&bench, "set-app-permission", json!({"project": "HELP", "permission": "ADD_COMMENTS", "granted": false})).await;
    let request = json!({"project": "HELP", "reporter": account, "onBehalf": true});
    let key = act(&bench, "raise-request", request).await.body["key"].clone();
    act(&bench, "resolve", json!({"item": key, "lock": true})).await;

    let state = state(&bench).await;
    assert_eq!(state["switches"]["outgoingMail"], false);
    let project = &state["projects"][0];
    assert_eq!(project["customerInvited"], false);
    assert_eq!(project["appPermissions"]["ADD_COMMENTS"], false);
    assert_eq!(project["customers"].as_array().map(Vec::len), Some(9));
    assert_eq!(state["items"][0]["key"], key);
    assert_eq!(state["items"][0]["status"], "Closed");
    assert_eq!(state["app"]["account"], json!(bench.site.app_account()));
    assert!(!state.to_string().contains(&bench.site.shared_secret()), "the console never shows the secret");
}

#[tokio::test]
async fn a_typing_mistake_is_an_answer() {
    let bench = Bench::new().await;
    for (action, body) in [
        ("add-customer", json!({"project": "NO", "by": "agent"})),
        ("add-customer", json!({"project": "NO", "by": "pigeon"})),
        ("resolve", json!({"item": "NO-1"})),
        ("set-app-permission", json!({"permission": "FLY", "granted": true})),
        ("fly", json!({})),
        ("behave", json!([])),
    ] {
        assert_eq!(act(&bench, action, body).await.status, 400, "{action}");
    }
}

#[tokio::test]
async fn other_origins_are_kept_out() {
    let bench = Bench::new().await;
    let bent = bench.send_with("GET", "/sandbox/state", None, None, &[("Host", "site.attacker.example")]).await;
    assert_eq!(bent.status, 403);
    let form = [("Content-Type", "text/plain")];
    assert_eq!(bench.send_with("POST", "/sandbox/behave", None, None, &form).await.status, 415);
}
