//! Errors as the outside sees them: RFC 9457, in words a user may read. Every 401 is the same answer.
//! Knows no cause chain, SQL, token or address: a problem is made of fixed words alone.

use crate::jira::JiraError;
use crate::store::StoreError;
use crate::store::inbox::InboxError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use jiff::SignedDuration;
use serde::Serialize;
use std::borrow::Cow;

/// Seconds after which somebody who was told "not now" may come again.
const RETRY_AFTER: u64 = 10;

/// Why a request is not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    /// What a user may read beyond the title.
    detail: Cow<'static, str>,
    /// A fixed word for our log; never shown.
    why: &'static str,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>, why: &'static str) -> Self {
        Self { status, detail: detail.into(), why, retry_after: None }
    }

    /// What was sent cannot be used; `detail` says what would be right and quotes nothing that was sent.
    pub(crate) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail, "bad request")
    }

    /// No proof, or a wrong one; the reason is for the log alone.
    pub(crate) fn unauthorised(why: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The request carries no token that is valid here.", why)
    }

    /// Proved, but without the right.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "You don't have the permission in Jira that this needs.", "forbidden")
    }

    /// Not there, or not to be seen.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here, or nothing you may see.", "not found")
    }

    /// More bytes than this route takes.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is larger than this address takes.", "too large")
    }

    /// A body of a type that this route does not take.
    pub(crate) fn unsupported() -> Self {
        let detail = "The body must be the file itself, not packed, as application/json, text/csv or text/plain.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, "unsupported type")
    }

    /// The body did not arrive in time.
    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time.", "slow body")
    }

    /// More requests than this address takes from one caller; again after `wait`.
    pub(crate) fn too_many(wait: SignedDuration) -> Self {
        let detail = "Too many requests in too short a time. Try again later.";
        let seconds = u64::try_from(wait.as_secs()).unwrap_or(1).max(1);
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail, "too many requests") }
    }

    /// It may work later.
    pub(crate) fn unavailable(why: &'static str) -> Self {
        let detail = "This can't be answered at the moment. Try again soon.";
        Self { retry_after: Some(RETRY_AFTER), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail, why) }
    }

    /// Our fault.
    pub(crate) fn internal(why: &'static str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.", why)
    }

    /// For an answer that the web framework made, by its status alone.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::UNAUTHORIZED => Self::unauthorised("framework"),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "This address is not asked with this method.", "method not allowed")
            }
            status if status.is_client_error() => Self::new(status, "The request can't be read.", "client error"),
            _ => Self::internal("framework"),
        }
    }

    /// The fixed word for our log.
    pub(super) fn why(&self) -> &'static str {
        self.why
    }

    /// The answer. `trace` finds it in our log, `realm` is our app key.
    pub(super) fn respond(&self, trace: &str, realm: &str) -> HttpResponse {
        let told = Told {
            kind: format!("urn:invite-guard:problem:{}", self.slug()),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            trace,
        };
        let mut answer = HttpResponse::build(self.status);
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, format!("JWT realm=\"{realm}\"")));
        }
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        answer.body(serde_json::to_vec(&told).unwrap_or_default()) // text and a number are always JSON
    }

    fn slug(&self) -> String {
        self.status.canonical_reason().unwrap_or("error").to_ascii_lowercase().replace(' ', "-")
    }
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    trace: &'a str,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.status, self.why)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Only what stands outside the edge shows this form; the edge renders every problem with its trace.
    fn error_response(&self) -> HttpResponse {
        self.respond("", "")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Rejected => Self::bad_request("The request holds characters that can't be kept."),
            StoreError::Busy => Self::unavailable("store busy"),
            StoreError::Unavailable => Self::unavailable("store unavailable"),
            StoreError::LeaseLost => Self::internal("store: lease lost"),
            StoreError::Sealed => Self::internal("store: a secret cannot be opened with the configured keys"),
        }
    }
}

impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Full => Self::unavailable("inbox full"),
            InboxError::Closed => Self::unavailable("stopping"),
            InboxError::Store(error) => error.into(),
        }
    }
}

/// What a view cannot do without. Where a permission is asked, every error is a no and this is not used.
impl From<JiraError> for Problem {
    fn from(error: JiraError) -> Self {
        match error {
            JiraError::NotFound => Self::not_found(),
            JiraError::Inactive => Self::unauthorised("tenant not active"),
            JiraError::Forbidden | JiraError::Refused(_) => {
                let detail = "Jira doesn't let Invite Guard read what this needs.";
                Self::new(StatusCode::BAD_GATEWAY, detail, "jira: refused")
            }
            JiraError::NotServed => {
                Self::new(StatusCode::BAD_GATEWAY, "Jira doesn't offer this to apps here.", "jira: not served")
            }
            JiraError::NoToken { .. } => Self::unavailable("jira: no token"),
            JiraError::Throttled { .. } => Self::unavailable("jira: throttled"),
            JiraError::Unavailable(_) => Self::unavailable("jira: unavailable"),
            JiraError::Garbage(_) => Self::unavailable("jira: unreadable"),
        }
    }
}
