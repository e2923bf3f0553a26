//! Facts with their history, and what was read of the audit log.
//! Judges nothing.

use super::engines::each_engine;
use super::given::{account, at};
use diagnosis::{FactKey, Gap, Source};
use invite_guard::domain::audit::{AccountCreated, AuditMark, Coverage};
use invite_guard::domain::history::Line;
use invite_guard::domain::{ProjectId, TenantId};
use serde_json::json;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn toggled(second: i64, on: bool) -> Line {
    Line {
        key: FactKey::InviteNotificationOn,
        project: Some(P),
        value: json!(on),
        before: Some(json!(!on)),
        source: Source::AuditLog,
        since: Some(at(second)),
        observed_at: at(second + 500),
        by: Some("557058:admin".to_owned()),
    }
}

fn stated(second: i64, on: bool) -> Line {
    Line {
        key: FactKey::OutgoingMailOn,
        project: None,
        value: json!(on),
        before: None,
        source: Source::AdminStatement,
        since: None,
        observed_at: at(second),
        by: None,
    }
}

#[tokio::test]
async fn lines_are_kept_once_and_read_back_whole() {
    each_engine(|store| async move {
        let lines = [toggled(20, true), toggled(10, false), stated(5, false)];
        let new = store.record(T, &lines).await.expect("records");
        assert_eq!(new.len(), 2, "two facts got a line: {new:?}");
        let mut seen_again = toggled(10, false);
        seen_again.observed_at = at(9_000);
        assert_eq!(store.record(T, &[seen_again, stated(5, false)]).await.expect("records"), []);
        assert_eq!(store.record(T, &[stated(6, false)]).await.expect("records"), [FactKey::OutgoingMailOn]);
        assert_eq!(store.lines(T, Some(P)).await.expect("reads"), [toggled(10, false), toggled(20, true)]);
        assert_eq!(store.lines(T, None).await.expect("reads"), [stated(5, false), stated(6, false)]);
        assert_eq!(store.lines(TenantId(2), Some(P)).await.expect("reads"), []);
        assert_eq!(store.record(T, &[]).await.expect("nothing to do"), []);
        store.record(T, &[toggled(30, false), toggled(30, true)]).await.expect("records");
        let all = store.lines(T, Some(P)).await.expect("reads");
        assert_eq!(all.len(), 4, "two changes at one instant are two: {all:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reading_of_the_audit_log_is_one_transaction() {
    each_engine(|store| async move {
        assert_eq!(store.audit_mark(T).await.expect("reads"), AuditMark::default());
        let created = |name: &str, second, author: Option<&str>| AccountCreated {
            account: account(name),
            at: at(second),
            author: author.map(account),
        };
        let mark = AuditMark { coverage: Some(Coverage { from: at(0), until: at(50) }), trouble: None };
        let records = [created("a", 20, None), created("b", 30, Some("robot")), created("a", 10, Some("robot"))];
        store.record_audit(T, mark, &records, &[toggled(10, false)]).await.expect("records");
        assert_eq!(store.audit_mark(T).await.expect("reads"), mark);
        let asked = [account("a"), account("b"), account("c")];
        let earliest = [created("a", 10, Some("robot")), created("b", 30, Some("robot"))];
        assert_eq!(store.created(T, &asked).await.expect("reads"), earliest);
        assert_eq!(store.created(T, &[]).await.expect("reads"), []);

        let troubled = AuditMark { trouble: Some(Gap::Forbidden), ..mark };
        let mut broken = toggled(99, true);
        broken.by = Some("nul\0".to_owned());
        assert!(store.record_audit(T, troubled, &[created("c", 1, None)], &[broken]).await.is_err());
        assert_eq!(store.audit_mark(T).await.expect("reads"), mark, "all or nothing");
        store.record_audit(T, troubled, &[created("a", 40, None)], &[]).await.expect("records");
        assert_eq!(store.audit_mark(T).await.expect("reads"), troubled);
        assert_eq!(store.created(T, &asked).await.expect("reads"), earliest, "the earliest stays");
    })
    .await;
}
