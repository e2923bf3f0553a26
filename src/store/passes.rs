//! Passes that come in many answers: what the run under way found so far, and what completed passes leave to tell.
//! Does not know how an answer is read, and opens no case.

use super::dialect::{Arg, Batch, Of, args};
use super::pool::{Row, Tx, ms};
use super::roster::check;
use super::roster::ground::{Found, Ground, Reading, read_batch};
use super::{Passes, Result, SqlStore, StoreError};
use crate::domain::roster::{AddBatch, Cursor, LastPass, Listed, Page, PassGap, PassOutcome, Run, Unread};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::Via;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// Newest imports that are told of.
const BATCHES: i64 = 10;

const RUN: &str = "SELECT * FROM roster_run WHERE tenant = $1 AND project = $2 AND via = $3";

fn read_run(row: &Row, ground: &Ground) -> Result<Run> {
    Ok(Run {
        project: ground.project,
        via: ground.via,
        id: row.int("run")?,
        step: u32::try_from(row.int("step")?).map_err(|_| StoreError::Unavailable)?,
        cursor: serde_json::from_str(&row.text("cursor")?).map_err(|_| StoreError::Unavailable)?,
        began: row.opt_time("began")?,
        reseed: row.flag("reseed")?,
        read: row.count("people")?,
    })
}

fn text(cursor: Cursor) -> Result<String> {
    serde_json::to_string(&cursor).map_err(|_| StoreError::Rejected)
}

impl Run {
    /// Whether people came in more than one answer: an organisation's are behind the list of organisations.
    fn is_several(&self) -> bool {
        match self.via {
            Via::ListOnly => self.step > 1,
            Via::Organisation => self.step > 2,
            // One answer, taken in by pieces.
            _ => false,
        }
    }
}

impl Ground {
    fn of(tenant: TenantId, run: &Run) -> Self {
        Self { tenant, project: run.project, via: run.via }
    }

    async fn clear(&self, tx: &mut Tx) -> Result<()> {
        tx.run("DELETE FROM roster_found WHERE tenant = $1 AND project = $2 AND via = $3", self.with(vec![])).await?;
        tx.run("DELETE FROM roster_run WHERE tenant = $1 AND project = $2 AND via = $3", self.with(vec![])).await?;
        if self.via == Via::Organisation {
            let listed = "DELETE FROM roster_listed WHERE tenant = $1 AND project = $2";
            tx.run(listed, args![self.tenant.0, self.project.0]).await?;
        }
        Ok(())
    }

    /// Moves the run on, if it still is where the page was read from.
    async fn advance(&self, tx: &mut Tx, run: &Run, page: &Page) -> Result<bool> {
        let sql = "UPDATE roster_run SET step = step + 1, cursor = $6, people = people + $10, points = points + $7, \
             began = CASE WHEN began IS NULL OR $8 < began THEN $8 ELSE began END, \
             ended = CASE WHEN ended IS NULL OR $9 > ended THEN $9 ELSE ended END \
             WHERE tenant = $1 AND project = $2 AND via = $3 AND run = $4 AND step = $5";
        let points = i64::try_from(page.points).unwrap_or(i64::MAX);
        let people = i64::try_from(page.accounts.len()).unwrap_or(i64::MAX);
        let values = args![run.id, run.step, text(page.next)?, points, ms(page.began), ms(page.ended), people];
        Ok(tx.run(sql, self.with(values)).await? > 0)
    }

    /// Everybody of a page, in one statement. Who stands on a page that is not silent is no silent find.
    async fn collect(&self, tx: &mut Tx, accounts: &[AccountId], silent: bool) -> Result<()> {
        let once: BTreeSet<&str> = accounts.iter().map(|a| a.0.as_str()).collect();
        if once.is_empty() {
            return Ok(());
        }
        let batch = Batch::of_texts(&[("account", Of::Text)], once.into_iter());
        let (from, values) = tx.dialect().rows(batch, 5);
        let sql = format!(
            "INSERT INTO roster_found (tenant, project, via, account, silent) SELECT $1, $2, $3, account, $4 \
             FROM {from} AS found WHERE true ORDER BY account ON CONFLICT (tenant, project, via, account) \
             DO UPDATE SET silent = excluded.silent WHERE excluded.silent < roster_found.silent"
        );
        tx.run(AssertSqlSafe(sql), [self.with(args![silent]), values].concat()).await?;
        Ok(())
    }

    /// Organisations on the project. One that the last pass did not have was put there or became visible since: whoever is
    /// in it was invited by nobody here, unless it is younger than that pass, so that everybody in it was added to it since.
    async fn list(&self, tx: &mut Tx, organisations: &[Listed]) -> Result<()> {
        if organisations.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new(&[("organisation", Of::Int), ("created", Of::Int)]);
        let mut seen = BTreeSet::new();
        for one in organisations.iter().filter(|one| seen.insert(one.id)) {
            batch.push(args![one.id, one.created.map(ms)]);
        }
        let (from, values) = tx.dialect().rows(batch, 4);
        let sql = format!(
            "INSERT INTO roster_listed (tenant, project, organisation, silent) SELECT $1, $2, organisation, \
             CASE WHEN EXISTS (SELECT 1 FROM roster_organisation AS k WHERE k.tenant = $1 AND k.project = $2 \
             AND k.organisation = found.organisation) OR created >= (SELECT p.began FROM roster_pass AS p \
             WHERE p.tenant = $1 AND p.project = $2 AND p.via = $3) THEN 0 ELSE 1 END \
             FROM {from} AS found WHERE true ORDER BY organisation ON CONFLICT (tenant, project, organisation) DO NOTHING"
        );
        tx.run(AssertSqlSafe(sql), [self.with(Vec::new()), values].concat()).await?;
        Ok(())
    }

    /// The organisations of the completed run are those that the next one knows.
    async fn know_organisations(&self, tx: &mut Tx) -> Result<()> {
        for sql in [
            "DELETE FROM roster_organisation WHERE tenant = $1 AND project = $2 AND organisation NOT IN \
             (SELECT l.organisation FROM roster_listed AS l WHERE l.tenant = $1 AND l.project = $2)",
            "INSERT INTO roster_organisation (tenant, project, organisation) SELECT l.tenant, l.project, l.organisation \
             FROM roster_listed AS l WHERE l.tenant = $1 AND l.project = $2 \
             ON CONFLICT (tenant, project, organisation) DO NOTHING",
            "DELETE FROM roster_listed WHERE tenant = $1 AND project = $2",
        ] {
            tx.run(sql, args![self.tenant.0, self.project.0]).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Passes for SqlStore {
    async fn begin_pass(
        &self,
        tenant: TenantId,
        project: ProjectId,
        via: Via,
        reseed: bool,
        at: Timestamp,
    ) -> Result<Run> {
        let ground = Ground { tenant, project, via };
        let mut tx = self.db.begin().await?;
        // A role comes in one answer, which cannot be gone on with.
        if via == Via::Role || tx.one(RUN, ground.with(Vec::new())).await?.is_none() {
            ground.clear(&mut tx).await?;
            let begin = "INSERT INTO roster_run (tenant, project, via, run, step, cursor, reseed, people, points) \
                 VALUES ($1, $2, $3, $4, 0, $5, 0, 0, 0) ON CONFLICT (tenant, project, via) DO NOTHING";
            tx.run(begin, ground.with(args![ms(at), text(Cursor::List(0))?])).await?;
        }
        if reseed {
            let sql = "UPDATE roster_run SET reseed = 1 WHERE tenant = $1 AND project = $2 AND via = $3";
            tx.run(sql, ground.with(Vec::new())).await?;
        }
        let row = tx.one(RUN, ground.with(Vec::new())).await?.ok_or(StoreError::Unavailable)?;
        let run = read_run(&row, &ground)?;
        tx.commit().await?;
        Ok(run)
    }

    async fn run(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<Option<Run>> {
        let ground = Ground { tenant, project, via };
        let row = self.db.read_one(RUN, ground.with(Vec::new())).await?;
        row.map(|row| read_run(&row, &ground)).transpose()
    }

    async fn take_page(&self, tenant: TenantId, run: &Run, page: &Page) -> Result<Option<Run>> {
        check(&page.accounts)?;
        let ground = Ground::of(tenant, run);
        let mut tx = self.db.begin().await?;
        if !ground.advance(&mut tx, run, page).await? {
            return Ok(None);
        }
        ground.collect(&mut tx, &page.accounts, page.silent).await?;
        ground.list(&mut tx, &page.organisations).await?;
        tx.commit().await?;
        let began = Some(run.began.map_or(page.began, |began| began.min(page.began)));
        let read = run.read + page.accounts.len() as u64;
        Ok(Some(Run { step: run.step + 1, cursor: page.next, began, read, ..run.clone() }))
    }

    async fn listed(&self, tenant: TenantId, project: ProjectId, from: i64) -> Result<Option<(i64, bool)>> {
        let sql = "SELECT organisation, silent FROM roster_listed WHERE tenant = $1 AND project = $2 \
             AND organisation >= $3 ORDER BY organisation LIMIT 1";
        let row = self.db.read_one(sql, args![tenant.0, project.0, from]).await?;
        row.map(|row| Ok((row.int("organisation")?, row.flag("silent")?))).transpose()
    }

    async fn has_organisation(&self, tenant: TenantId, project: ProjectId, organisation: i64) -> Result<bool> {
        let sql =
            "SELECT organisation FROM roster_organisation WHERE tenant = $1 AND project = $2 AND organisation = $3";
        Ok(self.db.read_one(sql, args![tenant.0, project.0, organisation]).await?.is_some())
    }

    async fn complete_pass(&self, tenant: TenantId, run: &Run, reseed: bool) -> Result<Option<PassOutcome>> {
        let ground = Ground::of(tenant, run);
        let mut tx = self.db.begin().await?;
        let last = ground.last(&mut tx).await?;
        let row = tx.one(RUN, ground.with(Vec::new())).await?;
        let Some(row) = row.filter(|row| row.int("run").is_ok_and(|id| id == run.id)) else { return Ok(None) };
        let (Some(began), Some(ended)) = (row.opt_int("began")?, row.opt_int("ended")?) else { return Ok(None) };
        let reseed = reseed || row.flag("reseed")?;
        let reading = Reading {
            began,
            ended,
            several: read_run(&row, &ground)?.is_several(),
            seeding: Reading::seeds(run.via, last.as_ref(), reseed),
            found: Found::Collected,
            points: row.count("points")?,
        };
        let outcome = ground.take_in(&mut tx, last, &reading).await?;
        if run.via == Via::Organisation {
            ground.know_organisations(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(Some(outcome))
    }

    async fn drop_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<()> {
        let mut tx = self.db.begin().await?;
        Ground { tenant, project, via }.clear(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn note_gap(&self, tenant: TenantId, project: ProjectId, gap: PassGap) -> Result<()> {
        let sql = "INSERT INTO roster_gap (tenant, project, via, why, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant, project, via) DO UPDATE SET why = excluded.why, at = excluded.at \
             WHERE roster_gap.why <> excluded.why";
        let Ok(Value::String(why)) = serde_json::to_value(gap.why) else { return Err(StoreError::Rejected) };
        self.db.write(sql, args![tenant.0, project.0, gap.via.name(), why, ms(gap.at)]).await.map(drop)
    }

    async fn gaps(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<PassGap>> {
        let sql = "SELECT via, why, at FROM roster_gap WHERE tenant = $1 AND project = $2 ORDER BY via";
        let rows = self.db.read(sql, args![tenant.0, project.0]).await?;
        let gap = |row: &Row| {
            let why = serde_json::from_value::<Unread>(Value::String(row.text("why")?)).unwrap_or(Unread::Unavailable);
            let via = Via::from_name(&row.text("via")?);
            Ok(via.zip(Some(row.time("at")?)).map(|(via, at)| PassGap { via, why, at }))
        };
        rows.iter().filter_map(|row| gap(row).transpose()).collect()
    }

    async fn batches(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<AddBatch>> {
        let sql =
            "SELECT via, at, people FROM roster_batch WHERE tenant = $1 AND project = $2 ORDER BY at DESC LIMIT $3";
        let rows = self.db.read(sql, args![tenant.0, project.0, BATCHES]).await?;
        let mut batches = Vec::new();
        for row in rows {
            let Some(mut batch) = read_batch(&row)? else { continue };
            batch.causes = self.causes(args![tenant.0, project.0, ms(batch.at), batch.via.name()]).await?;
            batches.push(batch);
        }
        Ok(batches)
    }

    async fn last_passes(&self, tenant: TenantId) -> Result<Vec<LastPass>> {
        let sql = "SELECT project, via, began, ended, silent_passes, people, points FROM roster_pass WHERE tenant = $1 \
             ORDER BY project, via";
        let rows = self.db.read(sql, args![tenant.0]).await?;
        let pass = |row: &Row| {
            let Some(via) = Via::from_name(&row.text("via")?) else { return Ok(None) };
            Ok(Some(LastPass {
                project: ProjectId(row.int("project")?),
                via,
                began: row.time("began")?,
                ended: row.time("ended")?,
                seeded: row.flag("silent_passes")?,
                people: row.count("people")?,
                points: row.count("points")?,
            }))
        };
        rows.iter().filter_map(|row| pass(row).transpose()).collect()
    }

    async fn points_a_round(&self) -> Result<(u64, u64)> {
        let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN p.via = 'list_only' THEN 0 ELSE p.points END), 0) AS BIGINT) AS truth, \
             CAST(COALESCE(SUM(CASE WHEN p.via = 'list_only' THEN p.points ELSE 0 END), 0) AS BIGINT) AS lists \
             FROM roster_pass AS p JOIN tenant AS t ON t.id = p.tenant WHERE t.state = 'active'";
        let row = self.db.read_one(sql, Vec::new()).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.count("truth")?, row.count("lists")?)))
    }
}

impl SqlStore {
    /// Standing causes of the cases of one import, by cause.
    async fn causes(&self, of: Vec<Arg>) -> Result<Vec<(String, u64)>> {
        let standing = self.db.dialect().elements("c.standing");
        let sql = format!(
            "SELECT standing.value->>'scenario' AS scenario, COUNT(*) AS n FROM customer_case AS c CROSS JOIN {standing} AS standing \
             WHERE c.tenant = $1 AND c.project = $2 AND c.not_after = $3 AND c.via = $4 \
             GROUP BY standing.value->>'scenario' ORDER BY COUNT(*) DESC, standing.value->>'scenario'"
        );
        let rows = self.db.read(AssertSqlSafe(sql), of).await?;
        rows.iter().map(|row| Ok((row.text("scenario")?, row.count("n")?))).collect()
    }
}
