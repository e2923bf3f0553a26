//! How many calls an examination costs: the app's quota is shared by all its tenants.
//! Knows no verdict.

use super::given::{CLEARS, World, said};
use crate::jira::given::PROJECT;
use invite_guard_sandbox::{AddBy, RestCaller, UserKind};

const RECORD: &str = "/rest/api/3/auditing/record";
const SCHEME: &str = "/rest/api/3/project/{projectKeyOrId}/permissionscheme";
const USER: &str = "/rest/api/3/user";

#[tokio::test]
async fn one_person_costs_at_most_four_calls() {
    let world = World::start().await;
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let app = world.place.site.add_user(UserKind::App);
    let person = world.place.site.add_customer(PROJECT, AddBy::Rest(RestCaller::App(app))).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    world.place.site.forget_calls();
    world.examine(PROJECT, &person).await;
    let calls = world.place.site.calls();
    assert_eq!(world.place.site.count_calls("GET", RECORD), 1, "the log is read up to the add");
    assert_eq!(world.place.site.count_calls("GET", USER), 2, "the person and who made the account");
    assert_eq!(
        world.place.site.count_calls("GET", SCHEME),
        1,
        "the project's scheme, for everybody who is added there"
    );
    assert_eq!(calls.len(), 4, "{calls:?}");

    world.minutes(1);
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    world.place.site.forget_calls();
    world.examine(PROJECT, &person).await;
    assert_eq!(world.place.site.calls().len(), 0, "a second look within the hour asks nothing");

    let subject = world.subject(PROJECT, &person).await;
    world.examine_subject(PROJECT, subject, true).await;
    assert_eq!(world.place.site.count_calls("GET", RECORD), 1, "\"check again\" asks again");
    assert_eq!(world.place.site.count_calls("GET", USER), 1, "\"check again\" asks again");
    world.end().await;
}

#[tokio::test]
async fn somebody_without_a_record_is_looked_up_once_by_their_id() {
    let world = World::start().await;
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.place.site.forget_audit_before(world.now() + jiff::SignedDuration::from_mins(1));
    world.minutes(1);
    world.pass(PROJECT).await;
    world.place.site.forget_calls();
    world.examine(PROJECT, &person).await;
    assert_eq!(world.place.site.count_calls("GET", RECORD), 2, "read on, and asked by the id");
    assert!(world.place.site.calls().len() <= 4);
    world.end().await;
}

/// Fifty people of one pass, and fifty workers at once: facts of site and project are read once.
#[tokio::test]
async fn many_people_share_what_is_not_their_own() {
    let world = World::start().await;
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let mut people = Vec::new();
    for _ in 0..50 {
        people.push(world.place.site.add_customer(PROJECT, AddBy::Agent).account_id);
    }
    world.minutes(1);
    world.pass(PROJECT).await;
    let mut subjects = Vec::new();
    for person in &people {
        subjects.push(world.subject(PROJECT, person).await);
    }
    let project = world.place.project(PROJECT);
    world.place.site.forget_calls();
    let examined = world.examiner.examine(&world.tenant, project, &subjects, false).await;
    assert_eq!(examined.len(), 50);
    let in_order: Vec<&str> = examined.iter().map(|examination| examination.account.0.as_str()).collect();
    assert_eq!(in_order, people.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(examined.iter().all(|examination| said(examination, "existing_customer") == CLEARS));
    assert_eq!(world.place.site.count_calls("GET", RECORD), 1);
    assert_eq!(world.place.site.count_calls("GET", USER), 51, "each person, and the agent once");
    assert_eq!(world.place.site.count_calls("GET", SCHEME), 1);

    world.minutes(1);
    world.pass(PROJECT).await;
    world.place.site.forget_calls();
    let seen = world.now();
    world.minutes(1);
    let late = subjects.iter().map(|subject| {
        let mut subject = subject.clone();
        subject.added.not_after = seen;
        let (examiner, tenant) = (world.examiner.clone(), world.tenant.clone());
        async move { examiner.examine(&tenant, project, &[subject], false).await }
    });
    futures::future::join_all(late).await;
    assert_eq!(world.place.site.count_calls("GET", RECORD), 1, "fifty at once wait for one reading");
    world.end().await;
}
