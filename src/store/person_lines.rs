//! What was said about people: statements of admins, hints of rules.
//! Judges nothing: which line counts for which add is a source's to say.

use super::dialect::{Batch, Of, args};
use super::pool::{Row, ms, opt_ms};
use super::{Result, SqlStore, StoreError};
use crate::domain::person_line::PersonLine;
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{FactKey, Source};
use sqlx::AssertSqlSafe;

/// What was said about one person in one project.
#[async_trait]
pub trait PersonLines: Send + Sync {
    /// Adds lines that are not there yet (same person, project, fact, source, `since` or else `observed_at`), all or none;
    /// says how many were new.
    async fn record_person_lines(&self, tenant: TenantId, lines: &[PersonLine]) -> Result<u64>;
    /// Every line about these people on the site, whatever the project, oldest first.
    async fn person_lines(&self, tenant: TenantId, accounts: &[AccountId]) -> Result<Vec<PersonLine>>;
    /// Lines of one source in one project, newest first.
    async fn person_lines_in(
        &self,
        tenant: TenantId,
        project: ProjectId,
        source: Source,
        limit: u32,
    ) -> Result<Vec<PersonLine>>;
}

/// Older than the retention, unless the case is still to be decided. That an address is free again is kept as long as marks
/// that say it is blocked (90 days), or these would speak again once it is forgotten.
pub(super) const SWEEP: &str = "DELETE FROM person_line WHERE id IN (SELECT l.id FROM person_line AS l WHERE l.tenant = $1 \
     AND l.at < $2 - 86400000 * CASE WHEN l.fact = 'address_suppressed' THEN 90 ELSE COALESCE((SELECT p.retention_days \
     FROM project AS p WHERE p.tenant = $1 AND p.id = l.project), $3) END AND NOT EXISTS (SELECT 1 FROM customer_case AS c \
     WHERE c.tenant = l.tenant AND c.project = l.project AND c.account = l.account AND c.state IN ('open', 'unchecked')) \
     LIMIT 500)";

const LINE: &[(&str, Of)] = &[
    ("project", Of::Int),
    ("account", Of::Text),
    ("fact", Of::Text),
    ("value", Of::Text),
    ("source", Of::Text),
    ("since", Of::Int),
    ("observed_at", Of::Int),
    ("by_account", Of::Text),
    ("at", Of::Int),
];

fn batch(lines: &[PersonLine]) -> Result<Batch> {
    let mut batch = Batch::new(LINE);
    for line in lines {
        if line.account.0.contains('\0') || line.by.as_ref().is_some_and(|by| by.contains('\0')) {
            return Err(StoreError::Rejected);
        }
        batch.push(args![
            line.project.0,
            &line.account.0,
            line.key.name(),
            line.value.to_string(),
            line.source.name(),
            opt_ms(line.since),
            ms(line.observed_at),
            line.by.as_deref(),
            ms(line.since.unwrap_or(line.observed_at)),
        ]);
    }
    Ok(batch)
}

/// `None` when this version does not know the fact or the source any more.
fn read_line(row: &Row) -> Result<Option<PersonLine>> {
    let (Some(key), Some(source)) = (FactKey::from_name(&row.text("fact")?), Source::from_name(&row.text("source")?))
    else {
        return Ok(None);
    };
    Ok(Some(PersonLine {
        project: ProjectId(row.int("project")?),
        account: AccountId(row.text("account")?),
        key,
        value: serde_json::from_str(&row.text("value")?).map_err(|_| StoreError::Unavailable)?,
        source,
        since: row.opt_time("since")?,
        observed_at: row.time("observed_at")?,
        by: row.opt_text("by_account")?,
    }))
}

#[async_trait]
impl PersonLines for SqlStore {
    async fn record_person_lines(&self, tenant: TenantId, lines: &[PersonLine]) -> Result<u64> {
        let batch = batch(lines)?;
        if batch.is_empty() {
            return Ok(0);
        }
        let (from, values) = self.db.dialect().rows(batch, 2);
        let sql = format!(
            "INSERT INTO person_line (tenant, project, account, fact, value, source, since, observed_at, by_account, at) \
             SELECT $1, project, account, fact, value, source, since, observed_at, by_account, at FROM {from} AS line \
             WHERE true ORDER BY account, project, fact, source, at \
             ON CONFLICT (tenant, account, project, fact, source, at) DO NOTHING"
        );
        self.db.write(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await
    }

    async fn person_lines(&self, tenant: TenantId, accounts: &[AccountId]) -> Result<Vec<PersonLine>> {
        let batch = Batch::of_texts(&[("account", Of::Text)], accounts.iter().map(|a| a.0.as_str()));
        let (from, values) = self.db.dialect().rows(batch, 2);
        let sql = format!(
            "SELECT * FROM person_line WHERE tenant = $1 AND account IN (SELECT account FROM {from} AS asked) \
             ORDER BY at, id"
        );
        let rows = self.db.read(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await?;
        rows.iter().filter_map(|row| read_line(row).transpose()).collect()
    }

    async fn person_lines_in(
        &self,
        tenant: TenantId,
        project: ProjectId,
        source: Source,
        limit: u32,
    ) -> Result<Vec<PersonLine>> {
        let sql = "SELECT * FROM person_line WHERE tenant = $1 AND project = $2 AND source = $3 \
             ORDER BY at DESC, id DESC LIMIT $4";
        let rows = self.db.read(sql, args![tenant.0, project.0, source.name(), limit]).await?;
        rows.iter().filter_map(|row| read_line(row).transpose()).collect()
    }
}
