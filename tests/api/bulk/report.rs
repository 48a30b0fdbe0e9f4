//! What a load does to what is there, and what it tells of it.

use serde_json::{Value, json};

use super::{counts, everything, expected, post, row, started, told, withdrawal};
use crate::support::TestApp;

/// A row with provenance `kolada`.
fn of_kolada(year: i32, value: i32) -> Value {
    let mut row = row("N01951", year, json!(value));
    row["provenance"] = json!("kolada");
    row
}

async fn value(app: &TestApp, year: i32) -> Value {
    let path = format!("/indicators/N01951/values/2380/{year}/T");
    app.get(&path).await.expect(200).json()
}

#[tokio::test]
async fn a_value_that_is_already_so_keeps_its_etag_and_is_not_recorded() {
    let (app, key) = started().await;
    let rows = [row("N01951", 2021, json!(1)), row("N01951", 2022, json!(2))];
    post(&app, &key, "", &rows).await.expect(200);
    let sql = app.sql().await;
    let before = everything(&sql).await;
    let etag = app.get("/indicators/N01951/values/2380/2021/T").await;
    let report = post(&app, &key, "details=true", &rows)
        .await
        .expect(200)
        .json();
    assert_eq!(counts(&report), [0, 0, 0, 2, 0, 0]);
    assert_eq!(report["changes"], json!([]));
    assert_eq!(everything(&sql).await, before);
    let again = app.get("/indicators/N01951/values/2380/2021/T").await;
    assert_eq!(again.etag(), etag.etag());
}

#[tokio::test]
async fn a_value_that_is_there_is_written_over_or_left_or_a_fault() {
    let (app, key) = started().await;
    let there = row("N01951", 2021, json!(1));
    post(&app, &key, "", &[there]).await.expect(200);
    let rows = [row("N01951", 2021, json!(9)), row("N01951", 2022, json!(2))];
    let sql = app.sql().await;
    let before = everything(&sql).await;
    let failed = post(&app, &key, "onConflict=fail", &rows).await;
    let failed = failed.problem(422, "invalidContent").json();
    let taken = expected(&[(1, "indicatorCode", "taken")]);
    assert_eq!(told(&failed["errors"]), taken);
    assert_eq!(everything(&sql).await, before);
    let report = post(&app, &key, "onConflict=fail&mode=partial", &rows).await;
    let report = report.expect(200).json();
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 1]);
    assert_eq!(told(&report["rows"]), taken);
    let rows = [row("N01951", 2021, json!(9)), row("N01951", 2023, json!(3))];
    let report = post(&app, &key, "onConflict=skip", &rows).await.expect(200);
    assert_eq!(counts(&report.json()), [1, 0, 0, 1, 0, 0]);
    assert_eq!(value(&app, 2021).await["value"], 1);
    let report = post(&app, &key, "onConflict=update", &rows).await;
    assert_eq!(counts(&report.expect(200).json()), [0, 1, 0, 1, 0, 0]);
    assert_eq!(value(&app, 2021).await["value"], 9);
}

#[tokio::test]
async fn koladas_figures_leave_reported_ones_alone_unless_they_are_told_to_replace_them() {
    let (app, key) = started().await;
    let mine = [row("N01951", 2021, json!(7))];
    post(&app, &key, "", &mine).await.expect(200);
    let rows = [of_kolada(2021, 1), of_kolada(2022, 2)];
    let report = post(&app, &key, "", &rows).await.expect(200).json();
    assert_eq!(counts(&report), [1, 0, 0, 0, 1, 0]);
    assert_eq!(value(&app, 2021).await["value"], 7);
    // Reported ones replace Kolada's.
    let report = post(&app, &key, "", &[row("N01951", 2022, json!(3))]).await;
    assert_eq!(counts(&report.expect(200).json()), [0, 1, 0, 0, 0, 0]);
    let report = post(&app, &key, "overwriteReported=true", &rows).await;
    assert_eq!(counts(&report.expect(200).json()), [0, 2, 0, 0, 0, 0]);
    assert_eq!(value(&app, 2021).await["provenance"], "kolada");
    let report = post(&app, &key, "overwriteReported=false", &rows).await;
    assert_eq!(counts(&report.expect(200).json()), [0, 0, 0, 2, 0, 0]);
}

/// What a change of the record says of a value.
const RECORDED: &str = "
    SELECT jsonb_build_object(
        'key', jsonb_build_object('indicatorCode', key -> 'indicator_code', 'municipalityCode', key -> 'municipality_code',
                                  'year', key -> 'year', 'gender', key -> 'gender'),
        'action', action,
        'before', CASE WHEN before IS NOT NULL THEN jsonb_build_object('value', before -> 'value', 'status', before -> 'status',
                                  'provenance', before -> 'provenance', 'note', before -> 'note') END,
        'after', CASE WHEN after IS NOT NULL THEN jsonb_build_object('value', after -> 'value', 'status', after -> 'status',
                                  'provenance', after -> 'provenance', 'note', after -> 'note') END)::text
      FROM history WHERE resource = 'values' AND change_set_id = (SELECT max(change_set_id) FROM history)
     ORDER BY key -> 'year'";

#[tokio::test]
async fn details_are_what_the_record_has_of_the_load() {
    let (app, key) = started().await;
    let before = [2020, 2021, 2022].map(|year| row("N01951", year, json!(1.25)));
    post(&app, &key, "", &before).await.expect(200);
    let mut changed = row("N01951", 2021, json!(null));
    changed["status"] = json!("confidential");
    changed["note"] = json!("å \"b\"");
    let rows = [
        row("N01951", 2023, json!(12_345_678_901_234.56)),
        changed,
        withdrawal("N01951", 2020),
        row("N01951", 2022, json!(1.25)),
        row("N09999", 2022, json!(1)),
    ];
    let report = post(&app, &key, "mode=partial&details=true", &rows).await;
    let report = report.expect(200).json();
    assert_eq!(counts(&report), [1, 1, 1, 1, 0, 1]);
    let mut changes = report["changes"].as_array().expect("changes").clone();
    let places: Vec<&Value> = changes.iter().map(|change| &change["row"]).collect();
    assert_eq!(places, [1, 2, 3], "by row");
    assert_eq!(
        changes[0]["after"]["value"].to_string(),
        "12345678901234.56"
    );
    for change in &mut changes {
        change.as_object_mut().expect("an object").remove("row");
    }
    changes.sort_by_key(|change| change["key"]["year"].as_i64());
    let recorded = app.sql().await.query(RECORDED, &[]).await.unwrap();
    let recorded: Vec<Value> = recorded
        .iter()
        .map(|row| serde_json::from_str(row.get(0)).expect("JSON"))
        .collect();
    assert_eq!(changes, recorded);
}

#[tokio::test]
async fn a_dry_run_tells_exactly_what_would_be_done_and_leaves_everything_as_it_was() {
    let (app, key) = started().await;
    let before = [2020, 2021].map(|year| row("N01951", year, json!(1)));
    post(&app, &key, "", &before).await.expect(200);
    let rows = [
        row("N01951", 2021, json!(2)),
        withdrawal("N01951", 2020),
        row("N01951", 2022, json!(3)),
        row("N09999", 2022, json!(3)),
    ];
    let sql = app.sql().await;
    let all = everything(&sql).await;
    let tried = post(&app, &key, "mode=partial&details=true&dryRun=true", &rows).await;
    let mut tried = tried.expect(200).json();
    assert_eq!(counts(&tried), [1, 1, 1, 0, 0, 1]);
    let refused = post(&app, &key, "dryRun=true", &rows).await;
    refused.problem(422, "invalidContent");
    assert_eq!(everything(&sql).await, all);
    let done = post(&app, &key, "mode=partial&details=true&dryRun=false", &rows).await;
    tried["dryRun"] = json!(false);
    assert_eq!(done.expect(200).json(), tried);
}

#[tokio::test]
async fn a_load_is_one_change_set_of_the_key_that_sent_it() {
    let (app, key) = started().await;
    let rows = [row("N01951", 2021, json!(1)), row("U07451", 2021, json!(1))];
    post(&app, &key, "", &rows).await.expect(200);
    let sets = "SELECT c.actor_role, c.trace_id IS NOT NULL AND c.actor_key_id IS NOT NULL, count(*)
                  FROM history JOIN change_sets c USING (change_set_id) WHERE resource = 'values' GROUP BY 1, 2";
    let sets = app.sql().await.query(sets, &[]).await.unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].get::<_, String>(0), "editor");
    assert!(sets[0].get::<_, bool>(1));
    assert_eq!(sets[0].get::<_, i64>(2), 2);
}

#[tokio::test]
async fn a_load_with_an_idempotency_key_is_done_once() {
    let (app, key) = started().await;
    let send = |name: &'static str, query: &'static str, rows: &[Value]| {
        let request = app.request("POST", &format!("/values{query}")).key(&key);
        let request = request.header("idempotency-key", name);
        request.json(&Value::from(rows.to_vec())).send()
    };
    let rows = [row("N01951", 2021, json!(1))];
    let first = send("a", "?details=true", &rows).await.expect(200);
    assert_eq!(counts(&first.json()), [1, 0, 0, 0, 0, 0]);
    post(&app, &key, "", &[withdrawal("N01951", 2021)])
        .await
        .expect(200);
    let again = send("a", "?details=true", &rows).await.expect(200);
    assert_eq!(again.text(), first.text());
    let path = "/indicators/N01951/values/2380/2021/T";
    app.get(path).await.problem(404, "notFound");
    let other = send("a", "?details=true", &[]).await;
    other.problem(422, "idempotencyKeyReused");
    // A refusal is kept, too, and a dry run never.
    let foreign = [rows[0].clone(), row("N09999", 2021, json!(1))];
    let refused = send("b", "", &foreign).await.problem(422, "invalidContent");
    app.indicator("N09999", false).await;
    let again = send("b", "", &foreign).await.problem(422, "invalidContent");
    assert_eq!(again.json()["traceId"], refused.json()["traceId"]);
    for _ in 0..2 {
        let tried = send("c", "?dryRun=true", &rows).await.expect(200);
        assert_eq!(counts(&tried.json()), [1, 0, 0, 0, 0, 0]);
    }
    app.get(path).await.problem(404, "notFound");
}
