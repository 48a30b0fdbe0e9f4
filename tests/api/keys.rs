//! Who may write (rows 9, 10 and 34): without the right key nothing changes.

use std::time::Duration;

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::support::{Answer, TestApp};

/// Every row of every resource, so that a test sees when anything changed.
async fn content(app: &TestApp) -> String {
    let all = "SELECT concat((SELECT json_agg(t ORDER BY t.*) FROM budgets t), (SELECT json_agg(t ORDER BY t.*) FROM boards t), \
               (SELECT json_agg(t ORDER BY t.goal_id) FROM goals t), (SELECT json_agg(t ORDER BY t.assignment_id) FROM assignments t), \
               (SELECT count(*) FROM history WHERE resource <> 'api-keys'))";
    let all = all.replace("ORDER BY t.*", "ORDER BY t.version");
    app.sql().await.query_one(&all, &[]).await.unwrap().get(0)
}

/// A town with one thing of each kind; the paths of the goal and of each
/// assignment: the council's, the school board's, the culture board's.
async fn town(app: &TestApp) -> (String, [String; 3]) {
    app.budget(2024).await;
    app.board("skola", "board").await;
    app.board("kultur", "board").await;
    let goal_id = Uuid::now_v7().to_string();
    app.make(&format!("/goals/{goal_id}"), goal(2024, "1"))
        .await;
    let mut paths = Vec::new();
    for body in [
        council(&goal_id),
        own(&goal_id, "skola"),
        own(&goal_id, "kultur"),
    ] {
        let path = format!("/assignments/{}", Uuid::now_v7());
        app.make(&path, body).await;
        paths.push(path);
    }
    (goal_id, paths.try_into().expect("three"))
}

fn council(goal_id: &str) -> Value {
    json!({"goalId": goal_id, "title": "a", "origin": "council", "allBoards": true})
}

fn own(goal_id: &str, board: &str) -> Value {
    json!({"goalId": goal_id, "title": "a", "origin": "board", "originBoardId": board, "allBoards": true})
}

// Row 9
#[tokio::test]
async fn a_write_without_a_valid_key_is_401_and_changes_nothing() {
    let app = TestApp::start().await;
    let (goal_id, assignments) = town(&app).await;
    let valid = app.key(Role::Admin).await;
    let expired = app
        .make_key(
            Role::Admin,
            None,
            malbild::clock::now() - Duration::from_secs(1),
        )
        .await;
    let revoked = app.key(Role::Admin).await;
    app.get("/budgets").await.expect(200);
    let sql = app.sql().await;
    let revoke =
        "UPDATE api_keys SET revoked_at = now() WHERE key_hash = sha256(convert_to($1, 'UTF8'))";
    assert_eq!(sql.execute(revoke, &[&revoked]).await.unwrap(), 1);
    let before = content(&app).await;
    let paths = [
        "/budgets/2024".to_owned(),
        "/boards/skola".to_owned(),
        format!("/goals/{goal_id}"),
        assignments[0].clone(),
    ];
    let mut writes: Vec<(&str, &str)> = vec![("POST", "/goals"), ("POST", "/assignments")];
    for path in &paths {
        writes.extend(["PUT", "PATCH", "DELETE"].map(|method| (method, path.as_str())));
    }
    let bad = [
        format!("Bearer {expired}"),
        format!("Bearer {revoked}"),
        format!("Bearer {}", valid.to_lowercase()),
        format!("Bearer {}x", valid),
        format!("Bearer {}", &valid[..valid.len() - 1]),
        format!("Basic {valid}"),
        valid.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer mb_".to_owned(),
        "Bearer '; DROP TABLE api_keys".to_owned(),
        format!("Bearer {valid} {valid}"),
        format!("Bearer mb_{}", "a".repeat(3000)),
    ];
    for (method, path) in writes {
        let bare = app
            .request(method, path)
            .if_match("*")
            .json(&json!({"title": "x"}));
        let answer = bare.send().await.problem(401, "missingKey");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{method} {path}"
        );
        for key in &bad {
            let request = app.request(method, path).header("authorization", key);
            let request = request.if_match("*").json(&json!({"title": "x"}));
            let answer = request.send().await.problem(401, "invalidKey");
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{method} {path}"
            );
            assert!(!answer.text().contains(&valid[5..]), "{}", answer.text());
        }
    }
    let twice = app
        .request("GET", "/budgets")
        .key(&valid)
        .key(&valid)
        .send()
        .await;
    twice.problem(400, "badRequest");
    for key in [&expired, &revoked] {
        app.request("GET", "/budgets")
            .key(key)
            .send()
            .await
            .problem(401, "invalidKey");
    }
    app.request("GET", "/budgets")
        .key(&valid)
        .send()
        .await
        .expect(200);
    let lower = app
        .request("GET", "/budgets")
        .header("authorization", &format!("bearer {valid}"));
    lower.send().await.expect(200);
    assert_eq!(content(&app).await, before);
}

// Row 10
#[tokio::test]
async fn a_board_s_key_writes_its_own_assignments_and_nothing_else() {
    let app = TestApp::start().await;
    let (goal_id, [councils, schools, cultures]) = town(&app).await;
    let key = app.board_key("skola").await;
    let before = content(&app).await;
    let write = async |method: &str, path: &str, body: Value| {
        let request = app.request(method, path).key(&key).json(&body);
        let there = app.get(path).await.status == 200 && method != "POST";
        let request = if there {
            request.if_match("*")
        } else {
            request
        };
        request.send().await
    };
    let title = json!({"title": "mine"});
    for (path, body) in [
        ("/budgets/2024", title.clone()),
        ("/budgets/2025", title.clone()),
        ("/boards/skola", json!({"name": "a", "kind": "board"})),
        ("/boards/ny", json!({"name": "a", "kind": "board"})),
        (&*format!("/goals/{goal_id}"), goal(2024, "1")),
        (&*format!("/goals/{}", Uuid::now_v7()), goal(2024, "2")),
        (&councils, own(&goal_id, "skola")),
        (&cultures, own(&goal_id, "skola")),
        (&schools, own(&goal_id, "kultur")),
        (&schools, council(&goal_id)),
        (
            &*format!("/assignments/{}", Uuid::now_v7()),
            own(&goal_id, "kultur"),
        ),
        (
            &*format!("/assignments/{}", Uuid::now_v7()),
            council(&goal_id),
        ),
    ] {
        write("PUT", path, body).await.problem(403, "forbidden");
    }
    for (path, body) in [
        ("/budgets/2024", title.clone()),
        ("/boards/skola", json!({"name": "b"})),
        (&*format!("/goals/{goal_id}"), json!({"name": "b"})),
        (&councils, title.clone()),
        (&cultures, title.clone()),
        (&councils, own(&goal_id, "skola")),
        (&cultures, json!({"originBoardId": "skola"})),
        (&schools, json!({"originBoardId": "kultur"})),
        (
            &schools,
            json!({"origin": "council", "originBoardId": null}),
        ),
        (&schools, json!({"originBoardId": null})),
    ] {
        write("PATCH", path, body).await.problem(403, "forbidden");
    }
    for path in [
        "/budgets/2024",
        "/boards/kultur",
        &*format!("/goals/{goal_id}"),
        &councils,
        &cultures,
    ] {
        write("DELETE", path, json!(null))
            .await
            .problem(403, "forbidden");
    }
    write("POST", "/goals", goal(2024, "3"))
        .await
        .problem(403, "forbidden");
    write("POST", "/assignments", council(&goal_id))
        .await
        .problem(403, "forbidden");
    write("POST", "/assignments", own(&goal_id, "kultur"))
        .await
        .problem(403, "forbidden");
    assert_eq!(content(&app).await, before);
    write("PATCH", &schools, title).await.expect(200);
    write("PUT", &schools, own(&goal_id, "skola"))
        .await
        .expect(200);
    write("POST", "/assignments", own(&goal_id, "skola"))
        .await
        .expect(201);
    write("DELETE", &schools, json!(null)).await.expect(204);
}

// Row 34
#[tokio::test]
async fn what_others_refer_to_cannot_be_deleted_and_the_answer_names_them() {
    let app = TestApp::start().await;
    let (goal_id, assignments) = town(&app).await;
    app.make(
        "/boards/gammal",
        json!({"name": "a", "kind": "board", "successorBoardId": "kultur"}),
    )
    .await;
    app.budget(2025).await;
    let later = Uuid::now_v7().to_string();
    let mut next = goal(2025, "1");
    next["predecessorIds"] = json!([goal_id]);
    app.make(&format!("/goals/{later}"), next).await;
    let key = app.key(Role::Editor).await;
    let delete = async |path: &str| -> Answer {
        app.request("DELETE", path)
            .key(&key)
            .if_match("*")
            .send()
            .await
    };
    let before = content(&app).await;
    let own_id = assignments[2].trim_start_matches("/assignments/");
    for (path, named) in [
        ("/budgets/2024", vec![goal_id.as_str()]),
        ("/boards/kultur", vec!["gammal", own_id]),
        (&*format!("/goals/{goal_id}"), vec![later.as_str(), own_id]),
    ] {
        let answer = delete(path).await.problem(409, "referredTo");
        for name in named {
            assert!(answer.text().contains(name), "{name} in {}", answer.text());
        }
    }
    assert_eq!(content(&app).await, before);
    let mut order: Vec<String> = assignments.to_vec();
    order.extend([
        format!("/goals/{later}"),
        format!("/goals/{goal_id}"),
        "/budgets/2024".to_owned(),
        "/boards/gammal".to_owned(),
        "/boards/kultur".to_owned(),
    ]);
    for path in order {
        delete(&path).await.expect(204);
        delete(&path).await.problem(404, "notFound");
    }
}

#[tokio::test]
async fn a_parent_and_a_child_written_at_once_leave_no_orphan() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for year in 2030..2040 {
        let made = app.budget(year).await;
        let delete = app
            .request("DELETE", &format!("/budgets/{year}"))
            .key(&key)
            .if_match(made.etag());
        let post = app
            .request("POST", "/goals")
            .key(&key)
            .json(&goal(year, "1"));
        let (delete, post) = futures_util::join!(delete.send(), post.send());
        match post.status {
            201 => drop(delete.problem(409, "referredTo")),
            _ => {
                post.problem(422, "invalidContent");
                delete.expect(204);
            }
        }
    }
}

#[tokio::test]
async fn an_address_in_another_spelling_is_no_way_round_a_bad_key() {
    let app = TestApp::start().await;
    let path = format!("{}/malbild/%761/goals", app.base);
    let client = reqwest::Client::new();
    let bad = client
        .get(&path)
        .bearer_auth("mb_wrong")
        .send()
        .await
        .expect("an answer");
    assert_eq!(bad.status(), 401);
    let read = client.get(&path).send().await.expect("an answer");
    let list: serde_json::Value = read.json().await.expect("JSON");
    assert_eq!(list["_links"]["self"]["href"], app.url("/goals"));
}

#[tokio::test]
async fn a_missing_key_is_told_before_anything_else_is_looked_at() {
    let app = TestApp::start().await;
    let requests = [
        ("POST", "/goals"),
        ("PUT", "/budgets/2024"),
        ("DELETE", "/budgets/2024"),
        ("POST", "/documents?budgetYear=2024"),
    ];
    for (method, path) in requests {
        let request = app
            .request(method, path)
            .header("accept", "application/xml");
        request.body("x").send().await.problem(401, "missingKey");
    }
}
