//! The change feed: every change once, in order, and told when it comes.

mod restored;
mod torture;
mod waiting;

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";

/// What the feed answers to this query.
async fn changes(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/changes?{query}"))
        .await
        .expect(200)
        .json()
}

/// Everything after a cursor, walked in steps of `limit`.
async fn follow(app: &TestApp, after: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), after.to_owned());
    loop {
        let begin = if after.is_empty() {
            String::new()
        } else {
            format!("&after={after}")
        };
        let answer = changes(app, &format!("limit={limit}{begin}")).await;
        let items = answer["items"].as_array().expect("items");
        if items.is_empty() {
            return all;
        }
        all.extend(items.iter().cloned());
        after = answer["cursor"].as_str().expect("a cursor").to_owned();
    }
}

/// `resource action fields` of changes.
fn told(changes: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    changes
        .iter()
        .map(|change| {
            let fields = change["changedFields"].as_array().expect("fields");
            let fields: Vec<String> = fields.iter().map(word).collect();
            let told = format!(
                "{} {} {}",
                word(&change["resource"]),
                word(&change["action"]),
                fields.join(",")
            );
            told.trim_end().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn what_was_made_changed_and_deleted_is_told_in_that_order() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.budget(2024).await;
    let goal = json!({"budgetYear": 2024, "statement": "a", "politicalText": "b", "position": 1});
    app.make(&format!("/goals/{GOAL}"), goal).await;
    let changed = app
        .request("PATCH", "/budgets/2024")
        .key(&key)
        .if_match(made.etag())
        .json(&json!({"title": "New", "decidedBy": "Council"}))
        .send()
        .await
        .expect(200);
    // What changes nothing is no change.
    app.request("PATCH", "/budgets/2024")
        .key(&key)
        .if_match("*")
        .json(&json!({"title": "New"}))
        .send()
        .await
        .expect(200);
    let goal = app.get(&format!("/goals/{GOAL}")).await;
    app.request("DELETE", &format!("/goals/{GOAL}"))
        .key(&key)
        .if_match(goal.etag())
        .send()
        .await
        .expect(204);
    let all = follow(&app, "", 20).await;
    assert_eq!(
        told(&all),
        [
            "budgets created title",
            "goals created budgetYear,politicalText,position,predecessorIds,sdgs,statement",
            "budgets updated decidedBy,title",
            "goals deleted",
        ]
    );
    let [_, made, updated, deleted] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!(made["key"], json!({"goalId": GOAL}));
    assert_eq!(made["href"], app.url(&format!("/goals/{GOAL}")));
    assert_eq!(
        format!("\"{}\"", made["etag"].as_str().unwrap()),
        goal.etag()
    );
    assert_eq!(
        format!("\"{}\"", updated["etag"].as_str().unwrap()),
        changed.etag()
    );
    assert_eq!(deleted["etag"], Value::Null);
    assert_eq!(deleted["href"], made["href"]);
    let times: Vec<&str> = all
        .iter()
        .map(|change| change["occurredAt"].as_str().expect("a time"))
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    // The walk is the same in steps of one, and from each change's own cursor.
    assert_eq!(follow(&app, "", 1).await, all);
    for (index, change) in all.iter().enumerate() {
        let cursor = change["cursor"].as_str().expect("a cursor");
        assert_eq!(follow(&app, cursor, 2).await, all[index + 1..]);
    }
}

#[tokio::test]
async fn an_empty_answer_repeats_the_cursor_and_its_next_link_goes_on() {
    let app = TestApp::start().await;
    let empty = changes(&app, "resource=goals").await;
    assert_eq!(empty["items"], json!([]));
    let cursor = empty["cursor"].as_str().expect("a cursor");
    let again = changes(&app, &format!("resource=goals&after={cursor}")).await;
    assert_eq!(again["cursor"], cursor);
    let made = app.budget(2024).await;
    let next = again["_links"]["next"]["href"].as_str().expect("a link");
    let next = next.replace("resource=goals", "resource=budgets");
    let next = next.strip_prefix(&app.url("")).expect("our own");
    let answer = app.get(next).await.expect(200);
    let items = answer.json()["items"].clone();
    assert_eq!(items[0]["key"], json!({"budgetYear": 2024}));
    assert_eq!(
        format!("\"{}\"", items[0]["etag"].as_str().unwrap()),
        made.etag()
    );
    assert!(answer.header("link").contains("rel=\"next\""));
}

#[tokio::test]
async fn one_may_follow_some_resources_alone() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    app.board("bou", "board").await;
    app.budget(2024).await;
    for (resources, expected) in [
        ("boards", vec!["boards created kind,name"]),
        ("budgets", vec!["budgets created title"; 2]),
        ("goals,targets", vec![]),
    ] {
        let answer = changes(&app, &format!("resource={resources}")).await;
        assert_eq!(told(answer["items"].as_array().unwrap()), expected);
    }
}

#[tokio::test]
async fn keys_are_no_part_of_the_feed() {
    let app = TestApp::start().await;
    app.key(Role::Admin).await;
    assert_eq!(changes(&app, "").await["items"], json!([]));
    app.get("/changes?resource=api-keys")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn a_role_that_a_target_changes_is_a_change_of_the_link() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let goal = json!({"budgetYear": 2024, "statement": "a", "position": 1});
    app.make(&format!("/goals/{GOAL}"), goal).await;
    app.indicator("N1", false).await;
    app.make(
        &format!("/goals/{GOAL}/indicators/N1"),
        json!({"position": 1}),
    )
    .await;
    let before = follow(&app, "", 20).await;
    let last = before.last().expect("a change")["cursor"].clone();
    let target = json!({"goalId": GOAL, "indicatorCode": "N1", "kind": "numeric", "operator": "atLeast",
        "value": 5, "targetYear": 2030, "statement": "five"});
    app.make("/targets/01941f29-7c00-7c8f-8d13-5b9e3a7f6c33", target)
        .await;
    let after = follow(&app, last.as_str().unwrap(), 20).await;
    let link = after
        .iter()
        .find(|change| change["resource"] == "goal-indicators")
        .expect("the link");
    assert_eq!(link["changedFields"], json!(["role"]));
    let path = format!("/goals/{GOAL}/indicators/N1");
    assert_eq!(link["href"], app.url(&path));
    let etag = app.get(&path).await.etag().to_owned();
    assert_eq!(format!("\"{}\"", link["etag"].as_str().unwrap()), etag);
}

#[tokio::test]
async fn what_is_wrong_with_the_query_is_told() {
    let app = TestApp::start().await;
    for query in [
        "limit=0",
        "limit=1001",
        "limit=+1",
        "wait=61",
        "wait=-1",
        "wait=1.5",
        "resource=things",
        "resource=",
        "after=",
        "after=abc",
        "page=1",
        "limit=1&limit=2",
    ] {
        app.get(&format!("/changes?{query}"))
            .await
            .problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn from_the_cursor_of_a_list_nothing_is_missing() {
    let app = TestApp::start().await;
    crate::support::eventually(
        "the end is known",
        std::time::Duration::from_secs(5),
        async || {
            !app.get("/budgets")
                .await
                .header("changes-cursor")
                .is_empty()
        },
    )
    .await;
    app.budget(2023).await;
    let mut missing = true;
    for year in 2030..2040 {
        let list = app.get("/budgets?limit=1000").await.expect(200);
        app.budget(year).await;
        let cursor = list.header("changes-cursor").to_owned();
        let later = follow(&app, &cursor, 20).await;
        let years = |items: &[Value], of: fn(&Value) -> &Value| -> Vec<i64> {
            items.iter().filter_map(|item| of(item).as_i64()).collect()
        };
        let list = list.json();
        let mut known = years(
            list["items"].as_array().unwrap(),
            |item| &item["budgetYear"],
        );
        known.extend(years(&later, |change| &change["key"]["budgetYear"]));
        known.sort_unstable();
        known.dedup();
        let expected: Vec<i64> = std::iter::once(2023).chain(2030..=year.into()).collect();
        assert_eq!(known, expected);
        missing &= later.len() > 1 + (year - 2030) as usize;
    }
    assert!(!missing, "the cursor never moves on");
}

#[tokio::test]
async fn a_reader_who_has_it_all_is_told_so_with_304() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let first = app.get("/changes").await.expect(200);
    let again = app
        .request("GET", "/changes")
        .header("if-none-match", first.etag())
        .send()
        .await;
    assert_eq!(again.status, 304);
    assert_eq!(first.header("cache-control"), "public, no-cache");
}
