//! A case: one noticed add of one customer to one project, and what became of it.
//! Knows no words and no Jira; `observe` is the only way a diagnosis changes it.

use super::{AccountId, ProjectId, TenantId};
use diagnosis::scenarios::{self, REGISTRY};
use diagnosis::{Confidence, Diagnosis, Finding, Level, Moment, Overall, Route, Ruling, Scenario, Severity, Via};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a noticed add stands. Only `Open` ones are written into Jira, counted and examined again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Blocked or may be.
    Open,
    /// Could not check.
    Unchecked,
    /// No block found.
    Clear,
    /// Was open; every block was cleared.
    Resolved,
    /// The person made a request or commented through the portal after the add.
    GotIn,
    /// Somebody on the team sent the link.
    Handled,
    /// Fourteen days passed without either.
    Expired,
    /// Marked as intended.
    OnPurpose,
}

impl CaseState {
    /// Stable name, as in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unchecked => "unchecked",
            Self::Clear => "clear",
            Self::Resolved => "resolved",
            Self::GotIn => "got_in",
            Self::Handled => "handled",
            Self::Expired => "expired",
            Self::OnPurpose => "on_purpose",
        }
    }

    /// Reads [`CaseState::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        use CaseState as S;
        [S::Open, S::Unchecked, S::Clear, S::Resolved, S::GotIn, S::Handled, S::Expired, S::OnPurpose]
            .into_iter()
            .find(|s| s.name() == name)
    }

    /// Ended by people or life; no fact opens it again.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::GotIn | Self::Handled | Self::Expired | Self::OnPurpose)
    }
}

/// A block that stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standing {
    /// Slug of the scenario.
    pub scenario: String,
    /// How sure.
    pub confidence: Confidence,
}

impl Standing {
    /// The cause; `None` when this version no longer knows it.
    pub fn scenario(&self) -> Option<&'static Scenario> {
        scenarios::by_slug(&self.scenario)
    }
}

/// What we wrote into Jira for a case, so that it is edited in place and taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Request that carries the issue property now.
    pub property_on: Option<String>,
    /// Request that was commented, and the comment's id.
    pub comment: Option<(String, String)>,
    /// Scenario and confidence the comment tells, or `None` in it when it tells that the block is gone.
    pub comment_says: Option<Standing>,
    /// The comment can no longer be edited (request closed or locked, comment deleted): final, no retry.
    pub comment_final: bool,
}

/// One noticed add.
#[derive(Clone, Debug)]
pub struct Case {
    /// Site.
    pub tenant: TenantId,
    /// Project.
    pub project: ProjectId,
    /// Person.
    pub account: AccountId,
    /// When they were added, as tightly as we know.
    pub added: Moment,
    /// How we know of the add.
    pub via: Via,
    /// Found by a pass: listed, counted, never commented one by one.
    pub quiet: bool,
    /// What kind of mail, if any, Jira sends for this add.
    pub route: Route,
    /// The last diagnosis.
    pub findings: Vec<Finding>,
    /// Its word; `None` before the first.
    pub overall: Option<Overall>,
    /// When it was made.
    pub checked_at: Option<Timestamp>,
    /// Blocks that stand. *Undetermined* keeps what stood, so this is more than the last diagnosis.
    pub standing: Vec<Standing>,
    /// Where it stands.
    pub state: CaseState,
    /// When it ended or resolved.
    pub ended_at: Option<Timestamp>,
    /// Counts changes that concern Jira. `version > published` is the outbox.
    pub version: i64,
    /// The version that is written in Jira.
    pub published: i64,
    /// What is written there.
    pub written: Published,
    /// Revision of the stored row; 0 = not stored yet. Only the store advances it.
    pub revision: i64,
}

/// What an observation did to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// First block.
    Opened,
    /// Other blocks, or other confidence.
    Altered,
    /// No block stands any more.
    Resolved,
    /// Nothing that concerns Jira.
    Same,
}

impl Case {
    /// A noticed add that nothing is known about yet.
    pub fn noticed(
        tenant: TenantId,
        project: ProjectId,
        account: AccountId,
        added: Moment,
        via: Via,
        quiet: bool,
    ) -> Self {
        Self {
            tenant,
            project,
            account,
            added,
            via,
            quiet,
            route: Route::Unknown,
            findings: Vec::new(),
            overall: None,
            checked_at: None,
            standing: Vec::new(),
            state: CaseState::Unchecked,
            ended_at: None,
            version: 0,
            published: 0,
            written: Published::default(),
            revision: 0,
        }
    }

    /// Takes a diagnosis in. An undetermined finding keeps the block that stood; only *clears* and *not applicable* end it.
    /// A case that people or life ended only keeps the diagnosis for the page.
    pub fn observe(&mut self, diagnosis: &Diagnosis, route: Route, at: Timestamp) -> Change {
        self.findings = diagnosis.findings.clone();
        self.overall = Some(diagnosis.overall());
        self.route = route;
        self.checked_at = Some(at);
        if self.state.has_ended() {
            return Change::Same;
        }
        let before = std::mem::take(&mut self.standing);
        self.standing = next_standing(&before, &diagnosis.findings);
        let change = match (before.is_empty(), self.standing.is_empty()) {
            _ if before == self.standing => Change::Same,
            (true, _) => Change::Opened,
            (_, true) => Change::Resolved,
            _ => Change::Altered,
        };
        self.state = match (self.standing.is_empty(), change, self.state) {
            (false, ..) => CaseState::Open,
            (true, Change::Resolved, _) | (true, _, CaseState::Resolved) => CaseState::Resolved,
            (true, ..) if self.overall == Some(Overall::CouldNotCheck) => CaseState::Unchecked,
            (true, ..) => CaseState::Clear,
        };
        self.ended_at = match (self.state, change) {
            (CaseState::Resolved, Change::Resolved) => Some(at),
            (CaseState::Resolved, _) => self.ended_at,
            _ => None,
        };
        if change != Change::Same {
            self.version += 1;
        }
        change
    }

    /// Ends the case by people or life. False when it had ended already.
    pub fn end(&mut self, how: CaseState, at: Timestamp) -> bool {
        if self.state.has_ended() || !how.has_ended() {
            return false;
        }
        if self.state == CaseState::Open {
            self.version += 1;
        }
        self.state = how;
        self.ended_at = Some(at);
        true
    }

    /// The cause to act on first, which page, panel, API, property and comment all name: by level, then severity, never by
    /// how sure we are. While the site's mail is off, curing anything below it helps nobody.
    pub fn primary(&self) -> Option<&Standing> {
        self.by_precedence().first().copied()
    }

    /// The other blocks that stand, in the same order.
    pub fn further(&self) -> Vec<&Standing> {
        self.by_precedence().into_iter().skip(1).collect()
    }

    /// The highest standing block that is worth a comment: severity warning or error, of whatever level.
    pub fn worth_a_comment(&self) -> Option<&Standing> {
        let acts = |s: &&Standing| s.scenario().is_some_and(|scenario| scenario.severity != Severity::Information);
        self.by_precedence().into_iter().find(acts)
    }

    /// Whether a block that stands is sure, be it the first or another one.
    pub fn is_confirmed(&self) -> bool {
        self.standing.iter().any(|standing| standing.confidence == Confidence::Confirmed)
    }

    /// The finding behind a block that stands. One that nobody could look at again is told as it stood.
    pub fn told(&self, standing: &Standing) -> Option<Finding> {
        let finding = self.findings.iter().find(|finding| finding.scenario.slug == standing.scenario)?;
        Some(Finding { ruling: Ruling::Blocks, confidence: standing.confidence, ..finding.clone() })
    }

    /// Every finding, where a block stands as [`Case::told`].
    pub fn told_findings(&self) -> Vec<Finding> {
        let told = |finding: &Finding| {
            let standing = self.standing.iter().find(|standing| standing.scenario == finding.scenario.slug);
            standing.and_then(|standing| self.told(standing)).unwrap_or_else(|| finding.clone())
        };
        self.findings.iter().map(told).collect()
    }

    /// Site before project before person, worst first, ties by the registry; last what this version no longer knows.
    fn by_precedence(&self) -> Vec<&Standing> {
        let rank = |standing: &&Standing| {
            let known = REGISTRY.iter().position(|scenario| scenario.slug == standing.scenario);
            known.map_or((Level::Person, Severity::Information, usize::MAX), |place| {
                (REGISTRY[place].level, REGISTRY[place].severity, place)
            })
        };
        let mut standing: Vec<_> = self.standing.iter().collect();
        standing.sort_by_key(rank);
        standing
    }

    /// Whether Jira does not yet show what the case says.
    pub fn is_unpublished(&self) -> bool {
        self.version > self.published
    }
}

fn next_standing(before: &[Standing], findings: &[Finding]) -> Vec<Standing> {
    let mut standing = before.to_vec();
    for finding in findings {
        let slug = finding.scenario.slug;
        match finding.ruling {
            Ruling::Blocks => {
                standing.retain(|s| s.scenario != slug);
                standing.push(Standing { scenario: slug.to_owned(), confidence: finding.confidence });
            }
            Ruling::Clears | Ruling::NotApplicable => standing.retain(|s| s.scenario != slug),
            Ruling::Undetermined(_) => {}
        }
    }
    standing.sort();
    standing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(blocks: &[(&str, Confidence)]) -> Case {
        let added = Moment::at(Timestamp::UNIX_EPOCH);
        let account = AccountId("qm:1:a".to_owned());
        let mut case = Case::noticed(TenantId(1), ProjectId(1), account, added, Via::Role, false);
        let block = |(slug, confidence): &(&str, Confidence)| Standing {
            scenario: (*slug).to_owned(),
            confidence: *confidence,
        };
        case.standing = blocks.iter().map(block).collect();
        case
    }

    fn slugs<'a>(standing: impl IntoIterator<Item = &'a Standing>) -> Vec<&'a str> {
        standing.into_iter().map(|standing| standing.scenario.as_str()).collect()
    }

    #[test]
    fn what_lies_higher_comes_first_however_sure_the_rest_is() {
        use Confidence::{Confirmed, Likely};
        let all = [
            ("of_an_older_version", Confirmed),
            ("existing_customer", Confirmed),
            ("created_by_automation", Confirmed),
            ("notification_disabled", Confirmed),
            ("outgoing_mail_disabled", Likely),
        ];
        let order: Vec<_> = all.iter().rev().map(|(slug, _)| *slug).collect();
        let case = standing(&all);
        assert_eq!(slugs(case.primary()), order[..1], "the site before everything else, though it is only likely");
        assert_eq!(slugs(case.further()), order[1..]);
        assert!(case.is_confirmed(), "the word about the person goes by whatever is sure");
        assert_eq!(slugs(standing(&all[..2]).primary()), ["existing_customer"]);
        assert_eq!(slugs(standing(&all[..2]).worth_a_comment()), [""; 0], "nobody has to act on it");
        assert_eq!(slugs(standing(&all[..3]).worth_a_comment()), ["created_by_automation"]);
        assert_eq!(slugs(standing(&[]).primary()), [""; 0]);
    }
}
