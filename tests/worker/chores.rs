//! What comes by itself: seeding, passes, the audit log, expiry, erasure.
//! Knows no interval but those of the harness.

use super::faulty_world;
use super::hints::all_cases;
use crate::harness::{self, PROJECT, World};
use crate::store::engines::Engine;
use crate::store::given::installation_of;
use invite_guard::domain::case::CaseState;
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock};
use invite_guard::publish::CASE_PROPERTY;
use invite_guard::store::RowState;
use invite_guard::worker::Settings;
use invite_guard_sandbox::{AddBy, CustomerAccess, Fault, ProjectType};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;

#[actix_web::test]
async fn a_new_project_is_taken_over_silently_and_then_watched() {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("SHOP", "Shop", ProjectType::ServiceDesk);
    world.site.set_audit_available(false);
    let before = world.invite("SHOP").account_id;
    world.site.drop_all();
    world.pass(SignedDuration::from_hours(24)).await;
    assert!(world.case_in("SHOP", &before).await.is_none(), "known silently: no case");
    let after = world.invite("SHOP").account_id;
    world.site.drop_all();
    world.pass(SignedDuration::from_hours(24)).await;
    assert!(world.case_in("SHOP", &after).await.is_some(), "whoever comes later is an add");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn other_kinds_of_projects_are_not_looked_at() {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("SOFT", "Software", ProjectType::Software);
    world.pass(SignedDuration::from_hours(24)).await;
    let known = world.store.projects(world.id()).await.expect("projects can be read");
    assert_eq!(known.iter().map(|p| p.key.as_str()).collect::<Vec<_>>(), [PROJECT]);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn an_import_is_listed_in_the_bulk_class_and_not_told() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    for _ in 0..60 {
        world.invite(PROJECT);
    }
    world.site.drop_all();
    world.pass(SignedDuration::from_hours(24)).await;
    assert_eq!(all_cases(&world).await, 60, "everybody is listed");
    let health = world.call(&world.site.agent(), "GET", "/health", None).await;
    assert!(health.body.contains("60 people were added at once"), "one line tells of it: {}", health.body);
    assert!(world.site.comments_by_app().is_empty());
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_change_of_customer_access_makes_the_next_pass_silent() {
    let world = World::start(Engine::Sqlite).await;
    world.pass(SignedDuration::from_mins(5)).await;
    world.site.set_customer_access(PROJECT, CustomerAccess::AnyoneWithAccount);
    world.pass_in_steps(2, SignedDuration::from_mins(1)).await;
    let project = world.store.project(world.id(), world.project(PROJECT)).await.unwrap().expect("known");
    let seeded = project.seeded_at.expect("seeded");
    assert!(
        world.clock.now().duration_since(seeded) < SignedDuration::from_mins(3),
        "seeded anew, for the page's note"
    );
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn fourteen_days_without_an_end_are_one() {
    let world = World::start(Engine::Sqlite).await;
    world.state_invitations_off(PROJECT).await;
    let account = world.invite(PROJECT).account_id;
    let request = world.raise_for(PROJECT, &account);
    world.deliver().await;
    assert!(world.site.item_property(&request, CASE_PROPERTY).is_some());
    world.pass_in_steps(15, SignedDuration::from_hours(24)).await;
    let case = world.case(&account).await.expect("kept for the page");
    assert_eq!(case.state, CaseState::Expired);
    assert_eq!(world.site.item_property(&request, CASE_PROPERTY), None, "Jira is tidied");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn after_an_uninstall_nothing_is_called_and_at_last_nothing_is_left() {
    for engine in Engine::available() {
        let world = World::start(engine).await;
        let account = world.invite(PROJECT).account_id;
        world.deliver().await;
        world.invite(PROJECT);
        world.site.deliver_all().await; // waits in the queue when we are thrown out
        world.site.uninstall().await.expect("the sandbox uninstalls");
        world.site.forget_calls();
        world.wish(Work::Locate { account: AccountId(account), hinted_at: world.clock.now(), looked: 0 }).await;
        world.pass_in_steps(3, SignedDuration::from_hours(24)).await;
        assert_eq!(world.site.calls().len(), 0, "{engine:?}: a site that left us is not called");
        assert!(world.store.tenants().await.expect("tenants can be read").is_empty(), "{engine:?}: all is erased");
        world.end().await;
    }
}

#[actix_web::test]
async fn a_site_that_comes_back_while_it_is_erased_ends_the_erasure() {
    let (world, faults) = faulty_world().await;
    world.site.uninstall().await.expect("the sandbox uninstalls");
    let (store, installation, now) = (Arc::clone(&world.store), installation_of(&world.tenant), world.clock.now());
    faults.before("erase_tenant", async move {
        store.install(&installation, now, &|_| Vec::new()).await.expect("installs again");
    });
    world.pass_in_steps(3, SignedDuration::from_hours(24)).await;
    let back = world.store.tenant(world.id()).await.expect("tenants can be read").expect("nothing of it is erased");
    assert!(back.is_active());
    for state in [RowState::Dead, RowState::Queued, RowState::Leased] {
        let rows = world.store.rows(state, 50).await.expect("rows can be read");
        assert!(rows.iter().all(|row| row.kind != "erase"), "the erasure is over, neither dead nor waiting: {rows:?}");
    }
    world.end().await;
}

#[actix_web::test]
async fn the_sweep_keeps_a_projects_cases_as_long_as_its_admin_chose() {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("SHOP", "Shop", ProjectType::ServiceDesk);
    world.pass_in_steps(2, SignedDuration::from_hours(24)).await;
    let chosen = world.call(&world.site.admin(), "PUT", "/settings", Some(json!({"retentionDays": 7}))).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    let mut added = Vec::new();
    for project in [PROJECT, "SHOP"] {
        let account = world.invite(project).account_id;
        world.deliver().await;
        let mut case = world.case_in(project, &account).await.expect("an add is noticed");
        assert!(case.end(CaseState::Handled, world.clock.now()), "not over yet");
        assert!(world.store.save(&case).await.expect("cases can be saved"));
        added.push(account);
    }
    world.wish(Work::Publish { project: world.project(PROJECT) }).await;
    world.wish(Work::Publish { project: world.project("SHOP") }).await;
    world.pass_in_steps(9, SignedDuration::from_hours(24)).await;
    assert!(world.case_in(PROJECT, &added[0]).await.is_none(), "erased after the seven days that were chosen");
    assert!(world.case_in("SHOP", &added[1]).await.is_some(), "kept for the operator's 21 days");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn an_interval_of_zero_means_only_the_first_pass() {
    let mut world = World::start(Engine::Sqlite).await;
    let never = Settings { reconcile_interval: SignedDuration::ZERO, ..harness::settings() };
    world.worker = world.worker_with(never);
    world.pass(SignedDuration::from_hours(24)).await; // the one that waited already
    world.site.forget_calls();
    world.pass_in_steps(5, SignedDuration::from_hours(24)).await;
    assert_eq!(world.site.count_calls("GET", "/rest/api/3/project/{projectIdOrKey}/role/{id}"), 0);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_chore_that_fails_is_never_dead_and_comes_back() {
    let world = World::start(Engine::Sqlite).await;
    world.site.misbehave("GET /rest/api/3/auditing/record", Fault::Garbage, 40);
    world.site.misbehave("GET /rest/api/3/project/search", Fault::Status(500), 40);
    world.pass_in_steps(60, SignedDuration::from_mins(10)).await;
    world.pass_in_steps(20, SignedDuration::from_hours(4)).await;
    world.site.behave();
    let account = world.invite(PROJECT).account_id;
    world.site.drop_all();
    world.pass_in_steps(4, SignedDuration::from_mins(1)).await;
    world.pass(SignedDuration::from_hours(24)).await;
    assert!(world.case(&account).await.is_some(), "the chores go on after days of trouble");
    assert!(world.store.rows(RowState::Dead, 10).await.expect("rows can be read").is_empty());
    world.end().await;
}

/// The log still tells of them when it is first read, but they are on the project we first see.
#[actix_web::test]
async fn who_was_added_just_before_the_install_is_known_silently() {
    for engine in Engine::available() {
        let world = World::start_after(engine, |site| {
            site.set_customer_invited(PROJECT, false);
            site.add_customer(PROJECT, AddBy::Agent);
            site.set_customer_invited(PROJECT, true);
            site.add_customer(PROJECT, AddBy::Automation);
        })
        .await;
        world.pass_in_steps(5, SignedDuration::from_mins(1)).await;
        assert_eq!(all_cases(&world).await, 0, "{engine:?}: no cases when a project is first seen");
        let later = world.invite(PROJECT).account_id;
        world.deliver().await;
        assert!(world.case(&later).await.is_some(), "{engine:?}: whoever is added after it has one");
        world.check().await;
        world.end().await;
    }
}
