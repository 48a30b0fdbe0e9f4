//! A goal with something under every heading of its page.

use serde_json::{Value, json};

use super::value;
use crate::support::TestApp;

/// A goal of 2024 with nothing under it.
pub(super) const BARE: &str = "01941f29-7c00-7a3e-b2f4-000000000000";
/// The goal of 2023 that `GOAL` continues.
pub(super) const BEFORE: &str = "01941f29-7c00-7a3e-b2f4-000000000001";
/// A goal of 2024 with something under every heading.
pub(super) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-000000000002";
/// The goal of 2025 that continues `GOAL`.
pub(super) const NEXT: &str = "01941f29-7c00-7a3e-b2f4-000000000003";
/// The council's "Bygg" and "Annat", and that of skolnamnden.
pub(super) const ASSIGNMENTS: [&str; 3] = [
    "01941f29-7c00-7b5d-9a41-000000000001",
    "01941f29-7c00-7b5d-9a41-000000000002",
    "01941f29-7c00-7b5d-9a41-000000000003",
];
/// Two for N1, one that is fulfilled, one that nothing measures, a bare baseline of N2.
pub(super) const TARGETS: [&str; 5] = [
    "01941f29-7c00-7c8f-8d13-000000000002",
    "01941f29-7c00-7c8f-8d13-000000000001",
    "01941f29-7c00-7c8f-8d13-000000000003",
    "01941f29-7c00-7c8f-8d13-000000000004",
    "01941f29-7c00-7c8f-8d13-000000000005",
];
/// "Stig", "Bro" and "Väg".
pub(super) const INVESTMENTS: [&str; 3] = [
    "01941f29-7c00-7c11-8d52-000000000001",
    "01941f29-7c00-7c11-8d52-000000000002",
    "01941f29-7c00-7c11-8d52-000000000003",
];
/// "Utan plats", "Sedan" and "Först".
pub(super) const ACHIEVEMENTS: [&str; 3] = [
    "01941f29-7c00-7e42-a1b0-000000000001",
    "01941f29-7c00-7e42-a1b0-000000000002",
    "01941f29-7c00-7e42-a1b0-000000000003",
];

/// A service with a goal that has nothing under it.
pub(super) async fn bare() -> TestApp {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let goal = json!({"budgetYear": 2024, "statement": "Ett mål", "position": 1});
    app.make(&format!("/goals/{BARE}"), goal).await;
    app
}

/// The same and one with all there is.
pub(super) async fn full() -> TestApp {
    let app = bare().await;
    goals(&app).await;
    assignments(&app).await;
    figures(&app).await;
    targets(&app).await;
    money_and_words(&app).await;
    app
}

async fn goals(app: &TestApp) {
    for year in [2023, 2025] {
        app.budget(year).await;
    }
    for (id, year, before) in [
        (BEFORE, 2023, json!([])),
        (GOAL, 2024, json!([BEFORE])),
        (NEXT, 2025, json!([GOAL])),
    ] {
        let body = json!({
            "budgetYear": year, "statement": format!("Mål för {year}"), "position": 2, "predecessorIds": before,
            "politicalText": "Ett stycke.\n\nEtt till.", "source": {"title": format!("Budget {year}")}
        });
        app.make(&format!("/goals/{id}"), body).await;
    }
}

async fn assignments(app: &TestApp) {
    app.board("skolnamnden", "board").await;
    for (id, body) in ASSIGNMENTS.into_iter().zip([
        json!({"title": "Bygg", "origin": "council", "allBoards": true}),
        json!({"title": "Annat", "origin": "council", "allBoards": false, "boardIds": ["skolnamnden"]}),
        json!({"title": "Cykla", "origin": "board", "originBoardId": "skolnamnden", "allBoards": true}),
    ]) {
        of_goal(app, &format!("/assignments/{id}"), body).await;
    }
}

async fn figures(app: &TestApp) {
    app.municipality("2380", "municipality").await;
    app.municipality("2313", "municipality").await;
    for (code, position) in [("N1", 2), ("N2", 1), ("N3", 2)] {
        super::indicator(app, code, "higherIsBetter", true).await;
        let link = format!("/goals/{GOAL}/indicators/{code}");
        app.make(&link, json!({"position": position})).await;
    }
    for (place, body) in [
        (
            "N1/2380/2021/T",
            json!({"value": 0.1, "provenance": "kolada"}),
        ),
        (
            "N1/2380/2022/T",
            json!({"value": 0.3, "status": "preliminary"}),
        ),
        ("N1/2380/2022/K", json!({"value": 0.25})),
        (
            "N1/2380/2022/M",
            json!({"value": null, "status": "confidential"}),
        ),
        (
            "N1/2380/2023/T",
            json!({"value": null, "status": "missing"}),
        ),
        ("N2/2380/2020/T", json!({"value": 5})),
        ("N2/2380/2022/T", json!({"value": 7})),
        (
            "N2/2313/2023/T",
            json!({"value": 9, "provenance": "kolada"}),
        ),
    ] {
        value(app, place, body).await;
    }
}

async fn targets(app: &TestApp) {
    let at_least = |value: f64, year: i32| json!({"indicatorCode": "N1", "kind": "numeric", "operator": "atLeast", "value": value, "targetYear": year});
    let fulfilled = json!({"fulfilled": true, "on": "2023-01-01", "comment": null});
    for (id, mut body) in TARGETS.into_iter().zip([
        at_least(0.25, 2190),
        at_least(0.5, 2200),
        json!({"kind": "boolean", "targetYear": 2030, "outcome": fulfilled}),
        json!({"kind": "share", "operator": "atLeast", "value": 100}),
        json!({"indicatorCode": "N2", "kind": "numeric", "baselineYear": 2020, "baselineValue": 5}),
    ]) {
        body["statement"] = json!("Så ska det bli");
        of_goal(app, &format!("/targets/{id}"), body).await;
    }
}

async fn money_and_words(app: &TestApp) {
    let large: Value = serde_json::from_str("999999999999999.000000000001").expect("a number");
    for (id, body) in INVESTMENTS.into_iter().zip([
        json!({"year": 2024, "title": "Stig", "amount": 0.1}),
        json!({"year": 2024, "title": "Bro", "amount": 0.2}),
        json!({"year": 2023, "title": "Väg", "amount": large}),
    ]) {
        of_goal(app, &format!("/investments/{id}"), body).await;
    }
    for (id, body) in ACHIEVEMENTS.into_iter().zip([
        json!({"year": 2023, "text": "Utan plats"}),
        json!({"year": 2023, "text": "Sedan", "position": 2}),
        json!({"year": 2024, "text": "Först", "position": 1}),
    ]) {
        of_goal(app, &format!("/achievements/{id}"), body).await;
    }
    for (rest, status) in [("2024/annual", "achieved"), ("2024/T1", "atRisk")] {
        let body = json!({"status": status, "assessedOn": "2024-12-31"});
        app.make(&format!("/assessments/{GOAL}/{rest}"), body).await;
    }
}

async fn of_goal(app: &TestApp, path: &str, mut body: Value) {
    body["goalId"] = json!(GOAL);
    app.make(path, body).await;
}
