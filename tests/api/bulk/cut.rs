//! Loads that end in the middle: all rows or none.

use std::time::Duration;

use malbild::auth::Role;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_postgres::Client;

use super::{LINES, counts, lines, make_municipalities, post, row, send, started, totals};
use crate::support::program::Program;
use crate::support::proxy::{Link, Proxy, reset};
use crate::support::{TestApp, eventually, raw};

const WITHIN: Duration = Duration::from_secs(20);
const ROWS: usize = 5_000;

/// Waits until a load has written rows and waits for the one that `holding` holds,
/// which is the last of its keys.
async fn in_the_middle(app: &TestApp) {
    let watching = app.sql().await;
    eventually("the load waits for the last row", WITHIN, async || {
        let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database()
                         AND wait_event_type = 'Lock' AND query LIKE 'WITH turns%'";
        !watching.query(waiting, &[]).await.unwrap().is_empty()
    })
    .await;
}

/// Makes the last of the keys and locks it.
async fn hold_the_last(app: &TestApp, key: &str) -> Client {
    let last = json!({"indicatorCode": "U07451", "municipalityCode": "2380", "year": 2022, "gender": "T", "value": 0});
    post(app, key, "", &[last]).await.expect(200);
    let holding = app.sql().await;
    let hold = "BEGIN; SELECT FROM indicator_values WHERE indicator_code = 'U07451' FOR UPDATE";
    holding.batch_execute(hold).await.unwrap();
    holding
}

/// Many rows, and the last of the keys.
fn body() -> String {
    lines(ROWS, |n| n.to_string()) + &row("U07451", 2022, json!(1)).to_string()
}

/// All rows of the load are there, or none.
async fn whole(app: &TestApp) -> bool {
    let (rows, total) = totals(&app.sql().await).await;
    assert_eq!(rows, total);
    match rows as usize {
        1 => false,
        all if all == ROWS + 1 => true,
        some => panic!("{some} rows"),
    }
}

// Row 7
#[tokio::test]
async fn sigterm_in_the_middle_of_a_load_lets_it_finish_or_leaves_nothing_of_it() {
    for let_go in [true, false] {
        let (app, key) = started().await;
        make_municipalities(&app).await;
        let holding = hold_the_last(&app, &key).await;
        let program = program(&app, if let_go { "20" } else { "1" });
        let load = tokio::spawn(request(&program, &key).send());
        in_the_middle(&app).await;
        program.terminate();
        let address = program.base.trim_start_matches("http://").to_owned();
        eventually("nobody new is let in", WITHIN, async || {
            tokio::net::TcpStream::connect(&address).await.is_err()
        })
        .await;
        if let_go {
            holding.batch_execute("ROLLBACK").await.unwrap();
        }
        let ended = program.wait();
        assert!(ended.status.success(), "{}", ended.output);
        let answer = load.await.expect("a task");
        if let_go {
            assert_eq!(answer.expect("an answer").status(), 200);
        } else {
            holding.batch_execute("ROLLBACK").await.unwrap();
            settled(&app).await;
        }
        assert_eq!(whole(&app).await, let_go);
    }
}

// Row 7
#[tokio::test]
async fn sigkill_in_the_middle_of_a_load_leaves_nothing_of_it() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    let holding = hold_the_last(&app, &key).await;
    let program = program(&app, "10");
    let load = tokio::spawn(request(&program, &key).send());
    in_the_middle(&app).await;
    program.kill();
    load.await.expect("a task").expect_err("no answer");
    holding.batch_execute("ROLLBACK").await.unwrap();
    settled(&app).await;
    assert!(!whole(&app).await);
    let report = send(&app, &key, "", LINES, body()).await.expect(200).json();
    assert_eq!(counts(&report), [ROWS as i64, 1, 0, 0, 0, 0]);
}

fn program(app: &TestApp, stops_within: &str) -> Program {
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("DATABASE_TIMEOUT_MS", "1000"),
        ("STOP_TIMEOUT_SECONDS", stops_within),
    ])
}

fn request(program: &Program, key: &str) -> reqwest::RequestBuilder {
    let request = reqwest::Client::new().post(format!("{}/malbild/v1/values", program.base));
    let request = request.bearer_auth(key).header("content-type", LINES);
    request.body(body())
}

/// Waits until nothing is under way in the database.
async fn settled(app: &TestApp) {
    let sql = app.sql().await;
    eventually("nothing is under way", WITHIN, async || {
        let open = "SELECT FROM pg_stat_activity WHERE datname = current_database()
                      AND usename = 'malbild' AND state <> 'idle'";
        sql.query(open, &[]).await.unwrap().is_empty()
    })
    .await;
}

// Row 4
#[tokio::test]
async fn a_client_that_goes_away_in_the_middle_of_its_body_writes_nothing_and_later_everything() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    let body = body();
    let head = format!(
        "POST /malbild/v1/values HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: {LINES}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    for part in [1, body.len() / 2, body.len() - 1] {
        let mut socket = raw::connect(&app.base).await;
        socket.write_all(head.as_bytes()).await.expect("sent");
        let part = &body.as_bytes()[..part];
        socket.write_all(part).await.expect("sent");
        reset(&socket);
    }
    let holding = hold_the_last(&app, &key).await;
    assert!(!whole(&app).await);
    // The whole body is there: the load goes on without its client.
    let mut socket = raw::connect(&app.base).await;
    let whole_request = format!("{head}{body}");
    socket
        .write_all(whole_request.as_bytes())
        .await
        .expect("sent");
    in_the_middle(&app).await;
    reset(&socket);
    drop(socket);
    holding.batch_execute("ROLLBACK").await.unwrap();
    eventually("the load is done", WITHIN, async || whole(&app).await).await;
    settled(&app).await;
}

// Row 2
#[tokio::test]
async fn a_link_to_the_database_that_is_cut_in_the_middle_of_a_load_is_503_and_leaves_nothing() {
    let database = crate::support::cluster::cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_on(database, &url, &[]).await;
    let key = super::furnish(&app).await;
    make_municipalities(&app).await;
    let holding = hold_the_last(&app, &key).await;
    let load = send(&app, &key, "", LINES, body());
    let cut = async {
        in_the_middle(&app).await;
        proxy.set(Link::Cut);
    };
    let (answer, ()) = futures_util::join!(load, cut);
    let failed = answer.problem(503, "databaseUnavailable");
    assert!(!failed.header("retry-after").is_empty());
    holding.batch_execute("ROLLBACK").await.unwrap();
    settled(&app).await;
    assert!(!whole(&app).await);
    proxy.set(Link::Whole);
    eventually("loads are taken again", WITHIN, async || {
        send(&app, &key, "", LINES, body()).await.status == 200
    })
    .await;
    assert!(whole(&app).await);
    let other = app.key(Role::Admin).await;
    send(&app, &other, "", LINES, body()).await.expect(200);
}
