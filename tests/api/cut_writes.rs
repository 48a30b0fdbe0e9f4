//! Clients that go away in the middle: a write is whole or not there (row 4),
//! and no connection is left with something under way on it.

use std::time::Duration;

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::proxy::reset;
use crate::support::{TestApp, eventually, raw};

/// How a client goes away.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Reset,
    Finish,
}

/// Sends the first `part` hundredths of a PUT and goes away.
async fn cut(app: &TestApp, key: &str, tag: &str, n: usize, end: End) {
    let body = json!({"title": format!("cut {n}"), "description": "x".repeat(2000)}).to_string();
    let request = format!(
        "PUT /malbild/v1/budgets/2024 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nIf-Match: {tag}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // From a piece of the head to the whole request.
    let part = request.len() * (n % 10 + 1) / 10;
    let mut socket = raw::connect(&app.base).await;
    socket
        .write_all(&request.as_bytes()[..part])
        .await
        .expect("sent");
    match end {
        End::Reset => reset(&socket),
        End::Finish => socket.shutdown().await.expect("finished"),
    }
}

// Row 4
#[tokio::test]
async fn writes_that_clients_cut_leave_no_open_transaction_and_no_half_row() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2024).await;
    let tag = made.etag().to_owned();
    let acknowledged = async {
        let body = json!({"title": "kept"});
        for years in (1900..2100).collect::<Vec<i32>>().chunks(20) {
            let put = |year: &i32| {
                let put = app.request(
                    "PUT",
                    &format!("/budgets/{}", year + i32::from(*year >= 2024)),
                );
                put.key(&key).json(&body).send()
            };
            for answer in join_all(years.iter().map(put)).await {
                answer.expect(201);
            }
        }
    };
    let cuts = async {
        for n in 0..200 {
            cut(&app, &key, &tag, n, End::Reset).await;
            cut(&app, &key, &tag, n, End::Finish).await;
        }
    };
    futures_util::join!(acknowledged, cuts);
    let sql = app.sql().await;
    eventually(
        "no transaction is open",
        Duration::from_secs(2),
        async || {
            let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND usename = 'malbild' AND state LIKE 'idle in transaction%'";
            let open: i64 = sql.query_one(open, &[]).await.unwrap().get(0);
            open == 0
        },
    )
    .await;
    let list = app.get("/budgets?limit=1").await.expect(200).json();
    assert_eq!(
        list["_meta"]["totalRecords"], 201,
        "all that was acknowledged"
    );
    eventually(
        "the same row is writable",
        Duration::from_secs(2),
        async || {
            let tag = app.get("/budgets/2024").await.expect(200).etag().to_owned();
            let put = app.request("PUT", "/budgets/2024").key(&key).if_match(&tag);
            put.json(&json!({"title": "mine"})).send().await.status == 200
        },
    )
    .await;
    // All cut writes had one ETag, so at most one can have been made, and whole.
    let changes = "SELECT count(*), coalesce(bool_and(after ->> 'title' = 'mine' \
                   OR length(after ->> 'description') = 2000), true) FROM history \
                   WHERE resource = 'budgets' AND key = '{\"budget_year\": 2024}' AND action = 'updated'";
    let row = sql.query_one(changes, &[]).await.unwrap();
    assert!((1..=2).contains(&row.get::<_, i64>(0)));
    assert!(row.get::<_, bool>(1));
}

// Row 36
#[tokio::test]
async fn reads_that_clients_cut_take_no_more_connections_than_there_may_be() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let sql = app.sql().await;
    sql.batch_execute("BEGIN; LOCK TABLE budgets IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let other = app.sql().await;
    let count = async |state: &str| -> i64 {
        let count = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'malbild' AND {state}"
        );
        other.query_one(&count, &[]).await.unwrap().get(0)
    };
    for _ in 0..100 {
        let mut socket = raw::connect(&app.base).await;
        let request = b"GET /malbild/v1/budgets/2024 HTTP/1.1\r\nHost: a\r\n\r\n";
        socket.write_all(request).await.expect("sent");
        reset(&socket);
    }
    let patience = Duration::from_secs(10);
    let waiting = "wait_event_type = 'Lock'";
    eventually("reads wait", patience, async || count(waiting).await > 0).await;
    assert!(count("true").await <= 8, "as many as the setting says");
    eventually("no read is left", patience, async || {
        count(waiting).await == 0
    })
    .await;
    sql.batch_execute("ROLLBACK").await.unwrap();
    for _ in 0..20 {
        app.get("/budgets/2024").await.expect(200);
    }
    assert!(count("true").await <= 8, "as many as the setting says");
}
