//! Past lists: filters, order, members, totals and walks.

use malbild::auth::Role;
use serde_json::{Value, json};

use super::{IMMUTABLE, at, last_commit};
use crate::support::TestApp;

const GOAL: &str = "/goals/01941f29-7c00-7a3e-b2f4-000000000002";
const TARGET: &str = "/targets/01941f29-7c00-7c8f-8d13-000000000001";

fn codes(body: &Value, member: &str) -> Vec<String> {
    let items = body["items"].as_array().expect("items");
    items.iter().map(|item| item[member].to_string()).collect()
}

/// An indicator with values of 2001 to 2030 for two municipalities.
async fn figures() -> TestApp {
    let app = TestApp::start().await;
    for code in ["2380", "2313"] {
        app.municipality(code, "municipality").await;
    }
    app.indicator("N1", true).await;
    let rows = "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                SELECT 'N1', m, y, g, y - 2000, 'final', 'reported'
                  FROM unnest(ARRAY['2380', '2313']) m, generate_series(2001, 2030) y, unnest(ARRAY['T', 'K']) g";
    app.sql().await.batch_execute(rows).await.expect("values");
    app
}

#[tokio::test]
async fn filters_order_and_members_are_those_of_the_past() {
    let app = figures().await;
    let sql = app.sql().await;
    let paths = [
        "/values",
        "/values?limit=7&page=3",
        "/values?limit=50&page=3",
        "/values?municipalityCode=2380&limit=100",
        "/values?municipalityCode=2313&year=2001,2030&gender=T",
        "/values?yearFrom=2025&yearTo=2027&sort=-year,municipalityCode",
        "/values?sort=-value&limit=5",
        "/values?status=final&limit=1",
        "/values?fields=year,value,etag&limit=3",
        "/indicators/N1/values?gender=K&sort=value&limit=4",
        "/values?updatedSince=2020-01-01T00:00:00Z&limit=2",
        "/municipalities?q=23",
    ];
    let mut then = Vec::new();
    for path in paths {
        then.push(app.get(path).await.expect(200).json());
    }
    let moment = last_commit(&sql, 0).await;
    sql.batch_execute(
        "DELETE FROM indicator_values WHERE year % 3 = 0 OR gender = 'K';
         UPDATE indicator_values SET value = -value, status = 'preliminary';
         INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
              SELECT 'N1', '2380', y, 'T', 1, 'final', 'reported' FROM generate_series(1901, 1999) y;
         UPDATE municipalities SET name = 'x'",
    )
    .await
    .expect("changes");
    for (path, then) in paths.iter().zip(then) {
        let found = at(&app, path, &moment).await.expect(200);
        assert_eq!(found.header("cache-control"), IMMUTABLE);
        let found = found.json();
        assert_eq!(found["items"], then["items"], "{path}");
        assert_eq!(found["_meta"], then["_meta"], "{path}");
        let now = app.get(path).await.json();
        assert_ne!(now["items"], then["items"], "{path}");
    }
    let total = at(&app, "/values?limit=1", &moment).await.json();
    assert_eq!(total["_meta"]["totalRecords"], 120);
}

#[tokio::test]
async fn a_walk_through_the_past_sees_each_row_of_then_while_others_write() {
    let app = figures().await;
    let sql = app.sql().await;
    let moment = last_commit(&sql, 0).await;
    let whole = app.get("/values?limit=1000").await.json();
    let mut seen = Vec::new();
    let mut next = format!("/values?limit=7&asOf={moment}");
    let mut back = String::new();
    for round in 0.. {
        let page = app.get(&next).await.expect(200);
        assert!(page.header("link").contains("asOf="), "{next}");
        let page = page.json();
        assert_eq!(page["_meta"]["totalRecords"], 120, "{next}");
        seen.extend(page["items"].as_array().unwrap().clone());
        let write = format!(
            "DELETE FROM indicator_values WHERE year = {};
             INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                  VALUES ('N1', '2380', {}, 'M', 1, 'final', 'reported');
             UPDATE indicator_values SET value = value + 1",
            2001 + round,
            2101 + round
        );
        sql.batch_execute(&write).await.expect("writes");
        let link = |name: &str| page["_links"][name]["href"].as_str().map(str::to_owned);
        let Some(href) = link("next") else {
            back = link("prev").expect("a way back");
            break;
        };
        next = href.split_once("/malbild/v1").expect("a path").1.to_owned();
    }
    assert_eq!(json!(seen), whole["items"]);
    let back = back.split_once("/malbild/v1").expect("a path").1;
    let before = app.get(back).await.expect(200).json();
    assert_eq!(
        before["items"],
        json!(&seen[seen.len() - 8..seen.len() - 1])
    );
}

#[tokio::test]
async fn a_cursor_of_one_moment_is_none_of_another() {
    let app = figures().await;
    let sql = app.sql().await;
    let moment = last_commit(&sql, 0).await;
    let page = at(&app, "/values?limit=2", &moment).await.json();
    let next = page["_links"]["next"]["href"].as_str().expect("a link");
    let path = next.split_once("/malbild/v1").expect("a path").1;
    app.get(path).await.expect(200);
    let now = path.replace(&format!("asOf={moment}"), "sort=indicatorCode");
    app.get(&now).await.problem(400, "invalidQuery");
}

#[tokio::test]
async fn a_link_has_the_role_that_it_had() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let goal = json!({"budgetYear": 2024, "statement": "Ett mål", "position": 1});
    app.make(GOAL, goal).await;
    app.indicator("N1", false).await;
    let link = format!("{GOAL}/indicators");
    app.make(&format!("{link}/N1"), json!({"position": 1}))
        .await;
    let mut moments = vec![(last_commit(&sql, 0).await, "keyFigure")];
    let target = json!({
        "goalId": GOAL.trim_start_matches("/goals/"), "indicatorCode": "N1", "kind": "numeric",
        "operator": "atLeast", "value": 5, "statement": "Fem"
    });
    app.make(TARGET, target).await;
    moments.push((last_commit(&sql, 0).await, "indicator"));
    let delete = app.request("DELETE", TARGET).key(&key).if_match("*");
    delete.send().await.expect(204);
    moments.push((last_commit(&sql, 0).await, "keyFigure"));
    for (moment, role) in &moments {
        let found = at(&app, &link, moment).await.expect(200).json();
        assert_eq!(found["items"][0]["role"], *role, "{moment}");
        let filtered = at(&app, &format!("/indicators?role={role}"), moment).await;
        assert_eq!(codes(&filtered.json(), "indicatorCode"), ["\"N1\""]);
        let overview = at(&app, &format!("{GOAL}/overview"), moment).await.json();
        assert_eq!(overview["indicators"][0]["role"], *role, "{moment}");
    }
}

#[tokio::test]
async fn all_boards_are_those_of_then() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    app.budget(2024).await;
    app.board("a", "board").await;
    let goal = json!({"budgetYear": 2024, "statement": "Ett mål", "position": 1});
    app.make(GOAL, goal).await;
    let assignment = "/assignments/01941f29-7c00-7b5d-9a41-000000000001";
    let body = json!({"goalId": GOAL.trim_start_matches("/goals/"), "title": "Till alla", "origin": "council", "allBoards": true});
    app.make(assignment, body).await;
    let then = last_commit(&sql, 0).await;
    app.board("b", "board").await;
    let change = "UPDATE boards SET kind = 'company' WHERE board_id = 'a'";
    sql.batch_execute(change).await.expect("changed");
    let path = format!("{assignment}/fulfilment");
    let now = app.get(&path).await.json();
    assert_eq!(codes(&now, "boardId"), ["\"b\""]);
    let found = at(&app, &path, &then).await.json();
    assert_eq!(codes(&found, "boardId"), ["\"a\""]);
    let of_board = at(&app, "/boards/a/assignments", &then).await.json();
    assert_eq!(of_board["_meta"]["totalRecords"], 1);
    at(&app, "/boards/b/assignments", &then)
        .await
        .problem(404, "notFound");
}
