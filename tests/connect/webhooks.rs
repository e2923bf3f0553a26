//! The webhook door: what is accepted, once, and what is refused or ignored.
//! Knows no worker; what is queued is read from the store.

use super::bench::{Bench, Bent, user_created};
use super::installing::sent;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use invite_guard::store::inbox::Limits;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

#[tokio::test]
async fn w28_w29_each_declared_webhook_is_answered_204() {
    let bench = Bench::new().await;
    let webhooks = bench.site.app().expect("the app is installed").webhooks;
    assert_eq!(webhooks.len(), 6);
    let users = fixture(include_str!("fixtures/webhook-user-events.json"));
    let issue = fixture(include_str!("fixtures/webhook-issue-created.json"));
    let comment = fixture(include_str!("fixtures/webhook-comment-created.json"));
    for (event, _) in webhooks {
        let mut body = match event.as_str() {
            "comment_created" => comment.clone(),
            event if event.starts_with("jira:") => issue.clone(),
            _ => users["variants"][0]["body"].clone(),
        };
        body["webhookEvent"] = json!(event);
        assert_eq!(sent(bench.site.webhook_request(&body)).await.status, 204, "{event}");
    }
    let mut done: Vec<_> = bench.queued_work().await.iter().map(|work| work["do"].to_string()).collect();
    done.sort();
    assert_eq!(done, [r#""locate""#, r#""request""#, r#""request""#], "three of the six are something to do");
}

#[tokio::test]
async fn w28_what_is_stored_is_ids_and_times_alone() {
    let bench = Bench::new().await;
    let users = fixture(include_str!("fixtures/webhook-user-events.json"));
    for one in users["variants"].as_array().expect("a list") {
        let expected = if one["name"].as_str().is_some_and(|name| name.contains("Server")) { 400 } else { 204 };
        assert_eq!(sent(bench.site.webhook_request(&one["body"])).await.status, expected, "{}", one["name"]);
    }
    assert_eq!(
        sent(bench.site.webhook_request(&fixture(include_str!("fixtures/webhook-issue-created.json")))).await.status,
        204
    );
    for row in bench.queued().await {
        for forbidden in ["example.com", "Pat", "Guest", "displayName", "@"] {
            assert!(!row.payload.contains(forbidden), "{} holds {forbidden:?}", row.payload);
        }
    }
}

#[tokio::test]
async fn a_request_of_a_service_project_is_work_and_of_another_is_not() {
    let bench = Bench::new().await;
    let mut issue = fixture(include_str!("fixtures/webhook-issue-created.json"));
    let account = issue["issue"]["fields"]["reporter"]["accountId"].clone();
    assert_eq!(sent(bench.site.webhook_request(&issue)).await.status, 204);
    let work = &bench.queued_work().await[0];
    assert_eq!(
        (&work["project"], &work["request"], &work["reporter"], &work["actor"]),
        (&json!(10_000), &json!("TES-41"), &account, &account)
    );
    issue["issue"]["fields"]["project"]["projectTypeKey"] = json!("software");
    issue["issue"]["key"] = json!("TES-42");
    assert_eq!(sent(bench.site.webhook_request(&issue)).await.status, 204);
    let mut internal = fixture(include_str!("fixtures/webhook-comment-created.json"));
    internal["comment"]["jsdPublic"] = json!(false);
    assert_eq!(sent(bench.site.webhook_request(&internal)).await.status, 204);
    assert_eq!(bench.queued().await.len(), 1, "neither another kind of project nor an internal comment is work");
}

#[tokio::test]
async fn w31_the_same_identifier_is_one_row_however_often_it_comes() {
    let bench = Bench::new().await;
    let mut request = bench.user_created("qm:a:b");
    assert_eq!(sent(request.clone()).await.status, 204);
    request.header("X-Atlassian-Webhook-Retry", "3");
    bench.clock.forward(SignedDuration::from_mins(75));
    let late = bench.site.webhook_request(&user_created("qm:a:b"));
    let mut late = late; // the retry is signed anew, as Jira does
    let identifier = request.headers.iter().find(|(name, _)| name == "X-Atlassian-Webhook-Identifier");
    late.header("X-Atlassian-Webhook-Identifier", &identifier.expect("it has one").1);
    late.header("X-Atlassian-Webhook-Retry", "5");
    assert_eq!(sent(late).await.status, 204, "75 minutes late is fine");
    assert_eq!(bench.queued().await.len(), 1);
}

#[tokio::test]
async fn w31_twenty_at_once_are_one_row() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    let answers = futures::future::join_all((0..20).map(|_| sent(request.clone()))).await;
    assert!(answers.iter().all(|answer| answer.status == 204));
    assert_eq!(bench.queued().await.len(), 1);
}

#[tokio::test]
async fn w31_without_an_identifier_the_body_is_the_identity() {
    let bench = Bench::new().await;
    for (account, identifier) in [("qm:a:1", None), ("qm:a:1", Some("")), ("qm:a:2", None), ("qm:a:2", Some("  "))] {
        let mut request = bench.user_created(account);
        request.without("X-Atlassian-Webhook-Identifier");
        if let Some(identifier) = identifier {
            request.header("X-Atlassian-Webhook-Identifier", identifier);
        }
        assert_eq!(sent(request).await.status, 204);
    }
    assert_eq!(bench.queued().await.len(), 2, "two bodies, two rows: no empty key makes one of all");
}

#[tokio::test]
async fn the_same_identifier_of_two_tenants_is_two_rows() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    assert_eq!(sent(request.clone()).await.status, 204);
    let identifier = request.headers.iter().find(|(name, _)| name == "X-Atlassian-Webhook-Identifier").expect("one");
    bench.site.new_client_key().await.expect("a second tenant");
    let mut other = bench.user_created("qm:a:b");
    other.header("X-Atlassian-Webhook-Identifier", &identifier.1);
    assert_eq!(sent(other).await.status, 204);
    let tenants: std::collections::BTreeSet<_> = bench.queued().await.iter().map(|row| row.tenant).collect();
    assert!(tenants.contains(&bench.installed_tenant().await.id), "the second tenant's row is there: {tenants:?}");
}

#[tokio::test]
async fn a_body_is_understood_or_refused_and_nothing_is_queued() {
    let bench = Bench::new().await;
    let deep = "[".repeat(100_000);
    for (body, status) in [
        ("no JSON", 400),
        (r#"{"webhookEvent":"user_created""#, 400),
        ("[]", 400),
        ("7", 400),
        ("{}", 400),
        (deep.as_str(), 400),
        (r#"{"webhookEvent":"user_created"}"#, 400),
        (r#"{"webhookEvent":"user_created","user":{"active":"true"}}"#, 400),
        (r#"{"webhookEvent":"user_created","user":{"accountId":"a\u0000b"}}"#, 400),
        (r#"{"webhookEvent":"user_created","user":{"accountId":"a\" OR 1=1"}}"#, 400),
        (r#"{"webhookEvent":"user_created","user":{"accountId":"somebody@example.com"}}"#, 400),
        (r#"{"webhookEvent":"jira:issue_created","issue":{"key":"A-1"}}"#, 400),
        (
            r#"{"webhookEvent":"comment_created","comment":{},"issue":{"key":"A-1","fields":{"project":{"id":"1"}}}}"#,
            400,
        ),
        (r#"{"webhookEvent":"sprint_started"}"#, 204),
        (r#"{"webhookEvent":"customer_invited","user":7}"#, 204),
    ] {
        let answer = sent(bench.site.webhook_request_raw("user_created", body)).await;
        let shown: String = body.chars().take(80).collect();
        assert_eq!(answer.status, status, "{shown}");
        assert!(!answer.body.contains("example.com"), "{shown}: nothing sent is quoted");
    }
    assert!(bench.queued().await.is_empty());
}

#[tokio::test]
async fn active_as_text_and_the_documented_typo_are_fine() {
    let bench = Bench::new().await;
    let body = json!({"webhookEvent": "user_created", "user": {"accoundId": "qm:a:b", "active": "true"}});
    assert_eq!(sent(bench.site.webhook_request(&body)).await.status, 204);
    assert_eq!(bench.queued_work().await[0]["account"], "qm:a:b");
}

#[tokio::test]
async fn a_worker_beside_us_is_woken_when_there_is_something_to_do() {
    let bench = Bench::new().await;
    bench.wake.notified().now_or_never().expect("the install has woken it");
    assert_eq!(sent(bench.user_created("qm:a:b")).await.status, 204);
    bench.wake.notified().now_or_never().expect("an event wakes it");
    assert_eq!(sent(bench.site.webhook_request_raw("", r#"{"webhookEvent":"sprint_started"}"#)).await.status, 204);
    assert!(bench.wake.notified().now_or_never().is_none(), "what is ignored wakes nobody");
}

#[tokio::test]
async fn two_mebibytes_are_taken_and_one_byte_more_is_413() {
    let bench = Bench::new().await;
    let of_size = |size: usize| {
        let body = user_created("qm:a:b").to_string();
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    let limit = 2 * 1024 * 1024;
    assert_eq!(sent(bench.site.webhook_request_raw("user_created", &of_size(limit))).await.status, 204);
    let answer = sent(bench.site.webhook_request_raw("user_created", &of_size(limit + 1))).await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("trace"), "a problem like every other");
}

#[tokio::test]
async fn our_own_writes_come_back_unheard() {
    let bench = Bench::new().await;
    for (trace, rows) in [("invite-guard:invite-guard:1", 0), ("another-app", 1)] {
        let mut request = bench.user_created("qm:a:b");
        request.header("X-Atlassian-Webhook-Trace", trace);
        assert_eq!(sent(request.clone()).await.status, 204);
        assert_eq!(bench.queued().await.len(), rows, "{trace}");
        request.without("Authorization");
        assert_eq!(sent(request).await.status, 401, "the header is no proof");
    }
}

#[tokio::test]
async fn w31_a_failing_store_is_503_with_a_time_to_come_again() {
    let bench = Bench::new().await;
    assert_eq!(sent(bench.user_created("qm:a:1")).await.status, 204, "the tenant is known now");
    bench.opened.close().await;
    let answer = sent(bench.user_created("qm:a:2")).await;
    assert_eq!(answer.status, 503);
    assert!(answer.headers.iter().any(|(name, _)| name == "retry-after"));
}

#[tokio::test]
async fn w31_a_full_inbox_is_503_and_what_waited_is_stored() {
    let bench = Bench::bent(Bent { inbox: Limits { waiting: 1, ..Limits::default() }, ..Bent::default() }).await;
    let mut other = sqlx::SqliteConnection::connect(&bench.database).await.expect("a second connection");
    other.execute("BEGIN IMMEDIATE").await.expect("the only writer");
    let mut answers: FuturesUnordered<_> =
        ["qm:a:1", "qm:a:2"].into_iter().map(|account| sent(bench.user_created(account))).collect();
    let first = answers.next().await.expect("an answer");
    assert_eq!(first.status, 503, "one waits for the disk, so the other finds no room");
    assert!(first.headers.iter().any(|(name, _)| name == "retry-after"));
    other.execute("COMMIT").await.expect("the other writer is done");
    assert_eq!(answers.next().await.expect("an answer").status, 204);
    assert_eq!(bench.queued().await.len(), 1, "stored = accepted");
}

#[tokio::test]
async fn outcomes_are_counted_without_a_tenant() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    sent(request.clone()).await;
    sent(request.clone()).await;
    sent(bench.site.webhook_request_raw("user_created", r#"{"webhookEvent":"sprint_started"}"#)).await;
    let mut refused = request;
    refused.without("Authorization");
    sent(refused).await;
    let metrics = bench.send("GET", "/metrics", None, None).await;
    assert_eq!(metrics.status, 200);
    for outcome in ["accepted", "duplicate", "ignored", "refused"] {
        let line = format!("invite_guard_webhooks_total{{door=\"connect\",outcome=\"{outcome}\"}}");
        assert!(metrics.body.contains(&line), "{line} is missing in:\n{}", metrics.body);
    }
    assert!(!metrics.body.contains(&bench.site.client_key()), "no tenant in a label");
}
