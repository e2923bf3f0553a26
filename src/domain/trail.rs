//! What people did in our pages: who, when, what, and numbers about it; never about whom.
//! Knows no page and no table; its details cannot hold free text, so no address or name can enter.

use super::{AccountId, ProjectId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// How long an entry is kept, whatever a project chose for its cases: it tells nothing about customers, and whoever asks who
/// changed a setting asks late.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Changed the project's settings.
    SettingsChanged,
    /// Said how a switch is set.
    Statement,
    /// Uploaded a file.
    Import,
    /// Checked addresses before inviting.
    Check,
    /// Made a secret for the rule step.
    IngestSecretMade,
    /// Deleted one.
    IngestSecretDeleted,
    /// Asked for a scan.
    ScanStarted,
    /// Stopped one.
    ScanStopped,
    /// Ended a case by saying that the link was sent.
    Handled,
    /// Forgot a person.
    Forgot,
    /// Had the sources test themselves.
    Selftest,
    /// Marked a cause as meant to be so, or took that back.
    OnPurpose,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 12] = [
        Self::SettingsChanged,
        Self::Statement,
        Self::Import,
        Self::Check,
        Self::IngestSecretMade,
        Self::IngestSecretDeleted,
        Self::ScanStarted,
        Self::ScanStopped,
        Self::Handled,
        Self::Forgot,
        Self::Selftest,
        Self::OnPurpose,
    ];

    /// Stable name, in the store and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::SettingsChanged => "settings_changed",
            Self::Statement => "statement",
            Self::Import => "import",
            Self::Check => "check",
            Self::IngestSecretMade => "ingest_secret_made",
            Self::IngestSecretDeleted => "ingest_secret_deleted",
            Self::ScanStarted => "scan_started",
            Self::ScanStopped => "scan_stopped",
            Self::Handled => "handled",
            Self::Forgot => "forgot",
            Self::Selftest => "selftest",
            Self::OnPurpose => "on_purpose",
        }
    }

    /// The deed with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

/// One thing that a detail may say: a word of ours, a number, a yes or no. There is no way to put text from outside here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A word of the code.
    Word(&'static str),
    /// A number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl From<&'static str> for Detail {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<u64> for Detail {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Detail {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<bool> for Detail {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// In which project; `None` for the whole site.
    pub project: Option<ProjectId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: AccountId,
    /// What.
    pub what: Deed,
    /// More about it.
    pub detail: Map<String, Value>,
}

impl Entry {
    /// An entry without details.
    pub fn new(project: Option<ProjectId>, at: Timestamp, by: AccountId, what: Deed) -> Self {
        Self { project, at, by, what, detail: Map::new() }
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, key: &'static str, detail: impl Into<Detail>) -> Self {
        let value = match detail.into() {
            Detail::Word(word) => Value::from(word),
            Detail::Count(count) => Value::from(count),
            Detail::Flag(flag) => Value::from(flag),
        };
        self.detail.insert(key.to_owned(), value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Deed;

    #[test]
    fn every_deed_is_found_by_its_name() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_name(deed.name()), Some(deed));
        }
    }
}
