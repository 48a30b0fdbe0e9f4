//! Where PostgreSQL's programs are, and which version they have.

use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::PrivateError;

/// Where Debian and Ubuntu keep each major version, as `<major>/bin` below it.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A folder with PostgreSQL's programs (databasserverns program).
#[derive(Clone, Debug)]
pub(super) struct Tools {
    folder: PathBuf,
    major: String,
}

impl Tools {
    /// The server program.
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The program that makes a cluster.
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// The programs to use: those of the named folder, else of `PATH`, else Debian's newest; and of
/// these the first of the major version that made what is in `data`, when there is something.
pub(super) fn find(
    named: Option<&Path>,
    made_by: Option<&str>,
    data: &Path,
    account: &Account,
) -> Result<Tools, PrivateError> {
    let folders = match named {
        Some(folder) => vec![folder.to_owned()],
        None => {
            let mut folders = on_path();
            folders.extend(debian());
            folders
        }
    };
    let mut installed = Vec::new();
    let mut broken = None;
    for folder in folders.into_iter().filter(|folder| complete(folder)) {
        match with_version(folder, account) {
            Ok(tools) if made_by.is_none_or(|major| major == tools.major) => return Ok(tools),
            Ok(tools) if installed.contains(&tools.major) => {}
            Ok(tools) => installed.push(tools.major),
            Err(error) => broken = Some(error),
        }
    }
    match (made_by, installed.is_empty(), broken) {
        (Some(made_by), false, _) => Err(PrivateError::WrongVersion {
            folder: data.to_owned(),
            made_by: made_by.to_owned(),
            installed: installed.join(", "),
        }),
        (_, _, Some(error)) => Err(error),
        _ => Err(PrivateError::NoTools {
            searched: named.map_or_else(
                || format!("PATH and {DEBIAN}/*/bin"),
                |folder| folder.display().to_string(),
            ),
        }),
    }
}

fn complete(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

/// The folders behind `PATH`'s `postgres`: links are followed, because the programs find their
/// libraries from the folder that they really are in.
fn on_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| folder.join("postgres").canonicalize().ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .collect()
}

fn debian() -> Vec<PathBuf> {
    let mut majors: Vec<u32> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors
        .into_iter()
        .map(|major| Path::new(DEBIAN).join(major.to_string()).join("bin"))
        .collect()
}

fn with_version(folder: PathBuf, account: &Account) -> Result<Tools, PrivateError> {
    let folder = folder
        .canonicalize()
        .map_err(|error| PrivateError::folder(&folder, error))?;
    let program = folder.join("postgres");
    let failed = |reason: String| PrivateError::Tool {
        program: program.clone(),
        reason,
    };
    let output = account
        .command(&program)
        .arg("--version")
        .output()
        .map_err(|error| failed(format!("{error} (as user id {})", account.uid())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = major_of(&text).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        failed(format!(
            "no version in {:?}",
            text.trim().to_owned() + complaint.trim()
        ))
    })?;
    Ok(Tools { folder, major })
}

/// `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)` gives `15`, `18beta1` gives `18`.
pub(super) fn major_of(version: &str) -> Option<String> {
    let number = version.split_whitespace().nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
