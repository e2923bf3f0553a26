//! Accepting rows: many in one statement, what the engines would refuse split out before.
//! Does not know when a row runs or how it ends.

use super::Fault;
use crate::domain::work::{Dedup, NewWork, Work};
use crate::store::dialect::{Arg, Batch, Dialect, Of, args};
use crate::store::pool::{Row, Tx, ms};
use crate::store::{Accepted, Result, SqlStore, StoreError};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use std::collections::{HashMap, HashSet};

/// Longest identity or lane: PostgreSQL's index rows end at 2.7 kB.
const LONGEST_KEY: usize = 1024;

/// What a later wish may add to a waiting one. Bits, so that either engine merges them with `|`.
pub(super) struct Urge;

impl Urge {
    /// `Examine { fresh: true }`: pass the caches.
    const FRESH: i64 = 1;
    /// `Examine { quiet: false }`: found by a hint, so it may be told.
    const LOUD: i64 = 2;
    /// `reseed: true` of a pass: when in doubt silently.
    const RESEED: i64 = 4;

    fn of(work: &Work) -> i64 {
        match work {
            Work::Examine { fresh, quiet, .. } => i64::from(*fresh) * Self::FRESH + i64::from(!*quiet) * Self::LOUD,
            Work::ReadRole { reseed, .. } | Work::ReadPass { reseed, .. } => i64::from(*reseed) * Self::RESEED,
            _ => 0,
        }
    }

    pub(super) fn apply(urge: i64, work: &mut Work) {
        match work {
            Work::Examine { fresh, quiet, .. } => {
                *fresh |= urge & Self::FRESH != 0;
                *quiet &= urge & Self::LOUD == 0;
            }
            Work::ReadRole { reseed, .. } | Work::ReadPass { reseed, .. } => *reseed |= urge & Self::RESEED != 0,
            _ => {}
        }
    }
}

/// A row as it will be written.
pub(super) struct Draft {
    tenant: i64,
    key: String,
    lane: String,
    class: i64,
    kind: &'static str,
    payload: String,
    urge: i64,
    run_at: i64,
    /// Places in the batch that it stands for; the first one may turn out to be new.
    places: Vec<usize>,
}

const COLUMNS: &[(&str, Of)] = &[
    ("tenant", Of::Int),
    ("key", Of::Text),
    ("lane", Of::Text),
    ("class", Of::Int),
    ("kind", Of::Text),
    ("payload", Of::Text),
    ("urge", Of::Int),
    ("run_at", Of::Int),
];

impl Draft {
    /// `None` when the engines would refuse it: a NUL byte or an over-long key fails a whole batch. An empty identity would
    /// collapse everything of a tenant into one row.
    pub(super) fn of(new: &NewWork, place: usize) -> Option<Self> {
        let (Dedup::Once(key) | Dedup::Coalesce(key)) = &new.dedup;
        let lane = new.work.lane();
        let payload = serde_json::to_string(&new.work).ok()?;
        let fits = |text: &str| !text.is_empty() && text.len() <= LONGEST_KEY && !text.contains('\0');
        (fits(key) && fits(&lane) && !payload.contains('\0')).then(|| Self {
            tenant: new.tenant.0,
            key: key.clone(),
            lane,
            class: new.work.class() as i64,
            kind: new.work.kind(),
            payload,
            urge: Urge::of(&new.work),
            run_at: ms(new.run_at),
            places: vec![place],
        })
    }

    fn merge(&mut self, other: Self) {
        self.urge |= other.urge;
        self.run_at = self.run_at.min(other.run_at);
        self.class = self.class.min(other.class);
        self.places.extend(other.places);
    }

    fn values(&self) -> Vec<Arg> {
        let Self { tenant, key, lane, class, kind, payload, urge, run_at, .. } = self;
        args![*tenant, key, lane, *class, *kind, payload, *urge, *run_at]
    }
}

/// The rows of one statement, one a key, in the order of their keys so that two processes cannot deadlock.
struct Drafts {
    once: bool,
    rows: Vec<Draft>,
}

impl Drafts {
    fn of(drafts: impl Iterator<Item = Draft>, once: bool) -> Self {
        let mut rows: Vec<Draft> = Vec::new();
        let mut known: HashMap<(i64, String), usize> = HashMap::new();
        for draft in drafts {
            match known.get(&(draft.tenant, draft.key.clone())) {
                Some(&i) => rows[i].merge(draft),
                None => {
                    known.insert((draft.tenant, draft.key.clone()), rows.len());
                    rows.push(draft);
                }
            }
        }
        Self { once, rows }
    }

    fn sql(&self, dialect: Dialect, received: i64) -> (String, Vec<Arg>) {
        let mut batch = Batch::new(COLUMNS);
        self.rows.iter().for_each(|row| batch.push(row.values()));
        let (from, values) = dialect.rows(batch, 2);
        let (column, conflict) = if self.once { ("once", ONCE_CONFLICT) } else { ("wish", WISH_CONFLICT) };
        let sql = format!(
            "INSERT INTO queue (tenant, {column}, lane, class, kind, payload, urge, run_at, received_at) \
             SELECT tenant, key, lane, class, kind, payload, urge, run_at, $1 FROM {from} AS incoming \
             WHERE true ORDER BY tenant, key {conflict}"
        );
        (sql, [args![received], values].concat())
    }

    /// Which rows were new, from what the statement returned.
    fn told(&self, rows: &[Row], accepted: &mut Accepted) -> Result<()> {
        let mut new = HashSet::new();
        for row in rows {
            if row.flag("fresh")? {
                new.insert((row.int("tenant")?, row.text("key")?));
            }
        }
        for row in &self.rows {
            let is_new = new.contains(&(row.tenant, row.key.clone()));
            accepted.fresh += u64::from(is_new);
            accepted.repeated.extend(row.places.iter().skip(usize::from(is_new)));
        }
        accepted.repeated.sort_unstable();
        Ok(())
    }
}

const ONCE_CONFLICT: &str =
    "ON CONFLICT (tenant, once) DO NOTHING RETURNING tenant, once AS key, CAST(1 AS BIGINT) AS fresh";
const WISH_CONFLICT: &str = "ON CONFLICT (tenant, wish) WHERE state = 'queued' AND wish IS NOT NULL DO UPDATE SET \
     run_at = CASE WHEN excluded.run_at < queue.run_at THEN excluded.run_at ELSE queue.run_at END, \
     class = CASE WHEN excluded.class < queue.class THEN excluded.class ELSE queue.class END, \
     urge = queue.urge | excluded.urge, wishes = queue.wishes + 1 \
     RETURNING tenant, wish AS key, CAST(CASE WHEN queue.wishes = 1 THEN 1 ELSE 0 END AS BIGINT) AS fresh";

/// Deliveries and wishes of a batch, each with its place in it.
fn sort(drafts: Vec<(&NewWork, Draft)>) -> [Drafts; 2] {
    let (once, wishes): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|(n, _)| matches!(n.dedup, Dedup::Once(_)));
    [Drafts::of(once.into_iter().map(|(_, d)| d), true), Drafts::of(wishes.into_iter().map(|(_, d)| d), false)]
}

/// Adds rows inside a transaction: one statement for deliveries, one for wishes. Any refused row refuses the whole.
pub(in crate::store) async fn accept_in(tx: &mut Tx, new: &[NewWork], at: Timestamp) -> std::result::Result<(), Fault> {
    let drafts: Option<Vec<_>> = new.iter().enumerate().map(|(i, n)| Some((n, Draft::of(n, i)?))).collect();
    for drafts in sort(drafts.ok_or(StoreError::Rejected)?).into_iter().filter(|d| !d.rows.is_empty()) {
        let (sql, values) = drafts.sql(tx.dialect(), ms(at));
        tx.run(AssertSqlSafe(sql), values).await?;
    }
    Ok(())
}

impl SqlStore {
    /// Adds checked rows, all or none: one autocommit statement for one kind of identity, a transaction for both.
    pub(super) async fn accept_whole(&self, batch: &[(usize, &NewWork)]) -> Result<Accepted> {
        // For an operator's eyes only, nothing is judged by it; every other time comes from the caller.
        let received = ms(Timestamp::now());
        let mut accepted = Accepted::default();
        let drafts = batch.iter().filter_map(|(i, n)| Some((*n, Draft::of(n, *i)?))).collect();
        let sorted = sort(drafts).into_iter().filter(|d| !d.rows.is_empty()).collect::<Vec<_>>();
        if let [only] = sorted.as_slice() {
            let (sql, values) = only.sql(self.db.dialect(), received);
            only.told(&self.db.write_rows(AssertSqlSafe(sql), values).await?, &mut accepted)?;
            return Ok(accepted);
        }
        let mut tx = self.db.begin().await?;
        for drafts in &sorted {
            let (sql, values) = drafts.sql(tx.dialect(), received);
            drafts.told(&tx.rows(AssertSqlSafe(sql), values).await?, &mut accepted)?;
        }
        tx.commit().await?;
        Ok(accepted)
    }

    /// The same, row by row, when the engine refused the whole for a reason that was not met before.
    pub(super) async fn accept_one_by_one(&self, batch: &[(usize, &NewWork)]) -> Result<Accepted> {
        let mut sum = Accepted::default();
        for one in batch {
            match self.accept_whole(std::slice::from_ref(one)).await {
                Ok(accepted) => {
                    sum.fresh += accepted.fresh;
                    sum.repeated.extend(accepted.repeated);
                }
                Err(StoreError::Rejected) => sum.refused.push(one.0),
                Err(other) => return Err(other),
            }
        }
        Ok(sum)
    }
}
