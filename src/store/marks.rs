//! Rows of imported notification logs, by the mark of their address.
//! Holds no address and no way back to one; judges nothing.

use super::dialect::{Batch, Of, args};
use super::pool::{Row, ms};
use super::{Result, SqlStore, StoreError};
use crate::domain::address::AddressMark;
use crate::domain::mark::{MarkKind, MarkedRow};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::Moment;
use sqlx::AssertSqlSafe;

/// What notification logs said about addresses.
#[async_trait]
pub trait Marks: Send + Sync {
    /// Adds the rows of one import that are not there yet (same project, mark, kind and date), all or none; says how many were
    /// new.
    async fn record_marks(&self, tenant: TenantId, rows: &[MarkedRow]) -> Result<u64>;
    /// Every row about these addresses on the site, whatever the project, oldest first.
    async fn marks(&self, tenant: TenantId, marks: &[AddressMark]) -> Result<Vec<MarkedRow>>;
    /// Whether the site has any row at all: without one nobody's address needs to be known.
    async fn has_marks(&self, tenant: TenantId) -> Result<bool>;
}

/// 90 days of our own history, whatever the retention of cases: a block lasts until somebody lifts it.
pub(super) const SWEEP: &str = "DELETE FROM address_mark WHERE (tenant, project, mark, kind, not_before) IN \
     (SELECT m.tenant, m.project, m.mark, m.kind, m.not_before FROM address_mark AS m WHERE m.tenant = $1 \
     AND m.not_after < $2 - 86400000 * CASE WHEN $3 > 90 THEN $3 ELSE 90 END LIMIT 500)";

/// Rows in one statement.
const ROWS: usize = 5_000;

const ROW: &[(&str, Of)] = &[
    ("project", Of::Int),
    ("mark", Of::Text),
    ("kind", Of::Text),
    ("not_before", Of::Int),
    ("not_after", Of::Int),
    ("imported_at", Of::Int),
    ("by_account", Of::Text),
];

fn batch(rows: &[MarkedRow]) -> Result<Batch> {
    let mut batch = Batch::new(ROW);
    for row in rows {
        if row.by.0.contains('\0') || row.mark.0.contains('\0') {
            return Err(StoreError::Rejected);
        }
        batch.push(args![
            row.project.0,
            &row.mark.0,
            row.kind.name(),
            ms(row.dated.not_before),
            ms(row.dated.not_after),
            ms(row.imported_at),
            &row.by.0,
        ]);
    }
    Ok(batch)
}

/// `None` when this version does not know the kind any more.
fn read_row(row: &Row) -> Result<Option<MarkedRow>> {
    let Some(kind) = MarkKind::from_name(&row.text("kind")?) else { return Ok(None) };
    Ok(Some(MarkedRow {
        project: ProjectId(row.int("project")?),
        mark: AddressMark(row.text("mark")?),
        kind,
        dated: Moment { not_before: row.time("not_before")?, not_after: row.time("not_after")? },
        imported_at: row.time("imported_at")?,
        by: AccountId(row.text("by_account")?),
    }))
}

#[async_trait]
impl Marks for SqlStore {
    async fn record_marks(&self, tenant: TenantId, rows: &[MarkedRow]) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut new = 0;
        for part in rows.chunks(ROWS) {
            let (from, values) = tx.dialect().rows(batch(part)?, 2);
            // PostgreSQL refuses to meet a row twice in one statement; a file may hold one twice.
            let sql = format!(
                "INSERT INTO address_mark (tenant, project, mark, kind, not_before, not_after, imported_at, by_account) \
                 SELECT $1, project, mark, kind, not_before, MIN(not_after), MIN(imported_at), MIN(by_account) \
                 FROM {from} AS line WHERE true GROUP BY project, mark, kind, not_before \
                 ORDER BY project, mark, kind, not_before \
                 ON CONFLICT (tenant, project, mark, kind, not_before) DO NOTHING"
            );
            new += tx.run(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    async fn marks(&self, tenant: TenantId, marks: &[AddressMark]) -> Result<Vec<MarkedRow>> {
        let batch = Batch::of_texts(&[("mark", Of::Text)], marks.iter().map(|mark| mark.0.as_str()));
        let (from, values) = self.db.dialect().rows(batch, 2);
        let sql = format!(
            "SELECT * FROM address_mark WHERE tenant = $1 AND mark IN (SELECT mark FROM {from} AS asked) \
             ORDER BY not_after, project, kind"
        );
        let rows = self.db.read(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await?;
        rows.iter().filter_map(|row| read_row(row).transpose()).collect()
    }

    async fn has_marks(&self, tenant: TenantId) -> Result<bool> {
        let row =
            self.db.read_one("SELECT 1 AS found FROM address_mark WHERE tenant = $1 LIMIT 1", args![tenant.0]).await?;
        Ok(row.is_some())
    }
}
