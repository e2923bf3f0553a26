//! The sandbox by itself: a site on loopback, with one service project, until Ctrl-C.
//! Knows no app; give it the address of one to install it.

use std::io::Write as _;

use invite_guard_sandbox::{Options, ProjectType, Sandbox};

const USAGE: &str = "usage: invite-guard-sandbox [--port N] [--install APP_URL [--manifest FILE]]\n";

struct Arguments {
    port: u16,
    app: Option<String>,
    /// Installs by this Forge manifest instead of the descriptor.
    manifest: Option<std::path::PathBuf>,
}

fn arguments() -> Option<Arguments> {
    let mut found = Arguments { port: 0, app: None, manifest: None };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        match flag.as_str() {
            "--port" => found.port = given.next()?.parse().ok()?,
            "--install" => found.app = Some(given.next()?),
            "--manifest" => found.manifest = Some(given.next()?.into()),
            _ => return None,
        }
    }
    Some(found)
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let options = Options { auto_deliver: true, port: arguments.port, ..Options::default() };
    let site = Sandbox::start(options).await?;
    site.add_project("HELP", "Help desk", ProjectType::ServiceDesk);
    let mut out = std::io::stdout();
    writeln!(out, "site      {}", site.base_url())?;
    writeln!(out, "keys      {}", site.keys_url())?;
    writeln!(out, "state     {}/sandbox/state", site.base_url())?;
    if let Some(app) = arguments.app {
        match arguments.manifest {
            Some(file) => {
                site.install_forge(&std::fs::read_to_string(file)?, &app).await?;
                writeln!(out, "gateway   {}", site.api_url())?;
                writeln!(out, "key set   {}", site.jwks_url())?;
            }
            None => site.install(&app).await?,
        }
        writeln!(out, "installed {app}")?;
    }
    tokio::signal::ctrl_c().await?;
    site.stop().await;
    Ok(())
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let complain = |text: &str| {
        // Nothing is left to do if even the error stream is closed.
        let _ = std::io::stderr().write_all(text.as_bytes());
    };
    let Some(arguments) = arguments() else {
        complain(USAGE);
        return std::process::ExitCode::from(2);
    };
    match run(arguments).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error}\n"));
            std::process::ExitCode::FAILURE
        }
    }
}
