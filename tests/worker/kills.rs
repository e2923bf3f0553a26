//! Killed anywhere: at every request the pipeline makes, before and after Jira did what it asked for, and at every call of the
//! store. Each time: one case, one comment, nothing lost, nobody mailed.
//! Knows no order of requests; it goes on until there is no further one to be killed at.

use super::hints::all_cases;
use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::project::CommentMode;
use invite_guard::publish::{CASE_PROPERTY, HEALTH_PROPERTY};
use invite_guard_sandbox::HoldAt;
use jiff::SignedDuration;

/// An add with its hints in the queue, and comments to be written: account and request.
async fn prepared(world: &World) -> (String, String) {
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.site.deliver_all().await;
    (account, request)
}

/// Works until the `n`th request from now and dies there. False when there are not so many.
async fn die_at_request(world: &World, n: usize, at: HoldAt) -> bool {
    let mut held = world.site.hold_request(n, at);
    let died = tokio::select! {
        () = world.settle() => false,
        _ = held.arrived() => true,
    };
    held.drop_connection();
    died
}

/// Another process goes on once the leases have lapsed.
async fn go_on(world: &mut World) {
    world.worker = world.another_worker();
    for seconds in [120, 10, 60] {
        world.pass(SignedDuration::from_secs(seconds)).await;
    }
}

async fn assert_whole(world: &World, account: &str, request: &str, killed: &str) {
    let case = world.case(account).await.unwrap_or_else(|| panic!("{killed}: the add was lost"));
    assert_eq!(all_cases(world).await, 1, "{killed}: one case");
    assert_eq!(case.published, case.version, "{killed}: everything is published");
    let comments = world.site.comments(request);
    assert_eq!(comments.len(), 1, "{killed}: exactly one comment: {comments:#?}");
    assert!(!comments[0].public, "{killed}: internal");
    assert_eq!(case.written.comment, Some((request.to_owned(), comments[0].id.clone())), "{killed}: and we know it");
    assert!(world.site.item_property(request, CASE_PROPERTY).is_some(), "{killed}: the request shows the case");
    assert!(world.site.project_property(PROJECT, HEALTH_PROPERTY).is_some(), "{killed}: the project shows its health");
    assert!(world.site.comments(&world.internal_item).is_empty(), "{killed}: no canary is left behind");
    world.check().await;
}

async fn killed_at_every_request(at: HoldAt) {
    for n in 1..200 {
        let mut world = World::start(Engine::Sqlite).await;
        let (account, request) = prepared(&world).await;
        let died = die_at_request(&world, n, at).await;
        go_on(&mut world).await;
        assert_whole(&world, &account, &request, &format!("killed at request {n}, {at:?}")).await;
        world.end().await;
        if !died {
            assert!(n > 10, "the pipeline makes more than {n} requests; the test does not reach it");
            return;
        }
    }
    panic!("the pipeline does not come to an end");
}

#[actix_web::test]
async fn killed_at_every_request_before_jira_did_it() {
    killed_at_every_request(HoldAt::BeforeApplying).await;
}

#[actix_web::test]
async fn killed_at_every_request_after_jira_did_it() {
    killed_at_every_request(HoldAt::AfterApplying).await;
}
