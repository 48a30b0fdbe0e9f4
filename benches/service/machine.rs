//! What the figures were measured on.

use std::fs;
use std::process::Command;

use malbild::clock;

use crate::fill;
use crate::program::Malbild;

/// What the figures were measured on, one line each.
pub(crate) async fn facts(malbild: &Malbild) -> Result<Vec<String>, String> {
    let client = fill::superuser(malbild).await?;
    let row = client.query_one("SHOW server_version", &[]).await;
    let version: String = row.map_err(|error| error.to_string())?.get(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = first("/proc/meminfo", "MemTotal");
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    Ok(vec![
        format!("date: {}", clock::now().format("%Y-%m-%d %H:%M UTC")),
        format!(
            "command: `{}`",
            format!("script/bench {}", arguments.join(" ")).trim()
        ),
        format!(
            "commit: {}",
            told("git", &["describe", "--always", "--dirty"])
        ),
        format!(
            "processor: {cores} cores, {}",
            first("/proc/cpuinfo", "model name")
        ),
        format!("memory: {memory}"),
        format!("system: Linux {}", told("uname", &["-r"])),
        format!("PostgreSQL: {version}, durable, its default settings"),
        format!("Rust: {}", told("rustc", &["--version"])),
    ])
}

/// The value of the first line of a file that begins so.
fn first(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or("unknown")
        .trim_start_matches([' ', '\t', ':'])
        .trim()
        .to_owned()
}

fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.ok()
        .filter(|said| !said.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
