//! The inbox: answers when on disk, groups what waits, refuses the fair way, drains at the end.
//! Knows no door.

use super::engines::each_engine;
use super::fault::{FaultStore, Side};
use super::given::{at, delivery, locate};
use futures::{FutureExt, future::join_all};
use invite_guard::domain::TenantId;
use invite_guard::domain::work::NewWork;
use invite_guard::store::inbox::{Delivery, InboxError, Limits};
use invite_guard::store::{Inbox, Queue, Store, StoreError};
use std::sync::Arc;

fn faulty(store: Arc<dyn Store>) -> Arc<FaultStore<dyn Store>> {
    Arc::new(FaultStore::new(store))
}

#[tokio::test]
async fn what_waits_together_is_written_together_and_each_gets_its_answer() {
    each_engine(|store| async move {
        let store = faulty(store);
        let inbox = Inbox::start(Arc::clone(&store), Limits::default());
        assert_eq!(inbox.accept(delivery(1, "0", "x")).await, Ok(Delivery::Fresh));
        let before = store.calls();
        let many = (0..100).map(|n| inbox.accept(delivery(1, &(n / 2).to_string(), "x")));
        let answers = join_all(many).await;
        let fresh = answers.iter().filter(|a| **a == Ok(Delivery::Fresh)).count();
        let duplicate = answers.iter().filter(|a| **a == Ok(Delivery::Duplicate)).count();
        assert_eq!((fresh, duplicate), (49, 51), "each identity once, and one was known");
        assert!(store.calls() - before <= 2, "a hundred rows took {} statements", store.calls() - before);
        assert_eq!(store.depth(at(0)).await.expect("depth").queued, 50);
    })
    .await;
}

#[tokio::test]
async fn a_refused_row_is_refused_alone() {
    each_engine(|store| async move {
        let inbox = Inbox::start(Arc::clone(&store), Limits::default());
        let bad = NewWork::delivery(TenantId(1), "nul\0".to_owned(), at(0), locate("x"));
        let (a, b, c) = tokio::join!(
            inbox.accept(delivery(1, "a", "x")),
            inbox.accept(bad.clone()),
            inbox.accept(delivery(1, "c", "x"))
        );
        assert_eq!((a, c), (Ok(Delivery::Fresh), Ok(Delivery::Fresh)));
        assert_eq!(b, Err(InboxError::Store(StoreError::Rejected)));
        assert_eq!(inbox.accept(bad).await, Err(InboxError::Store(StoreError::Rejected)), "alone too");
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_down_answers_everybody_and_the_retry_meets_the_deduplication() {
    each_engine(|store| async move {
        let store = faulty(store);
        let inbox = Inbox::start(Arc::clone(&store), Limits::default());
        let send = || join_all((0..20).map(|n| inbox.accept(delivery(1, &n.to_string(), "x"))));
        store.forever_down(true);
        for answer in send().await {
            assert_eq!(answer, Err(InboxError::Store(StoreError::Unavailable)));
        }
        store.forever_down(false);
        // Committed, but nobody learnt it.
        store.arm(store.calls() + 1, Side::After);
        let unsure = inbox.accept(delivery(1, "0", "x")).await;
        assert_eq!(unsure, Err(InboxError::Store(StoreError::Unavailable)));
        let answers = send().await;
        assert_eq!(answers.iter().filter(|a| **a == Ok(Delivery::Duplicate)).count(), 1);
        assert_eq!(answers.iter().filter(|a| **a == Ok(Delivery::Fresh)).count(), 19);
    })
    .await;
}

#[tokio::test]
async fn one_tenant_fills_at_most_a_quarter() {
    each_engine(|store| async move {
        let store = faulty(store);
        let limits = Limits { waiting: 8, batch_rows: 1, ..Limits::default() };
        let inbox = Inbox::start(Arc::clone(&store), limits);
        store.hang(1, Side::Before);
        let wait = |tenant: i64, id: &str| {
            let inbox = inbox.clone();
            let new = delivery(tenant, id, "x");
            tokio::spawn(async move { inbox.accept(new).await })
        };
        let held = wait(1, "held");
        store.struck().await;
        let second = wait(1, "second");
        tokio::task::yield_now().await;
        assert_eq!(inbox.accept(delivery(1, "third", "x")).await, Err(InboxError::Full), "two of eight are a quarter");
        let others: Vec<_> = (2..5).flat_map(|t| [wait(t, "a"), wait(t, "b")]).collect();
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        assert!(others.iter().all(|task| !task.is_finished()), "there is room for the others");
        [held, second].into_iter().chain(others).for_each(|task| task.abort());
    })
    .await;
}

#[tokio::test]
async fn closing_drains_what_waits_and_takes_nothing_more() {
    each_engine(|store| async move {
        let limits = Limits { batch_rows: 3, ..Limits::default() };
        let inbox = Inbox::start(Arc::clone(&store), limits);
        let waiting: Vec<_> = (0..50).map(|n| inbox.accept(delivery(1, &n.to_string(), "x"))).collect();
        let (answers, ()) = tokio::join!(join_all(waiting), inbox.close_and_drain());
        assert!(answers.iter().all(|a| *a == Ok(Delivery::Fresh)), "{answers:?}");
        assert_eq!(store.depth(at(0)).await.expect("depth").queued, 50);
        assert_eq!(inbox.accept(delivery(1, "late", "x")).await, Err(InboxError::Closed));
        inbox.close_and_drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_the_write() {
    each_engine(|store| async move {
        let inbox = Inbox::start(Arc::clone(&store), Limits::default());
        {
            let gone = inbox.accept(delivery(1, "a", "x"));
            assert!(gone.now_or_never().is_none(), "it was sent and is not answered yet");
        }
        inbox.close_and_drain().await;
        assert_eq!(store.depth(at(0)).await.expect("depth").queued, 1);
    })
    .await;
}

#[tokio::test]
async fn bytes_bound_a_batch_too() {
    each_engine(|store| async move {
        let store = faulty(store);
        let limits = Limits { batch_bytes: 1, ..Limits::default() };
        let inbox = Inbox::start(Arc::clone(&store), limits);
        let answers = join_all((0..5).map(|n| inbox.accept(delivery(1, &n.to_string(), "x")))).await;
        assert!(answers.iter().all(|a| *a == Ok(Delivery::Fresh)), "{answers:?}");
        assert_eq!(store.calls(), 5, "every row is too big for company");
    })
    .await;
}
