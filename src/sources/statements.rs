//! What an admin says: a dated answer to a question that Jira does not answer.
//! Does not know who may say what; the door that takes the statement has asked.

use crate::domain::history::Line;
use crate::domain::person_line::PersonLine;
use crate::domain::{AccountId, ProjectId};
use diagnosis::{FactKey, Level, Source};
use jiff::Timestamp;
use serde_json::Value;

/// Facts that a project's admin may state.
pub const OF_A_PROJECT: &[FactKey] = &[FactKey::InviteNotificationOn];
/// Facts that a site's admin may state.
pub const OF_THE_SITE: &[FactKey] = &[FactKey::OutgoingMailOn];
/// Facts that a project's admin may state about a person there.
pub const OF_A_PERSON: &[FactKey] = &[FactKey::AddressSuppressed, FactKey::AddedVia];

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

/// A statement about one person; `None` when the fact is not one to be stated or the value is not of its type.
pub fn person_line(
    fact: &str,
    value: Value,
    project: ProjectId,
    account: &AccountId,
    by: &AccountId,
    at: Timestamp,
) -> Option<PersonLine> {
    let key = FactKey::from_name(fact).filter(|key| OF_A_PERSON.contains(key) && key.accepts(&value))?;
    let (account, by) = (account.clone(), Some(by.0.clone()));
    Some(PersonLine { project, account, key, value, source: Source::AdminStatement, since: None, observed_at: at, by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::suppressed("address_suppressed", json!(true), true)]
    #[case::via("added_via", json!("role"), true)]
    #[case::no_way("added_via", json!("pigeon"), false)]
    #[case::text("address_suppressed", json!("true"), false)]
    #[case::not_to_be_stated("known_before", json!(true), false)]
    #[case::of_the_project("invite_notification_on", json!(true), false)]
    fn only_some_facts_may_be_said_about_people(#[case] fact: &str, #[case] value: Value, #[case] taken: bool) {
        let (admin, person) = (AccountId("5f0000000000000000000001".to_owned()), AccountId("qm:a".to_owned()));
        let line = person_line(fact, value, ProjectId(1), &person, &admin, Timestamp::UNIX_EPOCH);
        assert_eq!(line.is_some(), taken);
    }

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
