//! The catalogue as another library reads it than the one that wrote it: Python's
//! rdflib, in the environment that `script/bootstrap` makes.

use serde_json::{Value, json};

use super::published;
use crate::support::readers;

/// What `tests/readers/catalogue.py` says of the service at `base`.
async fn read(base: &str) -> Value {
    readers::read("catalogue", &[base], b"").await
}

#[tokio::test]
async fn rdflib_reads_the_same_whole_catalogue_in_all_forms_harvest_after_harvest() {
    let app = published(&[
        "--catalogue-spatial=http://sws.geonames.org/2685745/",
        "--catalogue-periodicity=ANNUAL",
    ])
    .await;
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    app.budget(2024).await;
    app.make(
        "/indicators/N01951/values/2380/2022/T",
        json!({"value": 64714}),
    )
    .await;
    let first = read(&app.base).await;
    assert!(first["triples"].as_u64() > Some(300), "{first}");
    assert_eq!(read(&app.base).await, first, "nothing was written between");
    app.make(
        "/indicators/N01951/values/2380/2021/T",
        json!({"value": 64324}),
    )
    .await;
    let after = read(&app.base).await;
    assert_eq!(after["subjects"], first["subjects"]);
    let modified = |told: &Value, name: &str| {
        told["modified"][format!("{}/datasets/dcat#{name}", app.base)]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(modified(&after, "goals"), modified(&first, "goals"));
    assert!(modified(&after, "values") > modified(&first, "values"));
    assert!(modified(&after, "changes") > modified(&first, "changes"));
}

#[tokio::test]
async fn rdflib_reads_a_catalogue_with_what_it_must_have_and_no_more() {
    let app = published(&["--public-url=http://127.0.0.1:1/oppna-data"]).await;
    let told = read(&app.base).await;
    let subjects = told["subjects"].as_array().expect("subjects");
    let own = "http://127.0.0.1:1/oppna-data/datasets/dcat#";
    let named = subjects
        .iter()
        .filter(|node| node.as_str().is_some_and(|node| node.starts_with(own)));
    // Catalogue, contact, API, three datasets and fifteen forms.
    assert_eq!(named.count(), 21);
}
