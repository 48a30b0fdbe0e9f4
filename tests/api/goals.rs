//! Goals: their numbers, their predecessors, what refers to them.

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, TestApp};

/// A goal's body with what a goal must have.
pub(crate) fn goal(year: i32, number: &str) -> Value {
    json!({"budgetYear": year, "number": number, "statement": format!("Mål {number} för {year}"), "position": 1})
}

fn id(answer: &Answer) -> String {
    answer.json()["goalId"].as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn a_goal_that_is_posted_gets_a_key_and_comes_back_whole() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    let key = app.key(Role::Editor).await;
    let text = "Första stycket.\r\n\r\nAndra stycket.";
    let body = json!({
        "budgetYear": 2023, "number": "1.1", "name": null, "statement": "Ett mål", "politicalText": text,
        "position": 3, "sdgs": [8, 5], "source": {"title": "Budget"}
    });
    let made = app
        .request("POST", "/goals")
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(201);
    let goal_id: Uuid = id(&made).parse().expect("a UUID");
    assert_eq!(goal_id.get_version_num(), 7);
    assert_eq!(
        made.header("location"),
        app.url(&format!("/goals/{goal_id}"))
    );
    let read = app.get(&format!("/goals/{goal_id}")).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    assert_eq!(
        read.json()["politicalText"],
        "Första stycket.\n\nAndra stycket."
    );
    assert_eq!(read.json()["sdgs"], json!([8, 5]));
    assert_eq!(read.json()["predecessorIds"], json!([]));
    assert!(!made.etag().is_empty());
}

#[tokio::test]
async fn two_goals_of_a_year_cannot_have_the_same_number_but_many_can_have_none() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    app.budget(2024).await;
    let key = app.key(Role::Editor).await;
    let post = |body: Value| app.request("POST", "/goals").key(&key).json(&body);
    post(goal(2023, "1.1")).send().await.expect(201);
    let taken = post(goal(2023, "1.1"))
        .send()
        .await
        .problem(409, "alreadyExists");
    assert_eq!(taken.faults(), [("/number".to_owned(), "taken".to_owned())]);
    post(goal(2024, "1.1")).send().await.expect(201);
    for _ in 0..2 {
        post(json!({"budgetYear": 2023, "statement": "Utan nummer", "position": 1}))
            .send()
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn goals_come_in_the_order_of_their_year_and_position() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    for year in [2024, 2023] {
        app.budget(year).await;
        for (number, position) in [("1.10", 10), ("1.2", 2), ("1.1", 1)] {
            let mut body = goal(year, number);
            body["position"] = json!(position);
            app.request("POST", "/goals")
                .key(&key)
                .json(&body)
                .send()
                .await
                .expect(201);
        }
    }
    let numbers = async |path: &str| -> Vec<String> {
        let list = app.get(path).await.expect(200).json();
        let items = list["items"].as_array().expect("items").clone();
        items
            .iter()
            .map(|item| {
                format!(
                    "{} {}",
                    item["budgetYear"],
                    item["number"].as_str().expect("a number")
                )
            })
            .collect()
    };
    let by_year = [
        "2023 1.1",
        "2023 1.2",
        "2023 1.10",
        "2024 1.1",
        "2024 1.2",
        "2024 1.10",
    ];
    assert_eq!(numbers("/goals").await, by_year);
    assert_eq!(
        numbers("/goals?sort=budgetYear,number").await,
        by_year,
        "1.10 comes after 1.2"
    );
    assert_eq!(
        numbers("/goals?budgetYear=2024&number=1.2").await,
        ["2024 1.2"]
    );
    assert_eq!(
        numbers("/goals?q=M%C3%85L%201.10%20F%C3%96R%202023").await,
        ["2023 1.10"],
        "search minds no case"
    );
    assert_eq!(
        numbers("/goals?q=100%25").await,
        [""; 0],
        "a percent sign is a percent sign"
    );
}

#[tokio::test]
async fn a_predecessor_must_be_there_and_of_an_earlier_year() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    app.budget(2024).await;
    let key = app.key(Role::Editor).await;
    let old = app
        .request("POST", "/goals")
        .key(&key)
        .json(&goal(2023, "1.1"))
        .send()
        .await
        .expect(201);
    let with = |year: i32, predecessors: Value| {
        let mut body = goal(year, "9");
        body["predecessorIds"] = predecessors;
        app.request("POST", "/goals").key(&key).json(&body)
    };
    let unknown = with(2024, json!([Uuid::now_v7()]))
        .send()
        .await
        .problem(422, "invalidContent");
    assert_eq!(
        unknown.faults(),
        [(
            "/predecessorIds/0".to_owned(),
            "unknownReference".to_owned()
        )]
    );
    let same_year = with(2023, json!([id(&old)]))
        .send()
        .await
        .problem(422, "invalidContent");
    assert_eq!(
        same_year.faults(),
        [("/predecessorIds/0".to_owned(), "inconsistent".to_owned())]
    );
    let twice = with(2024, json!([id(&old), id(&old)]))
        .send()
        .await
        .problem(422, "invalidContent");
    assert_eq!(
        twice.faults(),
        [("/predecessorIds/1".to_owned(), "duplicate".to_owned())]
    );
    let new = with(2024, json!([id(&old)])).send().await.expect(201);

    let moved = app
        .request("PATCH", &format!("/goals/{}", id(&old)))
        .key(&key)
        .if_match(old.etag())
        .json(&json!({"budgetYear": 2024}))
        .send()
        .await;
    assert_eq!(
        moved.problem(422, "invalidContent").faults(),
        [("/budgetYear".to_owned(), "inconsistent".to_owned())]
    );
    let moved = app
        .request("PATCH", &format!("/goals/{}", id(&new)))
        .key(&key)
        .if_match(new.etag())
        .json(&json!({"budgetYear": 2023}))
        .send()
        .await;
    assert_eq!(
        moved.problem(422, "invalidContent").faults(),
        [("/predecessorIds/0".to_owned(), "inconsistent".to_owned())]
    );
}

#[tokio::test]
async fn what_others_refer_to_cannot_be_deleted_and_they_are_named() {
    let app = TestApp::start().await;
    let budget = app.budget(2023).await;
    app.budget(2024).await;
    let key = app.key(Role::Editor).await;
    let old = app
        .request("POST", "/goals")
        .key(&key)
        .json(&goal(2023, "1.1"))
        .send()
        .await
        .expect(201);
    let mut body = goal(2024, "1.1");
    body["predecessorIds"] = json!([id(&old)]);
    let new = app
        .request("POST", "/goals")
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(201);
    let delete = |path: String, etag: &str| app.request("DELETE", &path).key(&key).if_match(etag);
    let kept = delete(format!("/goals/{}", id(&old)), old.etag())
        .send()
        .await
        .problem(409, "referredTo");
    assert!(kept.text().contains(&id(&new)), "{}", kept.text());
    let kept = delete("/budgets/2023".to_owned(), budget.etag())
        .send()
        .await
        .problem(409, "referredTo");
    assert!(kept.text().contains(&id(&old)), "{}", kept.text());
    delete(format!("/goals/{}", id(&new)), new.etag())
        .send()
        .await
        .expect(204);
    delete(format!("/goals/{}", id(&old)), old.etag())
        .send()
        .await
        .expect(204);
    delete("/budgets/2023".to_owned(), budget.etag())
        .send()
        .await
        .expect(204);
}

#[tokio::test]
async fn a_goal_of_a_budget_that_is_not_there_is_refused_with_its_other_faults() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({"budgetYear": 2031, "position": -1, "sdgs": [1, 18, 1], "statement": "x".repeat(1001)});
    let refused = app
        .request("POST", "/goals")
        .key(&key)
        .json(&body)
        .send()
        .await
        .problem(422, "invalidContent");
    let mut faults = refused.faults();
    faults.sort();
    let expected = [
        ("/budgetYear", "unknownReference"),
        ("/position", "outOfRange"),
        ("/sdgs/1", "outOfRange"),
        ("/sdgs/2", "duplicate"),
        ("/statement", "tooLong"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(p, c)| ((*p).to_owned(), (*c).to_owned()))
        .collect();
    assert_eq!(faults, expected);
}

#[tokio::test]
async fn a_client_may_choose_the_key() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    let goal_id = Uuid::now_v7();
    let made = app
        .make(&format!("/goals/{goal_id}"), goal(2023, "1.1"))
        .await;
    assert_eq!(made.json()["goalId"], goal_id.to_string());
    for wrong in ["1", "abc", "2147483648", "-1", "0", "1.0"] {
        app.get(&format!("/goals/{wrong}"))
            .await
            .problem(404, "notFound");
    }
}

#[tokio::test]
async fn a_goal_cannot_continue_itself_not_even_when_it_moves_to_a_later_year() {
    let app = TestApp::start().await;
    app.budget(2023).await;
    app.budget(2024).await;
    let key = app.key(Role::Editor).await;
    let made = app
        .request("POST", "/goals")
        .key(&key)
        .json(&goal(2023, "1.1"))
        .send()
        .await
        .expect(201);
    let patch = json!({"budgetYear": 2024, "predecessorIds": [id(&made)]});
    let refused = app
        .request("PATCH", &format!("/goals/{}", id(&made)))
        .key(&key)
        .if_match(made.etag())
        .json(&patch)
        .send()
        .await
        .problem(422, "invalidContent");
    let expected = ("/predecessorIds/0".to_owned(), "inconsistent".to_owned());
    assert_eq!(refused.faults(), [expected]);
}

#[tokio::test]
async fn faults_of_references_stand_at_their_own_place_beside_the_others() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let body = json!({
        "budgetYear": 1, "statement": "x", "position": 1,
        "predecessorIds": ["no key", Uuid::now_v7()],
    });
    let refused = app
        .request("POST", "/goals")
        .key(&key)
        .json(&body)
        .send()
        .await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("/budgetYear", "outOfRange"),
        ("/predecessorIds/0", "invalidFormat"),
        ("/predecessorIds/1", "unknownReference"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
    for path in ["/goals", "/assignments"] {
        let refused = app
            .request("POST", path)
            .key(&key)
            .json(&json!([]))
            .send()
            .await;
        let faults = refused.problem(422, "invalidContent").faults();
        assert_eq!(faults, [(String::new(), "wrongType".to_owned())], "{path}");
    }
}
