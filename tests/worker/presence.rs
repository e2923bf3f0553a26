//! People of whom a request is the first that is seen: a row for each, nothing that blocks, and nobody of the team.
//! Knows no role pass but as the better witness that comes later.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{Confidence, FactKey, Ruling, Via};
use invite_guard::domain::AccountId;
use invite_guard::domain::case::{Case, CaseState};
use invite_guard::domain::project::CommentMode;
use invite_guard::domain::work::Work;
use invite_guard::domain::{Clock, ProjectId};
use invite_guard_sandbox::{AddBy, ProjectType, UserKind};
use jiff::SignedDuration;

/// Everything that could block is off, and comments are wanted.
async fn world_where_nothing_is_sent(engine: Engine) -> World {
    let world = World::start(engine).await;
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    world.state(FactKey::OutgoingMailOn, None, false).await;
    world
}

async fn row(world: &World, account: &str) -> Case {
    world.case(account).await.unwrap_or_else(|| panic!("{account} has no row"))
}

fn blocks(case: &Case) -> Vec<&str> {
    let blocking = case.findings.iter().filter(|finding| finding.ruling == Ruling::Blocks);
    blocking.map(|finding| finding.scenario.slug).collect()
}

#[actix_web::test]
async fn who_comes_by_a_request_has_a_row_in_which_nothing_blocks() {
    for engine in Engine::available() {
        let world = world_where_nothing_is_sent(engine).await;
        let wrote = world.site.add_customer(PROJECT, AddBy::Email);
        let outsider = world.site.add_user(UserKind::Outsider);
        let own = world.site.raise_request(PROJECT, &outsider);
        let commenter = world.site.add_user(UserKind::Outsider);
        world.site.add_comment(&own, &commenter, "Me too", false);
        let for_them = world.site.add_customer(PROJECT, AddBy::OnBehalf);
        let with_them = world.site.add_customer(PROJECT, AddBy::Participant(own.clone()));
        world.clock.advance(SignedDuration::from_mins(1));
        world.site.deliver_twice().await;
        world.settle().await;
        world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
        for account in [&wrote.account_id, &outsider, &commenter] {
            let case = row(&world, account).await;
            assert_eq!(case.state, CaseState::GotIn, "{engine:?}: who acts in the desk is in");
        }
        for account in [&outsider, &commenter, &for_them.account_id, &with_them.account_id] {
            let case = row(&world, account).await;
            assert_eq!(case.via, Via::Request, "{engine:?}");
            assert_eq!(blocks(&case), [""; 0], "{engine:?}: an invitation is not expected");
            assert!(case.quiet, "{engine:?}");
        }
        for account in [&for_them.account_id, &with_them.account_id] {
            let state = row(&world, account).await.state;
            assert!(matches!(state, CaseState::Clear | CaseState::Unchecked), "{engine:?}: {state:?}");
        }
        assert!(world.site.comments_by_app().is_empty(), "{engine:?}: nobody is told of a block");
        assert_eq!(super::hints::all_cases(&world).await, 5, "{engine:?}: one row each, though told twice");
        world.check().await;
        world.end().await;
    }
}

/// The request is told first, and then it is seen that they were added: by *Customers > Add*, with an invitation to come.
#[actix_web::test]
async fn a_better_witness_takes_the_add_over() {
    let world = world_where_nothing_is_sent(Engine::Sqlite).await;
    let at_once = world.invite(PROJECT).account_id;
    let later = world.site.add_customer(PROJECT, AddBy::OnBehalf).account_id;
    world.site.drop_all();
    world.raise_for(PROJECT, &at_once);
    world.raise_for(PROJECT, &later);
    world.deliver().await;
    let case = row(&world, &at_once).await;
    assert_eq!((case.via, case.state), (Via::Role, CaseState::Open), "in the role already: an add like every other");
    assert_eq!(row(&world, &later).await.via, Via::Request);
    world.site.add_customer(PROJECT, AddBy::Existing(later.clone()));
    world.pass(SignedDuration::from_hours(24)).await;
    let case = row(&world, &later).await;
    assert_eq!((case.via, case.state), (Via::Role, CaseState::Open), "the pass knew better");
    assert_eq!(super::hints::all_cases(&world).await, 2);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn neither_the_team_nor_apps_nor_who_was_known_before_are_adds() {
    let mut known = String::new();
    let world =
        World::start_after(Engine::Sqlite, |site| known = site.add_customer(PROJECT, AddBy::Agent).account_id).await;
    let (agent, app) = (world.site.agent(), world.site.add_user(UserKind::App));
    let request = world.site.raise_request(PROJECT, &known);
    world.raise_for(PROJECT, &known);
    world.site.add_work_item(PROJECT);
    world.site.add_comment(&request, &agent, "We look at it", false);
    world.site.add_comment(&request, &app, "Sent by a machine", false);
    world.deliver().await;
    world.site.forget_calls();
    world.site.add_comment(&request, &agent, "Done", false);
    world.deliver().await;
    assert_eq!(world.site.calls().len(), 0, "an agent is asked about once an hour, not at every comment");
    assert_eq!(super::hints::all_cases(&world).await, 0);
    let seats = world.store.seats(world.id(), &AccountId(agent)).await.expect("seats are read");
    assert_eq!(seats, [], "nobody of the team is kept in the roster");
    world.check().await;
    world.end().await;
}

/// Before anybody knows who is there, everybody is known silently; and a request elsewhere dates an account.
#[actix_web::test]
async fn a_request_is_evidence_in_another_project_if_it_came_before_the_add() {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    let person = world.site.add_user(UserKind::Outsider);
    world.site.raise_request("OPS", &person);
    world.deliver().await;
    let ops = ProjectId(i64::try_from(world.site.project_id("OPS")).expect("a small number"));
    let unseen = world.store.case(world.id(), ops, &AccountId(person.clone())).await.expect("cases are read");
    assert!(unseen.is_none(), "a project that was never looked at has no adds");
    world.pass_in_steps(2, SignedDuration::from_hours(24)).await;
    world.site.raise_request("OPS", &person);
    world.deliver().await;
    world.pass_in_steps(2, SignedDuration::from_hours(24)).await;
    world.site.add_customer(PROJECT, AddBy::Existing(person.clone()));
    world.pass(SignedDuration::from_hours(24)).await;
    let case = row(&world, &person).await;
    let standing: Vec<_> = case.standing.iter().map(|s| (s.scenario.as_str(), s.confidence)).collect();
    assert_eq!(standing, [("existing_customer", Confidence::Confirmed)]);
    world.check().await;
    world.end().await;
}

/// The bound of `performance.md`: four calls about the person, one for each project searched, ten of those at most.
#[actix_web::test]
async fn somebody_in_forty_projects_costs_few_calls() {
    let projects: Vec<String> = (0..40).map(|n| format!("P{n}")).collect();
    let world = World::start_after(Engine::Sqlite, |site| {
        for key in &projects {
            site.add_project(key, key, ProjectType::ServiceDesk);
        }
    })
    .await;
    let person = world.site.add_customer(&projects[0], AddBy::Agent).account_id;
    for key in &projects[1..] {
        world.site.add_customer(key, AddBy::Existing(person.clone()));
    }
    world.site.forget_calls();
    world.site.deliver_all().await;
    world.settle().await;
    let calls = world.site.calls();
    let roles = calls.iter().filter(|call| call.template == "/rest/api/3/project/{projectIdOrKey}/role/{id}").count();
    assert_eq!(roles, 10, "the most recent projects are searched");
    // What is then written about them is not the hint's. While the clock stands still the log never reaches beyond the add,
    // so it is read for each project again; a clock that goes has it read once.
    let about = ["/rest/api/3/project/search", "/rest/api/3/user"];
    let about = calls.iter().filter(|call| about.contains(&call.template.as_str())).count();
    let log = calls.iter().any(|call| call.template == "/rest/api/3/auditing/record");
    assert!(about + usize::from(log) <= 4, "{calls:?}");
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn an_account_that_jira_does_not_know_is_not_looked_for_for_long() {
    let world = World::start(Engine::Sqlite).await;
    let account = AccountId("qm:nobody:1".to_owned());
    world.wish(Work::Locate { account: account.clone(), hinted_at: world.clock.now(), looked: 0 }).await;
    world.wish(Work::Participant { project: world.project(PROJECT), account, at: world.clock.now() }).await;
    world.settle().await;
    world.site.forget_calls();
    world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
    let asked = world.site.count_calls("GET", "/rest/api/3/user");
    assert_eq!(asked, 1, "asked once more, then no longer");
    assert_eq!(super::hints::all_cases(&world).await, 0);
    world.check().await;
    world.end().await;
}
