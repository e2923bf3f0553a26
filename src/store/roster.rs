//! Who was seen on which project, by which way, and which of them are adds that no case tells of yet.
//! Does not know how a pass is read, and opens no case.

pub(super) mod ground;

use self::ground::{ALWAYS, DUE, Found, Ground, Reading, read_seat};
use super::dialect::args;
use super::pool::ms;
use super::{Result, Roster, SqlStore, StoreError};
use crate::domain::roster::{Pass, PassOutcome, Seat, quota};
use crate::domain::{AccountId, ProjectId, TenantId};
use async_trait::async_trait;
use diagnosis::{Moment, Via};
use jiff::Timestamp;

/// Whether the engines take every account; one that they refuse would fail in the middle.
pub(super) fn check(accounts: &[AccountId]) -> Result<()> {
    match accounts.iter().any(|a| a.0.is_empty() || a.0.contains('\0')) {
        true => Err(StoreError::Rejected),
        false => Ok(()),
    }
}

#[async_trait]
impl Roster for SqlStore {
    async fn apply_pass(&self, tenant: TenantId, pass: &Pass) -> Result<PassOutcome> {
        check(&pass.accounts)?;
        let ground = Ground { tenant, project: pass.project, via: pass.via };
        let mut tx = self.db.begin().await?;
        let last = ground.last(&mut tx).await?;
        if last.as_ref().is_some_and(|last| ms(pass.began) < last.began) {
            // A later pass was faster; an older reading must not end or revive anybody.
            return Ok(PassOutcome { total: ground.count(&mut tx, "", Vec::new()).await?, ..PassOutcome::default() });
        }
        let reading = Reading {
            began: ms(pass.began),
            ended: ms(pass.ended),
            several: false,
            seeding: Reading::seeds(pass.via, last.as_ref(), pass.reseed),
            found: Found::List(&pass.accounts),
            points: quota::role(pass.accounts.len() as u64),
        };
        let outcome = ground.take_in(&mut tx, last, &reading).await?;
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
        let window = (last.map_or(told.0, |last| last.lacked_since()), told.1);
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
        let sql = "SELECT * FROM seat WHERE tenant = $1 AND account = $2 AND via <> $3 ORDER BY project, via";
        let rows = self.db.read(sql, args![tenant.0, &account.0, Via::ListOnly.name()]).await?;
        rows.iter().filter_map(|row| read_seat(row).transpose()).collect()
    }

    async fn due(
        &self,
        tenant: TenantId,
        project: ProjectId,
        via: Via,
        after: &AccountId,
        limit: u32,
    ) -> Result<Vec<Seat>> {
        let values = Ground { tenant, project, via }.with(args![&after.0, limit]);
        self.db.read(DUE, values).await?.iter().filter_map(|row| read_seat(row).transpose()).collect()
    }

    async fn last_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<Option<Timestamp>> {
        let sql = "SELECT began FROM roster_pass WHERE tenant = $1 AND project = $2 AND via = $3";
        let row = self.db.read_one(sql, args![tenant.0, project.0, via.name()]).await?;
        row.map(|row| row.time("began")).transpose()
    }
}
