//! Harvest after harvest: the same names, and `modified` from the data.

use oxrdf::Graph;
use serde_json::json;

use super::{all, get, harvest, of, only, published, settled};
use crate::support::TestApp;

const DATASETS: [&str; 3] = ["goals", "values", "changes"];

/// When each dataset was last changed, by the catalogue.
fn modified(app: &TestApp, graph: &Graph) -> [String; 3] {
    DATASETS.map(|name| {
        let node = format!("{}/datasets/dcat#{name}", app.base);
        of(graph, &node, "dcterms:modified")
            .pop_first()
            .unwrap_or_default()
    })
}

/// The names of everything that the catalogue describes.
fn names(graph: &Graph) -> Vec<String> {
    [
        "dcat:Catalog",
        "dcat:Dataset",
        "dcat:Distribution",
        "dcat:DataService",
        "foaf:Agent",
        "vcard:Organization",
    ]
    .iter()
    .flat_map(|class| all(graph, class))
    .collect()
}

#[tokio::test]
async fn a_write_moves_modified_of_the_datasets_that_it_touches_and_of_no_other() {
    let app = published(&[]).await;
    let empty = harvest(&app).await;
    assert_eq!(modified(&app, &empty), ["", "", ""]);
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    app.budget(2024).await;
    let goal = json!({"budgetYear": 2024, "statement": "Alla hittar hem.", "position": 1});
    app.make("/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", goal)
        .await;
    let before = harvest(&app).await;
    let [goals, values, changes] = modified(&app, &before);
    assert!(!goals.is_empty() && !values.is_empty() && changes >= goals);
    // Nothing written: the very same.
    let (again, once_more) = (
        get(&app, "/datasets/dcat").await,
        get(&app, "/datasets/dcat").await,
    );
    assert_eq!(again.body, once_more.body);
    assert_eq!(harvest(&app).await, before);
    // A value: that dataset, and the feed.
    app.make(
        "/indicators/N01951/values/2380/2022/T",
        json!({"value": 64714}),
    )
    .await;
    let after = harvest(&app).await;
    let [goals_after, values_after, changes_after] = modified(&app, &after);
    assert_eq!(goals_after, goals);
    assert!(values_after > values, "{values_after}");
    assert_eq!(values_after, changes_after);
    assert_eq!(names(&after), names(&before));
    let occurred = app.get("/changes?resource=values").await.json();
    assert_eq!(occurred["items"][0]["occurredAt"], values_after.as_str());
    // A board: the feed alone.
    app.board("kommunstyrelsen", "executiveBoard").await;
    let [goals_last, values_last, changes_last] = modified(&app, &harvest(&app).await);
    assert_eq!((goals_last, values_last), (goals, values_after));
    assert!(changes_last > changes_after);
}

#[tokio::test]
async fn a_deletion_is_a_change_of_the_dataset_and_what_is_not_told_is_none() {
    let app = published(&[]).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    let path = "/indicators/N01951/values/2380/2022/T";
    app.make(path, json!({"value": 64714})).await;
    let [_, before, _] = modified(&app, &harvest(&app).await);
    let key = app.key(malbild::auth::Role::Admin).await;
    app.request("DELETE", path)
        .key(&key)
        .send()
        .await
        .expect(204);
    let [_, after, changes] = modified(&app, &harvest(&app).await);
    assert!(after > before, "{after}");
    // A key that is made is nobody's business.
    app.key(malbild::auth::Role::Editor).await;
    let last = modified(&app, &harvest(&app).await);
    assert_eq!(last, [String::new(), after, changes]);
}

#[tokio::test]
async fn the_first_and_the_last_year_are_those_of_the_data() {
    let app = published(&[]).await;
    for year in [2023, 2025] {
        app.budget(year).await;
    }
    app.municipality("2380", "municipality").await;
    app.municipality("0180", "municipality").await;
    for code in ["N01951", "N00090", "N00091"] {
        app.indicator(code, false).await;
    }
    for (code, municipality, year) in [
        ("N01951", "2380", 2010),
        ("N01951", "2380", 2015),
        ("N00090", "2380", 2021),
        // Another municipality's, which the own one's do not follow.
        ("N00090", "0180", 1999),
    ] {
        let path = format!("/indicators/{code}/values/{municipality}/{year}/T");
        app.make(&path, json!({"value": 1})).await;
    }
    let graph = harvest(&app).await;
    for (dataset, first, last) in [("goals", "2023", "2025"), ("values", "2010", "2021")] {
        let node = format!("{}/datasets/dcat#{dataset}", app.base);
        let period = only(&graph, &node, "dcterms:temporal");
        assert_eq!(period, format!("{node}-period"));
        assert_eq!(only(&graph, &period, "dcat:startDate"), first);
        assert_eq!(only(&graph, &period, "dcat:endDate"), last);
    }
}

#[tokio::test]
async fn with_nothing_in_the_record_the_date_is_that_of_the_settings() {
    let app = published(&[]).await;
    let first = settled(&app).await;
    let begun = first.header("last-modified");
    assert!(begun.ends_with(" GMT"), "{begun}");
}

#[tokio::test]
async fn a_database_that_cannot_answer_makes_the_catalogue_unavailable_and_nothing_worse() {
    let app = published(&[]).await;
    let sql = app.sql().await;
    sql.batch_execute("ALTER TABLE change_sets RENAME TO gone")
        .await
        .expect("done");
    get(&app, "/datasets/dcat")
        .await
        .problem(503, "databaseUnavailable");
    sql.batch_execute("ALTER TABLE gone RENAME TO change_sets")
        .await
        .expect("done");
    get(&app, "/datasets/dcat").await.expect(200);
}
