//! The secrets: sealed, rotated, and nowhere in clear.

use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER};
use malbild::outgoing::Times;
use serde_json::json;

use super::receiver::Receiver;
use super::{WITHIN, cursors, quick, service, webhook};
use crate::support::{TestApp, eventually};

/// Everything in the database as text.
async fn contents(app: &TestApp) -> String {
    let sql = app.sql().await;
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let mut contents = String::new();
    for row in sql.query(tables, &[]).await.expect("the tables") {
        let table: String = row.get(0);
        let all = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        let rows: String = sql.query_one(&all, &[]).await.expect("the rows").get(0);
        contents.push_str(&rows);
    }
    contents
}

#[tokio::test]
async fn a_secret_is_nowhere_in_the_database_in_clear() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    let rotated = hook
        .post(&app, &key, "secret", None)
        .await
        .expect(200)
        .json();
    let rotated = rotated["secret"].as_str().expect("a secret").to_owned();
    hook.post(&app, &key, "test", None).await.expect(200);
    let contents = contents(&app).await;
    assert!(contents.contains("webhook.test"), "the log is there");
    for secret in [&hook.secret, &rotated] {
        let text = secret.strip_prefix("whsec_").expect("the prefix");
        let bytes = BASE64.decode(text.as_bytes()).expect("base64");
        assert_eq!(bytes.len(), 32);
        for form in [text.to_owned(), HEXLOWER.encode(&bytes)] {
            assert!(!contents.contains(&form));
        }
    }
    let sql = app.sql().await;
    let rows = sql.query("SELECT sealed FROM webhook_secrets", &[]).await;
    let rows = rows.expect("the secrets");
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| row.get::<_, Vec<u8>>(0).len() == 1 + 24 + 32 + 16)
    );
}

#[tokio::test]
async fn an_answer_that_is_given_again_is_kept_sealed() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let body = json!({"url": receiver.url(), "resources": ["budgets"]});
    let post = async |path: &str, name: &str| {
        let post = app.request("POST", path).key(&key);
        let post = post.header("idempotency-key", name).json(&body);
        post.send().await
    };
    let made = post("/webhooks", "make").await.expect(201);
    let again = post("/webhooks", "make").await.expect(201);
    assert_eq!(made.body, again.body);
    assert_eq!(made.header("location"), again.header("location"));
    let hook = super::Hook::of(&made);
    let path = format!("{}/secret", hook.path);
    let rotated = post(&path, "rotate").await.expect(200);
    let again = post(&path, "rotate").await.expect(200);
    assert_eq!(rotated.body, again.body);
    let rotated = rotated.json()["secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let path = format!("{}/test", hook.path);
    let sent = post(&path, "test").await.expect(200);
    assert_eq!(post(&path, "test").await.expect(200).body, sent.body);
    let received = receiver.received();
    assert_eq!(received.len(), 1, "a test is sent once");
    assert!(received[0].is_signed_with(&rotated));
    let contents = contents(&app).await;
    let hex = |text: &str| HEXLOWER.encode(text.as_bytes());
    assert!(contents.contains(&hex("eventId")), "answers are kept");
    for secret in [&hook.secret, &rotated] {
        let text = secret.strip_prefix("whsec_").expect("the prefix");
        assert!(!contents.contains(text) && !contents.contains(&hex(text)));
    }
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_and_then_the_new_one_alone() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    let test = async || {
        let test = hook.post(&app, &key, "test", None).await.expect(200).json();
        assert_eq!(test["outcome"], "delivered", "{test}");
        receiver.received().pop().expect("a delivery")
    };
    let rotate = async || {
        let answer = hook.post(&app, &key, "secret", None).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()["secret"]
            .as_str()
            .expect("a secret")
            .to_owned()
    };
    let first = hook.secret.clone();
    assert!(test().await.is_signed_with(&first));
    let second = rotate().await;
    let both = test().await;
    assert!(both.is_signed_with(&first) && both.is_signed_with(&second));
    // A second rotation is the end of the first secret.
    let third = rotate().await;
    let both = test().await;
    assert!(!both.is_signed_with(&first));
    assert!(both.is_signed_with(&second) && both.is_signed_with(&third));
    // As if a day had passed.
    let sql = app.sql().await;
    let passed = "UPDATE webhook_secrets SET valid_until = now() - interval '1 second' WHERE valid_until IS NOT NULL";
    assert_eq!(sql.execute(passed, &[]).await.expect("one"), 1);
    let alone = test().await;
    assert!(!alone.is_signed_with(&second) && alone.is_signed_with(&third));
    let signatures = &alone.headers["webhook-signature"];
    assert_eq!(signatures.split(' ').count(), 1);
    let overlap = Times::default().overlap;
    assert_eq!(overlap, Duration::from_secs(24 * 3600));
}

#[tokio::test]
async fn a_secret_that_cannot_be_opened_is_told_and_the_event_waits() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    let sql = app.sql().await;
    let spoilt =
        "UPDATE webhook_secrets SET sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1)";
    sql.execute(spoilt, &[]).await.expect("spoilt");
    app.budget(2024).await;
    eventually("the failure is told", WITHIN, async || {
        let log = hook.deliveries(&app, &key, "?outcome=failed").await;
        log["items"][0]["error"]
            .as_str()
            .is_some_and(|error| error.contains("WEBHOOK_KEY"))
    })
    .await;
    assert_eq!(receiver.received().len(), 0);
    let secret = hook
        .post(&app, &key, "secret", None)
        .await
        .expect(200)
        .json();
    super::all_arrive(&receiver, &cursors(&app, "").await).await;
    let secret = secret["secret"].as_str().expect("a secret");
    assert!(receiver.received()[0].is_signed_with(secret));
}
