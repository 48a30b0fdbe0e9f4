//! XLSX: a workbook, read back with openpyxl.

use serde_json::{Value, json};

use super::{in_form, started, values};
use crate::support::{TestApp, readers};

/// A workbook that was read.
struct Workbook {
    header: Vec<String>,
    rows: Vec<Vec<Value>>,
    data: Value,
    about: Vec<Vec<Value>>,
}

impl Workbook {
    async fn at(app: &TestApp, path: &str) -> Self {
        let answer = in_form(app, path, "xlsx").await;
        Self::read(&answer.body).await
    }

    async fn read(bytes: &[u8]) -> Self {
        let found = readers::read("xlsx", &[], bytes).await;
        let rows = |sheet: usize| -> Vec<Vec<Value>> {
            serde_json::from_value(found["sheets"][sheet]["rows"].clone()).expect("rows")
        };
        let mut data = rows(0).into_iter();
        let header = data.next().expect("a header");
        Self {
            header: serde_json::from_value(header.into()).expect("names"),
            rows: data.collect(),
            data: found["sheets"][0].clone(),
            about: rows(1),
        }
    }

    /// The rows as objects.
    fn objects(&self) -> Vec<Value> {
        let object = |row: &Vec<Value>| {
            self.header
                .iter()
                .cloned()
                .zip(row.iter().cloned())
                .collect()
        };
        self.rows.iter().map(object).map(Value::Object).collect()
    }

    /// What the second sheet says under a name.
    fn says(&self, name: &str) -> Option<&str> {
        let row = self.about.iter().find(|row| row[0] == name)?;
        row[1].as_str()
    }
}

/// A number as a double has it.
fn double(value: &Value) -> Option<f64> {
    value.to_string().parse().ok()
}

/// Fails unless the rows are those values, in their order.
fn same(rows: &[Value], values: &[Value], members: &[&str]) {
    assert_eq!(rows.len(), values.len());
    for (row, value) in rows.iter().zip(values) {
        for member in members {
            let (found, expected) = (&row[member], &value[member]);
            if *member == "value" {
                assert_eq!(double(found), double(expected), "{row}");
            } else {
                assert_eq!(found, expected, "{member} of {row}");
            }
        }
    }
}

const MEMBERS: [&str; 8] = [
    "indicatorCode",
    "municipalityCode",
    "year",
    "gender",
    "value",
    "status",
    "provenance",
    "note",
];

#[tokio::test]
async fn a_workbook_has_the_same_rows_as_the_json_with_their_names() {
    let app = started().await;
    for path in [
        "/values",
        "/values?sort=-year",
        "/indicators/N01951/values?gender=T,K",
    ] {
        let found = Workbook::at(&app, path).await;
        let rows = found.objects();
        same(&rows, &values(&app, path).await, &MEMBERS);
        for row in &rows {
            let kommun = ["2380", "0114", "0000"]
                .iter()
                .position(|code| row["municipalityCode"] == *code);
            let name = ["Östersund", "Upplands Väsby", "Riket"][kommun.expect("a municipality")];
            assert_eq!(
                (&row["municipalityName"], &row["unit"]),
                (&json!(name), &json!("antal"))
            );
        }
    }
    let found = Workbook::at(&app, "/values").await;
    assert_eq!(
        found.header.join(" "),
        "indicatorCode indicatorTitle municipalityCode municipalityName year gender value unit status provenance note"
    );
    assert_eq!(found.data["bold"], json!(vec![true; 11]));
    assert_eq!(
        (&found.data["frozen"], &found.data["filter"]),
        (&json!("A2"), &json!("A1:K10"))
    );
    assert_eq!(found.rows[0][6].to_string(), "31.32959689");
}

#[tokio::test]
async fn text_stays_text_and_numbers_are_numbers() {
    let app = started().await;
    let found = Workbook::at(&app, "/values").await;
    let types: Vec<Vec<String>> =
        serde_json::from_value(found.data["types"].clone()).expect("types");
    for (row, types) in found.rows.iter().zip(&types[1..]) {
        for (cell, kind) in row.iter().zip(types) {
            let expected = if cell.is_string() { "s" } else { "n" };
            assert_eq!(kind, expected, "{cell}");
        }
    }
    let texts = found
        .rows
        .iter()
        .flatten()
        .filter(|cell| cell.as_str().is_some_and(|text| text.starts_with("=1+1")));
    assert_eq!(texts.count(), 4, "three titles and a note");
}

#[tokio::test]
async fn the_columns_that_are_asked_for_are_those_that_come() {
    let app = started().await;
    let found = Workbook::at(&app, "/values?fields=value,year,updatedAt").await;
    assert_eq!(found.header, ["year", "value", "updatedAt"]);
    same(
        &found.objects(),
        &values(&app, "/values").await,
        &["year", "value", "updatedAt"],
    );
    app.get("/values?format=xlsx&fields=x")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn the_second_sheet_says_where_the_rows_are_from_and_credits_kolada_for_its_own_alone() {
    let app = started().await;
    let found = Workbook::at(&app, "/values").await;
    let says = |name| found.says(name).unwrap_or_else(|| panic!("no {name}"));
    let url = app.url("/values?format=xlsx");
    assert_eq!(says("Adress / Query"), url);
    assert_eq!(says("Källa / Source"), app.url(""));
    assert_eq!(says("Antal rader / Rows"), "9");
    assert_eq!(says("Källhänvisning / Credit"), "Källa: Kolada");
    assert!(
        says("Gäller / Goes for").starts_with("4 av 9 rader"),
        "{}",
        says("Gäller / Goes for")
    );
    assert!(says("Siffror / Digits").contains("1 tal här har fler"));
    assert_eq!(found.says("Licens / Licence"), None, "none is set");
    let retrieved = says("Hämtad / Retrieved");
    let age = malbild::clock::now()
        - retrieved
            .parse::<chrono::DateTime<chrono::Utc>>()
            .expect("a time");
    assert!((0..60).contains(&age.num_seconds()), "{retrieved}");
    let year = found
        .about
        .iter()
        .find(|row| row[0] == "year")
        .expect("a row about the year");
    assert_eq!(year[1], "Året som värdet gäller.");
    assert!(
        year[2].as_str().is_some_and(|text| text.contains("year")),
        "{year:?}"
    );

    let reported = Workbook::at(&app, "/values?status=preliminary,missing").await;
    assert_eq!(reported.says("Källhänvisning / Credit"), None);
    assert_eq!(
        reported.says("Titel / Title"),
        Some("Invånare totalt, antal, Östersund")
    );
}

#[tokio::test]
async fn a_series_is_a_sheet_and_a_filter_that_leaves_nothing_an_empty_one() {
    let app = started().await;
    let found = Workbook::at(&app, "/indicators/N01951/series?municipalityCode=2380").await;
    let mut rows = values(&app, "/indicators/N01951/values?municipalityCode=2380").await;
    let order = |value: &Value| (value["year"].as_i64(), value["gender"].to_string());
    let mut found = found.objects();
    rows.sort_by_key(order);
    found.sort_by_key(order);
    same(&found, &rows, &MEMBERS[..7]);
    let none = Workbook::at(&app, "/values?year=1999").await;
    assert_eq!((none.rows.len(), none.header.len()), (0, 11));
    assert_eq!(none.says("Antal rader / Rows"), Some("0"));
    app.get("/indicators/N4/values?format=xlsx")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn a_client_with_a_workbook_from_earlier_is_told_that_it_is_good_until_something_changes() {
    let app = started().await;
    let path = "/values?format=xlsx";
    let first = app.get(path).await.expect(200);
    let ask = |etag: &str| {
        app.request("GET", path)
            .header("if-none-match", etag)
            .send()
    };
    // As if it had been fetched long ago: the ETag ends with the second.
    let (stem, second) = first
        .etag()
        .trim_matches('"')
        .split_once("-at")
        .expect("a time");
    let earlier = format!(
        "\"{stem}-at{}\"",
        second.parse::<i64>().expect("a number") - 5000
    );
    let again = ask(&earlier).await.expect(304);
    assert_eq!(again.etag(), earlier);
    let later = format!(
        "\"{stem}-at{}\"",
        second.parse::<i64>().expect("a number") + 5000
    );
    ask(&later).await.expect(200);
    app.make("/indicators/N3/values/2380/2024/T", json!({"value": 9}))
        .await;
    ask(&earlier).await.expect(200);
    ask(first.etag()).await.expect(200);
}

#[tokio::test]
async fn a_workbook_of_an_earlier_moment_is_always_the_same() {
    let app = started().await;
    let path = "/values?format=xlsx&asOf=2126-01-01";
    app.get(path).await.problem(400, "invalidQuery");
    let now = malbild::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let path = format!("/values?asOf={now}");
    let one = in_form(&app, &path, "xlsx").await;
    app.make("/indicators/N3/values/2380/2024/T", json!({"value": 9}))
        .await;
    let other = in_form(&app, &path, "xlsx").await;
    assert_eq!((one.etag(), &one.body), (other.etag(), &other.body));
    assert!(one.header("cache-control").contains("immutable"));
    let found = Workbook::read(&one.body).await;
    assert_eq!(found.rows.len(), 9);
    assert_eq!(found.says("Hämtad / Retrieved"), None);
    assert_eq!(
        found.says("Läget vid / As of").map(|text| &text[..19]),
        Some(&now[..19])
    );
}
