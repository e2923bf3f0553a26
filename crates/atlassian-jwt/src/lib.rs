//! Atlassian's tokens: Connect's canonical request, query string hash, HS256 and RS256; Forge's invocation token.
//! Knows no clock, no network and no store: the time and the keys are arguments.
//!
//! A Connect token differs from any other JWT in one claim, `qsh`: a hash over the method, the path and the query of
//! the request it travels with, so that it cannot be used for another. Two things make it easy to get wrong:
//! the hash is over the request **as sent** (never over what a router matched or normalised), and a token made for a
//! page's own calls carries the literal `context-qsh` instead, which must never open a route that wants a real hash.
//! So here a caller says what it expects ([`Expect`]) before a token is looked at, and the algorithm is the caller's
//! choice, never the token's.
//!
//! ```
//! use atlassian_jwt::{Claims, Error, Expect, Request, hs256, peek_issuer, qsh, Algorithm};
//!
//! let secret = b"an example secret of 32 bytes ok";
//! let now = 1_767_225_600;
//!
//! // The side that calls: hash the target, sign the claims, send `Authorization: JWT <token>`.
//! let hash = qsh("GET", "https://acme.atlassian.net/rest/api/3/myself?expand=groups", "")?;
//! let token = hs256::sign(&Claims::outbound("com.example.app", hash, now), secret)?;
//!
//! // The side that is called: find the key by the (still untrusted) issuer, then verify.
//! assert_eq!(peek_issuer(&token, Algorithm::Hs256)?, "com.example.app");
//! let request = Request::new("GET", "/rest/api/3/myself?expand=groups", "");
//! let claims = hs256::verify(&token, secret, &Expect::request(request), now + 1)?;
//! assert_eq!(claims.iss, "com.example.app");
//!
//! // The same token is worth nothing for another request, nor where a context token is wanted.
//! let other = Request::new("DELETE", "/rest/api/3/myself?expand=groups", "");
//! assert_eq!(hs256::verify(&token, secret, &Expect::request(other), now + 1), Err(Error::QshMismatch));
//! assert_eq!(hs256::verify(&token, secret, &Expect::context(), now + 1), Err(Error::ContextQshWanted));
//! # Ok::<(), Error>(())
//! ```

mod canonical;
mod claims;
mod error;
mod expect;
pub mod hs256;
pub mod invocation;
pub mod rs256;
mod segments;
mod token;

pub use canonical::{canonical, qsh};
pub use claims::{Claims, OUTBOUND_LIFETIME};
pub use error::Error;
pub use expect::{CONTEXT_QSH, EXP_LEEWAY, Expect, FRAME_LIFETIME, IAT_AHEAD, Qsh, Request};
pub use segments::{Algorithm, MAX_TOKEN_BYTES, peek_issuer, peek_key_id};
pub use token::{Place, Token, TokenPlaces};

/// The example in the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
