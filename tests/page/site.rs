//! The site's page, state by state: first look, something blocks, everything clear, sources that need somebody, hostile names.
//! Knows no other screen.

use super::settings::{line, trail};
use super::{ADMIN, HOSTILE, at, facts, names};
use diagnosis::{Arg, Diagnosis, FactKey, Level, ProjectFacts, Source, Text, diagnose_project, scenarios::REGISTRY};
use invite_guard::domain::calibration::{Calibration, CalibrationState};
use invite_guard::domain::history::Line;
use invite_guard::domain::{AccountId, ProjectId};
use invite_guard::examine::{SelfTest, SourceReport, SourceState};
use invite_guard::web::panel::{Fragment, SiteOverview, SiteProject, site};
use invite_guard::words::Words;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn source(source: Source, state: SourceState, sees: &[FactKey], why: &str) -> SourceReport {
    let args = vec![("since".to_owned(), Arg::When(at("2026-11-20T08:00:00Z")))];
    SourceReport { source, state, sees: sees.to_vec(), why: Text { id: why.to_owned(), args }, trouble: None }
}

/// The site's causes as in that fixture.
fn of_site(file: &str) -> Diagnosis {
    let mut diagnosis = diagnose_project(&REGISTRY, &facts(file).site, &ProjectFacts::unasked());
    diagnosis.findings.retain(|finding| finding.scenario.level == Level::Site);
    diagnosis
}

fn project(id: i64, name: &str, file: &str, counts: &[(&str, u64)]) -> SiteProject {
    let sheet = facts(file);
    SiteProject {
        id: ProjectId(id),
        key: format!("P{id}"),
        name: name.to_owned(),
        diagnosis: diagnose_project(&REGISTRY, &sheet.site, &sheet.project),
        counts: counts.iter().map(|(slug, count)| ((*slug).to_owned(), *count)).collect::<BTreeMap<_, _>>(),
    }
}

fn empty() -> SiteOverview {
    let off = |one, why: &str| source(one, SourceState::Unavailable, &[], why);
    SiteOverview {
        site: "example.atlassian.net".to_owned(),
        base_url: "https://example.atlassian.net".to_owned(),
        diagnosis: of_site("outgoing_mail_disabled/unknown.json"),
        checked_at: at("2026-11-23T09:41:30Z"),
        seen: SelfTest {
            sources: vec![
                off(Source::JiraRest, "selftest-why-jira_rest-no-project"),
                off(Source::AuditLog, "selftest-why-audit_log-forbidden"),
                off(Source::MailProbe, "selftest-why-mail_probe-off"),
            ],
            probe_stopped: None,
        },
        calibrations: Vec::new(),
        projects: Vec::new(),
        left_out: 0,
        lines: Vec::new(),
        trail: Vec::new(),
        names: names("Maria Muster"),
        now: at("2026-11-23T09:41:30Z"),
    }
}

fn clear() -> SiteOverview {
    let mut clear = empty();
    clear.diagnosis = of_site("notification_disabled/clears.json");
    clear.projects = vec![project(10001, "Support", "notification_disabled/clears.json", &[])];
    clear.seen.sources = vec![source(Source::JiraRest, SourceState::Proven, &[], "selftest-why-itself")];
    clear
}

fn said(key: FactKey, value: Value) -> Line {
    Line { project: None, ..line(key, value, Source::AdminStatement, "2026-11-20T08:00:00Z") }
}

fn full() -> SiteOverview {
    let calibration = |source, state, by: Option<&str>| Calibration {
        source,
        state,
        since: at("2026-11-20T08:00:00Z"),
        by: by.map(|by| AccountId(by.to_owned())),
        stopped_at: None,
    };
    let mut full = empty();
    full.diagnosis = of_site("outgoing_mail_disabled/blocks.json");
    full.projects = vec![
        project(
            10001,
            "Support",
            "notification_disabled/blocks.json",
            &[("notification_disabled", 3), ("existing_customer", 1), ("a_cause_of_tomorrow", 2)],
        ),
        project(10002, "Facilities", "notification_disabled/unknown.json", &[]),
        project(10003, "Legal", "notification_disabled/clears.json", &[]),
    ];
    full.left_out = 2;
    let (mail, toggle) = (&[FactKey::OutgoingMailOn], &[FactKey::InviteNotificationOn]);
    full.seen.sources = vec![
        source(
            Source::JiraRest,
            SourceState::Proven,
            &[FactKey::AccountKind, FactKey::AddedVia],
            "selftest-why-itself",
        ),
        source(Source::MailProbe, SourceState::Proven, mail, "selftest-why-agreed"),
        source(Source::JiraInternal, SourceState::Refuted, toggle, "selftest-why-differed"),
        source(Source::Dns, SourceState::Unproven, &[FactKey::AddressDomainMail], "selftest-why-untried"),
    ];
    full.calibrations = vec![
        calibration(Source::MailProbe, CalibrationState::Proven, Some(ADMIN)),
        calibration(Source::JiraInternal, CalibrationState::Refuted, None),
    ];
    full.lines = vec![
        said(FactKey::OutgoingMailOn, json!(false)),
        said(FactKey::PortalOnlyAccountsAllowed, json!(true)),
        said(FactKey::AllowedDomains, json!(["a.example", "b.example"])),
    ];
    full.trail = trail();
    full
}

fn stopped() -> SiteOverview {
    let mut stopped = clear();
    stopped.seen.probe_stopped = Some(at("2026-11-20T08:00:00Z"));
    stopped.seen.sources = vec![source(Source::MailProbe, SourceState::Unavailable, &[], "selftest-why-stopped")];
    stopped
}

fn hostile() -> SiteOverview {
    let mut hostile = full();
    hostile.names.0.values_mut().for_each(|name| *name = HOSTILE.to_owned());
    for project in &mut hostile.projects {
        project.name = HOSTILE.to_owned();
        project.key = HOSTILE.to_owned();
    }
    hostile.lines = vec![said(FactKey::AllowedDomains, json!([HOSTILE]))];
    hostile
}

fn rendered(overview: &SiteOverview) -> Fragment {
    site::render(overview, &Words::for_locale("en")).expect("the page renders")
}

pub(super) fn states() -> Vec<(&'static str, Fragment)> {
    vec![
        ("site-first", rendered(&empty())),
        ("site-clear", rendered(&clear())),
        ("site-full", rendered(&full())),
        ("site-stopped", rendered(&stopped())),
        ("site-hostile", rendered(&hostile())),
    ]
}

#[test]
fn only_what_can_be_compared_offers_it() {
    let html = rendered(&full()).html;
    let of = |name: &str| {
        let part = html.split(&format!("data-source=\"{name}\"")).nth(1).expect("the source is there");
        part.split("data-source=").next().unwrap_or(part).matches("data-action=\"test\"").count()
    };
    assert_eq!((of("mail_probe"), of("jira_internal"), of("jira_rest"), of("dns")), (2, 2, 0, 0));
    for off in [empty(), stopped()] {
        let html = rendered(&off).html;
        assert_eq!(
            html.matches("data-action=\"test\"").count(),
            1,
            "what is off has nothing to compare: the one button"
        );
    }
}

#[test]
fn a_gap_is_never_told_as_clear() {
    let unsure = rendered(&empty()).html;
    assert!(!unsure.contains("Nothing we can check blocks"), "no project seen and mail unknown is not clear");
    let mut unknown = clear();
    unknown.diagnosis = of_site("outgoing_mail_disabled/unknown.json");
    assert!(rendered(&unknown).html.contains("We can’t tell yet whether"), "a switch that nobody knows");
    let mut one = clear();
    one.projects.push(project(10002, "Facilities", "notification_disabled/unknown.json", &[]));
    assert!(rendered(&one).html.contains("We can’t tell yet whether"), "a project whose switch nobody knows");
}
