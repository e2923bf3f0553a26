//! Fragments and frame pages as a browser gets them, state by state, without a browser.
//! Does not know tokens and rights; the doors' tests hold those.

pub(crate) mod markup;
mod organisation;
mod settings;
mod site;
mod states;

use diagnosis::{Moment, Sheet, Via, diagnose, diagnose_project, scenarios::REGISTRY};
use invite_guard::domain::case::{Case, CaseState};
use invite_guard::domain::project::{Canary, CommentMode, Project, Settings};
use invite_guard::domain::roster::{AddBatch, PassGap, Unread};
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use invite_guard::web::panel::{Fragment, May, Names, Passed, ProjectHealth, RequestPanel, health, issue};
use invite_guard::words::Words;
use jiff::Timestamp;

pub(crate) const ADMIN: &str = "5b10a2844c20165700ede21g";
pub(crate) const AGENT: &str = "5b109f2e9729b51b54dc274d";
const HOSTILE: &str = "</textarea><script>alert(1)</script>\" onclick=\"x\" style='y'";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The facts of one fixture.
fn facts(file: &str) -> Sheet {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let fixture: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    serde_json::from_value(fixture["facts"].clone()).expect("facts")
}

/// A case as judged from a fixture's facts.
fn case(account: &str, file: &str, minute: i8) -> Case {
    let added =
        Moment { not_before: at("2026-11-23T09:30:00Z"), not_after: at(&format!("2026-11-23T09:{minute:02}:12Z")) };
    let account = AccountId(account.to_owned());
    let mut case = Case::noticed(TenantId(1), ProjectId(10001), account, added, Via::Role, false);
    let sheet = facts(file);
    let diagnosis = diagnose(&REGISTRY, sheet.facts());
    case.observe(&diagnosis, sheet.person.route(), at("2026-11-23T09:41:00Z"));
    case.revision = 1;
    case
}

fn project() -> Project {
    Project {
        id: ProjectId(10001),
        key: "SUP".to_owned(),
        settings: Settings::default(),
        canary: Canary::Untried,
        canary_at: None,
        missing: Vec::new(),
        summary_hash: None,
        last_pass: Some(at("2026-11-23T09:00:00Z")),
        seeded_at: Some(at("2026-11-20T08:00:00Z")),
    }
}

/// A page about a project whose switches are as in that fixture.
fn page_of(file: &str, cases: Vec<Case>) -> ProjectHealth {
    let sheet = facts(file);
    ProjectHealth {
        project: project(),
        space: "Support".to_owned(),
        site: "example.atlassian.net".to_owned(),
        base_url: "https://example.atlassian.net/".to_owned(),
        portal: Some("https://example.atlassian.net/servicedesk/customer/portal/1".to_owned()),
        diagnosis: diagnose_project(&REGISTRY, &sheet.site, &sheet.project),
        checked_at: at("2026-11-23T09:41:30Z"),
        cases,
        names: names("Maria Muster"),
        may: May { administer_project: true, administer_jira: true },
        passed: Passed::default(),
    }
}

fn names(of_first: &str) -> Names {
    let list = [("qm:1:a", of_first), ("qm:1:b", "Bo Beispiel"), (ADMIN, "Alex Admin"), (AGENT, "Anna Agent")];
    Names(list.into_iter().map(|(account, name)| (account.to_owned(), name.to_owned())).collect())
}

fn panel_of(case: Option<Case>) -> RequestPanel {
    RequestPanel {
        request: "SUP-7".to_owned(),
        key: "SUP".to_owned(),
        space: "Support".to_owned(),
        site: "example.atlassian.net".to_owned(),
        base_url: "https://example.atlassian.net/".to_owned(),
        portal: Some("https://example.atlassian.net/servicedesk/customer/portal/1".to_owned()),
        case,
        names: names("Maria Muster"),
        may: May::default(),
    }
}

/// Every state of every surface, by name.
pub(crate) fn all_states() -> Vec<(&'static str, Fragment)> {
    let words = Words::for_locale("en");
    let page = |health: ProjectHealth| health::render(&health, &words).expect("the page renders");
    let panel = |panel: RequestPanel| issue::render(&panel, &words).expect("the panel renders");
    let automation = || case("qm:1:a", "created_by_automation/blocks.json", 38);
    let existing = || case("qm:1:b", "existing_customer/blocks_by_audit.json", 36);
    let mut commenting = page_of("notification_disabled/clears.json", Vec::new());
    commenting.project.settings.comment_mode = CommentMode::Request;
    commenting.project.canary = Canary::Public;
    commenting.project.missing = vec!["SERVICEDESK_AGENT".to_owned()];
    let mut looking_on = page_of("outgoing_mail_disabled/unknown.json", vec![existing()]);
    looking_on.may = May::default();
    let mut first = page_of("outgoing_mail_disabled/unknown.json", Vec::new());
    first.project.last_pass = None;
    first.project.seeded_at = None;
    let mut passed = page_of("notification_disabled/clears.json", Vec::new());
    let since = at("2026-11-22T08:00:00Z");
    passed.passed = Passed {
        gaps: vec![
            PassGap { via: Via::Role, why: Unread::TooLarge, at: since },
            PassGap { via: Via::Organisation, why: Unread::Forbidden, at: since },
            PassGap { via: Via::ListOnly, why: Unread::Unavailable, at: since },
        ],
        batches: vec![
            AddBatch {
                via: Via::Role,
                at: since,
                people: 230,
                causes: vec![("existing_customer".to_owned(), 180), ("notification_disabled".to_owned(), 50)],
            },
            AddBatch { via: Via::Organisation, at: since, people: 61, causes: Vec::new() },
        ],
    };
    let mut handled = automation();
    handled.end(CaseState::Handled, at("2026-11-23T10:00:00Z"));
    let unseen = Case::noticed(
        TenantId(1),
        ProjectId(10001),
        AccountId("qm:1:z".to_owned()),
        Moment::at(at("2026-11-23T09:40:00Z")),
        Via::Role,
        false,
    );
    vec![
        ("page-first-look", page(first)),
        ("page-clear", page(page_of("notification_disabled/clears.json", Vec::new()))),
        ("page-people", page(page_of("notification_disabled/clears.json", vec![automation(), existing(), unseen]))),
        (
            "page-project-blocks",
            page(page_of(
                "notification_disabled/blocks.json",
                vec![case("qm:1:a", "notification_disabled/blocks.json", 38), existing(), handled.clone()],
            )),
        ),
        ("page-site-blocks", page(page_of("outgoing_mail_disabled/blocks.json", Vec::new()))),
        ("page-site-was-off", {
            let missed = case("qm:1:a", "outgoing_mail_disabled/blocks.json", 38);
            page(page_of("notification_disabled/clears.json", vec![missed]))
        }),
        ("page-unknown-and-may-not-answer", page(looking_on)),
        ("page-never-told", page(page_of("outgoing_mail_disabled/unknown_not_exposed.json", Vec::new()))),
        ("page-comments-refused", page(commenting)),
        ("page-passes", page(passed)),
        ("panel-blocked", panel(panel_of(Some(automation())))),
        ("panel-may-be", panel(panel_of(Some(case("qm:1:a", "existing_customer/blocks_likely.json", 38))))),
        ("panel-unknown", panel(panel_of(Some(case("qm:1:a", "outgoing_mail_disabled/unknown.json", 38))))),
        ("panel-handled", panel(panel_of(Some(handled)))),
        ("panel-nobody", panel(panel_of(None))),
    ]
    .into_iter()
    .chain(organisation::states())
    .chain(settings::states())
    .chain(site::states())
    .collect()
}
