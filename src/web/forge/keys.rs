//! Forge's key set: the public keys of invocation tokens by key id, fetched seldom and kept when a fetch fails.
//! Knows no claims. Where the set lies is a setting; no token chooses it.

use crate::domain::Clock;
use crate::outbound::{self, OutboundError};
use crate::web::problem::Problem;
use atlassian_jwt::rs256::PublicKey;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// One fetch may take this long; a failed one is tried once more at once.
const FETCH_TIME: Duration = Duration::from_secs(1);
/// A set has a handful of keys.
const SET_LIMIT: usize = 64 * 1024;
/// A set older than this is fetched anew when it is used; until that succeeds the old one counts.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Whoever invents key ids must not make us flood the key server.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
struct Known {
    keys: HashMap<String, PublicKey>,
    /// When the keys came, if they ever did.
    fetched_at: Option<Timestamp>,
    /// When they were last asked for.
    tried_at: Option<Timestamp>,
}

/// The keys.
pub(in crate::web) struct KeySet {
    outbound: outbound::Client,
    clock: Arc<dyn Clock>,
    url: Option<Url>,
    known: RwLock<Arc<Known>>,
    fetching: Mutex<()>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
}

impl KeySet {
    pub(in crate::web) fn new(outbound: outbound::Client, clock: Arc<dyn Clock>, url: Option<Url>) -> Self {
        Self { outbound, clock, url, known: RwLock::default(), fetching: Mutex::default() }
    }

    /// The key of this id. An unknown one is looked for in a new set, at most once a minute.
    pub(super) async fn find(&self, key_id: &str) -> Result<PublicKey, Problem> {
        let known = self.known();
        let now = self.clock.now();
        if let Some(key) = known.keys.get(key_id) {
            let key = key.clone();
            if known.fetched_at.is_some_and(|at| now.duration_since(at) < FRESH_FOR) {
                return Ok(key);
            }
            // Old and still good: one of those who ask renews it, the others do not wait for that.
            if let Ok(_mine) = self.fetching.try_lock() {
                self.renew(now).await;
            }
            return Ok(self.known().keys.get(key_id).cloned().unwrap_or(key));
        }
        let _mine = self.fetching.lock().await;
        if !self.known().keys.contains_key(key_id) {
            self.renew(now).await;
        }
        let known = self.known();
        match known.keys.get(key_id) {
            Some(key) => Ok(key.clone()),
            None if known.fetched_at.is_none() => Err(Problem::unavailable("forge key set")),
            None => Err(Problem::unauthorised("unknown forge key")),
        }
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn renew(&self, now: Timestamp) {
        let before = self.known();
        if before.tried_at.is_some_and(|at| now.duration_since(at) < AT_MOST_EVERY) {
            return;
        }
        let next = match self.fetch().await {
            Some(keys) => Known { keys, fetched_at: Some(now), tried_at: Some(now) },
            None => Known { keys: before.keys.clone(), fetched_at: before.fetched_at, tried_at: Some(now) },
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    async fn fetch(&self) -> Option<HashMap<String, PublicKey>> {
        let url = self.url.as_ref()?;
        let mut answer = self.outbound.get_text(url, SET_LIMIT, FETCH_TIME).await;
        if answer.is_err() {
            answer = self.outbound.get_text(url, SET_LIMIT, FETCH_TIME).await;
        }
        match answer.and_then(|text| read(&text).ok_or(OutboundError::Unreadable)) {
            Ok(keys) => Some(keys),
            Err(error) => {
                tracing::warn!(%error, "Forge's key set could not be fetched; the keys that are known go on counting");
                None
            }
        }
    }
}

/// Every usable RSA key of a set; an answer without one is none.
fn read(text: &str) -> Option<HashMap<String, PublicKey>> {
    let set: Set = serde_json::from_str(text).ok()?;
    let usable = set.keys.into_iter().filter_map(|key| {
        let key: Key = serde_json::from_value(key).ok()?;
        let fits = key.kty == "RSA"
            && key.purpose.is_none_or(|purpose| purpose == "sig")
            && key.alg.is_none_or(|alg| alg == "RS256");
        fits.then(|| PublicKey::from_components(&key.n, &key.e).ok()).flatten().map(|public| (key.kid, public))
    });
    let keys: HashMap<_, _> = usable.collect();
    (!keys.is_empty()).then_some(keys)
}
