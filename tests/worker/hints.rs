//! From a hint to a case: doubled, tripled, late, early, lost.
//! Knows no verdict but that there is one.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::case::CaseState;
use invite_guard::domain::project::CommentMode;
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock};
use invite_guard::store::CaseFilter;
use invite_guard_sandbox::{AddBy, UserKind};
use jiff::SignedDuration;

pub(super) async fn all_cases(world: &World) -> usize {
    let filter = CaseFilter { limit: 100, ..CaseFilter::default() };
    world.store.cases(world.id(), world.project(PROJECT), &filter).await.expect("cases can be read").len()
}

#[actix_web::test]
async fn each_delivery_twice_and_three_hints_at_once_make_one_case_and_one_comment() {
    for engine in Engine::available() {
        let world = World::start(engine).await;
        world.set_comments(PROJECT, CommentMode::Request).await;
        world.state_invitations_off(PROJECT).await;
        let account = world.invite(PROJECT).account_id;
        let request = world.raise_for(PROJECT, &account);
        world.clock.advance(SignedDuration::from_mins(1)); // so that the audit log is due, too
        world.site.deliver_twice().await;
        world.settle().await;
        world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
        assert_eq!(all_cases(&world).await, 1, "{engine:?}: one person, one case");
        assert_eq!(world.site.comments(&request).len(), 1, "{engine:?}: and one comment");
        world.check().await;
        world.end().await;
    }
}

#[actix_web::test]
async fn without_any_webhook_the_audit_log_tells_within_its_interval() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    world.site.drop_all();
    world.pass_in_steps(2, SignedDuration::from_mins(1)).await;
    assert!(world.case(&account).await.is_some(), "the audit log names new accounts");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn without_webhooks_and_audit_log_the_next_pass_finds_everybody() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    let account = world.invite(PROJECT).account_id;
    world.site.drop_all();
    world.pass_in_steps(10, SignedDuration::from_mins(1)).await;
    assert!(world.case(&account).await.is_none(), "nothing told of the person yet");
    world.pass(SignedDuration::from_hours(24)).await;
    let case = world.case(&account).await.expect("the pass finds them");
    let blocks: Vec<_> = case.standing.iter().map(|s| s.scenario.as_str()).collect();
    assert!(!blocks.contains(&"existing_customer"), "a webhook that did not come is no evidence: {blocks:?}");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_webhook_75_minutes_late_changes_nothing() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    world.pass_in_steps(3, SignedDuration::from_mins(25)).await; // the audit log was faster
    let before = world.case(&account).await.expect("found by the audit log");
    world.deliver().await;
    let after = world.case(&account).await.expect("still there");
    assert_eq!((before.added, before.version), (after.added, after.version));
    assert_eq!(all_cases(&world).await, 1);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn who_is_not_in_a_role_yet_is_looked_for_again() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    let account = world.site.add_user(UserKind::Outsider);
    let hinted_at = world.clock.now();
    world.wish(Work::Locate { account: AccountId(account.clone()), hinted_at, looked: 0 }).await;
    world.settle().await;
    assert!(world.case(&account).await.is_none());
    world.clock.advance(SignedDuration::from_secs(40));
    world.settle().await;
    world.site.add_customer(PROJECT, AddBy::Existing(account.clone()));
    world.pass(SignedDuration::from_mins(2)).await;
    assert!(world.case(&account).await.is_some(), "found by a later look");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn who_was_there_before_us_has_no_case_whatever_hints_come() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    world.deliver().await;
    let known = world.case(&account).await.expect("an add after the install is noticed");
    world.wish(Work::Locate { account: AccountId(account.clone()), hinted_at: world.clock.now(), looked: 0 }).await;
    world.pass(SignedDuration::from_hours(24)).await;
    assert_eq!(world.case(&account).await.expect("the same case").added, known.added, "no second add");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_request_of_their_own_ends_the_case_even_if_it_is_told_first() {
    let world = World::start(Engine::Sqlite).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let told_first = world.site.pending();
    world.clock.advance(SignedDuration::from_mins(1));
    world.site.raise_request(PROJECT, &account);
    let all = world.site.pending();
    for delivery in all.iter().filter(|d| told_first.iter().all(|first| first.id != d.id)) {
        world.site.deliver(delivery.id).await;
    }
    world.settle().await; // the request is told before the person is known; the audit log may tell of them, too
    world.deliver().await;
    world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
    let case = world.case(&account).await.expect("the add is noticed");
    assert!(
        matches!(case.state, CaseState::GotIn | CaseState::Open),
        "told {:?}: before the window's end nobody can tell, after it they got in",
        case.state
    );
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn removed_and_added_again_is_another_add() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    world.deliver().await;
    let first = world.case(&account).await.expect("the first add");
    world.site.remove_customer(PROJECT, &account);
    world.pass(SignedDuration::from_hours(24)).await;
    world.site.add_customer(PROJECT, AddBy::Existing(account.clone()));
    world.pass(SignedDuration::from_hours(24)).await;
    let second = world.case(&account).await.expect("the second add");
    assert!(second.added.not_before >= first.added.not_after, "{:?} is not after {:?}", second.added, first.added);
    assert_eq!(all_cases(&world).await, 1, "one row per person and project");
    world.check().await;
    world.end().await;
}
