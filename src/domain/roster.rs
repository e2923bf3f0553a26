//! The roster: who was seen on which project, since when and by which way.
//! Knows no names and no addresses, and opens no case: it tells which adds are new.

use super::{AccountId, ProjectId};
use diagnosis::{Moment, Via};
use jiff::{SignedDuration, Timestamp};

/// One person on one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The project.
    pub project: ProjectId,
    /// The person.
    pub account: AccountId,
    /// How we know (rules.md section 2).
    pub via: Via,
    /// The add happened in here. `not_before` is the start of the last completed pass that lacked the person.
    pub added: Moment,
    /// Already there when the project was first seen: known silently, the window says nothing about an add.
    pub seeded: bool,
    /// When a completed pass first lacked the person again.
    pub gone_at: Option<Timestamp>,
    /// An earlier stay on this project ended by removal: when the person was last known to be here before `added`.
    pub stayed_before: Option<Timestamp>,
}

/// What a completed pass over one way of adding in one project read.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The project.
    pub project: ProjectId,
    /// Which way was read.
    pub via: Via,
    /// Everybody found, complete.
    pub accounts: Vec<AccountId>,
    /// Before the reading began, by the earlier of our clock and Jira's: who is added later cannot have been missed before it.
    pub began: Timestamp,
    /// After the reading ended, by the later of both clocks.
    pub ended: Timestamp,
    /// Take everybody over silently although an earlier pass exists (customer access changed, too long a gap).
    pub reseed: bool,
}

/// What a pass changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassOutcome {
    /// New seats that are adds; empty when the pass seeded.
    pub fresh: Vec<Seat>,
    /// How many were known silently by this pass.
    pub seeded: u64,
    /// How many seats ended.
    pub gone: u64,
    /// How many seats stand after the pass.
    pub total: u64,
}

/// More new people than this in one pass are an import, not single adds.
pub fn is_batch(fresh: usize, total: u64) -> bool {
    fresh as u64 > 50.max(total.div_ceil(10))
}

/// A pause between passes longer than this many intervals makes the next one silent.
pub const SILENT_AFTER_INTERVALS: i32 = 3;

/// Whether a pass after such a pause must seed.
pub fn must_reseed(last: Option<Timestamp>, now: Timestamp, interval: SignedDuration) -> bool {
    last.is_some_and(|last| !interval.is_zero() && now.duration_since(last) > interval * SILENT_AFTER_INTERVALS)
}
