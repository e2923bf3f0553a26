//! What sources that must be proven are worth on each site, and when they were last looked through.
//! Compares nothing: the self-test does.

use super::dialect::args;
use super::pool::{Row, ms};
use super::{Result, SqlStore};
use crate::domain::calibration::{Calibration, CalibrationState, Look};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{Gap, Source};
use jiff::Timestamp;

/// The project of a look at the whole site; Jira's ids begin at 10000.
const SITE: i64 = 0;

/// How sources stand on each site.
#[async_trait]
pub trait Calibrations: Send + Sync {
    /// Every source that was ever compared or stopped here; the others are unproven.
    async fn calibrations(&self, tenant: TenantId) -> Result<Vec<Calibration>>;
    /// What comparing a source with an admin's word came to. A stopped source stays stopped.
    async fn calibrate(
        &self,
        tenant: TenantId,
        source: Source,
        state: CalibrationState,
        by: Option<&AccountId>,
        at: Timestamp,
    ) -> Result<()>;
    /// Switches a source off for good on this site. The first time counts.
    async fn stop_source(&self, tenant: TenantId, source: Source, at: Timestamp) -> Result<()>;
    /// The last look through a source at each place.
    async fn looks(&self, tenant: TenantId, source: Source) -> Result<Vec<Look>>;
    /// Takes the turn to look, for one process of all: false when somebody looked there after `unless_after`.
    async fn begin_look(
        &self,
        tenant: TenantId,
        source: Source,
        project: Option<ProjectId>,
        at: Timestamp,
        unless_after: Timestamp,
    ) -> Result<bool>;
    /// What the look came to: seen, or why not.
    async fn end_look(
        &self,
        tenant: TenantId,
        source: Source,
        project: Option<ProjectId>,
        trouble: Option<Gap>,
    ) -> Result<()>;
}

fn site_or(project: Option<ProjectId>) -> i64 {
    project.map_or(SITE, |p| p.0)
}

/// `None` when this version does not know the source or the state.
fn read_calibration(row: &Row) -> Result<Option<Calibration>> {
    let known = Source::from_name(&row.text("source")?).zip(CalibrationState::from_name(&row.text("state")?));
    let Some((source, state)) = known else { return Ok(None) };
    let by = row.opt_text("by_account")?.map(AccountId);
    Ok(Some(Calibration { source, state, since: row.time("since")?, by, stopped_at: row.opt_time("stopped_at")? }))
}

fn read_look(row: &Row, source: Source) -> Result<Look> {
    Ok(Look {
        source,
        project: Some(row.int("project")?).filter(|p| *p != SITE).map(ProjectId),
        asked_at: row.time("asked_at")?,
        trouble: row.opt_text("trouble")?.and_then(|name| Gap::from_name(&name)),
    })
}

#[async_trait]
impl Calibrations for SqlStore {
    async fn calibrations(&self, tenant: TenantId) -> Result<Vec<Calibration>> {
        let rows = self.db.read("SELECT * FROM calibration WHERE tenant = $1 ORDER BY source", args![tenant.0]).await?;
        rows.iter().filter_map(|row| read_calibration(row).transpose()).collect()
    }

    async fn calibrate(
        &self,
        tenant: TenantId,
        source: Source,
        state: CalibrationState,
        by: Option<&AccountId>,
        at: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO calibration (tenant, source, state, since, by_account) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant, source) DO UPDATE SET state = excluded.state, by_account = excluded.by_account, \
             since = CASE WHEN calibration.state = excluded.state THEN calibration.since ELSE excluded.since END";
        let by = by.map(|by| by.0.as_str());
        self.db.write(sql, args![tenant.0, source.name(), state.name(), ms(at), by]).await.map(drop)
    }

    async fn stop_source(&self, tenant: TenantId, source: Source, at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO calibration (tenant, source, state, since, stopped_at) VALUES ($1, $2, $3, $4, $4) \
             ON CONFLICT (tenant, source) DO UPDATE SET stopped_at = COALESCE(calibration.stopped_at, excluded.stopped_at)";
        let unproven = CalibrationState::Unproven.name();
        self.db.write(sql, args![tenant.0, source.name(), unproven, ms(at)]).await.map(drop)
    }

    async fn looks(&self, tenant: TenantId, source: Source) -> Result<Vec<Look>> {
        let sql = "SELECT * FROM look WHERE tenant = $1 AND source = $2 ORDER BY project";
        let rows = self.db.read(sql, args![tenant.0, source.name()]).await?;
        rows.iter().map(|row| read_look(row, source)).collect()
    }

    async fn begin_look(
        &self,
        tenant: TenantId,
        source: Source,
        project: Option<ProjectId>,
        at: Timestamp,
        unless_after: Timestamp,
    ) -> Result<bool> {
        let sql = "INSERT INTO look (tenant, source, project, asked_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant, source, project) DO UPDATE SET asked_at = excluded.asked_at, trouble = NULL \
             WHERE look.asked_at <= $5";
        let values = args![tenant.0, source.name(), site_or(project), ms(at), ms(unless_after)];
        Ok(self.db.write(sql, values).await? > 0)
    }

    async fn end_look(
        &self,
        tenant: TenantId,
        source: Source,
        project: Option<ProjectId>,
        trouble: Option<Gap>,
    ) -> Result<()> {
        let sql = "UPDATE look SET trouble = $4 WHERE tenant = $1 AND source = $2 AND project = $3";
        let values = args![tenant.0, source.name(), site_or(project), trouble.map(Gap::name)];
        self.db.write(sql, values).await.map(drop)
    }
}
