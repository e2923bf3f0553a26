//! The roster: who was seen on which project, since when and by which way.
//! Knows no names and no addresses, and opens no case: it tells which adds are new.

pub mod quota;

use super::{AccountId, ProjectId};
use diagnosis::{Moment, Via};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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

/// What a completed pass over one way of adding in one project read, where that fits into one answer. A longer one is a
/// [`Run`].
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

/// A pass under way, read page by page. What it found so far is the store's; it counts for nothing until it is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The project.
    pub project: ProjectId,
    /// Which way is read.
    pub via: Via,
    /// Tells one run from the next.
    pub id: i64,
    /// Pages taken in.
    pub step: u32,
    /// Where the next one begins.
    pub cursor: Cursor,
    /// Before the first answer, as [`Pass::began`]; `None` before any.
    pub began: Option<Timestamp>,
    /// Take everybody over silently.
    pub reseed: bool,
    /// People on the pages so far, for whoever waits for the end.
    pub read: u64,
}

/// Where the next page of a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// The list itself, from this offset: a project's organisations, or its customers.
    List(usize),
    /// The members of the first organisation with this id or a higher one, from this offset.
    Members(i64, usize),
    /// Everything is read.
    End,
}

/// One answer of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// People found.
    pub accounts: Vec<AccountId>,
    /// Who is found only on such pages is taken over silently.
    pub silent: bool,
    /// Organisations found on the project.
    pub organisations: Vec<Listed>,
    /// Where the next page begins.
    pub next: Cursor,
    /// As [`Pass::began`].
    pub began: Timestamp,
    /// As [`Pass::ended`].
    pub ended: Timestamp,
    /// What it cost of Jira's quota.
    pub points: u64,
}

/// An organisation on a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Jira's id.
    pub id: i64,
    /// When it was made, if Jira says. Of one that is younger than the last pass everybody came since.
    pub created: Option<Timestamp>,
}

/// What a pass changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassOutcome {
    /// Adds that no case tells of yet, by account, at most [`RAISED_AT_ONCE`]; empty when the pass seeded.
    pub fresh: Vec<Seat>,
    /// How many of those there are.
    pub due: u64,
    /// Everybody new was taken over silently.
    pub seeding: bool,
    /// How many people were taken over silently.
    pub seeded: u64,
    /// How many adds this pass found.
    pub found: u64,
    /// They are an import ([`is_batch`]).
    pub batch: bool,
    /// How many seats ended.
    pub gone: u64,
    /// How many seats stand after the pass.
    pub total: u64,
}

/// Adds that are told at once; the rest in rows that settle into each other.
pub const RAISED_AT_ONCE: usize = 500;

/// An import that a pass found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddBatch {
    /// By which way.
    pub via: Via,
    /// When it was found.
    pub at: Timestamp,
    /// How many were new.
    pub people: u64,
    /// How many of them have a cause standing, by cause.
    pub causes: Vec<(String, u64)>,
}

/// Why a way of a project cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// The app user lacks a right, or the thing is not there.
    Forbidden,
    /// One answer is larger than we read.
    TooLarge,
    /// No usable answer, again and again.
    Unavailable,
}

/// A way of a project that cannot be read now. Nobody is taken for absent because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassGap {
    /// Which way.
    pub via: Via,
    /// Why.
    pub why: Unread,
    /// Since when.
    pub at: Timestamp,
}

/// The last completed pass over one way in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPass {
    /// The project.
    pub project: ProjectId,
    /// The way.
    pub via: Via,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// It took everybody over silently.
    pub seeded: bool,
    /// How many people it found.
    pub people: u64,
    /// What it cost of Jira's quota.
    pub points: u64,
}

/// More new people than this in one pass are an import, not single adds.
pub fn is_batch(fresh: u64, total: u64) -> bool {
    fresh > 50.max(total.div_ceil(10))
}

/// A pause between passes longer than this many intervals makes the next one silent.
pub const SILENT_AFTER_INTERVALS: i32 = 3;

/// Whether a pass after such a pause must seed.
pub fn must_reseed(last: Option<Timestamp>, now: Timestamp, interval: SignedDuration) -> bool {
    last.is_some_and(|last| !interval.is_zero() && now.duration_since(last) > interval * SILENT_AFTER_INTERVALS)
}
