//! Killed, or refused, at every call of the store that the pipeline makes, before and after the store did it.
//! Knows no order of calls; it goes on until there is no further one. One world serves all of them: every round has its own
//! customer and an untried canary.

use super::faulty_world_on;
use super::kills::{all_tests, engines};
use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use crate::store::fault::{FaultStore, Side};
use invite_guard::domain::project::{Canary, CommentMode};
use invite_guard::domain::{AccountId, Clock};
use invite_guard::publish::CASE_PROPERTY;
use invite_guard::store::Store;
use jiff::SignedDuration;
use rstest::rstest;
use std::sync::Arc;

/// What happens at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    /// The process dies there.
    Kill,
    /// The store says that it is not available, and the process lives on.
    Refuse,
}

struct Arena {
    world: World,
    faults: Arc<FaultStore<dyn Store>>,
}

async fn arena(engine: Engine) -> Arena {
    let (world, faults) = faulty_world_on(engine).await;
    world.set_comments(PROJECT, CommentMode::Request).await;
    world.state_invitations_off(PROJECT).await;
    Arena { world, faults }
}

impl Arena {
    /// One customer, struck at the `n`th call. False when the pipeline makes fewer.
    async fn round(&mut self, n: u64, side: Side, blow: Blow) -> bool {
        let world = &self.world;
        let project = world.project(PROJECT);
        let untried = world.store.set_canary(world.id(), project, Canary::Untried, world.clock.now());
        untried.await.expect("the canary can be set back");
        let account = world.invite(PROJECT).account_id;
        let request = world.raise_for(PROJECT, &account);
        world.site.deliver_all().await;
        let last = self.faults.calls() + n;
        let struck = match blow {
            Blow::Kill => {
                self.faults.hang(last, side);
                tokio::select! {
                    () = world.settle() => false,
                    () = self.faults.struck() => true,
                }
            }
            Blow::Refuse => {
                self.faults.arm(last, side);
                world.settle().await;
                self.faults.calls() >= last
            }
        };
        self.faults.arm(0, side); // no call has this number: nothing strikes any more
        if blow == Blow::Kill {
            self.world.worker = self.world.another_worker();
        }
        for seconds in [120, 10, 60, 60] {
            self.world.pass(SignedDuration::from_secs(seconds)).await;
        }
        self.assert_whole(&account, &request, &format!("{blow:?} at call {n}, {side:?}")).await;
        struck
    }

    async fn assert_whole(&self, account: &str, request: &str, when: &str) {
        let world = &self.world;
        let cases = world.store.cases_of(world.id(), &AccountId(account.to_owned())).await.expect("cases can be read");
        assert_eq!(cases.len(), 1, "{when}: one case, not lost");
        assert_eq!(cases[0].published, cases[0].version, "{when}: everything is published");
        let comments = world.site.comments(request);
        assert_eq!(comments.len(), 1, "{when}: exactly one comment");
        assert!(!comments[0].public, "{when}: internal");
        assert!(world.site.item_property(request, CASE_PROPERTY).is_some(), "{when}: the request shows the case");
        assert!(world.site.comments(&world.internal_item).is_empty(), "{when}: no canary is left behind");
        world.check().await;
    }
}

/// Every call where all tests run (`tests/run --all`, CI), every third on PostgreSQL: what differs between the engines is the
/// store's own contract. Else every ninth. Each kind begins at another one.
async fn at_every_call(engine: Engine, blow: Blow, side: Side, first: u64) {
    if !engines().contains(&engine) {
        return;
    }
    let (first, step) = match (all_tests(), engine) {
        (true, Engine::Sqlite) => (1, 1),
        (true, Engine::Postgres) => (first % 3 + 1, 3),
        (false, _) => (first, 9),
    };
    let mut arena = arena(engine).await;
    let mut n = first;
    while arena.round(n, side, blow).await {
        n += step;
        assert!(n < 1000, "the pipeline does not come to an end");
    }
    assert!(n > 50, "the pipeline makes more than {n} calls; the test does not reach them");
    arena.world.end().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn killed_at_every_store_call_before_it_was_done(#[case] engine: Engine) {
    at_every_call(engine, Blow::Kill, Side::Before, 1).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn killed_at_every_store_call_after_it_was_done(#[case] engine: Engine) {
    at_every_call(engine, Blow::Kill, Side::After, 3).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn refused_at_every_store_call_before_it_was_done(#[case] engine: Engine) {
    at_every_call(engine, Blow::Refuse, Side::Before, 5).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn refused_at_every_store_call_after_it_was_done(#[case] engine: Engine) {
    at_every_call(engine, Blow::Refuse, Side::After, 7).await;
}
