//! What an admin says: a dated answer to a question that Jira does not answer.
//! Does not know who may say what; the door that takes the statement has asked.

use crate::domain::history::Line;
use crate::domain::person_line::PersonLine;
use crate::domain::{AccountId, ProjectId};
use diagnosis::{FactKey, Level, Source};
use jiff::Timestamp;
use serde_json::Value;

/// Facts that a project's admin may state.
pub const OF_A_PROJECT: &[FactKey] = &[FactKey::InviteNotificationOn, FactKey::WrongDoor];
/// Facts that a site's admin may state.
pub const OF_THE_SITE: &[FactKey] =
    &[FactKey::OutgoingMailOn, FactKey::PortalOnlyAccountsAllowed, FactKey::AllowedDomains];
/// Facts that a project's admin may state about a person there.
pub const OF_A_PERSON: &[FactKey] = &[FactKey::AddressSuppressed, FactKey::AddedVia];

/// Domains on one list at most.
const DOMAINS: usize = 1000;
/// The longest name that the domain name system knows.
const DOMAIN_CHARS: usize = 253;

/// A statement as a line of the fact's history; `None` when the fact is not one to be stated here or the value is not of its
/// type. `project` is `None` for the site's facts.
pub fn line(fact: &str, value: Value, project: Option<ProjectId>, by: &AccountId, at: Timestamp) -> Option<Line> {
    let key = FactKey::from_name(fact)?;
    let (may, level) = if project.is_some() { (OF_A_PROJECT, Level::Project) } else { (OF_THE_SITE, Level::Site) };
    if !may.contains(&key) || key.level() != level || !key.accepts(&value) {
        return None;
    }
    let value = if key == FactKey::AllowedDomains { domains(&value)? } else { value };
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

/// A list of domain names as it is kept: lower case, each once, nothing that is no name of a domain (an address least of all).
fn domains(value: &Value) -> Option<Value> {
    let list = value.as_array().filter(|list| list.len() <= DOMAINS)?;
    let names: Option<std::collections::BTreeSet<String>> = list.iter().map(|name| domain(name.as_str()?)).collect();
    Some(Value::from(names?.into_iter().collect::<Vec<_>>()))
}

fn domain(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.').to_lowercase();
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let fits = name.chars().count() <= DOMAIN_CHARS && name.contains('.') && name.split('.').all(label);
    fits.then_some(name)
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
    #[case::door("wrong_door", json!(true), Some(ProjectId(1)), true)]
    #[case::door_of_a_site("wrong_door", json!(true), None, false)]
    #[case::access("portal_only_accounts_allowed", json!(false), None, true)]
    #[case::domains("allowed_domains", json!(["Example.COM", "bücher.example."]), None, true)]
    #[case::no_limit("allowed_domains", json!([]), None, true)]
    #[case::address_among_domains("allowed_domains", json!(["jane@example.com"]), None, false)]
    #[case::word_among_domains("allowed_domains", json!(["localhost"]), None, false)]
    #[case::one_domain("allowed_domains", json!("example.com"), None, false)]
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

    #[test]
    fn domains_are_kept_in_one_spelling() {
        let by = AccountId("5f0000000000000000000001".to_owned());
        let said = json!([" Example.COM", "example.com.", "a.example"]);
        let line = line("allowed_domains", said, None, &by, Timestamp::UNIX_EPOCH).expect("taken");
        assert_eq!(line.value, json!(["a.example", "example.com"]));
    }
}
