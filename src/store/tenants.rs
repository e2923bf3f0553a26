//! Sites that installed us, their sealed secrets, and the key of our own marks.
//! Does not know how an install was proved; a door has done that.

use super::dialect::args;
use super::pool::{Row, Tx, ms};
use super::queue::accept_in;
use super::seal::random_key;
use super::{Result, SqlStore, StoreError, Tenants};
use crate::domain::TenantId;
use crate::domain::tenant::{Connect, Forge, Installation, PREVIOUS_SECRET_HONOURED, State, SystemToken, Tenant};
use crate::domain::work::NewWork;
use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sqlx::AssertSqlSafe;
use url::Url;

const MARKING_KEY: &str = "marking_key";

/// Tables with rows of a tenant, in the order of their erasure: what later rows would be judged by goes first, so that a
/// site that comes back half way is seeded again instead of finding everybody new.
const OF_A_TENANT: &[&str] = &[
    "queue",
    "roster_pass",
    "roster_run",
    "roster_found",
    "roster_listed",
    "roster_organisation",
    "roster_batch",
    "roster_gap",
    "audit_mark",
    "project",
    "customer_case",
    "seat",
    "fact_line",
    "account_created",
    "trail",
    "scan",
    "scan_way",
    "person_line",
    "address_mark",
    "calibration",
    "look",
    "ingest_secret",
    "ingest_pace",
    "pause",
    "pace",
    "forge_installation",
];

/// Tenants with the second door they have now.
const TENANTS: &str = "SELECT tenant.*, forge.installation_id AS forge_id, forge.cloud_id AS forge_cloud, forge.api_base_url, \
     forge.license_active, forge.token, forge.token_until, forge.since \
     FROM tenant LEFT JOIN forge_installation AS forge ON forge.tenant = tenant.id AND forge.closed_at IS NULL";

pub(super) fn owner(tenant: TenantId) -> String {
    format!("tenant:{tenant}")
}

fn url(text: String) -> Result<Url> {
    Url::parse(&text).map_err(|_| StoreError::Unavailable)
}

/// Tables without a row id need their keys named to be deleted in slices.
fn keys_of(table: &str) -> &'static str {
    match table {
        "queue" | "fact_line" | "trail" | "person_line" | "ingest_secret" => "id",
        "scan" => "tenant, id",
        "scan_way" => "tenant, scan, via",
        "roster_pass" | "roster_run" | "roster_gap" => "tenant, project, via",
        "roster_found" | "seat" => "tenant, project, via, account",
        "roster_listed" | "roster_organisation" => "tenant, project, organisation",
        "roster_batch" => "tenant, project, via, at",
        "audit_mark" => "tenant",
        "project" => "tenant, id",
        "customer_case" => "tenant, project, account",
        "account_created" => "tenant, account",
        "ingest_pace" => "tenant, project",
        "address_mark" => "tenant, project, mark, kind, not_before",
        "calibration" => "tenant, source",
        "look" => "tenant, source, project",
        "forge_installation" => "cloud_id",
        _ => "scope",
    }
}

impl SqlStore {
    fn secret(&self, tenant: TenantId, envelope: &[u8]) -> Result<SecretString> {
        let opened = self.keys.open(&owner(tenant), envelope)?;
        let text = std::str::from_utf8(opened.expose_secret()).map_err(|_| StoreError::Sealed)?;
        Ok(SecretString::from(text))
    }

    fn read_tenant(&self, row: &Row) -> Result<Tenant> {
        let id = TenantId(row.int("id")?);
        let since = row.time("state_since")?;
        let cloud_id = row.opt_text("cloud_id")?;
        Ok(Tenant {
            id,
            base_url: url(row.text("base_url")?)?,
            display_url: row.opt_text("display_url")?.map(url).transpose()?,
            help_center_url: row.opt_text("help_center_url")?.map(url).transpose()?,
            cloud_id: row.opt_text("forge_cloud")?.or(cloud_id),
            connect: self.read_connect(id, row)?,
            forge: self.read_forge(id, row)?,
            state: match row.text("state")?.as_str() {
                "active" => State::Active,
                "uninstalled" => State::Uninstalled(since),
                _ => State::Frozen(since),
            },
            installed_at: row.time("installed_at")?,
        })
    }

    fn read_connect(&self, id: TenantId, row: &Row) -> Result<Option<Connect>> {
        let (Some(client_key), Some(secret)) = (row.opt_text("client_key")?, row.opt_bytes("secret")?) else {
            return Ok(None);
        };
        let previous = row.opt_bytes("previous_secret")?.zip(row.opt_time("previous_until")?);
        Ok(Some(Connect {
            client_key,
            app_key: row.opt_text("app_key")?.unwrap_or_default(),
            shared_secret: self.secret(id, &secret)?,
            installation_id: row.opt_text("installation_id")?,
            previous_secret: match previous {
                Some((envelope, until)) => Some((self.secret(id, &envelope)?, until)),
                None => None,
            },
        }))
    }

    fn read_forge(&self, id: TenantId, row: &Row) -> Result<Option<Forge>> {
        let Some(installation_id) = row.opt_text("forge_id")? else { return Ok(None) };
        let token = row.opt_bytes("token")?.zip(row.opt_time("token_until")?);
        Ok(Some(Forge {
            installation_id,
            api_base_url: url(row.text("api_base_url")?)?,
            license_active: row.opt_int("license_active")?.map(|flag| flag != 0),
            since: row.time("since")?,
            token: match token {
                Some((envelope, expires_at)) => Some(SystemToken { token: self.secret(id, &envelope)?, expires_at }),
                None => None,
            },
        }))
    }

    /// The one tenant that `which` names.
    pub(super) async fn find_tenant(&self, which: &'static str, key: super::dialect::Arg) -> Result<Option<Tenant>> {
        let sql = AssertSqlSafe(format!("{TENANTS} WHERE {which}"));
        self.db.read_one(sql, vec![key]).await?.map(|row| self.read_tenant(&row)).transpose()
    }

    /// The row of this client key, held; made when there is none, and not active yet then. A site that is here by Forge alone
    /// is the same site: it gets the client key.
    async fn hold_tenant(&self, tx: &mut Tx, install: &Installation, at: Timestamp) -> Result<Row> {
        tx.run(
            "UPDATE tenant SET client_key = $1 WHERE client_key IS NULL AND id = (SELECT tenant FROM forge_installation \
             WHERE installation_id = $2 OR cloud_id = $3 OR ($3 IS NULL AND \
             tenant = (SELECT id FROM tenant WHERE base_url = $4 AND state = 'active')) \
             ORDER BY since LIMIT 1) AND NOT EXISTS (SELECT 1 FROM tenant AS known WHERE known.client_key = $1)",
            args![
                &install.client_key,
                install.installation_id.as_deref(),
                install.cloud_id.as_deref(),
                install.base_url.as_str(),
            ],
        )
        .await?;
        tx.run(
            "INSERT INTO tenant (client_key, app_key, base_url, secret, state, state_since, installed_at, changed_at) \
             VALUES ($1, $2, $3, $4, 'frozen', $5, $5, $5) ON CONFLICT (client_key) DO NOTHING",
            args![&install.client_key, &install.app_key, install.base_url.as_str(), Vec::<u8>::new(), ms(at)],
        )
        .await?;
        let held = format!("SELECT * FROM tenant WHERE client_key = $1 {}", tx.dialect().for_update());
        let row = tx.one(AssertSqlSafe(held), args![&install.client_key]).await?;
        row.ok_or(StoreError::Unavailable)
    }

    async fn reinstall(&self, tx: &mut Tx, row: &Row, install: &Installation, at: Timestamp) -> Result<TenantId> {
        let id = TenantId(row.int("id")?);
        let was_active = row.text("state")? == "active";
        let secret = install.shared_secret.expose_secret();
        let (old, mut previous) = (row.opt_bytes("secret")?, row.opt_bytes("previous_secret")?);
        let mut until = row.opt_int("previous_until")?;
        // A key that is lost, or an install that is delivered again, leaves the previous secret as it was.
        let replaced = |old: &Vec<u8>| self.secret(id, old).is_ok_and(|old| old.expose_secret() != secret);
        if let Some(old) = old.filter(replaced) {
            previous = Some(old);
            until = Some(ms(at + PREVIOUS_SECRET_HONOURED));
        }
        let sealed = self.keys.seal(&owner(id), secret.as_bytes())?;
        tx.run(
            "UPDATE tenant SET state = 'frozen', state_since = $3, changed_at = $3 \
             WHERE base_url = $1 AND id <> $2 AND state = 'active'",
            args![install.base_url.as_str(), id.0, ms(at)],
        )
        .await?;
        // Data imported into a site makes another tenant of it; its second door leads there from now on.
        tx.run(
            "UPDATE forge_installation SET tenant = $2 WHERE tenant IN (SELECT id FROM tenant WHERE base_url = $1 AND state = 'frozen')",
            args![install.base_url.as_str(), id.0],
        )
        .await?;
        tx.run(
            "UPDATE tenant SET app_key = $2, base_url = $3, display_url = $4, help_center_url = $5, installation_id = $6, \
             cloud_id = COALESCE($7, cloud_id), secret = $8, previous_secret = $9, previous_until = $10, changed_at = $11, \
             state_since = CASE WHEN state = 'active' THEN state_since ELSE $11 END, \
             installed_at = CASE WHEN state = 'active' THEN installed_at ELSE $11 END, state = 'active' WHERE id = $1",
            args![
                id.0,
                &install.app_key,
                install.base_url.as_str(),
                install.display_url.as_ref().map(Url::as_str),
                install.help_center_url.as_ref().map(Url::as_str),
                install.installation_id.as_deref(),
                install.cloud_id.as_deref(),
                sealed,
                previous,
                until,
                ms(at),
            ],
        )
        .await?;
        if !was_active {
            begin_anew(tx, id).await?;
        }
        Ok(id)
    }

    async fn reseal_row(&self, sql: &'static str, key: super::dialect::Arg, owner: &str, old: Vec<u8>) -> Result<u64> {
        if self.keys.is_newest(&old) {
            return Ok(0);
        }
        let opened = self.keys.open(owner, &old)?;
        let sealed = self.keys.seal(owner, opened.expose_secret())?;
        self.db.write(sql, vec![key, sealed.into(), old.into()]).await
    }
}

/// A tenant that comes back: the erasure of the uninstall is off, and the first pass after an install seeds (rules.md section 2).
pub(super) async fn begin_anew(tx: &mut Tx, id: TenantId) -> Result<()> {
    tx.run("DELETE FROM queue WHERE tenant = $1 AND kind = 'erase' AND state <> 'leased'", args![id.0]).await?;
    tx.run("DELETE FROM roster_pass WHERE tenant = $1", args![id.0]).await?;
    tx.run("DELETE FROM roster_run WHERE tenant = $1", args![id.0]).await?;
    tx.run("DELETE FROM roster_organisation WHERE tenant = $1", args![id.0]).await?;
    Ok(())
}

/// A tenant by neither door: nothing of its work is done any more but `then`.
pub(super) async fn end_work(tx: &mut Tx, id: TenantId, then: &[NewWork], at: Timestamp) -> Result<()> {
    tx.run("DELETE FROM queue WHERE tenant = $1 AND state = 'queued'", args![id.0]).await?;
    tx.run("DELETE FROM roster_run WHERE tenant = $1", args![id.0]).await?;
    accept_in(tx, then, at).await?;
    Ok(())
}

#[async_trait]
impl Tenants for SqlStore {
    async fn install(
        &self,
        installation: &Installation,
        at: Timestamp,
        chores: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<TenantId> {
        let mut tx = self.db.begin().await?;
        let row = self.hold_tenant(&mut tx, installation, at).await?;
        let id = self.reinstall(&mut tx, &row, installation, at).await?;
        accept_in(&mut tx, &chores(id), at).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn uninstall(
        &self,
        client_key: &str,
        at: Timestamp,
        then: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        // While Forge leads to the site, only this door closes.
        let other = "EXISTS (SELECT 1 FROM forge_installation AS f WHERE f.tenant = tenant.id AND f.closed_at IS NULL)";
        let closed = format!(
            "UPDATE tenant SET secret = NULL, previous_secret = NULL, previous_until = NULL, changed_at = $2 \
             WHERE client_key = $1 AND state = 'active' AND {other} RETURNING id"
        );
        if tx.one(AssertSqlSafe(closed), args![client_key, ms(at)]).await?.is_some() {
            tx.commit().await?;
            return Ok(true);
        }
        let row = tx
            .one(
                "UPDATE tenant SET state_since = CASE WHEN state = 'uninstalled' THEN state_since ELSE $2 END, \
                 state = 'uninstalled', changed_at = $2 WHERE client_key = $1 RETURNING id",
                args![client_key, ms(at)],
            )
            .await?;
        let Some(id) = row.map(|row| row.int("id")).transpose()?.map(TenantId) else { return Ok(false) };
        end_work(&mut tx, id, &then(id), at).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn set_enabled(&self, tenant: TenantId, enabled: bool, at: Timestamp) -> Result<()> {
        self.db
            .write(
                "UPDATE tenant SET enabled = $2, enabled_at = $3, changed_at = $3 \
                 WHERE id = $1 AND (enabled_at IS NULL OR enabled_at <= $3)",
                args![tenant.0, enabled, ms(at)],
            )
            .await
            .map(drop)
    }

    async fn tenant_by_client_key(&self, client_key: &str) -> Result<Option<Tenant>> {
        if client_key.contains('\0') {
            return Ok(None); // no such key can exist, and PostgreSQL would call it an error
        }
        self.find_tenant("tenant.client_key = $1", client_key.into()).await
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        self.find_tenant("tenant.id = $1", id.0.into()).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        let rows = self.db.read(AssertSqlSafe(format!("{TENANTS} ORDER BY tenant.id")), Vec::new()).await?;
        rows.iter().map(|row| self.read_tenant(row)).collect()
    }

    async fn erase_tenant(&self, id: TenantId, limit: u32) -> Result<bool> {
        let active = self.db.read_one("SELECT 1 FROM tenant WHERE id = $1 AND state = 'active'", args![id.0]).await?;
        if active.is_some() {
            return Err(StoreError::Rejected); // it was installed again meanwhile
        }
        let mut left = u64::from(limit);
        for table in OF_A_TENANT {
            let keys = keys_of(table);
            // The leased row is the erasure itself; settling it ends it.
            let but = if *table == "queue" { "AND state <> 'leased'" } else { "" };
            let sql = format!(
                "DELETE FROM {table} WHERE ({keys}) IN (SELECT {keys} FROM {table} WHERE tenant = $1 {but} LIMIT $2)"
            );
            let limit = i64::try_from(left).unwrap_or(i64::MAX);
            let erased = self.db.write(AssertSqlSafe(sql), args![id.0, limit]).await?;
            left = left.saturating_sub(erased);
            if left == 0 {
                return Ok(false);
            }
        }
        self.db.write("DELETE FROM tenant WHERE id = $1 AND state <> 'active'", args![id.0]).await?;
        Ok(true)
    }

    async fn marking_key(&self) -> Result<SecretSlice<u8>> {
        let find = "SELECT value FROM keepsake WHERE name = $1";
        if let Some(row) = self.db.read_one(find, args![MARKING_KEY]).await? {
            return self.keys.open(MARKING_KEY, &row.bytes("value")?);
        }
        let sealed = self.keys.seal(MARKING_KEY, &random_key())?;
        let make = "INSERT INTO keepsake (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        self.db.write(make, args![MARKING_KEY, sealed]).await?;
        // Whoever was first made it; everybody reads that one.
        let row = self.db.read_one(find, args![MARKING_KEY]).await?.ok_or(StoreError::Unavailable)?;
        self.keys.open(MARKING_KEY, &row.bytes("value")?)
    }

    async fn reseal(&self) -> Result<u64> {
        let mut moved = 0;
        // Each only if it is still what was read: an install may replace it meanwhile, sealed with the newest key anyway.
        for row in self.db.read("SELECT id, secret, previous_secret FROM tenant ORDER BY id", Vec::new()).await? {
            let id = TenantId(row.int("id")?);
            if let Some(secret) = row.opt_bytes("secret")? {
                let sql = "UPDATE tenant SET secret = $2 WHERE id = $1 AND secret = $3";
                moved += self.reseal_row(sql, id.0.into(), &owner(id), secret).await?;
            }
            if let Some(previous) = row.opt_bytes("previous_secret")? {
                let sql = "UPDATE tenant SET previous_secret = $2 WHERE id = $1 AND previous_secret = $3";
                moved += self.reseal_row(sql, id.0.into(), &owner(id), previous).await?;
            }
        }
        let tokens = "SELECT tenant, token FROM forge_installation WHERE token IS NOT NULL AND tenant IS NOT NULL";
        for row in self.db.read(tokens, Vec::new()).await? {
            let id = TenantId(row.int("tenant")?);
            let sql = "UPDATE forge_installation SET token = $2 WHERE tenant = $1 AND token = $3";
            moved += self.reseal_row(sql, id.0.into(), &owner(id), row.bytes("token")?).await?;
        }
        for row in self.db.read("SELECT name, value FROM keepsake", Vec::new()).await? {
            let name = row.text("name")?;
            let sql = "UPDATE keepsake SET value = $2 WHERE name = $1 AND value = $3";
            moved += self.reseal_row(sql, (&name).into(), &name, row.bytes("value")?).await?;
        }
        Ok(moved)
    }
}
