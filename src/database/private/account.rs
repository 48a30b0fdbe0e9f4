//! The account that PostgreSQL runs as, and how its programs are started.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Signal, geteuid, getpid, getppid, set_parent_process_death_signal};

use super::error::PrivateError;

/// The user and group id of `nobody`, which every system has.
const NOBODY: (u32, u32) = (65534, 65534);

/// The account (systemkonto) that PostgreSQL runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The account of this process, which is not root.
    Own,
    /// Another account, because PostgreSQL refuses to run as root.
    Other {
        /// Its user id.
        uid: u32,
        /// Its group id.
        gid: u32,
    },
}

impl Account {
    /// As root: the owner of a cluster that is there already, else the user `postgres`, else `nobody`.
    pub(super) fn choose(data_dir: &Path) -> Result<Self, PrivateError> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        let (uid, gid) = owner_of(&data_dir.join("data"))
            .or_else(postgres_user)
            .unwrap_or(NOBODY);
        Ok(Self::Other { uid, gid })
    }

    /// Gives a file or folder to this account.
    pub(super) fn give(self, path: &Path) -> Result<(), PrivateError> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::lchown(path, Some(uid), Some(gid))
                .map_err(|error| PrivateError::folder(path, error)),
        }
    }

    /// The user id behind this account.
    pub(super) fn uid(self) -> u32 {
        match self {
            Self::Own => geteuid().as_raw(),
            Self::Other { uid, .. } => uid,
        }
    }

    /// A command that runs as this account and is told to stop when the calling thread ends.
    ///
    /// It has a process group of its own, so that Ctrl-C in a terminal reaches the service alone,
    /// which then stops PostgreSQL when the last request is answered. Of the environment it sees
    /// only the search paths: a stray `PGDATA` or `LC_ALL` must not change the server.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").current_dir("/");
        for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.stdin(Stdio::null()).process_group(0);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        stop_with_parent(&mut command);
        command
    }

    /// Can this account enter the folder? Asked by starting a program there, so that access lists
    /// and namespaces count as they will when PostgreSQL starts.
    pub(super) fn check_reach(self, data_dir: &Path, program: &Path) -> Result<(), PrivateError> {
        if self == Self::Own || self.can_enter(data_dir, program) {
            return Ok(());
        }
        let mut way: Vec<&Path> = data_dir.ancestors().collect();
        way.reverse();
        let blocked = way
            .into_iter()
            .find(|folder| !self.can_enter(folder, program))
            .unwrap_or(data_dir);
        Err(PrivateError::Unreachable {
            data_dir: data_dir.to_owned(),
            blocked: blocked.to_owned(),
            uid: self.uid(),
        })
    }

    fn can_enter(self, folder: &Path, program: &Path) -> bool {
        self.command(program)
            .arg("--version")
            .current_dir(folder)
            .output()
            .is_ok()
    }
}

/// SIGINT, PostgreSQL's fast and clean shutdown, when the thread that starts the command ends.
#[expect(
    unsafe_code,
    reason = "the signal belongs to the child and is set between fork and exec, where only system calls are made"
)]
fn stop_with_parent(command: &mut Command) {
    let parent = getpid();
    // SAFETY: two system calls, no allocation and no lock, as is required between fork and exec.
    // The closure runs after the user id was dropped, which would have cleared the signal.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::INT))?;
            // The parent died before the signal was set: nobody would stop this child.
            if getppid() != Some(parent) {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            Ok(())
        });
    }
}

fn owner_of(folder: &Path) -> Option<(u32, u32)> {
    let metadata = folder.metadata().ok()?;
    (metadata.uid() != 0).then(|| (metadata.uid(), metadata.gid()))
}

fn postgres_user() -> Option<(u32, u32)> {
    let users = std::fs::read_to_string(PathBuf::from("/etc/passwd")).ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != "postgres" {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then_some((uid, gid))
    })
}
