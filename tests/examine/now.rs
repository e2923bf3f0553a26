//! Pages without an add: a project's and a site's health now, and somebody who has no case.
//! Stores nothing.

use super::given::{BLOCKS, World, said};
use crate::jira::given::{PROJECT, account};
use diagnosis::{Gap, Overall, Source};
use invite_guard::domain::AccountId;
use invite_guard::examine::statements;
use invite_guard::jira::JiraError;
use invite_guard_sandbox::{AddBy, Fault};
use serde_json::json;

#[tokio::test]
async fn health_follows_switch_and_word() {
    let world = World::start().await;
    let project = world.place.project(PROJECT);
    let overall = async || world.examiner.project_health(&world.tenant, project).await.diagnosis.overall();
    assert_eq!(overall().await, Overall::CouldNotCheck, "nobody has said anything yet");
    world.minutes(2);
    world.place.site.set_customer_invited(PROJECT, false);
    assert_eq!(overall().await, Overall::Blocked);
    let reads = world.place.site.count_calls("GET", "/rest/api/3/auditing/record");
    assert_eq!(overall().await, Overall::Blocked);
    assert_eq!(
        world.place.site.count_calls("GET", "/rest/api/3/auditing/record"),
        reads,
        "not read again within a minute"
    );
    world.minutes(2);
    world.place.site.set_customer_invited(PROJECT, true);
    let admin = AccountId("5f0000000000000000000001".to_owned());
    let mail = |on: bool| {
        let word = statements::line("outgoing_mail_on", json!(on), None, &admin, world.now());
        [word.expect("a statement")]
    };
    world.store.record(world.tenant.id, &mail(true)).await.expect("recorded");
    assert_eq!(overall().await, Overall::NoBlockFound);
    world.minutes(1);
    world.store.record(world.tenant.id, &mail(false)).await.expect("recorded");
    assert_eq!(overall().await, Overall::Blocked, "a word counts at once, without a reading");
    let site = world.examiner.site_health(&world.tenant).await.expect("the store answers");
    assert_eq!(site.diagnosis.overall(), Overall::Blocked);
    assert!(site.seen.sources.iter().all(|source| source.trouble.is_none()), "{:?}", site.seen.sources);
    world.end().await;
}

#[tokio::test]
async fn a_site_without_a_log_says_which_source_cannot_see() {
    let world = World::start().await;
    world.place.site.set_audit_available(false);
    let site = world.examiner.site_health(&world.tenant).await.expect("the store answers");
    let blind: Vec<Source> =
        site.seen.sources.iter().filter(|s| s.trouble == Some(Gap::Forbidden)).map(|report| report.source).collect();
    assert_eq!(blind, [Source::AuditLog]);
    world.end().await;
}

#[tokio::test]
async fn somebody_without_a_case_is_examined_as_if_added_now() {
    let world = World::start().await;
    let project = world.place.project(PROJECT);
    let person = account(&world.place.site.add_customer(PROJECT, AddBy::Agent).account_id);
    world.minutes(1);
    let examined = world.examiner.examine_now(&world.tenant, project, &person).await.expect("Jira answers");
    assert_eq!(said(&examined.expect("there is such an account"), "existing_customer"), BLOCKS);
    assert_eq!(world.store.seats(world.tenant.id, &person).await.expect("seats"), []);
    assert_eq!(world.store.audit_mark(world.tenant.id).await.expect("a mark").coverage, None, "nothing is stored");

    let nobody = world.examiner.examine_now(&world.tenant, project, &account("qm:nobody")).await;
    assert!(matches!(nobody, Ok(None)));
    world.place.site.misbehave("GET /rest/api/3/user", Fault::Status(500), 1);
    let another = account(&world.place.site.add_customer(PROJECT, AddBy::Agent).account_id);
    let unknown = world.examiner.examine_now(&world.tenant, project, &another).await;
    assert!(matches!(unknown, Err(JiraError::Unavailable(_))), "silence does not make somebody unknown");
    world.end().await;
}
