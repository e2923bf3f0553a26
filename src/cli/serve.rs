//! `invite-guard serve`: web and worker until a stop signal.
//! Knows only how to start and stop; `app` builds what runs.

use super::CliError;
use crate::app::{self, Role};
use crate::config::Settings;
use crate::telemetry;
use clap::Args;

/// Web and worker in one process, or one of them.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Which half; both when not given. Several processes need PostgreSQL.
    #[arg(long, value_enum)]
    role: Option<RoleArg>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum RoleArg {
    Web,
    Worker,
}

impl Serve {
    pub(super) fn run(self, settings: Settings) -> Result<(), CliError> {
        let role = match self.role {
            None => Role::Both,
            Some(RoleArg::Web) => Role::Web,
            Some(RoleArg::Worker) => Role::Worker,
        };
        if role != Role::Both && settings.is_sqlite() {
            let message =
                "--role splits web and worker over processes, and SQLite belongs to one: set store.url to postgres://…";
            return Err(CliError::Usage(message.to_owned()));
        }
        telemetry::log(&settings.log, settings.log_format);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let running = app::start(settings, role, None).await?;
            app::stop_signal().await?;
            running.stop().await;
            Ok(())
        })
    }
}
