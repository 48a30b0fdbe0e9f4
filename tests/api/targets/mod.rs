//! Targets: what they hold, which list has them, who may write them.

mod kinds;
mod references;
mod roles;

use malbild::auth::Role;
use malbild::resources::targets;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::indicators::indicator;
use crate::lists::{names, page, walk};
use crate::support::{Answer, TestApp};

pub(crate) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
pub(crate) const OTHER: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";
const NOBODY: &str = "01941f29-7c00-7a3e-b2f4-000000000000";

/// The path of a target of these tests.
pub(crate) fn path(number: u8) -> String {
    format!("/targets/01941f29-7c00-7c8f-8d13-0000000000{number:02}")
}

/// A goal of 2023 and one of 2024, each linked to N1 (divided by gender) and
/// N2 (not); N3 is linked to neither. And an editor's key.
pub(crate) async fn town() -> (TestApp, String) {
    let app = TestApp::start().await;
    for (id, year) in [(GOAL, 2023), (OTHER, 2024)] {
        app.budget(year).await;
        app.make(&format!("/goals/{id}"), goal(year, "1.1")).await;
    }
    for code in ["N1", "N2", "N3"] {
        let mut body = indicator(code);
        body["dividedByGender"] = json!(code == "N1");
        app.make(&format!("/indicators/{code}"), body).await;
    }
    for id in [GOAL, OTHER] {
        for code in ["N1", "N2"] {
            let link = format!("/goals/{id}/indicators/{code}");
            app.make(&link, json!({"position": 1})).await;
        }
    }
    let key = app.key(Role::Editor).await;
    (app, key)
}

/// A target for the first goal with these members beside those it must have.
pub(crate) fn target(members: Value) -> Value {
    let mut body = json!({"goalId": GOAL, "statement": "Målet"});
    let into = body.as_object_mut().expect("an object");
    into.extend(members.as_object().expect("members").clone());
    body
}

/// A target of at least 75 000.
pub(crate) fn numeric() -> Value {
    target(json!({"kind": "numeric", "operator": "atLeast", "value": 75000}))
}

/// The same for an indicator.
pub(crate) fn measured(goal: &str, code: &str) -> Value {
    let mut body = numeric();
    body["goalId"] = json!(goal);
    body["indicatorCode"] = json!(code);
    body
}

/// A PUT of this body, whatever was there before.
pub(crate) async fn put(app: &TestApp, key: &str, path: &str, body: &Value) -> Answer {
    let request = app.request("PUT", path).key(key);
    let there = app.get(path).await.status == 200;
    let request = if there {
        request.if_match("*")
    } else {
        request
    };
    request.json(body).send().await
}

/// The faults of a body, in order.
pub(crate) async fn faults(app: &TestApp, key: &str, body: &Value) -> Vec<(String, String)> {
    let post = app.request("POST", "/targets").key(key).json(body);
    let answer = post.send().await;
    if answer.status == 201 {
        return Vec::new();
    }
    let mut faults = answer.problem(422, "invalidContent").faults();
    faults.sort();
    faults
}

/// Those that are expected, as an answer has them.
pub(crate) fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let one = |(pointer, code): &(&str, &str)| ((*pointer).to_owned(), (*code).to_owned());
    expected.iter().map(one).collect()
}

#[tokio::test]
async fn a_target_comes_back_as_it_was_written() {
    let (app, key) = town().await;
    let body = json!({
        "goalId": GOAL, "indicatorCode": "N1", "kind": "numeric", "gender": "K", "operator": "between",
        "value": 0.1, "upperValue": 123456789012345.6, "unit": "invånare", "targetYear": 2040, "baselineYear": 2022,
        "baselineValue": -5, "statement": "Målet är\nklart", "anchor": "Politisk text, stycke 4", "outcome": null
    });
    let post = app.request("POST", "/targets").key(&key).json(&body);
    let made = post.send().await.expect(201);
    let id = made.json()["targetId"].as_str().expect("a key").to_owned();
    assert_eq!(id.parse::<Uuid>().expect("a UUID").get_version_num(), 7);
    let path = format!("/targets/{id}");
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    for (member, written) in body.as_object().expect("members") {
        assert_eq!(found[member], *written, "{member}");
    }
    let goal = format!("/goals/{GOAL}");
    let progress = format!("/indicators/N1/progress?targetId={id}");
    for (name, to, rel) in [
        ("self", path.as_str(), "self"),
        ("edit", &path, "edit"),
        ("collection", "/targets", "collection"),
        ("goal", &goal, "up"),
        ("indicator", "/indicators/N1", "related"),
        ("progress", &progress, "related"),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
        assert_eq!(found["_links"][name]["rel"], rel, "{name}");
    }
    let some = app.get(&format!("{path}?fields=value,upperValue")).await;
    let expected = json!({"value": 0.1, "upperValue": 123456789012345.6});
    assert_eq!(some.expect(200).json(), expected);
}

#[tokio::test]
async fn what_may_be_left_out_has_its_default_and_no_link() {
    let (app, key) = town().await;
    let body = target(json!({"kind": "boolean"}));
    let made = put(&app, &key, &path(1), &body).await.expect(201).json();
    assert_eq!(made["gender"], "T");
    for member in ["indicatorCode", "operator", "value", "unit", "outcome"] {
        assert_eq!(made[member], Value::Null, "{member}");
    }
    let links = made["_links"].as_object().expect("links");
    assert!(!links.contains_key("indicator") && !links.contains_key("progress"));
}

#[tokio::test]
async fn a_target_is_changed_with_the_etag_that_was_read() {
    let (app, key) = town().await;
    let made = put(&app, &key, &path(1), &numeric()).await.expect(201);
    let send = |method: &str, body: Value| app.request(method, &path(1)).key(&key).json(&body);
    let patch = send("PATCH", json!({"targetYear": 2040}));
    patch.send().await.problem(428, "preconditionRequired");
    let patch = send("PATCH", json!({"targetYear": 2040})).if_match(made.etag());
    let patched = patch.send().await.expect(200);
    assert_eq!(patched.json()["targetYear"], 2040);
    assert_eq!(patched.json()["value"], 75000);
    let late = send("PUT", numeric()).if_match(made.etag());
    late.send().await.problem(412, "preconditionFailed");
    let same = send("PATCH", json!({"targetYear": 2040})).if_match(patched.etag());
    assert_eq!(same.send().await.expect(200).etag(), patched.etag());
    let put = send("PUT", numeric()).if_match(patched.etag());
    let put = put.send().await.expect(200);
    assert_eq!(put.json()["targetYear"], Value::Null);
    let delete = send("DELETE", json!({})).if_match(put.etag());
    delete.send().await.expect(204);
    app.get(&path(1)).await.problem(404, "notFound");
    let again = send("PATCH", json!({})).if_match("*");
    again.send().await.problem(404, "notFound");
    for wrong in ["1", "N1", "01941f297c007c8f8d13000000000001"] {
        let read = app.get(&format!("/targets/{wrong}")).await;
        read.problem(404, "notFound");
    }
}

#[tokio::test]
async fn a_board_may_not_write_a_target() {
    let (app, editor) = town().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let made = put(&app, &editor, &path(1), &numeric()).await.expect(201);
    let board = app.board_key("kommunstyrelsen").await;
    for (method, path) in [
        ("POST", "/targets".to_owned()),
        ("PUT", path(1)),
        ("PUT", path(2)),
        ("PATCH", path(1)),
        ("DELETE", path(1)),
    ] {
        let request = app.request(method, &path).key(&board).if_match("*");
        let refused = request.json(&json!({"x": 1})).send().await;
        refused.problem(403, "forbidden");
    }
    assert_eq!(app.get(&path(1)).await.etag(), made.etag());
    let admin = app.key(Role::Admin).await;
    put(&app, &admin, &path(2), &numeric()).await.expect(201);
}

#[tokio::test]
async fn several_targets_of_a_goal_for_an_indicator_are_milestones() {
    let (app, key) = town().await;
    for (number, year) in [(1, json!(2040)), (2, json!(2030)), (3, json!(null))] {
        let mut body = measured(GOAL, "N1");
        body["targetYear"] = year;
        put(&app, &key, &path(number), &body).await.expect(201);
    }
    let goal = GOAL.parse().expect("a UUID");
    let work = app.pool.read(move |connection| {
        Box::pin(async move { Ok(targets::of_goals(connection, &[goal]).await?) })
    });
    let found = work.await.expect("the targets");
    let years: Vec<Option<i32>> = found.iter().map(|row| row.content.target_year).collect();
    assert_eq!(years, [Some(2030), Some(2040), None]);
}

#[tokio::test]
async fn targets_are_found_by_goal_indicator_year_kind_gender_and_text() {
    let (app, key) = town().await;
    let women = json!({"goalId": OTHER, "indicatorCode": "N1", "kind": "rank", "gender": "K", "value": 1, "statement": "Bästa kommunen"});
    let free = json!({"kind": "boolean", "targetYear": 2030, "statement": "Fossilfritt 100 %"});
    let roofs = json!({"kind": "share", "operator": "atLeast", "value": 100, "targetYear": 2035, "anchor": "Om solceller"});
    for (number, body) in [
        (1, measured(GOAL, "N1")),
        (2, women),
        (3, target(free)),
        (4, target(roofs)),
        (5, measured(GOAL, "N2")),
    ] {
        put(&app, &key, &path(number), &body).await.expect(201);
    }
    let id = |number: &u8| json!(path(*number).trim_start_matches("/targets/"));
    for (query, expected) in [
        ("", &[1, 2, 3, 4, 5][..]),
        (&format!("?goalId={OTHER}"), &[2]),
        (&format!("?goalId={OTHER},{GOAL}"), &[1, 2, 3, 4, 5]),
        (&format!("?goalId={NOBODY}"), &[]),
        ("?indicatorCode=N1", &[1, 2]),
        ("?indicatorCode=N2,N3", &[5]),
        ("?budgetYear=2024", &[2]),
        ("?budgetYear=2023,2024", &[1, 2, 3, 4, 5]),
        ("?kind=rank,boolean", &[2, 3]),
        ("?gender=K", &[2]),
        ("?gender=T&kind=numeric", &[1, 5]),
        ("?targetYear=2030,2035", &[3, 4]),
        ("?q=FOSSIL", &[3]),
        ("?q=solcell", &[4]),
        ("?q=100%20%25", &[3]),
        ("?sort=targetYear,-targetId", &[3, 4, 5, 2, 1]),
        ("?sort=-value", &[1, 5, 4, 2, 3]),
        ("?sort=operator,-baselineValue&kind=numeric", &[1, 5]),
    ] {
        let list = app.url(&format!("/targets{query}"));
        let found = page(&list).await;
        let wanted: Vec<Value> = expected.iter().map(id).collect();
        assert_eq!(names(&found, "targetId"), wanted, "{query}");
        assert_eq!(found["_meta"]["totalRecords"], expected.len(), "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let walked = walk(format!("{list}{and}limit=2"), "next", "targetId").await;
        assert_eq!(walked.0.concat(), wanted, "{query} in steps");
    }
    let listed = page(&app.url("/targets?limit=1")).await["items"][0].clone();
    let read = app.get(&path(1)).await;
    assert_eq!(listed["etag"], read.etag().trim_matches('"'));
    for wrong in [
        "goalId=1",
        "kind=board",
        "gender=k",
        "targetYear=20",
        "indicatorCode=n1",
        "sort=outcome",
        "unit=x",
    ] {
        let list = app.get(&format!("/targets?{wrong}")).await;
        list.problem(400, "invalidQuery");
    }
}
