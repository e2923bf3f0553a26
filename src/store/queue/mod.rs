//! The queue as the worker, the doors and the operator see it.
//! Does not know what the work means; `accept` knows which wishes add up, `lease` how rows are taken and given back.

mod accept;
mod lease;

use super::dialect::args;
use super::error::is_conflict;
use super::pool::{Row as DbRow, ms};
use super::{Accepted, Depth, Queue, Result, Row, RowState, SqlStore, StoreError};
use crate::domain::work::{Claim, Class, End, NewWork, Work};
use crate::domain::{TenantId, WorkId};
pub(super) use accept::accept_in;
use accept::{Draft, Urge};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lease::Turn;
use sqlx::AssertSqlSafe;

/// Times a statement is tried again when another process took the same row or lane first.
const TRIES: usize = 5;

/// An engine's error that may be a conflict with another process, or the store's word.
pub(super) enum Fault {
    Engine(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Engine(error) => error.into(),
            Fault::Store(error) => error,
        }
    }
}

/// Tries again when another process slipped a wish in between two statements.
macro_rules! again {
    ($call:expr) => {{
        let mut tries = 0;
        loop {
            tries += 1;
            match $call.await {
                Err(Fault::Engine(e)) if tries < TRIES && is_conflict(&e) => {}
                other => break other.map_err(StoreError::from),
            }
        }
    }};
}

#[async_trait]
impl Queue for SqlStore {
    async fn accept(&self, batch: &[NewWork]) -> Result<Accepted> {
        let refused: Vec<usize> = (0..batch.len()).filter(|i| Draft::of(&batch[*i], *i).is_none()).collect();
        let good: Vec<(usize, &NewWork)> =
            batch.iter().enumerate().filter(|(i, _)| refused.binary_search(i).is_err()).collect();
        if good.is_empty() {
            return if batch.is_empty() { Ok(Accepted::default()) } else { Err(StoreError::Rejected) };
        }
        let mut accepted = match self.accept_whole(&good).await {
            // Every row was checked before, so this is a refusal we have not met yet: find the culprit.
            Err(StoreError::Rejected) if good.len() > 1 => self.accept_one_by_one(&good).await?,
            other => other?,
        };
        accepted.refused.extend(refused);
        accepted.refused.sort_unstable();
        accepted.repeated.sort_unstable();
        if accepted.refused.len() == batch.len() { Err(StoreError::Rejected) } else { Ok(accepted) }
    }

    async fn claim(
        &self,
        want: u32,
        class: Class,
        after: TenantId,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claim>> {
        let paused = "SELECT 1 FROM pause WHERE scope = 'app' AND until > $1";
        if want == 0 || self.db.read_one(paused, args![ms(now)]).await?.is_some() {
            return Ok(Vec::new());
        }
        let turn = Turn { class, now, until: now + lease };
        let token = uuid::Uuid::new_v4().to_string();
        let mut claims = self.claim_between(&turn, &token, (after.0, i64::MAX), i64::from(want)).await?;
        let left = i64::from(want) - claims.len() as i64;
        if left > 0 && after.0 > i64::MIN {
            claims.extend(self.claim_between(&turn, &token, (i64::MIN, after.0), left).await?);
        }
        Ok(claims)
    }

    async fn renew(&self, claim: &Claim, until: Timestamp) -> Result<()> {
        let sql = "UPDATE queue SET leased_until = $3 WHERE id = $1 AND token = $2 AND state = 'leased'";
        match self.db.write(sql, args![claim.id.0, &claim.token, ms(until)]).await? {
            0 => Err(StoreError::LeaseLost),
            _ => Ok(()),
        }
    }

    async fn settle(&self, claim: &Claim, end: &End, then: &[NewWork], now: Timestamp) -> Result<()> {
        again!(self.settle_once(claim, end, then, now))
    }

    async fn lapse(&self, now: Timestamp) -> Result<u64> {
        again!(self.lapse_where("leased_until < $1", args![ms(now)]))
    }

    async fn lapse_all(&self, _now: Timestamp) -> Result<u64> {
        again!(self.lapse_where("1 = 1", Vec::new()))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        let row = self.db.read_one("SELECT MIN(run_at) AS due FROM queue WHERE state = 'queued'", Vec::new()).await?;
        row.map_or(Ok(None), |row| row.opt_time("due"))
    }

    async fn depth(&self, now: Timestamp) -> Result<Depth> {
        let count = |state: RowState| async move {
            let sql = format!("SELECT COUNT(*) AS n FROM queue WHERE state = '{}'", state.name());
            self.db.read_one(AssertSqlSafe(sql), Vec::new()).await?.map_or(Ok(0), |row| row.count("n"))
        };
        let oldest = "SELECT MIN(run_at) AS due FROM queue WHERE state = 'queued' AND run_at <= $1";
        let oldest = self.db.read_one(oldest, args![ms(now)]).await?;
        Ok(Depth {
            queued: count(RowState::Queued).await?,
            leased: count(RowState::Leased).await?,
            dead: count(RowState::Dead).await?,
            oldest_due: oldest.map_or(Ok(None), |row| row.opt_time("due"))?,
        })
    }

    async fn rows(&self, state: RowState, limit: u32) -> Result<Vec<Row>> {
        let sql = format!("SELECT * FROM queue WHERE state = '{}' ORDER BY id DESC LIMIT $1", state.name());
        self.db.read(AssertSqlSafe(sql), args![limit]).await?.iter().map(read_row).collect()
    }

    async fn row(&self, id: WorkId) -> Result<Option<Row>> {
        let row = self.db.read_one("SELECT * FROM queue WHERE id = $1", args![id.0]).await?;
        row.as_ref().map(read_row).transpose()
    }

    async fn revive(&self, id: WorkId, now: Timestamp) -> Result<bool> {
        again!(self.revive_once(id, now))
    }

    async fn drop_row(&self, id: WorkId) -> Result<bool> {
        let sql = "DELETE FROM queue WHERE id = $1 AND state IN ('queued', 'dead')";
        Ok(self.db.write(sql, args![id.0]).await? > 0)
    }

    async fn sweep_done(&self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM queue WHERE id IN \
             (SELECT id FROM queue WHERE state = 'done' AND done_at < $1 ORDER BY done_at LIMIT 500)";
        let mut swept = 0;
        loop {
            let step = self.db.write(sql, args![ms(before)]).await?;
            swept += step;
            if step < 500 {
                return Ok(swept);
            }
        }
    }
}

fn read_row(row: &DbRow) -> Result<Row> {
    let mut payload = row.text("payload")?;
    if let Ok(mut work) = serde_json::from_str::<Work>(&payload) {
        Urge::apply(row.int("urge")?, &mut work);
        payload = serde_json::to_string(&work).unwrap_or(payload);
    }
    Ok(Row {
        id: WorkId(row.int("id")?),
        tenant: TenantId(row.int("tenant")?),
        kind: row.text("kind")?,
        payload,
        state: match row.text("state")?.as_str() {
            "leased" => RowState::Leased,
            "done" => RowState::Done,
            "dead" => RowState::Dead,
            _ => RowState::Queued,
        },
        attempts: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
        run_at: row.time("run_at")?,
        received_at: row.time("received_at")?,
        why: row.opt_text("why")?,
    })
}
