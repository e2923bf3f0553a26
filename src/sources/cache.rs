//! What was asked from Jira a short while ago: one call for however many ask at once, and none while the answer is fresh.
//! Remembers answers, never failures.

use crate::domain::audit::AccountCreated;
use crate::domain::{AccountId, TenantId};
use crate::jira::{AuditRecord, JiraError, Site, User};
use jiff::Timestamp;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

/// An account's type hardly ever changes.
const USER_KEPT: Duration = Duration::from_secs(60 * 60);
/// That the log holds no record of somebody may change within minutes.
const RECORD_KEPT: Duration = Duration::from_secs(10 * 60);
const MOST: u64 = 50_000;

/// What the log says about one account, and when it was asked.
pub(super) type Creation = (Option<AccountCreated>, Timestamp);

/// The answers of all tenants.
#[derive(Debug)]
pub(super) struct Remembered {
    users: Cache<(TenantId, AccountId), User>,
    creations: Cache<(TenantId, AccountId), Creation>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            users: Cache::builder().max_capacity(MOST).time_to_live(USER_KEPT).build(),
            creations: Cache::builder().max_capacity(MOST).time_to_live(RECORD_KEPT).build(),
        }
    }
}

impl Remembered {
    /// An account of the site.
    pub(super) async fn user(
        &self,
        site: &Site,
        tenant: TenantId,
        account: &AccountId,
        fresh: bool,
    ) -> Result<User, JiraError> {
        let key = (tenant, account.clone());
        if fresh {
            self.users.invalidate(&key).await;
        }
        let load = site.user(account);
        self.users.try_get_with(key, load).await.map_err(unshared)
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

fn unshared(error: Arc<JiraError>) -> JiraError {
    (*error).clone()
}
