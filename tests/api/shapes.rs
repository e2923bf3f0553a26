//! The JSON, word for word: one snapshot per state. A change here is a change of interface.md.
//! Knows no rights.

use super::given::{account, bench, case, invited, known_before, notification_off, stored, unasked};
use crate::connect::bench::Bench;
use diagnosis::{Fact, Origin, Source};
use invite_guard::domain::case::CaseState;
use invite_guard::domain::history::Line;
use serde_json::{Value, json};

/// Both doors answer word for word the same, so they share their snapshots.
macro_rules! shape {
    ($answer:expr) => {{
        let answer = $answer;
        insta::with_settings!({prepend_module_to_snapshot => false}, { insta::assert_json_snapshot!(answer) })
    }};
}

fn of(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap_or_else(|_| panic!("not JSON: {answer}"))
}

/// Ports differ from run to run; nothing else may.
fn steady(bench: &Bench, value: &Value) -> Value {
    let site = bench.site.base_url();
    let host = site.trim_start_matches("http://");
    of(&value
        .to_string()
        .replace(&site, "https://site.example")
        .replace(host, "site.example")
        .replace("127.0.0.1", "site.example"))
}

async fn report(bench: &Bench, name: &str) -> Value {
    let answer = bench.get(&bench.agent(), &bench.api(&format!("/customers/{}", account(name).0))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    steady(bench, &of(&answer.body))
}

#[tokio::test]
async fn report_open_by_the_project() {
    let bench = bench().await;
    stored(&bench, "a", 0, &notification_off(), None).await;
    shape!(report(&bench, "a").await);
}

#[tokio::test]
async fn report_open_by_the_site() {
    let bench = bench().await;
    let mut sheet = invited();
    let origin = Origin::new(Source::AdminStatement, super::given::at(50)).by("5f00000000000000000000a3");
    sheet.site.outgoing_mail_on = Fact::of(false, origin);
    stored(&bench, "a", 0, &sheet, None).await;
    shape!(report(&bench, "a").await);
}

#[tokio::test]
async fn report_open_likely() {
    let bench = bench().await;
    stored(&bench, "a", 0, &known_before(), None).await;
    shape!(report(&bench, "a").await);
}

#[tokio::test]
async fn report_unchecked() {
    let bench = bench().await;
    stored(&bench, "a", 0, &unasked(), None).await;
    shape!(report(&bench, "a").await);
}

#[tokio::test]
async fn report_clear() {
    let bench = bench().await;
    stored(&bench, "a", 0, &invited(), None).await;
    shape!(report(&bench, "a").await);
}

#[tokio::test]
async fn every_end_has_its_word() {
    let bench = bench().await;
    for (number, state) in
        [CaseState::GotIn, CaseState::Handled, CaseState::Expired, CaseState::OnPurpose].into_iter().enumerate()
    {
        let name = format!("ended-{number}");
        stored(&bench, &name, 0, &notification_off(), Some(state)).await;
        let report = report(&bench, &name).await;
        assert_eq!(report["state"], state.name());
        assert_eq!(report["overall"], "blocked", "what was found stays to be read");
    }
    let tenant = bench.installed_tenant().await.id;
    let mut resolved = case(&bench, tenant, "resolved", 0, &notification_off());
    let cured = diagnosis::diagnose(&diagnosis::scenarios::REGISTRY, invited().facts());
    resolved.observe(&cured, invited().person.route(), super::given::at(900));
    assert!(bench.store.save(&resolved).await.expect("the store answers"));
    assert_eq!(report(&bench, "resolved").await["state"], "resolved");
}

#[tokio::test]
async fn a_person_nobody_has_judged_yet_could_not_be_checked() {
    let bench = bench().await;
    let tenant = bench.installed_tenant().await.id;
    let fresh = case(&bench, tenant, "fresh", 0, &unasked());
    let fresh =
        invite_guard::domain::case::Case::noticed(tenant, fresh.project, fresh.account, fresh.added, fresh.via, false);
    assert!(bench.store.save(&fresh).await.expect("the store answers"));
    let report = report(&bench, "fresh").await;
    assert_eq!(
        (&report["overall"], &report["primary"], &report["findings"], &report["checkedAt"], &report["state"]),
        (&json!("could_not_check"), &Value::Null, &json!([]), &Value::Null, &json!("unchecked"))
    );
    assert_eq!(report["expectedMail"]["kind"], "unknown");
}

#[tokio::test]
async fn health_of_a_project() {
    let bench = bench().await;
    let tenant = bench.installed_tenant().await.id;
    stored(&bench, "a", 0, &known_before(), None).await;
    let line = |value: bool, second: i64, source: Source| Line {
        key: diagnosis::FactKey::InviteNotificationOn,
        project: Some(bench.project_id()),
        value: json!(value),
        before: (source == Source::AuditLog).then(|| json!(!value)),
        source,
        since: (source == Source::AuditLog).then(|| super::given::at(second)),
        observed_at: super::given::at(second + 10),
        by: Some("5f00000000000000000000a1".to_owned()),
    };
    let lines =
        [line(false, 0, Source::AuditLog), line(true, 500, Source::AuditLog), line(false, 900, Source::AdminStatement)];
    bench.store.record(tenant, &lines).await.expect("the store answers");
    let answer = bench.get(&bench.agent(), &bench.api("/health")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    shape!(steady(&bench, &of(&answer.body)));
}
