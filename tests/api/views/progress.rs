//! Progress: how it goes with targets, and why.

use serde_json::{Value, json};

use super::{indicator, members, value};
use crate::support::TestApp;

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-000000000001";
const TARGET: &str = "01941f29-7c00-7c8f-8d13-000000000001";

/// A goal, Östersund's inhabitants (Källa: Kolada) and a target for them.
async fn started() -> TestApp {
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.municipality("2380", "municipality").await;
    let goal = json!({"budgetYear": 2024, "statement": "Fler invånare", "position": 1});
    app.make(&format!("/goals/{GOAL}"), goal).await;
    indicator(&app, "N01951", "higherIsBetter", true).await;
    link(&app, "N01951").await;
    for (year, number) in [(2015, 61066), (2019, 63779), (2022, 64714)] {
        let place = format!("N01951/2380/{year}/T");
        value(
            &app,
            &place,
            json!({"value": number, "provenance": "kolada"}),
        )
        .await;
    }
    let wanted = json!({"indicatorCode": "N01951", "kind": "numeric", "operator": "atLeast", "value": 75000, "targetYear": 2040});
    target(&app, TARGET, wanted).await;
    app
}

async fn link(app: &TestApp, code: &str) {
    let path = format!("/goals/{GOAL}/indicators/{code}");
    app.make(&path, json!({"position": 1})).await;
}

async fn target(app: &TestApp, id: &str, mut body: Value) {
    body["goalId"] = json!(GOAL);
    body["statement"] = json!("Så ska det bli");
    app.make(&format!("/targets/{id}"), body).await;
}

async fn progress(app: &TestApp, query: &str) -> Value {
    let path = format!("/indicators/N01951/progress{query}");
    app.get(&path).await.expect(200).json()
}

#[tokio::test]
async fn the_populations_progress_has_every_component() {
    let app = started().await;
    let found = progress(&app, &format!("?targetId={TARGET}&baseYear=2015")).await;
    assert_eq!(
        found["base"],
        json!({"year": 2015, "value": 61066, "provenance": "kolada", "status": "final", "choice": "baseYear"})
    );
    assert_eq!(
        found["latest"],
        json!({"year": 2022, "value": 64714, "provenance": "kolada", "status": "final"})
    );
    let wanted = json!({"year": 2040, "value": 75000, "upperValue": null, "operator": "atLeast", "provenance": "target"});
    assert_eq!(found["target"], wanted);
    assert_eq!(found["ratio"], json!(1.008_255));
    assert_eq!(found["observedRate"], json!(0.008_323));
    assert_eq!(found["requiredRate"], json!(0.008_255));
    let score = found["score"].as_f64().expect("a score");
    assert!((score - 2.916).abs() < 1e-3, "{score}");
    for (member, expected) in [
        ("method", json!("growthRate")),
        ("status", json!("onTrack")),
        ("light", json!("green")),
        ("label", json!({"sv": "På väg", "en": "On track"})),
        (
            "thresholds",
            json!({"onTrack": 0.95, "slow": 0.6, "stalled": 0}),
        ),
        ("municipalityCode", json!("2380")),
        ("targetId", json!(TARGET)),
        ("title", json!("N01951")),
        ("unit", json!("antal")),
        ("decimals", json!(0)),
        ("goalId", json!(GOAL)),
        ("attribution", json!("Källa: Kolada")),
    ] {
        assert_eq!(found[member], expected, "{member}");
    }
    assert_eq!(found["reason"]["code"], "paceCompared");
    assert_eq!(found["flipsAt"]["up"], 75000);
    assert_eq!(found["flipsAt"]["down"], json!(64_498.256_878));
}

#[tokio::test]
async fn base_and_method_flip_the_status_and_both_are_told() {
    let app = started().await;
    let found = progress(&app, "?baseYear=2019").await;
    assert_eq!(
        (&found["status"], &found["ratio"]),
        (&json!("slow"), &json!(0.627_708))
    );
    assert_eq!(found["score"], json!(0.197_958));
    let found = progress(&app, "?baseYear=2015&method=linearPath").await;
    assert_eq!(
        (&found["status"], &found["method"]),
        (&json!("slow"), &json!("linearPath"))
    );
    assert_eq!(found["ratio"], json!(0.935_02));
    let found = progress(&app, "").await;
    assert_eq!(found["base"]["choice"], "firstValue");
    assert_eq!(found["status"], "onTrack");
}

#[tokio::test]
async fn the_baseline_of_the_target_is_the_base_unless_a_year_is_asked_for() {
    let app = started().await;
    let id = "01941f29-7c00-7c8f-8d13-000000000002";
    let wanted = json!({"indicatorCode": "N01951", "kind": "numeric", "operator": "atLeast", "value": 70000, "targetYear": 2030,
        "baselineYear": 2018, "baselineValue": 63000});
    target(&app, id, wanted).await;
    let found = progress(&app, &format!("?targetId={id}")).await;
    assert_eq!(
        found["base"],
        json!({"year": 2018, "value": 63000, "provenance": "target", "status": null, "choice": "baseline"})
    );
    let found = progress(&app, "").await;
    assert_eq!(found["targetId"], id, "the nearest milestone");
    let found = progress(&app, &format!("?targetId={id}&baseYear=2017")).await;
    assert_eq!(
        (&found["status"], &found["light"]),
        (&json!("notAvailable"), &json!("grey"))
    );
    assert_eq!(found["reason"]["code"], "noValueForBaseYear");
    assert_eq!(found["base"], Value::Null);
}

#[tokio::test]
async fn an_indicator_without_a_target_or_values_says_so() {
    let app = started().await;
    indicator(&app, "N1", "none", false).await;
    let found = app.get("/indicators/N1/progress").await.expect(200).json();
    assert_eq!(
        (&found["status"], &found["targetId"]),
        (&json!("notAvailable"), &Value::Null)
    );
    assert_eq!(found["reason"]["code"], "noTarget");
    app.municipality("2313", "municipality").await;
    let found = progress(&app, "?municipalityCode=2313").await;
    assert_eq!(
        (&found["reason"]["code"], &found["latest"]),
        (&json!("noValue"), &Value::Null)
    );
}

#[tokio::test]
async fn what_is_not_there_in_the_path_is_404_and_in_the_query_400() {
    let app = started().await;
    indicator(&app, "N1", "none", false).await;
    for (path, status) in [
        ("/indicators/N2/progress".to_owned(), 404),
        (
            "/indicators/N01951/progress?targetId=01941f29-7c00-7c8f-8d13-000000000009".to_owned(),
            400,
        ),
        (format!("/indicators/N1/progress?targetId={TARGET}"), 400),
        (
            "/indicators/N01951/progress?municipalityCode=2399".to_owned(),
            400,
        ),
        ("/indicators/N01951/progress?method=guess".to_owned(), 400),
        ("/indicators/N01951/progress?baseYear=x".to_owned(), 400),
        (
            "/goals/01941f29-7c00-7a3e-b2f4-000000000009/progress".to_owned(),
            404,
        ),
        (format!("/goals/{GOAL}/progress?method=growthRate"), 400),
    ] {
        let code = if status == 404 {
            "notFound"
        } else {
            "invalidQuery"
        };
        app.get(&path).await.problem(status, code);
    }
}

#[tokio::test]
async fn a_goals_progress_is_the_mean_of_what_is_measured_and_counts_all_the_rest() {
    let app = started().await;
    indicator(&app, "N00090", "lowerIsBetter", false).await;
    link(&app, "N00090").await;
    for (year, number) in [(2019, 7.0), (2022, 8.0)] {
        value(
            &app,
            &format!("N00090/2380/{year}/T"),
            json!({"value": number}),
        )
        .await;
    }
    let id = |number: i32| format!("01941f29-7c00-7c8f-8d13-00000000010{number}");
    let sick = json!({"indicatorCode": "N00090", "kind": "numeric", "operator": "atMost", "value": 5, "targetYear": 2030});
    target(&app, &id(1), sick).await;
    let less = json!({"indicatorCode": "N00090", "kind": "trend", "operator": "decrease"});
    target(&app, &id(2), less).await;
    let fulfilled = json!({"fulfilled": true, "on": "2023-01-01", "comment": null});
    target(
        &app,
        &id(3),
        json!({"kind": "boolean", "targetYear": 2030, "outcome": fulfilled}),
    )
    .await;
    target(
        &app,
        &id(4),
        json!({"kind": "share", "operator": "atLeast", "value": 100}),
    )
    .await;
    let found = app
        .get(&format!("/goals/{GOAL}/progress"))
        .await
        .expect(200)
        .json();
    let items = &found["items"];
    assert_eq!(
        members(items, "status"),
        [
            "worsening",
            "achieved",
            "onTrack",
            "worsening",
            "notAvailable"
        ],
        "by year, those without a year last"
    );
    assert_eq!(items[4]["reason"]["code"], "noIndicator");
    assert_eq!(
        (&found["measured"], &found["notMeasured"]),
        (&json!(3), &json!(2))
    );
    let counts = json!({"achieved": 1, "onTrack": 1, "slow": 0, "stalled": 0, "worsening": 2, "missed": 0, "notMet": 0, "notAvailable": 1});
    assert_eq!(found["counts"], counts);
    // 2.916166 by the population, −5 by the sick leave, 5 for what is fulfilled.
    assert_eq!(
        members(items, "score"),
        [
            json!(-5),
            json!(5),
            json!(2.916_166),
            Value::Null,
            Value::Null
        ]
    );
    assert_eq!(found["score"], json!(0.972_055));
}

#[tokio::test]
async fn a_wanted_rank_is_met_by_the_rank_among_all_municipalities() {
    let app = started().await;
    let id = "01941f29-7c00-7c8f-8d13-000000000003";
    target(
        &app,
        id,
        json!({"indicatorCode": "N01951", "kind": "rank", "value": 1, "targetYear": 2100}),
    )
    .await;
    let path = format!("?targetId={id}");
    let found = progress(&app, &path).await;
    assert_eq!(found["reason"]["code"], "nothingToCompareWith");
    app.municipality("2313", "municipality").await;
    app.municipality("0000", "country").await;
    value(&app, "N01951/2313/2022/T", json!({"value": 11000})).await;
    value(&app, "N01951/0000/2022/T", json!({"value": 10_000_000})).await;
    let found = progress(&app, &path).await;
    assert_eq!(
        (&found["status"], &found["latest"]["value"]),
        (&json!("achieved"), &json!(1))
    );
    assert_eq!(found["latest"]["provenance"], "derived");
    assert_eq!(
        (&found["rankedAmong"], &found["base"]),
        (&json!(2), &Value::Null)
    );
    app.municipality("0180", "municipality").await;
    value(&app, "N01951/0180/2022/T", json!({"value": 980_000})).await;
    let found = progress(&app, &path).await;
    assert_eq!(
        (&found["status"], &found["latest"]["value"]),
        (&json!("notMet"), &json!(2))
    );
    assert_eq!(
        (&found["light"], &found["ratio"]),
        (&json!("grey"), &Value::Null)
    );
}

#[tokio::test]
async fn a_rank_that_cannot_be_says_why() {
    let app = started().await;
    indicator(&app, "N2", "none", false).await;
    link(&app, "N2").await;
    target(
        &app,
        "01941f29-7c00-7c8f-8d13-000000000004",
        json!({"indicatorCode": "N2", "kind": "rank", "value": 1}),
    )
    .await;
    let reason = async |municipality: &str| {
        let path = format!("/indicators/N2/progress?municipalityCode={municipality}");
        app.get(&path).await.expect(200).json()["reason"]["code"].clone()
    };
    assert_eq!(reason("2380").await, "noValue");
    app.municipality("2313", "municipality").await;
    app.municipality("0000", "country").await;
    for code in ["2380", "2313", "0000"] {
        value(&app, &format!("N2/{code}/2022/T"), json!({"value": 1})).await;
    }
    assert_eq!(reason("2380").await, "noDirection");
    assert_eq!(reason("0000").await, "notAMunicipality");
}

#[tokio::test]
async fn of_milestones_that_have_all_passed_the_nearest_is_judged() {
    let app = started().await;
    indicator(&app, "N1", "none", false).await;
    link(&app, "N1").await;
    let id = |year: i32| format!("01941f29-7c00-7c8f-8d13-{year:012}");
    let milestone = async |year: i32| {
        let wanted = json!({"indicatorCode": "N1", "kind": "numeric", "operator": "atLeast", "value": 7, "targetYear": year});
        target(&app, &id(year), wanted).await;
    };
    let judged = async || {
        let found = app.get("/indicators/N1/progress").await.expect(200).json();
        found["targetId"].clone()
    };
    for year in [2005, 2024, 2015] {
        milestone(year).await;
    }
    assert_eq!(judged().await, id(2024));
    for year in [2200, 2199] {
        milestone(year).await;
    }
    assert_eq!(
        judged().await,
        id(2199),
        "one to come before one that is past"
    );
}

#[tokio::test]
async fn a_rank_among_kolada_s_figures_credits_kolada() {
    let app = started().await;
    indicator(&app, "N3", "higherIsBetter", false).await;
    link(&app, "N3").await;
    app.municipality("2313", "municipality").await;
    target(
        &app,
        "01941f29-7c00-7c8f-8d13-000000000007",
        json!({"indicatorCode": "N3", "kind": "rank", "value": 1}),
    )
    .await;
    value(&app, "N3/2380/2022/T", json!({"value": 2})).await;
    value(
        &app,
        "N3/2313/2022/T",
        json!({"value": 1, "provenance": "kolada"}),
    )
    .await;
    let found = app.get("/indicators/N3/progress").await.expect(200).json();
    assert_eq!(found["latest"]["provenance"], "derived");
    assert_eq!(found["attribution"], "Källa: Kolada");
}
