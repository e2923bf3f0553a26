//! What a piece of work leaves behind: its end and its successors, or the trouble that kept it from one.
//! Knows no kind of work.

use crate::domain::work::{Claim, End, MAX_ATTEMPTS, NewWork};
use crate::jira::JiraError;
use crate::store::StoreError;
use jiff::Timestamp;

/// An end with the rows that are added in the same transaction.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) end: End,
    pub(super) then: Vec<NewWork>,
}

impl Outcome {
    /// Done, with nothing to follow.
    pub(super) fn done() -> Self {
        Self { end: End::Done, then: Vec::new() }
    }

    /// Done, and these follow.
    pub(super) fn then(then: Vec<NewWork>) -> Self {
        Self { end: End::Done, then }
    }

    /// Not now, through no fault of the work.
    pub(super) fn defer(until: Timestamp, why: &'static str) -> Self {
        Self { end: End::Defer { until, why }, then: Vec::new() }
    }
}

/// Why a piece of work could not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Jira.
    #[error(transparent)]
    Jira(#[from] JiraError),
}

impl Trouble {
    /// How a row ends because of it.
    pub(super) fn end(&self) -> End {
        match self {
            Self::Jira(error) => error.end(),
            Self::Store(StoreError::Rejected) => End::Dead { why: "store_rejected" },
            Self::Store(StoreError::Sealed) => End::Retry { why: "secret_sealed" },
            Self::Store(_) => End::Retry { why: "store" },
        }
    }
}

/// A chore is never dead: where an event would be given up, the chore waits for its next turn, since nothing is lost by that.
pub(super) fn chore(claim: &Claim, result: Result<Outcome, Trouble>, successor: Option<NewWork>) -> Outcome {
    let (end, mut then) = match result {
        Ok(outcome) => (outcome.end, outcome.then),
        Err(trouble) => (trouble.end(), Vec::new()),
    };
    match end {
        End::Defer { .. } => Outcome { end, then },
        End::Retry { .. } if claim.attempt < MAX_ATTEMPTS => Outcome { end, then },
        End::Done => {
            then.extend(successor);
            Outcome { end, then }
        }
        End::Retry { why } | End::Dead { why } => {
            tracing::warn!(tenant = claim.tenant.0, kind = claim.work.kind(), why, "put off to its next turn");
            then.extend(successor);
            Outcome::then(then)
        }
    }
}
