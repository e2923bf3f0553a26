//! `invite-guard scenarios`: what is detected and how, printed from the scenario files.
//! Needs no settings and no store.

use super::{CliError, print, print_json};
use clap::Args;
use diagnosis::scenarios::REGISTRY;
use serde_json::json;

/// What is detected and how.
#[derive(Debug, Args)]
pub(super) struct Scenarios {
    /// Print Markdown, as in docs/scenarios.md.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Scenarios {
    pub(super) fn run(&self) -> Result<(), CliError> {
        if self.markdown {
            return print(crate::words::scenarios_markdown().trim_end());
        }
        if self.json {
            let rows: Vec<_> = REGISTRY
                .iter()
                .map(|s| {
                    json!({
                        "scenario": s.slug,
                        "level": s.level,
                        "severity": s.severity,
                        "who": s.remedy.who,
                        "needs": s.needs.iter().map(|key| key.name()).collect::<Vec<_>>(),
                        "tickets": s.tickets,
                    })
                })
                .collect();
            return print_json(&rows);
        }
        REGISTRY.iter().try_for_each(|s| print(&format!("{:<24} {:<8} {}", s.slug, s.level.name(), s.severity.name())))
    }
}
