//! Webhooks: who may see them, and how others are told of changes.

mod addresses;
mod answers;
mod certificates;
mod failing;
mod instances;
mod link;
mod many;
mod ordered;
mod program;
mod receiver;
mod resource;
mod secrets;
mod widened;

use std::time::Duration;

use malbild::auth::Role;
use malbild::outgoing::Times;
use serde_json::{Value, json};

use self::receiver::Receiver;
use crate::support::cluster::{TestDatabase, cluster};
use crate::support::{Answer, TestApp, eventually};

/// Longer than anything here may take on a busy machine.
const WITHIN: Duration = Duration::from_secs(30);

/// Times that let a test see in moments what takes hours.
fn quick() -> Times {
    Times {
        answer: Duration::from_secs(3),
        lease: Duration::from_secs(8),
        first_pause: Duration::from_millis(20),
        longest_pause: Duration::from_millis(100),
        look: Duration::from_millis(250),
        ..Times::default()
    }
}

/// Options of a service that may call the receivers of the tests.
const INNER: &[&str] = &["--webhook-allow-inner-network=true"];

/// A service that delivers, on a database.
async fn service_on(database: TestDatabase, times: Times) -> TestApp {
    let url = database.runtime_url();
    service_at(database, &url, times).await
}

/// The same, where the database is reached in another way.
async fn service_at(database: TestDatabase, url: &str, times: Times) -> TestApp {
    let time = Duration::from_secs(3);
    let set = |webhooks: &mut malbild::config::WebhookSettings| webhooks.times = times;
    let mut app = TestApp::start_set(database, url, time, INNER, set).await;
    app.deliver();
    app
}

/// A service that delivers, with an admin's key.
async fn service(times: Times) -> (TestApp, String) {
    let app = service_on(cluster().database().await, times).await;
    let key = app.key(Role::Admin).await;
    (app, key)
}

/// A webhook that tells this receiver of these resources.
async fn webhook(app: &TestApp, key: &str, receiver: &Receiver, resources: Value) -> Hook {
    let body = json!({"url": receiver.url(), "resources": resources});
    let made = app.request("POST", "/webhooks").key(key).json(&body);
    Hook::of(&made.send().await.expect(201))
}

/// A webhook as the tests know it.
struct Hook {
    path: String,
    secret: String,
}

impl Hook {
    fn of(made: &Answer) -> Self {
        let made = made.json();
        Self {
            path: format!("/webhooks/{}", made["webhookId"].as_str().expect("a key")),
            secret: made["secret"].as_str().expect("a secret").to_owned(),
        }
    }

    async fn get(&self, app: &TestApp, key: &str) -> Value {
        let read = app.request("GET", &self.path).key(key).send().await;
        read.expect(200).json()
    }

    async fn patch(&self, app: &TestApp, key: &str, body: Value) -> Answer {
        let patch = app.request("PATCH", &self.path).key(key).if_match("*");
        patch.json(&body).send().await.expect(200)
    }

    async fn post(&self, app: &TestApp, key: &str, action: &str, body: Option<Value>) -> Answer {
        let post = app
            .request("POST", &format!("{}/{action}", self.path))
            .key(key);
        match body {
            Some(body) => post.json(&body).send().await,
            None => post.send().await,
        }
    }

    async fn deliveries(&self, app: &TestApp, key: &str, query: &str) -> Value {
        let path = format!("{}/deliveries{query}", self.path);
        let list = app.request("GET", &path).key(key).send().await;
        list.expect(200).json()
    }
}

/// The cursors of the feed after a place, in its order.
async fn cursors(app: &TestApp, query: &str) -> Vec<String> {
    let changes = app.get(&format!("/changes?limit=1000{query}")).await;
    let changes = changes.expect(200).json();
    let items = changes["items"].as_array().expect("items").iter();
    items
        .map(|change| change["cursor"].as_str().expect("a cursor").to_owned())
        .collect()
}

/// Waits until a receiver has said that it has these, in this order.
async fn all_arrive(receiver: &Receiver, expected: &[String]) {
    eventually("everything has arrived", WITHIN, async || {
        tokio::time::sleep(Duration::from_millis(5)).await;
        receiver.accepted_ids().len() >= expected.len()
    })
    .await;
    assert_eq!(receiver.accepted_ids(), expected);
}
