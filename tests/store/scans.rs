//! Scans: one at a time in a project, fed by passes that began after it, ended once.
//! Knows no page and no pass.

use super::engines::each_engine;
use super::given::at;
use diagnosis::Via;
use invite_guard::domain::scan::{PassEnd, Progress, ScanState};
use invite_guard::domain::{ProjectId, TenantId};

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn progress(via: Via, began: i64, read: u64, end: Option<PassEnd>) -> Progress {
    Progress { via, began: at(began), read, total: Some(100), found: read / 10, end }
}

#[tokio::test]
async fn a_scan_goes_on_until_every_way_is_over() {
    each_engine(|store| async move {
        let (scan, new) = store.start_scan(T, P, "a", at(10)).await.expect("starts");
        assert!(new && scan.state == ScanState::Queued && (scan.done, scan.total) == (0, 0), "{scan:?}");
        let (again, new) = store.start_scan(T, P, "b", at(11)).await.expect("answers");
        assert!(!new && again == scan, "whoever asks again gets the one that goes on: {again:?}");
        let tell = |progress, second| {
            let store = store.clone();
            async move { store.scan_progress(T, P, &progress, at(second)).await.expect("takes it") }
        };
        let now = || async { store.scan(T, P, "a").await.expect("reads").expect("is there") };
        assert!(tell(progress(Via::Role, 9, 100, Some(PassEnd::Complete)), 12).await, "another pass is wanted");
        assert_eq!(now().await, scan, "a pass from before it is none of its");
        tell(progress(Via::Role, 12, 50, None), 13).await;
        tell(progress(Via::Role, 12, 50, None), 13).await;
        let half = now().await;
        assert_eq!(
            (half.state, half.done, half.total, half.found),
            (ScanState::Running, 50, 100, 5),
            "told twice is once"
        );
        assert!(half.version > scan.version);
        tell(progress(Via::Role, 12, 120, Some(PassEnd::Complete)), 14).await;
        tell(progress(Via::ListOnly, 12, 999, Some(PassEnd::Complete)), 14).await;
        tell(progress(Via::Organisation, 12, 0, Some(PassEnd::Unreadable)), 15).await;
        let done = now().await;
        assert_eq!((done.state, done.done, done.total), (ScanState::Done, 120, 220));
        assert_eq!(done.ended_at, Some(at(15)));
        tell(progress(Via::Role, 12, 1, None), 16).await;
        assert!(!store.end_scan(T, P, Some("a"), ScanState::Stopped, at(17)).await.expect("answers"));
        assert_eq!(now().await, done, "over is over");
        assert!(store.start_scan(T, P, "b", at(20)).await.expect("starts").1, "the next one may begin");
        assert!(store.end_scan(T, P, None, ScanState::Failed, at(21)).await.expect("ends"));
        assert_eq!(
            store.scan(T, ProjectId(1), "b").await.expect("reads"),
            None,
            "another project's admin sees nothing"
        );
        assert_eq!(store.sweep_scans(T, at(18)).await.expect("sweeps"), 1);
        assert_eq!(store.scan(T, P, "a").await.expect("reads"), None);
        assert_eq!(store.scan(T, P, "b").await.expect("reads").expect("stays").state, ScanState::Failed);
        while !store.erase_tenant(T, 2).await.expect("erases") {}
        assert_eq!(store.scan(T, P, "b").await.expect("reads"), None);
    })
    .await;
}

#[tokio::test]
async fn a_scan_that_could_read_nothing_has_failed() {
    each_engine(|store| async move {
        store.start_scan(T, P, "a", at(10)).await.expect("starts");
        for via in [Via::Role, Via::Organisation] {
            store
                .scan_progress(T, P, &progress(via, 11, 0, Some(PassEnd::Unreadable)), at(12))
                .await
                .expect("takes it");
        }
        assert_eq!(store.scan(T, P, "a").await.expect("reads").expect("is there").state, ScanState::Failed);
    })
    .await;
}
