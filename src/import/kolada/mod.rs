//! Kolada in: key figures and values out of RKA's database of Swedish municipal key
//! figures, over its API or from saved answers. `read` and `recognise` make rows of
//! an answer, `plan` says what to ask for, `fetch` asks, `write` writes one unit in
//! one transaction, `ledger` knows what has been asked for, and `api` and `files`
//! put these together.

mod api;
mod fetch;
mod files;
mod ledger;
mod mapping;
mod model;
mod plan;
mod read;
mod recognise;
mod report;
mod survey;
mod titles;
mod told;
mod write;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use futures_util::FutureExt;

pub use report::Report;

use self::write::{Batch, Written};
use crate::database::{Actor, Connection, Failure, transaction};
use crate::problem::{Code, Problem};

/// What is asked for (uppgift).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Where Kolada is, with its version: `https://api.kolada.se/v3`.
    pub base_url: String,
    /// Kolada's ids of the key figures; those that are here, where there are none.
    pub indicators: Vec<String>,
    /// The areas' codes; all, where there are none and no group.
    pub municipalities: Vec<String>,
    /// The group whose members are meant.
    pub group: Option<String>,
    /// The years; all, where there are none.
    pub years: Vec<i32>,
    /// Saved answers, to be read instead of asking Kolada.
    pub files: Vec<PathBuf>,
    /// Whether reported values are written over.
    pub overwrite_reported: bool,
    /// Whether to ask for everything, also where only changes are needed.
    pub full: bool,
    /// Whether only to tell what would be done.
    pub dry_run: bool,
    /// How long one request is tried again.
    pub patience: Duration,
}

/// How far an import has come (läge).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many units are done.
    pub done: u64,
    /// How many there are.
    pub of: u64,
    /// How many figures were in those that are done.
    pub figures: u64,
}

/// Who hears how far it has come.
pub type Told = Arc<dyn Fn(Progress) + Send + Sync>;

/// An import that stopped before its end (avbruten inläsning).
#[derive(Debug)]
pub struct Stopped {
    /// Why, for the person at the terminal.
    pub why: String,
    /// What had been done by then.
    pub report: Box<Report>,
    /// Whether anything can have been written.
    pub written: bool,
}

/// Imports on `connection`, unit by unit, each recorded as the operator's. Where it
/// stops, what has been written stays, and the same task goes on from there.
pub async fn import(
    connection: &mut Connection,
    task: &Task,
    told: &Told,
) -> Result<Report, Stopped> {
    let mut report = Report {
        dry_run: task.dry_run,
        ..Report::default()
    };
    // One row that somebody holds for long must not hold up all others behind it.
    let begun = connection.batch_execute(LOCKS_WAIT).await;
    if let Err(error) = begun {
        return Err(Stopped {
            why: words(error.into()),
            report: Box::new(report),
            written: false,
        });
    }
    let done = match task.files.as_slice() {
        [] => api::import(connection, task, told, &mut report).await,
        _ => files::import(connection, task, told, &mut report).await,
    };
    match done {
        Ok(()) => Ok(report),
        Err((why, written)) => Err(Stopped {
            why,
            report: Box::new(report),
            written: written && !task.dry_run,
        }),
    }
}

/// Why it stops, and whether something may have been written.
type Stop = (String, bool);

/// Writes a batch in a transaction of its own; in a dry run it is undone.
async fn write_alone(
    connection: &mut Connection,
    batch: Batch,
    dry_run: bool,
) -> Result<Written, Failure> {
    let actor = Actor::command("operator");
    transaction(connection, actor, move |connection| {
        async move {
            connection.batch_execute(SAVE).await?;
            let written = write::write(connection, batch).await?;
            if dry_run {
                connection.batch_execute(UNDO).await?;
            }
            Ok(written)
        }
        .boxed()
    })
    .await
}

/// How long it waits for what others hold.
const LOCKS_WAIT: &str = "SET lock_timeout = '20s'";

/// Where a dry run goes back to. What fails undoes the whole transaction.
const SAVE: &str = "SAVEPOINT before_the_import";
const UNDO: &str = "ROLLBACK TO SAVEPOINT before_the_import";

/// A failure of the database's, or what it found, in words.
fn words(failure: Failure) -> String {
    let problem = Problem::from(failure);
    match problem.code {
        Code::DatabaseUnavailable => {
            format!(
                "{}; run it again, what is already so stays so",
                problem.detail
            )
        }
        _ => problem.detail,
    }
}
