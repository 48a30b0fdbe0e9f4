//! What a board's key may load.

use serde_json::{Value, json};

use super::{counts, everything, expected, post, row, started, told, withdrawal};
use crate::support::TestApp;

/// A service in which N01951 is skolnamnden's, with a key of an editor's and one of
/// that board's; the value of 2020 is Kolada's.
async fn with_board() -> (TestApp, String, String) {
    let (app, editor) = started().await;
    app.board("skolnamnden", "board").await;
    let patch = app.request("PATCH", "/indicators/N01951").key(&editor);
    let patch = patch
        .if_match("*")
        .json(&json!({"responsibleBoardId": "skolnamnden"}));
    patch.send().await.expect(200);
    let own = app.board_key("skolnamnden").await;
    post(&app, &editor, "", &[of_kolada(2020)])
        .await
        .expect(200);
    (app, editor, own)
}

fn of_kolada(year: i32) -> Value {
    let mut row = row("N01951", year, json!(1));
    row["provenance"] = json!("kolada");
    row
}

// Row 10
#[tokio::test]
async fn a_boards_key_loads_reported_values_of_its_own_indicators_and_no_others() {
    let (app, _, own) = with_board().await;
    let rows = [row("N01951", 2021, json!(1)), row("N01951", 2022, json!(2))];
    let report = post(&app, &own, "", &rows).await.expect(200).json();
    assert_eq!(counts(&report), [2, 0, 0, 0, 0, 0]);
    let again = [row("N01951", 2021, json!(3)), withdrawal("N01951", 2022)];
    let report = post(&app, &own, "", &again).await.expect(200).json();
    assert_eq!(counts(&report), [0, 1, 1, 0, 0, 0]);
    let sql = app.sql().await;
    let before = everything(&sql).await;
    for (foreign, field) in [
        (row("U07451", 2022, json!(1)), "indicatorCode"),
        (withdrawal("U07451", 2022), "indicatorCode"),
        (of_kolada(2023), "provenance"),
        (row("N01951", 2020, json!(1)), "provenance"),
        (withdrawal("N01951", 2020), "provenance"),
    ] {
        let rows = [row("N01951", 2022, json!(2)), foreign];
        let refused = post(&app, &own, "", &rows).await;
        let refused = refused.problem(403, "forbidden").json();
        assert_eq!(
            told(&refused["errors"]),
            expected(&[(2, field, "forbidden")])
        );
        assert_eq!(refused["totalErrors"], 1);
        assert_eq!(everything(&sql).await, before);
        let rejected = post(&app, &own, "mode=partial&dryRun=true", &rows).await;
        let rejected = rejected.expect(200).json();
        assert_eq!(counts(&rejected), [1, 0, 0, 0, 0, 1]);
        assert_eq!(
            told(&rejected["rows"]),
            expected(&[(2, field, "forbidden")])
        );
    }
    // What is left alone is not replaced.
    let skip = post(
        &app,
        &own,
        "onConflict=skip",
        &[row("N01951", 2020, json!(1))],
    )
    .await;
    assert_eq!(counts(&skip.expect(200).json()), [0, 0, 0, 1, 0, 0]);
}

#[tokio::test]
async fn who_may_not_load_some_rows_is_told_of_those_before_what_is_wrong_with_others() {
    let (app, _, own) = with_board().await;
    let mut foreign = row("U07451", 2022, json!("x"));
    foreign["extra"] = json!(1);
    let rows = [
        row("N01951", 2022, json!("x")),
        foreign,
        row("N09999", 2022, json!(1)),
        row("N01951", 2020, json!(1)),
    ];
    let refused = post(&app, &own, "", &rows).await;
    let refused = refused.problem(403, "forbidden").json();
    let forbidden = [
        (2, "indicatorCode", "forbidden"),
        (4, "provenance", "forbidden"),
    ];
    assert_eq!(told(&refused["errors"]), expected(&forbidden));
    assert_eq!(refused["totalErrors"], 2);
    let report = post(&app, &own, "mode=partial", &rows)
        .await
        .expect(200)
        .json();
    assert_eq!(counts(&report), [0, 0, 0, 0, 0, 4]);
    assert_eq!(report["totalErrors"], 6);
}

#[tokio::test]
async fn a_load_without_a_key_or_with_a_wrong_one_is_401() {
    let (app, _) = started().await;
    let request = || app.request("POST", "/values").json(&json!([]));
    request().send().await.problem(401, "missingKey");
    let wrong = format!("mb_{}", "A".repeat(43));
    request()
        .key(&wrong)
        .send()
        .await
        .problem(401, "invalidKey");
}

/// Somebody makes the value Kolada's between the look at what is there and the
/// write: the load waits for him, and sees it.
#[tokio::test]
async fn what_becomes_koladas_while_a_board_loads_is_not_replaced() {
    let (app, _, own) = with_board().await;
    for (mode, first) in [("atomic", 2021), ("partial", 2031)] {
        for year in first..first + 3 {
            let mine = match year - first {
                2 => withdrawal("N01951", year),
                _ => row("N01951", year, json!(1)),
            };
            // The first is not there before.
            let theirs = if year == first {
                format!(
                    "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                     VALUES ('N01951', '2380', {year}, 'T', 5, 'final', 'kolada')"
                )
            } else {
                let there = [row("N01951", year, json!(9))];
                post(&app, &own, "", &there).await.expect(200);
                format!("UPDATE indicator_values SET provenance = 'kolada' WHERE year = {year}")
            };
            let other = app.sql().await;
            other
                .batch_execute(&format!("BEGIN; {theirs}"))
                .await
                .unwrap();
            let rows = [row("N01951", first - 5, json!(year)), mine];
            let query = format!("mode={mode}");
            let load = post(&app, &own, &query, &rows);
            let ends = async {
                app.blocked().await;
                other.batch_execute("COMMIT").await.unwrap();
            };
            let (answer, ()) = futures_util::join!(load, ends);
            let at_fault = expected(&[(2, "provenance", "forbidden")]);
            let path = format!("/indicators/N01951/values/2380/{}/T", first - 5);
            if mode == "atomic" {
                let refused = answer.problem(403, "forbidden").json();
                assert_eq!(told(&refused["errors"]), at_fault);
                app.get(&path).await.problem(404, "notFound");
            } else {
                let report = answer.expect(200).json();
                assert_eq!(report["rejected"], 1);
                assert_eq!(told(&report["rows"]), at_fault);
                assert_eq!(app.get(&path).await.expect(200).json()["value"], year);
            }
            let path = format!("/indicators/N01951/values/2380/{year}/T");
            let theirs = app.get(&path).await.expect(200).json();
            assert_eq!(theirs["provenance"], "kolada");
        }
    }
}
