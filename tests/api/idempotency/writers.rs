//! Twenty clients at once, each on a connection of its own.

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{count, kept};
use crate::goals::goal;
use crate::support::TestApp;
use crate::support::raw::{self, Raw};

const CLIENTS: usize = 20;

/// A request as it goes over the wire.
fn request(method: &str, path: &str, key: &str, header: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "{method} /malbild/v1{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{header}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends each on a connection of its own, so that all of them are whole at the
/// same time.
async fn at_once(app: &TestApp, requests: Vec<String>) -> Vec<Raw> {
    let begun = requests.iter().map(async |request| {
        let mut socket = raw::connect(&app.base).await;
        let (most, last) = request.as_bytes().split_at(request.len() - 1);
        socket.write_all(most).await.expect("sent");
        (socket, last)
    });
    let mut begun = join_all(begun).await;
    for (socket, last) in &mut begun {
        socket.write_all(last).await.expect("sent");
    }
    join_all(begun.iter_mut().map(|(socket, _)| raw::read_to_end(socket))).await
}

fn of_status(answers: &[Raw], status: u16) -> Vec<&Raw> {
    let answers = answers.iter();
    answers.filter(|answer| answer.status() == status).collect()
}

#[tokio::test]
async fn of_twenty_that_put_the_same_goal_with_the_same_etag_one_is_made_and_the_others_are_412() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let path = format!("/goals/{}", Uuid::now_v7());
    let made = app.make(&path, goal(2024, "1.1")).await;
    let header = format!("If-Match: {}", made.etag());
    let requests = (0..CLIENTS).map(|n| {
        let mut body = goal(2024, "1.1");
        body["statement"] = json!(format!("Klient {n}"));
        request("PUT", &path, &key, &header, &body)
    });
    let answers = at_once(&app, requests.collect()).await;
    let (changed, refused) = (of_status(&answers, 200), of_status(&answers, 412));
    assert_eq!((changed.len(), refused.len()), (1, CLIENTS - 1));
    for answer in refused {
        assert!(answer.body().contains("preconditionFailed"));
    }
    let winner: Value = serde_json::from_str(changed[0].body()).expect("JSON");
    let read = app.get(&path).await.expect(200).json();
    assert_eq!(read, winner);
}

#[tokio::test]
async fn of_twenty_that_post_the_same_number_one_is_made_and_the_others_are_409() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    // With names of their own or with none: it is the number that decides.
    let requests = (0..CLIENTS).map(|n| {
        let header = match n % 2 {
            0 => "Accept: */*".to_owned(),
            _ => format!("Idempotency-Key: {n}"),
        };
        request("POST", "/goals", &key, &header, &goal(2024, "1.1"))
    });
    let answers = at_once(&app, requests.collect()).await;
    let refused = of_status(&answers, 409);
    assert_eq!(of_status(&answers, 201).len(), 1);
    assert_eq!(refused.len(), CLIENTS - 1);
    for answer in refused {
        assert!(answer.body().contains("alreadyExists"), "{}", answer.0);
    }
    assert_eq!(count(&app, "/goals").await, 1);
}

#[tokio::test]
async fn of_twenty_that_send_one_request_at_once_all_have_one_answer_or_are_asked_to_wait() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let requests = || {
        let one = request(
            "POST",
            "/goals",
            &key,
            "Idempotency-Key: a",
            &goal(2024, "1.1"),
        );
        vec![one; CLIENTS]
    };
    let answers = at_once(&app, requests()).await;
    let (made, waiting) = (of_status(&answers, 201), of_status(&answers, 409));
    assert!(!made.is_empty(), "somebody was the first");
    assert_eq!(made.len() + waiting.len(), CLIENTS);
    for answer in waiting {
        assert!(answer.body().contains("requestInProgress"), "{}", answer.0);
        assert!(answer.headers().contains(&"retry-after: 1".to_owned()));
    }
    for answer in at_once(&app, requests()).await {
        if answer.status() == 201 {
            assert_eq!(answer.body(), made[0].body());
            assert_eq!(answer.headers(), made[0].headers());
        } else {
            assert!(answer.body().contains("requestInProgress"), "{}", answer.0);
        }
    }
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (1, 1));
}
