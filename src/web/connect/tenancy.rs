//! Which tenant a token's issuer is, remembered for seconds so that a burst of webhooks does not open a secret each time.
//! Knows no token.

use crate::domain::tenant::Tenant;
use crate::store::{Result, Store};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

/// Another replica's install or uninstall is seen after this at the latest; our own at once.
const REMEMBERED: Duration = Duration::from_secs(10);

/// Look-ups by client key.
#[derive(Clone)]
pub(in crate::web) struct Tenancy {
    store: Arc<dyn Store>,
    known: Cache<String, Arc<Tenant>>,
}

impl Tenancy {
    pub(in crate::web) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build() }
    }

    /// What is remembered of the tenant.
    pub(super) async fn remembered(&self, client_key: &str) -> Option<Arc<Tenant>> {
        self.known.get(client_key).await
    }

    /// The tenant as stored. Only tenants that are there are remembered: unknown keys cost memory nothing.
    pub(super) async fn stored(&self, client_key: &str) -> Result<Option<Arc<Tenant>>> {
        let Some(tenant) = self.store.tenant_by_client_key(client_key).await?.map(Arc::new) else {
            self.known.invalidate(client_key).await;
            return Ok(None);
        };
        self.known.insert(client_key.to_owned(), Arc::clone(&tenant)).await;
        Ok(Some(tenant))
    }

    /// After an install or uninstall: an install may freeze another tenant, so everything is forgotten.
    pub(in crate::web) fn forget(&self) {
        self.known.invalidate_all();
    }
}
