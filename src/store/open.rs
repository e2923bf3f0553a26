//! Opens the store: pools, migrations, keys, one value that is every port.
//! Knows no noun.

use super::Store;
use super::error::OpenError;
use super::pool::Db;
use super::seal::Keyring;
use std::sync::Arc;

/// The store on either engine.
#[derive(Clone, Debug)]
pub struct SqlStore {
    pub(super) db: Db,
    pub(super) keys: Keyring,
}

/// Opens `sqlite://PATH` or `postgres://…` and brings its tables up to date.
///
/// # Errors
/// [`OpenError`]; its words name neither password nor secret.
pub async fn open(url: &str, pool_size: u32, keys: Keyring) -> Result<Arc<dyn Store>, OpenError> {
    Ok(Arc::new(SqlStore::open(url, pool_size, keys).await?))
}

/// Brings the tables up to date and leaves.
///
/// # Errors
/// [`OpenError`]; its words name neither password nor secret.
pub async fn migrate(url: &str) -> Result<(), OpenError> {
    let db = Db::open(url, 1).await?;
    let done = db.migrate().await;
    db.close().await;
    done
}

impl SqlStore {
    /// [`open`], as the type itself.
    ///
    /// # Errors
    /// [`OpenError`]; its words name neither password nor secret.
    pub async fn open(url: &str, pool_size: u32, keys: Keyring) -> Result<Self, OpenError> {
        let db = Db::open(url, pool_size).await?;
        db.migrate().await?;
        Ok(Self { db, keys })
    }

    /// Closes the pools once their connections are back; calls after it fail as unavailable.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
