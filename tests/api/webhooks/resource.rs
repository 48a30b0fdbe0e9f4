//! The resource: what can be written, and who may see it.

use malbild::auth::Role;
use serde_json::{Value, json};

use super::{Hook, INNER};
use crate::support::TestApp;

const PATH: &str = "/webhooks/01941f29-7c00-7e11-9b3c-2d4f6a8c0e66";

fn content() -> Value {
    json!({"url": "https://hooks.example.se/malbild?a=b", "resources": ["goals", "values"], "description": "E-tjänsten", "active": false})
}

#[tokio::test]
async fn a_webhook_comes_back_as_written_and_its_secret_shows_once() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let put = || app.request("PUT", PATH).key(&key);
    let made = put().json(&content()).send().await.expect(201);
    let (etag, made) = (made.etag().to_owned(), made.json());
    assert!(
        made["secret"]
            .as_str()
            .expect("a secret")
            .starts_with("whsec_")
    );
    for (member, value) in content().as_object().expect("members") {
        assert_eq!(&made[member], value);
    }
    assert_eq!(made["pausedAt"], Value::Null);
    let read = app.request("GET", PATH).key(&key).send().await.expect(200);
    assert_eq!(read.etag(), etag);
    let read = read.json();
    assert_eq!(read.get("secret"), None);
    let mut shown = made.clone();
    shown.as_object_mut().expect("members").remove("secret");
    assert_eq!(read, shown);
    put()
        .json(&content())
        .send()
        .await
        .problem(428, "preconditionRequired");
    let again = put()
        .if_match(&etag)
        .json(&content())
        .send()
        .await
        .expect(200);
    assert_eq!(again.etag(), etag);
    assert_eq!(again.json().get("secret"), None);
    let patch = json!({"resources": [], "description": null, "active": null});
    let patched = app
        .request("PATCH", PATH)
        .key(&key)
        .if_match(&etag)
        .json(&patch);
    let patched = patched.send().await.expect(200);
    let etag = patched.etag().to_owned();
    let patched = patched.json();
    assert_eq!(patched["resources"], json!([]));
    assert_eq!(patched["active"], true);
    assert_eq!(patched.get("secret"), None);
    let list = app
        .request("GET", "/webhooks?active=true")
        .key(&key)
        .send()
        .await;
    assert_eq!(list.expect(200).json()["_meta"]["totalRecords"], 1);
    let list = app
        .request("GET", "/webhooks?active=false")
        .key(&key)
        .send()
        .await;
    assert_eq!(list.expect(200).json()["_meta"]["totalRecords"], 0);
    let delete = app.request("DELETE", PATH).key(&key).if_match(&etag);
    delete.send().await.expect(204);
    app.request("GET", PATH)
        .key(&key)
        .send()
        .await
        .problem(404, "notFound");
    // What is made anew under the same key has another secret.
    let anew = put().json(&content()).send().await.expect(201).json();
    assert_ne!(anew["secret"], made["secret"]);
}

#[tokio::test]
async fn only_an_admin_writes_and_an_editor_reads_and_nobody_else_sees_anything() {
    let app = TestApp::start().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let (admin, editor) = (app.key(Role::Admin).await, app.key(Role::Editor).await);
    let board = app.board_key("kommunstyrelsen").await;
    let put = app.request("PUT", PATH).key(&admin).json(&content());
    put.send().await.expect(201);
    let deliveries = format!("{PATH}/deliveries");
    for path in ["/webhooks", PATH, &deliveries, "/webhooks?limit=0"] {
        let nobody = app.get(path).await.problem(401, "missingKey");
        assert_eq!(nobody.header("cache-control"), "no-store");
        assert!(nobody.header("www-authenticate").starts_with("Bearer"));
        app.request("HEAD", path).send().await.expect(401);
        app.request("GET", path)
            .key(&board)
            .send()
            .await
            .problem(403, "forbidden");
    }
    // Not even whether there is one.
    let unknown = PATH.replace("01941f29", "01941f2a");
    app.get(&unknown).await.problem(401, "missingKey");
    for method in ["GET", "DELETE"] {
        let request = app.request(method, &unknown).key(&board);
        request.send().await.problem(403, "forbidden");
    }
    for key in [&admin, &editor] {
        for path in ["/webhooks", PATH, &deliveries] {
            let read = app.request("GET", path).key(key).send().await.expect(200);
            assert_eq!(read.header("cache-control"), "private, no-cache", "{path}");
            let vary: Vec<&str> = read
                .headers
                .get_all("vary")
                .iter()
                .filter_map(|value| value.to_str().ok())
                .collect();
            assert!(vary.contains(&"Authorization"), "{vary:?}");
            assert!(!read.text().contains("whsec_"));
            // No feed tells of it.
            assert!(!read.headers.contains_key("changes-cursor"), "{path}");
            let known = app.request("GET", path).key(key);
            let known = known.header("if-none-match", read.etag()).send().await;
            assert_eq!(
                known.expect(304).header("cache-control"),
                "private, no-cache"
            );
        }
    }
    let actions = [
        ("PUT", String::new()),
        ("PATCH", String::new()),
        ("DELETE", String::new()),
        ("POST", "/secret".to_owned()),
        ("POST", "/test".to_owned()),
        ("POST", "/replays".to_owned()),
    ];
    for key in [&editor, &board] {
        let post = app.request("POST", "/webhooks").key(key).json(&content());
        post.send().await.problem(403, "forbidden");
        for (method, action) in &actions {
            let request = app.request(method, &format!("{PATH}{action}")).key(key);
            let request = request.if_match("*").json(&json!({}));
            request.send().await.problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn webhooks_show_in_no_feed() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let put = app.request("PUT", PATH).key(&key).json(&content());
    put.send().await.expect(201);
    app.budget(2024).await;
    let feed = app.get("/changes").await.expect(200);
    assert!(!feed.text().contains("webhook"), "{}", feed.text());
    assert_eq!(feed.json()["items"][0]["resource"], "budgets");
    app.get("/changes?resource=webhooks")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn every_fault_of_a_body_is_told() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let resources = json!(["goals"]);
    let url = json!("https://hooks.example.se/");
    for (body, faults) in [
        (
            json!({}),
            vec![("/url", "required"), ("/resources", "required")],
        ),
        (
            json!({"url": url, "resources": null}),
            vec![("/resources", "required")],
        ),
        (
            json!({"url": url, "resources": "goals"}),
            vec![("/resources", "wrongType")],
        ),
        (
            json!({"url": url, "resources": ["goals", "webhooks", "api-keys", "goals"]}),
            vec![
                ("/resources/1", "notAllowed"),
                ("/resources/2", "notAllowed"),
                ("/resources/3", "duplicate"),
            ],
        ),
        (
            json!({"url": "hooks.example.se", "resources": resources}),
            vec![("/url", "invalidFormat")],
        ),
        (
            json!({"url": "http://hooks.example.se/", "resources": resources}),
            vec![("/url", "forbiddenAddress")],
        ),
        (
            json!({"url": "https://a:b@hooks.example.se/", "resources": resources}),
            vec![("/url", "notAllowed")],
        ),
        (
            json!({"url": "https://hooks.example.se/#a", "resources": resources}),
            vec![("/url", "notAllowed")],
        ),
        (
            json!({"url": url, "resources": resources, "secret": "whsec_AAAA", "pausedAt": null, "webhookId": "x", "active": 1}),
            vec![
                ("/pausedAt", "readOnly"),
                ("/secret", "readOnly"),
                ("/active", "wrongType"),
                ("/webhookId", "readOnly"),
            ],
        ),
    ] {
        let post = app
            .request("POST", "/webhooks")
            .key(&key)
            .json(&body)
            .send()
            .await;
        let found = post.problem(422, "invalidContent").faults();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(at, code)| (at.as_str(), code.as_str()))
            .collect();
        assert_eq!(found, faults, "{body}");
    }
    let unknown = format!("{PATH}/replays");
    let post = app
        .request("POST", &unknown)
        .key(&key)
        .json(&json!({"after": "x"}));
    post.send().await.problem(404, "notFound");
}

#[tokio::test]
async fn a_replay_needs_a_cursor_of_this_feed() {
    let app = TestApp::start_with(INNER).await;
    let key = app.key(Role::Admin).await;
    app.budget(2024).await;
    let made = app
        .request("POST", "/webhooks")
        .key(&key)
        .json(&content())
        .send()
        .await;
    let hook = Hook::of(&made.expect(201));
    let cursor = app.get("/changes").await.expect(200).json()["cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let sent = hook
        .post(&app, &key, "replays", Some(json!({"after": cursor})))
        .await
        .expect(202);
    assert_eq!(sent.json(), json!({"after": cursor}));
    for (body, code) in [
        (json!({"after": "x"}), "unknownReference"),
        (json!({}), "required"),
        (json!({"after": 1}), "wrongType"),
    ] {
        let answer = hook.post(&app, &key, "replays", Some(body)).await;
        assert_eq!(answer.problem(422, "invalidContent").faults()[0].1, code);
    }
    // Of the same form, but of another record.
    let other = malbild::database::record::Place::new(1, 1, &[7; 32]).encode();
    hook.post(&app, &key, "replays", Some(json!({"after": other})))
        .await
        .problem(410, "cursorGone");
    hook.post(&app, &key, "replays?x=1", Some(json!({"after": cursor})))
        .await
        .problem(400, "invalidQuery");
}
