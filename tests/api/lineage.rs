//! A goal's lineage: which goals are in it, and what changed on the way.

use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;

/// A service with budgets for some years, and a key.
async fn with_budgets(years: &[i32]) -> (TestApp, String) {
    let app = TestApp::start().await;
    for year in years {
        app.budget(*year).await;
    }
    let key = app.key(Role::Editor).await;
    (app, key)
}

/// Makes a goal and answers its key.
async fn goal(app: &TestApp, key: &str, year: i32, text: Option<&str>, after: &[&str]) -> String {
    let body = json!({
        "budgetYear": year, "statement": format!("Målet för {year}"), "politicalText": text,
        "position": 1, "predecessorIds": after
    });
    let made = app.request("POST", "/goals").key(key).json(&body);
    let made = made.send().await.expect(201).json();
    made["goalId"].as_str().expect("a key").to_owned()
}

async fn lineage(app: &TestApp, goal: &str) -> Value {
    app.get(&format!("/goals/{goal}/lineage"))
        .await
        .expect(200)
        .json()
}

/// The keys of the goals, in order.
fn goals(lineage: &Value) -> Vec<&str> {
    let goals = lineage["goals"].as_array().expect("goals").iter();
    goals
        .map(|goal| goal["goalId"].as_str().expect("a key"))
        .collect()
}

/// From where to where each step goes, in order.
fn steps(lineage: &Value) -> Vec<(&str, &str)> {
    let steps = lineage["steps"].as_array().expect("steps").iter();
    steps
        .map(|step| {
            let end = |name: &str| step[name].as_str().expect("a key");
            (end("fromGoalId"), end("toGoalId"))
        })
        .collect()
}

#[tokio::test]
async fn the_lineage_of_the_middle_one_goes_both_ways() {
    let (app, key) = with_budgets(&[2022, 2023, 2024]).await;
    let first = goal(&app, &key, 2022, Some("Ett."), &[]).await;
    let middle = goal(&app, &key, 2023, Some("Ett.\n\nTvå."), &[&first]).await;
    let last = goal(&app, &key, 2024, Some("Två."), &[&middle]).await;
    let other = goal(&app, &key, 2024, None, &[]).await;

    let of_middle = lineage(&app, &middle).await;
    assert_eq!(of_middle["goalId"], json!(middle));
    assert_eq!(goals(&of_middle), [&first, &middle, &last]);
    let both = [(&*first, &*middle), (&*middle, &*last)];
    assert_eq!(steps(&of_middle), both);
    assert_eq!(of_middle["steps"][0]["counts"]["added"], 1);
    assert_eq!(of_middle["steps"][1]["counts"]["removed"], 1);
    let goal = &of_middle["goals"][1];
    let members = goal.as_object().expect("an object").keys();
    assert_eq!(
        members.collect::<Vec<_>>(),
        [
            "goalId",
            "budgetYear",
            "number",
            "name",
            "statement",
            "predecessorIds",
            "_links"
        ]
    );
    assert_eq!(goal["predecessorIds"], json!([first]));
    let address = app.url(&format!("/goals/{middle}"));
    assert_eq!(goal["_links"]["self"]["href"], json!(address));
    assert_eq!(
        of_middle["_links"]["self"]["href"],
        json!(format!("{address}/lineage"))
    );
    for end in [&first, &last] {
        let of_end = lineage(&app, end).await;
        assert_eq!(of_end["goals"], of_middle["goals"]);
        assert_eq!(of_end["steps"], of_middle["steps"]);
    }
    let alone = lineage(&app, &other).await;
    assert_eq!(goals(&alone), [&other]);
    assert_eq!(alone["steps"], json!([]));
}

#[tokio::test]
async fn a_goal_that_was_split_has_all_that_continue_it() {
    let (app, key) = with_budgets(&[2022, 2023, 2024]).await;
    let whole = goal(&app, &key, 2022, Some("Ett.\n\nTvå."), &[]).await;
    let left = goal(&app, &key, 2023, Some("Ett."), &[&whole]).await;
    let right = goal(&app, &key, 2024, Some("Två."), &[&whole]).await;
    let split = lineage(&app, &whole).await;
    assert_eq!(goals(&split), [&whole, &left, &right]);
    assert_eq!(steps(&split), [(&*whole, &*left), (&*whole, &*right)]);
    let of_left = lineage(&app, &left).await;
    assert_eq!(
        goals(&of_left),
        [&whole, &left],
        "the other half is no part of its way"
    );
}

#[tokio::test]
async fn a_goal_that_was_merged_has_all_that_it_continues_by_whatever_way() {
    let (app, key) = with_budgets(&[2021, 2022, 2023, 2024]).await;
    let root = goal(&app, &key, 2021, None, &[]).await;
    let left = goal(&app, &key, 2022, None, &[&root]).await;
    let right = goal(&app, &key, 2023, None, &[&root]).await;
    let merged = goal(&app, &key, 2024, None, &[&right, &left, &root]).await;
    let whole = lineage(&app, &merged).await;
    assert_eq!(goals(&whole), [&root, &left, &right, &merged]);
    assert_eq!(
        steps(&whole),
        [
            (&*root, &*left),
            (&*root, &*right),
            (&*root, &*merged),
            (&*left, &*merged),
            (&*right, &*merged)
        ]
    );
    let of_left = lineage(&app, &left).await;
    assert_eq!(goals(&of_left), [&root, &left, &merged]);
    assert_eq!(
        of_left["goals"][2]["predecessorIds"],
        json!([right, left, root]),
        "it names those that are elsewhere, too"
    );
}

#[tokio::test]
async fn what_changed_is_told_by_paragraph_and_by_word() {
    let (app, key) = with_budgets(&[2022, 2023]).await;
    let old = "Kartan ritas om.\n\nSkyltarna ska vara rena.\n\nVägarna leder hem.\n\nBroarna håller för alla.";
    let new = "Broarna håller för alla.\n\nSkyltarna ska alltid vara rena.\n\nVägarna leder hem.\n\nLyktorna lyser.";
    let first = goal(&app, &key, 2022, Some(old), &[]).await;
    let second = goal(&app, &key, 2023, Some(new), &[&first]).await;
    let step = lineage(&app, &second).await["steps"][0].clone();
    assert_eq!(
        step,
        json!({
            "fromGoalId": first, "toGoalId": second,
            "statementChange": {"changed": true, "words": [
                {"op": "equal", "text": "Målet för "}, {"op": "delete", "text": "2022"}, {"op": "insert", "text": "2023"}
            ]},
            "compared": true,
            "counts": {"unchanged": 1, "added": 1, "removed": 1, "moved": 1, "reworded": 1},
            "paragraphs": [
                {"change": "removed", "from": 1, "to": null, "text": "Kartan ritas om.", "words": null},
                {"change": "moved", "from": 4, "to": 1, "text": "Broarna håller för alla.", "words": null},
                {"change": "reworded", "from": 2, "to": 2, "text": "Skyltarna ska alltid vara rena.", "words": [
                    {"op": "equal", "text": "Skyltarna ska "}, {"op": "insert", "text": "alltid "}, {"op": "equal", "text": "vara rena."}
                ]},
                {"change": "added", "from": null, "to": 4, "text": "Lyktorna lyser.", "words": null}
            ],
            "exact": true
        })
    );
}

#[tokio::test]
async fn goals_without_a_text_have_no_paragraphs() {
    let (app, key) = with_budgets(&[2022, 2023, 2024]).await;
    let first = goal(&app, &key, 2022, None, &[]).await;
    let second = goal(&app, &key, 2023, None, &[&first]).await;
    let third = goal(&app, &key, 2024, Some("Ett.\n\nTvå."), &[&second]).await;
    let patch = json!({"statement": "Målet för 2022"});
    let read = app.get(&format!("/goals/{second}")).await;
    let same = app.request("PATCH", &format!("/goals/{second}")).key(&key);
    same.if_match(read.etag())
        .json(&patch)
        .send()
        .await
        .expect(200);
    let whole = lineage(&app, &third).await;
    let none = json!({"unchanged": 0, "added": 0, "removed": 0, "moved": 0, "reworded": 0});
    let step = &whole["steps"][0];
    assert_eq!((&step["counts"], &step["paragraphs"]), (&none, &json!([])));
    assert_eq!(
        step["statementChange"],
        json!({"changed": false, "words": null}),
        "an equal statement has no words to show"
    );
    assert_eq!(step["compared"], false, "neither text is here");
    let step = &whole["steps"][1];
    assert_eq!(
        (&step["counts"], &step["compared"]),
        (&none, &json!(false)),
        "one is not"
    );
}

#[tokio::test]
async fn a_lineage_has_an_etag_that_changes_with_any_goal_of_it() {
    let (app, key) = with_budgets(&[2022, 2023]).await;
    let first = goal(&app, &key, 2022, Some("Ett."), &[]).await;
    let second = goal(&app, &key, 2023, Some("Ett."), &[&first]).await;
    let path = format!("/goals/{first}/lineage");
    let read = app.get(&path).await.expect(200);
    let again = || {
        app.request("GET", &path)
            .header("if-none-match", read.etag())
    };
    assert_eq!(again().send().await.status, 304);
    let other = app.get(&format!("/goals/{second}")).await;
    app.request("PATCH", &format!("/goals/{second}"))
        .key(&key)
        .if_match(other.etag())
        .json(&json!({"politicalText": "Två."}))
        .send()
        .await
        .expect(200);
    let changed = again().send().await.expect(200);
    assert_ne!(changed.etag(), read.etag());
}

#[tokio::test]
async fn a_goal_that_is_not_there_has_no_lineage_and_nothing_can_be_asked_of_it() {
    let (app, key) = with_budgets(&[2022]).await;
    for unknown in [Uuid::now_v7().to_string(), "1".to_owned()] {
        let path = format!("/goals/{unknown}/lineage");
        app.get(&path).await.problem(404, "notFound");
    }
    let there = goal(&app, &key, 2022, None, &[]).await;
    let path = format!("/goals/{there}/lineage?fields=steps");
    app.get(&path).await.problem(400, "invalidQuery");
}
