//! SparkPost and SendGrid: what on their lists keeps an invitation away, and that every other answer is a gap.
//! Knows no verdict.

use super::suppressing::{KEY, Suppressing, Trouble};
use crate::harness::{ManualClock, contracts};
use diagnosis::Gap;
use invite_guard::domain::address::Address;
use invite_guard::mail::providers::{Account, Listed, Providers};
use invite_guard::outbound::Client;
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;

const ANN: &str = "ann+jira@shop.acme.com";
const SPARKPOST: &str = "/api/v1/suppression-list/ann%2Bjira%40shop.acme.com";
const BOUNCES: &str = "/v3/suppression/bounces/ann%2Bjira%40shop.acme.com";
const INVALID: &str = "/v3/suppression/invalid_emails/ann%2Bjira%40shop.acme.com";
const SPAM: &str = "/v3/suppression/spam_reports/ann%2Bjira%40shop.acme.com";
const GLOBAL: &str = "/v3/asm/suppressions/global/ann%2Bjira%40shop.acme.com";

#[derive(Clone, Copy, Debug)]
enum Whose {
    SparkPost,
    SendGrid,
    Both,
}

fn providers(server: &Suppressing, whose: Whose, key: &str, clock: &Arc<ManualClock>) -> Providers {
    let client = Client::new(std::slice::from_ref(&server.host)).expect("a client");
    let account =
        Account { url: format!("http://{}", server.host).parse().expect("a URL"), key: key.to_owned().into() };
    let (spark, send) = match whose {
        Whose::SparkPost => (Some(account), None),
        Whose::SendGrid => (None, Some(account)),
        Whose::Both => (Some(account.clone()), Some(account)),
    };
    Providers::new(client, clock.clone(), spark, send)
}

fn entry(kind: &str) -> Value {
    json!({"results": [{"recipient": ANN, "type": kind, "source": "Bounce Rule", "description": "550: no such user",
        "created": "2026-10-01T12:00:00+00:00", "updated": "2026-10-01T12:00:00+00:00"}], "links": [], "total_count": 1})
}

fn since(text: &str) -> Option<Option<jiff::Timestamp>> {
    Some(Some(text.parse().expect("a time")))
}

#[rstest]
#[case::nobody(Whose::Both, "", json!(null), None)]
#[case::transactional(Whose::SparkPost, SPARKPOST, entry("transactional"), since("2026-10-01T12:00:00Z"))]
#[case::newsletters_only(Whose::SparkPost, SPARKPOST, entry("non_transactional"), None)]
#[case::bounce(Whose::SendGrid, BOUNCES,
    json!([{"created": 1443651125, "email": ANN, "reason": "550 5.1.1", "status": "5.1.1"}]), since("2015-09-30T22:12:05Z"))]
#[case::invalid(Whose::SendGrid, INVALID,
    json!([{"created": 1454433146, "email": ANN, "reason": "Mail domain is unknown"}]), since("2016-02-02T17:12:26Z"))]
#[case::spam(Whose::SendGrid, SPAM, json!([{"created": 1454433146, "email": ANN, "ip": "10.89.32.5"}]), since("2016-02-02T17:12:26Z"))]
#[case::unsubscribed(Whose::SendGrid, GLOBAL, json!({"recipient_email": ANN}), Some(None))]
#[case::somebody_else(Whose::SendGrid, BOUNCES, json!([{"created": 1, "email": "bob@shop.acme.com"}]), None)]
#[case::second_of_two(Whose::Both, GLOBAL, json!({"recipient_email": ANN}), Some(None))]
#[tokio::test]
async fn only_what_stops_transactional_mail_counts(
    #[case] whose: Whose,
    #[case] path: &str,
    #[case] body: Value,
    #[case] suppressed: Option<Option<jiff::Timestamp>>,
) {
    judged_by_the_contract(path, &body);
    let (server, clock) = (Suppressing::start(), Arc::new(ManualClock::new()));
    server.holds(path, body);
    let providers = providers(&server, whose, KEY, &clock);
    let expected = |since| Listed::Suppressed { since, at: invite_guard::domain::Clock::now(&*clock) };
    let listed = providers.listed(&Address::new(ANN)).await;
    assert_eq!(listed, suppressed.map_or(Listed::NotListed, expected));
    let calls = server.asked().len();
    assert_eq!(providers.listed(&Address::new(ANN)).await, listed);
    assert_eq!(server.asked().len(), calls, "known for an hour");
    assert!(server.asked().iter().all(|path| !path.contains("/blocks/")), "blocks do not stop later mail");
}

#[rstest]
#[case(Trouble::Status(401), Gap::Forbidden)]
#[case(Trouble::Status(403), Gap::Forbidden)]
#[case(Trouble::Status(429), Gap::Unavailable)]
#[case(Trouble::Status(500), Gap::Unavailable)]
#[case(Trouble::Status(503), Gap::Unavailable)]
#[case(Trouble::Status(400), Gap::Unavailable)]
#[case(Trouble::Html, Gap::Unavailable)]
#[case(Trouble::WrongShape, Gap::Unavailable)]
#[case(Trouble::Cut, Gap::Unavailable)]
#[tokio::test]
async fn every_other_answer_is_a_gap_and_the_provider_is_left_alone_for_a_while(
    #[values(Whose::SparkPost, Whose::SendGrid)] whose: Whose,
    #[case] trouble: Trouble,
    #[case] gap: Gap,
) {
    let (server, clock) = (Suppressing::start(), Arc::new(ManualClock::new()));
    let providers = providers(&server, whose, KEY, &clock);
    server.trouble(Some(trouble));
    let listed = providers.listed(&Address::new(ANN)).await;
    assert!(matches!(listed, Listed::Gap(found, _) if found == gap), "{trouble:?}: {listed:?}");
    let calls = server.asked().len();
    let _ = providers.listed(&Address::new("bob@shop.acme.com")).await;
    let about_one = matches!(trouble, Trouble::Status(400) | Trouble::WrongShape);
    assert_eq!(
        server.asked().len() > calls,
        about_one,
        "{trouble:?}: left alone unless it is about this address alone"
    );
    server.trouble(None);
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(providers.listed(&Address::new(ANN)).await, Listed::NotListed, "asked anew");
}

#[tokio::test]
async fn a_wrong_key_is_a_missing_right_and_is_never_shown() {
    let (server, clock) = (Suppressing::start(), Arc::new(ManualClock::new()));
    let providers = providers(&server, Whose::SendGrid, "another-secret", &clock);
    assert!(matches!(providers.listed(&Address::new(ANN)).await, Listed::Gap(Gap::Forbidden, _)));
    assert!(!format!("{providers:?}").contains("another-secret"));
    let nobody = Providers::new(Client::new(&[]).expect("a client"), clock, None, None);
    assert_eq!(nobody.listed(&Address::new(ANN)).await, Listed::Gap(Gap::NotExposed, None));
}

/// What the tests' server answers is what the provider's own specification allows.
fn judged_by_the_contract(path: &str, body: &Value) {
    let Some(folder) = contracts() else { return };
    if path.starts_with("/api/v1/") {
        let text = std::fs::read_to_string(folder.join("sparkpost-suppression-list.apib")).expect("the reference");
        let fields = body["results"][0].as_object().expect("an entry").keys();
        assert!(fields.into_iter().all(|field| text.contains(&format!("\"{field}\""))), "{body}");
        return;
    }
    let template = path.replace("ann%2Bjira%40shop.acme.com", "{email}");
    let text = std::fs::read_to_string(folder.join("sendgrid-suppressions.openapi.json")).expect("the specification");
    let spec: Value = serde_json::from_str(&text).expect("JSON");
    let get = &spec["paths"][&template]["get"];
    if path.is_empty() {
        return;
    }
    let mut schema = get["responses"]["200"]["content"]["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{template} is not in the specification");
    schema["components"] = spec["components"].clone();
    let judge = jsonschema::validator_for(&schema).expect("a schema");
    if path == BOUNCES && body[0]["reason"].is_null() {
        return; // another person's entry, cut short
    }
    assert!(judge.is_valid(body), "{template}: {body}");
}
