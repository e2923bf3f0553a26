//! The project page: do invitations from this project arrive, and if not, why, since when, and who can do what.
//! Knows no request and asks nobody: everything it shows is handed to it, names included.

use super::May;
use super::card::{self, Answers, Card, Place, Proof};
use super::comments;
use super::fragment::{Button, Fragment, Look, Names, Say, api, verdict};
use super::passes::{self, Passed};
use super::rich::{As, Rich};
use crate::domain::case::{Case, CaseState};
use crate::domain::project::Project;
use crate::words::{RenderedLink, Words};
use askama::Template;
use diagnosis::{Confidence, Diagnosis, Finding, Gap, Overall, Route, Ruling};
use jiff::Timestamp;

/// What the page is made of.
#[derive(Clone, Debug)]
pub struct ProjectHealth {
    /// The project as we keep it.
    pub project: Project,
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
    /// When they were made.
    pub checked_at: Timestamp,
    /// Noticed adds, newest first.
    pub cases: Vec<Case>,
    /// Names of everybody who is mentioned.
    pub names: Names,
    /// What the reader may do.
    pub may: May,
    /// What passes left to tell.
    pub passed: Passed,
}

/// While somebody looks.
const POLL_MS: u32 = 2500;

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage<'a> {
    say: Say<'a>,
    sub: Rich,
    answer: Answer,
    questions: Vec<Question>,
    cards: Vec<Card>,
    adds: Vec<Add>,
    not_checked: Vec<NotChecked>,
    choices: Vec<comments::Choice>,
    may_choose: bool,
    secrets: String,
    notes: Vec<Note>,
}

struct Answer {
    look: Look,
    title: String,
    why: String,
    switch: Option<RenderedLink>,
}

struct Question {
    key: String,
    answers: Answers,
    why: String,
    by_hand: Vec<String>,
    who: String,
    switch: Option<RenderedLink>,
}

struct NotChecked {
    title: String,
    by_hand: Vec<String>,
}

struct Note {
    look: Look,
    text: Rich,
}

struct Add {
    key: String,
    look: Look,
    name: String,
    how: Rich,
    verdict: String,
    window: Rich,
    checked: Option<Rich>,
    lines: Vec<Line>,
    buttons: Vec<Button>,
}

struct Line {
    look: Look,
    title: String,
    verdict: String,
    proof: Vec<Proof>,
    steps: Vec<String>,
}

/// Renders the page.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn render(health: &ProjectHealth, words: &Words) -> Result<Fragment, askama::Error> {
    let say = Say(words);
    let place = Place {
        say,
        project: health.project.id,
        key: &health.project.key,
        space: &health.space,
        site: &health.site,
        base_url: &health.base_url,
        portal: health.portal.as_deref(),
        names: &health.names,
    };
    let page = HealthPage {
        say,
        sub: say.at("page-sub", health.checked_at, As::Ago, &[("space", &health.space), ("key", &health.project.key)]),
        answer: answer(&place, health),
        questions: questions(&place, health),
        cards: cards(&place, health),
        adds: health.cases.iter().map(|case| add(&place, case)).collect(),
        not_checked: not_checked(&place, health),
        choices: comments::choices(say, &health.project),
        may_choose: health.may.administer_project,
        secrets: format!("{}/ingest-secrets", api(health.project.id)),
        notes: causes_noted(&place, health).chain(notes(say, &health.project)).chain(of_passes(say, health)).collect(),
    };
    Ok(Fragment { title: say.t("page-title"), html: page.render()?, poll_ms: POLL_MS })
}

fn open(health: &ProjectHealth) -> impl Iterator<Item = &Case> {
    health.cases.iter().filter(|case| case.state == CaseState::Open)
}

/// The answer in a sentence: the highest cause of site and project, else the people, else what is not known.
fn answer(place: &Place<'_>, health: &ProjectHealth) -> Answer {
    let say = place.say;
    let people = open(health).count();
    let args = [("space", place.space), ("site", place.site)];
    if let Some(finding) = health.diagnosis.primary() {
        let sure = if finding.confidence == Confidence::Confirmed { "blocked" } else { "may-be" };
        return Answer {
            look: Look::of_severity(finding.scenario.severity),
            title: say.with(&format!("page-answer-{sure}"), &args),
            why: place.render(finding, None).why.unwrap_or_default(),
            switch: place.switch(finding.scenario.slug),
        };
    }
    let known = health.diagnosis.overall() == Overall::NoBlockFound;
    let (look, id) = match (known, people) {
        (true, 0) => (Look::CLEAR, "page-answer-clear"),
        (true, _) => (Look::WARNING, "page-answer-people"),
        (false, 0) => (Look::UNKNOWN, "page-answer-unknown"),
        (false, _) => (Look::WARNING, "page-answer-unknown-people"),
    };
    let why = if people > 0 { say.count("page-answer-people-why", people) } else { say.t(&format!("{id}-why")) };
    Answer { look, title: say.with(id, &args), why, switch: None }
}

fn is_never(finding: &Finding) -> bool {
    finding.ruling == Ruling::Undetermined(Gap::NotExposed)
}

/// What could not be told, asked once of the person who can tell.
fn questions(place: &Place<'_>, health: &ProjectHealth) -> Vec<Question> {
    let asked = |finding: &&Finding| matches!(finding.ruling, Ruling::Undetermined(_)) && !is_never(finding);
    let one = |finding: &Finding| {
        let rendered = place.render(finding, None);
        Some(Question {
            key: format!("ask-{}", finding.scenario.slug),
            answers: card::question(place, finding, health.may)?,
            why: rendered.why.unwrap_or_default(),
            by_hand: rendered.steps,
            who: rendered.who,
            switch: place.switch(finding.scenario.slug),
        })
    };
    health.diagnosis.findings.iter().filter(asked).filter_map(one).collect()
}

/// Worst first, only the worst open: what blocks now, whom it lies in, what is clear. Each person stands on one card.
fn cards(place: &Place<'_>, health: &ProjectHealth) -> Vec<Card> {
    let of = |slug: &str| -> Vec<&Case> {
        open(health).filter(|case| case.primary().is_some_and(|standing| standing.scenario == slug)).collect()
    };
    let causes = || health.diagnosis.findings.iter().filter(|finding| !finding.scenario.note);
    let ruled = |ruling: Ruling| causes().filter(move |f| f.ruling == ruling);
    let card = |finding: &Finding| {
        card::now(place, finding, &of(finding.scenario.slug), card::question(place, finding, health.may))
    };
    let mut cards: Vec<Card> = ruled(Ruling::Blocks).map(card).collect();
    let stands = |slug: &str| ruled(Ruling::Blocks).any(|f| f.scenario.slug == slug);
    let mut causes: Vec<_> = diagnosis::scenarios::REGISTRY.iter().filter(|s| !stands(s.slug)).collect();
    causes.sort_by_key(|scenario| (scenario.level, scenario.severity));
    cards.extend(causes.iter().filter_map(|scenario| card::of_people(place, scenario.slug, &of(scenario.slug))));
    if let Some(worst) = cards.first_mut() {
        worst.open = true;
    }
    cards.extend(
        ruled(Ruling::Clears).map(|finding| card::now(place, finding, &[], card::question(place, finding, health.may))),
    );
    cards
}

fn not_checked(place: &Place<'_>, health: &ProjectHealth) -> Vec<NotChecked> {
    let of_people = health.cases.iter().flat_map(|case| &case.findings);
    let mut slugs = Vec::new();
    let mut list = Vec::new();
    for finding in health.diagnosis.findings.iter().chain(of_people).filter(|f| is_never(f)) {
        if !slugs.contains(&finding.scenario.slug) {
            slugs.push(finding.scenario.slug);
            let rendered = place.render(finding, None);
            list.push(NotChecked { title: rendered.title, by_hand: rendered.steps });
        }
    }
    list
}

fn add(place: &Place<'_>, case: &Case) -> Add {
    let say = place.say;
    let name = say.customer(place.names, &case.account.0);
    let (word, look) = verdict(say, case);
    let how = match case.route {
        Route::Unknown => say.t(&format!("page-via-{}", case.via.name())),
        route => say.0.word(route),
    };
    let between = [("from", case.added.not_before), ("until", case.added.not_after)];
    let mut buttons = vec![Button::recheck(say, case, &name)];
    if !case.state.has_ended() && case.state != CaseState::Resolved {
        buttons.insert(0, Button::handled(say, case, &name));
    }
    Add {
        key: format!("add-{}", case.account.0),
        look,
        how: say.at("page-how", case.added.not_after, As::Ago, &[("how", &how)]),
        verdict: word,
        window: say.between("page-window", between),
        checked: case.checked_at.map(|at| say.at("page-checked", at, As::Ago, &[])),
        lines: lines(place, &case.told_findings(), &name),
        name,
        buttons,
    }
}

/// What was checked for one person, without what cannot concern them and what nobody can ever tell here.
fn lines(place: &Place<'_>, findings: &[Finding], name: &str) -> Vec<Line> {
    let shown = |finding: &&Finding| finding.ruling != Ruling::NotApplicable && !is_never(finding);
    findings
        .iter()
        .filter(shown)
        .map(|finding| {
            let rendered = place.render(finding, Some(name));
            Line {
                look: Look::of_ruling(finding.ruling, finding.scenario.severity),
                proof: card::proof(place, finding, &rendered),
                title: rendered.title,
                verdict: rendered.verdict,
                steps: if matches!(finding.ruling, Ruling::Undetermined(_)) { rendered.steps } else { Vec::new() },
            }
        })
        .collect()
}

/// What may delay mail or change its looks here, though nobody can tell whether it kept anybody's invitation.
fn causes_noted<'a>(place: &'a Place<'_>, health: &'a ProjectHealth) -> impl Iterator<Item = Note> + 'a {
    let stands = |finding: &&Finding| finding.scenario.note && finding.ruling == Ruling::Blocks;
    health.diagnosis.findings.iter().filter(stands).map(|finding| {
        let told = place.render(finding, None);
        let mut said = vec![told.title];
        said.extend(told.why);
        said.extend(told.steps);
        let joined = said.iter().map(|sentence| ended(sentence)).collect::<Vec<_>>().join(" ");
        Note { look: Look::of_severity(finding.scenario.severity), text: Rich::of(&joined, place.say.0) }
    })
}

/// A headline among sentences ends like one.
fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '?', '!']) { sentence.to_owned() } else { format!("{sentence}.") }
}

fn of_passes(say: Say<'_>, health: &ProjectHealth) -> impl Iterator<Item = Note> {
    passes::lines(say, &health.passed).into_iter().map(|(look, text)| Note { look, text })
}

/// Lines about what we cannot do here, and what was taken over silently.
fn notes(say: Say<'_>, project: &Project) -> Vec<Note> {
    let mut notes = Vec::new();
    let plain = |text: String| Rich::of(&text, say.0);
    if !project.missing.is_empty() {
        let missing = project.missing.join(", ");
        notes.push(Note {
            look: Look::WARNING,
            text: plain(say.with("page-note-missing", &[("permissions", &missing)])),
        });
    }
    let proven = comments::proven(say, project);
    notes.extend(proven.map(|(look, told)| Note { look, text: plain(told) }));
    match (project.last_pass, project.seeded_at) {
        (None, _) => notes.push(Note { look: Look::INFORMATION, text: plain(say.t("page-note-reading")) }),
        (_, Some(at)) => {
            notes.push(Note { look: Look::INFORMATION, text: say.at("page-note-seeded", at, As::Date, &[]) });
        }
        _ => {}
    }
    notes
}
