//! The program: reads the command line and runs the command.

use std::process::ExitCode;

use malbild::commands::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::read().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("malbild: {message}");
            ExitCode::FAILURE
        }
    }
}
