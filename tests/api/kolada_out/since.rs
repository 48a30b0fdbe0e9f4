//! What has changed since a day.

use serde_json::{Value, json};

use super::{put, rows, started};
use crate::support::TestApp;

/// Makes it so that everything so far was done in 2020.
async fn move_to_the_past(app: &TestApp) {
    let sql = app.sql().await;
    sql.batch_execute(
        "UPDATE change_sets SET committed_at = timestamptz '2020-05-23 12:00:00Z' + commit_position * interval '1 second'",
    )
    .await
    .expect("the past");
}

fn told(rows: &[Value]) -> Vec<String> {
    let mut all = Vec::new();
    for row in rows {
        for figure in row["values"].as_array().expect("figures") {
            let deleted = if figure["isdeleted"] == true {
                " gone"
            } else {
                ""
            };
            let place = format!("{} {} {}", row["kpi"], row["municipality"], row["period"]);
            let figure = format!("{} {}", figure["gender"], figure["value"]);
            all.push(format!("{place} {figure}{deleted}").replace('"', ""));
        }
    }
    all
}

const ALL: &str = "/data/kpi/N01951,EGET-1/municipality/2380,2281,0000";

async fn since(app: &TestApp, path: &str, day: &str) -> Vec<String> {
    told(&rows(app, &format!("{path}?from_date={day}")).await)
}

#[tokio::test]
async fn only_what_was_made_changed_or_withdrawn_since_is_answered() {
    let (app, key) = started().await;
    move_to_the_past(&app).await;
    let today = malbild::clock::today().to_string();
    assert!(since(&app, ALL, &today).await.is_empty());
    put(&app, &key, "N01951/2380/2022/T", json!({"value": 64715})).await;
    put(&app, &key, "N01951/2380/2023/T", json!({"value": 64800})).await;
    for gone in ["N01951/values/2380/2022/K", "EGET-1/values/2380/2022/T"] {
        let request = app.request("DELETE", &format!("/indicators/{gone}"));
        request.key(&key).send().await.expect(204);
    }
    // Gone and back again is there.
    let request = app.request("DELETE", "/indicators/N01951/values/2281/2022/T");
    request.key(&key).send().await.expect(204);
    put(&app, &key, "N01951/2281/2022/T", json!({"value": 99384})).await;
    assert_eq!(
        since(&app, ALL, &today).await,
        [
            "EGET-1 2380 2022 T null gone",
            "N01951 2281 2022 T 99384",
            "N01951 2380 2022 K null gone",
            "N01951 2380 2022 T 64715",
            "N01951 2380 2023 T 64800",
        ]
    );
    let year = "/data/kpi/N01951/year/2022";
    assert_eq!(
        since(&app, year, &today).await,
        [
            "N01951 2281 2022 T 99384",
            "N01951 2380 2022 K null gone",
            "N01951 2380 2022 T 64715",
        ]
    );
    let plain = rows(&app, ALL).await;
    assert!(!told(&plain).iter().any(|row| row.ends_with("gone")));
    let gone = rows(
        &app,
        &format!("/data/kpi/EGET-1/year/2022?from_date={today}"),
    )
    .await;
    assert_eq!(
        gone[0]["values"],
        json!([{"gender": "T", "count": 0, "status": "Missing", "value": null, "isdeleted": true}])
    );
}

#[tokio::test]
async fn a_day_begins_at_midnight_in_sweden() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    let commits = "UPDATE change_sets SET committed_at = timestamptz '2020-05-23 21:59:59.999999Z'";
    sql.batch_execute(commits).await.expect("the past");
    assert_eq!(since(&app, ALL, "2020-05-24").await.len(), 0);
    assert_eq!(since(&app, ALL, "2020-05-23").await.len(), 7);
    let commits = commits.replace("21:59:59.999999Z", "22:00:00Z");
    sql.batch_execute(&commits).await.expect("the past");
    assert_eq!(since(&app, ALL, "2020-05-24").await.len(), 7);
    assert_eq!(since(&app, ALL, "2020-05-25").await.len(), 0);
    assert_eq!(since(&app, ALL, "0001-01-01").await.len(), 7);
    assert_eq!(since(&app, ALL, "9999-12-31").await.len(), 0);
}

#[tokio::test]
async fn a_group_has_changed_when_the_figure_of_a_member_has() {
    let (app, key) = started().await;
    app.make(
        "/municipality-groups/G1",
        json!({"title": "G1", "municipalityCodes": ["2380", "2281"]}),
    )
    .await;
    move_to_the_past(&app).await;
    let today = malbild::clock::today().to_string();
    let path = "/data/kpi/N01951,EGET-1/municipality/G1";
    assert!(since(&app, path, &today).await.is_empty());
    put(&app, &key, "N01951/2281/2022/T", json!({"value": 99286})).await;
    for gone in ["N01951/values/2380/2021/T", "EGET-1/values/2380/2022/T"] {
        let request = app.request("DELETE", &format!("/indicators/{gone}"));
        request.key(&key).send().await.expect(204);
    }
    assert_eq!(
        since(&app, path, &today).await,
        [
            "EGET-1 G1 2022 T null gone",
            "N01951 G1 2021 T null gone",
            "N01951 G1 2022 T 82000",
        ]
    );
}
