//! POSTs with `Idempotency-Key` (row 11): done once, however often they are sent.

mod failures;
mod keys;
mod restarts;
mod writers;

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::goals::goal;
use crate::support::{Answer, Request, TestApp};

/// A document with one goal of 2025.
const DOCUMENT: &str = "Kommunövergripande mål budget 2025\n\nKommunfullmäktige\n\n1 Kommunövergripande mål\n\n\
    I budget 2025 finns ett kommunövergripande mål:\n\n- Alla hittar hem\n\n\
    1.1 Alla hittar hem\n\nVägarna ska skyltas.\n";

fn named(app: &TestApp, path: &str, key: &str, name: &str) -> Request {
    let request = app.request("POST", path).key(key);
    request.header("idempotency-key", name)
}

async fn post(app: &TestApp, path: &str, key: &str, name: &str, body: &Value) -> Answer {
    named(app, path, key, name).json(body).send().await
}

async fn import(app: &TestApp, key: &str, name: &str, query: &str, text: &str) -> Answer {
    let request = named(app, &format!("/documents?{query}"), key, name);
    let request = request.header("content-type", "text/plain; charset=utf-8");
    request.body(text.to_owned()).send().await
}

/// All of an answer that does not differ each time.
fn whole(answer: &Answer) -> (u16, Vec<(String, String)>, &[u8]) {
    let headers = answer.headers.iter();
    let mut headers: Vec<(String, String)> = headers
        .filter(|(name, _)| !["date", "traceparent"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status, headers, &answer.body)
}

#[track_caller]
fn assert_same(again: &Answer, first: &Answer) {
    assert_eq!(whole(again), whole(first));
}

async fn count(app: &TestApp, path: &str) -> i64 {
    let list = app.get(path).await.expect(200).json();
    list["_meta"]["totalRecords"].as_i64().expect("a number")
}

async fn kept(app: &TestApp) -> i64 {
    let sql = app.sql().await;
    let count = "SELECT count(*) FROM idempotent_answers";
    sql.query_one(count, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_same_request_has_the_first_answer_also_after_its_goal_was_changed_and_deleted() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    let first = again().await.expect(201);
    for header in ["location", "etag", "content-type", "cache-control"] {
        assert!(!first.header(header).is_empty(), "{header}");
    }
    assert_same(&again().await, &first);
    assert_eq!(count(&app, "/goals").await, 1);
    let path = format!("/goals/{}", first.json()["goalId"].as_str().expect("a key"));
    let patch = app.request("PATCH", &path).key(&key).if_match(first.etag());
    let patched = patch.json(&json!({"name": "Another"})).send().await;
    let patched = patched.expect(200);
    assert_same(&again().await, &first);
    let delete = app.request("DELETE", &path).key(&key);
    let delete = delete.if_match(patched.etag());
    delete.send().await.expect(204);
    assert_same(&again().await, &first);
    assert_eq!(count(&app, "/goals").await, 0);
    let other = post(&app, "/goals", &key, "b", &goal(2024, "1.1")).await;
    assert_ne!(other.expect(201).body, first.body);
}

#[tokio::test]
async fn a_document_is_imported_once_and_its_first_report_told_again() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let again = async || import(&app, &key, "a", "budgetYear=2025", DOCUMENT).await;
    let first = again().await.expect(200);
    assert_eq!(first.json()["created"], 2, "{}", first.text());
    assert_same(&again().await, &first);
    assert_eq!(count(&app, "/goals").await, 1);
    let unnamed = app.request("POST", "/documents?budgetYear=2025").key(&key);
    let unnamed = unnamed.header("content-type", "text/plain").body(DOCUMENT);
    assert_eq!(unnamed.send().await.expect(200).json()["created"], 0);
}

#[tokio::test]
async fn another_body_path_or_query_under_one_name_is_422_and_does_nothing() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let body = goal(2024, "1.1");
    let first = post(&app, "/goals", &key, "a", &body).await.expect(201);
    let spaced = named(&app, "/goals", &key, "a").header("content-type", "application/json");
    let spaced = spaced.body(format!("{body} "));
    for other in [
        post(&app, "/goals", &key, "a", &goal(2024, "1.2")).await,
        spaced.send().await,
        post(&app, "/assignments", &key, "a", &body).await,
        import(&app, &key, "a", "budgetYear=2025", DOCUMENT).await,
    ] {
        other.problem(422, "idempotencyKeyReused");
    }
    let report = import(&app, &key, "b", "budgetYear=2025", DOCUMENT).await;
    report.expect(200);
    for query in ["budgetYear=2026", "budgetYear=2025&dryRun=false"] {
        let other = import(&app, &key, "b", query, DOCUMENT).await;
        other.problem(422, "idempotencyKeyReused");
    }
    let again = post(&app, "/goals", &key, "a", &body).await;
    assert_same(&again, &first);
    assert_eq!(count(&app, "/goals").await, 2);
    assert_eq!(count(&app, "/assignments").await, 0);
}

#[tokio::test]
async fn each_api_key_has_names_of_its_own() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let mut answers = Vec::new();
    for number in ["1", "2", "3"] {
        let key = app.key(Role::Editor).await;
        let body = goal(2024, number);
        let first = post(&app, "/goals", &key, "a", &body).await.expect(201);
        assert_same(&post(&app, "/goals", &key, "a", &body).await, &first);
        answers.push(first.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 3);
    assert_eq!(count(&app, "/goals").await, 3);
}

#[tokio::test]
async fn a_refusal_is_told_again_with_its_trace_although_nothing_would_hinder_it_now() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = goal(2024, "1.1");
    let refused = post(&app, "/goals", &key, "a", &body).await;
    let refused = refused.problem(422, "invalidContent");
    let trace = refused.json()["traceId"].as_str().unwrap().to_owned();
    assert!(refused.header("traceparent").contains(&trace));
    app.budget(2024).await;
    let again = post(&app, "/goals", &key, "a", &body).await;
    assert_same(&again, &refused);
    assert!(!again.header("traceparent").contains(&trace));
    assert_eq!(count(&app, "/goals").await, 0);
    // Unnamed, the same refusal looks the same but for its trace.
    let other = json!({"budgetYear": 2030});
    let unnamed = app.request("POST", "/goals").key(&key).json(&other);
    let unnamed = unnamed.send().await.problem(422, "invalidContent");
    let of_name = post(&app, "/goals", &key, "b", &other).await;
    assert_eq!(of_name.faults(), unnamed.faults());
    let names = |answer: &Answer| -> Vec<String> {
        answer.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(&of_name), names(&unnamed));
}

#[tokio::test]
async fn a_taken_number_and_a_key_that_may_not_are_kept_too() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let body = goal(2024, "1.1");
    let made = post(&app, "/goals", &key, "a", &body).await.expect(201);
    let taken = post(&app, "/goals", &key, "b", &body).await;
    let taken = taken.problem(409, "alreadyExists");
    let path = format!("/goals/{}", made.json()["goalId"].as_str().expect("a key"));
    let delete = app.request("DELETE", &path).key(&key).if_match("*");
    delete.send().await.expect(204);
    assert_same(&post(&app, "/goals", &key, "b", &body).await, &taken);
    app.board("namnden", "board").await;
    let board = app.board_key("namnden").await;
    let forbidden = import(&app, &board, "a", "budgetYear=2025", DOCUMENT).await;
    let forbidden = forbidden.problem(403, "forbidden");
    let again = import(&app, &board, "a", "budgetYear=2025", DOCUMENT).await;
    assert_same(&again, &forbidden);
    let refused = import(&app, &key, "c", "budgetYear=2025", "x").await;
    let refused = refused.problem(422, "documentRefused");
    let again = import(&app, &key, "c", "budgetYear=2025", "x").await;
    assert_same(&again, &refused);
    let other = import(&app, &key, "c", "budgetYear=2025", DOCUMENT).await;
    other.problem(422, "idempotencyKeyReused");
    assert_eq!(count(&app, "/goals").await, 0);
}

#[tokio::test]
async fn a_dry_run_is_not_kept_and_is_no_answer_to_the_real_one() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for _ in 0..2 {
        let dry = import(&app, &key, "a", "budgetYear=2025&dryRun=true", DOCUMENT).await;
        assert_eq!(dry.expect(200).json()["created"], 2);
        let refused = import(&app, &key, "a", "budgetYear=2025&dryRun=true", "x").await;
        refused.problem(422, "documentRefused");
    }
    assert_eq!(kept(&app).await, 0);
    let real = import(&app, &key, "a", "budgetYear=2025", DOCUMENT).await;
    let real = real.expect(200);
    assert_eq!(real.json()["created"], 2);
    let dry = import(&app, &key, "a", "budgetYear=2025&dryRun=true", DOCUMENT).await;
    assert_eq!(dry.expect(200).json()["created"], 0);
    let again = import(&app, &key, "a", "budgetYear=2025", DOCUMENT).await;
    assert_same(&again, &real);
    assert_eq!(kept(&app).await, 1);
}
