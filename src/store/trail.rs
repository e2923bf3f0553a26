//! The trail: who did what in our pages, newest first.
//! Knows no page and no right; what an entry may tell is `domain/trail`'s to say.

use super::dialect::args;
use super::pool::{Row, ms};
use super::{Result, SqlStore, StoreError};
use crate::domain::trail::{Deed, Entry};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use jiff::Timestamp;

/// The project of an entry of the site; Jira's ids begin at 10000.
const SITE: i64 = 0;

/// Entries erased in one statement.
const ROWS: i64 = 500;

/// An entry with its place in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// Its place: later entries have higher ones.
    pub place: i64,
    /// The entry.
    pub entry: Entry,
}

/// Who did what.
#[async_trait]
pub trait Trail: Send + Sync {
    /// Adds an entry.
    async fn note(&self, tenant: TenantId, entry: &Entry) -> Result<()>;
    /// Entries of one project, or those of the whole site (`None`), newest first; after this place, if any. Entries whose deed
    /// this version does not know are left out.
    async fn trail(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Noted>>;
    /// Erases entries older than `before`, at most 500 a call; says how many.
    async fn sweep_trail(&self, tenant: TenantId, before: Timestamp) -> Result<u64>;
}

fn site_or(project: Option<ProjectId>) -> i64 {
    project.map_or(SITE, |p| p.0)
}

fn read_entry(row: &Row) -> Result<Option<Noted>> {
    let Some(what) = Deed::from_name(&row.text("what")?) else { return Ok(None) };
    let entry = Entry {
        project: Some(row.int("project")?).filter(|p| *p != SITE).map(ProjectId),
        at: row.time("at")?,
        by: AccountId(row.text("by_account")?),
        what,
        detail: serde_json::from_str(&row.text("detail")?).map_err(|_| StoreError::Unavailable)?,
    };
    Ok(Some(Noted { place: row.int("id")?, entry }))
}

#[async_trait]
impl Trail for SqlStore {
    async fn note(&self, tenant: TenantId, entry: &Entry) -> Result<()> {
        let detail = serde_json::to_string(&entry.detail).map_err(|_| StoreError::Rejected)?;
        self.db
            .write(
                "INSERT INTO trail (tenant, project, at, by_account, what, detail) VALUES ($1, $2, $3, $4, $5, $6)",
                args![tenant.0, site_or(entry.project), ms(entry.at), &entry.by.0, entry.what.name(), detail],
            )
            .await
            .map(drop)
    }

    async fn trail(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Noted>> {
        let sql = "SELECT * FROM trail WHERE tenant = $1 AND project = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
        let rows = self.db.read(sql, args![tenant.0, site_or(project), after.unwrap_or(i64::MAX), limit]).await?;
        rows.iter().filter_map(|row| read_entry(row).transpose()).collect()
    }

    async fn sweep_trail(&self, tenant: TenantId, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM trail WHERE id IN (SELECT id FROM trail WHERE tenant = $1 AND at < $2 LIMIT $3)";
        self.db.write(sql, args![tenant.0, ms(before), ROWS]).await
    }
}
