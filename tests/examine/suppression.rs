//! Blocked addresses: what the site's own log says once an admin imports it, judged as of each add, against the truth.
//! Knows no store; files and words go in through the page's API.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{Confidence, Gap, Overall, Ruling};
use invite_guard::domain::case::CaseState;
use invite_guard_sandbox::{AddBy, LogForm, LogTab};
use jiff::SignedDuration;
use serde_json::{Value, json};

const SLUG: &str = "address_suppressed";

/// What the person's case says about the address.
async fn told(world: &World, account: &str) -> (Ruling, Confidence) {
    let case = world.case(account).await.expect("an add has a case");
    let finding = case.findings.iter().find(|finding| finding.scenario.slug == SLUG).expect("every cause is judged");
    (finding.ruling, finding.confidence)
}

/// An agent adds somebody; their address is blocked or not, and shown or not.
async fn added(world: &World, name: &str, blocked: bool, shown: bool) -> String {
    let address = format!("{name}@customers.example");
    world.site.set_suppressed(&address, blocked);
    let added = world.site.add_customer_at(PROJECT, AddBy::Agent, Some(&address));
    assert_eq!(added.truth.causes.contains(&SLUG), blocked, "the site's own truth");
    world.site.set_address_visible(&added.account_id, shown);
    world.deliver().await;
    added.account_id
}

async fn import(world: &World, tab: LogTab, form: LogForm) -> Value {
    let log = world.site.notification_log(PROJECT, tab, form);
    let answer = world.upload(&world.site.admin(), "/imports/notification-log", "text/plain", log).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world.settle().await;
    serde_json::from_str(&answer.body).expect("JSON")
}

#[tokio::test]
async fn an_imported_log_blocks_whom_it_names_until_it_is_old_or_an_admin_says_otherwise() {
    let world = World::start(Engine::Sqlite).await;
    let never = (Ruling::Undetermined(Gap::NotExposed), Confidence::Unknown);
    let blocked = (Ruling::Blocks, Confidence::Confirmed);
    let ann = added(&world, "ann", true, true).await;
    let bob = added(&world, "bob", false, true).await;
    let cid = added(&world, "cid", true, false).await;
    let dan = added(&world, "dan", true, true).await;
    world.pass(SignedDuration::from_mins(2)).await;
    for person in [&ann, &bob, &cid, &dan] {
        assert_eq!(told(&world, person).await, never, "nobody can read the list, and that lowers no word");
    }
    assert_eq!(world.case(&ann).await.expect("a case").overall, world.case(&bob).await.expect("a case").overall);

    world.site.fail_invitation(PROJECT, "new@customers.example", "Email address is blocked");
    let answer = import(&world, LogTab::Invitations, LogForm::Pasted).await;
    assert_eq!(
        (&answer["read"], &answer["findings"][0]["count"], &answer["skipped"]),
        (&json!(4), &json!(4), &json!([]))
    );
    assert_eq!(told(&world, &ann).await, blocked, "the log says that this very invitation was blocked");
    assert_eq!(told(&world, &dan).await, blocked);
    assert_eq!(told(&world, &bob).await, never, "that no row tells of an address says nothing");
    assert_eq!(told(&world, &cid).await, never, "whose address Jira hides, of them no row can tell");
    let case = world.case(&ann).await.expect("a case");
    assert_eq!((case.state, case.overall), (CaseState::Open, Some(Overall::Blocked)));
    assert_eq!(case.primary().expect("it stands").scenario, SLUG);

    let list = json!({"addresses": ["NEW@customers.example", "other@customers.example"]});
    let answer = world.call(&world.site.agent(), "POST", "/checks", Some(list)).await;
    let checked: Value = serde_json::from_str(&answer.body).expect("JSON");
    let row = |n: usize| (checked["results"][n]["overall"].clone(), checked["results"][n]["primary"].clone());
    assert_eq!(row(0), (json!("blocked"), json!(SLUG)), "a check knows it before anybody is invited: {checked}");
    assert_eq!(row(1).1, Value::Null, "{checked}");

    let freed = json!({"fact": SLUG, "accountId": ann, "value": false});
    assert_eq!(world.call(&world.site.admin(), "POST", "/statements", Some(freed)).await.status, 200);
    world.settle().await;
    assert_eq!(told(&world, &ann).await, (Ruling::Clears, Confidence::Likely), "an admin unblocked it");
    assert_eq!(world.case(&ann).await.expect("a case").state, CaseState::Resolved);

    let stated = json!({"fact": SLUG, "accountId": cid, "value": true});
    assert_eq!(world.call(&world.site.admin(), "POST", "/statements", Some(stated)).await.status, 200);
    world.settle().await;
    assert_eq!(told(&world, &cid).await, (Ruling::Blocks, Confidence::Likely), "said after the add");

    world.pass(SignedDuration::from_hours(22 * 24)).await;
    world.recheck(PROJECT, &dan).await;
    world.settle().await;
    assert_eq!(told(&world, &dan).await, (Ruling::Blocks, Confidence::Likely), "after 21 days a row is history");
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn a_row_about_a_request_counts_for_who_is_added_after_it_and_only_may_for_who_was_added_before() {
    let world = World::start(Engine::Sqlite).await;
    let eve = added(&world, "eve", false, true).await;
    world.pass(SignedDuration::from_hours(1)).await;
    world.site.set_suppressed("eve@customers.example", true);
    world.raise_for(PROJECT, &eve);
    world.deliver().await;
    world.pass(SignedDuration::from_mins(2)).await;
    let answer = import(&world, LogTab::Requests, LogForm::Csv).await;
    assert_eq!((&answer["read"], &answer["findings"][0]["reason"]), (&json!(1), &json!("blocked")), "{answer}");
    assert_eq!(told(&world, &eve).await, (Ruling::Blocks, Confidence::Likely), "the block may have come after the add");
    let truth = world.site.truth(PROJECT, &eve).expect("an add has its truth");
    assert!(!truth.causes.contains(&SLUG), "and it did: a confirmed verdict would have been wrong");
    world.check().await;
    world.end().await;
}
