//! Several instances on one database, and stopping one.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{WITHIN, all_arrive, cursors, quick, service, service_on, webhook};
use crate::support::eventually;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_never_deliver_to_one_receiver_at_the_same_time() {
    let (first, key) = service(quick()).await;
    let second = service_on(first.database.again(), quick()).await;
    let mut count = 0;
    let mut receivers = Vec::new();
    for _ in 0..3 {
        let receiver = Receiver::start(move |_| {
            count += 1;
            match count % 5 {
                2 => Reply::Status(503),
                4 => Reply::Slow(Duration::from_millis(20)),
                _ => Reply::Status(200),
            }
        })
        .await;
        webhook(&first, &key, &receiver, json!(["budgets"])).await;
        receivers.push(receiver);
    }
    for year in 2000..2040 {
        let app = if year % 2 == 0 { &first } else { &second };
        app.budget(year).await;
    }
    let expected = cursors(&first, "").await;
    for receiver in &receivers {
        all_arrive(receiver, &expected).await;
        assert_eq!(receiver.most_at_once(), 1);
        let accepted = receiver.accepted();
        let once: HashSet<&str> = accepted.iter().map(|one| one.id()).collect();
        assert_eq!(once.len(), accepted.len(), "nothing was delivered twice");
    }
}

/// What a delivery under way gets at a stop, here.
const GRACE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_stop_is_quick_while_a_receiver_hangs_and_another_instance_goes_on_when_it_would_have_ended()
 {
    let (mut first, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Hang).await;
    webhook(&first, &key, &receiver, json!(["budgets"])).await;
    first.budget(2023).await;
    eventually("it hangs", WITHIN, async || receiver.under_way() == 1).await;
    let sent = Instant::now();
    first.stop_delivering(GRACE).await;
    assert!(
        sent.elapsed() < Duration::from_millis(2500),
        "{:?}",
        sent.elapsed()
    );
    eventually("the delivery is cut", WITHIN, async || {
        receiver.under_way() == 0
    })
    .await;
    receiver.plan(|_| Reply::Status(200));
    first.budget(2024).await;
    let _second = service_on(first.database.again(), quick()).await;
    all_arrive(&receiver, &cursors(&first, "").await).await;
    // Nobody had to wait for the end of the lease, but for that of the delivery.
    let waited = sent.elapsed();
    assert!(waited < quick().lease, "{waited:?}");
    let latest = quick().answer - Duration::from_millis(500);
    assert!(waited > latest, "{waited:?}");
}

#[tokio::test]
async fn a_receiver_at_work_on_what_a_stop_cut_does_not_get_it_twice_at_once() {
    let (mut first, key) = service(quick()).await;
    // It works on when the sender is gone.
    let receiver = Receiver::start(|_| Reply::Slow(Duration::from_millis(1500))).await;
    webhook(&first, &key, &receiver, json!(["budgets"])).await;
    first.budget(2023).await;
    eventually("it is under way", WITHIN, async || {
        receiver.under_way() == 1
    })
    .await;
    let _second = service_on(first.database.again(), quick()).await;
    first.stop_delivering(GRACE).await;
    eventually("it came again", WITHIN, async || {
        receiver.received().len() == 2
    })
    .await;
    assert_eq!(receiver.most_at_once(), 1);
}

#[tokio::test]
async fn a_delivery_that_ends_in_the_grace_of_a_stop_is_noted() {
    let (mut first, key) = service(quick()).await;
    let receiver = Receiver::start(|_| Reply::Slow(Duration::from_millis(500))).await;
    webhook(&first, &key, &receiver, json!(["budgets"])).await;
    first.budget(2023).await;
    eventually("it is under way", WITHIN, async || {
        receiver.under_way() == 1
    })
    .await;
    first.stop_delivering(WITHIN).await;
    receiver.plan(|_| Reply::Status(200));
    first.budget(2024).await;
    let begun = Instant::now();
    let _second = service_on(first.database.again(), quick()).await;
    all_arrive(&receiver, &cursors(&first, "").await).await;
    assert_eq!(receiver.received().len(), 2, "nothing came twice");
    assert!(begun.elapsed() < quick().answer, "the lease was given back");
}

#[tokio::test]
async fn what_an_instance_that_died_had_taken_is_taken_over() {
    let (mut first, key) = service(quick()).await;
    let receiver = Receiver::willing().await;
    webhook(&first, &key, &receiver, json!(["budgets"])).await;
    first.stop_delivering(GRACE).await;
    first.budget(2023).await;
    let sql = first.sql().await;
    let died = "UPDATE webhook_states SET lease = gen_random_uuid(), leased_until = clock_timestamp() + interval '1 second'";
    sql.execute(died, &[]).await.expect("a lease");
    let begun = Instant::now();
    let _second = service_on(first.database.again(), quick()).await;
    all_arrive(&receiver, &cursors(&first, "").await).await;
    assert!(
        begun.elapsed() > Duration::from_millis(500),
        "not before its lease ended"
    );
}
