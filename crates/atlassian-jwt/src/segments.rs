//! A token taken apart: header, payload, signature; and what may be read of it before it is verified.
//! Does not know whether any of it is true.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{Claims, Error, Expect};

/// Longer tokens are refused unread. Real ones have about 1 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Longest key id that is handed out.
const MAX_KEY_ID_BYTES: usize = 128;

/// Whom a token is for, as it stands in one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The algorithms of Connect and Forge. A caller names one; a token that names another is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with the shared secret of the installation: webhooks, `enabled`, `disabled`, pages, our own calls.
    Hs256,
    /// RSA with a key of Atlassian's key server: `installed`, `uninstalled`; with one of Forge's key set: every invocation.
    Rs256,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Rs256 => "RS256",
        }
    }
}

/// The issuer **as the token claims it**, to choose the key by. It is untrusted: anybody can write any issuer. Use it
/// for the look-up alone and go on with the claims that `verify` returns.
///
/// # Errors
/// [`Error::Malformed`], [`Error::WrongAlgorithm`], or [`Error::MissingClaim`] without an issuer.
pub fn peek_issuer(token: &str, algorithm: Algorithm) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: Option<String>,
    }
    let issuer: Issuer = json(Segments::parse(token, algorithm)?.payload)?;
    issuer.iss.filter(|iss| !iss.is_empty()).ok_or(Error::MissingClaim("iss"))
}

/// The key id **as an RS256 token claims it**, to fetch the key by. It is untrusted, but safe to append to a URL: at most
/// 128 letters, digits, `.`, `_` and `-`, and not dots alone.
///
/// # Errors
/// [`Error::Malformed`] (also for a key id of other shape), [`Error::WrongAlgorithm`], or [`Error::MissingClaim`]
/// without a key id.
pub fn peek_key_id(token: &str) -> Result<String, Error> {
    let key_id = key_id(token)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_safe = (1..=MAX_KEY_ID_BYTES).contains(&key_id.len())
        && key_id.bytes().all(plain)
        && !key_id.bytes().all(|byte| byte == b'.');
    if is_safe { Ok(key_id) } else { Err(Error::Malformed) }
}

/// The key id as it stands in the header of an RS256 token, whatever its characters.
pub(crate) fn key_id(token: &str) -> Result<String, Error> {
    Segments::parse(token, Algorithm::Rs256)?.key_id.ok_or(Error::MissingClaim("kid"))
}

/// Checks everything in the order that gives nothing away: form, algorithm, signature, and only then the claims.
pub(crate) fn verify(
    token: &str,
    algorithm: Algorithm,
    key: &DecodingKey,
    expect: &Expect<'_>,
    now: i64,
) -> Result<Claims, Error> {
    let claims = Claims::from_json(&verified_payload(token, algorithm, key)?)?;
    expect.check(&claims, now)?;
    Ok(claims)
}

/// The claims of a token whose form, algorithm and signature hold.
pub(crate) fn verified_payload(token: &str, algorithm: Algorithm, key: &DecodingKey) -> Result<Vec<u8>, Error> {
    let segments = Segments::parse(token, algorithm)?;
    segments.check_signature(algorithm, key)?;
    bytes(segments.payload)
}

struct Segments<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
    key_id: Option<String>,
}

impl<'a> Segments<'a> {
    fn parse(token: &'a str, algorithm: Algorithm) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Error::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Error::Malformed)?;
        if payload.contains('.') {
            return Err(Error::Malformed);
        }
        let header: Header = json(header)?;
        if header.alg != algorithm.name() {
            return Err(Error::WrongAlgorithm);
        }
        // RFC 7515, 4.1.11: extensions that the receiver does not understand make a token invalid. We understand none.
        if header.crit.is_some() {
            return Err(Error::Malformed);
        }
        Ok(Segments { signed, payload, signature, key_id: header.kid })
    }

    fn check_signature(&self, algorithm: Algorithm, key: &DecodingKey) -> Result<(), Error> {
        let algorithm = match algorithm {
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        };
        match jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), key, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Error::Signature),
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

fn bytes(segment: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| Error::Malformed)
}

pub(crate) fn json<T: DeserializeOwned>(segment: &str) -> Result<T, Error> {
    serde_json::from_slice(&bytes(segment)?).map_err(|_| Error::Malformed)
}
