//! What to do about a cause, and who can: message ids in order.
//! Does not know the words, the person's name, or the site's address; those are filled in when somebody looks.

use crate::{table::FactKey, vocabulary::Who};

/// Atlassian's own article on the causes: every finding's "Learn more".
pub const KNOWLEDGE_ARTICLE: &str =
    "https://support.atlassian.com/jira/kb/resolve-invitation-email-issues-in-jira-service-management-cloud/";

/// One step of a cure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Message id.
    pub text: &'static str,
    /// The facts by each of which the step may be left out: it works through a switch that is known to be off and so cannot
    /// work, it is done already, or a fresh invitation makes it idle.
    pub hangs_on: &'static [FactKey],
}

/// The cure of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Who can do it; a step that needs somebody else says so.
    pub who: Who,
    /// In order.
    pub steps: &'static [Step],
    /// Message id of a text to copy and send to somebody.
    pub copy: Option<&'static str>,
}

/// Where Atlassian tracks the ticket.
pub fn ticket_url(key: &str) -> String {
    format!("https://jira.atlassian.com/browse/{key}")
}
