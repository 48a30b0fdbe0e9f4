//! The program: reads the command line and runs the command.

use std::process::ExitCode;

use malbild::commands::Cli;

/// Answers are made of many small pieces; holding them and letting them go takes
/// a good part of a list's time, and less of it with this allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
