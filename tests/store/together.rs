//! Several processes and tasks on one database at the same time.
//! Knows no worker loop; it claims as one would.

use super::engines::{Engine, Fresh, each_fresh, keys};
use super::given::{at, delivery, examine, wish};
use futures::future::join_all;
use invite_guard::domain::work::{Class, End};
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use invite_guard::store::{Store, StoreError};
use jiff::SignedDuration;
use sqlx::{Connection, Executor};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

async fn second_process(fresh: &Fresh) -> Arc<dyn Store> {
    invite_guard::store::open(&fresh.url, 4, keys()).await.expect("a second process opens the same database")
}

#[derive(Default)]
struct Seen {
    held: HashSet<(TenantId, String)>,
    runs: HashMap<i64, u32>,
}

async fn work(store: Arc<dyn Store>, seen: Arc<Mutex<Seen>>) {
    let mut after = TenantId(0);
    loop {
        let claims = store.claim(3, Class::Hint, after, at(1), SignedDuration::from_secs(60)).await.expect("claims");
        if claims.is_empty() {
            let depth = store.depth(at(1)).await.expect("depth");
            if depth.queued == 0 {
                return;
            }
            tokio::task::yield_now().await;
            continue;
        }
        for claim in claims {
            after = claim.tenant;
            let lane = (claim.tenant, claim.work.lane());
            {
                let mut seen = seen.lock().expect("not poisoned");
                assert!(seen.held.insert(lane.clone()), "{lane:?} is held by two workers");
                *seen.runs.entry(claim.id.0).or_default() += 1;
            }
            tokio::task::yield_now().await;
            seen.lock().expect("not poisoned").held.remove(&lane);
            store.settle(&claim, &End::Done, &[], at(2)).await.expect("settles");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_workers_run_every_row_once_and_never_share_a_lane() {
    each_fresh(|fresh| async move {
        let other = second_process(&fresh).await;
        let rows: Vec<_> = (0..120).map(|n| delivery(1 + n % 4, &n.to_string(), &format!("p{}", n % 7))).collect();
        fresh.store.accept(&rows).await.expect("accepts");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let workers = (0..8).map(|n| {
            let store = if n % 2 == 0 { Arc::clone(&fresh.store) } else { Arc::clone(&other) };
            tokio::spawn(work(store, Arc::clone(&seen)))
        });
        for worker in join_all(workers).await {
            worker.expect("no worker fails");
        }
        let seen = seen.lock().expect("not poisoned");
        assert_eq!((seen.runs.len(), seen.runs.values().max()), (120, Some(&1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_rows_in_opposite_order_do_not_deadlock() {
    each_fresh(|fresh| async move {
        let other = second_process(&fresh).await;
        for round in 0..10 {
            let mut rows: Vec<_> = (0..60).map(|n| delivery(1, &format!("{round}-{n}"), "x")).collect();
            rows.extend((0..20).map(|n| wish(1, examine(&format!("{round}-{n}")))));
            let backwards: Vec<_> = rows.iter().rev().cloned().collect();
            let (a, b) = tokio::join!(fresh.store.accept(&rows), other.accept(&backwards));
            let fresh = a.expect("no deadlock").fresh + b.expect("no deadlock").fresh;
            assert_eq!(fresh, 80, "each row was new to exactly one of them");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claimed_wish_that_comes_back_meets_a_new_one_whatever_the_order() {
    each_fresh(|fresh| async move {
        let other = second_process(&fresh).await;
        for round in 0..20 {
            let person = format!("p{round}");
            fresh.store.accept(&[wish(1, examine(&person))]).await.expect("accepts");
            let claims = fresh
                .store
                .claim(1, Class::Hint, TenantId(0), at(1), SignedDuration::from_secs(60))
                .await
                .expect("claims");
            let end = End::Retry { why: "x" };
            let new = [wish(1, examine(&person))];
            let (settled, accepted) =
                tokio::join!(fresh.store.settle(&claims[0], &end, &[], at(1)), other.accept(&new));
            settled.expect("settles");
            accepted.expect("accepts");
            assert_eq!(fresh.store.depth(at(1)).await.expect("depth").queued, 1, "one waiting row a key");
            let row = &fresh.store.rows(invite_guard::store::RowState::Queued, 1).await.expect("rows")[0];
            assert!(fresh.store.drop_row(row.id).await.expect("drops"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hints_about_one_person_make_one_seat() {
    each_fresh(|fresh| async move {
        let other = second_process(&fresh).await;
        let account = AccountId("qm:x".to_owned());
        let window = super::given::window(0, 10);
        let notice = |store: Arc<dyn Store>| {
            let account = account.clone();
            async move { store.notice(TenantId(1), ProjectId(1), &account, diagnosis::Via::Role, window, at(5)).await }
        };
        let (a, b) = tokio::join!(notice(Arc::clone(&fresh.store)), notice(other));
        assert_eq!(a.expect("notices"), b.expect("notices"));
        assert_eq!(fresh.store.seats(TenantId(1), &account).await.expect("reads").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_locked_database_is_busy_not_broken() {
    each_fresh(|fresh| async move {
        let rows = [delivery(1, "a", "x")];
        let answer = match fresh.engine {
            Engine::Sqlite => {
                let mut rival = sqlx::SqliteConnection::connect(&fresh.url).await.expect("connects");
                rival.execute("BEGIN IMMEDIATE").await.expect("takes the lock");
                let answer = fresh.store.accept(&rows).await;
                rival.execute("ROLLBACK").await.expect("lets go");
                answer
            }
            Engine::Postgres => {
                let mut rival = sqlx::PgConnection::connect(&fresh.url).await.expect("connects");
                rival.execute("BEGIN; LOCK TABLE queue").await.expect("takes the lock");
                let answer = fresh.store.accept(&rows).await;
                rival.execute("ROLLBACK").await.expect("lets go");
                answer
            }
        };
        assert_eq!(answer, Err(StoreError::Busy));
        assert_eq!(fresh.store.accept(&rows).await.expect("the lock is gone").fresh, 1);
    })
    .await;
}

#[test]
fn the_store_may_be_called_from_a_small_runtime_that_ends() {
    let small = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let home = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    for engine in Engine::available() {
        let fresh = home.block_on(super::engines::fresh(engine));
        for n in 0..3 {
            let store = Arc::clone(&fresh.store);
            // A web worker: it opens connections, then stops.
            std::thread::spawn(move || {
                small().block_on(async move {
                    let rows: Vec<_> = (0..4).map(|m| [delivery(1, &format!("{n}-{m}"), "x")]).collect();
                    let answers = join_all(rows.iter().map(|row| store.accept(row))).await;
                    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
                });
            })
            .join()
            .expect("the worker's calls are answered");
        }
        assert_eq!(home.block_on(fresh.store.depth(at(0))).expect("depth").queued, 12);
        home.block_on(fresh.discard());
    }
}
