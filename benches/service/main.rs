//! The benchmark: malbild beside a minimal handler and a static answer, and its
//! imports, loads and exports beside PostgreSQL's COPY, interleaved in one run. docs/performance.md tells
//! how to run it and how to read it.

mod cases;
mod check;
mod exports;
mod fill;
mod fixed;
mod imports;
mod load;
mod loads;
mod machine;
mod minimal;
mod process;
mod program;
mod report;
mod run;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(
    about = "Measures malbild beside what it is compared with",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
    /// Said by `cargo bench`; means nothing.
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

/// What a run can be told.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How long each server is measured in a round, after a second of warm-up
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// How often each server is measured in each case
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many requests are under way at a time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) connections: u32,
    /// How many values to fill the database with; whole indicators are filled
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    pub(crate) values: u32,
    /// How many rows to import beside psql, in each of as many rounds; 0 leaves it out
    #[arg(long, default_value_t = 100_000, value_name = "ROWS")]
    pub(crate) import: u32,
    /// How many rows to load over HTTP beside COPY, in each of as many rounds; 0 leaves it out
    #[arg(long, default_value_t = 10_000, value_name = "ROWS")]
    pub(crate) load: u32,
    /// Whether to export all values beside psql, in as many rounds
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    pub(crate) export: bool,
    /// Only these cases, such as a,d
    #[arg(long, value_delimiter = ',', value_name = "CASES")]
    pub(crate) only: Vec<String>,
    /// Keep the database in this folder, and take it as it is when it is filled;
    /// without it, a temporary folder that is removed
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// The processors of the servers and PostgreSQL, as taskset names them
    #[arg(long, value_name = "LIST")]
    pub(crate) server_cpus: Option<String>,
    /// The processors of the load generator
    #[arg(long, value_name = "LIST")]
    pub(crate) load_cpus: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// The minimal handler that malbild is compared with
    Minimal {
        #[arg(long)]
        listen: SocketAddr,
        /// The database, as the role that the service runs as
        #[arg(long)]
        database: String,
        /// What every link begins with
        #[arg(long)]
        root: String,
    },
    /// The static answers that malbild is compared with
    Static {
        #[arg(long)]
        listen: SocketAddr,
        /// The folder with the answers
        #[arg(long)]
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    // The HTTP client wants to know, though nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let done = match cli.command {
        None => run::run(&cli.options),
        Some(Command::Minimal {
            listen,
            database,
            root,
        }) => minimal::serve(listen, database, root),
        Some(Command::Static { listen, folder }) => fixed::serve(listen, &folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}
