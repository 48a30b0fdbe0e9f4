//! Requests around a body or without one that nobody should send (rows 19, 20,
//! 27 and 28).

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::hostile_input::put;
use crate::support::TestApp;

// Rows 19 and 20
#[tokio::test]
async fn a_body_over_the_limit_is_413_with_and_without_its_length() {
    let app = TestApp::start_with(&["--max-body-bytes=2048"]).await;
    let key = app.key(Role::Editor).await;
    let body = format!(r#"{{"title":"a","description":"{}"}}"#, "å".repeat(2000));
    put(&app, &key, "/budgets/2024", body.clone())
        .await
        .problem(413, "bodyTooLarge");
    for _ in 0..2 {
        // Far more than the sockets hold: the answer must not be lost.
        let large = vec![b' '; 20 << 20];
        put(&app, &key, "/budgets/2024", large)
            .await
            .problem(413, "bodyTooLarge");
        let nobody = app.request("PUT", "/budgets/2024");
        let nobody = nobody.body(vec![b' '; 20 << 20]).send().await;
        nobody.problem(401, "missingKey");
    }
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
    // Webhooks are not open to all.
    let key = app.key(Role::Admin).await;
    let get = async |path: &str| app.request("GET", path).key(&key).send().await;
    for collection in [
        "budgets",
        "boards",
        "goals",
        "assignments",
        "municipalities",
        "indicators",
        "assessments",
        "investments",
        "achievements",
        "municipality-groups",
        "targets",
        "webhooks",
    ] {
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
            get(&path).await.problem(400, "invalidQuery");
        }
        for page in ["0", "2", "999999999999999999999999"] {
            let path = format!("/{collection}?page={page}");
            let list = get(&path).await.expect(200).json();
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
