//! A database that is away, silent, locked or slow (rows 2, 3 and 22): every
//! answer comes in time, and all is well again without a restart.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use malbild::auth::Role;
use malbild::problem::Code;
use serde_json::json;

use crate::support::proxy::{Link, Proxy};
use crate::support::{Answer, TestApp, cluster::cluster, eventually};

/// How long a request waits for the database in these tests.
const TIMEOUT: Duration = Duration::from_secs(1);
/// What a busy machine may add to it.
const MARGIN: Duration = Duration::from_secs(1);

async fn timed(request: impl Future<Output = Answer>) -> (Answer, Duration) {
    let begun = Instant::now();
    (request.await, begun.elapsed())
}

async fn lives(app: &TestApp) {
    let http = reqwest::Client::new();
    let live = http.get(format!("{}/health/live", app.base));
    // Even with a key, that nobody could look up now.
    let live = live.header("authorization", "Bearer mb_x");
    let begun = Instant::now();
    assert_eq!(live.send().await.expect("an answer").status(), 200);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

async fn ready(app: &TestApp) -> u16 {
    let answer = reqwest::get(format!("{}/health/ready", app.base)).await;
    answer.expect("an answer").status().as_u16()
}

/// Reads and writes at once; all are refused in time.
async fn all_refused(app: &TestApp, key: &str) {
    let body = json!({"title": "lost"});
    let reads = (0..20).map(|_| timed(app.get("/budgets/2024")));
    let writes = (0..20).map(|n| {
        let write = app.request("PUT", &format!("/budgets/{}", 2100 + n));
        timed(write.key(key).json(&body).send())
    });
    let (reads, writes) = futures_util::join!(join_all(reads), join_all(writes));
    for (answer, took) in reads.into_iter().chain(writes) {
        let answer = answer.problem(503, "databaseUnavailable");
        let after: u32 = answer
            .header("retry-after")
            .parse()
            .expect("Retry-After in seconds");
        assert!((1..=30).contains(&after));
        assert!(took < TIMEOUT + MARGIN, "{took:?}");
    }
    let (status, took) = {
        let begun = Instant::now();
        (ready(app).await, begun.elapsed())
    };
    assert_eq!(status, 503);
    assert!(took < TIMEOUT + MARGIN, "{took:?}");
    lives(app).await;
}

async fn well_again(app: &TestApp, key: &str) {
    eventually("reads are answered", Duration::from_secs(5), async || {
        app.get("/budgets/2024").await.status == 200
    })
    .await;
    eventually("ready", Duration::from_secs(5), async || {
        ready(app).await == 200
    })
    .await;
    // Every connection of the pool, not only the first, is good again.
    for answer in join_all((0..30).map(|_| app.get("/budgets"))).await {
        answer.expect(200);
    }
    let write = app.request("PUT", "/budgets/2030").key(key);
    write
        .json(&json!({"title": "kept"}))
        .send()
        .await
        .expect(201);
}

// Row 2
async fn a_link(fault: Link) {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    join_all((0..30).map(|_| app.get("/budgets/2024"))).await;
    proxy.set(fault);
    all_refused(&app, &key).await;
    proxy.set(Link::Whole);
    well_again(&app, &key).await;
    let list = app.get("/budgets?budgetYear=2100").await.expect(200).json();
    assert_eq!(list["items"], json!([]), "what was refused was not written");
}

#[tokio::test]
async fn a_link_that_is_reset_gives_503_in_time_and_heals() {
    a_link(Link::Cut).await;
}

#[tokio::test]
async fn a_link_that_falls_silent_gives_503_in_time_and_heals() {
    a_link(Link::Silent).await;
}

#[tokio::test]
async fn one_silent_connection_does_not_cost_every_other_request_its_time() {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    app.budget(2024).await;
    join_all((0..30).map(|_| app.get("/budgets/2024"))).await;
    // As when something between forgets all connections: only new ones work.
    proxy.set(Link::Silent);
    app.get("/budgets/2024")
        .await
        .problem(503, "databaseUnavailable");
    proxy.set(Link::Whole);
    let begun = Instant::now();
    eventually("reads are answered", Duration::from_secs(5), async || {
        app.get("/budgets/2024").await.status == 200
    })
    .await;
    for answer in join_all((0..30).map(|_| app.get("/budgets/2024"))).await {
        answer.expect(200);
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

// Row 3
#[tokio::test]
async fn a_locked_table_gives_503_in_time_and_200_at_once_after_the_release() {
    let database = cluster().database().await;
    let url = database.runtime_url();
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    app.budget(2024).await;
    let key = app.key(Role::Editor).await;
    let sql = app.sql().await;
    sql.batch_execute("BEGIN; LOCK TABLE budgets IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let reads = join_all((0..50).map(|_| timed(app.get("/budgets/2024"))));
    let (reads, ()) = futures_util::join!(reads, lives(&app));
    for (answer, took) in reads {
        let answer = answer.problem(503, "databaseUnavailable");
        assert!(!answer.header("retry-after").is_empty());
        assert!(took < TIMEOUT + MARGIN, "{took:?}");
    }
    let write = app
        .request("PUT", "/budgets/2025")
        .key(&key)
        .json(&json!({"title": "a"}));
    let (write, took) = timed(write.send()).await;
    write.problem(503, "databaseUnavailable");
    assert!(took < TIMEOUT + MARGIN, "{took:?}");
    sql.batch_execute("COMMIT").await.unwrap();
    app.get("/budgets/2024").await.expect(200);
    app.get("/budgets/2025").await.problem(404, "notFound");
}

// Row 22
#[tokio::test]
async fn a_statement_past_its_time_gives_503_and_is_gone_from_the_database() {
    let database = cluster().database().await;
    let url = database.runtime_url();
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    let key = app.key(Role::Editor).await;
    let sql = app.sql().await;
    // A slow statement, and a slow commit.
    let triggers = [
        (2024, "TRIGGER nap BEFORE", ""),
        (
            2025,
            "CONSTRAINT TRIGGER nap AFTER",
            "DEFERRABLE INITIALLY DEFERRED",
        ),
    ];
    for (year, trigger, when) in triggers {
        sql.batch_execute(&format!(
            "CREATE OR REPLACE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
             CREATE {trigger} INSERT ON budgets {when} FOR EACH ROW EXECUTE FUNCTION nap()"
        ))
        .await
        .unwrap();
        let put = app.request("PUT", &format!("/budgets/{year}")).key(&key);
        let (answer, took) = timed(put.json(&json!({"title": "a"})).send()).await;
        answer.problem(503, "databaseUnavailable");
        assert!(took < TIMEOUT + MARGIN, "{took:?}");
        eventually(
            "the statement is gone",
            Duration::from_secs(2),
            async || {
                let busy = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'malbild' \
                        AND datname = current_database() AND state <> 'idle'";
                let busy: i64 = sql.query_one(busy, &[]).await.unwrap().get(0);
                busy == 0
            },
        )
        .await;
        app.get(&format!("/budgets/{year}"))
            .await
            .problem(404, "notFound");
        let drop = "DROP TRIGGER nap ON budgets";
        sql.batch_execute(drop).await.unwrap();
    }
    app.budget(2024).await;
}

#[tokio::test]
async fn a_key_and_a_write_that_are_slow_together_have_one_request_s_time() {
    let database = cluster().database().await;
    let url = database.runtime_url();
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    let key = app.key(Role::Editor).await;
    let sql = app.sql().await;
    // Looking up the key takes most of the time, for it is noted as used.
    sql.batch_execute(
        "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$;
         CREATE TRIGGER nap BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION nap();
         CREATE TRIGGER nap BEFORE INSERT ON budgets FOR EACH ROW EXECUTE FUNCTION nap()",
    )
    .await
    .unwrap();
    let put = app
        .request("PUT", "/budgets/2024")
        .key(&key)
        .json(&json!({"title": "a"}));
    let (answer, took) = timed(put.send()).await;
    answer.problem(503, "databaseUnavailable");
    assert!(took < TIMEOUT + MARGIN, "{took:?}");
}

#[tokio::test]
async fn there_may_be_as_many_connections_as_the_setting_says() {
    let app = TestApp::start().await;
    let patience = Duration::from_secs(5);
    eventually("every worker has its connections", patience, async || {
        app.get("/budgets").await.expect(200);
        app.pool.pool_use().2 == 8
    })
    .await;
}

#[tokio::test]
async fn a_fault_of_our_own_in_a_read_is_told_and_the_next_read_is_answered() {
    let app = TestApp::start().await;
    let broken = app
        .pool
        .read::<(), _>(|_| Box::pin(async { panic!("as the test wants it") }))
        .await;
    assert_eq!(broken.expect_err("a problem").code, Code::Internal);
    let whole = app.pool.read(|_| Box::pin(async { Ok(7) })).await;
    assert_eq!(whole.expect("a read"), 7);
}
