//! What Forge's product events say, out of their envelope. Their work items have fewer fields than webhooks', and nobody's name is
//! read.
//! Knows no token and no queue; what an event comes to is the same for every door (`heard`).

use crate::web::heard::{self, Broken, Event, Told};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    event_type: String,
    #[serde(default)]
    timestamp: Value,
    /// Whom an event about a user is about.
    #[serde(default)]
    user: Value,
    /// Who acted on a work item; not always told.
    atlassian_id: Option<String>,
    #[serde(default)]
    issue: Value,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    changelog: Value,
}

/// The event of a body: some arrive in a `payload`, and a retry says so beside what it repeats.
pub(super) fn unwrapped(body: &[u8]) -> Result<Value, Broken> {
    let mut body: Value = serde_json::from_slice(body).map_err(|_| Broken)?;
    if body.get("eventType").is_none() && body["payload"].is_object() {
        body = body["payload"].take();
    }
    if let Some(fields) = body.as_object_mut() {
        fields.remove("retryContext");
    }
    Ok(body)
}

/// Reads an event; `None` is one we do not use. `now` stands for a time that it does not tell.
pub(super) fn read(event: &Value, now: Timestamp) -> Result<Option<Told>, Broken> {
    let envelope = Envelope::deserialize(event).map_err(|_| Broken)?;
    let event = match envelope.event_type.as_str() {
        "avi:jira:created:user" => Event::UserCreated,
        "avi:jira:updated:user" | "avi:jira:deleted:user" => Event::UserChanged,
        "avi:jira:created:issue" => Event::IssueCreated,
        "avi:jira:updated:issue" => Event::IssueUpdated,
        "avi:jira:commented:issue" => Event::CommentCreated,
        _ => return Ok(None),
    };
    let at = when(event, &envelope, now);
    let Envelope { user, atlassian_id, issue, comment, changelog, .. } = envelope;
    let user = match event {
        Event::UserCreated | Event::UserChanged => user,
        _ => atlassian_id.map_or(Value::Null, |account| json!({"accountId": account})),
    };
    Ok(Some(Told { event, at, user, issue, comment, changelog }))
}

/// Events come minutes late and mostly without a time of their own; what they are about has one.
fn when(event: Event, envelope: &Envelope, now: Timestamp) -> Timestamp {
    let written = match event {
        Event::IssueCreated => heard::written_time(&envelope.issue["fields"]["created"], now),
        Event::CommentCreated => heard::written_time(&envelope.comment["created"], now),
        _ => None,
    };
    written.unwrap_or_else(|| heard::time(&envelope.timestamp, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::work::Work;
    use crate::domain::{AccountId, ProjectId};
    use crate::web::heard::{Heard, about, hear};
    use proptest::prelude::*;

    fn now() -> Timestamp {
        Timestamp::from_second(2_000_000_000).expect("a time")
    }

    fn said(body: &Value) -> Result<Heard, Broken> {
        let event = unwrapped(body.to_string().as_bytes())?;
        read(&event, now())?.map_or(Ok(Heard::Nothing), |told| hear(&told))
    }

    fn item() -> Value {
        json!({"id": "10073", "key": "HELP-1", "fields": {
            "summary": "Never read", "created": "2026-01-20T15:58:12.797+1100",
            "project": {"id": "10000", "key": "HELP", "projectTypeKey": "service_desk"},
            "reporter": {"accountId": "qm:a:reporter"}, "creator": {"accountId": "qm:a:creator"},
        }})
    }

    #[test]
    fn a_new_user_is_looked_for_and_changed_ones_are_not() {
        let body = json!({"eventType": "avi:jira:created:user", "timestamp": 1_767_225_600_000_i64,
            "user": {"accountId": "qm:a:b", "emailAddress": "pat@example.com", "groups": {"items": []}}});
        let account = AccountId("qm:a:b".to_owned());
        let hinted_at = Timestamp::from_second(1_767_225_600).expect("a time");
        assert_eq!(said(&body), Ok(Heard::Work(vec![Work::Locate { account, hinted_at, looked: 0 }])));
        for event in ["avi:jira:updated:user", "avi:jira:deleted:user", "avi:jira:viewed:issue", ""] {
            assert_eq!(
                said(&json!({"eventType": event, "user": {"accountId": "qm:a:b"}})),
                Ok(Heard::Nothing),
                "{event}"
            );
        }
    }

    #[test]
    fn a_wrapped_event_and_its_retry_are_the_event() {
        let event = json!({"eventType": "avi:jira:created:user", "user": {"accountId": "qm:a:b"}});
        let mut retry = event.clone();
        retry["retryContext"] = json!({"retryCount": 2, "retryReason": "FUNCTION_TIME_OUT"});
        for body in [json!({"payload": event}), json!({"payload": retry, "context": {}}), retry.clone()] {
            assert_eq!(unwrapped(body.to_string().as_bytes()), Ok(event.clone()), "{body}");
        }
    }

    #[test]
    fn a_request_is_its_reporters_and_who_acted_is_told_apart() {
        let at: Timestamp = "2026-01-20T04:58:12.797Z".parse().expect("a time");
        for (actor, expected) in [(json!("5f00"), "5f00"), (Value::Null, "qm:a:creator")] {
            let body = json!({"eventType": "avi:jira:created:issue", "issue": item(), "atlassianId": actor});
            let request = Work::Request {
                project: ProjectId(10_000),
                request: "HELP-1".to_owned(),
                reporter: AccountId("qm:a:reporter".to_owned()),
                actor: AccountId(expected.to_owned()),
                at,
            };
            assert_eq!(said(&body), Ok(Heard::Work(vec![request])), "{actor}");
        }
    }

    #[test]
    fn known_events_in_a_broken_shape_are_told_from_unknown_ones() {
        for body in [
            json!({"eventType": "avi:jira:created:user"}),
            json!({"eventType": "avi:jira:created:issue", "issue": {"key": "HELP-1"}}),
            json!({"eventType": "avi:jira:commented:issue", "issue": item(), "comment": {}}),
            json!({"eventType": 7}),
            json!({"webhookEvent": "user_created"}),
            json!([]),
        ] {
            assert_eq!(said(&body), Err(Broken), "{body}");
        }
    }

    #[test]
    fn an_event_is_known_by_what_it_is_about() {
        let told = |body: Value| read(&body, now()).expect("readable").expect("known");
        let about = |body: Value| about(&told(body));
        let user = json!({"eventType": "avi:jira:created:user", "user": {"accountId": "qm:a:b"}});
        assert_eq!(about(user).as_deref(), Some("user:qm:a:b"));
        let raised = json!({"eventType": "avi:jira:created:issue", "issue": item()});
        assert_eq!(about(raised).as_deref(), Some("issue:10073"));
        let comment = json!({"eventType": "avi:jira:commented:issue", "issue": item(), "comment": {"id": "7"}});
        assert_eq!(about(comment).as_deref(), Some("comment:7"));
        let change = json!({"eventType": "avi:jira:updated:issue", "issue": item(), "changelog": {"items": []}});
        assert_eq!(about(change), None, "known by its body then");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = unwrapped(&body).and_then(|event| read(&event, Timestamp::UNIX_EPOCH)).map(|told| told.map(|told| hear(&told)));
        }
    }
}
