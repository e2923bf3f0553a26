//! What Jira's webhooks say, out of their envelope.
//! Knows no token and no queue; what an event comes to is the same for every door (`heard`).

use crate::web::heard::{self, Broken, Event, Told};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

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

/// Reads a body; `None` is an event we do not use. `now` stands for a time that the event does not tell, or tells to be still
/// to come.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Option<Told>, Broken> {
    let Envelope { event, timestamp, user, issue, comment, changelog } =
        serde_json::from_slice(body).map_err(|_| Broken)?;
    let event = match event.as_str() {
        "user_created" => Event::UserCreated,
        "user_updated" | "user_deleted" => Event::UserChanged,
        "jira:issue_created" => Event::IssueCreated,
        "jira:issue_updated" => Event::IssueUpdated,
        "comment_created" => Event::CommentCreated,
        _ => return Ok(None),
    };
    Ok(Some(Told { event, at: heard::time(&timestamp, now), user, issue, comment, changelog }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;
    use crate::domain::work::Work;
    use crate::web::heard::{Heard, hear, time};
    use proptest::prelude::*;
    use serde_json::json;

    fn said(body: &Value) -> Result<Heard, Broken> {
        let now = Timestamp::from_second(2_000_000_000).expect("a time");
        read(body.to_string().as_bytes(), now)?.map_or(Ok(Heard::Nothing), |told| hear(&told))
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
            let _ = read(&body, Timestamp::UNIX_EPOCH).map(|told| told.map(|told| hear(&told)));
        }
    }
}
