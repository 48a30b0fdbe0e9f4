//! What is wrong with rows, and what becomes of the others.

use serde_json::{Value, json};

use super::{
    CSV, JSON, LINES, counts, everything, expected, lines, make_municipalities, post, row, send,
    started, told, totals, withdrawal,
};

#[tokio::test]
async fn every_fault_of_every_row_is_told_with_its_place_and_nothing_is_written() {
    let (app, key) = started().await;
    let rows = [
        row("N01951", 2021, json!(1)),
        json!({"indicatorCode": "n1", "municipalityCode": 2380, "year": "2022", "gender": "t", "value": "1",
               "status": "done", "provenance": "kolada", "note": "a\u{0}b", "extra": 1, "createdAt": "x"}),
        row("N09999", 2022, json!(1.123_456_789_012_3)),
        json!([1]),
        json!({"indicatorCode": "U07451", "municipalityCode": "9999", "year": 2022, "gender": "K", "value": 1}),
        json!({"year": 1899, "value": 1e15}),
    ];
    let refused = post(&app, &key, "", &rows).await;
    let refused = refused.problem(422, "invalidContent").json();
    let mut found = told(&refused["errors"]);
    found.sort();
    let mut wanted = expected(&[
        (2, "indicatorCode", "invalidFormat"),
        (2, "municipalityCode", "wrongType"),
        (2, "year", "wrongType"),
        (2, "gender", "notAllowed"),
        (2, "value", "wrongType"),
        (2, "status", "notAllowed"),
        (2, "note", "controlCharacter"),
        (2, "extra", "unknownMember"),
        (2, "createdAt", "readOnly"),
        // What is seen in the row alone, and what is seen beside other rows.
        (3, "value", "tooManyDecimals"),
        (3, "indicatorCode", "unknownReference"),
        (4, "row", "wrongType"),
        (5, "gender", "inconsistent"),
        (5, "municipalityCode", "unknownReference"),
        (6, "indicatorCode", "required"),
        (6, "municipalityCode", "required"),
        (6, "year", "outOfRange"),
        (6, "gender", "required"),
        (6, "value", "outOfRange"),
    ]);
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(refused["totalErrors"], 19);
    assert_eq!(refused["detail"], "19 faults in 6 rows");
    let pointers: Vec<&str> = refused["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|fault| fault["pointer"].as_str())
        .collect();
    assert!(
        pointers.contains(&"/1/note") && pointers.contains(&"/3"),
        "{pointers:?}"
    );
    assert_eq!(totals(&app.sql().await).await, (0, 0));
}

#[tokio::test]
async fn a_csv_and_lines_have_the_same_faults_as_an_array() {
    let (app, key) = started().await;
    let faulty = json!({"indicatorCode": "N01951", "municipalityCode": "238", "year": 2201, "gender": "X", "value": 1, "status": "missing"});
    let csv =
        "indicatorCode,municipalityCode,year,gender,value,status\nN01951,238,2201,X,1,missing\n";
    for (media_type, body) in [
        (JSON, format!("[{faulty}]")),
        (LINES, faulty.to_string()),
        (CSV, csv.to_owned()),
    ] {
        let refused = send(&app, &key, "", media_type, body).await;
        let refused = refused.problem(422, "invalidContent").json();
        let wanted = expected(&[
            (1, "municipalityCode", "invalidFormat"),
            (1, "year", "outOfRange"),
            (1, "gender", "notAllowed"),
            (1, "value", "inconsistent"),
        ]);
        assert_eq!(told(&refused["errors"]), wanted, "{media_type}");
        assert_eq!(refused["errors"][0]["pointer"], "/0/municipalityCode");
    }
}

#[tokio::test]
async fn rows_with_the_same_key_are_all_at_fault_and_each_names_another() {
    let (app, key) = started().await;
    let rows = [
        row("N01951", 2021, json!(1)),
        row("N01951", 2022, json!(1)),
        row("N01951", 2021, json!(2)),
        withdrawal("N01951", 2021),
        // Its value is wrong, but it speaks of the same key as the second.
        row("N01951", 2022, json!("x")),
        row("N01951", 2023, json!(3)),
    ];
    let refused = post(&app, &key, "", &rows).await;
    let refused = refused.problem(422, "invalidContent").json();
    let duplicates = |faults: &Value| -> Vec<(i64, String)> {
        let faults = faults.as_array().expect("faults").iter();
        let faults = faults.filter(|fault| fault["code"] == "duplicate");
        let text = |fault: &Value| fault["detail"].as_str().expect("a text")[..5].to_owned();
        faults
            .map(|fault| (fault["row"].as_i64().expect("a row"), text(fault)))
            .collect()
    };
    let wanted = [
        (1, "row 4"),
        (2, "row 5"),
        (3, "row 1"),
        (4, "row 1"),
        (5, "row 2"),
    ];
    let wanted = wanted.map(|(row, other)| (row, other.to_owned()));
    assert_eq!(duplicates(&refused["errors"]), wanted);
    let report = post(&app, &key, "mode=partial", &rows)
        .await
        .expect(200)
        .json();
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 5]);
    assert_eq!(duplicates(&report["rows"]), wanted);
    assert_eq!(report["totalErrors"], 6);
}

#[tokio::test]
async fn a_partial_load_writes_the_rows_without_fault_and_rejects_the_others() {
    let (app, key) = started().await;
    let rows = [
        row("N01951", 2021, json!(1)),
        row("N09999", 2021, json!(1)),
        row("N01951", 2022, json!("x")),
        withdrawal("N01951", 2020),
    ];
    let report = post(&app, &key, "mode=partial", &rows)
        .await
        .expect(200)
        .json();
    assert_eq!(counts(&report), [1, 0, 0, 1, 0, 2]);
    let wanted = [
        (2, "indicatorCode", "unknownReference"),
        (3, "value", "wrongType"),
    ];
    assert_eq!(told(&report["rows"]), expected(&wanted));
    assert_eq!(
        (&report["mode"], &report["totalErrors"]),
        (&json!("partial"), &json!(2))
    );
    app.get("/indicators/N01951/values/2380/2021/T")
        .await
        .expect(200);
}

// Row 8
#[tokio::test]
async fn ten_thousand_rows_with_one_bad_are_refused_with_row_and_field_and_leave_nothing() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    let sql = app.sql().await;
    let before = everything(&sql).await;
    let body = lines(10_000, |n| match n {
        7_654 => "0.1234567890123".to_owned(),
        n => n.to_string(),
    });
    let refused = send(&app, &key, "", LINES, body.clone()).await;
    let refused = refused.problem(422, "invalidContent").json();
    assert_eq!(
        told(&refused["errors"]),
        expected(&[(7655, "value", "tooManyDecimals")])
    );
    assert_eq!(refused["errors"][0]["pointer"], "/7654/value");
    assert_eq!(refused["totalErrors"], 1);
    assert_eq!(everything(&sql).await, before);
    let report = send(&app, &key, "mode=partial", LINES, body)
        .await
        .expect(200);
    assert_eq!(counts(&report.json()), [9_999, 0, 0, 0, 0, 1]);
    assert_eq!(totals(&sql).await, (9_999, 9_999));
}

#[tokio::test]
async fn of_more_than_a_thousand_faults_the_first_are_told_by_row_and_all_are_counted() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    // Odd rows are wrong by themselves, even ones beside others; row 3001 is right.
    let row = |n: usize| match n {
        3_000 => "N01951,0000,2022,T,1\n".to_owned(),
        n if n % 2 == 0 => format!("N01951,2380,{},T,x\n", 1900 + n % 300),
        n => format!("N09999,{},{},T,1\n", 3000 + n / 250, 1900 + n % 250),
    };
    let rows: String = (0..3_001).map(row).collect();
    let csv = format!("indicatorCode,municipalityCode,year,gender,value\n{rows}");
    let refused = send(&app, &key, "", CSV, csv.clone()).await;
    let refused = refused.problem(422, "invalidContent").json();
    let faults = told(&refused["errors"]);
    assert_eq!(faults.len(), 1_000);
    assert!(faults.is_sorted_by_key(|fault| fault.0));
    assert!(faults.iter().any(|fault| fault.2 == "unknownReference"));
    assert!(faults.iter().any(|fault| fault.2 == "invalidFormat"));
    let report = send(&app, &key, "mode=partial", CSV, csv)
        .await
        .expect(200)
        .json();
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 3_000]);
    assert_eq!(told(&report["rows"]), faults);
    assert_eq!(report["totalErrors"], refused["totalErrors"]);
    assert!(report["totalErrors"].as_i64() > Some(3_000));
}

#[tokio::test]
async fn a_parameter_takes_its_words_and_no_others() {
    let (app, key) = started().await;
    for query in [
        "mode=all",
        "mode=",
        "mode=Atomic",
        "onConflict=replace",
        "dryRun=1",
        "dryRun=",
        "details=yes",
        "overwriteReported=TRUE",
        "mode=atomic&mode=atomic",
        "page=1",
        "x=1",
    ] {
        let refused = post(&app, &key, query, &[]).await;
        refused.problem(400, "invalidQuery");
    }
    let all = "mode=partial&onConflict=fail&dryRun=true&details=true&overwriteReported=true";
    post(&app, &key, all, &[]).await.expect(200);
}
