//! The few places where SQLite and PostgreSQL need different words.
//! Does not know any noun: it makes pieces of SQL and carries values to either engine.

use serde_json::Value;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, error::BoxDynError};

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// One file, one process, one writer.
    Sqlite,
    /// Any number of processes.
    Postgres,
}

/// One value for a placeholder.
#[derive(Clone, Debug)]
pub(super) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
}

macro_rules! into_arg {
    ($($from:ty => $value:ident: $arm:expr;)+) => { $(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self { $arm }
        }
    )+ };
}
into_arg! {
    i64 => v: Arg::Int(Some(v));
    u32 => v: Arg::Int(Some(i64::from(v)));
    bool => v: Arg::Int(Some(i64::from(v)));
    Option<i64> => v: Arg::Int(v);
    &str => v: Arg::Text(Some(v.to_owned()));
    String => v: Arg::Text(Some(v));
    &String => v: Arg::Text(Some(v.clone()));
    Option<&str> => v: Arg::Text(v.map(str::to_owned));
    Option<String> => v: Arg::Text(v);
    Vec<u8> => v: Arg::Bytes(Some(v));
    Option<Vec<u8>> => v: Arg::Bytes(v);
}

/// Values for the placeholders, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::dialect::Arg::from($value)),*] };
}
pub(super) use args;

/// Type of a column of a [`Batch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Int,
    Text,
}

/// Many rows for one statement: one JSON text on SQLite, one array a column on PostgreSQL.
#[derive(Debug)]
pub(super) struct Batch {
    columns: &'static [(&'static str, Of)],
    rows: Vec<Vec<Arg>>,
}

impl Batch {
    pub(super) fn new(columns: &'static [(&'static str, Of)]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// One column of texts.
    pub(super) fn of_texts<'a>(columns: &'static [(&'static str, Of)], texts: impl Iterator<Item = &'a str>) -> Self {
        Self { columns, rows: texts.map(|t| vec![Arg::from(t)]).collect() }
    }

    pub(super) fn push(&mut self, row: Vec<Arg>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row has as many values as the batch has columns");
        self.rows.push(row);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn json(self) -> String {
        let cell = |arg| match arg {
            Arg::Int(Some(i)) => Value::from(i),
            Arg::Text(Some(t)) => Value::from(t),
            _ => Value::Null,
        };
        Value::Array(self.rows.into_iter().map(|r| Value::Array(r.into_iter().map(cell).collect())).collect())
            .to_string()
    }

    fn arrays(self) -> Vec<Arg> {
        let empty = |of: &Of| if *of == Of::Int { Arg::Ints(Vec::new()) } else { Arg::Texts(Vec::new()) };
        let mut arrays: Vec<Arg> = self.columns.iter().map(|(_, of)| empty(of)).collect();
        for (array, value) in self.rows.into_iter().flat_map(|row| row.into_iter().enumerate()) {
            match (&mut arrays[array], value) {
                (Arg::Ints(all), Arg::Int(i)) => all.push(i),
                (Arg::Texts(all), Arg::Text(t)) => all.push(t),
                (Arg::Ints(all), _) => all.push(None),
                (Arg::Texts(all), _) => all.push(None),
                _ => {}
            }
        }
        arrays
    }
}

/// One index look-up a tenant that has waiting rows of the class, whatever the number of rows.
macro_rules! turns {
    () => {
        "turn(tenant) AS (SELECT (SELECT MIN(tenant) FROM queue WHERE state = 'queued' AND class = $1 AND tenant > $2) \
         UNION ALL SELECT (SELECT MIN(tenant) FROM queue WHERE state = 'queued' AND class = $1 AND tenant > turn.tenant) \
         FROM turn WHERE turn.tenant IS NOT NULL AND turn.tenant <= $3)"
    };
}
/// The oldest due row of the tenant whose lane nobody holds.
macro_rules! free_row {
    () => {
        "SELECT q.id FROM queue AS q WHERE q.state = 'queued' AND q.class = $1 AND q.tenant = turn.tenant AND q.run_at <= $4 \
         AND NOT EXISTS (SELECT 1 FROM queue AS held WHERE held.state = 'leased' AND held.tenant = q.tenant AND held.lane = q.lane) \
         ORDER BY q.run_at, q.id LIMIT 1"
    };
}
macro_rules! open_turn {
    () => {
        "turn.tenant IS NOT NULL AND turn.tenant <= $3 AND NOT EXISTS \
         (SELECT 1 FROM pause WHERE pause.scope = 'tenant:' || turn.tenant AND pause.until > $4)"
    };
}
macro_rules! claimed {
    () => {
        "RETURNING queue.id AS id, queue.tenant AS tenant, queue.payload AS payload, queue.urge AS urge, queue.attempts AS attempts"
    };
}
impl Dialect {
    /// The batch as something to select from, its first placeholder being `$first`, and its values. The batch's come last.
    pub(super) fn rows(self, batch: Batch, first: usize) -> (String, Vec<Arg>) {
        let names: Vec<&str> = batch.columns.iter().map(|(name, _)| *name).collect();
        match self {
            Self::Sqlite => {
                let columns: Vec<String> =
                    names.iter().enumerate().map(|(i, name)| format!("value->>{i} AS {name}")).collect();
                let from = format!("(SELECT {} FROM json_each(${first}))", columns.join(", "));
                (from, vec![Arg::from(batch.json())])
            }
            Self::Postgres => {
                let cast = |(i, (_, of)): (usize, &(&str, Of))| {
                    format!("${}::{}[]", first + i, if *of == Of::Int { "bigint" } else { "text" })
                };
                let arrays: Vec<String> = batch.columns.iter().enumerate().map(cast).collect();
                let names = names.join(", ");
                let from = format!("(SELECT {names} FROM UNNEST({}) AS e({names}))", arrays.join(", "));
                (from, batch.arrays())
            }
        }
    }

    /// That a column's value is not among the accounts of a batch; SQLite indexes the list of NOT IN and of nothing else.
    pub(super) fn lacks(self, column: &str, from: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} NOT IN (SELECT account FROM {from} AS listed)"),
            Self::Postgres => format!("NOT EXISTS (SELECT 1 FROM {from} AS listed WHERE listed.account = {column})"),
        }
    }

    /// Said in a transaction that joins a table with a long list: PostgreSQL guesses the list to be short, and would walk
    /// it once for every row of the table.
    pub(super) fn long_lists(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SET LOCAL enable_nestloop = off"),
        }
    }

    /// The elements of a JSON array in a column, as rows with one column `value`.
    pub(super) fn elements(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("json_each({column})"),
            Self::Postgres => format!("LATERAL jsonb_array_elements({column}::jsonb)"),
        }
    }

    /// Holds the selected rows until the transaction ends. SQLite's write transaction holds everything.
    pub(super) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }

    /// How a transaction that writes begins: SQLite must take the lock before it reads, or a later upgrade fails at once.
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Leases rows of class `$1` of tenants in (`$2`, `$3`], due at `$4`: a skip-scan over tenants, the oldest free row of
    /// each, at most `$5`. `$6` is the token, `$7` the lease's end.
    pub(super) fn claim(self) -> &'static str {
        match self {
            Self::Sqlite => concat!(
                "WITH RECURSIVE ",
                turns!(),
                " UPDATE queue SET state = 'leased', attempts = attempts + 1, token = $6, leased_until = $7 WHERE id IN (",
                "SELECT id FROM (SELECT (",
                free_row!(),
                ") AS id FROM turn WHERE ",
                open_turn!(),
                ") WHERE id IS NOT NULL LIMIT $5) ",
                claimed!()
            ),
            Self::Postgres => concat!(
                "WITH RECURSIVE ",
                turns!(),
                ", pick AS (SELECT free.id FROM turn CROSS JOIN LATERAL (",
                free_row!(),
                " FOR UPDATE OF q SKIP LOCKED) AS free WHERE ",
                open_turn!(),
                " LIMIT $5) UPDATE queue SET state = 'leased', attempts = attempts + 1, token = $6, leased_until = $7 ",
                "FROM pick WHERE queue.id = pick.id AND queue.state = 'queued' ",
                claimed!()
            ),
        }
    }
}

/// The values as SQLite takes them. It has no arrays; batches are JSON there.
pub(super) fn bind_sqlite(args: Vec<Arg>) -> Result<SqliteArguments, BoxDynError> {
    let mut bound = SqliteArguments::default();
    for arg in args {
        match arg {
            Arg::Int(v) => Arguments::add(&mut bound, v)?,
            Arg::Text(v) => Arguments::add(&mut bound, v)?,
            Arg::Bytes(v) => Arguments::add(&mut bound, v)?,
            Arg::Ints(_) | Arg::Texts(_) => return Err("SQLite has no arrays".into()),
        }
    }
    Ok(bound)
}

/// The values as PostgreSQL takes them.
pub(super) fn bind_postgres(args: Vec<Arg>) -> Result<PgArguments, BoxDynError> {
    let mut bound = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Int(v) => Arguments::add(&mut bound, v)?,
            Arg::Text(v) => Arguments::add(&mut bound, v)?,
            Arg::Bytes(v) => Arguments::add(&mut bound, v)?,
            Arg::Ints(v) => Arguments::add(&mut bound, v)?,
            Arg::Texts(v) => Arguments::add(&mut bound, v)?,
        }
    }
    Ok(bound)
}
