//! Indicators: what is measured, who answers for it, what refers to it.

use malbild::auth::Role;
use malbild::resources::indicators::{Measured, measured};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// An indicator's body with what an indicator must have.
pub(crate) fn indicator(title: &str) -> Value {
    json!({"title": title, "unit": "procent", "decimals": 1, "direction": "higherIsBetter", "dividedByGender": true})
}

/// The codes of a list's items.
async fn codes(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.get(&format!("/indicators{query}")).await;
    let list = list.expect(200).json();
    let items = list["items"].as_array().expect("items");
    let code = |item: &Value| item["indicatorCode"].as_str().expect("a key").to_owned();
    items.iter().map(code).collect()
}

/// The faults of a PUT of this body, in order.
async fn refused(app: &TestApp, path: &str, body: &Value) -> Vec<(String, String)> {
    let key = app.key(Role::Editor).await;
    let put = app.request("PUT", path).key(&key).if_match("*").json(body);
    let mut faults = put.send().await.problem(422, "invalidContent").faults();
    faults.sort();
    faults
}

fn faults(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(pointer, code): &(&str, &str)| ((*pointer).to_owned(), (*code).to_owned());
    expected.iter().map(owned).collect()
}

/// SQL that makes Östersund and, of the indicator N1, values of this gender in
/// the years from 2010 to `last`.
fn values(gender: &str, last: i32) -> String {
    format!(
        "INSERT INTO municipalities (municipality_code, name, kind) VALUES ('2380', 'Östersund', 'municipality')
             ON CONFLICT DO NOTHING;
         INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
         SELECT 'N1', '2380', year, '{gender}', 1, 'final', 'reported' FROM generate_series(2010, {last}) year"
    )
}

#[tokio::test]
async fn an_indicator_comes_back_as_it_was_written() {
    let app = TestApp::start().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    app.make("/indicators/U-2", indicator("Den nya")).await;
    let body = json!({
        "title": "Exempel: Nöjda", "definition": "Rad ett.\nRad två.", "unit": "procent", "decimals": 0,
        "direction": "none", "dividedByGender": false, "sdgs": [16, 3], "responsibleBoardId": "kommunstyrelsen",
        "publisher": "Kolada", "publisherId": "N00090", "operatingArea": "Skola", "perspective": "Kvalitet",
        "publicationPeriod": "årligen", "nextPublication": "2027-03-31", "valuesDue": "--02-29",
        "discontinuedOn": "2026-12-31", "replacedByCode": "U-2", "sourceUrl": "https://www.kolada.se/"
    });
    let made = app.make("/indicators/N00090", body.clone()).await;
    assert_eq!(made.header("location"), app.url("/indicators/N00090"));
    let read = app.get("/indicators/N00090").await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    assert_eq!(found["indicatorCode"], "N00090");
    for (member, written) in body.as_object().expect("members") {
        assert_eq!(found[member], *written, "{member}");
    }
    for (name, path) in [
        ("self", "/indicators/N00090"),
        ("collection", "/indicators"),
        ("edit", "/indicators/N00090"),
        ("values", "/indicators/N00090/values"),
        ("responsibleBoard", "/boards/kommunstyrelsen"),
        ("replacedBy", "/indicators/U-2"),
    ] {
        assert_eq!(found["_links"][name]["href"], app.url(path), "{name}");
    }
    assert_eq!(found["role"], Value::Null, "the role is a goal's to say");
}

#[tokio::test]
async fn what_may_be_left_out_is_null_or_empty() {
    let app = TestApp::start().await;
    let made = app.make("/indicators/N1", indicator("Ett")).await.json();
    assert_eq!(made["sdgs"], json!([]));
    for member in ["definition", "publisher", "valuesDue", "replacedByCode"] {
        assert_eq!(made[member], Value::Null, "{member}");
    }
    let links = made["_links"].as_object().expect("links");
    assert!(!links.contains_key("responsibleBoard") && !links.contains_key("replacedBy"));
}

#[tokio::test]
async fn every_fault_of_an_indicator_is_told_at_once() {
    let app = TestApp::start().await;
    let body = json!({
        "unit": "", "decimals": 13, "direction": "up", "dividedByGender": null, "sdgs": [18],
        "responsibleBoardId": "finns-inte", "nextPublication": "2027-02-29", "valuesDue": "--02-30",
        "replacedByCode": "FINNS-INTE", "sourceUrl": "kolada.se", "role": "indicator", "indicatorCode": "N1"
    });
    let expected = [
        ("/decimals", "outOfRange"),
        ("/direction", "notAllowed"),
        ("/dividedByGender", "required"),
        ("/indicatorCode", "readOnly"),
        ("/nextPublication", "invalidFormat"),
        ("/replacedByCode", "unknownReference"),
        ("/responsibleBoardId", "unknownReference"),
        ("/role", "unknownMember"),
        ("/sdgs/0", "outOfRange"),
        ("/sourceUrl", "invalidFormat"),
        ("/title", "required"),
        ("/unit", "empty"),
        ("/valuesDue", "invalidFormat"),
    ];
    let key = app.key(Role::Editor).await;
    let put = app.request("PUT", "/indicators/N1").key(&key).json(&body);
    let mut found = put.send().await.problem(422, "invalidContent").faults();
    found.sort();
    assert_eq!(found, faults(&expected));
    for wrong in ["n00090", "N_1", "%C3%85", "N%201", &"A".repeat(41)] {
        let read = app.get(&format!("/indicators/{wrong}")).await;
        read.problem(404, "notFound");
    }
}

#[tokio::test]
async fn an_indicator_cannot_replace_itself() {
    let app = TestApp::start().await;
    app.make("/indicators/N1", indicator("Ett")).await;
    let mut body = indicator("Ett");
    body["replacedByCode"] = json!("N1");
    let expected = [("/replacedByCode", "inconsistent")];
    let found = refused(&app, "/indicators/N1", &body).await;
    assert_eq!(found, faults(&expected));
}

#[tokio::test]
async fn indicators_are_found_by_code_board_goal_role_and_text() {
    let app = TestApp::start().await;
    for board in ["kommunstyrelsen", "skolnamnden"] {
        app.board(board, "board").await;
    }
    let with = |title: &str, member: &str, value: Value| {
        let mut body = indicator(title);
        body[member] = value;
        body
    };
    for (code, body) in [
        (
            "N3",
            with("Tre", "responsibleBoardId", json!("skolnamnden")),
        ),
        (
            "N2",
            with("Två", "responsibleBoardId", json!("kommunstyrelsen")),
        ),
        ("N1", with("Ett", "definition", json!("Andel skolor"))),
        (
            "U-1",
            with("Skolans tid", "operatingArea", json!("Förskola")),
        ),
    ] {
        app.make(&format!("/indicators/{code}"), body).await;
    }
    app.budget(2024).await;
    let goals = [
        "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11",
        "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b12",
    ];
    for (number, goal) in goals.iter().enumerate() {
        let body = crate::goals::goal(2024, &number.to_string());
        app.make(&format!("/goals/{goal}"), body).await;
    }
    let link = "INSERT INTO goal_indicators (goal_id, indicator_code, position) VALUES ($1::text::uuid, $2, 1)";
    let sql = app.sql().await;
    for (goal, code) in [(goals[0], "N1"), (goals[0], "U-1"), (goals[1], "N1")] {
        sql.execute(link, &[&goal, &code]).await.expect("a link");
    }
    let (first, second) = (goals[0], goals[1]);
    for (query, expected) in [
        ("", &["N1", "N2", "N3", "U-1"][..]),
        ("?indicatorCode=U-1,N2", &["N2", "U-1"]),
        ("?responsibleBoardId=skolnamnden,valnamnden", &["N3"]),
        (&format!("?goalId={first}"), &["N1", "U-1"]),
        (&format!("?goalId={second}"), &["N1"]),
        (
            &format!("?goalId={first},{second}&role=keyFigure"),
            &["N1", "U-1"],
        ),
        (&format!("?goalId={first}&role=indicator"), &[]),
        ("?role=keyFigure", &["N1", "U-1"]),
        ("?role=indicator", &[]),
        ("?goalId=01941f29-7c00-7a3e-b2f4-000000000000", &[]),
        ("?q=SKOL", &["N1", "U-1"]),
        ("?q=f%C3%B6rskola", &["U-1"]),
        ("?sort=-title", &["N2", "N3", "U-1", "N1"]),
        ("?sort=responsibleBoardId&limit=2", &["N2", "N3"]),
    ] {
        assert_eq!(codes(&app, query).await, expected, "{query}");
    }
    for wrong in [
        "?indicatorCode=n1",
        "?goalId=1",
        "?role=target",
        "?kind=board",
    ] {
        let list = app.get(&format!("/indicators{wrong}")).await;
        list.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn an_indicator_with_values_of_women_or_men_stays_divided_by_gender() {
    let app = TestApp::start().await;
    app.make("/indicators/N1", indicator("Ett")).await;
    let sql = app.sql().await;
    sql.batch_execute(&values("T", 2012)).await.expect("values");
    sql.batch_execute(&values("K", 2010)).await.expect("values");
    let mut body = indicator("Ett");
    body["dividedByGender"] = json!(false);
    body["responsibleBoardId"] = json!("finns-inte");
    let found = refused(&app, "/indicators/N1", &body).await;
    let expected = [
        ("/dividedByGender", "inconsistent"),
        ("/responsibleBoardId", "unknownReference"),
    ];
    assert_eq!(found, faults(&expected));
    let key = app.key(Role::Editor).await;
    let patch = |body: Value| {
        let request = app.request("PATCH", "/indicators/N1").key(&key);
        request.if_match("*").json(&body).send()
    };
    let undivided = json!({"dividedByGender": false});
    let kept = patch(undivided.clone()).await;
    kept.problem(422, "invalidContent");
    patch(json!({"unit": "kronor"})).await.expect(200);
    let gone = "DELETE FROM indicator_values WHERE gender = 'K'";
    sql.batch_execute(gone).await.expect("no values of women");
    let changed = patch(undivided).await.expect(200).json();
    assert_eq!(changed["dividedByGender"], false);
    patch(json!({"dividedByGender": true})).await.expect(200);
}

/// Starts to make N1 undivided, and waits until that waits for a lock.
async fn undividing(app: &TestApp) -> tokio::task::JoinHandle<Answer> {
    let key = app.key(Role::Editor).await;
    let request = app.request("PATCH", "/indicators/N1").key(&key);
    let body = json!({"dividedByGender": false});
    let patch = tokio::spawn(request.if_match("*").json(&body).send());
    app.blocked().await;
    patch
}

#[tokio::test]
async fn a_value_of_women_on_its_way_is_seen_before_the_division_ends() {
    let app = TestApp::start().await;
    app.make("/indicators/N1", indicator("Ett")).await;
    let mut sql = app.sql().await;
    let writing = sql.transaction().await.expect("a transaction");
    let row = "SELECT FROM indicators WHERE indicator_code = 'N1' FOR KEY SHARE";
    writing.execute(row, &[]).await.expect("the row");
    let patch = undividing(&app).await;
    writing
        .batch_execute(&values("K", 2010))
        .await
        .expect("a value");
    writing.commit().await.expect("a commit");
    let kept = patch
        .await
        .expect("an answer")
        .problem(422, "invalidContent");
    assert_eq!(
        kept.faults(),
        faults(&[("/dividedByGender", "inconsistent")])
    );
}

#[tokio::test]
async fn who_writes_a_value_after_the_division_has_ended_learns_of_it() {
    let app = TestApp::start().await;
    app.make("/indicators/N1", indicator("Ett")).await;
    let mut sql = app.sql().await;
    let before = sql.transaction().await.expect("a transaction");
    let row = "SELECT FROM indicators WHERE indicator_code = 'N1' FOR KEY SHARE";
    before.execute(row, &[]).await.expect("the row");
    let patch = undividing(&app).await;
    before.commit().await.expect("a commit");
    patch.await.expect("an answer").expect(200);
    let fits = app
        .pool
        .read(|connection| Box::pin(async move { Ok(measured(connection, "N1").await?) }));
    let expected = Measured {
        divided_by_gender: false,
        responsible_board_id: None,
    };
    assert_eq!(fits.await.expect("an answer"), Some(expected));
}

#[tokio::test]
async fn what_others_refer_to_cannot_be_deleted_and_they_are_named() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let made = app.make("/indicators/N1", indicator("Ett")).await;
    let mut body = indicator("Gammal");
    body["replacedByCode"] = json!("N1");
    app.make("/indicators/N0", body).await;
    let sql = app.sql().await;
    sql.batch_execute(&values("T", 2030)).await.expect("values");
    let delete = || {
        let request = app.request("DELETE", "/indicators/N1").key(&key);
        request.if_match(made.etag()).send()
    };
    let kept = delete().await.problem(409, "referredTo").json();
    let detail = kept["detail"].as_str().expect("words");
    let expected = "by indicator N0, value N1/2380/2010/T, ";
    assert!(detail.contains(expected), "{detail}");
    assert!(detail.contains("2018/T and others"), "{detail}");
    let gone = "DELETE FROM indicator_values; UPDATE indicators SET replaced_by_code = NULL";
    sql.batch_execute(gone).await.expect("nothing refers");
    let now = app.get("/indicators/N1").await;
    let request = app.request("DELETE", "/indicators/N1").key(&key);
    request.if_match(now.etag()).send().await.expect(204);
    app.get("/indicators/N1").await.problem(404, "notFound");
}

#[tokio::test]
async fn a_board_that_answers_for_indicators_cannot_be_deleted() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let board = app.board("skolnamnden", "board").await;
    let mut body = indicator("Ett");
    body["responsibleBoardId"] = json!("skolnamnden");
    let made = app.make("/indicators/N1", body).await;
    let delete = || {
        let request = app.request("DELETE", "/boards/skolnamnden").key(&key);
        request.if_match(board.etag()).send()
    };
    let kept = delete().await.problem(409, "referredTo");
    assert!(kept.text().contains("indicator N1"), "{}", kept.text());
    let patch = app.request("PATCH", "/indicators/N1").key(&key);
    let freed = patch
        .if_match(made.etag())
        .json(&json!({"responsibleBoardId": null}));
    freed.send().await.expect(200);
    delete().await.expect(204);
}

#[tokio::test]
async fn a_board_may_not_write_even_the_indicators_that_it_answers_for() {
    let app = TestApp::start().await;
    app.board("skolnamnden", "board").await;
    let mut body = indicator("Ett");
    body["responsibleBoardId"] = json!("skolnamnden");
    let made = app.make("/indicators/N1", body.clone()).await;
    let key = app.board_key("skolnamnden").await;
    for (method, path) in [
        ("PUT", "/indicators/N1"),
        ("PUT", "/indicators/N2"),
        ("PATCH", "/indicators/N1"),
        ("DELETE", "/indicators/N1"),
    ] {
        let request = app.request(method, path).key(&key).json(&body);
        request.send().await.problem(403, "forbidden");
    }
    assert_eq!(app.get("/indicators/N1").await.etag(), made.etag());
}
