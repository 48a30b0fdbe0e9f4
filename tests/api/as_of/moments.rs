//! What a moment is: that of a commit, all of it, and never another one later.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use malbild::database::{Database, Target};
use malbild::resources::budgets;
use serde_json::json;

use super::{at, last_commit};
use crate::support::TestApp;

async fn title(app: &TestApp, moment: &str) -> String {
    let found = at(app, "/budgets/2024", moment).await;
    match found.status {
        404 => "-".to_owned(),
        _ => found.expect(200).json()["title"]
            .as_str()
            .unwrap()
            .to_owned(),
    }
}

#[tokio::test]
async fn a_moment_between_two_statements_of_one_transaction_does_not_exist() {
    let app = TestApp::start().await;
    let mut sql = app.sql().await;
    app.make("/budgets/2024", json!({"title": "Först"})).await;
    let transaction = sql.transaction().await.expect("a transaction");
    let change = |title: &str| format!("UPDATE budgets SET title = '{title}'");
    transaction.batch_execute(&change("Mitt i")).await.unwrap();
    let between: DateTime<Utc> = transaction
        .query_one("SELECT clock_timestamp()", &[])
        .await
        .expect("a time")
        .get(0);
    transaction.batch_execute(&change("Sist")).await.unwrap();
    assert_eq!(title(&app, &between.to_rfc3339()).await, "Först");
    transaction.commit().await.expect("committed");
    // What happened later changes no answer of then.
    assert_eq!(title(&app, &between.to_rfc3339()).await, "Först");
    assert_eq!(title(&app, &last_commit(&sql, -1).await).await, "Först");
    assert_eq!(title(&app, &last_commit(&sql, 0).await).await, "Sist");
}

#[tokio::test]
async fn what_was_made_again_is_not_there_in_between() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    let mut moments = Vec::new();
    for statement in [
        "INSERT INTO budgets (budget_year, title) VALUES (2024, 'a')",
        "DELETE FROM budgets",
        "INSERT INTO budgets (budget_year, title) VALUES (2024, 'b')",
        "UPDATE budgets SET title = 'c'",
        "BEGIN; DELETE FROM budgets; INSERT INTO budgets (budget_year, title) VALUES (2024, 'd'); COMMIT",
        "BEGIN; UPDATE budgets SET title = 'e'; DELETE FROM budgets; COMMIT",
    ] {
        sql.batch_execute(statement).await.expect(statement);
        moments.push(last_commit(&sql, 0).await);
    }
    for (moment, expected) in moments.iter().zip(["a", "-", "b", "c", "d", "-"]) {
        assert_eq!(title(&app, moment).await, expected);
    }
}

#[tokio::test]
async fn a_commit_under_way_at_the_moment_is_waited_for() {
    let app = TestApp::start().await;
    let mut sql = app.sql().await;
    app.make("/budgets/2024", json!({"title": "Först"})).await;
    let transaction = sql.transaction().await.expect("a transaction");
    // It has its place and its time, and is not visible yet.
    transaction
        .batch_execute("UPDATE budgets SET title = 'Sist'; SET CONSTRAINTS ALL IMMEDIATE")
        .await
        .expect("a commit under way");
    let moment = last_commit(transaction.client(), 0).await;
    let asked = title(&app, &moment);
    let release = async {
        app.blocked().await;
        transaction.commit().await.expect("committed");
    };
    let (found, ()) = futures_util::join!(asked, release);
    assert_eq!(found, "Sist");
}

#[tokio::test]
async fn a_moment_that_another_commit_can_have_yet_is_the_future() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    app.make("/budgets/2024", json!({"title": "Först"})).await;
    // As when the database's clock was set back.
    sql.batch_execute(
        "UPDATE change_sets SET committed_at = clock_timestamp() + interval '20 seconds'",
    )
    .await
    .expect("placed");
    let moment = last_commit(&sql, 0).await;
    at(&app, "/budgets/2024", &moment)
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn past_and_present_are_both_right_on_one_connection() {
    let app = TestApp::start().await;
    let target = Arc::new(Target::parse(&app.database.runtime_url()).expect("a URL"));
    let sql = app.sql().await;
    app.make("/budgets/2024", json!({"title": "Först"})).await;
    let then: DateTime<Utc> = sql
        .query_one("SELECT max(committed_at) FROM change_sets", &[])
        .await
        .expect("a time")
        .get(0);
    sql.batch_execute("UPDATE budgets SET title = 'Sist'")
        .await
        .expect("changed");
    // Two connections have none to spare for the past; unsplit, one does it all.
    let one = Database::new(target, 2, Duration::from_secs(5)).expect("a pool");
    for round in 0..40 {
        let of_then = one.read_past(then, move |connection| {
            Box::pin(async move { Ok(budgets::find(connection, 2024).await?) })
        });
        let of_then = of_then.await.expect("a read").expect("a budget");
        assert_eq!(of_then.content.title, "Först", "{round}");
        let now = one.read(move |connection| {
            Box::pin(async move { Ok(budgets::find(connection, 2024).await?) })
        });
        let now = now.await.expect("a read").expect("a budget");
        assert_eq!(now.content.title, "Sist", "{round}");
    }
    assert_eq!(one.pool_use().1, 1, "all on one connection");
}
