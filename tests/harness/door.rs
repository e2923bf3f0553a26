//! Our web app on a free port of loopback: the real door, so that installs and webhooks come the way Jira sends them.
//! Knows no route.

use super::ManualClock;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use invite_guard::domain::Clock;
use invite_guard::examine::{Examiner, Mail, Optional};
use invite_guard::jira::Jira;
use invite_guard::outbound::Client;
use invite_guard::store::Store;
use invite_guard::store::inbox::{Inbox, Limits};
use invite_guard::web::{ForgeSettings, Parts, Settings, State, routes};
use invite_guard_sandbox::Sandbox;
use jiff::SignedDuration;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use url::Url;

/// The id in the manifest, which is the setting of whoever deploys it.
pub(crate) const APP_ID: &str = "ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000";

/// A listening web app.
pub(super) struct Door {
    pub(super) url: String,
    inbox: Inbox,
    server: ServerHandle,
}

/// Opens it on this port, or a free one for 0; `outbound` must reach the site and its key server.
pub(super) fn open(
    site: &Sandbox,
    store: &Arc<dyn Store>,
    clock: &Arc<ManualClock>,
    outbound: Client,
    jira: Jira,
    (optional, mail): (Optional, Mail),
    port: u16,
) -> Door {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free port, or the one that was just closed");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    let inbox = Inbox::start(Arc::clone(store), Limits::default());
    let state = State::new(Parts {
        store: Arc::clone(store),
        inbox: inbox.clone(),
        examiner: Examiner::new(Arc::clone(store), jira.clone(), Arc::clone(&clock)).with(optional).with_mail(mail),
        jira,
        outbound,
        clock,
        settings: settings(site, &url),
        runtime: tokio::runtime::Handle::current(),
        metrics: None,
        wake: Arc::default(),
        ready: Arc::new(AtomicBool::new(true)),
    });
    let server = HttpServer::new(move || App::new().configure(routes(state.clone())))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)
        .expect("the socket is ours")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Door { url, inbox, server: handle }
}

fn settings(site: &Sandbox, url: &str) -> Settings {
    let read = |text: &str| Url::parse(text).expect("a URL");
    Settings {
        public_url: read(url),
        app_key: "invite-guard".to_owned(),
        tenant_hosts: vec![super::host_of(&site.base_url())],
        install_keys_url: Some(read(&site.keys_url())),
        bridge_url: read("https://bridge.example/all.js"),
        forge: Some(ForgeSettings {
            app_id: APP_ID.to_owned(),
            keys_url: read(&site.jwks_url()),
            api_url: read(&site.api_url()),
        }),
        retention_days: super::settings().retention_days,
        retention_uninstalled: SignedDuration::from_hours(24),
    }
}

impl Door {
    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
    }

    pub(super) async fn close(&self) {
        self.server.stop(false).await;
        self.inbox.close_and_drain().await;
    }
}
