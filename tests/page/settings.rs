//! The settings screen, state by state: nothing set yet, everything set, seen by an agent, hostile words.
//! Knows no other screen.

use super::{ADMIN, HOSTILE, at, names, project};
use diagnosis::{FactKey, Source};
use invite_guard::domain::history::Line;
use invite_guard::domain::ingest::{IngestSecret, SecretHash};
use invite_guard::domain::project::{Canary, CommentMode, OnPurpose};
use invite_guard::domain::trail::{Deed, Entry};
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use invite_guard::web::panel::{Fragment, ProjectSettings, settings};
use invite_guard::words::Words;
use serde_json::{Value, json};

fn empty() -> ProjectSettings {
    ProjectSettings {
        project: project(),
        space: "Support".to_owned(),
        site: "example.atlassian.net".to_owned(),
        may: true,
        now: at("2026-11-23T09:41:30Z"),
        lines: Vec::new(),
        secrets: Vec::new(),
        retention_days: 21,
        trail: Vec::new(),
        names: names("Maria Muster"),
    }
}

fn person(id: &str) -> AccountId {
    AccountId(id.to_owned())
}

/// Something that an admin said, or that a file told.
pub(super) fn line(key: FactKey, value: Value, source: Source, when: &str) -> Line {
    let (project, by) = (Some(ProjectId(10001)), Some(ADMIN.to_owned()));
    Line { key, project, value, before: None, source, since: None, observed_at: at(when), by }
}

/// An entry of every deed.
pub(super) fn trail() -> Vec<Entry> {
    let entry = |what| Entry::new(Some(ProjectId(10001)), at("2026-11-22T10:00:00Z"), person(ADMIN), what);
    let mut all: Vec<Entry> = Deed::ALL.into_iter().map(entry).collect();
    for entry in &mut all {
        let was = entry.clone();
        *entry = match was.what {
            Deed::SettingsChanged => was.with("commentMode", "request").with("retentionDays", 30_u64),
            Deed::Statement => was.with("fact", "invite_notification_on").with("value", false),
            Deed::Import => was.with("kind", "automation").with("read", 12_u64).with("silent", 1_u64),
            Deed::Check => was.with("addresses", 500_u64),
            Deed::Selftest => was.with("statements", 1_u64),
            Deed::OnPurpose => was.with("onPurpose", 0_u64),
            _ => was,
        };
    }
    let log = entry(Deed::Import).with("kind", "notification_log").with("read", 3_u64).with("kept", 2_u64);
    all.push(log);
    all
}

fn mark(scenario: &str, until: Option<&str>, why: &str) -> OnPurpose {
    OnPurpose { scenario: scenario.to_owned(), by: person(ADMIN), why: why.to_owned(), until: until.map(at) }
}

fn full() -> ProjectSettings {
    let secret = |id: &str, used: Option<&str>| IngestSecret {
        id: id.to_owned(),
        tenant: TenantId(1),
        project: ProjectId(10001),
        hash: SecretHash::OF_NOTHING,
        created_at: at("2026-11-21T09:00:00Z"),
        created_by: person(ADMIN),
        last_used_at: used.map(at),
    };
    let mut full = empty();
    full.project.settings.comment_mode = CommentMode::Request;
    full.project.canary = Canary::Internal;
    full.project.settings.on_purpose = vec![
        mark("notification_disabled", None, "Internal pilot"),
        mark("created_by_api", Some("2026-12-31T00:00:00Z"), "Our portal mails them"),
        mark("existing_customer", Some("2026-11-20T00:00:00Z"), "The move in November"),
    ];
    full.lines = vec![
        line(FactKey::InviteNotificationOn, json!(true), Source::AdminStatement, "2026-09-01T08:00:00Z"),
        line(FactKey::InviteNotificationOn, json!(false), Source::AuditLog, "2026-11-22T08:00:00Z"),
        line(FactKey::WrongDoor, json!(false), Source::AdminStatement, "2026-11-20T08:00:00Z"),
        line(FactKey::SilentRule, json!(true), Source::ImportedFile, "2026-11-22T08:00:00Z"),
    ];
    full.secrets = vec![secret("hW1k-used", Some("2026-11-23T09:00:00Z")), secret("hW1k-idle", None)];
    full.trail = trail();
    full
}

fn hostile() -> ProjectSettings {
    let mut hostile = full();
    hostile.names.0.values_mut().for_each(|name| *name = HOSTILE.to_owned());
    hostile.space = HOSTILE.to_owned();
    hostile.project.key = HOSTILE.to_owned();
    hostile.project.settings.on_purpose = vec![mark(HOSTILE, None, HOSTILE), mark("wrong_door", None, HOSTILE)];
    hostile
}

fn rendered(settings: &ProjectSettings) -> Fragment {
    settings::render(settings, &Words::for_locale("en")).expect("the settings render")
}

pub(super) fn states() -> Vec<(&'static str, Fragment)> {
    let mut reading = full();
    reading.may = false;
    reading.secrets = Vec::new();
    vec![
        ("settings-first", rendered(&empty())),
        ("settings-full", rendered(&full())),
        ("settings-reading", rendered(&reading)),
        ("settings-hostile", rendered(&hostile())),
    ]
}

#[test]
fn who_may_not_change_gets_no_control() {
    let mut reading = full();
    reading.may = false;
    let html = rendered(&reading).html;
    for control in ["data-action=\"post\"", "data-action=\"send\"", "<form", "<input", "data-action=\"make\""] {
        assert!(!html.contains(control), "an agent reads and changes nothing, yet there is {control}");
    }
    assert!(html.contains("aria-disabled=\"true\""), "the choice about comments is shown as it stands");
}

#[test]
fn ending_a_mark_puts_back_the_others_that_still_count() {
    let html = rendered(&full()).html.replace("&#34;", "\"");
    let bodies: Vec<Value> = html
        .split("data-body=\"")
        .skip(1)
        .filter_map(|rest| rest.split("\" data-done").next())
        .filter_map(|body| serde_json::from_str(body).ok())
        .filter(|body: &Value| body.get("onPurpose").is_some())
        .collect();
    let kept = |body: &Value| -> Vec<String> {
        let marks = body["onPurpose"].as_array().expect("a list");
        marks.iter().filter_map(|mark| mark["scenario"].as_str()).map(str::to_owned).collect()
    };
    let expected = [
        vec!["created_by_api"],
        vec!["notification_disabled"],
        vec!["notification_disabled", "created_by_api"],
        vec!["notification_disabled", "created_by_api"],
    ];
    assert_eq!(bodies.iter().map(kept).collect::<Vec<_>>(), expected, "one body per mark, and the form's: {bodies:?}");
    assert_eq!(
        bodies[1]["onPurpose"][0]["why"], "Internal pilot",
        "a mark goes back as it was, so it keeps its author"
    );
}

#[test]
fn a_secret_is_never_shown_again() {
    let html = rendered(&full()).html;
    assert!(html.contains("/ingest-secrets/hW1k-used"), "deleted by its public half");
    assert!(!html.contains("SecretHash"), "no hash either");
}
