//! A request's head as it came in, in owned form: method, raw target, where a token may stand; and reading of bodies.
//! Knows no kind of token.

use super::problem::Problem;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use atlassian_jwt::{Error, Place, Request, TokenPlaces};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A body has to be here within this time; Jira gives an answer 20 s.
const BODY_TIME: Duration = Duration::from_secs(15);

/// A file may take longer: 20 MiB over a slow line.
const FILE_TIME: Duration = Duration::from_secs(120);

/// A form body is only looked at for its token and parameters: those fit.
const FORM_LIMIT: usize = 64 * 1024;

/// Where a kind of route looks for its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// The header or `?jwt=`, or the field `jwt` of a form body: what Jira calls.
    Any,
    /// `?jwt=` alone: what a browser opens.
    Query,
}

/// Head of a request. The target is raw: the query string hash is over what was sent.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    query: String,
    authorization: Option<String>,
    system_token: Option<String>,
    user_token: Option<String>,
    /// The body, when it is a form.
    form: Option<String>,
}

impl Head {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Self {
            method: request.method().as_str().to_owned(),
            target: request.uri().to_string(),
            query: request.query_string().to_owned(),
            authorization: authorization.map(str::to_owned),
            system_token: text(request, "x-forge-oauth-system"),
            user_token: text(request, "x-forge-oauth-user"),
            form: None,
        }
    }

    /// The same, with the form body if the request has one; any other body stays unread.
    pub(super) async fn with_form(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let head = Self::of(request);
        if !is_form(request) {
            return Ok(head);
        }
        let form = String::from_utf8(bytes(request, payload, FORM_LIMIT).await?).ok();
        Ok(Self { form, ..head })
    }

    /// The token that counts (connect-acceptance 13 to 16).
    pub(super) fn token(&self, places: Places) -> Result<String, Error> {
        let in_form = self.form.as_deref().and_then(token_field);
        let found = TokenPlaces {
            authorization: self.authorization.as_deref(),
            query: Some(&self.query),
            form: in_form.as_deref(),
        };
        let token = found.find()?;
        if places == Places::Query && token.place() != Place::Query {
            return Err(Error::NoToken);
        }
        Ok(token.as_str().to_owned())
    }

    /// The token of `Authorization: Bearer`, the one place where Forge puts it.
    pub(super) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
    }

    /// The token of the app that Forge puts beside its own.
    pub(super) fn system_token(&self) -> Option<&str> {
        self.system_token.as_deref()
    }

    /// The token of the person who looks at a page, beside Forge's own.
    pub(super) fn user_token(&self) -> Option<&str> {
        self.user_token.as_deref()
    }

    /// The form body, which is the whole body then.
    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    /// For the query string hash.
    pub(super) fn request<'a>(&'a self, base_path: &'a str) -> Request<'a> {
        Request { form: self.form.as_deref(), ..Request::new(&self.method, &self.target, base_path) }
    }
}

fn text(request: &HttpRequest, name: &str) -> Option<String> {
    let value = request.headers().get(name)?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn is_form(request: &HttpRequest) -> bool {
    is_of(request, &["application/x-www-form-urlencoded"])
}

/// Whether the body says that it is of one of these types.
fn is_of(request: &HttpRequest, types: &[&str]) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| types.iter().any(|kind| essence.eq_ignore_ascii_case(kind)))
}

fn token_field(form: &str) -> Option<String> {
    url::form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "jwt").map(|(_, value)| value.into_owned())
}

/// A body of at most `limit` bytes.
pub(super) async fn bytes(request: &HttpRequest, payload: &mut Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    bytes_within(request, payload, limit, BODY_TIME).await
}

/// An uploaded file of one of these types, read after the proof: nothing is unpacked.
pub(super) async fn file(
    request: &HttpRequest,
    payload: actix_web::web::Payload,
    types: &[&str],
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let packed = request.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if packed || !is_of(request, types) {
        return Err(Problem::unsupported());
    }
    let body = bytes_within(request, &mut payload.into_inner(), limit, FILE_TIME).await?;
    Ok(if is_of(request, &["application/json"]) { unquoted(body) } else { body })
}

/// Forge's proxy carries JSON alone, so a file of text comes through it as one JSON string. No file that we take is one itself.
fn unquoted(body: Vec<u8>) -> Vec<u8> {
    if body.first() != Some(&b'"') {
        return body;
    }
    serde_json::from_slice::<String>(&body).map_or(body, String::into_bytes)
}

async fn bytes_within(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
    time: Duration,
) -> Result<Vec<u8>, Problem> {
    let told = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|told| told > limit as u64) {
        return Err(Problem::too_large());
    }
    let read = async {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body broke off."))?;
            if body.len() + chunk.len() > limit {
                return Err(Problem::too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(time, read).await.unwrap_or_else(|_| Err(Problem::too_slow()))
}

/// A JSON body, read after the proof. `expected` tells the caller what would be right; nothing sent is quoted.
pub(super) async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: actix_web::web::Payload,
    expected: &'static str,
) -> Result<T, Problem> {
    const LIMIT: usize = 64 * 1024;
    let body = bytes(request, &mut payload.into_inner(), LIMIT).await?;
    serde_json::from_slice(&body).map_err(|_| Problem::bad_request(expected))
}
