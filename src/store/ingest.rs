//! Secrets of rules' web request steps, by their public half, and how many requests a project's rules sent lately.
//! Knows no secret, only hashes; what a request says is not its business.

use super::dialect::args;
use super::pool::{Row, ms};
use super::{Result, SqlStore, StoreError};
use crate::domain::ingest::{IngestSecret, SecretHash};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// For how long requests are counted together.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Secrets of rules' web request steps.
#[async_trait]
pub trait IngestSecrets: Send + Sync {
    /// Adds a secret, unless its project has `most` of them already; then false.
    async fn add_ingest_secret(&self, secret: &IngestSecret, most: u32) -> Result<bool>;
    /// The secret with this public half, whosesoever it is.
    async fn ingest_secret(&self, id: &str) -> Result<Option<IngestSecret>>;
    /// All secrets of a project, oldest first.
    async fn ingest_secrets(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<IngestSecret>>;
    /// Deletes a secret of this project; false when it has none with this public half.
    async fn remove_ingest_secret(&self, tenant: TenantId, project: ProjectId, id: &str) -> Result<bool>;
    /// Counts one request by this secret. `None`: it is taken; else how long its project has to wait, since `most` were taken
    /// within a minute.
    async fn admit_ingest(&self, secret: &IngestSecret, now: Timestamp, most: u32) -> Result<Option<SignedDuration>>;
}

fn read_secret(row: &Row) -> Result<IngestSecret> {
    let hash = row.bytes("hash")?.try_into().map_err(|_| StoreError::Unavailable)?;
    Ok(IngestSecret {
        id: row.text("id")?,
        tenant: TenantId(row.int("tenant")?),
        project: ProjectId(row.int("project")?),
        hash: SecretHash(hash),
        created_at: row.time("created_at")?,
        created_by: AccountId(row.text("created_by")?),
        last_used_at: row.opt_time("last_used_at")?,
    })
}

#[async_trait]
impl IngestSecrets for SqlStore {
    async fn add_ingest_secret(&self, secret: &IngestSecret, most: u32) -> Result<bool> {
        let sql = "INSERT INTO ingest_secret (id, tenant, project, hash, created_at, created_by) \
             SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM ingest_secret WHERE tenant = $2 AND project = $3) < $7";
        let IngestSecret { id, tenant, project, hash, created_at, created_by, .. } = secret;
        let values = args![id, tenant.0, project.0, hash.0.to_vec(), ms(*created_at), &created_by.0, most];
        Ok(self.db.write(sql, values).await? > 0)
    }

    async fn ingest_secret(&self, id: &str) -> Result<Option<IngestSecret>> {
        let row = self.db.read_one("SELECT * FROM ingest_secret WHERE id = $1", args![id]).await?;
        row.as_ref().map(read_secret).transpose()
    }

    async fn ingest_secrets(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<IngestSecret>> {
        let sql = "SELECT * FROM ingest_secret WHERE tenant = $1 AND project = $2 ORDER BY created_at, id";
        self.db.read(sql, args![tenant.0, project.0]).await?.iter().map(read_secret).collect()
    }

    async fn remove_ingest_secret(&self, tenant: TenantId, project: ProjectId, id: &str) -> Result<bool> {
        if id.contains('\0') {
            return Ok(false); // no such id can exist, and PostgreSQL would call it an error
        }
        let sql = "DELETE FROM ingest_secret WHERE tenant = $1 AND project = $2 AND id = $3";
        Ok(self.db.write(sql, args![tenant.0, project.0, id]).await? > 0)
    }

    async fn admit_ingest(&self, secret: &IngestSecret, now: Timestamp, most: u32) -> Result<Option<SignedDuration>> {
        let (tenant, project) = (secret.tenant.0, secret.project.0);
        let sql = "INSERT INTO ingest_pace (tenant, project, began, used) VALUES ($1, $2, $3, 1) \
             ON CONFLICT (tenant, project) DO UPDATE SET \
             used = CASE WHEN ingest_pace.began <= $4 THEN 1 ELSE ingest_pace.used + 1 END, \
             began = CASE WHEN ingest_pace.began <= $4 THEN $3 ELSE ingest_pace.began END RETURNING began, used";
        let over = ms(now.saturating_sub(MINUTE).unwrap_or(now));
        let rows = self.db.write_rows(sql, args![tenant, project, ms(now), over]).await?;
        let row = rows.first().ok_or(StoreError::Unavailable)?;
        if row.int("used")? > i64::from(most) {
            let free = row.time("began")?.saturating_add(MINUTE).unwrap_or(now);
            return Ok(Some(free.duration_since(now).clamp(SignedDuration::from_secs(1), MINUTE)));
        }
        // Not at every request: to the minute is enough for whoever looks for a secret that nobody uses.
        let sql =
            "UPDATE ingest_secret SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
        self.db.write(sql, args![&secret.id, ms(now), over]).await?;
        Ok(None)
    }
}
