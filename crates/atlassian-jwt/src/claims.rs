//! The claims of a Connect token.
//! Knows no signature: claims read from a token are only handed out once it has been verified.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;
use crate::segments::Audience;

/// Seconds an outbound token lives, as in Atlassian's own libraries: three minutes.
pub const OUTBOUND_LIFETIME: i64 = 180;

/// What a token says. Times are whole seconds since the epoch. Claims not named here are ignored.
///
/// `Debug` shows neither `context` nor `sub`: the first may hold a person's name.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Claims {
    /// Who signed: the client key of the site (inbound), the app key (outbound).
    pub iss: String,
    /// Atlassian account id of the user; absent for calls in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Whom it is for. Read from one text or a list, written as a list, left out if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// From when on it must not be accepted.
    pub exp: i64,
    /// Before when it must not be accepted; Atlassian does not send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Hash of the request it belongs to, or [`CONTEXT_QSH`](crate::CONTEXT_QSH).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qsh: Option<String>,
    /// Where in the product the user is (project, issue), as the product says it; `null` if absent.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub context: Value,
}

impl Claims {
    /// Claims for one call to the product: `iss` is the app key as the site knows it, `qsh` the hash of the request.
    pub fn outbound(app_key: impl Into<String>, qsh: String, now: i64) -> Self {
        Claims {
            iss: app_key.into(),
            iat: Some(now),
            exp: now.saturating_add(OUTBOUND_LIFETIME),
            qsh: Some(qsh),
            ..Claims::default()
        }
    }

    /// Reads the payload of a token. The JSON error is dropped: it may quote a claim.
    pub(crate) fn from_json(payload: &[u8]) -> Result<Self, Error> {
        let wire: Wire = serde_json::from_slice(payload).map_err(|_| Error::Malformed)?;
        Ok(Claims {
            iss: wire.iss.filter(|iss| !iss.is_empty()).ok_or(Error::MissingClaim("iss"))?,
            sub: wire.sub,
            aud: match wire.aud {
                None => Vec::new(),
                Some(Audience::One(one)) => vec![one],
                Some(Audience::Many(many)) => many,
            },
            iat: wire.iat,
            exp: wire.exp.ok_or(Error::MissingClaim("exp"))?,
            nbf: wire.nbf,
            qsh: wire.qsh,
            context: wire.context,
        })
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("iss", &self.iss)
            .field("aud", &self.aud)
            .field("iat", &self.iat)
            .field("exp", &self.exp)
            .field("qsh", &self.qsh)
            .finish_non_exhaustive()
    }
}

/// Everything optional, so that a missing claim is told from a malformed token.
#[derive(Deserialize)]
struct Wire {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    iat: Option<i64>,
    exp: Option<i64>,
    nbf: Option<i64>,
    qsh: Option<String>,
    #[serde(default)]
    context: Value,
}
