//! What nobody should send (rows 1, 12–14, 16–19, 24, 27 and 28): refused with
//! the right status, and the service is well afterwards.

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::support::{Answer, TestApp};

async fn put(app: &TestApp, key: &str, path: &str, body: impl Into<reqwest::Body>) -> Answer {
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
    let bodies: [&[u8]; 17] = [
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
        b"{\"title\":1e400}",
        b"{\"title\":NaN}",
        b"{\"title\":-Infinity}",
        b"{\"title\":1e1000000000}",
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

// Rows 19 and 20
#[tokio::test]
async fn a_body_over_the_limit_is_413_with_and_without_its_length() {
    let app = TestApp::start_with(&["--max-body-bytes=2048"]).await;
    let key = app.key(Role::Editor).await;
    let body = format!(r#"{{"title":"a","description":"{}"}}"#, "å".repeat(2000));
    put(&app, &key, "/budgets/2024", body.clone())
        .await
        .problem(413, "bodyTooLarge");
    let head = format!(
        "PUT /malbild/v1/budgets/2024 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    );
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let answer = crate::support::raw::exchange(&app.base, chunked).await;
    assert_eq!(answer.status(), 413, "{answer:?}");
    let announced = format!("{head}Content-Length: 99999999999\r\n\r\n");
    let answer = crate::support::raw::exchange(&app.base, announced).await;
    assert_eq!(answer.status(), 413, "{answer:?}");
    let packed = app
        .request("PUT", "/budgets/2024")
        .key(&key)
        .json(&json!({"title": "a"}));
    let packed = packed.header("content-encoding", "gzip").send().await;
    packed.problem(415, "unsupportedMediaType");
    app.get("/budgets/2024").await.problem(404, "notFound");
}

// Row 27
#[tokio::test]
async fn a_wrong_or_missing_type_is_415_and_an_impossible_accept_is_406() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let types = [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/json;charset=latin1",
        "application/merge-patch+json",
        "",
        "json",
    ];
    for content_type in types {
        let put = app.request("PUT", "/budgets/2024").key(&key);
        let put = put
            .header("content-type", content_type)
            .body("{\"title\":\"a\"}");
        put.send().await.problem(415, "unsupportedMediaType");
    }
    let missing = app
        .request("PUT", "/budgets/2024")
        .key(&key)
        .body("{\"title\":\"a\"}");
    missing.send().await.problem(415, "unsupportedMediaType");
    let post = app
        .request("POST", "/goals")
        .key(&key)
        .body("{}")
        .send()
        .await;
    let post = post.problem(415, "unsupportedMediaType");
    assert_eq!(post.header("accept-post"), "application/json");
    let patch = app
        .request("PATCH", "/budgets/2024")
        .key(&key)
        .body("{}")
        .send()
        .await;
    let patch = patch.problem(415, "unsupportedMediaType");
    assert_eq!(
        patch.header("accept-patch"),
        "application/merge-patch+json, application/json"
    );
    let utf8 = app.request("PUT", "/budgets/2024").key(&key);
    let utf8 = utf8
        .header("content-type", "Application/JSON; charset=\"UTF-8\"")
        .body("{\"title\":\"a\"}");
    utf8.send().await.expect(201);
    for path in ["/budgets", "/budgets/2024", "/api-info"] {
        let xml = app.request("GET", path).header("accept", "application/xml");
        xml.send().await.problem(406, "notAcceptable");
    }
    let put = app
        .request("PUT", "/budgets/2026")
        .key(&key)
        .json(&json!({"title": "a"}));
    put.header("accept", "text/html")
        .send()
        .await
        .problem(406, "notAcceptable");
    app.get("/budgets/2026").await.problem(404, "notFound");
}

// Row 28
#[tokio::test]
async fn a_list_takes_only_parameters_it_knows_and_each_once() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    for collection in ["budgets", "boards", "goals", "assignments"] {
        for query in [
            "unknown=1",
            "Page=1",
            "page=1&page=1",
            "page=1&%70age=1",
            "page=-1",
            "page=x",
            "page=",
            "page=1.0",
            "limit=0",
            "limit=-1",
            "limit=1001",
            "limit=1000000000",
            "limit=99999999999999999999",
            "limit=x",
            "sort=x",
            "sort=",
            "sort=-",
            "sort=source",
            "fields=x",
            "fields=",
            "cursor=x",
            "cursor=",
            "cursor=e30",
            "page=1&cursor=x",
            "updatedSince=x",
            "updatedSince=2024-01-01",
            "q=%ff",
            "q=%0a",
        ] {
            let path = format!("/{collection}?{query}");
            app.get(&path).await.problem(400, "invalidQuery");
        }
        for page in ["0", "2", "999999999999999999999999"] {
            let path = format!("/{collection}?page={page}");
            let list = app.get(&path).await.expect(200).json();
            assert_eq!(list["items"], json!([]), "{path}");
        }
    }
    app.get("/budgets/2024?x=1")
        .await
        .problem(400, "invalidQuery");
    app.get("/api-info?x=1").await.problem(400, "invalidQuery");
}

#[tokio::test]
async fn a_cursor_that_somebody_made_up_does_no_harm() {
    use data_encoding::BASE64URL_NOPAD;
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.budget(2025).await;
    let list = app.get("/budgets?limit=1").await.expect(200).json();
    let next = list["_links"]["next"]["href"]
        .as_str()
        .expect("a link")
        .to_owned();
    let (_, raw) = next.split_once("cursor=").expect("a cursor");
    let raw = raw.split('&').next().expect("a cursor");
    let cursor = BASE64URL_NOPAD.decode(raw.as_bytes()).expect("base64");
    let cursor: Value = serde_json::from_slice(&cursor).expect("JSON");
    let answer = async |change: &dyn Fn(&mut Value)| {
        let mut cursor = cursor.clone();
        change(&mut cursor);
        let raw = BASE64URL_NOPAD.encode(cursor.to_string().as_bytes());
        app.get(&format!("/budgets?limit=1&cursor={raw}")).await
    };
    answer(&|_| {}).await.expect(200);
    answer(&|c| c["t"] = json!(i64::MAX)).await.expect(200);
    answer(&|c| c["t"] = json!(-1))
        .await
        .problem(400, "invalidQuery");
    answer(&|c| c["v"] = json!([]))
        .await
        .problem(400, "invalidQuery");
    answer(&|c| c["v"] = json!(["2024"]))
        .await
        .problem(400, "invalidQuery");
    answer(&|c| c["v"] = json!([9e18]))
        .await
        .problem(400, "invalidQuery");
    answer(&|c| c["v"] = json!([null]))
        .await
        .problem(400, "invalidQuery");
    answer(&|c| c["q"] = json!("x"))
        .await
        .problem(400, "invalidQuery");
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
