//! The keyed mark of a tenant in every property we write: a site cloned or imported from another carries foreign marks.
//! Knows no Jira; the key is the store's.

use crate::domain::TenantId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::{Digest as _, Sha256};

/// HMAC-SHA256 of our tenant id, as hex. `None` only for a key that HMAC refuses, and it takes any length.
pub(super) fn of(tenant: TenantId, key: &SecretSlice<u8>) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).ok()?;
    mac.update(tenant.to_string().as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}

/// SHA-256 as hex, to see whether a text changed.
pub(super) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing into a String cannot fail
        text
    })
}
