//! What admins say, and a project's settings: dated, typed, read back; who is undecided is judged again.
//! Knows no verdict.

use super::given::{account, bench, notification_off, stored, unasked};
use invite_guard::domain::case::CaseState;
use invite_guard::store::RowState;
use invite_guard_sandbox::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body))
}

#[tokio::test]
async fn a_statement_is_dated_and_the_newest_comes_first() {
    let bench = bench().await;
    let admin = bench.project_admin();
    for value in [true, false] {
        let said = json!({"fact": "invite_notification_on", "value": value});
        assert_eq!(bench.call(&admin, "POST", &bench.api("/statements"), Some(said)).await.status, 200);
        bench.clock.forward(SignedDuration::from_mins(1));
    }
    let items = read(&bench.get(&admin, &bench.api("/statements")).await)["items"].clone();
    let values: Vec<_> = items.as_array().expect("a list").iter().map(|item| item["value"].clone()).collect();
    assert_eq!(values, [json!(false), json!(true)]);
    assert_eq!((&items[0]["fact"], &items[0]["by"]), (&json!("invite_notification_on"), &json!(admin)));
    let site = read(&bench.get(&bench.site.admin(), "/api/v1/site/statements").await);
    assert_eq!(site["items"], json!([]), "a project's statement is none of the site's");
}

#[tokio::test]
async fn who_is_open_or_undecided_is_judged_again() {
    let bench = bench().await;
    stored(&bench, "open", 0, &notification_off(), None).await;
    stored(&bench, "undecided", 100, &unasked(), None).await;
    stored(&bench, "done", 200, &notification_off(), Some(CaseState::Handled)).await;
    let said = json!({"fact": "outgoing_mail_on", "value": true});
    assert_eq!(bench.call(&bench.site.admin(), "POST", "/api/v1/site/statements", Some(said)).await.status, 200);
    let work = bench.queued_work().await;
    let mut again: Vec<_> = work.iter().map(|work| work["account"].as_str().expect("an id").to_owned()).collect();
    again.sort();
    assert_eq!(again, [account("open").0, account("undecided").0]);
    assert!(work.iter().all(|work| work["do"] == "examine" && work["fresh"] == true), "{work:?}");
}

/// Who is added after the pass was surely added after the statement.
#[tokio::test]
async fn a_statement_asks_for_a_pass_at_once() {
    let bench = bench().await;
    let said = json!({"fact": "invite_notification_on", "value": false});
    assert_eq!(bench.call(&bench.project_admin(), "POST", &bench.api("/statements"), Some(said)).await.status, 200);
    let work = bench.queued_work().await;
    let of_project = json!({"do": "read_role", "project": bench.project_id(), "reseed": false});
    assert!(work.contains(&of_project), "{work:?}");
    let said = json!({"fact": "outgoing_mail_on", "value": false});
    assert_eq!(bench.call(&bench.site.admin(), "POST", "/api/v1/site/statements", Some(said)).await.status, 200);
    let rows = bench.store.rows(RowState::Queued, 1000).await.expect("the store answers");
    let again = rows.iter().find(|row| row.kind == "reconcile" && row.payload.contains(r#""again":true"#));
    assert!(again.is_some(), "a second look at every project is asked for");
}

#[tokio::test]
async fn any_part_of_the_settings_may_be_put_and_the_rest_stays() {
    let bench = bench().await;
    let (agent, admin) = (bench.agent(), bench.project_admin());
    let path = bench.api("/settings");
    let show = || async { read(&bench.get(&agent, &path).await) };
    let first = json!({"commentMode": "off", "notice": "none", "onPurpose": [], "retentionDays": 21});
    assert_eq!(show().await, first);
    for (put, expected) in [
        (
            json!({"commentMode": "request"}),
            json!({"commentMode": "request", "notice": "none", "onPurpose": [], "retentionDays": 21}),
        ),
        (
            json!({"retentionDays": 90}),
            json!({"commentMode": "request", "notice": "none", "onPurpose": [], "retentionDays": 90}),
        ),
        (json!({}), json!({"commentMode": "request", "notice": "none", "onPurpose": [], "retentionDays": 90})),
        (first.clone(), first.clone()),
    ] {
        let answer = bench.call(&admin, "PUT", &path, Some(put.clone())).await;
        assert_eq!((answer.status, read(&answer)), (200, expected.clone()), "{put}");
        assert_eq!(show().await, expected, "{put}");
    }
}

#[tokio::test]
async fn a_mark_keeps_reason_end_and_the_admin_who_made_it() {
    let bench = bench().await;
    let (first, second) = (bench.project_admin(), bench.site.admin());
    let path = bench.api("/settings");
    let mark = |until: &str| json!({"scenario": "notification_disabled", "why": "Pilot phase", "until": until});
    let answer = bench.call(&first, "PUT", &path, Some(json!({"onPurpose": [mark("2099-12-31")]}))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let kept = read(&answer)["onPurpose"][0].clone();
    let end = "2100-01-01T00:00:00Z";
    let expected = json!({"scenario": "notification_disabled", "by": first, "why": "Pilot phase", "until": end});
    assert_eq!(kept, expected, "the last day still counts");
    let also = json!({"onPurpose": [kept, {"scenario": "existing_customer", "why": "Our own import"}]});
    let marks = read(&bench.call(&second, "PUT", &path, Some(also)).await)["onPurpose"].clone();
    assert_eq!(
        (&marks[0]["by"], &marks[1]["by"]),
        (&json!(first), &json!(second)),
        "who put it first stays its author"
    );
    assert_eq!(marks[1]["until"], Value::Null, "for good");
    let none = bench.call(&second, "PUT", &path, Some(json!({"onPurpose": []}))).await;
    assert_eq!(read(&none)["onPurpose"], json!([]));
}

#[tokio::test]
async fn settings_that_make_no_sense_are_400_and_change_nothing() {
    let bench = bench().await;
    let admin = bench.project_admin();
    for put in [
        json!({"commentMode": "loud"}),
        json!({"commentMode": 1}),
        json!({"commentMode": "request", "notice": "create"}),
        json!({"commentMode": "request_and_notice"}),
        json!({"commentMode": "request", "notice": "existing:HELP-12"}),
        json!({"commentMode": "request", "notice": "existing:"}),
        json!({"commentMode": "request", "notice": "existing:HELP-1 OR 1=1"}),
        json!({"commentMode": "request", "retentionDays": 6}),
        json!({"commentMode": "request", "retentionDays": 91}),
        json!({"commentMode": "request", "retentionDays": "21"}),
        json!({"commentMode": "request", "retentionDays": 1.5}),
        json!({"commentMode": "request", "onPurpose": [{"scenario": "existing_customer"}]}),
        json!({"commentMode": "request", "onPurpose": [{"scenario": "weather", "why": "pilot"}]}),
        json!({"commentMode": "request", "onPurpose": [{"scenario": "existing_customer", "why": "  "}]}),
        json!({"commentMode": "request", "onPurpose": [{"scenario": "existing_customer", "why": "two\nlines"}]}),
        json!({"onPurpose": [{"scenario": "existing_customer", "why": "pilot", "until": "2001-01-01"}]}),
        json!({"onPurpose": [{"scenario": "existing_customer", "why": "pilot", "until": "soon"}]}),
        json!({"onPurpose": [{"scenario": "existing_customer", "why": "a"}, {"scenario": "existing_customer", "why": "b"}]}),
        json!({"commentMode": "request", "colour": "red"}),
        json!([]),
    ] {
        let answer = bench.call(&admin, "PUT", &bench.api("/settings"), Some(put.clone())).await;
        assert_eq!(answer.status, 400, "{put}: {}", answer.body);
    }
    assert_eq!(read(&bench.get(&admin, &bench.api("/settings")).await)["commentMode"], "off");
}
