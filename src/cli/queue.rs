//! `invite-guard queue`: what waits and what gave up, for an operator.
//! Changes only rows that nobody works on.

use super::{CliError, Output, print, print_json};
use crate::app;
use crate::config::Settings;
use crate::domain::{Clock as _, WorkId, clock::SystemClock};
use crate::store::{Row, RowState};
use clap::{Args, Subcommand};
use serde_json::json;

/// Waiting and dead events.
#[derive(Debug, Args)]
pub(super) struct Queue {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Dead rows, then waiting ones.
    List {
        #[command(flatten)]
        output: Output,
        /// At most so many of each.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One row.
    Show {
        /// Its number.
        id: i64,
        #[command(flatten)]
        output: Output,
    },
    /// Puts a dead row back with a fresh set of attempts.
    Retry {
        /// Its number.
        id: i64,
    },
    /// Deletes a dead or waiting row.
    Drop {
        /// Its number.
        id: i64,
    },
}

impl Queue {
    pub(super) async fn run(self, settings: &Settings) -> Result<(), CliError> {
        let store = app::open_store(settings).await?;
        match self.what {
            What::List { output, limit } => {
                let mut rows = store.rows(RowState::Dead, limit).await?;
                rows.extend(store.rows(RowState::Queued, limit).await?);
                if output.json {
                    return print_json(&rows.iter().map(row).collect::<Vec<_>>());
                }
                if rows.is_empty() {
                    return print("nothing waits and nothing is dead");
                }
                rows.iter().try_for_each(|row| print(&line(row)))
            }
            What::Show { id, output } => {
                let found = store.row(WorkId(id)).await?.ok_or_else(|| missing(id))?;
                if output.json {
                    print_json(&row(&found))
                } else {
                    print(&format!("{}\n{}", line(&found), found.payload))
                }
            }
            What::Retry { id } => {
                let done = store.revive(WorkId(id), SystemClock.now()).await?;
                if done {
                    print(&format!("row {id} waits again"))
                } else {
                    Err(CliError::Usage(format!("row {id} is not dead")))
                }
            }
            What::Drop { id } => {
                let done = store.drop_row(WorkId(id)).await?;
                if done { print(&format!("row {id} is gone")) } else { Err(missing(id)) }
            }
        }
    }
}

fn missing(id: i64) -> CliError {
    CliError::Usage(format!("there is no waiting or dead row {id}"))
}

fn line(row: &Row) -> String {
    let why = row.why.as_deref().unwrap_or("-");
    format!(
        "{:>8}  {:<7} {:<10} tenant {:<4} attempts {:<2} run at {}  {why}",
        row.id,
        row.state.name(),
        row.kind,
        row.tenant,
        row.attempts,
        row.run_at
    )
}

fn row(row: &Row) -> serde_json::Value {
    json!({
        "id": row.id,
        "tenant": row.tenant,
        "kind": row.kind,
        "state": row.state.name(),
        "attempts": row.attempts,
        "runAt": row.run_at,
        "receivedAt": row.received_at,
        "why": row.why,
        "payload": serde_json::from_str::<serde_json::Value>(&row.payload).unwrap_or(serde_json::Value::Null),
    })
}
