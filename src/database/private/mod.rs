//! A private PostgreSQL (egen databasserver): started, kept and stopped by the program itself.
//!
//! Everything lies in one folder: `data` (the cluster), `run` (the socket), `lock`, and
//! `postgresql.log` (the server's own log; the log of the start before is `postgresql.log.1`).
//! There is no TCP: the socket's folder belongs to one account with mode 0700, and whoever may
//! enter it is trusted. Two roles: `malbild_owner` owns the database and migrates it, `malbild`
//! is what the service runs as and owns nothing.

mod account;
mod cluster;
mod error;
mod keeper;
mod lock;
mod roles;
#[cfg(test)]
mod tests;
mod tools;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use account::Account;
use cluster::Cluster;
pub use error::PrivateError;
use keeper::Keeper;

/// How often a state that another process changes is looked at.
const POLL: Duration = Duration::from_millis(10);
/// How long PostgreSQL may take to accept connections, recovery after a crash included.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a server whose service was killed may take to end before a new one is refused.
const OLD_SERVER_ENDS_WITHIN: Duration = Duration::from_secs(30);

/// What a private PostgreSQL (egen databasserver) is started with.
#[derive(Clone, Debug)]
pub struct PrivateSettings {
    /// The folder that holds everything; made if missing.
    pub data_dir: PathBuf,
    /// The folder with `postgres` and `initdb`; without it `PATH` and Debian's folders are searched.
    pub bin_dir: Option<PathBuf>,
    /// `false` is for tests only: nothing is flushed to disk, and 200 connections are allowed.
    pub durable: bool,
}

impl PrivateSettings {
    /// Durable settings for the given folder, with the tools searched for.
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            durable: true,
        }
    }
}

/// The addresses (anslutningsadresser) of a private PostgreSQL, one for each role.
///
/// They hold no password: who may enter the socket's folder is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    /// For the role that owns the database and migrates it.
    pub owner: String,
    /// For the role that the service runs as.
    pub runtime: String,
    /// For the superuser; tests make databases with it.
    pub superuser: String,
}

impl Urls {
    fn new(socket_dir: &Path) -> Self {
        let host = percent_encoded(socket_dir);
        let url =
            |role: &str, database: &str| format!("postgresql://{role}@/{database}?host={host}");
        Self {
            owner: url(roles::OWNER, roles::DATABASE),
            runtime: url(roles::RUNTIME, roles::DATABASE),
            superuser: url(roles::SUPERUSER, "postgres"),
        }
    }
}

/// Every byte that a URL's query may not hold as it is becomes `%XX`.
fn percent_encoded(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut text = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A running private PostgreSQL (egen databasserver).
///
/// If the server dies while this lives, it is started again. Dropping this asks the server to
/// stop and does not wait; [`Private::stop`] waits.
#[derive(Debug)]
pub struct Private {
    keeper: Keeper,
    urls: Urls,
}

impl Private {
    /// Starts PostgreSQL in the settings' folder, with cluster, roles and database made where they
    /// are missing. Returns when it accepts connections.
    ///
    /// It may be called from any thread of a tokio runtime: a thread of its own starts the server
    /// and lives as long as the server does, because "stop when the parent dies" follows the
    /// thread that started the child, not the process.
    ///
    /// # Errors
    /// [`PrivateError::Running`] when another process has this folder's lock; the others say what
    /// is missing or wrong and what to do about it.
    pub async fn start(settings: &PrivateSettings) -> Result<Self, PrivateError> {
        let settings = settings.clone();
        let prepared = blocking(move || prepare(&settings)).await?;
        let mut keeper = Keeper::start(prepared.server, prepared.lock)?;
        keeper.ready(READY_WITHIN).await?;
        let urls = Urls::new(&prepared.socket_dir);
        roles::ensure(&urls.superuser).await?;
        Ok(Self { keeper, urls })
    }

    /// The addresses of the server that another process runs in this folder, or `None` when none runs.
    ///
    /// # Errors
    /// When the folder cannot be read, or the other process holds the folder but its server does
    /// not become ready.
    pub async fn attach(settings: &PrivateSettings) -> Result<Option<Urls>, PrivateError> {
        let data_dir = settings.data_dir.clone();
        for _ in 0..READY_WITHIN.as_millis() / POLL.as_millis() {
            let folder = data_dir.clone();
            let Some(pid_file) = blocking(move || lock::held_by_other(&folder)).await? else {
                return Ok(None);
            };
            if let Some(socket_dir) = pid_file.ready_socket_dir() {
                return Ok(Some(Urls::new(&socket_dir)));
            }
            tokio::time::sleep(POLL).await;
        }
        Err(PrivateError::NotReady {
            seconds: READY_WITHIN.as_secs(),
        })
    }

    /// Uses the server that runs in this folder, or starts one.
    ///
    /// # Errors
    /// Those of [`Private::attach`] and [`Private::start`].
    pub async fn attach_or_start(settings: &PrivateSettings) -> Result<Reached, PrivateError> {
        if let Some(urls) = Self::attach(settings).await? {
            return Ok(Reached::Theirs(urls));
        }
        match Self::start(settings).await {
            Ok(private) => Ok(Reached::Ours(private)),
            // Another process was quicker between the two steps.
            Err(PrivateError::Running { data_dir }) => match Self::attach(settings).await? {
                Some(urls) => Ok(Reached::Theirs(urls)),
                None => Err(PrivateError::Running { data_dir }),
            },
            Err(error) => Err(error),
        }
    }

    /// The addresses for the three roles.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The server's process id; `None` in the moment between a crash and the new start.
    pub fn pid(&self) -> Option<u32> {
        self.keeper.pid()
    }

    /// Stops the server: connections are ended and everything is written to disk (at most 10 s,
    /// after that it is stopped hard and recovers at the next start). Returns when it is gone.
    pub async fn stop(self) {
        self.keeper.stop().await;
    }
}

/// A private PostgreSQL that can be used now: started here, or found running.
#[derive(Debug)]
pub enum Reached {
    /// Started by this process; it stops with it.
    Ours(Private),
    /// Started by another process, such as a running `malbild serve`.
    Theirs(Urls),
}

impl Reached {
    /// The addresses for the three roles.
    pub fn urls(&self) -> &Urls {
        match self {
            Self::Ours(private) => private.urls(),
            Self::Theirs(urls) => urls,
        }
    }

    /// Stops the server if this process started it.
    pub async fn stop(self) {
        if let Self::Ours(private) = self {
            private.stop().await;
        }
    }
}

/// What [`Keeper`] needs: all that was found and made before the server starts.
struct Prepared {
    lock: File,
    server: keeper::Server,
    socket_dir: PathBuf,
}

fn prepare(settings: &PrivateSettings) -> Result<Prepared, PrivateError> {
    let account = Account::choose(&settings.data_dir)?;
    let data_dir = cluster::make_data_dir(&settings.data_dir, &account)?;
    let lock = lock::take(&data_dir)?;
    let cluster = Cluster::in_folder(&data_dir);
    let made_by = cluster.major()?;
    let tools = tools::find(
        settings.bin_dir.as_deref(),
        made_by.as_deref(),
        &cluster.data,
        &account,
    )?;
    account.check_reach(&data_dir, &tools.initdb())?;
    cluster.wait_for_old_server(OLD_SERVER_ENDS_WITHIN)?;
    if made_by.is_none() {
        cluster.init(&tools, &account, settings.durable)?;
    }
    let socket_dir = cluster.make_socket_dir(&account)?;
    let server = keeper::Server {
        program: tools.postgres(),
        arguments: cluster.arguments(&socket_dir, settings.durable),
        account,
        cluster,
    };
    Ok(Prepared {
        lock,
        server,
        socket_dir,
    })
}

/// The server's program as its account runs it, for tests that want it with settings of their own.
#[cfg(test)]
pub(in crate::database) fn server_command(settings: &PrivateSettings) -> std::process::Command {
    let account = Account::choose(&settings.data_dir).unwrap();
    let cluster = Cluster::in_folder(&settings.data_dir);
    let tools = tools::find(settings.bin_dir.as_deref(), None, &cluster.data, &account).unwrap();
    account.command(&tools.postgres())
}

/// Gives a file to the account that the server runs as, for tests.
#[cfg(test)]
pub(in crate::database) fn give_to_server(settings: &PrivateSettings, path: &Path) {
    let account = Account::choose(&settings.data_dir).unwrap();
    account.give(path).unwrap();
}

/// Runs what blocks (processes, files) beside the runtime's own threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PrivateError> + Send + 'static,
) -> Result<T, PrivateError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(PrivateError::Thread(error.to_string())),
    }
}
