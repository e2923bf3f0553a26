//! What every route may use: the store, the inbox, Jira, the examiner, the time; and the way onto the main runtime.
//! Knows no route and no token.

use super::api::checks::Allowances;
use super::connect::Keys;
use super::connect::Tenancy;
use super::forge::{ForgeSettings, Installations, KeySet, TokenOwners};
use super::look::Names;
use super::problem::Problem;
use super::rights::Rights;
use crate::domain::Clock;
use crate::examine::Examiner;
use crate::jira::Jira;
use crate::outbound;
use crate::store::Store;
use crate::store::inbox::Inbox;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use url::Url;

/// The part of the settings that routes need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `server.public_url`: where Jira and browsers reach us; may have a path.
    pub public_url: Url,
    /// `connect.app_key`
    pub app_key: String,
    /// `connect.tenant_hosts`
    pub tenant_hosts: Vec<String>,
    /// `connect.install_keys_url`
    pub install_keys_url: Option<Url>,
    /// `connect.bridge_url`
    pub bridge_url: Url,
    /// `forge.…`; without an app id that door is closed.
    pub forge: Option<ForgeSettings>,
    /// `retention.days`, shown where a project has not chosen.
    pub retention_days: u16,
    /// `retention.uninstalled`
    pub retention_uninstalled: SignedDuration,
}

/// What the composition root hands over.
pub struct Parts {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The group committer in front of the queue.
    pub inbox: Inbox,
    /// Jira.
    pub jira: Jira,
    /// Judges one person now.
    pub examiner: Examiner,
    /// For the install keys. Its named hosts must hold that of `install_keys_url`, if that is a private address.
    pub outbound: outbound::Client,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The settings.
    pub settings: Settings,
    /// The main runtime: web workers have single-threaded ones of their own, where no database or outbound call belongs.
    pub runtime: Handle,
    /// Rung when rows were added, so that a worker in this process does not wait for its next look.
    pub wake: Arc<Notify>,
    /// Renders `/metrics`; `None` when that has an address of its own ([`super::operator_routes`]).
    pub metrics: Option<PrometheusHandle>,
    /// Whether we want to be sent requests: off before the start is done and when stopping.
    pub ready: Arc<AtomicBool>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

pub(super) struct Inner {
    pub(super) parts: Parts,
    pub(super) tenancy: Tenancy,
    pub(super) keys: Keys,
    pub(super) installations: Installations,
    pub(super) forge_keys: KeySet,
    pub(super) token_owners: TokenOwners,
    pub(super) rights: Rights,
    pub(super) names: Names,
    pub(super) allowances: Allowances,
}

/// What every route may use. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("State").field(&self.0.parts).finish()
    }
}

impl std::ops::Deref for State {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl State {
    /// Everything that routes share.
    pub fn new(parts: Parts) -> Self {
        let tenancy = Tenancy::new(Arc::clone(&parts.store));
        let keys = Keys::new(parts.outbound.clone(), parts.settings.install_keys_url.clone());
        let installations = Installations::new(Arc::clone(&parts.store));
        let keys_url = parts.settings.forge.as_ref().map(|forge| forge.keys_url.clone());
        let forge_keys = KeySet::new(parts.outbound.clone(), Arc::clone(&parts.clock), keys_url);
        let rights = Rights::new(parts.jira.clone(), Arc::clone(&parts.store), Arc::clone(&parts.clock));
        let names = Names::new(parts.jira.clone());
        Self(Arc::new(Inner {
            parts,
            tenancy,
            keys,
            installations,
            forge_keys,
            token_owners: TokenOwners::default(),
            rights,
            names,
            allowances: Allowances::default(),
        }))
    }

    pub(super) fn tenancy(&self) -> &Tenancy {
        &self.0.tenancy
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(super) fn installations(&self) -> &Installations {
        &self.0.installations
    }

    pub(super) fn forge_keys(&self) -> &KeySet {
        &self.0.forge_keys
    }

    pub(super) fn token_owners(&self) -> &TokenOwners {
        &self.0.token_owners
    }

    pub(super) fn rights(&self) -> &Rights {
        &self.0.rights
    }

    pub(super) fn allowances(&self) -> &Allowances {
        &self.0.allowances
    }

    pub(super) fn names(&self) -> &Names {
        &self.0.names
    }

    /// Path of the public URL, without a slash at its end: what requests arrive with in front.
    pub(super) fn base_path(&self) -> &str {
        self.settings.public_url.path().trim_end_matches('/')
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Does the work on the main runtime. It goes on to its end even if the asker goes away; a panic in it is a problem.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        match self.runtime.spawn(work).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => Err(Problem::internal("panicked")),
            Err(_) => Err(Problem::unavailable("stopping")),
        }
    }
}

impl FromRequest for State {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    /// A scope without a state refuses.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(request.app_data::<Self>().cloned().ok_or(Problem::unauthorised("no state")))
    }
}
