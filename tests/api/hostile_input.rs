//! What nobody should send (rows 1, 12–14, 16–18 and 24): refused with
//! the right status, and the service is well afterwards.

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::support::{Answer, TestApp};

/// PUT of these bytes as JSON.
pub(crate) async fn put(
    app: &TestApp,
    key: &str,
    path: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = app.request("PUT", path).key(key);
    let request = request.header("content-type", "application/json");
    request.body(body).send().await
}

// Row 1
#[tokio::test]
async fn a_nul_in_any_text_is_refused_and_the_next_request_is_answered() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let goal_path = format!("/goals/{}", Uuid::now_v7());
    let whole = [
        (
            "/budgets/2025",
            json!({"title": "a", "description": "a", "decidedBy": "a", "decidedOn": "2024-01-01", "source": null}),
        ),
        (
            "/boards/a",
            json!({"name": "a", "kind": "board", "validFrom": "2024-01-01", "successorBoardId": "b"}),
        ),
        (goal_path.as_str(), goal(2024, "1")),
    ];
    for (path, body) in whole {
        for name in body.as_object().expect("an object").keys() {
            for text in ["\0", "a\0b", "a\0", "\u{1b}[31m"] {
                let mut body = body.clone();
                body[name] = json!(text);
                let answer = put(&app, &key, path, body.to_string()).await;
                let answer = answer.problem(422, "invalidContent");
                let faults = answer.faults();
                let pointers: Vec<&str> = faults.iter().map(|(at, _)| at.as_str()).collect();
                assert!(
                    pointers.contains(&format!("/{name}").as_str()),
                    "{faults:?}"
                );
            }
        }
    }
    let source = json!({"title": "a", "source": {"title": "a\0", "url": "https://a\0"}});
    let answer = put(&app, &key, "/budgets/2025", source.to_string()).await;
    answer.problem(422, "invalidContent");
    for path in ["/budgets?q=%00", "/budgets?%00=1", "/goals?number=a%00"] {
        app.get(path).await.problem(400, "invalidQuery");
    }
    for path in ["/budgets/%00", "/boards/a%00", "/goals/%00", "/%00"] {
        let answer = app.get(path).await;
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            answer.text()
        );
    }
    app.get("/budgets/2024").await.expect(200);
}

// Row 12
#[tokio::test]
async fn what_the_service_sets_is_refused_in_a_body() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for name in [
        "id",
        "createdAt",
        "updatedAt",
        "_links",
        "etag",
        "role",
        "version",
        "boardId",
        "board_id",
        "__proto__",
    ] {
        let mut body = json!({"name": "a", "kind": "board"});
        body[name] = json!("2024");
        let answer = put(&app, &key, "/boards/a", body.to_string()).await;
        let answer = answer.problem(422, "invalidContent");
        assert_eq!(answer.faults()[0].0, format!("/{name}"));
    }
    app.get("/boards/a").await.problem(404, "notFound");
}

// Rows 13 and 16
#[tokio::test]
async fn a_key_that_cannot_be_one_is_404_and_a_year_out_of_range_in_a_body_is_422() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    for raw in [
        "2147483648",
        "9223372036854775808",
        "-1",
        "0",
        "abc",
        "1.0",
        "99999",
        "2024.5",
        "+2024",
        "02024",
        "٢٠٢٤",
        "2024%20",
        "1e3",
    ] {
        app.get(&format!("/budgets/{raw}"))
            .await
            .problem(404, "notFound");
        app.get(&format!("/goals/{raw}"))
            .await
            .problem(404, "notFound");
        app.get(&format!("/assignments/{raw}"))
            .await
            .problem(404, "notFound");
        let path = format!("/budgets/{raw}");
        put(&app, &key, &path, r#"{"title":"a"}"#)
            .await
            .problem(404, "notFound");
    }
    for raw in ["A", "a_b", "å", "a.b", "a%20b", &"a".repeat(81)] {
        app.get(&format!("/boards/{raw}"))
            .await
            .problem(404, "notFound");
    }
    for year in [
        "0",
        "-1",
        "99999",
        "2147483648",
        "\"2024\"",
        "2024.5",
        "true",
        "[2024]",
        "1899",
        "1e99",
    ] {
        let body = format!(r#"{{"budgetYear":{year},"statement":"a","position":1}}"#);
        let answer = app.request("POST", "/goals").key(&key);
        let answer = answer.header("content-type", "application/json").body(body);
        let answer = answer.send().await.problem(422, "invalidContent");
        assert_eq!(answer.faults()[0].0, "/budgetYear", "{year}");
    }
    for year in ["0", "-1", "99999", "2147483648", "2024.5", "2024,", "x"] {
        let path = format!("/goals?budgetYear={year}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
}

// Rows 14, 17 and 18
#[tokio::test]
async fn a_body_that_is_not_strict_json_is_refused() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let deep = format!("{{\"title\":\"a\",\"x\":{}", "[".repeat(100_000));
    let closed = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: [&[u8]; 15] = [
        b"",
        b"nul",
        b"{\"title\":\"a\",\"title\":\"b\"}",
        b"{\"title\":\"a\",\"source\":{\"title\":\"a\",\"title\":\"a\"}}",
        b"\xef\xbb\xbf{\"title\":\"a\"}",
        b"{\"title\":\"\\ud800\"}",
        b"{\"title\":\"\\udc00\\ud800\"}",
        b"{\"title\":\"\xff\"}",
        b"{\"title\":\"\xc0\x80\"}",
        b"{\"title\":\"a\"} x",
        b"{\"title\":\"a\"}{}",
        b"{\"title\":NaN}",
        b"{\"title\":-Infinity}",
        deep.as_bytes(),
        closed.as_bytes(),
    ];
    for body in bodies {
        let answer = put(&app, &key, "/budgets/2024", body.to_vec()).await;
        answer.problem(400, "invalidJson");
    }
    for body in ["[]", "[\"a\"]", "null", "7", "\"a\"", "true"] {
        let answer = put(&app, &key, "/budgets/2024", body).await;
        answer.problem(422, "invalidContent");
        let made = app.request("PATCH", "/budgets/2023").key(&key);
        let made = made.json(&serde_json::from_str::<Value>(body).expect("JSON"));
        made.send().await.problem(404, "notFound");
    }
    app.get("/budgets/2024").await.problem(404, "notFound");
    put(&app, &key, "/budgets/2024", r#"{"title":"a"}"#)
        .await
        .expect(201);
}

#[tokio::test]
async fn two_hundred_thousand_faults_make_no_larger_answer_than_a_thousand() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let members: Vec<String> = (0..150_000).map(|n| format!("\"{n}\":0")).collect();
    let body = format!("{{{}}}", members.join(","));
    let answer = put(&app, &key, "/budgets/2024", body).await;
    let answer = answer.problem(422, "invalidContent");
    assert!(answer.body.len() < 300_000, "{}", answer.body.len());
}

// Row 24
#[tokio::test]
async fn a_fault_inside_the_database_is_told_as_a_problem_without_the_inside() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let sql = app.sql().await;
    sql.batch_execute("ALTER TABLE budgets RENAME TO secret_budgets")
        .await
        .unwrap();
    let list = app.get("/budgets").await;
    assert!(!list.text().contains("does not exist"), "{}", list.text());
    list.problem(503, "databaseUnavailable");
    app.get("/budgets/2024")
        .await
        .problem(503, "databaseUnavailable");
    sql.batch_execute("ALTER TABLE secret_budgets RENAME TO budgets")
        .await
        .unwrap();
    app.get("/budgets/2024").await.expect(200);
}
