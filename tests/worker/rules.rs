//! What a rule's web request says, and what it never does: make sure what only a word told.
//! Knows no HTTP; the sandbox's rule speaks as Automation does.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{Confidence, FactKey, Route, Ruling, Via};
use invite_guard::domain::case::{Case, CaseState};
use invite_guard::domain::work::{Added, Work};
use invite_guard::domain::{AccountId, Clock};
use invite_guard_sandbox::{AddBy, Fault, ProjectType, RuleTells, UserKind};
use jiff::SignedDuration;

const AUTOMATION: &str = "created_by_automation";
const EXISTING: &str = "existing_customer";

async fn row(world: &World, account: &str) -> Case {
    world.case(account).await.unwrap_or_else(|| panic!("{account} has no row"))
}

fn standing(case: &Case) -> Vec<(&str, Confidence)> {
    case.standing.iter().map(|standing| (standing.scenario.as_str(), standing.confidence)).collect()
}

/// A rule adds somebody and says so, and nothing else tells of it.
async fn added_by_the_rule(world: &World, address: Option<&str>) -> String {
    let account = world.site.add_customer_at(PROJECT, AddBy::Automation, address).account_id;
    world.site.drop_all();
    world.deliver().await;
    account
}

#[actix_web::test]
async fn a_rules_word_is_likely_until_the_log_names_automation() {
    for engine in Engine::available() {
        let world = World::start(engine).await;
        world.site.set_audit_available(false);
        world.state(FactKey::OutgoingMailOn, None, false).await;
        world.set_rule_step(PROJECT, RuleTells::Account).await;
        let account = added_by_the_rule(&world, None).await;
        let case = row(&world, &account).await;
        assert_eq!(
            standing(&case),
            [(AUTOMATION, Confidence::Likely)],
            "{engine:?}: mail off hides nothing: none is sent"
        );
        assert_eq!((case.route, case.quiet), (Route::SilentCreate, false), "{engine:?}");
        world.pass(SignedDuration::from_hours(24)).await;
        assert_eq!(
            standing(&row(&world, &account).await),
            [(AUTOMATION, Confidence::Likely)],
            "{engine:?}: that they are in the role does not tell who made the account"
        );
        world.site.set_audit_available(true);
        world.pass_in_steps(2, SignedDuration::from_mins(2)).await;
        world.recheck(PROJECT, &account).await;
        world.settle().await;
        assert_eq!(standing(&row(&world, &account).await), [(AUTOMATION, Confidence::Confirmed)], "{engine:?}");

        // A word alone, about somebody who is not in the role.
        let outsider = world.site.add_user(UserKind::Outsider);
        let who = Added::Account(AccountId(outsider.clone()));
        let (project, at) = (world.project(PROJECT), world.clock.now());
        world.wish(Work::RuleStep { project, who, at, looked: 0 }).await;
        world.settle().await;
        let case = row(&world, &outsider).await;
        assert_eq!((case.via, case.state), (Via::Rule, CaseState::Open), "{engine:?}");
        assert_eq!(standing(&case), [(AUTOMATION, Confidence::Likely)], "{engine:?}: never surer by itself");
        world.site.add_customer(PROJECT, AddBy::Existing(outsider.clone()));
        world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
        assert_eq!(super::hints::all_cases(&world).await, 2, "{engine:?}: no second add");
        world.check().await;
        world.end().await;
    }
}

#[actix_web::test]
async fn who_was_there_before_is_an_existing_customer_whatever_the_rule_says() {
    let mut elsewhere = String::new();
    let world = World::start_after(Engine::Sqlite, |site| {
        site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
        elsewhere = site.add_customer("OPS", AddBy::Agent).address;
    })
    .await;
    world.pass(SignedDuration::from_hours(24)).await;
    world.set_rule_step(PROJECT, RuleTells::Account).await;
    let account = added_by_the_rule(&world, Some(&elsewhere)).await;
    let case = row(&world, &account).await;
    let expected = [(EXISTING, Confidence::Confirmed)];
    assert_eq!(standing(&case), expected, "made elsewhere, the rule only added them: {case:#?}");

    // Known here for ten minutes when the rule speaks: somebody else added them.
    let invited = world.invite(PROJECT).account_id;
    world.deliver().await;
    world.clock.advance(SignedDuration::from_mins(10));
    let who = Added::Account(AccountId(invited.clone()));
    let (project, at) = (world.project(PROJECT), world.clock.now());
    world.wish(Work::RuleStep { project, who, at, looked: 0 }).await;
    let nobody = Added::Account(AccountId("qm:nobody:1".to_owned()));
    world.wish(Work::RuleStep { project, who: nobody, at, looked: 0 }).await;
    world.pass_in_steps(15, SignedDuration::from_mins(1)).await;
    world.recheck(PROJECT, &invited).await;
    world.settle().await;
    let case = row(&world, &invited).await;
    assert_eq!(case.route, Route::PortalInvite, "the word changed nothing");
    assert!(world.case("qm:nobody:1").await.is_none(), "nobody has a row whom Jira does not know");
    world.check().await;
    world.end().await;
}

/// An agent made the account, and seconds later a rule says that it added them: which of the two was the add is not sure.
#[actix_web::test]
async fn a_word_against_the_logs_author_leaves_nothing_sure() {
    let world = World::start(Engine::Sqlite).await;
    world.set_rule_step(PROJECT, RuleTells::Account).await;
    world.state_invitations_off(PROJECT).await;
    world.pass(SignedDuration::from_hours(24)).await;
    let invited = world.invite(PROJECT);
    added_by_the_rule(&world, Some(&invited.address)).await;
    let case = row(&world, &invited.account_id).await;
    let sure = case.findings.iter().filter(|f| f.ruling == Ruling::Blocks && f.confidence == Confidence::Confirmed);
    assert_eq!(sure.map(|finding| finding.scenario.slug).collect::<Vec<_>>(), [""; 0]);
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn an_address_finds_its_account_at_once_or_when_the_pass_has() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    world.set_rule_step(PROJECT, RuleTells::Address).await;
    let at_once = added_by_the_rule(&world, None).await;
    assert_eq!(standing(&row(&world, &at_once).await), [(AUTOMATION, Confidence::Likely)], "found by the address");
    world.site.misbehave("GET /rest/api/3/user/search", Fault::Status(500), usize::MAX);
    let later = added_by_the_rule(&world, None).await;
    assert!(world.case(&later).await.is_some(), "a pass was made at once");
    world.pass_in_steps(3, SignedDuration::from_secs(40)).await;
    assert_eq!(standing(&row(&world, &later).await), [(AUTOMATION, Confidence::Likely)], "known by the address's mark");
    world.set_rule_step(PROJECT, RuleTells::Nobody).await;
    let nameless = added_by_the_rule(&world, None).await;
    let case = row(&world, &nameless).await;
    assert!(case.standing.is_empty(), "a pass at once, but no word about them: {:?}", case.standing);
    world.check().await;
    world.end().await;
}
