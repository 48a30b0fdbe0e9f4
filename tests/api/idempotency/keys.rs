//! The header's form, and how long a name is good for.

use malbild::auth::Role;
use serde_json::json;

use super::{assert_same, count, kept, named, post};
use crate::goals::goal;
use crate::support::TestApp;
use crate::support::raw;

#[tokio::test]
async fn a_name_that_is_not_of_the_form_is_400_and_nothing_is_done() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let body = goal(2024, "1.1").to_string();
    let long = "x".repeat(256);
    for wrong in [
        "Idempotency-Key: \r\n",
        "Idempotency-Key: a b\r\n",
        "Idempotency-Key: a\tb\r\n",
        "Idempotency-Key: å\r\n",
        "Idempotency-Key: a\r\nIdempotency-Key: a\r\n",
        "Idempotency-Key: a\r\nidempotency-key: b\r\n",
        &format!("Idempotency-Key: {long}\r\n"),
    ] {
        let request = format!(
            "POST /malbild/v1/goals HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{wrong}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = raw::exchange(&app.base, request).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        assert!(answer.body().contains("\"badRequest\""), "{}", answer.0);
        assert!(answer.body().contains("Idempotency-Key"), "{}", answer.0);
    }
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (0, 0));
    for (number, right) in ["x", "!~\"#$%&'()*+,-./:;<=>?@[]^_`{|}", &long[1..]]
        .iter()
        .enumerate()
    {
        let body = goal(2024, &number.to_string());
        let first = post(&app, "/goals", &key, right, &body).await.expect(201);
        assert_same(&post(&app, "/goals", &key, right, &body).await, &first);
    }
}

#[tokio::test]
async fn a_name_in_lower_case_is_another_than_in_upper_case() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    for (name, number) in [("abc", "1"), ("ABC", "2"), ("Abc", "3"), ("\"abc\"", "4")] {
        let made = post(&app, "/goals", &key, name, &goal(2024, number)).await;
        made.expect(201);
    }
    assert_eq!(count(&app, "/goals").await, 4);
}

#[tokio::test]
async fn other_methods_take_no_notice_of_a_name() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let request = |method: &str| {
        let request = app.request(method, "/budgets/2024").key(&key);
        request.header("idempotency-key", "not of the form")
    };
    let made = request("PUT").json(&json!({"title": "a"})).send().await;
    let made = made.expect(201);
    request("GET").send().await.expect(200);
    let again = request("PUT").json(&json!({"title": "a"})).send().await;
    again.problem(428, "preconditionRequired");
    let patch = request("PATCH").if_match(made.etag());
    let patched = patch.json(&json!({"title": "b"})).send().await.expect(200);
    let delete = request("DELETE").if_match(patched.etag());
    delete.send().await.expect(204);
    assert_eq!(kept(&app).await, 0);
}

#[tokio::test]
async fn what_is_refused_before_it_is_looked_at_is_not_kept() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let request = || named(&app, "/goals", &key, "a");
    let typed = |body: &str| {
        let request = request().header("content-type", "application/json");
        request.body(body.to_owned()).send()
    };
    typed("{").await.problem(400, "invalidJson");
    let text = request().header("content-type", "text/plain").body("x");
    text.send().await.problem(415, "unsupportedMediaType");
    let unknown = named(&app, "/goals?x=1", &key, "a").json(&goal(2024, "1"));
    unknown.send().await.problem(400, "invalidQuery");
    let wrong = named(&app, "/goals", "mb_x", "a").json(&goal(2024, "1"));
    wrong.send().await.problem(401, "invalidKey");
    assert_eq!(kept(&app).await, 0);
    request().json(&goal(2024, "1")).send().await.expect(201);
}

#[tokio::test]
async fn a_name_is_free_again_after_24_hours() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let body = json!({"budgetYear": 2024, "statement": "Utan nummer", "position": 1});
    let again = async || post(&app, "/goals", &key, "a", &body).await.expect(201);
    let sql = app.sql().await;
    let age = async |age: &str| {
        let set = format!("UPDATE idempotent_answers SET kept_at = now() - interval '{age}'");
        assert_eq!(sql.execute(&set, &[]).await.unwrap(), 1);
    };
    let first = again().await;
    age("23 hours 59 minutes").await;
    assert_same(&again().await, &first);
    age("24 hours").await;
    let second = again().await;
    assert_ne!(second.body, first.body);
    assert_same(&again().await, &second);
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (2, 1));
    age("25 hours").await;
    let other = goal(2024, "7");
    let other = post(&app, "/goals", &key, "a", &other).await;
    other.expect(201);
}

#[tokio::test]
async fn what_is_too_old_is_taken_away_when_something_new_is_kept() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO idempotent_answers
         SELECT gen_random_uuid(), 'old', ''::bytea, 201, '[]'::jsonb, ''::bytea, now() - interval '25 hours' FROM generate_series(1, 30)
          UNION ALL
         SELECT gen_random_uuid(), 'young', ''::bytea, 201, '[]'::jsonb, ''::bytea, now() - interval '23 hours' FROM generate_series(1, 3)",
    )
    .await
    .unwrap();
    // Somebody else is about to take one away: nobody waits for him.
    let mut other = app.sql().await;
    let holding = other.transaction().await.unwrap();
    let held = "DELETE FROM idempotent_answers WHERE ctid = (SELECT ctid FROM idempotent_answers WHERE idempotency_key = 'old' LIMIT 1)";
    assert_eq!(holding.execute(held, &[]).await.unwrap(), 1);
    for number in ["1", "2"] {
        let made = post(&app, "/goals", &key, number, &goal(2024, number)).await;
        made.expect(201);
    }
    holding.commit().await.unwrap();
    assert_eq!(kept(&app).await, 3 + 2);
}
