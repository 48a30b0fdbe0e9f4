//! One run, from an empty folder to the tables.

use std::path::{Path, PathBuf};

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::Options;
use crate::cases::{self, Case};
use crate::check;
use crate::exports;
use crate::fill;
use crate::fixed;
use crate::imports;
use crate::load::{Loader, Measured};
use crate::loads;
use crate::machine;
use crate::process::{Process, free_address, memory, postmaster};
use crate::program::{self, Malbild, pinned};
use crate::report::{Measurements, Report};

/// The servers, in the order of all figures.
pub(crate) const SERVERS: [&str; 3] = ["malbild", "minimal", "static"];

/// A server that is measured.
struct Server {
    base: String,
    pid: u32,
}

/// Measures everything and prints the tables; whatever was started is stopped,
/// and the temporary folder removed, also after Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let folder = Folder::new(options)?;
    let report = runtime.block_on(async {
        tokio::select! {
            report = measure(&folder.path, options) => report,
            signal = stopped() => Err(signal.err().unwrap_or_else(|| "stopped".to_owned())),
        }
    })?;
    println!("{report}");
    Ok(())
}

async fn stopped() -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("signals cannot be waited for: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(cannot)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// The folder of a run.
struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    fn new(options: &Options) -> Result<Self, String> {
        let name = format!("malbild-bench-{}", std::process::id());
        let kept = options.folder.is_some();
        let path = options
            .folder
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(name));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let path = path.canonicalize().map_err(|error| error.to_string())?;
        Ok(Self { path, kept })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            eprintln!("bench: {} cannot be removed: {error}", self.path.display());
        }
    }
}

async fn measure(folder: &Path, options: &Options) -> Result<String, String> {
    eprintln!("starting malbild, and filling its database if it is empty");
    let malbild = Malbild::start(folder, options).await?;
    let filled = fill::fill(&malbild, folder, options).await?;
    let facts = machine::facts(&malbild).await?;
    let key = malbild.key(options).await?;
    let minimal = minimal(&malbild, options).await?;
    let ours = format!("http://{}", malbild.address);

    // The PUT comes first: what it changes, the answers of lists tell.
    let puts = [cases::put()];
    let put = check::alike(&puts, &ours, &minimal.1, &key).await?;
    let reads = cases::reads(&ours, &filled).await?;
    let mut answers = check::alike(&reads, &ours, &minimal.1, &key).await?;
    answers.extend(put);
    fixed::lay(&folder.join("static"), &answers)?;
    let fixed = fixed_server(folder, options).await?;
    check::answers(&answers, &fixed.1).await?;

    let servers = [
        Server {
            base: ours,
            pid: malbild.process.pid(),
        },
        Server {
            base: minimal.1.clone(),
            pid: minimal.0.pid(),
        },
        Server {
            base: fixed.1.clone(),
            pid: fixed.0.pid(),
        },
    ];
    let mut loader = Loader {
        options,
        folder,
        key: &key,
        postmaster: postmaster(&malbild.data_dir)?,
        loads: 0,
    };
    let wanted = |case: &Case| {
        options.only.is_empty() || options.only.iter().any(|letter| letter == case.letter)
    };
    let mut results = Vec::new();
    for (case, body) in answers.iter().filter(|(case, _)| wanted(case)) {
        eprintln!("({}) {}", case.letter, case.name);
        results.push(Measurements {
            case,
            bytes: body.len(),
            rounds: rounds(&mut loader, case, &servers).await?,
        });
    }
    let memory = servers
        .each_ref()
        .map(|server| memory(server.pid, "VmRSS").unwrap_or(0));
    let exports = match options.export {
        false => None,
        true => Some(exports::compare(&malbild, options).await?),
    };
    let imports = match options.import {
        0 => None,
        _ => Some(imports::compare(&malbild, folder, options).await?),
    };
    let loads = match options.load {
        0 => None,
        _ => Some(loads::compare(&malbild, folder, &key, options).await?),
    };
    let report = Report {
        facts,
        filled,
        results,
        memory,
        imports,
        loads,
        exports,
    };
    Ok(report.markdown())
}

/// The rounds of one case: the servers one after the other, each round
/// beginning with the next one.
async fn rounds(
    loader: &mut Loader<'_>,
    case: &Case,
    servers: &[Server; 3],
) -> Result<Vec<[Measured; 3]>, String> {
    let mut rounds = Vec::new();
    for round in 0..loader.options.rounds as usize {
        let mut measured = [None; 3];
        for turn in 0..servers.len() {
            let which = (round + turn) % servers.len();
            let server = &servers[which];
            measured[which] = Some(loader.measure(case, &server.base, server.pid).await?);
        }
        if let [Some(ours), Some(minimal), Some(fixed)] = measured {
            rounds.push([ours, minimal, fixed]);
        }
    }
    Ok(rounds)
}

async fn minimal(malbild: &Malbild, options: &Options) -> Result<(Process, String), String> {
    let arguments = [
        "--database",
        &malbild.urls.runtime,
        "--root",
        &program::root(),
    ];
    beside("minimal", &arguments, options).await
}

async fn fixed_server(folder: &Path, options: &Options) -> Result<(Process, String), String> {
    let folder = folder.join("static").display().to_string();
    beside("static", &["--folder", &folder], options).await
}

/// This program again, as one of the servers to compare with.
async fn beside(
    name: &str,
    arguments: &[&str],
    options: &Options,
) -> Result<(Process, String), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let address = free_address()?;
    let mut command = pinned(program, options.server_cpus.as_deref());
    command
        .arg(name)
        .args(["--listen", &address.to_string()])
        .args(arguments);
    let mut process = Process::start(name, command)?;
    process.listens(address).await?;
    Ok((process, format!("http://{address}")))
}
