//! Random interleavings of accept, claim, settle and lapse against a model that is too simple to be wrong.
//! Knows only what the ports promise: no row is lost, no lane is held twice, a delivery does not run again once done.

use super::engines::{Engine, fresh};
use super::given::{account, at};
use invite_guard::domain::work::{Claim, Class, End, NewWork, Work};
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::{RowState, Store, StoreError};
use jiff::SignedDuration;
use proptest::prelude::*;
use std::collections::HashSet;

#[derive(Clone, Debug)]
enum Step {
    Deliver { tenant: i64, identity: u8, person: u8 },
    Wish { tenant: i64, person: u8 },
    Claim { want: u32, after: i64 },
    Settle { which: prop::sample::Index, end: u8 },
    Pass { seconds: i64 },
    Lapse,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let tenant = 1..4_i64;
    prop_oneof![
        3 => (tenant.clone(), 0..12_u8, 0..3_u8)
            .prop_map(|(tenant, identity, person)| Step::Deliver { tenant, identity, person }),
        2 => (tenant.clone(), 0..3_u8).prop_map(|(tenant, person)| Step::Wish { tenant, person }),
        4 => (1..4_u32, 0..4_i64).prop_map(|(want, after)| Step::Claim { want, after }),
        4 => (any::<prop::sample::Index>(), 0..4_u8).prop_map(|(which, end)| Step::Settle { which, end }),
        2 => (1..90_i64).prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::Lapse),
        1 => Just(Step::Restart),
    ]
}

type Identity = (i64, String);

/// What must be true of the queue, whatever its inside.
#[derive(Default)]
struct Model {
    now: i64,
    /// Leases that nobody ended, with their end. Some have lapsed; the worker may still try to settle.
    leases: Vec<(Claim, i64)>,
    /// Work that was asked for since it last ended well.
    owed: HashSet<Identity>,
    done_deliveries: HashSet<Identity>,
}

fn delivery(tenant: i64, identity: u8, person: u8) -> NewWork {
    let work = Work::Request {
        project: ProjectId(1),
        request: format!("A-{identity}"),
        reporter: account(&person.to_string()),
        actor: account("agent"),
        at: at(0),
    };
    NewWork::delivery(TenantId(tenant), identity.to_string(), at(0), work)
}

fn wish(tenant: i64, person: u8) -> NewWork {
    let work = Work::Locate { account: account(&person.to_string()), hinted_at: at(0), looked: 0 };
    NewWork::wish(TenantId(tenant), at(0), work)
}

fn identity(tenant: TenantId, work: &Work) -> Identity {
    match work {
        Work::Request { request, .. } => (tenant.0, request.clone()),
        other => (tenant.0, other.lane()),
    }
}

impl Model {
    async fn accept(&mut self, store: &dyn Store, new: NewWork) {
        let key = identity(new.tenant, &new.work);
        store.accept(std::slice::from_ref(&new)).await.expect("accepts");
        if !self.done_deliveries.contains(&key) {
            self.owed.insert(key);
        }
    }

    async fn claim(&mut self, store: &dyn Store, want: u32, after: i64) {
        let lease = SignedDuration::from_secs(60);
        let claims = store.claim(want, Class::Hint, TenantId(after), at(self.now), lease).await.expect("claims");
        let mut tenants = HashSet::new();
        for claim in claims {
            assert!(tenants.insert(claim.tenant), "one row a tenant and call");
            let key = identity(claim.tenant, &claim.work);
            assert!(!self.done_deliveries.contains(&key), "{key:?} ran again after it was done");
            assert!(self.owed.contains(&key), "{key:?} was never asked for");
            let lane = (claim.tenant, claim.work.lane());
            let rival = self.leases.iter().find(|(c, _)| (c.tenant, c.work.lane()) == lane);
            assert!(rival.is_none(), "{lane:?} is held by {rival:?}");
            self.leases.push((claim, self.now + 60));
        }
    }

    async fn settle(&mut self, store: &dyn Store, place: usize, end: u8) {
        let (claim, _) = self.leases.swap_remove(place);
        let key = identity(claim.tenant, &claim.work);
        let again = wish(claim.tenant.0, 0);
        let (end, then) = match end {
            0 => (End::Done, vec![]),
            1 => (End::Done, vec![again.clone()]),
            2 => (End::Retry { why: "x" }, vec![]),
            _ => (End::Defer { until: at(self.now + 5), why: "x" }, vec![]),
        };
        store.settle(&claim, &end, &then, at(self.now)).await.expect("the lease is held");
        if end == End::Done {
            if matches!(claim.work, Work::Request { .. }) {
                self.done_deliveries.insert(key.clone());
            }
            // A wish that arrived during the work is owed still; then a row of it waits.
            if !waits(store, &key).await {
                self.owed.remove(&key);
            }
        }
        if !then.is_empty() {
            self.owed.insert(identity(again.tenant, &again.work));
        }
    }

    async fn lapse(&mut self, store: &dyn Store, all: bool) {
        let moved = if all { store.lapse_all(at(self.now)).await } else { store.lapse(at(self.now)).await };
        let (lapsed, held): (Vec<_>, Vec<_>) = self.leases.drain(..).partition(|(_, until)| all || *until < self.now);
        self.leases = held;
        assert_eq!(moved.expect("lapses"), lapsed.len() as u64, "every lapsed lease returns");
        for (claim, _) in lapsed {
            let late = store.settle(&claim, &End::Done, &[], at(self.now)).await;
            assert_eq!(late, Err(StoreError::LeaseLost), "a worker whose lease lapsed cannot end the row");
        }
    }

    /// Everything owed is somewhere: waiting, leased or dead.
    async fn check(&self, store: &dyn Store) {
        let mut kept = HashSet::new();
        for state in [RowState::Queued, RowState::Leased, RowState::Dead] {
            for row in store.rows(state, 1000).await.expect("rows") {
                let work: Work = serde_json::from_str(&row.payload).expect("the payload is our own");
                kept.insert(identity(row.tenant, &work));
            }
        }
        let lost: Vec<_> = self.owed.difference(&kept).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
    }
}

async fn waits(store: &dyn Store, key: &Identity) -> bool {
    let rows = store.rows(RowState::Queued, 1000).await.expect("rows");
    rows.iter()
        .any(|row| serde_json::from_str::<Work>(&row.payload).is_ok_and(|work| identity(row.tenant, &work) == *key))
}

async fn walk(engine: Engine, steps: Vec<Step>) {
    let fresh = fresh(engine).await;
    let store = &*fresh.store;
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Deliver { tenant, identity, person } => {
                model.accept(store, delivery(tenant, identity, person)).await;
            }
            Step::Wish { tenant, person } => model.accept(store, wish(tenant, person)).await,
            Step::Claim { want, after } => model.claim(store, want, after).await,
            Step::Settle { which, end } if !model.leases.is_empty() => {
                model.settle(store, which.index(model.leases.len()), end).await;
            }
            Step::Settle { .. } => {}
            Step::Pass { seconds } => model.now += seconds,
            Step::Lapse => model.lapse(store, false).await,
            Step::Restart => model.lapse(store, true).await,
        }
        model.check(store).await;
    }
    fresh.discard().await;
}

fn run(engine: Engine, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = ProptestConfig { cases, max_shrink_iters: 200, ..ProptestConfig::with_source_file(file!()) };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..60))| {
        runtime.block_on(walk(engine, steps));
    });
}

#[test]
fn no_interleaving_loses_a_row_shares_a_lane_or_repeats_a_delivery() {
    for engine in Engine::available() {
        run(engine, if engine == Engine::Sqlite { 24 } else { 8 });
    }
}
