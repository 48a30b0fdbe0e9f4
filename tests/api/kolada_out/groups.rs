//! A group in the place of a municipality.

use serde_json::{Value, json};

use super::{get, put, rows, started};
use crate::support::TestApp;

async fn group(app: &TestApp, id: &str, members: &[&str]) {
    app.make(
        &format!("/municipality-groups/{id}"),
        json!({"title": format!("Gruppen {id}"), "municipalityCodes": members}),
    )
    .await;
}

#[tokio::test]
async fn a_groups_figure_is_the_unweighted_mean_and_says_of_how_many() {
    let (app, key) = started().await;
    group(&app, "G37609", &["2380", "2281", "2321"]).await;
    let path = "/data/kpi/N01951/municipality/G37609/year/2022";
    let found = rows(&app, path).await;
    // Åre has none; only Östersund has figures of women and of men.
    let figure = |gender: &str, count: i32, value: Value| json!({"gender": gender, "count": count, "status": "", "value": value, "isdeleted": false});
    assert_eq!(
        found,
        [json!({
            "kpi": "N01951", "municipality": "G37609", "period": 2022,
            "values": [
                figure("K", 1, json!(32630)),
                figure("M", 1, json!(32084)),
                figure("T", 2, json!(82048.5)),
            ],
        })]
    );
    put(&app, &key, "N01951/2321/2022/T", json!({"value": 12265})).await;
    let found = get(&app, path).await.text();
    // (64714 + 99383 + 12265) / 3
    let mean = "\"count\":3,\"status\":\"\",\"value\":58787.333333333333,";
    assert!(found.contains(mean), "{found}");
}

#[tokio::test]
async fn members_without_a_figure_do_not_count_and_none_at_all_is_missing() {
    let (app, key) = started().await;
    group(&app, "G1", &["2380", "2281"]).await;
    put(
        &app,
        &key,
        "EGET-1/2281/2022/T",
        json!({"status": "confidential"}),
    )
    .await;
    put(
        &app,
        &key,
        "EGET-1/2281/2021/T",
        json!({"status": "missing"}),
    )
    .await;
    let found = rows(&app, "/data/kpi/EGET-1/municipality/G1").await;
    let figures: Vec<(&Value, &Value, &Value)> = found
        .iter()
        .map(|row| &row["values"][0])
        .map(|figure| (&figure["value"], &figure["count"], &figure["status"]))
        .collect();
    assert_eq!(
        figures,
        [
            (&Value::Null, &json!(0), &json!("Missing")),
            (&json!(7), &json!(1), &json!("")),
        ]
    );
}

#[tokio::test]
async fn groups_and_municipalities_may_be_asked_for_together() {
    let (app, _) = started().await;
    group(&app, "G1", &["2380", "2281"]).await;
    group(&app, "G2", &["2281"]).await;
    let found = rows(
        &app,
        "/data/kpi/N01951/municipality/G2,2380,G1,G3/year/2022",
    )
    .await;
    assert_eq!(super::of(&found, "municipality"), ["2380", "G1", "G2"]);
    let found = rows(&app, "/data/municipality/G1/year/2022").await;
    assert_eq!(super::of(&found, "kpi"), ["EGET-1", "N01951"]);
    // Of all areas means of those that are not put together of others.
    let found = rows(&app, "/data/kpi/N01951/year/2022").await;
    assert_eq!(super::of(&found, "municipality"), ["0000", "2281", "2380"]);
    let found = rows(
        &app,
        "/data/kpi/N01951/municipality/G1,2380/year/2022?region_type=K",
    )
    .await;
    assert_eq!(
        super::of(&found, "municipality"),
        ["2380"],
        "a group has no type"
    );
}
