//! The sample: loaded once however often, taken away without taking more.

use malbild::auth::Role;
use malbild::database::Actor;
use malbild::sample::{self, Removed};
use serde_json::json;

use crate::support::TestApp;

async fn load(app: &TestApp) -> usize {
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::load(connection))
        })
        .await
        .expect("the sample")
}

async fn remove(app: &TestApp) -> Removed {
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::remove(connection))
        })
        .await
        .expect("no sample")
}

async fn total(app: &TestApp, path: &str) -> i64 {
    app.get(path).await.expect(200).json()["_meta"]["totalRecords"]
        .as_i64()
        .expect("a number")
}

#[tokio::test]
async fn the_sample_has_nine_goals_and_an_assignment_of_each_kind() {
    let app = TestApp::start().await;
    assert_eq!(load(&app).await, 21);
    assert_eq!(load(&app).await, 0, "a second time makes nothing");
    assert_eq!(total(&app, "/goals?budgetYear=2023").await, 8);
    let goal = app.get("/goals?budgetYear=2024").await.json()["items"][0].clone();
    assert_eq!(goal["name"], "Kommunens ledning och styrning");
    let before = app.get("/goals?number=1.1").await.json()["items"][0]["goalId"].clone();
    assert_eq!(goal["predecessorIds"], json!([before]), "it continues 1.1");
    for (path, count) in [
        ("origin=council", 2),
        ("origin=board", 2),
        ("named=true", 2),
    ] {
        assert_eq!(
            total(&app, &format!("/assignments?{path}")).await,
            count,
            "{path}"
        );
    }
}

#[tokio::test]
async fn removing_the_sample_keeps_what_somebody_has_changed_or_refers_to() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    load(&app).await;
    let goal = app.get("/goals?number=1.2").await.json()["items"][0].clone();
    let path = format!("/goals/{}", goal["goalId"].as_str().expect("a key"));
    let etag = format!("\"{}\"", goal["etag"].as_str().expect("an ETag"));
    app.request("PATCH", &path)
        .key(&key)
        .if_match(&etag)
        .json(&json!({"sdgs": [9]}))
        .send()
        .await
        .expect(200);
    let own = json!({"budgetYear": 2024, "statement": "Eget mål", "position": 5});
    app.request("POST", "/goals")
        .key(&key)
        .json(&own)
        .send()
        .await
        .expect(201);
    assert_eq!(
        remove(&app).await,
        Removed {
            removed: 18,
            kept: 3
        },
        "the changed goal and the two budgets stay"
    );
    assert_eq!(total(&app, "/goals").await, 2);
    assert_eq!(total(&app, "/boards").await, 0);
    assert_eq!(total(&app, "/budgets").await, 2);
}

#[tokio::test]
async fn an_untouched_sample_goes_away_whole() {
    let app = TestApp::start().await;
    load(&app).await;
    assert_eq!(
        remove(&app).await,
        Removed {
            removed: 21,
            kept: 0
        }
    );
    assert_eq!(remove(&app).await, Removed::default());
    assert_eq!(load(&app).await, 21, "and can be loaded again");
}
