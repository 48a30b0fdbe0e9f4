//! More webhooks than are served at once.

use std::time::Duration;

use malbild::auth::Role;
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{INNER, WITHIN, all_arrive, cursors, quick, service_on, webhook};
use crate::support::cluster::cluster;
use crate::support::{TestApp, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_webhooks_sixteen_are_served_at_once_and_all_are_told() {
    let database = cluster().database().await;
    let url = database.runtime_url();
    let beside = TestApp::start_on(database.again(), &url, INNER).await;
    let key = beside.key(Role::Admin).await;
    let first = Receiver::willing().await;
    webhook(&beside, &key, &first, json!(["budgets"])).await;
    // As the statistics are when there has been one webhook for long, so that
    // what is claimed is joined row by row.
    let sql = beside.sql().await;
    for statement in [
        "ALTER TABLE webhook_states SET (autovacuum_enabled = false)",
        "ALTER TABLE webhooks SET (autovacuum_enabled = false)",
        "VACUUM ANALYZE webhook_states",
        "VACUUM ANALYZE webhooks",
    ] {
        sql.batch_execute(statement).await.expect("the statistics");
    }
    let mut all = vec![first];
    for _ in 0..24 {
        let slow = Receiver::start(|_| Reply::Slow(Duration::from_millis(700))).await;
        webhook(&beside, &key, &slow, json!(["budgets"])).await;
        all.push(slow);
    }
    beside.budget(2023).await;
    let _app = service_on(database, quick()).await;
    let mut most = 0;
    let expected = cursors(&beside, "").await;
    eventually("all have the first", WITHIN, async || {
        most = most.max(all.iter().map(Receiver::under_way).sum());
        tokio::time::sleep(Duration::from_millis(2)).await;
        all.iter().all(|one| one.accepted_ids() == expected)
    })
    .await;
    assert!((10..=16).contains(&most), "{most}");
    beside.budget(2024).await;
    let expected = cursors(&beside, "").await;
    for receiver in &all {
        all_arrive(receiver, &expected).await;
        assert_eq!(receiver.received().len(), 2);
    }
}
