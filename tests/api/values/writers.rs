//! Who may write a value, and on what condition.

use malbild::auth::Role;
use serde_json::json;

use super::{path, put, started};

#[tokio::test]
async fn a_value_may_be_written_over_and_deleted_without_a_condition_but_never_patched() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    let first = put(&app, &key, &path, json!({"value": 1}))
        .await
        .expect(201);
    let second = put(&app, &key, &path, json!({"value": 2}))
        .await
        .expect(200);
    let again = put(&app, &key, &path, json!({"value": 2}))
        .await
        .expect(200);
    assert_eq!(again.etag(), second.etag(), "nothing was changed");
    let patch = app.request("PATCH", &path).key(&key);
    let patch = patch.json(&json!({"value": 3})).send().await;
    patch.problem(428, "preconditionRequired");
    let send = |method: &str, name: &str, value: &str| {
        let request = app.request(method, &path).key(&key).header(name, value);
        request.json(&json!({"value": 4})).send()
    };
    for method in ["PUT", "PATCH", "DELETE"] {
        let stale = send(method, "if-match", first.etag()).await;
        stale.problem(412, "preconditionFailed");
    }
    let taken = send("PUT", "if-none-match", "*").await;
    taken.problem(412, "preconditionFailed");
    send("PATCH", "if-match", second.etag()).await.expect(200);
    let delete = app.request("DELETE", &path).key(&key).send().await;
    delete.expect(204);
    let again = app.request("DELETE", &path).key(&key).send().await;
    again.problem(404, "notFound");
    let gone = send("PUT", "if-match", "*").await;
    gone.problem(412, "preconditionFailed");
}

// Row 6
#[tokio::test]
async fn of_twenty_clients_that_write_one_new_value_each_is_answered_and_one_row_is_made() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    let writes = (1..=20).map(|value| put(&app, &key, &path, json!({"value": value})));
    let answers = futures_util::future::join_all(writes).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let replaced = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, replaced), (1, 19));
    let only_create = (1..=20).map(|value| {
        let path = super::path("N01951", 2023, "T");
        let request = app.request("PUT", &path).key(&key);
        let request = request.header("if-none-match", "*");
        request.json(&json!({"value": value})).send()
    });
    let answers = futures_util::future::join_all(only_create).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 412).count();
    assert_eq!((made, refused), (1, 19));
}

// Row 10
#[tokio::test]
async fn a_board_writes_reported_values_of_its_own_indicators_and_nothing_else() {
    let (app, editor) = started().await;
    app.board("skolnamnden", "board").await;
    app.board("valnamnden", "board").await;
    let answers_for = json!({"responsibleBoardId": "skolnamnden"});
    let patch = app.request("PATCH", "/indicators/N01951").key(&editor);
    patch
        .if_match("*")
        .json(&answers_for)
        .send()
        .await
        .expect(200);
    let (own, other) = (
        app.board_key("skolnamnden").await,
        app.board_key("valnamnden").await,
    );
    let reported = path("N01951", 2022, "T");
    let of_kolada = path("N01951", 2021, "T");
    let body = json!({"value": 1, "provenance": "kolada"});
    put(&app, &editor, &of_kolada, body.clone())
        .await
        .expect(201);
    put(&app, &own, &reported, json!({"value": 1}))
        .await
        .expect(201);
    let send = |method: &str, key: &str, path: &str, body: &serde_json::Value| {
        let request = app.request(method, path).key(key).if_match("*");
        request.json(body).send()
    };
    // Another board's, and one that no board answers for.
    for (key, path) in [
        (&other, reported.clone()),
        (&own, path("U07451", 2022, "T")),
    ] {
        put(&app, &editor, &path, json!({"value": 1})).await;
        for method in ["PUT", "PATCH", "DELETE"] {
            let refused = send(method, key, &path, &json!({"value": 9})).await;
            refused.problem(403, "forbidden");
        }
    }
    // What is Kolada's stays so, and nothing becomes Kolada's.
    for (path, body) in [(&of_kolada, &json!({"value": 9})), (&reported, &body)] {
        for method in ["PUT", "PATCH"] {
            send(method, &own, path, body)
                .await
                .problem(403, "forbidden");
        }
    }
    let delete = send("DELETE", &own, &of_kolada, &json!({})).await;
    delete.problem(403, "forbidden");
    send("PATCH", &own, &reported, &json!({"value": 2}))
        .await
        .expect(200);
    let delete = send("DELETE", &own, &reported, &json!({})).await;
    delete.expect(204);
    assert_eq!(app.get(&of_kolada).await.json()["value"], 1);
}

#[tokio::test]
async fn who_may_not_write_is_told_so_before_what_is_wrong_with_the_body() {
    let (app, _) = started().await;
    app.board("valnamnden", "board").await;
    let board = app.board_key("valnamnden").await;
    let path = path("N01951", 2022, "T");
    put(&app, &board, &path, json!({"x": 1}))
        .await
        .problem(403, "forbidden");
    let admin = app.key(Role::Admin).await;
    let key_in_body = json!({"value": 1, "year": 2022, "indicatorCode": "N01951", "role": "x"});
    let refused = put(&app, &admin, &path, key_in_body).await;
    let mut faults = refused.problem(422, "invalidContent").faults();
    faults.sort();
    let expected = [
        ("/indicatorCode", "readOnly"),
        ("/role", "unknownMember"),
        ("/year", "readOnly"),
    ];
    assert_eq!(faults, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}
