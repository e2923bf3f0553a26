//! What was asked of the REST API: a request as read from the wire, and the log of requests.
//! Does not judge them; keeps no token and no body.

use actix_web::HttpRequest;
use actix_web::web::Bytes;
use jiff::Timestamp;

use crate::tokens::Refusal;

/// By which door a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The site's own address, with a token that the app signed.
    Connect,
    /// Atlassian's gateway, with a token that Forge handed out.
    Forge,
}

/// Where the gateway's addresses begin; the cloud id follows.
const GATEWAY: &str = "/ex/jira/";

/// A REST request, read once.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The cloud id in the address, at the gateway.
    pub(crate) cloud_id: Option<String>,
    /// Raw request target, as hashed in `qsh`; without its beginning at the gateway.
    pub(crate) target: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) authorization: Option<String>,
    pub(crate) experimental: bool,
    pub(crate) json: bool,
    pub(crate) trace: Option<String>,
}

impl Call {
    pub(crate) fn read(request: &HttpRequest, body: Bytes) -> Self {
        let target = request.uri().path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned());
        let through = target.strip_prefix(GATEWAY).map(|rest| rest.split_once('/').unwrap_or((rest, "")));
        let (cloud_id, target) = match through {
            Some((cloud_id, rest)) => (Some(cloud_id.to_owned()), format!("/{rest}")),
            None => (None, target),
        };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let segments = path.trim_matches('/').split('/').map(decode).collect();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let printable = |text: &String| text.len() <= 1024 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        Self {
            method: request.method().as_str().to_owned(),
            cloud_id,
            segments,
            query,
            body,
            authorization: header("authorization"),
            experimental: header("x-experimentalapi").is_some_and(|value| value == "opt-in"),
            json: header("content-type").is_some_and(|value| value.starts_with("application/json")),
            trace: header("x-atlassian-webhook-trace").filter(printable),
            target,
        }
    }

    pub(crate) fn door(&self) -> Door {
        if self.cloud_id.is_some() { Door::Forge } else { Door::Connect }
    }

    /// Path without query, as it was sent.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter, lists with commas taken apart.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        values.flat_map(|(_, value)| value.split(',')).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect()
    }
}

/// One answered REST request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CallRecord {
    /// When.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// By which door.
    pub door: Door,
    /// Account id of whoever called; empty where nobody was let in.
    pub account: String,
    /// Method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Path template of the spec, or the path itself if there is none.
    pub template: String,
    /// Query, without any token.
    pub query: String,
    /// Answer; 0 if none was given.
    pub status: u16,
    /// Points it cost.
    pub points: u64,
    /// Why the token was refused, if it was.
    #[serde(skip)]
    pub refusal: Option<Refusal>,
    /// Which misbehaviour was played, if any.
    pub fault: Option<String>,
}

/// A body that breaks a published specification, or a parameter that none of them knows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// Method and path template.
    pub call: String,
    /// Whose body it was: `request` is the app's, `answer` is the sandbox's own.
    pub side: &'static str,
    /// What is wrong, without the value.
    pub what: String,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_string())
}
