//! `cargo demo`: Invite Guard and a local Jira site in one process, with a first warning in place and a page to open.
//! Knows both from outside only: the app through its settings and HTTP, the site through its Rust surface.

mod guide;
mod site;
mod watch;

use anyhow::Context as _;
use clap::Parser;
use invite_guard::app::{self, Role, Running, front_end};
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
    /// The door by which the app is installed.
    #[arg(long, value_enum, default_value_t = Door::Connect)]
    door: Door,
}

/// How an app gets onto a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Door {
    /// By its descriptor: existing and development installs.
    Connect,
    /// By its manifest: every new site.
    Forge,
}

/// The manifest that is uploaded to Forge, as it stands in the repository.
const MANIFEST: &str = include_str!("../../manifest.yml");

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
    let running = start_app(&site, folder.path(), options.door).await?;
    let shown = tokio::select! {
        shown = first_warning(&site, &running, folder.path(), options.door) => shown,
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

/// Installs by the door that was chosen, lets the app take everybody over who is there, then adds a customer whose invitation
/// does not go out.
async fn first_warning(site: &Sandbox, running: &Running, folder: &Path, door: Door) -> anyhow::Result<()> {
    let address = running.address.context("the app does not listen")?;
    let remote = format!("http://{address}");
    match door {
        Door::Connect => site.install(&remote).await.context("the site could not install the app")?,
        Door::Forge => {
            let page = folder.join("page");
            front_end::write(&page).context("the page's files")?;
            site.set_forge_resource(page).context("a free port for the page's files")?;
            site.install_forge(MANIFEST, &remote)
                .await
                .context("the site could not install the app by its manifest")?;
        }
    }
    guide::installed(door);
    let store = running.rooms().store.as_ref();
    watch::taken_over(store).await?;
    let known = site::add_known_customer(site)?;
    watch::noticed(store, &known).await?;
    guide::ready(&site.base_url());
    Ok(())
}

/// The app with the settings of a real installation, but for who may install it, whom it calls and how often it looks.
async fn start_app(site: &Sandbox, folder: &Path, door: Door) -> anyhow::Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("a free port for the app")?;
    let address = listener.local_addr().context("the app's address")?;
    let site_url = site.base_url();
    let site_host = site_url.trim_start_matches("http://").to_owned();
    let by_door = match door {
        Door::Connect => vec![
            ("CONNECT__INSTALL_KEYS_URL", site.keys_url()),
            ("CONNECT__BRIDGE_URL", format!("{site_url}/bridge/all.js")),
        ],
        Door::Forge => {
            vec![("FORGE__APP_ID", app_id()?), ("FORGE__KEYS_URL", site.jwks_url()), ("FORGE__API_URL", site.api_url())]
        }
    };
    let chosen = [
        ("CONNECT__TENANT_HOSTS", site_host),
        ("SERVER__BIND", address.to_string()),
        ("SERVER__PUBLIC_URL", format!("http://{address}")),
        ("STORE__URL", format!("sqlite://{}", folder.join("demo.db").display())),
        ("WORKER__RECONCILE_INTERVAL", "5s".to_owned()),
        ("WORKER__AUDIT_INTERVAL", "2s".to_owned()),
        ("TELEMETRY__LOG", std::env::var("INVITE_GUARD__TELEMETRY__LOG").unwrap_or_else(|_| "warn".to_owned())),
    ];
    let environment = chosen.into_iter().chain(by_door).map(|(key, value)| (format!("INVITE_GUARD__{key}"), value));
    let layers = Layers::read(None, environment).context("the demo's settings")?;
    let settings = Settings::from_layers(&layers).context("the demo's settings")?;
    telemetry::log(&settings.log, settings.log_format);
    app::start(settings, Role::Both, Some(listener)).await.context("the app could not start")
}

/// The app's id, as its manifest says it.
fn app_id() -> anyhow::Result<String> {
    let id = MANIFEST.lines().find_map(|line| line.trim().strip_prefix("id: "));
    Ok(id.context("manifest.yml names no app id")?.trim().to_owned())
}
