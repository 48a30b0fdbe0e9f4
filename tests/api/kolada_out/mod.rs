//! Our data in Kolada's shape, for Kolada's clients.

mod catalogue;
mod client;
mod data;
mod document;
mod groups;
mod pages;
mod refusals;
mod shapes;
mod since;

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// GET of a path in Kolada's shape.
async fn get(app: &TestApp, path: &str) -> Answer {
    app.outside("GET", &format!("/kolada/v3{path}"))
        .send()
        .await
}

/// The body of a path in Kolada's shape.
async fn body(app: &TestApp, path: &str) -> Value {
    get(app, path).await.expect(200).json()
}

/// The rows that are answered.
async fn rows(app: &TestApp, path: &str) -> Vec<Value> {
    let found = body(app, path).await;
    found["values"].as_array().expect("rows").clone()
}

/// What a row's members of this name are, in order.
fn of<'a>(rows: &'a [Value], member: &str) -> Vec<&'a str> {
    let text = |row: &'a Value| row[member].as_str().expect("text");
    rows.iter().map(text).collect()
}

/// Writes a value at `N01951/2380/2022/T`.
async fn put(app: &TestApp, key: &str, at: &str, body: Value) {
    let (code, rest) = at.split_once('/').expect("a place");
    let path = format!("/indicators/{code}/values/{rest}");
    let written = app.request("PUT", &path).key(key).json(&body).send().await;
    assert!(written.status < 300, "{at}: {}", written.text());
}

/// A service with three municipalities, a region and the country, an indicator divided
/// by gender and one that is not, some figures, and an editor's key.
async fn started() -> (TestApp, String) {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for (code, name, kind) in [
        ("0000", "Riket", "country"),
        ("0023", "Region Jämtland Härjedalen", "region"),
        ("2281", "Sundsvall", "municipality"),
        ("2321", "Åre", "municipality"),
        ("2380", "Östersund", "municipality"),
    ] {
        app.make(
            &format!("/municipalities/{code}"),
            json!({"name": name, "kind": kind}),
        )
        .await;
    }
    app.make("/indicators/N01951", json!({
        "title": "Invånare totalt, antal", "definition": "Antal invånare den 31 december.", "unit": "antal",
        "decimals": 0, "direction": "none", "dividedByGender": true, "operatingArea": "Befolkning",
        "perspective": "Volymer", "publicationPeriod": "2026", "nextPublication": "2027-02-24",
    }))
    .await;
    app.indicator("EGET-1", false).await;
    for (at, figure) in [
        ("N01951/2380/2021/T", 64324),
        ("N01951/2380/2022/K", 32630),
        ("N01951/2380/2022/M", 32084),
        ("N01951/2380/2022/T", 64714),
        ("N01951/2281/2022/T", 99383),
        ("N01951/0000/2022/T", 10_521_556),
        ("EGET-1/2380/2022/T", 7),
    ] {
        put(&app, &key, at, json!({"value": figure})).await;
    }
    (app, key)
}
