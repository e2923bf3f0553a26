//! The second door of sites: which installation of Forge leads to which tenant, and the token it last brought.
//! Does not know how an invocation was proved; a door has done that.

use super::dialect::args;
use super::pool::{Tx, ms};
use super::queue::accept_in;
use super::tenants::{begin_anew, end_work, owner};
use super::{Result, SqlStore, StoreError};
use crate::domain::TenantId;
use crate::domain::tenant::{ForgeInstallation, SystemToken, Tenant};
use crate::domain::work::{NewWork, TOKEN_ENDED};
use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use sqlx::AssertSqlSafe;

/// The second door of sites. A tenant is one site by whichever door.
#[async_trait]
pub trait ForgeDoors: Send + Sync {
    /// A verified invocation of an installation that is not open here: opens the door of the tenant that this site is already,
    /// or makes the tenant. One that was not active loses its waiting erasure and its passes, and gets `chores`, all in the
    /// same transaction.
    async fn open_forge(
        &self,
        told: &ForgeInstallation,
        at: Timestamp,
        chores: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<TenantId>;
    /// Keeps a token that lives longer than the one that is there, and makes the rows due that waited for one. False if it does
    /// not, or the door is closed.
    async fn keep_token(
        &self,
        tenant: TenantId,
        installation_id: &str,
        token: &SystemToken,
        at: Timestamp,
    ) -> Result<bool>;
    /// Closes the door; without another one the tenant is uninstalled, and its waiting rows but `then` are deleted. False when
    /// it is not open.
    async fn close_forge(
        &self,
        installation_id: &str,
        at: Timestamp,
        then: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<bool>;
    /// The tenant whose open door this installation is.
    async fn tenant_by_installation(&self, installation_id: &str) -> Result<Option<Tenant>>;
    /// Whether this installation was closed here and none followed it.
    async fn was_closed(&self, installation_id: &str) -> Result<bool>;
    /// Of the open doors, how many have a token that lives and how many wait for one.
    async fn tokens(&self, now: Timestamp) -> Result<(u64, u64)>;
}

impl SqlStore {
    /// The row of this site, held; made when there is none.
    async fn hold_site(&self, tx: &mut Tx, told: &ForgeInstallation, at: Timestamp) -> Result<Option<TenantId>> {
        tx.run(
            "INSERT INTO forge_installation (cloud_id, installation_id, api_base_url, since) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (cloud_id) DO NOTHING",
            args![&told.cloud_id, &told.installation_id, told.api_base_url.as_str(), ms(at)],
        )
        .await?;
        let held = format!("SELECT tenant FROM forge_installation WHERE cloud_id = $1 {}", tx.dialect().for_update());
        let row = tx.one(AssertSqlSafe(held), args![&told.cloud_id]).await?.ok_or(StoreError::Unavailable)?;
        Ok(row.opt_int("tenant")?.map(TenantId))
    }

    /// The tenant that this site is already by Connect: as Connect's own calls name it, else by its address, unless another site
    /// is known to have had that.
    async fn same_site(&self, tx: &mut Tx, told: &ForgeInstallation) -> Result<Option<TenantId>> {
        let known = tx
            .one(
                "SELECT id FROM tenant WHERE state <> 'frozen' AND (installation_id = $1 OR cloud_id = $2 \
                 OR (base_url = $3 AND state = 'active' AND cloud_id IS NULL)) ORDER BY state, id DESC LIMIT 1",
                args![&told.installation_id, &told.cloud_id, told.base_url.as_str()],
            )
            .await?;
        known.map(|row| row.int("id").map(TenantId)).transpose()
    }

    async fn new_site(&self, tx: &mut Tx, told: &ForgeInstallation, at: Timestamp) -> Result<TenantId> {
        let row = tx
            .one(
                "INSERT INTO tenant (base_url, cloud_id, state, state_since, installed_at, changed_at) \
                 VALUES ($1, $2, 'frozen', $3, $3, $3) RETURNING id",
                args![told.base_url.as_str(), &told.cloud_id, ms(at)],
            )
            .await?;
        Ok(TenantId(row.ok_or(StoreError::Unavailable)?.int("id")?))
    }

    /// Makes the tenant active if it is not. True if it was not.
    async fn activate(&self, tx: &mut Tx, id: TenantId, told: &ForgeInstallation, at: Timestamp) -> Result<bool> {
        // An address belongs to one active tenant; an older one of this address is another site's past.
        tx.run(
            "UPDATE tenant SET state = 'frozen', state_since = $3, changed_at = $3 \
             WHERE base_url = $1 AND id <> $2 AND state = 'active'",
            args![told.base_url.as_str(), id.0, ms(at)],
        )
        .await?;
        let came = tx
            .run(
                "UPDATE tenant SET state = 'active', state_since = $2, installed_at = $2, changed_at = $2 \
                 WHERE id = $1 AND state <> 'active'",
                args![id.0, ms(at)],
            )
            .await?;
        tx.run(
            "UPDATE tenant SET base_url = $2, cloud_id = $3, changed_at = $4 WHERE id = $1",
            args![id.0, told.base_url.as_str(), &told.cloud_id, ms(at)],
        )
        .await?;
        Ok(came > 0)
    }
}

#[async_trait]
impl ForgeDoors for SqlStore {
    async fn open_forge(
        &self,
        told: &ForgeInstallation,
        at: Timestamp,
        chores: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<TenantId> {
        let mut tx = self.db.begin().await?;
        let id = match self.hold_site(&mut tx, told, at).await? {
            Some(id) => id,
            None => match self.same_site(&mut tx, told).await? {
                Some(id) => id,
                None => self.new_site(&mut tx, told, at).await?,
            },
        };
        // Another user of Jira speaks for us from now on: what was proven of the one before is not of this one.
        tx.run(
            "UPDATE project SET canary = 'untried', canary_at = NULL WHERE tenant = $1 AND NOT EXISTS \
             (SELECT 1 FROM forge_installation AS f WHERE f.tenant = $1 AND f.installation_id = $2 AND f.closed_at IS NULL)",
            args![id.0, &told.installation_id],
        )
        .await?;
        tx.run(
            "UPDATE forge_installation SET tenant = $2, api_base_url = $4, license_active = $5, \
             since = CASE WHEN closed_at IS NULL AND tenant = $2 THEN since ELSE $6 END, \
             token = CASE WHEN installation_id = $3 AND tenant = $2 THEN token ELSE NULL END, \
             token_until = CASE WHEN installation_id = $3 AND tenant = $2 THEN token_until ELSE NULL END, \
             installation_id = $3, closed_at = NULL WHERE cloud_id = $1",
            args![
                &told.cloud_id,
                id.0,
                &told.installation_id,
                told.api_base_url.as_str(),
                told.license_active.map(i64::from),
                ms(at),
            ],
        )
        .await?;
        if self.activate(&mut tx, id, told, at).await? {
            begin_anew(&mut tx, id).await?;
            accept_in(&mut tx, &chores(id), at).await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    async fn keep_token(
        &self,
        tenant: TenantId,
        installation_id: &str,
        token: &SystemToken,
        at: Timestamp,
    ) -> Result<bool> {
        let sealed = self.keys.seal(&owner(tenant), token.token.expose_secret().as_bytes())?;
        let mut tx = self.db.begin().await?;
        let kept = tx
            .run(
                "UPDATE forge_installation SET token = $3, token_until = $4 WHERE tenant = $1 AND installation_id = $2 \
                 AND closed_at IS NULL AND (token_until IS NULL OR token_until < $4)",
                args![tenant.0, installation_id, sealed, ms(token.expires_at)],
            )
            .await?;
        if kept > 0 {
            let waiting =
                "UPDATE queue SET run_at = $2 WHERE tenant = $1 AND state = 'queued' AND why = $3 AND run_at > $2";
            tx.run(waiting, args![tenant.0, ms(at), TOKEN_ENDED]).await?;
        }
        tx.commit().await?;
        Ok(kept > 0)
    }

    async fn close_forge(
        &self,
        installation_id: &str,
        at: Timestamp,
        then: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let closed = tx
            .one(
                "UPDATE forge_installation SET closed_at = $2, token = NULL, token_until = NULL \
                 WHERE installation_id = $1 AND closed_at IS NULL RETURNING tenant",
                args![installation_id, ms(at)],
            )
            .await?;
        let Some(id) = closed.map(|row| row.int("tenant")).transpose()?.map(TenantId) else { return Ok(false) };
        let gone = tx
            .run(
                "UPDATE tenant SET state = 'uninstalled', state_since = $2, changed_at = $2 \
                 WHERE id = $1 AND state = 'active' AND secret IS NULL",
                args![id.0, ms(at)],
            )
            .await?;
        if gone > 0 {
            end_work(&mut tx, id, &then(id), at).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn tenant_by_installation(&self, installation_id: &str) -> Result<Option<Tenant>> {
        if installation_id.contains('\0') {
            return Ok(None); // no such id can exist, and PostgreSQL would call it an error
        }
        self.find_tenant("forge.installation_id = $1", installation_id.into()).await
    }

    async fn tokens(&self, now: Timestamp) -> Result<(u64, u64)> {
        let sql = "SELECT COALESCE(SUM(CASE WHEN token_until > $1 THEN 1 ELSE 0 END), 0) AS living, COUNT(*) AS doors \
             FROM forge_installation WHERE closed_at IS NULL AND tenant IS NOT NULL";
        let Some(row) = self.db.read_one(sql, args![ms(now)]).await? else { return Ok((0, 0)) };
        let living = row.count("living")?;
        Ok((living, row.count("doors")?.saturating_sub(living)))
    }

    async fn was_closed(&self, installation_id: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM forge_installation WHERE installation_id = $1 AND closed_at IS NOT NULL";
        Ok(self.db.read_one(sql, args![installation_id]).await?.is_some())
    }
}
