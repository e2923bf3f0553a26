//! The internal comment of a case: proven internal first, one per case, edited in place, never public.
//! Knows no property but the comment's own.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::FactKey;
use invite_guard::domain::project::{Canary, CommentMode};
use invite_guard::domain::work::Work;
use invite_guard::publish::{CASE_PROPERTY, PROJECT_PAGE};
use invite_guard_sandbox::CommentView;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A world with comments on and one customer whose invitation is blocked by the project's switch; account and request.
async fn commented() -> (World, String, String) {
    let world = World::start(Engine::Sqlite).await;
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    // As after every statement: whoever is added after this look was added after the statement.
    world.clock.advance(SignedDuration::from_secs(1));
    world.wish(Work::ReadRole { project: world.project(PROJECT), reseed: false }).await;
    world.pass(SignedDuration::from_secs(1)).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    (world, account, request)
}

fn only_comment(world: &World, request: &str) -> CommentView {
    let mut comments = world.site.comments(request);
    assert_eq!(comments.len(), 1, "exactly one comment: {comments:#?}");
    comments.remove(0)
}

async fn canary(world: &World) -> Canary {
    let project = world.store.project(world.id(), world.project(PROJECT)).await.expect("projects can be read");
    project.expect("the project is known").canary
}

#[actix_web::test]
async fn the_comment_is_internal_tells_cause_evidence_and_steps_and_names_nobody() {
    let (world, account, request) = commented().await;
    let comment = only_comment(&world, &request);
    assert!(!comment.public, "the customer must not see it");
    for part in [
        "Blocked: Invitations are turned off in Help desk",
        "the customer who reported this",
        "How we know",
        "An admin said so on",
        "What to do",
        "Who can: Space (project) admin",
        "Open Invite Guard",
    ] {
        assert!(comment.text.contains(part), "the comment lacks {part:?}:\n{}", comment.text);
    }
    let portal = format!("{}/servicedesk/customer/portal/", world.site.base_url());
    assert!(links(&comment.body).iter().any(|link| link.starts_with(&portal)), "the link to send is one to copy");
    let admin = world.site.admin();
    assert!(!comment.body.to_string().contains(&admin), "who turned a switch is the audit log's to tell");
    let person = world.site.person(&account).expect("the sandbox knows the customer");
    for private in [person.address.as_str(), person.display_name.as_str()] {
        assert!(!comment.body.to_string().contains(private), "the comment holds {private}");
    }
    assert!(!comment.body.to_string().contains("mention"), "a mention notifies somebody");
    let property = comment.properties.iter().find(|(key, _)| key == CASE_PROPERTY).expect("found again by a property");
    assert_eq!(property.1["accountId"], account.as_str());
    assert_eq!(canary(&world).await, Canary::Internal);
    assert!(world.site.comments(&world.internal_item).is_empty(), "the canary is gone");
    world.check().await;
    world.end().await;
}

/// Addresses that a document links to.
fn links(node: &Value) -> Vec<String> {
    match node {
        Value::Object(fields) => match fields.get("href") {
            Some(Value::String(href)) => vec![href.clone()],
            _ => fields.values().flat_map(links).collect(),
        },
        Value::Array(list) => list.iter().flat_map(links).collect(),
        _ => Vec::new(),
    }
}

#[actix_web::test]
async fn the_comments_link_opens_our_page_of_the_project() {
    let (world, _, request) = commented().await;
    let body = only_comment(&world, &request).body;
    let link = links(&body).into_iter().find(|link| link.contains("/plugins/servlet/ac/")).expect("a link to our page");
    let opened = reqwest::get(&link).await.expect("the site answers");
    assert_eq!(opened.status(), 200, "{link} leads nowhere");
    assert_eq!(opened.url().path(), format!("/jira/servicedesk/projects/{PROJECT}/apps"), "the page of this project");
    for bent in [
        link.replace(&format!("/{PROJECT_PAGE}?"), "/elsewhere?"),
        link.replace("/ac/invite-guard/", "/ac/another-app/"),
        link.replace(&format!("={PROJECT}&"), "=NOWHERE&"),
    ] {
        assert_ne!(bent, link);
        assert_eq!(reqwest::get(&bent).await.expect("the site answers").status(), 404, "{bent} is nobody's page");
    }
    world.end().await;
}

#[actix_web::test]
async fn another_cause_edits_the_same_comment_without_telling_anybody() {
    let (world, account, request) = commented().await;
    let before = only_comment(&world, &request);
    world.state(FactKey::OutgoingMailOn, None, false).await;
    world.recheck(PROJECT, &account).await;
    world.settle().await;
    let after = only_comment(&world, &request);
    assert_eq!(after.id, before.id, "edited in place");
    assert!(after.text.contains("e-mail"), "tells the cause that comes first now:\n{}", after.text);
    assert!(!after.public);

    world.site.forget_calls();
    world.recheck(PROJECT, &account).await;
    world.settle().await;
    assert_eq!(edits(&world), 0, "nothing changed, nothing is written");
    world.check().await;
    world.end().await;
}

fn edits(world: &World) -> usize {
    world.site.count_calls("PUT", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}")
}

#[actix_web::test]
async fn a_case_that_is_over_says_so_in_the_same_comment() {
    let (world, account, request) = commented().await;
    world.clock.advance(SignedDuration::from_secs(60));
    world.site.raise_request(PROJECT, &account);
    world.deliver().await;
    let comment = only_comment(&world, &request);
    assert!(comment.text.contains("This customer got in") && !comment.public, "{}", comment.text);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn no_right_of_an_agent_no_comment() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_app_permission(PROJECT, "SERVICEDESK_AGENT", false);
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    assert!(world.site.comments_by_app().is_empty(), "Jira would silently make it public");
    assert_eq!(canary(&world).await, Canary::Forbidden, "the page says why");

    world.site.set_app_permission(PROJECT, "SERVICEDESK_AGENT", true);
    world.pass(SignedDuration::from_hours(25)).await;
    world.wish(Work::Publish { project: world.project(PROJECT) }).await;
    world.settle().await;
    only_comment(&world, &request);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn nothing_to_try_the_canary_on_no_comment() {
    let world = World::start(Engine::Sqlite).await;
    world.site.delete_item(&world.internal_item);
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    world.raise_for(PROJECT, &account);
    world.deliver().await;
    assert!(world.site.comments_by_app().is_empty());
    assert_eq!(canary(&world).await, Canary::NoItem, "the page says why");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_comment_that_comes_back_public_is_deleted_at_once_and_none_follows() {
    let (world, account, _) = commented().await;
    // The right goes between asking for it and writing: what was proven does not hold any more.
    let other = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &other);
    let mut held =
        world.site.hold_matching("POST /rest/api/3/issue/*/comment", 1, invite_guard_sandbox::HoldAt::BeforeApplying);
    world.site.deliver_all().await;
    let ((), ()) = tokio::join!(world.settle(), async {
        held.arrived().await;
        world.site.set_app_permission(PROJECT, "SERVICEDESK_AGENT", false);
        held.release();
    });
    assert!(world.site.comments(&request).is_empty(), "a public comment goes away at once");
    assert_eq!(canary(&world).await, Canary::Public, "and none is written here any more");
    assert_ne!(account, other);
    world.end().await;
}

#[actix_web::test]
async fn a_closed_request_is_final() {
    let (world, account, request) = commented().await;
    world.site.lock(&request);
    world.state(FactKey::OutgoingMailOn, None, false).await;
    world.recheck(PROJECT, &account).await;
    world.settle().await;
    let told = only_comment(&world, &request);
    assert!(told.text.contains("Invitations are turned off"), "the locked item keeps what it said");
    assert!(world.case(&account).await.expect("a case").written.comment_final, "never tried again");
    world.check().await; // no dead letter
    world.end().await;
}

#[actix_web::test]
async fn turning_comments_on_tells_of_the_open_cases_if_they_are_few() {
    let world = World::start(Engine::Sqlite).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    assert!(world.site.comments_by_app().is_empty(), "off by default");
    put_mode(&world, "request").await;
    only_comment(&world, &request);
    world.check().await;
    world.end().await;
}

/// An admin of the site chooses the mode on the page.
async fn put_mode(world: &World, mode: &str) {
    let answer = world.call(&world.site.admin(), "PUT", "/settings", Some(json!({"commentMode": mode}))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world.settle().await;
}

#[actix_web::test]
async fn setting_the_mode_anew_tries_the_canary_anew() {
    let world = World::start(Engine::Sqlite).await;
    world.site.delete_item(&world.internal_item);
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    put_mode(&world, "request").await;
    assert_eq!(canary(&world).await, Canary::NoItem);
    world.site.add_work_item(PROJECT);
    put_mode(&world, "request").await;
    assert_eq!(canary(&world).await, Canary::Internal, "tried at once, not after a day");
    only_comment(&world, &request);
    put_mode(&world, "off").await;
    world.state(FactKey::OutgoingMailOn, None, false).await;
    world.recheck(PROJECT, &account).await;
    world.settle().await;
    assert_eq!(edits(&world), 0, "off means that nothing is written, not even an edit");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn more_than_five_of_one_cause_at_once_are_no_comments() {
    let world = World::start(Engine::Sqlite).await;
    world.state_invitations_off(PROJECT).await;
    for _ in 0..6 {
        let account = world.invite(PROJECT).account_id;
        world.raise_for(PROJECT, &account);
    }
    world.deliver().await;
    put_mode(&world, "request").await;
    assert!(world.site.comments_by_app().is_empty(), "six at once are one line on the page");
    assert_eq!(canary(&world).await, Canary::Internal);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn cases_found_by_a_pass_are_listed_but_never_commented() {
    let world = World::start(Engine::Sqlite).await;
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.site.set_audit_available(false);
    world.site.drop_all();
    world.pass(SignedDuration::from_hours(24)).await;
    let case = world.case(&account).await.expect("a pass finds everybody");
    assert!(case.quiet);
    assert!(world.site.item_property(&request, CASE_PROPERTY).is_some(), "the request shows it");
    assert!(world.site.comments_by_app().is_empty(), "but nobody is told one by one");
    world.check().await;
    world.end().await;
}
