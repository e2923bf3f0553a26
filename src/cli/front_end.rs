//! `invite-guard front-end DIR`: the page's files for Forge, which serves them itself.
//! Needs no settings and no store.

use super::{CliError, print};
use crate::app::front_end;
use clap::Args;
use std::path::PathBuf;

/// The page's files, for `deploy/forge/build`.
#[derive(Debug, Args)]
pub(super) struct FrontEnd {
    /// Folder to write to; made where it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl FrontEnd {
    pub(super) fn run(&self) -> Result<(), CliError> {
        front_end::write(&self.folder)?.iter().try_for_each(|name| print(name))
    }
}
