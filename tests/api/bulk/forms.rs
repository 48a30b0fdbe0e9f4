//! The three forms of a body.

use serde_json::{Value, json};

use super::{CSV, JSON, LINES, counts, expected, post, row, send, started, told, withdrawal};

const HEADER: &str =
    "indicatorCode,municipalityCode,year,gender,value,status,provenance,note,action\n";

/// The same rows in each form: one with everything, one with the defaults, one
/// without a number.
fn same() -> [(&'static str, String); 3] {
    let rows = [
        json!({"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "K", "value": 32084.5,
               "status": "preliminary", "provenance": "kolada", "note": "a \"b\", c", "action": "upsert"}),
        row("U07451", 2022, json!(1)),
        json!({"indicatorCode": "N01951", "municipalityCode": "0000", "year": 2021, "gender": "T", "value": null, "status": "confidential"}),
    ];
    let lines = rows.iter().map(|row| format!("{row}\r\n")).collect();
    let csv = format!(
        "\u{feff}{HEADER}N01951,2380,2022,K,32084.5,preliminary,kolada,\"a \"\"b\"\", c\",upsert\r\n\
         U07451,2380,2022,T,1,,,,\r\nN01951,0000,2021,T,,confidential,,,\r\n"
    );
    [
        (JSON, Value::from(rows.to_vec()).to_string()),
        (LINES, lines),
        (CSV, csv),
    ]
}

#[tokio::test]
async fn the_same_rows_are_the_same_values_in_every_form() {
    let mut seen: Vec<Value> = Vec::new();
    for (media_type, body) in same() {
        let (app, key) = started().await;
        let report = send(&app, &key, "", media_type, body.clone()).await;
        let report = report.expect(200).json();
        assert_eq!(counts(&report), [3, 0, 0, 0, 0, 0], "{media_type}");
        assert_eq!(report["changes"], Value::Null);
        assert_eq!(report["rows"], json!([]));
        let again = send(&app, &key, "", media_type, body).await.expect(200);
        assert_eq!(counts(&again.json()), [0, 0, 0, 3, 0, 0], "{media_type}");
        let fields = "/values?fields=indicatorCode,municipalityCode,year,gender,value,status,provenance,note";
        seen.push(app.get(fields).await.expect(200).json()["items"].clone());
    }
    assert_eq!(seen[0].as_array().expect("items").len(), 3);
    assert_eq!(seen[0][0]["status"], "confidential");
    assert_eq!(seen[0][1]["note"], "a \"b\", c");
    assert!(seen.iter().all(|items| *items == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn figures_keep_their_digits_in_every_form() {
    let (app, key) = started().await;
    let figures = [
        "0.1",
        "-0.05",
        "12345678901234.56",
        "999999999999999.999999999999",
    ];
    for (start, media_type) in [(1900, JSON), (2000, LINES), (2100, CSV)] {
        let rows = (start..).zip(figures);
        let body = match media_type {
            CSV => rows.fold(
                "indicatorCode,municipalityCode,year,gender,value\n".to_owned(),
                |csv, (year, figure)| format!("{csv}N01951,2380,{year},T,{figure}\n"),
            ),
            _ => {
                let row = |(year, figure): (i32, &str)| {
                    format!(
                        "{{\"indicatorCode\":\"N01951\",\"municipalityCode\":\"2380\",\"year\":{year},\"gender\":\"T\",\"value\":{figure}}}"
                    )
                };
                let rows: Vec<String> = rows.map(row).collect();
                match media_type {
                    LINES => rows.join("\n"),
                    _ => format!("[{}]", rows.join(",")),
                }
            }
        };
        send(&app, &key, "", media_type, body).await.expect(200);
        for (year, figure) in (start..).zip(figures) {
            let path = format!("/indicators/N01951/values/2380/{year}/T");
            let text = app.get(&path).await.expect(200).text();
            assert!(text.contains(&format!("\"value\":{figure},")), "{text}");
        }
    }
}

#[tokio::test]
async fn a_row_can_withdraw_a_value_in_every_form() {
    let (app, key) = started().await;
    let rows = [row("N01951", 2021, json!(1)), row("N01951", 2022, json!(2))];
    let csv = format!("{HEADER}N01951,2380,2021,T,,,,,delete\nN01951,2380,2023,T,3,,,,\n");
    let mixed = [withdrawal("N01951", 2021), row("N01951", 2023, json!(3))];
    for (media_type, body) in [
        (JSON, Value::from(mixed.to_vec()).to_string()),
        (LINES, format!("{}\n{}", mixed[0], mixed[1])),
        (CSV, csv),
    ] {
        post(&app, &key, "", &rows).await.expect(200);
        let report = send(&app, &key, "", media_type, body.clone()).await;
        assert_eq!(counts(&report.expect(200).json()), [1, 0, 1, 0, 0, 0]);
        let gone = app.get("/indicators/N01951/values/2380/2021/T").await;
        gone.problem(404, "notFound");
        // What is not there any more is as it should be.
        let again = send(&app, &key, "", media_type, body).await.expect(200);
        assert_eq!(counts(&again.json()), [0, 0, 0, 2, 0, 0]);
        let total = app.get("/values").await.json();
        assert_eq!(total["_meta"]["totalRecords"], 2);
        let rest = [withdrawal("N01951", 2022), withdrawal("N01951", 2023)];
        let report = post(&app, &key, "", &rest).await.expect(200);
        assert_eq!(counts(&report.json()), [0, 0, 2, 0, 0, 0]);
    }
}

#[tokio::test]
async fn a_row_that_withdraws_has_nothing_but_its_key() {
    let (app, key) = started().await;
    let mut wrong = withdrawal("N01951", 2022);
    for (name, value) in [
        ("value", json!(1)),
        ("status", json!("final")),
        ("note", json!("a")),
    ] {
        wrong[name] = value;
    }
    let refused = post(&app, &key, "", &[wrong]).await;
    let refused = refused.problem(422, "invalidContent").json();
    let all = expected(&[
        (1, "value", "inconsistent"),
        (1, "status", "inconsistent"),
        (1, "note", "inconsistent"),
    ]);
    assert_eq!(told(&refused["errors"]), all);
}

#[tokio::test]
async fn a_body_that_is_not_in_its_form_is_400_and_nothing_is_written() {
    let (app, key) = started().await;
    let good = row("N01951", 2022, json!(1));
    for body in [
        format!("[{good},{good}"),
        format!("[{good}] x"),
        format!("[{good},]"),
        format!("\u{feff}[{good}]"),
        "[{\"year\":1,\"year\":1}]".to_owned(),
        format!("[{good},{{\"a\":{}", "[".repeat(50_000)),
        format!(
            "[{good},{{\"a\":{}{}}}]",
            "[".repeat(1_000),
            "]".repeat(1_000)
        ),
        format!("[{good},{{\"value\":{{\"$serde_json::private::Number\":\"7\"}}}}]"),
        String::new(),
    ] {
        let refused = send(&app, &key, "mode=partial", JSON, body).await;
        refused.problem(400, "invalidJson");
    }
    let latin = [&b"[{\"note\":\"\xe5\"}]"[..]].concat();
    let refused = send(&app, &key, "", JSON, latin).await;
    refused.problem(400, "invalidJson");
    for (csv, reason) in [
        ("", "the column indicatorCode is missing"),
        ("indicatorCode;municipalityCode\n", "with commas between"),
        ("kpi,municipality\n", "there is no column \"kpi\""),
        ("year,year\n", "the column year comes twice"),
        (
            "indicatorCode,municipalityCode,year,gender,value\nN01951,2380,2022,T,1\nN01951,2380,2023,T,\"1\n",
            "row 2: a quote is never closed",
        ),
    ] {
        let refused = send(&app, &key, "mode=partial", CSV, csv).await;
        let refused = refused.problem(400, "invalidCsv").json();
        let detail = refused["detail"].as_str().expect("a text");
        assert!(detail.contains(reason), "{detail}");
    }
    for body in ["{}", "1", "null", "\"a\""] {
        let refused = send(&app, &key, "", JSON, body).await;
        let refused = refused.problem(422, "invalidContent");
        assert_eq!(refused.faults(), [(String::new(), "wrongType".to_owned())]);
    }
    assert_eq!(app.get("/values").await.json()["_meta"]["totalRecords"], 0);
    for (media_type, nothing) in [(JSON, "[]"), (LINES, ""), (LINES, "\n \r\n"), (CSV, HEADER)] {
        let report = send(&app, &key, "", media_type, nothing).await.expect(200);
        assert_eq!(counts(&report.json()), [0; 6]);
    }
}

#[tokio::test]
async fn a_line_that_is_no_json_is_a_fault_of_its_row_alone() {
    let (app, key) = started().await;
    let good = row("N01951", 2022, json!(1)).to_string();
    let latin = b"{\"note\":\"\xe5\"}";
    let nested = format!("{{\"value\":{}", "[".repeat(50_000));
    let body = [
        b"\xef\xbb\xbf{}".as_slice(),
        good.as_bytes(),
        b"{\"year\":1,\"year\":1}",
        b"",
        latin,
        b"{} {}",
        nested.as_bytes(),
        b"{\"value\":{\"$serde_json::private::Number\":\"7\"}}",
    ]
    .join(&b'\n');
    let refused = send(&app, &key, "", LINES, body.clone()).await;
    let refused = refused.problem(422, "invalidContent").json();
    let wrong = [1, 3, 4, 5, 6, 7].map(|row| (row, "row", "invalidJson"));
    assert_eq!(told(&refused["errors"]), expected(&wrong));
    assert_eq!(refused["errors"][1]["pointer"], "/2");
    let detail = refused["errors"][1]["detail"].as_str().expect("a text");
    assert!(
        detail.contains("duplicate key \"year\" at column"),
        "{detail}"
    );
    let report = send(&app, &key, "mode=partial", LINES, body).await;
    let report = report.expect(200).json();
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 6]);
    assert_eq!(told(&report["rows"]), expected(&wrong));
}

#[tokio::test]
async fn a_row_of_more_than_64_kib_is_at_fault_and_the_longest_note_is_taken() {
    let (app, key) = started().await;
    let mut longest = row("N01951", 2022, json!(1)).to_string();
    longest.pop();
    let longest = format!(
        "{longest},\"note\":\"{}\"}}",
        "\\ud83d\\ude00".repeat(5_000)
    );
    let members: String = (0..10_000).map(|n| format!("\"x{n}\":1,")).collect();
    let long = format!("{{{members}\"year\":2022}}");
    for (media_type, body) in [
        (JSON, format!("[{longest},{long}]")),
        (LINES, format!("{longest}\n{long}")),
    ] {
        let report = send(&app, &key, "mode=partial", media_type, body).await;
        let report = report.expect(200).json();
        assert_eq!(report["rejected"], 1);
        assert_eq!(told(&report["rows"]), expected(&[(2, "row", "tooLong")]));
    }
    let value = app.get("/indicators/N01951/values/2380/2022/T").await;
    let note = value.expect(200).json()["note"].clone();
    assert_eq!(note.as_str().expect("a note").chars().count(), 5_000);
}
