//! Uploaded files and words about one person: read, answered, and nothing of them kept that could be read.
//! Knows no verdict; see `examine::suppression`.

use super::given::{account, bench, invited, notification_off, stored, unasked};
use crate::connect::bench::Bench;
use invite_guard::domain::case::CaseState;
use invite_guard_sandbox::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};

const EXPORT: &str = include_str!("../../crates/imports/tests/fixtures/automation/cloud-export.json");

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body))
}

async fn upload(bench: &Bench, person: &str, to: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Answer {
    let mut request = bench.request(person, "POST", &bench.api(&format!("/imports/{to}")), Some(body.into()));
    request.without("Content-Type");
    for (name, value) in headers {
        request.header(name, value);
    }
    bench.exchange(request).await
}

const CSV: &[(&str, &str)] = &[("Content-Type", "text/csv; charset=utf-8")];

/// Everything on disk, as bytes.
fn disk(bench: &Bench) -> Vec<u8> {
    let file = invite_guard::store::sqlite_file(&bench.database).expect("a file");
    let folder = file.parent().expect("a folder").read_dir().expect("a folder");
    folder.flat_map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a file")).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

#[tokio::test]
async fn a_log_is_answered_by_reason_and_kept_as_marks_alone() {
    let bench = bench().await;
    let admin = bench.project_admin();
    stored(&bench, "open", 0, &notification_off(), None).await;
    stored(&bench, "clear", 10, &invited(), None).await;
    stored(&bench, "undecided", 20, &unasked(), None).await;
    stored(&bench, "over", 30, &notification_off(), Some(CaseState::Handled)).await;
    let log = "Date and time,Recipient,Details\n\
        2026-11-20 10:00,Ann@Secretive.example,Email address is blocked\n\
        20/11/2026 11:00,bob@secretive.example,Email address is blocked\n\
        2026-11-20 12:00,bob@secretive.example,The email address was unblocked\n\
        2026-11-20 13:00,cid@secretive.example,Internal error\n\
        2026-11-20 14:00,Dan Secretive,Email address is blocked\n\
        yesterday,eve@secretive.example,Blocked\n\
        2026-05-20 10:00,fay@secretive.example,Blocked half a year ago\n";
    let answer = upload(&bench, &admin, "notification-log", CSV, log).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = read(&answer);
    assert_eq!(told["read"], 7);
    let reasons: Vec<_> =
        told["findings"].as_array().expect("a list").iter().map(|f| (&f["reason"], &f["count"])).collect();
    let expected = [("blocked", 3), ("internal_error", 1), ("unblocked", 1)].map(|(r, n)| (json!(r), json!(n)));
    assert_eq!(reasons, expected.each_ref().map(|(r, n)| (r, n)));
    assert_eq!(told["findings"][1]["statement"], "One mail failed by an internal error; sending it again may work.");
    let skipped: Vec<_> = told["skipped"].as_array().expect("a list").iter().map(|s| s["where"].clone()).collect();
    assert_eq!(skipped, ["line 6", "line 7"]);
    assert!(told["skipped"].to_string().contains("is no date"), "{told}");
    assert!(!answer.body.to_lowercase().contains("secretive"), "an answer repeats nobody: {}", answer.body);

    let bytes = disk(&bench);
    assert!(!holds(&bytes, "secretive"), "an address, or a part of it, is on disk");
    assert!(holds(&bytes, "invitation_blocked"), "what is kept is on disk, or this test looks at nothing");
    let tenant = bench.installed_tenant().await.id;
    assert_eq!(bench.store.has_marks(tenant).await, Ok(true));

    let work = bench.queued_work().await;
    let mut again: Vec<_> = work.iter().map(|work| work["account"].as_str().expect("an id").to_owned()).collect();
    again.sort();
    assert_eq!(
        again,
        ["clear", "open", "undecided"].map(|name| account(name).0),
        "whoever is not over is judged again"
    );
    assert!(work.iter().all(|work| work["do"] == "examine" && work["quiet"] == true), "{work:?}");
    let trail = read(&bench.get(&bench.agent(), &bench.api("/trail")).await);
    assert_eq!(trail["items"][0]["what"], "import");
    assert_eq!(trail["items"][0]["detail"], json!({"kind": "notification_log", "read": 7, "kept": 3}));
}

#[tokio::test]
async fn rules_are_judged_for_whoever_brings_them_and_only_a_yes_or_no_is_kept() {
    let bench = bench().await;
    let admin = bench.project_admin();
    let json = &[("Content-Type", "application/json")];
    let mut export: Value = serde_json::from_str(EXPORT).expect("JSON");
    // The first rule adds a customer and mails them in its second step, which is taken away.
    export["rules"][0]["components"].as_array_mut().expect("steps").truncate(1);
    let answer = upload(&bench, &admin, "automation", json, export.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = read(&answer);
    assert_eq!(told["findings"][0]["rule"], "Add customer from request");
    assert!(
        told["findings"][0]["path"][0]["type"].is_string() && told["findings"][0]["statement"].is_string(),
        "{told}"
    );
    assert!(!told["findings"].to_string().contains("Disabled, still adds"), "a disabled rule does not count: {told}");
    let tenant = bench.installed_tenant().await.id;
    let kept = || async {
        let lines = bench.store.lines(tenant, Some(bench.project_id())).await.expect("the store answers");
        lines.into_iter().map(|line| (line.key.name(), line.value, line.by)).collect::<Vec<_>>()
    };
    assert_eq!(kept().await, [("silent_rule", json!(true), Some(admin.clone()))]);
    assert!(!holds(&disk(&bench), "Add customer from request"), "a rule's name is the uploader's alone");
    bench.clock.forward(SignedDuration::from_mins(1));
    let nobody = json!({"rules": [{"name": "r", "state": "ENABLED", "trigger": {"component": "TRIGGER",
        "type": "jira.issue.event.trigger:created"}, "components": []}]});
    let answer = upload(&bench, &admin, "automation", json, nobody.to_string()).await;
    assert_eq!((answer.status, read(&answer)["findings"].clone()), (200, json!([])), "{}", answer.body);
    assert_eq!(kept().await[1].1, Value::Null, "rules that add nobody say nothing about who adds here");
}

#[tokio::test]
async fn what_is_no_such_file_changes_nothing() {
    let bench = bench().await;
    let admin = bench.project_admin();
    let row = "2026-11-20 10:00,ann@secretive.example,Blocked\n";
    for (headers, body, status) in [
        (&[("Content-Type", "application/zip")][..], row.to_owned(), 415),
        (&[("Content-Type", "multipart/form-data; boundary=x")], row.to_owned(), 415),
        (&[], row.to_owned(), 415),
        (&[("Content-Type", "text/csv"), ("Content-Encoding", "gzip")], row.to_owned(), 415),
        (CSV, row.repeat(450_000), 413),
        (CSV, String::new(), 400),
        (CSV, "{}".to_owned(), 400),
        (CSV, "<html><p>Log in</p></html>".to_owned(), 400),
        (CSV, format!("{row}\0"), 400),
        (CSV, "PK\u{3}\u{4}".to_owned() + row, 400),
    ] {
        for to in ["notification-log", "automation"] {
            let answer = upload(&bench, &admin, to, headers, body.clone()).await;
            assert_eq!(answer.status, status, "{to} {headers:?}: {}", answer.body);
            assert!(!answer.body.contains("secretive"), "a refusal repeats nothing: {}", answer.body);
        }
    }
    let tenant = bench.installed_tenant().await.id;
    assert_eq!(bench.store.has_marks(tenant).await, Ok(false));
    assert_eq!(bench.store.lines(tenant, Some(bench.project_id())).await.expect("the store answers"), []);
    assert_eq!(bench.queued_work().await, [Value::Null; 0]);
    assert_eq!(upload(&bench, &bench.agent(), "notification-log", CSV, row).await.status, 403, "an agent may not");
}

#[tokio::test]
async fn an_admin_may_say_some_things_about_people_of_the_project() {
    let bench = bench().await;
    let (admin, path) = (bench.project_admin(), bench.api("/statements"));
    stored(&bench, "ann", 0, &unasked(), None).await;
    let (ann, stranger) = (account("ann").0, account("stranger").0);
    let say = async |body: Value| bench.call(&admin, "POST", &path, Some(body)).await;
    for (body, status) in [
        (json!({"fact": "address_suppressed", "accountId": stranger, "value": true}), 404),
        (json!({"fact": "address_suppressed", "accountId": "no id at all", "value": true}), 400),
        (json!({"fact": "address_suppressed", "accountId": ann, "value": "true"}), 400),
        (json!({"fact": "address_suppressed", "value": true}), 400),
        (json!({"fact": "added_via", "accountId": ann, "value": "pigeon"}), 400),
        (json!({"fact": "known_before", "accountId": ann, "value": true}), 400),
        (json!({"fact": "invite_notification_on", "accountId": ann, "value": true}), 400),
    ] {
        assert_eq!(say(body.clone()).await.status, status, "{body}");
    }
    assert_eq!(bench.queued_work().await, [Value::Null; 0], "nothing of that was kept");
    let said = json!({"fact": "address_suppressed", "accountId": ann, "value": true});
    let answer = say(said).await;
    assert_eq!((answer.status, &read(&answer)["accountId"]), (200, &json!(ann)), "{}", answer.body);
    let again = json!({"do": "examine", "project": bench.project_id(), "account": ann, "fresh": true, "quiet": false});
    assert_eq!(bench.queued_work().await, [again]);
    bench.clock.forward(SignedDuration::from_mins(1));
    assert_eq!(say(json!({"fact": "added_via", "accountId": ann, "value": "role"})).await.status, 200);
    bench.clock.forward(SignedDuration::from_mins(1));
    assert_eq!(say(json!({"fact": "invite_notification_on", "value": true})).await.status, 200);
    let listed = read(&bench.get(&admin, &path).await)["items"].clone();
    let facts: Vec<_> =
        listed.as_array().expect("a list").iter().map(|item| (&item["fact"], &item["accountId"])).collect();
    let expected = [
        (json!("invite_notification_on"), Value::Null),
        (json!("added_via"), json!(ann)),
        (json!("address_suppressed"), json!(ann)),
    ];
    assert_eq!(facts, expected.each_ref().map(|(fact, about)| (fact, about)), "the newest first: {listed}");
    let site = json!({"fact": "outgoing_mail_on", "accountId": ann, "value": true});
    let answer = bench.call(&bench.site.admin(), "POST", "/api/v1/site/statements", Some(site)).await;
    assert_eq!(answer.status, 400, "a fact of the whole site is about nobody");
}
