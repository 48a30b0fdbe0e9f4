//! What the real program says of requests (row 39): one line each, whatever
//! is sent, and never a key.

use malbild::auth::Role;
use serde_json::Value;

use crate::support::TestApp;
use crate::support::program::{Ended, Program};
use crate::support::raw::exchange;

/// The program on a database with a key; what it logged of nasty requests.
async fn talk(format: &str) -> (TestApp, String, usize, String, Ended) {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let (runtime, owner) = (app.database.runtime_url(), app.database.owner_url());
    let settings = [
        ("DATABASE_URL", &*runtime),
        ("DATABASE_OWNER_URL", &*owner),
        ("LOG_FORMAT", format),
    ];
    let program = tokio::task::spawn_blocking({
        let settings = settings.map(|(name, value)| (name, value.to_owned()));
        move || {
            Program::start(
                &settings
                    .each_ref()
                    .map(|(name, value)| (*name, value.as_str())),
            )
        }
    });
    let program = program.await.expect("the program");
    let put = "{\"title\":\"a\"}";
    let requests = [
        "GET /malbild/v1/budgets/2024 HTTP/1.1\r\n".to_owned(),
        "GET /malbild/v1/budgets?q=secret-words HTTP/1.1\r\n".to_owned(),
        "GET /evil%0d%0aINFO%20malbild::request:%20forged HTTP/1.1\r\n".to_owned(),
        "GET /evil%1b[31mred%1b[0m%00%c2%85%e2%80%a8 HTTP/1.1\r\n".to_owned(),
        "GET /%22,%22status%22:999,%22a%22:%22 HTTP/1.1\r\n".to_owned(),
        "GET /%ff%fe HTTP/1.1\r\n".to_owned(),
        "GET / HTTP/1.1\r\nUser-Agent: \u{1b}]0;title\u{7}\r\n".replace(['\u{1b}', '\u{7}'], "\t"),
        "GET / HTTP/1.1\r\nUser-Agent: a\" status=200 path=\"/x\r\n".to_owned(),
        "GET / HTTP/1.1\r\nUser-Agent: \u{c5}\u{85}\r\ntraceparent: 00-x\"\u{85}-y-01\r\n"
            .to_owned(),
        "PROPFIND /malbild/v1/budgets HTTP/1.1\r\n".to_owned(),
        format!("GET /malbild/v1/budgets HTTP/1.1\r\nAuthorization: Bearer {key}\r\n"),
        format!(
            "GET /malbild/v1/budgets HTTP/1.1\r\nAuthorization: Bearer {key}x\r\nUser-Agent: {key}\r\n"
        ),
        format!(
            "GET /malbild/v1/boards/{key} HTTP/1.1\r\ntraceparent: 00-{key}-00f067aa0ba902b7-01\r\n"
        ),
        format!("GET /malbild/v1/boards?q={key} HTTP/1.1\r\n"),
        format!(
            "PUT /malbild/v1/budgets/2024 HTTP/1.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            put.len()
        ),
    ];
    for request in &requests {
        let body = if request.starts_with("PUT") { put } else { "" };
        let answer = exchange(
            &program.base,
            format!("{request}Host: a\r\nConnection: close\r\n\r\n{body}"),
        )
        .await;
        assert!(answer.status() >= 200, "{request}");
    }
    let metrics = reqwest::get(&program.metrics).await.expect("the metrics");
    let metrics = metrics.text().await.expect("text");
    let ended = tokio::task::spawn_blocking(move || program.stop());
    (
        app,
        key,
        requests.len(),
        metrics,
        ended.await.expect("an end"),
    )
}

/// Nothing of the key is in what was logged.
fn nothing_secret(ended: &Ended, key: &str) {
    assert!(ended.status.success(), "{}", ended.output);
    assert!(!ended.output.contains(&key[3..]), "the key was logged");
    assert!(!ended.output.contains("secret-words"), "a query was logged");
    let control = ended.output.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "{}", ended.output);
    assert!(!ended.output.contains('\u{2028}'));
}

// Row 39
#[tokio::test]
async fn a_request_is_one_line_of_json_whatever_it_holds() {
    let (_app, key, sent, _, ended) = talk("json").await;
    nothing_secret(&ended, &key);
    let mut answered = Vec::new();
    for line in ended.output.lines().filter(|line| line.starts_with('{')) {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        if line["target"] == "malbild::request" {
            answered.push(line);
        }
    }
    assert_eq!(answered.len(), sent, "{}", ended.output);
    assert_eq!(answered[0]["path"], "/malbild/v1/budgets/2024");
    assert_eq!(answered[0]["status"], 404);
    assert_eq!(
        answered[2]["path"],
        "/evil%0d%0aINFO%20malbild::request:%20forged"
    );
    for line in &answered {
        assert_eq!(line["trace_id"].as_str().map(str::len), Some(32));
    }
    assert_eq!(answered.last().expect("lines")["status"], 201);
    assert!(answered.last().expect("lines")["key_id"].is_string());
}

// Row 39
#[tokio::test]
async fn a_request_is_one_line_of_text_whatever_it_holds() {
    let (_app, key, sent, _, ended) = talk("text").await;
    nothing_secret(&ended, &key);
    let lines = ended
        .output
        .lines()
        .filter(|line| line.contains(" malbild::request: "));
    // The forged one stands inside a quoted path.
    let lines = lines.filter(|line| line.contains("answered"));
    assert_eq!(lines.count(), sent, "{}", ended.output);
}

// Row 39
#[tokio::test]
async fn the_key_is_nowhere_in_the_database() {
    let (app, key, ..) = talk("text").await;
    let sql = app.sql().await;
    let tables = "SELECT c.relname::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace";
    let tables = sql.query(tables, &[]).await.unwrap();
    assert!(tables.len() > 5);
    let hex = data_encoding::HEXLOWER.encode(key.as_bytes());
    for table in tables {
        let table: String = table.get(0);
        let found = format!(
            "SELECT count(*) FROM {table} AS row WHERE row::text LIKE '%' || $1 || '%' OR row::text LIKE '%' || $2 || '%'"
        );
        let found: i64 = sql
            .query_one(&found, &[&&key[3..], &hex])
            .await
            .unwrap()
            .get(0);
        assert_eq!(found, 0, "{table}");
    }
    let used = "SELECT last_used_on IS NOT NULL FROM api_keys";
    assert!(
        sql.query_one(used, &[]).await.unwrap().get::<_, bool>(0),
        "the day of use is noted"
    );
}

#[tokio::test]
async fn the_metrics_name_routes_and_never_paths() {
    let (_app, key, _, metrics, _) = talk("json").await;
    for part in [
        "http_request_duration_seconds_count{method=\"GET\",route=\"/malbild/v1/budgets/{budgetYear}\",status=\"404\"} 1",
        "route=\"/malbild/v1/boards/{boardId}\"",
        "route=\"unmatched\"",
        "method=\"other\"",
        "database_connections_max 16",
        "process_resident_memory_bytes",
    ] {
        assert!(metrics.contains(part), "{part} in {metrics}");
    }
    for part in ["2024", "evil", "PROPFIND", &key[3..]] {
        assert!(!metrics.contains(part), "{part} in {metrics}");
    }
}

#[tokio::test]
async fn a_trace_is_taken_up_and_a_malformed_one_is_replaced() {
    let app = TestApp::start().await;
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let given = format!("00-{id}-00f067aa0ba902b7-00");
    let answer = app
        .request("GET", "/nowhere")
        .header("traceparent", &given)
        .send()
        .await;
    let answer = answer.problem(404, "unknownPath");
    assert_eq!(answer.json()["traceId"], id);
    assert_eq!(answer.header("traceparent").split('-').nth(1), Some(id));
    let flags = answer.header("traceparent").rsplit('-').next();
    assert_eq!(flags, Some("00"), "what the caller does not keep");
    assert_ne!(
        answer.header("traceparent"),
        given,
        "the service's own span"
    );
    for wrong in [
        "",
        "x",
        "00-0-0-0",
        &format!("00-{id}"),
        &format!("ff-{id}-00f067aa0ba902b7-01"),
        &given.to_uppercase(),
    ] {
        let answer = app
            .request("GET", "/budgets")
            .header("traceparent", wrong)
            .send()
            .await
            .expect(200);
        let parts: Vec<&str> = answer.header("traceparent").split('-').collect();
        assert_eq!(
            parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [2, 32, 16, 2]
        );
        assert_ne!(parts[1], id, "{wrong}");
    }
    let bare = app.get("/budgets").await.expect(200);
    assert!(!bare.header("traceparent").is_empty());
}
