//! Opening: settings that durability rests on, migrations, errors that tell nothing secret.
//! Knows no noun.

use super::engines::{Engine, discard, each_fresh, empty, keys};
use super::given::{at, delivery, installation};
use invite_guard::store::{OpenError, migrate, open, sqlite_file};
use sqlx::{Connection, Executor};
use std::path::Path;

#[tokio::test]
async fn s58_tables_are_made_by_versioned_migrations_that_leave_rows_alone() {
    for engine in Engine::available() {
        let (url, _folder) = empty(engine).await;
        migrate(&url).await.expect("an empty database");
        let store = open(&url, 4, keys()).await.expect("opens");
        let given = installation("key", "https://one.atlassian.net/", "secret");
        let id = store.install(&given, at(0), &|t| vec![delivery(t.0, "a", "x")]).await.expect("installs");
        migrate(&url).await.expect("a database with rows");
        migrate(&url).await.expect("once more changes nothing");
        assert!(store.tenant(id).await.expect("reads").expect("is there").is_active());
        assert_eq!(store.depth(at(0)).await.expect("depth").queued, 1);
        drop(store);
        discard(engine, &url).await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    for engine in Engine::available() {
        let (url, _folder) = empty(engine).await;
        migrate(&url).await.expect("an empty database");
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'newer', true, 'x', 0)";
        match engine {
            Engine::Sqlite => {
                let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("connects");
                connection.execute(newer).await.expect("inserts");
                connection.close().await.expect("closes");
            }
            Engine::Postgres => {
                let mut connection = sqlx::PgConnection::connect(&url).await.expect("connects");
                connection.execute(newer).await.expect("inserts");
                connection.close().await.expect("closes");
            }
        }
        let refused = migrate(&url).await.expect_err("must be refused");
        assert!(matches!(refused, OpenError::Migrate(_)), "{refused}");
        discard(engine, &url).await;
    }
}

#[tokio::test]
async fn sqlite_makes_its_folder_and_writes_ahead() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a/b/c.db");
    let store = open(&format!("sqlite://{}", file.display()), 2, keys()).await.expect("opens");
    store.accept(&[delivery(1, "a", "x")]).await.expect("accepts");
    assert!(file.exists() && file.with_extension("db-wal").exists(), "the log lies beside the file");
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("connects");
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.expect("a mode");
    assert_eq!(mode, "wal", "the mode is kept in the file");
}

#[test]
fn the_file_of_a_url() {
    for (url, file) in [
        ("sqlite://data/x.db", Some("data/x.db")),
        ("sqlite:///var/x.db?mode=rwc", Some("/var/x.db")),
        ("sqlite:x.db", Some("x.db")),
        ("sqlite::memory:", None),
        ("sqlite://", None),
        ("postgres://h/d", None),
    ] {
        assert_eq!(sqlite_file(url).as_deref(), file.map(Path::new), "{url}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_says_why_and_no_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is no database, it is a text that is long enough to have a header").expect("writes");
    let cases = [
        "mysql://root:hunter2@localhost/x".to_owned(),
        "postgres://user:hunter2@127.0.0.1:1/x".to_owned(),
        "postgres://user:hunter2@[::bad/x".to_owned(),
        "sqlite::memory:".to_owned(),
        format!("sqlite://{}", text.display()),
        format!("sqlite://{}/below.db", text.display()),
    ];
    for url in cases {
        let error = open(&url, 2, keys()).await.err().unwrap_or_else(|| panic!("{url} must not open"));
        let told = format!("{error} {error:?}");
        assert!(!told.contains("hunter2") && told.len() > 20, "{told}");
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable_and_nothing_hangs() {
    each_fresh(|fresh| async move {
        fresh.close().await;
        let refused = fresh.store.accept(&[delivery(1, "a", "x")]).await;
        assert_eq!(refused, Err(invite_guard::store::StoreError::Unavailable));
    })
    .await;
}
