//! What became of a statement that failed, in the store's few words.
//! Does not know what the statement was for, and passes nothing of a row on: codes and constraint names only.

use super::StoreError;
use sqlx::error::ErrorKind;

/// Why a store cannot be opened. Names neither password nor secret.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is neither of ours.
    #[error("store.url: expected sqlite://PATH or postgres://…")]
    Url,
    /// The folder of the SQLite file cannot be made.
    #[error("store.url: the folder of the SQLite file cannot be made: {0}")]
    Folder(std::io::ErrorKind),
    /// The engine does not answer, refuses the login or cannot open the file.
    #[error("the store cannot be opened: {0}")]
    Connect(&'static str),
    /// A migration failed, or the database was made by a newer version.
    #[error("the store's tables cannot be brought up to date: {0}")]
    Migrate(&'static str),
    /// SQLite did not take over a setting that durability rests on.
    #[error("SQLite runs without {0}; refusing to lose events")]
    NotDurable(&'static str),
}

impl OpenError {
    pub(super) fn connect(error: &sqlx::Error) -> Self {
        Self::Connect(match error {
            sqlx::Error::Io(_) => "the database server or file cannot be reached",
            sqlx::Error::Tls(_) => "the TLS handshake with the database server failed",
            sqlx::Error::PoolTimedOut => "the database server does not answer in time",
            sqlx::Error::Configuration(_) => "the URL's parameters are not understood",
            sqlx::Error::Database(e) => match e.code().as_deref() {
                Some("28000" | "28P01") => "the database server refuses the login",
                Some("3D000") => "the database does not exist",
                Some("14") => "the SQLite file cannot be opened",
                Some("26") => "the file is not a SQLite database",
                _ => "the database refuses",
            },
            _ => "unexpected answer of the database",
        })
    }

    pub(super) fn migrate(error: &sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as E;
        if let E::Execute(e) | E::ExecuteMigration(e, _) = error {
            tracing::error!(code = code(e), "migration failed");
        }
        Self::Migrate(match error {
            E::VersionMissing(_) => "a newer version of the program made them",
            E::VersionMismatch(_) => "a migration differs from the one that was applied",
            E::Dirty(_) => "an earlier migration stopped half way",
            _ => "a migration failed",
        })
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned())
}

/// Whether the row is there already: somebody else was faster, and the same call can simply look again.
pub(super) fn is_conflict(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| e.is_unique_violation())
}

/// The store's word for an engine's error.
pub(super) fn judge(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::Encode(_) => StoreError::Rejected,
        sqlx::Error::Database(e) => {
            let code = e.code().unwrap_or_default();
            // SQLite: extended codes carry the primary one in the low byte. PostgreSQL: five characters, class first.
            let sqlite = if code.len() < 5 { code.parse::<u32>().ok().map(|c| c & 0xff) } else { None };
            match (sqlite, code.as_ref()) {
                (Some(5 | 6), _) => StoreError::Busy,            // BUSY, LOCKED
                (Some(18 | 20 | 25), _) => StoreError::Rejected, // TOOBIG, MISMATCH, RANGE
                (_, "40001" | "40P01" | "55P03" | "53300" | "57014") => StoreError::Busy, // serialisation, deadlock, lock, connections, timeout
                (_, c) if c.len() == 5 && (c.starts_with("22") || c.starts_with("54")) => StoreError::Rejected, // data, limits
                _ => match e.kind() {
                    ErrorKind::UniqueViolation => StoreError::Busy,
                    ErrorKind::NotNullViolation | ErrorKind::CheckViolation => StoreError::Rejected,
                    _ => StoreError::Unavailable,
                },
            }
        }
        _ => StoreError::Unavailable,
    }
}

impl From<sqlx::Error> for StoreError {
    /// Logs the engine's code once, where the error leaves the engine; whoever handles the [`StoreError`] says what was lost.
    fn from(error: sqlx::Error) -> Self {
        let judged = judge(&error);
        let constraint = error.as_database_error().and_then(|e| e.constraint());
        tracing::debug!(code = code(&error), constraint, kind = kind(&error), outcome = %judged, "statement failed");
        judged
    }
}

fn kind(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Database(_) => "database",
        sqlx::Error::Io(_) => "io",
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => "pool",
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => "decode",
        _ => "other",
    }
}
