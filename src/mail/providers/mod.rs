//! The operator's own mail provider: whether it suppresses an address. Says nothing about Atlassian's providers beyond *likely*.
//! Knows no Jira and no verdict. Keys go into one header and nowhere else; an address goes to the provider and nowhere else.
//!
//! Only what a list holds is told. An address that is on none may still be on Atlassian's, so that is never an all-clear.

mod sendgrid;
mod sparkpost;

use crate::domain::address::{Address, AddressMark};
use crate::domain::{Clock, TenantId};
use crate::outbound::header::{HeaderMap, HeaderName, HeaderValue};
use crate::outbound::{Ask, Client, Method, OutboundError};
use diagnosis::Gap;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// One call.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of an answer: an address is on a handful of lists.
const MOST_BYTES: usize = 256 * 1024;
/// What was found counts so long.
const KEPT: Duration = Duration::from_secs(60 * 60);
const MOST: u64 = 50_000;
/// A provider that failed or is full is left alone for so long.
const REST: SignedDuration = SignedDuration::from_secs(60);

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One provider's API and the operator's key to it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where the API begins.
    pub url: Url,
    /// Its key.
    pub key: SecretString,
}

/// What the providers tell about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// On a list that keeps mail from going there.
    Suppressed {
        /// Since when, where the list tells.
        since: Option<Timestamp>,
        /// When it was read.
        at: Timestamp,
    },
    /// On no list that was read; no all-clear.
    NotListed,
    /// Could not be read: why, and when another look may tell.
    Gap(Gap, Option<Timestamp>),
}

/// What one list answered.
enum Found {
    Suppressed(Option<Timestamp>),
    Nothing,
}

/// Why a list could not be read.
enum Trouble {
    /// The answer about this address is no use; about another it may be.
    Here,
    /// The provider does not answer us at all.
    Provider(Gap),
}

struct Inner {
    client: Client,
    clock: Arc<dyn Clock>,
    sparkpost: Option<Account>,
    sendgrid: Option<Account>,
    /// By a mark of this process' own making: no address lies in memory longer than it is asked about.
    known: Cache<AddressMark, Listed>,
    key: [u8; 32],
    /// Nobody is asked before this time: a provider failed or is full.
    rests: std::sync::Mutex<Option<(Timestamp, Gap)>>,
}

/// The providers that the operator named. Cheap to clone.
#[derive(Clone)]
pub struct Providers(Arc<Inner>);

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Providers").field("any", &self.any()).finish_non_exhaustive()
    }
}

impl Providers {
    /// Providers asked through this client, which must be allowed to reach them.
    pub fn new(client: Client, clock: Arc<dyn Clock>, sparkpost: Option<Account>, sendgrid: Option<Account>) -> Self {
        let known = Cache::builder().max_capacity(MOST).time_to_live(KEPT).build();
        let mut key = [0; 32];
        key[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        Self(Arc::new(Inner { client, clock, sparkpost, sendgrid, known, key, rests: std::sync::Mutex::default() }))
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.0.sparkpost.is_some() || self.0.sendgrid.is_some()
    }

    /// Whether some provider suppresses the address.
    pub async fn listed(&self, address: &Address) -> Listed {
        if !self.any() {
            return Listed::Gap(Gap::NotExposed, None);
        }
        let mark = address.mark(&self.0.key, TenantId(0));
        let now = self.0.clock.now();
        if let Some(known) = self.0.known.get(&mark).await.filter(|known| !is_old(known, now)) {
            return known;
        }
        if let Some((until, gap)) = self.resting().filter(|(until, _)| now < *until) {
            return Listed::Gap(gap, Some(until));
        }
        let listed = self.read(address).await;
        match listed {
            Listed::Gap(gap, Some(until)) => self.rest(until, gap),
            Listed::Gap(..) => {}
            Listed::Suppressed { .. } | Listed::NotListed => self.0.known.insert(mark, listed).await,
        }
        listed
    }

    async fn read(&self, address: &Address) -> Listed {
        let mut trouble = None;
        for found in [self.sparkpost(address).await, self.sendgrid(address).await] {
            match found {
                Ok(Found::Suppressed(since)) => return Listed::Suppressed { since, at: self.0.clock.now() },
                Ok(Found::Nothing) => {}
                Err(met) => trouble = Some(met),
            }
        }
        match trouble {
            None => Listed::NotListed,
            Some(Trouble::Here) => Listed::Gap(Gap::Unavailable, None),
            Some(Trouble::Provider(gap)) => Listed::Gap(gap, self.0.clock.now().saturating_add(REST).ok()),
        }
    }

    async fn sparkpost(&self, address: &Address) -> Result<Found, Trouble> {
        match &self.0.sparkpost {
            Some(account) => sparkpost::find(self, account, address).await,
            None => Ok(Found::Nothing),
        }
    }

    async fn sendgrid(&self, address: &Address) -> Result<Found, Trouble> {
        match &self.0.sendgrid {
            Some(account) => sendgrid::find(self, account, address).await,
            None => Ok(Found::Nothing),
        }
    }

    fn resting(&self) -> Option<(Timestamp, Gap)> {
        self.0.rests.lock().ok().and_then(|rests| *rests)
    }

    fn rest(&self, until: Timestamp, gap: Gap) {
        if let Ok(mut rests) = self.0.rests.lock() {
            *rests = Some((until, gap));
        }
    }

    /// Reads one resource below the account's URL. The path's braces hold the address; `auth` is the whole value of the header.
    /// Status and body of an answer that is JSON; anything else is a gap.
    async fn get(
        &self,
        account: &Account,
        (before, address, after): (&str, &Address, &str),
        auth: SecretString,
    ) -> Result<(u16, serde_json::Value), Trouble> {
        let mut url = account.url.clone();
        let place = utf8_percent_encode(address.expose(), RESERVED);
        url.set_path(&format!("{}{before}{place}{after}", url.path().trim_end_matches('/')));
        let mut headers = HeaderMap::new();
        let mut secret = HeaderValue::from_str(auth.expose_secret()).map_err(|_| Trouble::Provider(Gap::Forbidden))?;
        secret.set_sensitive(true);
        headers.insert(HeaderName::from_static("authorization"), secret);
        headers.insert(HeaderName::from_static("accept"), HeaderValue::from_static("application/json"));
        let ask = Ask { method: Method::GET, url, headers, body: None, limit: MOST_BYTES, timeout: TIMEOUT };
        let reply = self.0.client.send(ask).await.map_err(|error| {
            tracing::warn!(%error, "a mail provider could not be asked");
            Trouble::Provider(match error {
                OutboundError::Refused(_) => Gap::Forbidden,
                _ => Gap::Unavailable,
            })
        })?;
        metrics::counter!("invite_guard_mail_provider_requests_total", "status" => reply.status.to_string())
            .increment(1);
        match reply.status {
            401 | 403 => Err(Trouble::Provider(Gap::Forbidden)),
            status @ (200 | 404) => {
                // A page in place of data comes from something in between.
                let body = serde_json::from_slice(&reply.body).map_err(|_| Trouble::Provider(Gap::Unavailable))?;
                Ok((status, body))
            }
            400 | 413 | 414 | 422 => Err(Trouble::Here),
            _ => Err(Trouble::Provider(Gap::Unavailable)),
        }
    }
}

/// By our clock, as everything else that ages.
fn is_old(known: &Listed, now: Timestamp) -> bool {
    let kept = SignedDuration::try_from(KEPT).unwrap_or(SignedDuration::ZERO);
    matches!(known, Listed::Suppressed { at, .. } if now.duration_since(*at) >= kept)
}
