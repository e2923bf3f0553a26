//! Internal and public comments, and whom they mail.

use invite_guard_sandbox::{AddBy, MailKind, ProjectType};
use serde_json::{Value, json};

use crate::app::Bench;

fn doc(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]},
    ]})
}

fn internal(text: &str) -> Value {
    json!({"body": doc(text), "properties": [
        {"key": "sd.public.comment", "value": {"internal": true}}, {"key": "mark", "value": {"n": 1}},
    ]})
}

async fn request() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = bench.site.raise_request("HELP", &customer);
    (bench, key)
}

#[tokio::test]
async fn an_agent_comments_internally_and_nobody_is_mailed() {
    let (bench, key) = request().await;
    let target = format!("/rest/api/3/issue/{key}/comment");
    let made = bench.call("POST", &target, Some(internal("Only for the team"))).await;
    assert_eq!((made.status, &made.body["jsdPublic"]), (201, &json!(false)));
    assert_eq!(bench.site.mails_by_app(), []);
    let list = bench.get(&format!("{target}?expand=properties&orderBy=-created")).await;
    let keys: Vec<&Value> =
        list.body["comments"][0]["properties"].as_array().expect("a list").iter().map(|p| &p["key"]).collect();
    assert_eq!(keys, ["sd.public.comment", "mark"]);
    assert_eq!(bench.site.comments(&key)[0].text, "Only for the team");
    bench.assert_valid();
}

#[tokio::test]
async fn without_the_agents_right_an_internal_comment_becomes_public() {
    let (bench, key) = request().await;
    bench.site.set_app_permission("HELP", "SERVICEDESK_AGENT", false);
    let made = bench.call("POST", &format!("/rest/api/3/issue/{key}/comment"), Some(internal("Oh"))).await;
    assert_eq!((made.status, &made.body["jsdPublic"]), (201, &json!(true)));
    assert_eq!(bench.site.mails_by_app().len(), 1, "and the customer is mailed");
    let desk = format!("/rest/servicedeskapi/request/{key}/comment");
    let made = bench.call("POST", &desk, Some(json!({"body": "Oh", "public": false}))).await;
    assert_eq!((made.status, &made.body["public"]), (201, &json!(true)));
    bench.assert_valid();
}

#[tokio::test]
async fn a_comment_without_the_property_is_public() {
    let (bench, key) = request().await;
    let made = bench.call("POST", &format!("/rest/api/3/issue/{key}/comment"), Some(json!({"body": doc("Hi")}))).await;
    assert_eq!(made.body["jsdPublic"], true);
    let mails = bench.site.mails_by_app();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].kind, MailKind::CustomerNotification);
}

#[tokio::test]
async fn an_edit_must_say_again_that_it_is_internal() {
    let (bench, key) = request().await;
    let target = format!("/rest/api/3/issue/{key}/comment");
    let id = bench.call("POST", &target, Some(internal("One"))).await.body["id"].as_str().expect("an id").to_owned();
    let quiet = format!("{target}/{id}?notifyUsers=false");
    assert_eq!(bench.call("PUT", &quiet, Some(internal("Two"))).await.body["jsdPublic"], false);
    assert_eq!(bench.call("PUT", &quiet, Some(json!({"body": doc("Three")}))).await.body["jsdPublic"], true);
    assert_eq!(bench.site.mails_by_app(), [], "notifyUsers=false keeps quiet");
    let comment = &bench.site.comments(&key)[0];
    assert_eq!((comment.public, comment.properties.len(), comment.edits), (true, 1, 2));
    assert_eq!(bench.call("DELETE", &format!("{target}/{id}"), None).await.status, 204);
    assert_eq!(bench.site.comments(&key), []);
    bench.assert_valid();
}

#[tokio::test]
async fn a_closed_item_takes_nothing_any_more() {
    let (bench, key) = request().await;
    let target = format!("/rest/api/3/issue/{key}/comment");
    let id = bench.call("POST", &target, Some(internal("One"))).await.body["id"].as_str().expect("an id").to_owned();
    bench.site.lock(&key);
    assert_eq!(bench.call("POST", &target, Some(internal("Two"))).await.status, 400);
    assert_eq!(bench.call("PUT", &format!("{target}/{id}"), Some(internal("Two"))).await.status, 400);
    let property = format!("/rest/api/3/issue/{key}/properties/mark");
    assert_eq!(bench.call("PUT", &property, Some(json!(1))).await.status, 403);
    assert_eq!(bench.get(&format!("/rest/api/3/issue/{key}")).await.body["fields"]["status"]["name"], "Closed");
}

#[tokio::test]
async fn text_where_a_document_belongs_is_refused_and_told() {
    let (bench, key) = request().await;
    let target = format!("/rest/api/3/issue/{key}/comment");
    assert_eq!(bench.call("POST", &target, Some(json!({"body": "text"}))).await.status, 400);
    let unknown = json!({"body": {"type": "doc", "version": 1, "content": [{"type": "marquee"}]}});
    let status = bench.call("POST", &target, Some(unknown)).await.status;
    if crate::app::contracts().is_some() {
        assert_eq!(status, 400, "the ADF schema knows no marquee");
        assert!(bench.site.violations().iter().all(|violation| violation.side == "request"));
        assert_eq!(bench.site.violations().len(), 2);
    }
    assert_eq!(bench.site.comments(&key), []);
}

#[tokio::test]
async fn an_item_without_a_customer_mails_nobody() {
    let (bench, _) = request().await;
    let item = bench.site.add_work_item("HELP");
    let made = bench.call("POST", &format!("/rest/api/3/issue/{item}/comment"), Some(internal("Canary"))).await;
    assert_eq!(made.body["jsdPublic"], false);
    bench.site.set_app_permission("HELP", "SERVICEDESK_AGENT", false);
    let made = bench.call("POST", &format!("/rest/api/3/issue/{item}/comment"), Some(internal("Canary"))).await;
    assert_eq!(made.body["jsdPublic"], true, "that is what a canary is for");
    assert_eq!(bench.site.mails_by_app(), []);
    assert_eq!(bench.get(&format!("/rest/servicedeskapi/request/{item}")).await.status, 404);
}
