//! Child processes, and what the system says of them.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

/// How often a process is looked at.
const POLL: Duration = Duration::from_millis(5);
/// How long a process may take to listen.
const STARTS_WITHIN: Duration = Duration::from_secs(120);
/// How long a process may take to stop before it is killed.
const STOPS_WITHIN: Duration = Duration::from_secs(20);
/// The ticks of /proc/PID/stat in a second: Linux shows every program 100.
const TICKS: f64 = 100.0;

/// A child process that is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    pub(crate) fn start(name: &str, mut command: Command) -> Result<Self, String> {
        let child = command
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it listens.
    pub(crate) async fn listens(&mut self, address: SocketAddr) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = self.ended()? {
                return Err(format!("{} ended: {status}", self.name));
            }
            if begun.elapsed() > STARTS_WITHIN {
                return Err(format!("{} does not listen on {address}", self.name));
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until it has ended well; answers the most memory it had, in bytes.
    pub(crate) async fn succeeds(&mut self) -> Result<u64, String> {
        let mut most = 0;
        loop {
            // The file is there until the process is collected, but then without memory.
            most = most.max(memory(self.pid(), "VmHWM").unwrap_or(0));
            match self.ended()? {
                None => sleep(POLL).await,
                Some(status) if status.success() => return Ok(most),
                Some(status) => return Err(format!("{} failed: {status}", self.name)),
            }
        }
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child
            .try_wait()
            .map_err(|error| format!("{}: {error}", self.name))
    }

    /// What it has written to its standard output, which was piped; it has ended.
    pub(crate) fn output(&mut self) -> Result<String, String> {
        let mut text = String::new();
        if let Some(mut output) = self.child.stdout.take() {
            std::io::Read::read_to_string(&mut output, &mut text)
                .map_err(|error| format!("{}: {error}", self.name))?;
        }
        Ok(text)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
            if let Some(pid) = pid.filter(|_| begun.elapsed() < STOPS_WITHIN) {
                // Told again and again: a program may not listen to signals yet.
                let _ = kill_process(pid, Signal::TERM);
            } else {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// An address on which nobody listens.
pub(crate) fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no port is free: {error}"))
}

/// A figure of /proc/PID/status, in bytes: `VmRSS` is the memory it has now,
/// `VmHWM` the most it has had.
pub(crate) fn memory(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes = line.trim_matches([':', ' ', '\t']).strip_suffix("kB")?;
    Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
}

/// The processor time that a process has used, in seconds.
pub(crate) fn processor_time(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |stat| stat.own)
}

/// The processor time that PostgreSQL and all its processes have used, those
/// that have ended included. `postmaster` is the first of them.
pub(crate) fn family_time(postmaster: u32) -> f64 {
    let pids = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let children: f64 = pids
        .filter_map(stat)
        .filter(|stat| stat.parent == postmaster)
        .map(|stat| stat.own)
        .sum();
    stat(postmaster).map_or(0.0, |stat| stat.own + stat.collected) + children
}

/// The processor time of this process' children that have ended.
pub(crate) fn collected_time() -> f64 {
    stat(std::process::id()).map_or(0.0, |stat| stat.collected)
}

/// How long all processors together have worked and idled since the machine
/// started, in seconds.
pub(crate) fn machine_time() -> (f64, f64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let ticks = first.split_whitespace().skip(1).map(str::parse::<f64>);
    let seconds: Vec<f64> = ticks
        .filter_map(|ticks| Some(ticks.ok()? / TICKS))
        .collect();
    // user, nice, system, idle, waiting for disks, interrupts (two), stolen; then repetitions.
    let Some([user, nice, system, idle, disk, hard, soft, stolen]) = seconds.first_chunk() else {
        return (0.0, 0.0);
    };
    (user + nice + system + hard + soft + stolen, idle + disk)
}

/// The process id of the PostgreSQL in a private folder.
pub(crate) fn postmaster(data_dir: &Path) -> Result<u32, String> {
    let file = data_dir.join("data/postmaster.pid");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let first = text.lines().next().unwrap_or_default();
    first
        .parse()
        .map_err(|_| format!("{} names no process", file.display()))
}

struct Stat {
    parent: u32,
    own: f64,
    collected: f64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let seconds = |first: usize| -> Option<f64> {
        let (user, system) = (fields.get(first)?, fields.get(first + 1)?);
        Some((user.parse::<f64>().ok()? + system.parse::<f64>().ok()?) / TICKS)
    };
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: seconds(11)?,
        collected: seconds(13)?,
    })
}
