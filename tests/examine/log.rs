//! Switches as of the add, from the audit log and admins' words; and the log's watermark.
//! Knows nothing of who made an account; see `add`.

use super::given::{BLOCKS, CLEARS, LIKELY, World, gap, said};
use crate::jira::given::PROJECT;
use diagnosis::Gap;
use invite_guard::domain::AccountId;
use invite_guard::examine::statements;
use invite_guard::jira::JiraError;
use invite_guard_sandbox::{AddBy, CustomerAccess, Fault, Reason};
use jiff::SignedDuration;
use serde_json::json;

const TOGGLE: &str = "notification_disabled";
const MAIL: &str = "outgoing_mail_disabled";

#[tokio::test]
async fn off_at_ten_on_at_five_past_noticed_at_night() {
    let world = World::start().await;
    world.place.site.set_customer_invited(PROJECT, false);
    world.minutes(2);
    let before = world.now();
    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.minutes(1);
    let hinted = world.notice(&person, before);
    world.minutes(2);
    world.place.site.set_customer_invited(PROJECT, true);
    world.minutes(12 * 60);
    let at_once = world.examine_subject(PROJECT, hinted, false).await;
    assert_eq!(said(&at_once, TOGGLE), BLOCKS, "seen at 10:03 and judged at night: it was off");
    world.pass(PROJECT).await;
    let at_night = world.examine(PROJECT, &person).await;
    assert_eq!(said(&at_night, TOGGLE), LIKELY, "seen only at night: off or on, so likely");
    let next = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &next).await, TOGGLE), CLEARS, "the next is invited again");
    world.end().await;
}

#[tokio::test]
async fn without_a_record_nobody_knows_the_switch_until_an_admin_says() {
    let world = World::start().await;
    world.place.site.set_customer_invited_unrecorded(PROJECT, false);
    let before = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &before).await, TOGGLE), gap(Gap::NotAsked));
    assert_eq!(said(&world.examine(PROJECT, &before).await, MAIL), gap(Gap::NotAsked));
    world.minutes(1);
    let admin = AccountId("5f0000000000000000000001".to_owned());
    let project = world.place.project(PROJECT);
    let word = statements::line("invite_notification_on", json!(false), Some(project), &admin, world.now());
    let mail = statements::line("outgoing_mail_on", json!(false), None, &admin, world.now());
    let words = [word.expect("a statement"), mail.expect("a statement")];
    world.store.record(world.tenant.id, &words).await.expect("recorded");
    world.minutes(1);
    let after = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &before).await;
    assert_eq!([said(&examined, TOGGLE), said(&examined, MAIL)], [LIKELY, LIKELY], "said after the add");
    let examined = world.examine(PROJECT, &after).await;
    assert_eq!([said(&examined, TOGGLE), said(&examined, MAIL)], [BLOCKS, BLOCKS], "said before the add");
    world.end().await;
}

#[tokio::test]
async fn the_chore_reads_on_and_hands_over_what_it_found() {
    let world = World::start().await;
    let first = world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    assert_eq!((first.created.len(), first.toggled.len()), (0, 0));
    let mark = world.store.audit_mark(world.tenant.id).await.expect("a mark").coverage.expect("coverage");
    assert_eq!(mark.until, world.now());
    world.minutes(1);
    world.place.site.set_customer_invited(PROJECT, false);
    world.minutes(1);
    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.place.site.set_customer_access(PROJECT, CustomerAccess::AnyoneWithAccount);
    world.minutes(1);
    // Somebody else needs the log in between: that takes nothing away from the chore.
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &person).await, TOGGLE), BLOCKS);
    let stored = world.store.audit_mark(world.tenant.id).await.expect("a mark").coverage;
    assert_eq!(stored, Some(mark), "only the chore moves the watermark");
    world.minutes(20);
    let second = world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let project = world.place.project(PROJECT);
    assert_eq!(second.created.iter().map(|created| &created.account.0).collect::<Vec<_>>(), [&person]);
    assert_eq!((second.toggled, second.permissions_changed), (vec![project], vec![project]));
    assert_eq!(world.store.lines(world.tenant.id, Some(project)).await.expect("lines").len(), 1);
    world.minutes(20);
    let third = world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    assert!(third.created.is_empty() && third.toggled.is_empty(), "{third:?}");
    world.end().await;
}

#[tokio::test]
async fn a_failure_keeps_the_watermark_and_is_remembered_as_trouble() {
    let world = World::start().await;
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    let mark = world.store.audit_mark(world.tenant.id).await.expect("a mark");
    world.minutes(1);
    world.place.site.misbehave("GET /rest/api/3/auditing/record", Fault::Throttled(Reason::Burst, 90), 1);
    let until = world.now() + SignedDuration::from_secs(90);
    let told = world.examiner.read_audit(&world.tenant).await;
    assert!(matches!(told, Err(JiraError::Throttled { until: u, .. }) if u == until), "{told:?}");
    let troubled = world.store.audit_mark(world.tenant.id).await.expect("a mark");
    assert_eq!((troubled.coverage, troubled.trouble), (mark.coverage, Some(Gap::Unavailable)));

    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.pass(PROJECT).await;
    let examined = world.examine(PROJECT, &person).await;
    assert_eq!(said(&examined, TOGGLE), gap(Gap::Unavailable));
    assert_eq!(examined.again_at, Some(until), "when the pause ends");

    world.minutes(2);
    world.examiner.read_audit(&world.tenant).await.expect("the log is read");
    assert_eq!(world.store.audit_mark(world.tenant.id).await.expect("a mark").trouble, None);
    assert_eq!(said(&world.examine(PROJECT, &person).await, "existing_customer"), CLEARS);
    world.end().await;
}

#[tokio::test]
async fn what_the_log_no_longer_holds_is_told_by_the_next_record() {
    let world = World::start_with(
        |place| {
            place.site.set_customer_invited(PROJECT, false);
            place.clock.advance(SignedDuration::from_hours(1));
            place.site.forget_audit_before(place.clock_now());
        },
        SignedDuration::ZERO,
    )
    .await;
    let person = world.place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    world.minutes(1);
    world.pass(PROJECT).await;
    assert_eq!(said(&world.examine(PROJECT, &person).await, TOGGLE), gap(Gap::NotAsked), "no record is not on");
    world.minutes(1);
    world.place.site.set_customer_invited(PROJECT, true);
    world.minutes(1);
    let subject = world.subject(PROJECT, &person).await;
    assert_eq!(
        said(&world.examine_subject(PROJECT, subject, true).await, TOGGLE),
        BLOCKS,
        "the record says it was off"
    );
    world.end().await;
}
