//! What a completed pass changes of the roster: seats that end, come back, begin; the same for a list and for what a run
//! collected. Does not know how a pass is read.

use crate::domain::roster::{AddBatch, PassOutcome, RAISED_AT_ONCE, Seat, is_batch};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::store::Result;
use crate::store::dialect::{Arg, Batch, Dialect, Of, args};
use crate::store::pool::{Row, Tx};
use diagnosis::{Moment, Via};
use sqlx::AssertSqlSafe;

/// `not_before` of a seat that was there when we first looked: nobody can tell since when, so nothing is "before the add".
pub(in crate::store) const ALWAYS: i64 = 0;

/// The last completed pass.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Last {
    pub(in crate::store) began: i64,
    pub(in crate::store) ended: i64,
    several: bool,
    before_began: i64,
    silent_passes: i64,
}

impl Last {
    /// Before any.
    const NONE: Self = Self { began: ALWAYS, ended: ALWAYS, several: false, before_began: ALWAYS, silent_passes: 0 };

    /// Who is new now came after this. A list that came in several answers may have skipped somebody while it changed, so
    /// there two passes must have lacked them.
    pub(in crate::store) fn lacked_since(&self) -> i64 {
        if self.several { self.before_began } else { self.began }
    }

    /// Whether it was a first pass that may have skipped somebody: whom the next one finds was there before, too.
    fn is_half_seeded(&self) -> bool {
        self.several && self.silent_passes == 1
    }
}

/// Everybody that the pass found.
pub(in crate::store) enum Found<'a> {
    /// In one answer.
    List(&'a [AccountId]),
    /// Collected by a run.
    Collected,
}

impl Found<'_> {
    /// To select `account` and `silent` from; the list's placeholder is `$first`.
    fn rows(&self, dialect: Dialect, first: usize) -> (String, Vec<Arg>) {
        match self {
            Self::List(accounts) => {
                let batch = Batch::of_texts(&[("account", Of::Text)], accounts.iter().map(|a| a.0.as_str()));
                let (from, values) = dialect.rows(batch, first);
                (format!("(SELECT account, 0 AS silent FROM {from} AS listed)"), values)
            }
            Self::Collected => {
                let own = "tenant = $1 AND project = $2 AND via = $3";
                (format!("(SELECT account, silent FROM roster_found WHERE {own})"), Vec::new())
            }
        }
    }

    /// That a seat's account is not among them, and the values that takes from `$first` on.
    fn lacks(&self, dialect: Dialect, first: usize) -> (String, Vec<Arg>) {
        let (from, values) = self.rows(dialect, first);
        match self {
            Self::List(_) => (dialect.lacks("seat.account", &from), values),
            Self::Collected => (format!("NOT EXISTS ({COLLECTED})"), values),
        }
    }

    /// 1 where a seat begins silently, `$6` saying whether all do.
    fn silently(&self) -> String {
        match self {
            Self::List(_) => "$6".to_owned(),
            Self::Collected => format!("CASE WHEN EXISTS ({COLLECTED} AND f.silent = 1) THEN 1 ELSE $6 END"),
        }
    }
}

/// The row of a seat's account among those collected.
const COLLECTED: &str = "SELECT 1 FROM roster_found AS f WHERE f.tenant = seat.tenant AND f.project = seat.project \
     AND f.via = seat.via AND f.account = seat.account";

/// A completed pass about to be taken in.
pub(in crate::store) struct Reading<'a> {
    pub(in crate::store) began: i64,
    pub(in crate::store) ended: i64,
    /// The list came in several answers.
    pub(in crate::store) several: bool,
    pub(in crate::store) seeding: bool,
    pub(in crate::store) found: Found<'a>,
    pub(in crate::store) points: u64,
}

impl Reading<'_> {
    /// Whether everybody new is taken over silently: at first, when asked to, and ever where no case may come from it.
    pub(in crate::store) fn seeds(via: Via, last: Option<&Last>, reseed: bool) -> bool {
        reseed || via == Via::ListOnly || last.is_none_or(Last::is_half_seeded)
    }
}

/// One way of adding in one project: the first three placeholders of every statement here.
pub(in crate::store) struct Ground {
    pub(in crate::store) tenant: TenantId,
    pub(in crate::store) project: ProjectId,
    pub(in crate::store) via: Via,
}

impl Ground {
    pub(in crate::store) fn with(&self, more: Vec<Arg>) -> Vec<Arg> {
        [args![self.tenant.0, self.project.0, self.via.name()], more].concat()
    }

    /// Holds the pass row, so that two passes over the same ground cannot interleave.
    pub(in crate::store) async fn last(&self, tx: &mut Tx) -> Result<Option<Last>> {
        let sql = format!(
            "SELECT began, ended, several, before_began, silent_passes FROM roster_pass \
             WHERE tenant = $1 AND project = $2 AND via = $3 {}",
            tx.dialect().for_update()
        );
        let row = tx.one(AssertSqlSafe(sql), self.with(Vec::new())).await?;
        row.map(|row| {
            Ok(Last {
                began: row.int("began")?,
                ended: row.int("ended")?,
                several: row.flag("several")?,
                before_began: row.opt_int("before_began")?.unwrap_or(ALWAYS),
                silent_passes: row.int("silent_passes")?,
            })
        })
        .transpose()
    }

    pub(in crate::store) async fn count(&self, tx: &mut Tx, which: &'static str, values: Vec<Arg>) -> Result<u64> {
        let sql = format!(
            "SELECT COUNT(*) AS n FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NULL {which}"
        );
        tx.one(AssertSqlSafe(sql), self.with(values)).await?.map_or(Ok(0), |row| row.count("n"))
    }

    /// Takes the pass in. Seats that nothing happened to are not written.
    pub(in crate::store) async fn take_in(
        &self,
        tx: &mut Tx,
        last: Option<Last>,
        reading: &Reading<'_>,
    ) -> Result<PassOutcome> {
        if let Some(said) = tx.dialect().long_lists() {
            tx.run(said, Vec::new()).await?;
        }
        let before = last.unwrap_or(Last::NONE);
        let mut outcome = PassOutcome { seeding: reading.seeding, ..Default::default() };
        outcome.gone = self.end_missing(tx, reading, &before).await?;
        let taken = self.bring_back(tx, reading, &before).await? + self.seat_new(tx, reading, &before).await?;
        outcome.found = match reading.seeding {
            true => 0,
            false => self.count(tx, "AND case_due = 1 AND not_after = $4", args![reading.ended]).await?,
        };
        outcome.seeded = taken.saturating_sub(outcome.found);
        outcome.total = self.count(tx, "", Vec::new()).await?;
        outcome.batch = is_batch(outcome.found, outcome.total);
        self.complete(tx, reading, last, outcome.total).await?;
        if outcome.batch {
            self.note_batch(tx, reading.ended, outcome.found).await?;
        }
        if !reading.seeding {
            outcome.due = self.count(tx, "AND case_due = 1", Vec::new()).await?;
            outcome.fresh = self.due(tx, "", RAISED_AT_ONCE).await?;
        }
        Ok(outcome)
    }

    /// Seats that the pass lacks end, where it came in several answers only if the pass before lacked them too: a list that
    /// changes while it is read can skip somebody. Whoever came after the pass began may have been missed by it and stays.
    async fn end_missing(&self, tx: &mut Tx, reading: &Reading<'_>, last: &Last) -> Result<u64> {
        if reading.several || last.several {
            self.find_again(tx, &reading.found).await?;
        }
        let (lacked, accounts) = reading.found.lacks(tx.dialect(), 8);
        // A seat that is missed for the first time stands, and keeps when it was last seen.
        let gone_at = if reading.several { "CASE WHEN last_here IS NOT NULL THEN $4 END" } else { "$4" };
        let sql = format!(
            "UPDATE seat SET gone_at = {gone_at}, \
             last_here = COALESCE(last_here, CASE WHEN not_after <= $5 THEN $6 ELSE not_after END) \
             WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NULL AND not_after <= $7 AND {lacked} \
             RETURNING gone_at"
        );
        let times = args![reading.ended, last.began, last.ended, reading.began];
        let missed = tx.rows(AssertSqlSafe(sql), [self.with(times), accounts].concat()).await?;
        let ended = missed.iter().map(|row| row.opt_int("gone_at")).collect::<Result<Vec<_>>>()?;
        Ok(ended.into_iter().flatten().count() as u64)
    }

    /// Whom the last pass lacked and this one has was never away.
    async fn find_again(&self, tx: &mut Tx, found: &Found<'_>) -> Result<()> {
        let (from, accounts) = found.rows(tx.dialect(), 4);
        let sql = format!(
            "UPDATE seat SET last_here = NULL WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NULL \
             AND last_here IS NOT NULL AND account IN (SELECT account FROM {from} AS found)"
        );
        tx.run(AssertSqlSafe(sql), self.with(accounts)).await?;
        Ok(())
    }

    /// Seats that had ended and are found again begin anew.
    async fn bring_back(&self, tx: &mut Tx, reading: &Reading<'_>, last: &Last) -> Result<u64> {
        let (from, accounts) = reading.found.rows(tx.dialect(), 7);
        let silently = reading.found.silently();
        let sql = format!(
            "UPDATE seat SET not_before = $4, not_after = $5, seeded = {silently}, case_due = 1 - ({silently}), \
             stayed_before = last_here, last_here = NULL, gone_at = NULL \
             WHERE tenant = $1 AND project = $2 AND via = $3 AND gone_at IS NOT NULL \
             AND account IN (SELECT account FROM {from} AS found)"
        );
        let values = args![last.lacked_since(), reading.ended, reading.seeding];
        Ok(tx.run(AssertSqlSafe(sql), [self.with(values), accounts].concat()).await?)
    }

    /// Seats for everybody who has none.
    async fn seat_new(&self, tx: &mut Tx, reading: &Reading<'_>, last: &Last) -> Result<u64> {
        let (from, accounts) = reading.found.rows(tx.dialect(), 7);
        let silently = "CASE WHEN found.silent = 1 THEN 1 ELSE $6 END";
        let sql = format!(
            "INSERT INTO seat (tenant, project, via, account, not_before, not_after, seeded, case_due) \
             SELECT $1, $2, $3, account, $4, $5, {silently}, 1 - ({silently}) FROM {from} AS found \
             WHERE true ORDER BY account ON CONFLICT (tenant, project, via, account) DO NOTHING"
        );
        let values = args![last.lacked_since(), reading.ended, reading.seeding];
        Ok(tx.run(AssertSqlSafe(sql), [self.with(values), accounts].concat()).await?)
    }

    async fn complete(&self, tx: &mut Tx, reading: &Reading<'_>, last: Option<Last>, people: u64) -> Result<()> {
        // A list's silence is nothing to note: it is always silent.
        let seeded_at = (reading.seeding && self.via != Via::ListOnly).then_some(reading.ended);
        let silent_passes: i64 = match (reading.seeding, last) {
            (false, _) => 0,
            (true, Some(last)) if last.is_half_seeded() => 2,
            (true, _) => 1,
        };
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        tx.run(
            "INSERT INTO roster_pass (tenant, project, via, began, ended, seeded_at, several, before_began, \
             silent_passes, people, points) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (tenant, project, via) DO UPDATE SET began = excluded.began, ended = excluded.ended, \
             seeded_at = COALESCE(excluded.seeded_at, roster_pass.seeded_at), several = excluded.several, \
             before_began = excluded.before_began, \
             silent_passes = excluded.silent_passes, people = excluded.people, points = excluded.points",
            self.with(args![
                reading.began,
                reading.ended,
                seeded_at,
                reading.several,
                last.map(|last| last.began),
                silent_passes,
                count(people),
                count(reading.points),
            ]),
        )
        .await?;
        for over in [
            "DELETE FROM roster_gap WHERE tenant = $1 AND project = $2 AND via = $3",
            "DELETE FROM roster_found WHERE tenant = $1 AND project = $2 AND via = $3",
            "DELETE FROM roster_run WHERE tenant = $1 AND project = $2 AND via = $3",
        ] {
            tx.run(over, self.with(Vec::new())).await?;
        }
        Ok(())
    }

    async fn note_batch(&self, tx: &mut Tx, at: i64, people: u64) -> Result<()> {
        let sql = "INSERT INTO roster_batch (tenant, project, via, at, people) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant, project, via, at) DO NOTHING";
        tx.run(sql, self.with(args![at, i64::try_from(people).unwrap_or(i64::MAX)])).await?;
        Ok(())
    }

    /// Adds after this account that no case tells of yet: those of the last pass, and those of one whose follow-up was lost.
    pub(in crate::store) async fn due(&self, tx: &mut Tx, after: &str, limit: usize) -> Result<Vec<Seat>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = tx.rows(DUE, self.with(args![after, limit])).await?;
        rows.iter().filter_map(|row| read_seat(row).transpose()).collect()
    }

    pub(in crate::store) async fn seat(&self, tx: &mut Tx, account: &AccountId) -> Result<Option<Row>> {
        let sql = format!(
            "SELECT * FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 AND account = $4 {}",
            tx.dialect().for_update()
        );
        Ok(tx.one(AssertSqlSafe(sql), self.with(args![&account.0])).await?)
    }

    /// Makes a seat that is an add with this window, unless a pass just made one.
    pub(in crate::store) async fn seat_add(&self, tx: &mut Tx, account: &AccountId, window: (i64, i64)) -> Result<()> {
        let sql = "INSERT INTO seat (tenant, project, via, account, not_before, not_after, seeded, case_due) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, 1) ON CONFLICT (tenant, project, via, account) DO NOTHING";
        tx.run(sql, self.with(add(account, window))).await?;
        Ok(())
    }

    /// Makes the seat that is there an add with this window.
    pub(in crate::store) async fn turn_into_add(
        &self,
        tx: &mut Tx,
        account: &AccountId,
        window: (i64, i64),
    ) -> Result<()> {
        let sql = "UPDATE seat SET not_before = $5, not_after = $6, seeded = 0, case_due = 1, \
             stayed_before = CASE WHEN gone_at IS NULL THEN stayed_before ELSE last_here END, \
             last_here = NULL, gone_at = NULL WHERE tenant = $1 AND project = $2 AND via = $3 AND account = $4";
        tx.run(sql, self.with(add(account, window))).await?;
        Ok(())
    }
}

/// See [`Ground::due`].
pub(in crate::store) const DUE: &str = "SELECT * FROM seat WHERE tenant = $1 AND project = $2 AND via = $3 \
     AND case_due = 1 AND gone_at IS NULL AND account > $4 ORDER BY account LIMIT $5";

fn add(account: &AccountId, window: (i64, i64)) -> Vec<Arg> {
    args![&account.0, window.0.min(window.1), window.1]
}

/// `None` when this version does not know the way any more.
pub(in crate::store) fn read_seat(row: &Row) -> Result<Option<Seat>> {
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

/// An import without its causes.
pub(in crate::store) fn read_batch(row: &Row) -> Result<Option<AddBatch>> {
    let Some(via) = Via::from_name(&row.text("via")?) else { return Ok(None) };
    Ok(Some(AddBatch { via, at: row.time("at")?, people: row.count("people")?, causes: Vec::new() }))
}
