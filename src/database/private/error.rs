//! What can keep a private PostgreSQL from starting, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the private PostgreSQL (egen databasserver) did not start.
#[derive(Debug)]
pub enum PrivateError {
    /// Another process has a PostgreSQL running in this folder.
    Running {
        /// The folder that is in use.
        data_dir: PathBuf,
    },
    /// No folder with both `postgres` and `initdb` was found.
    NoTools {
        /// Where they were looked for.
        searched: String,
    },
    /// A tool was found but does not run.
    Tool {
        /// The program.
        program: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The folder was made by another major version than those that are installed.
    WrongVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// The major version that made it, such as `15`.
        made_by: String,
        /// The installed major versions, joined by commas.
        installed: String,
    },
    /// The account that PostgreSQL runs as cannot reach the folder.
    Unreachable {
        /// The folder that should be used.
        data_dir: PathBuf,
        /// The first folder on the way that the account may not enter.
        blocked: PathBuf,
        /// The account's user id.
        uid: u32,
    },
    /// The folder holds what is not this program's.
    Foreign {
        /// The folder.
        data_dir: PathBuf,
    },
    /// A file or folder cannot be read, made or locked.
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system answered.
        error: io::Error,
    },
    /// `initdb` failed.
    Init {
        /// The last lines of what it wrote.
        output: String,
    },
    /// The server of a service that ended is still running in this folder.
    OldServer {
        /// Its process id.
        pid: i32,
    },
    /// The server ended before it was ready.
    Exited {
        /// How it ended.
        status: String,
        /// The last lines of its log.
        log: String,
    },
    /// The server did not become ready in time.
    NotReady {
        /// How long was waited.
        seconds: u64,
    },
    /// Roles or database could not be made.
    Setup(tokio_postgres::Error),
    /// A thread could not be started or broke.
    Thread(String),
}

impl PrivateError {
    /// A file or folder that cannot be read, made or locked.
    pub(super) fn folder(path: &Path, error: io::Error) -> Self {
        Self::Folder {
            path: path.to_owned(),
            error,
        }
    }
}

impl fmt::Display for PrivateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running { data_dir } => write!(
                f,
                "another malbild already runs with the folder {}; stop it, or set MALBILD_DATA_DIR to another folder",
                data_dir.display()
            ),
            Self::NoTools { searched } => write!(
                f,
                "no PostgreSQL server found (looked in {searched}); run script/bootstrap, install the package postgresql, or set POSTGRES_BIN_DIR or DATABASE_URL"
            ),
            Self::Tool { program, reason } => {
                write!(f, "{} does not run: {reason}", program.display())
            }
            Self::WrongVersion {
                folder,
                made_by,
                installed,
            } => write!(
                f,
                "the data in {} was made by PostgreSQL {made_by}, installed is {installed}; install PostgreSQL {made_by} (POSTGRES_BIN_DIR names its folder), or move the data with pg_upgrade, or with pg_dump of the old version and a restore into a new folder",
                folder.display()
            ),
            Self::Unreachable {
                data_dir,
                blocked,
                uid,
            } => write!(
                f,
                "PostgreSQL does not run as root, and user id {uid}, which it runs as instead, may not enter {} on the way to {}; set MALBILD_DATA_DIR to a folder that it can reach, such as /var/lib/malbild",
                blocked.display(),
                data_dir.display()
            ),
            Self::Foreign { data_dir } => write!(
                f,
                "the folder {} holds other things; set MALBILD_DATA_DIR to an empty or a new folder",
                data_dir.display()
            ),
            Self::Folder { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Init { output } => write!(f, "initdb failed: {output}"),
            Self::OldServer { pid } => write!(
                f,
                "a PostgreSQL (process {pid}) that this program did not start runs in the data folder; stop it first"
            ),
            Self::Exited { status, log } => {
                write!(f, "PostgreSQL ended before it was ready ({status}): {log}")
            }
            Self::NotReady { seconds } => {
                write!(f, "PostgreSQL was not ready within {seconds} s")
            }
            Self::Setup(error) => match error.as_db_error() {
                Some(answer) => write!(f, "roles and database could not be made: {answer}"),
                None => write!(f, "roles and database could not be made: {error}"),
            },
            Self::Thread(reason) => write!(f, "a thread failed: {reason}"),
        }
    }
}

impl std::error::Error for PrivateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder { error, .. } => Some(error),
            Self::Setup(error) => Some(error),
            _ => None,
        }
    }
}
