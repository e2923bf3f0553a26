//! Bodies without a specification, against captured ones: webhooks and audit records.

use std::collections::BTreeSet;

use invite_guard_sandbox::{AddBy, ProjectType};
use serde_json::Value;

use crate::app::{Bench, contracts};

fn fixture(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(contracts()?.join("fixtures").join(name)).expect("the fixture can be read");
    Some(serde_json::from_str(&text).expect("the fixture is JSON"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

async fn desk() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    (bench, customer)
}

fn sent(bench: &Bench, event: &str) -> Value {
    let delivery = bench.site.pending().into_iter().rfind(|delivery| delivery.event == event);
    serde_json::from_str(&delivery.expect("a delivery").body).expect("JSON")
}

#[tokio::test]
async fn user_events_look_as_documented() {
    let Some(documented) = fixture("webhook-user-events.json") else { return };
    let (bench, _) = desk().await;
    let body = sent(&bench, "user_created");
    let portal = &documented["variants"][1]["body"];
    assert_eq!(keys(&body), keys(portal));
    assert_eq!(keys(&body["user"]), keys(&portal["user"]));
    assert_eq!(body["user"]["accountType"], portal["user"]["accountType"]);
}

#[tokio::test]
async fn issue_events_look_as_captured() {
    let Some(captured) = fixture("webhook-issue-created.json") else { return };
    let (bench, customer) = desk().await;
    bench.site.raise_request("HELP", &customer);
    let body = sent(&bench, "jira:issue_created");
    assert_eq!(keys(&body), keys(&captured));
    assert_eq!(keys(&body["issue"]), keys(&captured["issue"]));
    let (ours, theirs) = (&body["issue"]["fields"], &captured["issue"]["fields"]);
    let unknown: Vec<&str> = keys(ours).difference(&keys(theirs)).copied().collect();
    assert_eq!(unknown, [""; 0], "a field that no real event has");
    for part in ["reporter", "creator", "project", "status", "issuetype", "priority"] {
        assert_eq!(keys(&ours[part]), keys(&theirs[part]), "{part}");
    }
}

#[tokio::test]
async fn comment_events_look_as_captured() {
    let Some(captured) = fixture("webhook-comment-created.json") else { return };
    let (bench, customer) = desk().await;
    let key = bench.site.raise_request("HELP", &customer);
    bench.site.add_comment(&key, &customer, "Hello", false);
    let body = sent(&bench, "comment_created");
    assert_eq!(keys(&body), keys(&captured));
    assert_eq!(keys(&body["comment"]), keys(&captured["comment"]));
    assert_eq!(keys(&body["comment"]["author"]), keys(&captured["comment"]["author"]));
    assert_eq!(keys(&body["issue"]["fields"]), keys(&captured["issue"]["fields"]));
}

#[tokio::test]
async fn audit_records_look_as_captured() {
    let Some(captured) = fixture("jira-audit-records.json") else { return };
    let (bench, _) = desk().await;
    bench.site.add_customer("HELP", AddBy::People);
    bench.site.set_customer_invited("HELP", false);
    bench.site.set_customer_access("HELP", invite_guard_sandbox::CustomerAccess::AnyoneWithAccount);
    let ours = bench.get("/rest/api/3/auditing/record").await.body;
    let records = ours["records"].as_array().expect("a list");
    assert_eq!(keys(&ours), keys(&captured));
    // captured: 0 portal account by somebody, 2 Atlassian account by nobody, 4 customer access, 5 toggle
    for (captured_at, ours_at) in [(0, 3), (2, 2), (5, 1), (4, 0)] {
        let (theirs, own) = (&captured["records"][captured_at], &records[ours_at]);
        assert_eq!(own["summary"], theirs["summary"]);
        assert_eq!(keys(own), keys(theirs), "{}", theirs["summary"]);
        for part in ["objectItem", "associatedItems", "changedValues"] {
            let first = |record: &Value| match &record[part] {
                Value::Array(list) => list[0].clone(),
                one => one.clone(),
            };
            assert_eq!(keys(&first(own)), keys(&first(theirs)), "{part} of {}", theirs["summary"]);
        }
    }
}
