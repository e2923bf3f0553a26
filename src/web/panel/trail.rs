//! The trail in sentences: who changed, said, imported, checked, forgot, and when.
//! Knows nobody whom an entry is about: entries hold none.

use super::fragment::{Names, Say};
use super::rich::{As, Rich};
use crate::domain::trail::{Deed, Entry};
use crate::words::Value;
use diagnosis::FactKey;

/// One entry.
pub(super) struct Did {
    pub(super) what: String,
    pub(super) by: Rich,
}

/// The entries in their order.
pub(super) fn told(say: Say<'_>, names: &Names, entries: &[Entry]) -> Vec<Did> {
    let one = |entry: &Entry| {
        let by = say.who(names, &entry.by.0);
        Did { what: what(say, entry), by: say.at("trail-by", entry.at, As::Date, &[("by", &by)]) }
    };
    entries.iter().map(one).collect()
}

fn what(say: Say<'_>, entry: &Entry) -> String {
    let word = |key: &str| entry.detail.get(key).and_then(serde_json::Value::as_str);
    let count = |key: &str| entry.detail.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
    let numbers = |id: &str, keys: &[&'static str]| {
        let args: Vec<_> = keys.iter().map(|key| (*key, Value::from(count(key)))).collect();
        say.0.text(id, &args)
    };
    match entry.what {
        Deed::SettingsChanged => settings(say, entry),
        Deed::Statement => {
            let fact = word("fact").and_then(FactKey::from_name).map(|key| say.0.word(key)).unwrap_or_default();
            let id = match entry.detail.get("value").and_then(serde_json::Value::as_bool) {
                Some(true) => "trail-statement-yes",
                Some(false) => "trail-statement-no",
                None => "trail-statement",
            };
            say.with(id, &[("fact", &fact)])
        }
        Deed::Import if word("kind") == Some("automation") => numbers("trail-import-automation", &["read", "silent"]),
        Deed::Import => numbers("trail-import-log", &["read", "kept"]),
        Deed::Check => numbers("trail-check", &["addresses"]),
        Deed::OnPurpose => numbers("trail-on_purpose", &["onPurpose"]),
        Deed::Selftest => numbers("trail-selftest", &["statements"]),
        Deed::IngestSecretMade
        | Deed::IngestSecretDeleted
        | Deed::ScanStarted
        | Deed::ScanStopped
        | Deed::Handled
        | Deed::Forgot => say.t(&format!("trail-{}", entry.what.name())),
    }
}

/// What was set, part by part.
fn settings(say: Say<'_>, entry: &Entry) -> String {
    let mut parts = vec![say.t("trail-settings_changed")];
    if let Some(mode) = entry.detail.get("commentMode").and_then(serde_json::Value::as_str) {
        parts.push(say.t(if mode == "off" { "page-comments-off" } else { "page-comments-request" }));
    }
    for (key, id) in [("retentionDays", "trail-kept"), ("onPurpose", "trail-on_purpose")] {
        if let Some(number) = entry.detail.get(key).and_then(serde_json::Value::as_u64) {
            parts.push(say.0.text(id, &[(key, Value::from(number))]));
        }
    }
    parts.join(" · ")
}
