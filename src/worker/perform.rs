//! One leased row from claim to settlement: the lease is kept, a panic is caught, a stop puts the row back.
//! Knows the kinds of work only by whom it hands each to.

use super::Inner;
use super::outcome::{Outcome, Trouble, chore};
use super::turn::LEASE;
use crate::domain::tenant::{TICK, Tenant};
use crate::domain::work::{Claim, End, MAX_ATTEMPTS, TOKEN_ENDED, Work};
use crate::store::StoreError;
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use tokio_util::sync::CancellationToken;

impl Inner {
    /// Does the row and settles it. Ends early without settling when the lease is lost: somebody else has it.
    pub(super) async fn perform(&self, claim: Claim, stop: &CancellationToken) {
        let work = AssertUnwindSafe(Box::pin(self.outcome(&claim))).catch_unwind();
        let outcome = tokio::select! {
            outcome = work => outcome.unwrap_or_else(|_| {
                tracing::error!(id = claim.id.0, kind = claim.work.kind(), "the work broke off with a panic");
                Outcome { end: End::Retry { why: "panic" }, then: Vec::new() }
            }),
            () = self.keep_lease(&claim) => return,
            () = stop.cancelled() => Outcome::defer(self.clock.now(), "stopping"),
        };
        self.settle(&claim, outcome).await;
    }

    async fn settle(&self, claim: &Claim, outcome: Outcome) {
        let (word, why) = match &outcome.end {
            End::Done => ("done", ""),
            End::Defer { why, .. } => ("deferred", *why),
            End::Retry { why } => ("retried", *why),
            End::Dead { why } => ("dead", *why),
        };
        let (id, kind, tenant) = (claim.id.0, claim.work.kind(), claim.tenant.0);
        metrics::counter!("invite_guard_events_total", "kind" => kind, "outcome" => word).increment(1);
        match &outcome.end {
            End::Done => tracing::debug!(id, kind, tenant, follow = outcome.then.len(), "done"),
            End::Defer { until, .. } => tracing::debug!(id, kind, tenant, why, %until, "deferred"),
            End::Retry { .. } => tracing::warn!(id, kind, tenant, why, attempt = claim.attempt, "to be tried again"),
            End::Dead { .. } => tracing::error!(id, kind, tenant, why, "given up; see `invite-guard queue show`"),
        }
        match self.store.settle(claim, &outcome.end, &outcome.then, self.clock.now()).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => tracing::debug!(id, kind, "the row is not ours any more"),
            // The lease lapses and the work runs again, as every piece of work may.
            Err(error) => tracing::warn!(id, kind, %error, "not settled; it runs again when its lease lapses"),
        }
    }

    /// Comes back only when the lease is lost.
    async fn keep_lease(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(self.settings.renew_every).await;
            match self.store.renew(claim, self.clock.now() + LEASE).await {
                Err(StoreError::LeaseLost) => {
                    tracing::warn!(id = claim.id.0, kind = claim.work.kind(), "lease lost; work abandoned");
                    return;
                }
                Err(error) => tracing::warn!(id = claim.id.0, %error, "lease not renewed"),
                Ok(()) => {}
            }
        }
    }

    async fn outcome(&self, claim: &Claim) -> Outcome {
        let tenant = match self.store.tenant(claim.tenant).await {
            Ok(Some(tenant)) => tenant,
            Ok(None) => return Outcome::done(),
            Err(error) => return Outcome { end: Trouble::from(error).end(), then: Vec::new() },
        };
        if !tenant.is_active() && claim.work != Work::Erase {
            return Outcome::done();
        }
        // Without a token nothing can be asked, and what could not be asked would be taken for a gap: it waits for the next one.
        let now = self.clock.now();
        if tenant.is_active() && claim.work.asks_jira() && tenant.voice(now).is_none() {
            return Outcome::defer(now.saturating_add(TICK).unwrap_or(now), TOKEN_ENDED);
        }
        let result = Box::pin(self.dispatch(&tenant, claim)).await;
        match claim.work {
            Work::ReadAudit | Work::Sweep | Work::Reconcile { .. } => {
                chore(claim, result, self.successor(claim.tenant, claim.work.clone()))
            }
            // A pass that fails comes again with its next turn; whoever waits for this one is told.
            Work::ReadRole { project, .. } | Work::ReadPass { project, .. } | Work::ReadPage { project, .. } => {
                if result.is_err() && claim.attempt >= MAX_ATTEMPTS {
                    self.fail_scan(claim.tenant, project).await;
                }
                chore(claim, result, None)
            }
            _ => result.unwrap_or_else(|trouble| Outcome { end: trouble.end(), then: Vec::new() }),
        }
    }

    async fn dispatch(&self, tenant: &Tenant, claim: &Claim) -> Result<Outcome, Trouble> {
        match &claim.work {
            Work::Locate { account, hinted_at, looked } => self.locate(tenant, account, *hinted_at, *looked).await,
            Work::Examine { project, account, fresh, quiet } => {
                self.judge(tenant, *project, account, super::examine::Asked { fresh: *fresh, quiet: *quiet }).await
            }
            Work::Request { project, request, reporter, actor, at } => {
                let seen = super::request::Seen { project: *project, request, reporter, actor, at: *at };
                self.request(tenant, &seen).await
            }
            Work::Participant { project, account, at } => self.participant(tenant, *project, account, *at).await,
            Work::RuleStep { project, who, at, looked } => {
                let step = super::rule::Step { project: *project, who, at: *at, looked: *looked };
                self.rule_step(tenant, &step).await
            }
            Work::Publish { project } => self.publish(tenant, *project).await,
            Work::Reconcile { again } => self.reconcile(tenant, *again).await,
            Work::ReadRole { project, reseed } => self.read_role(tenant, *project, *reseed, claim.attempt).await,
            Work::ReadPass { project, via, reseed } => {
                self.read_pass(tenant, *project, *via, *reseed, claim.attempt).await
            }
            Work::ReadPage { project, via, run, step } => {
                self.read_page(tenant, (*project, *via), (*run, *step), claim.attempt).await
            }
            Work::RaiseAdds { project, via, after } => self.raise_adds(tenant, *project, *via, after).await,
            Work::ReadAudit => self.read_audit(tenant, claim.attempt).await,
            Work::Sweep => self.sweep(tenant).await,
            Work::Erase => self.erase(tenant).await,
        }
    }
}
