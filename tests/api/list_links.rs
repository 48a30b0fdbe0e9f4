//! What a list's links hold, and that no client fills anything with lists.

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::lists::{link, many_rows, names, page, walk};
use crate::support::TestApp;

#[tokio::test]
async fn the_links_repeat_what_was_asked_and_stand_in_the_link_header() {
    let app = TestApp::start().await;
    many_rows(&app).await;
    let path = "/budgets?limit=2&sort=-title&fields=title&q=a%26%25%20%C3%A5|%22";
    let none = app.get(path).await.expect(200);
    assert_eq!(none.json()["items"], json!([]));
    assert_eq!(
        none.json()["_links"]["self"]["href"],
        app.url("/budgets?limit=2&sort=-title&fields=title&q=a%26%25%20%C3%A5%7C%22")
    );
    let answer = app
        .get("/budgets?limit=2&page=2&sort=-title&fields=title")
        .await
        .expect(200);
    let list = answer.json();
    assert_eq!(list["items"][0].as_object().expect("an item").len(), 1);
    for rel in ["self", "first", "prev", "next", "last"] {
        let href = link(&list, rel).expect(rel);
        assert!(href.starts_with(&app.url("/budgets?limit=2&")), "{href}");
        assert!(href.contains("sort=-title&fields=title"), "{href}");
        assert_eq!(
            href.contains("cursor="),
            ["prev", "next"].contains(&rel),
            "{href}"
        );
        assert!(
            answer
                .header("link")
                .contains(&format!("<{href}>; rel=\"{rel}\""))
        );
    }
    let next = page(link(&list, "next").expect("next")).await;
    assert_eq!(next["_meta"]["page"], Value::Null);
    assert_eq!(next["_meta"]["totalRecords"], 23);
    let elsewhere = link(&list, "next")
        .expect("next")
        .replace("sort=-title", "sort=title");
    assert_eq!(
        reqwest::get(&elsewhere).await.expect("an answer").status(),
        400
    );
}

#[tokio::test]
async fn signs_that_mean_something_in_sql_are_only_text_in_a_search() {
    let app = TestApp::start().await;
    for (year, title) in [
        (2001, "50 % av _ allt"),
        (2002, "back\\slash"),
        (2003, "O'Brien; DROP TABLE budgets"),
        (2004, "annat"),
    ] {
        app.make(&format!("/budgets/{year}"), json!({"title": title}))
            .await;
    }
    for (q, years) in [
        ("%25", vec![2001]),
        ("_", vec![2001]),
        ("%5C", vec![2002]),
        ("'", vec![2003]),
        ("%5C%25", vec![]),
        ("ANNAT", vec![2004]),
    ] {
        let list = app.get(&format!("/budgets?q={q}")).await.expect(200).json();
        assert_eq!(
            names(&list, "budgetYear"),
            years.iter().map(|y| json!(y)).collect::<Vec<_>>(),
            "{q}"
        );
    }
    let path = format!("/goals/{}", Uuid::nil());
    app.get(&path).await.problem(404, "notFound");
}

#[tokio::test]
async fn an_answer_s_head_stays_short_whatever_is_asked() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    for statement in ["å".repeat(1000), "ä".repeat(1000), "ö".repeat(1000)] {
        let goal = json!({"budgetYear": 2024, "statement": statement, "position": 1});
        app.make(&format!("/goals/{}", Uuid::now_v7()), goal).await;
    }
    let ids = vec![Uuid::nil().to_string(); 500].join(",");
    for path in [
        "/goals?limit=1&page=2&sort=statement".to_owned(),
        format!("/goals?limit=1&page=2&q={}", "%C3%A5".repeat(200)),
        format!("/assignments?goalId={ids}"),
    ] {
        let answer = app.get(&path).await.expect(200);
        let head: usize = answer
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        assert!(head < 6_000, "{head}");
    }
    let (pages, _) = walk(
        app.url("/goals?limit=1&sort=statement"),
        "next",
        "statement",
    )
    .await;
    assert_eq!(
        pages.len(),
        3,
        "the links in the body still lead through everything"
    );
    let long = format!("/goals?q={}", "a".repeat(201));
    app.get(&long).await.problem(400, "invalidQuery");
}

#[tokio::test]
async fn a_client_that_asks_for_every_order_does_not_fill_the_database_s_memory() {
    let app = TestApp::start().await;
    many_rows(&app).await;
    let sql = app.sql().await;
    sql.batch_execute(
        "CREATE TABLE kept (statements bigint);
         CREATE FUNCTION count_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
         BEGIN INSERT INTO kept SELECT count(*) FROM pg_prepared_statements; RETURN NEW; END $$;
         CREATE TRIGGER count_kept BEFORE INSERT ON budgets FOR EACH ROW EXECUTE FUNCTION count_kept()",
    )
    .await
    .unwrap();
    let members = [
        "goalId",
        "budgetYear",
        "number",
        "name",
        "statement",
        "position",
    ];
    for first in members {
        for second in members {
            let paths = members.map(|third| path_sorted(&[first, second, third]));
            let asked = paths.iter().map(|path| app.get(path));
            for answer in join_all(asked).await {
                answer.expect(200);
            }
        }
    }
    let key = app.key(Role::Editor).await;
    let body = json!({"title": "a"});
    for years in [1900..1920, 1920..1940] {
        let put = |year: i32| {
            app.request("PUT", &format!("/budgets/{year}"))
                .key(&key)
                .json(&body)
                .send()
        };
        for answer in join_all(years.map(put)).await {
            answer.expect(201);
        }
    }
    let most: i64 = sql
        .query_one("SELECT max(statements) FROM kept", &[])
        .await
        .unwrap()
        .get(0);
    assert!((1..20).contains(&most), "{most}");
}

fn path_sorted(members: &[&str]) -> String {
    format!("/goals?sort={}", members.join(",-"))
}
