//! Fulfilment: which of the boards that an assignment addresses have answered.

use malbild::auth::Role;
use malbild::database::statement::Statement;
use serde_json::{Value, json};

use crate::reports::{GIVEN, GOAL, TO_ALL, TO_SOME, path, report, town};
use crate::support::TestApp;

async fn fulfilment(app: &TestApp, assignment: &str, query: &str) -> Value {
    let path = format!("/assignments/{assignment}/fulfilment{query}");
    app.get(&path).await.expect(200).json()
}

/// Board, status and period of each row; `-` for what is not there.
fn rows(view: &Value) -> Vec<String> {
    let items = view["items"].as_array().expect("items");
    let row = |item: &Value| {
        let board = item["boardId"].as_str().expect("a key");
        let report = &item["report"];
        assert_eq!(item["silent"], report.is_null(), "{item}");
        if report.is_null() {
            return format!("{board} -");
        }
        assert_eq!(report["boardId"], board);
        let text = |member: &str| report[member].as_str().expect("a word").to_owned();
        format!(
            "{board} {} {}/{}",
            text("status"),
            report["year"],
            text("period")
        )
    };
    items.iter().map(row).collect()
}

fn totals(addressed: i32, reported: i32, by_status: [i32; 5]) -> Value {
    let [not_started, in_progress, completed, paused, cancelled] = by_status;
    json!({
        "addressed": addressed, "reported": reported, "silent": addressed - reported,
        "byStatus": {
            "notStarted": not_started, "inProgress": in_progress, "completed": completed,
            "paused": paused, "cancelled": cancelled
        }
    })
}

#[tokio::test]
async fn an_assignment_to_all_boards_has_a_row_for_each_that_all_means() {
    let app = town().await;
    let board = |name: &str, from: Option<&str>, to: Option<&str>| json!({"name": name, "kind": "committee", "validFrom": from, "validTo": to});
    for (id, body) in [
        (
            "beredningen",
            board("Ärlig beredning", Some("2024-01-01"), Some("2024-12-31")),
        ),
        ("ny", board("Ny", Some("2024-01-02"), None)),
        ("slutad", board("Slutad", None, Some("2024-12-30"))),
        ("a-skolan", board("skolnamnden", None, None)),
    ] {
        app.make(&format!("/boards/{id}"), body).await;
    }
    for (rest, status) in [
        ("kommunstyrelsen/2024/T1", "notStarted"),
        ("kommunstyrelsen/2024/T2", "inProgress"),
        ("skolnamnden/2024/annual", "completed"),
        ("skolnamnden/2024/T2", "paused"),
        ("valnamnden/2023/annual", "cancelled"),
        ("valnamnden/2024/T1", "completed"),
    ] {
        app.make(&path(TO_ALL, rest), report(status)).await;
    }
    let view = fulfilment(&app, TO_ALL, "").await;
    let expected = [
        "kommunstyrelsen inProgress 2024/T2",
        "a-skolan -",
        "skolnamnden completed 2024/annual",
        "valnamnden completed 2024/T1",
        "beredningen -",
    ];
    assert_eq!(rows(&view), expected, "by name, then by key");
    assert_eq!(view["totals"], totals(5, 3, [0, 1, 2, 0, 0]));
    assert_eq!(view["assignmentId"], TO_ALL);
    assert_eq!(view["allBoards"], true);
    assert_eq!(
        (&view["year"], &view["period"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(view["items"][4]["boardName"], "Ärlig beredning");
    let first = &view["items"][0]["report"];
    let one = app.get(&path(TO_ALL, "kommunstyrelsen/2024/T2")).await;
    assert_eq!(
        format!("\"{}\"", first["etag"].as_str().unwrap()),
        one.etag()
    );
    assert_eq!(first["_links"], one.json()["_links"]);
    let assignment = format!("/assignments/{TO_ALL}");
    for (name, to) in [
        ("self", format!("{assignment}/fulfilment")),
        ("assignment", assignment.clone()),
        ("reports", format!("{assignment}/reports")),
    ] {
        assert_eq!(view["_links"][name]["href"], app.url(&to), "{name}");
    }
}

#[tokio::test]
async fn year_and_period_leave_only_reports_of_those() {
    let app = town().await;
    for (rest, status) in [
        ("skolnamnden/2023/T2", "notStarted"),
        ("skolnamnden/2024/T1", "inProgress"),
        ("skolnamnden/2024/annual", "completed"),
        ("bolaget/2023/annual", "paused"),
    ] {
        app.make(&path(TO_SOME, rest), report(status)).await;
    }
    for (query, expected, counted) in [
        (
            "",
            [
                "bolaget paused 2023/annual",
                "skolnamnden completed 2024/annual",
            ],
            totals(2, 2, [0, 0, 1, 1, 0]),
        ),
        (
            "?year=2024",
            ["bolaget -", "skolnamnden completed 2024/annual"],
            totals(2, 1, [0, 0, 1, 0, 0]),
        ),
        (
            "?year=2023",
            [
                "bolaget paused 2023/annual",
                "skolnamnden notStarted 2023/T2",
            ],
            totals(2, 2, [1, 0, 0, 1, 0]),
        ),
        (
            "?period=T2",
            ["bolaget -", "skolnamnden notStarted 2023/T2"],
            totals(2, 1, [1, 0, 0, 0, 0]),
        ),
        (
            "?year=2024&period=T1",
            ["bolaget -", "skolnamnden inProgress 2024/T1"],
            totals(2, 1, [0, 1, 0, 0, 0]),
        ),
        (
            "?year=2022&period=T1",
            ["bolaget -", "skolnamnden -"],
            totals(2, 0, [0; 5]),
        ),
    ] {
        let view = fulfilment(&app, TO_SOME, query).await;
        assert_eq!(rows(&view), expected, "{query}");
        assert_eq!(view["totals"], counted, "{query}");
        let own = format!("/assignments/{TO_SOME}/fulfilment{query}");
        assert_eq!(view["_links"]["self"]["href"], app.url(&own));
    }
    let view = fulfilment(&app, TO_SOME, "?year=2024&period=T1").await;
    assert_eq!(
        (&view["year"], &view["period"]),
        (&json!(2024), &json!("T1"))
    );
    for wrong in [
        "?year=24",
        "?year=2023,2024",
        "?period=t1",
        "?period=T1,T2",
        "?fields=items",
    ] {
        let path = format!("/assignments/{TO_SOME}/fulfilment{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn who_is_not_addressed_any_more_has_no_row_and_counts_nowhere() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    app.make(&path(TO_SOME, "bolaget/2024/T1"), report("completed"))
        .await;
    let patch = app.request("PATCH", &format!("/assignments/{TO_SOME}"));
    let patch = patch.key(&key).if_match("*");
    let others = json!({"boardIds": ["valnamnden"]});
    patch.json(&others).send().await.expect(200);
    let view = fulfilment(&app, TO_SOME, "").await;
    assert_eq!(rows(&view), ["valnamnden -"]);
    assert_eq!(view["allBoards"], false);
    assert_eq!(view["totals"], totals(1, 0, [0; 5]));
    let view = fulfilment(&app, GIVEN, "").await;
    assert_eq!(
        rows(&view),
        ["kommunstyrelsen -"],
        "not the board that gave it"
    );
}

#[tokio::test]
async fn the_fulfilment_has_an_etag_and_is_404_without_its_assignment() {
    let app = town().await;
    let address = format!("/assignments/{TO_ALL}/fulfilment");
    let first = app.get(&address).await.expect(200);
    let again = || {
        let request = app.request("GET", &address);
        request.header("if-none-match", first.etag()).send()
    };
    again().await.expect(304);
    app.make(&path(TO_ALL, "valnamnden/2024/T1"), report("paused"))
        .await;
    again().await.expect(200);
    for nothing in ["01941f29-7c00-7b5d-9a41-000000000000", "1", GOAL] {
        let path = format!("/assignments/{nothing}/fulfilment");
        app.get(&path).await.problem(404, "notFound");
    }
    let key = app.key(Role::Admin).await;
    let post = app.request("POST", &address).key(&key).send().await;
    let post = post.problem(405, "methodNotAllowed");
    assert_eq!(post.header("allow"), "GET, HEAD, OPTIONS");
}

#[tokio::test]
async fn what_is_read_from_a_snapshot_sees_no_commit_that_comes_between_and_writes_nothing() {
    use diesel_async::RunQueryDsl;
    let app = town().await;
    let sql = app.sql().await;
    let counted = app.pool.read_snapshot(move |connection| {
        Box::pin(async move {
            let count = || Statement::new("SELECT FROM reports");
            let before = count().execute(connection).await?;
            let insert = format!(
                "INSERT INTO reports (assignment_id, board_id, year, period, status, reported_on)
                 VALUES ('{TO_ALL}', 'valnamnden', 2024, 'T1', 'paused', '2024-05-01')"
            );
            sql.batch_execute(&insert).await.expect("a report");
            let after = count().execute(connection).await?;
            Ok((before, after))
        })
    });
    assert_eq!(counted.await.expect("counts"), (0, 0));
    let written = app.pool.read_snapshot(|connection| {
        Box::pin(async move {
            let delete = Statement::new("DELETE FROM reports");
            Ok(delete.execute(connection).await?)
        })
    });
    written.await.expect_err("nothing may be written");
    let view = fulfilment(&app, TO_ALL, "").await;
    assert_eq!(view["totals"], totals(3, 1, [0, 0, 0, 1, 0]));
}
