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
    for (year, theirs, mine) in [
        (
            2021,
            "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance) VALUES ('N01951', '2380', 2021, 'T', 5, 'final', 'kolada')",
            row("N01951", 2021, json!(1)),
        ),
        (
            2022,
            "UPDATE indicator_values SET provenance = 'kolada' WHERE year = 2022",
            row("N01951", 2022, json!(1)),
        ),
        (
            2023,
            "UPDATE indicator_values SET provenance = 'kolada' WHERE year = 2023",
            withdrawal("N01951", 2023),
        ),
    ] {
        if year > 2021 {
            post(&app, &own, "", &[row("N01951", year, json!(9))])
                .await
                .expect(200);
        }
        for mode in ["atomic", "partial"] {
            let other = app.sql().await;
            other.batch_execute("BEGIN").await.unwrap();
            other.batch_execute(theirs).await.unwrap();
            let query = format!("mode={mode}");
            let rows = [row("N01951", 2019, json!(1)), mine.clone()];
            let load = post(&app, &own, &query, &rows);
            let ends = async {
                app.blocked().await;
                let end = if mode == "atomic" {
                    "COMMIT"
                } else {
                    "ROLLBACK"
                };
                other.batch_execute(end).await.unwrap();
            };
            let (answer, ()) = futures_util::join!(load, ends);
            if mode == "atomic" {
                let refused = answer.problem(403, "forbidden").json();
                assert_eq!(
                    told(&refused["errors"]),
                    expected(&[(2, "provenance", "forbidden")])
                );
                app.get("/indicators/N01951/values/2380/2019/T")
                    .await
                    .problem(404, "notFound");
                let undo = format!(
                    "UPDATE indicator_values SET provenance = 'reported' WHERE year = {year}"
                );
                app.sql().await.batch_execute(&undo).await.unwrap();
            } else {
                answer.expect(200);
                post(&app, &own, "", &[withdrawal("N01951", 2019)])
                    .await
                    .expect(200);
            }
        }
    }
}
