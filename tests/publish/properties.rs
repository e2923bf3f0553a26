//! The issue property and the project property.
//! Knows no comment.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::project::CommentMode;
use invite_guard::domain::work::Work;
use invite_guard::publish::{CASE_PROPERTY, HEALTH_PROPERTY, PROJECT_PAGE};
use invite_guard_sandbox::{Fault, ProjectType};
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};

/// An open case, and the key of the request that was raised for its customer.
async fn open_case(world: &World) -> (String, String) {
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    (account, request)
}

#[actix_web::test]
async fn the_newest_unresolved_request_carries_the_case_and_nothing_personal() {
    let world = World::start(Engine::Sqlite).await;
    let (account, request) = open_case(&world).await;
    let property = world.site.item_property(&request, CASE_PROPERTY).expect("the request carries the case");
    let keys: Vec<&String> = property.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["accountId", "confidence", "scenario", "tenant", "version"], "fixed by interface.md");
    assert_eq!((&property["accountId"], &property["scenario"]), (&account.into(), &"notification_disabled".into()));
    assert_eq!(property["tenant"].as_str().map(str::len), Some(64), "a keyed mark, not our number");
    assert!(world.site.comments(&request).is_empty(), "no comment by default");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_newer_request_takes_the_property_over() {
    let world = World::start(Engine::Sqlite).await;
    let (account, first) = open_case(&world).await;
    world.clock.advance(SignedDuration::from_secs(60));
    let second = world.raise_for(PROJECT, &account);
    world.deliver().await;
    assert_eq!(world.site.item_property(&first, CASE_PROPERTY), None, "the older request is tidied");
    assert!(world.site.item_property(&second, CASE_PROPERTY).is_some(), "the newest unresolved request shows it");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn the_property_goes_when_the_customer_got_in() {
    let world = World::start(Engine::Sqlite).await;
    let (account, request) = open_case(&world).await;
    world.clock.advance(SignedDuration::from_secs(60));
    world.site.raise_request(PROJECT, &account);
    world.deliver().await;
    let case = world.case(&account).await.expect("the case stays for the page");
    assert_eq!(case.state.name(), "got_in");
    assert_eq!(world.site.item_property(&request, CASE_PROPERTY), None, "an ended case shows nothing");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn the_project_property_tells_word_cause_and_count_and_is_not_written_for_nothing() {
    let world = World::start(Engine::Sqlite).await;
    let (account, _) = open_case(&world).await;
    let health = health(&world);
    assert_eq!((&health["overall"], &health["primary"]), (&"blocked".into(), &"notification_disabled".into()));
    assert_eq!(health["count"], 1);
    let keys: Vec<&String> = health.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["checkedAt", "count", "overall", "primary", "tenant"], "fixed by interface.md");
    assert!(!health.to_string().contains(&account), "no personal data");

    world.site.forget_calls();
    world.clock.advance(SignedDuration::from_mins(5));
    world.wish(Work::Publish { project: world.project(PROJECT) }).await;
    world.settle().await;
    let template = "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}";
    assert_eq!(world.site.count_calls("PUT", template), 0, "only its time would have changed");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn what_an_admin_says_about_a_switch_shows_in_the_project_property() {
    let world = World::start(Engine::Sqlite).await;
    let said = json!({"fact": "invite_notification_on", "value": false});
    let answer = world.call(&world.site.admin(), "POST", "/statements", Some(said)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world.settle().await;
    assert_eq!(health(&world)["primary"], "notification_disabled", "nobody need be affected for it to be said");
    assert_eq!(health(&world)["count"], 0);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn the_link_of_comments_leads_to_a_page_of_the_descriptor() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/atlassian-connect.json")).unwrap();
    let descriptor: Value = serde_json::from_str(&text).expect("the descriptor is JSON");
    assert_eq!(descriptor["modules"]["jiraProjectPages"][0]["key"], PROJECT_PAGE);
}

fn health(world: &World) -> Value {
    world.site.project_property(PROJECT, HEALTH_PROPERTY).expect("the project carries its health")
}

#[rstest]
#[case::cannot_see("BROWSE_PROJECTS")]
#[case::cannot_edit("EDIT_ISSUES")]
#[actix_web::test]
async fn a_missing_right_is_a_line_on_the_page_and_is_made_good_later(#[case] right: &str) {
    let world = World::start(Engine::Sqlite).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    world.site.set_app_permission(PROJECT, right, false);
    world.clock.advance(SignedDuration::from_secs(60));
    let newer = world.raise_for(PROJECT, &account);
    world.deliver().await;
    let project = world.store.project(world.id(), world.project(PROJECT)).await.unwrap().expect("known");
    assert_eq!(project.missing, [right], "the page says which right is missing");
    world.check().await; // no dead letter

    world.site.set_app_permission(PROJECT, right, true);
    world.pass(SignedDuration::from_hours(24)).await;
    assert!(world.site.item_property(&newer, CASE_PROPERTY).is_some(), "shown once the right is there");
    assert_eq!(world.site.item_property(&request, CASE_PROPERTY), None);
    let project = world.store.project(world.id(), world.project(PROJECT)).await.unwrap().expect("known");
    assert!(project.missing.is_empty(), "the line goes: {:?}", project.missing);
    world.end().await;
}

/// A site that does not tell what we may is asked by doing it; comments are another matter.
#[actix_web::test]
async fn a_site_that_does_not_tell_our_rights_is_written_to_anyway() {
    let world = World::start(Engine::Sqlite).await;
    world.site.misbehave("GET /rest/api/3/mypermissions", Fault::Status(404), 100);
    world.set_comments(PROJECT, CommentMode::Request).await;
    let (_, request) = open_case(&world).await;
    assert!(world.site.item_property(&request, CASE_PROPERTY).is_some(), "the request carries the case");
    assert!(world.site.project_property(PROJECT, HEALTH_PROPERTY).is_some(), "and the project its word");
    assert!(
        world.site.comments(&request).is_empty(),
        "no comment where SERVICEDESK_AGENT is not told in so many words"
    );
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_quota_puts_publishing_off_and_loses_nothing() {
    let world = World::start(Engine::Sqlite).await;
    let put = "PUT /rest/api/3/issue/*/properties/*";
    world.site.misbehave(put, Fault::Throttled(invite_guard_sandbox::Reason::QuotaTenant, 600), 1);
    let (_, request) = open_case(&world).await;
    assert_eq!(world.site.item_property(&request, CASE_PROPERTY), None, "Jira said: not now");
    world.pass_in_steps(14, SignedDuration::from_mins(1)).await;
    assert!(world.site.item_property(&request, CASE_PROPERTY).is_some(), "written when Jira allows it again");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn two_projects_do_not_share_a_case() {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("SHOP", "Shop", ProjectType::ServiceDesk);
    world.pass(SignedDuration::from_hours(24)).await; // the pass that seeds the new project
    let (_, request) = open_case(&world).await;
    let other = world.invite("SHOP").account_id;
    let elsewhere = world.raise_for("SHOP", &other);
    world.deliver().await;
    assert!(world.site.item_property(&request, CASE_PROPERTY).is_some());
    assert_eq!(world.site.item_property(&elsewhere, CASE_PROPERTY), None, "nothing is known to block there");
    world.check().await;
    world.end().await;
}
