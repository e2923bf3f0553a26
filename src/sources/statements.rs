//! What an admin says: a dated answer to a question that Jira does not answer.
//! Does not know who may say what; the door that takes the statement has asked.

use crate::domain::history::Line;
use crate::domain::{AccountId, ProjectId};
use diagnosis::{FactKey, Level, Source};
use jiff::Timestamp;
use serde_json::Value;

/// Facts that a project's admin may state.
pub const OF_A_PROJECT: &[FactKey] = &[FactKey::InviteNotificationOn];
/// Facts that a site's admin may state.
pub const OF_THE_SITE: &[FactKey] = &[FactKey::OutgoingMailOn];

/// A statement as a line of the fact's history; `None` when the fact is not one to be stated here or the value is not of its
/// type. `project` is `None` for the site's facts.
pub fn line(fact: &str, value: Value, project: Option<ProjectId>, by: &AccountId, at: Timestamp) -> Option<Line> {
    let key = FactKey::from_name(fact)?;
    let (may, level) = if project.is_some() { (OF_A_PROJECT, Level::Project) } else { (OF_THE_SITE, Level::Site) };
    if !may.contains(&key) || key.level() != level || !key.accepts(&value) {
        return None;
    }
    let source = Source::AdminStatement;
    Some(Line { key, project, value, before: None, source, since: None, observed_at: at, by: Some(by.0.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::project("invite_notification_on", json!(false), Some(ProjectId(1)), true)]
    #[case::site("outgoing_mail_on", json!(true), None, true)]
    #[case::site_fact_by_a_project_admin("outgoing_mail_on", json!(true), Some(ProjectId(1)), false)]
    #[case::project_fact_for_the_site("invite_notification_on", json!(true), None, false)]
    #[case::not_to_be_stated("known_before", json!(true), Some(ProjectId(1)), false)]
    #[case::unknown("weather", json!(true), None, false)]
    #[case::text("outgoing_mail_on", json!("true"), None, false)]
    fn only_known_facts_of_their_level_and_type_are_taken(
        #[case] fact: &str,
        #[case] value: Value,
        #[case] project: Option<ProjectId>,
        #[case] taken: bool,
    ) {
        let by = AccountId("5f0000000000000000000001".to_owned());
        assert_eq!(line(fact, value, project, &by, Timestamp::UNIX_EPOCH).is_some(), taken);
    }
}
