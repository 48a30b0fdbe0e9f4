//! Walks through lists (row 30): the whole list, each row once, in order,
//! forwards and backwards, whatever others do meanwhile.

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

/// The members that each list is sorted by here, and a member that names a row.
const LISTS: [(&str, &str, &[&str]); 4] = [
    (
        "budgets",
        "budgetYear",
        &[
            "budgetYear",
            "title",
            "decidedBy",
            "decidedOn",
            "createdAt",
            "updatedAt",
        ],
    ),
    (
        "boards",
        "boardId",
        &[
            "boardId",
            "name",
            "kind",
            "validFrom",
            "validTo",
            "successorBoardId",
            "updatedAt",
        ],
    ),
    (
        "goals",
        "goalId",
        &[
            "goalId",
            "budgetYear",
            "number",
            "name",
            "statement",
            "position",
            "updatedAt",
        ],
    ),
    (
        "assignments",
        "assignmentId",
        &[
            "assignmentId",
            "goalId",
            "title",
            "origin",
            "originBoardId",
            "allBoards",
            "status",
            "startsOn",
            "dueOn",
        ],
    ),
];

/// Rows with many ties and nulls, and letters that sort in their own way.
pub(crate) async fn many_rows(app: &TestApp) {
    app.sql()
        .await
        .batch_execute(
            "INSERT INTO budgets (budget_year, title, decided_by, decided_on)
               SELECT 2000 + n, (ARRAY['å', 'a', 'z', 'ö', 'Ä', 'A', 'a 10', 'a 9', 'a-b', '’'])[1 + n % 10],
                      CASE WHEN n % 3 > 0 THEN repeat('\"', n % 4 + 1) END,
                      CASE WHEN n % 4 > 0 THEN date '2020-01-01' + n % 5 END
                 FROM generate_series(1, 23) AS n;
             INSERT INTO boards (board_id, name, kind, valid_from, valid_to)
               SELECT 'b-' || n, 'Nämnd ' || n % 7, (ARRAY['board', 'company', 'council'])[1 + n % 3],
                      CASE WHEN n % 2 > 0 THEN date '2020-01-01' - n % 3 END, NULL
                 FROM generate_series(1, 23) AS n;
             UPDATE boards SET successor_board_id = 'b-1' WHERE board_id > 'b-2';
             INSERT INTO goals (goal_id, budget_year, number, name, statement, position, predecessor_ids, sdgs)
               SELECT gen_random_uuid(), 2001 + n % 4, CASE WHEN n % 3 > 0 THEN '1.' || n END,
                      CASE WHEN n % 5 > 0 THEN 'Mål ' || n % 6 END, 'Målet ' || n % 3, n % 4, '{}', '{}'
                 FROM generate_series(1, 23) AS n;
             INSERT INTO assignments (assignment_id, goal_id, title, origin, origin_board_id, all_boards, board_ids, status, starts_on, due_on)
               SELECT gen_random_uuid(), (SELECT goal_id FROM goals ORDER BY goal_id OFFSET n % 5 LIMIT 1), 'Uppdrag ' || n % 4,
                      CASE WHEN n % 2 = 0 THEN 'council' ELSE 'board' END, CASE WHEN n % 2 = 1 THEN 'b-' || 1 + n % 3 END,
                      n % 3 = 0, CASE WHEN n % 3 = 0 THEN '{}'::text[] ELSE '{b-1}' END,
                      (ARRAY['notStarted', 'inProgress', 'completed'])[1 + n % 3],
                      CASE WHEN n % 4 > 0 THEN date '2024-01-01' + n % 3 END, NULL
                 FROM generate_series(1, 23) AS n;",
        )
        .await
        .unwrap();
}

pub(crate) async fn page(url: &str) -> Value {
    let answer = reqwest::get(url).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{url}");
    answer.json().await.expect("JSON")
}

pub(crate) fn names(page: &Value, key: &str) -> Vec<Value> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item[key].clone()).collect()
}

pub(crate) fn link<'a>(page: &'a Value, rel: &str) -> Option<&'a str> {
    page["_links"][rel]["href"].as_str()
}

/// Follows `rel` to the end; answers the pages' rows and the last page's address.
pub(crate) async fn walk(from: String, rel: &str, key: &str) -> (Vec<Vec<Value>>, String) {
    let (mut pages, mut at) = (Vec::new(), from);
    loop {
        let answer = page(&at).await;
        pages.push(names(&answer, key));
        match link(&answer, rel) {
            Some(next) => at = next.to_owned(),
            None => return (pages, at),
        }
    }
}

// Row 30
#[tokio::test]
async fn a_walk_in_any_order_sees_each_row_once_and_in_order() {
    let app = TestApp::start().await;
    many_rows(&app).await;
    let mut orders = Vec::new();
    for (list, key, members) in LISTS {
        orders.push((list, key, String::new()));
        for (at, member) in members.iter().enumerate() {
            let other = members[(at + 1) % members.len()];
            for order in [
                (*member).to_owned(),
                format!("-{member}"),
                format!("-{member},{other}"),
                format!("{other},-{member}"),
            ] {
                orders.push((list, key, format!("&sort={order}")));
            }
        }
    }
    let one = async |(list, key, order): (&str, &str, String)| {
        let whole = page(&app.url(&format!("/{list}?limit=1000{order}"))).await;
        let whole = names(&whole, key);
        assert_eq!(whole.len(), 23);
        let (forwards, last) = walk(app.url(&format!("/{list}?limit=5{order}")), "next", key).await;
        assert_eq!(forwards.concat(), whole, "{list} {order}");
        assert_eq!(forwards.len(), 5);
        let (mut backwards, _) = walk(last, "prev", key).await;
        backwards.reverse();
        assert_eq!(backwards.concat(), whole, "{list} {order} backwards");
        let mut jumps = Vec::new();
        for number in 1..=6 {
            let page = page(&app.url(&format!("/{list}?limit=5&page={number}{order}"))).await;
            jumps.extend(names(&page, key));
        }
        assert_eq!(jumps, whole, "{list} {order} by page");
    };
    for some in orders.chunks(8) {
        join_all(some.iter().cloned().map(one)).await;
    }
}

#[tokio::test]
async fn nulls_come_last_in_either_direction() {
    let app = TestApp::start().await;
    many_rows(&app).await;
    for order in ["decidedOn", "-decidedOn"] {
        let list = page(&app.url(&format!("/budgets?limit=1000&sort={order}"))).await;
        let days = names(&list, "decidedOn");
        let first_null = days.iter().position(Value::is_null).expect("nulls");
        assert!(days[first_null..].iter().all(Value::is_null), "{order}");
        let mut sorted: Vec<&str> = days[..first_null]
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let there = sorted.clone();
        sorted.sort_unstable();
        if order.starts_with('-') {
            sorted.reverse();
        }
        assert_eq!(there, sorted);
    }
}

// Row 30
#[tokio::test]
async fn a_walk_loses_and_repeats_no_old_row_while_others_come_and_go() {
    let app = TestApp::start().await;
    many_rows(&app).await;
    let key = app.key(Role::Editor).await;
    for order in ["title,-decidedOn", "-budgetYear", "decidedBy"] {
        let base = page(&app.url("/budgets?limit=1000")).await;
        let old: Vec<i64> = names(&base, "budgetYear")
            .iter()
            .filter_map(Value::as_i64)
            .collect();
        for rel in ["next", "prev"] {
            let mut at = app.url(&format!("/budgets?limit=3&sort={order}"));
            if rel == "prev" {
                let (_, last) = walk(at, "next", "budgetYear").await;
                at = last;
            }
            let mut seen = Vec::new();
            let mut passing: Vec<i32> = Vec::new();
            loop {
                let answer = page(&at).await;
                seen.extend(
                    names(&answer, "budgetYear")
                        .iter()
                        .filter_map(Value::as_i64),
                );
                // One comes before, one after, and the last to come goes.
                for year in [1900 + passing.len() as i32, 2200 - passing.len() as i32] {
                    let body =
                        json!({"title": if year < 2000 { "0" } else { "öö" }, "decidedBy": null});
                    let put = app
                        .request("PUT", &format!("/budgets/{year}"))
                        .key(&key)
                        .json(&body);
                    let made = put.send().await.expect(201);
                    if year < 2000 {
                        passing.push(year);
                    } else {
                        let gone = app.request("DELETE", &format!("/budgets/{year}")).key(&key);
                        gone.if_match(made.etag()).send().await.expect(204);
                    }
                }
                let Some(next) = link(&answer, rel) else {
                    break;
                };
                at = next.to_owned();
            }
            let mut kept: Vec<i64> = seen.into_iter().filter(|year| old.contains(year)).collect();
            kept.sort_unstable();
            assert_eq!(kept, old, "{order} {rel}");
            let sql = app.sql().await;
            sql.execute(
                "DELETE FROM budgets WHERE budget_year = ANY ($1)",
                &[&passing],
            )
            .await
            .unwrap();
        }
    }
}
