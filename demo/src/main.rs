//! `cargo demo`: Invite Guard and a local Jira site in one process, with a first warning in place and a page to open.
//! Knows both from outside only: the app through its settings and HTTP, the site through its Rust surface.

mod guide;
mod site;
mod watch;

use anyhow::Context as _;
use clap::Parser;
use invite_guard::app::{self, Role, Running};
use invite_guard::config::{Layers, Settings};
use invite_guard::telemetry;
use invite_guard_sandbox::Sandbox;
use std::net::TcpListener;
use std::path::Path;

/// Starts Invite Guard and a local Jira site, and prints the address to open. No account, no network, nothing to set up.
#[derive(Debug, Parser)]
#[command(name = "demo", version)]
struct Options {
    /// Port of the Jira site on 127.0.0.1; a free one when not given.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

fn main() -> std::process::ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime.context("the runtime").and_then(|runtime| runtime.block_on(run(&options)));
    match ended {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            guide::failed(&error);
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("a temporary folder for the database")?;
    guide::starting();
    let site = site::start(options.port).await?;
    let running = start_app(&site, folder.path()).await?;
    let shown = tokio::select! {
        shown = first_warning(&site, &running) => shown,
        stop = app::stop_signal() => stop.context("waiting for Ctrl-C"),
    };
    let ended = match shown {
        Ok(()) => app::stop_signal().await.context("waiting for Ctrl-C"),
        Err(error) => Err(error),
    };
    guide::stopping();
    running.stop().await;
    site.stop().await;
    ended
}

/// Installs by the signed handshake, lets the app take everybody over who is there, then adds a customer whose invitation
/// does not go out.
async fn first_warning(site: &Sandbox, running: &Running) -> anyhow::Result<()> {
    let address = running.address.context("the app does not listen")?;
    site.install(&format!("http://{address}")).await.context("the site could not install the app")?;
    guide::installed();
    let store = running.rooms().store.as_ref();
    watch::taken_over(store).await?;
    let known = site::add_known_customer(site)?;
    watch::noticed(store, &known).await?;
    guide::ready(&site.base_url());
    Ok(())
}

/// The app with the settings of a real installation, but for who may install it, whom it calls and how often it looks.
async fn start_app(site: &Sandbox, folder: &Path) -> anyhow::Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("a free port for the app")?;
    let address = listener.local_addr().context("the app's address")?;
    let site_url = site.base_url();
    let site_host = site_url.trim_start_matches("http://").to_owned();
    let chosen = [
        ("SERVER__BIND", address.to_string()),
        ("SERVER__PUBLIC_URL", format!("http://{address}")),
        ("STORE__URL", format!("sqlite://{}", folder.join("demo.db").display())),
        ("CONNECT__TENANT_HOSTS", site_host),
        ("CONNECT__INSTALL_KEYS_URL", site.keys_url()),
        ("CONNECT__BRIDGE_URL", format!("{site_url}/bridge/all.js")),
        ("WORKER__RECONCILE_INTERVAL", "5s".to_owned()),
        ("WORKER__AUDIT_INTERVAL", "2s".to_owned()),
        ("TELEMETRY__LOG", std::env::var("INVITE_GUARD__TELEMETRY__LOG").unwrap_or_else(|_| "warn".to_owned())),
    ];
    let environment = chosen.into_iter().map(|(key, value)| (format!("INVITE_GUARD__{key}"), value));
    let layers = Layers::read(None, environment).context("the demo's settings")?;
    let settings = Settings::from_layers(&layers).context("the demo's settings")?;
    telemetry::log(&settings.log, settings.log_format);
    app::start(settings, Role::Both, Some(listener)).await.context("the app could not start")
}
