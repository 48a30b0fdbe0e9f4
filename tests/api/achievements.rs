//! Achievements: what was done to reach a goal, and who may say so.

use malbild::auth::Role;
use malbild::resources::achievements;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::lists::{names, page, walk};
use crate::reports::{GIVEN, GOAL, TO_ALL, TO_SOME, town};
use crate::support::{Answer, TestApp};

/// The path of one of them.
fn path(number: u128) -> String {
    format!("/achievements/{}", Uuid::from_u128(number))
}

fn achievement(text: &str, assignment: Option<&str>) -> Value {
    json!({"goalId": GOAL, "year": 2024, "text": text, "assignmentId": assignment})
}

async fn send(app: &TestApp, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = app.request(method, path).key(key).json(body);
    let request = if method == "POST" {
        request
    } else {
        request.if_match("*")
    };
    request.send().await
}

#[tokio::test]
async fn an_achievement_comes_back_as_it_was_written() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let body = json!({
        "goalId": GOAL, "year": 2024, "text": "Öppnat kontor.\r\nAnställt två.", "assignmentId": TO_ALL,
        "achievedOn": "2024-05-02", "position": 3
    });
    let made = send(&app, &key, "POST", "/achievements", &body).await;
    let made = made.expect(201);
    let found = made.json();
    let id: Uuid = found["achievementId"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    let path = format!("/achievements/{id}");
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), found);
    assert_eq!(read.etag(), made.etag());
    assert_eq!(found["text"], "Öppnat kontor.\nAnställt två.");
    for member in ["goalId", "year", "assignmentId", "achievedOn", "position"] {
        assert_eq!(found[member], body[member], "{member}");
    }
    let (goal, assignment) = (format!("/goals/{GOAL}"), format!("/assignments/{TO_ALL}"));
    for (name, to) in [
        ("self", &path),
        ("edit", &path),
        ("collection", &"/achievements".to_owned()),
        ("goal", &goal),
        ("assignment", &assignment),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
    }
}

#[tokio::test]
async fn every_fault_of_an_achievement_is_told_at_once() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let nobody = Uuid::now_v7();
    for (body, expected) in [
        (
            json!({}),
            &[
                ("/goalId", "required"),
                ("/text", "required"),
                ("/year", "required"),
            ][..],
        ),
        (
            json!({"goalId": nobody, "year": 1899, "text": "\u{0}", "assignmentId": nobody, "position": 1_000_001, "achievedOn": "i dag"}),
            &[
                ("/achievedOn", "invalidFormat"),
                ("/assignmentId", "unknownReference"),
                ("/goalId", "unknownReference"),
                ("/position", "outOfRange"),
                ("/text", "controlCharacter"),
                ("/year", "outOfRange"),
            ],
        ),
        (
            json!({"goalId": GOAL, "year": 2024, "text": "a".repeat(5001), "assignmentId": "1", "position": -1}),
            &[
                ("/assignmentId", "invalidFormat"),
                ("/position", "outOfRange"),
                ("/text", "tooLong"),
            ],
        ),
    ] {
        let refused = send(&app, &key, "POST", "/achievements", &body).await;
        let mut faults = refused.problem(422, "invalidContent").faults();
        faults.sort();
        let owned = |(p, c): &(&str, &str)| ((*p).to_owned(), (*c).to_owned());
        assert_eq!(faults, expected.iter().map(owned).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_achievement_is_changed_with_the_etag_that_was_read() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let made = app.make(&path(1), achievement("a", None)).await;
    for method in ["PUT", "PATCH", "DELETE"] {
        let request = app.request(method, &path(1)).key(&key);
        let unread = request.json(&achievement("b", None)).send().await;
        unread.problem(428, "preconditionRequired");
    }
    let patch = app.request("PATCH", &path(1)).key(&key);
    let patch = patch.if_match(made.etag()).json(&json!({"position": 0}));
    let changed = patch.send().await.expect(200);
    assert_eq!(changed.json()["position"], 0);
    let late = app.request("DELETE", &path(1)).key(&key);
    let late = late.if_match(made.etag()).send().await;
    late.problem(412, "preconditionFailed");
    let delete = app.request("DELETE", &path(1)).key(&key);
    let delete = delete.if_match(changed.etag()).send().await;
    delete.expect(204);
    app.get(&path(1)).await.problem(404, "notFound");
    app.get("/achievements/1").await.problem(404, "notFound");
}

#[tokio::test]
async fn achievements_are_found_by_goal_years_assignment_and_text() {
    let app = town().await;
    app.budget(2025).await;
    let other = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";
    let next = crate::goals::goal(2025, "1");
    app.make(&format!("/goals/{other}"), next).await;
    for (number, goal, year, text, assignment, position) in [
        (1, GOAL, 2024, "Öppnat kontor", Some(TO_ALL), None),
        (2, GOAL, 2023, "Stängt", None, None),
        (3, GOAL, 2024, "Anställt", Some(TO_SOME), Some(2)),
        (4, other, 2025, "öppnat skola", Some(TO_ALL), Some(1)),
        (5, GOAL, 2024, "Byggt", None, Some(0)),
    ] {
        let body = json!({"goalId": goal, "year": year, "text": text, "assignmentId": assignment, "position": position});
        app.make(&path(number), body).await;
    }
    let list = |query: &str| app.url(&format!("/achievements{query}"));
    let of_goal = format!("?goalId={GOAL}&sort=position,-achievementId");
    let of_assignment = format!("?assignmentId={TO_ALL}");
    let of_two = format!("?assignmentId={TO_ALL},{TO_SOME}&year=2024");
    for (query, expected) in [
        (
            "",
            &[
                "Öppnat kontor",
                "Stängt",
                "Anställt",
                "öppnat skola",
                "Byggt",
            ][..],
        ),
        (&of_goal, &["Byggt", "Anställt", "Stängt", "Öppnat kontor"]),
        (&of_assignment, &["Öppnat kontor", "öppnat skola"]),
        (&of_two, &["Öppnat kontor", "Anställt"]),
        ("?budgetYear=2025", &["öppnat skola"]),
        ("?year=2023,2025", &["Stängt", "öppnat skola"]),
        ("?q=öppnat", &["Öppnat kontor", "öppnat skola"]),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "text"), expected, "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let steps = list(&format!("{query}{and}limit=2"));
        let walked = walk(steps, "next", "text").await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    for wrong in ["?assignmentId=1", "?year=24", "?sort=text", "?position=1"] {
        let path = format!("/achievements{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
    let goal = GOAL.parse().expect("a UUID");
    let found = app.pool.read(move |connection| {
        Box::pin(async move { Ok(achievements::of_goal(connection, goal).await?) })
    });
    let found = found.await.expect("rows");
    let texts: Vec<&str> = found.iter().map(|row| row.content.text.as_str()).collect();
    let expected = ["Byggt", "Anställt", "Stängt", "Öppnat kontor"];
    assert_eq!(texts, expected, "by position, those without last by year");
}

#[tokio::test]
async fn a_board_writes_achievements_with_an_assignment_that_concerns_it_and_no_others() {
    let app = town().await;
    let editor = app.key(Role::Editor).await;
    let school = app.board_key("skolnamnden").await;
    let election = app.board_key("valnamnden").await;
    // It addresses all, it names the board, or the board gave it.
    for (number, assignment) in [(1, TO_ALL), (2, TO_SOME), (3, GIVEN)] {
        let body = achievement("Gjort", Some(assignment));
        let made = send(&app, &school, "POST", "/achievements", &body).await;
        made.expect(201);
        // PUT with `If-Match: *` makes nothing.
        let put = app.request("PUT", &path(number)).key(&school);
        put.json(&body).send().await.expect(201);
    }
    let unknown = Uuid::now_v7().to_string();
    for assignment in [
        json!(TO_SOME),
        json!(GIVEN),
        json!(null),
        json!(unknown),
        json!("x"),
        json!(1),
    ] {
        let mut body = achievement("Gjort", None);
        body["assignmentId"] = assignment;
        let refused = send(&app, &election, "POST", "/achievements", &body).await;
        refused.problem(403, "forbidden");
        let put = app.request("PUT", &path(9)).key(&election);
        let refused = put.json(&body).send().await;
        refused.problem(403, "forbidden");
    }
    // Neither from what does not concern it, nor to it.
    let mine = json!({"assignmentId": TO_ALL});
    for (number, method) in [(2, "PUT"), (2, "PATCH"), (2, "DELETE"), (3, "PATCH")] {
        let refused = send(&app, &election, method, &path(number), &mine).await;
        refused.problem(403, "forbidden");
    }
    for away in [json!(TO_SOME), json!(null)] {
        let mut body = achievement("Ändrat", None);
        body["assignmentId"] = away;
        for method in ["PUT", "PATCH"] {
            let refused = send(&app, &election, method, &path(1), &body).await;
            refused.problem(403, "forbidden");
        }
    }
    app.make(&path(4), achievement("Kommunens", None)).await;
    let refused = send(&app, &school, "DELETE", &path(4), &json!({})).await;
    refused.problem(403, "forbidden");
    // What it may.
    let moved = json!({"assignmentId": TO_ALL, "text": "Flyttat"});
    let moved = send(&app, &school, "PATCH", &path(3), &moved).await;
    assert_eq!(moved.expect(200).json()["text"], "Flyttat");
    let patched = send(&app, &election, "PATCH", &path(3), &json!({"position": 1})).await;
    patched.expect(200);
    let deleted = send(&app, &election, "DELETE", &path(1), &json!({})).await;
    deleted.expect(204);
    let unread = app.request("PUT", &path(2)).key(&school);
    let unread = unread.json(&achievement("x", Some(TO_SOME))).send().await;
    unread.problem(428, "preconditionRequired");
    let all = achievement("Redaktören får allt", None);
    let put = send(&app, &editor, "PUT", &path(2), &all).await;
    put.expect(200);
}

#[tokio::test]
async fn the_goal_and_the_assignment_of_an_achievement_cannot_be_deleted() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    app.make(&path(1), achievement("a", Some(TO_ALL))).await;
    let assignment = format!("/assignments/{TO_ALL}");
    let named = format!("achievement {}", Uuid::from_u128(1));
    for end in [&format!("/goals/{GOAL}"), &assignment] {
        let kept = send(&app, &key, "DELETE", end, &json!({})).await;
        let kept = kept.problem(409, "referredTo");
        assert!(kept.text().contains(&named), "{}", kept.text());
    }
    let none = send(
        &app,
        &key,
        "PATCH",
        &path(1),
        &json!({"assignmentId": null}),
    )
    .await;
    none.expect(200);
    let deleted = send(&app, &key, "DELETE", &assignment, &json!({})).await;
    deleted.expect(204);
}

#[tokio::test]
async fn an_achievement_with_an_assignment_that_is_being_deleted_is_422() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut sql = app.sql().await;
    let deleting = sql.transaction().await.expect("a transaction");
    let delete = format!("DELETE FROM assignments WHERE assignment_id = '{TO_ALL}'");
    deleting.batch_execute(&delete).await.expect("a deletion");
    let put = app.request("PUT", &path(1)).key(&key);
    let body = achievement("a", Some(TO_ALL));
    let put = tokio::spawn(put.json(&body).send());
    app.blocked().await;
    deleting.commit().await.expect("a commit");
    let refused = put.await.expect("an answer").problem(422, "invalidContent");
    let expected = ("/assignmentId".to_owned(), "unknownReference".to_owned());
    assert_eq!(refused.faults(), [expected]);
}
