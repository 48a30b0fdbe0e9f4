//! `/config`: what a client has to know of an instance.

use serde_json::{Value, json};

use super::published;
use crate::support::TestApp;

#[tokio::test]
async fn config_tells_whose_data_they_are_and_how_to_cite_them() {
    let app = published(&[]).await;
    let unnamed = app.get("/config").await.expect(200);
    assert_eq!(
        unnamed.json()["municipality"],
        json!({"municipalityCode": "2380", "name": null})
    );
    let named = json!({"name": "Östersund", "kind": "municipality"});
    app.make("/municipalities/2380", named).await;
    let answer = app.get("/config").await.expect(200);
    assert_ne!(answer.etag(), unnamed.etag());
    let config = answer.json();
    assert_eq!(config["municipality"]["name"], "Östersund");
    assert_eq!(config["publisher"]["organisationNumber"], "2120002528");
    assert_eq!(
        config["contact"],
        json!({"name": "Kansliet", "email": "oppnadata@example.se", "url": null})
    );
    assert_eq!(config["licence"]["name"], "CC0 1.0");
    let root = app.url("");
    assert_eq!(
        config["citation"]["sv"],
        format!("Källa: Östersunds kommun, Mål, uppdrag och nyckeltal, {root}")
    );
    assert_eq!(
        config["citation"]["en"],
        format!("Source: Östersunds kommun, Goals, assignments and indicators, {root}")
    );
}

#[tokio::test]
async fn what_is_not_set_is_null_in_config() {
    let app = TestApp::start().await;
    let config = app.get("/config").await.expect(200).json();
    for member in ["publisher", "contact", "licence"] {
        assert_eq!(config[member], Value::Null, "{member}");
    }
    let root = app.url("");
    assert_eq!(
        config["citation"]["sv"],
        format!("Källa: Mål, uppdrag och nyckeltal, {root}")
    );
    app.get("/config?x=1").await.problem(400, "invalidQuery");
}

#[tokio::test]
async fn the_limits_in_config_are_those_that_are_enforced() {
    let app = TestApp::start_with(&[
        "--xlsx-max-rows=1",
        "--json-stat-max-cells=1",
        "--export-max-concurrent=3",
        "--export-timeout-seconds=77",
        "--max-body-bytes=2048",
        "--load-max-rows=3",
        "--load-max-bytes=4096",
    ])
    .await;
    let limits = app.get("/config").await.expect(200).json()["limits"].clone();
    let of = |name: &str| limits[name].as_u64().expect("a number");
    for (list, name) in [
        ("goals", "pageMax"),
        ("values", "pageMaxValues"),
        ("changes", "pageMaxChanges"),
    ] {
        let most = of(name);
        app.get(&format!("/{list}?limit={most}")).await.expect(200);
        app.get(&format!("/{list}?limit={}", most + 1))
            .await
            .problem(400, "invalidQuery");
    }
    assert_eq!(
        app.get("/goals").await.json()["_meta"]["limit"],
        of("pageDefault")
    );
    let wait = of("changesWaitSeconds");
    app.get(&format!("/changes?wait={}", wait + 1))
        .await
        .problem(400, "invalidQuery");
    assert_eq!(
        (of("bodyMaxBytes"), of("loadMaxRows"), of("loadMaxBytes")),
        (2048, 3, 4096)
    );
    let key = app.key(malbild::auth::Role::Editor).await;
    let put = |length: usize| {
        let title = "x".repeat(length);
        let request = app.request("PUT", "/budgets/2024").key(&key);
        request.json(&json!({"title": title})).send()
    };
    put(of("bodyMaxBytes") as usize)
        .await
        .problem(413, "bodyTooLarge");
    let rows = |number: u64| json!(vec![json!({}); number as usize]);
    for (number, status) in [(of("loadMaxRows"), 422), (of("loadMaxRows") + 1, 413)] {
        let load = app.request("POST", "/values").key(&key).json(&rows(number));
        assert_eq!(load.send().await.status, status, "{number} rows");
    }
    let exports = (of("exportMaxConcurrent"), of("exportMaxSeconds"));
    assert_eq!(exports, (3, 77));
    assert_eq!((of("xlsxMaxRows"), of("jsonStatMaxCells")), (1, 1));
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    for (year, status) in [(2021, 200), (2022, 413)] {
        let path = format!("/indicators/N01951/values/2380/{year}/T");
        app.make(&path, json!({"value": 1})).await;
        for format in ["xlsx", "json-stat"] {
            let answer = app.get(&format!("/values?format={format}")).await;
            assert_eq!(answer.status, status, "{format} of {year}");
        }
    }
}
