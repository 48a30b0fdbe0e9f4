//! Investments: money set aside for a goal in a year.

use malbild::auth::Role;
use malbild::resources::investments;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::goals::goal;
use crate::lists::{names, page, walk};
use crate::support::{Answer, TestApp};

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
const OTHER: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12";

/// A service with a goal of 2023, one of 2024, and a board.
async fn town() -> TestApp {
    let app = TestApp::start().await;
    for (year, id) in [(2023, GOAL), (2024, OTHER)] {
        app.budget(year).await;
        app.make(&format!("/goals/{id}"), goal(year, "1")).await;
    }
    app.board("kommunstyrelsen", "executiveBoard").await;
    app
}

fn investment(goal: &str, year: i32, title: &str) -> Value {
    json!({"goalId": goal, "year": year, "title": title, "amount": 1_500_000})
}

/// The path of one of them.
fn path(number: u128) -> String {
    format!("/investments/{}", Uuid::from_u128(number))
}

async fn post(app: &TestApp, body: Value) -> Answer {
    let key = app.key(Role::Editor).await;
    let post = app.request("POST", "/investments").key(&key);
    post.json(&body).send().await
}

#[tokio::test]
async fn an_investment_comes_back_as_it_was_written() {
    let app = town().await;
    let mut body = investment(GOAL, 2024, " Cykelväg ");
    body["boardId"] = json!("kommunstyrelsen");
    let made = post(&app, body).await.expect(201);
    let found = made.json();
    let id: Uuid = found["investmentId"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    let path = format!("/investments/{id}");
    assert_eq!(made.header("location"), app.url(&path));
    let read = app.get(&path).await.expect(200);
    assert_eq!(read.json(), found);
    assert_eq!(read.etag(), made.etag());
    for (member, expected) in [
        ("goalId", json!(GOAL)),
        ("year", json!(2024)),
        ("title", json!("Cykelväg")),
        ("amount", json!(1_500_000)),
        ("boardId", json!("kommunstyrelsen")),
    ] {
        assert_eq!(found[member], expected, "{member}");
    }
    let goal = format!("/goals/{GOAL}");
    for (name, to) in [
        ("self", path.as_str()),
        ("edit", &path),
        ("collection", "/investments"),
        ("goal", &goal),
        ("board", "/boards/kommunstyrelsen"),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(to), "{name}");
    }
}

#[tokio::test]
async fn an_amount_is_exact_and_never_rounded() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    for (number, amount, expected) in [
        (1, "12345678901234.560", "12345678901234.56"),
        (2, "1e6", "1000000"),
        (3, "-250000", "-250000"),
        (
            4,
            "999999999999999.999999999999",
            "999999999999999.999999999999",
        ),
        (5, "0", "0"),
    ] {
        let body =
            format!("{{\"goalId\":\"{GOAL}\",\"year\":2024,\"title\":\"a\",\"amount\":{amount}}}");
        let put = app.request("PUT", &path(number)).key(&key);
        let put = put.header("content-type", "application/json").body(body);
        let made = put.send().await.expect(201).text();
        let amount = format!("\"amount\":{expected},");
        assert!(made.contains(&amount), "{made}");
    }
    for (amount, code) in [
        ("1000000000000000", "outOfRange"),
        ("0.0000000000001", "tooManyDecimals"),
        ("\"1500000\"", "wrongType"),
        ("null", "required"),
    ] {
        let body =
            format!("{{\"goalId\":\"{GOAL}\",\"year\":2024,\"title\":\"a\",\"amount\":{amount}}}");
        let put = app.request("PUT", &path(9)).key(&key);
        let put = put.header("content-type", "application/json").body(body);
        let refused = put.send().await.problem(422, "invalidContent");
        assert_eq!(refused.faults(), [("/amount".to_owned(), code.to_owned())]);
    }
}

#[tokio::test]
async fn every_fault_of_an_investment_is_told_at_once() {
    let app = town().await;
    let nobody = Uuid::now_v7();
    for (body, expected) in [
        (
            json!({}),
            &[
                ("/amount", "required"),
                ("/goalId", "required"),
                ("/title", "required"),
                ("/year", "required"),
            ][..],
        ),
        (
            json!({"goalId": nobody, "year": 2201, "title": "", "amount": true, "boardId": "ingen", "investmentId": nobody}),
            &[
                ("/amount", "wrongType"),
                ("/boardId", "unknownReference"),
                ("/goalId", "unknownReference"),
                ("/investmentId", "readOnly"),
                ("/title", "empty"),
                ("/year", "outOfRange"),
            ],
        ),
    ] {
        let refused = post(&app, body).await.problem(422, "invalidContent");
        let mut faults = refused.faults();
        faults.sort();
        let owned = |(p, c): &(&str, &str)| ((*p).to_owned(), (*c).to_owned());
        assert_eq!(faults, expected.iter().map(owned).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_investment_is_changed_with_the_etag_that_was_read() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let made = app.make(&path(1), investment(GOAL, 2024, "a")).await;
    let send = |method: &str, body: Value| app.request(method, &path(1)).key(&key).json(&body);
    for method in ["PUT", "PATCH", "DELETE"] {
        let unread = send(method, investment(GOAL, 2024, "b")).send().await;
        unread.problem(428, "preconditionRequired");
    }
    let patch = send("PATCH", json!({"amount": 2.5, "goalId": OTHER}));
    let changed = patch.if_match(made.etag()).send().await.expect(200);
    assert_eq!(changed.json()["amount"], 2.5);
    assert_eq!(changed.json()["title"], "a");
    let late = send("PUT", investment(GOAL, 2024, "b")).if_match(made.etag());
    late.send().await.problem(412, "preconditionFailed");
    let delete = app.request("DELETE", &path(1)).key(&key);
    let delete = delete.if_match(changed.etag()).send().await;
    delete.expect(204);
    app.get(&path(1)).await.problem(404, "notFound");
    app.get("/investments/1").await.problem(404, "notFound");
}

#[tokio::test]
async fn investments_are_found_by_goal_years_board_and_title() {
    let app = town().await;
    for (number, goal, year, title, board) in [
        (1, GOAL, 2024, "Cykelväg", Some("kommunstyrelsen")),
        (2, OTHER, 2024, "Skola", None),
        (3, GOAL, 2023, "Ny cykelbana", None),
        (4, GOAL, 2023, "Bad", Some("kommunstyrelsen")),
    ] {
        let mut body = investment(goal, year, title);
        body["boardId"] = json!(board);
        body["amount"] = json!(number);
        app.make(&path(number), body).await;
    }
    let list = |query: &str| app.url(&format!("/investments{query}"));
    let of_goal = format!("?goalId={GOAL}&year=2023");
    for (query, expected) in [
        ("", &[1, 2, 3, 4][..]),
        (&of_goal, &[3, 4]),
        ("?budgetYear=2024", &[2]),
        ("?budgetYear=2023,2024&year=2024", &[1, 2]),
        ("?boardId=kommunstyrelsen", &[1, 4]),
        ("?q=CYKEL", &[1, 3]),
        ("?sort=-amount", &[4, 3, 2, 1]),
        ("?sort=boardId,title", &[4, 1, 3, 2]),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "amount"), expected, "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let steps = list(&format!("{query}{and}limit=1"));
        let walked = walk(steps, "next", "amount").await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    for wrong in ["?goalId=1", "?year=24", "?boardId=Ä", "?amount=1"] {
        let path = format!("/investments{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
    let goal = GOAL.parse().expect("a UUID");
    let found = app.pool.read(move |connection| {
        Box::pin(async move { Ok(investments::of_goal(connection, goal).await?) })
    });
    let found = found.await.expect("rows");
    let titles: Vec<&str> = found.iter().map(|row| row.content.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Bad", "Ny cykelbana", "Cykelväg"],
        "by year and title"
    );
}

#[tokio::test]
async fn the_goal_and_the_board_of_an_investment_cannot_be_deleted() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut body = investment(GOAL, 2024, "a");
    body["boardId"] = json!("kommunstyrelsen");
    app.make(&path(1), body).await;
    let delete = async |path: &str| {
        let request = app.request("DELETE", path).key(&key).if_match("*");
        request.send().await
    };
    let named = format!("investment {}", Uuid::from_u128(1));
    let ends = [
        format!("/goals/{GOAL}"),
        "/boards/kommunstyrelsen".to_owned(),
    ];
    for end in &ends {
        let kept = delete(end).await.problem(409, "referredTo");
        assert!(kept.text().contains(&named), "{}", kept.text());
    }
    delete(&path(1)).await.expect(204);
    for end in &ends {
        delete(end).await.expect(204);
    }
}

#[tokio::test]
async fn an_investment_for_what_is_being_deleted_is_422() {
    for (table, member, condition) in [
        ("goals", "/goalId", format!("goal_id = '{GOAL}'")),
        (
            "boards",
            "/boardId",
            "board_id = 'kommunstyrelsen'".to_owned(),
        ),
    ] {
        let app = town().await;
        let key = app.key(Role::Editor).await;
        let mut sql = app.sql().await;
        let deleting = sql.transaction().await.expect("a transaction");
        let delete = format!("DELETE FROM {table} WHERE {condition}");
        deleting.batch_execute(&delete).await.expect("a deletion");
        let mut body = investment(GOAL, 2024, "a");
        body["boardId"] = json!("kommunstyrelsen");
        let put = app.request("PUT", &path(1)).key(&key);
        let put = tokio::spawn(put.json(&body).send());
        app.blocked().await;
        deleting.commit().await.expect("a commit");
        let refused = put.await.expect("an answer").problem(422, "invalidContent");
        let expected = (member.to_owned(), "unknownReference".to_owned());
        assert_eq!(refused.faults(), [expected]);
    }
}

#[tokio::test]
async fn a_board_may_not_write_investments() {
    let app = town().await;
    let body = investment(GOAL, 2024, "a");
    let made = app.make(&path(1), body.clone()).await;
    let key = app.board_key("kommunstyrelsen").await;
    for (method, path) in [
        ("POST", "/investments".to_owned()),
        ("PUT", path(1)),
        ("PUT", path(2)),
        ("PATCH", path(1)),
        ("DELETE", path(1)),
    ] {
        let request = app.request(method, &path).key(&key).json(&body);
        request.send().await.problem(403, "forbidden");
    }
    assert_eq!(app.get(&path(1)).await.etag(), made.etag());
}
