//! Budgets, and on them what every resource shares.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn a_budget_comes_back_as_it_was_written() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({
        "title": " Kommunövergripande mål budget 2023 ", "decidedBy": "Kommunfullmäktige", "decidedOn": "2022-11-24",
        "source": {"title": "Budget", "publishedOn": "2022-12-01"}
    });
    let made = app
        .request("PUT", "/budgets/2023")
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(201);
    assert_eq!(made.header("location"), app.url("/budgets/2023"));
    let read = app.get("/budgets/2023").await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let budget = read.json();
    assert_eq!(budget["budgetYear"], 2023);
    assert_eq!(budget["title"], "Kommunövergripande mål budget 2023");
    assert_eq!(budget["description"], Value::Null);
    assert_eq!(
        budget["source"],
        json!({"title": "Budget", "url": null, "publishedOn": "2022-12-01", "updatedOn": null})
    );
    assert_eq!(budget["_links"]["self"]["href"], app.url("/budgets/2023"));
    assert!(
        budget["createdAt"]
            .as_str()
            .is_some_and(|moment| moment.ends_with('Z'))
    );
}

#[tokio::test]
async fn a_change_needs_the_etag_that_was_read() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2023).await;
    let body = json!({"title": "Another"});
    let put = || app.request("PUT", "/budgets/2023").key(&key).json(&body);
    put().send().await.problem(428, "preconditionRequired");
    put()
        .if_match("\"other\"")
        .send()
        .await
        .problem(412, "preconditionFailed");
    put()
        .header("if-none-match", "*")
        .send()
        .await
        .problem(412, "preconditionFailed");
    let changed = put().if_match(made.etag()).send().await.expect(200);
    assert_ne!(changed.etag(), made.etag());
    put()
        .if_match(made.etag())
        .send()
        .await
        .problem(412, "preconditionFailed");
    let same = put().if_match(changed.etag()).send().await.expect(200);
    assert_eq!(
        same.etag(),
        changed.etag(),
        "a write that changes nothing keeps the ETag"
    );
}

#[tokio::test]
async fn every_fault_of_a_body_is_told_at_once() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({"title": "", "decidedBy": 7, "decidedOn": "2022-13-01", "extra": 1, "budgetYear": 2023, "createdAt": null, "source": {"x": 1}});
    let answer = app
        .request("PUT", "/budgets/2023")
        .key(&key)
        .json(&body)
        .send()
        .await
        .problem(422, "invalidContent");
    let mut faults = answer.faults();
    faults.sort();
    let expected = [
        ("/budgetYear", "readOnly"),
        ("/createdAt", "readOnly"),
        ("/decidedBy", "wrongType"),
        ("/decidedOn", "invalidFormat"),
        ("/extra", "unknownMember"),
        ("/source/x", "unknownMember"),
        ("/title", "empty"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(p, c)| ((*p).to_owned(), (*c).to_owned()))
        .collect();
    assert_eq!(faults, expected);
    app.get("/budgets/2023").await.problem(404, "notFound");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({"title": "Budget", "decidedBy": "Kommunfullmäktige", "source": {"title": "a", "url": "https://example.se/"}});
    let made = app
        .request("PUT", "/budgets/2023")
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(201);
    let patch = json!({"decidedBy": null, "source": {"title": "b"}});
    let changed = app
        .request("PATCH", "/budgets/2023")
        .key(&key)
        .if_match(made.etag())
        .header("content-type", "application/merge-patch+json")
        .body(patch.to_string())
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(changed["title"], "Budget");
    assert_eq!(changed["decidedBy"], Value::Null);
    assert_eq!(
        changed["source"],
        json!({"title": "b", "url": "https://example.se/", "publishedOn": null, "updatedOn": null})
    );
}

#[tokio::test]
async fn a_deleted_budget_is_gone_and_a_second_delete_is_404() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2023).await;
    app.request("DELETE", "/budgets/2023")
        .key(&key)
        .send()
        .await
        .problem(428, "preconditionRequired");
    let gone = app
        .request("DELETE", "/budgets/2023")
        .key(&key)
        .if_match(made.etag())
        .send()
        .await
        .expect(204);
    assert!(gone.body.is_empty());
    app.request("DELETE", "/budgets/2023")
        .key(&key)
        .if_match(made.etag())
        .send()
        .await
        .problem(404, "notFound");
    let again = app.budget(2023).await;
    assert_ne!(
        again.etag(),
        made.etag(),
        "a row that is made again has a new ETag"
    );
}

#[tokio::test]
async fn a_list_walks_forwards_and_backwards_without_losing_a_row() {
    let app = TestApp::start().await;
    let years: Vec<i32> = (2010..2021).collect();
    for year in &years {
        app.budget(*year).await;
    }
    let mut seen = Vec::new();
    let mut next = app.url("/budgets?limit=4&sort=-budgetYear");
    let mut last = next.clone();
    while !next.is_empty() {
        let answer: Value = reqwest::get(&next).await.unwrap().json().await.unwrap();
        assert_eq!(answer["_meta"]["totalRecords"], 11);
        seen.extend(
            answer["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["budgetYear"].as_i64().unwrap() as i32),
        );
        last = next;
        next = answer["_links"]["next"]["href"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    let backwards: Vec<i32> = years.iter().rev().copied().collect();
    assert_eq!(seen, backwards);
    let mut back = Vec::new();
    while !last.is_empty() {
        let answer: Value = reqwest::get(&last).await.unwrap().json().await.unwrap();
        let page: Vec<i32> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["budgetYear"].as_i64().unwrap() as i32)
            .collect();
        back.splice(0..0, page);
        last = answer["_links"]["prev"]["href"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }
    assert_eq!(back, backwards);
}
