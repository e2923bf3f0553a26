//! The table of settings: name, default, whether secret; and how a value is read.
//! Knows no layer: it reads texts.

use super::{Dns, ForgeEnvironment, LogFormat};
use jiff::SignedDuration;
use url::Url;

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// `section.key`.
    pub name: &'static str,
    /// What counts when nobody sets it.
    pub default: Option<&'static str>,
    /// Shown as `***`; may also be given as `…_FILE`.
    pub secret: bool,
}

const fn key(name: &'static str, default: &'static str) -> Key {
    Key { name, default: Some(default), secret: false }
}

const fn unset(name: &'static str) -> Key {
    Key { name, default: None, secret: false }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    key("server.bind", "127.0.0.1:8080"),
    key("server.public_url", "http://localhost:8080"),
    Key { name: "store.url", default: Some("sqlite://data/invite-guard.db"), secret: true },
    key("store.pool_size", "16"),
    Key { name: "secrets.keys", default: None, secret: true },
    key("connect.app_key", "invite-guard"),
    key("connect.tenant_hosts", "*.atlassian.net,*.jira.com,*.atlassian-us-gov-mod.net,*.atlassian-us-gov-mod.com"),
    unset("connect.install_keys_url"),
    key("connect.bridge_url", "https://connect-cdn.atl-paas.net/all.js"),
    unset("forge.app_id"),
    key("forge.environment", "production"),
    unset("forge.keys_url"),
    unset("forge.api_url"),
    key("worker.concurrency", "8"),
    key("worker.reconcile_interval", "1d"),
    key("worker.audit_interval", "1m"),
    key("jira.timeout", "10s"),
    key("jira.customer_page_rate", "5"),
    key("sources.mail_probe", "off"),
    key("sources.internal_endpoints", "off"),
    key("sources.dns", "system"),
    unset("mail.sparkpost_url"),
    Key { name: "mail.sparkpost_key", default: None, secret: true },
    unset("mail.sendgrid_url"),
    Key { name: "mail.sendgrid_key", default: None, secret: true },
    unset("metrics.bind"),
    key("retention.days", "21"),
    key("retention.uninstalled", "30d"),
    key("telemetry.log", "info"),
    unset("telemetry.format"),
];

pub(super) const DURATION: &str = "a duration such as 30s, 5m, 12h or 1d, or 0";

pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    if text == "0" {
        return Some(SignedDuration::ZERO);
    }
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    // Ten years: more is a slip of the finger, and sums of times stay representable.
    let total = number.checked_mul(milliseconds).filter(|total| *total <= 3650 * 86_400_000)?;
    Some(SignedDuration::from_millis(total))
}

pub(super) fn within<T: std::str::FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    text.parse().ok().filter(|n| *n >= least && *n <= most)
}

pub(super) fn http_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

pub(super) fn public_url(text: &str) -> Option<Url> {
    let url = http_url(text.trim_end_matches('/'))?;
    let bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    bare.then_some(url)
}

pub(super) fn store_url(text: &str) -> Option<String> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    known.then(|| text.to_owned())
}

pub(super) fn keyring(text: &str) -> Option<String> {
    text.split(',').map(str::trim).all(super::is_key).then(|| text.to_owned())
}

pub(super) fn app_key(text: &str) -> Option<String> {
    let legal = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (!text.is_empty() && text.len() <= 80 && legal).then(|| text.to_owned())
}

pub(super) fn hosts(text: &str) -> Option<Vec<String>> {
    let hosts: Vec<String> = text.split(',').map(|h| h.trim().to_ascii_lowercase()).filter(|h| !h.is_empty()).collect();
    let legal = |h: &String| {
        h.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'*' | b':' | b'[' | b']'))
            && h.rfind('*').is_none_or(|at| at == 0 && h.starts_with("*.") && h.len() > 2)
    };
    (!hosts.is_empty() && hosts.iter().all(legal)).then_some(hosts)
}

/// An Atlassian resource identifier of an app, such as `ari:cloud:ecosystem::app/…`.
pub(super) fn forge_app_id(text: &str) -> Option<String> {
    let id = text.strip_prefix("ari:cloud:ecosystem::app/")?;
    let legal = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    legal.then(|| text.to_owned())
}

pub(super) fn forge_environment(text: &str) -> Option<ForgeEnvironment> {
    match text {
        "production" => Some(ForgeEnvironment::Production),
        "staging" => Some(ForgeEnvironment::Staging),
        _ => None,
    }
}

pub(super) fn switch(text: &str) -> Option<bool> {
    match text {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

pub(super) fn dns(text: &str) -> Option<Dns> {
    match text {
        "system" => Some(Dns::System),
        "off" => Some(Dns::Off),
        address => address.parse().ok().map(Dns::At),
    }
}

pub(super) fn log_filter(text: &str) -> Option<String> {
    tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned())
}

pub(super) fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "pretty" => Some(LogFormat::Pretty),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
