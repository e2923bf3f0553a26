//! The loop: which rows are claimed when, how many at once, and how it stops.
//! Knows no kind of work.

use super::{Inner, Worker};
use crate::domain::TenantId;
use crate::domain::work::{Claim, Class};
use futures::future::join_all;
use jiff::SignedDuration;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Longer than any single call takes; renewed while the work goes on.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// The queue is looked at again after so long even if nobody rings: another replica may have added rows.
const LOOK: Duration = Duration::from_secs(1);
/// How often lapsed leases are collected.
const LAPSE_EVERY: Duration = Duration::from_secs(15);
/// How often every tenant's chores are made sure of.
const CHORES_EVERY: Duration = Duration::from_secs(3600);
/// Rows added in one statement.
const BATCH: usize = 500;
/// A stop lets work finish for so long; what is not done by then is put back. The two stay under the 10 s of a stop.
const FINISH: Duration = Duration::from_secs(6);
const PUT_BACK: Duration = Duration::from_secs(2);

/// After which tenant the next claim of each class goes on, so that every tenant gets its turn.
#[derive(Default)]
struct Cursor {
    hint: Option<TenantId>,
    bulk: Option<TenantId>,
}

impl Cursor {
    fn of(&mut self, class: Class) -> &mut Option<TenantId> {
        match class {
            Class::Hint => &mut self.hint,
            Class::Bulk => &mut self.bulk,
        }
    }
}

/// What is running.
#[derive(Default)]
struct Running {
    jobs: JoinSet<Class>,
    bulk: usize,
}

impl Running {
    fn add(&mut self, worker: &Worker, claim: Claim, stop: &CancellationToken) {
        let class = claim.work.class();
        self.bulk += usize::from(class == Class::Bulk);
        let (inner, stop) = (worker.0.clone(), stop.clone());
        self.jobs.spawn(async move {
            inner.perform(claim, &stop).await;
            class
        });
    }

    async fn next(&mut self) {
        match self.jobs.join_next().await {
            Some(Ok(Class::Bulk)) => self.bulk = self.bulk.saturating_sub(1),
            // `perform` catches panics of the work; one of its own would be told here and the lease lapses.
            Some(Err(error)) if error.is_panic() => tracing::error!("a worker task broke"),
            Some(_) => {}
            None => std::future::pending().await,
        }
        if self.jobs.is_empty() {
            self.bulk = 0;
        }
    }
}

impl Worker {
    /// Does everything that is due now, and what follows from it, until nothing is due. Dropping the future is like a kill:
    /// what was being done keeps its lease until that lapses.
    pub async fn drain(&self) {
        let never = CancellationToken::new();
        let mut cursor = Cursor::default();
        loop {
            self.0.lapse().await;
            let claims = self.0.claim(&mut cursor, self.0.settings.concurrency, usize::MAX).await;
            if claims.is_empty() {
                return;
            }
            join_all(claims.into_iter().map(|claim| Box::pin(self.0.perform(claim, &never)))).await;
        }
    }

    /// Works until cancelled; then lets running work finish for a while, puts the rest back into the queue and returns, all
    /// within 10 s.
    pub async fn run(&self, cancel: CancellationToken) {
        let stop = CancellationToken::new();
        let (mut running, mut cursor) = (Running::default(), Cursor::default());
        let (mut lapsed, mut assured) = (None, None);
        while !cancel.is_cancelled() {
            if is_time(&mut lapsed, LAPSE_EVERY) {
                self.0.lapse().await;
            }
            if is_time(&mut assured, CHORES_EVERY) {
                self.0.assure_chores().await;
            }
            let most = self.0.settings.concurrency.max(1);
            let room = most.saturating_sub(running.jobs.len());
            // Passes never take the last places: a hint finds one free.
            let bulk_room = (most - most.div_ceil(4)).max(1).saturating_sub(running.bulk);
            for claim in self.0.claim(&mut cursor, room, bulk_room).await {
                running.add(self, claim, &stop);
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = self.0.wake.notified() => {}
                () = running.next() => {}
                () = sleep(self.0.until_next_look().await) => {}
            }
        }
        self.0.wind_down(running, &stop).await;
    }
}

fn is_time(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|last| last.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}

impl Inner {
    /// Up to `room` rows, hints first, of which at most `bulk_room` are bulk.
    async fn claim(&self, cursor: &mut Cursor, room: usize, bulk_room: usize) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (class, most) in [(Class::Hint, room), (Class::Bulk, bulk_room)] {
            let want = most.min(room - claims.len());
            self.claim_class(cursor, class, want, &mut claims).await;
        }
        claims
    }

    async fn claim_class(&self, cursor: &mut Cursor, class: Class, want: usize, claims: &mut Vec<Claim>) {
        let before = claims.len();
        let after = cursor.of(class);
        loop {
            let left = want - (claims.len() - before);
            if left == 0 {
                return;
            }
            let left = u32::try_from(left).unwrap_or(u32::MAX);
            let start = after.unwrap_or(TenantId(0));
            match self.store.claim(left, class, start, self.clock.now(), LEASE).await {
                Ok(got) if got.is_empty() && after.is_none() => return,
                Ok(got) => {
                    // Past the last tenant the next round begins.
                    *after = got.iter().map(|claim| claim.tenant).max();
                    claims.extend(got);
                }
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be claimed from");
                    return;
                }
            }
        }
    }

    async fn lapse(&self) {
        match self.store.lapse(self.clock.now()).await {
            Ok(0) => {}
            Ok(rows) => tracing::warn!(rows, "leases lapsed: their work was cut off and runs again"),
            Err(error) => tracing::warn!(%error, "lapsed leases cannot be collected"),
        }
    }

    /// A chore whose row was lost (dropped by an operator, dead by crashes) comes back here.
    async fn assure_chores(&self) {
        let result = async {
            let tenants = self.store.tenants().await?;
            let chores = tenants.iter().filter(|tenant| tenant.is_active()).flat_map(|tenant| self.chores(tenant.id));
            for batch in chores.collect::<Vec<_>>().chunks(BATCH) {
                self.store.accept(batch).await?;
            }
            Ok::<_, crate::store::StoreError>(())
        };
        if let Err(error) = result.await {
            tracing::warn!(%error, "chores cannot be made sure of");
        }
    }

    async fn until_next_look(&self) -> Duration {
        match self.store.next_due().await {
            Ok(Some(due)) => {
                let wait = Duration::try_from(due.duration_since(self.clock.now())).unwrap_or(Duration::ZERO);
                // What is due and was not claimed waits for its lane, its pause or a free place.
                if wait.is_zero() { LOOK } else { wait.min(LOOK) }
            }
            _ => LOOK,
        }
    }

    async fn wind_down(&self, mut running: Running, stop: &CancellationToken) {
        let finish = async {
            while !running.jobs.is_empty() {
                running.next().await;
            }
        };
        if timeout(FINISH, finish).await.is_ok() {
            return;
        }
        stop.cancel();
        let put_back = async {
            while !running.jobs.is_empty() {
                running.next().await;
            }
        };
        if timeout(PUT_BACK, put_back).await.is_err() {
            tracing::warn!(jobs = running.jobs.len(), "stopped without putting back all work; its leases lapse");
        }
    }
}
