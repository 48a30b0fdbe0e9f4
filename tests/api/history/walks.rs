//! Walks through a long history.

use serde_json::{Value, json};

use super::{GOAL, goal, started};

#[tokio::test]
async fn a_long_history_is_walked_there_and_back() {
    let (app, _) = started().await;
    app.make(GOAL, goal()).await;
    let sql = app.sql().await;
    for position in 2..=25 {
        let change = format!("UPDATE goals SET position = {position}");
        sql.batch_execute(&change).await.expect("changed");
    }
    let whole = app.get(&format!("{GOAL}/history?limit=100")).await.json();
    assert_eq!(whole["_meta"]["totalRecords"], 25);
    assert_eq!(whole["_meta"]["count"], 25);
    let path = |page: &Value, name: &str| {
        let href = page["_links"][name]["href"].as_str()?;
        Some(href.split_once("/malbild/v1").expect("a path").1.to_owned())
    };
    let (mut seen, mut next) = (Vec::new(), Some(format!("{GOAL}/history?limit=10")));
    let mut last = Value::Null;
    while let Some(at) = next {
        last = app.get(&at).await.expect(200).json();
        assert_eq!(last["_meta"]["totalRecords"], 25);
        seen.extend(last["items"].as_array().unwrap().clone());
        next = path(&last, "next");
    }
    assert_eq!(json!(seen), whole["items"]);
    let back = app
        .get(&path(&last, "prev").expect("a way back"))
        .await
        .json();
    assert_eq!(back["items"], json!(&seen[10..20]));
    assert_eq!(path(&back, "next").is_some(), path(&back, "prev").is_some());
    let first = app.get(&path(&back, "prev").expect("more")).await.json();
    assert_eq!(first["items"], json!(&seen[..10]));
    assert_eq!(path(&first, "prev"), None);
    let third = app
        .get(&format!("{GOAL}/history?limit=10&page=3"))
        .await
        .json();
    assert_eq!(third["items"], json!(&seen[20..]));
    assert_eq!(path(&third, "next"), None);
    for page in ["0", "4", "99999999999999999999"] {
        let none = app
            .get(&format!("{GOAL}/history?limit=10&page={page}"))
            .await
            .expect(200);
        assert_eq!(none.json()["items"], json!([]), "{page}");
        assert_eq!(none.json()["_meta"]["totalRecords"], 25, "{page}");
    }
    // A walk meets no version twice when a new one comes.
    let page = app.get(&format!("{GOAL}/history?limit=10")).await.json();
    sql.batch_execute("UPDATE goals SET position = 99")
        .await
        .expect("changed");
    let second = app.get(&path(&page, "next").expect("more")).await.json();
    assert_eq!(second["items"], json!(&seen[10..20]));
}
