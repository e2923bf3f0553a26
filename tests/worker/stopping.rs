//! The loop as a process runs it: woken, stopped, started again.
//! Uses real time only as an upper bound; nothing waits for it.

use super::faulty_world;
use crate::harness::{self, PROJECT, World};
use crate::store::engines::Engine;
use crate::store::fault::FaultStore;
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock};
use invite_guard::store::{RowState, Store};
use invite_guard::worker::Settings;
use invite_guard_sandbox::{HoldAt, Matcher};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
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
struct Breaks(std::sync::atomic::AtomicBool, Arc<crate::harness::ManualClock>);

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
    world.worker = world.worker_with_jira_by(Arc::new(Breaks(false.into(), world.clock.clone())));
    world.settle().await;
    let rows = world.store.rows(RowState::Queued, 50).await.expect("rows can be read");
    let row = rows.iter().find(|row| row.kind == "locate").expect("it waits for its next try");
    assert_eq!((row.attempts, row.why.as_deref()), (1, Some("panic")));
    world.pass(SignedDuration::from_secs(10)).await;
    assert!(world.case(&account).await.is_some(), "the next try does it");
    world.check().await;
    world.end().await;
}

/// A piece that hangs in its middle, in a worker that renews leases all the time; who is told when it hangs.
async fn hanging() -> (World, Arc<FaultStore<dyn Store>>, JoinHandle<()>) {
    let (mut world, faults) = faulty_world().await;
    world.worker = world.worker_with(Settings { renew_every: Duration::from_millis(1), ..harness::settings() });
    let hangs = told_before(&faults, "unpublished", std::future::pending());
    world.wish(Work::Publish { project: world.project(PROJECT) }).await;
    let worker = world.worker.clone();
    let working = tokio::spawn(async move { worker.drain().await });
    hangs.await.expect("publishing asks what is not published yet");
    (world, faults, working)
}

/// Ready when the next call of that name is reached, which then goes on after `what`.
fn told_before(
    faults: &FaultStore<dyn Store>,
    call: &'static str,
    what: impl Future<Output = ()> + Send + 'static,
) -> oneshot::Receiver<()> {
    let (tell, told) = oneshot::channel();
    faults.before(call, async move {
        let _ = tell.send(());
        what.await;
    });
    told
}

#[actix_web::test]
async fn the_lease_of_a_piece_in_work_is_renewed() {
    let (world, faults, working) = hanging().await;
    world.clock.advance(SignedDuration::from_secs(60));
    for _ in 0..2 {
        // The second renewal begins only when the first is over.
        told_before(&faults, "renew", std::future::ready(())).await.expect("a lease is renewed");
    }
    world.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(world.store.lapse(world.clock.now()).await, Ok(0), "after two minutes of work the lease still holds");
    working.abort();
    let _ = working.await;
    world.clock.advance(SignedDuration::from_secs(91));
    assert_eq!(world.store.lapse(world.clock.now()).await, Ok(1), "nobody renews the lease of a worker that is gone");
    world.settle().await;
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_worker_that_lost_its_lease_drops_the_piece_and_leaves_it_to_the_other() {
    let (world, faults, working) = hanging().await;
    let (release, released) = oneshot::channel::<()>();
    let late = told_before(&faults, "renew", async move {
        let _ = released.await;
    });
    late.await.expect("a lease is renewed");
    world.clock.advance(SignedDuration::from_mins(10));
    world.another_worker().drain().await;
    let rows = world.store.rows(RowState::Leased, 10).await.expect("rows can be read");
    assert!(rows.is_empty(), "the other worker did it: {rows:?}");
    release.send(()).expect("the renewal waits");
    working.await.expect("what hung is given up when the lease is found lost");
    world.check().await;
    world.end().await;
}

fn locate(world: &World, account: &str) -> Work {
    Work::Locate { account: AccountId(account.to_owned()), hinted_at: world.clock.now(), looked: 0 }
}
