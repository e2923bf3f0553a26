//! Identifiers as types, so that one cannot be passed for another.
//! Knows nothing about what they identify.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

id! {
    /// Our own number for a site; never a client key, so that a tenant may have two doors and survive a rename.
    TenantId(i64);
    /// Jira's numeric project id.
    ProjectId(i64);
    /// Atlassian account id, for example `qm:…:…` (portal-only) or 24 hex digits. The only thing we keep about a person.
    AccountId(String);
    /// Row of the queue.
    WorkId(i64);
}

impl Copy for TenantId {}
impl Copy for ProjectId {}
impl Copy for WorkId {}

impl AccountId {
    /// Jira's documented maximum length of an account id.
    pub const MAX: usize = 128;

    /// An account id as it may arrive from outside.
    ///
    /// # Errors
    /// `None` when empty, longer than [`AccountId::MAX`] or with characters no account id has: a NUL byte would make
    /// the store refuse a whole batch, and a quote would leave a JQL string.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= Self::MAX;
        let legal = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.'));
        (fits && legal).then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn account_ids_are_checked_at_the_border() {
        for good in ["qm:0000-1:aa-2", "5f0000000000000000000001", "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077"] {
            assert!(AccountId::parse(good).is_some(), "{good} is an account id as Jira sends it");
        }
        for bad in ["", "a\0b", "a\" OR 1=1", "someone@example.com", "a b", &"x".repeat(129)] {
            assert!(AccountId::parse(bad).is_none(), "{bad:?} must be refused");
        }
    }
}
