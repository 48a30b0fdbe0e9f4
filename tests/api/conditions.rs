//! Conditional requests (rows 5, 6 and 31): nobody's change is lost, and
//! nothing is sent twice.

use std::io::Read;

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::support::{Answer, TestApp};

fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

// Row 5
#[tokio::test]
async fn of_twenty_changes_with_one_etag_one_is_made() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2024).await;
    for method in ["PUT", "PATCH"] {
        let tag = app.get("/budgets/2024").await.expect(200).etag().to_owned();
        let change = |n: usize| {
            let body = json!({"title": format!("{method} {n}")});
            app.request(method, "/budgets/2024")
                .key(&key)
                .if_match(&tag)
                .json(&body)
                .send()
        };
        let answers = join_all((0..20).map(change)).await;
        assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 19));
        let winner = answers
            .iter()
            .find(|answer| answer.status == 200)
            .expect("one");
        let read = app.get("/budgets/2024").await.expect(200);
        assert_eq!(read.json()["title"], winner.json()["title"]);
        assert_eq!(read.etag(), winner.etag());
    }
    let tag = app.get("/budgets/2024").await.expect(200).etag().to_owned();
    let delete = |_| {
        app.request("DELETE", "/budgets/2024")
            .key(&key)
            .if_match(&tag)
            .send()
    };
    let answers = join_all((0..20).map(delete)).await;
    assert_eq!((count(&answers, 204), count(&answers, 404)), (1, 19));
    assert_ne!(made.etag(), tag);
}

// Row 6
#[tokio::test]
async fn of_twenty_creations_of_one_key_one_is_made() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let create = |n: usize| {
        let body = json!({"title": format!("Budget {n}")});
        let put = app.request("PUT", "/budgets/2024").key(&key).json(&body);
        put.header("if-none-match", "*").send()
    };
    let answers = join_all((0..20).map(create)).await;
    assert_eq!((count(&answers, 201), count(&answers, 412)), (1, 19));
    let post = |_| {
        app.request("POST", "/goals")
            .key(&key)
            .json(&goal(2024, "1.1"))
            .send()
    };
    let answers = join_all((0..20).map(post)).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 19));
    let refused = answers
        .into_iter()
        .find(|answer| answer.status == 409)
        .expect("one");
    let refused = refused.problem(409, "alreadyExists");
    assert_eq!(
        refused.faults(),
        [("/number".to_owned(), "taken".to_owned())]
    );
    let list = app.get("/goals").await.expect(200).json();
    assert_eq!(list["_meta"]["totalRecords"], 1);
}

async fn fetch(app: &TestApp, method: &str, path: &str, coding: &str) -> Answer {
    let request = app.request(method, path).header("accept-encoding", coding);
    request.send().await.expect(200)
}

fn decoded(answer: &Answer) -> Value {
    let mut text = Vec::new();
    match answer.header("content-encoding") {
        "" => text.clone_from(&answer.body),
        "gzip" => {
            let mut decoder = flate2::read::GzDecoder::new(answer.body.as_slice());
            decoder.read_to_end(&mut text).expect("gzip");
        }
        "br" => {
            let mut decoder = brotli::Decompressor::new(answer.body.as_slice(), 4096);
            decoder.read_to_end(&mut text).expect("brotli");
        }
        other => panic!("{other}"),
    }
    serde_json::from_slice(&text).expect("JSON")
}

// Row 31
#[tokio::test]
async fn every_form_of_an_answer_has_its_own_etag_and_answers_304_to_it() {
    let app = TestApp::start().await;
    let body = json!({"title": "a", "description": "lorem ipsum ".repeat(300)});
    app.make("/budgets/2024", body).await;
    for path in [
        "/budgets",
        "/budgets/2024",
        "/budgets/2024?fields=title,description",
        "/budgets?fields=description",
    ] {
        let plain = fetch(&app, "GET", path, "identity").await;
        let mut tags = Vec::new();
        for coding in ["identity", "gzip", "br"] {
            let answer = fetch(&app, "GET", path, coding).await;
            assert_eq!(decoded(&answer), plain.json(), "{path} {coding}");
            assert_eq!(answer.header("cache-control"), "public, no-cache");
            assert!(answer.header("vary").contains("Accept-Encoding"));
            assert!(!answer.etag().starts_with("W/"), "strong");
            tags.push(answer.etag().to_owned());
            for method in ["GET", "HEAD"] {
                for given in [
                    answer.etag().to_owned(),
                    format!("\"x\", W/{}", answer.etag()),
                    "*".to_owned(),
                ] {
                    let again = app.request(method, path).header("accept-encoding", coding);
                    let again = again
                        .header("if-none-match", &given)
                        .send()
                        .await
                        .expect(304);
                    assert_eq!(again.etag(), answer.etag());
                    assert!(again.body.is_empty());
                    assert!(again.header("vary").contains("Accept-Encoding"));
                    assert_eq!(again.header("cache-control"), "public, no-cache");
                }
                let head = fetch(&app, "HEAD", path, coding).await;
                assert_eq!(head.etag(), answer.etag());
                assert_eq!(head.header("content-length"), answer.body.len().to_string());
            }
            let other = app
                .request("GET", path)
                .header("if-none-match", "\"other\"");
            other.send().await.expect(200);
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 3, "{path}");
    }
}

#[tokio::test]
async fn a_write_gives_a_new_etag_and_the_compressed_answers_etag_opens_it() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let long = json!({"title": "a", "description": "lorem ipsum ".repeat(300)});
    app.make("/budgets/2024", long).await;
    for (coding, title) in [("gzip", "b"), ("br", "c")] {
        let list = fetch(&app, "GET", "/budgets", coding).await;
        let read = fetch(&app, "GET", "/budgets/2024", coding).await;
        let patch = app
            .request("PATCH", "/budgets/2024")
            .key(&key)
            .if_match(read.etag());
        let changed = patch
            .json(&json!({"title": title}))
            .send()
            .await
            .expect(200);
        assert_ne!(changed.etag(), read.etag());
        assert_eq!(changed.header("cache-control"), "no-store");
        for (path, old) in [("/budgets/2024", &read), ("/budgets", &list)] {
            let again = app.request("GET", path).header("accept-encoding", coding);
            let again = again
                .header("if-none-match", old.etag())
                .send()
                .await
                .expect(200);
            assert_ne!(again.etag(), old.etag());
        }
    }
    let part = app.get("/budgets/2024?fields=title").await.expect(200);
    let patch = app
        .request("PATCH", "/budgets/2024")
        .key(&key)
        .if_match(part.etag());
    let refused = patch.json(&json!({"title": "d"})).send().await;
    refused.problem(412, "preconditionFailed");
}

#[tokio::test]
async fn an_items_etag_in_a_list_opens_the_item() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    app.make(&format!("/goals/{}", Uuid::now_v7()), goal(2024, "1"))
        .await;
    let list = app.get("/goals").await.expect(200).json();
    let item = &list["items"][0];
    let path = format!("/goals/{}", item["goalId"].as_str().expect("a key"));
    let tag = format!("\"{}\"", item["etag"].as_str().expect("an ETag"));
    let delete = app.request("DELETE", &path).key(&key).if_match(&tag);
    delete.send().await.expect(204);
}
