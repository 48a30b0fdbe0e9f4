//! Waiting for a change costs nobody anything, and ends when one comes.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use super::changes;
use crate::support::cluster::cluster;
use crate::support::proxy::{Link, Proxy};
use crate::support::{TestApp, eventually};

/// How long a busy machine may take for what takes moments.
const WITHIN: Duration = Duration::from_secs(20);

/// The place after all changes so far.
async fn end(app: &TestApp) -> String {
    let answer = changes(app, "limit=1000").await;
    answer["cursor"].as_str().expect("a cursor").to_owned()
}

#[tokio::test]
async fn a_change_ends_the_wait_of_those_who_wait_for_it_and_of_no_others() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    let after = end(&app).await;
    let begun = Instant::now();
    let waiting = |query: &str| format!("/changes?after={after}&{query}");
    let [budgets, any, goals] = [
        "wait=60&resource=budgets",
        "wait=60",
        "wait=2&resource=goals",
    ]
    .map(waiting);
    let (budgets, any, goals) = (app.get(&budgets), app.get(&any), app.get(&goals));
    let write = async {
        // The others have come, or come to something that is there already.
        app.budget(2024).await;
    };
    let (budgets, any, goals, ()) = tokio::join!(budgets, any, goals, write);
    assert!(begun.elapsed() < WITHIN, "{:?}", begun.elapsed());
    for answer in [budgets, any] {
        let answer = answer.expect(200).json();
        assert_eq!(answer["items"][0]["key"], json!({"budgetYear": 2024}));
    }
    let goals = goals.expect(200).json();
    assert_eq!(goals["items"], json!([]));
    assert_eq!(goals["cursor"], after.as_str());
}

#[tokio::test]
async fn two_thousand_wait_at_once_on_no_connection_and_all_are_told() {
    const MANY: usize = 2_000;
    let app = TestApp::start().await;
    app.budget(2023).await;
    let after = end(&app).await;
    let path = format!("/changes?after={after}&wait=60&limit=5");
    let waiting = join_all((0..MANY).map(|_| app.get(&path)));
    let write = async {
        let sql = app.sql().await;
        eventually(
            "they wait, and the service answers others",
            WITHIN,
            async || {
                let (_, requests) = (app.get("/budgets").await.expect(200), app.waiting());
                requests >= MANY
            },
        )
        .await;
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                       AND usename = 'malbild' AND state <> 'idle'";
        let busy: i64 = sql.query_one(busy, &[]).await.expect("a row").get(0);
        assert_eq!(busy, 0, "connections at work while all wait");
        app.budget(2024).await;
    };
    let (answers, ()) = tokio::join!(waiting, write);
    for answer in answers {
        let answer = answer.expect(200).json();
        assert_eq!(answer["items"][0]["key"], json!({"budgetYear": 2024}));
    }
}

#[tokio::test]
async fn a_change_is_told_after_the_link_to_the_database_was_gone() {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_on(database, &url, &[]).await;
    app.budget(2023).await;
    let after = end(&app).await;
    let path = format!("/changes?after={after}&wait=60");
    let waiting = app.get(&path);
    let write = async {
        eventually("it waits", WITHIN, async || app.waiting() == 1).await;
        proxy.set(Link::Cut);
        let sql = app.sql().await;
        let budget = "INSERT INTO budgets (budget_year, title) VALUES (2024, 'by hand')";
        sql.execute(budget, &[]).await.expect("a budget");
        proxy.set(Link::Whole);
    };
    let (answer, ()) = tokio::join!(waiting, write);
    let answer = answer.expect(200).json();
    assert_eq!(answer["items"][0]["key"], json!({"budgetYear": 2024}));
}
