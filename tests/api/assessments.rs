//! Assessments: a goal's judged status at one follow-up.

use malbild::auth::Role;
use malbild::resources::assessments;
use serde_json::{Value, json};

use crate::goals::goal;
use crate::lists::{names, page, walk};
use crate::support::TestApp;

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
const OTHER: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";

/// A service with a goal of 2023 and one of 2024.
async fn town() -> TestApp {
    let app = TestApp::start().await;
    for (year, id) in [(2023, GOAL), (2024, OTHER)] {
        app.budget(year).await;
        app.make(&format!("/goals/{id}"), goal(year, "1")).await;
    }
    app
}

fn path(goal: &str, rest: &str) -> String {
    format!("/assessments/{goal}/{rest}")
}

fn assessment(status: &str) -> Value {
    json!({"status": status, "comment": "Rad ett\nRad två", "assessedOn": "2024-09-16"})
}

#[tokio::test]
async fn an_assessment_comes_back_as_it_was_written() {
    let app = town().await;
    let path = path(GOAL, "2024/T2");
    let made = app.make(&path, assessment("atRisk")).await;
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    for (member, expected) in [
        ("goalId", json!(GOAL)),
        ("year", json!(2024)),
        ("period", json!("T2")),
        ("status", json!("atRisk")),
        ("comment", json!("Rad ett\nRad två")),
        ("assessedOn", json!("2024-09-16")),
    ] {
        assert_eq!(found[member], expected, "{member}");
    }
    let goal = format!("/goals/{GOAL}");
    for (name, to) in [
        ("self", path.as_str()),
        ("edit", &path),
        ("collection", "/assessments"),
        ("goal", &goal),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
    }
}

#[tokio::test]
async fn an_assessment_is_changed_with_the_etag_that_was_read() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let path = path(GOAL, "2024/annual");
    let made = app.make(&path, assessment("onTrack")).await;
    let send = |method: &str, body: Value| app.request(method, &path).key(&key).json(&body);
    for method in ["PUT", "PATCH", "DELETE"] {
        let unread = send(method, assessment("achieved")).send().await;
        unread.problem(428, "preconditionRequired");
    }
    let put = send("PUT", assessment("achieved")).if_match(made.etag());
    let changed = put.send().await.expect(200);
    let late = send("PATCH", json!({"status": "offTrack"})).if_match(made.etag());
    late.send().await.problem(412, "preconditionFailed");
    let patch = send("PATCH", json!({"comment": null})).if_match(changed.etag());
    let changed = patch.send().await.expect(200);
    assert_eq!(changed.json()["status"], "achieved");
    assert_eq!(changed.json()["comment"], Value::Null);
    let delete = app.request("DELETE", &path).key(&key);
    let delete = delete.if_match(changed.etag()).send().await;
    delete.expect(204);
    app.get(&path).await.problem(404, "notFound");
    let gone = send("PATCH", json!({})).if_match("*").send().await;
    gone.problem(404, "notFound");
}

#[tokio::test]
async fn every_fault_of_an_assessment_is_told_at_once() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let put = app.request("PUT", &path(GOAL, "2024/T1")).key(&key);
    let body = json!({"status": "inProgress", "comment": 1, "period": "T1", "goalId": GOAL});
    let refused = put.json(&body).send().await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("/assessedOn", "required"),
        ("/comment", "wrongType"),
        ("/goalId", "readOnly"),
        ("/period", "readOnly"),
        ("/status", "notAllowed"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
}

#[tokio::test]
async fn a_key_that_nothing_has_is_404() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    for (path, missing) in [
        (
            path("01941f29-7c00-7a3e-b2f4-000000000000", "2024/T1"),
            "goal",
        ),
        (path("1.1", "2024/T1"), "goal"),
        (path(GOAL, "1899/T1"), "assessment"),
        (path(GOAL, "2024/ANNUAL"), "assessment"),
    ] {
        app.get(&path).await.problem(404, "notFound");
        let put = app.request("PUT", &path).key(&key);
        let refused = put.json(&assessment("onTrack")).send().await;
        let refused = refused.problem(404, "notFound").json();
        let detail = format!("there is no such {missing}");
        assert_eq!(refused["detail"], detail, "{path}");
    }
}

#[tokio::test]
async fn assessments_are_found_by_goal_budget_year_year_period_and_status() {
    let app = town().await;
    for (goal, rest, status) in [
        (GOAL, "2023/T2", "notAssessed"),
        (GOAL, "2023/annual", "offTrack"),
        (GOAL, "2023/T1", "atRisk"),
        (GOAL, "2024/T1", "onTrack"),
        (OTHER, "2024/T1", "achieved"),
    ] {
        app.make(&path(goal, rest), assessment(status)).await;
    }
    let list = |query: &str| app.url(&format!("/assessments{query}"));
    let goal = format!("?goalId={OTHER}");
    let both = format!("?goalId={OTHER},{GOAL}&year=2024");
    for (query, expected) in [
        (
            "",
            &["atRisk", "notAssessed", "offTrack", "onTrack", "achieved"][..],
        ),
        (&goal, &["achieved"]),
        (&both, &["onTrack", "achieved"]),
        ("?budgetYear=2023&year=2024", &["onTrack"]),
        ("?budgetYear=2024", &["achieved"]),
        ("?period=T2,annual", &["notAssessed", "offTrack"]),
        ("?status=achieved,onTrack", &["onTrack", "achieved"]),
        ("?sort=-year,status&year=2024", &["achieved", "onTrack"]),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "status"), expected, "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let steps = list(&format!("{query}{and}limit=2"));
        let walked = walk(steps, "next", "status").await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    for wrong in ["?goalId=1", "?period=T3", "?status=inProgress", "?q=x"] {
        let path = format!("/assessments{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn the_latest_assessment_is_of_the_last_year_and_there_of_the_last_period() {
    let app = town().await;
    let latest = async || {
        let goal = GOAL.parse().expect("a UUID");
        let found = app.pool.read(move |connection| {
            Box::pin(async move { Ok(assessments::latest_of_goal(connection, goal).await?) })
        });
        let found = found.await.expect("an answer")?;
        Some(found.key.path())
    };
    assert_eq!(latest().await, None);
    for (rest, expected) in [
        ("2023/T2", "2023/T2"),
        ("2023/annual", "2023/annual"),
        ("2023/T1", "2023/annual"),
        ("2024/T1", "2024/T1"),
        ("2024/T2", "2024/T2"),
    ] {
        app.make(&path(GOAL, rest), assessment("onTrack")).await;
        assert_eq!(latest().await, Some(path(GOAL, expected)));
    }
}

#[tokio::test]
async fn a_goal_that_was_judged_cannot_be_deleted() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let made = app
        .make(&path(GOAL, "2024/T1"), assessment("onTrack"))
        .await;
    let delete = async |path: &str| {
        let request = app.request("DELETE", path).key(&key).if_match("*");
        request.send().await
    };
    let goal = format!("/goals/{GOAL}");
    let kept = delete(&goal).await.problem(409, "referredTo");
    let named = format!("assessment {GOAL}/2024/T1");
    assert!(kept.text().contains(&named), "{}", kept.text());
    let gone = app.request("DELETE", &path(GOAL, "2024/T1")).key(&key);
    gone.if_match(made.etag()).send().await.expect(204);
    delete(&goal).await.expect(204);
}

#[tokio::test]
async fn an_assessment_of_a_goal_that_is_being_deleted_is_404() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut sql = app.sql().await;
    let deleting = sql.transaction().await.expect("a transaction");
    let delete = format!("DELETE FROM goals WHERE goal_id = '{GOAL}'");
    deleting.batch_execute(&delete).await.expect("a deletion");
    let put = app.request("PUT", &path(GOAL, "2024/T1")).key(&key);
    let put = tokio::spawn(put.json(&assessment("onTrack")).send());
    app.blocked().await;
    deleting.commit().await.expect("a commit");
    put.await.expect("an answer").problem(404, "notFound");
}

#[tokio::test]
async fn a_board_may_not_write_assessments() {
    let app = town().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let made = app
        .make(&path(GOAL, "2024/T1"), assessment("onTrack"))
        .await;
    let key = app.board_key("kommunstyrelsen").await;
    for (method, rest) in [
        ("PUT", "2024/T1"),
        ("PUT", "2024/T2"),
        ("PATCH", "2024/T1"),
        ("DELETE", "2024/T1"),
    ] {
        let request = app.request(method, &path(GOAL, rest)).key(&key);
        let request = request.json(&assessment("achieved"));
        request.send().await.problem(403, "forbidden");
    }
    let read = app.get(&path(GOAL, "2024/T1")).await;
    assert_eq!(read.etag(), made.etag());
}
