//! The loop as a process runs it: woken, stopped, started again.
//! Uses real time only as an upper bound; nothing waits for it.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock};
use invite_guard::store::RowState;
use invite_guard_sandbox::{HoldAt, Matcher};
use jiff::SignedDuration;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

#[actix_web::test]
async fn a_stop_lets_running_work_finish() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    let mut held = world.site.hold_matching(Matcher::any(), 1, HoldAt::AfterApplying);
    let (worker, cancel) = (world.worker.clone(), CancellationToken::new());
    let running = tokio::spawn({
        let cancel = cancel.clone();
        async move { worker.run(cancel).await }
    });
    world.wish(locate(&world, &account)).await;
    held.arrived().await;
    cancel.cancel();
    held.release();
    running.await.expect("the loop returns");
    assert!(world.store.rows(RowState::Leased, 10).await.expect("rows can be read").is_empty(), "nothing stays leased");
    world.settle().await;
    assert!(world.case(&account).await.is_some(), "what was begun is not lost");
    world.end().await;
}

#[actix_web::test]
async fn a_stop_puts_back_what_does_not_finish_within_ten_seconds() {
    let world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    let mut held = world.site.hold_matching(Matcher::any(), 1, HoldAt::BeforeApplying);
    let (worker, cancel) = (world.worker.clone(), CancellationToken::new());
    let running = tokio::spawn({
        let cancel = cancel.clone();
        async move { worker.run(cancel).await }
    });
    world.wish(locate(&world, &account)).await;
    held.arrived().await;
    cancel.cancel();
    let began = Instant::now();
    running.await.expect("the loop returns");
    assert!(began.elapsed() < Duration::from_secs(10), "stopping took {:?}", began.elapsed());
    held.drop_connection();
    let rows = world.store.rows(RowState::Queued, 50).await.expect("rows can be read");
    let row = rows.iter().find(|row| row.kind == "locate").expect("put back into the queue");
    assert_eq!(row.attempts, 0, "a stop is no fault of the work");
    world.settle().await;
    assert!(world.case(&account).await.is_some());
    world.end().await;
}

/// A clock that panics when it is asked for the first time.
struct Breaks(std::sync::atomic::AtomicBool, std::sync::Arc<crate::harness::ManualClock>);

impl Clock for Breaks {
    fn now(&self) -> jiff::Timestamp {
        assert!(self.0.swap(true, std::sync::atomic::Ordering::SeqCst), "the work breaks here, as the test wants it");
        self.1.now()
    }
}

#[actix_web::test]
async fn a_panic_in_the_work_is_a_retry() {
    let mut world = World::start(Engine::Sqlite).await;
    let account = world.invite(PROJECT).account_id;
    world.wish(locate(&world, &account)).await;
    world.worker = world.worker_with_jira_by(std::sync::Arc::new(Breaks(false.into(), world.clock.clone())));
    world.settle().await;
    let rows = world.store.rows(RowState::Queued, 50).await.expect("rows can be read");
    let row = rows.iter().find(|row| row.kind == "locate").expect("it waits for its next try");
    assert_eq!((row.attempts, row.why.as_deref()), (1, Some("panic")));
    world.pass(SignedDuration::from_secs(10)).await;
    assert!(world.case(&account).await.is_some(), "the next try does it");
    world.check().await;
    world.end().await;
}

fn locate(world: &World, account: &str) -> Work {
    Work::Locate { account: AccountId(account.to_owned()), hinted_at: world.clock.now(), looked: 0 }
}
