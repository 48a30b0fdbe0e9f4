//! Municipality groups: municipalities to compare with.

use malbild::auth::Role;
use malbild::http::members::MAX_ELEMENTS;
use serde_json::{Value, json};

use crate::lists::{names, page, walk};
use crate::support::{Answer, TestApp};

/// A service with four municipalities.
async fn town() -> TestApp {
    let app = TestApp::start().await;
    for code in ["0180", "2281", "2380", "2480"] {
        app.municipality(code, "municipality").await;
    }
    app
}

fn group(title: &str, codes: &[&str]) -> Value {
    json!({"title": title, "municipalityCodes": codes})
}

async fn put(app: &TestApp, key: &str, id: &str, body: &Value) -> Answer {
    let request = app.request("PUT", &format!("/municipality-groups/{id}"));
    request.key(key).json(body).send().await
}

#[tokio::test]
async fn a_group_comes_back_as_it_was_written() {
    let app = town().await;
    let path = "/municipality-groups/G37609";
    let body = json!({
        "title": "Liknande kommuner", "municipalityCodes": ["2480", "0180"],
        "source": {"title": "Kolada", "url": "https://kolada.se/", "publishedOn": null, "updatedOn": null}
    });
    let made = app.make(path, body.clone()).await;
    assert_eq!(made.header("location"), app.url(path));
    let read = app.get(path).await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());
    let found = read.json();
    assert_eq!(found["groupId"], "G37609");
    for member in ["title", "municipalityCodes", "source"] {
        assert_eq!(found[member], body[member], "{member}, in its order");
    }
    assert_eq!(found["_links"]["self"]["href"], app.url(path));
    let collection = &found["_links"]["collection"]["href"];
    assert_eq!(*collection, app.url("/municipality-groups"));
    let municipality = app.get("/municipalities/2480").await.expect(200).json();
    let groups = app.url("/municipality-groups?municipalityCode=2480");
    assert_eq!(municipality["_links"]["groups"]["href"], groups);
}

#[tokio::test]
async fn a_group_holds_one_municipality_at_least_each_there_and_none_twice() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let many: Vec<String> = (0..=MAX_ELEMENTS).map(|n| format!("{n:04}")).collect();
    for (codes, expected) in [
        (json!(null), &[("", "required")][..]),
        (json!([]), &[("", "empty")]),
        (json!("2380"), &[("", "wrongType")]),
        (json!({}), &[("", "wrongType")]),
        (json!(many), &[("", "tooMany")]),
        (json!(["2380", "2480", "2380"]), &[("/2", "duplicate")]),
        (
            json!(["2380", "238", 2380, "9999", null, "0000"]),
            &[
                ("/1", "invalidFormat"),
                ("/2", "invalidFormat"),
                ("/3", "unknownReference"),
                ("/4", "invalidFormat"),
                ("/5", "unknownReference"),
            ],
        ),
    ] {
        let body = json!({"title": "a", "municipalityCodes": codes});
        let refused = put(&app, &key, "G1", &body).await;
        let mut faults = refused.problem(422, "invalidContent").faults();
        faults.sort();
        let place = |(p, c): &(&str, &str)| (format!("/municipalityCodes{p}"), (*c).to_owned());
        assert_eq!(faults, expected.iter().map(place).collect::<Vec<_>>());
    }
    app.get("/municipality-groups/G1")
        .await
        .problem(404, "notFound");
    let other = json!({"municipalityCodes": ["2380"], "groupId": "G1", "source": []});
    let refused = put(&app, &key, "G1", &other).await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("/groupId", "readOnly"),
        ("/source", "wrongType"),
        ("/title", "required"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
}

#[tokio::test]
async fn a_groups_key_is_of_capitals_digits_and_hyphens() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    for wrong in ["g1", "G_1", "G%201", "%C3%96", &"G".repeat(41)] {
        let path = format!("/municipality-groups/{wrong}");
        app.get(&path).await.problem(404, "notFound");
        let refused = put(&app, &key, wrong, &group("a", &["2380"])).await;
        refused.problem(404, "notFound");
    }
    let made = put(&app, &key, &"G".repeat(40), &group("a", &["2380"])).await;
    made.expect(201);
}

#[tokio::test]
async fn a_group_is_changed_with_the_etag_that_was_read() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let path = "/municipality-groups/G1";
    let made = app.make(path, group("a", &["2380"])).await;
    let send = |method: &str, body: Value| app.request(method, path).key(&key).json(&body);
    for method in ["PUT", "PATCH", "DELETE"] {
        let unread = send(method, group("b", &["2380"])).send().await;
        unread.problem(428, "preconditionRequired");
    }
    let patch = send("PATCH", json!({"municipalityCodes": ["0180", "2380"]}));
    let changed = patch.if_match(made.etag()).send().await.expect(200);
    let codes = &changed.json()["municipalityCodes"];
    assert_eq!(*codes, json!(["0180", "2380"]));
    let late = send("PUT", group("b", &["2380"])).if_match(made.etag());
    late.send().await.problem(412, "preconditionFailed");
    let none = send("PATCH", json!({"municipalityCodes": null})).if_match(changed.etag());
    let none = none.send().await.problem(422, "invalidContent");
    let expected = ("/municipalityCodes".to_owned(), "required".to_owned());
    assert_eq!(none.faults(), [expected]);
    let delete = app.request("DELETE", path).key(&key);
    let delete = delete.if_match(changed.etag()).send().await;
    delete.expect(204);
    app.get(path).await.problem(404, "notFound");
}

#[tokio::test]
async fn groups_are_found_by_municipality_and_title() {
    let app = town().await;
    for (id, title, codes) in [
        ("B", "Norrländska kommuner", &["2281", "2380", "2480"][..]),
        ("A", "Alla kommuner", &["0180", "2281", "2380", "2480"]),
        ("C", "Huvudstaden", &["0180"]),
    ] {
        let path = format!("/municipality-groups/{id}");
        app.make(&path, group(title, codes)).await;
    }
    let list = |query: &str| app.url(&format!("/municipality-groups{query}"));
    for (query, expected) in [
        ("", &["A", "B", "C"][..]),
        ("?municipalityCode=2380", &["A", "B"]),
        ("?municipalityCode=0180,2281", &["A", "B", "C"]),
        ("?municipalityCode=9999", &[]),
        ("?q=KOMMUNER", &["A", "B"]),
        ("?q=alla&municipalityCode=0180", &["A"]),
        ("?sort=-title", &["B", "C", "A"]),
    ] {
        let found = page(&list(query)).await;
        assert_eq!(names(&found, "groupId"), expected, "{query}");
        let and = if query.is_empty() { "?" } else { "&" };
        let steps = list(&format!("{query}{and}limit=1"));
        let walked = walk(steps, "next", "groupId").await;
        assert_eq!(walked.0.concat(), expected, "{query} in steps");
    }
    for wrong in [
        "?municipalityCode=238",
        "?groupId=A",
        "?sort=municipalityCodes",
    ] {
        let path = format!("/municipality-groups{wrong}");
        app.get(&path).await.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn a_municipality_that_groups_hold_cannot_be_deleted_and_ten_are_named() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    for number in 10..=20 {
        let path = format!("/municipality-groups/G{number}");
        app.make(&path, group("a", &["0180", "2380"])).await;
    }
    let delete = async |path: &str| {
        let request = app.request("DELETE", path).key(&key).if_match("*");
        request.send().await
    };
    let kept = delete("/municipalities/2380").await;
    let kept = kept.problem(409, "referredTo").json();
    let detail = kept["detail"].as_str().expect("words");
    assert!(detail.contains("municipality group G10,"), "{detail}");
    let last = "municipality group G19 and others";
    assert!(detail.contains(last), "{detail}");
    for number in 10..=20 {
        let path = format!("/municipality-groups/G{number}");
        delete(&path).await.expect(204);
    }
    delete("/municipalities/2380").await.expect(204);
}

#[tokio::test]
async fn a_group_of_a_municipality_that_is_being_deleted_is_422() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut sql = app.sql().await;
    let deleting = sql.transaction().await.expect("a transaction");
    let delete = "DELETE FROM municipalities WHERE municipality_code = '2380'";
    deleting.batch_execute(delete).await.expect("a deletion");
    let body = group("a", &["0180", "2380"]);
    let request = app.request("PUT", "/municipality-groups/G1").key(&key);
    let putting = tokio::spawn(request.json(&body).send());
    app.blocked().await;
    deleting.commit().await.expect("a commit");
    let refused = putting.await.expect("an answer");
    let refused = refused.problem(422, "invalidContent");
    let expected = (
        "/municipalityCodes/1".to_owned(),
        "unknownReference".to_owned(),
    );
    assert_eq!(refused.faults(), [expected]);
}

#[tokio::test]
async fn a_deletion_waits_for_a_group_that_is_on_its_way() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    let mut sql = app.sql().await;
    let grouping = sql.transaction().await.expect("a transaction");
    let insert = "INSERT INTO municipality_groups (group_id, title, municipality_codes) VALUES ('G1', 'a', '{2380}')";
    grouping.batch_execute(insert).await.expect("a group");
    let delete = app.request("DELETE", "/municipalities/2380").key(&key);
    let delete = tokio::spawn(delete.if_match("*").send());
    app.blocked().await;
    grouping.commit().await.expect("a commit");
    let kept = delete.await.expect("an answer").problem(409, "referredTo");
    assert!(
        kept.text().contains("municipality group G1"),
        "{}",
        kept.text()
    );
}

#[tokio::test]
async fn a_board_may_not_write_groups() {
    let app = town().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let body = group("a", &["2380"]);
    let made = app.make("/municipality-groups/G1", body.clone()).await;
    let key = app.board_key("kommunstyrelsen").await;
    for (method, id) in [
        ("PUT", "G1"),
        ("PUT", "G2"),
        ("PATCH", "G1"),
        ("DELETE", "G1"),
    ] {
        let path = format!("/municipality-groups/{id}");
        let request = app.request(method, &path).key(&key).json(&body);
        request.send().await.problem(403, "forbidden");
    }
    let read = app.get("/municipality-groups/G1").await;
    assert_eq!(read.etag(), made.etag());
}
