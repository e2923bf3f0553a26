//! The composition root: builds the rooms from settings, starts them and stops them in order.
//! Knows every room and no rule; what is decided here is who gets which port.

pub mod front_end;

use crate::config::{self, Settings};
use crate::domain::Clock;
use crate::domain::clock::SystemClock;
use crate::examine::{Examiner, Mail, Optional};
use crate::jira::{self, Jira};
use crate::mail::dns::{self, Dns};
use crate::mail::providers::{Account, Providers};
use crate::publish::Publisher;
use crate::store::inbox::{Inbox, Limits};
use crate::store::seal::Keyring;
use crate::store::{self, Store};
use crate::worker::{self, Worker};
use crate::{outbound, telemetry, web};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longest wait for requests and work in flight when stopping.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// Requests in flight get this long of it.
const REQUESTS_WITHIN_SECONDS: u64 = 4;
/// Histograms grow until they are read; this keeps them small when nobody scrapes.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);
/// How often the gauges of the queue are set.
const GAUGES_EVERY: Duration = Duration::from_secs(5);

/// Which half of the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Both: the default.
    Both,
    /// Web only.
    Web,
    /// Worker only.
    Worker,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store's URL or keys are no good, or it does not answer.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// The sealing keys.
    #[error("secrets.keys: {0}")]
    Keys(#[from] store::seal::KeyError),
    /// Rows of another process' leases could not be taken back.
    #[error(transparent)]
    Queue(#[from] store::StoreError),
    /// The HTTP client.
    #[error("the HTTP client cannot be built: {0}")]
    Outbound(#[from] outbound::OutboundError),
    /// The address is taken or not ours.
    #[error("{key}: cannot listen on {address}: {kind}")]
    Bind {
        /// Which setting.
        key: &'static str,
        /// Its value.
        address: SocketAddr,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// The operator's own mail provider may be asked for one site alone.
    #[error(
        "mail.sparkpost_key or mail.sendgrid_key: {sites} sites are installed; a mail provider of your own is expected to be \
         set only where one site is"
    )]
    MailProvider {
        /// How many.
        sites: usize,
    },
    /// Signals cannot be listened to.
    #[error("cannot listen to stop signals: {0}")]
    Signals(#[from] std::io::Error),
}

impl AppError {
    /// Whether a changed setting would cure it (exit code 2), or whether something does not answer (3).
    pub fn is_settings(&self) -> bool {
        matches!(
            self,
            Self::Bind { .. }
                | Self::Keys(_)
                | Self::MailProvider { .. }
                | Self::Store(store::OpenError::Url | store::OpenError::Folder(_))
        )
    }
}

/// Opens the store of these settings and brings its tables up to date.
///
/// # Errors
/// [`AppError::Store`] and [`AppError::Keys`].
pub async fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, AppError> {
    let url = settings.store_url.expose_secret();
    let keys = match (&settings.secret_keys, store::sqlite_file(url)) {
        (Some(keys), _) => Keyring::parse(keys.expose_secret())?,
        (None, Some(file)) => {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder).map_err(|e| store::OpenError::Folder(e.kind()))?;
            }
            Keyring::beside(&file)?
        }
        (None, None) => return Err(store::OpenError::Url.into()),
    };
    Ok(store::open(url, settings.pool_size, keys).await?)
}

/// The rooms, built and not yet running.
pub struct Rooms {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Jira.
    pub jira: Jira,
    /// The way into the queue for web handlers.
    pub inbox: Inbox,
    /// Takes rows from the queue and does them.
    pub worker: Worker,
    /// What web handlers share.
    pub web: web::State,
    /// Whether `/readyz` says yes.
    pub ready: Arc<AtomicBool>,
}

impl Rooms {
    /// Builds every room. Call it on the main runtime: the inbox and the web's calls stay there.
    ///
    /// # Errors
    /// [`AppError::Outbound`].
    pub fn build(
        settings: &Settings,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        metrics: Option<PrometheusHandle>,
    ) -> Result<Self, AppError> {
        let (outbound, jira) = callers(settings, &store, &clock)?;
        let examiner = Examiner::new(Arc::clone(&store), jira.clone(), Arc::clone(&clock)).with(optional(settings));
        let examiner = examiner.with_mail(mail(settings, &clock)?);
        let publisher = Publisher::new(Arc::clone(&store), jira.clone(), Arc::clone(&clock));
        let wake = Arc::new(Notify::new());
        let inbox = Inbox::start(Arc::clone(&store), Limits::default());
        let worker = Worker::new(worker::Deps {
            store: Arc::clone(&store),
            jira: jira.clone(),
            examiner: examiner.clone(),
            publisher,
            clock: Arc::clone(&clock),
            settings: worker_settings(settings),
            wake: Arc::clone(&wake),
        });
        let ready = Arc::new(AtomicBool::new(false));
        let web = web::State::new(web::Parts {
            store: Arc::clone(&store),
            inbox: inbox.clone(),
            jira: jira.clone(),
            examiner,
            outbound,
            clock,
            settings: web_settings(settings),
            runtime: tokio::runtime::Handle::current(),
            wake,
            metrics,
            ready: Arc::clone(&ready),
        });
        Ok(Self { store, jira, inbox, worker, web, ready })
    }
}

/// What looks at sites from the terminal, without web and worker.
///
/// # Errors
/// [`AppError::Outbound`].
pub fn examiner(settings: &Settings, store: &Arc<dyn Store>) -> Result<Examiner, AppError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (_, jira) = callers(settings, store, &clock)?;
    let mail = mail(settings, &clock)?;
    Ok(Examiner::new(Arc::clone(store), jira, clock).with(optional(settings)).with_mail(mail))
}

/// What calls out.
fn callers(
    settings: &Settings,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
) -> Result<(outbound::Client, Jira), AppError> {
    let outbound = outbound::Client::new(&allowed_hosts(settings))?;
    let throttle: Arc<dyn crate::domain::throttle::Throttle> = store.clone();
    let calls = jira::Settings { timeout: settings.jira_timeout, customer_page_rate: settings.customer_page_rate };
    let jira = Jira::new(outbound.clone(), throttle, Arc::clone(clock), calls);
    Ok((outbound, jira))
}

/// Private addresses that the operator named exactly, and so may be called.
fn allowed_hosts(settings: &Settings) -> Vec<String> {
    let keys = settings.install_keys_url.as_ref().and_then(named);
    let forge = settings.forge.iter().flat_map(|forge| [named(&forge.keys_url), named(&forge.api_url)]).flatten();
    settings.tenant_hosts.iter().cloned().chain(keys).chain(forge).collect()
}

fn named(url: &url::Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// What tells about addresses besides Jira. The providers have a client of their own: what the operator named for them is not
/// named for sites.
fn mail(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Mail, AppError> {
    let server = match settings.dns {
        config::Dns::System => dns::Server::System,
        config::Dns::At(address) => dns::Server::At(address),
        config::Dns::Off => dns::Server::Off,
    };
    let dns = Dns::new(server, Arc::clone(clock), dns::Limits::default());
    let account =
        |given: &Option<config::MailProvider>| given.clone().map(|given| Account { url: given.url, key: given.key });
    let (sparkpost, sendgrid) = (account(&settings.sparkpost), account(&settings.sendgrid));
    let hosts: Vec<String> = [&sparkpost, &sendgrid].into_iter().flatten().filter_map(|a| named(&a.url)).collect();
    let client = outbound::Client::new(&hosts)?;
    let providers = Providers::new(client, Arc::clone(clock), sparkpost, sendgrid);
    Ok(Mail { dns: Some(dns), providers: Some(providers) })
}

/// An operator who serves several sites must not ask one mail provider about all their customers.
async fn refuse_providers_of_many(settings: &Settings, store: &dyn Store) -> Result<(), AppError> {
    if settings.sparkpost.is_none() && settings.sendgrid.is_none() {
        return Ok(());
    }
    let sites = store.tenants().await?.iter().filter(|tenant| tenant.is_active()).count();
    if sites > 1 { Err(AppError::MailProvider { sites }) } else { Ok(()) }
}

fn optional(settings: &Settings) -> Optional {
    Optional { mail_probe: settings.mail_probe, internal_endpoints: settings.internal_endpoints }
}

fn worker_settings(settings: &Settings) -> worker::Settings {
    worker::Settings {
        concurrency: settings.concurrency,
        reconcile_interval: settings.reconcile_interval,
        audit_interval: settings.audit_interval,
        retention_days: settings.retention_days,
        renew_every: worker::RENEW_EVERY,
    }
}

fn web_settings(settings: &Settings) -> web::Settings {
    web::Settings {
        public_url: settings.public_url.clone(),
        app_key: settings.app_key.clone(),
        tenant_hosts: settings.tenant_hosts.clone(),
        install_keys_url: settings.install_keys_url.clone(),
        bridge_url: settings.bridge_url.clone(),
        forge: settings.forge.clone().map(|forge| web::ForgeSettings {
            app_id: forge.app_id,
            keys_url: forge.keys_url,
            api_url: forge.api_url,
        }),
        retention_days: settings.retention_days,
        retention_uninstalled: settings.retention_uninstalled,
    }
}

/// A running program.
pub struct Running {
    /// Where the web listens; `None` when only the worker runs.
    pub address: Option<SocketAddr>,
    rooms: Rooms,
    servers: Vec<ServerHandle>,
    cancel: CancellationToken,
    working: Option<JoinHandle<()>>,
    upkeep: JoinHandle<()>,
}

/// Opens the store, builds the rooms and starts them on this runtime. A given listener replaces `server.bind`.
///
/// # Errors
/// [`AppError`]; nothing runs afterwards.
pub async fn start(settings: Settings, role: Role, listener: Option<TcpListener>) -> Result<Running, AppError> {
    let store = open_store(&settings).await?;
    refuse_providers_of_many(&settings, store.as_ref()).await?;
    if settings.is_sqlite() {
        store.lapse_all(SystemClock.now()).await?; // one process owns SQLite: whoever held these leases is gone
    }
    let handle = telemetry::metrics();
    let beside = settings.metrics_bind.filter(|address| *address != settings.bind);
    let shown = beside.is_none().then(|| handle.clone());
    let rooms = Rooms::build(&settings, store, Arc::new(SystemClock), shown)?;
    let mut servers = Vec::new();
    let mut address = None;
    if role != Role::Worker {
        let listener = listen(&settings, listener)?;
        address = listener.local_addr().ok();
        servers.push(serve(listener, web::routes(rooms.web.clone()))?);
    }
    if let Some(operator) = beside.or((role == Role::Worker).then_some(settings.bind)) {
        let listener = bind("metrics.bind", operator)?;
        servers.push(serve(listener, web::operator_routes(rooms.web.clone(), handle.clone()))?);
    }
    let cancel = CancellationToken::new();
    let working = (role != Role::Web).then(|| {
        let (worker, cancel) = (rooms.worker.clone(), cancel.clone());
        tokio::spawn(async move { worker.run(cancel).await })
    });
    let upkeep = tokio::spawn(upkeep(handle, Arc::clone(&rooms.store)));
    rooms.ready.store(true, Ordering::SeqCst);
    tracing::info!(address = address.map(tracing::field::display), role = ?role, "started");
    Ok(Running { address, rooms, servers, cancel, working, upkeep })
}

impl Running {
    /// The rooms, for whoever runs in the same process.
    pub fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// Stops in the order that loses nothing: not ready, no new requests, the inbox written, work finished or put back.
    pub async fn stop(self) {
        self.rooms.ready.store(false, Ordering::SeqCst);
        let orderly = async {
            futures::future::join_all(self.servers.iter().map(|server| server.stop(true))).await;
            self.rooms.inbox.close_and_drain().await;
            self.cancel.cancel();
            if let Some(working) = self.working
                && working.await.is_err()
            {
                tracing::error!("the worker ended badly");
            }
        };
        if tokio::time::timeout(STOP_WITHIN, orderly).await.is_err() {
            tracing::warn!("stopped before everything had ended; leases lapse and the work is done again");
        }
        self.upkeep.abort();
        tracing::info!("stopped");
    }
}

/// Builds the rooms and works the queue while `task` runs, beside whatever other process does so: leases keep them apart.
/// Nothing is served.
///
/// # Errors
/// [`AppError`].
pub async fn work_while<T>(settings: &Settings, task: impl AsyncFnOnce(&Rooms) -> T) -> Result<T, AppError> {
    let store = open_store(settings).await?;
    let rooms = Rooms::build(settings, store, Arc::new(SystemClock), None)?;
    let cancel = CancellationToken::new();
    let (worker, stop) = (rooms.worker.clone(), cancel.clone());
    let working = tokio::spawn(async move { worker.run(stop).await });
    let done = task(&rooms).await;
    cancel.cancel();
    if working.await.is_err() {
        tracing::error!("the worker ended badly");
    }
    rooms.inbox.close_and_drain().await;
    Ok(done)
}

/// Waits for the program to be asked to stop.
///
/// # Errors
/// When signals cannot be listened to.
pub async fn stop_signal() -> Result<(), AppError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        done = tokio::signal::ctrl_c() => done?,
    }
    Ok(())
}

fn listen(settings: &Settings, given: Option<TcpListener>) -> Result<TcpListener, AppError> {
    let inherited = || listenfd::ListenFd::from_env().take_tcp_listener(0).ok().flatten();
    match given.or_else(inherited) {
        Some(listener) => Ok(listener),
        None => bind("server.bind", settings.bind),
    }
}

fn bind(key: &'static str, address: SocketAddr) -> Result<TcpListener, AppError> {
    TcpListener::bind(address).map_err(|e| AppError::Bind { key, address, kind: e.kind() })
}

/// Serves these routes until its handle is told to stop.
fn serve(
    listener: TcpListener,
    routes: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) -> Result<ServerHandle, AppError> {
    let server = HttpServer::new(move || App::new().configure(routes.clone()))
        .disable_signals()
        .shutdown_timeout(REQUESTS_WITHIN_SECONDS)
        .listen(listener)?
        .run();
    let handle = server.handle();
    tokio::spawn(async move {
        if server.await.is_err() {
            tracing::error!("the web server ended badly");
        }
    });
    Ok(handle)
}

async fn upkeep(handle: PrometheusHandle, store: Arc<dyn Store>) {
    let mut gauges = tokio::time::interval(GAUGES_EVERY);
    let mut metrics = tokio::time::interval(METRICS_UPKEEP);
    loop {
        tokio::select! {
            _ = metrics.tick() => handle.run_upkeep(),
            _ = gauges.tick() => set_gauges(store.as_ref()).await,
        }
    }
}

async fn set_gauges(store: &dyn Store) {
    let now = SystemClock.now();
    let Ok(depth) = store.depth(now).await else { return };
    for (state, count) in [("queued", depth.queued), ("leased", depth.leased), ("dead", depth.dead)] {
        metrics::gauge!("invite_guard_queue_depth", "state" => state).set(count as f64);
    }
    if let Ok((living, ended)) = store.tokens(now).await {
        for (state, count) in [("living", living), ("ended", ended)] {
            metrics::gauge!("invite_guard_forge_tokens", "state" => state).set(count as f64);
        }
    }
    let oldest = depth.oldest_due.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
    metrics::gauge!("invite_guard_queue_oldest_seconds").set(oldest);
}
