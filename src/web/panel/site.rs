//! The page for Jira admins: what stands in the way on the whole site, its projects worst first, what each source can see, the
//! self-test, and who did what.
//! Knows no customer and asks nobody: everything it shows is handed to it, names included.

use super::asked::{self, Asked};
use super::card::{self, Card, Place};
use super::fragment::{Fragment, Look, Names, Say};
use super::rich::{As, Rich, plain};
use super::trail::{self, Did};
use crate::domain::ProjectId;
use crate::domain::calibration::Calibration;
use crate::domain::history::Line;
use crate::domain::trail::Entry;
use crate::examine::SelfTest;
use crate::words::{RenderedLink, Value, Words};
use askama::Template;
use diagnosis::{Confidence, Diagnosis, FactKey, Finding, Overall, Ruling};
use jiff::Timestamp;
use std::collections::BTreeMap;

mod sources;

/// What the page is made of.
#[derive(Clone, Debug)]
pub struct SiteOverview {
    /// Host of the site.
    pub site: String,
    /// Base URL of the site, for links into Jira.
    pub base_url: String,
    /// Findings about the site now.
    pub diagnosis: Diagnosis,
    /// When they were made.
    pub checked_at: Timestamp,
    /// What each source can see.
    pub seen: SelfTest,
    /// What was compared here with an admin's word.
    pub calibrations: Vec<Calibration>,
    /// Projects, worst first.
    pub projects: Vec<SiteProject>,
    /// Projects beyond those.
    pub left_out: usize,
    /// The history of the site's facts.
    pub lines: Vec<Line>,
    /// Newest entries of the site's trail.
    pub trail: Vec<Entry>,
    /// Names of everybody who is mentioned.
    pub names: Names,
    /// When this is shown.
    pub now: Timestamp,
}

/// One project on it.
#[derive(Clone, Debug)]
pub struct SiteProject {
    /// Jira's id.
    pub id: ProjectId,
    /// Its key.
    pub key: String,
    /// Its name, fetched for this answer; its key where Jira tells none.
    pub name: String,
    /// Findings about site and project.
    pub diagnosis: Diagnosis,
    /// Open cases by cause.
    pub counts: BTreeMap<String, u64>,
}

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage<'a> {
    say: Say<'a>,
    title: String,
    sub: Rich,
    answer: Answer,
    alarm: Option<Rich>,
    cards: Vec<Card>,
    unknown: Vec<Unknown>,
    asked: Vec<Asked>,
    projects: Vec<Project>,
    more: Option<String>,
    sources: Vec<sources::Seen>,
    trail: Vec<Did>,
}

struct Answer {
    look: Look,
    title: String,
    why: String,
    switch: Option<RenderedLink>,
}

/// A cause of the site that could not be told, or a note about it.
struct Unknown {
    look: Look,
    title: String,
    why: Vec<String>,
    verdict: Option<String>,
}

struct Project {
    key: String,
    look: Look,
    link: RenderedLink,
    verdict: String,
    cause: Option<String>,
    /// Open cases by cause.
    people: Option<String>,
}

/// Renders the page.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn render(site: &SiteOverview, words: &Words) -> Result<Fragment, askama::Error> {
    let say = Say(words);
    let every = say.t("site-every-space");
    let place = of_site(say, site, &every);
    let path = "/api/v1/site/statements";
    let slots = [("site", site.site.as_str())];
    let asking = asked::Place { say, names: &site.names, path, may: true, now: site.now, slots: &slots };
    let facts = [FactKey::OutgoingMailOn, FactKey::PortalOnlyAccountsAllowed, FactKey::AllowedDomains];
    let page = SitePage {
        say,
        title: say.with("overview-title", &slots),
        sub: say.at("overview-sub", site.checked_at, As::Ago, &slots),
        answer: answer(&place, site),
        alarm: site.seen.probe_stopped.map(|since| say.at("overview-alarm-mail_probe", since, As::Date, &[])),
        cards: cards(&place, site),
        unknown: unknown(&place, site),
        asked: facts.map(|key| asking.asked(key, &site.lines)).into(),
        projects: site.projects.iter().map(|project| of_project(say, site, project)).collect(),
        more: (site.left_out > 0).then(|| say.count("site-note-projects-left-out", site.left_out)),
        sources: sources::seen(say, site),
        trail: trail::told(say, &site.names, &site.trail),
    };
    Ok(Fragment { title: page.title.clone(), html: page.render()?, poll_ms: 0 })
}

/// Where the site's own causes stand: in no project. What is asked of a project's admin is not asked here.
fn of_site<'a>(say: Say<'a>, site: &'a SiteOverview, every: &'a str) -> Place<'a> {
    Place {
        say,
        project: ProjectId(0),
        key: "",
        space: every,
        site: &site.site,
        base_url: &site.base_url,
        portal: None,
        names: &site.names,
    }
}

/// The answer in a sentence: the site's highest cause, else its worst projects, else what is not known.
fn answer(place: &Place<'_>, site: &SiteOverview) -> Answer {
    let say = place.say;
    let slots = [("site", site.site.as_str())];
    if let Some(finding) = site.diagnosis.primary() {
        let id = if finding.confidence == Confidence::Confirmed { "overview-blocked" } else { "overview-may-be" };
        return Answer {
            look: Look::of_severity(finding.scenario.severity),
            title: say.with(id, &slots),
            why: place.render(finding, None).why.unwrap_or_default(),
            switch: place.switch(finding.scenario.slug),
        };
    }
    let blocks = |project: &&SiteProject| project.diagnosis.overall() >= Overall::MayBeBlocked;
    let blocked = site.projects.iter().filter(blocks).count();
    let unsure = site.projects.iter().any(|project| project.diagnosis.overall() == Overall::CouldNotCheck);
    let (look, title, why) = if blocked > 0 {
        (Look::WARNING, say.count("overview-projects-blocked", blocked), "overview-projects-blocked-why")
    } else if site.projects.is_empty() {
        (Look::UNKNOWN, say.t("overview-no-project"), "overview-no-project-why")
    } else if unsure || site.diagnosis.overall() != Overall::NoBlockFound {
        (Look::UNKNOWN, say.with("overview-unknown", &slots), "overview-unknown-why")
    } else {
        (Look::CLEAR, say.with("overview-clear", &slots), "overview-clear-why")
    };
    Answer { look, title, why: say.t(why), switch: None }
}

/// What blocks and what is clear; only the worst that blocks is open.
fn cards(place: &Place<'_>, site: &SiteOverview) -> Vec<Card> {
    let causes = || site.diagnosis.findings.iter().filter(|finding| !finding.scenario.note);
    let ruled = |ruling: Ruling| causes().filter(move |finding| finding.ruling == ruling);
    let mut cards: Vec<Card> = ruled(Ruling::Blocks).map(|finding| card::now(place, finding, &[], None)).collect();
    if let Some(worst) = cards.first_mut() {
        worst.open = true;
    }
    cards.extend(ruled(Ruling::Clears).map(|finding| card::now(place, finding, &[], None)));
    cards
}

/// What could not be told with what to look at by hand, and notes that stand.
fn unknown(place: &Place<'_>, site: &SiteOverview) -> Vec<Unknown> {
    let one = |finding: &Finding| {
        let gap = match (finding.scenario.note, finding.ruling) {
            (true, Ruling::Blocks) => false,
            (false, Ruling::Undetermined(_)) => true,
            _ => return None,
        };
        let told = place.render(finding, None);
        Some(Unknown {
            look: Look::of_ruling(finding.ruling, finding.scenario.severity),
            title: told.title,
            why: told.why.into_iter().chain(told.steps).collect(),
            verdict: gap.then_some(told.verdict),
        })
    };
    site.diagnosis.findings.iter().filter_map(one).collect()
}

fn of_project(say: Say<'_>, site: &SiteOverview, project: &SiteProject) -> Project {
    let overall = project.diagnosis.overall();
    let place = Place {
        say,
        project: project.id,
        key: &project.key,
        space: &project.name,
        site: &site.site,
        base_url: &site.base_url,
        portal: None,
        names: &site.names,
    };
    let primary = project.diagnosis.primary();
    let counted = |(slug, count): (&String, &u64)| {
        let scenario = diagnosis::scenarios::by_slug(slug).filter(|scenario| !scenario.note && *count > 0)?;
        let title = say.t(&format!("{}-what", scenario.slug));
        Some(say.0.text("page-note-import-cause", &[("count", Value::from(*count)), ("cause", Value::from(title))]))
    };
    let causes: Vec<String> = project.counts.iter().filter_map(counted).collect();
    Project {
        key: format!("project-{}", project.id),
        look: match (primary, overall) {
            (Some(finding), _) => Look::of_severity(finding.scenario.severity),
            (None, Overall::NoBlockFound) => Look::CLEAR,
            (None, _) => Look::UNKNOWN,
        },
        link: RenderedLink {
            title: say.with("overview-project", &[("space", &project.name), ("key", &project.key)]),
            url: format!("{}/projects/{}", site.base_url.trim_end_matches('/'), segment(&project.key)),
        },
        verdict: say.0.word(overall),
        cause: primary.map(|finding| place.render(finding, None).title),
        people: (!causes.is_empty()).then(|| say.with("overview-open", &[("causes", &causes.join(" · "))])),
    }
}

/// A text as one part of a path.
fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(plain(text).as_bytes()).collect()
}
