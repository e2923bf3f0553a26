//! Answers of the REST API, with the headers and error bodies that Jira has.
//! Does not know routes but by the family of their path.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Route;
use crate::points::{Meter, Reason};

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The body, if it is JSON of ours; checked against the specification.
    pub(crate) json: Option<Value>,
    raw: Option<(&'static str, Vec<u8>)>,
    headers: Vec<(String, String)>,
    /// Core objects in it, for the points.
    pub(crate) objects: u64,
    /// People, groups, roles and permissions in it, for the points.
    pub(crate) grants: u64,
}

impl Reply {
    /// JSON with a status.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, json: Some(body), raw: None, headers: Vec::new(), objects: 0, grants: 0 }
    }

    /// 200 with JSON.
    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, json: None, raw: None, headers: Vec::new(), objects: 0, grants: 0 }
    }

    /// Bytes of any kind.
    pub(crate) fn raw(status: u16, kind: &'static str, body: Vec<u8>) -> Self {
        Self { status, json: None, raw: Some((kind, body)), headers: Vec::new(), objects: 0, grants: 0 }
    }

    /// An error as the platform API words it.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::json(status, json!({"errorMessages": [message], "errors": {}}))
    }

    /// An error about one field, as the platform API words it.
    pub(crate) fn field_error(status: u16, field: &str, message: &str) -> Self {
        Self::json(status, json!({"errorMessages": [], "errors": {field: message}}))
    }

    /// An error as the service desk API words it.
    pub(crate) fn desk_error(status: u16, message: &str) -> Self {
        let key = "sd.error";
        Self::json(status, json!({"errorMessage": message, "i18nErrorMessage": {"i18nKey": key, "parameters": []}}))
    }

    /// 400 in the words of the route's family.
    pub(crate) fn bad_request(route: &Route, message: &str) -> Self {
        if route.template.starts_with("/rest/servicedeskapi/") {
            Self::desk_error(400, message)
        } else {
            Self::error(400, message)
        }
    }

    /// The one answer to every bad token.
    pub(crate) fn unauthorised() -> Self {
        let body = json!({"message": "Client must be authenticated to access this resource.", "status-code": 401});
        let mut reply = Self::raw(401, "application/json", body.to_string().into_bytes());
        reply.headers.push(("WWW-Authenticate".to_owned(), "JWT realm=\"Atlassian\"".to_owned()));
        reply
    }

    /// 429 with all its headers.
    pub(crate) fn throttled(reason: Reason, seconds: u64, now: Timestamp) -> Self {
        let wait = jiff::SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(3600));
        let reset = (now + wait).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self::raw(429, "application/json", b"{\"errorMessages\":[\"Rate limit exceeded.\"],\"errors\":{}}".to_vec())
            .with("RateLimit-Reason", reason.word())
            .with("Retry-After", &seconds.to_string())
            .with("X-RateLimit-Reset", &reset)
            .with("X-RateLimit-Remaining", "0")
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Says how many objects the answer holds.
    pub(crate) fn costing(mut self, objects: usize, grants: usize) -> Self {
        self.objects = objects as u64;
        self.grants = grants as u64;
        self
    }

    /// Adds the headers that tell how much of the quota is left.
    pub(crate) fn with_quota(self, meter: &Meter) -> Self {
        if self.headers.iter().any(|(name, _)| name == "X-RateLimit-Remaining") {
            return self.with("X-RateLimit-Limit", &meter.limits.points.to_string());
        }
        let left = meter.limits.points.saturating_sub(meter.used);
        let near = if left * 5 < meter.limits.points { "true" } else { "false" };
        self.with("X-RateLimit-Limit", &meter.limits.points.to_string())
            .with("X-RateLimit-Remaining", &left.to_string())
            .with("X-RateLimit-NearLimit", near)
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in &self.headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
        match (self.json, self.raw) {
            (Some(body), _) => response.content_type("application/json;charset=UTF-8").body(body.to_string()),
            (None, Some((kind, bytes))) => response.content_type(kind).body(bytes),
            (None, None) => response.finish(),
        }
    }
}
