//! What Jira tells about the set-up now, what an admin volunteers about it, and what each is worth for an add.
//! Knows no page and writes nothing into Jira.

use super::given::{BLOCKS, LIKELY, Said, World, gap, said};
use crate::jira::given::PROJECT;
use diagnosis::{Confidence, Gap, Overall, Ruling};
use invite_guard::domain::{AccountId, ProjectId};
use invite_guard::examine::{Examination, statements};
use invite_guard_sandbox::{AddBy, Fault, Plan, ProjectType};
use jiff::SignedDuration;
use serde_json::{Value, json};

const PERMISSION: &str = "portal_permission_missing";
const ACCESS: &str = "access_restricted";
const DOOR: &str = "wrong_door";
const LIKELY_CLEAR: Said = Some(Ok((false, Confidence::Likely)));

async fn state(world: &World, fact: &str, value: Value, project: Option<ProjectId>) {
    let admin = AccountId("5f0000000000000000000001".to_owned());
    let line = statements::line(fact, value, project, &admin, world.now()).expect("a statement");
    world.store.record(world.tenant.id, &[line]).await.expect("recorded");
}

/// Adds somebody whom the next pass finds a minute later.
async fn added(world: &World, by: AddBy) -> String {
    let person = world.place.site.add_customer(PROJECT, by).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    person
}

/// Looks at somebody who was seen as soon as they were added, passing what is remembered.
async fn at_once(world: &World, person: &str) -> Examination {
    let subject = world.notice(person, world.now() - SignedDuration::from_secs(10));
    world.examine_subject(PROJECT, subject, true).await
}

#[tokio::test]
async fn the_scheme_is_sure_only_for_whoever_is_added_now() {
    let world = World::start().await;
    let site = &world.place.site;
    site.set_portal_access(PROJECT, false);
    let person = site.add_customer(PROJECT, AddBy::Agent).account_id;
    assert_eq!(said(&at_once(&world, &person).await, PERMISSION), BLOCKS);
    world.minutes(30);
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &person).await, PERMISSION), LIKELY, "it may have been granted then");
    site.set_portal_access(PROJECT, true);
    assert_eq!(said(&world.examine(PROJECT, &person).await, PERMISSION), LIKELY, "remembered for a while");
    let again = world.subject(PROJECT, &person).await;
    assert_eq!(said(&world.examine_subject(PROJECT, again, true).await, PERMISSION), LIKELY_CLEAR, "\"check again\"");

    site.set_portal_access(PROJECT, false);
    site.set_team_managed(PROJECT, true);
    assert_eq!(said(&at_once(&world, &person).await, PERMISSION), gap(Gap::NotExposed), "no scheme decides there");
    site.set_team_managed(PROJECT, false);
    site.misbehave("GET /rest/api/3/project/*/permissionscheme", Fault::Status(403), 1);
    assert_eq!(said(&at_once(&world, &person).await, PERMISSION), gap(Gap::Forbidden));
    world.end().await;
}

#[tokio::test]
async fn an_inactive_account_blocks_and_an_active_one_clears_nothing() {
    let world = World::start().await;
    let person = added(&world, AddBy::Agent).await;
    let first = world.examine(PROJECT, &person).await;
    assert_eq!(said(&first, "inactive_account"), gap(Gap::NotExposed));
    world.place.site.set_active(&person, false);
    assert_eq!(said(&at_once(&world, &person).await, "inactive_account"), BLOCKS);
    world.minutes(10);
    let later = world.examine(PROJECT, &person).await;
    assert_eq!(said(&later, "inactive_account"), LIKELY, "whether it was inactive at the add, Jira does not tell");
    world.end().await;
}

#[tokio::test]
async fn whoever_was_just_invited_elsewhere_is_told_so() {
    let world = World::start_with(
        |place| {
            place.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
        },
        SignedDuration::ZERO,
    )
    .await;
    let person = world.place.site.add_customer("OPS", AddBy::Agent).account_id;
    world.minutes(1);
    world.pass("OPS").await;
    world.minutes(10);
    world.pass(PROJECT).await;
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(1);
    world.pass(PROJECT).await;
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, "existing_customer"), BLOCKS);
    let found = examined.diagnosis.primary().expect("it blocks");
    assert_eq!(found.evidence[0].statement.id, "existing_customer-seen-elsewhere");
    assert!(found.steps.iter().all(|step| !step.text.contains("password")), "{:?}", found.steps);

    // The same person added hours later is an old account like any other.
    world.place.site.remove_customer(PROJECT, &person);
    world.minutes(180);
    world.pass(PROJECT).await;
    world.place.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.minutes(1);
    world.pass(PROJECT).await;
    let found = world.examine(PROJECT, &person).await;
    let found = found.diagnosis.primary().expect("it blocks");
    assert_eq!(found.evidence[0].statement.id, "account-seen-before");
    world.end().await;
}

#[tokio::test]
async fn what_an_admin_volunteers_is_judged_as_of_the_add() {
    let world = World::start().await;
    let project = world.place.project(PROJECT);
    let before = added(&world, AddBy::Agent).await;
    let first = world.examine(PROJECT, &before).await;
    assert_eq!([said(&first, ACCESS), said(&first, DOOR)], [gap(Gap::NotExposed), None], "nobody said anything");
    assert!(first.diagnosis.not_checked().contains(&ACCESS));

    world.minutes(1);
    state(&world, "portal_only_accounts_allowed", json!(true), None).await;
    state(&world, "allowed_domains", json!([]), None).await;
    state(&world, "wrong_door", json!(true), Some(project)).await;
    world.minutes(1);
    let open = added(&world, AddBy::Agent).await;
    assert_eq!(said(&world.examine(PROJECT, &open).await, ACCESS), LIKELY_CLEAR);
    let through_people = added(&world, AddBy::People).await;
    let examined = world.examine(PROJECT, &through_people).await;
    assert_eq!([said(&examined, ACCESS), said(&examined, DOOR)], [None, LIKELY], "an Atlassian account");

    world.minutes(1);
    state(&world, "portal_only_accounts_allowed", json!(false), None).await;
    world.minutes(1);
    let closed = added(&world, AddBy::Agent).await;
    assert_eq!(said(&world.examine(PROJECT, &closed).await, ACCESS), BLOCKS);
    assert_eq!(said(&world.examine(PROJECT, &open).await, ACCESS), LIKELY_CLEAR, "it was open when they were added");
    world.minutes(60 * 24 * 31);
    let late = added(&world, AddBy::Agent).await;
    assert_eq!(said(&world.examine(PROJECT, &late).await, ACCESS), gap(Gap::Stale));
    world.end().await;
}

#[tokio::test]
async fn plan_and_sender_are_notes_that_lower_nothing_and_are_read_once() {
    let world = World::start().await;
    let site = &world.place.site;
    let project = world.place.project(PROJECT);
    site.set_plan(Plan::Free);
    site.set_sender(PROJECT, Some(("help@desk.example", &["Email address or domain not verified."])));
    state(&world, "outgoing_mail_on", json!(true), None).await;
    state(&world, "invite_notification_on", json!(true), Some(project)).await;
    site.forget_calls();
    let pages = (0..20).map(|_| {
        let (examiner, tenant) = (world.examiner.clone(), world.tenant.clone());
        async move { examiner.project_health(&tenant, project).await }
    });
    let health = futures::future::join_all(pages).await.pop().expect("a page");
    assert_eq!((health.diagnosis.overall(), health.diagnosis.primary().is_none()), (Overall::NoBlockFound, true));
    let notes = health.diagnosis.findings.iter().filter(|finding| finding.scenario.note);
    let notes: Vec<_> = notes.map(|finding| (finding.scenario.slug, finding.ruling, finding.confidence)).collect();
    let likely = |slug| (slug, Ruling::Blocks, Confidence::Likely);
    assert_eq!(notes, [likely("daily_mail_limit"), likely("sender_domain_unverified")]);
    for path in [
        "/rest/api/3/instance/license",
        "/rest/api/3/project/{projectId}/email",
        "/rest/api/3/project/{projectKeyOrId}/permissionscheme",
    ] {
        assert_eq!(site.count_calls("GET", path), 1, "{path}: twenty pages at once ask once");
    }
    let person = added(&world, AddBy::Agent).await;
    let examined = world.examine(PROJECT, &person).await;
    assert!(examined.diagnosis.findings.iter().all(|finding| !finding.scenario.note), "a note is nobody's finding");
    assert_eq!(site.count_calls("GET", "/rest/api/3/instance/license"), 1, "nor is it read for anybody");
    world.end().await;
}
