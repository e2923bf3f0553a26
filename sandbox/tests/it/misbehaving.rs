//! Faults on demand and requests held open.

use std::time::Duration;

use invite_guard_sandbox::{Fault, HoldAt, Matcher, ProjectType, Reason, sign_hs256};
use serde_json::json;

use crate::app::Bench;

const ME: &str = "/rest/api/3/myself";

#[tokio::test]
async fn faults_are_played_as_often_as_asked() {
    let bench = Bench::new().await;
    bench.site.misbehave("GET /rest/api/3/myself", Fault::Status(500), 2);
    bench.site.misbehave(Matcher::new("GET", "/rest/api/3/project/**"), Fault::Status(403), 1);
    assert_eq!(bench.get(ME).await.status, 500);
    assert_eq!(bench.get("/rest/api/3/project/search").await.status, 403);
    assert_eq!(bench.get(ME).await.status, 500);
    assert_eq!(bench.get(ME).await.status, 200);
    bench.site.misbehave(Matcher::any(), Fault::Status(503), usize::MAX);
    assert_eq!(bench.get(ME).await.status, 503);
    bench.site.behave();
    assert_eq!(bench.get(ME).await.status, 200);
}

#[tokio::test]
async fn each_throttle_has_its_reason() {
    let bench = Bench::new().await;
    for reason in [Reason::QuotaGlobal, Reason::QuotaTenant, Reason::Burst, Reason::PerIssueOnWrite] {
        bench.site.misbehave(ME, Fault::Throttled(reason, 7), 1);
        let answer = bench.get(ME).await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.header("ratelimit-reason"), reason.word());
        assert_eq!(answer.header("retry-after"), "7");
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    let bench = Bench::new().await;
    let raw = async || {
        let token = sign_hs256(&bench.claims("GET", ME), &bench.site.shared_secret());
        bench.try_send("GET", ME, Some(token), None, &[]).await
    };
    bench.site.misbehave(ME, Fault::Garbage, 1);
    let text = raw().await.expect("an answer").text().await.expect("text");
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_err(), "garbage is no JSON");
    bench.site.misbehave(ME, Fault::Html, 1);
    assert!(raw().await.expect("an answer").text().await.expect("text").starts_with("<!doctype html>"));
    bench.site.misbehave(ME, Fault::Flood(100_000), 1);
    assert_eq!(raw().await.expect("an answer").bytes().await.expect("bytes").len(), 100_000);
    bench.site.misbehave(ME, Fault::Redirect("http://192.0.2.1/".to_owned()), 1);
    assert_eq!(raw().await.expect("an answer").status(), 302);
    bench.site.misbehave(ME, Fault::CloseConnection, 1);
    assert!(raw().await.is_err(), "the connection is closed without an answer");
    bench.site.misbehave(ME, Fault::Silence, 1);
    let silent = tokio::time::timeout(Duration::from_millis(300), raw()).await;
    assert!(silent.is_err(), "nothing is answered");
    assert_eq!(raw().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_request_is_held_before_or_after_it_is_applied() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let target = "/rest/api/3/project/HELP/properties/mark";
    for (at, applied) in [(HoldAt::BeforeApplying, false), (HoldAt::AfterApplying, true)] {
        bench.site.set_project_property("HELP", "mark", None);
        let mut held = bench.site.hold_request(2, at);
        assert_eq!(bench.get(ME).await.status, 200, "the first passes");
        let call = bench.call("PUT", target, Some(json!(1)));
        let test = async {
            assert_eq!(held.arrived().await, format!("PUT {target}"));
            assert_eq!(bench.site.project_property("HELP", "mark").is_some(), applied, "{at:?}");
            held.release();
        };
        let (answer, ()) = tokio::join!(call, test);
        assert_eq!(answer.status, 201);
        assert!(bench.site.project_property("HELP", "mark").is_some());
    }
}

#[tokio::test]
async fn a_held_request_can_be_dropped_after_it_was_applied() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let target = "/rest/api/3/project/HELP/properties/mark";
    let mut held = bench.site.hold_matching("PUT /rest/api/3/project/*/properties/*", 1, HoldAt::AfterApplying);
    let token = sign_hs256(&bench.claims("PUT", target), &bench.site.shared_secret());
    let call = bench.try_send("PUT", target, Some(token), Some(json!(1)), &[]);
    let test = async {
        held.arrived().await;
        held.drop_connection();
    };
    let (answer, ()) = tokio::join!(call, test);
    assert!(answer.is_err(), "applied, but the app never hears of it");
    assert_eq!(bench.site.project_property("HELP", "mark"), Some(json!(1)));
}
