//! Values: exact figures by indicator, municipality, year and gender.

mod credit;
mod figures;
mod lists;
mod record;
mod writers;

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// The path of Östersund's value of an indicator.
fn path(code: &str, year: i32, gender: &str) -> String {
    format!("/indicators/{code}/values/2380/{year}/{gender}")
}

/// A service with Östersund, the country, an indicator divided by gender
/// (N01951) and one that is not (U07451), and an editor's key.
async fn started() -> (TestApp, String) {
    let app = TestApp::start().await;
    app.municipality("2380", "municipality").await;
    app.municipality("0000", "country").await;
    app.indicator("N01951", true).await;
    app.indicator("U07451", false).await;
    let key = app.key(Role::Editor).await;
    (app, key)
}

async fn put(app: &TestApp, key: &str, path: &str, body: Value) -> Answer {
    app.request("PUT", path).key(key).json(&body).send().await
}

#[tokio::test]
async fn a_value_comes_back_as_it_was_written() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    let body = json!({"value": 64714, "status": "preliminary", "provenance": "kolada", "note": " a\r\nb "});
    let made = put(&app, &key, &path, body).await.expect(201);
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!((read.json(), read.etag()), (made.json(), made.etag()));
    let found = read.json();
    for (member, value) in [
        ("indicatorCode", json!("N01951")),
        ("municipalityCode", json!("2380")),
        ("year", json!(2022)),
        ("gender", json!("T")),
        ("value", json!(64714)),
        ("status", json!("preliminary")),
        ("provenance", json!("kolada")),
        ("note", json!("a\nb")),
    ] {
        assert_eq!(found[member], value, "{member}");
    }
    assert_eq!(found["_links"]["self"]["href"], app.url(&path));
    let collection = app.url("/indicators/N01951/values");
    assert_eq!(found["_links"]["collection"]["href"], collection);
}

#[tokio::test]
async fn what_is_left_out_is_final_and_reported() {
    let (app, key) = started().await;
    let made = put(&app, &key, &path("N01951", 2022, "T"), json!({"value": 1})).await;
    let made = made.expect(201).json();
    assert_eq!(made["status"], "final");
    assert_eq!(made["provenance"], "reported");
    assert_eq!(made["note"], Value::Null);
}

#[tokio::test]
async fn a_number_goes_with_a_status_that_has_one_and_with_no_other() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    for (body, fault) in [
        (json!({}), Some("required")),
        (
            json!({"value": null, "status": "preliminary"}),
            Some("required"),
        ),
        (
            json!({"value": 0, "status": "missing"}),
            Some("inconsistent"),
        ),
        (
            json!({"value": 1, "status": "confidential"}),
            Some("inconsistent"),
        ),
        (json!({"status": "missing"}), None),
        (json!({"value": null, "status": "confidential"}), None),
        (json!({"value": 0}), None),
    ] {
        let answer = put(&app, &key, &path, body.clone()).await;
        match fault {
            None => assert!(answer.status < 300, "{body}: {}", answer.text()),
            Some(code) => assert_eq!(
                answer.problem(422, "invalidContent").faults(),
                [("/value".to_owned(), code.to_owned())],
                "{body}"
            ),
        }
    }
}

#[tokio::test]
async fn a_patch_is_judged_with_what_is_there() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    let made = put(
        &app,
        &key,
        &path,
        json!({"value": 12345678901234.56, "note": "a"}),
    )
    .await;
    let patch = |body: Value| {
        let request = app.request("PATCH", &path).key(&key).if_match("*");
        request.json(&body).send()
    };
    let refused = patch(json!({"status": "missing"})).await;
    assert_eq!(
        refused.problem(422, "invalidContent").faults()[0].0,
        "/value"
    );
    let changed = patch(json!({"note": null})).await.expect(200);
    assert!(changed.text().contains("\"value\":12345678901234.56,"));
    assert_ne!(changed.etag(), made.etag());
    let withdrawn = patch(json!({"status": "missing", "value": null})).await;
    assert_eq!(withdrawn.expect(200).json()["value"], Value::Null);
}

#[tokio::test]
async fn women_and_men_have_values_only_where_the_indicator_is_divided() {
    let (app, key) = started().await;
    for gender in ["T", "K", "M"] {
        let path = path("N01951", 2022, gender);
        put(&app, &key, &path, json!({"value": 1}))
            .await
            .expect(201);
    }
    let whole = path("U07451", 2022, "T");
    put(&app, &key, &whole, json!({"value": 1}))
        .await
        .expect(201);
    for gender in ["K", "M"] {
        let path = path("U07451", 2022, gender);
        let refused = put(&app, &key, &path, json!({"value": 1})).await;
        let faults = refused.problem(422, "invalidContent").faults();
        assert_eq!(faults, [(String::new(), "inconsistent".to_owned())]);
        app.get(&path).await.problem(404, "notFound");
    }
}

// Row 13, row 16
#[tokio::test]
async fn a_key_that_can_name_nothing_is_404_and_so_is_an_unknown_one() {
    let (app, key) = started().await;
    for path in [
        "/indicators/n01951/values/2380/2022/T",
        "/indicators/N01951/values/238/2022/T",
        "/indicators/N01951/values/2380/0/T",
        "/indicators/N01951/values/2380/-1/T",
        "/indicators/N01951/values/2380/99999/T",
        "/indicators/N01951/values/2380/2147483648/T",
        "/indicators/N01951/values/2380/2024.5/T",
        "/indicators/N01951/values/2380/2022/t",
        "/indicators/N01951/values/2380/2022/X",
        "/indicators/N99999/values/2380/2022/T",
        "/indicators/N01951/values/9999/2022/T",
        "/indicators/N01951%00/values/2380/2022/T",
    ] {
        app.get(path).await.problem(404, "notFound");
        let refused = put(&app, &key, path, json!({"value": 1})).await;
        refused.problem(404, "notFound");
    }
    let list = app.get("/indicators/N99999/values").await;
    list.problem(404, "notFound");
    let empty = app.get("/indicators/U07451/values").await.expect(200);
    assert_eq!(empty.json()["items"], json!([]));
}
