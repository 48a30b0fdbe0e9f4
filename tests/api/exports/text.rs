//! Text that a spreadsheet would compute, and the way back.

use serde_json::json;

use super::{csv_rows, started};

const NOTES: [&str; 9] = [
    "=1+1",
    "+46 63",
    "-2 or so",
    "@SUM(A1)",
    "'=quoted",
    "'tis plain",
    "a \"quote\", a comma; and\nanother line",
    "åäö",
    "''@twice",
];

#[tokio::test]
async fn an_exported_csv_loaded_again_is_all_unchanged() {
    let (app, key) = started(0, &[]).await;
    let minus = app
        .request("PUT", "/indicators/-A-1")
        .key(&key)
        .json(&json!({"title": "=title", "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false}));
    minus.send().await.expect(201);
    for (year, note) in (2001..).zip(NOTES) {
        let put = app
            .request("PUT", &format!("/indicators/-A-1/values/3000/{year}/T"))
            .key(&key)
            .json(&json!({"value": -0.5, "note": note}));
        put.send().await.expect(201);
    }
    let missing = app
        .request("PUT", "/indicators/N01951/values/3000/2000/M")
        .key(&key)
        .json(&json!({"value": null, "status": "confidential", "provenance": "derived"}));
    missing.send().await.expect(201);

    let csv = app.get("/values?format=csv").await.expect(200).text();
    for row in csv_rows(&csv, b',').iter().skip(1) {
        assert!(
            !row[0].starts_with('-') && !row[7].starts_with(['=', '+', '-', '@']),
            "{row:?}"
        );
        assert!(row[4].is_empty() || row[4] == "-0.5", "{row:?}");
    }
    let loaded = app
        .request("POST", "/values")
        .key(&key)
        .header("content-type", "text/csv")
        .body(csv);
    let report = loaded.send().await.expect(200).json();
    assert_eq!(report["unchanged"], NOTES.len() + 1, "{report}");
    for changed in ["created", "updated", "deleted", "rejected"] {
        assert_eq!(report[changed], 0, "{report}");
    }
    // A list that is written row by row does the same, sign by sign.
    for note in NOTES {
        let put = app
            .request("PUT", "/indicators/B")
            .key(&key)
            .header("if-match", "*")
            .json(&json!({"title": "t", "definition": note, "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false}));
        let put = if app.get("/indicators/B").await.status == 404 {
            app.request("PUT", "/indicators/B").key(&key).json(&json!({"title": "t", "definition": note, "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false}))
        } else {
            put
        };
        assert!(put.send().await.status < 300);
        let by_row = app
            .get("/indicators?format=csv&fields=indicatorCode,definition")
            .await;
        let by_row = csv_rows(&by_row.expect(200).text(), b',');
        let copied = csv_rows(
            &app.get("/values?format=csv&fields=note").await.text(),
            b',',
        );
        let cell = &by_row.iter().find(|row| row[0] == "B").expect("the row")[1];
        assert!(copied.iter().any(|row| row[0] == *cell), "{note}: {cell}");
    }
    let titles = app
        .get("/indicators?format=csv&fields=indicatorCode,title")
        .await
        .expect(200);
    assert_eq!(csv_rows(&titles.text(), b',')[1], ["'-A-1", "'=title"]);
}

#[tokio::test]
async fn figures_have_all_their_digits_in_every_form() {
    let (app, key) = started(0, &[]).await;
    let figures = [
        "123456789012345.123456789012",
        "-0.000000000001",
        "100",
        "0",
        "0.1",
    ];
    for (year, figure) in (2001..).zip(figures) {
        let put = app
            .request("PUT", &format!("/indicators/N01951/values/3000/{year}/T"))
            .key(&key)
            .header("content-type", "application/json")
            .body(format!("{{\"value\":{figure}}}"));
        put.send().await.expect(201);
    }
    let csv = app
        .get("/values?format=csv&fields=value")
        .await
        .expect(200)
        .text();
    let rows: Vec<String> = csv_rows(&csv, b',').into_iter().skip(1).flatten().collect();
    assert_eq!(rows, figures);
    let lines = app
        .get("/values?format=ndjson&fields=value")
        .await
        .expect(200)
        .text();
    let expected: Vec<String> = figures
        .iter()
        .map(|figure| format!("{{\"value\":{figure}}}"))
        .collect();
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    let series = app
        .get("/indicators/N01951/series?municipalityCode=3000&format=csv")
        .await
        .expect(200)
        .text();
    let rows = csv_rows(&series, b',');
    assert_eq!(
        rows[0],
        [
            "indicatorCode",
            "municipalityCode",
            "year",
            "gender",
            "value",
            "status",
            "provenance"
        ]
    );
    assert_eq!(
        rows[1],
        [
            "N01951", "3000", "2001", "T", figures[0], "final", "reported"
        ]
    );
    assert_eq!(rows.len(), 6);
}

#[tokio::test]
async fn a_row_whose_only_cell_is_empty_is_a_row_still() {
    let (app, key) = started(0, &[]).await;
    for (year, note) in [(2001, json!(null)), (2002, json!("a")), (2003, json!(null))] {
        let put = app
            .request("PUT", &format!("/indicators/N01951/values/3000/{year}/T"))
            .key(&key)
            .json(&json!({"value": 1, "note": note}));
        put.send().await.expect(201);
    }
    let csv = app.get("/values?format=csv&fields=note").await.expect(200);
    assert_eq!(csv.text(), "note\r\n\"\"\r\na\r\n\"\"\r\n");
}
