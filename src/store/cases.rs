//! Cases, their pages and counts, and the outbox of those that Jira does not show yet.
//! Judges nothing; erases what the retention no longer allows.

use super::dialect::{Arg, args};
use super::pool::{Row, Tx, ms, opt_ms};
use super::{CaseFilter, Cases, Result, SqlStore, StoreError};
use crate::domain::case::{Case, CaseState};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{Finding, Moment, Overall, Route, StoredFinding, Via};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Rejected)
}

fn of_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Unavailable)
}

/// A finding whose cause this version no longer knows is left out: it will be judged again.
fn findings(text: &str) -> Result<Vec<Finding>> {
    Ok(of_json::<Vec<StoredFinding>>(text)?.into_iter().filter_map(StoredFinding::into_finding).collect())
}

/// Key of a case: the first three placeholders.
fn key_of(case: &Case) -> Vec<Arg> {
    args![case.tenant.0, case.project.0, &case.account.0]
}

/// What `save` writes, from the fourth placeholder on, in the order of both its statements.
fn content(case: &Case) -> Result<Vec<Arg>> {
    let stored: Vec<StoredFinding> = case.findings.iter().map(StoredFinding::from).collect();
    Ok(args![
        ms(case.added.not_before),
        ms(case.added.not_after),
        case.via.name(),
        case.quiet,
        case.route.name(),
        json(&stored)?,
        case.overall.map(Overall::name),
        opt_ms(case.checked_at),
        json(&case.standing)?,
        case.state.name(),
        opt_ms(case.ended_at),
        case.version,
    ])
}

fn read_case(row: &Row) -> Result<Case> {
    let unknown = || StoreError::Unavailable;
    Ok(Case {
        tenant: TenantId(row.int("tenant")?),
        project: ProjectId(row.int("project")?),
        account: AccountId(row.text("account")?),
        added: Moment { not_before: row.time("not_before")?, not_after: row.time("not_after")? },
        via: Via::from_name(&row.text("via")?).ok_or_else(unknown)?,
        quiet: row.flag("quiet")?,
        route: Route::from_name(&row.text("route")?).ok_or_else(unknown)?,
        findings: findings(&row.text("findings")?)?,
        overall: row.opt_text("overall")?.and_then(|name| Overall::from_name(&name)),
        checked_at: row.opt_time("checked_at")?,
        standing: of_json(&row.text("standing")?)?,
        state: CaseState::from_name(&row.text("state")?).ok_or_else(unknown)?,
        ended_at: row.opt_time("ended_at")?,
        version: row.int("version")?,
        published: row.int("published")?,
        written: of_json(&row.text("written")?)?,
        revision: row.int("revision")?,
    })
}

/// The next place in the order of changes of the project.
macro_rules! next_change {
    () => {
        "(SELECT COALESCE(MAX(changed), 0) + 1 FROM customer_case AS c WHERE c.tenant = $1 AND c.project = $2)"
    };
}

async fn insert(tx: &mut Tx, case: &Case) -> Result<u64> {
    let sql = concat!(
        "INSERT INTO customer_case (tenant, project, account, not_before, not_after, via, quiet, route, findings, overall, ",
        "checked_at, standing, state, ended_at, version, published, written, commented, revision, changed) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1, ",
        next_change!(),
        ") ON CONFLICT (tenant, project, account) DO NOTHING"
    );
    let written = args![case.published, json(&case.written)?, case.written.comment.is_some()];
    Ok(tx.run(sql, [key_of(case), content(case)?, written].concat()).await?)
}

/// What is written in Jira is the publisher's to say: a copy read before it spoke must not take that back.
async fn update(tx: &mut Tx, case: &Case) -> Result<u64> {
    let sql = concat!(
        "UPDATE customer_case SET not_before = $4, not_after = $5, via = $6, quiet = $7, route = $8, findings = $9, ",
        "overall = $10, checked_at = $11, standing = $12, state = $13, ended_at = $14, revision = revision + 1, ",
        "changed = CASE WHEN $15 > version THEN ",
        next_change!(),
        " ELSE changed END, version = $15 WHERE tenant = $1 AND project = $2 AND account = $3 AND revision = $16"
    );
    Ok(tx.run(sql, [key_of(case), content(case)?, args![case.revision]].concat()).await?)
}

#[async_trait]
impl Cases for SqlStore {
    async fn case(&self, tenant: TenantId, project: ProjectId, account: &AccountId) -> Result<Option<Case>> {
        let sql = "SELECT * FROM customer_case WHERE tenant = $1 AND project = $2 AND account = $3";
        let row = self.db.read_one(sql, args![tenant.0, project.0, &account.0]).await?;
        row.as_ref().map(read_case).transpose()
    }

    async fn cases_of(&self, tenant: TenantId, account: &AccountId) -> Result<Vec<Case>> {
        let sql = "SELECT * FROM customer_case WHERE tenant = $1 AND account = $2 ORDER BY project";
        self.db.read(sql, args![tenant.0, &account.0]).await?.iter().map(read_case).collect()
    }

    async fn save(&self, case: &Case) -> Result<bool> {
        if case.account.0.contains('\0') {
            return Err(StoreError::Rejected);
        }
        let mut tx = self.db.begin().await?;
        let written = if case.revision == 0 { insert(&mut tx, case).await? } else { update(&mut tx, case).await? };
        if written == 0 {
            return Ok(false);
        }
        // The add is told of now. A case of an earlier stay does not tell of a later one.
        let told = "UPDATE seat SET case_due = 0 WHERE tenant = $1 AND project = $2 AND account = $3 AND case_due = 1 \
             AND not_before <= $4";
        tx.run(told, [key_of(case), args![ms(case.added.not_after)]].concat()).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn unpublished(&self, tenant: TenantId, project: ProjectId, limit: u32) -> Result<Vec<Case>> {
        let sql = "SELECT * FROM customer_case WHERE tenant = $1 AND project = $2 AND version > published \
             ORDER BY changed, account LIMIT $3";
        self.db.read(sql, args![tenant.0, project.0, limit]).await?.iter().map(read_case).collect()
    }

    async fn published(&self, case: &Case, version: i64) -> Result<()> {
        let sql = "UPDATE customer_case SET published = CASE WHEN $4 > published THEN $4 ELSE published END, \
             written = $5, commented = $6 WHERE tenant = $1 AND project = $2 AND account = $3";
        let written = args![version, json(&case.written)?, case.written.comment.is_some()];
        self.db.write(sql, [key_of(case), written].concat()).await.map(drop)
    }

    async fn cases(&self, tenant: TenantId, project: ProjectId, filter: &CaseFilter) -> Result<Vec<Case>> {
        let mut sql = "SELECT c.* FROM customer_case AS c WHERE c.tenant = $1 AND c.project = $2".to_owned();
        let mut values = args![tenant.0, project.0];
        if let Some(state) = filter.state {
            values.push(state.name().into());
            sql += &format!(" AND c.state = ${}", values.len());
        }
        if let Some(scenario) = &filter.scenario {
            values.push(scenario.into());
            let standing = self.db.dialect().elements("c.standing");
            sql += &format!(
                " AND EXISTS (SELECT 1 FROM {standing} AS standing WHERE standing.value->>'scenario' = ${})",
                values.len()
            );
        }
        if let Some((at, account)) = &filter.after {
            values.push(ms(*at).into());
            values.push((&account.0).into());
            let (at, account) = (values.len() - 1, values.len());
            sql += &format!(" AND (c.not_after < ${at} OR (c.not_after = ${at} AND c.account > ${account}))");
        }
        values.push(filter.limit.into());
        sql += &format!(" ORDER BY c.not_after DESC, c.account LIMIT ${}", values.len());
        self.db.read(AssertSqlSafe(sql), values).await?.iter().map(read_case).collect()
    }

    async fn counts(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<(String, u64)>> {
        let standing = self.db.dialect().elements("c.standing");
        let sql = format!(
            "SELECT standing.value->>'scenario' AS scenario, COUNT(*) AS n FROM customer_case AS c CROSS JOIN {standing} AS standing \
             WHERE c.tenant = $1 AND c.project = $2 AND c.state = 'open' GROUP BY standing.value->>'scenario' \
             ORDER BY standing.value->>'scenario'"
        );
        let rows = self.db.read(AssertSqlSafe(sql), args![tenant.0, project.0]).await?;
        rows.iter().map(|row| Ok((row.text("scenario")?, row.count("n")?))).collect()
    }

    async fn added_between(
        &self,
        tenant: TenantId,
        project: ProjectId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u64> {
        let sql = "SELECT COUNT(*) AS n FROM customer_case WHERE tenant = $1 AND project = $2 AND not_after >= $3 \
             AND not_after < $4";
        let row = self.db.read_one(sql, args![tenant.0, project.0, ms(from), ms(until)]).await?;
        row.map_or(Ok(0), |row| row.count("n"))
    }

    async fn undecided(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
        limit: u32,
    ) -> Result<Vec<(ProjectId, AccountId)>> {
        let sql = "SELECT project, account FROM customer_case WHERE tenant = $1 AND state IN ('open', 'unchecked') \
             AND ($2 IS NULL OR project = $2) ORDER BY COALESCE(checked_at, 0), project, account LIMIT $3";
        let rows = self.db.read(sql, args![tenant.0, project.map(|p| p.0), limit]).await?;
        rows.iter().map(|row| Ok((ProjectId(row.int("project")?), AccountId(row.text("account")?)))).collect()
    }

    async fn expire(&self, tenant: TenantId, before: Timestamp, now: Timestamp) -> Result<Vec<ProjectId>> {
        let sql = "UPDATE customer_case SET version = version + CASE WHEN state = 'open' THEN 1 ELSE 0 END, \
             changed = changed + 1, state = 'expired', ended_at = $3, revision = revision + 1 \
             WHERE tenant = $1 AND state IN ('open', 'unchecked') AND not_after < $2 RETURNING project";
        let rows = self.db.write_rows(sql, args![tenant.0, ms(before), ms(now)]).await?;
        let mut projects = rows.iter().map(|row| Ok(ProjectId(row.int("project")?))).collect::<Result<Vec<_>>>()?;
        projects.sort_unstable();
        projects.dedup();
        Ok(projects)
    }

    async fn sweep(&self, tenant: TenantId, now: Timestamp, days: u16) -> Result<u64> {
        let mut swept = 0;
        for sql in SWEEPS {
            loop {
                let step = self.db.write(*sql, args![tenant.0, ms(now), i64::from(days)]).await?;
                swept += step;
                if step < 500 {
                    break;
                }
            }
        }
        Ok(swept)
    }
}

/// What lies before this is over: the project's own days before now, or the operator's. Facts of the site and accounts are no
/// project's own.
macro_rules! limit {
    ($project:literal) => {
        concat!(
            "($2 - 86400000 * COALESCE((SELECT p.retention_days FROM project AS p WHERE p.tenant = $1 AND p.id = ",
            $project,
            "), $3))"
        )
    };
    () => {
        "($2 - 86400000 * $3)"
    };
}
/// Ended, or clear since then. An open one is somebody's to solve, however old.
macro_rules! over {
    () => {
        concat!(
            "c.tenant = $1 AND COALESCE(c.ended_at, CASE WHEN c.state = 'clear' THEN COALESCE(c.checked_at, c.not_after) END) < ",
            limit!("c.project")
        )
    };
}
/// Jira still has to be tidied, or holds a comment of ours while the person is on the project.
macro_rules! still_needed {
    () => {
        "(c.version > c.published OR (c.commented = 1 AND EXISTS (SELECT 1 FROM seat AS s WHERE s.tenant = c.tenant \
         AND s.project = c.project AND s.account = c.account AND s.gone_at IS NULL)))"
    };
}

/// What the retention no longer allows, at most 500 rows a statement.
const SWEEPS: &[&str] = &[
    concat!(
        "DELETE FROM customer_case WHERE (tenant, project, account) IN (SELECT c.tenant, c.project, c.account ",
        "FROM customer_case AS c WHERE ",
        over!(),
        " AND NOT ",
        still_needed!(),
        " LIMIT 500)"
    ),
    // The evidence goes even where the row is needed to find our own comment again.
    concat!(
        "UPDATE customer_case SET findings = '[]' WHERE (tenant, project, account) IN (SELECT c.tenant, c.project, c.account ",
        "FROM customer_case AS c WHERE ",
        over!(),
        " AND c.findings <> '[]' LIMIT 500)"
    ),
    concat!(
        "DELETE FROM seat WHERE (tenant, project, via, account) IN (SELECT s.tenant, s.project, s.via, s.account ",
        "FROM seat AS s WHERE s.tenant = $1 AND s.gone_at < ",
        limit!("s.project"),
        " LIMIT 500)"
    ),
    concat!(
        "DELETE FROM roster_batch WHERE (tenant, project, via, at) IN (SELECT b.tenant, b.project, b.via, b.at ",
        "FROM roster_batch AS b WHERE b.tenant = $1 AND b.at < ",
        limit!("b.project"),
        " LIMIT 500)"
    ),
    // The last line of a fact before the limit still tells what holds now; a case that is not decided may need older ones.
    concat!(
        "DELETE FROM fact_line WHERE id IN (SELECT f.id FROM fact_line AS f WHERE f.tenant = $1 AND f.at < ",
        limit!("f.project"),
        " AND EXISTS (SELECT 1 FROM fact_line AS later WHERE later.tenant = f.tenant AND later.project = f.project ",
        "AND later.fact = f.fact AND later.source = f.source AND later.at > f.at AND later.at < ",
        limit!("f.project"),
        " AND later.at <= (SELECT COALESCE(MIN(c.not_before), $2) FROM customer_case AS c ",
        "WHERE c.tenant = $1 AND c.state IN ('open', 'unchecked'))) LIMIT 500)"
    ),
    concat!(
        "DELETE FROM account_created WHERE (tenant, account) IN (SELECT a.tenant, a.account FROM account_created AS a ",
        "WHERE a.tenant = $1 AND a.at < ",
        limit!(),
        " AND NOT EXISTS (SELECT 1 FROM seat AS s WHERE s.tenant = a.tenant AND s.account = a.account) ",
        "AND NOT EXISTS (SELECT 1 FROM customer_case AS c WHERE c.tenant = a.tenant AND c.account = a.account) LIMIT 500)"
    ),
    super::person_lines::SWEEP,
    super::marks::SWEEP,
];
