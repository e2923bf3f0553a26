//! The gateway: who is let through, as whom, and to what.

use invite_guard_sandbox::{AddBy, Door, ProjectType, Refusal, UserKind, sign_hs256};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::Answered;
use crate::forge::{Forged, MANIFEST};

async fn send(forged: &Forged, url: String, method: &str, token: Option<&str>, body: Option<Value>) -> Answered {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = client.expect("a client").request(method, url);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    if let Some(body) = body {
        request = request.header("Content-Type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.expect("the gateway answers");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = serde_json::from_str(&answer.text().await.expect("a body")).unwrap_or(Value::Null);
    assert_eq!(forged.site.violations(), [], "a body breaks Atlassian's specification: correct that side");
    Answered { status, headers, body }
}

impl Forged {
    async fn call(&self, method: &str, target: &str, token: &str, body: Option<Value>) -> Answered {
        let url = format!("{}/ex/jira/{}{target}", self.site.api_url(), self.site.cloud_id());
        send(self, url, method, Some(token), body).await
    }

    async fn get(&self, target: &str, token: &str) -> Answered {
        self.call("GET", target, token, None).await
    }

    fn last_refusal(&self) -> Option<Refusal> {
        self.site.calls().pop().and_then(|call| call.refusal)
    }
}

const MYSELF: &str = "/rest/api/3/myself";

fn doc(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]},
    ]})
}

#[tokio::test]
async fn a_system_token_acts_as_the_app_and_a_user_token_as_the_person() {
    let forged = Forged::new().await;
    let (system, agent) = (forged.site.system_token(), forged.site.agent());
    let answer = forged.get(MYSELF, &system).await;
    assert_eq!((answer.status, &answer.body["accountId"]), (200, &json!(forged.site.forge_account())));
    assert_eq!(answer.body["accountType"], "app");
    let answer = forged.get(MYSELF, &forged.site.user_token(&agent)).await;
    assert_eq!((answer.status, &answer.body["accountId"]), (200, &json!(agent)));
    assert!(!answer.header("x-ratelimit-remaining").is_empty(), "the limits are the site's");
    let call = forged.site.calls().pop().expect("a call");
    assert_eq!((call.door, call.account, call.template.as_str()), (Door::Forge, agent, MYSELF));
    assert_eq!(forged.site.count_calls("GET", MYSELF), 2);
    let info = forged.get("/rest/api/3/serverInfo", &system).await;
    assert_eq!(info.body["baseUrl"], forged.site.base_url(), "the site's own address, not the gateway's");
}

#[tokio::test]
async fn only_tokens_of_this_installation_within_their_life_are_let_through() {
    let forged = Forged::new().await;
    let token = forged.site.system_token();
    let url = |cloud: &str| format!("{}/ex/jira/{cloud}{MYSELF}", forged.site.api_url());
    let elsewhere = send(&forged, url("11111111-2222-3333-4444-555555555555"), "GET", Some(&token), None).await;
    assert_eq!(elsewhere.status, 404);
    let right = url(&forged.site.cloud_id());
    assert_eq!(send(&forged, right.clone(), "GET", None, None).await.status, 401);
    assert_eq!(forged.last_refusal(), Some(Refusal::Missing));
    let info = right.replace("myself", "serverInfo");
    assert_eq!(send(&forged, info, "GET", None, None).await.status, 401, "nothing is anonymous at the gateway");

    let other = Forged::new().await;
    assert_eq!(forged.get(MYSELF, &other.site.system_token()).await.status, 401);
    assert_eq!(forged.last_refusal(), Some(Refusal::Signature));
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("claims");
    assert_eq!(forged.get(MYSELF, &sign_hs256(&claims, "guessed")).await.status, 401);
    let invocation = forged.site.sign_invocation(&forged.site.invocation_claims("ui", None));
    assert_eq!(forged.get(MYSELF, &invocation).await.status, 401, "an invocation token opens nothing");

    let agent = forged.site.agent();
    let person = forged.site.user_token(&agent);
    forged.site.set_active(&agent, false);
    assert_eq!(forged.get(MYSELF, &person).await.status, 401, "nobody acts for somebody who is gone");

    forged.clock.advance(SignedDuration::from_mins(239));
    assert_eq!(forged.get(MYSELF, &token).await.status, 200);
    forged.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(forged.get(MYSELF, &token).await.status, 401);
    assert_eq!(forged.last_refusal(), Some(Refusal::Expired));
    forged.site.set_token_life(SignedDuration::from_secs(60));
    let brief = forged.site.system_token();
    forged.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(forged.get(MYSELF, &brief).await.status, 401);

    let last = forged.site.system_token();
    forged.site.uninstall_forge().await.expect("an uninstall");
    assert_eq!(forged.get(MYSELF, &last).await.status, 401);
    assert_eq!(forged.last_refusal(), Some(Refusal::NotInstalled));
    forged.site.install_forge(MANIFEST, &forged.app.base_url).await.expect("an install");
    assert_eq!(forged.get(MYSELF, &last).await.status, 401, "a new install, and new tokens");
    assert_eq!(forged.last_refusal(), Some(Refusal::Audience));
}

#[tokio::test]
async fn an_operation_needs_its_classic_or_its_granular_scopes() {
    let forged = Forged::new().await;
    let token = forged.site.system_token();
    let desks = "/rest/servicedeskapi/servicedesk";
    assert_eq!(forged.get(desks, &token).await.status, 200, "classic");
    assert_eq!(forged.get("/rest/api/3/auditing/record", &token).await.status, 200, "granular");
    let closed = forged.get("/rest/servicedeskapi/organization", &token).await;
    assert_eq!((closed.status, &closed.body["message"]), (401, &json!("Unauthorized; scope does not match")));
    assert_eq!(forged.last_refusal(), None, "the token itself is right");
    let property = "/rest/api/3/project/HELP/properties/a";
    assert_eq!(forged.call("PUT", property, &token, Some(json!(1))).await.status, 401);
    assert_eq!(forged.site.project_property("HELP", "a"), None);

    // What an upgrade adds is in new tokens alone; what it takes is gone from the old.
    let more = MANIFEST.replace("\"read:servicedesk-request\",", "\"write:project.property:jira\",");
    forged.site.upgrade_forge(&more).await.expect("an upgrade");
    assert_eq!(forged.call("PUT", property, &token, Some(json!(1))).await.status, 401);
    assert_eq!(forged.get(desks, &token).await.status, 401);
    let fresh = forged.site.system_token();
    assert_eq!(forged.call("PUT", property, &fresh, Some(json!(1))).await.status, 201);
}

#[tokio::test]
async fn the_rights_are_those_of_whoever_calls() {
    let forged = Forged::new().await;
    let (system, outsider) = (forged.site.system_token(), forged.site.add_user(UserKind::Outsider));
    let outsiders = forged.site.user_token(&outsider);
    let admins = forged.site.user_token(&forged.site.admin());
    assert_eq!(forged.get("/rest/api/3/project/HELP", &outsiders).await.status, 404);
    assert_eq!(forged.get("/rest/api/3/project/HELP", &admins).await.status, 200);
    assert_eq!(forged.get("/rest/api/3/auditing/record", &outsiders).await.status, 403);

    let mine = "/rest/api/3/mypermissions?projectKey=HELP&permissions=SERVICEDESK_AGENT";
    let agents = forged.site.user_token(&forged.site.agent());
    assert_eq!(forged.get(mine, &agents).await.body["permissions"]["SERVICEDESK_AGENT"]["havePermission"], true);
    let check = "/rest/api/3/permissions/check";
    let about = |account: &str| Some(json!({"accountId": account, "globalPermissions": ["ADMINISTER"]}));
    let admin = forged.site.admin();
    assert_eq!(forged.call("POST", check, &agents, about(&admin)).await.status, 403);
    assert_eq!(forged.call("POST", check, &agents, about(&forged.site.agent())).await.status, 200, "about oneself");
    assert_eq!(forged.call("POST", check, &admins, about(&outsider)).await.status, 200);
    assert_eq!(forged.call("POST", check, &system, about(&admin)).await.status, 200, "the app administers Jira");
    forged.site.set_app_global_permission("ADMINISTER", false);
    assert_eq!(forged.call("POST", check, &system, about(&admin)).await.status, 403);
    assert_eq!(forged.get("/rest/api/3/auditing/record", &system).await.status, 403);

    let everybody = forged.get("/rest/api/3/users/search", &system).await;
    assert_eq!(
        (everybody.status, everybody.body[0]["accountType"].is_string()),
        (200, true),
        "closed to Connect alone"
    );
    assert_eq!(forged.get("/rest/api/3/users/search", &outsiders).await.status, 403);

    // An app without a scope for it does not administer Jira, and without one for people it finds none.
    let plain = Forged::bare().await;
    let scopes = MANIFEST.replace("\"read:audit-log:jira\", ", "");
    plain.site.install_forge(&scopes, &plain.app.base_url).await.expect("an install");
    assert_eq!(plain.call("POST", check, &plain.site.system_token(), about(&plain.site.admin())).await.status, 403);
}

#[tokio::test]
async fn comments_of_others_need_the_right_to_edit_all() {
    let forged = Forged::new().await;
    let customer = forged.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = forged.site.raise_request("HELP", &customer);
    let theirs = forged.site.add_comment(&key, &forged.site.agent(), "Hello", false);
    let token = forged.site.system_token();
    let body = || Some(json!({"body": doc("Changed")}));
    let target = format!("/rest/api/3/issue/{key}/comment");
    let own = forged.call("POST", &target, &token, body()).await;
    let own = own.body["id"].as_str().expect("an id").to_owned();
    for (permission, comment, granted) in
        [("EDIT_ALL_COMMENTS", &theirs, 200), ("EDIT_OWN_COMMENTS", &own, 200), ("EDIT_OWN_COMMENTS", &theirs, 400)]
    {
        for one in ["EDIT_ALL_COMMENTS", "EDIT_OWN_COMMENTS"] {
            forged.site.set_app_permission("HELP", one, one == permission);
        }
        let answer = forged.call("PUT", &format!("{target}/{comment}"), &token, body()).await;
        assert_eq!(answer.status, granted, "{permission} on {comment}");
    }
    for one in ["DELETE_ALL_COMMENTS", "EDIT_ALL_COMMENTS", "EDIT_OWN_COMMENTS"] {
        forged.site.set_app_permission("HELP", one, false);
    }
    assert_eq!(forged.call("PUT", &format!("{target}/{own}"), &token, body()).await.status, 400);
    assert_eq!(forged.call("DELETE", &format!("{target}/{theirs}"), &token, None).await.status, 400);
    assert_eq!(forged.site.comments_by_app().len(), 1, "written by the Forge app's user");
}

#[tokio::test]
async fn the_apps_own_doing_comes_back_only_where_the_manifest_lets_it() {
    let forged = Forged::new().await;
    let customer = forged.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = forged.site.raise_request("HELP", &customer);
    forged.site.drop_all();
    let target = format!("/rest/api/3/issue/{key}/comment");
    let body = || Some(json!({"body": doc("Ours")}));
    let tokens = [forged.site.system_token(), forged.site.user_token(&forged.site.agent())];
    for token in &tokens {
        assert_eq!(forged.call("POST", &target, token, body()).await.status, 201);
        assert_eq!(forged.events(), [""; 0], "ignoreSelf");
    }
    forged.site.delete_comment(&key, &forged.site.comments(&key)[1].id);
    assert_eq!(forged.events(), ["avi:jira:deleted:comment"], "not the app's doing, and without that filter");
    forged.site.drop_all();
    forged.site.upgrade_forge(&MANIFEST.replace("filter: { ignoreSelf: true }", "")).await.expect("an upgrade");
    forged.site.drop_all();
    forged.call("POST", &target, &forged.site.system_token(), body()).await;
    assert_eq!(forged.events(), ["avi:jira:commented:issue"]);
}

#[tokio::test]
async fn undocumented_resources_and_bodies_of_reads_are_stopped() {
    let forged = Forged::new().await;
    forged.site.set_internal_endpoints(true);
    let token = forged.site.system_token();
    let undocumented = "/rest/servicedesk/1/servicedesk/HELP/settings/requestsecurity";
    assert_eq!(forged.get(undocumented, &token).await.status, 404);
    assert_eq!(forged.site.unexpected_calls(), [format!("GET {undocumented}")]);
    assert_eq!(forged.call("GET", MYSELF, &token, Some(json!({}))).await.status, 403);
    assert_eq!(forged.get("/rest/api/3/nothing", &token).await.status, 404);

    // The gateway is Atlassian's: it stays where it is when the site is renamed.
    let before = forged.site.api_url();
    forged.site.rename().await.expect("a rename");
    assert_eq!(forged.site.api_url(), before);
    assert_eq!(forged.get("/rest/api/3/serverInfo", &token).await.body["baseUrl"], forged.site.base_url());
    forged.site.set_points_used(u64::MAX / 2);
    assert_eq!(forged.get(MYSELF, &token).await.status, 429, "one quota for both doors");
}

#[tokio::test]
async fn anybody_may_ask_a_site_for_its_cloud_id() {
    let forged = Forged::bare().await;
    forged.site.add_project("SOFT", "Software", ProjectType::Software);
    let url = format!("{}/_edge/tenant_info", forged.site.base_url());
    let answer = send(&forged, url, "GET", None, None).await;
    assert_eq!((answer.status, answer.body), (200, json!({"cloudId": forged.site.cloud_id()})));
}
