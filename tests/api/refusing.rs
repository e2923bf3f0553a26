//! Bodies that make no sense, on every call that takes one: 400 in words a user may read, quoting nothing that was sent.
//! Knows no right body.

use super::given::bench;
use serde_json::Value;

#[tokio::test]
async fn odd_bodies_are_400_and_quote_nothing() {
    let bench = bench().await;
    let admin = bench.site.admin();
    let bodies = [
        "",
        "no JSON",
        "[]",
        "null",
        "{",
        r#"{"fact":"weather","value":true}"#,
        r#"{"fact":"invite_notification_on"}"#,
        r#"{"fact":"outgoing_mail_on","value":"somebody@example.com"}"#,
        r#"{"fact":"invite_notification_on","value":true,"extra":"somebody@example.com"}"#,
        r#"{"fact":"wrong_door","value":"somebody@example.com"}"#,
        r#"{"fact":"portal_only_accounts_allowed","value":1}"#,
        r#"{"fact":"allowed_domains","value":["somebody@example.com"]}"#,
        r#"{"fact":"known_before","value":true}"#,
        r#"{"accountId":7}"#,
        r#"{"accountId":"somebody@example.com"}"#,
        r#"{"accountId":"a\u0000b"}"#,
        r#"{"accountId":"qm:a:b","extra":1}"#,
        r#"{"how":"by_pigeon"}"#,
        r#"{"how":"link_sent","extra":"somebody@example.com"}"#,
    ];
    for (method, path) in [
        ("POST", bench.api("/statements")),
        ("POST", "/api/v1/site/statements".to_owned()),
        ("POST", bench.api("/recheck")),
        ("POST", bench.api("/customers/qm:a:b/handled")),
    ] {
        for body in bodies {
            let answer = bench.call_with(&admin, method, &path, Some(body.to_owned())).await;
            assert_eq!(answer.status, 400, "{method} {path} with {body}: {}", answer.body);
            let told: Value = serde_json::from_str(&answer.body).expect("a problem is JSON");
            assert!(told["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{method} {path} with {body}");
            assert!(!answer.body.contains("example.com"), "{method} {path} with {body}");
        }
    }
    assert!(bench.queued().await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let bench = bench().await;
    let long = Some(" ".repeat(65 * 1024));
    let answer = bench.call_with(&bench.site.admin(), "POST", &bench.api("/statements"), long).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_failing_store_is_503_without_a_cause() {
    let bench = bench().await;
    let agent = bench.agent();
    assert_eq!(bench.get(&agent, &bench.api("/customers")).await.status, 200);
    bench.opened.close().await;
    let answer = bench.get(&agent, &bench.api("/customers")).await;
    assert_eq!(answer.status, 503);
    for inside in ["sqlite", "pool", "closed", "SELECT"] {
        assert!(!answer.body.contains(inside), "{} tells {inside:?}", answer.body);
    }
}
