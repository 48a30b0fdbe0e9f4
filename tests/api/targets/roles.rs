//! What targets do to others: the role of a goal's indicator, and whether an
//! indicator stays divided by gender.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{GOAL, OTHER, measured, owned, path, put, town};
use crate::support::{Answer, TestApp};

/// The roles of a goal's indicators: of N1, of N2.
async fn roles(app: &TestApp, goal: &str) -> [String; 2] {
    let list = app.get(&format!("/goals/{goal}/indicators")).await;
    let list = list.expect(200).json();
    [0, 1].map(|at| {
        list["items"][at]["role"]
            .as_str()
            .expect("a role")
            .to_owned()
    })
}

/// The changes of roles in the record: goal, indicator, before, after.
async fn recorded(app: &TestApp) -> Vec<Value> {
    let all = "SELECT jsonb_build_array(key->>'goal_id', key->>'indicator_code', before->>'role', after->>'role')::text
                 FROM history JOIN change_sets USING (change_set_id)
                WHERE resource = 'goal-indicators' AND action = 'updated' ORDER BY commit_position, entry_id";
    let sql = app.sql().await;
    let rows = sql.query(all, &[]).await.expect("the record");
    rows.iter()
        .map(|row| serde_json::from_str(row.get(0)).expect("JSON"))
        .collect()
}

async fn patch(app: &TestApp, key: &str, number: u8, body: Value) -> Answer {
    let patch = app.request("PATCH", &path(number)).key(key).if_match("*");
    patch.json(&body).send().await.expect(200)
}

async fn delete(app: &TestApp, key: &str, number: u8) {
    let delete = app.request("DELETE", &path(number)).key(key);
    delete.if_match("*").send().await.expect(204);
}

#[tokio::test]
async fn the_role_changes_the_moment_a_target_comes_changes_or_goes() {
    let (app, key) = town().await;
    let link = format!("/goals/{GOAL}/indicators/N1");
    let etag = app.get(&link).await.etag().to_owned();
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "keyFigure"]);
    let body = measured(GOAL, "N1");
    put(&app, &key, &path(1), &body).await.expect(201);
    assert_eq!(roles(&app, GOAL).await, ["indicator", "keyFigure"]);
    assert_eq!(roles(&app, OTHER).await, ["keyFigure", "keyFigure"]);
    let list = app
        .get(&format!("/goals/{GOAL}/indicators?role=indicator"))
        .await;
    assert_eq!(list.json()["items"][0]["indicatorCode"], "N1");
    let baseline =
        json!({"value": null, "operator": null, "baselineYear": 2019, "baselineValue": 1});
    patch(&app, &key, 1, baseline).await;
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "keyFigure"]);
    let trend = json!({"kind": "trend", "operator": "decrease"});
    patch(&app, &key, 1, trend).await;
    assert_eq!(roles(&app, GOAL).await, ["indicator", "keyFigure"]);
    delete(&app, &key, 1).await;
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "keyFigure"]);
    let (figure, indicator) = ("keyFigure", "indicator");
    let changed = |before: &str, after: &str| json!([GOAL, "N1", before, after]);
    let expected = [
        changed(figure, indicator),
        changed(indicator, figure),
        changed(figure, indicator),
        changed(indicator, figure),
    ];
    assert_eq!(recorded(&app).await, expected);
    assert_eq!(app.get(&link).await.etag(), etag, "the link is as it was");
}

#[tokio::test]
async fn a_bare_baseline_or_what_is_fulfilled_or_not_makes_no_indicator() {
    let (app, key) = town().await;
    let common = json!({"goalId": GOAL, "indicatorCode": "N1", "statement": "Målet"});
    for (number, members) in [
        (
            1,
            json!({"kind": "share", "baselineYear": 2019, "baselineValue": 25}),
        ),
        (
            2,
            json!({"kind": "boolean", "targetYear": 2030, "outcome": {"fulfilled": true}}),
        ),
    ] {
        let mut body = common.clone();
        let into = body.as_object_mut().expect("an object");
        into.extend(members.as_object().expect("members").clone());
        put(&app, &key, &path(number), &body).await.expect(201);
    }
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "keyFigure"]);
    assert_eq!(recorded(&app).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_role_that_stays_is_not_recorded_again() {
    let (app, key) = town().await;
    let mut body = measured(GOAL, "N1");
    put(&app, &key, &path(1), &body).await.expect(201);
    body["targetYear"] = json!(2030);
    put(&app, &key, &path(2), &body).await.expect(201);
    patch(&app, &key, 2, json!({"value": 7})).await;
    delete(&app, &key, 1).await;
    let entry = json!([GOAL, "N1", "keyFigure", "indicator"]);
    assert_eq!(recorded(&app).await, [entry]);
    assert_eq!(roles(&app, GOAL).await, ["indicator", "keyFigure"]);
}

#[tokio::test]
async fn a_target_that_moves_takes_the_role_along() {
    let (app, key) = town().await;
    put(&app, &key, &path(1), &measured(GOAL, "N1"))
        .await
        .expect(201);
    patch(&app, &key, 1, json!({"indicatorCode": "N2"})).await;
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "indicator"]);
    patch(&app, &key, 1, json!({"goalId": OTHER})).await;
    assert_eq!(roles(&app, GOAL).await, ["keyFigure", "keyFigure"]);
    assert_eq!(roles(&app, OTHER).await, ["keyFigure", "indicator"]);
    patch(&app, &key, 1, json!({"indicatorCode": null})).await;
    assert_eq!(roles(&app, OTHER).await, ["keyFigure", "keyFigure"]);
    let entry = |goal: &str, code: &str, now: &str| {
        let before = if now == "indicator" {
            "keyFigure"
        } else {
            "indicator"
        };
        json!([goal, code, before, now])
    };
    let expected = [
        entry(GOAL, "N1", "indicator"),
        entry(GOAL, "N1", "keyFigure"),
        entry(GOAL, "N2", "indicator"),
        entry(GOAL, "N2", "keyFigure"),
        entry(OTHER, "N2", "indicator"),
        entry(OTHER, "N2", "keyFigure"),
    ];
    assert_eq!(recorded(&app).await, expected);
}

#[tokio::test]
async fn targets_that_come_at_once_change_the_role_once() {
    let (app, key) = town().await;
    let body = measured(GOAL, "N1");
    let posts = (0..2).map(|_| {
        let post = app.request("POST", "/targets").key(&key);
        post.json(&body).send()
    });
    for answer in join_all(posts).await {
        answer.expect(201);
    }
    let entry = json!([GOAL, "N1", "keyFigure", "indicator"]);
    assert_eq!(recorded(&app).await, [entry]);
}

#[tokio::test]
async fn a_target_waits_for_another_that_may_change_the_same_role() {
    let (app, key) = town().await;
    let mut sql = app.sql().await;
    let first = sql.transaction().await.expect("a transaction");
    let insert = format!(
        "INSERT INTO targets (target_id, goal_id, indicator_code, kind, gender, operator, value, statement)
         VALUES (gen_random_uuid(), '{GOAL}', 'N1', 'numeric', 'T', 'atLeast', 1, 'Målet')"
    );
    first.batch_execute(&insert).await.expect("a target");
    let post = app.request("POST", "/targets").key(&key);
    let post = tokio::spawn(post.json(&measured(GOAL, "N1")).send());
    app.blocked().await;
    first.commit().await.expect("a commit");
    post.await.expect("an answer").expect(201);
    let entry = json!([GOAL, "N1", "keyFigure", "indicator"]);
    assert_eq!(recorded(&app).await, [entry]);
}

#[tokio::test]
async fn an_indicator_with_targets_for_women_or_men_stays_divided_by_gender() {
    let (app, key) = town().await;
    let mut body = measured(GOAL, "N1");
    put(&app, &key, &path(1), &body).await.expect(201);
    body["gender"] = json!("K");
    put(&app, &key, &path(2), &body).await.expect(201);
    let undivide = async || {
        let patch = app.request("PATCH", "/indicators/N1").key(&key);
        let patch = patch.if_match("*").json(&json!({"dividedByGender": false}));
        patch.send().await
    };
    let kept = undivide().await.problem(422, "invalidContent");
    assert_eq!(
        kept.faults(),
        owned(&[("/dividedByGender", "inconsistent")])
    );
    assert!(kept.text().contains("it has targets of women or of men"));
    delete(&app, &key, 2).await;
    undivide().await.expect(200);
    let refused = put(&app, &key, &path(2), &body).await;
    let refused = refused.problem(422, "invalidContent").faults();
    assert_eq!(refused, owned(&[("/gender", "inconsistent")]));
}

#[tokio::test]
async fn a_target_for_women_on_its_way_is_seen_before_the_division_ends() {
    let (app, key) = town().await;
    let mut sql = app.sql().await;
    let making = sql.transaction().await.expect("a transaction");
    let insert = format!(
        "SELECT FROM indicators WHERE indicator_code = 'N1' FOR KEY SHARE;
         INSERT INTO targets (target_id, goal_id, indicator_code, kind, gender, statement)
         VALUES (gen_random_uuid(), '{GOAL}', 'N1', 'boolean', 'K', 'Målet')"
    );
    making.batch_execute(&insert).await.expect("a target");
    let patch = app.request("PATCH", "/indicators/N1").key(&key);
    let patch = patch.if_match("*").json(&json!({"dividedByGender": false}));
    let patch = tokio::spawn(patch.send());
    app.blocked().await;
    making.commit().await.expect("a commit");
    let kept = patch.await.expect("an answer");
    let kept = kept.problem(422, "invalidContent").faults();
    assert_eq!(kept, owned(&[("/dividedByGender", "inconsistent")]));
}

#[tokio::test]
async fn a_target_for_women_after_the_division_has_ended_is_refused() {
    let (app, key) = town().await;
    let mut sql = app.sql().await;
    let undividing = sql.transaction().await.expect("a transaction");
    let update = "SELECT FROM indicators WHERE indicator_code = 'N1' FOR UPDATE;
                  UPDATE indicators SET divided_by_gender = false WHERE indicator_code = 'N1'";
    undividing.batch_execute(update).await.expect("an update");
    let mut body = measured(GOAL, "N1");
    body["gender"] = json!("M");
    let post = app.request("POST", "/targets").key(&key);
    let post = tokio::spawn(post.json(&body).send());
    app.blocked().await;
    undividing.commit().await.expect("a commit");
    let refused = post.await.expect("an answer");
    let refused = refused.problem(422, "invalidContent").faults();
    assert_eq!(refused, owned(&[("/gender", "inconsistent")]));
}
