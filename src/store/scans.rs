//! Scans: at most one goes on in a project, and whoever asks again gets that one.
//! Reads nothing from Jira; how far the passes are is told to it.

use super::dialect::args;
use super::pool::{Row, ms};
use super::{Result, SqlStore, StoreError};
use crate::domain::scan::{PassEnd, Progress, Scan, ScanState, WAYS};
use crate::domain::{ProjectId, TenantId};
use async_trait::async_trait;
use jiff::Timestamp;

/// Scans erased in one statement.
const ROWS: i64 = 500;

/// Scans.
#[async_trait]
pub trait Scans: Send + Sync {
    /// The scan that goes on in the project, or a new one of this name; true when it is new.
    async fn start_scan(&self, tenant: TenantId, project: ProjectId, id: &str, at: Timestamp) -> Result<(Scan, bool)>;
    /// A scan of the project by its name.
    async fn scan(&self, tenant: TenantId, project: ProjectId, id: &str) -> Result<Option<Scan>>;
    /// Takes over how far a pass is, if a scan goes on that was asked for before the pass began; the scan ends with the last way.
    /// True when the pass is over and a scan goes on that was asked for while it was under way, and so wants another.
    async fn scan_progress(
        &self,
        tenant: TenantId,
        project: ProjectId,
        progress: &Progress,
        now: Timestamp,
    ) -> Result<bool>;
    /// Ends a scan that goes on: `id` that one, `None` whichever. False when there is none.
    async fn end_scan(
        &self,
        tenant: TenantId,
        project: ProjectId,
        id: Option<&str>,
        state: ScanState,
        now: Timestamp,
    ) -> Result<bool>;
    /// Erases scans that ended before, at most 500 a call; says how many.
    async fn sweep_scans(&self, tenant: TenantId, before: Timestamp) -> Result<u64>;
}

/// A scan with the sum of its ways.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT s.id, s.project, s.state, s.started_at, s.ended_at, s.version, CAST(COALESCE(SUM(w.seen), 0) AS BIGINT) AS done, ",
            "CAST(COALESCE(SUM(CASE WHEN w.seen > w.total THEN w.seen ELSE w.total END), 0) AS BIGINT) AS total, ",
            "CAST(COALESCE(SUM(w.found), 0) AS BIGINT) AS found FROM scan AS s LEFT JOIN scan_way AS w ON w.tenant = s.tenant AND w.scan = s.id ",
            "WHERE s.tenant = $1 AND s.project = $2 AND ",
            $where,
            " GROUP BY s.tenant, s.id, s.project, s.state, s.started_at, s.ended_at, s.version"
        )
    };
}

fn read_scan(row: &Row) -> Result<Scan> {
    Ok(Scan {
        id: row.text("id")?,
        project: ProjectId(row.int("project")?),
        state: ScanState::from_name(&row.text("state")?).ok_or(StoreError::Unavailable)?,
        done: row.count("done")?,
        total: row.count("total")?,
        found: row.count("found")?,
        started_at: row.time("started_at")?,
        ended_at: row.opt_time("ended_at")?,
        version: row.int("version")?,
    })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[async_trait]
impl Scans for SqlStore {
    async fn start_scan(&self, tenant: TenantId, project: ProjectId, id: &str, at: Timestamp) -> Result<(Scan, bool)> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO scan (tenant, id, project, state, started_at, version) VALUES ($1, $2, $3, 'queued', $4, 1) \
             ON CONFLICT DO NOTHING";
        let new = tx.run(sql, args![tenant.0, id, project.0, ms(at)]).await? == 1;
        if new {
            for via in WAYS {
                // Before anything is read, as many people as we know is the best guess.
                let sql = "INSERT INTO scan_way (tenant, scan, via, seen, total, found, is_over, is_gap) \
                     SELECT $1, $2, $3, 0, COUNT(*), 0, 0, 0 FROM seat \
                     WHERE tenant = $1 AND project = $4 AND via = $3 AND gone_at IS NULL";
                tx.run(sql, args![tenant.0, id, via.name(), project.0]).await?;
            }
        }
        let going = tx.one(select!("s.state IN ('queued', 'running')"), args![tenant.0, project.0]).await?;
        let scan = read_scan(&going.ok_or(StoreError::Busy)?)?; // ended between the two statements: ask again
        tx.commit().await?;
        Ok((scan, new))
    }

    async fn scan(&self, tenant: TenantId, project: ProjectId, id: &str) -> Result<Option<Scan>> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row = self.db.read_one(select!("s.id = $3"), args![tenant.0, project.0, id]).await?;
        row.as_ref().map(read_scan).transpose()
    }

    async fn scan_progress(
        &self,
        tenant: TenantId,
        project: ProjectId,
        progress: &Progress,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let going =
            "SELECT id, started_at FROM scan WHERE tenant = $1 AND project = $2 AND state IN ('queued', 'running')";
        let Some(row) = tx.one(going, args![tenant.0, project.0]).await? else { return Ok(false) };
        if progress.began < row.time("started_at")? {
            return Ok(progress.end.is_some() && WAYS.contains(&progress.via));
        }
        let id = row.text("id")?;
        let way = "UPDATE scan_way SET seen = $4, total = COALESCE($5, total), found = $6, is_over = $7, is_gap = $8 \
             WHERE tenant = $1 AND scan = $2 AND via = $3 AND is_over = 0";
        let (over, gap) = (progress.end.is_some(), progress.end == Some(PassEnd::Unreadable));
        let told = args![count(progress.read), progress.total.map(count), count(progress.found), over, gap];
        tx.run(way, [args![tenant.0, &id, progress.via.name()], told].concat()).await?;
        // Where no way at all could be read, nothing was looked at.
        let scan = "UPDATE scan SET version = version + 1, state = CASE \
             WHEN EXISTS (SELECT 1 FROM scan_way AS w WHERE w.tenant = $1 AND w.scan = $2 AND w.is_over = 0) THEN 'running' \
             WHEN EXISTS (SELECT 1 FROM scan_way AS w WHERE w.tenant = $1 AND w.scan = $2 AND w.is_gap = 0) THEN 'done' \
             ELSE 'failed' END, ended_at = CASE \
             WHEN EXISTS (SELECT 1 FROM scan_way AS w WHERE w.tenant = $1 AND w.scan = $2 AND w.is_over = 0) THEN NULL \
             ELSE $3 END WHERE tenant = $1 AND id = $2";
        tx.run(scan, args![tenant.0, &id, ms(now)]).await?;
        tx.commit().await?;
        Ok(false)
    }

    async fn end_scan(
        &self,
        tenant: TenantId,
        project: ProjectId,
        id: Option<&str>,
        state: ScanState,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE scan SET state = $4, ended_at = $5, version = version + 1 WHERE tenant = $1 AND project = $2 \
             AND ($3 IS NULL OR id = $3) AND state IN ('queued', 'running')";
        Ok(self.db.write(sql, args![tenant.0, project.0, id, state.name(), ms(now)]).await? > 0)
    }

    async fn sweep_scans(&self, tenant: TenantId, before: Timestamp) -> Result<u64> {
        let ways = "DELETE FROM scan_way WHERE (tenant, scan, via) IN (SELECT w.tenant, w.scan, w.via FROM scan_way AS w \
             JOIN scan AS s ON s.tenant = w.tenant AND s.id = w.scan WHERE s.tenant = $1 AND s.ended_at < $2 LIMIT $3)";
        self.db.write(ways, args![tenant.0, ms(before), 2 * ROWS]).await?;
        let scans = "DELETE FROM scan WHERE (tenant, id) IN (SELECT s.tenant, s.id FROM scan AS s \
             WHERE s.tenant = $1 AND s.ended_at < $2 AND NOT EXISTS \
             (SELECT 1 FROM scan_way AS w WHERE w.tenant = s.tenant AND w.scan = s.id) LIMIT $3)";
        self.db.write(scans, args![tenant.0, ms(before), ROWS]).await
    }
}
