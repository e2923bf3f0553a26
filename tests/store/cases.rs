//! Cases: revisions, the outbox, pages, counts, expiry, retention.
//! Judges nothing: diagnoses come from the scenarios themselves.

use super::engines::each_engine;
use super::given::{account, at, window};
use diagnosis::{Confidence, Origin, Overall, Reading, Route, Sheet, Source, Via, diagnose, key, scenarios};
use invite_guard::domain::audit::{AccountCreated, AuditMark};
use invite_guard::domain::case::{Case, CaseState, Published, Standing};
use invite_guard::domain::history::Line;
use invite_guard::domain::project::Settings;
use invite_guard::domain::roster::Pass;
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::{CaseFilter, Store};
use jiff::SignedDuration;
use serde_json::json;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn noticed(name: &str, second: i64) -> Case {
    Case::noticed(T, P, account(name), window(second - 10, second), Via::Role, false)
}

/// Blocked since outgoing mail is off.
fn blocked(name: &str, second: i64) -> Case {
    let mut sheet = Sheet::unasked();
    let origin = Origin::new(Source::AdminStatement, at(0)).by("557058:admin");
    assert!(sheet.put(&Reading::known::<key::OutgoingMailOn>(false, origin).expect("a reading")));
    let mut case = noticed(name, second);
    case.observe(&diagnose(&scenarios::REGISTRY, sheet.facts()), Route::PortalInvite, at(second));
    assert_eq!((case.state, case.overall), (CaseState::Open, Some(Overall::MayBeBlocked)), "no route is known");
    case
}

async fn save(store: &dyn Store, case: &Case) -> Case {
    assert!(store.save(case).await.expect("saves"), "the revision is right");
    store.case(case.tenant, case.project, &case.account).await.expect("reads").expect("is there")
}

/// Sweeps what lies before that second.
async fn sweep(store: &dyn Store, second: i64) -> invite_guard::store::Result<u64> {
    store.sweep(T, at(second) + days(21), 21).await
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

async fn names(store: &dyn Store, filter: CaseFilter) -> Vec<String> {
    store.cases(T, P, &filter).await.expect("reads").into_iter().map(|c| c.account.0).collect()
}

#[tokio::test]
async fn a_case_is_read_back_as_it_was_saved() {
    each_engine(|store| async move {
        let given = blocked("a", 100);
        let read = save(&*store, &given).await;
        assert_eq!(format!("{read:?}"), format!("{:?}", Case { revision: 1, ..given.clone() }));
        assert_eq!(store.cases_of(T, &account("a")).await.expect("reads").len(), 1);
        assert!(store.case(TenantId(2), P, &account("a")).await.expect("reads").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_case_that_moved_on_is_not_overwritten() {
    each_engine(|store| async move {
        assert!(store.save(&noticed("a", 100)).await.expect("saves"));
        assert!(!store.save(&noticed("a", 100)).await.expect("answers"), "there is one already");
        let mut one = store.case(T, P, &account("a")).await.expect("reads").expect("is there");
        let mut other = one.clone();
        one.end(CaseState::Handled, at(110));
        other.end(CaseState::GotIn, at(110));
        assert!(store.save(&one).await.expect("saves"));
        assert!(!store.save(&other).await.expect("answers"), "its revision is old");
        let kept = store.case(T, P, &account("a")).await.expect("reads").expect("is there");
        assert_eq!((kept.state, kept.ended_at, kept.revision), (CaseState::Handled, Some(at(110)), 2));
    })
    .await;
}

#[tokio::test]
async fn the_outbox_holds_what_jira_does_not_show_oldest_change_first() {
    each_engine(|store| async move {
        let first = save(&*store, &blocked("z", 100)).await;
        let second = save(&*store, &blocked("a", 100)).await;
        save(&*store, &noticed("quiet", 100)).await;
        let outbox = |limit| {
            let store = store.clone();
            async move {
                let cases = store.unpublished(T, P, limit).await.expect("reads");
                cases.into_iter().map(|c| c.account.0).collect::<Vec<_>>()
            }
        };
        assert_eq!(outbox(9).await, ["qm:z", "qm:a"]);
        assert_eq!(outbox(1).await, ["qm:z"]);

        // The publisher writes version 1 while the case moves on to version 2.
        let mut moved = first.clone();
        moved.end(CaseState::Handled, at(120));
        let mut shown = first.clone();
        shown.written = Published { comment: Some(("SUP-1".into(), "77".into())), ..Published::default() };
        save(&*store, &moved).await;
        store.published(&shown, first.version).await.expect("notes it");
        let now = store.case(T, P, &account("z")).await.expect("reads").expect("is there");
        assert_eq!((now.state, now.version, now.published), (CaseState::Handled, 2, 1));
        assert_eq!(now.written, shown.written);
        assert_eq!(outbox(9).await, ["qm:a", "qm:z"], "its change is the later one now");

        // A copy read before the publisher spoke does not take back what is written.
        store.published(&second, second.version).await.expect("notes it");
        let mut stale = second.clone();
        stale.checked_at = Some(at(130));
        let kept = save(&*store, &stale).await;
        assert_eq!((kept.published, kept.checked_at), (1, Some(at(130))));
        store.published(&now, 2).await.expect("notes it");
        store.published(&shown, 1).await.expect("a late answer");
        assert_eq!(outbox(9).await, Vec::<String>::new(), "published never goes back");
    })
    .await;
}

#[tokio::test]
async fn pages_go_from_the_newest_add_and_miss_nobody() {
    each_engine(|store| async move {
        for (name, second) in [("a", 100), ("b", 300), ("c", 200), ("d", 200), ("e", 200)] {
            let case = if name == "d" { blocked(name, second) } else { noticed(name, second) };
            save(&*store, &case).await;
        }
        let all = CaseFilter { limit: 100, ..CaseFilter::default() };
        assert_eq!(names(&*store, all.clone()).await, ["qm:b", "qm:c", "qm:d", "qm:e", "qm:a"]);
        let mut walked = Vec::new();
        let mut after = None;
        loop {
            let filter = CaseFilter { limit: 2, after: after.clone(), ..CaseFilter::default() };
            let page = store.cases(T, P, &filter).await.expect("reads");
            let Some(last) = page.last() else { break };
            after = Some((last.added.not_after, last.account.clone()));
            walked.extend(page.into_iter().map(|c| c.account.0));
        }
        assert_eq!(walked, names(&*store, all.clone()).await, "page by page the same as at once");
        let open = CaseFilter { state: Some(CaseState::Open), ..all.clone() };
        assert_eq!(names(&*store, open).await, ["qm:d"]);
        let mail = CaseFilter { scenario: Some("outgoing_mail_disabled".into()), ..all.clone() };
        assert_eq!(names(&*store, mail).await, ["qm:d"]);
        let other = CaseFilter { scenario: Some("outgoing%".into()), ..all };
        assert_eq!(names(&*store, other).await, Vec::<String>::new(), "a scenario is no pattern");
    })
    .await;
}

#[tokio::test]
async fn counts_are_of_open_cases_by_standing_block() {
    each_engine(|store| async move {
        save(&*store, &blocked("a", 100)).await;
        save(&*store, &noticed("c", 100)).await;
        let mut two = blocked("b", 100);
        two.standing.push(Standing { scenario: "existing_customer".into(), confidence: Confidence::Likely });
        save(&*store, &two).await;
        let mut ended = blocked("ended", 100);
        ended.end(CaseState::Handled, at(110));
        save(&*store, &ended).await;
        let counts = store.counts(T, P).await.expect("counts");
        assert_eq!(counts, [("existing_customer".to_owned(), 1), ("outgoing_mail_disabled".to_owned(), 2)]);
        let undecided = store.undecided(T, None, 9).await.expect("reads");
        assert_eq!(undecided.len(), 3, "open and unchecked: {undecided:?}");
        assert_eq!(undecided[0].1, account("c"), "who was never looked at comes first");
        assert_eq!(store.undecided(T, Some(ProjectId(1)), 9).await.expect("reads"), []);
        assert_eq!(store.undecided(T, Some(P), 1).await.expect("reads").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn old_undecided_cases_expire_and_jira_is_tidied() {
    each_engine(|store| async move {
        let open = save(&*store, &blocked("open", 100)).await;
        store.published(&open, open.version).await.expect("notes it");
        save(&*store, &noticed("unchecked", 100)).await;
        save(&*store, &blocked("young", 500)).await;
        assert_eq!(store.expire(T, at(200), at(1000)).await.expect("expires"), [P]);
        assert_eq!(store.expire(T, at(200), at(1000)).await.expect("expires"), []);
        let expired = store.case(T, P, &account("open")).await.expect("reads").expect("is there");
        assert_eq!((expired.state, expired.ended_at), (CaseState::Expired, Some(at(1000))));
        assert!(expired.is_unpublished(), "what is written in Jira has to go");
        assert!(!store.save(&open).await.expect("answers"), "an older copy does not undo it");
        let young = store.case(T, P, &account("young")).await.expect("reads").expect("is there");
        assert_eq!(young.state, CaseState::Open);
    })
    .await;
}

#[tokio::test]
async fn the_retention_erases_what_is_over_and_keeps_what_is_still_needed() {
    each_engine(|store| async move {
        let ended = |name: &str, commented: bool| {
            let store = store.clone();
            let name = name.to_owned();
            async move {
                let mut case = blocked(&name, 100);
                case.end(CaseState::Handled, at(150));
                let mut case = save(&*store, &case).await;
                if commented {
                    case.written.comment = Some(("SUP-1".into(), "77".into()));
                }
                store.published(&case, case.version).await.expect("notes it");
            }
        };
        ended("over", false).await;
        ended("commented-left", true).await;
        ended("commented-here", true).await;
        save(&*store, &blocked("open", 100)).await;
        let mut clear = noticed("clear", 100);
        clear.state = CaseState::Clear;
        save(&*store, &clear).await;
        let mut pass = Pass {
            project: P,
            via: Via::Role,
            accounts: ["commented-here", "gone"].map(account).to_vec(),
            began: at(0),
            ended: at(10),
            reseed: false,
        };
        store.apply_pass(T, &pass).await.expect("is taken in");
        pass.accounts.pop();
        (pass.began, pass.ended) = (at(20), at(30));
        store.apply_pass(T, &pass).await.expect("is taken in");
        let created = |name| AccountCreated { account: account(name), at: at(5), author: None };
        let records = [created("stranger"), created("open"), created("commented-here")];
        store.record_audit(T, AuditMark::default(), &records, &[]).await.expect("records");

        sweep(&*store, 1000).await.expect("sweeps");
        let all = CaseFilter { limit: 100, ..CaseFilter::default() };
        assert_eq!(names(&*store, all).await, ["qm:commented-here", "qm:open"]);
        let kept = store.case(T, P, &account("commented-here")).await.expect("reads").expect("is there");
        assert!(kept.findings.is_empty() && kept.written.comment.is_some(), "evidence goes, the comment's id stays");
        assert_eq!(store.seats(T, &account("gone")).await.expect("reads"), []);
        assert_eq!(store.seats(T, &account("commented-here")).await.expect("reads").len(), 1);
        let asked = ["stranger", "open", "commented-here"].map(account);
        let left: Vec<_> = store.created(T, &asked).await.expect("reads").into_iter().map(|c| c.account.0).collect();
        assert_eq!(left, ["qm:commented-here", "qm:open"]);
        assert_eq!(sweep(&*store, 1000).await.expect("sweeps"), 0, "a second sweep finds nothing");
    })
    .await;
}

#[tokio::test]
async fn the_history_of_facts_keeps_what_holds_now_and_what_undecided_cases_need() {
    each_engine(|store| async move {
        let line = |second| Line {
            key: diagnosis::FactKey::InviteNotificationOn,
            project: Some(P),
            value: json!(second % 20 == 0),
            before: None,
            source: Source::AuditLog,
            since: Some(at(second)),
            observed_at: at(second),
            by: None,
        };
        store.record(T, &[10, 20, 30, 40].map(line)).await.expect("records");
        let left = || async {
            let lines = store.lines(T, Some(P)).await.expect("reads");
            lines.iter().filter_map(|l| l.since).map(|s| s.duration_since(at(0)).as_secs()).collect::<Vec<_>>()
        };
        save(&*store, &noticed("a", 35)).await; // its window begins at 25
        sweep(&*store, 1000).await.expect("sweeps");
        assert_eq!(left().await, [20, 30, 40], "what held when the window began is needed");
        let mut case = store.case(T, P, &account("a")).await.expect("reads").expect("is there");
        case.end(CaseState::Handled, at(50));
        save(&*store, &case).await;
        sweep(&*store, 35).await.expect("sweeps");
        assert_eq!(left().await, [30, 40], "the last one before the limit tells what holds");
    })
    .await;
}

#[tokio::test]
async fn a_project_keeps_as_long_as_its_admin_chose_and_the_others_as_long_as_the_operator() {
    each_engine(|store| async move {
        let (short, long, usual) = (ProjectId(10_001), ProjectId(10_002), P);
        for (project, days) in [(short, Some(7)), (long, Some(90)), (usual, None)] {
            store.see_project(T, project, &format!("P{}", project.0), at(0)).await.expect("is known");
            let chosen = Settings { retention_days: days, ..Settings::default() };
            store.set_settings(T, project, &chosen).await.expect("settings are kept");
            let mut case = Case { project, ..blocked("a", 100) };
            case.end(CaseState::Handled, at(150));
            let case = save(&*store, &case).await;
            store.published(&case, case.version).await.expect("notes it");
            let line = |second| Line {
                key: diagnosis::FactKey::InviteNotificationOn,
                project: Some(project),
                value: json!(true),
                before: None,
                source: Source::AuditLog,
                since: Some(at(second)),
                observed_at: at(second),
                by: None,
            };
            store.record(T, &[line(10), line(20)]).await.expect("records");
            let pass = |accounts: &[&str], second| Pass {
                project,
                via: Via::Role,
                accounts: accounts.iter().map(|name| account(name)).collect(),
                began: at(second),
                ended: at(second),
                reseed: false,
            };
            store.apply_pass(T, &pass(&["left"], 10)).await.expect("is taken in");
            store.apply_pass(T, &pass(&[], 20)).await.expect("is taken in");
        }
        let left = || async {
            let mut left = Vec::new();
            for project in [short, usual, long] {
                let filter = CaseFilter { limit: 9, ..CaseFilter::default() };
                let cases = store.cases(T, project, &filter).await.expect("reads").len();
                let lines = store.lines(T, Some(project)).await.expect("reads").len();
                let seats = store.seats(T, &account("left")).await.expect("reads");
                let seats = seats.iter().filter(|seat| seat.project == project).count();
                left.push((cases, lines, seats));
            }
            left
        };
        let (kept, gone) = ((1, 2, 1), (0, 1, 0));
        for (after, expected) in [
            (6, [kept, kept, kept]),
            (8, [gone, kept, kept]),
            (20, [gone, kept, kept]),
            (22, [gone, gone, kept]),
            (89, [gone, gone, kept]),
            (91, [gone, gone, gone]),
        ] {
            while store.sweep(T, at(0) + days(after), 21).await.expect("sweeps") > 0 {}
            assert_eq!(left().await, expected, "after {after} days: 7 chosen, the operator's 21, 90 chosen");
        }
    })
    .await;
}
