//! Projects as we keep them.
//! Knows no project name and reads nothing from Jira.

use super::dialect::{Arg, args};
use super::pool::{Row, ms};
use super::{Projects, Result, SqlStore, StoreError};
use crate::domain::project::{Canary, CommentMode, Notice, Project, Settings};
use crate::domain::{ProjectId, TenantId};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT project.*, ",
            "(SELECT MAX(ended) FROM roster_pass AS p WHERE p.tenant = project.tenant AND p.project = project.id \
             AND p.via = 'role') AS last_pass, ",
            "(SELECT MAX(seeded_at) FROM roster_pass AS p WHERE p.tenant = project.tenant AND p.project = project.id) \
             AS seeded_at FROM project WHERE tenant = $1 ",
            $rest
        )
    };
}

/// The stable name that serde gives a word.
fn name<T: Serialize>(word: T) -> Result<String> {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(StoreError::Rejected),
    }
}

/// The word of a name; the safe default when this version does not know it.
fn word<T: DeserializeOwned + Default>(name: String) -> T {
    serde_json::from_value(serde_json::Value::String(name)).unwrap_or_default()
}

fn read_project(row: &Row) -> Result<Project> {
    Ok(Project {
        id: ProjectId(row.int("id")?),
        key: row.text("key")?,
        settings: Settings {
            comment_mode: word::<CommentMode>(row.text("comment_mode")?),
            notice: Notice::parse(&row.text("notice")?).unwrap_or_default(),
            retention_days: row.opt_int("retention_days")?.and_then(|days| u16::try_from(days).ok()),
            on_purpose: serde_json::from_str(&row.text("on_purpose")?).map_err(|_| StoreError::Unavailable)?,
        },
        canary: word::<Canary>(row.text("canary")?),
        canary_at: row.opt_time("canary_at")?,
        missing: serde_json::from_str(&row.text("missing")?).map_err(|_| StoreError::Unavailable)?,
        summary_hash: row.opt_text("summary_hash")?,
        last_pass: row.opt_time("last_pass")?,
        seeded_at: row.opt_time("seeded_at")?,
    })
}

impl SqlStore {
    /// A change to a project we do not know is refused: dropping it in silence would lose an admin's choice.
    async fn set_on_project(&self, sql: &'static str, tenant: TenantId, id: ProjectId, more: Vec<Arg>) -> Result<()> {
        match self.db.write(sql, [args![tenant.0, id.0], more].concat()).await? {
            0 => Err(StoreError::Rejected),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Projects for SqlStore {
    async fn project(&self, tenant: TenantId, id: ProjectId) -> Result<Option<Project>> {
        let row = self.db.read_one(select!("AND id = $2"), args![tenant.0, id.0]).await?;
        row.as_ref().map(read_project).transpose()
    }

    async fn projects(&self, tenant: TenantId) -> Result<Vec<Project>> {
        self.db.read(select!("ORDER BY id"), args![tenant.0]).await?.iter().map(read_project).collect()
    }

    async fn see_project(&self, tenant: TenantId, id: ProjectId, key: &str, now: Timestamp) -> Result<()> {
        self.db
            .write(
                "INSERT INTO project (tenant, id, key, seen_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (tenant, id) DO UPDATE SET key = excluded.key, seen_at = excluded.seen_at",
                args![tenant.0, id.0, key, ms(now)],
            )
            .await
            .map(drop)
    }

    async fn set_settings(&self, tenant: TenantId, id: ProjectId, settings: &Settings) -> Result<()> {
        let sql = "UPDATE project SET comment_mode = $3, notice = $4, retention_days = $5, on_purpose = $6 \
             WHERE tenant = $1 AND id = $2";
        let values = args![
            name(settings.comment_mode)?,
            settings.notice.as_text(),
            settings.retention_days.map(i64::from),
            serde_json::to_string(&settings.on_purpose).map_err(|_| StoreError::Rejected)?,
        ];
        self.set_on_project(sql, tenant, id, values).await
    }

    async fn set_canary(&self, tenant: TenantId, id: ProjectId, canary: Canary, now: Timestamp) -> Result<()> {
        let sql = "UPDATE project SET canary = $3, canary_at = $4 WHERE tenant = $1 AND id = $2";
        self.set_on_project(sql, tenant, id, args![name(canary)?, ms(now)]).await
    }

    async fn set_missing(&self, tenant: TenantId, id: ProjectId, missing: &[String]) -> Result<()> {
        let missing = serde_json::to_string(missing).map_err(|_| StoreError::Rejected)?;
        let sql = "UPDATE project SET missing = $3 WHERE tenant = $1 AND id = $2";
        self.set_on_project(sql, tenant, id, args![missing]).await
    }

    async fn set_summary_hash(&self, tenant: TenantId, id: ProjectId, hash: &str) -> Result<()> {
        let sql = "UPDATE project SET summary_hash = $3 WHERE tenant = $1 AND id = $2";
        self.set_on_project(sql, tenant, id, args![hash]).await
    }
}
