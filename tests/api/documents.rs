//! Documents in, goals out.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// A budget's document of our own, in the form that the council's have.
const OWN: &str = "Kommunövergripande mål budget 2025\n\nKommunfullmäktige\n\n1 Kommunövergripande mål\n\n\
    Inledningen säger vad målen är till för.\n\nI budget 2025 finns två kommunövergripande mål:\n\n\
    - Alla hittar hem\n- Ingen går vilse\n\n\
    1.1 Alla hittar hem\n\nVägarna ska skyltas.\n\nSkyltarna ska vara rena.\n\n\
    Uppdrag från fullmäktige 2025\n\n- Räkna skyltarna\n\nNämndernas egna uppdrag 2025\n\n\
    - Vägnämnden: Tvätta skyltarna\n- Okända nämnden: Gör något\n\nNyckeltal 2025\n\n- Antal skyltar\n\n\
    1.2 Ingen går vilse\n\nKartor ska finnas.\n";

pub(crate) async fn import(
    app: &TestApp,
    key: &str,
    query: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = app.request("POST", &format!("/documents?{query}")).key(key);
    request
        .header("content-type", "text/plain; charset=utf-8")
        .body(body)
        .send()
        .await
}

pub(crate) async fn goals(app: &TestApp, year: i32) -> Vec<Value> {
    let list = app
        .get(&format!("/goals?budgetYear={year}"))
        .await
        .expect(200)
        .json();
    list["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn a_second_import_changes_nothing_and_records_nothing() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.make(
        "/boards/vagnamnden",
        json!({"name": "Vägnämnden", "kind": "board"}),
    )
    .await;
    let first = import(&app, &key, "budgetYear=2025", OWN)
        .await
        .expect(200)
        .json();
    assert_eq!(
        first["created"], 5,
        "a budget, two goals, two assignments: {first}"
    );
    let seen = || async {
        (
            app.get("/goals").await.json(),
            app.get("/assignments").await.json(),
            app.get("/budgets/2025").await.etag().to_owned(),
        )
    };
    let sql = app.sql().await;
    let recorded = || async {
        sql.query_one("SELECT count(*) FROM history", &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
    };
    let (before, entries) = (seen().await, recorded().await);
    let second = import(&app, &key, "budgetYear=2025", OWN)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&second["created"], &second["updated"], &second["unchanged"]),
        (&json!(0), &json!(0), &json!(5))
    );
    assert_eq!(seen().await, before);
    assert_eq!(recorded().await, entries);
}

#[tokio::test]
async fn the_report_tells_with_line_numbers_what_was_made_and_what_was_left() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.make(
        "/boards/vagnamnden",
        json!({"name": "Vägnämnden", "kind": "board"}),
    )
    .await;
    let report = import(&app, &key, "budgetYear=2025", OWN)
        .await
        .expect(200)
        .json();
    let assignments: Vec<(&Value, &Value)> = report["assignments"]
        .as_array()
        .expect("assignments")
        .iter()
        .map(|a| (&a["title"], &a["originBoardId"]))
        .collect();
    assert_eq!(
        assignments,
        [
            (&json!("Räkna skyltarna"), &Value::Null),
            (&json!("Tvätta skyltarna"), &json!("vagnamnden"))
        ]
    );
    let line = |text: &str| {
        json!(
            OWN.lines()
                .position(|line| line.contains(text))
                .expect("a line")
                + 1
        )
    };
    assert_eq!(report["assignments"][0]["line"], line("Räkna"));
    assert_eq!(
        report["recognised"],
        json!([
            {"line": line("Okända"), "kind": "boardAssignment", "action": "left", "text": "Okända nämnden: Gör något", "reason": "it names no board that is known"},
            {"line": line("Antal skyltar"), "kind": "indicator", "action": "left", "text": "Antal skyltar", "reason": "no indicator has this code or this title"},
        ])
    );
    let list = app
        .get("/boards/vagnamnden/assignments")
        .await
        .expect(200)
        .json();
    assert_eq!(
        list["items"][0]["allBoards"], true,
        "the council's go to all boards"
    );
    assert_eq!(list["items"][1]["boardIds"], json!(["vagnamnden"]));
}

#[tokio::test]
async fn a_changed_document_updates_what_changed_and_says_so() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    import(&app, &key, "budgetYear=2025", OWN).await.expect(200);
    let before = goals(&app, 2025).await;
    let changed = OWN.replace("Kartor ska finnas.", "Kartor ska finnas överallt.");
    let report = import(&app, &key, "budgetYear=2025", changed)
        .await
        .expect(200)
        .json();
    assert_eq!(report["updated"], 1);
    assert_eq!(
        report["goals"][1]["changedFields"],
        json!(["politicalText"])
    );
    let after = goals(&app, 2025).await;
    assert_eq!(after[0], before[0], "the other goal is as it was");
    assert_eq!(after[1]["goalId"], before[1]["goalId"]);
    assert_eq!(after[1]["politicalText"], "Kartor ska finnas överallt.");
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let dry = import(&app, &key, "budgetYear=2025&dryRun=true", OWN)
        .await
        .expect(200)
        .json();
    assert_eq!(dry["dryRun"], true);
    assert_eq!(dry["created"], 4);
    app.get("/budgets/2025").await.problem(404, "notFound");
    assert!(goals(&app, 2025).await.is_empty());
    let real = import(&app, &key, "budgetYear=2025", OWN)
        .await
        .expect(200)
        .json();
    assert_eq!(
        real["created"], dry["created"],
        "the real one does what the dry one said"
    );
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_with_the_reason_and_nothing_is_written() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let wrong_year = import(&app, &key, "budgetYear=2024", OWN)
        .await
        .problem(422, "documentRefused");
    assert_eq!(wrong_year.faults()[0].1, "yearContradicted");
    import(&app, &key, "budgetYear=2025", "Ett brev om något annat.")
        .await
        .problem(422, "documentRefused");
    import(&app, &key, "budgetYear=2025", "")
        .await
        .problem(422, "documentRefused");
    let nul = import(
        &app,
        &key,
        "budgetYear=2025",
        OWN.replace("Vägarna", "Väg\0arna"),
    )
    .await
    .problem(422, "documentRefused");
    assert!(
        nul.json()["detail"]
            .as_str()
            .expect("a detail")
            .contains("line "),
        "{}",
        nul.text()
    );
    let long = OWN.replace("Kartor ska finnas.", &"Kartor ".repeat(20_000));
    import(&app, &key, "budgetYear=2025", long)
        .await
        .problem(422, "documentRefused");
    import(&app, &key, "", OWN)
        .await
        .problem(400, "invalidQuery");
    import(&app, &key, "budgetYear=20255", OWN)
        .await
        .problem(400, "invalidQuery");
    import(&app, &key, "budgetYear=2025&dryRun=ja", OWN)
        .await
        .problem(400, "invalidQuery");
    let charset = app.request("POST", "/documents?budgetYear=2025").key(&key);
    let charset = charset
        .header("content-type", "text/plain; charset=klingon")
        .body(OWN);
    charset.send().await.problem(415, "unsupportedMediaType");
    let numbered = "Budget 2025\n\n1.1 A\n\nText.\n\n1.2 B\n\nText.\n";
    let refused = import(&app, &key, "budgetYear=2025", numbered).await;
    let refused = refused.problem(422, "documentRefused");
    assert!(
        refused.text().contains("speaks of goals"),
        "{}",
        refused.text()
    );
    let json = app
        .request("POST", "/documents?budgetYear=2025")
        .key(&key)
        .json(&json!({}))
        .send()
        .await;
    assert_eq!(
        json.problem(415, "unsupportedMediaType")
            .header("accept-post"),
        "text/plain"
    );
    app.request("POST", "/documents?budgetYear=2025")
        .header("content-type", "text/plain")
        .body(OWN)
        .send()
        .await
        .problem(401, "missingKey");
    app.board("skolnamnden", "board").await;
    let board = app.board_key("skolnamnden").await;
    import(&app, &board, "budgetYear=2025", OWN)
        .await
        .problem(403, "forbidden");
    assert!(goals(&app, 2025).await.is_empty());
}

#[tokio::test]
async fn goals_that_are_there_are_filled_in_and_not_made_twice() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2025).await;
    let bodies = [
        json!({"budgetYear": 2025, "number": "1.1", "statement": "Något annat", "position": 9, "sdgs": [11]}),
        json!({"budgetYear": 2025, "statement": "Ingen går vilse.", "position": 8, "source": {"url": "https://example.se/"}}),
    ];
    let mut ids = Vec::new();
    for body in bodies {
        let made = app
            .request("POST", "/goals")
            .key(&key)
            .json(&body)
            .send()
            .await
            .expect(201);
        ids.push(made.json()["goalId"].clone());
    }
    let report = import(&app, &key, "budgetYear=2025", OWN)
        .await
        .expect(200)
        .json();
    assert_eq!(report["updated"], 3, "{report}");
    let goals = goals(&app, 2025).await;
    assert_eq!(
        goals
            .iter()
            .map(|goal| goal["goalId"].clone())
            .collect::<Vec<_>>(),
        ids
    );
    assert_eq!(goals[0]["statement"], "Alla hittar hem");
    assert_eq!(
        goals[0]["sdgs"],
        json!([11]),
        "what the document does not speak of stays"
    );
    assert_eq!(goals[1]["number"], "1.2");
    assert_eq!(goals[1]["source"]["url"], "https://example.se/");
}

#[tokio::test]
async fn the_same_number_counts_before_the_same_statement_whatever_the_order() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2025).await;
    // The first goal's statement, under the second goal's number.
    let body =
        json!({"budgetYear": 2025, "number": "1.2", "statement": "Alla hittar hem", "position": 1});
    let made = app
        .request("POST", "/goals")
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(201);
    import(&app, &key, "budgetYear=2025", OWN).await.expect(200);
    let goals = goals(&app, 2025).await;
    assert_eq!(goals.len(), 2);
    assert_eq!(goals[1]["number"], "1.2");
    assert_eq!(
        goals[1]["goalId"],
        made.json()["goalId"],
        "1.2 is still the same goal"
    );
    assert_eq!(goals[1]["statement"], "Ingen går vilse");
}

#[tokio::test]
async fn an_import_and_single_writes_do_not_lock_each_other_out() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    import(&app, &key, "budgetYear=2025", OWN).await.expect(200);
    let goal = goals(&app, 2025).await[0]["goalId"].clone();
    let goal = format!("/goals/{}", goal.as_str().expect("a key"));
    let task = app.get("/assignments").await.json()["items"][0]["assignmentId"].clone();
    let task = format!("/assignments/{}", task.as_str().expect("a key"));
    let imports = async {
        for round in 0..30 {
            let changed = OWN.replace("Kartor ska finnas.", &format!("Kartor, {round}."));
            import(&app, &key, "budgetYear=2025", changed)
                .await
                .expect(200);
        }
    };
    let patches = async |path: &str, member: &str| {
        for round in 0..60 {
            let read = app.get(path).await.expect(200);
            let patch = json!({member: format!("Runda {round}")});
            let request = app.request("PATCH", path).key(&key).json(&patch);
            let answer = request.if_match(read.etag()).send().await;
            assert!(matches!(answer.status, 200 | 412), "{}", answer.text());
        }
    };
    let other = patches("/budgets/2025", "decidedBy");
    futures_util::join!(
        imports,
        patches(&goal, "name"),
        patches(&task, "description"),
        other
    );
}
