//! Which form a client gets.

use super::{csv_rows, started};

#[tokio::test]
async fn accept_chooses_the_form_by_its_weights_and_format_goes_before_it() {
    let (app, _) = started(3, &[]).await;
    for (accept, query, expected) in [
        ("", "", "application/json"),
        ("*/*", "", "application/json"),
        (
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "",
            "application/json",
        ),
        ("text/csv", "", "text/csv; charset=utf-8; header=present"),
        ("text/*", "", "text/csv; charset=utf-8; header=present"),
        (
            "text/csv;q=0.9, application/json;q=0.5",
            "",
            "text/csv; charset=utf-8; header=present",
        ),
        ("text/csv;q=0.5, application/json", "", "application/json"),
        ("application/x-ndjson", "", "application/x-ndjson"),
        ("application/csvm+json", "", "application/csvm+json"),
        (
            "application/json",
            "?format=csv",
            "text/csv; charset=utf-8; header=present",
        ),
        ("application/xml", "?format=ndjson", "application/x-ndjson"),
        ("text/csv", "?format=json", "application/json"),
        (
            "application/json",
            "?dialect=excel-sv",
            "text/csv; charset=utf-8; header=present",
        ),
    ] {
        let request = app.request("GET", &format!("/values{query}"));
        let request = match accept {
            "" => request,
            accept => request.header("accept", accept),
        };
        let answer = request.send().await.expect(200);
        assert_eq!(answer.header("content-type"), expected, "{accept} {query}");
        assert!(answer.header("vary").contains("Accept"), "{accept} {query}");
    }
}

#[tokio::test]
async fn another_form_is_refused_and_nothing_is_written_for_it() {
    let (app, key) = started(3, &[]).await;
    let refused = app
        .request("GET", "/values")
        .header("accept", "application/xml");
    refused.send().await.problem(406, "notAcceptable");
    app.get("/values?format=xml")
        .await
        .problem(406, "notAcceptable");
    app.get("/goals?format=xlsx")
        .await
        .problem(406, "notAcceptable");
    // What is JSON alone is so still, and so is every write.
    let one = app
        .request("GET", "/indicators/N01951")
        .header("accept", "text/csv");
    one.send().await.problem(406, "notAcceptable");
    let write = app
        .request("POST", "/values")
        .key(&key)
        .header("accept", "text/csv")
        .header("content-type", "text/csv")
        .body("indicatorCode,municipalityCode,year,gender,value\nN01951,3001,2001,T,7\n");
    write.send().await.problem(406, "notAcceptable");
    assert_eq!(app.get("/values").await.json()["_meta"]["totalRecords"], 3);
}

#[tokio::test]
async fn a_page_of_what_has_no_pages_is_refused() {
    let (app, _) = started(3, &[]).await;
    for query in [
        "format=csv&limit=10",
        "format=csv&page=1",
        "format=ndjson&page=2",
        "format=csv&cursor=x",
        "format=ndjson&dialect=excel-sv",
        "format=json&dialect=excel-sv",
        "format=csv&dialect=tsv",
        "format=csv&dialect=",
        "format=csv&format=csv",
        "format=csv&fields=unknown",
        "format=csv&fields=etag",
        "format=csvw&fields=_links",
        "format=xlsx&fields=year,etag",
        "format=json-stat&sort=year",
        "format=json-stat&fields=year",
        "format=csv&sort=note",
        "format=csv&year=x",
        "format=csv&asOf=2999-01-01",
    ] {
        app.get(&format!("/values?{query}"))
            .await
            .problem(400, "invalidQuery");
    }
    app.get("/indicators/NONE/values?format=csv")
        .await
        .problem(404, "notFound");
    app.get("/indicators/NONE/values?format=ndjson")
        .await
        .problem(404, "notFound");
    app.get("/goals/x/assignments?format=csv")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn the_swedish_dialect_opens_in_excel_with_swedish_settings() {
    let (app, key) = started(1, &[]).await;
    let put = app
        .request("PUT", "/indicators/N01951/values/3000/2001/K")
        .key(&key)
        .json(&serde_json::json!({"value": -1234.5, "note": "a;b å"}));
    put.send().await.expect(201);
    let answer = app
        .get("/values?format=csv&dialect=excel-sv&gender=K")
        .await;
    let text = answer.expect(200).text();
    assert!(text.starts_with('\u{feff}'));
    let rows = csv_rows(text.trim_start_matches('\u{feff}'), b';');
    assert_eq!(
        rows[1],
        [
            "N01951", "3000", "2001", "K", "-1234,5", "final", "reported", "a;b å"
        ]
    );
    let investments = app.get("/investments?dialect=excel-sv").await.expect(200);
    assert!(investments.text().contains("investmentId;goalId;year"));
    let about = app
        .get("/values?format=csvw&dialect=excel-sv")
        .await
        .expect(200)
        .json();
    assert_eq!(about["dialect"]["delimiter"], ";");
    assert_eq!(
        about["tableSchema"]["columns"][4]["datatype"]["format"]["decimalChar"],
        ","
    );
}

#[tokio::test]
async fn an_answer_names_its_file_its_columns_and_its_licence() {
    let licence = "http://creativecommons.org/publicdomain/zero/1.0/";
    let (app, _) = started(1, &[&format!("--licence-url={licence}")]).await;
    let answer = app
        .get("/indicators/N01951/values?format=csv&gender=T")
        .await
        .expect(200);
    let name = answer.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"malbild-2380-indicators-N01951-values-"),
        "{name}"
    );
    assert!(name.ends_with(".csv\""), "{name}");
    let link = answer.header("link").to_owned();
    assert!(
        link.contains(&format!("<{licence}>; rel=\"license\"")),
        "{link}"
    );
    let described = link
        .split('<')
        .find(|link| link.contains("describedby"))
        .unwrap();
    let address = described.split('>').next().unwrap();
    let path = address.split("/malbild/v1").nth(1).unwrap();
    let about = app.get(path).await.expect(200).json();
    let url = about["url"].as_str().unwrap();
    assert!(
        url.ends_with("/indicators/N01951/values?format=csv&gender=T"),
        "{url}"
    );
    assert_eq!(about["dc:license"]["@id"], licence);
    assert!(
        about["dc:rights"][0]["@value"]
            .as_str()
            .unwrap()
            .contains("Källa: Kolada")
    );
}
