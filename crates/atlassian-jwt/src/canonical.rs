//! The canonical request and its SHA-256, the query string hash (`qsh`).
//! Does not know tokens, hosts or routes: it takes the request target as it stood in the request line.
//!
//! Sources: `atlassian-jwt` 2.0.3 on npm, which the vectors in `tests/vectors` were made with, and
//! <https://developer.atlassian.com/cloud/bitbucket/query-string-hash/>.
//!
//! One deliberate difference: the base path is cut off on a segment boundary only. The npm library cuts bare text, so
//! that with the base `/app` it reads `/apple/x` as `/le/x`; two different resources would then share one hash.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::Error;

/// The query parameter that carries the token and therefore takes no part in the hash.
const TOKEN_PARAMETER: &str = "jwt";

/// RFC 3986: everything but the unreserved characters is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The canonical request: `METHOD&path&query`.
///
/// `raw_target` is the request target as sent: origin-form (`/path?query`) or absolute-form (`https://host/path?query`).
/// `base_path` is the path of the receiver's base URL (`""`, `"/"`, `"/app"` and `"/app/"` are all fine). It is cut from
/// the front of the path if it ends there or a `/` follows; a path outside the base is kept as it is.
///
/// ```
/// use atlassian_jwt::canonical;
///
/// let line = canonical("post", "/app/hooks/?b=2&a=x+y&a=%7E&jwt=e30", "/app")?;
/// assert_eq!(line, "POST&/hooks&a=x%20y,~&b=2");
/// assert_eq!(canonical("GET", "/apple", "/app")?, "GET&/apple&");
/// # Ok::<(), atlassian_jwt::Error>(())
/// ```
///
/// # Errors
/// [`Error::Method`] for a method with anything but letters (an `&` in it could shift the parts), [`Error::Target`] for
/// a target that is neither origin-form nor absolute-form.
pub fn canonical(method: &str, raw_target: &str, base_path: &str) -> Result<String, Error> {
    let (path, query) = split(raw_target)?;
    render(method, path, base_path, query)
}

/// The query string hash: SHA-256 of [`canonical`] in lower-case hex.
///
/// ```
/// let hash = atlassian_jwt::qsh("GET", "https://h", "")?;
/// assert_eq!(hash, "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239");
/// # Ok::<(), atlassian_jwt::Error>(())
/// ```
///
/// # Errors
/// As [`canonical`].
pub fn qsh(method: &str, raw_target: &str, base_path: &str) -> Result<String, Error> {
    Ok(hash(&canonical(method, raw_target, base_path)?))
}

/// The hash with a form body's parameters in the place of the query, for requests whose query was moved into the body
/// by a proxy. `None` where that cannot have happened: other methods than POST and PUT, or a query that is still there.
pub(crate) fn form_qsh(method: &str, raw_target: &str, base_path: &str, form: &str) -> Result<Option<String>, Error> {
    let (path, query) = split(raw_target)?;
    let may_be_moved = method.eq_ignore_ascii_case("POST") || method.eq_ignore_ascii_case("PUT");
    if !may_be_moved || signed_pairs(query).next().is_some() {
        return Ok(None);
    }
    Ok(Some(hash(&render(method, path, base_path, form)?)))
}

/// The values of the parameter `jwt` in a query, decoded.
pub(crate) fn token_values(query: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pairs(query).filter(|(key, _)| key == TOKEN_PARAMETER).map(|(_, value)| value)
}

fn render(method: &str, path: &str, base_path: &str, query: &str) -> Result<String, Error> {
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(Error::Method);
    }
    let mut line = method.to_ascii_uppercase();
    line.push('&');
    line.push_str(&canonical_path(path, base_path));
    line.push('&');
    push_query(&mut line, query);
    Ok(line)
}

fn hash(canonical: &str) -> String {
    let digest = Sha256::digest(canonical.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}

/// Path and query of a request target; a fragment, which may not be in one, is dropped as everybody else does.
fn split(raw_target: &str) -> Result<(&str, &str), Error> {
    let target = raw_target.split('#').next().unwrap_or_default();
    let relative = without_origin(target);
    if !(relative.is_empty() || relative.starts_with(['/', '?'])) {
        return Err(Error::Target);
    }
    Ok(relative.split_once('?').unwrap_or((relative, "")))
}

/// Cuts `scheme://authority` off an absolute-form target; anything else comes back untouched.
fn without_origin(target: &str) -> &str {
    let Some((scheme, rest)) = target.split_once("://") else { return target };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_scheme {
        return target;
    }
    rest.find(['/', '?']).map_or("", |end| &rest[end..])
}

/// The path below the base: starts with `/`, without one trailing `/`, each `&` escaped, otherwise as sent.
fn canonical_path(path: &str, base_path: &str) -> String {
    let base = base_path.trim_end_matches('/');
    let below = path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    let trimmed = if below.len() > 1 { below.strip_suffix('/').unwrap_or(below) } else { below };
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.replace('&', "%26") }
}

/// Sorted by decoded key, then by decoded value; the values of a repeated key are joined by a bare comma.
fn push_query(line: &mut String, query: &str) {
    let mut sorted: Vec<_> = signed_pairs(query).collect();
    sorted.sort_by(|(key, value), (other_key, other_value)| {
        by_code_unit(key, other_key).then_with(|| by_code_unit(value, other_value))
    });
    let mut previous: Option<&str> = None;
    for (key, value) in &sorted {
        if previous == Some(key.as_ref()) {
            line.push(',');
        } else {
            if previous.is_some() {
                line.push('&');
            }
            line.extend(utf8_percent_encode(key, ESCAPED));
            line.push('=');
        }
        line.extend(utf8_percent_encode(value, ESCAPED));
        previous = Some(key);
    }
}

/// JavaScript and Java compare text by UTF-16 code unit, which differs from Rust's order beyond the basic plane.
fn by_code_unit(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// The pairs that take part in the hash.
fn signed_pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    pairs(query).filter(|(key, _)| key != TOKEN_PARAMETER)
}

/// The decoded pairs of a query; `a` is `a=`, empty pieces are nothing.
fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query.split('&').filter(|piece| !piece.is_empty()).map(|piece| {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        (decoded(key), decoded(value))
    })
}

/// Form decoding: `+` is a space, a stray `%` stands for itself, bytes that are no UTF-8 become U+FFFD.
fn decoded(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned());
    }
    percent_decode(text.as_bytes()).decode_utf8_lossy()
}
