//! The panel beside a request: why its reporter was not invited, how we know, and what to do, without a click.
//! Knows no request and asks nobody: everything it shows is handed to it, names included.

use super::May;
use super::card::{self, Place, Proof};
use super::fragment::{Button, Fragment, Look, Names, Say, verdict};
use super::rich::{As, Rich};
use crate::domain::case::Case;
use crate::words::{RenderedLink, Words};
use askama::Template;
use diagnosis::{Finding, Level, Overall, Ruling};

/// What the panel is made of.
#[derive(Clone, Debug)]
pub struct RequestPanel {
    /// Key of the request.
    pub request: String,
    /// Key of the project.
    pub key: String,
    /// Name of the project, fetched for this answer; its key where Jira tells none.
    pub space: String,
    /// Host of the site.
    pub site: String,
    /// Base URL of the site, for links into Jira.
    pub base_url: String,
    /// Address of the portal.
    pub portal: Option<String>,
    /// The reporter's add: the stored case, or one made for this look and kept nowhere. None: no customer's add is known.
    pub case: Option<Case>,
    /// Names of everybody who is mentioned.
    pub names: Names,
    /// What the reader may do.
    pub may: May,
}

/// A panel changes with the case; nobody stares at it.
const POLL_MS: u32 = 5000;

#[derive(Template)]
#[template(path = "issue.html")]
struct IssuePanel<'a> {
    say: Say<'a>,
    look: Look,
    title: String,
    why: Option<String>,
    sub: Rich,
    verdict: String,
    cause: Option<Cause>,
    others: String,
    /// Another cause blocks too, which must not hide.
    others_open: bool,
    lines: Vec<Line>,
    buttons: Vec<Button>,
}

struct Cause {
    proof: Vec<Proof>,
    who: String,
    steps: Vec<String>,
    copy: Option<String>,
    copy_title: String,
    links: Vec<RenderedLink>,
}

struct Line {
    look: Look,
    title: String,
    verdict: String,
}

/// Renders the panel.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn render(panel: &RequestPanel, words: &Words) -> Result<Fragment, askama::Error> {
    let say = Say(words);
    let html = match &panel.case {
        Some(case) => of_case(panel, case, say).render()?,
        None => nobody(panel, say).render()?,
    };
    Ok(Fragment { title: say.t("page-title"), html, poll_ms: POLL_MS })
}

fn of_case<'a>(panel: &'a RequestPanel, case: &Case, say: Say<'a>) -> IssuePanel<'a> {
    let place = Place {
        say,
        project: case.project,
        key: &panel.key,
        space: &panel.space,
        site: &panel.site,
        base_url: &panel.base_url,
        portal: panel.portal.as_deref(),
        names: &panel.names,
    };
    let name = say.customer(&panel.names, &case.account.0);
    let (word, look) = verdict(say, case);
    let findings = case.told_findings();
    let primary = case.primary().and_then(|cause| findings.iter().find(|f| f.scenario.slug == cause.scenario));
    let shown = |finding: &&Finding| {
        finding.ruling != Ruling::NotApplicable && primary.is_none_or(|p| p.scenario.slug != finding.scenario.slug)
    };
    let lines: Vec<Line> = findings.iter().filter(shown).map(|finding| line(&place, finding, &name)).collect();
    let rendered = primary.map(|finding| place.render(finding, Some(&name)));
    let reporter = [("customer", name.as_str()), ("request", panel.request.as_str())];
    IssuePanel {
        look,
        title: rendered.as_ref().map_or_else(|| headline(say, case, &name), |cause| cause.title.clone()),
        why: rendered.as_ref().and_then(|cause| cause.why.clone()),
        sub: match case.checked_at {
            Some(at) => say.at("page-reporter", at, As::Ago, &reporter),
            None => Rich::of(&say.with("page-reporter-new", &reporter), say.0),
        },
        verdict: word,
        cause: primary.zip(rendered).map(|(finding, cause)| Cause {
            proof: card::proof(&place, finding, &cause),
            who: cause.who,
            steps: cause.steps,
            copy: cause.copy_text,
            copy_title: say.t(match finding.scenario.level {
                Level::Person => "page-copy-to-customer",
                Level::Site | Level::Project => "page-copy-to-admin",
            }),
            links: cause.links,
        }),
        others: say.count("page-others", lines.len()),
        others_open: findings.iter().filter(shown).any(|finding| finding.ruling == Ruling::Blocks),
        lines,
        buttons: buttons(say, case, &name),
        say,
    }
}

/// The overall word as a headline when no cause is to be named.
fn headline(say: Say<'_>, case: &Case, name: &str) -> String {
    if case.state.has_ended() {
        return say.with(&format!("page-ended-{}", case.state.name()), &[("customer", name)]);
    }
    say.0.overall_sentence(case.overall.unwrap_or(Overall::CouldNotCheck))
}

fn line(place: &Place<'_>, finding: &Finding, name: &str) -> Line {
    let rendered = place.render(finding, Some(name));
    Line {
        look: Look::of_ruling(finding.ruling, finding.scenario.severity),
        title: rendered.title,
        verdict: rendered.verdict,
    }
}

/// A case that is kept can be handled and looked at again.
fn buttons(say: Say<'_>, case: &Case, name: &str) -> Vec<Button> {
    if case.revision == 0 || case.state.has_ended() {
        return Vec::new();
    }
    let mut buttons = vec![Button::recheck(say, case, name)];
    if case.primary().is_some() {
        buttons.insert(0, Button::handled(say, case, name));
    }
    buttons
}

fn nobody<'a>(panel: &RequestPanel, say: Say<'a>) -> IssuePanel<'a> {
    IssuePanel {
        say,
        look: Look::UNKNOWN,
        title: say.t("page-nobody"),
        why: Some(say.t("page-nobody-why")),
        sub: Rich::of(&say.with("page-request", &[("request", &panel.request)]), say.0),
        verdict: say.t("page-nobody-verdict"),
        cause: None,
        others: String::new(),
        others_open: false,
        lines: Vec::new(),
        buttons: Vec::new(),
    }
}
