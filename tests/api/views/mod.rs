//! The views: read-only answers made of several resources.

mod comparison;
mod completeness;
mod faults;
mod moment;
mod overview;
mod progress;
mod series;
mod statements;
mod town;

use serde_json::{Value, json};

use crate::support::TestApp;

/// An indicator with this direction.
async fn indicator(app: &TestApp, code: &str, direction: &str, divided: bool) {
    let body = json!({"title": code, "unit": "antal", "decimals": 0, "direction": direction, "dividedByGender": divided});
    app.make(&format!("/indicators/{code}"), body).await;
}

/// A value of Östersund's or another's.
async fn value(app: &TestApp, place: &str, body: Value) {
    let (code, rest) = place.split_once('/').expect("a place");
    app.make(&format!("/indicators/{code}/values/{rest}"), body)
        .await;
}

/// The members of the items of a list, in order.
fn members(items: &Value, name: &str) -> Vec<Value> {
    let items = items.as_array().expect("items");
    items.iter().map(|item| item[name].clone()).collect()
}
