//! The real program, killed between the work and the repetition.

use std::time::Duration;

use malbild::auth::Role;

use super::{assert_same, count, kept};
use crate::goals::goal;
use crate::support::program::Program;
use crate::support::{Answer, Request, TestApp, eventually};

fn start(app: &TestApp) -> Program {
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("PUBLIC_URL", "https://malbild.example.se"),
    ])
}

fn request(program: &Program, key: &str) -> Request {
    let url = format!("{}/malbild/v1/goals", program.base);
    let request = Request::new(&reqwest::Client::new(), "POST", &url).key(key);
    let request = request.header("idempotency-key", "a");
    request.json(&goal(2024, "1.1"))
}

#[tokio::test]
async fn the_first_answer_outlives_the_kill_of_the_program() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let program = start(&app);
    let first: Answer = request(&program, &key).send().await.expect(201);
    // SIGKILL
    drop(program);
    let program = start(&app);
    assert_same(&request(&program, &key).send().await, &first);
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (1, 1));
}

#[tokio::test]
async fn a_program_that_is_killed_in_the_middle_has_done_it_once_or_not_at_all() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let program = start(&app);
    let sql = app.sql().await;
    sql.batch_execute("SELECT pg_advisory_lock(6221338910451761)")
        .await
        .unwrap();
    let url = format!("{}/malbild/v1/goals", program.base);
    let lost = reqwest::Client::new()
        .post(url)
        .bearer_auth(&key)
        .header("idempotency-key", "a")
        .json(&goal(2024, "1.1"));
    let lost = tokio::spawn(lost.send());
    app.blocked().await;
    // SIGKILL
    drop(program);
    assert!(lost.await.expect("a task").is_err(), "nobody answered");
    sql.batch_execute("SELECT pg_advisory_unlock_all()")
        .await
        .unwrap();
    let program = start(&app);
    let within = Duration::from_secs(10);
    eventually("it is done", within, async || {
        let answer = request(&program, &key).send().await;
        assert!([201, 409].contains(&answer.status), "{}", answer.text());
        answer.status == 201
    })
    .await;
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (1, 1));
}
