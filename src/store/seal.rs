//! Seals secrets at rest: XChaCha20-Poly1305, the key's id in the envelope, the owner's id as associated data.
//! Does not know what it seals nor where it is kept.

use super::StoreError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Generate, Key, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::SecretSlice;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Version, length of the key's id, the id, the nonce, the ciphertext.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Why there is no keyring. Never holds the key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not `id:base64(32 bytes)`, comma-separated.
    #[error("expected id:base64(32 bytes), comma-separated")]
    Shape,
    /// The same id twice.
    #[error("two keys have the same id")]
    Twice,
    /// The key file beside the SQLite file cannot be read or made.
    #[error("the key file {file} cannot be used: {kind}")]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        kind: std::io::ErrorKind,
    },
}

/// Keys that open; the first one seals.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<(String, XChaCha20Poly1305)>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

impl Keyring {
    /// Reads `id:base64(32 bytes),…`.
    ///
    /// # Errors
    /// [`KeyError::Shape`] or [`KeyError::Twice`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        for part in text.split(',') {
            let (id, key) = part.trim().split_once(':').ok_or(KeyError::Shape)?;
            let key = STANDARD.decode(key).map_err(|_| KeyError::Shape)?;
            let legal = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
            let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| KeyError::Shape)?;
            if !legal {
                return Err(KeyError::Shape);
            }
            if keys.iter().any(|(known, _)| known == id) {
                return Err(KeyError::Twice);
            }
            keys.push((id.to_owned(), cipher));
        }
        Ok(Self { keys })
    }

    /// The key file beside a SQLite file, made with mode 0600 when it is not there.
    ///
    /// # Errors
    /// [`KeyError`] when it can be neither read nor made, or does not hold keys.
    pub fn beside(database: &Path) -> Result<Self, KeyError> {
        let mut name = database.file_name().unwrap_or_default().to_owned();
        name.push(".key");
        let file = database.with_file_name(name);
        let fault = |e: std::io::Error| KeyError::File { file: file.clone(), kind: e.kind() };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                make_key_file(&file).map_err(fault)?;
                std::fs::read_to_string(&file).map_err(fault)?
            }
            Err(e) => return Err(fault(e)),
        };
        Self::parse(text.trim())
    }

    /// Seals with the first key.
    pub(super) fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (id, cipher) = self.keys.first().ok_or(StoreError::Sealed)?;
        let nonce = XNonce::generate();
        let sealed =
            cipher.encrypt(&nonce, Payload { msg: secret, aad: owner.as_bytes() }).map_err(|_| StoreError::Sealed)?;
        let length = u8::try_from(id.len()).map_err(|_| StoreError::Sealed)?;
        Ok([&[VERSION, length], id.as_bytes(), &nonce[..], &sealed].concat())
    }

    /// Opens with the key that the envelope names.
    pub(super) fn open(&self, owner: &str, envelope: &[u8]) -> Result<SecretSlice<u8>, StoreError> {
        let (id, rest) = key_of(envelope).ok_or(StoreError::Sealed)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or(StoreError::Sealed)?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| known.as_bytes() == id).ok_or(StoreError::Sealed)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| StoreError::Sealed)?;
        cipher
            .decrypt(&nonce, Payload { msg: sealed, aad: owner.as_bytes() })
            .map(SecretSlice::from)
            .map_err(|_| StoreError::Sealed)
    }

    /// Whether the envelope was sealed with the first key.
    pub(super) fn is_newest(&self, envelope: &[u8]) -> bool {
        key_of(envelope).zip(self.keys.first()).is_some_and(|((id, _), (newest, _))| id == newest.as_bytes())
    }
}

fn key_of(envelope: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = envelope.split_at_checked(2)?;
    (head[0] == VERSION).then(|| rest.split_at_checked(usize::from(head[1])))?
}

/// 32 bytes that nobody can guess, from the system's own source.
pub fn random_key() -> Vec<u8> {
    Key::<XChaCha20Poly1305>::generate().to_vec()
}

/// Whole or not at all, and never over an existing one: two processes may start together.
fn make_key_file(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let draft = file.with_extension(format!("key.{}", uuid::Uuid::new_v4().simple()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut draft_file = options.open(&draft)?;
    draft_file.write_all(format!("made-at-first-start:{}\n", STANDARD.encode(random_key())).as_bytes())?;
    draft_file.sync_all()?;
    let linked = match std::fs::hard_link(&draft, file) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn key(id: &str) -> String {
        format!("{id}:{}", STANDARD.encode(random_key()))
    }

    #[test]
    fn what_is_sealed_opens_only_for_its_owner() {
        let ring = Keyring::parse(&key("a")).expect("a proper key");
        let envelope = ring.seal("tenant:1", b"secret").expect("sealing works");
        assert!(!envelope.windows(6).any(|w| w == b"secret"), "the secret must not be readable in the envelope");
        assert_eq!(ring.open("tenant:1", &envelope).expect("opens").expose_secret(), b"secret");
        assert_eq!(ring.open("tenant:2", &envelope).err(), Some(StoreError::Sealed), "another tenant's row");
        for cut in 0..envelope.len() {
            assert!(ring.open("tenant:1", &envelope[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let (old, new) = (key("old"), key("new"));
        let envelope = Keyring::parse(&old).expect("key").seal("t", b"s").expect("seals");
        let both = Keyring::parse(&format!("{new},{old}")).expect("keys");
        assert_eq!(both.open("t", &envelope).expect("opens").expose_secret(), b"s");
        assert!(!both.is_newest(&envelope) && both.is_newest(&both.seal("t", b"s").expect("seals")));
        assert!(Keyring::parse(&new).expect("key").open("t", &envelope).is_err(), "its key is gone");
    }

    #[test]
    fn a_wrong_keyring_is_refused_without_telling_the_key() {
        let twice = format!("{0},{0}", key("a"));
        for bad in ["", "a", "a:", "a:AAAA", ":AAAA", twice.as_str()] {
            let error = Keyring::parse(bad).expect_err("must be refused").to_string();
            assert!(!error.contains("AAAA"), "{error}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_for_the_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("deep/invite-guard.db");
        let envelope = Keyring::beside(&database).expect("made").seal("t", b"s").expect("seals");
        assert!(Keyring::beside(&database).expect("read").open("t", &envelope).is_ok(), "the same key the second time");
        let names: Vec<_> = std::fs::read_dir(folder.path().join("deep"))
            .expect("the folder")
            .filter_map(|e| Some(e.ok()?.file_name()))
            .collect();
        assert_eq!(names, ["invite-guard.db.key"], "no draft stays behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("deep/invite-guard.db.key")).expect("there").permissions();
            assert_eq!(mode.mode() & 0o777, 0o600);
        }
    }
}
