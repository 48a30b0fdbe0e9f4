//! When deliveries fail: the pauses between attempts, giving up, going on.

use std::time::Duration;

use malbild::outgoing::Times;
use serde_json::{Value, json};

use super::receiver::{Receiver, Reply};
use super::{WITHIN, all_arrive, cursors, link, quick, service, service_at, webhook};
use crate::support::cluster::cluster;
use crate::support::eventually;
use crate::support::proxy::{Link, Proxy};
use malbild::auth::Role;

#[tokio::test]
async fn what_fails_for_too_long_is_paused_and_says_so_and_goes_on_from_its_place() {
    let times = Times {
        give_up: Duration::from_millis(600),
        ..quick()
    };
    let (app, key) = service(times).await;
    let receiver = Receiver::start(|_| Reply::Status(500)).await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    for year in 2023..2026 {
        app.budget(year).await;
    }
    eventually("it is paused", WITHIN, async || {
        hook.get(&app, &key).await["active"] == false
    })
    .await;
    let paused = hook.get(&app, &key).await;
    assert!(paused["pausedAt"].is_string());
    let reason = paused["pausedReason"].as_str().expect("a reason");
    assert!(reason.contains("the receiver answered 500"), "{reason}");
    let all = cursors(&app, "").await;
    let tried = receiver.received();
    assert!(tried.len() > 3, "{}", tried.len());
    assert!(
        tried.iter().all(|one| one.id() == all[0]),
        "the first blocks the others"
    );
    receiver.plan(|_| Reply::Status(200));
    app.budget(2026).await;
    let woken = hook.patch(&app, &key, json!({"active": true})).await.json();
    assert_eq!(
        (&woken["pausedAt"], &woken["pausedReason"]),
        (&Value::Null, &Value::Null)
    );
    all_arrive(&receiver, &cursors(&app, "").await).await;
    let sql = app.sql().await;
    let row = "SELECT actor_role FROM change_sets JOIN history USING (change_set_id)
          WHERE resource = 'webhooks' AND before ->> 'active' = 'true' AND after ->> 'active' = 'false'";
    let row = sql
        .query_one(row, &[])
        .await
        .expect("the pause is recorded once");
    assert_eq!(row.get::<_, String>(0), "operator");
}

#[tokio::test]
async fn the_pauses_grow_and_a_new_address_is_tried_at_once() {
    let times = Times {
        first_pause: Duration::from_secs(3600),
        longest_pause: Duration::from_secs(3600),
        ..quick()
    };
    let (app, key) = service(times).await;
    let (deaf, other) = (
        Receiver::start(|_| Reply::Close).await,
        Receiver::willing().await,
    );
    let hook = webhook(&app, &key, &deaf, json!(["budgets"])).await;
    app.budget(2023).await;
    let sql = app.sql().await;
    let state = "SELECT failures, failing_since IS NOT NULL, extract(epoch FROM next_attempt_at - clock_timestamp())::float8 FROM webhook_states";
    eventually("one attempt has failed", WITHIN, async || {
        let row = sql.query_one(state, &[]).await.expect("a state");
        row.get::<_, i32>(0) == 1
    })
    .await;
    let row = sql.query_one(state, &[]).await.expect("a state");
    assert!(row.get::<_, bool>(1));
    let wait: f64 = row.get(2);
    assert!((2800.0..=3600.0).contains(&wait), "{wait}");
    app.budget(2024).await;
    hook.patch(&app, &key, json!({"url": other.url()})).await;
    all_arrive(&other, &cursors(&app, "").await).await;
    assert_eq!(deaf.received().len(), 1, "it was left alone");
    let row = sql.query_one(state, &[]).await.expect("a state");
    assert_eq!((row.get::<_, i32>(0), row.get::<_, bool>(1)), (0, false));
}

#[tokio::test]
async fn a_receiver_that_asks_to_be_left_alone_is_for_up_to_an_hour() {
    let times = Times {
        longest_pause: Duration::from_secs(3600),
        ..quick()
    };
    let (app, key) = service(times).await;
    // A date is not understood: the pauses are those of any failure.
    let head = "HTTP/1.1 503 X\r\nretry-after: Wed, 21 Oct 2026 07:28:00 GMT";
    let dated = Receiver::start(|_| Reply::Head(head.to_owned())).await;
    webhook(&app, &key, &dated, json!(["budgets"])).await;
    let mut hooks = Vec::new();
    for (asked, pause) in [("1800", 1790.0..=1800.0), ("86400", 3590.0..=3600.0)] {
        let head = format!("HTTP/1.1 503 X\r\nretry-after: {asked}");
        let receiver = Receiver::start(move |_| Reply::Head(head.clone())).await;
        let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
        let id: uuid::Uuid = hook.path["/webhooks/".len()..].parse().expect("a key");
        hooks.push((receiver, id, asked, pause));
    }
    app.budget(2023).await;
    let sql = app.sql().await;
    let state = "SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8
           FROM webhook_states WHERE webhook_id = $1 AND failures > 0";
    for (receiver, id, asked, pause) in &hooks {
        let mut wait = None;
        eventually("an attempt has failed", WITHIN, async || {
            let row = sql.query_opt(state, &[id]).await.expect("the states");
            wait = row.map(|row| row.get::<_, f64>(0));
            wait.is_some()
        })
        .await;
        let wait = wait.expect("a pause");
        assert!(pause.contains(&wait), "{asked}: {wait}");
        assert_eq!(receiver.received().len(), 1, "{asked}");
    }
    eventually("it is tried again", WITHIN, async || {
        dated.received().len() > 2
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_good_says_so_once() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Status(410)).await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    app.budget(2023).await;
    eventually("it is paused", WITHIN, async || {
        hook.get(&app, &key).await["active"] == false
    })
    .await;
    let paused = hook.get(&app, &key).await;
    assert_eq!(paused["pausedReason"], "the receiver answered 410 (Gone)");
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn what_is_inactive_or_deleted_is_told_nothing() {
    let (app, key) = service(quick()).await;
    let (first, second, third) = (
        Receiver::start(|_| Reply::Status(500)).await,
        Receiver::willing().await,
        Receiver::willing().await,
    );
    let deleted = webhook(&app, &key, &first, json!(["budgets"])).await;
    let inactive = webhook(&app, &key, &second, json!(["budgets"])).await;
    webhook(&app, &key, &third, json!(["budgets"])).await;
    inactive.patch(&app, &key, json!({"active": false})).await;
    app.budget(2023).await;
    eventually("the first was tried", WITHIN, async || {
        !first.received().is_empty()
    })
    .await;
    let delete = app.request("DELETE", &deleted.path).key(&key).if_match("*");
    delete.send().await.expect(204);
    let tried = first.received().len();
    for year in 2024..2028 {
        app.budget(year).await;
    }
    all_arrive(&third, &cursors(&app, "").await).await;
    assert!(
        first.received().len() <= tried + 1,
        "one may have been under way"
    );
    assert_eq!(second.received().len(), 0);
    let sql = app.sql().await;
    for table in ["webhook_states", "webhook_secrets"] {
        let count = format!("SELECT count(*) FROM {table}");
        let count: i64 = sql.query_one(&count, &[]).await.expect("a count").get(0);
        assert_eq!(count, 2, "{table}");
    }
    inactive.patch(&app, &key, json!({"active": true})).await;
    all_arrive(&second, &cursors(&app, "").await).await;
}

#[tokio::test]
async fn deliveries_go_on_when_the_database_is_back() {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let beside = TestAppBeside::start(&database).await;
    let app = service_at(database, &url, quick()).await;
    let key = beside.key.clone();
    // It is cut while the receiver has the event, so that its arrival cannot be noted.
    let link = std::sync::Arc::new(proxy);
    let cut = std::sync::Arc::clone(&link);
    let mut count = 0;
    let receiver = Receiver::start(move |_| {
        count += 1;
        if count == 2 {
            cut.set(Link::Cut);
        }
        Reply::Status(200)
    })
    .await;
    let hook = webhook(&beside.app, &key, &receiver, json!(["budgets"])).await;
    for year in 2023..2026 {
        beside.app.budget(year).await;
    }
    eventually("the link is cut", WITHIN, async || {
        receiver.received().len() >= 2
    })
    .await;
    beside.app.budget(2026).await;
    app.get("/budgets")
        .await
        .problem(503, "databaseUnavailable");
    link.set(Link::Whole);
    all_arrive(&receiver, &cursors(&beside.app, "").await).await;
    // The service insisted on noting it, so nothing came twice.
    assert_eq!(receiver.received().len(), 4);
    assert_eq!(hook.get(&beside.app, &key).await["pausedAt"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_whose_note_was_committed_unheard_is_counted_once() {
    for status in [200, 500] {
        let database = cluster().database().await;
        let sql = b"INSERT INTO \"webhook_deliveries\"";
        let (url, lost) = link::losing(&database, sql).await;
        let beside = TestAppBeside::start(&database).await;
        let app = &beside.app;
        let mut count = 0;
        let receiver = Receiver::start(move |_| {
            count += 1;
            Reply::Status(if count == 1 { status } else { 200 })
        })
        .await;
        let hook = webhook(app, &beside.key, &receiver, json!(["budgets"])).await;
        let _app = service_at(database, &url, quick()).await;
        let begun = std::time::Instant::now();
        for year in 2023..2026 {
            app.budget(year).await;
        }
        let expected = cursors(app, "").await;
        all_arrive(&receiver, &expected).await;
        assert!(lost.load(std::sync::atomic::Ordering::SeqCst));
        // Nobody waited for the end of the lease, and nothing came twice.
        assert!(begun.elapsed() < quick().lease, "{:?}", begun.elapsed());
        let sent = expected.len() + usize::from(status == 500);
        assert_eq!(receiver.received().len(), sent);
        eventually("each is in the log once", WITHIN, async || {
            let log = hook.deliveries(app, &beside.key, "").await;
            log["_meta"]["totalRecords"] == sent
        })
        .await;
    }
}

/// A second service on the same database that does not deliver.
struct TestAppBeside {
    app: crate::support::TestApp,
    key: String,
}

impl TestAppBeside {
    async fn start(database: &crate::support::cluster::TestDatabase) -> Self {
        let url = database.runtime_url();
        let app = crate::support::TestApp::start_on(database.again(), &url, super::INNER).await;
        let key = app.key(Role::Admin).await;
        Self { app, key }
    }
}
