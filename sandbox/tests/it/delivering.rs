//! Webhooks: signed, identified, retried, doubled, lost, late.

use std::sync::Arc;

use invite_guard_sandbox::{AddBy, DeliveryState, Options, ProjectType, Sandbox, qsh};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{Bench, FakeApp};

async fn desk() -> Bench {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    bench
}

#[tokio::test]
async fn a_delivery_is_signed_for_its_url() {
    let bench = desk().await;
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(bench.site.deliver_all().await, [204]);
    let got = bench.app.got_at("/hooks");
    let token = got[0].header("authorization").and_then(|value| value.strip_prefix("JWT ")).expect("a token");
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).expect("claims");
    assert_eq!(claims["iss"], bench.site.client_key());
    assert_eq!(claims["qsh"], qsh("POST", "/hooks", ""));
    assert_eq!(got[0].header("x-atlassian-webhook-flow"), Some("Primary"));
    assert_eq!(got[0].header("x-atlassian-webhook-retry"), None);
    assert_eq!(got[0].body["webhookEvent"], "user_created");
    assert_eq!(got[0].body["timestamp"], bench.clock.now().as_millisecond());
}

#[tokio::test]
async fn a_failure_is_retried_later_under_the_same_identifier() {
    let bench = desk().await;
    bench.site.add_customer("HELP", AddBy::Agent);
    bench.app.answer(&[503]);
    assert_eq!(bench.site.deliver_due().await, [503]);
    assert_eq!(bench.site.deliver_due().await, [0u16; 0], "not before five minutes have passed");
    bench.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(bench.site.deliver_due().await, [204]);
    let got = bench.app.got_at("/hooks");
    let identifier = |n: usize| got[n].header("x-atlassian-webhook-identifier");
    assert_eq!(identifier(0), identifier(1));
    assert_eq!(got[1].header("x-atlassian-webhook-retry"), Some("1"));
}

#[tokio::test]
async fn a_refusal_is_final_and_retries_end() {
    let bench = desk().await;
    bench.site.add_customer("HELP", AddBy::Agent);
    bench.app.answer(&[401]);
    bench.site.deliver_all().await;
    assert_eq!(bench.site.deliveries()[0].state, DeliveryState::GivenUp);

    bench.site.add_customer("HELP", AddBy::Agent);
    bench.app.answer(&[500; 6]);
    for _ in 0..6 {
        bench.site.deliver_all().await;
    }
    let delivery = &bench.site.deliveries()[1];
    assert_eq!((delivery.state, delivery.retries), (DeliveryState::GivenUp, 5));
    assert_eq!(delivery.answers, [500; 6]);
    assert!(bench.site.pending().is_empty());
}

#[tokio::test]
async fn deliveries_are_doubled_lost_and_late() {
    let bench = desk().await;
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(bench.site.deliver_twice().await, [204, 204]);
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(bench.site.drop_all(), 1);
    assert_eq!(bench.site.deliver_all().await, [0u16; 0]);
    let lost = bench.site.deliveries()[1].id;
    bench.clock.advance(SignedDuration::from_mins(75));
    assert_eq!(bench.site.deliver(lost).await, 204, "late, but freshly signed");
    assert_eq!(bench.app.got_at("/hooks").len(), 3);
}

#[tokio::test]
async fn the_trace_of_our_own_write_comes_back() {
    let bench = desk().await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = bench.site.raise_request("HELP", &customer);
    bench.site.drop_all();
    let target = format!("/rest/api/3/issue/{key}/comment");
    let body = json!({"body": {"type": "doc", "version": 1, "content": []}});
    let token = invite_guard_sandbox::sign_hs256(&bench.claims("POST", &target), &bench.site.shared_secret());
    let trace = [("X-Atlassian-Webhook-Trace", "ours-1")];
    bench.send_with("POST", &target, Some(token), Some(body), &trace).await;
    bench.site.deliver_all().await;
    let got = bench.app.got_at("/hooks");
    assert_eq!(got[0].body["webhookEvent"], "comment_created");
    assert_eq!(got[0].header("x-atlassian-webhook-trace"), Some("ours-1"));
    bench.site.add_customer("HELP", AddBy::Agent);
    bench.site.deliver_all().await;
    assert_eq!(bench.app.got_at("/hooks")[1].header("x-atlassian-webhook-trace"), None);
}

#[tokio::test]
async fn only_declared_events_of_an_enabled_app_are_sent() {
    let bench = desk().await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = bench.site.raise_request("HELP", &customer);
    bench.site.resolve(&key);
    let events: Vec<String> = bench.site.pending().into_iter().map(|delivery| delivery.event).collect();
    assert_eq!(events, ["user_created", "jira:issue_created"], "jira:issue_updated is not in the descriptor");
    bench.site.set_app_enabled(false);
    bench.site.add_customer("HELP", AddBy::Agent);
    assert_eq!(bench.site.pending().len(), 2);
}

#[tokio::test]
async fn a_living_site_delivers_by_itself() {
    let options = Options { auto_deliver: true, clock: Arc::new(jiff::Timestamp::now), ..Options::default() };
    let site = Sandbox::start(options).await.expect("the sandbox starts");
    let app = FakeApp::start().await;
    site.install(&app.base_url).await.expect("an install");
    site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    site.add_customer("HELP", AddBy::Agent);
    let arrived = async {
        while app.got_at("/hooks").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), arrived).await.expect("the webhook arrives by itself");
    site.stop().await;
}

#[tokio::test]
async fn pages_are_framed_with_a_token_over_every_parameter() {
    let bench = desk().await;
    let admin = bench.site.admin();
    let url = bench.site.frame_url("/connect/project", &admin, "projectId=10001");
    let (target, token) =
        url.strip_prefix(&bench.app.base_url).and_then(|url| url.split_once("&jwt=")).expect("a token");
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).expect("claims");
    assert_eq!(claims["qsh"], qsh("GET", target, ""));
    assert_eq!(claims["sub"], admin);
    for parameter in ["projectId=10001", "xdm_e=", "xdm_c=", "cp=", "lic=none", "cv="] {
        assert!(target.contains(parameter), "{parameter} is missing in {target}");
    }
    let token = bench.site.context_token(&admin);
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).expect("claims");
    assert_eq!((&claims["qsh"], &claims["sub"]), (&json!("context-qsh"), &json!(admin)));
}
