//! A scan: somebody's wish to look at the customers of one project now, how far it is, and how it ended.
//! Knows no page and no pass; passes tell how far they are, whoever asked for them.

use super::ProjectId;
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};

/// How long a scan that ended can still be asked for.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The ways that a scan looks through: those whose differences are adds.
pub const WAYS: [Via; 2] = [Via::Role, Via::Organisation];

/// Where a scan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanState {
    /// Nothing was read yet.
    Queued,
    /// Some of it was.
    Running,
    /// Everything was read.
    Done,
    /// Somebody stopped it.
    Stopped,
    /// Something could not be read.
    Failed,
}

impl ScanState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Stopped, Self::Failed];

    /// Stable name, in the store and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing changes any more.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A scan as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Its name.
    pub id: String,
    /// The project.
    pub project: ProjectId,
    /// Where it stands.
    pub state: ScanState,
    /// People read so far.
    pub done: u64,
    /// People to read, as far as is known; grows while more are found.
    pub total: u64,
    /// Adds found that were not known before.
    pub found: u64,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Grows with every change, so that a late answer never takes the place of a newer one.
    pub version: i64,
}

/// How far the pass over one way is. The same may be told twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The way.
    pub via: Via,
    /// When the pass began, by our clock: one that began before a scan was asked for is none of its.
    pub began: Timestamp,
    /// People read so far.
    pub read: u64,
    /// People in all, where that is known better than before.
    pub total: Option<u64>,
    /// New adds so far.
    pub found: u64,
    /// What came of it, once nothing is left to read.
    pub end: Option<PassEnd>,
}

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassEnd {
    /// Everything was read.
    Complete,
    /// There is nothing of this kind to read here, or it is kept from us.
    Unreadable,
}
