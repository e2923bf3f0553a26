//! Who was added how: known before or new, by whom, and which mail is then to be expected.
//! Knows no switch; see `log`.

use super::given::{BLOCKS, CLEARS, LIKELY, Said, World, gap, said};
use crate::jira::given::PROJECT;
use diagnosis::{Gap, Route, Via};
use invite_guard_sandbox::{AddBy, Fault, ProjectType, RestCaller, UserKind};
use jiff::SignedDuration;
use rstest::rstest;

const EXISTING: &str = "existing_customer";
const AUTOMATION: &str = "created_by_automation";

#[rstest]
#[case::agent(|_: &World| AddBy::Agent, CLEARS, CLEARS, Route::PortalInvite)]
#[case::automation(|_: &World| AddBy::Automation, CLEARS, BLOCKS, Route::SilentCreate)]
#[case::app(|w: &World| AddBy::Rest(RestCaller::App(w.place.site.add_user(UserKind::App))), CLEARS, CLEARS, Route::SilentCreate)]
#[tokio::test]
async fn a_new_customer_is_never_existing_and_the_maker_decides_the_route(
    #[case] by: fn(&World) -> AddBy,
    #[case] existing: Said,
    #[case] automation: Said,
    #[case] route: Route,
) {
    let world = World::start().await;
    // No webhook ever comes: the pass alone finds them.
    let person = world.place.site.add_customer(PROJECT, by(&world)).account_id;
    world.place.site.drop_all();
    world.minutes(4);
    assert_eq!(world.pass(PROJECT).await.fresh.len(), 1);
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, EXISTING), existing);
    assert_eq!(said(&examined, AUTOMATION), automation);
    assert_eq!((examined.route, examined.again_at), (route, None));
    world.end().await;
}

/// Captured records name no author where somebody signed up or wrote in, and name Atlassian accounts by another key. That is
/// no evidence of a maker, nor of having been here before.
#[rstest]
#[case::signed_up(AddBy::SelfSignup, Via::Role, CLEARS, Route::Unknown)]
#[case::wrote_in(AddBy::Email, Via::Request, None, Route::EmailChannel)]
#[case::by_the_role(AddBy::People, Via::Role, gap(Gap::NotAsked), Route::Unknown)]
#[tokio::test]
async fn what_the_log_does_not_tell_stays_open(
    #[case] by: AddBy,
    #[case] via: Via,
    #[case] existing: Said,
    #[case] route: Route,
) {
    let world = World::start().await;
    let before = world.now();
    let person = world.place.site.add_customer(PROJECT, by).account_id;
    world.minutes(1);
    let mut subject = world.notice(&person, before);
    subject.via = via;
    let examined = world.examine_subject(PROJECT, subject, false).await;
    assert_eq!(said(&examined, EXISTING), existing);
    assert_eq!(said(&examined, AUTOMATION), gap(Gap::NotAsked));
    assert_eq!(examined.route, route);
    world.end().await;
}

#[tokio::test]
async fn somebody_of_another_project_is_known_from_the_roster_even_without_an_audit_log() {
    let mut person = String::new();
    let world = World::start_with(
        |place| {
            place.site.add_project("SUP", "Support", ProjectType::ServiceDesk);
            person = place.site.add_customer("SUP", AddBy::Agent).account_id;
        },
        SignedDuration::ZERO,
    )
    .await;
    world.place.site.set_audit_available(false);
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(5);
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, EXISTING), BLOCKS, "seen elsewhere before this window began");
    assert_eq!(said(&examined, AUTOMATION), None);
    world.end().await;
}

#[tokio::test]
async fn somebody_made_before_the_window_is_known_from_the_log_alone() {
    let world = World::start().await;
    // On no service project: made on one that is gone by now.
    world.place.site.add_project("OLD", "Old", ProjectType::ServiceDesk);
    let person = world.place.site.add_customer("OLD", AddBy::Automation).account_id;
    world.place.site.delete_project("OLD");
    world.minutes(5);
    world.pass(PROJECT).await;
    world.minutes(5);
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(5);
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, EXISTING), BLOCKS);
    assert_eq!(said(&examined, AUTOMATION), None, "Automation made the account, but not at this add");
    world.end().await;
}

#[tokio::test]
async fn removed_and_added_again_is_known() {
    let world = World::start().await;
    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.pass(PROJECT).await;
    world.minutes(5);
    world.place.site.remove_customer(PROJECT, &person);
    world.pass(PROJECT).await;
    world.minutes(5);
    world.place.site.set_audit_available(false);
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(1);
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &person).await, EXISTING), BLOCKS);
    world.end().await;
}

#[tokio::test]
async fn added_to_two_projects_in_one_window_is_told_as_likely_only() {
    let world = World::start_with(
        |place| {
            place.site.add_project("SUP", "Support", ProjectType::ServiceDesk);
        },
        SignedDuration::ZERO,
    )
    .await;
    let person = world.place.site.add_customer("SUP", AddBy::Agent).account_id;
    world.minutes(2);
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(2);
    world.pass("SUP").await;
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &person).await;
    let existing = said(&examined, EXISTING);
    assert_ne!(existing, CLEARS, "the other project's invitation may have made the account");
    assert_ne!(existing, BLOCKS, "nor is it sure that it did");
    world.end().await;
}

#[rstest]
#[case::free_plan(|w: &World| w.place.site.set_audit_available(false), Gap::Forbidden)]
#[case::no_right(|w: &World| w.place.site.set_app_global_permission("ADMINISTER", false), Gap::Forbidden)]
#[case::down(|w: &World| w.place.site.misbehave("GET /rest/api/3/auditing/record", Fault::Status(500), usize::MAX), Gap::Unavailable)]
#[case::html(|w: &World| w.place.site.misbehave("GET /rest/api/3/auditing/record", Fault::Html, usize::MAX), Gap::Unavailable)]
#[case::record_gone(|w: &World| w.place.site.forget_audit_before(w.now() + SignedDuration::from_mins(1)), Gap::NotAsked)]
#[tokio::test]
async fn without_the_log_nobody_is_new_and_nobody_existing(#[case] trouble: fn(&World), #[case] expected: Gap) {
    let world = World::start().await;
    let person = world.place.site.add_customer(PROJECT, AddBy::Automation).account_id;
    trouble(&world);
    world.minutes(5);
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, EXISTING), gap(expected));
    assert_eq!(said(&examined, AUTOMATION), gap(expected));
    assert_eq!(examined.route, Route::Unknown);
    assert_eq!(examined.again_at.is_some(), expected == Gap::Unavailable, "only what passes is asked again");
    world.end().await;
}

/// Bounds are widened by Jira's own time, so a wrong clock makes less sure, never wrong. Jira refuses tokens of clocks that
/// are further off, so then nothing is read at all.
#[rstest]
#[case::ahead(20)]
#[case::a_little_ahead(2)]
#[case::a_little_behind(-2)]
#[case::behind(-150)]
#[tokio::test]
async fn a_skewed_clock_confirms_nothing_wrong(#[case] seconds_ahead: i64) {
    let mut known = String::new();
    let world = World::start_with(
        |place| {
            place.site.add_project("SUP", "Support", ProjectType::ServiceDesk);
            known = place.site.add_customer("SUP", AddBy::Agent).account_id;
        },
        SignedDuration::from_secs(seconds_ahead),
    )
    .await;
    world.place.site.set_customer_invited(PROJECT, false);
    world.minutes(30);
    let new = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.place.site.add_customer(PROJECT, AddBy::Existing(known.clone()));
    world.minutes(3);
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &new).await;
    assert!(!matches!(said(&examined, EXISTING), BLOCKS | LIKELY), "a new customer: {:?}", said(&examined, EXISTING));
    let examined = world.examine(PROJECT, &known).await;
    assert_ne!(said(&examined, EXISTING), CLEARS, "somebody who was here");
    world.minutes(30);
    let later = world.examine(PROJECT, &new).await;
    assert_eq!(said(&later, EXISTING), CLEARS, "once both clocks are past the add");
    assert_eq!(said(&later, "notification_disabled"), BLOCKS);
    world.end().await;
}

#[tokio::test]
async fn an_author_who_cannot_be_read_leaves_the_creator_open() {
    let world = World::start().await;
    let app = world.place.site.add_user(UserKind::App);
    let person = world.place.site.add_customer(PROJECT, AddBy::Rest(RestCaller::App(app))).account_id;
    world.minutes(5);
    world.pass(PROJECT).await;
    world.place.site.misbehave("GET /rest/api/3/user", Fault::Status(500), 2);
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, AUTOMATION), gap(Gap::Unavailable));
    assert_eq!(said(&examined, EXISTING), CLEARS, "the log's own word does not need the author");
    assert!(examined.again_at.is_some());
    assert_eq!(said(&world.examine(PROJECT, &person).await, AUTOMATION), CLEARS, "a failure is not remembered");
    world.end().await;
}
