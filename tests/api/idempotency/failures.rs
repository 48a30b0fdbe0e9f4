//! What fails is not kept, and what was committed without an answer is.

use std::time::Duration;

use malbild::auth::Role;

use super::{assert_same, count, kept, post};
use crate::goals::goal;
use crate::support::cluster::cluster;
use crate::support::proxy::{Link, Proxy};
use crate::support::{TestApp, eventually};

const WITHIN: Duration = Duration::from_secs(10);
/// The lock under which every commit of a write gets its place in the record.
const COMMIT_LOCK: &str = "SELECT pg_advisory_lock(6221338910451761)";

async fn app_behind_a_link() -> (TestApp, Proxy) {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    (TestApp::start_on(database, &url, &[]).await, proxy)
}

#[tokio::test]
async fn a_database_that_is_away_is_not_kept_as_an_answer() {
    let (app, proxy) = app_behind_a_link().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    proxy.set(Link::Cut);
    again().await.problem(503, "databaseUnavailable");
    proxy.set(Link::Whole);
    let mut first = None;
    eventually("it is made", WITHIN, async || {
        let answer = again().await;
        assert!([201, 503].contains(&answer.status), "{}", answer.text());
        first = Some(answer);
        first.as_ref().is_some_and(|answer| answer.status == 201)
    })
    .await;
    assert_same(&again().await, &first.expect("an answer"));
    assert_eq!(count(&app, "/goals").await, 1);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_told_when_it_is_asked_for_again() {
    let (app, proxy) = app_behind_a_link().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    let sql = app.sql().await;
    sql.batch_execute(COMMIT_LOCK).await.unwrap();
    let lost = async {
        app.blocked().await;
        // The commit has been asked for; what it answers does not come through.
        proxy.set(Link::Silent);
        sql.batch_execute("SELECT pg_advisory_unlock_all()")
            .await
            .unwrap();
    };
    let (first, ()) = futures_util::join!(again(), lost);
    first.problem(503, "databaseUnavailable");
    assert_eq!(kept(&app).await, 1, "it was committed");
    proxy.set(Link::Whole);
    let mut told = String::new();
    eventually("the first answer is told", WITHIN, async || {
        let answer = again().await;
        assert!([201, 503].contains(&answer.status), "{}", answer.text());
        told = answer.text();
        answer.status == 201
    })
    .await;
    let body: Vec<u8> = sql
        .query_one("SELECT body FROM idempotent_answers", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(told.as_bytes(), body);
    assert_eq!(count(&app, "/goals").await, 1);
    let made = "SELECT count(*) FROM history WHERE resource = 'goals'";
    let made: i64 = sql.query_one(made, &[]).await.unwrap().get(0);
    assert_eq!(made, 1, "made once");
}

#[tokio::test]
async fn a_fault_of_the_service_is_not_kept_and_undoes_the_work() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let sql = app.sql().await;
    sql.batch_execute("ALTER TABLE goals ADD CONSTRAINT unheard_of CHECK (false)")
        .await
        .unwrap();
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    again().await.problem(500, "internal");
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (0, 0));
    sql.batch_execute("ALTER TABLE goals DROP CONSTRAINT unheard_of")
        .await
        .unwrap();
    again().await.expect(201);
    assert_eq!((count(&app, "/goals").await, kept(&app).await), (1, 1));
}

#[tokio::test]
async fn an_answer_that_cannot_be_kept_is_not_given_and_its_work_is_not_done() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let sql = app.sql().await;
    sql.batch_execute("ALTER TABLE idempotent_answers ADD CONSTRAINT full_up CHECK (false)")
        .await
        .unwrap();
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    again().await.problem(500, "internal");
    assert_eq!(count(&app, "/goals").await, 0);
    sql.batch_execute("ALTER TABLE idempotent_answers DROP CONSTRAINT full_up")
        .await
        .unwrap();
    again().await.expect(201);
}

#[tokio::test]
async fn a_refusal_keeps_nothing_of_what_its_work_had_written() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    // The change of the key's day of use has been recorded before.
    let made = post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    made.expect(201);
    let sql = app.sql().await;
    let count = async || -> i64 {
        let count = "SELECT count(*) FROM change_sets";
        sql.query_one(count, &[]).await.unwrap().get(0)
    };
    let before = count().await;
    let taken = post(&app, "/goals", &key, "b", &goal(2024, "1.1")).await;
    taken.problem(409, "alreadyExists");
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn while_the_first_is_under_way_the_same_is_409_with_retry_after() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    let again = async || post(&app, "/goals", &key, "a", &goal(2024, "1.1")).await;
    let sql = app.sql().await;
    sql.batch_execute(COMMIT_LOCK).await.unwrap();
    let meanwhile = async {
        app.blocked().await;
        let refused = again().await.problem(409, "requestInProgress");
        assert_eq!(refused.header("retry-after"), "1");
        let other = post(&app, "/goals", &key, "a", &goal(2024, "1.2")).await;
        other.problem(409, "requestInProgress");
        sql.batch_execute("SELECT pg_advisory_unlock_all()")
            .await
            .unwrap();
    };
    let (first, ()) = futures_util::join!(again(), meanwhile);
    let first = first.expect(201);
    assert_same(&again().await, &first);
    assert_eq!(count(&app, "/goals").await, 1);
}

#[tokio::test]
async fn without_a_name_the_database_is_asked_nothing_more() {
    let (app, proxy) = app_behind_a_link().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    // The first use of a key on a day is noted, which is no part of this.
    let noted = app.request("GET", "/goals").key(&key);
    noted.send().await.expect(200);
    let mut counts = Vec::new();
    for name in [None, Some("a")] {
        proxy.statements();
        let request = app.request("POST", "/goals").key(&key);
        let request = match name {
            None => request,
            Some(name) => request.header("idempotency-key", name),
        };
        let body = goal(2024, name.unwrap_or("1"));
        request.json(&body).send().await.expect(201);
        let statements = proxy.statements();
        let about = ["SAVEPOINT", "advisory", "idempotent_answers"];
        let asked = statements
            .iter()
            .any(|sql| about.iter().any(|word| sql.contains(word)));
        assert_eq!(asked, name.is_some(), "{statements:#?}");
        counts.push(statements.len());
    }
    // The lock, the look, the savepoint and its release, the sweep, the keeping.
    assert_eq!(counts[1], counts[0] + 6);
}
