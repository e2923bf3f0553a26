//! One call to a tenant's Jira: pause, sign, send, count, and read what the status says.
//! Knows no resource; those are the files beside it.

use super::auth::{AuthError, Speaker};
use super::error::JiraError;
use super::{Result, Site, auth, limits};
use crate::domain::tenant::TICK;
use crate::domain::throttle::Scope;
use crate::outbound::{Ask, Incoming, Method, Reply, header};
use header::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Answers are at most this large.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Everything but the unreserved characters of RFC 3986, as the query string hash wants it.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One path of Jira's API with a method. `template` is the metric label, `name` the scope of a burst limit; neither can hold an id.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: Method,
    pub(super) template: &'static str,
    pub(super) name: &'static str,
}

/// An [`Endpoint`] from method and path template.
macro_rules! endpoint {
    ($method:ident $template:literal) => {
        $crate::jira::client::Endpoint {
            method: $crate::outbound::Method::$method,
            template: $template,
            name: concat!(stringify!($method), " ", $template),
        }
    };
}
pub(super) use endpoint;

/// Between which two moments an answer was true, by the wider of our clock and Jira's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Not later than Jira began to answer, by either clock.
    pub asked_at: Timestamp,
    /// Not earlier than Jira had answered, by either clock.
    pub answered_at: Timestamp,
}

impl Bounds {
    /// Our clock before and after the call, widened by Jira's `Date` header where the two cannot both be right. `Date` has
    /// whole seconds, so a difference within its second is none.
    fn of(before: Timestamp, after: Timestamp, date: Option<Timestamp>) -> Self {
        let within = Self { asked_at: before, answered_at: after.max(before) };
        let Some(date) = date else { return within };
        let date_end = date.saturating_add(SignedDuration::from_secs(1)).unwrap_or(date);
        if date_end <= before {
            Self { asked_at: date, ..within } // our clock is ahead
        } else if after < date {
            Self { answered_at: date_end, ..within } // our clock is behind
        } else {
            within
        }
    }

    /// The bounds of two answers together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { asked_at: self.asked_at.min(other.asked_at), answered_at: self.answered_at.max(other.answered_at) }
    }
}

/// A value and when it was true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What Jira said.
    pub value: T,
    /// The earlier of our clock before the call and Jira's: nothing that happened later can be missing for another reason.
    pub asked_at: Timestamp,
    /// The later of our clock after the call and Jira's.
    pub answered_at: Timestamp,
}

impl<T> Answer<T> {
    pub(super) fn new(value: T, bounds: Bounds) -> Self {
        Self { value, asked_at: bounds.asked_at, answered_at: bounds.answered_at }
    }
}

/// A call being put together.
pub(super) struct Call {
    endpoint: &'static Endpoint,
    parts: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    headers: Vec<(&'static str, &'static str)>,
    limit: usize,
    patience: u32,
}

impl Call {
    pub(super) fn to(endpoint: &'static Endpoint) -> Self {
        let (parts, query, headers) = (Vec::new(), Vec::new(), Vec::new());
        Self { endpoint, parts, query, body: None, headers, limit: MOST_BYTES, patience: 1 }
    }

    /// The next value for a brace of the template.
    pub(super) fn part(mut self, value: impl ToString) -> Self {
        self.parts.push(value.to_string());
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Most bytes of the answer, where that is another number than usual.
    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// So many times the usual time-out for an answer that is read as it comes.
    pub(super) fn patience(mut self, times: u32) -> Self {
        self.patience = times;
        self
    }

    /// The URL below the base. A part that would leave its segment (empty, `.`, `..`) makes no URL.
    fn url(&self, base: &Url) -> Option<Url> {
        let mut parts = self.parts.iter();
        let mut path = base.path().trim_end_matches('/').to_owned();
        for segment in self.endpoint.template.split('/').filter(|segment| !segment.is_empty()) {
            path.push('/');
            if segment.starts_with('{') {
                let value = parts.next().filter(|v| !matches!(v.as_str(), "" | "." | ".."))?;
                path.extend(utf8_percent_encode(value, RESERVED));
            } else {
                path.push_str(segment);
            }
        }
        let mut url = base.clone();
        url.set_fragment(None);
        url.set_path(&path);
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let query: Vec<String> = self.query.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
        Some(url)
    }
}

/// An answer whose body still comes; from [`Site::open`] one with a 2xx status.
pub(super) struct Opened {
    pub(super) incoming: Incoming,
    before: Timestamp,
    date: Option<Timestamp>,
}

impl Opened {
    /// Between which two moments the answer was true, now that all of it has come.
    pub(super) fn bounds(&self, now: Timestamp) -> Bounds {
        Bounds::of(self.before, now, self.date)
    }
}

/// An answer; from [`Site::send`] one with a 2xx status.
pub(super) struct Answered {
    reply: Reply,
    pub(super) bounds: Bounds,
}

impl Answered {
    pub(super) fn status(&self) -> u16 {
        self.reply.status
    }

    /// The body in the call's wire shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.reply.body).map_err(|error| {
            // The category only: serde's own text quotes what it met.
            JiraError::Garbage(if error.is_data() { "unexpected_shape" } else { "not_json" })
        })
    }
}

impl Site {
    pub(super) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Makes the call. `Ok` only for 2xx; what a limit pauses is told to everybody before this returns.
    pub(super) async fn send(&self, call: Call) -> Result<Answered> {
        let answered = self.exchange(call).await?;
        refused(answered.status()).map_or(Ok(answered), Err)
    }

    /// The same, leaving the body to come.
    pub(super) async fn open(&self, call: Call) -> Result<Opened> {
        let opened = self.begin(call).await?;
        let Some(error) = refused(opened.incoming.status) else { return Ok(opened) };
        // What it says is of no use, but the connection is, once it is read.
        opened.incoming.whole().await.ok();
        Err(error)
    }

    /// Makes the call for whoever reads refusals as well: `Ok` for every status but those that are about limits.
    pub(super) async fn exchange(&self, call: Call) -> Result<Answered> {
        let Opened { incoming, before, date } = self.begin(call).await?;
        let reply = incoming.whole().await?;
        Ok(Answered { bounds: Bounds::of(before, self.now(), date), reply })
    }

    async fn begin(&self, call: Call) -> Result<Opened> {
        if !self.tenant.is_active() {
            return Err(JiraError::Inactive);
        }
        let endpoint = call.endpoint;
        self.check_pauses(endpoint).await?;
        let before = self.now();
        let (ask, by_gateway) = self.spoken(call, before)?;
        let sent = self.inner.outbound.open(ask).await;
        let after = self.now();
        count(endpoint, sent.as_ref().map_or_else(|_| "none".to_owned(), |reply| reply.status.to_string()));
        let incoming = sent?;
        count_points(1);
        if let Some(limit) = limits::read(incoming.status, &incoming.headers, self.tenant.id, endpoint.name, after) {
            metrics::counter!("invite_guard_jira_throttled_total", "reason" => limit.reason).increment(1);
            if let Some(scope) = &limit.scope {
                self.inner.throttle.pause(scope, limit.until).await;
            }
            return Err(JiraError::Throttled { until: limit.until, scope: limit.scope });
        }
        if by_gateway && incoming.status == 401 {
            return Err(self.refused_by_gateway(incoming, after).await);
        }
        let date = incoming.headers.get(header::DATE).and_then(|v| v.to_str().ok()).and_then(limits::date);
        Ok(Opened { incoming, before, date })
    }

    /// A throttled scope is not asked again before its time, whichever worker was told.
    async fn check_pauses(&self, endpoint: &Endpoint) -> Result<()> {
        let now = self.now();
        let scopes = [Scope::App, Scope::Tenant(self.tenant.id), Scope::Endpoint(self.tenant.id, endpoint.name)];
        for scope in scopes {
            if let Some(until) = self.inner.throttle.paused_until(&scope, now).await.filter(|until| *until > now) {
                return Err(JiraError::Throttled { until, scope: Some(scope) });
            }
        }
        Ok(())
    }

    /// Forge's gateway has one status for two things: a scope that was not granted, and a token that has ended before its time.
    async fn refused_by_gateway(&self, incoming: Incoming, now: Timestamp) -> JiraError {
        let said = incoming.whole().await.map(|reply| String::from_utf8_lossy(&reply.body).to_lowercase());
        if said.is_ok_and(|said| said.contains("scope")) {
            return JiraError::Forbidden;
        }
        if let Speaker::Person(_) = self.speaker {
            return JiraError::Forbidden; // the person's call has lasted too long; the next brings a new token
        }
        JiraError::NoToken { until: now.saturating_add(TICK).unwrap_or(now) }
    }

    fn spoken(&self, call: Call, now: Timestamp) -> Result<(Ask, bool)> {
        let method = call.endpoint.method.clone();
        let unspoken = |error: AuthError| match error {
            AuthError::NoToken(until) => JiraError::NoToken { until },
            AuthError::NotServed => JiraError::NotServed,
            error => {
                tracing::error!(tenant = %self.tenant.id, endpoint = call.endpoint.name, %error, "a call was not signed");
                JiraError::Unavailable("not_signed")
            }
        };
        let voicing = auth::voicing(&self.tenant, &self.speaker, call.endpoint.template, now).map_err(unspoken)?;
        let url = call.url(voicing.base()).ok_or(JiraError::NotFound)?;
        let token = voicing.header(method.as_str(), &url, now).map_err(unspoken)?;
        let mut headers = HeaderMap::new();
        let mut secret = HeaderValue::from_str(&token).map_err(|_| JiraError::Unavailable("not_signed"))?;
        secret.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, secret);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &call.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if method != Method::GET
            && let Ok(trace) = HeaderValue::from_str(&super::trace(&self.tenant))
        {
            headers.insert(HeaderName::from_static("x-atlassian-webhook-trace"), trace);
        }
        let body = call.body.map(|body| body.to_string().into_bytes());
        let timeout = self.inner.settings.timeout * call.patience;
        Ok((Ask { method, url, headers, body, limit: call.limit, timeout }, voicing.is_gateway()))
    }

    /// Waits for this tenant's next slot of a paced endpoint, unless it is too far away to wait for.
    pub(super) async fn pace(&self, endpoint: &Endpoint, per_second: u32) -> Result<()> {
        let scope = Scope::Endpoint(self.tenant.id, endpoint.name);
        let now = self.now();
        let every = Duration::from_secs(1) / per_second.max(1);
        let wait = self.inner.throttle.slot(&scope, every, now).await;
        if wait > self.inner.settings.timeout {
            let wait = SignedDuration::try_from(wait).unwrap_or(super::LOOK_AGAIN);
            let until = now.saturating_add(wait).unwrap_or(now);
            return Err(JiraError::Throttled { until, scope: Some(scope) });
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// What a status means that is none of success.
fn refused(status: u16) -> Option<JiraError> {
    Some(match status {
        200..=299 => return None,
        300..=399 => JiraError::Garbage("redirect"),
        401 => JiraError::Unavailable("unauthorised"),
        403 => JiraError::Forbidden,
        404 => JiraError::NotFound,
        408 | 425 => JiraError::Unavailable("timeout"),
        // Not there, and asking again does not bring it about.
        501 => JiraError::Refused(501),
        500.. => JiraError::Unavailable("server_error"),
        status => JiraError::Refused(status),
    })
}

fn count(endpoint: &Endpoint, status: String) {
    metrics::counter!("invite_guard_jira_requests_total", "endpoint" => endpoint.template, "status" => status)
        .increment(1);
}

/// Counts what a call cost: 1 for itself, and on reads 1 for each core object and 2 for each user, group, role or permission.
fn count_points(points: usize) {
    metrics::counter!("invite_guard_jira_points_total").increment(points as u64);
}

/// Counts the objects of a read.
pub(super) fn count_objects(core: usize, people: usize) {
    count_points(core + 2 * people);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    static PROPERTY: Endpoint = endpoint!(PUT "/rest/api/3/issue/{issue}/properties/{property}");

    #[test]
    fn parts_and_parameters_are_encoded_and_labels_hold_no_id() {
        let call = Call::to(&PROPERTY).part("A-1").part("a/b ?").query("jql", "reporter = \"qm:a\" + 100%");
        let url = call.url(&"https://acme.atlassian.net/jira/".parse().expect("a URL")).expect("a URL");
        assert_eq!(
            url.as_str(),
            "https://acme.atlassian.net/jira/rest/api/3/issue/A-1/properties/a%2Fb%20%3F\
             ?jql=reporter%20%3D%20%22qm%3Aa%22%20%2B%20100%25"
        );
        assert_eq!(PROPERTY.name, "PUT /rest/api/3/issue/{issue}/properties/{property}");
    }

    #[rstest]
    #[case("..")]
    #[case(".")]
    #[case("")]
    fn a_part_cannot_leave_its_segment(#[case] part: &str) {
        let call = Call::to(&PROPERTY).part(part).part("x");
        assert_eq!(call.url(&"https://acme.atlassian.net".parse().expect("a URL")), None, "{part:?}");
    }

    #[rstest]
    #[case::agree("10:00:00.400", "10:00:00.600", "10:00:00", "10:00:00.400", "10:00:00.600")]
    #[case::ahead("10:05:00.400", "10:05:00.600", "10:00:00", "10:00:00", "10:05:00.600")]
    #[case::behind("09:55:00.400", "09:55:00.600", "10:00:00", "09:55:00.400", "10:00:01")]
    #[case::slow_answer("09:59:58", "10:00:03", "10:00:00", "09:59:58", "10:00:03")]
    fn bounds_are_the_wider_of_both_clocks(
        #[case] before: &str,
        #[case] after: &str,
        #[case] date: &str,
        #[case] asked: &str,
        #[case] answered: &str,
    ) {
        let at = |time: &str| format!("2026-03-01T{time}Z").parse::<Timestamp>().expect("a time");
        let bounds = Bounds::of(at(before), at(after), Some(at(date)));
        assert_eq!(bounds, Bounds { asked_at: at(asked), answered_at: at(answered) });
    }
}
