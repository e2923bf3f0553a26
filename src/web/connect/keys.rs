//! The install keys: Atlassian's public keys by key id, from a fixed table of key servers by tenant host.
//! Knows no claims. The table is never extended by anything that was sent.

use crate::outbound::{self, OutboundError};
use crate::web::problem::Problem;
use atlassian_jwt::rs256::PublicKey;
use moka::future::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;

/// One fetch may take this long.
const FETCH_TIME: Duration = Duration::from_secs(2);
/// A public key has about 500 bytes.
const KEY_LIMIT: usize = 16 * 1024;
/// A key id never changes its key, so this only bounds how long a key that is no longer handed out still counts.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Fetches at the same time. Whoever invents key ids must not make us flood the key servers.
const AT_ONCE: usize = 16;

/// Key servers of Atlassian's clouds (platform.md section 1.3): hosts they are for, the server, and one to fall back on.
const SERVERS: &[(&[&str], &[&str])] = &[
    (
        &["atlassian.net", "jira.com"],
        &["https://asap-distribution.us-west-2.prod.atl-asap.net/", "https://connect-install-keys.atlassian.com/"],
    ),
    (
        &["atlassian-us-gov-mod.net", "atlassian-us-gov-mod.com"],
        &[
            "https://asap-distribution.us-west-2.prod.atl-auth-us-gov-mod.net/",
            "https://connect-install-keys.atlassian-us-gov-mod.com/",
        ],
    ),
    (
        &["jira-dev.com"],
        &[
            "https://asap-distribution.us-west-2.staging.atl-asap.net/",
            "https://cs-migrations--cdn.us-east-1.staging.public.atl-paas.net/",
        ],
    ),
    (
        &["atlassian-stg-fedm.net"],
        &[
            "https://asap-distribution.us-west-2.staging.atl-auth-us-gov-mod.net/",
            "https://cs-migrations--fedrampcdn.us-east-1.staging.cdn.atlassian-us-gov-mod.com/",
        ],
    ),
];

/// A key, and whether a token has verified with it. One that never has may be a key server's lie or slip.
pub(super) struct Key {
    pub(super) public: PublicKey,
    proven: AtomicBool,
}

impl Key {
    /// A token has verified with it.
    pub(super) fn prove(&self) {
        self.proven.store(true, Ordering::Relaxed);
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoKey {
    /// Every server says that there is none, or none is for this host.
    Unknown,
    /// A server could not be asked, or answered what is no key.
    Unavailable,
}

/// Keys by server and key id.
pub(in crate::web) struct Keys {
    outbound: outbound::Client,
    replaced: Option<Url>,
    known: Cache<(Url, String), Arc<Key>>,
    room: Arc<Semaphore>,
}

impl Keys {
    pub(in crate::web) fn new(outbound: outbound::Client, replaced: Option<Url>) -> Self {
        let known = Cache::builder().max_capacity(256).time_to_live(KEPT).build();
        Self { outbound, replaced, known, room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The key that signs for a tenant on this host. Many who ask at once share one fetch; a failure is not remembered.
    pub(super) async fn find(&self, base_url: Option<&Url>, key_id: &str) -> Result<Arc<Key>, Problem> {
        self.among(self.servers(base_url), key_id).await.map_err(|reason| match reason {
            NoKey::Unknown => Problem::unauthorised("unknown install key"),
            NoKey::Unavailable => Problem::unavailable("install key server"),
        })
    }

    /// The first server's key, else the next one's. Only if every one says that there is none, there is none.
    async fn among(&self, servers: Vec<Url>, key_id: &str) -> Result<Arc<Key>, NoKey> {
        let places: Vec<_> = servers.into_iter().map(|server| (server, key_id.to_owned())).collect();
        for place in &places {
            if let Some(key) = self.known.get(place).await {
                return Ok(key);
            }
        }
        let mut reason = NoKey::Unknown;
        for place in places {
            let fetch = self.fetch(place.0.clone(), key_id.to_owned());
            match self.known.try_get_with(place, fetch).await {
                Ok(key) => return Ok(key),
                Err(failed) if *failed == NoKey::Unavailable => reason = NoKey::Unavailable,
                Err(_) => {}
            }
        }
        Err(reason)
    }

    /// A token did not verify with the key. One that was never right is fetched anew next time; one that was stays.
    pub(super) async fn doubt(&self, base_url: Option<&Url>, key_id: &str) {
        for server in self.servers(base_url) {
            let place = (server, key_id.to_owned());
            if self.known.get(&place).await.is_some_and(|key| !key.proven.load(Ordering::Relaxed)) {
                self.known.invalidate(&place).await;
            }
        }
    }

    /// Without a readable body there is no host to go by: the ordinary servers tell whether Atlassian has sent it at all.
    fn servers(&self, base_url: Option<&Url>) -> Vec<Url> {
        if let Some(replaced) = &self.replaced {
            return vec![replaced.clone()];
        }
        let row = match base_url.map(|url| url.host_str().unwrap_or_default()) {
            None => SERVERS.first(),
            Some(host) => SERVERS
                .iter()
                .find(|(suffixes, _)| host.split_once('.').is_some_and(|(_, rest)| suffixes.contains(&rest))),
        };
        row.into_iter().flat_map(|(_, servers)| *servers).filter_map(|server| Url::parse(server).ok()).collect()
    }

    async fn fetch(&self, server: Url, key_id: String) -> Result<Arc<Key>, NoKey> {
        let _room = self.room.try_acquire().map_err(|_| NoKey::Unavailable)?;
        let mut url = server;
        // `key_id` holds letters, digits, '.', '_' and '-' alone (`peek_key_id`).
        url.path_segments_mut().map_err(|()| NoKey::Unavailable)?.pop_if_empty().push(&key_id);
        let pem = match self.outbound.get_text(&url, KEY_LIMIT, FETCH_TIME).await {
            Ok(pem) => pem,
            // Storage behind a CDN answers 403 as well as 404 for what is not there.
            Err(OutboundError::Status(400..=499)) => return Err(NoKey::Unknown),
            Err(error) => {
                tracing::warn!(%error, "an install key could not be fetched");
                return Err(NoKey::Unavailable);
            }
        };
        let public = PublicKey::from_pem(&pem).map_err(|_| {
            tracing::warn!("the install key server answered what is no key");
            NoKey::Unavailable
        })?;
        Ok(Arc::new(Key { public, proven: AtomicBool::new(false) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    fn servers(host: &str) -> Vec<String> {
        let keys = Keys::new(outbound::Client::new(&[]).expect("TLS is available"), None);
        let url = Url::parse(&format!("https://{host}")).expect("a URL");
        keys.servers(Some(&url)).iter().map(|url| url.host_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn l11_the_key_server_follows_the_tenants_host_with_one_to_fall_back_on() {
        let ordinary = ["asap-distribution.us-west-2.prod.atl-asap.net", "connect-install-keys.atlassian.com"];
        assert_eq!(servers("acme.atlassian.net"), ordinary);
        assert_eq!(servers("acme.jira.com"), ordinary);
        assert!(servers("acme.atlassian-us-gov-mod.net")[0].contains("gov-mod"));
        assert!(servers("acme.jira-dev.com")[0].contains("staging"));
        assert!(servers("acme.atlassian-stg-fedm.net")[0].contains("staging"));
        for other in ["acme.example.com", "a.b.atlassian.net", "evilatlassian.net", "127.0.0.1"] {
            assert_eq!(servers(other), Vec::<String>::new(), "{other} has no key server");
        }
    }

    #[test]
    fn l11_the_setting_replaces_the_table() {
        let replaced = Url::parse("http://127.0.0.1:9001/keys").expect("a URL");
        let keys = Keys::new(outbound::Client::new(&[]).expect("TLS is available"), Some(replaced.clone()));
        let host = Url::parse("https://acme.atlassian.net").expect("a URL");
        assert_eq!(keys.servers(Some(&host)), vec![replaced]);
    }

    /// Answers every request with this status and body; how often it was asked is counted.
    async fn server(status: u16, body: &'static str) -> (Url, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("a bound address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        (Url::parse(&url).expect("a URL"), asked)
    }

    const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuiHhMnHYBjRQWy6ZF1nd\n\
        TuQv41fWz8B8mMet8xtvSFk8DY0q6jtSa34wcFrLlARl4Ql2BlFqq31le/q0OXFP\n\
        IY0pUd/Sc7vsI9oSyuabi8wuajKtDRlzazAVl29BcthcQQqvXc6Aqba1jAdrUz8g\n\
        mE76gI96YmUmw4Dys4/bRhv/EkqUQ49JnL9gGYR10Y5fxiKypTZi5iA97a+K1cWV\n\
        1r00I3FYB+R/QoKKb7hTYbfYspPOwpf+DLHtFuo01Zj3p7Xz+E/uv2oRjplPsT1N\n\
        +xXssrY3i/A9uLPsFe9WXJ/rNiZnX+YZBaFIzpbS1208MrjYXoa3qi9Eyc8hOUj9\n\
        3QIDAQAB\n\
        -----END PUBLIC KEY-----";

    #[tokio::test]
    async fn l11_the_second_server_is_asked_for_the_same_key_id_when_the_first_has_none() {
        for (first, second, expected) in [
            ((404, ""), (200, PEM), Ok(())),
            ((500, ""), (200, PEM), Ok(())),
            ((200, "<html>"), (200, PEM), Ok(())),
            ((404, ""), (403, ""), Err(NoKey::Unknown)),
            ((404, ""), (503, ""), Err(NoKey::Unavailable)),
            ((503, ""), (404, ""), Err(NoKey::Unavailable)),
        ] {
            let (one, two) = (server(first.0, first.1).await, server(second.0, second.1).await);
            let named: Vec<String> = [&one.0, &two.0].iter().map(|url| url.authority().to_owned()).collect();
            let keys = Keys::new(outbound::Client::new(&named).expect("TLS is available"), None);
            for _ in 0..2 {
                let found = keys.among(vec![one.0.clone(), two.0.clone()], "kid-1").await;
                assert_eq!(found.map(|_| ()), expected, "{first:?} then {second:?}");
            }
            let asked = one.1.load(Ordering::SeqCst);
            assert_eq!(asked, if expected.is_ok() { 1 } else { 2 }, "a found key is kept, a failure is not");
        }
    }
}
