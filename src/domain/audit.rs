//! What we keep of Jira's audit log: account creations, and how far the log was read without a hole.
//! Knows no wire shape (`jira/audit`) and judges nothing.

use super::AccountId;
use diagnosis::Gap;
use jiff::Timestamp;

/// A record "User created".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountCreated {
    /// The new account.
    pub account: AccountId,
    /// When, by Jira's clock.
    pub at: Timestamp,
    /// Who created it; the log does not always say.
    pub author: Option<AccountId>,
}

/// The part of the log we can vouch for: read from `from` to `until` without a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Start. Records before it may be missing.
    pub from: Timestamp,
    /// End: when the last successful reading began.
    pub until: Timestamp,
}

impl Coverage {
    /// Whether nothing between the two times can be missing.
    pub fn spans(&self, from: Timestamp, until: Timestamp) -> bool {
        self.from <= from && until <= self.until
    }
}

/// State of the log reading of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AuditMark {
    /// What is vouched for for records of the *Customer invited* notification; `None` before the first reading.
    pub coverage: Option<Coverage>,
    /// Why the last reading failed, when it did.
    pub trouble: Option<Gap>,
}
