//! A case: one noticed add of one customer to one project, and what became of it.
//! Knows no words and no Jira; `observe` is the only way a diagnosis changes it.

use super::{AccountId, ProjectId, TenantId};
use diagnosis::{Confidence, Diagnosis, Finding, Moment, Overall, Route, Ruling, Severity, Via};
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

    /// The highest standing block by the order of the last diagnosis, then by slug.
    pub fn primary(&self) -> Option<&Standing> {
        let rank =
            |s: &Standing| self.findings.iter().position(|f| f.scenario.slug == s.scenario).unwrap_or(usize::MAX);
        self.standing.iter().min_by_key(|s| (rank(s), &s.scenario))
    }

    /// The highest standing block that is worth a comment: severity warning or error, of whatever level.
    pub fn worth_a_comment(&self) -> Option<&Standing> {
        self.findings
            .iter()
            .filter(|f| f.scenario.severity != Severity::Information)
            .find_map(|f| self.standing.iter().find(|s| s.scenario == f.scenario.slug))
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
