//! One cause as a card: what blocks, how we know, who can do what about it, and whom it kept from being invited.
//! Knows no order of cards and no page around them.

use super::fragment::{Button, Look, Names, Say, api};
use super::rich::{As, Rich};
use crate::domain::ProjectId;
use crate::domain::case::Case;
use crate::words::{RenderedFinding, RenderedLink, Slots};
use diagnosis::{Finding, Overall, Ruling};

/// Where something is shown.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) say: Say<'a>,
    pub(super) project: ProjectId,
    pub(super) key: &'a str,
    pub(super) space: &'a str,
    pub(super) site: &'a str,
    pub(super) base_url: &'a str,
    pub(super) portal: Option<&'a str>,
    pub(super) names: &'a Names,
}

impl<'a> Place<'a> {
    /// A finding in words.
    pub(super) fn render(&self, finding: &Finding, customer: Option<&str>) -> RenderedFinding {
        let slots = Slots { space: self.space, site: self.site, portal: self.portal, customer };
        self.say.0.finding(finding, &slots)
    }

    /// The page of Jira where a switch is, by the cause that hangs on it.
    pub(super) fn switch(&self, slug: &str) -> Option<RenderedLink> {
        let base = self.base_url.trim_end_matches('/');
        let path = match slug {
            "outgoing_mail_disabled" => "/secure/admin/OutgoingMailServers.jspa".to_owned(),
            "notification_disabled" => {
                format!("/jira/servicedesk/projects/{}/settings/customer-notifications", self.key)
            }
            _ => return None,
        };
        Some(RenderedLink { title: self.say.t(&format!("page-open-{slug}")), url: format!("{base}{path}") })
    }
}

/// One observation.
pub(super) struct Proof {
    pub(super) statement: Rich,
    pub(super) by: Option<String>,
    pub(super) likely: bool,
}

/// A person on a card.
pub(super) struct Person {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) when: Rich,
    /// The word for a person of whom nothing is sure.
    pub(super) maybe: Option<String>,
    /// What else blocks.
    pub(super) also: Vec<String>,
    pub(super) buttons: Vec<Button>,
}

/// A card.
pub(super) struct Card {
    pub(super) key: String,
    pub(super) look: Look,
    pub(super) title: String,
    pub(super) sub: String,
    pub(super) verdict: String,
    pub(super) open: bool,
    pub(super) note: Option<String>,
    pub(super) proof: Vec<Proof>,
    pub(super) who: Option<String>,
    pub(super) steps: Vec<String>,
    pub(super) switch: Option<RenderedLink>,
    pub(super) links: Vec<RenderedLink>,
    pub(super) copy: Option<String>,
    /// To whom the text is to be sent.
    pub(super) copy_title: String,
    pub(super) people_title: Option<String>,
    pub(super) people: Vec<Person>,
    pub(super) more: Option<String>,
    pub(super) answers: Option<Answers>,
    /// Who may answer, for whoever may not.
    pub(super) asked: String,
}

/// A question about a switch, for whoever may answer it.
#[derive(Clone)]
pub(super) struct Answers {
    pub(super) question: String,
    pub(super) buttons: Vec<Button>,
}

/// People named on one card before "and N more".
pub(super) const SHOWN: usize = 5;

/// What was observed, with the times as elements and the author by name.
pub(super) fn proof(place: &Place<'_>, finding: &Finding, rendered: &RenderedFinding) -> Vec<Proof> {
    let pieces = rendered.evidence.iter().zip(&finding.evidence);
    pieces
        .map(|(said, seen)| {
            let times: Vec<_> = std::iter::once(said.observed_at).chain(said.since).collect();
            let worth = match finding.ruling {
                Ruling::Clears => seen.clears_at_most(),
                _ => seen.blocks_at_most(),
            };
            Proof {
                statement: Rich::finding_times(&said.statement, &times, place.say.0),
                by: said.by.as_deref().map(|by| place.say.who(place.names, by)),
                likely: worth < diagnosis::Confidence::Confirmed,
            }
        })
        .collect()
}

/// A cause of site or project as it stands now, with the people it kept from being invited.
pub(super) fn now(place: &Place<'_>, finding: &Finding, people: &[&Case], answers: Option<Answers>) -> Card {
    let rendered = place.render(finding, None);
    let slug = finding.scenario.slug;
    let blocks = finding.ruling == Ruling::Blocks;
    let affects = format!("page-affects-{}", finding.scenario.level.name());
    let affects = place.say.with(&affects, &[("space", place.space), ("site", place.site)]);
    Card {
        key: slug.to_owned(),
        look: Look::of_ruling(finding.ruling, finding.scenario.severity),
        proof: proof(place, finding, &rendered),
        title: rendered.title,
        sub: if blocks { affects } else { String::new() },
        verdict: rendered.verdict,
        open: false,
        note: rendered.note,
        asked: rendered.who.clone(),
        who: (!rendered.steps.is_empty()).then_some(rendered.who),
        steps: rendered.steps,
        switch: if finding.ruling == Ruling::Clears { None } else { place.switch(slug) },
        links: rendered.links,
        copy: rendered.copy_text,
        copy_title: place.say.t("page-copy-to-admin"),
        people_title: (blocks && !people.is_empty()).then(|| place.say.count("page-missed", people.len())),
        more: more(place, people.len()),
        people: rows(place, people),
        answers,
    }
}

/// A cause that lies in people, or stood when they were added and no longer stands: newest add first.
pub(super) fn of_people(place: &Place<'_>, slug: &str, people: &[&Case]) -> Option<Card> {
    let (newest, finding) = speaking(people)?;
    let one = people.len() == 1;
    let name = place.say.customer(place.names, &newest.account.0);
    let rendered = place.render(&finding, one.then_some(name.as_str()));
    let personal = finding.scenario.level == diagnosis::Level::Person;
    let word = if people.iter().any(|case| is_sure(case)) { Overall::Blocked } else { Overall::MayBeBlocked };
    // A switch that is on again needs no turning on; who was added meanwhile still has to be told.
    let steps = if personal { rendered.steps.clone() } else { vec![place.say.t("page-missed-step")] };
    Some(Card {
        key: format!("people-{slug}"),
        look: Look::of_severity(finding.scenario.severity),
        title: if one && personal {
            rendered.title.clone()
        } else {
            place.say.count(&format!("page-people-{slug}"), people.len())
        },
        sub: if personal { rendered.why.clone().unwrap_or_default() } else { place.say.t("page-missed-why") },
        verdict: place.say.0.word(word),
        open: false,
        note: None,
        proof: proof(place, &finding, &rendered),
        who: Some(if personal { rendered.who } else { place.say.0.word(diagnosis::Who::Agent) }),
        steps,
        switch: None,
        links: rendered.links,
        copy: if personal { rendered.copy_text } else { Some(missed(place)) },
        copy_title: place.say.t("page-copy-to-customer"),
        people_title: Some(place.say.count("page-people", people.len())),
        more: more(place, people.len()),
        people: rows(place, people),
        asked: String::new(),
        answers: None,
    })
}

/// What to write to those who were added while a switch was off.
fn missed(place: &Place<'_>) -> String {
    match place.portal {
        Some(portal) => place.say.with("missed-copy", &[("space", place.space), ("portal", portal)]),
        None => place.say.with("missed-copy-without-portal", &[("space", place.space)]),
    }
}

/// The surest add speaks for all on a card; among equals the newest.
fn speaking<'a>(people: &[&'a Case]) -> Option<(&'a Case, Finding)> {
    let surest = people.iter().find(|case| is_sure(case)).or_else(|| people.first())?;
    Some((surest, surest.told(surest.primary()?)?))
}

/// Whether the cause that a person is grouped by is sure.
fn is_sure(case: &Case) -> bool {
    case.primary().is_some_and(|standing| standing.confidence == diagnosis::Confidence::Confirmed)
}

fn rows(place: &Place<'_>, people: &[&Case]) -> Vec<Person> {
    let row = |case: &&Case| {
        let name = place.say.customer(place.names, &case.account.0);
        Person {
            key: case.account.0.clone(),
            maybe: (!case.is_confirmed()).then(|| place.say.0.word(Overall::MayBeBlocked)),
            also: also(place, case, &name),
            when: place.say.at("page-added", case.added.not_after, As::Ago, &[]),
            buttons: vec![Button::handled(place.say, case, &name), Button::recheck(place.say, case, &name)],
            name,
        }
    };
    people.iter().take(SHOWN).map(row).collect()
}

/// The same for a panel that is about these people, with how many more there are.
pub(super) fn people(place: &Place<'_>, people: &[&Case]) -> (Vec<Person>, usize) {
    (rows(place, people), people.len().saturating_sub(SHOWN))
}

fn also(place: &Place<'_>, case: &Case, name: &str) -> Vec<String> {
    let further = case.further().into_iter().filter_map(|standing| case.told(standing));
    let titles = further.map(|finding| place.render(&finding, Some(name)).title);
    titles.map(|title| place.say.with("page-also", &[("cause", &title)])).collect()
}

fn more(place: &Place<'_>, count: usize) -> Option<String> {
    (count > SHOWN).then(|| place.say.count("page-more", count - SHOWN))
}

/// The question about a switch, if an answer is of use here: nobody can read it, or an answer is what we go by.
pub(super) fn question(place: &Place<'_>, finding: &Finding, may: super::May) -> Option<Answers> {
    let slug = finding.scenario.slug;
    let (path, fact, allowed) = match slug {
        "outgoing_mail_disabled" => ("/api/v1/site/statements".to_owned(), "outgoing_mail_on", may.administer_jira),
        "notification_disabled" => {
            (format!("{}/statements", api(place.project)), "invite_notification_on", may.administer_project)
        }
        _ => return None,
    };
    let by_word = finding.evidence.iter().any(|e| e.origin.source == diagnosis::Source::AdminStatement);
    let asked = matches!(finding.ruling, Ruling::Undetermined(_));
    if !asked && !by_word {
        return None;
    }
    let question = match (asked, finding.ruling) {
        (true, _) => place.say.with(&format!("page-ask-{slug}"), &[("space", place.space), ("site", place.site)]),
        (_, Ruling::Blocks) => place.say.t("page-ask-changed-on"),
        _ => place.say.t("page-ask-changed-off"),
    };
    let values: &[bool] = match (asked, finding.ruling) {
        (true, _) => &[true, false],
        (_, Ruling::Blocks) => &[true],
        _ => &[false],
    };
    let buttons = if allowed {
        values.iter().map(|value| Button::answer(place.say, path.clone(), fact, *value)).collect()
    } else {
        Vec::new()
    };
    Some(Answers { question, buttons })
}
