//! A fresh store per test and engine. SQLite always; PostgreSQL where `INVITE_GUARD_TEST_POSTGRES` names a superuser's URL.
//! Knows no behaviour of the store.
#![allow(clippy::print_stderr)] // on which engine a test failed has to be seen

use futures::FutureExt;
use invite_guard::store::{SqlStore, Store, seal::Keyring};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, postgres::PgConnectOptions};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::str::FromStr;
use std::sync::{Arc, Once};
use tempfile::TempDir;

const VARIABLE: &str = "INVITE_GUARD_TEST_POSTGRES";

/// A key for tests: thirty-two zero bytes.
pub(crate) const KEY: &str = "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engines that this machine can test.
    pub(crate) fn available() -> Vec<Self> {
        static TOLD: Once = Once::new();
        if std::env::var_os(VARIABLE).is_some() {
            return vec![Self::Sqlite, Self::Postgres];
        }
        assert!(
            std::env::var_os("CI").is_none(),
            "the store must be tested on PostgreSQL in CI: set {VARIABLE} to a superuser's URL, as `tests/run --all` does"
        );
        TOLD.call_once(|| {
            // Not `eprintln!`: the test harness keeps that to itself when a test passes.
            let told =
                format!("SKIPPED on PostgreSQL: every contract of the store; set {VARIABLE} to a superuser's URL\n");
            let _ = std::io::stderr().write_all(told.as_bytes());
        });
        vec![Self::Sqlite]
    }
}

/// A store of its own, empty, with its tables made. [`Fresh::discard`] removes it.
pub(crate) struct Fresh {
    pub(crate) engine: Engine,
    /// The store under test, as the rooms see it.
    pub(crate) store: Arc<dyn Store>,
    /// `store::open` takes it, for a second process on the same data.
    pub(crate) url: String,
    opened: SqlStore,
    _folder: Option<TempDir>,
}

/// A fresh store. The caller discards it, or uses [`each_engine`], which does.
pub(crate) async fn fresh(engine: Engine) -> Fresh {
    let (url, folder) = empty(engine).await;
    let opened = SqlStore::open(&url, 8, keys()).await.unwrap_or_else(|e| panic!("{engine:?} cannot be opened: {e}"));
    Fresh { engine, store: Arc::new(opened.clone()), url, opened, _folder: folder }
}

/// URL of a database without tables, and what keeps it.
pub(crate) async fn empty(engine: Engine) -> (String, Option<TempDir>) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            (format!("sqlite://{}", folder.path().join("data/test.db").display()), Some(folder))
        }
        Engine::Postgres => {
            let name = format!("ig_{}", uuid::Uuid::new_v4().simple());
            admin(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
            let url = superuser().database(&name).to_url_lossy();
            (url.to_string(), None)
        }
    }
}

pub(crate) fn keys() -> Keyring {
    Keyring::parse(KEY).expect("a proper key")
}

fn superuser() -> PgConnectOptions {
    let url = std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} must name a superuser's URL"));
    PgConnectOptions::from_str(&url).unwrap_or_else(|_| panic!("{VARIABLE} must be a postgres:// URL"))
}

async fn admin(sql: &str) {
    let mut connection = sqlx::PgConnection::connect_with(&superuser())
        .await
        .unwrap_or_else(|e| panic!("{VARIABLE}: no connection: {e}"));
    connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    connection.close().await.expect("the connection closes");
}

impl Fresh {
    /// Closes the pools; calls after it fail.
    pub(crate) async fn close(&self) {
        self.opened.close().await;
    }

    /// Closes and removes the database.
    pub(crate) async fn discard(self) {
        self.opened.close().await;
        discard(self.engine, &self.url).await;
    }
}

/// Removes a database of [`empty`].
pub(crate) async fn discard(engine: Engine, url: &str) {
    if engine == Engine::Postgres {
        let name =
            url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("the URL ends with its database");
        admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
}

/// Runs the test on a fresh store of each engine, and removes the store even when it fails.
pub(crate) async fn each_engine<T, F>(test: T)
where
    T: Fn(Arc<dyn Store>) -> F,
    F: Future<Output = ()>,
{
    each_fresh(|fresh| test(Arc::clone(&fresh.store))).await;
}

/// The same for tests that need the URL or the engine.
pub(crate) async fn each_fresh<T, F>(test: T)
where
    T: Fn(Arc<Fresh>) -> F,
    F: Future<Output = ()>,
{
    for engine in Engine::available() {
        let fresh = Arc::new(fresh(engine).await);
        let outcome = AssertUnwindSafe(test(Arc::clone(&fresh))).catch_unwind().await;
        fresh.opened.close().await;
        discard(engine, &fresh.url).await;
        if let Err(panic) = outcome {
            eprintln!("the failure above is on {engine:?}");
            resume_unwind(panic);
        }
    }
}
