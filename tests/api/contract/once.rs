//! Every POST of the document, sent again under the same `Idempotency-Key`.

use malbild::auth::Role;
use serde_json::Value;

use super::{Operation, document, operations, populate, resolved};
use crate::support::{Request, TestApp};

/// Whether the document says that the operation takes the header.
fn takes_a_name(document: &Value, operation: &Operation) -> bool {
    let parameters = operation.told["parameters"].as_array().expect("parameters");
    parameters.iter().any(|parameter| {
        let parameter = resolved(document, parameter);
        parameter["in"] == "header" && parameter["name"] == "Idempotency-Key"
    })
}

/// The codes that the document tells of one status.
fn told<'a>(document: &'a Value, operation: &'a Operation, status: &str) -> &'a str {
    let response = resolved(document, &operation.told["responses"][status]);
    response["description"].as_str().unwrap_or_default()
}

#[test]
fn every_post_and_nothing_else_takes_an_idempotency_key() {
    let document = document();
    for operation in operations(&document) {
        let posts = operation.method == "post";
        let name = operation.name();
        assert_eq!(takes_a_name(&document, &operation), posts, "{name}");
        let conflict = told(&document, &operation, "409").contains("`requestInProgress`");
        let reused = told(&document, &operation, "422").contains("`idempotencyKeyReused`");
        assert_eq!((conflict, reused), (posts, posts), "{name}");
        if posts {
            let response = resolved(&document, &operation.told["responses"]["409"]);
            assert!(response["headers"]["Retry-After"].is_object(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_post_sent_again_under_one_name_has_the_first_answer() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    let key = app.key(Role::Admin).await;
    let sql = app.sql().await;
    let kept = async || -> i64 {
        let count = "SELECT count(*) FROM idempotent_answers";
        sql.query_one(count, &[]).await.unwrap().get(0)
    };
    let mut posts = 0;
    for operation in operations(&document) {
        if operation.method != "post" {
            continue;
        }
        let name = operation.name();
        let named = |request: Request| {
            request
                .key(&key)
                .header("idempotency-key", &name.replace(' ', ":"))
        };
        let first = named(operation.request(&app)).send().await;
        // What the example would make may be there: that is an answer, too.
        assert!(
            [200, 201, 202, 204, 409].contains(&first.status),
            "{name}: {}",
            first.text()
        );
        posts += 1;
        assert_eq!(kept().await, posts, "{name} keeps its answer");
        let again = named(operation.request(&app)).send().await;
        assert_eq!(
            (again.status, &again.body),
            (first.status, &first.body),
            "{name}"
        );
        for header in [
            "location",
            "etag",
            "content-type",
            "cache-control",
            "retry-after",
        ] {
            assert_eq!(
                again.header(header),
                first.header(header),
                "{name}: {header}"
            );
        }
        let Some((media_type, content)) = operation.body() else {
            continue;
        };
        let other = app
            .request("POST", &operation.address())
            .header("content-type", &media_type);
        let other = other.body(format!("{}\n", super::plain(&content["example"])));
        named(other)
            .send()
            .await
            .problem(422, "idempotencyKeyReused");
    }
    assert!(posts >= 6, "only {posts} POSTs");
}
