//! Each token that Jira refuses.

use invite_guard_sandbox::{Refusal, sign_hs256};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{Bench, KEY};

const TARGET: &str = "/rest/api/3/project/search?typeKey=service_desk&maxResults=10";

async fn refused(bench: &Bench, token: Option<String>, why: Refusal) {
    let answer = bench.send("GET", TARGET, token, None).await;
    assert_eq!(answer.status, 401, "{why:?} must be refused");
    assert!(answer.header("www-authenticate").starts_with("JWT"));
    assert_eq!(bench.site.calls().last().expect("a call").refusal, Some(why));
}

fn bent(bench: &Bench, name: &str, value: Value) -> Option<String> {
    let mut claims = bench.claims("GET", TARGET);
    claims[name] = value;
    Some(sign_hs256(&claims, &bench.site.shared_secret()))
}

#[tokio::test]
async fn a_right_token_passes_and_each_wrong_one_is_refused() {
    let bench = Bench::new().await;
    assert_eq!(bench.get(TARGET).await.status, 200);
    let now = bench.clock.now().as_second();

    refused(&bench, None, Refusal::Missing).await;
    refused(&bench, Some("not.a.token".to_owned()), Refusal::Malformed).await;
    let foreign = sign_hs256(&bench.claims("GET", TARGET), "another secret of at least thirty-two bytes");
    refused(&bench, Some(foreign), Refusal::Signature).await;
    let rs256 = bench.site.sign_rs256(&bench.claims("GET", TARGET), &bench.site.key_id());
    refused(&bench, Some(rs256), Refusal::Malformed).await;
    refused(&bench, bent(&bench, "iss", json!(bench.site.client_key())), Refusal::Issuer).await;
    refused(&bench, bent(&bench, "iss", json!(format!("{KEY}2"))), Refusal::Issuer).await;
    refused(&bench, bent(&bench, "exp", json!(now - 31)), Refusal::Expired).await;
    refused(&bench, bent(&bench, "iat", json!(now + 60)), Refusal::Lifetime).await;
    refused(&bench, bent(&bench, "exp", json!(now + 24 * 3600)), Refusal::Lifetime).await;
    refused(&bench, bent(&bench, "qsh", json!("context-qsh")), Refusal::Qsh).await;
    refused(&bench, bent(&bench, "aud", json!(["another-client-key"])), Refusal::Audience).await;
    for claim in ["iss", "iat", "exp", "qsh"] {
        refused(&bench, bent(&bench, claim, Value::Null), Refusal::Malformed).await;
    }
    let other = sign_hs256(&bench.claims("GET", "/rest/api/3/project/search"), &bench.site.shared_secret());
    refused(&bench, Some(other), Refusal::Qsh).await;
    assert_eq!(bench.site.points_used(), 1, "refused calls cost nothing");
}

#[tokio::test]
async fn a_token_in_the_query_is_not_looked_at() {
    let bench = Bench::new().await;
    let token = sign_hs256(&bench.claims("GET", TARGET), &bench.site.shared_secret());
    let answer = bench.send("GET", &format!("{TARGET}&jwt={token}"), None, None).await;
    assert_eq!(answer.status, 401);
    let call = bench.site.calls().last().cloned().expect("a call");
    assert_eq!(call.refusal, Some(Refusal::InQuery));
    assert!(!call.query.contains("jwt"), "no token in the log");
}

#[tokio::test]
async fn a_reinstall_ends_the_old_secret() {
    let bench = Bench::new().await;
    let old = bench.site.shared_secret();
    bench.site.reinstall().await.expect("an install");
    refused(&bench, Some(sign_hs256(&bench.claims("GET", TARGET), &old)), Refusal::Signature).await;
    assert_eq!(bench.get(TARGET).await.status, 200);
}

#[tokio::test]
async fn time_is_the_sites() {
    let bench = Bench::new().await;
    let token = sign_hs256(&bench.claims("GET", TARGET), &bench.site.shared_secret());
    bench.clock.advance(SignedDuration::from_mins(4));
    refused(&bench, Some(token), Refusal::Expired).await;
}

#[tokio::test]
async fn a_get_with_a_body_is_forbidden() {
    let bench = Bench::new().await;
    assert_eq!(bench.call("GET", TARGET, Some(json!({}))).await.status, 403);
}

#[tokio::test]
async fn a_write_must_say_that_it_is_json() {
    let bench = Bench::new().await;
    let target = "/rest/api/3/permissions/check";
    let token = sign_hs256(&bench.claims("POST", target), &bench.site.shared_secret());
    let form = [("Content-Type", "text/plain")];
    assert_eq!(bench.send_with("POST", target, Some(token), None, &form).await.status, 415);
}

#[tokio::test]
async fn scopes_of_the_descriptor_are_enforced() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", invite_guard_sandbox::ProjectType::ServiceDesk);
    let mut descriptor = bench.app.descriptor();
    descriptor["scopes"] = json!(["read"]);
    bench.app.describe(descriptor);
    bench.site.reinstall().await.expect("an install");
    assert_eq!(bench.get(TARGET).await.status, 200);
    let target = "/rest/api/3/project/HELP/properties/mark";
    assert_eq!(bench.call("PUT", target, Some(json!(1))).await.status, 403, "WRITE is not among the scopes");
}

#[tokio::test]
async fn a_resource_closed_to_apps_is_forbidden() {
    let bench = Bench::new().await;
    assert_eq!(bench.get("/rest/api/3/users/search").await.status, 403);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_told() {
    let bench = Bench::new().await;
    assert_eq!(bench.get("/rest/api/2/myself").await.status, 404);
    assert_eq!(bench.site.unexpected_calls(), ["GET /rest/api/2/myself"]);
}
