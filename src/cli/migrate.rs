//! `invite-guard migrate`: brings the database to this version and leaves.
//! Knows no migration; they are embedded in `store`.

use super::{CliError, print};
use crate::app;
use crate::config::Settings;

pub(super) async fn run(settings: &Settings) -> Result<(), CliError> {
    app::open_store(settings).await?;
    print("the database is up to date")
}
