//! Whom a list of values is to be credited to: "Källa: Kolada" exactly where
//! some of it is Kolada's own.

use serde_json::{Value, json};

use crate::support::TestApp;

/// Three years, one of each provenance.
async fn town() -> TestApp {
    let app = TestApp::start_with(&["--licence-url=https://example.se/licence"]).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    for (year, provenance) in [(2020, "reported"), (2021, "kolada"), (2022, "derived")] {
        let path = format!("/indicators/N01951/values/2380/{year}/T");
        app.make(&path, json!({"value": 64324, "provenance": provenance}))
            .await;
    }
    app
}

async fn meta(app: &TestApp, path: &str) -> Value {
    app.get(path).await.expect(200).json()["_meta"].clone()
}

#[tokio::test]
async fn a_list_of_values_credits_kolada_exactly_when_one_of_its_items_is_koladas() {
    let app = town().await;
    for (query, credited) in [
        ("?yearFrom=2021", true),
        ("?year=2021", true),
        ("?year=2021&fields=year,value", true),
        ("?year=2020", false),
        ("?year=2022", false),
        ("?year=2019", false),
        // What is on another page is credited there.
        ("?limit=1&page=1", false),
        ("?limit=1&page=2", true),
        ("?limit=1&page=3", false),
    ] {
        for list in ["/values", "/indicators/N01951/values"] {
            let meta = meta(&app, &format!("{list}{query}")).await;
            let wanted = match (credited, query) {
                (false, _) => Value::Null,
                // Another's are among them.
                (true, "?yearFrom=2021") => {
                    json!("Källa: Kolada, för de värden vars provenance är kolada")
                }
                (true, _) => json!("Källa: Kolada"),
            };
            assert_eq!(meta["attribution"], wanted, "{list}{query}");
            let there = meta.as_object().expect("an object");
            assert_eq!(there.contains_key("attribution"), credited, "{list}{query}");
            assert_eq!(meta["source"], app.url(""));
            assert_eq!(meta["licence"], "https://example.se/licence");
        }
    }
}

#[tokio::test]
async fn the_credit_follows_the_figure_when_it_is_replaced() {
    let app = town().await;
    let path = "/indicators/N01951/values/2380/2021/T";
    let key = app.key(malbild::auth::Role::Editor).await;
    let own = json!({"value": 64325, "provenance": "reported"});
    let put = app.request("PUT", path).key(&key).json(&own);
    put.send().await.expect(200);
    let meta = meta(&app, "/values").await;
    assert_eq!(meta["attribution"], Value::Null);
}

#[tokio::test]
async fn no_other_list_credits_anybody() {
    let app = town().await;
    for list in [
        "/goals",
        "/assignments",
        "/indicators",
        "/municipalities",
        "/changes",
    ] {
        let meta = meta(&app, list).await;
        assert_eq!(meta["source"], app.url(""), "{list}");
        assert_eq!(meta["licence"], "https://example.se/licence", "{list}");
        let there = meta.as_object().expect("an object");
        assert!(!there.contains_key("attribution"), "{list}");
    }
}
