//! Secrets by which a rule's web request step proves itself: one project's, made by its admin, of no use anywhere else.
//! Keeps no secret, only its hash; what a rule may say is the door's business.

use super::{AccountId, ProjectId, TenantId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Secrets of one project at most: one for each rule that adds customers, with room to change them one by one.
pub const MOST_SECRETS: u32 = 20;
/// A rule speaks right after it has added somebody; a queue of rules may be slow.
pub const WORD_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// Web requests of a project's rules that are taken in a minute.
pub const MOST_A_MINUTE: u32 = 60;

/// The hash of a secret. Secrets are 256 random bits, so nobody can try them against it.
#[derive(Clone, Copy)]
pub struct SecretHash(pub [u8; 32]);

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash(***)")
    }
}

impl SecretHash {
    /// Fits no secret that anybody knows: what an unknown id is compared with, so that it takes as long as a known one.
    pub const OF_NOTHING: Self = Self([0; 32]);

    /// The hash of a secret as it is sent.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Whether both are of the same secret, in a time that tells nothing.
    pub fn fits(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A secret as its project's admins see it afterwards.
#[derive(Clone, Debug)]
pub struct IngestSecret {
    /// Its public half.
    pub id: String,
    /// Whose.
    pub tenant: TenantId,
    /// Of which project.
    pub project: ProjectId,
    /// Of the secret half.
    pub hash: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: AccountId,
    /// When a rule last used it, to the minute.
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::SecretHash;

    #[test]
    fn only_the_same_secret_fits() {
        assert!(SecretHash::of("one").fits(&SecretHash::of("one")));
        assert!(!SecretHash::of("one").fits(&SecretHash::of("onE")));
        assert!(!SecretHash::of("").fits(&SecretHash::OF_NOTHING));
    }
}
