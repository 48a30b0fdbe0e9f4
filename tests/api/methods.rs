//! Paths and methods (rows 25, 26, 29 and 37), for every operation of the table.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::support::TestApp;
use crate::support::raw::exchange;

/// The paths whose POST takes no body.
fn bodiless(path: &str) -> bool {
    path.starts_with("/webhooks/") && (path.ends_with("/secret") || path.ends_with("/test"))
}

/// The table's paths with a key in place of each parameter, and their methods.
fn paths() -> BTreeMap<String, BTreeSet<String>> {
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let operations = malbild::app::operations().into_iter();
    for operation in operations.filter(|operation| !operation.sent) {
        let path = operation.path.split('/').map(|part| match part {
            "{budgetYear}" => "2024".to_owned(),
            "{boardId}" => "a".to_owned(),
            part if part.starts_with('{') => Uuid::nil().to_string(),
            part => part.to_owned(),
        });
        let path = path.collect::<Vec<_>>().join("/");
        let methods = paths.entry(path).or_default();
        if operation.method == "GET" {
            methods.insert("HEAD".to_owned());
        }
        methods.insert(operation.method.to_string());
        methods.insert("OPTIONS".to_owned());
    }
    paths
}

// Row 25
#[tokio::test]
async fn a_method_that_a_path_has_not_is_405_with_those_it_has() {
    let app = TestApp::start().await;
    let all = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get",
    ];
    let paths = paths();
    assert!(paths.len() > 8);
    for (path, has) in paths {
        for method in all.iter().filter(|method| !has.contains(**method)) {
            let answer = app.request(method, &path).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allow: BTreeSet<String> = answer
                .header("allow")
                .split(", ")
                .map(str::to_owned)
                .collect();
            assert_eq!(allow, has, "{method} {path}");
            if *method != "HEAD" {
                answer.problem(405, "methodNotAllowed");
            }
        }
        let options = app.request("OPTIONS", &path).send().await.expect(204);
        let allow: BTreeSet<String> = options
            .header("allow")
            .split(", ")
            .map(str::to_owned)
            .collect();
        assert_eq!(allow, has, "OPTIONS {path}");
        assert!(options.body.is_empty());
        assert_eq!(
            options.header("accept-post").is_empty(),
            !has.contains("POST") || bodiless(&path),
            "{path}"
        );
        assert_eq!(
            options.header("accept-patch").is_empty(),
            !has.contains("PATCH"),
            "{path}"
        );
    }
    let trace = "TRACE /malbild/v1/budgets HTTP/1.1\r\nHost: a\r\nX-Secret: s3cret\r\nConnection: close\r\n\r\n";
    let trace = exchange(&app.base, trace).await;
    assert_eq!(trace.status(), 405);
    assert!(!trace.0.contains("s3cret"), "nothing is echoed");
}

// Rows 26 and 27
#[tokio::test]
async fn options_tells_the_same_types_of_body_as_a_415_does() {
    let app = TestApp::start().await;
    let key = app.key(malbild::auth::Role::Admin).await;
    let mut told = 0;
    for (path, has) in paths() {
        let options = app.request("OPTIONS", &path).send().await.expect(204);
        for (method, header) in [("POST", "accept-post"), ("PATCH", "accept-patch")] {
            if has.contains(method) && !bodiless(&path) {
                let wrong = app.request(method, &path).key(&key);
                let wrong = wrong.header("content-type", "image/png").body("x");
                let wrong = wrong.send().await.problem(415, "unsupportedMediaType");
                assert_eq!(options.header(header), wrong.header(header), "{path}");
                told += 1;
            }
        }
    }
    assert!(told >= 7, "{told}");
}

// Row 26
#[tokio::test]
async fn head_answers_as_get_does_and_sends_no_body() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.board("a", "board").await;
    let mut all: Vec<String> = paths()
        .into_iter()
        .filter(|(_, methods)| methods.contains("GET"))
        .map(|(path, _)| format!("/malbild/v1{path}"))
        .collect();
    all.extend(
        [
            "/health/live",
            "/health/ready",
            "/malbild/v1/openapi.json",
            "/malbild/v1/openapi.yaml",
            "/nowhere",
            "/malbild/v1/budgets?x=1",
        ]
        .map(str::to_owned),
    );
    for path in all {
        for coding in ["identity", "gzip"] {
            let ask = |method: &str| {
                format!(
                    "{method} {path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\nConnection: close\r\n\r\n"
                )
            };
            let get = exchange(&app.base, ask("GET")).await;
            let head = exchange(&app.base, ask("HEAD")).await;
            assert_eq!(head.status(), get.status(), "{path}");
            assert_eq!(head.headers(), get.headers(), "{path}");
            assert_eq!(head.body(), "", "{path}");
            assert!(!get.body().is_empty(), "{path}");
        }
    }
}

// Row 29
#[tokio::test]
async fn a_path_written_another_way_is_not_there() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    for path in [
        "/malbild/v1/budgets/",
        "//malbild/v1/budgets",
        "/malbild/v1//budgets",
        "/malbild/v1/BUDGETS",
        "/Malbild/v1/budgets",
        "/malbild/v1/budgets%2F2024",
        "/malbild/v1/budgets/%2e%2e/budgets",
        "/malbild/v1/budgets/../budgets",
        "/malbild/v1/budgets/%ff",
        "/malbild/v1/%ff",
        "/malbild/v1/budgets/2024/",
        "/malbild/v1/budgets//2024",
        "/malbild/v1/",
        "/malbild/v1",
        "/malbild",
        "/",
        "/malbild/v2/budgets",
        "/malbild/v1/budgets;x=1",
        "/malbild/v1/boards/a%2Fassignments",
        "/malbild/v1/%2e/budgets",
        "/malbild/v1/budgets/2024%00",
        "/.git/config",
        "/malbild/v1/health/live",
        "/health/live/",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let answer = exchange(&app.base, request).await;
            // What decodes to a key that cannot be one needs a writer's key first.
            let refused = answer.status() == 404 || (answer.status() == 401 && method != "GET");
            assert!(refused, "{method} {path}: {answer:?}");
            assert!(
                answer
                    .headers()
                    .contains(&"content-type: application/problem+json".to_owned()),
                "{path}"
            );
        }
    }
}

// Row 37
#[tokio::test]
async fn a_page_of_another_origin_may_read_and_may_not_send_credentials() {
    let app = TestApp::start().await;
    let made = app.budget(2024).await;
    let origin = "https://elsewhere.example";
    let requests = [
        ("GET", "/budgets/2024", 200),
        ("GET", "/budgets", 200),
        ("GET", "/budgets/1999", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/budgets?x=1", 400),
        ("POST", "/budgets", 405),
        ("PUT", "/budgets/2024", 401),
        ("OPTIONS", "/budgets", 204),
    ];
    for (method, path, status) in requests {
        let answer = app
            .request(method, path)
            .header("origin", origin)
            .send()
            .await
            .expect(status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "*",
            "{method} {path}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let exposed = answer
            .header("access-control-expose-headers")
            .to_ascii_lowercase();
        for name in ["etag", "link", "location", "api-version", "retry-after"] {
            assert!(exposed.contains(name), "{name}");
        }
        assert_eq!(answer.header("api-version"), env!("CARGO_PKG_VERSION"));
        assert!(answer.header("vary").contains("Accept-Encoding"));
    }
    let again = app.request("GET", "/budgets/2024").header("origin", origin);
    let again = again
        .header("if-none-match", made.etag())
        .send()
        .await
        .expect(304);
    assert_eq!(again.header("access-control-allow-origin"), "*");
    let preflight = app
        .request("OPTIONS", "/budgets/2024")
        .header("origin", origin);
    let preflight = preflight.header("access-control-request-method", "GET");
    let preflight = preflight.header(
        "access-control-request-headers",
        "if-none-match, traceparent",
    );
    let preflight = preflight.send().await.expect(204);
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        "GET, HEAD, OPTIONS"
    );
    let allowed = preflight
        .header("access-control-allow-headers")
        .to_ascii_lowercase();
    assert!(allowed.contains("if-none-match") && allowed.contains("traceparent"));
    assert!(!allowed.contains("authorization"));
}
