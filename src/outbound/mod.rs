//! The only way out: the one HTTP client builder, which follows no redirect, reads at most so much for at most so long, and
//! refuses private addresses. Does not know Jira, tokens, or what an answer means.
//!
//! A tenant's base URL and a key server's URL come from outside, so where a call may go is decided here once, for literal
//! addresses and for what a name resolves to. Only a host and port that the operator named exactly may be private or plain HTTP.

mod address;

use address::{Guard, PrivateAddress};
use reqwest::header::HeaderMap;
pub use reqwest::{Method, header};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// What every call says it is.
pub const USER_AGENT: &str = concat!("invite-guard/", env!("CARGO_PKG_VERSION"));

/// Connecting alone may take this long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no answer. Carries no URL, since a URL's query may hold a token, and no part of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address may not be called; the word says why.
    #[error("the address is refused: {0}")]
    Refused(&'static str),
    /// No complete answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("not reachable")]
    Unreachable,
    /// More bytes than the caller can take.
    #[error("the answer is too large")]
    TooLarge,
    /// An answer with another status than the caller can use.
    #[error("answered with status {0}")]
    Status(u16),
    /// Not the kind of answer the caller asked for.
    #[error("the answer cannot be read")]
    Unreadable,
    /// The client cannot be made on this machine.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(&'static str),
}

/// One call.
#[derive(Debug)]
pub struct Ask {
    /// Method.
    pub method: Method,
    /// Where to, complete.
    pub url: Url,
    /// Further headers.
    pub headers: HeaderMap,
    /// JSON body. A GET must not have one: Jira answers 403 to it.
    pub body: Option<Vec<u8>>,
    /// Most bytes of an answer, counted after decompression.
    pub limit: usize,
    /// The whole call may take this long.
    pub timeout: Duration,
}

/// An answer of whatever status.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most [`Ask::limit`] bytes.
    pub body: Vec<u8>,
}

/// An answer whose body still comes.
#[derive(Debug)]
pub struct Incoming {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    response: reqwest::Response,
    left: usize,
}

impl Incoming {
    /// The next bytes of the body; `None` at its end.
    ///
    /// # Errors
    /// See [`OutboundError`]; [`OutboundError::TooLarge`] once more than [`Ask::limit`] bytes have come.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, OutboundError> {
        let Some(chunk) = self.response.chunk().await.map_err(|e| told(&e))? else { return Ok(None) };
        self.left = self.left.checked_sub(chunk.len()).ok_or(OutboundError::TooLarge)?;
        Ok(Some(chunk.to_vec()))
    }

    /// All of it.
    ///
    /// # Errors
    /// See [`Incoming::chunk`].
    pub async fn whole(mut self) -> Result<Reply, OutboundError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status: self.status, headers: self.headers, body })
    }
}

/// The client. Cheap to clone; connections are shared.
#[derive(Clone, Debug)]
pub struct Client {
    guarded: reqwest::Client,
    named: reqwest::Client,
    allowed: Arc<HashSet<String>>,
}

impl Client {
    /// A client. Of `tenant_hosts` only entries with a port count here (`127.0.0.1:9000`): exactly these may be private
    /// addresses or plain HTTP.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(tenant_hosts: &[String]) -> Result<Self, OutboundError> {
        let allowed = tenant_hosts.iter().filter_map(|entry| named_host(entry)).collect();
        let guarded = base().https_only(true).dns_resolver(Guard);
        Ok(Self { guarded: build(guarded)?, named: build(base())?, allowed: Arc::new(allowed) })
    }

    /// Makes a call and reads its whole answer.
    ///
    /// # Errors
    /// See [`OutboundError`]; a status is never one.
    pub async fn send(&self, ask: Ask) -> Result<Reply, OutboundError> {
        self.open(ask).await?.whole().await
    }

    /// Makes a call and reads no more than the head of its answer.
    ///
    /// # Errors
    /// See [`OutboundError`]; a status is never one.
    pub async fn open(&self, ask: Ask) -> Result<Incoming, OutboundError> {
        let client = self.client_for(&ask.url)?;
        let mut request = client.request(ask.method, ask.url).headers(ask.headers).timeout(ask.timeout);
        if let Some(body) = ask.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(|e| told(&e))?;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        Ok(Incoming { status, headers, response, left: ask.limit })
    }

    /// Fetches a small text, for example a public key; only status 200 counts.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn get_text(&self, url: &Url, limit: usize, timeout: Duration) -> Result<String, OutboundError> {
        let headers = HeaderMap::new();
        let ask = Ask { method: Method::GET, url: url.clone(), headers, body: None, limit, timeout };
        let reply = self.send(ask).await?;
        match reply.status {
            200 => String::from_utf8(reply.body).map_err(|_| OutboundError::Unreadable),
            status => Err(OutboundError::Status(status)),
        }
    }

    /// Chooses by the address whether the guard applies; literal addresses never reach the resolver and are checked here.
    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, OutboundError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Refused("credentials in the address"));
        }
        let host = url.host().ok_or(OutboundError::Refused("no host"))?;
        let port = url.port_or_known_default().ok_or(OutboundError::Refused("unknown scheme"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError::Refused("unknown scheme"));
        }
        if self.allowed.contains(&format!("{host}:{port}")) {
            return Ok(&self.named);
        }
        if url.scheme() != "https" {
            return Err(OutboundError::Refused("not https"));
        }
        let public = match host {
            Host::Domain(_) => true, // the resolver decides
            Host::Ipv4(ip) => address::is_public(ip.into()),
            Host::Ipv6(ip) => address::is_public(ip.into()),
        };
        if public { Ok(&self.guarded) } else { Err(OutboundError::Refused("private address")) }
    }
}

/// `host:port` in the form a parsed URL shows it; `None` for patterns and bare names.
fn named_host(entry: &str) -> Option<String> {
    let entry = entry.trim();
    if entry.contains('*') || entry.contains('/') {
        return None;
    }
    let (_, port) = entry.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    let url = Url::parse(&format!("http://{entry}/")).ok()?;
    Some(format!("{}:{port}", url.host()?))
}

fn base() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, OutboundError> {
    builder.build().map_err(|_| OutboundError::Setup("TLS"))
}

/// The error without its URL.
fn told(error: &reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return OutboundError::Refused("private address");
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        OutboundError::TimedOut
    } else if error.is_decode() {
        OutboundError::Unreadable
    } else {
        OutboundError::Unreachable
    }
}

#[cfg(test)]
mod tests {
    use super::named_host;

    #[test]
    fn only_exact_hosts_with_a_port_are_named() {
        for (entry, host) in [
            ("127.0.0.1:9000", Some("127.0.0.1:9000")),
            ("LocalHost:8080", Some("localhost:8080")),
            ("[::1]:9000", Some("[::1]:9000")),
            ("*.atlassian.net", None),
            ("*.example.com:80", None),
            ("example.com", None),
            ("::1", None),
            ("http://127.0.0.1:1", None),
        ] {
            assert_eq!(named_host(entry).as_deref(), host, "{entry}");
        }
    }
}
