//! The key under which secrets are sealed (XChaCha20-Poly1305), so that whoever
//! reads the database, or a copy of it, cannot sign.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;

/// What the sealed form begins with, so that there can be another one day.
const FORM: u8 = 1;
const NONCE: usize = 24;

/// Why something cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The operator has set no key.
    Missing,
    /// It was sealed under another key, or is damaged.
    Wrong,
    /// The key file cannot be read or made.
    File,
}

impl std::fmt::Display for KeyFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "WEBHOOK_KEY is not set",
            Self::Wrong => "the secret was sealed under another WEBHOOK_KEY",
            Self::File => "the key file of the webhooks cannot be read or made",
        })
    }
}

/// Where the key is.
enum Place {
    Nowhere,
    /// The first seals; all open.
    Given(Vec<XChaCha20Poly1305>),
    /// A file that is made when something is first sealed.
    File(PathBuf, Mutex<Option<XChaCha20Poly1305>>),
}

/// What seals and opens secrets.
pub struct Keyring(Place);

impl Keyring {
    /// The key or keys in a setting (32 bytes each in base64, separated by
    /// commas), else in a file, else none.
    pub fn new(setting: Option<&str>, file: Option<&Path>) -> Result<Self, String> {
        Ok(Self(match (setting, file) {
            (Some(setting), _) => {
                let keys: Option<Vec<_>> = setting.split(',').map(parse).collect();
                Place::Given(keys.ok_or_else(|| {
                    "WEBHOOK_KEY: must be 32 bytes in base64, such as `openssl rand -base64 32` makes"
                        .to_owned()
                })?)
            }
            (None, Some(file)) => Place::File(file.to_owned(), Mutex::new(None)),
            (None, None) => Place::Nowhere,
        }))
    }

    /// Whether secrets can be sealed at all.
    pub fn is_set(&self) -> bool {
        !matches!(self.0, Place::Nowhere)
    }

    /// Seals what belongs to `owner`; it opens for nobody else.
    pub fn seal(&self, owner: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| KeyFault::File)?;
        let payload = Payload {
            msg: secret,
            aad: owner,
        };
        let sealed = self
            .first(true)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| KeyFault::Wrong)?;
        Ok([&[FORM], &nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let (nonce, sealed) = match sealed.split_first() {
            Some((&FORM, rest)) => rest.split_first_chunk::<NONCE>().ok_or(KeyFault::Wrong)?,
            _ => return Err(KeyFault::Wrong),
        };
        let open = |key: &XChaCha20Poly1305| {
            let payload = Payload {
                msg: sealed,
                aad: owner,
            };
            key.decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let opened = match &self.0 {
            Place::Given(keys) => keys.iter().find_map(open),
            _ => open(&self.first(false)?),
        };
        opened.ok_or(KeyFault::Wrong)
    }

    /// The key that seals; a key file is made if it may be.
    fn first(&self, make: bool) -> Result<XChaCha20Poly1305, KeyFault> {
        match &self.0 {
            Place::Nowhere => Err(KeyFault::Missing),
            Place::Given(keys) => keys.first().cloned().ok_or(KeyFault::Missing),
            Place::File(path, known) => {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(key) = &*known {
                    return Ok(key.clone());
                }
                let key = read_or_make(path, make).map_err(|error| {
                    tracing::error!(path = %path.display(), %error, "no key for the webhooks");
                    KeyFault::File
                })?;
                *known = Some(key.clone());
                Ok(key)
            }
        }
    }
}

fn parse(text: &str) -> Option<XChaCha20Poly1305> {
    let bytes = BASE64.decode(text.trim().as_bytes()).ok()?;
    XChaCha20Poly1305::new_from_slice(&bytes).ok()
}

/// The key in the file; where there is no file, a new key in a new one that only
/// this account may read. It is there whole or not at all.
fn read_or_make(path: &Path, make: bool) -> std::io::Result<XChaCha20Poly1305> {
    let text = match fs::read_to_string(path) {
        Err(error) if make && error.kind() == std::io::ErrorKind::NotFound => {
            let mut bits = [0_u8; 32];
            getrandom::fill(&mut bits).map_err(|error| std::io::Error::other(error.to_string()))?;
            let text = BASE64.encode(&bits);
            let beside = path.with_extension("new");
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&beside)?;
            writeln!(file, "{text}")?;
            file.sync_all()?;
            fs::rename(&beside, path)?;
            if let Some(folder) = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                File::open(folder)?.sync_all()?;
            }
            text
        }
        read => read?,
    };
    parse(&text).ok_or_else(|| std::io::Error::other("the file holds no key"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn key(byte: u8) -> String {
        BASE64.encode(&[byte; 32])
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_owner_alone() {
        let ring = Keyring::new(Some(&key(1)), None).unwrap();
        let sealed = ring.seal(b"one", b"secret").unwrap();
        assert_eq!(ring.open(b"one", &sealed), Ok(b"secret".to_vec()));
        assert_eq!(ring.open(b"two", &sealed), Err(KeyFault::Wrong));
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        assert_eq!(ring.open(b"one", &changed), Err(KeyFault::Wrong));
        let other = Keyring::new(Some(&key(2)), None).unwrap();
        assert_eq!(other.open(b"one", &sealed), Err(KeyFault::Wrong));
        let both = format!("{},{}", key(2), key(1));
        let both = Keyring::new(Some(&both), None).unwrap();
        assert_eq!(both.open(b"one", &sealed), Ok(b"secret".to_vec()));
        let newer = both.seal(b"one", b"secret").unwrap();
        assert_eq!(ring.open(b"one", &newer), Err(KeyFault::Wrong));
    }

    #[test]
    fn a_key_of_another_length_is_none() {
        for wrong in ["", "x", "AAAA", &BASE64.encode(&[1; 31])] {
            assert!(Keyring::new(Some(wrong), None).is_err(), "{wrong}");
        }
        let none = Keyring::new(None, None).unwrap();
        assert_eq!(none.seal(b"one", b"secret"), Err(KeyFault::Missing));
        assert!(!none.is_set());
    }

    #[test]
    fn a_key_file_is_made_once_and_is_its_owners() {
        let folder = std::env::temp_dir().join(format!("malbild-key-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&folder).unwrap();
        let file = folder.join("webhook-key");
        let ring = Keyring::new(None, Some(&file)).unwrap();
        assert_eq!(ring.open(b"one", &[FORM; 60]), Err(KeyFault::File));
        assert!(!file.exists(), "nothing is sealed yet");
        let sealed = ring.seal(b"one", b"secret").unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = Keyring::new(None, Some(&file)).unwrap();
        assert_eq!(again.open(b"one", &sealed), Ok(b"secret".to_vec()));
        fs::remove_dir_all(&folder).unwrap();
    }
}
