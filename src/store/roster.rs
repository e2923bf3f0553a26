//! Who was seen on which project, by which way, and which of them are adds that no case tells of yet.
//! Does not know how a pass is read, and opens no case.

use super::dialect::{Arg, Batch, Of, args};
use super::pool::{Row, Tx, ms};
use super::{Result, Roster, SqlStore, StoreError};
use crate::domain::roster::{Pass, PassOutcome, Seat};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{Moment, Via};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

/// `not_before` of a seat that was there when we first looked: nobody can tell since when, so nothing is "before the add".
const ALWAYS: i64 = 0;

/// The last completed pass.
struct Last {
    began: i64,
    ended: i64,
}

/// One way of adding in one project: the first three placeholders of every statement here.
struct Ground {
    tenant: TenantId,
    project: ProjectId,
    via: Via,
}

impl Ground {
    fn with(&self, more: Vec<Arg>) -> Vec<Arg> {
        [args![self.tenant.0, self.project.0, self.via.name()], more].concat()
    }

    /// Holds the pass row, so that two passes over the same ground cannot interleave.
    async fn last(&self, tx: &mut Tx) -> Result<Option<Last>> {
        let sql = format!(
            "SELECT began, ended FROM roster_pass WHERE tenant = $1 AND project = $2 AND via = $3 {}",
            tx.dialect().for_update()
        );
        let row = tx.one(AssertSqlSafe(sql), self.with(Vec::new())).await?;
        row.map(|row| Ok(Last { began: row.int("began")?, ended: row.int("ended")? })).transpose()
    }

    async fn total(&self, tx: &mut Tx) -> Result<u64> {
        let sql = "SELECT COUNT(*) AS n FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NULL";
        tx.one(sql, self.with(Vec::new())).await?.map_or(Ok(0), |row| row.count("n"))
    }

    /// Seats that the pass lacks end. Whoever came after the pass began may have been missed by it and stays.
    async fn end_missing(&self, tx: &mut Tx, pass: &Pass, last: &Last) -> Result<u64> {
        let (from, accounts) = tx.dialect().rows(found(pass), 8);
        let lacked = tx.dialect().lacks("seat.account", &from);
        let sql = format!(
            "UPDATE seat SET gone_at = $4, last_here = CASE WHEN not_after <= $5 THEN $6 ELSE not_after END \
             WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NULL AND not_after <= $7 AND {lacked}"
        );
        let times = args![ms(pass.ended), last.began, last.ended, ms(pass.began)];
        Ok(tx.run(AssertSqlSafe(sql), [self.with(times), accounts].concat()).await?)
    }

    /// Seats that had ended and are found again begin anew.
    async fn bring_back(&self, tx: &mut Tx, pass: &Pass, last: &Last, seeding: bool) -> Result<u64> {
        let (from, accounts) = tx.dialect().rows(found(pass), 8);
        let sql = format!(
            "UPDATE seat SET not_before = $4, not_after = $5, seeded = $6, case_due = $7, stayed_before = last_here, \
             last_here = NULL, gone_at = NULL WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NOT NULL \
             AND account IN (SELECT account FROM {from} AS found)"
        );
        let values = args![last.began, ms(pass.ended), seeding, !seeding];
        Ok(tx.run(AssertSqlSafe(sql), [self.with(values), accounts].concat()).await?)
    }

    /// Seats for everybody who has none.
    async fn seat_new(&self, tx: &mut Tx, pass: &Pass, last: &Last, seeding: bool) -> Result<u64> {
        let (from, accounts) = tx.dialect().rows(found(pass), 8);
        let sql = format!(
            "INSERT INTO seat (tenant, project, via, account, not_before, not_after, seeded, case_due) \
             SELECT $1, $2, $3, account, $4, $5, $6, $7 FROM {from} AS found WHERE true ORDER BY account \
             ON CONFLICT (tenant, project, via, account) DO NOTHING"
        );
        let values = args![last.began, ms(pass.ended), seeding, !seeding];
        Ok(tx.run(AssertSqlSafe(sql), [self.with(values), accounts].concat()).await?)
    }

    async fn complete(&self, tx: &mut Tx, pass: &Pass, seeding: bool) -> Result<()> {
        tx.run(
            "INSERT INTO roster_pass (tenant, project, via, began, ended, seeded_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (tenant, project, via) DO UPDATE SET began = excluded.began, ended = excluded.ended, \
             seeded_at = COALESCE(excluded.seeded_at, roster_pass.seeded_at)",
            self.with(args![ms(pass.began), ms(pass.ended), seeding.then(|| ms(pass.ended))]),
        )
        .await?;
        Ok(())
    }

    /// Adds that no case tells of yet: those of this pass, and those of one whose follow-up was lost in a crash.
    async fn due(&self, tx: &mut Tx) -> Result<Vec<Seat>> {
        let sql = "SELECT * FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 AND case_due = 1 \
             AND gone_at IS NULL ORDER BY account";
        let rows = tx.rows(sql, self.with(Vec::new())).await?;
        rows.iter().filter_map(|row| read_seat(row).transpose()).collect()
    }

    async fn seat(&self, tx: &mut Tx, account: &AccountId) -> Result<Option<Row>> {
        let sql = format!(
            "SELECT * FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 AND account = $4 {}",
            tx.dialect().for_update()
        );
        Ok(tx.one(AssertSqlSafe(sql), self.with(args![&account.0])).await?)
    }

    /// Makes a seat that is an add with this window, unless a pass just made one.
    async fn seat_add(&self, tx: &mut Tx, account: &AccountId, window: (i64, i64)) -> Result<()> {
        let sql = "INSERT INTO seat (tenant, project, via, account, not_before, not_after, seeded, case_due) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, 1) ON CONFLICT (tenant, project, via, account) DO NOTHING";
        tx.run(sql, self.with(add(account, window))).await?;
        Ok(())
    }

    /// Makes the seat that is there an add with this window.
    async fn turn_into_add(&self, tx: &mut Tx, account: &AccountId, window: (i64, i64)) -> Result<()> {
        let sql = "UPDATE seat SET not_before = $5, not_after = $6, seeded = 0, case_due = 1, \
             stayed_before = CASE WHEN gone_at IS NULL THEN stayed_before ELSE last_here END, \
             last_here = NULL, gone_at = NULL WHERE tenant = $1 AND project = $2 AND via = $3 AND account = $4";
        tx.run(sql, self.with(add(account, window))).await?;
        Ok(())
    }
}

fn add(account: &AccountId, window: (i64, i64)) -> Vec<Arg> {
    args![&account.0, window.0.min(window.1), window.1]
}

fn found(pass: &Pass) -> Batch {
    Batch::of_texts(&[("account", Of::Text)], pass.accounts.iter().map(|a| a.0.as_str()))
}

/// `None` when this version does not know the way any more.
fn read_seat(row: &Row) -> Result<Option<Seat>> {
    let Some(via) = Via::from_name(&row.text("via")?) else { return Ok(None) };
    Ok(Some(Seat {
        project: ProjectId(row.int("project")?),
        account: AccountId(row.text("account")?),
        via,
        added: Moment { not_before: row.time("not_before")?, not_after: row.time("not_after")? },
        seeded: row.flag("seeded")?,
        gone_at: row.opt_time("gone_at")?,
        stayed_before: row.opt_time("stayed_before")?,
    }))
}

#[async_trait]
impl Roster for SqlStore {
    async fn apply_pass(&self, tenant: TenantId, pass: &Pass) -> Result<PassOutcome> {
        if pass.accounts.iter().any(|a| a.0.is_empty() || a.0.contains('\0')) {
            return Err(StoreError::Rejected);
        }
        let ground = Ground { tenant, project: pass.project, via: pass.via };
        let mut tx = self.db.begin().await?;
        if let Some(said) = tx.dialect().long_lists() {
            tx.run(said, Vec::new()).await?;
        }
        let last = ground.last(&mut tx).await?;
        if last.as_ref().is_some_and(|last| ms(pass.began) < last.began) {
            // A later pass was faster; an older reading must not end or revive anybody.
            return Ok(PassOutcome { total: ground.total(&mut tx).await?, ..PassOutcome::default() });
        }
        let seeding = last.is_none() || pass.reseed;
        let last = last.unwrap_or(Last { began: ALWAYS, ended: ALWAYS });
        let mut outcome =
            PassOutcome { gone: ground.end_missing(&mut tx, pass, &last).await?, ..PassOutcome::default() };
        let mut silent = ground.bring_back(&mut tx, pass, &last, seeding).await?;
        silent += ground.seat_new(&mut tx, pass, &last, seeding).await?;
        ground.complete(&mut tx, pass, seeding).await?;
        match seeding {
            true => outcome.seeded = silent,
            false => outcome.fresh = ground.due(&mut tx).await?,
        }
        outcome.total = ground.total(&mut tx).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    async fn notice(
        &self,
        tenant: TenantId,
        project: ProjectId,
        account: &AccountId,
        via: Via,
        added: Moment,
        hinted_at: Timestamp,
    ) -> Result<Option<Seat>> {
        let ground = Ground { tenant, project, via };
        let mut tx = self.db.begin().await?;
        let last = ground.last(&mut tx).await?;
        // The last completed pass lacked the person; only before any pass does the caller's word count.
        let told = (ms(added.not_before), ms(added.not_after));
        let window = (last.map_or(told.0, |last| last.began), told.1);
        if ground.seat(&mut tx, account).await?.is_none() {
            ground.seat_add(&mut tx, account, window).await?;
        }
        match ground.seat(&mut tx, account).await? {
            Some(row) if row.opt_int("gone_at")?.is_some() => ground.turn_into_add(&mut tx, account, window).await?,
            // The pass that took the person over silently came after the hint; the pass before it, if any, lacked them.
            Some(row) if row.flag("seeded")? && row.int("not_after")? >= ms(hinted_at) => {
                let not_before = Some(row.int("not_before")?).filter(|at| *at != ALWAYS).unwrap_or(told.0);
                let not_after = row.int("not_after")?.min(told.1);
                ground.turn_into_add(&mut tx, account, (not_before, not_after)).await?;
            }
            _ => {}
        }
        let row = ground.seat(&mut tx, account).await?;
        tx.commit().await?;
        match row {
            Some(row) if row.flag("case_due")? => read_seat(&row),
            _ => Ok(None),
        }
    }

    async fn seats(&self, tenant: TenantId, account: &AccountId) -> Result<Vec<Seat>> {
        let sql = "SELECT * FROM seat WHERE tenant = $1 AND account = $2 ORDER BY project, via";
        let rows = self.db.read(sql, args![tenant.0, &account.0]).await?;
        rows.iter().filter_map(|row| read_seat(row).transpose()).collect()
    }

    async fn last_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<Option<Timestamp>> {
        let sql = "SELECT began FROM roster_pass WHERE tenant = $1 AND project = $2 AND via = $3";
        let row = self.db.read_one(sql, args![tenant.0, project.0, via.name()]).await?;
        row.map(|row| row.time("began")).transpose()
    }
}
