//! The settings: defaults, then the file, then the environment; typed, checked, and each knowing where it came from.
//! Knows no room: the composition root hands each room the part it needs.

mod keys;
mod layers;

pub use keys::{KEYS, Key};
pub use layers::{Layer, Layers};

use base64::Engine as _;
use jiff::SignedDuration;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// A setting that cannot be used. One line, naming the key, where the value came from and what is expected; never the value
/// of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value of the wrong form.
    #[error("{key}: {found} (from {from}) is not {expected}")]
    Wrong {
        /// The key.
        key: &'static str,
        /// The value, or what stands for a secret one.
        found: String,
        /// Where it came from.
        from: String,
        /// What would be right.
        expected: String,
    },
    /// The file cannot be read, or is not TOML; or a `…_FILE` cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// Every setting, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `server.bind`
    pub bind: SocketAddr,
    /// `server.public_url`: `baseUrl` of the descriptor, without a trailing slash.
    pub public_url: Url,
    /// `store.url`
    pub store_url: SecretString,
    /// `store.pool_size`
    pub pool_size: u32,
    /// `secrets.keys`; unset with SQLite: a key file beside the database.
    pub secret_keys: Option<SecretString>,
    /// `connect.app_key`
    pub app_key: String,
    /// `connect.tenant_hosts`
    pub tenant_hosts: Vec<String>,
    /// `connect.install_keys_url`
    pub install_keys_url: Option<Url>,
    /// `connect.bridge_url`
    pub bridge_url: Url,
    /// `forge.…`, when `forge.app_id` is set.
    pub forge: Option<Forge>,
    /// `worker.concurrency`
    pub concurrency: usize,
    /// `worker.reconcile_interval`; zero = only the first, seeding pass.
    pub reconcile_interval: SignedDuration,
    /// `worker.audit_interval`
    pub audit_interval: SignedDuration,
    /// `jira.timeout`
    pub jira_timeout: Duration,
    /// `jira.customer_page_rate`, calls a second and tenant.
    pub customer_page_rate: u32,
    /// `sources.mail_probe`
    pub mail_probe: bool,
    /// `sources.internal_endpoints`
    pub internal_endpoints: bool,
    /// `sources.dns`
    pub dns: Dns,
    /// `mail.sparkpost_url` and `mail.sparkpost_key`
    pub sparkpost: Option<MailProvider>,
    /// `mail.sendgrid_url` and `mail.sendgrid_key`
    pub sendgrid: Option<MailProvider>,
    /// `metrics.bind`; `None` = same as `server.bind`.
    pub metrics_bind: Option<SocketAddr>,
    /// `retention.days`
    pub retention_days: u16,
    /// `retention.uninstalled`
    pub retention_uninstalled: SignedDuration,
    /// `telemetry.log`
    pub log: String,
    /// `telemetry.format`
    pub log_format: LogFormat,
}

/// The second door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forge {
    /// `forge.app_id`
    pub app_id: String,
    /// `forge.keys_url`, or the key set of `forge.environment`.
    pub keys_url: Url,
    /// `forge.api_url`, or the gateway of `forge.environment`.
    pub api_url: Url,
}

/// Which of Atlassian's environments invokes us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgeEnvironment {
    /// Every app of a developer or customer, whatever its own environment is called.
    Production,
    /// Atlassian's own staging.
    Staging,
}

impl ForgeEnvironment {
    /// Key set and gateway (platform.md section 8.4).
    fn addresses(self) -> (&'static str, &'static str) {
        match self {
            Self::Production => {
                ("https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json", "https://api.atlassian.com")
            }
            Self::Staging => {
                ("https://forge.cdn.stg.atlassian-dev.net/.well-known/jwks.json", "https://api.stg.atlassian.com")
            }
        }
    }
}

/// Whom to ask for mail exchangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dns {
    /// The resolvers of this machine.
    System,
    /// This resolver.
    At(SocketAddr),
    /// Nobody.
    Off,
}

/// The operator's own account at a mail provider.
#[derive(Clone, Debug)]
pub struct MailProvider {
    /// Where its API begins.
    pub url: Url,
    /// Its API key.
    pub key: SecretString,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For eyes.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Settings from the real environment and, if given, a file.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(file: Option<&Path>) -> Result<(Self, Layers), SettingsError> {
        let layers = Layers::read(file, std::env::vars())?;
        Ok((Self::from_layers(&layers)?, layers))
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn from_layers(layers: &Layers) -> Result<Self, SettingsError> {
        let store_url = layers.parse("store.url", "sqlite://PATH or postgres://…", keys::store_url)?;
        let secret_keys =
            layers.parse_optional("secrets.keys", "id:base64 of 32 bytes, several with commas", keys::keyring)?;
        if secret_keys.is_none() && !store_url.starts_with("sqlite:") {
            return Err(
                layers.wrong("secrets.keys", "set: with PostgreSQL the keys must be given, as id:base64 of 32 bytes")
            );
        }
        Ok(Self {
            bind: layers.parse("server.bind", "an address and port such as 127.0.0.1:8080", |v| v.parse().ok())?,
            public_url: layers.parse("server.public_url", "an http or https URL without query", keys::public_url)?,
            store_url: store_url.into(),
            pool_size: layers.parse("store.pool_size", "a number from 1 to 256", |v| keys::within(v, 1, 256))?,
            secret_keys: secret_keys.map(Into::into),
            app_key: layers.parse("connect.app_key", "1 to 80 letters, digits, '-', '_' or '.'", keys::app_key)?,
            tenant_hosts: layers.parse(
                "connect.tenant_hosts",
                "host patterns such as *.atlassian.net or 127.0.0.1:9000",
                keys::hosts,
            )?,
            install_keys_url: layers.parse_optional(
                "connect.install_keys_url",
                "an http or https URL",
                keys::http_url,
            )?,
            bridge_url: layers.parse("connect.bridge_url", "an http or https URL", keys::http_url)?,
            forge: forge(layers)?,
            concurrency: layers.parse("worker.concurrency", "a number from 1 to 256", |v| keys::within(v, 1, 256))?,
            reconcile_interval: layers.parse("worker.reconcile_interval", keys::DURATION, keys::duration)?,
            audit_interval: layers.parse("worker.audit_interval", "a duration of at least 1s, such as 1m", |v| {
                keys::duration(v).filter(|d| *d >= SignedDuration::from_secs(1))
            })?,
            jira_timeout: layers.parse("jira.timeout", "a duration from 100ms to 60s", |v| {
                let at_most = SignedDuration::from_secs(60);
                keys::duration(v).filter(|d| (SignedDuration::from_millis(100)..=at_most).contains(d))?.try_into().ok()
            })?,
            customer_page_rate: layers
                .parse("jira.customer_page_rate", "a number from 1 to 5", |v| keys::within(v, 1, 5))?,
            mail_probe: layers.parse("sources.mail_probe", "on or off", keys::switch)?,
            internal_endpoints: layers.parse("sources.internal_endpoints", "on or off", keys::switch)?,
            dns: layers.parse("sources.dns", "system, off, or IP:PORT of a resolver", keys::dns)?,
            sparkpost: mail_provider(
                layers,
                ("mail.sparkpost_url", "mail.sparkpost_key"),
                "https://api.sparkpost.com",
            )?,
            sendgrid: mail_provider(layers, ("mail.sendgrid_url", "mail.sendgrid_key"), "https://api.sendgrid.com")?,
            metrics_bind: layers
                .parse_optional("metrics.bind", "an address and port such as 127.0.0.1:9100", |v| v.parse().ok())?,
            retention_days: layers.parse("retention.days", "a number from 7 to 90", |v| keys::within(v, 7, 90))?,
            retention_uninstalled: layers.parse("retention.uninstalled", keys::DURATION, keys::duration)?,
            log: layers.parse(
                "telemetry.log",
                "a level or filter such as info or invite_guard=debug",
                keys::log_filter,
            )?,
            log_format: layers.parse("telemetry.format", "pretty or json", keys::log_format)?,
        })
    }

    /// Whether the store is SQLite, and so one process owns it.
    pub fn is_sqlite(&self) -> bool {
        use secrecy::ExposeSecret as _;
        self.store_url.expose_secret().starts_with("sqlite:")
    }
}

fn forge(layers: &Layers) -> Result<Option<Forge>, SettingsError> {
    const URL: &str = "an http or https URL";
    let app_id =
        layers.parse_optional("forge.app_id", "an id such as ari:cloud:ecosystem::app/…", keys::forge_app_id)?;
    let environment = layers.parse("forge.environment", "production or staging", keys::forge_environment)?;
    let keys_url = layers.parse_optional("forge.keys_url", URL, keys::http_url)?;
    let api_url = layers.parse_optional("forge.api_url", URL, keys::public_url)?;
    let (keys_known, api_known) = environment.addresses();
    let known = |key: &'static str, text: &str| Url::parse(text).map_err(|_| layers.wrong(key, URL));
    Ok(match app_id {
        None => None,
        Some(app_id) => Some(Forge {
            app_id,
            keys_url: keys_url.map_or_else(|| known("forge.keys_url", keys_known), Ok)?,
            api_url: api_url.map_or_else(|| known("forge.api_url", api_known), Ok)?,
        }),
    })
}

/// A provider is used when its key is set; without a URL it is the provider's own.
fn mail_provider(
    layers: &Layers,
    (url, key): (&'static str, &'static str),
    own: &'static str,
) -> Result<Option<MailProvider>, SettingsError> {
    let url_set = layers.parse_optional(url, "an http or https URL", keys::http_url)?;
    let key_set =
        layers.parse_optional(key, "an API key", |text| (!text.trim().is_empty()).then(|| text.to_owned()))?;
    match (url_set, key_set) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(layers.wrong(key, "set: its URL is, and a provider is asked with its key only")),
        (url_set, Some(secret)) => {
            let url =
                url_set.or_else(|| Url::parse(own).ok()).ok_or_else(|| layers.wrong(url, "an http or https URL"))?;
            Ok(Some(MailProvider { url, key: secret.into() }))
        }
    }
}

fn is_key(entry: &str) -> bool {
    entry.split_once(':').is_some_and(|(id, key)| {
        let named =
            !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        named && base64::engine::general_purpose::STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 32)
    })
}
