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
use rstest::rstest;

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

/// Whether the slow tests run in full: `tests/run --all` and CI.
pub(super) fn all_tests() -> bool {
    ["CI", "INVITE_GUARD_TEST_ALL"].iter().any(|name| std::env::var_os(name).is_some())
}

/// On which engines to be killed: what differs between them is the store's own contract, so one will do for a quick run.
pub(super) fn engines() -> Vec<Engine> {
    if all_tests() { Engine::available() } else { vec![Engine::Sqlite] }
}

async fn killed_at_every_request(engine: Engine, at: HoldAt) {
    if !engines().contains(&engine) {
        return;
    }
    for n in 1.. {
        let mut world = World::start(engine).await;
        let (account, request) = prepared(&world).await;
        let died = die_at_request(&world, n, at).await;
        go_on(&mut world).await;
        assert_whole(&world, &account, &request, &format!("killed at request {n}, {at:?}")).await;
        world.end().await;
        assert!(n < 200, "the pipeline does not come to an end");
        if !died {
            assert!(n > 10, "the pipeline makes more than {n} requests; the test does not reach it");
            return;
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn killed_at_every_request_before_jira_did_it(#[case] engine: Engine) {
    killed_at_every_request(engine, HoldAt::BeforeApplying).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn killed_at_every_request_after_jira_did_it(#[case] engine: Engine) {
    killed_at_every_request(engine, HoldAt::AfterApplying).await;
}

/// The end of a story: property and comment are to be tidied.
async fn killed_while_tidying(at: HoldAt) {
    for n in 1.. {
        let mut world = World::start(Engine::Sqlite).await;
        let (account, request) = prepared(&world).await;
        world.settle().await;
        world.clock.advance(SignedDuration::from_secs(30));
        world.site.raise_request(PROJECT, &account);
        world.site.deliver_all().await;
        let died = die_at_request(&world, n, at).await;
        go_on(&mut world).await;
        let killed = format!("killed at request {n} of the end, {at:?}");
        let case = world.case(&account).await.expect("the case is kept");
        assert_eq!((case.state.name(), case.version), ("got_in", case.published), "{killed}");
        assert_eq!(world.site.item_property(&request, CASE_PROPERTY), None, "{killed}: the property is gone");
        let comments = world.site.comments(&request);
        assert_eq!(comments.len(), 1, "{killed}: the one comment");
        assert!(comments[0].text.contains("got in") && !comments[0].public, "{killed}: {}", comments[0].text);
        world.check().await;
        world.end().await;
        if !died {
            assert!(n > 3, "the end makes more than {n} requests; the test does not reach it");
            return;
        }
    }
}

#[actix_web::test]
async fn killed_while_tidying_before_jira_did_it() {
    killed_while_tidying(HoldAt::BeforeApplying).await;
}

#[actix_web::test]
async fn killed_while_tidying_after_jira_did_it() {
    killed_while_tidying(HoldAt::AfterApplying).await;
}

#[actix_web::test]
async fn killed_at_every_request_of_a_pass() {
    for n in 1.. {
        let mut world = World::start(Engine::Sqlite).await;
        world.site.set_audit_available(false);
        let account = world.invite(PROJECT).account_id;
        world.site.drop_all();
        world.clock.advance(SignedDuration::from_hours(24));
        let died = die_at_request(&world, n, HoldAt::AfterApplying).await;
        go_on(&mut world).await;
        assert!(world.case(&account).await.is_some(), "killed at request {n} of a pass: the add was lost");
        world.check().await;
        world.end().await;
        if !died {
            assert!(n > 3, "a pass makes more than {n} requests; the test does not reach it");
            return;
        }
    }
}
