//! What Jira's webhooks say, normalised to work. Names, addresses and the rest of a body are never read.
//! Knows no token and no queue; nothing is judged by an event, it is only a hint where to look.

use crate::domain::work::Work;
use crate::domain::{AccountId, ProjectId};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// What an event comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something to do: the first is what the event is about, the others are about further people.
    Work(Vec<Work>),
    /// Nothing to do: an event we know and do not use, of another kind of project, or one we do not know.
    Nothing,
}

/// Not JSON, or a known event without what makes it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "webhookEvent")]
    event: String,
    #[serde(default)]
    timestamp: Value,
    #[serde(default)]
    user: Value,
    #[serde(default)]
    issue: Value,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    changelog: Value,
}

/// Reads a body. `now` stands for a time that the event does not tell, or tells to be still to come.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Heard, Broken> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| Broken)?;
    let at = time(&envelope.timestamp, now);
    match envelope.event.as_str() {
        "user_created" => {
            let account = account(&envelope.user)?;
            Ok(heard(vec![Work::Locate { account, hinted_at: at, looked: 0 }]))
        }
        "user_updated" | "user_deleted" => account(&envelope.user).map(|_| Heard::Nothing),
        "jira:issue_created" => created(&envelope, at),
        "jira:issue_updated" => updated(&envelope, at),
        "comment_created" => commented(&envelope, at),
        _ => Ok(Heard::Nothing),
    }
}

/// People who take part in one request; more are left to the passes.
const PARTICIPANTS: usize = 20;

fn heard(works: Vec<Work>) -> Heard {
    if works.is_empty() { Heard::Nothing } else { Heard::Work(works) }
}

/// By so much the two clocks may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(atlassian_jwt::EXP_LEEWAY);

/// Milliseconds since the epoch, as a number or as text.
fn time(told: &Value, now: Timestamp) -> Timestamp {
    let milliseconds = told.as_i64().or_else(|| told.as_str()?.trim().parse().ok());
    let told = milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    // Jira's clock may be ahead of ours by as much as a token is forgiven: then its time is the one by which things happened.
    let latest = now.saturating_add(CLOCKS_DIFFER).unwrap_or(now);
    told.map_or(now, |at| if at <= latest { at } else { now })
}

/// Jira's own documentation spells the field in two ways.
fn account(user: &Value) -> Result<AccountId, Broken> {
    let told = user["accountId"].as_str().or_else(|| user["accoundId"].as_str());
    told.and_then(AccountId::parse).ok_or(Broken)
}

/// Automation and apps act, but are nobody's customer.
fn is_app(user: &Value) -> bool {
    user["accountType"].as_str() == Some("app")
}

/// A work item of an event.
struct Item<'a> {
    key: &'a str,
    project: Option<ProjectId>,
    fields: &'a Value,
}

impl<'a> Item<'a> {
    fn of(issue: &'a Value) -> Result<Self, Broken> {
        let key = issue["key"].as_str().filter(|key| crate::domain::project::is_item_key(key)).ok_or(Broken)?;
        let fields = &issue["fields"];
        let project = &fields["project"];
        // Without the type it may be one; the worker does nothing for people whom no service project ever showed.
        let service = project["projectTypeKey"].as_str().is_none_or(|kind| kind == "service_desk");
        let id = project["id"].as_i64().or_else(|| project["id"].as_str()?.parse().ok()).map(ProjectId);
        // Without its project an event of a work item cannot be placed at all.
        let id = id.ok_or(Broken)?;
        Ok(Self { key, project: service.then_some(id), fields })
    }

    /// Nobody may have reported it; somebody unreadable is a broken event.
    fn reporter(&self) -> Result<Option<AccountId>, Broken> {
        match &self.fields["reporter"] {
            Value::Null => Ok(None),
            reporter => account(reporter).map(Some),
        }
    }
}

impl Item<'_> {
    /// Customers who take part in the request. Which of a site's own fields holds them is told nowhere: any that lists
    /// people does, of whom only portal accounts are surely no agents.
    fn participants(&self, is_meant: impl Fn(&str) -> bool) -> BTreeSet<AccountId> {
        let fields = self.fields.as_object().into_iter().flatten();
        let lists = fields.filter(|(name, _)| name.starts_with("customfield_") && is_meant(name));
        let people = lists.filter_map(|(_, value)| value.as_array()).flatten();
        let customers = people.filter(|person| person["accountType"].as_str() == Some("customer"));
        customers.filter_map(|person| account(person).ok()).take(PARTICIPANTS).collect()
    }
}

fn taking_part(project: ProjectId, people: BTreeSet<AccountId>, at: Timestamp) -> impl Iterator<Item = Work> {
    people.into_iter().map(move |account| Work::Participant { project, account, at })
}

fn created(envelope: &Envelope, at: Timestamp) -> Result<Heard, Broken> {
    let item = Item::of(&envelope.issue)?;
    let reporter = item.reporter()?.filter(|_| !is_app(&item.fields["reporter"]));
    // Rules and apps create items without a user; then somebody else acted than the customer.
    let actor = match &envelope.user {
        Value::Null => account(&item.fields["creator"]).ok(),
        user => Some(account(user)?),
    };
    let Some(project) = item.project else { return Ok(Heard::Nothing) };
    let mut people = item.participants(|_| true);
    let mut works = Vec::new();
    if let (Some(reporter), Some(actor)) = (reporter, actor) {
        people.remove(&reporter);
        works.push(Work::Request { project, request: item.key.to_owned(), reporter, actor, at });
    }
    works.extend(taking_part(project, people, at));
    Ok(heard(works))
}

/// Only fields that the event says have changed: a request is updated all the time.
fn updated(envelope: &Envelope, at: Timestamp) -> Result<Heard, Broken> {
    let item = Item::of(&envelope.issue)?;
    let Some(project) = item.project else { return Ok(Heard::Nothing) };
    let changed = envelope.changelog["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_changed = |name: &str| changed.iter().any(|change| change["fieldId"].as_str() == Some(name));
    Ok(heard(taking_part(project, item.participants(is_changed), at).collect()))
}

/// An internal comment comes from the team and tells nothing about the customer. The reporter is often left out: then it
/// is about the one who commented.
fn commented(envelope: &Envelope, at: Timestamp) -> Result<Heard, Broken> {
    let item = Item::of(&envelope.issue)?;
    let author = &envelope.comment["author"];
    let actor = account(author)?;
    let internal = envelope.comment["jsdPublic"].as_bool() == Some(false);
    let Some(project) = item.project.filter(|_| !internal) else { return Ok(Heard::Nothing) };
    let reporter = match item.reporter()? {
        None if is_app(author) => return Ok(Heard::Nothing),
        told => told.unwrap_or_else(|| actor.clone()),
    };
    Ok(heard(vec![Work::Request { project, request: item.key.to_owned(), reporter, actor, at }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn said(body: &Value) -> Result<Heard, Broken> {
        read(body.to_string().as_bytes(), Timestamp::from_second(2_000_000_000).expect("a time"))
    }

    #[test]
    fn an_account_is_read_whatever_else_is_odd() {
        for user in [
            json!({"accountId": "qm:a:b", "active": "true"}),
            json!({"accoundId": "qm:a:b", "active": "true"}),
            json!({"accountId": "qm:a:b", "active": 17, "displayName": ["odd"]}),
        ] {
            let body = json!({"webhookEvent": "user_created", "timestamp": 1_767_225_600_000_i64, "user": user});
            let hinted_at = Timestamp::from_second(1_767_225_600).expect("a time");
            let account = AccountId("qm:a:b".to_owned());
            assert_eq!(said(&body), Ok(Heard::Work(vec![Work::Locate { account, hinted_at, looked: 0 }])), "{body}");
        }
    }

    #[test]
    fn a_known_event_in_a_broken_shape_is_told_from_an_unknown_one() {
        for body in [
            json!({"webhookEvent": "user_created"}),
            json!({"webhookEvent": "user_created", "user": {"name": "pat", "active": "true"}}),
            json!({"webhookEvent": "user_created", "user": {"accountId": "a\u{0}b"}}),
            json!({"webhookEvent": "user_created", "user": {"accountId": 7}}),
            json!({"webhookEvent": "user_deleted", "user": null}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"key": "A-1"}}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"key": "A-1 OR 1=1", "fields": {"project": {"id": "1"}}}}),
            json!({"webhookEvent": "comment_created", "comment": {}, "issue": {"key": "A-1", "fields": {"project": {"id": "1"}}}}),
            json!({"webhookEvent": 7}),
            json!({"event": "user_created"}),
            json!([1, 2]),
            json!("text"),
        ] {
            assert_eq!(said(&body), Err(Broken), "{body}");
        }
        for event in ["sprint_created", "customer_invited", ""] {
            assert_eq!(said(&json!({"webhookEvent": event, "user": 3})), Ok(Heard::Nothing), "{event}");
        }
    }

    #[test]
    fn only_an_item_that_says_so_is_of_another_kind_of_project() {
        let of = |project: Value| {
            let fields = json!({"project": project, "reporter": {"accountId": "qm:a:b"}});
            let issue = json!({"key": "A-1", "fields": fields});
            said(&json!({"webhookEvent": "jira:issue_created", "user": {"accountId": "qm:a:b"}, "issue": issue}))
        };
        let service = of(json!({"id": "1", "projectTypeKey": "service_desk"}));
        assert!(
            matches!(&service, Ok(Heard::Work(works)) if matches!(works[..], [Work::Request { .. }])),
            "{service:?}"
        );
        assert_eq!(of(json!({"id": "1"})), service, "an item whose project tells no type");
        assert_eq!(of(json!({"id": "1", "projectTypeKey": "software"})), Ok(Heard::Nothing));
    }

    #[test]
    fn customers_who_take_part_are_told_once_each_and_agents_are_not() {
        let person = |id: &str, kind: &str| json!({"accountId": id, "accountType": kind, "displayName": "Pat"});
        let fields = json!({
            "project": {"id": "1", "projectTypeKey": "service_desk"},
            "reporter": person("qm:a:reporter", "customer"),
            "customfield_10026": [person("qm:a:one", "customer"), person("qm:a:reporter", "customer"), person("5f00", "atlassian")],
            "customfield_10030": [person("qm:a:one", "customer"), person("qm:a:two", "customer"), {"accountType": "customer"}, 7],
            "customfield_10031": person("qm:a:single", "customer"),
            "watchers": [person("qm:a:watcher", "customer")],
        });
        let issue = json!({"key": "A-1", "fields": fields});
        let body = |event: &str, changelog: Value| json!({"webhookEvent": event, "user": person("5f00", "atlassian"), "issue": issue, "changelog": changelog});
        let people = |body: &Value| match said(body) {
            Ok(Heard::Work(works)) => works
                .into_iter()
                .map(|work| match work {
                    Work::Participant { account, .. } => account.0,
                    other => other.kind().to_owned(),
                })
                .collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(people(&body("jira:issue_created", Value::Null)), ["request", "qm:a:one", "qm:a:two"]);
        let changed = json!({"items": [{"field": "Request participants", "fieldId": "customfield_10026"}]});
        assert_eq!(people(&body("jira:issue_updated", changed)), ["qm:a:one", "qm:a:reporter"]);
        for nothing in [json!({"items": [{"field": "status", "fieldId": "status"}]}), json!({"items": 7}), Value::Null]
        {
            assert_eq!(said(&body("jira:issue_updated", nothing)), Ok(Heard::Nothing));
        }
    }

    #[test]
    fn an_app_is_nobodys_customer() {
        let app = json!({"accountId": "712020:a", "accountType": "app"});
        let fields = json!({"project": {"id": "1"}, "reporter": app});
        let raised =
            json!({"webhookEvent": "jira:issue_created", "user": app, "issue": {"key": "A-1", "fields": fields}});
        assert_eq!(said(&raised), Ok(Heard::Nothing));
        let issue = json!({"key": "A-1", "fields": {"project": {"id": "1"}}});
        let comment = json!({"webhookEvent": "comment_created", "comment": {"author": app}, "issue": issue});
        assert_eq!(said(&comment), Ok(Heard::Nothing));
    }

    #[test]
    fn a_time_that_is_missing_odd_or_still_to_come_is_now() {
        let now = Timestamp::from_second(2_000_000_000).expect("a time");
        for odd in [json!(null), json!("soon"), json!(i64::MAX), json!(9_000_000_000_000_i64), json!({})] {
            assert_eq!(time(&odd, now), now, "{odd}");
        }
        assert_eq!(time(&json!("1767225600000"), now), Timestamp::from_second(1_767_225_600).expect("a time"));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = read(&body, Timestamp::UNIX_EPOCH);
        }
    }
}
