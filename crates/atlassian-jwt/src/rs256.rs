//! Tokens signed with a key of Atlassian's key server.
//! Does not know where the key came from: the caller fetches it, by [`peek_key_id`](crate::peek_key_id).

use jsonwebtoken::DecodingKey;

use crate::segments;
use crate::{Algorithm, Claims, Error, Expect};

/// An RSA public key, ready to verify with. Cheap to clone and to keep: a key id never changes its key.
#[derive(Clone)]
pub struct PublicKey(DecodingKey);

impl PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----` (or `RSA PUBLIC KEY`) as the key server answers it.
    ///
    /// # Errors
    /// [`Error::UnusableKey`] for anything else: another kind of key, a private key, a certificate, an error page.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let pem = pem.trim();
        let is_public = ["-----BEGIN PUBLIC KEY-----", "-----BEGIN RSA PUBLIC KEY-----"]
            .iter()
            .any(|opening| pem.starts_with(opening));
        if !is_public {
            return Err(Error::UnusableKey);
        }
        DecodingKey::from_rsa_pem(pem.as_bytes()).map(PublicKey).map_err(|_| Error::UnusableKey)
    }

    /// Reads the two numbers of a key in a JSON key set: modulus and exponent, base64url.
    ///
    /// # Errors
    /// [`Error::UnusableKey`] for anything else, and for a modulus of fewer than 2048 bits.
    pub fn from_components(n: &str, e: &str) -> Result<Self, Error> {
        const SHORTEST: usize = 2048_usize.div_ceil(6); // digits of base64url
        if n.len() < SHORTEST {
            return Err(Error::UnusableKey);
        }
        DecodingKey::from_rsa_components(n, e).map(PublicKey).map_err(|_| Error::UnusableKey)
    }

    pub(crate) fn decoding(&self) -> &DecodingKey {
        &self.0
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

/// Verifies a token. `now` is in seconds since the epoch.
///
/// # Errors
/// The first of the checks that fails, see [`Error`]: form, algorithm, signature, issuer, audience, times, `qsh`.
pub fn verify(token: &str, key: &PublicKey, expect: &Expect<'_>, now: i64) -> Result<Claims, Error> {
    segments::verify(token, Algorithm::Rs256, &key.0, expect, now)
}
