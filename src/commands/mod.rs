//! The command line: one file per subcommand.

use clap::{Parser, Subcommand};

use crate::config::{DatabaseSettings, LogSettings, ServiceSettings};

/// Municipal goals as open data, over HTTP.
///
/// Settings are environment variables; each can be given as an option, too.
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
    Serve,
}

impl Cli {
    /// Runs the command that was given.
    pub async fn run(self) -> Result<(), String> {
        Ok(())
    }
}
