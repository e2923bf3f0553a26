//! The command line: a file per command. Exit codes are interface: 0 fine, 1 blocked or may be, 2 wrong usage or settings,
//! 3 could not check.
//! Knows no web and no worker; what serves is built by `app`.

mod config;
mod front_end;
mod lint_automation;
mod migrate;
mod queue;
mod rotate_keys;
mod scan;
mod scenarios;
mod selftest;
mod serve;
mod tenants;

use crate::app::AppError;
use crate::config::{Layers, Settings, SettingsError};
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Explains why a Jira Service Management customer invitation does not arrive.
#[derive(Debug, Parser)]
#[command(name = "invite-guard", version, about)]
struct Cli {
    /// Settings file (TOML); the environment (INVITE_GUARD__SECTION__KEY) wins over it.
    #[arg(long, global = true, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Web and worker in one process, or one of them.
    Serve(serve::Serve),
    /// Applies migrations and leaves.
    Migrate,
    /// The effective settings, secrets as ***, each with where it came from.
    Config(Output),
    /// Installations and their state; never a secret.
    Tenants(Output),
    /// Waiting and dead events.
    Queue(queue::Queue),
    /// Looks through the customers of one tenant or all now.
    Scan(scan::Scan),
    /// Seals every stored secret again with the newest key.
    RotateKeys(Output),
    /// What is detected and how.
    Scenarios(scenarios::Scenarios),
    /// What each source can and cannot see on a site, and whether it says what you know is so.
    Selftest(selftest::Selftest),
    /// Finds silent "add customer" steps in exported automation rules.
    LintAutomation(lint_automation::LintAutomation),
    /// Writes the page's files for Forge, which serves them itself.
    FrontEnd(front_end::FrontEnd),
}

/// How data is printed.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Output {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a command that could be carried out came to. Ordered: of several subjects the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Exit 0.
    Fine,
    /// Exit 3: something could not be checked.
    Unchecked,
    /// Exit 1: something blocks, or may.
    Blocked,
}

impl Verdict {
    fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Blocked => 1,
            Self::Unchecked => 3,
        }
    }
}

/// Why a command failed; decides the exit code.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// Exit 2.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Exit 2.
    #[error("{0}")]
    Usage(String),
    /// Exit 2 or 3, as the composition root says.
    #[error(transparent)]
    App(#[from] AppError),
    /// Exit 3.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// Exit 3.
    #[error("Jira could not be asked: {0}")]
    Jira(#[from] crate::jira::JiraError),
    /// Exit 3: the reader of our output went away, or the like.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Exit 3.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl CliError {
    fn code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Usage(_) => 2,
            Self::App(error) if error.is_settings() => 2,
            Self::App(_) | Self::Store(_) | Self::Jira(_) | Self::Io(_) | Self::Json(_) => 3,
        }
    }
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to standard output and faults to standard error; both are its own texts.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match dispatch(cli) {
        Ok(verdict) => ExitCode::from(verdict.code()),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "invite-guard: {error}");
            ExitCode::from(error.code())
        }
    }
}

fn dispatch(cli: Cli) -> Result<Verdict, CliError> {
    match &cli.command {
        // These need no settings.
        Command::Scenarios(command) => return fine(command.run()),
        Command::LintAutomation(command) => return command.run(),
        Command::FrontEnd(command) => return fine(command.run()),
        _ => {}
    }
    let (settings, layers) = Settings::load(cli.config.as_deref())?;
    for (key, from) in &layers.unknown {
        writeln!(
            std::io::stderr(),
            "invite-guard: warning: {from} sets {key}, which is not a setting of this version"
        )?;
    }
    match cli.command {
        Command::Config(output) => fine(config::run(&layers, output)),
        Command::Serve(command) => fine(command.run(settings)),
        Command::Migrate => fine(block_on(migrate::run(&settings))),
        Command::Tenants(output) => fine(block_on(tenants::run(&settings, output))),
        Command::Queue(command) => fine(block_on(command.run(&settings))),
        Command::Scan(command) => command.run(&settings),
        Command::RotateKeys(output) => fine(block_on(rotate_keys::run(&settings, output))),
        Command::Scenarios(command) => fine(command.run()),
        Command::Selftest(command) => block_on(command.run(&settings)),
        Command::LintAutomation(command) => command.run(),
        Command::FrontEnd(command) => fine(command.run()),
    }
}

/// For commands that judge nobody.
fn fine(done: Result<(), CliError>) -> Result<Verdict, CliError> {
    done.map(|()| Verdict::Fine)
}

/// For commands that do one thing and leave.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn print(text: &str) -> Result<(), CliError> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    print(&serde_json::to_string_pretty(value)?)
}

/// The effective settings are needed by one command only, but they know which keys are secret.
fn shown(layers: &Layers, key: &crate::config::Key) -> (String, String) {
    match layers.get(key.name) {
        None => ("(unset)".to_owned(), "default".to_owned()),
        Some(layer) if key.secret && !layer.value.starts_with("sqlite:") => ("***".to_owned(), layer.from.clone()),
        Some(layer) => (layer.value.clone(), layer.from.clone()),
    }
}
