//! The plans of the site's applications.
//! Does not know what a plan allows; mail is not counted here.

/// A plan, the same for every application of the site but Jira Work Management's leftovers, which have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Free: at most 100 mails a day.
    Free,
    /// Standard, Premium or Enterprise.
    Paid,
}

impl Plan {
    /// The word in `plan`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Paid => "PAID",
        }
    }
}
