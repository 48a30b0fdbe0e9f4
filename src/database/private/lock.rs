//! The lock of a folder: one service at a time, and a way to see whether there is one.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::POLL;
use super::cluster::{Cluster, PidFile};
use super::error::PrivateError;

/// The exclusive lock of the folder. It is tried for a moment, because `Private::attach` holds
/// it for an instant to see whether anyone has it.
pub(super) fn take(data_dir: &Path) -> Result<File, PrivateError> {
    let path = data_dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| PrivateError::folder(&path, error))?;
    for _ in 0..10 {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(POLL),
            Err(TryLockError::Error(error)) => return Err(PrivateError::folder(&path, error)),
        }
    }
    Err(PrivateError::Running {
        data_dir: data_dir.to_owned(),
    })
}

/// The pid file of the server in this folder, or `None` when nobody holds the folder's lock.
pub(super) fn held_by_other(data_dir: &Path) -> Result<Option<PidFile>, PrivateError> {
    let path = data_dir.join("lock");
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PrivateError::folder(&path, error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(Cluster::in_folder(data_dir).pid_file())),
        Err(TryLockError::Error(error)) => Err(PrivateError::folder(&path, error)),
    }
}
