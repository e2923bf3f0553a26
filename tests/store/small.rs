//! Projects, pauses and pace.
//! Knows no Jira.

use super::engines::{each_engine, each_fresh, keys};
use super::given::at;
use invite_guard::domain::project::{Canary, CommentMode, Notice, OnPurpose, Settings};
use invite_guard::domain::throttle::Scope;
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use invite_guard::store::StoreError;
use std::time::Duration;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

#[tokio::test]
async fn a_project_keeps_everything_but_its_key_when_seen_again() {
    each_engine(|store| async move {
        assert_eq!(store.project(T, P).await.expect("reads"), None);
        store.see_project(T, P, "OLD", at(0)).await.expect("sees");
        let settings = Settings {
            comment_mode: CommentMode::RequestAndNotice,
            notice: Notice::Existing("SUP-1".into()),
            retention_days: Some(30),
            on_purpose: vec![OnPurpose {
                scenario: "notification_disabled".into(),
                by: AccountId("5f00000000000000000000a1".into()),
                why: "pilot phase".into(),
                until: Some(at(99)),
            }],
        };
        store.set_settings(T, P, &settings).await.expect("sets");
        store.set_canary(T, P, Canary::Internal, at(5)).await.expect("sets");
        store.set_missing(T, P, &["SERVICEDESK_AGENT".into()]).await.expect("sets");
        store.set_summary_hash(T, P, "hash").await.expect("sets");
        store.see_project(T, P, "NEW", at(9)).await.expect("sees");
        let project = store.project(T, P).await.expect("reads").expect("is there");
        assert_eq!((project.key.as_str(), &project.settings), ("NEW", &settings));
        assert_eq!((project.canary, project.canary_at), (Canary::Internal, Some(at(5))));
        assert_eq!((project.missing.len(), project.summary_hash.as_deref()), (1, Some("hash")));
        assert_eq!((project.last_pass, project.seeded_at), (None, None));
        assert_eq!(store.projects(T).await.expect("reads"), [project]);
        assert_eq!(store.projects(TenantId(2)).await.expect("reads"), []);
    })
    .await;
}

#[tokio::test]
async fn a_pass_dates_its_project() {
    each_engine(|store| async move {
        store.see_project(T, P, "SUP", at(0)).await.expect("sees");
        for (began, reseed) in [(10, false), (100, false), (200, true), (300, false)] {
            let pass = invite_guard::domain::roster::Pass {
                project: P,
                via: diagnosis::Via::Role,
                accounts: Vec::new(),
                began: at(began),
                ended: at(began + 5),
                reseed,
            };
            store.apply_pass(T, &pass).await.expect("is taken in");
        }
        let project = store.project(T, P).await.expect("reads").expect("is there");
        assert_eq!((project.last_pass, project.seeded_at), (Some(at(305)), Some(at(205))));
    })
    .await;
}

#[tokio::test]
async fn a_choice_for_an_unknown_project_is_refused_not_lost() {
    each_engine(|store| async move {
        let refused = store.set_settings(T, P, &Settings::default()).await;
        assert_eq!(refused, Err(StoreError::Rejected));
    })
    .await;
}

#[tokio::test]
async fn a_pause_is_everybodys_and_never_gets_shorter() {
    each_fresh(|fresh| async move {
        let other = invite_guard::store::open(&fresh.url, 4, keys()).await.expect("a second process");
        let scope = Scope::Endpoint(T, "/rest/api/3/user");
        assert_eq!(other.paused_until(&scope, at(0)).await, None);
        fresh.store.pause(&scope, at(50)).await;
        fresh.store.pause(&scope, at(20)).await;
        assert_eq!(other.paused_until(&scope, at(49)).await, Some(at(50)));
        assert_eq!(other.paused_until(&scope, at(50)).await, None, "over by itself");
        assert_eq!(other.paused_until(&Scope::Tenant(T), at(0)).await, None);
    })
    .await;
}

#[tokio::test]
async fn slots_of_two_processes_never_fall_together() {
    each_fresh(|fresh| async move {
        let other = invite_guard::store::open(&fresh.url, 4, keys()).await.expect("a second process");
        let (scope, every) = (Scope::Tenant(T), Duration::from_millis(200));
        let mut waits = Vec::new();
        for _ in 0..4 {
            let (a, b) = tokio::join!(fresh.store.slot(&scope, every, at(0)), other.slot(&scope, every, at(0)));
            waits.extend([a.as_millis(), b.as_millis()]);
        }
        waits.sort_unstable();
        assert_eq!(waits, [0, 200, 400, 600, 800, 1000, 1200, 1400]);
        assert_eq!(fresh.store.slot(&scope, every, at(60)).await, Duration::ZERO, "nothing is saved up");
        assert_eq!(fresh.store.slot(&scope, every, at(60)).await, every);
    })
    .await;
}
