//! Reports: one board's answer on one assignment at one follow-up.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::goals::goal;
use crate::lists::{names, page, walk};
use crate::support::{Answer, TestApp};

pub(crate) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
/// The council's, to all boards.
pub(crate) const TO_ALL: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a01";
/// The council's, to skolnamnden and bolaget.
pub(crate) const TO_SOME: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a02";
/// That of skolnamnden, to kommunstyrelsen.
pub(crate) const GIVEN: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a03";

/// A service with a goal of 2024, four boards and three assignments.
pub(crate) async fn town() -> TestApp {
    let app = TestApp::start().await;
    app.budget(2024).await;
    app.make(&format!("/goals/{GOAL}"), goal(2024, "1")).await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    app.board("skolnamnden", "board").await;
    app.board("valnamnden", "board").await;
    app.board("bolaget", "company").await;
    for (id, change) in [
        (TO_ALL, json!({"origin": "council", "allBoards": true})),
        (
            TO_SOME,
            json!({"origin": "council", "allBoards": false, "boardIds": ["skolnamnden", "bolaget"]}),
        ),
        (
            GIVEN,
            json!({"origin": "board", "originBoardId": "skolnamnden", "allBoards": false, "boardIds": ["kommunstyrelsen"]}),
        ),
    ] {
        let mut body = json!({"goalId": GOAL, "title": "Uppdrag"});
        body.as_object_mut()
            .expect("an object")
            .extend(change.as_object().expect("an object").clone());
        app.make(&format!("/assignments/{id}"), body).await;
    }
    app
}

/// The path of a report.
pub(crate) fn path(assignment: &str, rest: &str) -> String {
    format!("/assignments/{assignment}/reports/{rest}")
}

/// The body of a report.
pub(crate) fn report(status: &str) -> Value {
    json!({"status": status, "comment": "Vi är på väg", "reportedOn": "2024-09-16"})
}

/// Writes a report, whatever is there.
pub(crate) async fn put(app: &TestApp, key: &str, path: &str, body: Value) -> Answer {
    app.request("PUT", path).key(key).json(&body).send().await
}

#[tokio::test]
async fn a_report_comes_back_as_it_was_written() {
    let app = town().await;
    let path = path(TO_ALL, "kommunstyrelsen/2024/T2");
    let made = app.make(&path, report("inProgress")).await;
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    for (member, expected) in [
        ("assignmentId", json!(TO_ALL)),
        ("boardId", json!("kommunstyrelsen")),
        ("year", json!(2024)),
        ("period", json!("T2")),
        ("status", json!("inProgress")),
        ("comment", json!("Vi är på väg")),
        ("reportedOn", json!("2024-09-16")),
    ] {
        assert_eq!(found[member], expected, "{member}");
    }
    let assignment = format!("/assignments/{TO_ALL}");
    let collection = format!("{assignment}/reports");
    for (name, to) in [
        ("self", path.as_str()),
        ("edit", &path),
        ("collection", &collection),
        ("assignment", &assignment),
        ("board", "/boards/kommunstyrelsen"),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
    }
    let assignment = app.get(&assignment).await.expect(200).json();
    let links = &assignment["_links"];
    assert_eq!(links["reports"]["href"], app.url(&collection));
    assert_eq!(assignment["status"], "notStarted", "its own stays");
    let some = app.get(&format!("{path}?fields=period,status")).await;
    let expected = json!({"period": "T2", "status": "inProgress"});
    assert_eq!(some.expect(200).json(), expected);
}

#[tokio::test]
async fn a_report_may_be_written_over_and_deleted_without_a_condition_but_never_patched() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let path = path(TO_ALL, "kommunstyrelsen/2024/T2");
    let first = put(&app, &key, &path, report("inProgress")).await;
    let first = first.expect(201);
    let second = put(&app, &key, &path, report("completed")).await;
    let second = second.expect(200);
    let again = put(&app, &key, &path, report("completed")).await;
    assert_eq!(again.expect(200).etag(), second.etag());
    let send = |method: &str, name: &str, value: &str| {
        let request = app.request(method, &path).key(&key).header(name, value);
        request.json(&report("paused")).send()
    };
    let patch = app.request("PATCH", &path).key(&key);
    let patch = patch.json(&json!({"status": "paused"})).send().await;
    patch.problem(428, "preconditionRequired");
    for method in ["PUT", "PATCH", "DELETE"] {
        let stale = send(method, "if-match", first.etag()).await;
        stale.problem(412, "preconditionFailed");
    }
    let taken = send("PUT", "if-none-match", "*").await;
    taken.problem(412, "preconditionFailed");
    send("PATCH", "if-match", second.etag()).await.expect(200);
    let delete = || app.request("DELETE", &path).key(&key).send();
    delete().await.expect(204);
    delete().await.problem(404, "notFound");
    let gone = send("PUT", "if-match", "*").await;
    gone.problem(412, "preconditionFailed");
    let gone = send("PATCH", "if-match", "*").await;
    gone.problem(404, "notFound");
}

#[tokio::test]
async fn every_fault_of_a_report_is_told_at_once() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let path = path(TO_SOME, "valnamnden/2024/T2");
    let body =
        json!({"status": "onTrack", "reportedOn": "2024-9-1", "comment": "", "year": 2024, "x": 1});
    let refused = put(&app, &key, &path, body).await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("", "inconsistent"),
        ("/comment", "empty"),
        ("/reportedOn", "invalidFormat"),
        ("/status", "notAllowed"),
        ("/x", "unknownMember"),
        ("/year", "readOnly"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
    let refused = put(&app, &key, &path, json!({})).await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("", "inconsistent"),
        ("/reportedOn", "required"),
        ("/status", "required"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
}

#[tokio::test]
async fn only_a_board_that_the_assignment_addresses_has_something_to_report() {
    let app = town().await;
    let key = app.key(Role::Admin).await;
    let late = json!({"name": "Sen", "kind": "board", "validFrom": "2024-03-01"});
    app.make("/boards/sen", late).await;
    for (assignment, board, expected) in [
        (TO_ALL, "kommunstyrelsen", 201),
        (TO_ALL, "valnamnden", 201),
        (TO_ALL, "bolaget", 422),
        (TO_ALL, "sen", 422),
        (TO_SOME, "skolnamnden", 201),
        (TO_SOME, "bolaget", 201),
        (TO_SOME, "valnamnden", 422),
        (GIVEN, "kommunstyrelsen", 201),
        (GIVEN, "skolnamnden", 422),
    ] {
        let path = path(assignment, &format!("{board}/2024/annual"));
        let answer = put(&app, &key, &path, report("inProgress")).await;
        let answer = answer.expect(expected);
        if expected == 422 {
            let faults = answer.problem(422, "invalidContent").faults();
            assert_eq!(faults, [(String::new(), "inconsistent".to_owned())]);
        }
    }
    // What a board has said stays, and stays to be mended, when others are asked.
    let patch = app.request("PATCH", &format!("/assignments/{TO_SOME}"));
    let patch = patch.key(&key).if_match("*");
    let others = json!({"boardIds": ["valnamnden"]});
    patch.json(&others).send().await.expect(200);
    let path = path(TO_SOME, "skolnamnden/2024/annual");
    let mended = put(&app, &key, &path, report("completed")).await;
    mended.expect(200);
    let school = app.board_key("skolnamnden").await;
    let refused = put(&app, &school, &path, report("paused")).await;
    refused.problem(403, "forbidden");
}

#[tokio::test]
async fn a_key_that_nothing_has_is_404() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let nowhere = "01941f29-7c00-7b5d-9a41-000000000000";
    for (path, missing) in [
        (path(nowhere, "kommunstyrelsen/2024/T1"), "assignment"),
        (path("1", "kommunstyrelsen/2024/T1"), "assignment"),
        (path(TO_ALL, "ingen/2024/T1"), "board"),
        (path(TO_ALL, "Ingen/2024/T1"), "board"),
        (path(TO_ALL, "kommunstyrelsen/24/T1"), "report"),
        (path(TO_ALL, "kommunstyrelsen/2024/t1"), "report"),
        (path(TO_ALL, "kommunstyrelsen/2024/T3"), "report"),
    ] {
        app.get(&path).await.problem(404, "notFound");
        let refused = put(&app, &key, &path, report("paused")).await;
        let refused = refused.problem(404, "notFound").json();
        let detail = format!("there is no such {missing}");
        assert_eq!(refused["detail"], detail, "{path}");
    }
    for assignment in [nowhere, "1"] {
        let list = app.get(&format!("/assignments/{assignment}/reports")).await;
        list.problem(404, "notFound");
    }
}

#[tokio::test]
async fn reports_come_by_board_and_in_the_order_of_the_year() {
    let app = town().await;
    for (board, year, period, status) in [
        ("valnamnden", 2024, "T1", "notStarted"),
        ("kommunstyrelsen", 2024, "annual", "completed"),
        ("kommunstyrelsen", 2024, "T2", "inProgress"),
        ("kommunstyrelsen", 2024, "T1", "notStarted"),
        ("kommunstyrelsen", 2023, "annual", "paused"),
    ] {
        let path = path(TO_ALL, &format!("{board}/{year}/{period}"));
        app.make(&path, report(status)).await;
    }
    app.make(&path(TO_SOME, "bolaget/2024/T1"), report("completed"))
        .await;
    let list = |query: &str| app.url(&format!("/assignments/{TO_ALL}/reports{query}"));
    for (query, expected) in [
        ("", &["annual", "T1", "T2", "annual", "T1"][..]),
        (
            "?boardId=kommunstyrelsen&year=2024",
            &["T1", "T2", "annual"],
        ),
        ("?boardId=valnamnden,bolaget", &["T1"]),
        ("?year=2023", &["annual"]),
        ("?period=T2,annual", &["annual", "T2", "annual"]),
        ("?status=notStarted", &["T1", "T1"]),
        (
            "?sort=-year,period,boardId",
            &["T1", "T1", "T2", "annual", "annual"],
        ),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "period"), expected, "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let steps = list(&format!("{query}{and}limit=2"));
        let walked = walk(steps, "next", "period").await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    for wrong in ["?period=t1", "?status=onTrack", "?assignmentId=1", "?q=x"] {
        let path = format!("/assignments/{TO_ALL}/reports{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
    let path = format!("/assignments/{GIVEN}/reports");
    let none = app.get(&path).await.expect(200).json();
    assert_eq!(none["items"], json!([]));
}
