//! What every answer carries, and who may frame a page.
//! Knows no route's content.

use super::bench::Bench;
use super::installing::{Bendable, sent};
use invite_guard_sandbox::Answer;
use serde_json::json;
use std::sync::atomic::Ordering;

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let bench = Bench::new().await;
    let agent = bench.agent();
    let answers = [
        bench.send("GET", "/atlassian-connect.json", None, None).await,
        bench.send("GET", "/healthz", None, None).await,
        bench.send("GET", "/nowhere", None, None).await,
        bench.send("POST", "/connect/webhooks", None, None).await,
        bench.send("GET", "/connect/webhooks", None, None).await,
        bench.get(&agent, &bench.api("/health")).await,
        bench.send("GET", "/static/app.js", None, None).await,
    ];
    for answer in &answers {
        let what = answer.status;
        let cache = header(answer, "cache-control").unwrap_or_default();
        assert!(cache.contains("no-cache"), "{what}: {cache}");
        let policy = header(answer, "referrer-policy").unwrap_or_default();
        assert!(!matches!(policy, "" | "no-referrer-when-downgrade" | "unsafe-url"), "{what}: {policy}");
        assert_eq!(header(answer, "x-content-type-options"), Some("nosniff"), "{what}");
        let age = header(answer, "strict-transport-security").and_then(|value| value.strip_prefix("max-age="));
        let age: u64 = age.and_then(|age| age.split(';').next()?.parse().ok()).unwrap_or_default();
        assert!(age >= 31_536_000, "{what}: HSTS of at least a year");
        assert_eq!((header(answer, "server"), header(answer, "x-frame-options")), (None, None), "{what}");
        assert!(header(answer, "content-security-policy").is_some(), "{what}");
    }
    for answer in answers.iter().take(6) {
        assert!(header(answer, "cache-control").unwrap_or_default().contains("no-store"), "{}", answer.status);
    }
}

#[tokio::test]
async fn a_page_is_framed_by_its_own_site_alone_and_runs_the_bridge() {
    let bench = Bench::new().await;
    let url = bench.site.frame_url("/connect/project", &bench.agent(), &format!("project={}", bench.project));
    let page = bench.client.get(&url).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let ancestors = policy.split("frame-ancestors ").nth(1).expect("who may frame");
    assert_eq!(ancestors.trim_end_matches(';'), bench.site.base_url());
    assert!(policy.contains("script-src 'self' https://bridge.example;"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && policy.contains("default-src 'none'"), "{policy}");
    let html = page.text().await.expect("text");
    assert!(html.contains("https://bridge.example/all.js"));
    assert!(!html.contains(&bench.site.client_key()) && !html.contains("HELP"), "the shell holds no data");
}

#[tokio::test]
async fn a_frame_that_is_refused_shows_nothing_and_may_be_framed_by_nobody() {
    let bench = Bench::new().await;
    let answer = bench.send("GET", "/connect/project?project=10000", None, None).await;
    assert_eq!(answer.status, 401);
    assert_eq!(header(&answer, "content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
}

#[tokio::test]
async fn ready_follows_the_flag_and_the_store() {
    let bench = Bench::new().await;
    assert_eq!(bench.send("GET", "/readyz", None, None).await.status, 200);
    bench.ready.store(false, Ordering::SeqCst);
    assert_eq!(bench.send("GET", "/readyz", None, None).await.status, 503);
    bench.ready.store(true, Ordering::SeqCst);
    bench.opened.close().await;
    assert_eq!(bench.send("GET", "/readyz", None, None).await.status, 503);
    assert_eq!(bench.send("GET", "/healthz", None, None).await.status, 200, "the process still runs");
}

#[tokio::test]
async fn custom_domains_of_a_site_may_frame_its_pages_too() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "installed");
    call.body["displayUrl"] = json!("https://issues.example.com/jira");
    call.body["displayUrlServicedeskHelpCenter"] = json!("http://help.example.com");
    assert_eq!(sent(call.signed(&bench)).await.status, 204);
    let url = bench.site.frame_url("/connect/issue", &bench.agent(), "project=10001&issue=HELP-1");
    let page = bench.client.get(&url).send().await.expect("an answer");
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let ancestors = policy.split("frame-ancestors ").nth(1).expect("who may frame");
    assert_eq!(
        ancestors,
        format!("{} https://issues.example.com", bench.site.base_url()),
        "https alone, origins alone"
    );
}
