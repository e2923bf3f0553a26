//! What a receiver expects of a token: whose, for whom, how long, for which request.
//! Does not know signatures; it judges the claims of a token whose signature has held.

use std::fmt;

use crate::canonical::{form_qsh, qsh};
use crate::{Claims, Error};

/// The `qsh` of a context token: one that a page asked for (`AP.context.getToken`), bound to no request.
pub const CONTEXT_QSH: &str = "context-qsh";
/// Seconds a token is still accepted after `exp` (and already before `nbf`): clocks differ.
pub const EXP_LEEWAY: i64 = 30;
/// Seconds that `iat` may lie ahead.
pub const IAT_AHEAD: i64 = 300;
/// Longest life, in seconds, of the token a page is opened with.
pub const FRAME_LIFETIME: i64 = 900;

/// A request as it stood in the request line, to be compared with `qsh`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The raw request target, origin-form or absolute-form, as received: not decoded, not normalised.
    pub target: &'a str,
    /// The path of the receiver's base URL.
    pub base_path: &'a str,
    /// The body, if (and only if) its type is `application/x-www-form-urlencoded`. Some proxies move the query of a POST
    /// or PUT there; if the query is empty and does not match, the form's parameters are tried in its place.
    pub form: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A request without a form body.
    #[must_use]
    pub fn new(method: &'a str, target: &'a str, base_path: &'a str) -> Self {
        Request { method, target, base_path, form: None }
    }
}

impl fmt::Debug for Request<'_> {
    /// The target may hold a token or an address, the form anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Which kind of `qsh` a route takes. There is no "either": a route takes one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qsh<'a> {
    /// The hash of this very request. A context token is refused.
    Request(Request<'a>),
    /// The literal `context-qsh`. A token made for a request is refused.
    Context,
}

/// What a receiver expects. Start with [`Expect::request`] or [`Expect::context`], then narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expect<'a> {
    /// The kind of `qsh`.
    pub qsh: Qsh<'a>,
    /// The issuer, if known beforehand (on `installed`: the client key in the body).
    pub issuer: Option<&'a str>,
    /// The audience, a trailing `/` aside (on `installed`: the app's base URL). It must come first in `aud`, as in
    /// Atlassian's own library. `None`: `aud` is not looked at.
    pub audience: Option<&'a str>,
    /// The longest life in seconds, from `iat` to `exp`; `iat` is then required.
    pub max_lifetime: Option<i64>,
}

impl<'a> Expect<'a> {
    /// A token for this very request.
    #[must_use]
    pub fn request(request: Request<'a>) -> Self {
        Expect { qsh: Qsh::Request(request), issuer: None, audience: None, max_lifetime: None }
    }

    /// A context token.
    #[must_use]
    pub fn context() -> Self {
        Expect { qsh: Qsh::Context, issuer: None, audience: None, max_lifetime: None }
    }

    /// Only from this issuer.
    #[must_use]
    pub fn issuer(self, issuer: &'a str) -> Self {
        Expect { issuer: Some(issuer), ..self }
    }

    /// Only for this audience.
    #[must_use]
    pub fn audience(self, audience: &'a str) -> Self {
        Expect { audience: Some(audience), ..self }
    }

    /// Only with at most this many seconds between `iat` and `exp`.
    #[must_use]
    pub fn max_lifetime(self, seconds: i64) -> Self {
        Expect { max_lifetime: Some(seconds), ..self }
    }

    pub(crate) fn check(&self, claims: &Claims, now: i64) -> Result<(), Error> {
        self.check_parties(claims)?;
        self.check_times(claims, now)?;
        match self.qsh {
            Qsh::Context => check_context(claims),
            Qsh::Request(request) => check_request(claims, request),
        }
    }

    fn check_parties(&self, claims: &Claims) -> Result<(), Error> {
        if self.issuer.is_some_and(|issuer| issuer != claims.iss) {
            return Err(Error::WrongIssuer);
        }
        let Some(audience) = self.audience else { return Ok(()) };
        match claims.aud.first() {
            None => Err(Error::MissingClaim("aud")),
            Some(first) if without_slash(first) == without_slash(audience) => Ok(()),
            Some(_) => Err(Error::WrongAudience),
        }
    }

    fn check_times(&self, claims: &Claims, now: i64) -> Result<(), Error> {
        if now >= claims.exp.saturating_add(EXP_LEEWAY) {
            return Err(Error::Expired);
        }
        if claims.nbf.is_some_and(|nbf| now < nbf.saturating_sub(EXP_LEEWAY)) {
            return Err(Error::NotYetValid);
        }
        if claims.iat.is_some_and(|iat| iat > now.saturating_add(IAT_AHEAD)) {
            return Err(Error::IssuedInFuture);
        }
        let Some(longest) = self.max_lifetime else { return Ok(()) };
        let issued = claims.iat.ok_or(Error::MissingClaim("iat"))?;
        if claims.exp.saturating_sub(issued) > longest { Err(Error::LivesTooLong) } else { Ok(()) }
    }
}

fn without_slash(url: &str) -> &str {
    url.strip_suffix('/').unwrap_or(url)
}

fn check_context(claims: &Claims) -> Result<(), Error> {
    match claims.qsh.as_deref() {
        Some(CONTEXT_QSH) => Ok(()),
        Some(_) => Err(Error::ContextQshWanted),
        None => Err(Error::MissingClaim("qsh")),
    }
}

fn check_request(claims: &Claims, request: Request<'_>) -> Result<(), Error> {
    let claimed = match claims.qsh.as_deref() {
        None => return Err(Error::MissingClaim("qsh")),
        Some(CONTEXT_QSH) => return Err(Error::ContextQshRefused),
        Some(claimed) => claimed,
    };
    let Request { method, target, base_path, form } = request;
    if claimed == qsh(method, target, base_path)? {
        return Ok(());
    }
    let moved = form.map(|form| form_qsh(method, target, base_path, form)).transpose()?.flatten();
    if moved.is_some_and(|moved| claimed == moved) { Ok(()) } else { Err(Error::QshMismatch) }
}
