//! What Jira's webhooks say, normalised to work. Names, addresses and the rest of a body are never read.
//! Knows no token and no queue; nothing is judged by an event, it is only a hint where to look.

use crate::domain::work::Work;
use crate::domain::{AccountId, ProjectId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What an event comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something to do.
    Work(Work),
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
}

/// Reads a body. `now` stands for a time that the event does not tell, or tells to be still to come.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Heard, Broken> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| Broken)?;
    let at = time(&envelope.timestamp, now);
    match envelope.event.as_str() {
        "user_created" => {
            let account = account(&envelope.user)?;
            Ok(Heard::Work(Work::Locate { account, hinted_at: at, looked: 0 }))
        }
        "user_updated" | "user_deleted" => account(&envelope.user).map(|_| Heard::Nothing),
        "jira:issue_created" => created(&envelope, at),
        "jira:issue_updated" => Item::of(&envelope.issue).map(|_| Heard::Nothing),
        "comment_created" => commented(&envelope, at),
        _ => Ok(Heard::Nothing),
    }
}

/// Milliseconds since the epoch, as a number or as text.
fn time(told: &Value, now: Timestamp) -> Timestamp {
    let milliseconds = told.as_i64().or_else(|| told.as_str()?.trim().parse().ok());
    milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map_or(now, |at| at.min(now))
}

/// Jira's own documentation spells the field in two ways.
fn account(user: &Value) -> Result<AccountId, Broken> {
    let told = user["accountId"].as_str().or_else(|| user["accoundId"].as_str());
    told.and_then(AccountId::parse).ok_or(Broken)
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

fn created(envelope: &Envelope, at: Timestamp) -> Result<Heard, Broken> {
    let item = Item::of(&envelope.issue)?;
    let (Some(project), Some(reporter)) = (item.project, item.reporter()?) else { return Ok(Heard::Nothing) };
    // Rules and apps create items without a user; then somebody else acted than the customer.
    let actor = match &envelope.user {
        Value::Null => account(&item.fields["creator"]).ok(),
        user => Some(account(user)?),
    };
    let Some(actor) = actor else { return Ok(Heard::Nothing) };
    Ok(Heard::Work(Work::Request { project, request: item.key.to_owned(), reporter, actor, at }))
}

/// An internal comment comes from the team and tells nothing about the customer. The reporter is often left out: then it
/// is about the one who commented.
fn commented(envelope: &Envelope, at: Timestamp) -> Result<Heard, Broken> {
    let item = Item::of(&envelope.issue)?;
    let actor = account(&envelope.comment["author"])?;
    let internal = envelope.comment["jsdPublic"].as_bool() == Some(false);
    let Some(project) = item.project.filter(|_| !internal) else { return Ok(Heard::Nothing) };
    let reporter = item.reporter()?.unwrap_or_else(|| actor.clone());
    Ok(Heard::Work(Work::Request { project, request: item.key.to_owned(), reporter, actor, at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn heard(body: &Value) -> Result<Heard, Broken> {
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
            assert_eq!(heard(&body), Ok(Heard::Work(Work::Locate { account, hinted_at, looked: 0 })), "{body}");
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
            assert_eq!(heard(&body), Err(Broken), "{body}");
        }
        for event in ["sprint_created", "customer_invited", ""] {
            assert_eq!(heard(&json!({"webhookEvent": event, "user": 3})), Ok(Heard::Nothing), "{event}");
        }
    }

    #[test]
    fn only_an_item_that_says_so_is_of_another_kind_of_project() {
        let of = |project: Value| {
            let fields = json!({"project": project, "reporter": {"accountId": "qm:a:b"}});
            let issue = json!({"key": "A-1", "fields": fields});
            heard(&json!({"webhookEvent": "jira:issue_created", "user": {"accountId": "qm:a:b"}, "issue": issue}))
        };
        let service = of(json!({"id": "1", "projectTypeKey": "service_desk"}));
        assert!(matches!(service, Ok(Heard::Work(Work::Request { .. }))), "{service:?}");
        assert_eq!(of(json!({"id": "1"})), service, "an item whose project tells no type");
        assert_eq!(of(json!({"id": "1", "projectTypeKey": "software"})), Ok(Heard::Nothing));
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
