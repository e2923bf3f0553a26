//! What was said about people, and rows of notification logs by the mark of their address.
//! Judges nothing.

use super::engines::each_engine;
use super::given::{account, at, installation, window};
use diagnosis::{FactKey, Source};
use invite_guard::domain::address::{Address, AddressMark};
use invite_guard::domain::case::{Case, CaseState};
use invite_guard::domain::mark::{MarkKind, MarkedRow};
use invite_guard::domain::person_line::PersonLine;
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::StoreError;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn line(name: &str, key: FactKey, second: i64) -> PersonLine {
    PersonLine {
        project: P,
        account: account(name),
        key,
        value: json!(false),
        source: Source::AdminStatement,
        since: None,
        observed_at: at(second),
        by: Some("557058:admin".to_owned()),
    }
}

fn mark(address: &str) -> AddressMark {
    Address::new(address).mark(b"key", T)
}

fn row(address: &str, kind: MarkKind, second: i64) -> MarkedRow {
    MarkedRow {
        project: P,
        mark: mark(address),
        kind,
        dated: window(second, second + 9),
        imported_at: at(second + 100),
        by: account("admin"),
    }
}

fn days(number: i64) -> Timestamp {
    at(0) + SignedDuration::from_hours(24 * number)
}

#[tokio::test]
async fn lines_about_people_are_kept_once_and_read_back_whole() {
    each_engine(|store| async move {
        let hint = PersonLine { source: Source::AutomationRule, by: None, ..line("b", FactKey::AddedVia, 3) };
        let told = PersonLine { since: Some(at(1)), ..line("a", FactKey::AddressSuppressed, 9) };
        let lines = [line("a", FactKey::AddressSuppressed, 5), told.clone(), hint.clone()];
        assert_eq!(store.record_person_lines(T, &lines).await, Ok(3));
        assert_eq!(store.record_person_lines(T, &lines).await, Ok(0), "each once");
        assert_eq!(store.record_person_lines(T, &[]).await, Ok(0), "nothing to do");
        let of_a = [told.clone(), line("a", FactKey::AddressSuppressed, 5)];
        assert_eq!(store.person_lines(T, &[account("a"), account("c")]).await.expect("reads"), of_a);
        assert_eq!(store.person_lines(TenantId(2), &[account("a")]).await.expect("reads"), []);
        let said = store.person_lines_in(T, P, Source::AdminStatement, 1).await.expect("reads");
        assert_eq!(said, [line("a", FactKey::AddressSuppressed, 5)], "the newest first, no more than asked for");
        assert_eq!(store.person_lines_in(T, P, Source::AutomationRule, 9).await.expect("reads"), [hint]);

        let broken = PersonLine { by: Some("nul\0".to_owned()), ..told };
        let refused = store.record_person_lines(T, &[line("d", FactKey::AddedVia, 1), broken]).await;
        assert_eq!(refused, Err(StoreError::Rejected));
        assert_eq!(store.person_lines(T, &[account("d")]).await.expect("reads"), [], "all or none");
    })
    .await;
}

#[tokio::test]
async fn rows_of_a_log_are_kept_once_by_their_mark() {
    each_engine(|store| async move {
        assert_eq!(store.has_marks(T).await, Ok(false));
        let blocked = row("ann@example.com", MarkKind::InvitationBlocked, 10);
        let freed = row("ann@example.com", MarkKind::Unblocked, 30);
        let other = row("bob@example.com", MarkKind::NotificationBlocked, 20);
        let rows = [blocked.clone(), freed.clone(), other, blocked.clone()];
        assert_eq!(store.record_marks(T, &rows).await, Ok(3), "a file may hold a row twice");
        assert_eq!(store.record_marks(T, &rows).await, Ok(0), "imported again");
        assert_eq!(store.has_marks(T).await, Ok(true));
        assert_eq!(store.has_marks(TenantId(2)).await, Ok(false));
        let asked = [mark("ann@example.com"), mark("cid@example.com")];
        assert_eq!(store.marks(T, &asked).await.expect("reads"), [blocked.clone(), freed]);
        assert_eq!(store.marks(TenantId(2), &asked).await.expect("reads"), [], "another site's are not ours");

        let broken = MarkedRow { by: invite_guard::domain::AccountId("nul\0".into()), ..blocked };
        let refused = store.record_marks(T, &[row("cid@example.com", MarkKind::Unblocked, 1), broken]).await;
        assert_eq!(refused, Err(StoreError::Rejected));
        assert_eq!(store.marks(T, &[mark("cid@example.com")]).await.expect("reads"), [], "all or none");
    })
    .await;
}

#[tokio::test]
async fn a_sweep_keeps_what_may_still_speak_and_an_erasure_nothing() {
    each_engine(|store| async move {
        let site = installation("a", "https://a.atlassian.net/", "s");
        let id = store.install(&site, at(0), &|_| Vec::new()).await.expect("installs");
        let lines = [
            line("gone", FactKey::AddedVia, 0),
            line("open", FactKey::AddedVia, 0),
            line("free", FactKey::AddressSuppressed, 0),
        ];
        store.record_person_lines(id, &lines).await.expect("records");
        store.record_marks(id, &[row("ann@example.com", MarkKind::InvitationBlocked, 0)]).await.expect("records");
        let case = Case::noticed(id, P, account("open"), window(0, 9), diagnosis::Via::Role, false);
        assert!(store.save(&Case { state: CaseState::Open, ..case }).await.expect("saves"));
        let everybody = ["gone", "open", "free"].map(account);
        let left = || async {
            let lines = store.person_lines(id, &everybody).await.expect("reads");
            let names: Vec<_> = lines.into_iter().map(|line| line.account.0.replace("qm:", "")).collect();
            (names.join(" "), store.has_marks(id).await.expect("reads"))
        };
        for (day, expected) in [
            (20, ("free gone open", true)),
            (22, ("free open", true)),
            (89, ("free open", true)),
            (91, ("open", false)),
        ] {
            while store.sweep(id, days(day), 21).await.expect("sweeps") > 0 {}
            let (names, marks) = left().await;
            assert_eq!((names.as_str(), marks), expected, "after {day} days");
        }
        store.record_marks(id, &[row("ann@example.com", MarkKind::Unblocked, 0)]).await.expect("records");
        store.uninstall("a", days(92), &|_| Vec::new()).await.expect("uninstalls");
        while !store.erase_tenant(id, 2).await.expect("erases") {}
        assert_eq!(left().await, (String::new(), false));
    })
    .await;
}
