//! All values as CSV over HTTP beside psql's COPY of the same rows, and the memory that
//! a slow reader costs.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::time::sleep;

use crate::Options;
use crate::imports::psql;
use crate::process::{Process, memory};
use crate::program::{Malbild, pinned};

/// The ways that are compared.
pub(crate) const WAYS: [&str; 3] = ["psql COPY", "CSV", "NDJSON"];
/// The same rows, in the same order, with the same digits.
const COPY: &str = "COPY (SELECT indicator_code, municipality_code, year, gender, trim_scale(value), status, \
    provenance, note FROM indicator_values ORDER BY indicator_code, municipality_code, year, gender) \
    TO STDOUT (FORMAT csv, HEADER)";
/// For how long the slow reader reads.
const SLOW: Duration = Duration::from_secs(20);

/// What each way took, round by round.
pub(crate) struct Exports {
    pub(crate) rows: u64,
    pub(crate) rounds: Vec<[Duration; 3]>,
    /// The resident memory of the service before a slow reader, and the most while it read.
    pub(crate) memory: [u64; 2],
}

/// Compares the ways in as many rounds as the servers, in rotating order.
pub(crate) async fn compare(malbild: &Malbild, options: &Options) -> Result<Exports, String> {
    let before = memory(malbild.process.pid(), "VmRSS").unwrap_or(0);
    let most = slowly(malbild).await?;
    let mut rows = 0;
    let mut rounds = Vec::new();
    for round in 0..options.rounds as usize {
        eprintln!("exports, round {}", round + 1);
        let mut took = [Duration::ZERO; 3];
        for turn in 0..WAYS.len() {
            let way = (round + turn) % WAYS.len();
            let begun = Instant::now();
            match way {
                0 => copy(malbild, options).await?,
                1 => rows = read(malbild, "csv").await? - 1,
                _ => {
                    read(malbild, "ndjson").await?;
                }
            }
            took[way] = begun.elapsed();
        }
        rounds.push(took);
    }
    Ok(Exports {
        rows,
        rounds,
        memory: [before, most],
    })
}

async fn copy(malbild: &Malbild, options: &Options) -> Result<(), String> {
    let mut command = pinned(psql()?, options.server_cpus.as_deref());
    command
        .args(["--no-psqlrc", "--quiet", "--dbname", &malbild.urls.runtime])
        .args(["--command", COPY])
        .stdout(Stdio::null());
    let mut process = Process::start("psql", command)?;
    process.succeeds().await.map(|_| ())
}

/// Reads an export as quickly as it comes; how many lines there were.
async fn read(malbild: &Malbild, form: &str) -> Result<u64, String> {
    let url = format!("http://{}/malbild/v1/values?format={form}", malbild.address);
    let mut answer = reqwest::get(url).await.map_err(|error| error.to_string())?;
    let mut lines = 0;
    while let Some(piece) = answer.chunk().await.map_err(|error| error.to_string())? {
        lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    Ok(lines)
}

/// Reads the CSV at 1 kB a second; the most memory that the service had meanwhile.
async fn slowly(malbild: &Malbild) -> Result<u64, String> {
    eprintln!("a slow reader");
    let failed = |error: std::io::Error| error.to_string();
    // So little that what is read is what the service has written.
    let socket = TcpSocket::new_v4().map_err(failed)?;
    socket.set_recv_buffer_size(4096).map_err(failed)?;
    let mut socket = socket.connect(malbild.address).await.map_err(failed)?;
    let request = "GET /malbild/v1/values?format=csv HTTP/1.1\r\nhost: localhost\r\n\r\n";
    socket.write_all(request.as_bytes()).await.map_err(failed)?;
    let (begun, mut most) = (Instant::now(), 0);
    while begun.elapsed() < SLOW {
        socket.read_exact(&mut [0; 100]).await.map_err(failed)?;
        most = most.max(memory(malbild.process.pid(), "VmRSS").unwrap_or(0));
        sleep(Duration::from_millis(100)).await;
    }
    Ok(most)
}
