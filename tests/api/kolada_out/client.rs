//! A program as people write them for Kolada, with another base address.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::started;

/// Reads all of an address, following `next_url`, as such programs do.
async fn fetch(url: String) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next = Some(url);
    while let Some(url) = next {
        let page: Value = reqwest::get(&url)
            .await
            .expect("an answer")
            .error_for_status()
            .expect("200")
            .json()
            .await
            .expect("JSON");
        all.extend(page["values"].as_array().expect("values").clone());
        next = page["next_url"].as_str().map(str::to_owned);
    }
    all
}

#[tokio::test]
async fn a_script_for_kolada_finds_its_way_from_a_name_to_a_table() {
    let (app, _) = started().await;
    app.make(
        "/municipality-groups/G1",
        json!({"title": "Norr", "municipalityCodes": ["2380", "2281"]}),
    )
    .await;
    let base = format!("{}/kolada/v3", app.base);
    let id = |found: &[Value]| found[0]["id"].as_str().expect("an id").to_owned();
    let kpi = id(&fetch(format!("{base}/kpi?title=inv%C3%A5nare")).await);
    let town = id(&fetch(format!("{base}/municipality?title=%C3%96stersund")).await);
    let group = id(&fetch(format!("{base}/municipality_groups?title=norr")).await);
    let url = format!("{base}/data/kpi/{kpi}/municipality/{town},{group}?per_page=1");
    let mut table = BTreeMap::new();
    for row in fetch(url).await {
        for figure in row["values"].as_array().expect("figures") {
            if figure["gender"] == "T" && !figure["value"].is_null() {
                let place = (row["municipality"].to_string(), row["period"].as_i64());
                table.insert(place, figure["value"].as_f64().expect("a number"));
            }
        }
    }
    let town = |year: i64| table[&("\"2380\"".to_owned(), Some(year))];
    assert_eq!((town(2021), town(2022)), (64324.0, 64714.0));
    let group = |year: i64| table[&("\"G1\"".to_owned(), Some(year))];
    assert_eq!((group(2021), group(2022)), (64324.0, 82048.5));
    assert_eq!(table.len(), 4);
}
