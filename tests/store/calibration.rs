//! What sources that must be proven are worth on a site, and whose turn it is to look through them.
//! Compares nothing.

use super::engines::{each_engine, each_fresh, keys};
use super::given::{account, at};
use diagnosis::{Confidence, Gap, Source};
use invite_guard::domain::calibration::{Calibration, CalibrationState, Look};
use invite_guard::domain::{ProjectId, TenantId};

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);
use CalibrationState::{Proven, Refuted, Unproven};

#[tokio::test]
async fn a_state_is_dated_from_its_change_and_a_stop_is_for_good() {
    each_engine(|store| async move {
        let only = async || store.calibrations(T).await.expect("reads").pop();
        assert_eq!(only().await, None);
        let probe = Source::MailProbe;
        for (state, by, at_second, since, worth) in [
            (Proven, Some("a"), 10, 10, Some(Confidence::Confirmed)),
            (Proven, None, 20, 10, Some(Confidence::Confirmed)),
            (Refuted, Some("b"), 30, 30, None),
            (Unproven, Some("b"), 40, 40, Some(Confidence::Likely)),
        ] {
            let by = by.map(account);
            store.calibrate(T, probe, state, by.as_ref(), at(at_second)).await.expect("writes");
            let expected = Calibration { source: probe, state, since: at(since), by, stopped_at: None };
            assert_eq!((only().await, expected.worth()), (Some(expected.clone()), worth));
        }
        store.stop_source(T, probe, at(50)).await.expect("writes");
        store.stop_source(T, probe, at(60)).await.expect("writes");
        store.calibrate(T, probe, Proven, None, at(70)).await.expect("writes");
        let stopped = only().await.expect("is there");
        assert_eq!((stopped.state, stopped.stopped_at, stopped.worth()), (Proven, Some(at(50)), None));
        store.stop_source(T, Source::JiraInternal, at(80)).await.expect("one that was never compared");
        assert_eq!(store.calibrations(T).await.expect("reads").len(), 2);
        assert_eq!(store.calibrations(TenantId(2)).await.expect("reads"), []);
    })
    .await;
}

#[tokio::test]
async fn of_many_processes_one_has_the_turn() {
    each_fresh(|fresh| async move {
        let other = invite_guard::store::open(&fresh.url, 4, keys()).await.expect("a second process");
        let turn = |now: i64, every: i64| {
            let (store, other) = (&fresh.store, &other);
            async move {
                let (a, b) = tokio::join!(
                    store.begin_look(T, Source::MailProbe, None, at(now), at(now - every)),
                    other.begin_look(T, Source::MailProbe, None, at(now), at(now - every)),
                );
                u32::from(a.expect("answers")) + u32::from(b.expect("answers"))
            }
        };
        assert_eq!(turn(0, 100).await, 1);
        assert_eq!(turn(99, 100).await, 0);
        assert_eq!(turn(100, 100).await, 1);
        let store = &fresh.store;
        assert!(store.begin_look(T, Source::MailProbe, Some(P), at(100), at(0)).await.expect("answers"), "elsewhere");
        store.end_look(T, Source::MailProbe, Some(P), Some(Gap::Forbidden)).await.expect("writes");
        let look =
            |project, second, trouble| Look { source: Source::MailProbe, project, asked_at: at(second), trouble };
        let looks = store.looks(T, Source::MailProbe).await.expect("reads");
        assert_eq!(looks, [look(None, 100, None), look(Some(P), 100, Some(Gap::Forbidden))]);
        assert!(store.begin_look(T, Source::MailProbe, Some(P), at(200), at(100)).await.expect("answers"));
        let looks = store.looks(T, Source::MailProbe).await.expect("reads");
        assert_eq!(looks[1], look(Some(P), 200, None), "a new look has no trouble yet");
        assert_eq!(store.looks(T, Source::JiraInternal).await.expect("reads"), []);
    })
    .await;
}
