//! Municipalities, regions and the country: whom a figure is about.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

/// The codes of a list's items.
async fn codes(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.get(&format!("/municipalities{query}")).await;
    let list = list.expect(200).json();
    let items = list["items"].as_array().expect("items");
    let code = |item: &Value| item["municipalityCode"].as_str().expect("a key").to_owned();
    items.iter().map(code).collect()
}

#[tokio::test]
async fn a_municipality_comes_back_as_it_was_written() {
    let app = TestApp::start().await;
    let body = json!({"name": " Östersund ", "countyCode": "23", "kind": "municipality"});
    let made = app.make("/municipalities/2380", body).await;
    assert_eq!(made.header("location"), app.url("/municipalities/2380"));
    let read = app.get("/municipalities/2380").await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    assert_eq!(found["municipalityCode"], "2380");
    assert_eq!(found["name"], "Östersund");
    assert_eq!(found["countyCode"], "23");
    assert_eq!(found["kind"], "municipality");
    let links = &found["_links"];
    assert_eq!(links["self"]["href"], app.url("/municipalities/2380"));
    assert_eq!(
        links["values"]["href"],
        app.url("/values?municipalityCode=2380")
    );
}

#[tokio::test]
async fn the_country_needs_no_county_and_keeps_the_zeros_of_its_code() {
    let app = TestApp::start().await;
    let body = json!({"name": "Riket", "kind": "country"});
    let made = app.make("/municipalities/0000", body).await.json();
    assert_eq!(made["municipalityCode"], "0000");
    assert_eq!(made["countyCode"], Value::Null);
}

#[tokio::test]
async fn a_code_is_four_digits_and_nothing_else() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for wrong in ["238", "02380", "238a", "-380", "%202380", "2380.0"] {
        let path = format!("/municipalities/{wrong}");
        app.get(&path).await.problem(404, "notFound");
        let body = json!({"name": "Östersund", "kind": "municipality"});
        let put = app.request("PUT", &path).key(&key).json(&body);
        put.send().await.problem(404, "notFound");
    }
    let body = json!({"name": "Östersund", "countyCode": "2", "kind": "kommun"});
    let put = app
        .request("PUT", "/municipalities/2380")
        .key(&key)
        .json(&body);
    let refused = put.send().await.problem(422, "invalidContent");
    let mut faults = refused.faults();
    faults.sort();
    let expected = [("/countyCode", "invalidFormat"), ("/kind", "notAllowed")];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
}

#[tokio::test]
async fn municipalities_are_found_by_code_county_kind_and_name() {
    let app = TestApp::start().await;
    for (code, name, county, kind) in [
        ("2380", "Östersund", Some("23"), "municipality"),
        ("2313", "Strömsund", Some("23"), "municipality"),
        ("0180", "Stockholm", Some("01"), "municipality"),
        ("0023", "Region Jämtland Härjedalen", Some("23"), "region"),
        ("0000", "Riket", None, "country"),
    ] {
        let body = json!({"name": name, "countyCode": county, "kind": kind});
        app.make(&format!("/municipalities/{code}"), body).await;
    }
    for (query, expected) in [
        ("", &["0000", "0023", "0180", "2313", "2380"][..]),
        ("?municipalityCode=2380,0180", &["0180", "2380"]),
        ("?countyCode=23", &["0023", "2313", "2380"]),
        ("?countyCode=01,23&kind=region", &["0023"]),
        ("?kind=country", &["0000"]),
        ("?q=SUND", &["2313", "2380"]),
        ("?sort=name", &["0023", "0000", "0180", "2313", "2380"]),
        (
            "?sort=countyCode,-municipalityCode",
            &["0180", "2380", "2313", "0023", "0000"],
        ),
    ] {
        assert_eq!(codes(&app, query).await, expected, "{query}");
    }
    for wrong in ["?municipalityCode=238", "?countyCode=2380", "?kind=board"] {
        let path = format!("/municipalities{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
}

const INDICATOR: &str = "INSERT INTO indicators (indicator_code, title, unit, decimals, direction, divided_by_gender, sdgs)
     VALUES ('N00090', 'Exempel', 'procent', 0, 'none', false, '{}')";

const VALUES: &str = "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
     SELECT 'N00090', '2380', year, 'T', 1, 'final', 'reported' FROM generate_series(2010, 2020) year";

#[tokio::test]
async fn what_values_refer_to_cannot_be_deleted_and_ten_of_them_are_named() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({"name": "Östersund", "countyCode": "23", "kind": "municipality"});
    let made = app.make("/municipalities/2380", body).await;
    let sql = app.sql().await;
    let values = format!("{INDICATOR}; {VALUES}");
    sql.batch_execute(&values).await.expect("values");
    let delete = || {
        let request = app.request("DELETE", "/municipalities/2380").key(&key);
        request.if_match(made.etag()).send()
    };
    let kept = delete().await.problem(409, "referredTo").json();
    let detail = kept["detail"].as_str().expect("words");
    assert!(detail.contains("value N00090/2380/2010/T,"), "{detail}");
    let last = "value N00090/2380/2019/T and others";
    assert!(detail.contains(last), "{detail}");
    assert!(!detail.contains("2020"), "{detail}");
    let gone = "DELETE FROM indicator_values";
    sql.batch_execute(gone).await.expect("no values");
    delete().await.expect(204);
    let read = app.get("/municipalities/2380").await;
    read.problem(404, "notFound");
}

#[tokio::test]
async fn a_deletion_waits_for_a_value_that_is_on_its_way() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({"name": "Östersund", "kind": "municipality"});
    let made = app.make("/municipalities/2380", body).await;
    let mut sql = app.sql().await;
    sql.batch_execute(INDICATOR).await.expect("an indicator");
    let writing = sql.transaction().await.expect("a transaction");
    writing.batch_execute(VALUES).await.expect("values");
    let request = app.request("DELETE", "/municipalities/2380").key(&key);
    let delete = tokio::spawn(request.if_match(made.etag()).send());
    app.blocked().await;
    writing.commit().await.expect("a commit");
    let kept = delete.await.expect("an answer").problem(409, "referredTo");
    assert!(
        kept.text().contains("N00090/2380/2010/T"),
        "{}",
        kept.text()
    );
}

#[tokio::test]
async fn a_board_may_not_write_municipalities() {
    let app = TestApp::start().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let body = json!({"name": "Östersund", "kind": "municipality"});
    let made = app.make("/municipalities/2380", body.clone()).await;
    let key = app.board_key("kommunstyrelsen").await;
    for (method, path) in [
        ("PUT", "/municipalities/2313"),
        ("PUT", "/municipalities/2380"),
        ("PATCH", "/municipalities/2380"),
        ("DELETE", "/municipalities/2380"),
    ] {
        let request = app.request(method, path).key(&key).json(&body);
        request.send().await.problem(403, "forbidden");
    }
    assert_eq!(app.get("/municipalities/2380").await.etag(), made.etag());
    app.get("/municipalities/2313")
        .await
        .problem(404, "notFound");
}
