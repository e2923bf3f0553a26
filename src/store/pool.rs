//! One typed pool per engine behind one small face: run a statement, fetch rows, hold a transaction.
//! Does not know any noun. On SQLite there is one connection that writes, and readers apart.

use super::dialect::{Arg, Dialect, bind_postgres, bind_sqlite};
use super::error::OpenError;
use super::{Result, StoreError};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Executor, Row as _, SqlSafeStr, Transaction};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long a call waits for a lock or a free connection before it is `Busy`: under Jira's patience with a webhook.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database.
#[derive(Clone, Debug)]
pub(super) enum Db {
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    /// `home` is the runtime that opened the store. Connections are made there: made on a web worker's small runtime, a socket
    /// would die with that worker.
    Postgres {
        pool: PgPool,
        home: Handle,
    },
}

/// The file that a SQLite URL means; `None` for another engine or a database without a file.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    (!path.is_empty() && path != ":memory:" && !rest.contains("mode=memory")).then(|| PathBuf::from(path))
}

impl Db {
    /// Opens the pools; makes the folder and the file for SQLite. Runs no migration.
    pub(super) async fn open(url: &str, pool_size: u32) -> std::result::Result<Self, OpenError> {
        if url.starts_with("sqlite:") {
            let file = sqlite_file(url).ok_or(OpenError::Url)?;
            return Self::sqlite(&file, pool_size).await;
        }
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(OpenError::Url);
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::Url)?.disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(pool_size.max(2))
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("SET lock_timeout = '5s'; SET statement_timeout = '60s'").await.map(drop)
                })
            })
            .connect_with(options)
            .await
            .map_err(|e| OpenError::connect(&e))?;
        Ok(Self::Postgres { pool, home: Handle::current() })
    }

    async fn sqlite(file: &Path, pool_size: u32) -> std::result::Result<Self, OpenError> {
        if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| OpenError::Folder(e.kind()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let pool = |size: u32, options: SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(PATIENCE)
                .idle_timeout(None)
                .max_lifetime(None)
                .after_connect(|connection, _| Box::pin(assert_durable(connection)))
                .connect_with(options)
        };
        let opened = |e: sqlx::Error| match e {
            sqlx::Error::Protocol(what) if what == NOT_WAL => OpenError::NotDurable("a write-ahead log"),
            sqlx::Error::Protocol(what) if what == NOT_FULL => OpenError::NotDurable("synchronous=FULL"),
            other => OpenError::connect(&other),
        };
        // The writer first: it makes the file and turns the log on.
        let write = pool(1, options.clone()).await.map_err(opened)?;
        let read = pool(pool_size.max(1), options.pragma("query_only", "1")).await.map_err(opened)?;
        Ok(Self::Sqlite { write, read })
    }

    pub(super) async fn migrate(&self) -> std::result::Result<(), OpenError> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("src/store/migrations/sqlite").run(write).await,
            Self::Postgres { pool, .. } => sqlx::migrate!("src/store/migrations/postgres").run(pool).await,
        }
        .map_err(|e| OpenError::migrate(&e))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Rows, from a reader.
    pub(super) async fn read(&self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let rows = match self {
            Self::Sqlite { read, .. } => {
                let mut connection = read.acquire().await?;
                Conn::Sqlite(&mut connection).rows(sql, args).await
            }
            Self::Postgres { pool, home } => {
                let mut connection = at_home(home, pool.acquire()).await?;
                Conn::Postgres(&mut connection).rows(sql, args).await
            }
        };
        Ok(rows?)
    }

    /// The first row, from a reader.
    pub(super) async fn read_one(&self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.read(sql, args).await?.into_iter().next())
    }

    /// One statement that is its own transaction; says how many rows it touched.
    pub(super) async fn write(&self, sql: impl SqlSafeStr, args: Vec<Arg>) -> Result<u64> {
        let touched = match self {
            Self::Sqlite { write, .. } => {
                let mut connection = write.acquire().await?;
                Conn::Sqlite(&mut connection).run(sql, args).await
            }
            Self::Postgres { pool, home } => {
                let mut connection = at_home(home, pool.acquire()).await?;
                Conn::Postgres(&mut connection).run(sql, args).await
            }
        };
        Ok(touched?)
    }

    /// One statement with RETURNING that is its own transaction. The engine's error is kept: the claim must see conflicts.
    pub(super) async fn write_rows(
        &self,
        sql: impl SqlSafeStr,
        args: Vec<Arg>,
    ) -> std::result::Result<Vec<Row>, sqlx::Error> {
        match self {
            Self::Sqlite { write, .. } => {
                let mut connection = write.acquire().await?;
                Conn::Sqlite(&mut connection).rows(sql, args).await
            }
            Self::Postgres { pool, home } => {
                let mut connection = at_home(home, pool.acquire()).await?;
                Conn::Postgres(&mut connection).rows(sql, args).await
            }
        }
    }

    /// A transaction that writes. Dropped without [`Tx::commit`] it leaves nothing behind.
    pub(super) async fn begin(&self) -> std::result::Result<Tx, sqlx::Error> {
        let dialect = self.dialect();
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with(dialect.begin()).await?),
            Self::Postgres { pool, home } => {
                let pool = pool.clone();
                let begin = async move { pool.begin_with(dialect.begin()).await };
                Tx::Postgres(at_home(home, begin).await?)
            }
        })
    }
}

async fn at_home<T, F>(home: &Handle, work: F) -> std::result::Result<T, sqlx::Error>
where
    F: Future<Output = std::result::Result<T, sqlx::Error>> + Send + 'static,
    T: Send + 'static,
{
    home.spawn(work).await.map_err(|_| sqlx::Error::PoolClosed)?
}

const NOT_WAL: &str = "journal_mode is not wal";
const NOT_FULL: &str = "synchronous is not full";

/// A kill proves nothing about fsync, so the settings themselves are asked on every connection.
async fn assert_durable(connection: &mut SqliteConnection) -> std::result::Result<(), sqlx::Error> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
    match (mode.as_str(), synchronous) {
        ("wal", 2) => Ok(()),
        ("wal", _) => Err(sqlx::Error::Protocol(NOT_FULL.to_owned())),
        _ => Err(sqlx::Error::Protocol(NOT_WAL.to_owned())),
    }
}

/// A transaction that writes.
pub(super) enum Tx {
    Sqlite(Transaction<'static, sqlx::Sqlite>),
    Postgres(Transaction<'static, sqlx::Postgres>),
}

impl Tx {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement; says how many rows it touched.
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr, args: Vec<Arg>) -> std::result::Result<u64, sqlx::Error> {
        self.conn().run(sql, args).await
    }

    /// Fetches rows.
    pub(super) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Arg>,
    ) -> std::result::Result<Vec<Row>, sqlx::Error> {
        self.conn().rows(sql, args).await
    }

    /// Fetches the first row.
    pub(super) async fn one(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Arg>,
    ) -> std::result::Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Makes it last.
    pub(super) async fn commit(self) -> std::result::Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn<'_> {
    async fn run(self, sql: impl SqlSafeStr, args: Vec<Arg>) -> std::result::Result<u64, sqlx::Error> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Self::Sqlite(c) => {
                let args = bind_sqlite(args).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(sql, args).execute(c).await?.rows_affected()
            }
            Self::Postgres(c) => {
                let args = bind_postgres(args).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(sql, args).execute(c).await?.rows_affected()
            }
        })
    }

    async fn rows(self, sql: impl SqlSafeStr, args: Vec<Arg>) -> std::result::Result<Vec<Row>, sqlx::Error> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Self::Sqlite(c) => {
                let args = bind_sqlite(args).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(sql, args).fetch_all(c).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(c) => {
                let args = bind_postgres(args).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(sql, args).fetch_all(c).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}

/// A row of either engine. Columns are read by name; a wrong name or type is a defect of ours and answers `Unavailable`.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)+) => { $(
        $(#[$doc])*
        pub(super) fn $name(&self, column: &str) -> Result<$ty> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    )+ };
}

impl Row {
    getters! {
        int: i64;
        opt_int: Option<i64>;
        text: String;
        opt_text: Option<String>;
        bytes: Vec<u8>;
        opt_bytes: Option<Vec<u8>>;
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(super) fn count(&self, column: &str) -> Result<u64> {
        u64::try_from(self.int(column)?).map_err(|_| StoreError::Unavailable)
    }

    pub(super) fn time(&self, column: &str) -> Result<Timestamp> {
        time(self.int(column)?)
    }

    pub(super) fn opt_time(&self, column: &str) -> Result<Option<Timestamp>> {
        self.opt_int(column)?.map(time).transpose()
    }
}

fn time(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|_| StoreError::Unavailable)
}

/// A time as it is stored: whole milliseconds since 1970, cut off, so never later than it was.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_nanosecond().div_euclid(1_000_000).try_into().unwrap_or(i64::MAX)
}

/// The same for a time that may be missing.
pub(super) fn opt_ms(at: Option<Timestamp>) -> Option<i64> {
    at.map(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_sqlite_connection_syncs_fully_and_readers_cannot_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&format!("sqlite://{}", folder.path().join("x.db").display()), 3).await.expect("opens");
        let Db::Sqlite { write, read } = &db else { panic!("the URL is SQLite's") };
        let mut connections = vec![write.acquire().await.expect("the writer")];
        for _ in 0..3 {
            connections.push(read.acquire().await.expect("a reader"));
        }
        for connection in &mut connections {
            let synchronous: i64 =
                sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **connection).await.expect("a setting");
            assert_eq!(synchronous, 2, "FULL, or a power cut loses what was answered with 204");
        }
        let reader = connections.last_mut().expect("a reader");
        assert!(reader.execute("CREATE TABLE t (x)").await.is_err(), "a second writer would wait for the first");
    }

    #[test]
    fn times_are_cut_off_downwards_on_both_sides_of_1970() {
        for (text, expected) in [("1970-01-01T00:00:00.0019Z", 1), ("1969-12-31T23:59:59.9981Z", -2)] {
            assert_eq!(ms(text.parse().expect("a time")), expected, "{text}");
        }
    }
}
