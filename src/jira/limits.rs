//! Jira's limits as it tells them: what a 429 or 503 pauses, and until when.
//! Does not keep the pauses (`store` does) and never waits.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>

use crate::domain::TenantId;
use crate::domain::throttle::Scope;
use crate::outbound::header::HeaderMap;
use jiff::{SignedDuration, Timestamp};

/// No pause is shorter: an answer "0" must not become a loop.
const FLOOR: SignedDuration = SignedDuration::from_secs(1);
/// No pause is longer: quotas are hourly.
const CEILING: SignedDuration = SignedDuration::from_hours(1);
/// Jira told no time.
const UNTOLD: SignedDuration = SignedDuration::from_secs(30);

/// What Jira wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// What has to wait; `None` is this call only.
    pub(super) scope: Option<Scope>,
    /// Not before.
    pub(super) until: Timestamp,
    /// Metric label, one of a fixed few.
    pub(super) reason: &'static str,
}

/// Reads status and headers; `None` when this is not about limits.
pub(super) fn read(
    status: u16,
    headers: &HeaderMap,
    tenant: TenantId,
    endpoint: &'static str,
    now: Timestamp,
) -> Option<Limit> {
    let told = told_wait(headers, now);
    let (scope, reason) = match status {
        429 => match text(headers, "ratelimit-reason").unwrap_or_default() {
            "jira-quota-global-based" => (Some(Scope::App), "jira-quota-global-based"),
            "jira-quota-tenant-based" => (Some(Scope::Tenant(tenant)), "jira-quota-tenant-based"),
            "jira-burst-based" => (Some(Scope::Endpoint(tenant, endpoint)), "jira-burst-based"),
            "jira-per-issue-on-write" => (None, "jira-per-issue-on-write"),
            // Unknown or untold: the narrower guess would be called again at once by other work of this tenant.
            _ => (Some(Scope::Tenant(tenant)), "other"),
        },
        503 if told.is_some() => (Some(Scope::Tenant(tenant)), "unavailable"),
        _ => return None,
    };
    let wait = told.unwrap_or(UNTOLD).clamp(FLOOR, CEILING);
    Some(Limit { scope, until: now.saturating_add(wait).unwrap_or(now), reason })
}

/// The longer of the two ways in which Jira tells how long.
fn told_wait(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let retry_after = text(headers, "retry-after").and_then(|value| {
        let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0);
        let seconds = seconds.map(|s| SignedDuration::from_secs(s.min(86_400.0).ceil() as i64));
        seconds.or_else(|| date(value).map(|at| at.duration_since(now)))
    });
    let reset = text(headers, "x-ratelimit-reset").and_then(moment).map(|at| at.duration_since(now));
    retry_after.max(reset)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// An HTTP date, as in `Date` and `Retry-After`.
pub(super) fn date(value: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(value).ok().map(|zoned| zoned.timestamp())
}

/// Jira's ways to write a moment: RFC 3339 to the second or the minute, or with an offset without a colon.
pub(super) fn moment(value: &str) -> Option<Timestamp> {
    let colonless = || jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", value).ok()?.to_timestamp().ok();
    let minute = || value.strip_suffix('Z').and_then(|minute| format!("{minute}:00Z").parse().ok());
    value.parse().ok().or_else(colonless).or_else(minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::header::{HeaderName, HeaderValue};
    use rstest::rstest;

    const NOW: &str = "2026-03-01T10:00:00Z";
    const ENDPOINT: &str = "GET /rest/api/3/user";

    fn now() -> Timestamp {
        NOW.parse().expect("a time")
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"))
        };
        pairs.iter().map(pair).collect()
    }

    #[rstest]
    #[case::app("jira-quota-global-based", Some(Scope::App))]
    #[case::tenant("jira-quota-tenant-based", Some(Scope::Tenant(TenantId(7))))]
    #[case::burst("jira-burst-based", Some(Scope::Endpoint(TenantId(7), ENDPOINT)))]
    #[case::item("jira-per-issue-on-write", None)]
    #[case::unknown("something-new", Some(Scope::Tenant(TenantId(7))))]
    fn the_reason_decides_what_waits(#[case] reason: &str, #[case] scope: Option<Scope>) {
        let headers = headers(&[("ratelimit-reason", reason), ("retry-after", "7")]);
        let limit = read(429, &headers, TenantId(7), ENDPOINT, now()).expect("a 429 is always a limit");
        assert_eq!((limit.scope, limit.until), (scope, "2026-03-01T10:00:07Z".parse().expect("a time")));
    }

    #[rstest]
    #[case::floor(&[("retry-after", "0")], 1)]
    #[case::ceiling(&[("retry-after", "999999999999")], 3600)]
    #[case::negative(&[("retry-after", "-5")], 30)]
    #[case::text(&[("retry-after", "soon")], 30)]
    #[case::none(&[], 30)]
    #[case::http_date(&[("retry-after", "Sun, 01 Mar 2026 10:00:20 GMT")], 20)]
    #[case::reset(&[("x-ratelimit-reset", "2026-03-01T10:05:00Z")], 300)]
    #[case::reset_in_minutes(&[("x-ratelimit-reset", "2026-03-01T10:05Z")], 300)]
    #[case::longer_counts(&[("retry-after", "9"), ("x-ratelimit-reset", "2026-03-01T10:00:02Z")], 9)]
    #[case::past(&[("x-ratelimit-reset", "2020-03-01T10:00:02Z")], 1)]
    fn the_wait_is_read_and_clamped(#[case] told: &[(&'static str, &str)], #[case] seconds: i64) {
        let limit = read(429, &headers(told), TenantId(7), ENDPOINT, now()).expect("a 429 is always a limit");
        assert_eq!(limit.until.duration_since(now()), SignedDuration::from_secs(seconds));
    }

    #[test]
    fn a_503_pauses_the_tenant_only_when_it_says_how_long() {
        assert_eq!(read(503, &headers(&[]), TenantId(7), ENDPOINT, now()), None);
        let limit = read(503, &headers(&[("retry-after", "5")]), TenantId(7), ENDPOINT, now());
        assert_eq!(limit.map(|l| l.scope), Some(Some(Scope::Tenant(TenantId(7)))));
        assert_eq!(read(500, &headers(&[("retry-after", "5")]), TenantId(7), ENDPOINT, now()), None);
    }
}
