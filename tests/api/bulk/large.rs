//! Loads of many rows.

use super::{LINES, counts, everything, lines, make_municipalities, send, started, totals};

#[tokio::test]
async fn ten_thousand_rows_are_made_once_and_a_second_time_change_and_record_nothing() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    let sql = app.sql().await;
    let body = lines(10_000, |n| format!("{n}.5"));
    let report = send(&app, &key, "", LINES, body.clone()).await;
    let report = report.expect(200).json();
    assert_eq!(counts(&report), [10_000, 0, 0, 0, 0, 0]);
    assert_eq!(totals(&sql).await, (10_000, 10_000));
    let before = everything(&sql).await;
    let report = send(&app, &key, "", LINES, body.clone()).await;
    let report = report.expect(200).json();
    assert_eq!(counts(&report), [0, 0, 0, 10_000, 0, 0]);
    assert_eq!(everything(&sql).await, before);
    let report = send(&app, &key, "details=true", LINES, body.replace(".5", ".25"));
    let report = report.await.expect(200).json();
    assert_eq!(counts(&report), [0, 10_000, 0, 0, 0, 0]);
    let changes = report["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 10_000);
    assert_eq!(changes[9_999]["row"], 10_000);
    assert_eq!(changes[9_999]["after"]["value"].to_string(), "9999.25");
}

#[tokio::test]
async fn more_rows_than_one_statement_writes_are_one_change_set_in_any_order() {
    let (app, key) = started().await;
    make_municipalities(&app).await;
    // Rows 1 to 60 000 with the last key first, each for one of three genders; of
    // those that are there a third is withdrawn.
    let key_of = |n: usize| (3000 + n / 1000, 1901 + n % 1000 / 4, ["T", "K", "M"]);
    let line = |n: usize, rest: &str| {
        let (municipality, year, genders) = key_of(n);
        let gender = genders[n % 4 % 3];
        format!(
            "{{\"indicatorCode\":\"N01951\",\"municipalityCode\":\"{municipality}\",\"year\":{year},\"gender\":\"{gender}\",{rest}}}\n"
        )
    };
    let numbers = || {
        (0..80_000)
            .rev()
            .filter(|n| n % 4 < 3)
            .filter(|n| *n < 61_000 * 4 / 3)
    };
    let numbers: Vec<usize> = numbers().filter(|n| key_of(*n).0 <= 3060).collect();
    let body: String = numbers.iter().map(|n| line(*n, "\"value\":1")).collect();
    let all = numbers.len() as i64;
    let report = send(&app, &key, "", LINES, body).await.expect(200).json();
    assert_eq!(counts(&report), [all, 0, 0, 0, 0, 0]);
    let mixed = |n: &usize| match n % 12 {
        0..4 => line(*n, "\"action\":\"delete\""),
        4..8 => line(*n, "\"value\":2"),
        _ => line(*n, "\"value\":1"),
    };
    let body: String = numbers.iter().map(mixed).collect();
    let report = send(&app, &key, "", LINES, body).await.expect(200).json();
    let found = counts(&report);
    assert_eq!(found.iter().sum::<i64>(), all);
    assert!(
        found[2] > all / 4 && found[1] > all / 4 && found[3] > all / 4,
        "{found:?}"
    );
    let sql = app.sql().await;
    assert_eq!(totals(&sql).await, (all - found[2], all - found[2]));
    let sets = "SELECT count(DISTINCT change_set_id) FROM history WHERE resource = 'values'";
    let sets: i64 = sql.query_one(sets, &[]).await.unwrap().get(0);
    assert_eq!(sets, 2);
}
