//! The real program: its key, its log, its stop.

use std::path::PathBuf;
use std::time::Instant;

use malbild::auth::Role;
use serde_json::{Value, json};

use super::WITHIN;
use super::receiver::{Receiver, Reply};
use crate::support::program::{Program, command, run};
use crate::support::{TestApp, WEBHOOK_KEY, eventually};

pub(super) async fn post(program: &Program, key: &str, path: &str, body: &Value) -> (u16, Value) {
    send("POST", program, key, path, body).await
}

async fn send(
    method: &str,
    program: &Program,
    key: &str,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let made = method == "POST";
    let method = method.parse().expect("a method");
    let request = reqwest::Client::new()
        .request(method, format!("{}/malbild/v1{path}", program.base))
        .bearer_auth(key)
        .json(body);
    let request = if made {
        request
    } else {
        request.header("if-match", "*")
    };
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn without_a_key_webhooks_are_refused_and_the_log_says_why() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let earlier = json!({"url": "https://hooks.example.se/", "resources": []});
    let earlier = app.request("POST", "/webhooks").key(&key).json(&earlier);
    let earlier = earlier.send().await.expect(201).json();
    let earlier = format!(
        "/webhooks/{}",
        earlier["webhookId"].as_str().expect("a key")
    );
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    let program = Program::start(&[("DATABASE_URL", &url), ("DATABASE_OWNER_URL", &owner)]);
    let body = json!({"url": "https://hooks.example.se/", "resources": []});
    let (status, problem) = post(&program, &key, "/webhooks", &body).await;
    assert_eq!(
        (status, &problem["code"]),
        (501, &json!("webhooksNotSetUp"))
    );
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("WEBHOOK_KEY"), "{detail}");
    for action in ["secret", "test"] {
        let path = format!("{earlier}/{action}");
        let (status, problem) = post(&program, &key, &path, &json!({})).await;
        assert_eq!(status, 501, "{problem}");
    }
    // What is there can be changed: no secret is made or used.
    let inactive = json!({"active": false});
    let (status, patched) = send("PATCH", &program, &key, &earlier, &inactive).await;
    assert_eq!((status, &patched["active"]), (200, &json!(false)));
    let (status, replaced) = send("PUT", &program, &key, &earlier, &body).await;
    assert_eq!((status, &replaced["active"]), (200, &json!(true)));
    let ended = program.stop();
    assert!(ended.status.success(), "{}", ended.output);
    assert_eq!(ended.output.matches("WEBHOOK_KEY is not set").count(), 1);
    let wrong = run(command(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("WEBHOOK_KEY", "abc"),
        ("LISTEN_ADDR", "127.0.0.1:0"),
        ("METRICS_ADDR", "off"),
    ]));
    assert!(!wrong.status.success());
    assert!(
        wrong.output.contains("WEBHOOK_KEY: must be 32 bytes"),
        "{}",
        wrong.output
    );
}

#[tokio::test]
async fn the_program_delivers_and_stops_while_a_receiver_hangs_and_logs_no_secret() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    let program = Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("WEBHOOK_KEY", WEBHOOK_KEY),
        ("WEBHOOK_ALLOW_INNER_NETWORK", "true"),
        ("STOP_TIMEOUT_SECONDS", "2"),
        ("LOG_FILTER", "debug"),
    ]);
    let receiver = Receiver::start(|_| Reply::Hang).await;
    let body = json!({"url": receiver.url(), "resources": ["budgets"]});
    let (status, made) = post(&program, &key, "/webhooks", &body).await;
    assert_eq!(status, 201, "{made}");
    // Written by another instance, so it is the database that wakes this one.
    app.budget(2024).await;
    eventually("the delivery hangs", WITHIN, async || {
        receiver.under_way() == 1
    })
    .await;
    let sent = receiver.received().pop().expect("a delivery");
    let secret = made["secret"].as_str().expect("a secret");
    assert!(sent.is_signed_with(secret));
    let begun = Instant::now();
    let ended = program.stop();
    assert!(ended.status.success(), "{}", ended.output);
    assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    assert!(!ended.output.contains(secret) && !ended.output.contains(&secret[6..]));
    assert!(!ended.output.contains(WEBHOOK_KEY));
}

/// A folder that is removed with it.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let name = format!("malbild-hooks-{}", uuid::Uuid::now_v7());
        let folder = Self(std::env::temp_dir().join(name));
        std::fs::create_dir(&folder.0).expect("a folder");
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn beside_the_private_postgresql_the_key_is_made_with_the_first_secret() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let data = folder.0.to_str().expect("UTF-8");
    let bin = std::env::var("POSTGRES_BIN_DIR").unwrap_or_default();
    let path = std::env::var("PATH").unwrap_or_default();
    let settings = [
        ("MALBILD_DATA_DIR", data),
        ("POSTGRES_BIN_DIR", bin.as_str()),
        ("PATH", path.as_str()),
    ];
    let program = Program::start(&settings);
    let mut keys = command(&settings);
    keys.args(["keys", "create", "--name", "test", "--role", "admin"]);
    let keys = run(keys);
    let key = keys
        .output
        .split_whitespace()
        .find(|word| word.starts_with("mb_"));
    let key = key.expect("a key").to_owned();
    let file = folder.0.join("webhook-key");
    assert!(!file.exists());
    let body = json!({"url": "https://hooks.example.se/", "resources": [], "active": false});
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (status, made) = runtime.block_on(post(&program, &key, "/webhooks", &body));
    assert_eq!(status, 201, "{made}");
    let mode = std::fs::metadata(&file)
        .expect("the key file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let ended = program.stop();
    assert!(ended.status.success(), "{}", ended.output);
    // The key is the service's own, and no reason not to start again.
    let again = Program::start(&settings).stop();
    assert!(again.status.success(), "{}", again.output);
}
