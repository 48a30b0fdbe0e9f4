//! The files of a cluster: its folders, how it is made, and what its pid file says.

use std::ffi::OsString;
use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Pid;
use sha2::{Digest as _, Sha256};

use super::POLL;
use super::account::Account;
use super::error::PrivateError;
use super::roles::SUPERUSER;
use super::tools::Tools;

/// The longest path that a unix socket can have on Linux, in bytes.
const SOCKET_PATH_MAX: usize = 107;
/// The name that PostgreSQL gives to its socket; the port is only a part of it.
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// How much of a log or of a program's output an error quotes, in lines.
const QUOTED_LINES: usize = 12;

/// The files of one cluster (databaskluster).
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    /// The service's folder.
    folder: PathBuf,
    /// PostgreSQL's own folder in it.
    pub(super) data: PathBuf,
    /// The server's log.
    pub(super) log: PathBuf,
}

/// Makes the service's folder where it is missing, and gives its absolute path.
pub(super) fn make_data_dir(path: &Path, account: &Account) -> Result<PathBuf, PrivateError> {
    if !path.exists() {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| PrivateError::folder(parent, error))?;
        }
        make_private_folder(path, account)?;
    }
    refuse_foreign(path)?;
    path.canonicalize()
        .map_err(|error| PrivateError::folder(path, error))
}

/// What the service's folder holds: its own files, and the PostgreSQL that
/// `script/bootstrap` may have unpacked there, and the key that seals the secrets of webhooks.
const OWN: [&str; 9] = [
    "data",
    "data.new",
    "run",
    "lock",
    "postgresql.log",
    "postgresql.log.1",
    "postgresql",
    "webhook-key",
    "webhook-key.new",
];

/// Refuses a folder in which somebody else keeps things: a slip of the pen in a
/// setting must not strew a database over `/etc`.
fn refuse_foreign(path: &Path) -> Result<(), PrivateError> {
    let entries = std::fs::read_dir(path).map_err(|error| PrivateError::folder(path, error))?;
    let foreign = entries.filter_map(Result::ok).any(|entry| {
        entry
            .file_name()
            .to_str()
            .is_none_or(|name| !OWN.contains(&name))
    });
    if foreign {
        return Err(PrivateError::Foreign {
            data_dir: path.to_owned(),
        });
    }
    Ok(())
}

/// A folder that only the account may enter (and root).
fn make_private_folder(path: &Path, account: &Account) -> Result<(), PrivateError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(PrivateError::folder(path, error))
        }
        _ => account.give(path),
    }
}

impl Cluster {
    /// The cluster in the service's folder, made or not.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            data: folder.join("data"),
            log: folder.join("postgresql.log"),
        }
    }

    /// The major version that made the data; `None` before the first start.
    pub(super) fn major(&self) -> Result<Option<String>, PrivateError> {
        let path = self.data.join("PG_VERSION");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PrivateError::folder(&path, error)),
        }
    }

    /// Makes the cluster: UTF-8, the locale C.UTF-8 where the system has it and else C.
    ///
    /// It is made under another name and renamed, so that one that was interrupted is never used.
    pub(super) fn init(
        &self,
        tools: &Tools,
        account: &Account,
        durable: bool,
    ) -> Result<(), PrivateError> {
        let made = self.folder.join("data.new");
        let mut outcome = self.initdb(&made, "C.UTF-8", tools, account, durable)?;
        if outcome.is_err() {
            outcome = self.initdb(&made, "C", tools, account, durable)?;
        }
        outcome.map_err(|output| PrivateError::Init { output })?;
        std::fs::rename(&made, &self.data).map_err(|error| PrivateError::folder(&self.data, error))
    }

    /// One run of `initdb`; the inner error is what it wrote.
    fn initdb(
        &self,
        made: &Path,
        locale: &str,
        tools: &Tools,
        account: &Account,
        durable: bool,
    ) -> Result<Result<(), String>, PrivateError> {
        match std::fs::remove_dir_all(made) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(PrivateError::folder(made, error));
            }
            _ => make_private_folder(made, account)?,
        }
        let mut command = account.command(&tools.initdb());
        command.arg("--pgdata").arg(made).args([
            &format!("--username={SUPERUSER}"),
            &format!("--locale={locale}"),
            "--encoding=UTF8",
            "--auth-local=trust",
            "--auth-host=reject",
        ]);
        if !durable {
            command.arg("--no-sync");
        }
        let output = command.output().map_err(|error| PrivateError::Tool {
            program: tools.initdb(),
            reason: error.to_string(),
        })?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        let text = [output.stdout, output.stderr].concat();
        Ok(Err(last_lines(&String::from_utf8_lossy(&text))))
    }

    /// The folder of the socket: `run`, or a short one under the temporary folder where the path
    /// would be longer than a socket's may be.
    pub(super) fn make_socket_dir(&self, account: &Account) -> Result<PathBuf, PrivateError> {
        let run = self.folder.join("run");
        let length = run.as_os_str().len() + 1 + SOCKET_NAME.len();
        if length <= SOCKET_PATH_MAX {
            make_private_folder(&run, account)?;
            self.restrict(&run, account)?;
            return Ok(run);
        }
        let hash = Sha256::digest(self.folder.as_os_str().as_bytes());
        let name = data_encoding::HEXLOWER.encode(&hash);
        let short =
            std::env::temp_dir().join(format!("malbild-{}", name.get(..16).unwrap_or(&name)));
        match DirBuilder::new().mode(0o700).create(&short) {
            Ok(()) => account.give(&short)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(PrivateError::folder(&short, error)),
        }
        self.restrict(&short, account)?;
        Ok(short)
    }

    /// Refuses a socket folder that is somebody else's (anyone can make one in the temporary
    /// folder), and closes ours to others.
    fn restrict(&self, folder: &Path, account: &Account) -> Result<(), PrivateError> {
        let found = folder
            .symlink_metadata()
            .map_err(|error| PrivateError::folder(folder, error))?;
        if !found.is_dir() || found.uid() != account.uid() {
            let reason = "is there already and belongs to another account";
            return Err(PrivateError::folder(folder, io::Error::other(reason)));
        }
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(|error| PrivateError::folder(folder, error))
    }

    /// The server's command line. It outranks the configuration files of the cluster.
    pub(super) fn arguments(&self, socket_dir: &Path, durable: bool) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["-D".into(), self.data.clone().into()];
        let mut set = |setting: &str| arguments.extend(["-c".into(), OsString::from(setting)]);
        set("listen_addresses=");
        set("port=5432");
        set("unix_socket_permissions=0700");
        set("lc_messages=C");
        set("timezone=UTC");
        set("log_timezone=UTC");
        // The values of a refused row are nobody's business in a log.
        set("log_error_verbosity=terse");
        set("log_statement=none");
        set("logging_collector=off");
        let on = if durable { "on" } else { "off" };
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            set(&format!("{name}={on}"));
        }
        set(if durable {
            "max_connections=100"
        } else {
            "max_connections=200"
        });
        arguments.extend(["-k".into(), quoted(socket_dir)]);
        arguments
    }

    /// What `postmaster.pid` says now; empty when it is not there.
    pub(super) fn pid_file(&self) -> PidFile {
        let path = self.data.join("postmaster.pid");
        PidFile(std::fs::read_to_string(path).unwrap_or_default())
    }

    /// Waits for the server of a service that was killed: it is told to stop by the system, and
    /// may still be writing. A pid file whose process is another program is removed: after a
    /// restart of the machine the number may have been given away.
    pub(super) fn wait_for_old_server(&self, within: Duration) -> Result<(), PrivateError> {
        let deadline = Instant::now() + within;
        while let Some(pid) = self.pid_file().pid() {
            if !self.is_server(pid) {
                let path = self.data.join("postmaster.pid");
                return match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        Err(PrivateError::folder(&path, error))
                    }
                    _ => Ok(()),
                };
            }
            if Instant::now() > deadline {
                return Err(PrivateError::OldServer {
                    pid: pid.as_raw_nonzero().get(),
                });
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Is this process the server of this cluster? A server's working folder is its cluster.
    fn is_server(&self, pid: Pid) -> bool {
        let working = format!("/proc/{}/cwd", pid.as_raw_nonzero());
        std::fs::read_link(working).is_ok_and(|folder| folder == self.data)
    }

    /// Keeps the log of the start before as `postgresql.log.1` and begins a new one.
    pub(super) fn begin_log(&self) {
        // A log that cannot be kept is no reason not to start.
        let _ = std::fs::rename(&self.log, self.log.with_extension("log.1"));
    }

    /// The last lines of the server's log.
    pub(super) fn log_tail(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&bytes))
    }
}

/// A socket folder as PostgreSQL's list of folders has it: quoted, since a comma ends an entry.
fn quoted(folder: &Path) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = vec![b'"'];
    for &byte in folder.as_os_str().as_bytes() {
        if byte == b'"' {
            bytes.push(b'"');
        }
        bytes.push(byte);
    }
    bytes.push(b'"');
    OsString::from_vec(bytes)
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let from = lines.len().saturating_sub(QUOTED_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// The content of `postmaster.pid` (serverns processfil): process id in the first line, socket
/// folder in the fifth, state in the eighth.
pub(super) struct PidFile(String);

impl PidFile {
    /// The server's process id.
    pub(super) fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.0.lines().next()?.trim().parse().ok()?)
    }

    /// Does the server accept connections?
    pub(super) fn ready(&self) -> bool {
        self.0
            .lines()
            .nth(7)
            .is_some_and(|state| state.trim() == "ready")
    }

    /// The socket's folder, once the server accepts connections.
    pub(super) fn ready_socket_dir(&self) -> Option<PathBuf> {
        let folder = self.0.lines().nth(4)?;
        self.ready().then(|| PathBuf::from(folder))
    }
}
