//! Comparison: one indicator in one year among municipalities.

use serde_json::{Value, json};

use super::{indicator, members, value};
use crate::support::TestApp;

/// Östersund (2380) and four others with values of 2022, one of them without.
async fn started(direction: &str) -> TestApp {
    let app = TestApp::start().await;
    indicator(&app, "N00942", direction, true).await;
    for code in ["2380", "2305", "2309", "2313", "2326"] {
        app.municipality(code, "municipality").await;
    }
    app.municipality("0000", "country").await;
    for (code, number) in [
        ("2380", 70.5),
        ("2305", 68.0),
        ("2309", 70.5),
        ("0000", 71.0),
    ] {
        let place = format!("N00942/{code}/2022/T");
        value(
            &app,
            &place,
            json!({"value": number, "provenance": "kolada"}),
        )
        .await;
    }
    let confidential = json!({"value": null, "status": "confidential"});
    value(&app, "N00942/2313/2022/T", confidential).await;
    value(&app, "N00942/2313/2021/T", json!({"value": 1})).await;
    app
}

async fn compared(app: &TestApp, query: &str) -> Value {
    let path = format!("/indicators/N00942/comparison{query}");
    app.get(&path).await.expect(200).json()
}

#[tokio::test]
async fn municipalities_stand_best_first_with_rank_percentile_and_quarter() {
    let app = started("lowerIsBetter").await;
    let found = compared(&app, "").await;
    assert_eq!(found["year"], 2022, "the latest year with enough numbers");
    let items = &found["items"];
    assert_eq!(members(items, "municipalityCode"), ["2305", "2309", "2380"]);
    assert_eq!(members(items, "rank"), [1, 2, 2]);
    assert_eq!(
        members(items, "percentile"),
        [json!(100), json!(25), json!(25)]
    );
    assert_eq!(members(items, "quarter"), ["best", "middle", "middle"]);
    assert_eq!(items[0]["provenance"], "kolada");
    assert_eq!((&found["n"], &found["median"]), (&json!(3), &json!(70.5)));
    assert_eq!(found["mean"], json!(69.666_667));
    assert_eq!(found["own"], items[2]);
    assert_eq!(
        found["provenance"], "derived",
        "what is computed here is not Kolada's"
    );
    assert_eq!(found["attribution"], "Källa: Kolada");
    let missing = &found["missingMunicipalities"];
    assert_eq!(members(missing, "municipalityCode"), ["2313", "2326"]);
    assert_eq!(members(missing, "reason"), ["confidential", "noValue"]);
}

#[tokio::test]
async fn without_a_direction_there_are_values_and_no_ranks() {
    let app = started("none").await;
    let found = compared(&app, "").await;
    let items = &found["items"];
    assert_eq!(members(items, "municipalityCode"), ["2305", "2309", "2380"]);
    assert_eq!(
        members(items, "rank"),
        [Value::Null, Value::Null, Value::Null]
    );
    assert_eq!(items[0]["quarter"], Value::Null);
    assert_eq!(found["median"], 70.5);
}

#[tokio::test]
async fn a_client_chooses_municipalities_year_and_gender() {
    let app = started("higherIsBetter").await;
    let found = compared(&app, "?municipalityCode=2309,2305&year=2022").await;
    assert_eq!(
        members(&found["items"], "municipalityCode"),
        ["2309", "2305"]
    );
    // The own municipality is not one of them, and stands as it would among them.
    assert_eq!(
        (&found["own"]["rank"], &found["own"]["percentile"]),
        (&json!(1), &json!(75))
    );
    assert_eq!(found["n"], 2);
    let found = compared(&app, "?year=2021").await;
    assert_eq!(found["ownReason"], "noValue");
    assert_eq!(members(&found["items"], "municipalityCode"), ["2313"]);
    assert_eq!((&found["own"], &found["n"]), (&Value::Null, &json!(1)));
    assert_eq!(
        found["items"][0]["percentile"],
        Value::Null,
        "nobody to compare with"
    );
    let found = compared(&app, "?gender=K").await;
    assert_eq!(
        (&found["year"], &found["items"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(
        (&found["mean"], &found["median"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(members(&found["missingMunicipalities"], "reason").len(), 5);
}

#[tokio::test]
async fn a_client_chooses_a_group() {
    let app = started("higherIsBetter").await;
    let group = json!({"title": "Grannar", "municipalityCodes": ["2309", "2326"]});
    app.make("/municipality-groups/G1", group).await;
    let found = compared(&app, "?groupId=G1").await;
    assert_eq!(found["groupId"], "G1");
    assert_eq!(members(&found["items"], "municipalityCode"), ["2309"]);
    assert_eq!(
        members(&found["missingMunicipalities"], "municipalityCode"),
        ["2326"]
    );
    let own = found["_links"]["self"]["href"]
        .as_str()
        .expect("a link")
        .to_owned();
    assert!(own.ends_with("/comparison?groupId=G1"), "{own}");
}

#[tokio::test]
async fn what_is_not_there_or_contradicts_itself_is_400() {
    let app = started("none").await;
    for (query, status, code) in [
        ("?groupId=G9", 400, "invalidQuery"),
        ("?municipalityCode=2380,2399", 400, "invalidQuery"),
        ("?municipalityCode=2380&groupId=G9", 400, "invalidQuery"),
        ("?gender=X", 400, "invalidQuery"),
        ("?year=99", 400, "invalidQuery"),
        ("?limit=5", 400, "invalidQuery"),
    ] {
        let path = format!("/indicators/N00942/comparison{query}");
        app.get(&path).await.problem(status, code);
    }
    app.get("/indicators/N1/comparison")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn the_country_stands_beside_municipalities_and_is_ranked_only_among_its_like() {
    let app = started("higherIsBetter").await;
    let found = compared(&app, "?municipalityCode=0000,2305,2380").await;
    let items = &found["items"];
    assert_eq!(members(items, "municipalityCode"), ["2380", "2305", "0000"]);
    assert_eq!(members(items, "rank"), [json!(1), json!(2), Value::Null]);
    assert_eq!((&found["n"], &found["mean"]), (&json!(2), &json!(69.25)));
    let found = compared(&app, "?municipalityCode=0000").await;
    assert_eq!(
        (&found["items"][0]["rank"], &found["n"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(found["own"]["value"], 70.5, "to look at");
    assert_eq!(
        found["own"]["rank"],
        Value::Null,
        "and not to rank among countries"
    );
}

#[tokio::test]
async fn the_year_is_the_latest_with_enough_to_compare() {
    let app = started("higherIsBetter").await;
    value(&app, "N00942/2380/2023/T", json!({"value": 70})).await;
    assert_eq!(
        compared(&app, "").await["year"],
        2022,
        "one of three is too few"
    );
    value(&app, "N00942/2305/2023/T", json!({"value": 70})).await;
    assert_eq!(compared(&app, "").await["year"], 2023);
}
