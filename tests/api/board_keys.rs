//! What a board's key may write follows from rows that others may be changing
//! at the same time: it waits for the change, and is judged by what became of it.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::reports::{GIVEN, GOAL, TO_ALL, TO_SOME, path, put, report, town};
use crate::support::TestApp;

const OTHER_GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";

/// Sends a write with a board's key while `change` has not been committed, and
/// fails unless it waits for that and is refused.
async fn refused(app: &TestApp, change: &str, board: &str, method: &str, path: &str, body: &Value) {
    let key = app.board_key(board).await;
    let mut sql = app.sql().await;
    let changing = sql.transaction().await.expect("a transaction");
    changing.batch_execute(change).await.expect("a change");
    let request = app.request(method, path).key(&key).json(body);
    let request = match method {
        "PUT" | "POST" => request,
        _ => request.if_match("*"),
    };
    let write = tokio::spawn(request.send());
    app.blocked().await;
    changing.commit().await.expect("a commit");
    let answer = write.await.expect("an answer");
    assert_eq!(answer.status, 403, "{method} {path} after {change}");
}

#[tokio::test]
async fn a_report_waits_for_a_change_of_whom_the_assignment_addresses() {
    let to_others = format!(
        "UPDATE assignments SET board_ids = '{{bolaget}}' WHERE assignment_id = '{TO_SOME}'"
    );
    let path = path(TO_SOME, "skolnamnden/2024/T1");
    for method in ["PUT", "PATCH", "DELETE"] {
        let app = town().await;
        app.make(&path, report("paused")).await;
        let body = report("completed");
        refused(&app, &to_others, "skolnamnden", method, &path, &body).await;
        assert_eq!(app.get(&path).await.json()["status"], "paused", "{method}");
    }
    // A first report, too, whoever makes it.
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut sql = app.sql().await;
    let changing = sql.transaction().await.expect("a transaction");
    changing.batch_execute(&to_others).await.expect("a change");
    let request = app.request("PUT", &path).key(&key);
    let write = tokio::spawn(request.json(&report("paused")).send());
    app.blocked().await;
    changing.commit().await.expect("a commit");
    let answer = write.await.expect("an answer");
    answer.problem(422, "invalidContent");
}

#[tokio::test]
async fn a_report_waits_for_a_change_of_what_all_boards_means() {
    for change in [
        "UPDATE boards SET valid_to = '2023-12-31' WHERE board_id = 'skolnamnden'",
        "UPDATE boards SET kind = 'company' WHERE board_id = 'skolnamnden'",
        "UPDATE goals SET budget_year = 2030",
    ] {
        let app = town().await;
        app.budget(2030).await;
        let sql = app.sql().await;
        let until = "UPDATE boards SET valid_to = '2026-12-31' WHERE board_id = 'skolnamnden'";
        sql.batch_execute(until).await.expect("a validity");
        let path = path(TO_ALL, "skolnamnden/2024/T1");
        refused(&app, change, "skolnamnden", "PUT", &path, &report("paused")).await;
    }
}

#[tokio::test]
async fn a_report_and_an_import_of_its_goal_do_not_wait_in_a_circle() {
    let app = town().await;
    let key = app.board_key("skolnamnden").await;
    let mut sql = app.sql().await;
    let importing = sql.transaction().await.expect("a transaction");
    let goals = "SELECT FROM goals FOR NO KEY UPDATE";
    importing.batch_execute(goals).await.expect("the goals");
    let path = path(TO_ALL, "skolnamnden/2024/T1");
    let request = app.request("PUT", &path).key(&key);
    let write = tokio::spawn(request.json(&report("paused")).send());
    app.blocked().await;
    let assignments = "SELECT FROM assignments FOR NO KEY UPDATE";
    let held = importing.batch_execute(assignments).await;
    held.expect("the assignments");
    importing.commit().await.expect("a commit");
    write.await.expect("an answer").expect(201);
}

#[tokio::test]
async fn an_achievement_waits_for_a_change_of_its_assignment() {
    let achievement = "/achievements/01941f29-7c00-7d73-a1e8-000000000001";
    let body = json!({"goalId": GOAL, "year": 2024, "text": "Gjort", "assignmentId": TO_SOME});
    let change =
        |set: &str| format!("UPDATE assignments SET {set} WHERE assignment_id = '{TO_SOME}'");
    for (method, path, change) in [
        ("POST", "/achievements", change("board_ids = '{bolaget}'")),
        ("PUT", achievement, change("board_ids = '{bolaget}'")),
        (
            "POST",
            "/achievements",
            change(&format!("goal_id = '{OTHER_GOAL}'")),
        ),
    ] {
        let app = town().await;
        let goal = crate::goals::goal(2024, "2");
        app.make(&format!("/goals/{OTHER_GOAL}"), goal).await;
        refused(&app, &change, "skolnamnden", method, path, &body).await;
    }
    for method in ["PATCH", "DELETE"] {
        let app = town().await;
        app.make(achievement, body.clone()).await;
        let body = json!({"text": "Ändrat", "assignmentId": TO_ALL});
        let change = change("board_ids = '{bolaget}'");
        refused(&app, &change, "skolnamnden", method, achievement, &body).await;
        assert_eq!(app.get(achievement).await.json()["text"], "Gjort");
    }
}

#[tokio::test]
async fn an_achievement_of_a_board_stands_under_the_goal_of_its_assignment() {
    let app = town().await;
    let goal = crate::goals::goal(2024, "2");
    app.make(&format!("/goals/{OTHER_GOAL}"), goal).await;
    let key = app.board_key("skolnamnden").await;
    let editor = app.key(Role::Editor).await;
    let send = async |key: &str, method: &str, path: &str, body: &Value| {
        let request = app.request(method, path).key(key).json(body);
        let request = match method {
            "POST" => request,
            _ => request.if_match("*"),
        };
        request.send().await
    };
    let body =
        |goal: &str| json!({"goalId": goal, "year": 2024, "text": "Gjort", "assignmentId": GIVEN});
    let refused = send(&key, "POST", "/achievements", &body(OTHER_GOAL)).await;
    refused.problem(403, "forbidden");
    let made = send(&key, "POST", "/achievements", &body(GOAL)).await;
    let made = made.expect(201).json();
    let own = format!(
        "/achievements/{}",
        made["achievementId"].as_str().expect("a key")
    );
    for (method, wanted) in [
        ("PUT", body(OTHER_GOAL)),
        ("PATCH", json!({"goalId": OTHER_GOAL})),
    ] {
        let refused = send(&key, method, &own, &wanted).await;
        refused.problem(403, "forbidden");
    }
    // The editor may, and what stands so is not the board's any more.
    let moved = json!({"goalId": OTHER_GOAL});
    send(&editor, "PATCH", &own, &moved).await.expect(200);
    for (method, wanted) in [
        ("PUT", body(GOAL)),
        ("PATCH", json!({"goalId": GOAL})),
        ("DELETE", json!({})),
    ] {
        let refused = send(&key, method, &own, &wanted).await;
        refused.problem(403, "forbidden");
    }
    // A body without a goal, or with what is none, is at fault as ever.
    for goal in [json!(null), json!("x")] {
        let mut body = body(GOAL);
        body["goalId"] = goal;
        let refused = send(&key, "POST", "/achievements", &body).await;
        refused.problem(422, "invalidContent");
    }
}

#[tokio::test]
async fn a_value_waits_for_a_change_of_the_board_that_answers_for_it() {
    let app = town().await;
    let editor = app.key(Role::Editor).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N1", true).await;
    let answers_for = json!({"responsibleBoardId": "skolnamnden"});
    let patch = app.request("PATCH", "/indicators/N1").key(&editor);
    let patch = patch.if_match("*").json(&answers_for).send().await;
    patch.expect(200);
    let path = "/indicators/N1/values/2380/2024/T";
    app.make(path, json!({"value": 1})).await;
    let answers = |board: &str| format!("UPDATE indicators SET responsible_board_id = '{board}'");
    let (away, back) = (answers("valnamnden"), answers("skolnamnden"));
    let body = json!({"value": 2});
    for method in ["PUT", "PATCH", "DELETE"] {
        refused(&app, &away, "skolnamnden", method, path, &body).await;
        app.sql()
            .await
            .batch_execute(&back)
            .await
            .expect("the board");
    }
    assert_eq!(app.get(path).await.json()["value"], 1);
    // What an editor may does not depend on it.
    let mut sql = app.sql().await;
    let changing = sql.transaction().await.expect("a transaction");
    changing.batch_execute(&away).await.expect("a change");
    put(&app, &editor, path, body).await.expect(200);
    changing.commit().await.expect("a commit");
}
