//! The rules' door and its secrets: what is taken, once proved; what is refused, and that refusals tell nothing.
//! Knows no worker; what is queued is read from the store.

use super::given::bench;
use crate::connect::bench::Bench;
use invite_guard::store::RowState;
use invite_guard_sandbox::{AddBy, Answer, SignedRequest};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A secret as the API shows it once.
struct Made {
    id: String,
    header: String,
}

async fn made(bench: &Bench) -> Made {
    let answer = bench.call(&bench.project_admin(), "POST", &bench.api("/ingest-secrets"), None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let made: Value = serde_json::from_str(&answer.body).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (id, secret) = (text(&made["id"]), text(&made["secret"]));
    assert_eq!(secret.len(), 43, "256 random bits");
    assert_eq!(made["step"]["url"], format!("{}/ingest/automation", bench.base_url));
    assert_eq!(made["step"]["headers"][0]["value"], format!("{id}.{secret}"), "the step is ready to be copied");
    assert!(made["step"]["text"].as_str().is_some_and(|text| text.contains("Send web request")));
    let header = format!("{id}.{secret}");
    Made { id, header }
}

async fn sent(bench: &Bench, secret: &str, body: impl Into<String>) -> Answer {
    let request = SignedRequest {
        method: "POST".to_owned(),
        url: format!("{}/ingest/automation", bench.base_url),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("X-Invite-Guard-Secret".to_owned(), secret.to_owned()),
        ],
        body: body.into(),
    };
    bench.exchange(request).await
}

fn names(account: &str) -> String {
    json!({"accountId": account, "address": "", "ruleName": "Add customers", "issueKey": "HELP-1"}).to_string()
}

#[tokio::test]
async fn a_step_is_on_disk_before_204_and_nothing_of_a_person_but_an_account_or_a_mark_is() {
    let bench = bench().await;
    let secret = made(&bench).await;
    let added = bench.site.add_customer("HELP", AddBy::Automation);
    for body in [
        names("qm:a:b"),
        json!({"address": added.address.to_uppercase(), "ruleName": "Anna's rule"}).to_string(),
        json!({"accountId": null, "address": " Unknown@Nowhere.Example "}).to_string(),
        "{}".to_owned(),
    ] {
        let answer = sent(&bench, &secret.header, body.clone()).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{body}");
    }
    assert_eq!(sent(&bench, &secret.header, names("qm:a:b")).await.status, 204, "said twice, one row");
    let work = bench.queued_work().await;
    let accounts: Vec<_> = work.iter().filter_map(|work| work["who"]["account"].as_str()).collect();
    assert_eq!(accounts.len(), 2, "{work:?}");
    assert!(accounts.contains(&"qm:a:b") && accounts.contains(&added.account_id.as_str()), "{accounts:?}");
    let mark = work.iter().find_map(|work| work["who"]["mark"].as_str()).expect("an address nobody shows is a mark");
    assert_eq!(mark.len(), 64);
    let pass = json!({"do": "read_role", "project": bench.project_id(), "reseed": false});
    assert!(work.contains(&pass), "somebody was added: {work:?}");
    for row in bench.store.rows(RowState::Queued, 100).await.expect("rows are read") {
        for forbidden in ["@", "nowhere", "example", "rule\"", "Anna", "HELP-1"] {
            assert!(
                !row.payload.to_lowercase().contains(&forbidden.to_lowercase()),
                "{} holds {forbidden}",
                row.payload
            );
        }
    }
    let listed = bench.get(&bench.project_admin(), &bench.api("/ingest-secrets")).await.body;
    let item = serde_json::from_str::<Value>(&listed).expect("JSON")["items"][0].clone();
    assert_eq!(item["id"], secret.id);
    assert!(item["lastUsedAt"].is_string() && item.get("hash").is_none() && item.get("secret").is_none(), "{item}");
}

/// What a 401 looks like, without its trace.
fn look(answer: &Answer) -> (Value, Vec<(String, String)>) {
    let mut body: Value = serde_json::from_str(&answer.body).expect("a problem is JSON");
    body["trace"] = json!("");
    let mut headers = answer.headers.clone();
    // A body that was not read may end the connection.
    headers.retain(|(name, _)| !matches!(name.as_str(), "date" | "connection"));
    headers.sort();
    (body, headers)
}

#[tokio::test]
async fn every_reason_to_refuse_a_secret_looks_the_same() {
    let bench = bench().await;
    let (kept, deleted) = (made(&bench).await, made(&bench).await);
    let path = bench.api(&format!("/ingest-secrets/{}", deleted.id));
    assert_eq!(bench.call(&bench.project_admin(), "DELETE", &path, None).await.status, 204);
    assert_eq!(bench.call(&bench.project_admin(), "DELETE", &path, None).await.status, 404);
    let other_half = deleted.header.split_once('.').expect("two halves").1;
    let mut looks = Vec::new();
    for (name, secret) in [
        ("an unknown id", format!("abcdefghijklmnop.{other_half}")),
        ("another secret", format!("{}.{other_half}", kept.id)),
        ("a part of it", kept.header[..kept.header.len() - 1].to_owned()),
        ("deleted", deleted.header.clone()),
    ] {
        // Neither the body's size nor its shape is looked at before.
        for body in [names("qm:a:b"), "x".repeat(5000)] {
            let answer = sent(&bench, &secret, body).await;
            assert_eq!(answer.status, 401, "{name}");
            looks.push((name, look(&answer)));
        }
    }
    bench.uninstall().await;
    let gone = sent(&bench, &kept.header, names("qm:a:b")).await;
    assert_eq!(gone.status, 401, "the right secret of a tenant that is gone");
    for (name, seen) in looks {
        assert_eq!(seen, look(&gone), "{name} looks different");
    }
    assert!(bench.queued_work().await.iter().all(|work| work["do"] != "rule_step"), "nothing was queued");
}

#[tokio::test]
async fn what_is_broken_or_too_large_is_told_only_to_who_has_the_secret() {
    let bench = bench().await;
    let secret = made(&bench).await;
    for body in ["", "no JSON", "[]", r#"{"accountId": 7}"#, r#"{"accountId": "ann@example.com"}"#, "\u{0}"] {
        let answer = sent(&bench, &secret.header, body).await;
        assert_eq!(answer.status, 400, "{body:?}");
        assert!(!answer.body.contains("ann@"), "nothing that was sent is quoted: {}", answer.body);
    }
    let padded = json!({"accountId": "qm:a:b", "ruleName": "x".repeat(4096)}).to_string();
    assert_eq!(sent(&bench, &secret.header, padded).await.status, 413);
    let fits = json!({"accountId": "qm:a:b", "ruleName": "x".repeat(4000)}).to_string();
    assert_eq!(sent(&bench, &secret.header, fits).await.status, 204);
}

#[tokio::test]
async fn sixty_a_minute_are_taken_from_a_project_and_guesses_take_none_of_them() {
    let bench = bench().await;
    let (one, other) = (made(&bench).await, made(&bench).await);
    for n in 0..60 {
        let secret = if n % 2 == 0 { &one } else { &other };
        assert_eq!(sent(&bench, &secret.header, names("qm:a:b")).await.status, 204, "request {n}");
        assert_eq!(sent(&bench, &format!("{}.guess{n}", one.id), names("qm:a:b")).await.status, 401);
    }
    let refused = sent(&bench, &one.header, names("qm:a:b")).await;
    assert_eq!(refused.status, 429);
    let wait = refused.headers.iter().find(|(name, _)| name == "retry-after").map(|(_, wait)| wait.as_str());
    assert_eq!(wait, Some("60"));
    bench.clock.forward(SignedDuration::from_secs(60));
    assert_eq!(sent(&bench, &other.header, names("qm:a:b")).await.status, 204, "after a minute");
}

#[tokio::test]
async fn a_project_has_so_many_secrets_and_each_change_is_in_its_trail() {
    let bench = bench().await;
    let first = made(&bench).await;
    for _ in 1..20 {
        made(&bench).await;
    }
    let full = bench.call(&bench.project_admin(), "POST", &bench.api("/ingest-secrets"), None).await;
    assert_eq!(full.status, 400, "{}", full.body);
    let path = bench.api(&format!("/ingest-secrets/{}", first.id));
    assert_eq!(bench.call(&bench.project_admin(), "DELETE", &path, None).await.status, 204);
    made(&bench).await;
    let trail = bench.get(&bench.agent(), &bench.api("/trail")).await.body;
    for deed in ["ingest_secret_made", "ingest_secret_deleted"] {
        assert!(trail.contains(deed), "{deed} is missing in {trail}");
    }
    assert!(!trail.contains(first.header.split_once('.').expect("two halves").1));
}
