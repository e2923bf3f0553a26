//! What the domain name system says about mail to a domain: null MX, no such domain, nobody to take mail.
//! Knows no address and no verdict. Only what is said is told: silence, a failure and an answer that makes no sense are gaps.
//!
//! Names of the open internet alone are asked, always fully qualified, so that no search domain of this machine is appended
//! and nothing internal is told to a resolver.

use crate::domain::{Clock, TenantId};
use diagnosis::{Confidence, DomainMail, Gap};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// *No such domain* counts when it was said twice, so long apart: a zone that is being moved is gone for minutes.
pub const SECOND_LOOK: SignedDuration = SignedDuration::from_mins(5);
/// An answer counts for its time to live, within these bounds.
const TTL: (i64, i64) = (60, 60 * 60);
/// A resolver that failed is left alone for so long about this domain.
const FAILED: SignedDuration = SignedDuration::from_secs(30);
/// A first look is remembered so long.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const MOST: u64 = 50_000;
/// Look-ups at the same time, of all tenants.
const AT_ONCE: usize = 16;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The resolvers of this machine.
    System,
    /// This resolver.
    At(SocketAddr),
    /// Nobody.
    Off,
}

/// How long to wait, and how much one tenant may have looked up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one answer.
    pub timeout: Duration,
    /// For everything about one domain.
    pub domain: Duration,
    /// Domains a tenant and hour that no cache knows.
    pub an_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(2), domain: Duration::from_secs(6), an_hour: 2_000 }
    }
}

/// What is known about mail to a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Said so.
    Said {
        /// What.
        mail: DomainMail,
        /// When.
        at: Timestamp,
        /// What it is worth.
        at_most: Confidence,
    },
    /// Not known: why, and when another look may tell.
    Gap(Gap, Option<Timestamp>),
}

/// One look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Receives,
    NullMx,
    NoMailHost,
    Missing,
    Failed,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    look: Look,
    at: Timestamp,
    /// Asked anew from then on.
    until: Timestamp,
    /// Since when every look said that there is no such domain.
    missing_since: Option<Timestamp>,
}

enum Asks {
    Nobody,
    /// The settings of this machine could not be read.
    Broken,
    Resolver(Box<TokioResolver>),
}

struct Inner {
    asks: Asks,
    clock: Arc<dyn Clock>,
    limits: Limits,
    known: Cache<String, Known>,
    at_once: Semaphore,
    /// Of each tenant: when its hour began, and how many domains it had looked up since.
    spent: Mutex<HashMap<TenantId, (Timestamp, u32)>>,
}

/// The domain name system. Cheap to clone; what is known is shared by all tenants, since it is nobody's.
#[derive(Clone)]
pub struct Dns(Arc<Inner>);

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dns").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

impl Dns {
    /// Asks this server. Call it on the main runtime.
    pub fn new(server: Server, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let asks = match server {
            Server::Off => Asks::Nobody,
            Server::System => resolver(TokioResolver::builder_tokio(), limits),
            Server::At(address) => resolver(Ok(at(address)), limits),
        };
        let known = Cache::builder().max_capacity(MOST).time_to_live(KEPT).build();
        let (at_once, spent) = (Semaphore::new(AT_ONCE), Mutex::default());
        Self(Arc::new(Inner { asks, clock, limits, known, at_once, spent }))
    }

    /// Whether anybody is asked at all.
    pub fn is_on(&self) -> bool {
        matches!(self.0.asks, Asks::Resolver(_))
    }

    /// What is said about mail to the domain. Asked are names of the open internet alone; of others nobody can tell.
    pub async fn mail_to(&self, tenant: TenantId, domain: &str) -> Answer {
        let resolver = match &self.0.asks {
            Asks::Nobody => return Answer::Gap(Gap::NotExposed, None),
            Asks::Broken => return Answer::Gap(Gap::Unavailable, None),
            Asks::Resolver(resolver) => resolver,
        };
        let Some(name) = public_name(domain) else { return Answer::Gap(Gap::NotExposed, None) };
        let before = self.0.known.get(&name).await;
        let now = self.0.clock.now();
        if let Some(known) = before.filter(|known| now < known.until) {
            return known.answer();
        }
        if !self.may_spend(tenant, now) {
            return Answer::Gap(Gap::Unavailable, after(now, HOUR));
        }
        let (look, ttl) = self.look(resolver, &name).await;
        let known = Known::after(before, look, ttl, self.0.clock.now());
        self.0.known.insert(name, known).await;
        known.answer()
    }

    fn may_spend(&self, tenant: TenantId, now: Timestamp) -> bool {
        let Ok(mut spent) = self.0.spent.lock() else { return false };
        spent.retain(|_, (began, _)| now.duration_since(*began) < HOUR);
        let (_, count) = spent.entry(tenant).or_insert((now, 0));
        *count += 1;
        *count <= self.0.limits.an_hour
    }

    async fn look(&self, resolver: &TokioResolver, name: &str) -> (Look, u32) {
        let Ok(mut name) = Name::from_ascii(name) else { return (Look::Failed, 0) };
        name.set_fqdn(true);
        let Ok(_turn) = self.0.at_once.acquire().await else { return (Look::Failed, 0) };
        let looked = tokio::time::timeout(self.0.limits.domain, look(resolver, &name)).await;
        looked.unwrap_or((Look::Failed, 0))
    }
}

impl Known {
    fn after(before: Option<Self>, look: Look, ttl: u32, now: Timestamp) -> Self {
        let lives = SignedDuration::from_secs(i64::from(ttl).clamp(TTL.0, TTL.1));
        let earlier = before.and_then(|known| known.missing_since);
        let (until, missing_since) = match look {
            // Whether it is gone is as open as before.
            Look::Failed => (after(now, FAILED), earlier),
            Look::Missing => {
                let since = earlier.unwrap_or(now);
                let second = after(since, SECOND_LOOK).filter(|second| now < *second);
                (second.or(after(now, lives)), Some(since))
            }
            _ => (after(now, lives), None),
        };
        Self { look, at: now, until: until.unwrap_or(now), missing_since }
    }

    fn answer(&self) -> Answer {
        let said = |mail, at_most| Answer::Said { mail, at: self.at, at_most };
        match self.look {
            Look::Receives => said(DomainMail::Receives, Confidence::Confirmed),
            Look::NullMx => said(DomainMail::NullMx, Confidence::Confirmed),
            Look::NoMailHost => said(DomainMail::NoMailHost, Confidence::Likely),
            Look::Missing => {
                let second = self.missing_since.and_then(|since| after(since, SECOND_LOOK));
                match second.filter(|second| self.at < *second) {
                    Some(second) => Answer::Gap(Gap::Unavailable, Some(second)),
                    None => said(DomainMail::NoSuchDomain, Confidence::Likely),
                }
            }
            Look::Failed => Answer::Gap(Gap::Unavailable, Some(self.until)),
        }
    }
}

fn after(time: Timestamp, by: SignedDuration) -> Option<Timestamp> {
    time.saturating_add(by).ok()
}

/// The name as it is asked, if it is one that somebody registered below a public suffix: never a single label, an address,
/// a reserved or an internal name.
pub fn public_name(domain: &str) -> Option<String> {
    let Ok(url::Host::Domain(name)) = url::Host::parse(domain) else { return None };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return None;
    }
    let suffix = psl::suffix(name.as_bytes())?;
    let reserved = [".arpa", ".onion"].iter().any(|end| name.ends_with(end));
    (suffix.is_known() && !reserved && psl::domain(name.as_bytes()).is_some()).then_some(name)
}

fn at(address: SocketAddr) -> hickory_resolver::ResolverBuilder<TokioRuntimeProvider> {
    let to = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections = vec![to(ConnectionConfig::udp()), to(ConnectionConfig::tcp())];
    let server = NameServerConfig::new(address.ip(), true, connections);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    Resolver::builder_with_config(config, TokioRuntimeProvider::default())
}

fn resolver(
    builder: Result<hickory_resolver::ResolverBuilder<TokioRuntimeProvider>, NetError>,
    limits: Limits,
) -> Asks {
    let built = builder.and_then(|mut builder| {
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = limits.timeout;
        options.attempts = 1;
        options.cache_size = 0; // ours knows first looks and bounds
        options.use_hosts_file = ResolveHosts::Never; // mail servers elsewhere do not read this machine's file
        builder.build()
    });
    match built {
        Ok(resolver) => Asks::Resolver(Box::new(resolver)),
        Err(_) => {
            tracing::warn!("this machine names no resolver: domains of addresses are not checked");
            Asks::Broken
        }
    }
}

/// What one question brought.
enum Said {
    Records(Vec<RData>, u32),
    /// There is such a name, without records of this type, says its zone.
    None(u32),
    NoSuchDomain(u32),
    Failed,
}

async fn ask(resolver: &TokioResolver, name: &Name, of: RecordType) -> Said {
    match resolver.lookup(name.clone(), of).await {
        Ok(found) => {
            let records = found.answers().iter().filter(|record| record.record_type() == of);
            let ttl = found.answers().iter().map(|record| record.ttl).min().unwrap_or(0);
            Said::Records(records.map(|record| record.data.clone()).collect(), ttl)
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => {
            let ttl = none.negative_ttl.unwrap_or(0);
            match none.response_code {
                ResponseCode::NXDomain => Said::NoSuchDomain(ttl),
                // A zone that has no such record says so with its SOA; a loop of aliases or a lame server does not.
                ResponseCode::NoError if none.soa.is_some() => Said::None(ttl),
                _ => Said::Failed,
            }
        }
        Err(_) => Said::Failed,
    }
}

async fn look(resolver: &TokioResolver, name: &Name) -> (Look, u32) {
    let ttl = match ask(resolver, name, RecordType::MX).await {
        Said::NoSuchDomain(ttl) => return (Look::Missing, ttl),
        Said::Records(records, ttl) if !records.is_empty() => return (exchangers(&records), ttl),
        Said::None(ttl) => ttl,
        Said::Records(..) | Said::Failed => return (Look::Failed, 0),
    };
    // Without an exchanger mail goes to the address of the name itself (RFC 5321, 5.1).
    for of in [RecordType::A, RecordType::AAAA] {
        match ask(resolver, name, of).await {
            Said::Records(records, ttl) if !records.is_empty() => return (Look::Receives, ttl),
            Said::None(_) => {}
            // There was such a name a moment ago.
            _ => return (Look::Failed, 0),
        }
    }
    (Look::NoMailHost, ttl)
}

/// A null MX stands alone (RFC 7505). Whether any other exchanger works, or is one at all, cannot be seen from here.
fn exchangers(records: &[RData]) -> Look {
    match records {
        [RData::MX(only)] if only.exchange.is_root() => Look::NullMx,
        _ => Look::Receives,
    }
}

#[cfg(test)]
mod tests {
    use super::public_name;

    #[test]
    fn only_names_of_the_open_internet_are_asked() {
        for (domain, name) in [
            ("Shop.Acme.CO.UK", Some("shop.acme.co.uk")),
            ("gmail.com", Some("gmail.com")),
            ("b\u{fc}cher.de", Some("xn--bcher-kva.de")),
            ("acme.com.", Some("acme.com")),
            ("localhost", None),
            ("gmail", None),
            ("com", None),
            ("co.uk", None),
            ("acme.example", None),
            ("acme.test", None),
            ("acme.invalid", None),
            ("acme.internal", None),
            ("printer.local", None),
            ("host.lan", None),
            ("host.corp", None),
            ("1.0.0.127.in-addr.arpa", None),
            ("home.arpa", None),
            ("abc.onion", None),
            ("127.0.0.1", None),
            ("0x7f.1", None),
            ("[::1]", None),
            ("", None),
            ("a b.com", None),
            ("acme..com", None),
        ] {
            assert_eq!(public_name(domain).as_deref(), name, "{domain:?}");
        }
    }
}
