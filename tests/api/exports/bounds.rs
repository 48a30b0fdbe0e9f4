//! A slow reader, one that leaves, and a database that fails.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::started;
use crate::support::cluster::cluster;
use crate::support::program::Program;
use crate::support::proxy::{Link, Proxy};
use crate::support::{TestApp, eventually, raw};

/// More than the sockets hold.
const MANY: usize = 40_000;

/// Begins an export and takes only its first bytes.
async fn begin(app: &TestApp, form: &str) -> TcpStream {
    begin_at(&app.base, form).await
}

async fn begin_at(base: &str, form: &str) -> TcpStream {
    let mut socket = raw::connect(base).await;
    let request = format!("GET /malbild/v1/values?format={form} HTTP/1.1\r\nhost: x\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut begun = [0; 1000];
    socket.read_exact(&mut begun).await.unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 200"));
    socket
}

/// How many statements of exports PostgreSQL is at.
async fn under_way(app: &TestApp) -> i64 {
    let sql = app.sql().await;
    let row = sql.query_one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query NOT ILIKE 'listen%'
            AND (query ILIKE 'copy%' OR query ILIKE 'select%indicator_values%')",
        &[],
    );
    row.await.unwrap().get(0)
}

#[tokio::test]
async fn a_reader_that_leaves_ends_the_query() {
    let (app, _) = started(MANY, &[]).await;
    for form in ["csv", "ndjson"] {
        let socket = begin(&app, form).await;
        eventually(
            "the query waits for its reader",
            Duration::from_secs(5),
            async || under_way(&app).await == 1,
        )
        .await;
        drop(socket);
        eventually("the query is gone", Duration::from_secs(2), async || {
            under_way(&app).await == 0
        })
        .await;
    }
}

#[tokio::test]
async fn slow_readers_fill_the_places_for_exports_and_cost_the_others_nothing() {
    let (app, _) = started(MANY, &["--export-max-concurrent=2"]).await;
    let slow = [begin(&app, "csv").await, begin(&app, "csv").await];
    let refused = app
        .get("/goals?format=csv")
        .await
        .problem(503, "databaseUnavailable");
    assert!(!refused.header("retry-after").is_empty());
    app.get("/values?limit=10").await.expect(200);
    app.get("/values?format=csvw")
        .await
        .problem(503, "databaseUnavailable");
    drop(slow);
    eventually(
        "a place is free again",
        Duration::from_secs(5),
        async || app.get("/goals?format=csv").await.status == 200,
    )
    .await;
}

#[tokio::test]
async fn an_export_that_becomes_too_old_is_cut_off_and_not_ended_as_if_it_were_whole() {
    let (app, _) = started(MANY, &["--export-timeout-seconds=1"]).await;
    for form in ["csv", "ndjson"] {
        let mut socket = begin(&app, form).await;
        eventually("the query is gone", Duration::from_secs(5), async || {
            under_way(&app).await == 0
        })
        .await;
        let rest = raw::read_to_end(&mut socket).await;
        assert!(
            !rest.0.ends_with("0\r\n\r\n"),
            "{form}: it ends as if it were whole"
        );
    }
}

/// Reads what is left after the service has given the reader up.
async fn rest_after_the_query_is_gone(app: &TestApp, socket: &mut TcpStream) -> raw::Raw {
    eventually("the query is gone", Duration::from_secs(8), async || {
        under_way(app).await == 0
    })
    .await;
    // The place is given back when nothing is passed on any more.
    eventually("the place is free", Duration::from_secs(8), async || {
        app.get("/boards?format=csv").await.status == 200
    })
    .await;
    raw::read_to_end(socket).await
}

#[tokio::test]
async fn a_reader_that_takes_nothing_for_long_is_cut_off_and_sees_it() {
    let options = ["--export-stall-seconds=1", "--export-max-concurrent=1"];
    let (app, _) = started(MANY, &options).await;
    for form in ["csv", "ndjson"] {
        let mut socket = begin(&app, form).await;
        let rest = rest_after_the_query_is_gone(&app, &mut socket).await;
        assert!(
            rest.0.len() > 100_000,
            "{form}: what was on the way still comes"
        );
        assert!(
            !rest.0.ends_with("0\r\n\r\n"),
            "{form}: it ends as if it were whole"
        );
    }
}

#[tokio::test]
async fn an_old_export_whose_reader_sleeps_past_its_end_is_cut_off_and_seen_to_be() {
    let options = [
        "--export-timeout-seconds=1",
        "--export-stall-seconds=2",
        "--export-max-concurrent=1",
    ];
    let (app, _) = started(MANY, &options).await;
    for form in ["csv", "ndjson"] {
        let mut socket = begin(&app, form).await;
        let rest = rest_after_the_query_is_gone(&app, &mut socket).await;
        assert!(
            !rest.0.ends_with("0\r\n\r\n"),
            "{form}: it ends as if it were whole"
        );
    }
}

#[tokio::test]
async fn a_database_that_goes_away_cuts_the_body_and_before_it_is_503() {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_on(database, &url, &[]).await;
    app.indicator("N01951", true).await;
    app.municipality("3000", "municipality").await;
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO municipalities (municipality_code, name, kind)
         SELECT n::text, n::text, 'municipality' FROM generate_series(3001, 3999) n;
         INSERT INTO indicator_values
                (indicator_code, municipality_code, year, gender, value, status, provenance, note)
         SELECT 'N01951', (3000 + n / 100)::text, 2000 + n % 100, 'T', n, 'final', 'kolada', repeat('x', 1000)
           FROM generate_series(0, 39999) n",
    )
    .await
    .unwrap();
    let mut csv = begin(&app, "csv").await;
    let mut lines = begin(&app, "ndjson").await;
    proxy.set(Link::Cut);
    for socket in [&mut csv, &mut lines] {
        let rest = raw::read_to_end(socket).await;
        assert!(
            !rest.0.ends_with("0\r\n\r\n"),
            "it ends as if it were whole"
        );
    }
    app.get("/values?format=csv")
        .await
        .problem(503, "databaseUnavailable");
    proxy.set(Link::Whole);
    app.get("/boards?format=csv").await.expect(200);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_row_ends_the_query() {
    let (app, _) = started(10, &["--export-max-concurrent=1"]).await;
    let mut sql = app.sql().await;
    let lock = sql.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE indicator_values IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let mut socket = raw::connect(&app.base).await;
    let request = "GET /malbild/v1/values?format=csv HTTP/1.1\r\nhost: x\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    eventually("the query waits", Duration::from_secs(2), async || {
        under_way(&app).await == 1
    })
    .await;
    crate::support::proxy::reset(&socket);
    drop(socket);
    eventually("the query is gone", Duration::from_secs(2), async || {
        under_way(&app).await == 0
    })
    .await;
    lock.rollback().await.unwrap();
    app.get("/values?format=csv").await.expect(200);
}

#[tokio::test]
async fn a_locked_table_is_503_in_bounded_time() {
    let (app, _) = started(10, &[]).await;
    let mut sql = app.sql().await;
    let lock = sql.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE indicator_values IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    for form in ["csv", "ndjson"] {
        let refused = app.get(&format!("/values?format={form}")).await;
        refused.problem(503, "databaseUnavailable");
    }
    assert!(begun.elapsed() < Duration::from_secs(12));
    lock.rollback().await.unwrap();
    app.get("/values?format=csv").await.expect(200);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_slow_reader() {
    let (app, _) = started(MANY, &[]).await;
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    let program = Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("STOP_TIMEOUT_SECONDS", "1"),
    ]);
    let mut socket = begin_at(&program.base, "csv").await;
    let begun = std::time::Instant::now();
    program.terminate();
    let ended = program.wait();
    assert!(ended.status.success(), "{}", ended.output);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let rest = raw::read_to_end(&mut socket).await;
    assert!(
        !rest.0.ends_with("0\r\n\r\n"),
        "it ends as if it were whole"
    );
}
