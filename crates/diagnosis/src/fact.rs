//! One fact: its value with the origin that vouches for it, or the reason why it is not known.
//! Does not know which facts exist (see `table`) nor what follows from them (see `scenarios`).

use crate::{
    source::Source,
    vocabulary::{Confidence, Gap},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What vouches for a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The way it was learned; sets the cap.
    pub source: Source,
    /// When we saw it.
    pub observed_at: Timestamp,
    /// Since when it holds, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Account id of whoever made it so or said so, where the source tells. Never a name or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What this one observation is worth (a source not calibrated here, an old log row). Lowers the cap, never raises it.
    pub at_most: Confidence,
}

impl Origin {
    /// An observation that is worth as much as its source may prove, with no author and no start told.
    pub fn new(source: Source, observed_at: Timestamp) -> Self {
        Self { source, observed_at, since: None, by: None, at_most: Confidence::Confirmed }
    }

    /// The same observation, worth at most this much.
    #[must_use]
    pub fn at_most(mut self, ceiling: Confidence) -> Self {
        self.at_most = self.at_most.min(ceiling);
        self
    }

    /// The same observation with the time since when the value holds.
    #[must_use]
    pub fn since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    /// The same observation with the account id of its author.
    #[must_use]
    pub fn by(mut self, account: impl Into<String>) -> Self {
        self.by = Some(account.into());
        self
    }
}

/// A value and what vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed<T> {
    /// What was seen.
    pub value: T,
    /// How, when, by whom, and how much it counts.
    pub origin: Origin,
}

/// What is known about one thing. There is no `Default` and no `unwrap_or`: a gap cannot be read as a value by mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// Seen, by a named source at a named time.
    Known(Observed<T>),
    /// Not known, and why.
    Unknown(Gap),
}

impl<T> Fact<T> {
    /// A known fact.
    pub fn of(value: T, origin: Origin) -> Self {
        Self::Known(Observed { value, origin })
    }

    /// The only way to the value. An observation worth nothing (`at_most: unknown`) reads as if nobody had been asked.
    pub fn known(&self) -> Result<&Observed<T>, Gap> {
        match self {
            Self::Known(seen) if seen.origin.at_most > Confidence::Unknown => Ok(seen),
            Self::Known(_) => Err(Gap::NotAsked),
            Self::Unknown(gap) => Err(*gap),
        }
    }
}

/// When somebody was added, as tightly as we know it: after the last completed pass that lacked them, not after the one
/// that has them. Facts are judged as of this window, and "before the add" means before its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The add did not happen before this.
    pub not_before: Timestamp,
    /// The add had happened by this.
    pub not_after: Timestamp,
}

impl Moment {
    /// A window of no width: the time of the add is known exactly.
    pub fn at(time: Timestamp) -> Self {
        Self { not_before: time, not_after: time }
    }

    /// Whether the time lies inside the window, its ends included.
    pub fn contains(&self, time: Timestamp) -> bool {
        self.not_before <= time && time <= self.not_after
    }
}
