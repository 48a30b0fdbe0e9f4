//! Series: one indicator, one municipality, year by year.

use serde_json::{Value, json};

use super::{indicator, members, value};
use crate::support::TestApp;

async fn started() -> TestApp {
    let app = TestApp::start().await;
    app.municipality("2380", "municipality").await;
    app.municipality("0000", "country").await;
    indicator(&app, "N01951", "none", true).await;
    app
}

#[tokio::test]
async fn a_series_has_every_year_with_women_men_and_the_gap_between_them() {
    let app = started().await;
    let kolada = |number: f64| json!({"value": number, "provenance": "kolada"});
    value(&app, "N01951/2380/2019/T", kolada(10.0)).await;
    value(&app, "N01951/2380/2019/K", kolada(4.5)).await;
    value(
        &app,
        "N01951/2380/2019/M",
        json!({"value": 5.75, "status": "preliminary"}),
    )
    .await;
    value(
        &app,
        "N01951/2380/2021/T",
        json!({"value": null, "status": "confidential"}),
    )
    .await;
    value(&app, "N01951/2380/2021/K", json!({"value": 1})).await;
    value(
        &app,
        "N01951/2380/2021/M",
        json!({"value": null, "status": "missing"}),
    )
    .await;
    value(&app, "N01951/0000/2018/T", json!({"value": 1})).await;
    let found = app
        .get("/indicators/N01951/series?municipalityCode=2380")
        .await
        .expect(200)
        .json();
    assert_eq!(members(&found["items"], "year"), [2019, 2020, 2021]);
    assert_eq!(
        found["items"][0],
        json!({
            "year": 2019,
            "T": {"value": 10, "status": "final", "provenance": "kolada"},
            "K": {"value": 4.5, "status": "final", "provenance": "kolada"},
            "M": {"value": 5.75, "status": "preliminary", "provenance": "reported"},
            "gap": {"value": -1.25, "status": "preliminary", "provenance": "derived"},
        })
    );
    let nothing = json!({"year": 2020, "T": null, "K": null, "M": null, "gap": null});
    assert_eq!(found["items"][1], nothing, "a missing year is there");
    let last = &found["items"][2];
    assert_eq!(last["T"]["status"], "confidential");
    assert_eq!(
        (&last["M"]["value"], &last["gap"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(found["attribution"], "Källa: Kolada");
    assert_eq!(found["unit"], "antal");
    let own = app.get("/indicators/N01951/series").await.expect(200);
    assert_eq!(own.json(), found, "the own municipality is the default");
}

#[tokio::test]
async fn a_gap_is_exact_to_the_last_digit() {
    let app = started().await;
    let digits = |path: &str, number: &str| {
        let body: Value = serde_json::from_str(&format!("{{\"value\": {number}}}")).expect("JSON");
        (format!("N01951/2380/2020/{path}"), body)
    };
    for (place, body) in [
        digits("K", "999999999999999.000000000001"),
        digits("M", "-999999999999999.000000000001"),
    ] {
        value(&app, &place, body).await;
    }
    let found = app.get("/indicators/N01951/series").await.expect(200);
    assert!(
        found
            .text()
            .contains("\"value\":1999999999999998.000000000002,"),
        "{}",
        found.text()
    );
}

#[tokio::test]
async fn a_series_without_values_is_empty_and_one_of_nothing_known_is_refused() {
    let app = started().await;
    let found = app
        .get("/indicators/N01951/series")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&found["items"], &found["attribution"]),
        (&json!([]), &Value::Null)
    );
    app.get("/indicators/N1/series")
        .await
        .problem(404, "notFound");
    app.get("/indicators/N01951/series?municipalityCode=2399")
        .await
        .problem(400, "invalidQuery");
    app.get("/indicators/N01951/series?municipalityCode=x")
        .await
        .problem(400, "invalidQuery");
    app.get("/indicators/N01951/series?year=2020")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn a_series_that_the_client_has_is_304_until_a_value_changes() {
    let app = started().await;
    let before = app.get("/indicators/N01951/series").await.expect(200);
    let again = |etag: String| {
        let request = app.request("GET", "/indicators/N01951/series");
        request.header("if-none-match", &etag).send()
    };
    again(before.etag().to_owned()).await.expect(304);
    value(&app, "N01951/2380/2020/T", json!({"value": 1})).await;
    again(before.etag().to_owned()).await.expect(200);
}
