//! What was asked from Jira a short while ago: one call for however many ask at once, and none while the answer is fresh.
//! Remembers answers, never failures.

use crate::domain::audit::AccountCreated;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::jira::{AuditRecord, JiraError, PortalAccess, Site, User};
use jiff::Timestamp;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

/// An account's type hardly ever changes.
const USER_KEPT: Duration = Duration::from_secs(60 * 60);
/// That the log holds no record of somebody may change within minutes.
const RECORD_KEPT: Duration = Duration::from_secs(10 * 60);
/// An admin who has cured something wants to see it; "check again" asks anew at once.
const SETUP_KEPT: Duration = Duration::from_secs(10 * 60);
const MOST: u64 = 50_000;

/// What the log says about one account, and when it was asked.
pub(super) type Creation = (Option<AccountCreated>, Timestamp);

/// The answers of all tenants.
#[derive(Debug)]
pub(super) struct Remembered {
    users: Cache<(TenantId, AccountId), (User, Timestamp)>,
    creations: Cache<(TenantId, AccountId), Creation>,
    portal_access: Cache<(TenantId, ProjectId), (PortalAccess, Timestamp)>,
    senders: Cache<(TenantId, ProjectId), (bool, Timestamp)>,
    plans: Cache<TenantId, (bool, Timestamp)>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            users: Cache::builder().max_capacity(MOST).time_to_live(USER_KEPT).build(),
            creations: Cache::builder().max_capacity(MOST).time_to_live(RECORD_KEPT).build(),
            portal_access: Cache::builder().max_capacity(MOST).time_to_live(SETUP_KEPT).build(),
            senders: Cache::builder().max_capacity(MOST).time_to_live(SETUP_KEPT).build(),
            plans: Cache::builder().max_capacity(MOST).time_to_live(SETUP_KEPT).build(),
        }
    }
}

impl Remembered {
    /// An account of the site, and when Jira said so.
    pub(super) async fn user(
        &self,
        site: &Site,
        tenant: TenantId,
        account: &AccountId,
        now: Timestamp,
        fresh: bool,
    ) -> Result<(User, Timestamp), JiraError> {
        kept(&self.users, (tenant, account.clone()), site.user(account), now, fresh).await
    }

    /// What a project's scheme gives to portal-only customers, and when Jira said so.
    pub(super) async fn portal_access(
        &self,
        site: &Site,
        tenant: TenantId,
        project: ProjectId,
        now: Timestamp,
        fresh: bool,
    ) -> Result<(PortalAccess, Timestamp), JiraError> {
        kept(&self.portal_access, (tenant, project), site.portal_access(project), now, fresh).await
    }

    /// Whether a project's sender is in order, and when Jira said so.
    pub(super) async fn sender(
        &self,
        site: &Site,
        tenant: TenantId,
        project: ProjectId,
        now: Timestamp,
        fresh: bool,
    ) -> Result<(bool, Timestamp), JiraError> {
        kept(&self.senders, (tenant, project), site.sender_is_verified(project), now, fresh).await
    }

    /// Whether the site is on the Free plan throughout, and when Jira said so.
    pub(super) async fn all_free(
        &self,
        site: &Site,
        tenant: TenantId,
        now: Timestamp,
        fresh: bool,
    ) -> Result<(bool, Timestamp), JiraError> {
        kept(&self.plans, tenant, site.is_all_free(), now, fresh).await
    }

    /// The earliest record "User created" of one account, asked from the log by its id.
    pub(super) async fn creation(
        &self,
        site: &Site,
        tenant: TenantId,
        account: &AccountId,
        fresh: bool,
    ) -> Result<Creation, JiraError> {
        let key = (tenant, account.clone());
        if fresh {
            self.creations.invalidate(&key).await;
        }
        let load = async {
            let answer = site.audit_page(None, None, Some(&account.0), 0).await?;
            let of_account = answer.value.records.into_iter().filter_map(|record| match record {
                AuditRecord::AccountCreated(created) if created.account == *account => Some(created),
                _ => None,
            });
            Ok((of_account.min_by_key(|created| created.at), answer.asked_at))
        };
        self.creations.try_get_with(key, load).await.map_err(unshared)
    }
}

/// The kept answer, or that of the call with the time of asking. `fresh` passes what is kept.
async fn kept<K, V>(
    cache: &Cache<K, (V, Timestamp)>,
    key: K,
    call: impl Future<Output = Result<V, JiraError>>,
    now: Timestamp,
    fresh: bool,
) -> Result<(V, Timestamp), JiraError>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    if fresh {
        cache.invalidate(&key).await;
    }
    let load = async { Ok((call.await?, now)) };
    cache.try_get_with(key, load).await.map_err(unshared)
}

fn unshared(error: Arc<JiraError>) -> JiraError {
    (*error).clone()
}
