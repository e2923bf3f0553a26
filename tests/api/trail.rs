//! The trail: whoever changes, says or ends something is found there, and nobody whom it was about.
//! Knows no verdict.

use super::given::{account, bench, notification_off, stored};
use serde_json::{Value, json};

fn items(body: &str) -> (Vec<Value>, Value) {
    let page: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"));
    (page["items"].as_array().expect("a list").clone(), page["next"].clone())
}

#[tokio::test]
async fn what_people_do_is_in_the_trail_newest_first_and_a_page_at_a_time() {
    let bench = bench().await;
    let (agent, admin, site_admin) = (bench.agent(), bench.project_admin(), bench.site.admin());
    stored(&bench, "ann", 0, &notification_off(), None).await;
    for (who, method, path, body) in [
        (&admin, "PUT", bench.api("/settings"), json!({"commentMode": "request", "retentionDays": 30})),
        (&admin, "PUT", bench.api("/settings"), json!({})),
        (&admin, "POST", bench.api("/statements"), json!({"fact": "invite_notification_on", "value": false})),
        (&agent, "POST", bench.api(&format!("/customers/{}/handled", account("ann"))), json!({"how": "link_sent"})),
        (&site_admin, "POST", "/api/v1/site/statements".to_owned(), json!({"fact": "outgoing_mail_on", "value": true})),
        (&admin, "PUT", bench.api("/settings"), json!({"retentionDays": 1})), // refused: not done, not told
    ] {
        bench.call(who, method, &path, Some(body)).await;
    }
    let (first, next) = items(&bench.get(&agent, &bench.api("/trail?limit=2")).await.body);
    let next = next.as_str().expect("there are more");
    let (rest, end) = items(&bench.get(&agent, &bench.api(&format!("/trail?limit=2&cursor={next}"))).await.body);
    assert_eq!(end, Value::Null);
    let told: Vec<_> =
        first.iter().chain(&rest).map(|item| json!([item["what"], item["by"], item["detail"]])).collect();
    assert_eq!(
        told,
        [
            json!(["handled", agent, {"how": "link_sent"}]),
            json!(["statement", admin, {"fact": "invite_notification_on", "value": false}]),
            json!(["settings_changed", admin, {"commentMode": "request", "retentionDays": 30}]),
        ]
    );
    let (of_site, _) = items(&bench.get(&site_admin, "/api/v1/site/trail").await.body);
    assert_eq!(of_site.len(), 1, "{of_site:?}");
    assert_eq!(of_site[0]["by"], json!(site_admin));
    for odd in ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=1&cursor=2"] {
        assert_eq!(bench.get(&agent, &bench.api(&format!("/trail?{odd}"))).await.status, 400, "{odd}");
    }
}
