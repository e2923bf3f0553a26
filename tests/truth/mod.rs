//! The truth table: every way of adding, under every state of the switches, with webhooks and without, against what the
//! sandbox knows to be true. Knows no internals: a customer is added, time passes, the case is read.

mod given;

use crate::harness::By;
use crate::store::engines::Engine;
use diagnosis::{Confidence, Overall, Ruling};
use given::{Added, Audit, Hints, Mail, Opted, Scene, Toggle, Way};
use invite_guard::domain::case::{Case, CaseState};
use rstest::rstest;

/// What one cause says: `None` when it was not judged at all.
fn ruling(case: &Case, scenario: &str) -> Option<(Ruling, Confidence)> {
    case.findings.iter().find(|f| f.scenario.slug == scenario).map(|f| (f.ruling, f.confidence))
}

/// The standard of the product: a confirmed verdict is never wrong, in either direction. Some ways look the same
/// as *Customers > Add* to everybody who can only read the log, and without the log all of them do: there a switch that truly
/// was off is a right answer, since it kept whatever mail there would have been.
fn never_wrongly_confirmed(scene: &Scene, added: &Added, case: &Case) {
    let looks_alike = added.way.leaves_no_trace() || scene.audit == Audit::Unreadable;
    for finding in case.findings.iter().filter(|f| f.confidence == Confidence::Confirmed) {
        let slug = finding.scenario.slug;
        let holds = added.truth.causes.contains(&slug) || (looks_alike && scene.is_off(slug));
        let told = format!("{added:?}\nconfirmed {:?} of {slug}, with {:#?}", finding.ruling, finding.evidence);
        match finding.ruling {
            Ruling::Blocks => assert!(holds, "WRONG CONFIRMED BLOCK: {told}"),
            Ruling::Clears => assert!(!holds, "WRONG CONFIRMED CLEAR: {told}"),
            Ruling::Undetermined(_) | Ruling::NotApplicable => {
                panic!("only blocks and clears have a confidence: {told}")
            }
        }
    }
    if case.overall == Some(Overall::Blocked) {
        let invited = added.truth.mail.is_some_and(|mail| format!("{mail:?}").contains("Invitation"));
        assert!(!invited, "called blocked, yet an invitation went out: {added:?}");
    }
}

/// What must be found, not only not be wrong, wherever the log can be read.
fn found_where_it_can_be(scene: &Scene, added: &Added, case: &Case) {
    let told = || format!("{scene:?}\n{added:?}\n{:#?}", case.findings);
    let at_least = |slug, least| {
        let (said, confidence) = ruling(case, slug).unwrap_or_else(|| panic!("{slug} was not judged: {}", told()));
        assert!(said == Ruling::Blocks && confidence >= least, "{slug} must block, {least:?} or surer: {}", told());
    };
    let portal = added.way == Way::Agent;
    if portal && scene.mail == Mail::OffTold {
        at_least(
            "outgoing_mail_disabled",
            if scene.audit == Audit::Readable { Confidence::Confirmed } else { Confidence::Likely },
        );
    }
    if scene.audit == Audit::Unreadable {
        return;
    }
    match added.way {
        Way::Agent if scene.toggle == Toggle::Off => at_least("notification_disabled", Confidence::Confirmed),
        // Found by the daily pass alone, whose window may reach back to when the switch was turned.
        Way::Organisation if scene.toggle == Toggle::Off => at_least("notification_disabled", Confidence::Likely),
        Way::Agent if scene.toggle == Toggle::On && scene.mail == Mail::OnTold => {
            assert_eq!(case.overall, Some(Overall::NoBlockFound), "nothing blocks here: {}", told());
            assert_eq!(case.state, CaseState::Clear);
        }
        Way::Automation => at_least("created_by_automation", Confidence::Confirmed),
        Way::Existing => at_least("existing_customer", Confidence::Confirmed),
        _ => {}
    }
}

/// What nobody can know must be said so.
fn unknown_where_nobody_can_know(scene: &Scene, added: &Added, case: &Case) {
    let undetermined = |slug| matches!(ruling(case, slug), Some((Ruling::Undetermined(_), _)));
    // The sources that were opted in read the switches.
    if scene.opted == Opted::Out && matches!(added.way, Way::Agent | Way::Organisation) {
        if matches!(scene.mail, Mail::OnUntold | Mail::OffUntold) {
            assert!(undetermined("outgoing_mail_disabled"), "nobody said whether mail is on: {:#?}", case.findings);
        }
        if scene.audit == Audit::Unreadable {
            for slug in ["existing_customer", "created_by_automation", "notification_disabled"] {
                assert!(undetermined(slug), "without the log {slug} cannot be known: {added:?} {:#?}", case.findings);
            }
        }
    }
    if case.findings.iter().all(|f| !matches!(f.ruling, Ruling::Blocks)) {
        let gaps = case
            .findings
            .iter()
            .any(|f| matches!(f.ruling, Ruling::Undetermined(gap) if gap != diagnosis::Gap::NotExposed));
        let expected = if gaps { Overall::CouldNotCheck } else { Overall::NoBlockFound };
        assert_eq!(case.overall, Some(expected), "a gap lowers the word: {added:?}");
    }
}

async fn table(scene: Scene) {
    let mut stage = scene.set().await;
    let mut adds = Vec::new();
    for way in Way::ALL {
        for hints in [Hints::Delivered, Hints::Dropped] {
            adds.push(stage.add(way, hints).await);
        }
    }
    stage.let_passes_find_the_rest().await;
    for added in &adds {
        let Some(case) = stage.world.case(&added.account).await else {
            // Nothing but the request itself shows somebody for whom one was raised: not the role, no record of an add.
            let excused = added.way == Way::OnBehalf && added.hints == Hints::Dropped;
            assert!(excused, "the add went unnoticed: {scene:?} {added:?}");
            continue;
        };
        if added.way == Way::Email && added.hints == Hints::Delivered {
            assert_eq!(case.state, CaseState::GotIn, "who wrote a request is in: {added:?}");
        }
        never_wrongly_confirmed(&scene, added, &case);
        found_where_it_can_be(&scene, added, &case);
        unknown_where_nobody_can_know(&scene, added, &case);
    }
    stage.world.check().await;
    stage.world.end().await;
}

/// Every state of each switch at least once.
#[rstest]
#[case::as_jira_delivers_it(Mail::OnTold, Toggle::Unrecorded, Audit::Readable)]
#[case::mail_off(Mail::OffTold, Toggle::On, Audit::Readable)]
#[case::toggle_off(Mail::OnUntold, Toggle::Off, Audit::Readable)]
#[case::without_the_log(Mail::OffUntold, Toggle::Off, Audit::Unreadable)]
#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_adding_ends_in_what_is_true(#[case] mail: Mail, #[case] toggle: Toggle, #[case] audit: Audit) {
    table(Scene { engine: Engine::Sqlite, mail, toggle, audit, opted: Opted::Out, by: By::Connect }).await;
}

/// The same by the second door.
#[rstest]
#[case::toggle_off(Mail::OffTold, Toggle::Off, Audit::Readable)]
#[case::without_the_log(Mail::OnTold, Toggle::On, Audit::Unreadable)]
#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_adding_ends_in_what_is_true_by_forge(
    #[case] mail: Mail,
    #[case] toggle: Toggle,
    #[case] audit: Audit,
) {
    table(Scene { engine: Engine::Sqlite, mail, toggle, audit, opted: Opted::Out, by: By::Forge }).await;
}

/// All of them together.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn slow_every_way_of_adding_ends_in_what_is_true(
    #[values(Mail::OnTold, Mail::OffTold, Mail::OnUntold, Mail::OffUntold)] mail: Mail,
    #[values(Toggle::On, Toggle::Off, Toggle::Unrecorded)] toggle: Toggle,
    #[values(Audit::Readable, Audit::Unreadable)] audit: Audit,
) {
    table(Scene { engine: Engine::Sqlite, mail, toggle, audit, opted: Opted::Out, by: By::Connect }).await;
}

/// The whole table by the second door, where the log can be read on the other engine.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn slow_every_way_of_adding_ends_in_what_is_true_by_forge(
    #[values(Mail::OnTold, Mail::OffTold, Mail::OnUntold, Mail::OffUntold)] mail: Mail,
    #[values(Toggle::On, Toggle::Off, Toggle::Unrecorded)] toggle: Toggle,
    #[values(Audit::Readable, Audit::Unreadable)] audit: Audit,
) {
    let other = if audit == Audit::Readable { Engine::Postgres } else { Engine::Sqlite };
    let engine = Engine::available().into_iter().find(|engine| *engine == other).unwrap_or(Engine::Sqlite);
    table(Scene { engine, mail, toggle, audit, opted: Opted::Out, by: By::Forge }).await;
}

/// The second table: with the sources that an operator opted in.
#[rstest]
#[case::unproven(Opted::Unproven, Mail::OffUntold, Toggle::Off, Audit::Unreadable)]
#[case::proven(Opted::Proven, Mail::OnUntold, Toggle::Unrecorded, Audit::Unreadable)]
#[tokio::test(flavor = "multi_thread")]
async fn opt_in_sources_end_in_what_is_true_too(
    #[case] opted: Opted,
    #[case] mail: Mail,
    #[case] toggle: Toggle,
    #[case] audit: Audit,
) {
    table(Scene { engine: Engine::Sqlite, mail, toggle, audit, opted, by: By::Connect }).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn slow_opt_in_sources_end_in_what_is_true_too(
    #[values(Opted::Unproven, Opted::Proven)] opted: Opted,
    #[values(Mail::OnUntold, Mail::OffUntold)] mail: Mail,
    #[values(Toggle::On, Toggle::Off, Toggle::Unrecorded)] toggle: Toggle,
    #[values(Audit::Readable, Audit::Unreadable)] audit: Audit,
) {
    table(Scene { engine: Engine::Sqlite, mail, toggle, audit, opted, by: By::Connect }).await;
}

/// The line of the issue: new customers with all webhooks dropped are not reported as existing.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn new_customers_without_any_webhook_are_not_called_existing(
    #[values(Audit::Readable, Audit::Unreadable)] audit: Audit,
) {
    for engine in Engine::available() {
        let scene = Scene { engine, mail: Mail::OnTold, toggle: Toggle::On, audit, opted: Opted::Out, by: By::Connect };
        let mut stage = scene.set().await;
        let added = [
            stage.add(Way::Agent, Hints::Dropped).await,
            stage.add(Way::Automation, Hints::Dropped).await,
            stage.add(Way::Rest, Hints::Dropped).await,
            stage.add(Way::People, Hints::Dropped).await,
        ];
        stage.let_passes_find_the_rest().await;
        for added in &added {
            let case = stage.world.case(&added.account).await.expect("found by the log or the pass");
            let said = ruling(&case, "existing_customer");
            assert!(
                !matches!(said, Some((Ruling::Blocks, _))),
                "{added:?} is new, and was called existing: {:#?}",
                case.findings
            );
        }
        stage.world.end().await;
    }
}
