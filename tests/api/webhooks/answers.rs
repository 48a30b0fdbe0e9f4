//! Answers that no receiver should give.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use malbild::outgoing::{Courier, Lookup, Message, Reach, Times};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::WITHIN;
use crate::support::eventually;

fn message() -> Message {
    Message::signed("id".to_owned(), &json!({}), &[]).expect("a message")
}

/// The address of a receiver that begins an answer with `head` and goes on with
/// `more` for as long as anybody takes it, and how many such answers it is at.
async fn endless(head: &'static str, more: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let open = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&open);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let open = Arc::clone(&shared);
            tokio::spawn(async move {
                open.fetch_add(1, Ordering::SeqCst);
                let _ = socket.read(&mut [0; 8192]).await;
                let mut sent = socket.write_all(head.as_bytes()).await;
                while sent.is_ok() {
                    sent = socket.write_all(more).await;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    (url, open)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_holds_nobody_up() {
    const OK: &str = "HTTP/1.1 200 OK\r\n";
    let times = Times {
        answer: Duration::from_secs(2),
        ..Times::default()
    };
    let courier = Courier::new(Reach::Inner, times, None);
    for (head, more, arrives) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n",
            &[65_u8; 65536] as &[u8],
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            b"1\r\na\r\n",
            true,
        ),
        (OK, b"x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", false),
        ("", b"HTTP/1.1 100 Continue\r\n\r\n", false),
    ] {
        let (url, open) = endless(head, more).await;
        let begun = Instant::now();
        let attempt = courier.send(&url, message()).await;
        assert!(begun.elapsed() < times.answer * 2, "{head}: {attempt:?}");
        assert_eq!(attempt.arrived(), arrives, "{head}: {attempt:?}");
        eventually("the connection is closed", WITHIN, async || {
            tokio::time::sleep(Duration::from_millis(5)).await;
            open.load(Ordering::SeqCst) == 0
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_told_of_a_failure_holds_no_part_of_the_address() {
    let lookup: Lookup = Arc::new(|_| Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) }));
    let courier = Courier::new(Reach::Inner, Times::default(), Some(lookup));
    for url in [
        "https://hooks.example.se:1/token",
        "http://[::1]:1/token",
        "http://hooks.example.se:0/token",
    ] {
        let attempt = courier.send(url, message()).await;
        let error = attempt.error.expect("nobody is there");
        assert!(!error.contains("token"), "{error}");
        assert!(!error.contains("example"), "{error}");
    }
}
