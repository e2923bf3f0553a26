//! Passes over roles, organisations and customer lists: what they find, what they cost, and what cuts them off.
//! Knows no SQL but to watch that nothing is written.

use super::faulty_world;
use super::hints::all_cases;
use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use crate::store::fault::Side;
use diagnosis::Via;
use invite_guard::domain::AccountId;
use invite_guard::domain::roster::{LastPass, Unread, quota};
use invite_guard::domain::work::Work;
use invite_guard::store::{CaseFilter, RowState};
use invite_guard_sandbox::{AddBy, CustomerAccess, Fault, HoldAt, Limits, ProjectType, Reason};
use jiff::SignedDuration;
use sqlx::{Connection as _, Executor as _};

const MEMBERS: &str = "/rest/servicedeskapi/organization/{organizationId}/user";
const ORGANISATIONS: &str = "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization";
const LIST: &str = "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer";
const ROLE: &str = "/rest/api/3/project/{projectIdOrKey}/role/{id}";
const ACME: &str = "Acme";
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn last(world: &World, via: Via) -> LastPass {
    let all = world.store.last_passes(world.id()).await.expect("passes can be read");
    all.into_iter().find(|pass| pass.via == via).unwrap_or_else(|| panic!("no pass over {via:?} is complete"))
}

/// A day, and then seconds for the pages of what it began.
async fn daily_pass(world: &World) {
    world.pass(DAY).await;
    world.pass_in_steps(8, SignedDuration::from_secs(1)).await;
}

async fn cases_in(world: &World, project: &str) -> usize {
    let filter = CaseFilter { limit: 1_000, ..CaseFilter::default() };
    world.store.cases(world.id(), world.project(project), &filter).await.expect("cases can be read").len()
}

async fn is_seated(world: &World, account: &str, via: Via) -> bool {
    let seats = world.store.seats(world.id(), &AccountId(account.to_owned())).await.expect("seats can be read");
    seats.iter().any(|seat| seat.via == via && seat.gone_at.is_none())
}

/// Watches what is written into the roster and the cases of a SQLite file.
struct Watch(sqlx::SqliteConnection);

impl Watch {
    async fn begin(world: &World) -> Self {
        let mut connection = sqlx::SqliteConnection::connect(world.database()).await.expect("the file opens");
        connection.execute("CREATE TABLE written (what TEXT)").await.expect("a table");
        for table in ["seat", "customer_case"] {
            for act in ["INSERT", "UPDATE", "DELETE"] {
                let sql = format!(
                    "CREATE TRIGGER watch_{table}_{act} AFTER {act} ON {table} BEGIN \
                     INSERT INTO written VALUES ('{act} {table}'); END"
                );
                connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("a trigger");
            }
        }
        Self(connection)
    }

    async fn written(&mut self) -> Vec<String> {
        sqlx::query_scalar("SELECT what FROM written").fetch_all(&mut self.0).await.expect("can be read")
    }
}

#[actix_web::test]
async fn members_are_adds_unless_their_organisation_came_with_them() {
    let world = World::start_after(Engine::Sqlite, |site| {
        site.add_old_customers(PROJECT, Some(ACME), 3);
    })
    .await;
    let site = &world.site;
    site.set_audit_available(false);
    let known = site.add_customer(PROJECT, AddBy::Organisation(ACME.to_owned())).account_id;
    let fresh = site.add_customer(PROJECT, AddBy::Organisation("Founded today".to_owned())).account_id;
    let by_role = world.invite(PROJECT).account_id;
    site.drop_all();
    daily_pass(&world).await;
    assert_eq!(all_cases(&world).await, 3);
    for (account, via) in [(&known, Via::Organisation), (&fresh, Via::Organisation), (&by_role, Via::Role)] {
        let case = world.case(account).await.expect("an add");
        assert_eq!((case.via, case.quiet), (via, true), "found by a pass: listed, not told");
    }
    site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    let long_ago = site.add_old_customers("OPS", Some("Older"), 2);
    daily_pass(&world).await;
    site.add_organisation(PROJECT, "Older");
    daily_pass(&world).await;
    assert!(is_seated(&world, &long_ago[0], Via::Organisation).await, "customers now");
    assert_eq!(all_cases(&world).await, 3, "nobody invited whom an organisation brought along");
    site.remove_member(ACME, &known);
    daily_pass(&world).await;
    assert!(
        is_seated(&world, &known, Via::Organisation).await,
        "two lists, read one after the other, may skip somebody"
    );
    daily_pass(&world).await;
    assert!(!is_seated(&world, &known, Via::Organisation).await, "two passes lack them");
    world.check().await;
    world.end().await;
}

/// Three pages of members: cut off, held up and refused in the middle, and read to the end all the same.
#[actix_web::test]
async fn a_pass_goes_on_where_it_was_cut_off() {
    let mut world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    let members = world.site.add_old_customers(PROJECT, Some(ACME), 120);
    world.pass(DAY).await;
    world.site.forget_calls();
    let members_page = "GET /rest/servicedeskapi/organization/*/user";
    let mut held = world.site.hold_matching(members_page, 1, HoldAt::BeforeApplying);
    world.clock.advance(SignedDuration::from_secs(1));
    let died = tokio::select! {
        () = world.settle() => false,
        _ = held.arrived() => true,
    };
    assert!(died, "the second page is asked for a moment after the first");
    held.drop_connection();
    world.worker = world.another_worker();
    world.site.misbehave(members_page, Fault::Throttled(Reason::Burst, 2), 1);
    world.pass_in_steps(4, SignedDuration::from_secs(120)).await;
    for account in [&members[0], &members[60], &members[119]] {
        assert!(is_seated(&world, account, Via::Organisation).await, "{account} was lost");
    }
    assert_eq!(last(&world, Via::Organisation).await.people, 120);
    assert_eq!(cases_in(&world, PROJECT).await, 120, "the organisation was made today, so everybody in it came today");
    let batches = world.store.batches(world.id(), world.project(PROJECT)).await.expect("can be read");
    assert_eq!((batches.len(), batches[0].people), (1, 120), "an import");
    assert_eq!(world.store.run(world.id(), world.project(PROJECT), Via::Organisation).await, Ok(None));
    world.check().await;
    world.end().await;
}

/// Killed at every call of the store that a pass makes, before and after the store did it: whom it was to find is found.
async fn killed_everywhere(by: AddBy, project: &str, via: Via, least: u64) {
    let (mut world, faults) = faulty_world().await;
    world.site.set_audit_available(false);
    world.site.set_limits(Limits { enforced: false, ..Limits::default() });
    world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    world.site.add_old_customers("OPS", None, 2_300);
    world.site.add_old_customers(PROJECT, Some(ACME), 60);
    for _ in 0..3 {
        daily_pass(&world).await; // the organisation is known, and the first passes over several answers are over
    }
    let id = world.project(project);
    let work = match via {
        Via::Role => Work::ReadRole { project: id, reseed: false },
        via => Work::ReadPass { project: id, via, reseed: false },
    };
    // An organisation younger than the last pass: whoever is in it was added to it since.
    let before = cases_in(&world, project).await;
    let mut added = 0;
    for side in [Side::Before, Side::After] {
        for n in 1.. {
            let account = world.site.add_customer(project, by.clone()).account_id;
            world.site.drop_all();
            added += 1;
            world.wish(work.clone()).await;
            faults.hang(faults.calls() + n, side);
            let died = tokio::select! {
                () = world.pass_in_steps(3, SignedDuration::from_secs(1)) => false,
                () = faults.struck() => true,
            };
            faults.arm(0, side);
            world.worker = world.another_worker();
            world.pass_in_steps(2, SignedDuration::from_secs(120)).await;
            world.wish(work.clone()).await;
            world.pass_in_steps(10, SignedDuration::from_secs(2)).await; // a page each, and every round adds somebody
            assert!(world.case_in(project, &account).await.is_some(), "{side:?} call {n}: the add was lost");
            assert!(n < 200, "the pass does not come to an end");
            if !died {
                assert!(n > least, "a pass makes more than {n} calls");
                break;
            }
        }
    }
    assert_eq!(cases_in(&world, project).await - before, added, "one case each");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn slow_a_pass_by_pages_loses_nobody_whichever_call_of_the_store_is_its_last() {
    killed_everywhere(AddBy::Organisation(ACME.to_owned()), PROJECT, Via::Organisation, 8).await;
}

#[actix_web::test]
async fn slow_a_large_role_loses_nobody_whichever_call_of_the_store_is_its_last() {
    killed_everywhere(AddBy::Agent, "OPS", Via::Role, 8).await;
}

#[actix_web::test]
async fn what_cannot_be_read_is_said_and_nobody_is_taken_for_gone() {
    let world = World::start_after(Engine::Sqlite, |site| {
        site.add_old_customers(PROJECT, Some(ACME), 2);
        site.add_old_customers(PROJECT, None, 2);
    })
    .await;
    let project = world.project(PROJECT);
    let before = (last(&world, Via::Organisation).await.people, last(&world, Via::Role).await.people);
    assert_eq!(before, (2, 2));
    world.site.set_app_permission(PROJECT, "SERVICEDESK_AGENT", false);
    world.site.misbehave("GET /rest/api/3/project/*/role/*", Fault::Garbage, usize::MAX);
    daily_pass(&world).await;
    world.pass_in_steps(12, SignedDuration::from_mins(40)).await;
    let gaps = world.store.gaps(world.id(), project).await.expect("can be read");
    let told: Vec<_> = gaps.iter().map(|gap| (gap.via, gap.why)).collect();
    assert!(told.contains(&(Via::Organisation, Unread::Forbidden)), "{told:?}");
    assert!(told.contains(&(Via::Role, Unread::Unavailable)), "{told:?}");
    assert_eq!(before, (last(&world, Via::Organisation).await.people, last(&world, Via::Role).await.people));
    world.site.behave();
    world.site.set_app_permission(PROJECT, "SERVICEDESK_AGENT", true);
    daily_pass(&world).await;
    let gaps = world.store.gaps(world.id(), project).await.expect("can be read");
    assert!(gaps.iter().all(|gap| gap.via == Via::ListOnly), "read again: {gaps:?}");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn customer_lists_are_read_every_seventh_time_and_open_no_case() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    assert_eq!(last(&world, Via::ListOnly).await.people, 0, "read at first");
    world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    let elsewhere = world.site.add_old_customers("OPS", None, 70);
    world.site.set_customer_access(PROJECT, CustomerAccess::AnyoneWithAccount);
    world.site.forget_calls();
    let of_help =
        || world.site.calls().iter().filter(|call| call.template == LIST && call.path.contains("/1/")).count();
    for _ in 0..6 {
        world.pass(DAY).await;
    }
    assert_eq!(of_help(), 0, "not daily");
    world.pass(DAY).await;
    world.pass_in_steps(5, SignedDuration::from_secs(1)).await;
    assert_eq!(of_help(), 2, "two pages of everybody who may use an open desk");
    assert!(last(&world, Via::ListOnly).await.people > 70);
    assert_eq!(all_cases(&world).await, 0, "they may use the desk; nobody invited them");
    let seats = world.store.seats(world.id(), &AccountId(elsewhere[0].clone())).await.expect("seats can be read");
    assert!(seats.iter().all(|seat| seat.via != Via::ListOnly), "and it is no evidence about them");
    world.check().await;
    world.end().await;
}

/// A role larger than a batch: silent at first, found from then on.
#[actix_web::test]
async fn a_large_role_is_put_aside_in_batches_and_counts_when_all_of_it_has_come() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    let many = world.site.add_old_customers("OPS", None, 2_300);
    world.pass(DAY).await;
    assert!(is_seated(&world, &many[2_299], Via::Role).await && all_cases(&world).await == 0, "known silently");
    let later = world.invite("OPS").account_id;
    world.site.drop_all();
    let mut watch = Watch::begin(&world).await;
    world.site.forget_calls();
    daily_pass(&world).await;
    assert!(world.case_in("OPS", &later).await.is_some());
    assert_eq!(world.site.count_calls("GET", ROLE), 2, "one call a role, of two projects");
    let written = watch.written().await;
    assert!(written.len() < 10, "one seat and one case, not thousands: {}", written.len());
    world.check().await;
    world.end().await;
}

/// 10,000 people in an organisation: calls, points and writes are those of docs/capacity.md. `process/memory.rs` has 100,000.
#[actix_web::test]
async fn slow_ten_thousand_members_cost_what_is_promised_and_an_unchanged_pass_writes_nothing() {
    const PEOPLE: usize = 10_000;
    let world = World::start_after(Engine::Sqlite, |site| {
        site.set_limits(Limits { enforced: false, ..Limits::default() });
        site.add_old_customers(PROJECT, Some(ACME), PEOPLE);
    })
    .await;
    world.site.set_audit_available(false);
    let project = world.project(PROJECT);
    // The list is told apart; 2,000 pages of it are read as those of the organisation are.
    world.store.drop_pass(world.id(), project, Via::ListOnly).await.expect("drops");
    let under_way = |via| world.store.run(world.id(), project, via);
    while under_way(Via::Organisation).await.expect("reads").is_some() {
        world.pass(SignedDuration::from_secs(12)).await;
    }
    let first = last(&world, Via::Organisation).await;
    assert_eq!((first.people, first.points), (PEOPLE as u64, 2 + quota::list(PEOPLE as u64)));
    while last(&world, Via::Organisation).await.began == first.began {
        world.pass(SignedDuration::from_secs(12)).await; // the second look, silent as well
    }
    let mut watch = Watch::begin(&world).await;
    let second = last(&world, Via::Organisation).await;
    world.site.forget_calls();
    while last(&world, Via::Organisation).await.began == second.began {
        let reading = under_way(Via::Organisation).await.expect("reads").is_some();
        world.pass(SignedDuration::from_secs(if reading { 12 } else { 600 })).await;
    }
    let calls = world.site.calls();
    let points: u64 = calls.iter().filter(|call| call.template == MEMBERS).map(|call| call.points).sum();
    assert_eq!(points, quota::list(PEOPLE as u64), "as Jira counts them");
    assert_eq!(world.site.count_calls("GET", MEMBERS), PEOPLE / 50, "one call for 50 people");
    assert_eq!(world.site.count_calls("GET", ORGANISATIONS), 1);
    assert_eq!(watch.written().await, [] as [String; 0], "an unchanged pass writes no roster and no case row");
    assert!(world.store.rows(RowState::Dead, 1).await.expect("reads").is_empty());
    world.end().await;
}
