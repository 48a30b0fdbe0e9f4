//! The command line: one file per subcommand.

mod history;
mod import;
mod keys;
mod migrate;
mod openapi;
mod sample;
mod serve;
mod store;

use std::ffi::OsStr;
use std::io::IsTerminal;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{DatabaseSettings, LogFormat, LogSettings, ServiceSettings};

/// Municipal goals as open data, over HTTP.
///
/// Settings are environment variables; each can be given as an option before
/// the command, too.
#[derive(Debug, Parser)]
#[command(name = "malbild", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    service: ServiceSettings,
    #[command(flatten)]
    log: LogSettings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate, then serve the API (the default)
    Serve(serve::Serve),
    /// Bring the database's schema up to date
    Migrate,
    /// Make, list and revoke the keys that clients write with
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Read a file into the database
    #[command(subcommand)]
    Import(import::Import),
    /// Verify the record of changes, or erase from it
    #[command(subcommand)]
    History(history::History),
    /// Load the sample, or take it away
    Sample(sample::Sample),
    /// Print the OpenAPI document, or bless the committed one
    Openapi(openapi::Openapi),
}

impl Cli {
    /// Reads the command line and the environment, or ends the program as clap
    /// does: with help, with the version, or with what is wrong. A setting that
    /// is empty is one that is not there.
    pub fn read() -> Self {
        let empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
        let command = Self::command().mut_args(|argument| {
            if argument.get_env().is_some_and(empty) {
                // clap cannot forget a variable; none can have this name.
                argument.env("=").hide_env(true)
            } else {
                argument
            }
        });
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }

    /// Runs the command that was given. The error is for the person at the
    /// terminal and holds no secret.
    pub async fn run(self) -> Result<(), String> {
        start_log(&self.log)?;
        match self
            .command
            .unwrap_or(Command::Serve(serve::Serve::default()))
        {
            Command::Serve(serve) => serve.run(&self.database, &self.service).await,
            Command::Migrate => migrate::run(&self.database).await,
            Command::Keys(keys) => keys.run(&self.database).await,
            Command::Import(import) => import.run(&self.database).await,
            Command::History(history) => history.run(&self.database).await,
            Command::Sample(sample) => sample.run(&self.database).await,
            Command::Openapi(openapi) => openapi.run(&self.service),
        }
    }
}

/// Log lines go to standard error, in colour only on a terminal; what a command answers goes to standard output.
fn start_log(settings: &LogSettings) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(&settings.log_filter).map_err(|error| format!("LOG_FILTER: {error}"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
