//! What we make of a source on one site: unproven, proven or refuted there; and when we last looked through it.
//! Knows no source's way of looking and no admin's right to say anything.

use super::{AccountId, ProjectId};
use diagnosis::{Confidence, Gap, Source};
use jiff::{SignedDuration, Timestamp};

/// Sources whose meaning on Cloud nobody has verified: what they say is worth *likely* until they are proven on the site.
pub const TO_BE_PROVEN: [Source; 2] = [Source::MailProbe, Source::JiraInternal];

/// How long what such a source said counts (rules.md section 1); `None` for the others, which date themselves.
pub fn fresh_for(source: Source) -> Option<SignedDuration> {
    match source {
        Source::MailProbe => Some(SignedDuration::from_hours(6)),
        Source::JiraInternal => Some(SignedDuration::from_hours(1)),
        _ => None,
    }
}

/// How a source stands on one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CalibrationState {
    /// Never compared with what an admin says.
    #[default]
    Unproven,
    /// Said what an admin said.
    Proven,
    /// Said something else: not used until it is proven.
    Refuted,
}

impl CalibrationState {
    /// Stable name, as in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Proven => "proven",
            Self::Refuted => "refuted",
        }
    }

    /// Reads [`CalibrationState::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Unproven, Self::Proven, Self::Refuted].into_iter().find(|state| state.name() == name)
    }
}

/// One source on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// Which.
    pub source: Source,
    /// How it stands.
    pub state: CalibrationState,
    /// Since when.
    pub since: Timestamp,
    /// Account id of whoever compared it; an operator in the terminal has none.
    pub by: Option<AccountId>,
    /// When it did what it must never do, and was switched off for good.
    pub stopped_at: Option<Timestamp>,
}

impl Calibration {
    /// The most that what it says is worth; `None` when it is not used.
    pub fn worth(&self) -> Option<Confidence> {
        match self.state {
            _ if self.stopped_at.is_some() => None,
            CalibrationState::Unproven => Some(Confidence::Likely),
            CalibrationState::Proven => Some(Confidence::Confirmed),
            CalibrationState::Refuted => None,
        }
    }
}

/// The last time we looked through a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which source.
    pub source: Source,
    /// At which project; `None` for the site.
    pub project: Option<ProjectId>,
    /// When.
    pub asked_at: Timestamp,
    /// Why nothing was seen; `None` when something was.
    pub trouble: Option<Gap>,
}
