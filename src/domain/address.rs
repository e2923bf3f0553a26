//! An e-mail address while somebody asks about it, and the keyed mark that may be stored in its place.
//! Cannot be printed, serialised or compared by accident; what an address must look like is the mail room's business.

use super::TenantId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// An address in flight. Never stored, never logged.
#[derive(Clone, Debug)]
pub struct Address(SecretString);

impl Address {
    /// Takes an address as it was typed or as Jira shows it: blanks around it go, and case does, since no mail system that
    /// matters here tells upper from lower and Jira keeps one account for both.
    pub fn new(typed: &str) -> Self {
        Self(typed.trim().to_lowercase().into())
    }

    /// The text, for whoever has to send it on.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What stands behind the last `@`, if anything does.
    pub fn domain(&self) -> Option<&str> {
        self.expose().rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
    }

    /// The mark by which this address is known again on this site, and only there.
    pub fn mark(&self, marking_key: &[u8], tenant: TenantId) -> AddressMark {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(marking_key) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(b"address\0");
        mac.update(&tenant.0.to_be_bytes());
        mac.update(self.expose().as_bytes());
        AddressMark(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A keyed hash of an address: without the key nobody can try addresses against it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressMark(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_mark_a_site_however_it_is_typed() {
        let mark = |text: &str, tenant| Address::new(text).mark(b"key", TenantId(tenant));
        assert_eq!(mark(" Ann@Example.COM ", 1), mark("ann@example.com", 1));
        assert_ne!(mark("ann@example.com", 1), mark("ann@example.com", 2), "sites cannot be matched with each other");
        assert_ne!(mark("ann@example.com", 1), mark("bob@example.com", 1));
    }

    #[test]
    fn an_address_cannot_be_printed() {
        assert!(!format!("{:?}", Address::new("ann@example.com")).contains("ann"));
    }
}
