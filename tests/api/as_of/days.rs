//! What a moment may be, and where a day ends.

use malbild::clock;
use serde_json::json;

use super::{at, place_last};
use crate::support::TestApp;

const NIGHTS: [(&str, &str, &str); 4] = [
    // The day, its last moment, the first of the next.
    (
        "2023-01-15",
        "2023-01-15T22:59:59.999999Z",
        "2023-01-15T23:00:00Z",
    ),
    // A day of 23 hours.
    (
        "2023-03-26",
        "2023-03-26T21:59:59.999999Z",
        "2023-03-26T22:00:00Z",
    ),
    (
        "2023-07-01",
        "2023-07-01T21:59:59.999999Z",
        "2023-07-01T22:00:00Z",
    ),
    // A day of 25 hours.
    (
        "2023-10-29",
        "2023-10-29T22:59:59.999999Z",
        "2023-10-29T23:00:00Z",
    ),
];

#[tokio::test]
async fn a_date_is_the_whole_of_its_day_in_sweden_however_long_it_is() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    let mut year = 2001;
    for (day, last, next) in NIGHTS {
        for (title, time) in [("i tid", last), ("för sent", next)] {
            let body = json!({"title": title});
            app.make(&format!("/budgets/{year}"), body).await;
            place_last(&sql, time).await;
            year += 1;
        }
        let of_day = at(&app, "/budgets?sort=-budgetYear&limit=1", day).await;
        let of_day = of_day.expect(200).json();
        assert_eq!(of_day["items"][0]["title"], "i tid", "{day}");
        assert_eq!(of_day["items"][0]["budgetYear"], year - 2, "{day}");
        let of_next = at(&app, "/budgets?sort=-budgetYear&limit=1", next).await;
        assert_eq!(of_next.json()["items"][0]["title"], "för sent", "{day}");
    }
}

#[tokio::test]
async fn a_time_is_taken_with_any_offset_and_to_the_microsecond() {
    let app = TestApp::start().await;
    let sql = app.sql().await;
    app.budget(2024).await;
    let all = "UPDATE change_sets SET committed_at = '2023-05-23T10:00:00.000005Z'";
    sql.batch_execute(all).await.expect("placed");
    for (time, status) in [
        ("2023-05-23T10:00:00.000005Z", 200),
        ("2023-05-23T10:00:00.000004Z", 404),
        ("2023-05-23T12:00:00.000005+02:00", 200),
        ("2023-05-23T12:00:00.000004+02:00", 404),
        ("2023-05-23T04:30:01-05:30", 200),
        ("2023-05-23", 200),
        ("2023-05-22", 404),
        ("0001-01-01", 404),
    ] {
        let found = at(&app, "/budgets/2024", time).await;
        assert_eq!(found.status, status, "{time}");
    }
}

#[tokio::test]
async fn the_future_and_what_is_no_moment_are_400_before_anything_else() {
    let app = TestApp::start().await;
    let now = clock::now();
    let later = |seconds: i64| (now + chrono::Duration::seconds(seconds)).to_rfc3339();
    let tomorrow = clock::today().succ_opt().expect("a day");
    for wrong in [
        clock::today().to_string(),
        tomorrow.to_string(),
        "9999-12-31".to_owned(),
        later(30),
        later(3600),
        String::new(),
        "2024".to_owned(),
        "2023-02-29".to_owned(),
        "2023-02-28T10:00:00".to_owned(),
        "0000-12-31".to_owned(),
        "10000-01-01".to_owned(),
        "-1000-01-01".to_owned(),
        "igår".to_owned(),
        "2023-02-28T10:00:00 02:00".to_owned(),
    ] {
        for path in [
            "/budgets",
            "/budgets/2024",
            "/values",
            "/budgets/2024/completeness",
        ] {
            at(&app, path, &wrong).await.problem(400, "invalidQuery");
        }
    }
    let of_today = at(&app, "/budgets", &clock::today().to_string()).await;
    let detail = of_today.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("leave asOf out or send a time"), "{detail}");
    // Before what the path cannot name.
    at(&app, "/goals/x", "9999-12-31")
        .await
        .problem(400, "invalidQuery");
    app.get("/budgets?asOf=2023-01-01&asOf=2023-01-01")
        .await
        .problem(400, "invalidQuery");
}

#[tokio::test]
async fn only_reads_of_resources_take_a_moment() {
    let app = TestApp::start().await;
    let key = app.key(malbild::auth::Role::Editor).await;
    let put = app
        .request("PUT", "/budgets/2024?asOf=2023-01-01")
        .key(&key);
    put.json(&json!({"title": "a"}))
        .send()
        .await
        .problem(400, "invalidQuery");
    app.budget(2024).await;
    for path in ["/api-info", "/openapi.json"] {
        let answer = at(&app, path, "2023-01-01").await;
        assert_ne!(answer.header("cache-control"), super::IMMUTABLE, "{path}");
    }
    let goal = "/goals/01941f29-7c00-7a3e-b2f4-000000000002/history";
    at(&app, goal, "2023-01-01")
        .await
        .problem(400, "invalidQuery");
}
