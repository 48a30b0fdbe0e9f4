//! Every list has the same in each form.

use serde_json::Value;

use super::csv_rows;
use crate::contract::{document, operations, populate};
use crate::support::{TestApp, readers};

/// The addresses of all lists that come as CSV.
fn lists(document: &Value) -> Vec<String> {
    let has_csv = |told: &Value| {
        told["responses"]["200"]["content"]
            .get("text/csv")
            .is_some()
    };
    operations(document)
        .iter()
        .filter(|operation| has_csv(&operation.told))
        .map(|operation| operation.address())
        .collect()
}

/// A member as a cell has it.
fn cell(member: &Value) -> String {
    match member {
        Value::Null => String::new(),
        Value::String(text) => malbild::http::export::guarded(text).into_owned(),
        Value::Array(several) => {
            let several: Vec<String> = several.iter().map(cell).collect();
            several.join(" ")
        }
        other => other.to_string(),
    }
}

/// What the column of this name has in an item.
fn found<'a>(item: &'a Value, column: &str) -> &'a Value {
    if let Some(member) = item.get(column) {
        return member;
    }
    let object = ["source", "outcome"]
        .into_iter()
        .find(|object| column.starts_with(object))
        .unwrap_or_else(|| panic!("no member for {column}"));
    let part = column.trim_start_matches(object);
    let part = part[..1].to_lowercase() + &part[1..];
    item[object].get(&part).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn every_list_has_the_same_rows_as_json_as_ndjson_and_as_csv() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    let lists = lists(&document);
    assert!(lists.len() >= 18, "{lists:?}");
    let mut compared = 0;
    for address in lists.iter().filter(|address| !address.ends_with("/series")) {
        let json = app
            .get(&format!("{address}?limit=1000"))
            .await
            .expect(200)
            .json();
        let items = json["items"].as_array().unwrap();
        let lines = app
            .get(&format!("{address}?format=ndjson"))
            .await
            .expect(200);
        let lines: Vec<Value> = lines
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(&lines, items, "{address}");

        let csv = app
            .get(&format!("{address}?format=csv"))
            .await
            .expect(200)
            .text();
        let rows = csv_rows(&csv, b',');
        let (header, rows) = rows.split_first().unwrap();
        assert_eq!(rows.len(), items.len(), "{address}");
        for (row, item) in rows.iter().zip(items) {
            for (column, cell_found) in header.iter().zip(row) {
                assert_eq!(*cell_found, cell(found(item, column)), "{address} {column}");
                compared += 1;
            }
        }
        assert!(csv.ends_with("\r\n"), "{address}");
    }
    assert!(compared > 150, "{compared}");
}

#[tokio::test]
async fn a_list_without_rows_is_its_header_row_and_no_lines() {
    let app = TestApp::start().await;
    let csv = app.get("/boards?format=csv").await.expect(200).text();
    assert_eq!(
        csv,
        "boardId,name,kind,validFrom,validTo,successorBoardId,createdAt,updatedAt\r\n"
    );
    let csv = app.get("/values?format=csv").await.expect(200).text();
    assert_eq!(
        csv,
        "indicatorCode,municipalityCode,year,gender,value,status,provenance,note\r\n"
    );
    assert_eq!(
        app.get("/values?format=ndjson").await.expect(200).text(),
        ""
    );
}

#[tokio::test]
async fn an_export_has_all_rows_of_the_filter_in_the_order_that_is_asked_for() {
    let (app, _) = super::started(2_500, &[]).await;
    let csv = app
        .get("/values?format=csv&yearFrom=2010&yearTo=2019&sort=-value&fields=year,value")
        .await
        .expect(200);
    let rows = csv_rows(&csv.text(), b',');
    assert_eq!(rows[0], ["year", "value"]);
    assert_eq!(rows.len(), 251);
    assert_eq!(rows[1], ["2019", "2419"]);
    assert_eq!(rows[250], ["2010", "10"]);
    let lines = app
        .get("/indicators/N01951/values?format=ndjson&municipalityCode=3007&fields=year,value")
        .await
        .expect(200)
        .text();
    assert_eq!(lines.lines().count(), 100);
    assert_eq!(lines.lines().next(), Some(r#"{"year":2000,"value":700}"#));
}

#[tokio::test]
async fn every_column_is_described_in_swedish_and_in_english() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    for address in lists(&document) {
        let about = app.get(&format!("{address}?format=csvw")).await.expect(200);
        assert_eq!(about.header("content-type"), "application/csvm+json");
        let about = about.json();
        let columns = about["tableSchema"]["columns"].as_array().unwrap();
        assert!(!columns.is_empty(), "{address}");
        for column in columns {
            for (place, language) in ["sv", "en"].into_iter().enumerate() {
                let told = &column["dc:description"][place];
                assert_eq!(told["@language"], language);
                let told = told["@value"].as_str().unwrap();
                assert!(told.len() > 5, "{address} {} {language}", column["name"]);
            }
        }
        let csv = app
            .get(&format!("{address}?format=csv"))
            .await
            .expect(200)
            .text();
        let names: Vec<&str> = columns
            .iter()
            .map(|c| c["titles"].as_str().unwrap())
            .collect();
        assert_eq!(csv_rows(&csv, b',')[0], names, "{address}");
    }
}

#[tokio::test]
async fn a_past_moment_is_exported_as_it_was_and_never_changes() {
    let (app, key) = super::started(10, &[]).await;
    let then = malbild::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let before = app.get("/values?format=csv").await.expect(200);
    let deleted = app
        .request("DELETE", "/indicators/N01951/values/3000/2003/T")
        .key(&key);
    deleted.send().await.expect(204);
    let now = app.get("/values?format=csv").await.expect(200);
    assert_eq!(csv_rows(&now.text(), b',').len(), 10);
    for form in ["csv", "ndjson"] {
        let past = format!("/values?format={form}&asOf={then}");
        let past = app.get(&past).await.expect(200);
        assert!(past.header("cache-control").contains("immutable"));
        assert_eq!(past.header("changes-cursor"), "");
        assert!(past.text().contains("2003"), "{form}");
    }
    let past = app.get(&format!("/values?format=csv&asOf={then}")).await;
    assert_eq!(past.text(), before.text());
}

/// A member as the reader of CSV on the Web gives it back: typed, numbers with all digits.
fn typed(member: &Value) -> Value {
    match member {
        Value::Number(number) if !number.is_i64() => Value::String(number.to_string()),
        Value::String(text) => malbild::http::export::guarded(text).into(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn a_reader_of_csv_on_the_web_finds_every_list_valid_and_typed() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    let mut compared = 0;
    for address in lists(&document) {
        let csv = app.url(&format!("{address}?format=csv"));
        let read = readers::read("csvw", &[&csv], b"").await;
        assert_eq!(read["valid"], true, "{address}: {}", read["warnings"]);
        assert_eq!(read["described"], true, "{address}");
        let rows = read["tables"][0]["rows"].as_array().expect("rows");
        if address.ends_with("/series") {
            continue;
        }
        let json = app.get(&format!("{address}?limit=1000")).await.json();
        let items = json["items"].as_array().expect("items");
        assert_eq!(rows.len(), items.len(), "{address}");
        for (row, item) in rows.iter().zip(items) {
            for (column, cell) in row.as_object().expect("a row") {
                let member = found(item, column);
                let types = &read["tables"][0]["types"][column];
                match types.as_str().expect("a type") {
                    // Moments are written in another way that means the same.
                    "dateTime" => assert!(cell.as_str().is_some(), "{address} {column}"),
                    // The reader knows no days without a time.
                    "date" if !member.is_null() => {
                        let midnight = format!("{}T00:00:00", member.as_str().expect("text"));
                        assert_eq!(*cell, midnight, "{address} {column}");
                    }
                    "decimal" if !member.is_null() => {
                        let digits = Value::String(member.to_string());
                        assert_eq!(*cell, digits, "{address} {column}");
                    }
                    _ => assert_eq!(*cell, typed(member), "{address} {column}"),
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared}");
}
