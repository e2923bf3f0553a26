//! What was done on a site and what is true of it, beside what the app says of it.
//! Knows no internals; a verdict is wrong by what the sandbox says of the add, and by nothing else.

use super::steps::Way;
use diagnosis::{Confidence, Overall, Route, Ruling, Source};
use invite_guard::domain::case::Case;
use invite_guard::domain::history::STATEMENT_FRESH;
use invite_guard_sandbox::{MailKind, Truth};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Windows have whole seconds of one clock and fractions of another.
const SKEW: SignedDuration = SignedDuration::from_secs(2);
/// So soon after its creation an account that is seen in a project counts as made by that add.
const MINUTES: SignedDuration = SignedDuration::from_secs(5 * 60 + 2);
/// Within so long after the log could be read again, everything that hangs on it is judged anew.
const CATCHES_UP: SignedDuration = SignedDuration::from_mins(10);

/// An add, as the site knows it.
#[derive(Clone, Debug)]
pub(super) struct Add {
    pub(super) desk: String,
    pub(super) account: String,
    /// `None`: an account that was known already.
    pub(super) way: Option<Way>,
    pub(super) truth: Truth,
    pub(super) mail_on: bool,
    pub(super) toggle_on: bool,
    /// The site's admin had said how outgoing mail is, and the log could be read.
    pub(super) told: bool,
}

/// An admin's word, true when it was given.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) slug: &'static str,
    pub(super) desk: Option<String>,
    /// By our clock.
    pub(super) at: Timestamp,
}

/// Verdicts counted, so that a run also shows that the app says something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) adds: usize,
    pub(super) cases: usize,
    pub(super) said: BTreeMap<(&'static str, &'static str, &'static str), usize>,
    /// Right by an allowance, by its name.
    pub(super) allowed: BTreeMap<&'static str, usize>,
    /// Adds by agents where everything can be read, and those of them that are decided.
    pub(super) readable: usize,
    pub(super) decided: usize,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) adds: Vec<Add>,
    pub(super) statements: Vec<Statement>,
    /// Since when the log could be read, or could not.
    pub(super) readable: Vec<(Timestamp, bool)>,
}

impl Add {
    /// The log shows nothing that tells this way from *Customers > Add*: a switch that truly was off kept whatever mail there
    /// would have been, so to name it is right.
    fn leaves_no_trace(&self) -> bool {
        matches!(self.way, None | Some(Way::RestByPerson | Way::Email | Way::SelfSignup))
            || self.truth.causes.contains(&"existing_customer")
    }

    fn switch_is_off(&self, slug: &str) -> bool {
        match slug {
            "outgoing_mail_disabled" => !self.mail_on,
            "notification_disabled" => !self.toggle_on,
            _ => false,
        }
    }

    fn holds(&self, slug: &str) -> bool {
        self.truth.causes.contains(&slug) || (self.leaves_no_trace() && self.switch_is_off(slug))
    }

    fn invited(&self) -> bool {
        matches!(self.truth.mail, Some(MailKind::Invitation | MailKind::AtlassianInvitation))
    }
}

/// How somebody was added cannot be told, and the site's mail truly was off: then none would have come by any way. That a silent
/// add would have sent none anyway is for a log that can be read.
fn mail_was_off(slug: &str, case: &Case, inside: &[&Add]) -> bool {
    let off = inside.iter().any(|add| !add.mail_on && !add.invited());
    slug == "outgoing_mail_disabled" && case.route == Route::Unknown && off
}

impl Ledger {
    /// What is wrong about a case; empty when nothing is.
    pub(super) fn faults(&self, desk: &str, account: &str, case: &Case, tally: &mut Tally) -> Vec<String> {
        let own: Vec<&Add> = self.adds.iter().filter(|add| add.desk == desk && add.account == account).collect();
        let (from, until) = (case.added.not_before - SKEW, case.added.not_after + SKEW);
        let inside: Vec<&Add> = own.iter().copied().filter(|a| from <= a.truth.at && a.truth.at <= until).collect();
        let Some(latest) = inside.last() else {
            return vec![format!("a case of no add: {:?} holds none of {own:#?}", case.added)];
        };
        let (mut faults, mut said_before) = (Vec::new(), false);
        let mut wrong = |what: &str, slug: &str, more: String| {
            faults.push(format!("WRONG CONFIRMED {what} of {slug}\n{inside:#?}\nall: {}\ncase: {more}", own.len()));
        };
        for finding in &case.findings {
            let slug = finding.scenario.slug;
            *tally.said.entry((slug, finding.ruling.name(), finding.confidence.name())).or_default() += 1;
            if finding.confidence != Confidence::Confirmed {
                continue;
            }
            let right = match finding.ruling {
                Ruling::Blocks => inside.iter().any(|add| add.holds(slug)),
                Ruling::Clears => inside.iter().any(|add| !add.holds(slug)),
                Ruling::Undetermined(_) | Ruling::NotApplicable => false,
            };
            let said_so = || {
                let by = |e: &diagnosis::Evidence| {
                    e.origin.source == Source::AdminStatement
                        && self.was_so(slug, desk, e.origin.observed_at, latest, case)
                };
                finding.ruling == Ruling::Blocks && finding.evidence.iter().any(by)
            };
            if right {
                if finding.ruling == Ruling::Blocks && !latest.truth.causes.contains(&slug) {
                    *tally.allowed.entry("leaves_no_trace").or_default() += 1;
                }
            } else if said_so() {
                said_before = true;
                *tally.allowed.entry("said_before_it_changed").or_default() += 1;
            } else if finding.ruling == Ruling::Blocks && mail_was_off(slug, case, &inside) {
                *tally.allowed.entry("no_mail_leaves_a_site_whose_mail_is_off").or_default() += 1;
            } else if self.moved_within_minutes(slug, account, case) {
                *tally.allowed.entry("moved_within_minutes").or_default() += 1;
            } else {
                wrong(finding.ruling.name(), slug, format!("{:?} {:?} {:#?}", case.added, case.via, finding.evidence));
            }
        }
        for standing in case.standing.iter().filter(|standing| standing.confidence == Confidence::Confirmed) {
            let slug = standing.scenario.as_str();
            let told = case.findings.iter().find(|finding| finding.scenario.slug == slug);
            let now = told.is_some_and(|finding| finding.ruling == Ruling::Blocks);
            if !now && !inside.iter().any(|add| add.holds(slug)) {
                wrong("standing block", slug, format!("{:?} {told:#?}", case.added));
            }
        }
        if case.overall == Some(Overall::Blocked) && inside.iter().all(|add| add.invited()) && !said_before {
            wrong("word, though an invitation went out,", "overall", format!("{:#?}", case.findings));
        }
        faults
    }

    /// Whether an admin had truly said so before this add, and nothing that could be read has told of the change since: as
    /// sure as a statement may be for thirty days.
    fn was_so(&self, slug: &str, desk: &str, observed: Timestamp, add: &Add, case: &Case) -> bool {
        let said = self
            .statements
            .iter()
            .any(|s| s.slug == slug && s.at == observed && s.desk.as_ref().is_none_or(|of| of == desk));
        let in_time = observed <= add.truth.at + SKEW && add.truth.at.duration_since(observed) <= STATEMENT_FRESH;
        let untold = slug == "outgoing_mail_disabled" || !self.could_read_at(case.checked_at.unwrap_or(observed));
        said && in_time && untold
    }

    /// The account was made by an add elsewhere only minutes before this one was seen, and nothing showed that: taken for
    /// made by this add.
    fn moved_within_minutes(&self, slug: &str, account: &str, case: &Case) -> bool {
        let first = self.adds.iter().find(|add| add.account == account);
        let lately = first.is_some_and(|add| case.added.not_after.duration_since(add.truth.at) <= MINUTES);
        lately && (slug == "existing_customer" || slug.starts_with("created_by"))
    }

    fn could_read_at(&self, at: Timestamp) -> bool {
        let before = self.readable.iter().rev().find(|(since, _)| *since <= at);
        before.is_none_or(|(since, can)| *can && *since + CATCHES_UP <= at)
    }

    /// Whether the log can be read now.
    pub(super) fn can_read(&self) -> bool {
        self.readable.last().is_none_or(|(_, can)| *can)
    }

    /// Whether the newest word about outgoing mail is true still.
    pub(super) fn counts_as_told(&self, add: &Add) -> bool {
        add.told && add.way == Some(Way::Agent)
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.adds += other.adds;
        self.cases += other.cases;
        self.readable += other.readable;
        self.decided += other.decided;
        for (what, times) in &other.said {
            *self.said.entry(*what).or_default() += times;
        }
        for (what, times) in &other.allowed {
            *self.allowed.entry(*what).or_default() += times;
        }
    }
}
