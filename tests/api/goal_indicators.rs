//! Goals' links to indicators: in which order, in which role, and what they hold.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::goals::goal;
use crate::indicators::indicator;
use crate::lists::{names, page, walk};
use crate::support::TestApp;

const GOAL: &str = "/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
const OTHER: &str = "/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";

/// A service with two goals and some indicators.
async fn town(codes: &[&str]) -> TestApp {
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.make(GOAL, goal(2024, "1.1")).await;
    app.make(OTHER, goal(2024, "1.2")).await;
    for code in codes {
        let path = format!("/indicators/{code}");
        app.make(&path, indicator(code)).await;
    }
    app
}

/// Links a goal to an indicator.
async fn link(app: &TestApp, goal: &str, code: &str, position: i32) -> crate::support::Answer {
    let path = format!("{goal}/indicators/{code}");
    app.make(&path, json!({"position": position})).await
}

#[tokio::test]
async fn a_link_comes_back_as_it_was_written() {
    let app = town(&["N1"]).await;
    let made = link(&app, GOAL, "N1", 3).await;
    let path = format!("{GOAL}/indicators/N1");
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    assert_eq!(found["goalId"], GOAL.trim_start_matches("/goals/"));
    assert_eq!(found["indicatorCode"], "N1");
    assert_eq!(found["position"], 3);
    assert!(found.get("role").is_none(), "the role stands in the list");
    let collection = format!("{GOAL}/indicators");
    for (name, to) in [
        ("self", path.as_str()),
        ("edit", &path),
        ("collection", &collection),
        ("goal", GOAL),
        ("indicator", "/indicators/N1"),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
    }
    let goal = app.get(GOAL).await.expect(200).json();
    assert_eq!(goal["_links"]["indicators"]["href"], app.url(&collection));
    let some = app.get(&format!("{path}?fields=position")).await;
    assert_eq!(some.expect(200).json(), json!({"position": 3}));
}

#[tokio::test]
async fn a_link_is_moved_with_the_etag_that_was_read() {
    let app = town(&["N1"]).await;
    let key = app.key(Role::Editor).await;
    let made = link(&app, GOAL, "N1", 1).await;
    let path = format!("{GOAL}/indicators/N1");
    let send = |method: &str, body: Value| app.request(method, &path).key(&key).json(&body);
    let put = send("PUT", json!({"position": 2}));
    put.send().await.problem(428, "preconditionRequired");
    let put = send("PUT", json!({"position": 2})).if_match(made.etag());
    let moved = put.send().await.expect(200);
    let late = send("PATCH", json!({"position": 3})).if_match(made.etag());
    late.send().await.problem(412, "preconditionFailed");
    let patch = send("PATCH", json!({"position": 3})).if_match(moved.etag());
    let moved = patch.send().await.expect(200);
    assert_eq!(moved.json()["position"], 3);
    let delete = app.request("DELETE", &path).key(&key);
    delete.if_match(moved.etag()).send().await.expect(204);
    app.get(&path).await.problem(404, "notFound");
    app.get("/indicators/N1").await.expect(200);
    let again = send("PATCH", json!({"position": 3})).if_match("*");
    again.send().await.problem(404, "notFound");
}

#[tokio::test]
async fn every_fault_of_a_link_is_told_at_once() {
    let app = town(&["N1"]).await;
    let key = app.key(Role::Editor).await;
    let path = format!("{GOAL}/indicators/N1");
    for (body, expected) in [
        (json!({}), &[("/position", "required")][..]),
        (json!({"position": -1}), &[("/position", "outOfRange")]),
        (
            json!({"position": 1_000_001}),
            &[("/position", "outOfRange")],
        ),
        (
            json!({"position": "1", "role": "indicator", "goalId": "x", "indicatorCode": "N1"}),
            &[
                ("/goalId", "readOnly"),
                ("/indicatorCode", "readOnly"),
                ("/position", "wrongType"),
                ("/role", "unknownMember"),
            ],
        ),
    ] {
        let put = app.request("PUT", &path).key(&key).json(&body);
        let mut faults = put.send().await.problem(422, "invalidContent").faults();
        faults.sort();
        let owned = |(p, c): &(&str, &str)| ((*p).to_owned(), (*c).to_owned());
        assert_eq!(faults, expected.iter().map(owned).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_goal_or_an_indicator_that_is_not_there_is_404() {
    let app = town(&["N1"]).await;
    let key = app.key(Role::Editor).await;
    let nowhere = "/goals/01941f29-7c00-7a3e-b2f4-000000000000";
    for path in [
        format!("{nowhere}/indicators"),
        "/goals/1.1/indicators".to_owned(),
        format!("{GOAL}/indicators/N1"),
    ] {
        app.get(&path).await.problem(404, "notFound");
    }
    for (path, missing) in [
        (format!("{nowhere}/indicators/N1"), "goal"),
        (format!("{GOAL}/indicators/N2"), "indicator"),
        (format!("{GOAL}/indicators/n1"), "indicator"),
        ("/goals/1.1/indicators/N1".to_owned(), "goal"),
    ] {
        let put = app.request("PUT", &path).key(&key);
        let refused = put.json(&json!({"position": 1})).send().await;
        let refused = refused.problem(404, "notFound").json();
        let detail = format!("there is no such {missing}");
        assert_eq!(refused["detail"], detail, "{path}");
    }
}

#[tokio::test]
async fn a_goals_indicators_come_by_code_or_in_its_own_order_with_their_role() {
    let codes = ["N1", "N2", "N3", "N4", "N5"];
    let app = town(&codes).await;
    for (code, position) in codes.iter().zip([3, 1, 2, 1, 0]) {
        link(&app, GOAL, code, position).await;
    }
    link(&app, OTHER, "N1", 1).await;
    let list = |query: &str| app.url(&format!("{GOAL}/indicators{query}"));
    for (query, expected) in [
        ("", &["N1", "N2", "N3", "N4", "N5"][..]),
        ("?sort=position", &["N5", "N2", "N4", "N3", "N1"]),
        ("?sort=-position", &["N1", "N3", "N2", "N4", "N5"]),
        ("?sort=role,-indicatorCode", &["N5", "N4", "N3", "N2", "N1"]),
        ("?role=keyFigure", &["N1", "N2", "N3", "N4", "N5"]),
        ("?role=indicator", &[]),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "indicatorCode"), expected, "{query}");
        assert_eq!(found["_meta"]["totalRecords"], expected.len(), "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let walked = walk(
            list(&format!("{query}{and}limit=2")),
            "next",
            "indicatorCode",
        )
        .await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    let found = page(&list("?fields=role,etag,position&limit=1")).await;
    let read = app.get(&format!("{GOAL}/indicators/N1")).await;
    let etag = read.etag().trim_matches('"');
    assert_eq!(
        found["items"][0],
        json!({"role": "keyFigure", "etag": etag, "position": 3})
    );
    for wrong in ["?role=target", "?goalId=1", "?sort=title"] {
        let answer = app.get(&format!("{GOAL}/indicators{wrong}")).await;
        answer.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn a_linked_goal_and_a_linked_indicator_cannot_be_deleted() {
    let app = town(&["N1"]).await;
    let key = app.key(Role::Editor).await;
    let made = link(&app, GOAL, "N1", 1).await;
    let delete = async |path: &str| {
        let etag = app.get(path).await.etag().to_owned();
        let request = app.request("DELETE", path).key(&key);
        request.if_match(&etag).send().await
    };
    let kept = delete(GOAL).await.problem(409, "referredTo");
    assert!(kept.text().contains("indicator N1"), "{}", kept.text());
    let kept = delete("/indicators/N1").await.problem(409, "referredTo");
    let goal = GOAL.trim_start_matches("/goals/");
    assert!(kept.text().contains(goal), "{}", kept.text());
    let path = format!("{GOAL}/indicators/N1");
    let request = app.request("DELETE", &path).key(&key);
    request.if_match(made.etag()).send().await.expect(204);
    delete(GOAL).await.expect(204);
    delete("/indicators/N1").await.expect(204);
}

#[tokio::test]
async fn a_link_to_what_is_being_deleted_is_404_and_not_a_fault_of_the_service() {
    for end in [GOAL, "/indicators/N1"] {
        let app = town(&["N1"]).await;
        let key = app.key(Role::Editor).await;
        let mut sql = app.sql().await;
        let deleting = sql.transaction().await.expect("a transaction");
        let (table, column) = if end == GOAL {
            ("goals", "goal_id")
        } else {
            ("indicators", "indicator_code")
        };
        let value = end.rsplit('/').next().expect("a key");
        let delete = format!("DELETE FROM {table} WHERE {column}::text = '{value}'");
        deleting.batch_execute(&delete).await.expect("a deletion");
        let path = format!("{GOAL}/indicators/N1");
        let put = app.request("PUT", &path).key(&key);
        let put = tokio::spawn(put.json(&json!({"position": 1})).send());
        app.blocked().await;
        deleting.commit().await.expect("a commit");
        put.await.expect("an answer").problem(404, "notFound");
    }
}

#[tokio::test]
async fn a_deletion_waits_for_a_link_that_is_on_its_way() {
    for end in [GOAL, "/indicators/N1"] {
        let app = town(&["N1"]).await;
        let key = app.key(Role::Editor).await;
        let etag = app.get(end).await.etag().to_owned();
        let mut sql = app.sql().await;
        let linking = sql.transaction().await.expect("a transaction");
        let goal = GOAL.trim_start_matches("/goals/");
        let insert = format!("INSERT INTO goal_indicators VALUES ('{goal}', 'N1', 1)");
        linking.batch_execute(&insert).await.expect("a link");
        let delete = app.request("DELETE", end).key(&key).if_match(&etag);
        let delete = tokio::spawn(delete.send());
        app.blocked().await;
        linking.commit().await.expect("a commit");
        let kept = delete.await.expect("an answer");
        kept.problem(409, "referredTo");
    }
}

#[tokio::test]
async fn a_board_may_not_link_goals_to_indicators() {
    let app = town(&["N1", "N2"]).await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let made = link(&app, GOAL, "N1", 1).await;
    let key = app.board_key("kommunstyrelsen").await;
    for (method, code) in [
        ("PUT", "N1"),
        ("PUT", "N2"),
        ("PATCH", "N1"),
        ("DELETE", "N1"),
    ] {
        let path = format!("{GOAL}/indicators/{code}");
        let request = app.request(method, &path).key(&key);
        let request = request.json(&json!({"position": 2}));
        request.send().await.problem(403, "forbidden");
    }
    let read = app.get(&format!("{GOAL}/indicators/N1")).await;
    assert_eq!(read.etag(), made.etag());
}
