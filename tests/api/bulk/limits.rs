//! How large a load may be, and how long it may take.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::json;

use super::{CSV, JSON, LINES, counts, furnish, lines, make_municipalities, post, row, send};
use crate::support::TestApp;
use crate::support::raw::exchange;

// Row 19
#[tokio::test]
async fn a_load_with_more_bytes_than_it_may_have_is_413_announced_or_not() {
    let app = TestApp::start_with(&["--load-max-bytes=4096", "--max-body-bytes=1024"]).await;
    let key = furnish(&app).await;
    let mut large = row("N01951", 2022, json!(1));
    large["note"] = json!("x".repeat(3_000));
    post(&app, &key, "", &[large.clone()]).await.expect(200);
    let body = format!("[{large}{}]", " ".repeat(4_096));
    for media_type in [JSON, LINES, CSV] {
        let refused = send(&app, &key, "", media_type, body.clone()).await;
        refused.problem(413, "bodyTooLarge");
    }
    let head = format!(
        "POST /malbild/v1/values HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    );
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    assert_eq!(exchange(&app.base, chunked).await.status(), 413);
    let announced = format!("{head}Content-Length: 99999999999\r\n\r\n");
    assert_eq!(exchange(&app.base, announced).await.status(), 413);
    let endless = send(&app, &key, "", LINES, vec![b' '; 20 << 20]).await;
    endless.problem(413, "bodyTooLarge");
    // The limit of other bodies stays what it was.
    let budget = app.request("PUT", "/budgets/2024").key(&key);
    let budget = budget.json(&json!({"title": "a", "description": "x".repeat(2_000)}));
    budget.send().await.problem(413, "bodyTooLarge");
}

#[tokio::test]
async fn a_load_with_more_rows_than_it_may_have_is_413_in_every_form() {
    let app = TestApp::start_with(&["--load-max-rows=3"]).await;
    let key = furnish(&app).await;
    make_municipalities(&app).await;
    let body = |count: usize| {
        let lines = lines(count, |n| n.to_string());
        let array = format!("[{}]", lines.trim_end().replace('\n', ","));
        let row = |n: usize| format!("N01951,3000,{},T,{n}\n", 1900 + n);
        let rows: String = (0..count).map(row).collect();
        let csv = format!("indicatorCode,municipalityCode,year,gender,value\n{rows}");
        [(JSON, array), (LINES, lines), (CSV, csv)]
    };
    for (media_type, rows) in body(3) {
        send(&app, &key, "", media_type, rows).await.expect(200);
    }
    for (media_type, rows) in body(4) {
        for mode in ["atomic", "partial"] {
            let query = format!("mode={mode}&dryRun=true");
            let refused = send(&app, &key, &query, media_type, rows.clone()).await;
            let refused = refused.problem(413, "bodyTooLarge").json();
            assert_eq!(refused["detail"], "a load may have at most 3 rows");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_415_and_told_which_are_taken() {
    let (app, key) = super::started().await;
    let taken = "application/json, application/x-ndjson, text/csv";
    for media_type in [
        "text/plain",
        "application/xml",
        "text/csv;charset=latin1",
        "application/csv",
        "",
    ] {
        let refused = send(&app, &key, "", media_type, "[]").await;
        let refused = refused.problem(415, "unsupportedMediaType");
        assert_eq!(refused.header("accept-post"), taken);
    }
    let options = app.request("OPTIONS", "/values").send().await.expect(204);
    assert_eq!(options.header("accept-post"), taken);
    assert_eq!(options.header("allow"), "GET, HEAD, POST, OPTIONS");
    let packed = app.request("POST", "/values").key(&key).json(&json!([]));
    let packed = packed.header("content-encoding", "gzip").send().await;
    packed.problem(415, "unsupportedMediaType");
    let header = "indicatorCode,municipalityCode,year,gender,value\n";
    for media_type in ["Text/CSV; charset=\"UTF-8\"", "text/csv; header=present"] {
        send(&app, &key, "", media_type, header).await.expect(200);
    }
}

#[tokio::test]
async fn a_load_waits_longer_than_other_writes_but_not_for_ever() {
    let database = crate::support::cluster::cluster().database().await;
    let url = database.runtime_url();
    let options = ["--load-timeout-ms=1500"];
    let app = TestApp::start_within(database, &url, Duration::from_millis(500), &options).await;
    let key = furnish(&app).await;
    let one = [row("N01951", 2022, json!(1))];
    post(&app, &key, "", &one).await.expect(200);
    let other = app.sql().await;
    other
        .batch_execute("BEGIN; SELECT FROM indicator_values FOR UPDATE")
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    let changed = [row("N01951", 2022, json!(2))];
    let put = app.request("PUT", "/indicators/N01951/values/2380/2022/T");
    let put = put.key(&key).json(&json!({"value": 3})).send();
    let load = post(&app, &key, "", &changed);
    let (put, load) = futures_util::join!(put, load);
    let busy = load.problem(503, "databaseUnavailable");
    assert!(!busy.header("retry-after").is_empty());
    put.problem(503, "databaseUnavailable");
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(1_200), "{took:?}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    other.batch_execute("ROLLBACK").await.unwrap();
    let report = post(&app, &key, "", &changed).await.expect(200).json();
    assert_eq!(counts(&report), [0, 1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn no_more_than_two_loads_are_under_way_at_once_and_other_writes_go_on() {
    let (app, key) = super::started().await;
    let rows = [row("N01951", 2022, json!(1))];
    post(&app, &key, "", &rows).await.expect(200);
    let other = app.sql().await;
    other
        .batch_execute("BEGIN; SELECT FROM indicator_values FOR UPDATE")
        .await
        .unwrap();
    let changed = [row("N01951", 2022, json!(2))];
    let loads = (0..6).map(|_| post(&app, &key, "", &changed));
    let mut loads: FuturesUnordered<_> = loads.collect();
    // Two wait for the row, the others for a place, and are told to come again.
    for _ in 0..4 {
        let busy = loads.next().await.expect("an answer");
        let busy = busy.problem(503, "databaseUnavailable");
        assert!(!busy.header("retry-after").is_empty());
    }
    let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let watching = app.sql().await;
    assert_eq!(watching.query(waiting, &[]).await.unwrap().len(), 2);
    let put = app.request("PUT", "/indicators/U07451/values/2380/2022/T");
    let put = put.key(&key).json(&json!({"value": 3})).send().await;
    put.expect(201);
    other.batch_execute("ROLLBACK").await.unwrap();
    while let Some(answer) = loads.next().await {
        answer.expect(200);
    }
    post(&app, &key, "", &changed).await.expect(200);
}
