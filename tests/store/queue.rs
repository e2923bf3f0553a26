//! The queue: deduplication, lanes, classes, fairness, pauses, ends, leases.
//! Knows no worker: it claims and settles by hand.

use super::engines::each_engine;
use super::given::{account, at, delivery, examine, locate, wish};
use invite_guard::domain::throttle::Scope;
use invite_guard::domain::work::{Claim, Class, End, MAX_ATTEMPTS, NewWork, Work, backoff};
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::{RowState, Store, StoreError};
use jiff::SignedDuration;
use std::collections::BTreeSet;

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn claim(store: &dyn Store, want: u32, second: i64) -> Vec<Claim> {
    store.claim(want, Class::Hint, TenantId(0), at(second), LEASE).await.expect("claims")
}

async fn one(store: &dyn Store, second: i64) -> Claim {
    let mut claims = claim(store, 1, second).await;
    assert_eq!(claims.len(), 1, "one row is due");
    claims.remove(0)
}

async fn queued(store: &dyn Store) -> u64 {
    store.depth(at(0)).await.expect("depth").queued
}

#[tokio::test]
async fn a_delivery_runs_once_however_often_it_arrives() {
    each_engine(|store| async move {
        let batch = [delivery(1, "a", "x"), delivery(1, "b", "y"), delivery(1, "a", "x"), delivery(2, "a", "x")];
        let accepted = store.accept(&batch).await.expect("accepts");
        assert_eq!((accepted.fresh, accepted.repeated), (3, vec![2]), "a repetition inside the batch is one row");
        let again = store.accept(&batch).await.expect("accepts");
        assert_eq!((again.fresh, again.repeated), (0, vec![0, 1, 2, 3]));
        let first = one(&*store, 1).await;
        store.settle(&first, &End::Done, &[], at(2)).await.expect("settles");
        assert_eq!(store.accept(&batch[..1]).await.expect("accepts").fresh, 0, "done is remembered");
        assert_eq!(store.sweep_done(at(2)).await.expect("sweeps"), 0, "not older than the limit");
        assert_eq!(store.sweep_done(at(3)).await.expect("sweeps"), 1);
        assert_eq!(store.accept(&batch[..1]).await.expect("accepts").fresh, 1, "forgotten after the sweep");
    })
    .await;
}

#[tokio::test]
async fn a_row_that_the_engine_refuses_is_split_out() {
    each_engine(|store| async move {
        let bad = |id: &str| NewWork::delivery(TenantId(1), id.to_owned(), at(0), locate("x"));
        let batch = [delivery(1, "a", "x"), bad("nul\0"), bad(""), bad(&"k".repeat(5000)), delivery(1, "b", "y")];
        let accepted = store.accept(&batch).await.expect("accepts the good ones");
        assert_eq!((accepted.fresh, accepted.refused), (2, vec![1, 2, 3]));
        assert_eq!(store.accept(&batch[1..4]).await, Err(StoreError::Rejected), "nothing was good");
        assert_eq!(store.accept(&[]).await.expect("nothing to do").fresh, 0);
        assert_eq!(queued(&*store).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_wish_waits_once_and_takes_the_earlier_time_and_the_stronger_word() {
    each_engine(|store| async move {
        let examine = |fresh, quiet, second| {
            let work = Work::Examine { project: ProjectId(10_000), account: account("x"), fresh, quiet };
            NewWork::wish(TenantId(1), at(second), work)
        };
        assert_eq!(store.accept(&[examine(false, true, 50)]).await.expect("accepts").fresh, 1);
        let merged = store.accept(&[examine(true, true, 90), examine(false, false, 20)]).await.expect("accepts");
        assert_eq!((merged.fresh, merged.repeated), (0, vec![0, 1]));
        assert_eq!(queued(&*store).await, 1);
        assert!(claim(&*store, 9, 19).await.is_empty(), "the earliest time is not yet");
        let claimed = one(&*store, 20).await;
        let expected = Work::Examine { project: ProjectId(10_000), account: account("x"), fresh: true, quiet: false };
        assert_eq!(claimed.work, expected, "loud makes it a hint");
        assert_eq!(store.accept(&[examine(false, true, 30)]).await.expect("accepts").fresh, 1, "claimed frees the key");
        store.settle(&claimed, &End::Done, &[], at(21)).await.expect("settles");
        assert!(store.row(claimed.id).await.expect("reads").is_none(), "a done wish is deleted");
    })
    .await;
}

#[tokio::test]
async fn a_silent_pass_stays_silent_when_a_loud_one_waits_already() {
    each_engine(|store| async move {
        let read = |reseed| wish(1, Work::ReadRole { project: ProjectId(7), reseed });
        store.accept(&[read(false)]).await.expect("accepts");
        store.accept(&[read(true)]).await.expect("accepts");
        store.accept(&[read(false)]).await.expect("accepts");
        let claims = store.claim(9, Class::Bulk, TenantId(0), at(0), LEASE).await.expect("claims");
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0].work, Work::ReadRole { project: ProjectId(7), reseed: true });
    })
    .await;
}

#[tokio::test]
async fn a_wish_that_fails_joins_the_one_that_came_meanwhile() {
    each_engine(|store| async move {
        for end in [End::Retry { why: "x" }, End::Defer { until: at(500), why: "x" }] {
            store.accept(&[wish(1, examine("x"))]).await.expect("accepts");
            let first = one(&*store, 1).await;
            let mut louder = wish(1, examine("x"));
            louder.run_at = at(5);
            store.accept(&[louder]).await.expect("accepts");
            store.settle(&first, &end, &[], at(2)).await.expect("settles");
            assert_eq!(queued(&*store).await, 1, "one waiting row a key");
            let second = one(&*store, 5).await;
            let spent = if matches!(end, End::Retry { .. }) { 2 } else { 1 };
            assert_eq!(second.attempt, spent, "a failed attempt is carried over, a deferral is not");
            store.settle(&second, &End::Done, &[], at(6)).await.expect("settles");
        }
        assert_eq!(store.next_due().await.expect("reads"), None);
    })
    .await;
}

#[tokio::test]
async fn one_lane_is_held_by_one_worker() {
    each_engine(|store| async move {
        let same_person = [wish(1, examine("x")), delivery(1, "d1", "x"), delivery(1, "d2", "x")];
        store.accept(&same_person).await.expect("accepts");
        store.accept(&[delivery(1, "other", "y"), delivery(2, "other site", "x")]).await.expect("accepts");
        let mut held = Vec::new();
        for _ in 0..5 {
            held.extend(claim(&*store, 9, 1).await);
        }
        let lanes: BTreeSet<_> = held.iter().map(|c| (c.tenant, c.work.lane())).collect();
        assert_eq!((held.len(), lanes.len()), (3, 3), "x and y of one site, x of the other: {lanes:?}");
        let x = held.iter().find(|c| c.tenant == TenantId(1) && c.work.lane() == "person:qm:x").expect("x is held");
        store.settle(x, &End::Done, &[], at(2)).await.expect("settles");
        assert_eq!(claim(&*store, 9, 2).await.len(), 1, "the next of x's lane");
    })
    .await;
}

#[tokio::test]
async fn every_tenant_gets_a_turn_and_the_turn_goes_round() {
    each_engine(|store| async move {
        let many: Vec<_> = (0..50).map(|n| delivery(1, &n.to_string(), &format!("p{n}"))).collect();
        store.accept(&many).await.expect("accepts");
        store.accept(&[delivery(2, "a", "x"), delivery(3, "a", "x")]).await.expect("accepts");
        let tenants = |claims: &[Claim]| claims.iter().map(|c| c.tenant.0).collect::<BTreeSet<_>>();
        let first = claim(&*store, 10, 1).await;
        assert_eq!((first.len(), tenants(&first)), (3, BTreeSet::from([1, 2, 3])), "one row a tenant and turn");
        store.accept(&[delivery(2, "b", "y"), delivery(3, "b", "y")]).await.expect("accepts");
        let next = store.claim(2, Class::Hint, TenantId(2), at(1), LEASE).await.expect("claims");
        assert_eq!(tenants(&next), BTreeSet::from([3, 1]), "after tenant 2 comes 3, then round to 1");
        let next = store.claim(1, Class::Hint, TenantId(1), at(1), LEASE).await.expect("claims");
        assert_eq!(tenants(&next), BTreeSet::from([2]));
    })
    .await;
}

#[tokio::test]
async fn classes_are_claimed_apart() {
    each_engine(|store| async move {
        store.accept(&[wish(1, Work::Sweep), wish(1, examine("x"))]).await.expect("accepts");
        let bulk = store.claim(9, Class::Bulk, TenantId(0), at(1), LEASE).await.expect("claims");
        assert_eq!(bulk.iter().map(|c| c.work.kind()).collect::<Vec<_>>(), ["sweep"]);
        assert_eq!(one(&*store, 1).await.work.kind(), "examine");
    })
    .await;
}

#[tokio::test]
async fn a_pause_stops_claims_of_its_scope_only_and_ends_by_itself() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x"), delivery(2, "a", "x")]).await.expect("accepts");
        store.pause(&Scope::Tenant(TenantId(1)), at(100)).await;
        store.pause(&Scope::Tenant(TenantId(1)), at(50)).await; // the later one stays
        store.pause(&Scope::Endpoint(TenantId(2), "/search"), at(100)).await; // an endpoint stops no other work
        let free = claim(&*store, 9, 99).await;
        assert_eq!(free.iter().map(|c| c.tenant.0).collect::<Vec<_>>(), [2]);
        store.pause(&Scope::App, at(200)).await;
        assert!(claim(&*store, 9, 199).await.is_empty(), "the whole app is paused");
        assert_eq!(one(&*store, 200).await.tenant, TenantId(1));
    })
    .await;
}

#[tokio::test]
async fn a_retry_waits_longer_each_time_and_dies_after_the_last_attempt() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
        let mut now = 0;
        for attempt in 1..=MAX_ATTEMPTS {
            let claimed = one(&*store, now).await;
            assert_eq!(claimed.attempt, attempt);
            store.settle(&claimed, &End::Retry { why: "jira_unavailable" }, &[], at(now)).await.expect("settles");
            if attempt < MAX_ATTEMPTS {
                let wait = backoff(attempt).as_secs();
                assert!(claim(&*store, 9, now + wait - 1).await.is_empty(), "not before its time");
                now += wait;
            }
        }
        let dead = store.rows(RowState::Dead, 9).await.expect("rows");
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].why.as_deref(), dead[0].attempts), (Some("jira_unavailable"), MAX_ATTEMPTS));
        assert!(store.revive(dead[0].id, at(now)).await.expect("revives"));
        assert!(!store.revive(dead[0].id, at(now)).await.expect("it is not dead any more"));
        let revived = one(&*store, now).await;
        assert_eq!(revived.attempt, 1, "a fresh set of attempts");
        store.settle(&revived, &End::Dead { why: "gone" }, &[], at(now)).await.expect("settles");
        assert!(store.drop_row(revived.id).await.expect("drops"));
        assert!(!store.drop_row(revived.id).await.expect("there is none"));
    })
    .await;
}

#[tokio::test]
async fn a_deferral_gives_the_attempt_back() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
        for turn in 0..20_i64 {
            let claimed = one(&*store, turn * 10).await;
            assert_eq!(claimed.attempt, 1, "a throttled app must not dead-letter its tenants");
            let end = End::Defer { until: at(turn * 10 + 10), why: "throttled" };
            store.settle(&claimed, &end, &[], at(turn * 10)).await.expect("settles");
        }
        assert_eq!(store.next_due().await.expect("reads"), Some(at(200)));
    })
    .await;
}

#[tokio::test]
async fn a_lapsed_lease_returns_the_row_and_fences_its_old_worker() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
        let slow = one(&*store, 0).await;
        store.renew(&slow, at(100)).await.expect("renews");
        assert_eq!(store.lapse(at(99)).await.expect("lapses"), 0, "the lease was made longer");
        assert_eq!(store.lapse(at(101)).await.expect("lapses"), 1);
        let fast = one(&*store, 101).await;
        assert_eq!((fast.id, fast.attempt), (slow.id, 2), "a crash uses an attempt up");
        let follow = [delivery(1, "follow", "z")];
        for end in [End::Done, End::Retry { why: "x" }, End::Defer { until: at(0), why: "x" }, End::Dead { why: "x" }] {
            assert_eq!(store.settle(&slow, &end, &follow, at(102)).await, Err(StoreError::LeaseLost), "{end:?}");
        }
        assert_eq!(store.renew(&slow, at(500)).await, Err(StoreError::LeaseLost));
        assert_eq!(queued(&*store).await, 0, "a lost lease adds no follow-up");
        store.settle(&fast, &End::Done, &follow, at(103)).await.expect("settles");
        assert_eq!(queued(&*store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn work_that_kills_its_worker_ends_among_the_dead() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
        for turn in 0..i64::from(MAX_ATTEMPTS) {
            one(&*store, turn).await;
            let moved = if turn % 2 == 0 { store.lapse_all(at(turn)).await } else { store.lapse(at(turn + 61)).await };
            assert_eq!(moved.expect("lapses"), 1);
        }
        assert_eq!(store.depth(at(0)).await.expect("depth").dead, 1);
    })
    .await;
}

#[tokio::test]
async fn settle_and_its_follow_ups_are_one_transaction() {
    each_engine(|store| async move {
        store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
        let claimed = one(&*store, 0).await;
        let broken = NewWork::delivery(TenantId(1), "nul\0".to_owned(), at(0), locate("x"));
        let refused = store.settle(&claimed, &End::Done, &[delivery(1, "good", "y"), broken], at(1)).await;
        assert_eq!(refused, Err(StoreError::Rejected));
        assert_eq!(queued(&*store).await, 0);
        let then = [delivery(1, "good", "y"), delivery(1, "a", "x"), wish(1, examine("y"))];
        store.settle(&claimed, &End::Done, &then, at(1)).await.expect("the lease is still held");
        assert_eq!(queued(&*store).await, 2, "the repeated delivery is known");
    })
    .await;
}

#[tokio::test]
async fn depth_and_next_due_tell_how_the_queue_stands() {
    each_engine(|store| async move {
        assert_eq!(store.next_due().await.expect("reads"), None);
        let mut later = delivery(1, "later", "y");
        later.run_at = at(500);
        store.accept(&[later, delivery(1, "now", "x"), delivery(2, "now", "x")]).await.expect("accepts");
        one(&*store, 0).await;
        let depth = store.depth(at(10)).await.expect("depth");
        assert_eq!((depth.queued, depth.leased, depth.dead, depth.oldest_due), (2, 1, 0, Some(at(0))));
        assert_eq!(store.next_due().await.expect("reads"), Some(at(0)));
        let newest_first: Vec<_> = store.rows(RowState::Queued, 1).await.expect("rows");
        assert_eq!(newest_first.len(), 1);
        let same = store.row(newest_first[0].id).await.expect("reads").expect("is there");
        assert_eq!((same.kind.as_str(), same.state), ("locate", RowState::Queued));
    })
    .await;
}
