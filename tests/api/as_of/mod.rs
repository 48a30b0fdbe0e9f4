//! `asOf`: the answer that was given at an earlier moment.

mod days;
mod faults;
mod lists;
mod moments;
mod same_answer;

use tokio_postgres::Client;

use crate::support::{Answer, TestApp};

/// What an answer of the past says of how long it may be kept.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The time of the last commit, to the microsecond, moved by so many.
async fn last_commit(sql: &Client, microseconds: i64) -> String {
    let time = "SELECT to_char((max(committed_at) + $1 * interval '1 microsecond') AT TIME ZONE 'UTC', \
                'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM change_sets";
    let moved = microseconds as f64;
    sql.query_one(time, &[&moved]).await.expect("a time").get(0)
}

/// Gives the last commit this time.
async fn place_last(sql: &Client, time: &str) {
    let place = format!(
        "UPDATE change_sets SET committed_at = '{time}'
          WHERE commit_position = (SELECT max(commit_position) FROM change_sets)"
    );
    sql.batch_execute(&place).await.expect("placed");
}

/// A path with one more parameter.
fn with(path: &str, name: &str, value: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    let value = malbild::http::query::encode(value);
    format!("{path}{mark}{name}={value}")
}

/// The answer of a moment.
async fn at(app: &TestApp, path: &str, moment: &str) -> Answer {
    app.get(&with(path, "asOf", moment)).await
}
