//! `POST /values`: many values in one transaction.

mod boards;
mod concurrent;
mod cut;
mod faults;
mod forms;
mod large;
mod limits;
mod report;

use malbild::auth::Role;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{Answer, TestApp};

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

/// A service with Östersund, the country, N01951 (divided by gender) and
/// U07451 (not), and an editor's key.
async fn started() -> (TestApp, String) {
    let app = TestApp::start().await;
    let key = furnish(&app).await;
    (app, key)
}

async fn furnish(app: &TestApp) -> String {
    app.municipality("2380", "municipality").await;
    app.municipality("0000", "country").await;
    app.indicator("N01951", true).await;
    app.indicator("U07451", false).await;
    app.key(Role::Editor).await
}

/// Makes the municipalities 3000 to 3060, for many rows.
async fn make_municipalities(app: &TestApp) {
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO municipalities (municipality_code, name, kind)
         SELECT n::text, n::text, 'municipality' FROM generate_series(3000, 3060) n",
    )
    .await
    .unwrap();
}

/// The key of the row `n` of many.
fn nth(n: usize) -> (usize, usize) {
    (3000 + n / 250, 1900 + n % 250)
}

/// So many rows as JSON line by line, each with a figure of its number.
fn lines(count: usize, figure: impl Fn(usize) -> String) -> String {
    let row = |n: usize| {
        let ((municipality, year), value) = (nth(n), figure(n));
        format!(
            "{{\"indicatorCode\":\"N01951\",\"municipalityCode\":\"{municipality}\",\"year\":{year},\"gender\":\"T\",\"value\":{value}}}\n"
        )
    };
    (0..count).map(row).collect()
}

/// A row for Östersund's value of an indicator, of all.
fn row(code: &str, year: i32, value: Value) -> Value {
    json!({"indicatorCode": code, "municipalityCode": "2380", "year": year, "gender": "T", "value": value})
}

/// A row that withdraws it.
fn withdrawal(code: &str, year: i32) -> Value {
    json!({"indicatorCode": code, "municipalityCode": "2380", "year": year, "gender": "T", "action": "delete"})
}

/// Sends a body of this type.
async fn send(
    app: &TestApp,
    key: &str,
    query: &str,
    media_type: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = app.request("POST", &format!("/values?{query}")).key(key);
    let request = request.header("content-type", media_type);
    request.body(body).send().await
}

/// Sends rows as a JSON array.
async fn post(app: &TestApp, key: &str, query: &str, rows: &[Value]) -> Answer {
    let body = Value::from(rows.to_vec()).to_string();
    send(app, key, query, JSON, body).await
}

/// The counts of a report: created, updated, deleted, unchanged, kept, rejected.
fn counts(report: &Value) -> [i64; 6] {
    let names = [
        "created",
        "updated",
        "deleted",
        "unchanged",
        "kept",
        "rejected",
    ];
    names.map(|name| report[name].as_i64().expect("a number"))
}

/// Row, field and code of each fault.
fn told(faults: &Value) -> Vec<(i64, String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().expect("a text").to_owned();
    let faults = faults.as_array().expect("faults").iter();
    let one = |fault: &Value| {
        let row = fault["row"].as_i64().expect("a number");
        (row, text(fault, "field"), text(fault, "code"))
    };
    faults.map(one).collect()
}

fn expected(faults: &[(i64, &str, &str)]) -> Vec<(i64, String, String)> {
    let own = |(row, field, code): &(i64, &str, &str)| (*row, (*field).into(), (*code).into());
    faults.iter().map(own).collect()
}

/// How many values there are, by the rows and by the total that is kept.
async fn totals(sql: &Client) -> (i64, i64) {
    let count = "SELECT (SELECT count(*) FROM indicator_values),
                        (SELECT total FROM row_totals WHERE table_name = 'indicator_values')";
    let row = sql.query_one(count, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

/// All that a load could leave behind: values, record, total.
async fn everything(sql: &Client) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["indicator_values", "history", "change_sets", "row_totals"] {
        let rows = format!(
            "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t"
        );
        all.push(sql.query_one(&rows, &[]).await.unwrap().get(0));
    }
    all
}
