//! The truth about each way to add a customer: mail, causes, witnesses.

use invite_guard_sandbox::{AUTOMATION, AddBy, Added, MailKind, ProjectType, RestCaller, Sandbox, UserKind};
use serde_json::{Value, json};

use crate::app::Bench;

async fn desk() -> Bench {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    bench.site.add_project("OTHER", "Other", ProjectType::ServiceDesk);
    bench
}

fn ways(site: &Sandbox) -> Vec<AddBy> {
    vec![
        AddBy::Agent,
        AddBy::Automation,
        AddBy::Rest(RestCaller::App(site.add_user(UserKind::App))),
        AddBy::Rest(RestCaller::User(site.admin())),
        AddBy::People,
        AddBy::Organisation("Customers Ltd".to_owned()),
        AddBy::Email,
        AddBy::SelfSignup,
    ]
}

fn told(added: &Added) -> (Option<MailKind>, Vec<&'static str>) {
    (added.truth.mail, added.truth.causes.clone())
}

#[tokio::test]
async fn mail_and_causes_of_each_way() {
    use MailKind::{AtlassianInvitation, Invitation, Verification};
    let bench = desk().await;
    // way, all on; mail off; toggle off
    type Row = (Option<MailKind>, Vec<&'static str>);
    let row = |mail: Option<MailKind>, causes: &[&'static str]| (mail, causes.to_vec());
    let off = &["outgoing_mail_disabled"][..];
    let mute = &["notification_disabled"][..];
    let table: Vec<[Row; 3]> = vec![
        [row(Some(Invitation), &[]), row(None, off), row(Some(Verification), mute)],
        [
            row(None, &["created_by_automation"]),
            row(None, &["created_by_automation"]),
            row(None, &["created_by_automation"]),
        ],
        [row(None, &["created_by_api"]), row(None, &["created_by_api"]), row(None, &["created_by_api"])],
        [row(None, &["created_by_api"]), row(None, &["created_by_api"]), row(None, &["created_by_api"])],
        [row(Some(AtlassianInvitation), &[]), row(Some(AtlassianInvitation), &[]), row(Some(AtlassianInvitation), &[])],
        [row(Some(Invitation), &[]), row(None, off), row(Some(Verification), mute)],
        [row(Some(Verification), &[]), row(None, &[]), row(Some(Verification), &[])],
        [row(Some(Verification), &[]), row(None, &[]), row(Some(Verification), &[])],
    ];
    for (way, [on, mail_off, toggle_off]) in ways(&bench.site).into_iter().zip(table) {
        assert_eq!(told(&bench.site.add_customer("HELP", way.clone())), on, "{way:?}, everything on");
        bench.site.set_outgoing_mail(false);
        assert_eq!(told(&bench.site.add_customer("HELP", way.clone())), mail_off, "{way:?}, mail off");
        bench.site.set_outgoing_mail(true);
        bench.site.set_customer_invited("HELP", false);
        assert_eq!(told(&bench.site.add_customer("HELP", way.clone())), toggle_off, "{way:?}, toggle off");
        bench.site.set_customer_invited("HELP", true);
    }
}

#[tokio::test]
async fn somebody_known_gets_nothing() {
    let bench = desk().await;
    let first = bench.site.add_customer("OTHER", AddBy::Agent);
    let mails = bench.site.mails().len();
    let again = bench.site.add_customer("HELP", AddBy::Existing(first.account_id.clone()));
    assert_eq!(told(&again), (None, vec!["existing_customer"]));
    let typed = bench.site.add_customer_at("HELP", AddBy::Automation, Some(&first.address));
    assert_eq!(typed.account_id, first.account_id, "a known address means the known account");
    assert!(!typed.new_account);
    assert_eq!(told(&typed), (None, vec!["existing_customer"]), "the rule has not created them");
    assert_eq!(bench.site.mails().len(), mails);
    bench.site.set_outgoing_mail(false);
    bench.site.set_customer_invited("HELP", false);
    let all = bench.site.add_customer("HELP", AddBy::Existing(first.account_id));
    let causes = vec!["outgoing_mail_disabled", "notification_disabled", "existing_customer"];
    assert_eq!(told(&all), (None, causes));
}

#[tokio::test]
async fn a_suppressed_address_gets_nothing() {
    let bench = desk().await;
    bench.site.set_suppressed("gone@customers.example", true);
    let added = bench.site.add_customer_at("HELP", AddBy::Agent, Some("gone@customers.example"));
    assert_eq!(told(&added), (None, vec!["address_suppressed"]));
}

#[tokio::test]
async fn the_truth_is_that_of_the_add_and_not_of_now() {
    let bench = desk().await;
    bench.site.set_outgoing_mail(false);
    let added = bench.site.add_customer("HELP", AddBy::Agent);
    bench.site.set_outgoing_mail(true);
    let truth = bench.site.truth("HELP", &added.account_id).expect("an add");
    assert_eq!(truth.causes, ["outgoing_mail_disabled"]);
    assert_eq!(bench.site.truth("OTHER", &added.account_id), None);
}

#[tokio::test]
async fn witnesses_of_each_way() {
    let bench = desk().await;
    let app = bench.site.add_user(UserKind::App);
    let cases = [
        (AddBy::Agent, Some(bench.site.agent())),
        (AddBy::Automation, Some(AUTOMATION.to_owned())),
        (AddBy::Rest(RestCaller::App(app.clone())), Some(app)),
        (AddBy::People, None),
        (AddBy::Email, None),
    ];
    for (way, author) in cases {
        let before = bench.site.audit_len();
        let added = bench.site.add_customer("HELP", way.clone());
        let records = bench.site.audit_records();
        let record = &records[before];
        assert_eq!(record["summary"], "User created");
        assert_eq!(record["authorAccountId"].as_str(), author.as_deref(), "{way:?}");
        let id = record["objectItem"]["id"].as_str().expect("an id");
        if way == AddBy::People {
            assert!(id.starts_with("ug:"), "Atlassian accounts are recorded by their directory key");
            assert_eq!(added.account_id.len(), 24);
        } else {
            assert_eq!(id, added.account_id);
            assert!(added.account_id.starts_with("qm:"));
        }
        let hook = bench.site.pending().into_iter().rfind(|delivery| delivery.event == "user_created");
        let body: Value = serde_json::from_str(&hook.expect("a webhook").body).expect("JSON");
        assert_eq!(body["user"]["accountId"], added.account_id);
        assert_eq!(body["user"]["emailAddress"], Value::Null, "webhooks carry no address");
        assert!(bench.site.customers_in_role("HELP").contains(&added.account_id));
    }
    let before = bench.site.audit_len();
    let known = bench.site.add_customer("OTHER", AddBy::Agent);
    bench.site.add_customer("HELP", AddBy::Existing(known.account_id));
    assert_eq!(bench.site.audit_len(), before + 1, "a known account is not created again");
}

#[tokio::test]
async fn an_organisation_has_members_and_the_role_has_not() {
    let bench = desk().await;
    let added = bench.site.add_customer("HELP", AddBy::Organisation("Customers Ltd".to_owned()));
    assert!(!bench.site.customers_in_role("HELP").contains(&added.account_id));
    let page = bench.get("/rest/servicedeskapi/servicedesk/1/organization").await;
    let id = page.body["values"][0]["id"].as_str().expect("an id").to_owned();
    let members = bench.get(&format!("/rest/servicedeskapi/organization/{id}/user")).await;
    assert_eq!(members.body["values"][0]["accountId"], added.account_id);
    bench.assert_valid();
}

#[tokio::test]
async fn switches_are_recorded_as_captured() {
    let bench = desk().await;
    bench.site.set_customer_invited("HELP", false);
    bench.site.set_customer_invited("HELP", false);
    let records = bench.get("/rest/api/3/auditing/record?filter=invited").await.body["records"].clone();
    assert_eq!(records.as_array().map(Vec::len), Some(1), "no change, no record: {records}");
    let project = bench.site.project_id("HELP").to_string();
    let item = json!({"id": project, "name": "Help", "typeName": "PROJECT"});
    let record = &records[0];
    assert_eq!(record["summary"], "Customer invited notification changed");
    assert_eq!(record["category"], "projects");
    assert_eq!(record["created"], "2026-11-02T09:00:00.000+0000");
    assert_eq!(record["objectItem"], item);
    assert_eq!(record["associatedItems"], json!([item]));
    assert_eq!(record["authorAccountId"], bench.site.admin());
    let change = json!([{"fieldName": "isEnabled", "changedFrom": "true", "changedTo": "false"}]);
    assert_eq!(record["changedValues"], change);
    bench.assert_valid();
}

#[tokio::test]
async fn the_webhook_for_portal_accounts_can_be_missing() {
    let bench = desk().await;
    bench.site.set_user_created_for_portal_accounts(false);
    bench.site.add_customer("HELP", AddBy::Agent);
    assert!(bench.site.pending().is_empty());
    bench.site.add_customer("HELP", AddBy::People);
    assert_eq!(bench.site.pending().len(), 1, "Atlassian accounts always send it");
}
