//! Which tenant an installation is: remembered for seconds, found in the store, or opened now; and the token it brought.
//! Knows no claims: what a verified token said comes as a place.

use super::token::{Errand, Place};
use crate::domain::TenantId;
use crate::domain::tenant::{Forge, State as TenantState, SystemToken, Tenant};
use crate::domain::work::chores_at_install;
use crate::store::{Result, Store};
use crate::web::State;
use crate::web::hosts;
use crate::web::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Another replica's uninstall is seen after this at the latest; our own at once.
const REMEMBERED: Duration = Duration::from_secs(10);

/// A token is kept when it lives at least so much longer than the one that is there: not every call is worth a write.
const WORTH_KEEPING: SignedDuration = SignedDuration::from_secs(60);

/// Tenants by installation.
pub(in crate::web) struct Installations {
    store: Arc<dyn Store>,
    known: Cache<String, Arc<Tenant>>,
}

impl Installations {
    pub(in crate::web) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build() }
    }

    /// The tenant, made or opened where that is due, with the token that came kept.
    pub(super) async fn find(
        &self,
        state: &State,
        place: Place,
        token: Option<SystemToken>,
        errand: Errand,
    ) -> std::result::Result<Arc<Tenant>, Problem> {
        let id = place.installation_id.clone();
        let mut tenant = match self.known.get(&id).await {
            Some(tenant) => tenant,
            None => match self.store.tenant_by_installation(&id).await?.map(Arc::new) {
                Some(tenant) => tenant,
                None => self.open(state, place.clone(), token.as_ref(), errand).await?,
            },
        };
        if changed(&tenant, &place) {
            let base_url = tenant.base_url.clone();
            tenant = self.opened(state, place, base_url).await?;
        }
        if !tenant.is_active() {
            return Err(Problem::unauthorised("tenant not active"));
        }
        if let Some(token) = token.filter(|token| is_worth_keeping(&tenant, token, state.clock.now())) {
            self.store.keep_token(tenant.id, &id, &token, state.clock.now()).await?;
            state.wake.notify_one();
            tenant = Arc::new(self.stored(&id).await?);
        }
        self.known.insert(id, Arc::clone(&tenant)).await;
        Ok(tenant)
    }

    async fn stored(&self, installation_id: &str) -> std::result::Result<Tenant, Problem> {
        let tenant = self.store.tenant_by_installation(installation_id).await?;
        tenant.ok_or(Problem::unauthorised("the installation was closed meanwhile"))
    }

    /// An installation that is not open here. One that was closed stays so: what is still under way must not bring it back.
    async fn open(
        &self,
        state: &State,
        place: Place,
        token: Option<&SystemToken>,
        errand: Errand,
    ) -> std::result::Result<Arc<Tenant>, Problem> {
        if errand != Errand::Install && self.store.was_closed(&place.installation_id).await? {
            return Err(Problem::unauthorised("the installation was closed"));
        }
        let base_url = match place.base_url.clone() {
            Some(told) => told,
            None => asked(state, &place, token).await?,
        };
        self.opened(state, place, base_url).await
    }

    async fn opened(&self, state: &State, place: Place, base_url: Url) -> std::result::Result<Arc<Tenant>, Problem> {
        let now = state.clock.now();
        let id = place.installation_id.clone();
        let chores = move |tenant| chores_at_install(tenant, now);
        let tenant = self.store.open_forge(&place.at(base_url), now, &chores).await?;
        state.tenancy().forget();
        self.known.invalidate_all();
        state.wake.notify_one();
        tracing::info!(%tenant, "open by forge");
        Ok(Arc::new(self.stored(&id).await?))
    }

    /// Closes an installation.
    pub(super) async fn close(&self, state: &State, installation_id: &str) -> Result<bool> {
        let now = state.clock.now();
        let erased_at = now.saturating_add(state.settings.retention_uninstalled).unwrap_or(now);
        let then = move |tenant| crate::domain::work::erase_after(tenant, erased_at);
        let known = self.store.close_forge(installation_id, now, &then).await?;
        self.forget();
        state.tenancy().forget();
        Ok(known)
    }

    /// After an install or uninstall by the other door.
    pub(in crate::web) fn forget(&self) {
        self.known.invalidate_all();
    }
}

/// Whether the claims say something else of the installation than what is stored.
fn changed(tenant: &Tenant, place: &Place) -> bool {
    tenant.forge.as_ref().is_some_and(|forge| {
        forge.api_base_url != place.api_base_url
            || (place.license_active.is_some() && forge.license_active != place.license_active)
    })
}

fn is_worth_keeping(tenant: &Tenant, token: &SystemToken, now: Timestamp) -> bool {
    let kept = tenant.forge.as_ref().and_then(|forge| forge.token.as_ref()).map(|kept| kept.expires_at);
    token.expires_at > now
        && kept.is_none_or(|kept| token.expires_at.duration_since(kept) >= WORTH_KEEPING || kept <= now)
}

/// Asks the site itself where people see it, with the token that came.
async fn asked(state: &State, place: &Place, token: Option<&SystemToken>) -> std::result::Result<Url, Problem> {
    let token = token.cloned().ok_or(Problem::unavailable("a new installation without a system token"))?;
    let asking = Tenant {
        id: TenantId(0),
        base_url: place.api_base_url.clone(),
        display_url: None,
        help_center_url: None,
        cloud_id: Some(place.cloud_id.clone()),
        connect: None,
        forge: Some(Forge {
            installation_id: place.installation_id.clone(),
            api_base_url: place.api_base_url.clone(),
            token: Some(token),
            license_active: None,
            since: state.clock.now(),
        }),
        state: TenantState::Active,
        installed_at: state.clock.now(),
    };
    let url = state.jira.site(&asking).own_url().await.map_err(|error| {
        tracing::warn!(%error, "a new installation's site cannot be asked for its address yet");
        Problem::unavailable("a new installation cannot be asked yet")
    })?;
    hosts::allowed(url.as_str(), &state.settings.tenant_hosts)
        .ok_or(Problem::unauthorised("the site is not of an allowed host"))
}
