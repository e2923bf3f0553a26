//! Why Jira did not answer a call, and what that means for a fact and for a piece of work.
//! Knows no wire shape; carries no URL, no body, no id of a person.

use crate::domain::throttle::Scope;
use crate::domain::work::{End, TOKEN_ENDED};
use crate::outbound::OutboundError;
use diagnosis::Gap;
use jiff::{SignedDuration, Timestamp};

/// How long to leave something alone that failed in a way that may pass, when nobody said how long.
pub const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// How an answer is called of which more came than we read.
pub const TOO_LARGE: &str = "too_large";

/// Why there is no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JiraError {
    /// A limit is reached.
    #[error("throttled until {until}")]
    Throttled {
        /// Not before.
        until: Timestamp,
        /// What waits: `None` when only this very call does (a limit on writes into one work item).
        scope: Option<Scope>,
    },
    /// The app user lacks a right, or the site has not got the thing.
    #[error("not permitted")]
    Forbidden,
    /// Not there, or not to be seen by the app user.
    #[error("not found")]
    NotFound,
    /// No answer, or one that says "not now"; a fixed word says which.
    #[error("not available: {0}")]
    Unavailable(&'static str),
    /// An answer that is not what the call's documentation says; a fixed word says how.
    #[error("unreadable: {0}")]
    Garbage(&'static str),
    /// Refused with this status: asking the same again is of no use.
    #[error("refused with status {0}")]
    Refused(u16),
    /// The tenant is uninstalled or frozen: nothing is called.
    #[error("the tenant is not active")]
    Inactive,
    /// The last token has ended, and only Forge brings the next one.
    #[error("no token to speak with before {until}")]
    NoToken {
        /// When the next one is expected; what waits is woken when it comes.
        until: Timestamp,
    },
    /// The resource cannot be reached through the tenant's door, now or later.
    #[error("not served through this door")]
    NotServed,
}

impl JiraError {
    /// The gap of a fact that this call was to tell. What [`JiraError::NotFound`] means only the caller can say.
    pub fn gap(&self) -> Gap {
        match self {
            Self::Forbidden => Gap::Forbidden,
            Self::NotServed => Gap::NotExposed,
            _ => Gap::Unavailable,
        }
    }

    /// Whether the same call may well succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::NoToken { .. } | Self::Unavailable(_) | Self::Garbage(_))
    }

    /// When to look again, if it may pass.
    pub fn again_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Throttled { until, .. } | Self::NoToken { until } => Some(*until),
            other if other.is_passing() => Some(now.saturating_add(LOOK_AGAIN).unwrap_or(now)),
            _ => None,
        }
    }

    /// How a piece of work ends that can do nothing without this call.
    pub fn end(&self) -> End {
        match self {
            Self::Throttled { until, .. } => End::Defer { until: *until, why: "throttled" },
            Self::Unavailable(why) | Self::Garbage(why) => End::Retry { why },
            Self::Forbidden => End::Dead { why: "forbidden" },
            Self::NotFound => End::Dead { why: "not_found" },
            Self::Refused(_) => End::Dead { why: "refused" },
            Self::Inactive => End::Done,
            Self::NoToken { until } => End::Defer { until: *until, why: TOKEN_ENDED },
            Self::NotServed => End::Dead { why: "not_served" },
        }
    }
}

impl From<OutboundError> for JiraError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::Refused(_) => Self::Unavailable("address_refused"),
            OutboundError::TimedOut => Self::Unavailable("timeout"),
            OutboundError::Unreachable | OutboundError::Setup(_) => Self::Unavailable("unreachable"),
            OutboundError::TooLarge => Self::Garbage(TOO_LARGE),
            OutboundError::Status(status) => Self::Refused(status),
            OutboundError::Unreadable => Self::Garbage("not_readable"),
        }
    }
}
