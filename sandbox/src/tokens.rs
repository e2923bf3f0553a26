//! Tokens as Atlassian makes and checks them: HS256 and RS256 signing, the query string hash, the app's own calls.
//! Knows no state of the site: secrets and keys are handed in. Written from the public description alone, on purpose
//! sharing no code with any app.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Everything but the unreserved characters of RFC 3986 is encoded in a canonical request.
const RFC3986: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An RSA key with which a site signs its lifecycle calls.
pub(crate) struct SigningKey {
    private: EncodingKey,
    /// The public half, as the key server hands it out.
    pub(crate) public_pem: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

impl SigningKey {
    fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the crypto library makes an RSA key");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("a fresh key has a PKCS#8 form");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a fresh key has a public form");
        let private = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())
            .expect("jsonwebtoken reads the PKCS#8 form");
        Self { private, public_pem: pem("PUBLIC KEY", public.as_ref()) }
    }

    /// The key that the site publishes. Made once per process: making one is slow in a debug build.
    pub(crate) fn of_the_site() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(Self::generate)
    }

    /// A key that no key server of ours publishes under its true id: the forger's.
    pub(crate) fn of_a_stranger() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(Self::generate)
    }

    /// The key with which Forge signs invocations.
    pub(crate) fn of_forge() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(Self::generate)
    }

    /// The same on Atlassian's own staging, which no site of a customer is on.
    pub(crate) fn of_forge_staging() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(Self::generate)
    }

    /// The public half as a JSON Web Key.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let mut key = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.private, Algorithm::RS256)
            .expect("the public half of an RSA key can be told");
        key.common.key_id = Some(kid.to_owned());
        key.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
        serde_json::to_value(key).expect("a key can be written as JSON")
    }

    /// Signs claims with RS256 under the given key id.
    pub(crate) fn sign(&self, claims: &Value, kid: &str) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, &self.private).expect("claims can be signed")
    }
}

/// Signs claims with HS256.
pub fn sign_hs256(claims: &Value, secret: &str) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
        .expect("claims can be signed")
}

/// The query string hash: SHA-256, in hex, of the canonical request. `path_and_query` is the raw request target;
/// `base_path` is the path of the receiver's base URL and is cut off at a segment boundary.
pub fn qsh(method: &str, path_and_query: &str, base_path: &str) -> String {
    let digest = Sha256::digest(canonical_request(method, path_and_query, base_path).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `METHOD&path&query` as it is hashed.
pub fn canonical_request(method: &str, path_and_query: &str, base_path: &str) -> String {
    let target = path_and_query.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    format!("{}&{}&{}", method.to_ascii_uppercase(), canonical_path(path, base_path), canonical_query(query))
}

fn canonical_path(path: &str, base_path: &str) -> String {
    let base = base_path.trim_end_matches('/');
    let rest = match path.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    };
    let rest = if rest.len() > 1 { rest.strip_suffix('/').unwrap_or(rest) } else { rest };
    let rest = rest.replace('&', "%26");
    if rest.starts_with('/') { rest } else { format!("/{rest}") }
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name == "jwt" {
            continue;
        }
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value.into_owned()),
            None => pairs.push((name.into_owned(), vec![value.into_owned()])),
        }
    }
    pairs.sort_by(|a, b| by_code_unit(&a.0, &b.0));
    let encoded = pairs.into_iter().map(|(name, mut values)| {
        values.sort_by(|a, b| by_code_unit(a, b));
        let values: Vec<String> = values.iter().map(|value| encode(value)).collect();
        format!("{}={}", encode(&name), values.join(","))
    });
    encoded.collect::<Vec<_>>().join("&")
}

/// Atlassian's libraries sort by UTF-16 code unit, which differs from Rust's order beyond the basic plane.
fn by_code_unit(a: &str, b: &str) -> std::cmp::Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RFC3986).to_string()
}

/// Why a call of the app is refused. The texts stay inside the sandbox's log of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No `Authorization` header, or one of another scheme.
    Missing,
    /// A token in the query string, which Jira ignores since 2022.
    InQuery,
    /// Not a token, another algorithm than HS256, or claims missing.
    Malformed,
    /// Signed with another secret.
    Signature,
    /// Another issuer than the installed app's key, or a bearer token for an account that is gone.
    Issuer,
    /// Past its `exp`.
    Expired,
    /// Issued in the future, or meant to live longer than a server-to-server token may.
    Lifetime,
    /// The hash is of another request.
    Qsh,
    /// `aud` names another site, or a bearer token is of another installation.
    Audience,
    /// No app is installed and enabled here.
    NotInstalled,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    iat: i64,
    exp: i64,
    qsh: String,
    #[serde(default)]
    aud: Option<Value>,
}

/// What a call of the app is checked against.
pub(crate) struct Expected<'a> {
    /// The installed app's key.
    pub(crate) app_key: &'a str,
    /// The site's client key.
    pub(crate) client_key: &'a str,
    /// The secret in force.
    pub(crate) secret: &'a str,
    /// Now, in seconds since the epoch, by the site's clock.
    pub(crate) now: i64,
}

/// Seconds by which two clocks may differ.
const LEEWAY: i64 = 30;
/// The longest life, in seconds, of a token that signs one call. Apps use three minutes.
const LONGEST_LIFE: i64 = 15 * 60;

/// Checks the token of a call that the app makes.
pub(crate) fn check_app_token(token: &str, method: &str, target: &str, expected: &Expected<'_>) -> Result<(), Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Malformed)?;
    if header.alg != Algorithm::HS256 {
        return Err(Refusal::Malformed);
    }
    // Times are judged below, by the site's clock and not by the computer's.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(expected.secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Refusal::Signature,
            _ => Refusal::Malformed,
        })?
        .claims;
    if claims.iss != expected.app_key {
        return Err(Refusal::Issuer);
    }
    if claims.exp + LEEWAY <= expected.now {
        return Err(Refusal::Expired);
    }
    if claims.iat > expected.now + LEEWAY || claims.exp - claims.iat > LONGEST_LIFE || claims.exp <= claims.iat {
        return Err(Refusal::Lifetime);
    }
    if claims.qsh != qsh(method, target, "") {
        return Err(Refusal::Qsh);
    }
    match claims.aud {
        None => Ok(()),
        Some(Value::String(aud)) if aud == expected.client_key => Ok(()),
        Some(Value::Array(list)) if list.iter().any(|aud| aud == expected.client_key) => Ok(()),
        Some(_) => Err(Refusal::Audience),
    }
}
