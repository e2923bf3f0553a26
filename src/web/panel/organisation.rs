//! The panel on an organisation's page: which of its members got no invitation to this project, why, and what an add here mails.
//! Knows no member beyond those and asks nobody: everything it shows is handed to it, names included.

use super::card::{self, Person, Place};
use super::fragment::{Fragment, Look, Names, Say};
use crate::domain::ProjectId;
use crate::domain::case::Case;
use crate::words::Words;
use askama::Template;
use diagnosis::{Confidence, Diagnosis, Finding, Gap, Overall, Ruling, Scenario, scenarios};

/// People named on the panel.
pub const SHOWN: usize = card::SHOWN;

/// What the panel is made of.
#[derive(Clone, Debug)]
pub struct OrganisationPanel {
    /// The project.
    pub project: ProjectId,
    /// Its key.
    pub key: String,
    /// Its name, fetched for this answer; its key where Jira tells none.
    pub space: String,
    /// Host of the site.
    pub site: String,
    /// Base URL of the site, for links into Jira.
    pub base_url: String,
    /// Address of the portal.
    pub portal: Option<String>,
    /// Findings about site and project now.
    pub diagnosis: Diagnosis,
    /// Open cases of the organisation's members in this project, newest add first.
    pub cases: Vec<Case>,
    /// Whether no such case can be missing.
    pub complete: bool,
    /// Why Jira did not tell the members.
    pub gap: Option<Gap>,
    /// Names of everybody who is mentioned.
    pub names: Names,
}

/// A panel changes with its cases; nobody stares at it, and each look asks Jira for the members.
const POLL_MS: u32 = 60_000;

#[derive(Template)]
#[template(path = "organisation.html")]
struct Panel<'a> {
    say: Say<'a>,
    look: Look,
    title: String,
    why: Option<String>,
    /// What blocks everybody who is added now.
    now: Option<(Look, String)>,
    causes: Vec<Cause>,
    people: Vec<Person>,
    more: Option<String>,
    copy: Option<String>,
    adding: Vec<String>,
}

/// How many members a cause kept from being invited.
struct Cause {
    look: Look,
    title: String,
    verdict: String,
}

/// Renders the panel.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn render(panel: &OrganisationPanel, words: &Words) -> Result<Fragment, askama::Error> {
    let say = Say(words);
    let place = Place {
        say,
        project: panel.project,
        key: &panel.key,
        space: &panel.space,
        site: &panel.site,
        base_url: &panel.base_url,
        portal: panel.portal.as_deref(),
        names: &panel.names,
    };
    let cases: Vec<&Case> = panel.cases.iter().collect();
    let (people, more) = card::people(&place, &cases);
    let (look, title, why) = headline(say, panel);
    let slots = [("space", panel.space.as_str()), ("site", panel.site.as_str())];
    let now = panel.diagnosis.primary();
    let page = Panel {
        say,
        look,
        title,
        why,
        now: now.map(|finding| (Look::of_severity(finding.scenario.severity), place.render(finding, None).title)),
        causes: causes(say, &panel.cases),
        people,
        more: (more > 0).then(|| say.count("organisation-more", more)),
        copy: (!panel.cases.is_empty()).then(|| copy(say, panel)),
        adding: ["new", "known", "spaces"].map(|id| say.with(&format!("organisation-adding-{id}"), &slots)).into(),
    };
    Ok(Fragment { title: say.t("page-title"), html: page.render()?, poll_ms: POLL_MS })
}

/// The answer in a sentence; that somebody is missing is said beside it.
fn headline(say: Say<'_>, panel: &OrganisationPanel) -> (Look, String, Option<String>) {
    let slots = [("space", panel.space.as_str())];
    let partly = || (!panel.complete).then(|| say.t("organisation-partly"));
    match (panel.cases.len(), panel.gap) {
        (0, Some(gap)) => (Look::UNKNOWN, say.t("organisation-unread"), Some(say.0.word(gap))),
        (0, None) if panel.complete => (Look::INFORMATION, say.with("organisation-nobody", &slots), None),
        (0, None) => (Look::UNKNOWN, say.with("organisation-nobody-so-far", &slots), partly()),
        (count, _) => {
            let sure = panel.cases.iter().all(Case::is_confirmed);
            let id = if sure { "organisation-some" } else { "organisation-some-maybe" };
            (Look::WARNING, say.count(id, count), partly())
        }
    }
}

/// What to write to them. While the site sends no mail the portal offers no new password.
fn copy(say: Say<'_>, panel: &OrganisationPanel) -> String {
    let stands = |finding: &Finding| finding.ruling == Ruling::Blocks;
    let off = |finding: &Finding| finding.scenario.slug == "outgoing_mail_disabled" && stands(finding);
    let Some(portal) = &panel.portal else {
        return say.with("missed-copy-without-portal", &[("space", &panel.space)]);
    };
    let mail_off = panel.diagnosis.findings.iter().any(off);
    let id = if mail_off { "missed-copy-without-password" } else { "missed-copy" };
    say.with(id, &[("space", &panel.space), ("portal", portal)])
}

/// Open cases by the cause that leads, worst first; the surest of them speaks for all.
fn causes(say: Say<'_>, cases: &[Case]) -> Vec<Cause> {
    let mut known: Vec<&Scenario> = scenarios::REGISTRY.iter().filter(|scenario| !scenario.note).collect();
    known.sort_by_key(|scenario| (scenario.level, scenario.severity));
    let one = |scenario: &Scenario| {
        let of_it = cases.iter().filter_map(Case::primary).filter(|standing| standing.scenario == scenario.slug);
        let confidences: Vec<Confidence> = of_it.map(|standing| standing.confidence).collect();
        let word = match confidences.iter().max()? {
            Confidence::Confirmed => Overall::Blocked,
            _ => Overall::MayBeBlocked,
        };
        Some(Cause {
            look: Look::of_severity(scenario.severity),
            title: say.count(&format!("page-people-{}", scenario.slug), confidences.len()),
            verdict: say.0.word(word),
        })
    };
    known.into_iter().filter_map(one).collect()
}
