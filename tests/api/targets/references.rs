//! What targets refer to, and what cannot go because of them.

use malbild::database::Actor;
use malbild::resources::targets::{self, TargetContent, TargetKind};
use malbild::resources::values::Gender;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kinds::judged;
use super::{GOAL, NOBODY, faults, measured, numeric, owned, path, put, target, town};

#[tokio::test]
async fn a_goal_with_targets_cannot_be_deleted_and_neither_can_its_link() {
    let (app, key) = town().await;
    let delete = async |path: &str| {
        let etag = app.get(path).await.etag().to_owned();
        let request = app.request("DELETE", path).key(&key);
        request.if_match(&etag).send().await
    };
    for number in 1..=12 {
        let body = measured(GOAL, "N1");
        put(&app, &key, &path(number), &body).await.expect(201);
    }
    let bare = target(json!({"kind": "boolean"}));
    put(&app, &key, &path(13), &bare).await.expect(201);
    let (goal, link) = (
        format!("/goals/{GOAL}"),
        format!("/goals/{GOAL}/indicators/N1"),
    );
    let kept = delete(&link).await.problem(409, "referredTo").json();
    let detail = kept["detail"].as_str().expect("words");
    let named = |number| format!("target {}", path(number).trim_start_matches("/targets/"));
    assert!(detail.contains(&named(1)), "{detail}");
    assert!(
        detail.contains(&format!("{} and others", named(10))),
        "{detail}"
    );
    let kept = delete(&goal).await.problem(409, "referredTo");
    assert!(kept.text().contains("link to indicator N1"));
    assert!(kept.text().contains(&named(1)), "{}", kept.text());
    for number in 1..=12 {
        delete(&path(number)).await.expect(204);
    }
    for code in ["N1", "N2"] {
        let link = format!("/goals/{GOAL}/indicators/{code}");
        delete(&link).await.expect(204);
    }
    let kept = delete(&goal).await.problem(409, "referredTo");
    assert!(kept.text().contains(&named(13)), "{}", kept.text());
    delete(&path(13)).await.expect(204);
    delete(&goal).await.expect(204);
}

#[tokio::test]
async fn a_target_is_for_a_goal_that_is_there_and_an_indicator_that_follows_it() {
    let (app, key) = town().await;
    for (goal, code, expected) in [
        (NOBODY, None, &[("/goalId", "unknownReference")][..]),
        (NOBODY, Some("N1"), &[("/goalId", "unknownReference")]),
        (
            NOBODY,
            Some("N9"),
            &[
                ("/goalId", "unknownReference"),
                ("/indicatorCode", "unknownReference"),
            ],
        ),
        (GOAL, Some("N9"), &[("/indicatorCode", "unknownReference")]),
        (GOAL, Some("N3"), &[("/indicatorCode", "unknownReference")]),
        ("x", Some("n1"), {
            &[
                ("/goalId", "invalidFormat"),
                ("/indicatorCode", "invalidFormat"),
            ]
        }),
        (GOAL, None, &[]),
        (GOAL, Some("N2"), &[]),
    ] {
        let mut body = numeric();
        (body["goalId"], body["indicatorCode"]) = (json!(goal), json!(code));
        let found = faults(&app, &key, &body).await;
        assert_eq!(found, owned(expected), "{goal} {code:?}");
    }
    let post = app.request("POST", "/targets").key(&key);
    let refused = post.json(&measured(GOAL, "N3")).send().await.json();
    let words =
        format!("the goal is not linked to indicator N3; PUT /goals/{GOAL}/indicators/N3 first");
    assert_eq!(refused["errors"][0]["detail"], words);
}

/// A target as the service itself makes one, past the checks of a request.
fn unchecked(goal: &str, code: Option<&str>) -> TargetContent {
    TargetContent {
        goal_id: goal.parse().expect("a UUID"),
        indicator_code: code.map(str::to_owned),
        kind: TargetKind::Boolean,
        gender: Gender::All,
        operator: None,
        value: None,
        upper_value: None,
        unit: None,
        target_year: None,
        baseline_year: None,
        baseline_value: None,
        statement: "Målet".to_owned(),
        anchor: None,
        outcome: None,
    }
}

#[tokio::test]
async fn what_the_database_finds_missing_is_told_as_the_same_fault() {
    let (app, _) = town().await;
    for (content, pointer) in [
        (unchecked(NOBODY, None), "/goalId"),
        (unchecked(GOAL, Some("N3")), "/indicatorCode"),
    ] {
        let actor = Actor::command("operator");
        let work = app.pool.write(actor, move |connection| {
            Box::pin(async move { targets::insert(connection, Uuid::now_v7(), &content).await })
        });
        let refused = work.await.expect_err("nothing to refer to");
        let fault = refused.errors.first().expect("a fault");
        assert_eq!(
            (fault.pointer.as_str(), fault.code.as_str()),
            (pointer, "unknownReference")
        );
    }
}

#[tokio::test]
async fn a_target_for_a_link_that_is_being_deleted_is_refused_and_a_deletion_waits_for_a_target() {
    let (app, key) = town().await;
    let mut sql = app.sql().await;
    let deleting = sql.transaction().await.expect("a transaction");
    let delete =
        format!("DELETE FROM goal_indicators WHERE goal_id = '{GOAL}' AND indicator_code = 'N2'");
    deleting.batch_execute(&delete).await.expect("a deletion");
    let post = app.request("POST", "/targets").key(&key);
    let post = tokio::spawn(post.json(&measured(GOAL, "N2")).send());
    app.blocked().await;
    deleting.commit().await.expect("a commit");
    let refused = post.await.expect("an answer");
    let refused = refused.problem(422, "invalidContent").faults();
    assert_eq!(refused, owned(&[("/indicatorCode", "unknownReference")]));
    let making = sql.transaction().await.expect("a transaction");
    let insert = format!(
        "INSERT INTO targets (target_id, goal_id, indicator_code, kind, gender, statement)
         VALUES (gen_random_uuid(), '{GOAL}', 'N1', 'boolean', 'T', 'Målet')"
    );
    making.batch_execute(&insert).await.expect("a target");
    let link = format!("/goals/{GOAL}/indicators/N1");
    let delete = app.request("DELETE", &link).key(&key).if_match("*");
    let delete = tokio::spawn(delete.send());
    app.blocked().await;
    making.commit().await.expect("a commit");
    let kept = delete.await.expect("an answer");
    kept.problem(409, "referredTo");
}

#[tokio::test]
async fn a_target_for_women_or_men_needs_an_indicator_that_is_divided_or_none() {
    let with = |gender: &str, code: Value| json!({"kind": "rank", "value": 1, "gender": gender, "indicatorCode": code});
    judged(&[
        (with("K", json!("N1")), &[]),
        (with("M", json!("N1")), &[]),
        (with("K", json!(null)), &[]),
        (with("T", json!("N2")), &[]),
        (with("K", json!("N2")), &[("/gender", "inconsistent")]),
        (
            with("M", json!("N3")),
            &[
                ("/gender", "inconsistent"),
                ("/indicatorCode", "unknownReference"),
            ],
        ),
    ])
    .await;
}
