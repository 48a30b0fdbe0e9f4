//! `malbild import kolada`, against a server that answers as Kolada does.

mod asking;
mod changes;
mod figures;
mod files;
mod first;
mod resumed;
mod stand_in;
mod whole;

use std::process::Command;

use serde_json::Value;

use self::stand_in::StandIn;
use crate::support::TestApp;
use crate::support::program::{Ended, command, run};

/// The command with the service's database and these options.
fn prepared(app: &TestApp, options: &[&str]) -> Command {
    let (runtime, owner) = (app.database.runtime_url(), app.database.owner_url());
    let mut command = command(&[("DATABASE_URL", &runtime), ("DATABASE_OWNER_URL", &owner)]);
    command.args(["import", "kolada"]).args(options);
    command
}

/// Runs the command to its end.
async fn import_with(app: &TestApp, options: &[&str]) -> Ended {
    let command = prepared(app, options);
    let ended = tokio::task::spawn_blocking(move || run(command));
    ended.await.expect("the command")
}

/// The same against the stand-in.
async fn import(app: &TestApp, kolada: &StandIn, options: &[&str]) -> Ended {
    let options = [&["--base-url", kolada.base.as_str()], options].concat();
    import_with(app, &options).await
}

impl Ended {
    /// What it said, if it ended well.
    #[track_caller]
    fn done(self) -> String {
        assert!(self.status.success(), "{}", self.output);
        self.output
    }

    /// What it said, if it failed.
    #[track_caller]
    fn failed(self) -> String {
        assert!(!self.status.success(), "{}", self.output);
        self.output
    }
}

/// Fails unless all of these are said.
#[track_caller]
fn says(output: &str, expected: &[&str]) {
    for part in expected {
        assert!(output.contains(part), "not {part:?} in:\n{output}");
    }
}

/// A value, or null where there is none.
async fn value(app: &TestApp, path: &str) -> Value {
    let (indicator, rest) = path.split_once('/').expect("a path");
    let answer = app
        .get(&format!("/indicators/{indicator}/values/{rest}"))
        .await;
    match answer.status {
        404 => Value::Null,
        _ => answer.expect(200).json(),
    }
}

/// How many values there are.
async fn count(app: &TestApp) -> i64 {
    let list = app.get("/values?limit=1").await.expect(200).json();
    list["_meta"]["totalRecords"].as_i64().expect("a number")
}
