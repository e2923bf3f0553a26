//! Layers of settings, merged by the crate `config`: every value remembers where it came from.
//! Knows no types: values are texts until `Settings` reads them.

use super::SettingsError;
use super::keys::{KEYS, Key};
use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal as _;
use std::path::Path;

const PREFIX: &str = "INVITE_GUARD__";

/// A value and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The text.
    pub value: String,
    /// `default`, a file's path, or a variable's name.
    pub from: String,
}

/// All values.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    values: BTreeMap<&'static str, Layer>,
    /// Keys that nobody knows, and where they came from: told at start, since they are probably misspelt.
    pub unknown: Vec<(String, String)>,
}

impl Layers {
    /// Reads defaults, the file and the environment, in this order; the later wins.
    ///
    /// # Errors
    /// When the file, or a file that a `…_FILE` variable names, cannot be read.
    pub fn read(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut layers = Self { values: defaults(), unknown: Vec::new() };
        if let Some(path) = file {
            let source = File::from(path).format(FileFormat::Toml);
            layers.merge(Config::builder().add_source(source), |_| path.display().to_string())?;
        }
        let variables: HashMap<String, String> =
            environment.filter(|(name, _)| name.to_ascii_uppercase().starts_with(PREFIX)).collect();
        let source =
            Environment::with_prefix("INVITE_GUARD").prefix_separator("__").separator("__").source(Some(variables));
        layers.merge(Config::builder().add_source(source), |key| {
            format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
        })?;
        Ok(layers)
    }

    fn merge(
        &mut self,
        builder: config::ConfigBuilder<config::builder::DefaultState>,
        from: impl Fn(&str) -> String,
    ) -> Result<(), SettingsError> {
        let merged = builder.build().map_err(|e| SettingsError::Unreadable(one_line(&e.to_string())))?;
        let mut flat = Vec::new();
        flatten("", &merged.cache, &mut flat);
        for (name, value) in flat {
            let origin = from(&name);
            if let Some(key) = known(&name) {
                self.values.insert(key.name, Layer { value, from: origin });
            } else if let Some(key) = name.strip_suffix("_file").and_then(known).filter(|key| key.secret) {
                let secret = std::fs::read_to_string(&value).map_err(|e| {
                    SettingsError::Unreadable(format!("{}: the file named by {origin} cannot be read: {e}", key.name))
                })?;
                self.values.insert(key.name, Layer { value: secret.trim().to_owned(), from: origin });
            } else {
                self.unknown.push((name, origin));
            }
        }
        Ok(())
    }

    /// One value; `None` when it is unset or empty.
    pub fn get(&self, key: &str) -> Option<&Layer> {
        self.values.get(key).filter(|layer| !layer.value.is_empty())
    }

    /// A value that must be there.
    pub(super) fn parse<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingsError> {
        self.get(key).and_then(|layer| read(layer.value.trim())).ok_or_else(|| self.wrong(key, expected))
    }

    /// A value that may be unset.
    pub(super) fn parse_optional<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        if self.get(key).is_none() { Ok(None) } else { self.parse(key, expected, read).map(Some) }
    }

    pub(super) fn wrong(&self, key: &'static str, expected: &str) -> SettingsError {
        let secret = known(key).is_some_and(|key| key.secret);
        let (found, from) = match self.get(key) {
            Some(layer) if secret => ("the given value".to_owned(), layer.from.clone()),
            Some(layer) => (format!("{:?}", layer.value), layer.from.clone()),
            None => ("nothing".to_owned(), "nowhere".to_owned()),
        };
        SettingsError::Wrong { key, found, from, expected: expected.to_owned() }
    }
}

fn known(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn defaults() -> BTreeMap<&'static str, Layer> {
    let format = if std::io::stderr().is_terminal() { "pretty" } else { "json" };
    let text = |key: &Key| if key.name == "telemetry.format" { Some(format) } else { key.default };
    KEYS.iter()
        .filter_map(|key| text(key).map(|v| (key.name, Layer { value: v.to_owned(), from: "default".to_owned() })))
        .collect()
}

/// Tables become dotted names, arrays comma-separated texts.
fn flatten(prefix: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, inner) in table {
                let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&name.to_ascii_lowercase(), inner, into);
            }
        }
        ValueKind::Array(items) => {
            let texts: Vec<String> = items.iter().map(|item| item.kind.to_string()).collect();
            into.push((prefix.to_owned(), texts.join(",")));
        }
        ValueKind::Nil => {}
        other => into.push((prefix.to_owned(), other.to_string())),
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Layers {
        let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Layers::read(None, environment).expect("environments always read")
    }

    #[test]
    fn c39_the_environment_wins_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("guard.toml");
        std::fs::write(&path, "[server]\nbind = \"127.0.0.1:1\"\n[worker]\nconcurrency = 3\n[connect]\ntenant_hosts = [\"*.a.example\", \"b.example\"]\n")
            .expect("a file");
        let environment = [("INVITE_GUARD__SERVER__BIND".to_owned(), "127.0.0.1:2".to_owned())];
        let layers = Layers::read(Some(&path), environment.into_iter()).expect("readable");
        let settings = Settings::from_layers(&layers).expect("valid");
        assert_eq!(settings.bind.port(), 2);
        assert_eq!(settings.concurrency, 3);
        assert_eq!(settings.tenant_hosts, ["*.a.example", "b.example"]);
        assert_eq!(settings.pool_size, 16);
        assert_eq!(layers.get("server.bind").expect("set").from, "INVITE_GUARD__SERVER__BIND");
        assert_eq!(layers.get("worker.concurrency").expect("set").from, path.display().to_string());
    }

    #[test]
    fn a_wrong_value_names_key_source_and_what_is_expected() {
        for (name, value, key) in [
            ("INVITE_GUARD__SERVER__BIND", "nowhere", "server.bind"),
            ("INVITE_GUARD__SERVER__PUBLIC_URL", "ftp://x", "server.public_url"),
            ("INVITE_GUARD__STORE__URL", "mysql://x", "store.url"),
            ("INVITE_GUARD__SECRETS__KEYS", "k1:short", "secrets.keys"),
            ("INVITE_GUARD__WORKER__CONCURRENCY", "0", "worker.concurrency"),
            ("INVITE_GUARD__WORKER__AUDIT_INTERVAL", "0", "worker.audit_interval"),
            ("INVITE_GUARD__JIRA__TIMEOUT", "10", "jira.timeout"),
            ("INVITE_GUARD__RETENTION__DAYS", "6", "retention.days"),
            ("INVITE_GUARD__CONNECT__TENANT_HOSTS", "*", "connect.tenant_hosts"),
            ("INVITE_GUARD__TELEMETRY__FORMAT", "xml", "telemetry.format"),
        ] {
            let error = Settings::from_layers(&with(&[(name, value)])).expect_err(value).to_string();
            assert!(error.starts_with(key) && error.contains(name) && error.contains(" is not "), "{error}");
            assert!(!error.contains('\n'), "one line: {error}");
        }
    }

    #[test]
    fn a_wrong_secret_is_not_echoed() {
        let error =
            Settings::from_layers(&with(&[("INVITE_GUARD__SECRETS__KEYS", "k1:c2VjcmV0")])).expect_err("too short");
        assert!(!error.to_string().contains("c2VjcmV0"), "{error}");
    }

    #[test]
    fn a_secret_may_come_from_a_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("keys");
        let key = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        std::fs::write(&path, format!("{key}\n")).expect("a file");
        let layers = with(&[("INVITE_GUARD__SECRETS__KEYS_FILE", &path.display().to_string())]);
        assert_eq!(layers.get("secrets.keys").expect("read").value, key);
    }

    #[test]
    fn postgresql_without_keys_is_refused_and_unknown_keys_are_told() {
        let layers = with(&[("INVITE_GUARD__STORE__URL", "postgres://db/x"), ("INVITE_GUARD__SERVER__BINT", "1")]);
        assert!(Settings::from_layers(&layers).is_err(), "several processes could not share a key made by one");
        assert_eq!(layers.unknown, [("server.bint".to_owned(), "INVITE_GUARD__SERVER__BINT".to_owned())]);
    }

    #[test]
    fn durations_read_as_documented() {
        use crate::config::keys::duration;
        let seconds = |text| duration(text).map(|d| d.as_secs());
        assert_eq!(
            [seconds("1d"), seconds("90s"), seconds("5m"), seconds("2h"), seconds("0")],
            [Some(86400), Some(90), Some(300), Some(7200), Some(0)]
        );
        assert!(["", "5", "m", "-1s", "1w", "1 d", "99999999d"].iter().all(|bad| duration(bad).is_none()));
    }
}
