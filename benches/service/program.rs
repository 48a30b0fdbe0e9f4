//! malbild as in production: the release program with its default settings.

use std::ffi::OsStr;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use malbild::database::private::{Private, PrivateSettings, Urls};
use tokio::time::sleep;

use crate::Options;
use crate::process::{Process, free_address};

/// What every link begins with; the answers are as long as a real instance's.
const PUBLIC_URL: &str = "https://oppnadata.example.se";
/// How long the service may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running `malbild serve` with its private PostgreSQL.
pub(crate) struct Malbild {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) urls: Urls,
    pub(crate) data_dir: PathBuf,
}

/// What every link begins with.
pub(crate) fn root() -> String {
    format!("{PUBLIC_URL}/malbild/v1")
}

/// A program on the servers' processors, without any of this process' settings.
pub(crate) fn pinned(program: impl AsRef<OsStr>, cpus: Option<&str>) -> Command {
    let mut command = match cpus {
        None => Command::new(program),
        Some(cpus) => {
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", cpus]).arg(program);
            command
        }
    };
    command.stdin(Stdio::null()).env_clear();
    for name in ["PATH", "POSTGRES_BIN_DIR", "LANG"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Malbild {
    /// Starts it. Its log goes to a file, as it does to a service manager.
    pub(crate) async fn start(folder: &Path, options: &Options) -> Result<Self, String> {
        let data_dir = folder.join("malbild");
        let address = free_address()?;
        let log = folder.join("malbild.log");
        let log = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut command = Self::command(&data_dir, options);
        command
            .arg("serve")
            .env("LISTEN_ADDR", address.to_string())
            .env("METRICS_ADDR", "off")
            .env("PUBLIC_URL", PUBLIC_URL)
            .stdout(Stdio::null())
            .stderr(log);
        let mut process = Process::start("malbild serve", command)?;
        process
            .listens(address)
            .await
            .map_err(|error| format!("{error}; {}", tail(folder)))?;
        ready(address).await?;
        let mut settings = PrivateSettings::durable(&data_dir);
        settings.bin_dir = std::env::var_os("POSTGRES_BIN_DIR").map(PathBuf::from);
        let urls = Private::attach(&settings)
            .await
            .map_err(|error| error.to_string())?
            .ok_or("malbild serve runs without its PostgreSQL")?;
        Ok(Self {
            process,
            address,
            urls,
            data_dir,
        })
    }

    /// The program on the same database.
    pub(crate) fn command(data_dir: &Path, options: &Options) -> Command {
        let program = env!("CARGO_BIN_EXE_malbild");
        let mut command = pinned(program, options.server_cpus.as_deref());
        command.env("MALBILD_DATA_DIR", data_dir);
        command
    }

    /// A new key of an editor's.
    pub(crate) async fn key(&self, options: &Options) -> Result<String, String> {
        let mut command = Self::command(&self.data_dir, options);
        let name = format!("benchmark {}", std::process::id());
        command
            .args(["keys", "create", "--name", &name, "--role", "editor"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Process::start("malbild keys create", command)?;
        process.succeeds().await?;
        Ok(process.output()?.trim().to_owned())
    }
}

/// Waits until it is ready: the socket listens before the migrations have run.
async fn ready(address: SocketAddr) -> Result<(), String> {
    let url = format!("http://{address}/health/ready");
    let begun = Instant::now();
    loop {
        let told = match reqwest::get(&url).await {
            Ok(answered) if answered.status().is_success() => return Ok(()),
            Ok(answered) => answered.status().to_string(),
            Err(error) => error.to_string(),
        };
        if begun.elapsed() > READY_WITHIN {
            return Err(format!("{url}: {told}"));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn tail(folder: &Path) -> String {
    let log = std::fs::read_to_string(folder.join("malbild.log")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
