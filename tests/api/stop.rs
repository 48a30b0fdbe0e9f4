//! The real program when it is told to stop, and when its PostgreSQL is killed.

use std::path::PathBuf;
use std::time::Duration;

use malbild::auth::Role;
use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::support::program::{Program, command, run};
use crate::support::{TestApp, eventually};

const WITHIN: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_stop_lets_a_write_under_way_finish() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2023).await;
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    let program = Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("DATABASE_TIMEOUT_MS", "20000"),
    ]);
    let mut sql = app.sql().await;
    let holding = sql.transaction().await.expect("a transaction");
    let held = "SELECT FROM budgets WHERE budget_year = 2023 FOR UPDATE";
    holding.execute(held, &[]).await.expect("the row");
    let request = reqwest::Client::new()
        .put(format!("{}/malbild/v1/budgets/2023", program.base))
        .bearer_auth(&key)
        .header("if-match", made.etag())
        .json(&json!({"title": "Changed at the last moment"}));
    let answer = tokio::spawn(request.send());
    let watching = app.sql().await;
    eventually("the write waits for the row", WITHIN, async || {
        let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        !watching.query(waiting, &[]).await.expect("the activity").is_empty()
    })
    .await;
    program.terminate();
    let address = program.base.trim_start_matches("http://").to_owned();
    eventually("nobody new is let in", WITHIN, async || {
        tokio::net::TcpStream::connect(&address).await.is_err()
    })
    .await;
    holding.rollback().await.expect("the row is let go");
    let answer = answer.await.expect("a task").expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let ended = program.wait();
    assert!(ended.status.success(), "{}", ended.output);
    let budget = app.get("/budgets/2023").await.expect(200).json();
    assert_eq!(budget["title"], "Changed at the last moment");
}

/// A folder that is removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("malbild-stop-{}", uuid::Uuid::new_v4().simple());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the program needs to run on a private PostgreSQL in `folder`.
fn private(folder: &Folder) -> Vec<(&'static str, String)> {
    let mut settings = vec![("MALBILD_DATA_DIR", folder.0.display().to_string())];
    for name in ["PATH", "POSTGRES_BIN_DIR"] {
        settings.extend(std::env::var(name).ok().map(|value| (name, value)));
    }
    settings
}

#[tokio::test]
async fn every_acknowledged_write_survives_the_kill_of_postgresql() {
    let folder = Folder::new();
    let settings = private(&folder);
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let program = Program::start(&settings);
    let mut create = command(&settings);
    create.args(["keys", "create", "--name", "test", "--role", "editor"]);
    let said = run(create).output;
    let key = said
        .lines()
        .find(|line| line.starts_with("mb_"))
        .expect("a key")
        .to_owned();
    let client = reqwest::Client::new();
    let write = async |year: i32| {
        let path = format!("{}/malbild/v1/budgets/{year}", program.base);
        let request = client
            .put(path)
            .bearer_auth(&key)
            .json(&json!({"title": "x"}));
        let answer = request
            .timeout(Duration::from_secs(10))
            .send()
            .await
            .expect("an answer in time");
        answer.status().as_u16()
    };
    let mut acknowledged = Vec::new();
    for year in 1900..1920 {
        assert_eq!(write(year).await, 201);
        acknowledged.push(year);
    }
    let pid = std::fs::read_to_string(folder.0.join("data/postmaster.pid")).expect("its pid");
    let pid = pid
        .lines()
        .next()
        .and_then(|line| line.parse().ok())
        .and_then(Pid::from_raw);
    kill_process(pid.expect("a pid"), Signal::KILL).expect("a kill");
    let mut year = 1920;
    eventually("twenty writes in a row succeed again", WITHIN, async || {
        let mut in_a_row = 0;
        while in_a_row < 20 && year < 2200 {
            let status = write(year).await;
            assert!(status == 201 || status == 503, "{status}");
            if status == 201 {
                acknowledged.push(year);
                in_a_row += 1;
                year += 1;
            } else {
                return false;
            }
        }
        true
    })
    .await;
    let list = format!(
        "{}/malbild/v1/budgets?limit=1000&fields=budgetYear",
        program.base
    );
    let list: serde_json::Value = client
        .get(list)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let there: Vec<i64> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["budgetYear"].as_i64())
        .collect();
    for year in acknowledged {
        assert!(there.contains(&i64::from(year)), "{year} was acknowledged");
    }
    assert!(program.stop().status.success());
}
