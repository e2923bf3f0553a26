//! The list with its pages and filters, one person, the reporter; "check again" and "the link was sent".
//! Knows no rendering beyond a few fields.

use super::given::{account, at, bench, invited, known_before, notification_off, stored, unasked};
use diagnosis::{Moment, Via};
use invite_guard::domain::case::CaseState;
use invite_guard_sandbox::{AddBy, Answer, Fault};
use serde_json::{Value, json};

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body))
}

fn accounts(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["subject"]["accountId"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_newest_first_without_gap_or_overlap() {
    let bench = bench().await;
    let agent = bench.agent();
    for number in 0..7 {
        // Two of them were added in the same moment: the account decides then.
        stored(&bench, &format!("n{number}"), i64::from(number / 2) * 100, &invited(), None).await;
    }
    let mut seen = Vec::new();
    let mut path = bench.api("/customers?limit=3");
    for page_number in 0..4 {
        let page = read(&bench.get(&agent, &path).await);
        seen.extend(accounts(&page));
        match page["next"].as_str() {
            Some(next) => path = bench.api(&format!("/customers?limit=3&cursor={next}")),
            None => {
                assert_eq!(page_number, 2, "seven in pages of three are three pages");
                break;
            }
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
    let unique: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(unique.len(), 7, "{seen:?}");
    assert_eq!(seen[0], account("n6").0, "the newest first");
}

#[tokio::test]
async fn filters_choose_by_state_and_by_standing_block() {
    let bench = bench().await;
    let agent = bench.agent();
    stored(&bench, "off", 0, &notification_off(), None).await;
    stored(&bench, "known", 100, &known_before(), None).await;
    stored(&bench, "fine", 200, &invited(), None).await;
    stored(&bench, "done", 300, &notification_off(), Some(CaseState::Handled)).await;
    for (query, expected) in [
        ("state=open", vec!["known", "off"]),
        ("state=clear", vec!["fine"]),
        ("state=handled", vec!["done"]),
        ("state=open&scenario=notification_disabled", vec!["off"]),
        ("scenario=existing_customer", vec!["known"]),
        ("state=&scenario=&cursor=&limit=", vec!["done", "fine", "known", "off"]),
    ] {
        let page = read(&bench.get(&agent, &bench.api(&format!("/customers?{query}"))).await);
        let expected: Vec<_> = expected.into_iter().map(|name| account(name).0).collect();
        assert_eq!(accounts(&page), expected, "{query}");
        assert_eq!(page["next"], Value::Null, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_400() {
    let bench = bench().await;
    let agent = bench.agent();
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=many",
        "state=closed",
        "state=Open",
        "scenario=unknown_cause",
        "cursor=nonsense",
        "limit=1&limit=2",
    ] {
        let answer = bench.get(&agent, &bench.api(&format!("/customers?{query}"))).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_person_without_a_case_is_looked_at_now_and_nothing_is_stored() {
    let bench = bench().await;
    let agent = bench.agent();
    let added = bench.site.add_customer("HELP", AddBy::Agent);
    let path = bench.api(&format!("/customers/{}", added.account_id.replace(':', "%3A")));
    let answer = bench.get(&agent, &path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let report = read(&answer);
    assert_eq!(report["subject"]["accountId"], added.account_id);
    assert!(report["checkedAt"].is_string());
    let page = read(&bench.get(&agent, &bench.api("/customers")).await);
    assert_eq!(page["items"], json!([]), "nothing was stored");
    for unknown in ["qm:nobody:1", "somebody@example.com", "a%00b", &"x".repeat(200)] {
        let answer = bench.get(&agent, &bench.api(&format!("/customers/{unknown}"))).await;
        assert_eq!(answer.status, 404, "{unknown}: {}", answer.body);
        assert!(!answer.body.contains("example.com"), "nothing sent is quoted");
    }
}

#[tokio::test]
async fn jira_in_trouble_is_told_as_such() {
    let bench = bench().await;
    let agent = bench.agent();
    bench.site.misbehave("GET /rest/api/3/user", Fault::Status(500), usize::MAX);
    let answer = bench.get(&agent, &bench.api("/customers/qm:nobody:1")).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.headers.iter().any(|(name, _)| name == "retry-after"));
}

#[tokio::test]
async fn the_reporter_of_a_request_is_told_or_nothing() {
    let bench = bench().await;
    let agent = bench.agent();
    let added = bench.site.add_customer("HELP", AddBy::Agent);
    let key = bench.site.raise_request("HELP", &added.account_id);
    let path = bench.api(&format!("/issues/{key}"));
    let none = bench.get(&agent, &path).await;
    assert_eq!((none.status, none.body.as_str()), (204, ""), "nothing was noticed about the reporter");
    let name = added.account_id.clone();
    let tenant = bench.installed_tenant().await.id;
    let mut case = super::given::case(&bench, tenant, "x", 0, &notification_off());
    case.account = invite_guard::domain::AccountId(name.clone());
    assert!(bench.store.save(&case).await.expect("the store answers"));
    let report = read(&bench.get(&agent, &path).await);
    assert_eq!((&report["subject"]["accountId"], &report["state"]), (&json!(name), &json!("open")));
}

#[tokio::test]
async fn check_again_queues_one_fresh_look() {
    let bench = bench().await;
    let agent = bench.agent();
    stored(&bench, "a", 0, &unasked(), None).await;
    for _ in 0..2 {
        let wanted = Some(json!({"accountId": account("a").0}));
        assert_eq!(bench.call(&agent, "POST", &bench.api("/recheck"), wanted).await.status, 202);
    }
    let work = bench.queued_work().await;
    assert_eq!(work.len(), 1, "{work:?}");
    assert_eq!(
        (&work[0]["do"], &work[0]["fresh"], &work[0]["account"]),
        (&json!("examine"), &json!(true), &json!(account("a").0))
    );
    // Somebody the roster knows and nobody has judged yet can be looked at too.
    let tenant = bench.installed_tenant().await.id;
    let window = Moment { not_before: at(0), not_after: at(60) };
    let noticed = bench.store.notice(tenant, bench.project_id(), &account("b"), Via::Role, window, at(60)).await;
    assert!(noticed.expect("the store answers").is_some());
    let answer = bench.call(&agent, "POST", &bench.api("/recheck"), Some(json!({"accountId": account("b").0}))).await;
    assert_eq!(answer.status, 202);
}

#[tokio::test]
async fn the_link_was_sent_ends_the_case_and_tidies_jira() {
    let bench = bench().await;
    let agent = bench.agent();
    stored(&bench, "a", 0, &notification_off(), None).await;
    let path = bench.api(&format!("/customers/{}/handled", account("a").0));
    for _ in 0..2 {
        assert_eq!(bench.call(&agent, "POST", &path, Some(json!({"how": "link_sent"}))).await.status, 204);
    }
    let tenant = bench.installed_tenant().await.id;
    let case = bench.store.case(tenant, bench.project_id(), &account("a")).await.expect("the store answers");
    let case = case.expect("the case is kept");
    assert_eq!(case.state, CaseState::Handled);
    assert!(case.is_unpublished());
    let kinds: Vec<_> = bench.queued().await.into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["publish"]);
}

#[tokio::test]
async fn the_panels_show_without_a_word_of_data_in_their_frame() {
    let bench = bench().await;
    let agent = bench.agent();
    let added = bench.site.add_customer("HELP", AddBy::Agent);
    let key = bench.site.raise_request("HELP", &added.account_id);
    for path in
        [format!("/panel/projects/{}/health", bench.project), format!("/panel/projects/{}/issues/{key}", bench.project)]
    {
        let answer = bench.get(&agent, &path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let fragment = read(&answer);
        assert!(
            fragment["title"].is_string() && fragment["html"].is_string() && fragment["poll_ms"].is_u64(),
            "{path}"
        );
    }
}
