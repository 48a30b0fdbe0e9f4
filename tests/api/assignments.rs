//! Assignments: whom they address, who gave them, who may write them.

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::support::{Answer, TestApp};

/// A service with the budget of 2024, a goal and three boards.
async fn town() -> (TestApp, String) {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let goal_id = Uuid::now_v7().to_string();
    app.make(&format!("/goals/{goal_id}"), goal(2024, "1"))
        .await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    app.board("skolnamnden", "board").await;
    app.board("bolaget", "company").await;
    (app, goal_id)
}

fn to_all(goal_id: &str) -> Value {
    json!({"goalId": goal_id, "title": "Till alla", "origin": "council", "allBoards": true})
}

fn to_some(goal_id: &str, boards: &[&str]) -> Value {
    json!({"goalId": goal_id, "title": "Till några", "origin": "council", "allBoards": false, "boardIds": boards})
}

fn own(goal_id: &str, board: &str) -> Value {
    json!({"goalId": goal_id, "title": "Eget", "origin": "board", "originBoardId": board, "allBoards": false, "boardIds": [board]})
}

fn path(answer: &Answer) -> String {
    format!(
        "/assignments/{}",
        answer.json()["assignmentId"].as_str().expect("a key")
    )
}

async fn titles(app: &TestApp, path: &str) -> Vec<String> {
    let list = app.get(path).await.expect(200).json();
    let items = list["items"].as_array().expect("items").clone();
    assert_eq!(list["_meta"]["totalRecords"], items.len());
    items
        .iter()
        .map(|item| item["title"].as_str().expect("a title").to_owned())
        .collect()
}

#[tokio::test]
async fn a_board_sees_what_names_it_and_what_is_for_all() {
    let (app, goal_id) = town().await;
    let key = app.key(Role::Editor).await;
    let post = |body: Value| app.request("POST", "/assignments").key(&key).json(&body);
    let made = post(to_all(&goal_id)).send().await.expect(201).json();
    assert_eq!(made["status"], "notStarted");
    assert_eq!(made["boardIds"], json!([]));
    post(to_some(&goal_id, &["skolnamnden"]))
        .send()
        .await
        .expect(201);
    post(own(&goal_id, "kommunstyrelsen"))
        .send()
        .await
        .expect(201);
    assert_eq!(
        titles(&app, "/boards/skolnamnden/assignments").await,
        ["Till alla", "Till några"]
    );
    assert_eq!(
        titles(&app, "/boards/kommunstyrelsen/assignments").await,
        ["Till alla", "Eget"],
        "the council's come first"
    );
    assert_eq!(
        titles(&app, "/boards/bolaget/assignments").await,
        [""; 0],
        "a company is not among all boards"
    );
    assert_eq!(
        titles(&app, "/boards/skolnamnden/assignments?named=true").await,
        ["Till några"]
    );
    assert_eq!(
        titles(
            &app,
            "/assignments?boardId=kommunstyrelsen,skolnamnden&named=true"
        )
        .await,
        ["Till några", "Eget"]
    );
    assert_eq!(
        titles(&app, &format!("/goals/{goal_id}/assignments?origin=board")).await,
        ["Eget"]
    );
    assert_eq!(
        titles(
            &app,
            "/assignments?budgetYear=2024&originBoardId=kommunstyrelsen&status=notStarted,paused"
        )
        .await,
        ["Eget"]
    );
    assert_eq!(titles(&app, "/assignments?budgetYear=2023").await, [""; 0]);
    app.get("/boards/ingen/assignments")
        .await
        .problem(404, "notFound");
    app.get(&format!("/goals/{}/assignments", Uuid::now_v7()))
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn all_boards_means_those_whose_validity_covers_the_year() {
    let (app, goal_id) = town().await;
    for (board, from, to) in [
        ("hela", "2024-01-01", "2024-12-31"),
        ("sen", "2024-01-02", "2030-12-31"),
        ("slutad", "2020-01-01", "2024-12-30"),
    ] {
        let body = json!({"name": board, "kind": "board", "validFrom": from, "validTo": to});
        app.make(&format!("/boards/{board}"), body).await;
    }
    let key = app.key(Role::Editor).await;
    app.request("POST", "/assignments")
        .key(&key)
        .json(&to_all(&goal_id))
        .send()
        .await
        .expect(201);
    assert_eq!(
        titles(&app, "/boards/hela/assignments").await,
        ["Till alla"]
    );
    assert_eq!(titles(&app, "/boards/sen/assignments").await, [""; 0]);
    assert_eq!(titles(&app, "/boards/slutad/assignments").await, [""; 0]);
}

#[tokio::test]
async fn the_origin_and_the_addressees_must_fit_together() {
    let (app, goal_id) = town().await;
    let key = app.key(Role::Editor).await;
    let cases = [
        (json!({"origin": "board"}), "/originBoardId", "required"),
        (
            json!({"originBoardId": "skolnamnden"}),
            "/originBoardId",
            "inconsistent",
        ),
        (
            json!({"boardIds": ["skolnamnden"]}),
            "/boardIds",
            "inconsistent",
        ),
        (json!({"allBoards": false}), "/boardIds", "required"),
        (
            json!({"allBoards": false, "boardIds": ["ingen"]}),
            "/boardIds/0",
            "unknownReference",
        ),
        (
            json!({"goalId": Uuid::now_v7()}),
            "/goalId",
            "unknownReference",
        ),
        (
            json!({"startsOn": "2024-02-01", "dueOn": "2024-01-31"}),
            "/dueOn",
            "inconsistent",
        ),
        (json!({"status": "done"}), "/status", "notAllowed"),
        (json!({"origin": "Council"}), "/origin", "notAllowed"),
    ];
    for (change, pointer, code) in cases {
        let mut body = to_all(&goal_id);
        body.as_object_mut()
            .expect("an object")
            .extend(change.as_object().expect("an object").clone());
        let refused = app
            .request("POST", "/assignments")
            .key(&key)
            .json(&body)
            .send()
            .await
            .problem(422, "invalidContent");
        assert_eq!(
            refused.faults(),
            [(pointer.to_owned(), code.to_owned())],
            "{change}"
        );
    }
    assert_eq!(titles(&app, "/assignments").await, [""; 0]);
}

#[tokio::test]
async fn a_board_writes_its_own_assignments_and_no_others() {
    let (app, goal_id) = town().await;
    let editor = app.key(Role::Editor).await;
    let school = app.board_key("skolnamnden").await;
    let send = |method: &'static str, path: String, etag: String, body: Value| {
        let request = app.request(method, &path).key(&school).json(&body);
        if etag.is_empty() {
            request
        } else {
            request.if_match(&etag)
        }
    };
    let mine = send(
        "POST",
        "/assignments".to_owned(),
        String::new(),
        own(&goal_id, "skolnamnden"),
    )
    .send()
    .await
    .expect(201);
    for body in [
        to_all(&goal_id),
        to_some(&goal_id, &["skolnamnden"]),
        own(&goal_id, "kommunstyrelsen"),
        json!({}),
    ] {
        send(
            "POST",
            "/assignments".to_owned(),
            String::new(),
            body.clone(),
        )
        .send()
        .await
        .problem(403, "forbidden");
        let new = format!("/assignments/{}", Uuid::now_v7());
        send("PUT", new, String::new(), body)
            .send()
            .await
            .problem(403, "forbidden");
    }
    let away = send(
        "PUT",
        path(&mine),
        mine.etag().to_owned(),
        own(&goal_id, "kommunstyrelsen"),
    )
    .send()
    .await;
    away.problem(403, "forbidden");
    let away = send(
        "PATCH",
        path(&mine),
        mine.etag().to_owned(),
        json!({"originBoardId": "kommunstyrelsen"}),
    )
    .send()
    .await;
    away.problem(403, "forbidden");
    let changed = send(
        "PATCH",
        path(&mine),
        mine.etag().to_owned(),
        json!({"status": "inProgress"}),
    )
    .send()
    .await
    .expect(200);

    let theirs = app
        .request("POST", "/assignments")
        .key(&editor)
        .json(&own(&goal_id, "kommunstyrelsen"))
        .send()
        .await
        .expect(201);
    for method in ["PUT", "PATCH", "DELETE"] {
        let body = own(&goal_id, "skolnamnden");
        send(method, path(&theirs), theirs.etag().to_owned(), body)
            .send()
            .await
            .problem(403, "forbidden");
    }
    assert_eq!(
        app.get(&path(&theirs)).await.etag(),
        theirs.etag(),
        "nothing was changed"
    );
    app.request("DELETE", &path(&mine))
        .key(&school)
        .if_match(changed.etag())
        .send()
        .await
        .expect(204);
}

#[tokio::test]
async fn a_board_that_assignments_name_cannot_be_deleted() {
    let (app, goal_id) = town().await;
    let key = app.key(Role::Editor).await;
    let named = app
        .request("POST", "/assignments")
        .key(&key)
        .json(&to_some(&goal_id, &["skolnamnden"]))
        .send()
        .await
        .expect(201);
    let board = app.get("/boards/skolnamnden").await;
    let kept = app
        .request("DELETE", "/boards/skolnamnden")
        .key(&key)
        .if_match(board.etag())
        .send()
        .await
        .problem(409, "referredTo");
    assert!(
        kept.text()
            .contains(named.json()["assignmentId"].as_str().expect("a key")),
        "{}",
        kept.text()
    );
    app.request("DELETE", &path(&named))
        .key(&key)
        .if_match(named.etag())
        .send()
        .await
        .expect(204);
    app.request("DELETE", "/boards/skolnamnden")
        .key(&key)
        .if_match(board.etag())
        .send()
        .await
        .expect(204);
}
