//! Facts of sites and projects with their history, and what was read of the audit log.
//! Judges nothing: `domain/history` says what a fact was when somebody was added.

use super::dialect::{Batch, Of, args};
use super::pool::{Row, Tx, ms, opt_ms};
use super::{FactLog, Result, SqlStore, StoreError};
use crate::domain::audit::{AccountCreated, AuditMark, Coverage};
use crate::domain::history::Line;
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{FactKey, Gap, Source};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// The project of a fact of the site; Jira's ids begin at 10000.
const SITE: i64 = 0;

const LINE: &[(&str, Of)] = &[
    ("project", Of::Int),
    ("fact", Of::Text),
    ("value", Of::Text),
    ("value_before", Of::Text),
    ("source", Of::Text),
    ("since", Of::Int),
    ("observed_at", Of::Int),
    ("by_account", Of::Text),
    ("at", Of::Int),
];

fn site_or(project: Option<ProjectId>) -> i64 {
    project.map_or(SITE, |p| p.0)
}

/// Adds the lines that are not there yet; says whose facts these were.
async fn record_in(tx: &mut Tx, tenant: TenantId, lines: &[Line]) -> Result<Vec<FactKey>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let mut batch = Batch::new(LINE);
    for line in lines {
        let at = line.since.unwrap_or(line.observed_at);
        if line.by.as_ref().is_some_and(|by| by.contains('\0')) {
            return Err(StoreError::Rejected);
        }
        batch.push(args![
            site_or(line.project),
            line.key.name(),
            line.value.to_string(),
            line.before.as_ref().map(ToString::to_string),
            line.source.name(),
            opt_ms(line.since),
            ms(line.observed_at),
            line.by.as_deref(),
            ms(at),
        ]);
    }
    let (from, values) = tx.dialect().rows(batch, 2);
    let sql = format!(
        "INSERT INTO fact_line (tenant, project, fact, value, value_before, source, since, observed_at, by_account, at) \
         SELECT $1, project, fact, value, value_before, source, since, observed_at, by_account, at FROM {from} AS line \
         WHERE true ORDER BY project, fact, source, at ON CONFLICT (tenant, project, fact, source, at, substr(value, 1, 64)) DO NOTHING \
         RETURNING fact"
    );
    let mut keys = Vec::new();
    for row in tx.rows(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await? {
        keys.extend(FactKey::from_name(&row.text("fact")?).filter(|key| !keys.contains(key)));
    }
    Ok(keys)
}

/// The earliest creation of an account stays.
async fn created_in(tx: &mut Tx, tenant: TenantId, created: &[AccountCreated]) -> Result<()> {
    // One row an account: PostgreSQL refuses to meet a row twice in one statement.
    let mut earliest: HashMap<&str, &AccountCreated> = HashMap::new();
    for record in created {
        let known = earliest.entry(record.account.0.as_str()).or_insert(record);
        if record.at < known.at {
            *known = record;
        }
    }
    let mut batch = Batch::new(&[("account", Of::Text), ("at", Of::Int), ("author", Of::Text)]);
    for record in earliest.into_values() {
        batch.push(args![&record.account.0, ms(record.at), record.author.as_ref().map(|a| a.0.as_str())]);
    }
    if batch.is_empty() {
        return Ok(());
    }
    let (from, values) = tx.dialect().rows(batch, 2);
    let sql = format!(
        "INSERT INTO account_created (tenant, account, at, author) SELECT $1, account, at, author FROM {from} AS record \
         WHERE true ORDER BY account ON CONFLICT (tenant, account) DO UPDATE SET at = excluded.at, author = excluded.author \
         WHERE excluded.at < account_created.at"
    );
    tx.run(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await?;
    Ok(())
}

/// `None` when this version does not know the fact or the source any more.
fn read_line(row: &Row) -> Result<Option<Line>> {
    let (Some(key), Some(source)) = (FactKey::from_name(&row.text("fact")?), Source::from_name(&row.text("source")?))
    else {
        return Ok(None);
    };
    let json = |text: String| serde_json::from_str(&text).map_err(|_| StoreError::Unavailable);
    Ok(Some(Line {
        key,
        project: Some(row.int("project")?).filter(|p| *p != SITE).map(ProjectId),
        value: json(row.text("value")?)?,
        before: row.opt_text("value_before")?.map(json).transpose()?,
        source,
        since: row.opt_time("since")?,
        observed_at: row.time("observed_at")?,
        by: row.opt_text("by_account")?,
    }))
}

#[async_trait]
impl FactLog for SqlStore {
    async fn record(&self, tenant: TenantId, lines: &[Line]) -> Result<Vec<FactKey>> {
        let mut tx = self.db.begin().await?;
        let keys = record_in(&mut tx, tenant, lines).await?;
        tx.commit().await?;
        Ok(keys)
    }

    async fn lines(&self, tenant: TenantId, project: Option<ProjectId>) -> Result<Vec<Line>> {
        let sql = "SELECT * FROM fact_line WHERE tenant = $1 AND project = $2 ORDER BY at, id";
        let rows = self.db.read(sql, args![tenant.0, site_or(project)]).await?;
        rows.iter().filter_map(|row| read_line(row).transpose()).collect()
    }

    async fn audit_mark(&self, tenant: TenantId) -> Result<AuditMark> {
        let row = self.db.read_one("SELECT * FROM audit_mark WHERE tenant = $1", args![tenant.0]).await?;
        let Some(row) = row else { return Ok(AuditMark::default()) };
        let covered = row.opt_time("covered_from")?.zip(row.opt_time("covered_until")?);
        Ok(AuditMark {
            coverage: covered.map(|(from, until)| Coverage { from, until }),
            trouble: row.opt_text("trouble")?.and_then(|name| Gap::from_name(&name)),
        })
    }

    async fn record_audit(
        &self,
        tenant: TenantId,
        mark: AuditMark,
        created: &[AccountCreated],
        lines: &[Line],
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.run(
            "INSERT INTO audit_mark (tenant, covered_from, covered_until, trouble) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant) DO UPDATE SET covered_from = excluded.covered_from, \
             covered_until = excluded.covered_until, trouble = excluded.trouble",
            args![
                tenant.0,
                opt_ms(mark.coverage.map(|c| c.from)),
                opt_ms(mark.coverage.map(|c| c.until)),
                mark.trouble.map(Gap::name),
            ],
        )
        .await?;
        created_in(&mut tx, tenant, created).await?;
        record_in(&mut tx, tenant, lines).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn created(&self, tenant: TenantId, accounts: &[AccountId]) -> Result<Vec<AccountCreated>> {
        let batch = Batch::of_texts(&[("account", Of::Text)], accounts.iter().map(|a| a.0.as_str()));
        let (from, values) = self.db.dialect().rows(batch, 2);
        let sql = format!(
            "SELECT account, at, author FROM account_created WHERE tenant = $1 AND account IN (SELECT account FROM {from} AS asked) \
             ORDER BY at, account"
        );
        let rows = self.db.read(AssertSqlSafe(sql), [args![tenant.0], values].concat()).await?;
        rows.iter()
            .map(|row| {
                Ok(AccountCreated {
                    account: AccountId(row.text("account")?),
                    at: row.time("at")?,
                    author: row.opt_text("author")?.map(AccountId),
                })
            })
            .collect()
    }
}
