//! Completeness: what is not there of a budget's goals.

use serde_json::{Value, json};

use super::{indicator, members, value};
use crate::support::TestApp;

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-000000000001";

async fn goal(app: &TestApp, id: &str, position: i32, text: Option<&str>) {
    let body = json!({"budgetYear": 2020, "statement": "Ett mål", "position": position, "politicalText": text});
    app.make(&format!("/goals/{id}"), body).await;
}

async fn completeness(app: &TestApp) -> Value {
    let found = app.get("/budgets/2020/completeness").await.expect(200);
    found.json()
}

#[tokio::test]
async fn a_bare_goal_lacks_a_text_an_assignment_an_indicator_and_an_investment() {
    let app = TestApp::start().await;
    app.budget(2020).await;
    goal(&app, GOAL, 1, None).await;
    let found = completeness(&app).await;
    let item = &found["items"][0];
    let gaps = json!(["noText", "noAssignment", "noIndicator", "noInvestment"]);
    assert_eq!((&item["gaps"], &item["complete"]), (&gaps, &json!(false)));
    assert_eq!(item["silentBoards"], json!([]));
    assert_eq!(
        (&found["completeGoals"], &found["counts"]["noText"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        found["counts"]["overdueValue"], 0,
        "every gap has its total"
    );
}

/// A goal with all that can be lacking, and nothing that is.
async fn whole(app: &TestApp) {
    app.budget(2020).await;
    app.municipality("2380", "municipality").await;
    goal(app, GOAL, 1, Some("Därför.")).await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    app.board("bolaget", "company").await;
    let assignment =
        json!({"goalId": GOAL, "title": "Gör det", "origin": "council", "allBoards": true});
    app.make(&format!("/assignments/{GOAL}"), assignment).await;
    let report = json!({"status": "completed", "reportedOn": "2020-12-31"});
    let path = format!("/assignments/{GOAL}/reports/kommunstyrelsen/2020/annual");
    app.make(&path, report).await;
    let investment = json!({"goalId": GOAL, "year": 2020, "title": "Pengar", "amount": 1});
    app.make(&format!("/investments/{GOAL}"), investment).await;
    indicator(app, "N1", "none", true).await;
    app.make(
        &format!("/goals/{GOAL}/indicators/N1"),
        json!({"position": 1}),
    )
    .await;
    for gender in ["T", "K", "M"] {
        value(app, &format!("N1/2380/2020/{gender}"), json!({"value": 1})).await;
    }
    let target = json!({"goalId": GOAL, "indicatorCode": "N1", "kind": "trend", "operator": "increase",
        "baselineYear": 2019, "baselineValue": 1, "statement": "Mer"});
    app.make(&format!("/targets/{GOAL}"), target).await;
}

#[tokio::test]
async fn a_goal_that_has_everything_is_complete() {
    let app = TestApp::start().await;
    whole(&app).await;
    let found = completeness(&app).await;
    let item = &found["items"][0];
    assert_eq!(
        (&item["gaps"], &item["complete"]),
        (&json!([]), &json!(true))
    );
    assert_eq!(found["completeGoals"], 1);
}

#[tokio::test]
async fn each_gap_names_what_is_lacking() {
    let app = TestApp::start().await;
    whole(&app).await;
    app.board("valnamnden", "board").await;
    let due = json!({"title": "N2", "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": true, "valuesDue": "--03-31"});
    app.make("/indicators/N2", due).await;
    app.make(
        &format!("/goals/{GOAL}/indicators/N2"),
        json!({"position": 2}),
    )
    .await;
    value(
        &app,
        "N2/2380/2020/T",
        json!({"value": null, "status": "missing"}),
    )
    .await;
    value(
        &app,
        "N2/2380/2020/K",
        json!({"value": null, "status": "confidential"}),
    )
    .await;
    value(&app, "N2/2380/2019/T", json!({"value": 1})).await;
    let id = "01941f29-7c00-7c8f-8d13-000000000002";
    let target = json!({"goalId": GOAL, "indicatorCode": "N2", "kind": "numeric", "operator": "atLeast", "value": 5, "statement": "Fem"});
    app.make(&format!("/targets/{id}"), target).await;
    let without = json!({"goalId": GOAL, "kind": "boolean", "statement": "Klart"});
    app.make("/targets/01941f29-7c00-7c8f-8d13-000000000003", without)
        .await;
    goal(&app, "01941f29-7c00-7a3e-b2f4-000000000002", 2, None).await;
    let found = completeness(&app).await;
    let item = &found["items"][0];
    let gaps = json!([
        "noValue",
        "noGenderValue",
        "noBaseline",
        "silentBoard",
        "overdueValue"
    ]);
    assert_eq!(item["gaps"], gaps);
    assert_eq!(item["indicatorsWithoutValue"], json!(["N2"]));
    assert_eq!(
        item["indicatorsWithoutGender"],
        json!(["N2"]),
        "no value of men"
    );
    assert_eq!(item["targetsWithoutBaseline"], json!([id]));
    assert_eq!(
        item["silentBoards"],
        json!([{"assignmentId": GOAL, "boardId": "valnamnden", "boardName": "valnamnden"}])
    );
    assert_eq!(
        item["overdueValues"],
        json!([{"indicatorCode": "N2", "dueOn": "2021-03-31"}])
    );
    assert_eq!(members(&found["items"], "complete"), [false, false]);
    let counts = json!({"noText": 1, "noAssignment": 1, "noIndicator": 1, "noValue": 1, "noGenderValue": 1, "noBaseline": 1,
        "silentBoard": 1, "noInvestment": 1, "overdueValue": 1});
    assert_eq!(found["counts"], counts);
}

#[tokio::test]
async fn a_budget_without_goals_is_an_empty_list_and_none_is_404() {
    let app = TestApp::start().await;
    app.budget(2020).await;
    assert_eq!(completeness(&app).await["items"], json!([]));
    app.get("/budgets/2021/completeness")
        .await
        .problem(404, "notFound");
    app.get("/budgets/2020/completeness?year=2020")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn nobody_is_silent_on_an_assignment_that_is_cancelled() {
    let app = TestApp::start().await;
    whole(&app).await;
    let other = "01941f29-7c00-7b5d-9a41-000000000002";
    for status in ["cancelled", "paused"] {
        let body = json!({"goalId": GOAL, "title": "Låt bli", "origin": "council", "allBoards": true, "status": status});
        let editor = app.key(malbild::auth::Role::Editor).await;
        let put = app.request("PUT", &format!("/assignments/{other}"));
        let put = if status == "paused" {
            put.if_match("*")
        } else {
            put
        };
        let put = put.key(&editor).json(&body).send().await;
        assert!(put.status < 300, "{}", put.text());
        let found = completeness(&app).await;
        let silent = found["items"][0]["silentBoards"].as_array().map(Vec::len);
        let expected = if status == "cancelled" { 0 } else { 1 };
        assert_eq!(silent, Some(expected), "{status}");
    }
}
