//! Histories: the versions of one thing, the newest first.

mod walks;

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const GOAL: &str = "/goals/01941f29-7c00-7a3e-b2f4-000000000002";
const ASSIGNMENT: &str = "/assignments/01941f29-7c00-7b5d-9a41-000000000001";
const TARGET: &str = "/targets/01941f29-7c00-7c8f-8d13-000000000001";
const VALUE: &str = "/indicators/N1/values/2380/2022/T";

/// A budget, a municipality and nothing else.
async fn started() -> (TestApp, String) {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2024).await;
    app.municipality("2380", "municipality").await;
    (app, key)
}

async fn send(app: &TestApp, method: &str, path: &str, key: &str, body: Value) -> Answer {
    let request = app.request(method, path).key(key).if_match("*");
    if method == "DELETE" {
        return request.send().await.expect(204);
    }
    let answer = request.json(&body).send().await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer
}

async fn make(app: &TestApp, path: &str, key: &str, body: Value) -> Answer {
    let request = app.request("PUT", path).key(key).json(&body);
    request.send().await.expect(201)
}

async fn history(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&format!("{path}/history")).await;
    answer.expect(200).json()
}

/// Action and changes of each version, as short as they can be told.
fn told(history: &Value) -> Vec<(String, Value)> {
    let items = history["items"].as_array().expect("items");
    let one = |item: &Value| {
        let mut changes = serde_json::Map::new();
        for change in item["changes"].as_array().expect("changes") {
            let field = change["field"].as_str().expect("a name").to_owned();
            changes.insert(field, json!([change["before"], change["after"]]));
        }
        let action = item["action"].as_str().expect("an action").to_owned();
        (action, Value::Object(changes))
    };
    items.iter().map(one).collect()
}

fn goal() -> Value {
    json!({"budgetYear": 2024, "statement": "Ett mål", "position": 1})
}

/// What each of the five is made of, a change of it, and what that is told as.
fn five() -> [(&'static str, Value, Value, Value); 5] {
    let goal_id = GOAL.trim_start_matches("/goals/");
    [
        (
            GOAL,
            goal(),
            json!({"politicalText": "Ett.\n\nTvå.", "sdgs": [3, 5], "source": {"title": "Budget", "publishedOn": "2023-11-24"}}),
            json!({
                "politicalText": [null, "Ett.\n\nTvå."], "sdgs": [[], [3, 5]],
                "source": [null, {"title": "Budget", "url": null, "publishedOn": "2023-11-24", "updatedOn": null}]
            }),
        ),
        (
            ASSIGNMENT,
            json!({"goalId": goal_id, "title": "Bygg", "origin": "council", "allBoards": true}),
            json!({"status": "inProgress", "dueOn": "2024-12-31"}),
            json!({"status": ["notStarted", "inProgress"], "dueOn": [null, "2024-12-31"]}),
        ),
        (
            "/indicators/N1",
            json!({"title": "Nyckeltal", "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false}),
            json!({"valuesDue": "--03-31", "dividedByGender": true}),
            json!({"dividedByGender": [false, true], "valuesDue": [null, "--03-31"]}),
        ),
        (
            TARGET,
            json!({"goalId": goal_id, "kind": "boolean", "statement": "Klart"}),
            json!({"outcome": {"fulfilled": true, "on": "2024-01-02", "comment": "Ja"}}),
            json!({"outcome": [null, {"fulfilled": true, "on": "2024-01-02", "comment": "Ja"}]}),
        ),
        (
            VALUE,
            json!({"value": 0.1, "note": "Ny"}),
            json!({"value": 0.25, "status": "preliminary", "note": null}),
            json!({"value": [0.1, 0.25], "status": ["final", "preliminary"], "note": ["Ny", null]}),
        ),
    ]
}

#[tokio::test]
async fn each_of_the_five_tells_its_versions_newest_first_with_what_changed() {
    let (app, key) = started().await;
    let all = five();
    for (path, body, ..) in &all {
        make(&app, path, &key, body.clone()).await;
    }
    for (path, _, change, _) in &all {
        send(&app, "PATCH", path, &key, change.clone()).await;
        // What changes nothing is no version.
        send(&app, "PATCH", path, &key, change.clone()).await;
    }
    for path in [VALUE, TARGET, "/indicators/N1", ASSIGNMENT, GOAL] {
        send(&app, "DELETE", path, &key, json!(null)).await;
    }
    for (path, body, _, expected) in &all {
        app.get(path).await.expect(404);
        let found = history(&app, path).await;
        let versions = told(&found);
        let actions: Vec<&str> = versions.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["deleted", "updated", "created"], "{path}");
        assert_eq!(versions[1].1, *expected, "{path}");
        for (member, value) in body.as_object().expect("members") {
            assert_eq!(versions[2].1[member], json!([null, value]), "{path}");
        }
        // What was there at the end: nothing of it is left.
        for (member, change) in expected.as_object().expect("members") {
            let last = &change[1];
            if !last.is_null() {
                assert_eq!(versions[0].1[member], json!([last, null]), "{path}");
            }
        }
        for (_, changes) in &versions {
            for never in [
                "createdAt",
                "updatedAt",
                "version",
                "etag",
                "_links",
                "goal_id",
            ] {
                assert!(changes.get(never).is_none(), "{path}: {never}");
            }
        }
    }
}

#[tokio::test]
async fn a_version_holds_from_its_commit_to_the_next() {
    let (app, key) = started().await;
    make(&app, GOAL, &key, goal()).await;
    send(&app, "PATCH", GOAL, &key, json!({"position": 2})).await;
    send(&app, "DELETE", GOAL, &key, json!(null)).await;
    make(&app, GOAL, &key, goal()).await;
    let found = history(&app, GOAL).await;
    let items = found["items"].as_array().expect("items");
    let actions: Vec<&Value> = items.iter().map(|item| &item["action"]).collect();
    assert_eq!(actions, ["created", "deleted", "updated", "created"]);
    assert_eq!(items[0]["validTo"], Value::Null);
    for pair in items.windows(2) {
        assert_eq!(pair[1]["validTo"], pair[0]["validFrom"]);
    }
    // They are the moments that `asOf` knows.
    for (item, expected) in items.iter().zip([200, 404, 200, 200]) {
        let moment = item["validFrom"].as_str().expect("a time");
        let path = format!("{GOAL}?asOf={moment}");
        assert_eq!(app.get(&path).await.status, expected, "{item}");
    }
    let times = "SELECT array_agg(to_char(s.committed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
                     ORDER BY s.commit_position DESC) FROM history h JOIN change_sets s USING (change_set_id) WHERE h.resource = 'goals'";
    let times: Vec<String> = app.sql().await.query_one(times, &[]).await.unwrap().get(0);
    for (item, time) in items.iter().zip(times) {
        let time: chrono::DateTime<chrono::Utc> = time.parse().expect("a time");
        let told: chrono::DateTime<chrono::Utc> =
            item["validFrom"].as_str().unwrap().parse().unwrap();
        assert_eq!(told, time);
    }
}

#[tokio::test]
async fn one_commit_is_one_version_whatever_its_statements_were() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    let id = GOAL.trim_start_matches("/goals/");
    for statements in [
        format!("INSERT INTO goals (goal_id, budget_year, statement, position, predecessor_ids, sdgs)
                      VALUES ('{id}', 2024, 'a', 1, '{{}}', '{{}}'); UPDATE goals SET statement = 'b'"),
        "UPDATE goals SET statement = 'c', position = 5; UPDATE goals SET position = 1".to_owned(),
        "UPDATE goals SET position = 2; UPDATE goals SET position = 1".to_owned(),
        format!("DELETE FROM goals; INSERT INTO goals (goal_id, budget_year, statement, position, predecessor_ids, sdgs)
                      VALUES ('{id}', 2024, 'd', 1, '{{}}', '{{}}')"),
        "UPDATE goals SET statement = 'e'; DELETE FROM goals".to_owned(),
        format!("INSERT INTO goals (goal_id, budget_year, statement, position, predecessor_ids, sdgs)
                      VALUES ('{id}', 2024, 'f', 1, '{{}}', '{{}}'); DELETE FROM goals"),
    ] {
        let all = format!("BEGIN; {statements}; COMMIT");
        sql.batch_execute(&all).await.expect("committed");
    }
    let found = history(&app, GOAL).await;
    assert_eq!(found["_meta"]["totalRecords"], 5);
    let versions = told(&found);
    let expected = [
        ("deleted", json!(["d", null])),
        ("updated", json!(["c", "d"])),
        ("updated", json!(null)),
        ("updated", json!(["b", "c"])),
        ("created", json!([null, "b"])),
    ];
    for ((action, changes), (expected, statement)) in versions.iter().zip(expected) {
        assert_eq!(action, expected);
        assert_eq!(changes.get("statement").unwrap_or(&Value::Null), &statement);
    }
    assert_eq!(versions[3].1, json!({"statement": ["b", "c"]}));
    assert_eq!(versions[2].1, json!({}));
}

#[tokio::test]
async fn the_actor_is_told_to_keys_of_admin_and_editor_alone() {
    let (app, key) = started().await;
    app.board("n", "board").await;
    let id = uuid::Uuid::new_v4().simple().to_string();
    let put = app.request("PUT", GOAL).key(&key).json(&goal());
    let put = put.header("traceparent", &format!("00-{id}-00f067aa0ba902b7-01"));
    put.send().await.expect(201);
    let by_hand = "UPDATE goals SET position = 9";
    app.sql()
        .await
        .batch_execute(by_hand)
        .await
        .expect("changed");
    let path = format!("{GOAL}/history");
    let open = app.get(&path).await.expect(200);
    let (admin, board) = (app.key(Role::Admin).await, app.board_key("n").await);
    for trusted in [&key, &admin] {
        let found = app
            .request("GET", &path)
            .key(trusted)
            .send()
            .await
            .expect(200);
        assert_eq!(found.header("cache-control"), "private, no-cache");
        let items = found.json()["items"].clone();
        assert_eq!(
            items[0]["actor"],
            json!({"role": null, "keyId": null, "traceId": null})
        );
        assert_eq!(items[1]["actor"]["role"], "editor");
        assert_eq!(items[1]["actor"]["traceId"], json!(id));
        assert_eq!(items[1]["actor"]["keyId"].as_str().map(str::len), Some(36));
        assert_ne!(found.etag(), open.etag());
        // What the public has is not this answer.
        let other = app
            .request("GET", &path)
            .key(trusted)
            .header("if-none-match", open.etag());
        other.send().await.expect(200);
        let same = app
            .request("GET", &path)
            .key(trusted)
            .header("if-none-match", found.etag());
        let same = same.send().await.expect(304);
        assert_eq!(same.header("cache-control"), "private, no-cache");
        let anybody = app
            .request("GET", &path)
            .header("if-none-match", found.etag());
        anybody.send().await.expect(200);
    }
    let of_board = app
        .request("GET", &path)
        .key(&board)
        .send()
        .await
        .expect(200);
    for found in [&open, &of_board] {
        assert_eq!(found.header("cache-control"), "public, no-cache");
        assert_eq!(found.etag(), open.etag());
        for hidden in ["actor", "keyId", "traceId", "editor", &id] {
            assert!(!found.text().contains(hidden), "{hidden}");
        }
    }
    let varies = open.headers.get_all("vary");
    let varies: Vec<&str> = varies.iter().map(|value| value.to_str().unwrap()).collect();
    assert!(varies.join(", ").contains("Authorization"), "{varies:?}");
    assert!(varies.join(", ").contains("Accept-Encoding"), "{varies:?}");
    let wrong = app.request("GET", &path).key("mb_x");
    wrong.send().await.problem(401, "invalidKey");
}

#[tokio::test]
async fn what_has_never_been_has_no_history() {
    let (app, key) = started().await;
    make(&app, GOAL, &key, goal()).await;
    for path in [
        "/goals/01941f29-7c00-7a3e-b2f4-00000000ffff",
        "/goals/x",
        ASSIGNMENT,
        "/indicators/N1",
        "/indicators/n1",
        TARGET,
        VALUE,
        "/indicators/N1/values/2380/1/T",
    ] {
        let answer = app.get(&format!("{path}/history")).await;
        answer.problem(404, "notFound");
    }
    let path = format!("{GOAL}/history");
    for query in [
        "sort=validFrom",
        "limit=0",
        "limit=1001",
        "page=-1",
        "cursor=x",
        "asOf=2023-01-01",
    ] {
        let answer = app.get(&format!("{path}?{query}")).await;
        answer.problem(400, "invalidQuery");
    }
    let delete = app.request("DELETE", &path).key(&key).send().await;
    assert_eq!(
        delete.problem(405, "methodNotAllowed").header("allow"),
        "GET, HEAD, OPTIONS"
    );
    app.request("HEAD", &path).send().await.expect(200);
}

#[tokio::test]
async fn a_figure_keeps_all_its_digits_in_its_history() {
    let (app, key) = started().await;
    app.indicator("N1", false).await;
    let figure = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
    let (large, small) = ("999999999999999.000000000001", "-0.000000000001");
    make(&app, VALUE, &key, json!({"value": figure(large)})).await;
    send(&app, "PUT", VALUE, &key, json!({"value": figure(small)})).await;
    send(
        &app,
        "PUT",
        VALUE,
        &key,
        json!({"value": null, "status": "missing"}),
    )
    .await;
    let text = app
        .get(&format!("{VALUE}/history"))
        .await
        .expect(200)
        .text();
    for expected in [
        format!(r#"{{"field":"value","before":{small},"after":null}}"#),
        format!(r#"{{"field":"value","before":{large},"after":{small}}}"#),
        format!(r#"{{"field":"value","before":null,"after":{large}}}"#),
    ] {
        assert!(text.contains(&expected), "{expected} in {text}");
    }
}
