//! HTTP below what a client library sends (rows 20, 21 and 38).

use std::time::Duration;

use malbild::auth::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::raw::{PATIENCE, connect, exchange, read_to_end};
use crate::support::{TestApp, eventually};

// Row 38
#[tokio::test]
async fn a_request_that_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let put = format!(
        "PUT /malbild/v1/budgets/2024 HTTP/1.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    );
    let get = "GET /malbild/v1/budgets HTTP/1.1\r\n";
    let body = "{\"title\":\"a\"}";
    // After each, what a second request would be if the first were misread.
    let smuggled = "GET /malbild/v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let requests = [
        format!(
            "{put}Host: a\r\nContent-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
        ),
        format!("{put}Host: a\r\nContent-Length: 13\r\nContent-Length: 5\r\n\r\n{body}{smuggled}"),
        format!("{put}Host: a\r\nContent-Length: 13\r\nContent-Length: 13\r\n\r\n{body}{smuggled}"),
        format!("{put}Host: a\r\nContent-Length: 13, 13\r\n\r\n{body}{smuggled}"),
        format!("{put}Host: a\r\nContent-Length: +13\r\n\r\n{body}{smuggled}"),
        format!("{put}Host: a\r\nContent-Length: -1\r\n\r\n{body}{smuggled}"),
        format!(
            "{put}Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{smuggled}"
        ),
        format!("{put}Host: a\r\nTransfer-Encoding: x\r\n\r\n{body}{smuggled}"),
        format!("{put}Host: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{get}\r\n{smuggled}"),
        format!("{get}Host: a\r\nHost: b\r\n\r\n{smuggled}"),
        format!("{get}Host: a\r\n X-Folded: b\r\n\r\n{smuggled}"),
        format!("GET /malbild/v1/budgets\r\n\r\n{smuggled}"),
        format!("{get}Host: a\r\nBad Name: b\r\n\r\n{smuggled}"),
        format!("{get}Host: a\r\nX: a\0b\r\n\r\n{smuggled}"),
        "\0\u{1}\u{2} garbage\r\n\r\n".to_owned(),
    ];
    for request in requests {
        let answer = exchange(&app.base, &request).await;
        assert_eq!(answer.status(), 400, "{request:?}: {answer:?}");
        assert_eq!(answer.answers(), 1, "{request:?}: {answer:?}");
        assert!(!answer.0.contains("smuggled"), "{request:?}: {answer:?}");
    }
    app.get("/budgets/2024").await.problem(404, "notFound");
}

// Row 38
#[tokio::test]
async fn links_never_repeat_the_host_of_a_request() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.budget(2025).await;
    for target in [
        "/malbild/v1/budgets?limit=1",
        "/malbild/v1/budgets/2024",
        "/malbild/v1/api-info",
        "/malbild/v1/nowhere",
        "http://evil.example/malbild/v1/budgets",
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(&app.base, request).await;
        assert!(matches!(answer.status(), 200 | 404), "{answer:?}");
        assert!(!answer.0.contains("evil.example"), "{answer:?}");
        assert!(!answer.0.contains("gopher"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_refused_request_s_body_is_never_taken_for_the_next_request() {
    let app = TestApp::start().await;
    let inner = "GET /malbild/v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for (method, path) in [
        ("PUT", "budgets/2024"),
        ("DELETE", "budgets/2024"),
        ("GET", "budgets"),
        ("POST", "budgets"),
        ("PUT", "nowhere"),
        ("OPTIONS", "budgets"),
    ] {
        let first = format!(
            "{method} /malbild/v1/{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}",
            inner.len()
        );
        let second = "GET /malbild/v1/api-info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let answer = exchange(&app.base, format!("{first}{second}")).await;
        assert!(!answer.0.contains("smuggled"), "{method}: {answer:?}");
        assert!(answer.answers() <= 2, "{method}: {answer:?}");
    }
}

// Row 21
#[tokio::test]
async fn a_head_that_does_not_come_is_given_up() {
    let app = TestApp::start_with(&["--head-timeout-seconds=1"]).await;
    for part in [
        "",
        "GET /malbild/v1/budgets HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    ] {
        let mut socket = connect(&app.base).await;
        socket.write_all(part.as_bytes()).await.expect("sent");
        let answer = read_to_end(&mut socket).await;
        assert!(matches!(answer.status(), 0 | 408), "{answer:?}");
    }
}

// Row 21
#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let app = TestApp::start_with(&["--body-timeout-seconds=1"]).await;
    let key = app.key(Role::Editor).await;
    let mut socket = connect(&app.base).await;
    let request = format!(
        "PUT /malbild/v1/budgets/2024 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    socket.write_all(request.as_bytes()).await.expect("sent");
    let answer = read_to_end(&mut socket).await;
    assert_eq!(answer.status(), 408, "{answer:?}");
    assert!(answer.0.contains("\"requestTimeout\""), "{answer:?}");
}

// Row 21
#[tokio::test]
async fn five_hundred_idle_connections_disturb_nobody() {
    let app = TestApp::start_with(&["--head-timeout-seconds=1"]).await;
    app.budget(2024).await;
    let mut idle = Vec::new();
    for _ in 0..500 {
        let mut socket = connect(&app.base).await;
        socket.write_all(b"GET /malb").await.expect("sent");
        idle.push(socket);
    }
    for _ in 0..50 {
        let answer = timeout(Duration::from_secs(1), app.get("/budgets/2024")).await;
        answer.expect("an answer in time").expect(200);
    }
    let mut open = idle.len();
    for mut socket in idle {
        let mut bytes = Vec::new();
        let _ = timeout(PATIENCE, socket.read_to_end(&mut bytes))
            .await
            .expect("closed");
        open -= 1;
    }
    assert_eq!(open, 0);
}

// Row 20
#[tokio::test]
async fn a_gzip_bomb_is_refused_unopened() {
    use std::io::Write;
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..200 {
        bomb.write_all(&zeros).expect("packed");
    }
    let bomb = bomb.finish().expect("packed");
    for coding in ["gzip", "deflate", "br", "identity, gzip"] {
        let put = app.request("PUT", "/budgets/2024").key(&key);
        let put = put
            .header("content-type", "application/json")
            .header("content-encoding", coding);
        let answer = put.body(bomb.clone()).send().await;
        answer.problem(415, "unsupportedMediaType");
    }
}

#[tokio::test]
async fn a_head_without_end_is_refused_with_bounded_memory() {
    let app = TestApp::start().await;
    let mut socket = connect(&app.base).await;
    let line = format!("X-Filler: {}\r\n", "a".repeat(8000));
    let _ = socket
        .write_all(b"GET /malbild/v1/budgets HTTP/1.1\r\nHost: a\r\n")
        .await;
    // The service may close before all of it is sent.
    for _ in 0..200 {
        if socket.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = read_to_end(&mut socket).await;
    assert!(matches!(answer.status(), 0 | 400 | 414 | 431), "{answer:?}");
    eventually("others are served", Duration::from_secs(2), async || {
        app.get("/budgets").await.status == 200
    })
    .await;
}
