//! The panel on an organisation's page: members without an invitation, nobody, a large one, one that cannot be read, hostile names.
//! Knows no other screen.

use super::{HOSTILE, case, facts, names};
use diagnosis::{Gap, diagnose_project, scenarios::REGISTRY};
use invite_guard::domain::ProjectId;
use invite_guard::domain::case::Case;
use invite_guard::web::panel::{Fragment, OrganisationPanel, organisation};
use invite_guard::words::Words;

fn of(file: &str, cases: Vec<Case>) -> OrganisationPanel {
    let sheet = facts(file);
    OrganisationPanel {
        project: ProjectId(10001),
        key: "SUP".to_owned(),
        space: "Support".to_owned(),
        site: "example.atlassian.net".to_owned(),
        base_url: "https://example.atlassian.net".to_owned(),
        portal: Some("https://example.atlassian.net/servicedesk/customer/portal/1".to_owned()),
        diagnosis: diagnose_project(&REGISTRY, &sheet.site, &sheet.project),
        cases,
        complete: true,
        gap: None,
        names: names("Maria Muster"),
    }
}

fn some() -> OrganisationPanel {
    let mut cases = vec![case("qm:1:a", "created_by_automation/blocks.json", 38)];
    cases.extend((0..6).map(|n| case(&format!("qm:1:more{n}"), "existing_customer/blocks_likely.json", 30)));
    of("notification_disabled/blocks.json", cases)
}

fn rendered(panel: &OrganisationPanel) -> Fragment {
    organisation::render(panel, &Words::for_locale("en")).expect("the panel renders")
}

pub(super) fn states() -> Vec<(&'static str, Fragment)> {
    let mut large = of("notification_disabled/clears.json", Vec::new());
    large.complete = false;
    let mut unread = large.clone();
    unread.gap = Some(Gap::Forbidden);
    let mut hostile = some();
    hostile.names.0.values_mut().for_each(|name| *name = HOSTILE.to_owned());
    hostile.space = HOSTILE.to_owned();
    hostile.portal = Some(format!("javascript:{HOSTILE}"));
    vec![
        ("organisation-some", rendered(&some())),
        ("organisation-nobody", rendered(&of("notification_disabled/clears.json", Vec::new()))),
        ("organisation-large", rendered(&large)),
        ("organisation-unread", rendered(&unread)),
        ("organisation-hostile", rendered(&hostile)),
    ]
}

#[test]
fn what_is_likely_is_not_told_as_sure() {
    let sure = of("notification_disabled/clears.json", vec![case("qm:1:a", "created_by_automation/blocks.json", 38)]);
    assert!(rendered(&sure).html.contains("One member of this organization got no invitation<"));
    let likely =
        of("notification_disabled/clears.json", vec![case("qm:1:a", "existing_customer/blocks_likely.json", 38)]);
    let html = rendered(&likely).html;
    assert!(html.contains("may have got no invitation") && !html.contains(">Blocked<"), "{html}");
}

#[test]
fn the_cure_that_cannot_work_is_not_in_the_text_to_send() {
    let cases = || vec![case("qm:1:a", "created_by_automation/blocks.json", 38)];
    let off = rendered(&of("outgoing_mail_disabled/blocks.json", cases())).html;
    assert!(!off.contains("Forgot your password"), "the portal hides that link while no mail is sent: {off}");
    assert!(rendered(&of("notification_disabled/clears.json", cases())).html.contains("Forgot your password"));
}
