//! Whatever can be read answers for an earlier moment as it did then.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio_postgres::Client;

use super::{IMMUTABLE, at, last_commit, with};
use crate::contract::{document, operations, populate};
use crate::support::{Answer, TestApp};

/// Something changes in every table.
const CHANGED: &str = "
    UPDATE budgets SET title = 'Ny';
    UPDATE boards SET name = 'Ny', valid_to = NULL;
    UPDATE goals SET statement = 'Nytt', political_text = E'Ett.\\n\\nTvå.';
    UPDATE assignments SET title = 'Nytt', status = 'paused';
    UPDATE municipalities SET name = 'Ny';
    UPDATE indicators SET title = 'Nytt', values_due = '--01-01';
    UPDATE goal_indicators SET position = position + 7;
    UPDATE indicator_values SET value = value + 0.000000000001 WHERE value IS NOT NULL;
    UPDATE targets SET statement = 'Nytt';
    UPDATE reports SET comment = 'Nytt';
    UPDATE assessments SET comment = 'Nytt';
    UPDATE investments SET amount = amount + 0.1;
    UPDATE achievements SET text = 'Nytt';
    UPDATE municipality_groups SET title = 'Ny';";
/// Then all is deleted, in two steps.
const FOLLOW_UP_GONE: &str = "
    DELETE FROM targets; DELETE FROM reports; DELETE FROM assessments; DELETE FROM investments;
    DELETE FROM achievements; DELETE FROM municipality_groups; DELETE FROM indicator_values;";
const ALL_GONE: &str = "
    DELETE FROM goal_indicators; DELETE FROM indicators; DELETE FROM municipalities;
    DELETE FROM assignments; DELETE FROM goals; UPDATE boards SET successor_board_id = NULL;
    DELETE FROM boards; DELETE FROM budgets;";

/// Every read that takes `asOf`: its address, and whether it is a list.
fn reads(document: &Value) -> Vec<(String, bool)> {
    let mut reads = Vec::new();
    for operation in operations(document) {
        let parameters = operation.told["parameters"].as_array().expect("parameters");
        let takes = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        if !operation.writes() && takes("asOf") {
            reads.push((operation.address(), takes("page")));
        }
    }
    reads
}

/// What there is at one moment.
struct Moment {
    time: String,
    answers: Vec<Answer>,
}

async fn moment(app: &TestApp, sql: &Client, reads: &[(String, bool)]) -> Moment {
    let mut answers = Vec::new();
    for (path, _) in reads {
        answers.push(app.get(path).await);
    }
    Moment {
        time: last_commit(sql, 0).await,
        answers,
    }
}

/// A list's answer without its links, which carry `asOf` along.
fn told(answer: &Answer) -> Value {
    let mut body = answer.json();
    body["_links"] = Value::Null;
    body
}

#[test]
fn every_read_of_a_resource_or_a_view_takes_as_of() {
    let document = document();
    let taken: BTreeSet<String> = reads(&document).into_iter().map(|(path, _)| path).collect();
    for operation in operations(&document).iter().filter(|one| !one.writes()) {
        let alone = ["/api-info", "/config", "/changes"].contains(&operation.path.as_str())
            || operation.path.ends_with("/history")
            || operation.path.starts_with("/webhooks");
        let takes = taken.contains(&operation.address());
        assert_eq!(takes, !alone, "{}", operation.path);
    }
    assert!(taken.len() >= 39, "only {} reads", taken.len());
}

#[tokio::test]
async fn each_read_answers_for_each_moment_as_it_answered_then() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    let (sql, reads) = (app.sql().await, reads(&document));
    let mut moments = vec![moment(&app, &sql, &reads).await];
    for change in [CHANGED, FOLLOW_UP_GONE, ALL_GONE] {
        sql.batch_execute(change).await.expect("a change");
        moments.push(moment(&app, &sql, &reads).await);
    }
    assert!(moments[0].answers.iter().all(|answer| answer.status == 200));
    for Moment { time, answers } in &moments {
        for ((path, list), then) in reads.iter().zip(answers) {
            let found = at(&app, path, time).await;
            let place = format!("{path} as of {time}");
            if then.status != 200 {
                assert_eq!(then.status, 404, "{place}");
                let found = found.problem(404, "notFound");
                assert_eq!(found.header("cache-control"), "no-store", "{place}");
                continue;
            }
            assert_eq!(found.status, 200, "{place}: {}", found.text());
            assert_eq!(found.header("cache-control"), IMMUTABLE, "{place}");
            if *list {
                assert_eq!(told(&found), told(then), "{place}");
            } else {
                assert_eq!(found.text(), then.text(), "{place}");
                assert_eq!(found.etag(), then.etag(), "{place}");
            }
            let again = app.request("GET", &with(path, "asOf", time));
            let again = again.header("if-none-match", found.etag());
            let again = again.send().await.expect(304);
            assert_eq!(again.header("cache-control"), IMMUTABLE, "{place}");
            assert_eq!(again.etag(), found.etag(), "{place}");
        }
    }
    // Between any two of the moments every answer changed, or the test tells nothing.
    let changed = |from: &Moment, to: &Moment| {
        let pairs = from.answers.iter().zip(&to.answers);
        pairs.filter(|(old, new)| old.body != new.body).count()
    };
    assert!(changed(&moments[0], &moments[1]) >= reads.len() - 4);
    assert!(changed(&moments[0], &moments[3]) >= reads.len());
}

#[tokio::test]
async fn before_the_record_began_there_is_nothing() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    for (path, list) in reads(&document) {
        let found = at(&app, &path, "1999-12-31").await;
        if list && !path.trim_start_matches('/').contains('/') {
            let body = found.expect(200).json();
            assert_eq!(body["items"], serde_json::json!([]), "{path}");
            assert_eq!(body["_meta"]["totalRecords"], 0, "{path}");
        } else {
            found.problem(404, "notFound");
        }
    }
}
