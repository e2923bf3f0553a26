//! Jira's ways to write a moment. Does not read any clock.

use jiff::Timestamp;
use serde_json::{Value, json};

/// As in the audit log and in work items: `2026-01-10T11:53:37.982+0000`.
pub(crate) fn jira(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

/// As service desk answers write a moment.
pub(crate) fn service_desk(at: Timestamp) -> Value {
    json!({
        "iso8601": at.strftime("%Y-%m-%dT%H:%M:%S%z").to_string(),
        "jira": jira(at),
        "friendly": at.strftime("%d/%b/%y %-I:%M %p").to_string(),
        "epochMillis": at.as_millisecond(),
    })
}

/// Reads what a caller sends in `from` and `to`: RFC 3339, Jira's own form, or a bare date.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let colonless = || jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok();
    let date = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    text.parse().ok().or_else(colonless).or_else(date)
}
