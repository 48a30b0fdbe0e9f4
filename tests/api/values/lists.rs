//! Lists of values: filters, order, walks and totals.

use serde_json::{Value, json};

use super::{put, started};
use crate::support::TestApp;

/// Forty values: two indicators, two municipalities, ten years.
async fn filled() -> (TestApp, String) {
    let (app, key) = started().await;
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
         SELECT i, m, y, 'T', CASE WHEN y < 2020 THEN (y - 2000) * 1.5 END,
                CASE WHEN y < 2020 THEN 'final' WHEN y = 2020 THEN 'missing' ELSE 'confidential' END, 'kolada'
           FROM unnest(ARRAY['N01951', 'U07451']) i, unnest(ARRAY['2380', '0000']) m, generate_series(2012, 2021) y",
    )
    .await
    .unwrap();
    (app, key)
}

async fn list(app: &TestApp, path: &str) -> Value {
    app.get(path).await.expect(200).json()
}

fn total(list: &Value) -> i64 {
    list["_meta"]["totalRecords"].as_i64().expect("a number")
}

/// `N01951/2380/2012/T` for each item.
fn keys(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items");
    let text = |item: &Value, name: &str| item[name].as_str().expect("text").to_owned();
    let key = |item: &Value| {
        let (code, year) = (text(item, "indicatorCode"), &item["year"]);
        let municipality = text(item, "municipalityCode");
        format!("{code}/{municipality}/{year}/{}", text(item, "gender"))
    };
    items.iter().map(key).collect()
}

/// All keys of a walk by `next`, page after page.
async fn walk(app: &TestApp, path: &str) -> Vec<String> {
    let (mut all, mut page) = (Vec::new(), list(app, path).await);
    loop {
        all.extend(keys(&page));
        let Some(next) = page["_links"]["next"]["href"].as_str() else {
            return all;
        };
        page = list(app, next.strip_prefix(&app.url("")).expect("our own")).await;
    }
}

#[tokio::test]
async fn each_filter_leaves_what_it_says() {
    let (app, _) = filled().await;
    for (query, count) in [
        ("", 40),
        ("?indicatorCode=N01951", 20),
        ("?indicatorCode=N01951,U07451&municipalityCode=2380", 20),
        ("?municipalityCode=2380", 20),
        ("?municipalityCode=2380,0000", 40),
        ("?year=2012,2021", 8),
        ("?yearFrom=2019", 12),
        ("?yearTo=2012", 4),
        ("?yearFrom=2019&yearTo=2020", 8),
        ("?gender=T", 40),
        ("?gender=K,M", 0),
        ("?status=missing", 4),
        ("?status=missing,confidential", 8),
        ("?indicatorCode=N99999", 0),
        (
            "?indicatorCode=N01951&municipalityCode=2380&year=2012&gender=T",
            1,
        ),
    ] {
        let found = list(&app, &format!("/values{query}")).await;
        assert_eq!(total(&found), count, "{query}");
        let few = format!(
            "/values{query}{}limit=1",
            if query.is_empty() { "?" } else { "&" }
        );
        assert_eq!(total(&list(&app, &few).await), count, "{few}");
    }
    for (query, count) in [
        ("", 20),
        ("?municipalityCode=2380", 10),
        ("?municipalityCode=2380&yearFrom=2015&yearTo=2016", 2),
    ] {
        let found = list(&app, &format!("/indicators/N01951/values{query}")).await;
        assert_eq!(total(&found), count, "{query}");
    }
    for wrong in [
        "/values?year=1899",
        "/values?yearFrom=2012,2013",
        "/values?gender=t",
        "/values?indicatorCode=n1",
        "/values?municipalityCode=238",
        "/values?limit=10001",
        "/indicators/N01951/values?indicatorCode=N01951",
    ] {
        app.get(wrong).await.problem(400, "invalidQuery");
    }
    app.get("/values?limit=10000").await.expect(200);
}

#[tokio::test]
async fn a_walk_meets_every_value_once_whatever_the_filters_fix() {
    let (app, _) = filled().await;
    for query in [
        "",
        "?municipalityCode=2380",
        "?indicatorCode=N01951",
        "?indicatorCode=N01951&municipalityCode=2380",
        "?indicatorCode=N01951,U07451&year=2012",
        "?indicatorCode=N01951&municipalityCode=2380&year=2012&gender=T",
        "?sort=-year",
        "?sort=value",
        "?sort=-value,year",
        "?sort=-municipalityCode,year&gender=T",
        "?sort=status,-value&municipalityCode=0000",
    ] {
        let sign = if query.is_empty() { "?" } else { "&" };
        let whole = keys(&list(&app, &format!("/values{query}{sign}limit=100")).await);
        let walked = walk(&app, &format!("/values{query}{sign}limit=3")).await;
        assert_eq!(walked, whole, "{query}");
        let mut once = walked.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), walked.len(), "{query}");
    }
}

#[tokio::test]
async fn a_walk_goes_back_the_way_it_came() {
    let (app, _) = filled().await;
    let path = "/indicators/N01951/values?municipalityCode=2380&limit=4";
    let first = list(&app, path).await;
    let follow = |page: &Value, name: &str| {
        let href = page["_links"][name]["href"].as_str().expect("a link");
        href.strip_prefix(&app.url("")).expect("our own").to_owned()
    };
    let second = list(&app, &follow(&first, "next")).await;
    let back = list(&app, &follow(&second, "prev")).await;
    assert_eq!(keys(&back), keys(&first));
    assert!(
        first["_links"]["prev"].is_null(),
        "nothing is before the first"
    );
}

#[tokio::test]
async fn figures_are_ordered_as_numbers_with_those_that_are_missing_last() {
    let (app, key) = started().await;
    for (year, value) in [
        (2001, json!(10)),
        (2002, json!(9.5)),
        (2003, json!(-2)),
        (2004, Value::Null),
    ] {
        let path = super::path("N01951", year, "T");
        let status = if value.is_null() { "missing" } else { "final" };
        put(&app, &key, &path, json!({"value": value, "status": status}))
            .await
            .expect(201);
    }
    let years = |list: &Value| -> Vec<i64> {
        let items = list["items"].as_array().expect("items");
        items
            .iter()
            .filter_map(|item| item["year"].as_i64())
            .collect()
    };
    assert_eq!(
        years(&list(&app, "/values?sort=value").await),
        [2003, 2002, 2001, 2004]
    );
    assert_eq!(
        years(&list(&app, "/values?sort=-value").await),
        [2001, 2002, 2003, 2004]
    );
}

#[tokio::test]
async fn the_total_of_all_values_follows_what_is_committed_and_nothing_else() {
    let (app, key) = filled().await;
    let all = || async { total(&list(&app, "/values?limit=1").await) };
    assert_eq!(all().await, 40);
    let path = super::path("N01951", 2022, "T");
    put(&app, &key, &path, json!({"value": 1}))
        .await
        .expect(201);
    put(&app, &key, &path, json!({"value": 2}))
        .await
        .expect(200);
    assert_eq!(all().await, 41);
    app.request("DELETE", &path)
        .key(&key)
        .send()
        .await
        .expect(204);
    assert_eq!(all().await, 40);
    let sql = app.sql().await;
    sql.batch_execute("BEGIN; DELETE FROM indicator_values WHERE year < 2020; ROLLBACK")
        .await
        .unwrap();
    assert_eq!(all().await, 40);
    sql.batch_execute("DELETE FROM indicator_values WHERE year < 2020")
        .await
        .unwrap();
    assert_eq!(all().await, 8);
    let writes = (1901..=1920).map(|year| {
        let path = super::path("N01951", year, "T");
        let (app, key) = (&app, &key);
        async move { put(app, key, &path, json!({"value": 1})).await.expect(201) }
    });
    futures_util::future::join_all(writes).await;
    assert_eq!(all().await, 28);
    let counted = sql.query_one("SELECT count(*) FROM indicator_values", &[]);
    assert_eq!(counted.await.unwrap().get::<_, i64>(0), 28);
}

#[tokio::test]
async fn a_walk_carries_its_total_until_something_is_committed() {
    let (app, key) = filled().await;
    let first = list(&app, "/values?municipalityCode=2380&limit=5").await;
    let next = first["_links"]["next"]["href"].as_str().expect("a link");
    let next = next.strip_prefix(&app.url("")).expect("our own").to_owned();
    // What leaves no trace in the record does not make the walk count again.
    let sql = app.sql().await;
    sql.batch_execute(
        "SET session_replication_role = replica; DELETE FROM indicator_values WHERE year = 2012",
    )
    .await
    .unwrap();
    assert_eq!(total(&list(&app, &next).await), 20);
    put(
        &app,
        &key,
        &super::path("N01951", 2022, "T"),
        json!({"value": 1}),
    )
    .await
    .expect(201);
    assert_eq!(total(&list(&app, &next).await), 19);
}

#[tokio::test]
async fn every_page_by_its_number_is_its_part_of_the_whole_from_either_end() {
    let (app, _) = filled().await;
    for sort in ["", "&sort=-value,year", "&municipalityCode=2380"] {
        let whole = keys(&list(&app, &format!("/values?limit=100{sort}")).await);
        for limit in [3, 7, 20] {
            let pages: Vec<&[String]> = whole.chunks(limit).collect();
            for (number, expected) in (1..).zip(&pages) {
                let path = format!("/values?limit={limit}&page={number}{sort}");
                let page = list(&app, &path).await;
                assert_eq!(&keys(&page), expected, "{path}");
                assert_eq!(total(&page), whole.len() as i64, "{path}");
                let there = |name: &str| page["_links"][name].is_object();
                assert_eq!(there("prev"), number > 1, "{path}");
                assert_eq!(there("next"), number < pages.len(), "{path}");
            }
            let beyond = format!("/values?limit={limit}&page={}{sort}", pages.len() + 1);
            assert_eq!(keys(&list(&app, &beyond).await), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_query_is_told_before_what_is_not_there() {
    let (app, _) = filled().await;
    for path in [
        "/indicators/n1/values?gender=x",
        "/indicators/N99999/values?gender=x",
        "/goals/xyz/assignments?status=bad",
        "/boards/X/assignments?status=bad",
        "/goals/xyz/indicators?role=bad",
    ] {
        app.get(path).await.problem(400, "invalidQuery");
    }
    for path in [
        "/indicators/n1/values?gender=T",
        "/goals/xyz/assignments?status=paused",
        "/boards/X/assignments?status=paused",
        "/boards/nobody/assignments",
        "/goals/xyz/indicators?role=keyFigure",
        "/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators",
    ] {
        app.get(path).await.problem(404, "notFound");
    }
}
