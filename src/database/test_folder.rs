//! A temporary folder with a server's settings, for the tests of this folder.

use std::path::PathBuf;

use super::private::PrivateSettings;

/// A temporary folder that is removed with everything in it.
pub(in crate::database) struct Folder(pub(in crate::database) PathBuf);

impl Folder {
    /// An empty one.
    pub(in crate::database) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("malbild-test-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Settings for a server in it, under a name that wants quoting everywhere.
    pub(in crate::database) fn settings(&self) -> PrivateSettings {
        settings(self.0.join("data dir, \"quoted\""))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Settings for a server that tests use.
pub(in crate::database) fn settings(data_dir: PathBuf) -> PrivateSettings {
    PrivateSettings {
        data_dir,
        bin_dir: std::env::var_os("POSTGRES_BIN_DIR").map(PathBuf::from),
        durable: false,
    }
}
