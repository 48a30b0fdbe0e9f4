//! Figures in and out: exact, or refused.

use std::time::Duration;

use malbild::clock;

use super::{path, put, started};
use serde_json::json;

// Row 15
#[tokio::test]
async fn a_figure_comes_back_with_the_digits_it_came_with() {
    let (app, key) = started().await;
    for (year, sent, kept) in [
        (2001, "0.1", "0.1"),
        (2002, "-0.05", "-0.05"),
        (2003, "12345678901234.56", "12345678901234.56"),
        (2004, "31.32959689", "31.32959689"),
        (
            2005,
            "999999999999999.999999999999",
            "999999999999999.999999999999",
        ),
        (
            2006,
            "-999999999999999.999999999999",
            "-999999999999999.999999999999",
        ),
        (2007, "0.000000000001", "0.000000000001"),
        (2008, "1e2", "100"),
        (2009, "-0", "0"),
        (2010, "1.500", "1.5"),
        (2011, "9007199254740993", ""),
        (2012, "100000000000000", "100000000000000"),
    ] {
        let path = path("N01951", year, "T");
        let request = app.request("PUT", &path).key(&key);
        let request = request.header("content-type", "application/json");
        let answer = request.body(format!("{{\"value\":{sent}}}")).send().await;
        if kept.is_empty() {
            answer.problem(422, "invalidContent");
            continue;
        }
        let shown = format!("\"value\":{kept},");
        let answer = answer.expect(201);
        assert!(answer.text().contains(&shown), "{sent}: {}", answer.text());
        let one = app.get(&path).await.text();
        assert!(one.contains(&shown), "{sent}: {one}");
        let list = format!("/values?year={year}&fields=value,year");
        let list = app.get(&list).await.expect(200).text();
        let shown = format!("{{\"year\":{year},\"value\":{kept}}}");
        assert!(list.contains(&shown), "{sent}: {list}");
    }
}

// Row 14
#[tokio::test]
async fn a_figure_that_does_not_fit_is_refused_at_once_and_never_rounded() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    for sent in [
        "1e400",
        "1e131073",
        "1e1000000000",
        "-1e1000000000",
        "NaN",
        "Infinity",
        "1e15",
        "1234567890123456",
        "0.1234567890123",
        "0.1234567890123456789012345678901234567890",
        "\"1\"",
        "true",
        "[1]",
        "{\"$serde_json::private::Number\":\"7\"}",
        "01",
        "+1",
        ".5",
    ] {
        let request = app.request("PUT", &path).key(&key);
        let request = request.header("content-type", "application/json");
        let begun = clock::now();
        let answer = request.body(format!("{{\"value\":{sent}}}")).send().await;
        let took = clock::now() - begun;
        let is_json = serde_json::from_str::<serde_json::Value>(sent).is_ok();
        let forged = sent.contains("private");
        if is_json && !forged {
            let faults = answer.problem(422, "invalidContent").faults();
            assert_eq!(faults[0].0, "/value", "{sent}");
        } else {
            answer.problem(400, "invalidJson");
        }
        assert!(
            took.to_std()
                .is_ok_and(|took| took < Duration::from_secs(2)),
            "{sent}"
        );
    }
    app.get(&path).await.problem(404, "notFound");
    put(&app, &key, &path, json!({"value": 1}))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_figure_in_the_database_with_zeros_nobody_needs_is_shown_without_them() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
         VALUES ('N01951', '2380', 2022, 'T', 1.500, 'final', 'reported')",
    )
    .await
    .unwrap();
    let text = app.get(&path("N01951", 2022, "T")).await.text();
    assert!(text.contains("\"value\":1.5,"), "{text}");
}

#[tokio::test]
async fn the_database_itself_refuses_a_figure_that_does_not_fit() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    for figure in ["0.1234567890123", "1e15", "'NaN'", "'Infinity'", "NULL"] {
        let insert = format!(
            "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
             VALUES ('N01951', '2380', 2022, 'T', {figure}, 'final', 'reported')"
        );
        assert!(sql.batch_execute(&insert).await.is_err(), "{figure}");
    }
}
