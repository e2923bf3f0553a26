//! All causes over one person's facts: ruling, confidence, order, and the one word about it.
//! Does not know any single cause.

use crate::{
    fact::{Fact, Origin},
    remedy::Step,
    ruling::{Evidence, Outcome, Ruling, Scenario},
    source::Source,
    table::{FactKey, Facts, PersonFacts, ProjectFacts, SiteFacts},
    vocabulary::{Confidence, Gap, Kind, Level, Overall, Route, Via},
};
use jiff::Timestamp;

/// What is said about one cause for one person or project.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The cause.
    pub scenario: &'static Scenario,
    /// What is said.
    pub ruling: Ruling,
    /// How sure; `Unknown` unless the ruling is blocks or clears.
    pub confidence: Confidence,
    /// What it rests on; empty unless the ruling is blocks or clears.
    pub evidence: Vec<Evidence>,
    /// The steps of the cure that can work.
    pub steps: Vec<Step>,
}

/// Every cause's finding, in order: what blocks, what could not be told, what is clear, what cannot concern this person;
/// within each site before project before person, worst first, ties by the registry; notes last.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// In order.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// The one word. Notes have no say, a gap nobody can ever fill here does not lower it; having judged nothing is "could not
    /// check".
    pub fn overall(&self) -> Overall {
        let word = |finding: &Finding| match (finding.ruling, finding.confidence) {
            (Ruling::Blocks, Confidence::Confirmed) => Overall::Blocked,
            (Ruling::Blocks, _) => Overall::MayBeBlocked,
            (Ruling::Undetermined(gap), _) if gap != Gap::NotExposed => Overall::CouldNotCheck,
            _ => Overall::NoBlockFound,
        };
        self.causes().map(word).max().unwrap_or(Overall::CouldNotCheck)
    }

    /// The blocking cause that comes first: curing any other before it would not help.
    pub fn primary(&self) -> Option<&Finding> {
        self.causes().find(|finding| finding.ruling == Ruling::Blocks)
    }

    fn causes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.scenario.note)
    }

    /// Slugs of the causes nobody can ever check here.
    pub fn not_checked(&self) -> Vec<&'static str> {
        let never = |finding: &&Finding| finding.ruling == Ruling::Undetermined(Gap::NotExposed);
        self.findings.iter().filter(never).map(|finding| finding.scenario.slug).collect()
    }
}

/// Judges every cause. Total: a cause cannot fail, only abstain. Notes are none: they say nothing about a person.
pub fn diagnose(registry: &'static [Scenario], facts: Facts<'_>) -> Diagnosis {
    let causes = registry.iter().filter(|scenario| !scenario.note);
    in_order(causes.map(|scenario| judge(scenario, facts)).collect())
}

/// Judges the causes and notes of site and project for some portal-only customer who would be added through *Customers > Add*
/// now: what a page about the project shows, where there is no person.
pub fn diagnose_project(registry: &'static [Scenario], site: &SiteFacts, project: &ProjectFacts) -> Diagnosis {
    let mut person = PersonFacts::unasked();
    // The time is never shown: route and kind decide whom a cause concerns, they are not evidence.
    let supposed = || Origin::new(Source::Inferred, Timestamp::UNIX_EPOCH);
    person.mail_route = Fact::of(Route::PortalInvite, supposed());
    person.account_kind = Fact::of(Kind::Customer, supposed());
    person.address_domain_listed = site.any_domain_listed();
    let facts = Facts { site, project, person: &person };
    let impersonal = registry.iter().filter(|scenario| scenario.level < Level::Person);
    in_order(impersonal.map(|scenario| judge(scenario, facts)).collect())
}

fn in_order(mut findings: Vec<Finding>) -> Diagnosis {
    let rank = |ruling: Ruling| match ruling {
        Ruling::Blocks => 0,
        Ruling::Undetermined(_) => 1,
        Ruling::Clears => 2,
        Ruling::NotApplicable => 3,
    };
    // Stable, so the registry breaks ties.
    findings.sort_by_key(|finding| {
        let scenario = finding.scenario;
        (scenario.note, rank(finding.ruling), scenario.level, scenario.severity)
    });
    Diagnosis { findings }
}

fn judge(scenario: &'static Scenario, facts: Facts<'_>) -> Finding {
    let (ruling, confidence, evidence) = match (scenario.judge)(facts) {
        Ok(Outcome::Blocks(evidence)) => weigh(Ruling::Blocks, Evidence::blocks_at_most, evidence),
        Ok(Outcome::Clears(evidence)) => weigh(Ruling::Clears, Evidence::clears_at_most, evidence),
        Ok(Outcome::NotApplicable) => (Ruling::NotApplicable, Confidence::Unknown, Vec::new()),
        Err(gap) => (Ruling::Undetermined(gap), Confidence::Unknown, Vec::new()),
    };
    Finding { scenario, ruling, confidence, evidence, steps: possible_steps(scenario, facts) }
}

/// The weakest piece of evidence decides. A ruling worth nothing, or resting on nothing, is no ruling: a source that may
/// not speak in this direction leaves the question open for one that may.
fn weigh(
    ruling: Ruling,
    worth: fn(&Evidence) -> Confidence,
    evidence: Vec<Evidence>,
) -> (Ruling, Confidence, Vec<Evidence>) {
    match evidence.iter().map(worth).min() {
        Some(confidence) if confidence > Confidence::Unknown => (ruling, confidence, evidence),
        _ => (Ruling::Undetermined(Gap::NotAsked), Confidence::Unknown, Vec::new()),
    }
}

/// A step through a switch that is known to be off cannot work, and one that was done or that a fresh invitation spares is idle:
/// they are left out. The scenario of a switch keeps its own steps: they are about turning it on.
fn possible_steps(scenario: &Scenario, facts: Facts<'_>) -> Vec<Step> {
    let mail_off = facts.site.outgoing_mail_on.known().is_ok_and(|seen| !seen.value);
    // A customer list tells who may use the desk, not who was added.
    let added = facts.person.added_via.known().is_ok_and(|seen| seen.value != Via::ListOnly);
    let invited = facts.person.invited_elsewhere.known().is_ok_and(|seen| seen.value);
    let idle = |key: &FactKey| match key {
        FactKey::OutgoingMailOn => mail_off,
        FactKey::AddedVia => added,
        FactKey::InvitedElsewhere => invited,
        _ => false,
    };
    scenario.remedy.steps.iter().copied().filter(|step| !step.hangs_on.iter().any(idle)).collect()
}
