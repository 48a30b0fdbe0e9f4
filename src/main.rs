//! The program: reads the command line and runs the command.

use std::process::ExitCode;
use std::time::Duration;

use malbild::commands::Cli;
use tokio::runtime::Runtime;

/// Answers are made of many small pieces; holding them and letting them go takes
/// a good part of a list's time, and less of it with this allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long what still runs may take when the command has ended. Every write is
/// over by then; a name that is looked up cannot be cut short, only left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let cli = Cli::read();
    let ended = Runtime::new()
        .map_err(|error| format!("the program cannot start: {error}"))
        .and_then(|runtime| {
            let ended = runtime.block_on(cli.run());
            runtime.shutdown_timeout(LEFT_BEHIND);
            ended
        });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("malbild: {message}");
            ExitCode::FAILURE
        }
    }
}
