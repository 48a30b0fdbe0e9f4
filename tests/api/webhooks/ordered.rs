//! What arrives: every event, in the feed's order, signed, as the feed has it.

use std::time::Duration;

use malbild::auth::Role;
use serde_json::{Value, json};

use super::receiver::{Receiver, Reply};
use super::{INNER, WITHIN, all_arrive, cursors, quick, service, service_on, webhook};
use crate::support::{TestApp, eventually};

#[tokio::test]
async fn every_event_arrives_in_order_although_the_receiver_fails_hangs_and_is_slow() {
    let (app, key) = service(quick()).await;
    // What was there before is not told.
    app.budget(2022).await;
    let before = cursors(&app, "").await.pop().expect("a change");
    let mut count = 0;
    let receiver = Receiver::start(move |_| {
        count += 1;
        match count {
            1 | 2 => Reply::Status(500),
            4 => Reply::Hang,
            6 => Reply::Slow(Duration::from_millis(300)),
            7 => Reply::Close,
            9 => Reply::Status(429),
            10 => Reply::Status(302),
            _ => Reply::Status(200),
        }
    })
    .await;
    let hook = webhook(&app, &key, &receiver, json!([])).await;
    for year in 2023..2028 {
        app.budget(year).await;
    }
    app.board("kommunstyrelsen", "executiveBoard").await;
    let change = app
        .request("PATCH", "/budgets/2024")
        .key(&key)
        .if_match("*");
    change
        .json(&json!({"title": "Ny"}))
        .send()
        .await
        .expect(200);
    let delete = app
        .request("DELETE", "/budgets/2025")
        .key(&key)
        .if_match("*");
    delete.send().await.expect(204);
    let expected = cursors(&app, &format!("&after={before}")).await;
    assert_eq!(expected.len(), 8);
    all_arrive(&receiver, &expected).await;
    assert_eq!(receiver.most_at_once(), 1);
    // No attempt was ever out of order either.
    let tried: Vec<String> = receiver
        .received()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    let mut in_order = tried.clone();
    in_order.dedup();
    assert_eq!(in_order, expected);
    assert_eq!(tried.len(), expected.len() + 6);
    let feed = app
        .get(&format!("/changes?after={before}"))
        .await
        .expect(200)
        .json();
    for (received, change) in receiver
        .accepted()
        .iter()
        .zip(feed["items"].as_array().expect("items"))
    {
        assert!(received.is_signed_with(&hook.secret));
        assert_eq!(received.headers["content-type"], "application/json");
        assert!(received.headers["user-agent"].starts_with("Malbild/"));
        let body = received.json();
        assert_eq!(&body["data"], change);
        assert_eq!(body["timestamp"], change["occurredAt"]);
        let kind = format!(
            "{}.{}",
            change["resource"].as_str().expect("text"),
            change["action"].as_str().expect("text")
        );
        assert_eq!(body["type"], kind);
        assert_eq!(body.as_object().expect("members").len(), 3);
    }
    eventually("everything is in the log", WITHIN, async || {
        let log = hook.deliveries(&app, &key, "").await;
        log["_meta"]["totalRecords"] == tried.len()
    })
    .await;
    let hung = hook
        .deliveries(&app, &key, "?outcome=failed&sort=deliveryId")
        .await;
    let errors: Vec<&Value> = hung["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["error"])
        .collect();
    assert_eq!(errors[0], "the receiver answered 500");
    assert_eq!(errors[2], "no answer within 3 s");
    assert_eq!(
        errors[5],
        "the receiver answered 302; redirects are not followed"
    );
}

#[tokio::test]
async fn a_webhook_is_told_of_its_own_resources_alone() {
    let (app, key) = service(quick()).await;
    let (boards, budgets) = (Receiver::willing().await, Receiver::willing().await);
    webhook(&app, &key, &boards, json!(["boards"])).await;
    webhook(&app, &key, &budgets, json!(["goals", "budgets"])).await;
    app.budget(2023).await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    app.budget(2024).await;
    all_arrive(&budgets, &cursors(&app, "&resource=budgets").await).await;
    all_arrive(&boards, &cursors(&app, "&resource=boards").await).await;
    assert_eq!(boards.received()[0].change()["resource"], "boards");
}

#[tokio::test]
async fn a_slow_receiver_delays_no_other() {
    let (app, key) = service(quick()).await;
    let hanging = Receiver::start(|_| Reply::Hang).await;
    let quick = Receiver::willing().await;
    for _ in 0..3 {
        webhook(&app, &key, &hanging, json!(["budgets"])).await;
    }
    webhook(&app, &key, &quick, json!(["budgets"])).await;
    app.budget(2023).await;
    eventually("all three hang", WITHIN, async || hanging.under_way() == 3).await;
    app.budget(2024).await;
    app.budget(2025).await;
    all_arrive(&quick, &cursors(&app, "").await).await;
    assert_eq!(hanging.accepted().len(), 0);
}

#[tokio::test]
async fn a_replay_delivers_again_under_the_same_ids_and_goes_on() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    for year in 2023..2026 {
        app.budget(year).await;
    }
    let all = cursors(&app, "").await;
    all_arrive(&receiver, &all).await;
    hook.post(&app, &key, "replays", Some(json!({"after": all[0]})))
        .await
        .expect(202);
    app.budget(2026).await;
    eventually("they came again, and the new one", WITHIN, async || {
        receiver.accepted().len() >= 6
    })
    .await;
    let ids: Vec<String> = receiver
        .accepted()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    let new = cursors(&app, "").await.pop().expect("a change");
    let expected = [&all[..], &all[1..], &[new]].concat();
    assert_eq!(ids, expected);
    let (first, again) = (&receiver.accepted()[1], &receiver.accepted()[3]);
    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn a_replay_during_a_delivery_is_not_lost() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Slow(Duration::from_millis(400))).await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    app.budget(2023).await;
    app.budget(2024).await;
    let all = cursors(&app, "").await;
    eventually("the second is under way", WITHIN, async || {
        receiver.received().len() == 2
    })
    .await;
    let start = malbild::database::record::Place::START.encode();
    hook.post(&app, &key, "replays", Some(json!({"after": start})))
        .await
        .expect(202);
    eventually("both came again", WITHIN, async || {
        receiver.accepted().len() >= 4
    })
    .await;
    let ids: Vec<String> = receiver
        .accepted()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    assert_eq!(ids, [&all[..], &all[..]].concat());
    assert_eq!(receiver.most_at_once(), 1);
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_changes_nothing() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Status(503)).await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    hook.patch(&app, &key, json!({"active": false})).await;
    let before = hook.get(&app, &key).await;
    let test = hook.post(&app, &key, "test", None).await.expect(200).json();
    assert_eq!(test["status"], 503);
    assert_eq!(test["outcome"], "failed");
    assert_eq!(test["error"], "the receiver answered 503");
    receiver.plan(|_| Reply::Status(204));
    let test = hook.post(&app, &key, "test", None).await.expect(200).json();
    assert_eq!(
        (&test["outcome"], &test["error"]),
        (&json!("delivered"), &Value::Null)
    );
    let sent = receiver.received().pop().expect("a delivery");
    assert!(sent.is_signed_with(&hook.secret));
    assert_eq!(sent.json()["type"], "webhook.test");
    assert_eq!(sent.id(), test["eventId"]);
    assert_eq!(hook.get(&app, &key).await, before);
    let log = hook.deliveries(&app, &key, "").await;
    assert_eq!(log["items"][0]["eventId"], test["eventId"]);
    assert_eq!(log["items"][0]["outcome"], "delivered");
    assert_eq!(log["items"][1]["status"], 503);
    let unknown = "/webhooks/01941f29-7c00-7e11-9b3c-2d4f6a8c0e66/test";
    app.request("POST", unknown)
        .key(&key)
        .send()
        .await
        .problem(404, "notFound");
}

/// Deliveries of the only webhook that are long over.
const LONG_AGO: &str = "INSERT INTO webhook_deliveries (delivery_id, webhook_id, event_id, event_type, outcome, attempted_at, took_ms)
     SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, (SELECT webhook_id FROM webhooks), 'e' || n, 'webhook.test', 'delivered', now() - interval '31 days', 1
       FROM generate_series(1, 1200) n";

#[tokio::test]
async fn the_log_of_what_nothing_is_sent_to_any_more_ends_too() {
    let app = TestApp::start_with(INNER).await;
    let key = app.key(Role::Admin).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    hook.patch(&app, &key, json!({"active": false})).await;
    let sql = app.sql().await;
    sql.execute(LONG_AGO, &[]).await.expect("a long log");
    // A test takes away what is old in its own log.
    hook.post(&app, &key, "test", None).await.expect(200);
    let list = hook.deliveries(&app, &key, "").await;
    assert_eq!(list["_meta"]["totalRecords"], 1);
    // And now and then that is done for all.
    sql.execute(LONG_AGO, &[]).await.expect("a long log");
    let _delivering = service_on(app.database.again(), quick()).await;
    eventually("what is old is gone", WITHIN, async || {
        let list = hook.deliveries(&app, &key, "?limit=1").await;
        list["_meta"]["totalRecords"] == 1
    })
    .await;
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_its_end_is_taken_away() {
    let (app, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    let hook = webhook(&app, &key, &receiver, json!(["budgets"])).await;
    let sql = app.sql().await;
    let many = "INSERT INTO webhook_deliveries (delivery_id, webhook_id, event_id, event_type, outcome, attempted_at, took_ms)
         SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, (SELECT webhook_id FROM webhooks), 'e' || n, 'budgets.created', 'delivered',
                now() - CASE WHEN n <= 600 THEN interval '31 days' ELSE interval '1 day' END, 1
           FROM generate_series(1, 1500) n";
    sql.execute(many, &[]).await.expect("a long log");
    app.budget(2024).await;
    all_arrive(&receiver, &cursors(&app, "").await).await;
    eventually("what is old is gone", WITHIN, async || {
        let list = hook.deliveries(&app, &key, "?limit=1").await;
        list["_meta"]["totalRecords"] == 901
    })
    .await;
    let list = hook
        .deliveries(&app, &key, "?limit=2&fields=eventId,outcome")
        .await;
    assert_eq!(
        list["items"][1],
        json!({"eventId": "e1500", "outcome": "delivered"})
    );
    assert!(list["_links"]["next"].is_object());
    let editor = app.key(Role::Editor).await;
    let unknown = "/webhooks/01941f29-7c00-7e11-9b3c-2d4f6a8c0e66/deliveries";
    app.request("GET", unknown)
        .key(&editor)
        .send()
        .await
        .problem(404, "notFound");
}
