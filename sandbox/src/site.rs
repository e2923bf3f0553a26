//! A running site: its memory, its ports, its key server, its tasks.
//! Does not hold Jira's rules; those are in the rooms named after what they are about.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::forge::Resource;
use crate::keyserver::KeyServer;
use crate::lifecycle;
use crate::points::{Limits, Meter};
use crate::server;
use crate::specs::Specs;
use crate::state::{Clock, State};

/// How a sandbox is started.
#[derive(Clone)]
pub struct Options {
    /// The site's clock.
    pub clock: Clock,
    /// Delivers webhooks by itself as they come, as a site does. Off, a test delivers them.
    pub auto_deliver: bool,
    /// Port of the site; 0 for a free one.
    pub port: u16,
    /// Folder with Atlassian's specifications. When given, every body is checked against them.
    pub contracts: Option<PathBuf>,
    /// Rate limits.
    pub limits: Limits,
    /// The address that people know the site by, told to apps for links and for showing; its own if not given.
    pub display_url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(Timestamp::now),
            auto_deliver: false,
            port: 0,
            contracts: None,
            limits: Limits::default(),
            display_url: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("auto_deliver", &self.auto_deliver).field("port", &self.port).finish()
    }
}

/// What every part of a running site shares.
pub(crate) struct Site {
    state: Mutex<State>,
    pub(crate) keys: Arc<KeyServer>,
    pub(crate) client: reqwest::Client,
    pub(crate) specs: Option<Arc<Specs>>,
    pub(crate) changed: Notify,
    servers: Mutex<Vec<ServerHandle>>,
}

impl Site {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kid(&self) -> String {
        self.keys.kid.clone()
    }

    /// Wakes the task that delivers webhooks.
    pub(crate) fn touch(&self) {
        self.changed.notify_one();
    }

    /// Opens one more port for this site and makes it the site's address.
    pub(crate) fn open(self: &Arc<Self>, port: u16) -> io::Result<()> {
        let (port, handle) = server::listen(self.clone(), port)?;
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        let mut state = self.lock();
        state.port = port;
        state.base_url = format!("http://127.0.0.1:{port}");
        if state.forge.gateway.is_empty() {
            state.forge.gateway = state.base_url.clone();
        }
        Ok(())
    }

    /// Serves the installed Forge app's files from this folder; the port of an earlier folder serves it too.
    pub(crate) fn open_pages(self: &Arc<Self>, folder: PathBuf) -> io::Result<()> {
        let known = self.lock().forge.resource.as_ref().map(|resource| resource.url.clone());
        let url = match known {
            Some(url) => url,
            None => {
                let (port, handle) = server::listen_for_pages(self.clone())?;
                self.servers.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
                format!("http://127.0.0.1:{port}")
            }
        };
        self.lock().forge.resource = Some(Resource { folder, url });
        Ok(())
    }

    /// Runs and delivers what is due, then waits for more. Retries come when the site's clock says so.
    async fn deliver_forever(self: Arc<Self>) {
        loop {
            self.lock().queue_due_ticks();
            let due = self.waiting(true);
            futures::future::join_all(due.into_iter().map(|id| self.deliver(id))).await;
            let _ = tokio::time::timeout(Duration::from_secs(1), self.changed.notified()).await;
        }
    }
}

/// A local Jira site. Cloning gives another handle to the same site; it stops with [`Sandbox::stop`].
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) site: Arc<Site>,
    keys_url: String,
    courier: Option<Arc<tokio::task::JoinHandle<()>>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url()).finish()
    }
}

impl Sandbox {
    /// Starts a site on 127.0.0.1 with its key server. Needs a Tokio runtime.
    pub async fn start(options: Options) -> io::Result<Self> {
        let specs = match &options.contracts {
            Some(folder) => Some(Specs::of(folder)?),
            None => None,
        };
        let keys = Arc::new(KeyServer::new());
        let site = Arc::new(Site {
            state: Mutex::new(State {
                display_url: options.display_url,
                ..State::new(options.clock, Meter::new(options.limits))
            }),
            keys: keys.clone(),
            client: lifecycle::client(),
            specs,
            changed: Notify::new(),
            servers: Mutex::new(Vec::new()),
        });
        site.open(options.port)?;
        let (port, handle) = server::listen_for_keys(keys)?;
        site.servers.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        let courier = options.auto_deliver.then(|| Arc::new(tokio::spawn(site.clone().deliver_forever())));
        Ok(Self { site, keys_url: format!("http://127.0.0.1:{port}"), courier })
    }

    /// Address of the site.
    pub fn base_url(&self) -> String {
        self.site.lock().base_url.clone()
    }

    /// Address of the install key server: `GET <this>/<kid>` answers the public key.
    pub fn keys_url(&self) -> String {
        self.keys_url.clone()
    }

    /// The site's client key.
    pub fn client_key(&self) -> String {
        self.site.lock().client_key.clone()
    }

    /// Stops all servers of the site. Open requests are cut off.
    pub async fn stop(&self) {
        if let Some(courier) = &self.courier {
            courier.abort();
        }
        let servers = std::mem::take(&mut *self.site.servers.lock().unwrap_or_else(PoisonError::into_inner));
        for server in servers {
            server.stop(false).await;
        }
    }
}
