//! The thread that starts the server, waits for its end, and starts it again when it crashed.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::POLL;
use super::account::Account;
use super::cluster::Cluster;
use super::error::PrivateError;

/// How long a clean stop may take before the server is stopped hard.
const FAST_STOP_WITHIN: Duration = Duration::from_secs(10);
/// How long a hard stop may take before the server is killed.
const HARD_STOP_WITHIN: Duration = Duration::from_secs(5);
/// The pause before a crashed server is started again; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two starts of a server that keeps crashing.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A log that is a link is refused: root must not write where PostgreSQL's account points.
const NO_LINK: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// How the server (databasservern) is started.
#[derive(Debug)]
pub(super) struct Server {
    /// The program `postgres`.
    pub(super) program: PathBuf,
    /// Its command line.
    pub(super) arguments: Vec<OsString>,
    /// Whom it runs as.
    pub(super) account: Account,
    /// Its files.
    pub(super) cluster: Cluster,
}

impl Server {
    fn spawn(&self) -> std::io::Result<Child> {
        let log = File::options()
            .create(true)
            .append(true)
            .mode(0o600)
            .custom_flags(NO_LINK)
            .open(&self.cluster.log)?;
        self.account
            .command(&self.program)
            .args(&self.arguments)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
    }
}

/// Where the server (databasservern) is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// It runs, or is about to be started again.
    Kept,
    /// It is gone for good; the text says how it ended.
    Gone(String),
}

/// What the thread and its owner tell each other.
#[derive(Debug, Default)]
struct Shared {
    /// The server's process id, from its start until it is collected.
    pid: Option<Pid>,
    /// It accepted connections once: from then on a crash is answered with a new start.
    was_ready: bool,
    /// It shall end and not be started again.
    stopping: bool,
}

/// [`Shared`], and the bell that ends a pause early.
type Line = Arc<(Mutex<Shared>, Condvar)>;

/// Keeps one server (databasserver) running in a thread of its own.
///
/// The thread lives exactly as long as it has a server to keep, so the server is stopped by the
/// system when, and only when, this process dies.
#[derive(Debug)]
pub(super) struct Keeper {
    line: Line,
    stage: watch::Receiver<Stage>,
    cluster: Cluster,
}

impl Keeper {
    /// Starts the thread and the server. The lock is held until the server is gone.
    pub(super) fn start(server: Server, lock: File) -> Result<Self, PrivateError> {
        server.cluster.begin_log();
        let (stage, seen) = watch::channel(Stage::Kept);
        let line = Line::default();
        let cluster = server.cluster.clone();
        let other_end = Arc::clone(&line);
        std::thread::Builder::new()
            .name("postgresql".to_owned())
            .spawn(move || {
                let end = keep(&server, &other_end);
                drop(lock);
                // Nobody listens any more when the keeper was dropped.
                stage.send(Stage::Gone(end)).ok();
            })
            .map_err(|error| PrivateError::Thread(error.to_string()))?;
        Ok(Self {
            line,
            stage: seen,
            cluster,
        })
    }

    /// Waits until the server accepts connections.
    pub(super) async fn ready(&mut self, within: Duration) -> Result<(), PrivateError> {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Stage::Gone(status) = self.stage.borrow().clone() {
                return Err(PrivateError::Exited {
                    status,
                    log: self.cluster.log_tail(),
                });
            }
            let file = self.cluster.pid_file();
            if file.ready() && self.found_ready(file.pid()) {
                return Ok(());
            }
            sleep(POLL).await;
        }
        Err(PrivateError::NotReady {
            seconds: within.as_secs(),
        })
    }

    /// Notes that the process accepts connections, if it is the one that is kept.
    fn found_ready(&self, pid: Option<Pid>) -> bool {
        let mut shared = locked(&self.line);
        let ready = pid.is_some() && pid == shared.pid;
        shared.was_ready |= ready;
        ready
    }

    /// The server's process id, while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        let pid = locked(&self.line).pid?;
        u32::try_from(pid.as_raw_nonzero().get()).ok()
    }

    /// Stops the server and waits until it is gone: cleanly, then hard, then by force.
    pub(super) async fn stop(mut self) {
        for (signal, within) in [
            (Signal::INT, FAST_STOP_WITHIN),
            (Signal::QUIT, HARD_STOP_WITHIN),
            (Signal::KILL, HARD_STOP_WITHIN),
        ] {
            self.tell(signal);
            let gone = self.stage.wait_for(|stage| *stage != Stage::Kept);
            if timeout(within, gone).await.is_ok() {
                return;
            }
            tracing::warn!(?signal, "PostgreSQL did not stop in time");
        }
    }

    /// Says that the server shall not be started again, and signals it if it runs.
    fn tell(&self, signal: Signal) {
        let mut shared = locked(&self.line);
        shared.stopping = true;
        // The lock keeps the thread from collecting the process meanwhile: its id is still its own.
        if let Some(pid) = shared.pid {
            kill_process(pid, signal).ok();
        }
        self.line.1.notify_all();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if *self.stage.borrow() == Stage::Kept {
            self.tell(Signal::INT);
        }
    }
}

/// Runs the server until it is told to stop or does not get as far as accepting connections.
/// Gives how it ended.
fn keep(server: &Server, line: &Line) -> String {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let end = match server.spawn() {
            Ok(child) => run(child, line),
            Err(error) => error.to_string(),
        };
        // A server that never was ready is its caller's error, not something to try again.
        if !locked(line).was_ready {
            return end;
        }
        if started.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        if stopped_within(pause, line) {
            return end;
        }
        tracing::warn!(end, "PostgreSQL ended by itself and is started again");
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits for the end of one server process. Gives how it ended.
fn run(mut child: Child, line: &Line) -> String {
    let pid = Pid::from_child(&child);
    let mut shared = locked(line);
    shared.pid = Some(pid);
    if shared.stopping {
        // It was told to stop while this process did not exist yet.
        kill_process(pid, Signal::INT).ok();
    }
    drop(shared);
    // Waits without collecting the process, so that its id stays its own until it is forgotten here.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
    let mut shared = locked(line);
    shared.pid = None;
    match child.wait() {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Pauses, and says whether the server shall not be started again.
fn stopped_within(pause: Duration, line: &Line) -> bool {
    let waited = line
        .1
        .wait_timeout_while(locked(line), pause, |shared| !shared.stopping);
    match waited {
        Ok((shared, _)) => shared.stopping,
        Err(poisoned) => poisoned.into_inner().0.stopping,
    }
}

/// What is behind the lock. A thread that panicked while it held it left a whole value.
fn locked(line: &Line) -> MutexGuard<'_, Shared> {
    line.0.lock().unwrap_or_else(PoisonError::into_inner)
}
