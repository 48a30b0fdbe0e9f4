//! Loads that touch the same rows at the same time.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{counts, expected, post, row, started, told, totals, withdrawal};

/// How many rows two loads fight over.
const YEARS: std::ops::Range<i32> = 1900..1960;

/// 200, or 503 with when to try again; never anything else.
#[track_caller]
fn plausible(answer: &crate::support::Answer) -> bool {
    match answer.status {
        200 => true,
        503 => {
            assert!(!answer.header("retry-after").is_empty());
            false
        }
        other => panic!("{other}: {}", answer.text()),
    }
}

// Row 35
#[tokio::test]
async fn loads_of_the_same_rows_in_opposite_orders_do_not_wait_in_a_circle() {
    let (app, key) = started().await;
    let mut done = 0;
    for turn in 0..100 {
        let up: Vec<Value> = YEARS.map(|year| row("N01951", year, json!(turn))).collect();
        let down: Vec<Value> = YEARS
            .rev()
            .map(|year| row("N01951", year, json!(-turn)))
            .collect();
        let answers = futures_util::join!(post(&app, &key, "", &up), post(&app, &key, "", &down));
        done += usize::from(plausible(&answers.0)) + usize::from(plausible(&answers.1));
        let list = app.get("/values?limit=100&fields=value").await.expect(200);
        let list = list.json()["items"].as_array().expect("items").clone();
        assert!(
            list.iter().all(|item| *item == list[0]),
            "one of the two, whole"
        );
    }
    assert_eq!(done, 200, "none had to be sent again");
}

#[tokio::test]
async fn loads_that_write_and_withdraw_the_same_rows_do_not_wait_in_a_circle() {
    let (app, key) = started().await;
    let even = |year: &i32| year % 2 == 0;
    let mut done = 0;
    for turn in 0..60 {
        // Each withdraws what the other writes, and both withdraw some.
        let load = |writes: bool| -> Vec<Value> {
            let rows = YEARS.map(|year| match even(&year) == writes && year % 5 > 0 {
                true => row("N01951", year, json!(turn)),
                false => withdrawal("N01951", year),
            });
            rows.collect()
        };
        let (one, mut other) = (load(true), load(false));
        other.reverse();
        let more: Vec<Value> = YEARS.map(|year| row("N01951", year, json!(year))).collect();
        let loads = [
            post(&app, &key, "", &one),
            post(&app, &key, "details=true", &other),
            post(&app, &key, "onConflict=skip", &more),
        ];
        for answer in join_all(loads).await {
            done += usize::from(plausible(&answer));
        }
    }
    assert_eq!(done, 180, "none had to be sent again");
    let (rows, total) = totals(&app.sql().await).await;
    assert_eq!(rows, total);
}

#[tokio::test]
async fn of_loads_that_may_only_create_one_does() {
    let (app, key) = started().await;
    for year in 2000..2010 {
        let rows = [row("N01951", year, json!(1)), row("U07451", year, json!(1))];
        let loads = (0..4).map(|_| post(&app, &key, "onConflict=fail", &rows));
        let answers = join_all(loads).await;
        let made = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(made, 1, "{year}");
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            let refused = answer.problem(422, "invalidContent").json();
            let taken = [(1, "indicatorCode", "taken"), (2, "indicatorCode", "taken")];
            assert_eq!(told(&refused["errors"]), expected(&taken));
        }
    }
}

/// Somebody makes the value after the load has looked whether it is there.
#[tokio::test]
async fn what_is_made_while_a_load_may_only_create_is_taken() {
    let (app, key) = started().await;
    for (mode, year) in [("atomic", 2021), ("partial", 2022)] {
        let other = app.sql().await;
        let insert = format!(
            "BEGIN; INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
             VALUES ('N01951', '2380', {year}, 'T', 5, 'final', 'reported')"
        );
        other.batch_execute(&insert).await.unwrap();
        let rows = [row("N01951", year, json!(1)), row("U07451", year, json!(1))];
        let query = format!("onConflict=fail&mode={mode}");
        let load = post(&app, &key, &query, &rows);
        let commit = async {
            app.blocked().await;
            other.batch_execute("COMMIT").await.unwrap();
        };
        let (answer, ()) = futures_util::join!(load, commit);
        let taken = expected(&[(1, "indicatorCode", "taken")]);
        if mode == "atomic" {
            let refused = answer.problem(422, "invalidContent").json();
            assert_eq!(told(&refused["errors"]), taken);
            let path = format!("/indicators/U07451/values/2380/{year}/T");
            app.get(&path).await.problem(404, "notFound");
        } else {
            let report = answer.expect(200).json();
            assert_eq!(counts(&report), [1, 0, 0, 0, 0, 1]);
            assert_eq!(told(&report["rows"]), taken);
        }
    }
}

/// A deadlock cannot come from two loads, but from somebody's own SQL it can.
#[tokio::test]
async fn a_deadlock_is_503_with_when_to_try_again() {
    let (app, key) = started().await;
    let rows = [row("N01951", 2021, json!(1)), row("N01951", 2022, json!(1))];
    post(&app, &key, "", &rows).await.expect(200);
    let other = app.sql().await;
    let lock = |year: i32| format!("SELECT FROM indicator_values WHERE year = {year} FOR UPDATE");
    // PostgreSQL ends whoever looks for the circle first.
    let begin = format!("SET deadlock_timeout = '1h'; BEGIN; {}", lock(2022));
    other.batch_execute(&begin).await.unwrap();
    let changed = [row("N01951", 2021, json!(2)), row("N01951", 2022, json!(2))];
    let load = post(&app, &key, "", &changed);
    let circle = async {
        app.blocked().await;
        other.batch_execute(&lock(2021)).await.unwrap();
        other.batch_execute("ROLLBACK").await.unwrap();
    };
    let (answer, ()) = futures_util::join!(load, circle);
    let busy = answer.problem(503, "databaseUnavailable");
    assert!(!busy.header("retry-after").is_empty());
    let value = app.get("/indicators/N01951/values/2380/2021/T").await;
    assert_eq!(value.expect(200).json()["value"], 1);
}
