//! When a webhook is told of other resources than before.

use std::time::Duration;

use malbild::auth::Role;
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{INNER, WITHIN, all_arrive, cursors, link, quick, service, service_at, webhook};
use crate::support::cluster::cluster;
use crate::support::{TestApp, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_resources_are_added_while_the_deliverer_looks() {
    for statement in [
        b"SELECT commit_position FROM record_head\0" as &[u8],
        b"WITH renewed AS",
        b"FROM change_sets c",
    ] {
        let database = cluster().database().await;
        let (url, gate) = link::gated(&database, statement).await;
        let plain = database.runtime_url();
        let beside = TestApp::start_on(database.again(), &plain, INNER).await;
        let key = beside.key(Role::Admin).await;
        let receiver = Receiver::willing().await;
        let hook = webhook(&beside, &key, &receiver, json!(["boards"])).await;
        beside.budget(2023).await;
        let before = cursors(&beside, "").await.pop().expect("a change");
        let _app = service_at(database, &url, quick()).await;
        gate.held().await;
        // Answered 200: from now on budgets are watched.
        let both = json!({"resources": ["boards", "budgets"]});
        hook.patch(&beside, &key, both).await;
        beside.budget(2024).await;
        gate.open();
        beside.budget(2025).await;
        let promised = cursors(&beside, &format!("&after={before}")).await;
        eventually("both have arrived", WITHIN, async || {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let ids = receiver.accepted_ids();
            ids.last() == promised.last()
        })
        .await;
        let mut ids = receiver.accepted_ids();
        ids.retain(|id| *id != before);
        assert_eq!(ids, promised, "{}", String::from_utf8_lossy(statement));
    }
}

#[tokio::test]
async fn resources_that_are_added_during_a_delivery_are_told_after_it() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Slow(Duration::from_millis(400))).await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    app.budget(2023).await;
    app.budget(2024).await;
    eventually("the first is under way", WITHIN, async || {
        receiver.under_way() == 1
    })
    .await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    hook.patch(&app, &key, json!({"resources": ["budgets", "boards"]}))
        .await;
    app.budget(2025).await;
    all_arrive(&receiver, &cursors(&app, "").await).await;
    // What is taken out is told no more, although it was read ahead.
    receiver.plan(|_| Reply::Slow(Duration::from_millis(400)));
    let before = receiver.received().len();
    app.budget(2026).await;
    app.board("socialnamnden", "board").await;
    app.budget(2027).await;
    eventually("the next is under way", WITHIN, async || {
        receiver.received().len() > before
    })
    .await;
    hook.patch(&app, &key, json!({"resources": ["budgets"]}))
        .await;
    eventually("the last has arrived", WITHIN, async || {
        tokio::time::sleep(Duration::from_millis(5)).await;
        receiver.accepted().len() >= before + 2
    })
    .await;
    let told = receiver.received();
    assert!(
        told[before..]
            .iter()
            .all(|one| one.change()["resource"] == "budgets")
    );
}
