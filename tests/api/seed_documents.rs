//! The municipality's own documents in, its goals out.

use malbild::auth::Role;
use malbild::database::Actor;
use malbild::sample;
use serde_json::{Value, json};

use crate::documents::{goals, import};
use crate::support::{BUDGET_2023, PAGE_2024, TestApp, seed};

/// The political text's paragraphs.
fn paragraphs(goal: &Value) -> Vec<String> {
    goal["politicalText"]
        .as_str()
        .expect("a text")
        .split("\n\n")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_budget_document_gives_eight_goals_with_their_whole_texts() {
    let Some(document) = seed(BUDGET_2023) else {
        return;
    };
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let report = import(&app, &key, "budgetYear=2023", document)
        .await
        .expect(200)
        .json();
    assert_eq!(report["documentKind"], "budget");
    assert_eq!(
        (&report["created"], &report["updated"], &report["unchanged"]),
        (&json!(9), &json!(0), &json!(0))
    );
    let budget = app.get("/budgets/2023").await.expect(200).json();
    assert_eq!(budget["title"], "Kommunövergripande mål budget 2023");
    assert_eq!(budget["decidedBy"], "Kommunfullmäktige");
    assert_eq!(
        budget["description"]
            .as_str()
            .expect("a description")
            .split("\n\n")
            .count(),
        3
    );
    let goals = goals(&app, 2023).await;
    let table: Vec<(String, usize)> = goals
        .iter()
        .map(|goal| {
            (
                goal["number"].as_str().expect("a number").to_owned(),
                paragraphs(goal).len(),
            )
        })
        .collect();
    let counts = [5, 5, 7, 7, 5, 6, 5, 5];
    let expected: Vec<(String, usize)> = (1..)
        .zip(counts)
        .map(|(number, count)| (format!("1.{number}"), count))
        .collect();
    assert_eq!(table, expected);
    assert!(paragraphs(&goals[2])[2].starts_with("Fördelningen mellan män"));
    assert!(
        paragraphs(&goals[2])[2].contains("bästa kommunen i landet för"),
        "a broken paragraph is whole again"
    );
    assert!(goals.iter().all(|goal| {
        !goal["statement"]
            .as_str()
            .expect("a statement")
            .ends_with('.')
    }));
}

#[tokio::test]
async fn a_goals_page_fills_in_its_goal_and_leaves_the_budget_alone() {
    let Some(page) = seed(PAGE_2024) else { return };
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    import(&app, &key, "budgetYear=2024", page.clone())
        .await
        .expect(200);
    let budget = app.get("/budgets/2024").await.expect(200);
    assert!(
        budget.json()["title"]
            .as_str()
            .expect("a title")
            .contains("härledd"),
        "an inferred title says so"
    );
    let named = app
        .request("PATCH", "/budgets/2024")
        .key(&key)
        .if_match(budget.etag())
        .json(&json!({"title": "Budget 2024"}))
        .send()
        .await
        .expect(200);
    let goals = goals(&app, 2024).await;
    let [goal] = goals.as_slice() else {
        panic!("one goal: {goals:?}")
    };
    assert_eq!(goal["name"], "Kommunens ledning och styrning");
    assert!(
        goal["statement"]
            .as_str()
            .expect("a statement")
            .starts_with("Östersunds kommun har en hållbar")
    );
    assert_eq!(paragraphs(goal).len(), 5);
    assert!(paragraphs(goal)[2].starts_with("Rysslands invasion av"));
    assert_eq!(goal["source"]["updatedOn"], "2024-05-23");
    let again = import(&app, &key, "budgetYear=2024", page)
        .await
        .expect(200)
        .json();
    assert_eq!(again["unchanged"], 2);
    assert_eq!(
        app.get("/budgets/2024").await.etag(),
        named.etag(),
        "the budget's own title stays"
    );
}

#[tokio::test]
async fn the_documents_fill_in_the_samples_goals_and_make_none() {
    let (Some(budget), Some(page)) = (seed(BUDGET_2023), seed(PAGE_2024)) else {
        return;
    };
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::load(connection))
        })
        .await
        .expect("the sample");
    let first = import(&app, &key, "budgetYear=2023", budget)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&first["created"], &first["updated"]),
        (&json!(0), &json!(9)),
        "{first}"
    );
    for goal in first["goals"].as_array().expect("goals") {
        assert_eq!(goal["changedFields"], json!(["politicalText"]));
    }
    let second = import(&app, &key, "budgetYear=2024", page)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&second["created"], &second["updated"]),
        (&json!(0), &json!(1)),
        "{second}"
    );
}

#[tokio::test]
async fn each_target_of_the_sample_quotes_what_stands_where_it_says() {
    let (Some(budget), Some(page)) = (seed(BUDGET_2023), seed(PAGE_2024)) else {
        return;
    };
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::load(connection))
        })
        .await
        .expect("the sample");
    for (year, document) in [(2023, budget), (2024, page)] {
        let import = import(&app, &key, &format!("budgetYear={year}"), document).await;
        import.expect(200);
    }
    let targets = app.get("/targets?limit=100").await.expect(200).json();
    let targets = targets["items"].as_array().expect("targets");
    for target in targets {
        let goal = target["goalId"].as_str().expect("a key");
        let goal = app.get(&format!("/goals/{goal}")).await.expect(200).json();
        let anchor = target["anchor"].as_str().expect("an anchor");
        let place = match anchor.strip_prefix("Politisk text, stycke ") {
            Some(number) => {
                let number: usize = number.parse().expect("a number");
                paragraphs(&goal)[number - 1].clone()
            }
            None => goal["statement"].as_str().expect("a statement").to_owned(),
        };
        let statement = target["statement"].as_str().expect("a statement");
        assert!(place.contains(statement), "{statement} in {place}");
    }
    assert_eq!(targets.len(), 12);
}
