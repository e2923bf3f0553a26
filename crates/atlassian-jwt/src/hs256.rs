//! Tokens signed with the shared secret of an installation.
//! Does not know whose secret it is given: the caller looks it up.

use jsonwebtoken::{DecodingKey, EncodingKey, Header};

use crate::segments;
use crate::{Algorithm, Claims, Error, Expect};

/// Fewest bytes of a secret to sign with: HS256 has no more strength than its key (RFC 7518, 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

/// Signs claims.
///
/// # Errors
/// [`Error::WeakSecret`] for a secret under 32 bytes, [`Error::NotSigned`] if the signer refuses.
pub fn sign(claims: &Claims, secret: &[u8]) -> Result<String, Error> {
    if secret.len() < MIN_SECRET_BYTES {
        return Err(Error::WeakSecret);
    }
    let header = Header::new(jsonwebtoken::Algorithm::HS256);
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).map_err(|_| Error::NotSigned)
}

/// Verifies a token. `now` is in seconds since the epoch. A short secret is accepted here (the product chose it), an
/// empty one is not.
///
/// # Errors
/// The first of the checks that fails, see [`Error`]: form, algorithm, signature, issuer, audience, times, `qsh`.
pub fn verify(token: &str, secret: &[u8], expect: &Expect<'_>, now: i64) -> Result<Claims, Error> {
    if secret.is_empty() {
        return Err(Error::UnusableKey);
    }
    segments::verify(token, Algorithm::Hs256, &DecodingKey::from_secret(secret), expect, now)
}
