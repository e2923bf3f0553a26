//! Leases: rows taken, given back, ended, each fenced by its token.
//! Does not know what the work does, only how it ended.

use super::accept::{Urge, accept_in};
use super::{Fault, TRIES};
use crate::domain::work::{Claim, Class, End, MAX_ATTEMPTS, NewWork, Work, backoff};
use crate::domain::{TenantId, WorkId};
use crate::store::dialect::{Arg, args};
use crate::store::error::is_conflict;
use crate::store::pool::{Row, Tx, ms};
use crate::store::{Result, SqlStore, StoreError};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

impl SqlStore {
    pub(super) async fn claim_between(
        &self,
        turn: &Turn,
        token: &str,
        range: (i64, i64),
        want: i64,
    ) -> Result<Vec<Claim>> {
        let lease = args![turn.class as i64, range.0, range.1, ms(turn.now), want, token, ms(turn.until)];
        for _ in 0..TRIES {
            match self.db.write_rows(self.db.dialect().claim(), lease.clone()).await {
                Ok(rows) => return self.read_claims(rows, token).await,
                Err(e) if is_conflict(&e) => {} // another process took a row of the same lane at the same time
                Err(e) => return Err(e.into()),
            }
        }
        Ok(Vec::new())
    }

    async fn read_claims(&self, rows: Vec<Row>, token: &str) -> Result<Vec<Claim>> {
        let mut claims = Vec::with_capacity(rows.len());
        for row in rows {
            let id = WorkId(row.int("id")?);
            let Ok(mut work) = serde_json::from_str::<Work>(&row.text("payload")?) else {
                // Written by another version: kept for an operator, in nobody's way.
                let sql = "UPDATE queue SET state = 'dead', token = NULL, leased_until = NULL, why = 'unreadable' WHERE id = $1";
                self.db.write(sql, args![id.0]).await?;
                tracing::error!(row = id.0, "a queue row cannot be read by this version and is dead now");
                continue;
            };
            Urge::apply(row.int("urge")?, &mut work);
            claims.push(Claim {
                id,
                tenant: TenantId(row.int("tenant")?),
                work,
                attempt: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
                token: token.to_owned(),
            });
        }
        Ok(claims)
    }

    pub(super) async fn settle_once(
        &self,
        claim: &Claim,
        end: &End,
        then: &[NewWork],
        now: Timestamp,
    ) -> std::result::Result<(), Fault> {
        let mut tx = self.db.begin().await?;
        let held = args![claim.id.0, &claim.token];
        let ended = match end {
            End::Done => {
                let done = "UPDATE queue SET state = 'done', done_at = $3, token = NULL, leased_until = NULL \
                     WHERE id = $1 AND token = $2 AND state = 'leased' AND once IS NOT NULL";
                let kept = tx.run(done, [held.clone(), args![ms(now)]].concat()).await?;
                let gone = "DELETE FROM queue WHERE id = $1 AND token = $2 AND state = 'leased' AND once IS NULL";
                kept + if kept == 0 { tx.run(gone, held).await? } else { 0 }
            }
            End::Defer { until, why } => {
                let back = Back { run_at: Some(ms(*until)), attempts: "attempts - 1", why };
                give_back(&mut tx, "id = $1 AND token = $2", held, &back).await?
            }
            End::Retry { why } if claim.attempt < MAX_ATTEMPTS => {
                let back = Back { run_at: Some(ms(now + backoff(claim.attempt))), attempts: "attempts", why };
                give_back(&mut tx, "id = $1 AND token = $2", held, &back).await?
            }
            End::Retry { why } | End::Dead { why } => {
                let dead = "UPDATE queue SET state = 'dead', token = NULL, leased_until = NULL, why = $3 \
                     WHERE id = $1 AND token = $2 AND state = 'leased'";
                tx.run(dead, [held, args![*why]].concat()).await?
            }
        };
        if ended == 0 {
            return Err(StoreError::LeaseLost.into());
        }
        accept_in(&mut tx, then, now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn lapse_where(&self, which: &'static str, values: Vec<Arg>) -> std::result::Result<u64, Fault> {
        let mut tx = self.db.begin().await?;
        let dead = format!(
            "UPDATE queue SET state = 'dead', token = NULL, leased_until = NULL, why = 'lease_lapsed' \
             WHERE state = 'leased' AND attempts >= {MAX_ATTEMPTS} AND {which}"
        );
        let died = tx.run(AssertSqlSafe(dead), values.clone()).await?;
        let back = Back { run_at: None, attempts: "attempts", why: "lease_lapsed" };
        let returned = give_back(&mut tx, which, values, &back).await?;
        tx.commit().await?;
        Ok(died + returned)
    }

    pub(super) async fn revive_once(&self, id: WorkId, now: Timestamp) -> std::result::Result<bool, Fault> {
        let mut tx = self.db.begin().await?;
        let back = Back { run_at: Some(ms(now)), attempts: "CAST(0 AS BIGINT)", why: "revived" };
        let moved = give_back_from(&mut tx, "dead", "id = $1", args![id.0], &back).await?;
        tx.commit().await?;
        Ok(moved > 0)
    }
}

/// How rows come back to the queue.
struct Back<'a> {
    /// `None`: as before.
    run_at: Option<i64>,
    /// SQL for the attempts.
    attempts: &'static str,
    why: &'a str,
}

async fn give_back(tx: &mut Tx, which: &str, values: Vec<Arg>, back: &Back<'_>) -> std::result::Result<u64, Fault> {
    give_back_from(tx, "leased", which, values, back).await
}

/// Rows return to the queue. Where the same wish waits again already, that row takes the returning one in: it keeps the
/// attempts, so that work which always fails ends among the dead however often it is wished for.
async fn give_back_from(
    tx: &mut Tx,
    from: &str,
    which: &str,
    values: Vec<Arg>,
    back: &Back<'_>,
) -> std::result::Result<u64, Fault> {
    let Back { run_at, attempts, why } = back;
    let twin = "twin.state = 'queued' AND twin.tenant = queue.tenant AND twin.wish = queue.wish";
    let absorbed = format!(
        "DELETE FROM queue WHERE state = '{from}' AND {which} AND wish IS NOT NULL \
         AND EXISTS (SELECT 1 FROM queue AS twin WHERE {twin}) \
         RETURNING tenant, wish, run_at, class, urge, {attempts} AS attempts"
    );
    let twins = tx.rows(AssertSqlSafe(absorbed), values.clone()).await?;
    for row in &twins {
        tx.run(
            "UPDATE queue SET run_at = CASE WHEN $3 < run_at THEN $3 ELSE run_at END, \
             class = CASE WHEN $4 < class THEN $4 ELSE class END, urge = urge | $5, \
             attempts = CASE WHEN $6 > attempts THEN $6 ELSE attempts END, wishes = wishes + 1 \
             WHERE tenant = $1 AND wish = $2 AND state = 'queued'",
            args![
                row.int("tenant")?,
                row.text("wish")?,
                run_at.map_or_else(|| row.int("run_at"), Ok)?,
                row.int("class")?,
                row.int("urge")?,
                row.int("attempts")?,
            ],
        )
        .await?;
    }
    let n = values.len();
    let returned = format!(
        "UPDATE queue SET state = 'queued', token = NULL, leased_until = NULL, attempts = {attempts}, why = ${}, \
         run_at = COALESCE(${}, run_at) WHERE state = '{from}' AND {which}",
        n + 1,
        n + 2
    );
    let returned = tx.run(AssertSqlSafe(returned), [values, args![*why, *run_at]].concat()).await?;
    Ok(returned + twins.len() as u64)
}

/// One turn of claiming.
pub(super) struct Turn {
    pub(super) class: Class,
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
}
