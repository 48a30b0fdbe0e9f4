//! JSON-stat: a cube, read back with pyjstat.

use serde_json::{Value, json};

use super::{in_form, started, values};
use crate::support::{TestApp, readers};

/// The cube at a path: its cells, and what it says of itself.
async fn cube(app: &TestApp, path: &str) -> (Vec<Value>, Value) {
    let answer = in_form(app, path, "json-stat").await;
    let found = readers::read("json_stat", &[], &answer.body).await;
    let cells = found["rows"].as_array().expect("rows").clone();
    (cells, found["dataset"].clone())
}

/// Fails unless the cells are those values, digit by digit, and nothing else.
fn same(cells: &[Value], values: &[Value]) {
    let key = |of: &Value| {
        let parts = ["indicatorCode", "municipalityCode", "year", "gender"];
        parts.map(|part| of[part].to_string().trim_matches('"').to_owned())
    };
    let mut left = values.to_vec();
    for cell in cells {
        let place = left.iter().position(|value| key(value) == key(cell));
        let Some(place) = place else {
            assert_eq!(
                (&cell["value"], &cell["status"]),
                (&Value::Null, &Value::Null),
                "{cell}"
            );
            continue;
        };
        let value = left.remove(place);
        let digits = match &value["value"] {
            Value::Null => Value::Null,
            number => json!(number.to_string()),
        };
        assert_eq!(cell["value"], digits, "{cell}");
        let status = Some(&value["status"]).filter(|status| *status != "final");
        assert_eq!(&cell["status"], status.unwrap_or(&Value::Null), "{cell}");
    }
    assert_eq!(left, Vec::<Value>::new(), "they are all there");
}

#[tokio::test]
async fn several_indicators_are_one_cube_with_the_same_figures_as_the_json() {
    let app = started().await;
    let (cells, about) = cube(&app, "/values").await;
    assert_eq!(
        about["id"],
        json!(["indicatorCode", "municipalityCode", "year", "gender"])
    );
    assert_eq!(about["size"], json!([2, 3, 4, 3]));
    assert_eq!(cells.len(), 72);
    same(&cells, &values(&app, "/values").await);
    let role = json!({"time": ["year"], "geo": ["municipalityCode"], "metric": ["indicatorCode"]});
    assert_eq!(about["role"], role);
    let indicators = &about["dimension"]["indicatorCode"]["category"];
    assert_eq!(indicators["index"], json!(["N00090", "N01951"]));
    assert_eq!(indicators["label"]["N01951"], "Invånare totalt, antal");
    assert_eq!(
        indicators["unit"]["N00090"],
        json!({"label": "antal", "base": "antal", "decimals": 2})
    );
    assert_eq!(indicators["note"]["N01951"], json!(["Så mäts N01951."]));
    let names = &cells[0]["labels"];
    assert_eq!(
        names,
        &json!({"Nyckeltal": "=1+1 Nettokostnad", "Kommun": "Riket", "År": "2020", "Kön": "Totalt"})
    );
}

#[tokio::test]
async fn a_cube_says_of_each_figure_where_it_comes_from_and_credits_kolada_for_its_own_alone() {
    let app = started().await;
    let (cells, about) = cube(&app, "/indicators/N01951/values").await;
    same(&cells, &values(&app, "/indicators/N01951/values").await);
    let extension = &about["extension"];
    assert_eq!(extension["attribution"], "Källa: Kolada");
    let note = about["note"][0].as_str().expect("a note");
    assert!(note.contains("provenance är kolada"), "{note}");
    for (place, cell) in cells.iter().enumerate() {
        let told = extension["provenance"]
            .get(place)
            .or(extension["provenance"].get(place.to_string()));
        let kolada = cell["year"] == "2022" && cell["municipalityCode"] == "2380";
        assert_eq!(told.is_some_and(|told| told == "kolada"), kolada, "{cell}");
    }
    let notes: Vec<&Value> = extension["notes"]
        .as_object()
        .expect("notes")
        .values()
        .collect();
    assert_eq!(notes, ["Färre än fem", "=1+1"]);

    let (_, about) = cube(&app, "/values?year=2022&indicatorCode=N01951").await;
    assert_eq!(
        (&about["note"], &about["extension"]["provenance"]),
        (&json!(["Källa: Kolada"]), &json!("kolada"))
    );
    let (_, about) = cube(&app, "/values?status=confidential").await;
    assert_eq!(
        (about.get("note"), &about["extension"]["attribution"]),
        (None, &Value::Null)
    );
    assert_eq!(about["extension"]["provenance"], "reported");
}

#[tokio::test]
async fn a_cube_says_where_it_is_from_and_when_it_was_changed() {
    let app = TestApp::start_with(&["--licence-url", "https://example.org/cc0"]).await;
    app.indicator("N01951", false).await;
    app.municipality("2380", "municipality").await;
    app.make("/indicators/N01951/values/2380/2022/T", json!({"value": 1}))
        .await;
    let (_, about) = cube(&app, "/values?year=2022").await;
    let changed = &values(&app, "/values").await[0]["updatedAt"];
    assert_eq!(&about["updated"], changed);
    assert_eq!(about["source"], app.url(""));
    let own = app.url("/values?year=2022&format=json-stat");
    assert_eq!(
        (&about["href"], &about["extension"]["query"]),
        (&json!(own), &json!(own))
    );
    assert_eq!(
        about["link"]["license"],
        json!([{"href": "https://example.org/cc0"}])
    );
    assert_eq!(about["extension"]["licence"], "https://example.org/cc0");
    let csv = app.url("/values?year=2022&format=csv");
    assert_eq!(
        about["link"]["alternate"],
        json!([{"href": csv, "type": "text/csv"}])
    );
}

fn year_of(cell: &Value) -> Option<i64> {
    cell["year"].as_str()?.parse().ok()
}

#[tokio::test]
async fn a_series_is_a_cube_of_the_same_figures() {
    let app = started().await;
    let path = "/indicators/N01951/series?municipalityCode=2380";
    let (cells, about) = cube(&app, path).await;
    assert_eq!(about["size"], json!([1, 1, 2, 3]));
    assert_eq!(about["label"], "Invånare totalt, antal, Östersund");
    let series = app.get(path).await.expect(200).json();
    for cell in &cells {
        let items = series["items"].as_array().expect("items");
        let year = items
            .iter()
            .find(|item| item["year"].as_i64() == year_of(cell))
            .expect("the year");
        let told = &year[cell["gender"].as_str().expect("a gender")];
        let digits = match &told["value"] {
            Value::Null => Value::Null,
            number => json!(number.to_string()),
        };
        assert_eq!(cell["value"], digits, "{cell}");
    }
    app.get("/indicators/N1/series?format=json-stat")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn a_filter_that_leaves_nothing_gives_an_empty_cube_and_an_unknown_indicator_none() {
    let app = started().await;
    for path in [
        "/values?year=1999",
        "/indicators/N3/values",
        "/indicators/N3/series?municipalityCode=2380",
    ] {
        let (cells, about) = cube(&app, path).await;
        assert_eq!(
            (cells.len(), &about["size"]),
            (0, &json!([0, 0, 0, 0])),
            "{path}"
        );
    }
    app.get("/indicators/N4/values?format=json-stat")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn a_cube_is_as_it_was_with_as_of_and_304_while_the_client_has_it() {
    let app = started().await;
    let path = "/values?format=json-stat";
    let before = app.get(path).await.expect(200);
    let now = malbild::clock::now();
    let moment = now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let again = |etag: &str| {
        app.request("GET", path)
            .header("if-none-match", etag)
            .send()
    };
    again(before.etag()).await.expect(304);
    app.make("/indicators/N3/values/2380/2024/T", json!({"value": 9}))
        .await;
    let after = again(before.etag()).await.expect(200);
    assert_ne!(after.json()["size"], before.json()["size"]);
    let once = app.get(&format!("{path}&asOf={moment}")).await.expect(200);
    assert_eq!(once.json()["value"], before.json()["value"]);
    assert!(once.header("cache-control").contains("immutable"));
    let head = app.request("HEAD", path).send().await.expect(200);
    assert_eq!((head.etag(), head.body.len()), (after.etag(), 0));
}

#[tokio::test]
async fn what_a_cube_has_no_place_for_is_refused() {
    let app = started().await;
    for query in [
        "fields=value",
        "sort=-year",
        "page=1",
        "limit=1",
        "dialect=excel-sv",
    ] {
        app.get(&format!("/values?format=json-stat&{query}"))
            .await
            .problem(400, "invalidQuery");
    }
    app.get("/goals?format=json-stat")
        .await
        .problem(406, "notAcceptable");
    let request = app
        .request("GET", "/values")
        .header("accept", "application/vnd.json-stat+json");
    assert_eq!(request.send().await.expect(200).json()["class"], "dataset");
}
