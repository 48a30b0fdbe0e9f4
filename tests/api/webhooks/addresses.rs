//! Where deliveries do not go.

use std::sync::Arc;
use std::time::Duration;

use malbild::auth::Role;
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{Hook, quick, service, webhook};
use crate::support::TestApp;
use crate::support::cluster::cluster;

#[tokio::test]
async fn an_address_that_leads_inside_is_refused_when_it_is_written() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "[::1]",
        "[::]",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    ] {
        let body = json!({"url": format!("https://{host}/hook"), "resources": []});
        let post = app.request("POST", "/webhooks").key(&key).json(&body);
        let refused = post.send().await.problem(422, "invalidContent").faults();
        let expected = ("/url".to_owned(), "forbiddenAddress".to_owned());
        assert_eq!(refused, [expected], "{host}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_found_out_at_the_connection() {
    let receiver = Receiver::willing().await;
    let database = cluster().database().await;
    let url = database.runtime_url();
    let time = Duration::from_secs(3);
    let app = TestApp::start_set(database, &url, time, &[], |webhooks| {
        webhooks.lookup = Some(Arc::new(|name| {
            let found = match name.as_str() {
                "localhost" => "127.0.0.1",
                "rebound.example.se" => "10.1.2.3",
                "metadata.example.se" => "169.254.169.254",
                "mapped.example.se" => "::ffff:192.168.0.1",
                _ => "fd12::1",
            };
            Box::pin(async move { Ok(vec![found.parse().expect("an address")]) })
        }));
    })
    .await;
    let key = app.key(Role::Admin).await;
    for (url, kind) in [
        (receiver.by_name("https"), "loopback"),
        ("https://rebound.example.se/".to_owned(), "private"),
        ("https://metadata.example.se/".to_owned(), "metadata"),
        ("https://mapped.example.se/".to_owned(), "private"),
        ("https://local.example.se/".to_owned(), "unique local"),
    ] {
        let body = json!({"url": url, "resources": []});
        let made = app.request("POST", "/webhooks").key(&key).json(&body);
        let hook = Hook::of(&made.send().await.expect(201));
        let test = hook.post(&app, &key, "test", None).await.expect(200).json();
        assert_eq!(test["outcome"], "failed");
        assert_eq!(test["status"], json!(null));
        let expected = format!("an address that is not called: {kind}");
        assert_eq!(test["error"], expected, "{url}");
    }
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test]
async fn what_was_written_when_more_was_open_is_not_called_any_more() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!([])).await;
    hook.post(&app, &key, "test", None).await.expect(200);
    assert_eq!(receiver.received().len(), 1);
    let url = app.database.runtime_url();
    let closed = TestApp::start_on(app.database.again(), &url, &[]).await;
    let test = hook
        .post(&closed, &key, "test", None)
        .await
        .expect(200)
        .json();
    assert_eq!(test["outcome"], "failed");
    assert_eq!(receiver.received().len(), 1);
    // It can be made inactive all the same, but not lead to another such address.
    let patched = hook.patch(&closed, &key, json!({"active": false})).await;
    assert_eq!(patched.json()["active"], false);
    let whole = json!({"url": receiver.url(), "resources": ["goals"]});
    let put = closed.request("PUT", &hook.path).key(&key).if_match("*");
    put.json(&whole).send().await.expect(200);
    let patch = closed.request("PATCH", &hook.path).key(&key).if_match("*");
    let other = json!({"url": format!("{}/other", receiver.url())});
    let patch = patch.json(&other).send().await;
    assert_eq!(
        patch.problem(422, "invalidContent").faults()[0].1,
        "forbiddenAddress"
    );
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let (app, key) = service(quick()).await;
    let elsewhere = Receiver::willing().await;
    for status in [301, 302, 307, 308] {
        let head = format!("HTTP/1.1 {status} X\r\nlocation: {}", elsewhere.url());
        let receiver = Receiver::start(move |_| Reply::Head(head.clone())).await;
        let hook = webhook(&app, &key, &receiver, json!(["goals"])).await;
        let test = hook.post(&app, &key, "test", None).await.expect(200).json();
        assert_eq!(test["outcome"], "failed");
        assert_eq!(test["status"], status);
        assert_eq!(receiver.received().len(), 1);
    }
    assert_eq!(elsewhere.received().len(), 0);
}
