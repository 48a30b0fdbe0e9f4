//! What stands under a goal's headings: key figures, investments, achievements.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::documents::{goals, import};
use crate::support::TestApp;

const OWN: &str = "Kommunövergripande mål budget 2025\n\n\
    1.1 Alla hittar hem\n\nVägarna ska skyltas.\n\n\
    Nyckeltal 2025\n\n- N00002\n-   antal\u{a0} SKYLTAR.\n- Nöjda vandrare (N00003)\n- Antal stolpar\n- N00002\n\n\
    Investeringar 2025\n\n- Cykelväg till skolan, 1,5 mnkr\n- Nya skyltar: 1\u{a0}500\u{a0}000\u{a0}kr\n- Stolpar (500 tkr)\n\
    - Karta, ca 2 mkr\n- Kompass\n\n\
    För att nå målet har vi bland annat:\n\n- målat om skyltarna\n- rätat upp stolparna\n\n\
    1.2 Ingen går vilse\n\nKartor ska finnas.\n\n\
    Nyckeltal 2025\n\n-\n\nInvesteringar 2025\n\n-\n\nFör att nå målet har vi bland annat:\n\n- Inga\n";

/// A service with three indicators, and a key.
async fn with_indicators() -> (TestApp, String) {
    let app = TestApp::start().await;
    for (code, title) in [
        ("N00001", "Antal skyltar"),
        ("N00002", "Antal kartor"),
        ("N00003", "Andel som hittar"),
    ] {
        let body = json!({"title": title, "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false});
        app.make(&format!("/indicators/{code}"), body).await;
    }
    let key = app.key(Role::Editor).await;
    (app, key)
}

async fn report(app: &TestApp, key: &str, query: &str, body: &str) -> Value {
    let answer = import(app, key, query, body.to_owned()).await;
    answer.expect(200).json()
}

/// These members of each item of a list.
fn told(items: &Value, names: &[&str]) -> Vec<Value> {
    let items = items.as_array().expect("a list").iter();
    items
        .map(|item| names.iter().map(|name| item[*name].clone()).collect())
        .collect()
}

/// The number of a line of a document.
fn line_of(document: &str, text: &str) -> Value {
    let place = document.lines().position(|line| line == text);
    json!(place.expect("a line") + 1)
}

async fn list(app: &TestApp, path: &str) -> Value {
    app.get(path).await.expect(200).json()["items"].clone()
}

/// The key of the first goal.
async fn first_goal(app: &TestApp) -> String {
    let goal = goals(app, 2025).await[0]["goalId"].clone();
    goal.as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn what_is_known_is_written_in_the_order_of_the_document() {
    let (app, key) = with_indicators().await;
    let report = report(&app, &key, "budgetYear=2025", OWN).await;
    assert_eq!(
        report["created"], 11,
        "a budget, two goals, three of each: {report}"
    );
    assert_eq!(report["unchanged"], 1, "one key figure stands there twice");
    assert_eq!(
        told(
            &report["links"],
            &["indicatorCode", "title", "position", "action"]
        ),
        [
            json!(["N00002", "Antal kartor", 1, "created"]),
            json!(["N00001", "Antal skyltar", 2, "created"]),
            json!(["N00003", "Andel som hittar", 3, "created"]),
            json!(["N00002", "Antal kartor", 1, "unchanged"]),
        ]
    );
    let goal = first_goal(&app).await;
    let links = list(&app, &format!("/goals/{goal}/indicators?sort=position")).await;
    assert_eq!(
        told(&links, &["indicatorCode", "position"]),
        [
            json!(["N00002", 1]),
            json!(["N00001", 2]),
            json!(["N00003", 3])
        ]
    );
    let investments = list(&app, &format!("/investments?goalId={goal}")).await;
    assert_eq!(
        told(&investments, &["title", "amount", "year", "boardId"]),
        [
            json!(["Cykelväg till skolan", 1_500_000, 2025, null]),
            json!(["Nya skyltar", 1_500_000, 2025, null]),
            json!(["Stolpar", 500_000, 2025, null]),
        ]
    );
    assert_eq!(
        told(&report["investments"], &["investmentId", "title", "amount"]),
        told(&investments, &["investmentId", "title", "amount"])
    );
    let achievements = list(&app, &format!("/achievements?goalId={goal}")).await;
    assert_eq!(
        told(&achievements, &["text", "year", "position", "assignmentId"]),
        [
            json!(["målat om skyltarna", 2025, 1, null]),
            json!(["rätat upp stolparna", 2025, 2, null]),
        ]
    );
    assert_eq!(
        told(&report["achievements"], &["achievementId", "text"]),
        told(&achievements, &["achievementId", "text"])
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_told_with_its_line_and_the_reason() {
    let (app, key) = with_indicators().await;
    let report = report(&app, &key, "budgetYear=2025", OWN).await;
    let line = |text: &str| line_of(OWN, text);
    let left = |at: &str, kind: &str, text: &str, reason: &str| json!({"line": line(at), "kind": kind, "action": "left", "text": text, "reason": reason});
    assert_eq!(
        report["recognised"],
        json!([
            left(
                "- Antal stolpar",
                "indicator",
                "Antal stolpar",
                "no indicator has this code or this title"
            ),
            left(
                "- Karta, ca 2 mkr",
                "investment",
                "Karta, ca 2 mkr",
                "its amount of money is not certain"
            ),
            left(
                "- Kompass",
                "investment",
                "Kompass",
                "it has no amount of money"
            ),
            left(
                "- Inga",
                "achievement",
                "Inga",
                "it says that there is none"
            ),
        ])
    );
    assert_eq!(report["links"][1]["line"], line("-   antal\u{a0} SKYLTAR."));
    assert_eq!(
        report["investments"][2]["line"],
        line("- Stolpar (500 tkr)")
    );
    assert_eq!(
        report["achievements"][0]["line"],
        line("- målat om skyltarna")
    );
}

#[tokio::test]
async fn the_same_document_a_second_time_changes_nothing() {
    let (app, key) = with_indicators().await;
    let first = report(&app, &key, "budgetYear=2025", OWN).await;
    let sql = app.sql().await;
    let recorded = || async {
        sql.query_one("SELECT count(*) FROM history", &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
    };
    let before = recorded().await;
    let second = report(&app, &key, "budgetYear=2025", OWN).await;
    assert_eq!(
        (&second["created"], &second["updated"], &second["unchanged"]),
        (&json!(0), &json!(0), &json!(12)),
        "{second}"
    );
    assert_eq!(recorded().await, before);
    for (name, key) in [
        ("links", "position"),
        ("investments", "investmentId"),
        ("achievements", "achievementId"),
    ] {
        assert_eq!(told(&first[name], &[key]), told(&second[name], &[key]));
    }
}

#[tokio::test]
async fn a_dry_run_tells_exactly_what_a_real_one_does() {
    let (app, key) = with_indicators().await;
    let plain = |report: &Value| {
        let mut report = report.clone();
        report["dryRun"] = Value::Null;
        for (list, key) in [
            ("goals", "goalId"),
            ("investments", "investmentId"),
            ("achievements", "achievementId"),
        ] {
            for item in report[list].as_array_mut().expect("a list") {
                item[key] = Value::Null;
            }
        }
        report
    };
    let changed = OWN.replace("1,5 mnkr", "2 mnkr");
    for document in [OWN.to_owned(), changed.replace("Stolpar", "Stolpe")] {
        let dry = report(&app, &key, "budgetYear=2025&dryRun=true", &document).await;
        let before = list(&app, "/investments").await;
        let real = report(&app, &key, "budgetYear=2025", &document).await;
        assert_eq!(plain(&dry), plain(&real));
        assert_ne!(
            list(&app, "/investments").await,
            before,
            "the dry run wrote nothing"
        );
    }
}

#[tokio::test]
async fn what_is_there_with_another_amount_and_what_is_not_in_the_document_stays() {
    let (app, key) = with_indicators().await;
    app.board("vagnamnden", "board").await;
    report(&app, &key, "budgetYear=2025", OWN).await;
    let goal = first_goal(&app).await;
    let before = list(&app, "/investments").await;
    let path = format!(
        "/investments/{}",
        before[0]["investmentId"].as_str().expect("a key")
    );
    let patch = app.request("PATCH", &path).key(&key).if_match("*");
    let patch = patch.json(&json!({"boardId": "vagnamnden"}));
    let kept = patch.send().await.expect(200);
    let other = json!({"goalId": goal, "year": 2024, "title": "Nya skyltar", "amount": 1});
    let post = app.request("POST", "/investments").key(&key).json(&other);
    post.send().await.expect(201);
    let position = app
        .request("PUT", &format!("/goals/{goal}/indicators/N00003"))
        .key(&key);
    let link = app.get(&format!("/goals/{goal}/indicators/N00003")).await;
    let position = position
        .if_match(link.etag())
        .json(&json!({"position": 40}));
    position.send().await.expect(200);

    let changed = OWN
        .replace("1,5 mnkr", "2 mnkr")
        .replace("- Stolpar (500 tkr)\n", "")
        .replace("- N00002\n- ", "- ")
        .replace("- rätat upp stolparna", "- ställt upp stolpar");
    let report = report(&app, &key, "budgetYear=2025", &changed).await;
    assert_eq!(report["updated"], 0, "{report}");
    assert_eq!(
        told(&report["investments"], &["title", "amount", "action"]),
        [json!(["Nya skyltar", 1_500_000, "unchanged"])]
    );
    let left = report["recognised"].as_array().expect("a list").iter();
    let left = left
        .clone()
        .find(|item| item["line"] == line_of(&changed, "- Cykelväg till skolan, 2 mnkr"));
    let id = path.rsplit('/').next().expect("a key");
    assert_eq!(
        left.expect("the other amount")["reason"],
        format!(
            "an investment of this title is there with another amount: 1500000 kronor there, 2000000 in the document (investment {id})"
        )
    );
    assert_eq!(app.get(&path).await.expect(200).json(), kept.json());
    let links = list(&app, &format!("/goals/{goal}/indicators?sort=position")).await;
    assert_eq!(
        told(&links, &["indicatorCode", "position"]),
        [
            json!(["N00002", 1]),
            json!(["N00001", 2]),
            json!(["N00003", 40])
        ]
    );
    let achievements = list(&app, &format!("/achievements?goalId={goal}&sort=position")).await;
    assert_eq!(
        told(&achievements, &["text", "position"]),
        [
            json!(["målat om skyltarna", 1]),
            json!(["rätat upp stolparna", 2]),
            json!(["ställt upp stolpar", 3]),
        ]
    );
    assert_eq!(
        list(&app, "/investments").await.as_array().map(Vec::len),
        Some(4)
    );
}

#[tokio::test]
async fn two_investments_of_one_title_are_two_whatever_their_order_and_a_third_is_made() {
    let (app, key) = with_indicators().await;
    let of = |items: &str| {
        format!(
            "Kommunövergripande mål budget 2025\n\n1.1 Alla hittar hem\n\nText.\n\nInvesteringar 2025\n\n{items}"
        )
    };
    report(
        &app,
        &key,
        "budgetYear=2025",
        &of("- Bro, 1 mkr\n- Bro, 2 mkr\n"),
    )
    .await;
    let turned = report(
        &app,
        &key,
        "budgetYear=2025",
        &of("- Bro, 2 mkr\n- Bro, 1 mkr\n"),
    )
    .await;
    assert_eq!(
        told(&turned["investments"], &["action"]),
        [json!(["unchanged"]), json!(["unchanged"])]
    );
    let one = report(
        &app,
        &key,
        "budgetYear=2025",
        &of("- Bro, 3 mkr\n- Bro, 1 mkr\n"),
    )
    .await;
    assert_eq!(
        told(&one["investments"], &["amount", "action"]),
        [json!([1_000_000, "unchanged"])]
    );
    assert_eq!(
        told(&one["recognised"], &["line", "kind", "action", "text"]),
        [json!([9, "investment", "left", "Bro, 3 mkr"])]
    );
    let third = report(
        &app,
        &key,
        "budgetYear=2025",
        &of("- Bro, 3 mkr\n- Bro, 1 mkr\n- Bro, 2 mkr\n"),
    )
    .await;
    assert_eq!(
        told(&third["investments"], &["amount", "action"]),
        [
            json!([3_000_000, "created"]),
            json!([1_000_000, "unchanged"]),
            json!([2_000_000, "unchanged"]),
        ]
    );
    assert_eq!(
        list(&app, "/investments").await.as_array().map(Vec::len),
        Some(3)
    );
}
