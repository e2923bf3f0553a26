//! What was said about one person in one project: an admin's statement, a rule's web request.
//! Judges nothing, and knows no name and no address: an account id is all it carries about people.

use super::{AccountId, ProjectId};
use diagnosis::{FactKey, Source};
use jiff::Timestamp;
use serde_json::Value;

/// One line about one person.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonLine {
    /// In which project it was said.
    pub project: ProjectId,
    /// About whom.
    pub account: AccountId,
    /// Which fact.
    pub key: FactKey,
    /// Its value.
    pub value: Value,
    /// Who says so: an admin's statement, a rule.
    pub source: Source,
    /// Since when it is so, where that was told.
    pub since: Option<Timestamp>,
    /// When it was said.
    pub observed_at: Timestamp,
    /// Account id of whoever said it, where there is one.
    pub by: Option<String>,
}
