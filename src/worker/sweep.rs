//! What ends by time: cases after fourteen days, evidence after the retention, everything of a site that left us.
//! Knows no table; how much a statement may erase is the store's to say.

use super::Inner;
use super::examine::EXPIRES_AFTER;
use super::outcome::{Outcome, Trouble};
use crate::domain::tenant::{State, Tenant};
use crate::domain::work::{NewWork, Work};
use crate::domain::{scan, trail};
use crate::store::StoreError;
use jiff::SignedDuration;

/// Rows of deliveries are kept so long, so that one which comes again is known.
const DELIVERIES_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Rows erased in one statement.
const ROWS: u32 = 500;

impl Inner {
    pub(super) async fn sweep(&self, tenant: &Tenant) -> Result<Outcome, Trouble> {
        let (now, store) = (self.clock.now(), &self.store);
        store.expire(tenant.id, now - EXPIRES_AFTER, now).await?;
        while store.sweep(tenant.id, now, self.settings.retention_days).await? > 0 {}
        while store.sweep_scans(tenant.id, now - scan::KEPT).await? > 0 {}
        while store.sweep_trail(tenant.id, now - trail::KEPT).await? > 0 {}
        while store.sweep_done(now - DELIVERIES_KEPT).await? > 0 {}
        // Whatever is not shown yet, for whatever reason: expired just now, or left by a project that lacked a right.
        let mut then = Vec::new();
        for project in store.projects(tenant.id).await? {
            if !store.unpublished(tenant.id, project.id, 1).await?.is_empty() {
                then.push(NewWork::wish(tenant.id, now, Work::Publish { project: project.id }));
            }
        }
        Ok(Outcome::then(then))
    }

    pub(super) async fn erase(&self, tenant: &Tenant) -> Result<Outcome, Trouble> {
        // Installed again before the retention ended: nothing is erased.
        if !matches!(tenant.state, State::Uninstalled(_)) {
            return Ok(Outcome::done());
        }
        loop {
            match self.store.erase_tenant(tenant.id, ROWS).await {
                Ok(true) => {
                    tracing::info!(tenant = tenant.id.0, "everything of an uninstalled site was erased");
                    return Ok(Outcome::done());
                }
                Ok(false) => {}
                // Installed again since we looked: what is left is theirs, and there is nothing more to do.
                Err(StoreError::Rejected) => return Ok(Outcome::done()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
