//! Who may write a report, what it refers to, and two writes at once.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::reports::{GIVEN, TO_ALL, TO_SOME, path, put, report, town};

#[tokio::test]
async fn a_board_reports_for_itself_on_what_addresses_it_and_nothing_else() {
    let app = town().await;
    let editor = app.key(Role::Editor).await;
    let school = app.board_key("skolnamnden").await;
    let mine = path(TO_ALL, "skolnamnden/2024/T1");
    let made = put(&app, &school, &mine, report("inProgress")).await;
    let made = made.expect(201);
    put(&app, &school, &mine, report("paused"))
        .await
        .expect(200);
    let patch = app.request("PATCH", &mine).key(&school).if_match("*");
    let patch = patch.json(&json!({"comment": null})).send().await;
    assert_eq!(patch.expect(200).json()["comment"], Value::Null);
    let stale = app.request("DELETE", &mine).key(&school);
    let stale = stale.if_match(made.etag()).send().await;
    stale.problem(412, "preconditionFailed");
    let delete = app.request("DELETE", &mine).key(&school).send().await;
    delete.expect(204);
    // Another board's, and on an assignment that it gave but that is not for it.
    let theirs = path(TO_ALL, "kommunstyrelsen/2024/T1");
    let written = put(&app, &editor, &theirs, report("completed")).await;
    let written = written.expect(201);
    let not_for_it = path(GIVEN, "skolnamnden/2024/T1");
    for (method, path) in [
        ("PUT", &theirs),
        ("PATCH", &theirs),
        ("DELETE", &theirs),
        ("PUT", &not_for_it),
    ] {
        let request = app
            .request(method, path)
            .key(&school)
            .json(&json!({"x": 1}));
        request.send().await.problem(403, "forbidden");
    }
    assert_eq!(app.get(&theirs).await.etag(), written.etag());
    app.get(&not_for_it).await.problem(404, "notFound");
}

#[tokio::test]
async fn what_a_report_is_on_and_whose_it_is_cannot_be_deleted() {
    let app = town().await;
    let key = app.key(Role::Editor).await;
    for year in 2010..=2020 {
        let path = path(TO_SOME, &format!("bolaget/{year}/T1"));
        app.make(&path, report("completed")).await;
    }
    let delete = async |path: &str| {
        let request = app.request("DELETE", path).key(&key).if_match("*");
        request.send().await
    };
    let assignment = format!("/assignments/{TO_SOME}");
    let kept = delete(&assignment).await.problem(409, "referredTo").json();
    let detail = kept["detail"].as_str().expect("words");
    let first = format!("report {TO_SOME}/bolaget/2010/T1,");
    assert!(detail.contains(&first), "{detail}");
    let last = format!("report {TO_SOME}/bolaget/2019/T1 and others");
    assert!(detail.contains(&last), "{detail}");
    let other = json!({"allBoards": true, "boardIds": []});
    let patch = app.request("PATCH", &assignment).key(&key).if_match("*");
    patch.json(&other).send().await.expect(200);
    let kept = delete("/boards/bolaget").await.problem(409, "referredTo");
    assert!(kept.text().contains(&first), "{}", kept.text());
    for year in 2010..=2020 {
        let path = path(TO_SOME, &format!("bolaget/{year}/T1"));
        delete(&path).await.expect(204);
    }
    delete("/boards/bolaget").await.expect(204);
    delete(&assignment).await.expect(204);
}

#[tokio::test]
async fn a_report_on_what_is_being_deleted_is_404_and_not_a_fault_of_the_service() {
    for (table, column, value) in [
        ("assignments", "assignment_id", TO_SOME),
        ("boards", "board_id", "bolaget"),
    ] {
        let app = town().await;
        let key = app.key(Role::Editor).await;
        let mut sql = app.sql().await;
        let unnamed = "UPDATE assignments SET all_boards = true, board_ids = '{}'";
        if table == "boards" {
            sql.batch_execute(unnamed).await.expect("no names");
        }
        let deleting = sql.transaction().await.expect("a transaction");
        let delete = format!("DELETE FROM {table} WHERE {column}::text = '{value}'");
        deleting.batch_execute(&delete).await.expect("a deletion");
        let path = path(TO_SOME, "bolaget/2024/T1");
        let put = app.request("PUT", &path).key(&key);
        let put = tokio::spawn(put.json(&report("paused")).send());
        app.blocked().await;
        deleting.commit().await.expect("a commit");
        put.await.expect("an answer").problem(404, "notFound");
    }
}

#[tokio::test]
async fn a_deletion_waits_for_a_report_that_is_on_its_way() {
    for end in [
        format!("/assignments/{TO_ALL}"),
        "/boards/valnamnden".to_owned(),
    ] {
        let app = town().await;
        let key = app.key(Role::Editor).await;
        let mut sql = app.sql().await;
        let reporting = sql.transaction().await.expect("a transaction");
        let insert = format!(
            "INSERT INTO reports (assignment_id, board_id, year, period, status, reported_on)
             VALUES ('{TO_ALL}', 'valnamnden', 2024, 'T1', 'paused', '2024-05-01')"
        );
        reporting.batch_execute(&insert).await.expect("a report");
        let delete = app.request("DELETE", &end).key(&key).if_match("*");
        let delete = tokio::spawn(delete.send());
        app.blocked().await;
        reporting.commit().await.expect("a commit");
        let kept = delete.await.expect("an answer");
        kept.problem(409, "referredTo");
    }
}

#[tokio::test]
async fn of_twenty_boards_clients_that_write_one_new_report_one_makes_it() {
    let app = town().await;
    let key = app.board_key("valnamnden").await;
    let path = path(TO_ALL, "valnamnden/2024/T1");
    let writes = (1..=20).map(|number| {
        let body =
            json!({"status": "paused", "comment": format!("{number}"), "reportedOn": "2024-05-01"});
        put(&app, &key, &path, body)
    });
    let answers = futures_util::future::join_all(writes).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let replaced = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, replaced), (1, 19));
}
