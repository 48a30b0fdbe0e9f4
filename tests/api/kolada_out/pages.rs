//! Pages, walked by their numbers and by their addresses.

use serde_json::{Value, json};

use super::{body, put, rows, started};
use crate::support::TestApp;

fn place(row: &Value) -> String {
    match row.get("id") {
        Some(id) => id.to_string(),
        None => format!("{} {} {}", row["kpi"], row["municipality"], row["period"]),
    }
}

/// All rows, page after page by `next_url`, and how many pages there were.
async fn by_address(app: &TestApp, path: &str) -> (Vec<String>, usize) {
    let (mut all, mut pages) = (Vec::new(), 0);
    let mut address = Some(path.to_owned());
    while let Some(path) = address {
        let page = body(app, &path).await;
        all.extend(page["values"].as_array().expect("rows").iter().map(place));
        pages += 1;
        let root = format!("{}/kolada/v3", app.base);
        let next = page["next_url"].as_str();
        address = next.map(|next| next.strip_prefix(&root).expect("our own").to_owned());
    }
    (all, pages)
}

/// The same by the number of the page, as clients do that only look whether there is a
/// next one.
async fn by_number(app: &TestApp, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    let and = if path.contains('?') { '&' } else { '?' };
    for number in 1.. {
        let page = body(app, &format!("{path}{and}page={number}")).await;
        all.extend(page["values"].as_array().expect("rows").iter().map(place));
        if page["next_url"].is_null() {
            break;
        }
    }
    all
}

#[tokio::test]
async fn a_walk_gives_every_row_once_by_address_and_by_number() {
    let (app, key) = started().await;
    for year in 2000..2010 {
        let at = format!("EGET-1/2281/{year}/T");
        put(&app, &key, &at, json!({"value": year})).await;
    }
    app.make(
        "/municipality-groups/G1",
        json!({"title": "G1", "municipalityCodes": ["2380", "2281"]}),
    )
    .await;
    for path in [
        "/kpi",
        "/municipality",
        "/data/kpi/N01951,EGET-1/municipality/2380,2281,G1",
        "/data/kpi/EGET-1/municipality/2281?from_date=2020-01-01",
        "/data?kpi_id=EGET-1&kpi_id=N01951",
    ] {
        let whole: Vec<String> = rows(&app, path).await.iter().map(place).collect();
        let mut sorted = whole.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), whole.len(), "{path}");
        let and = if path.contains('?') { '&' } else { '?' };
        for size in [1, 2, 3] {
            let small = format!("{path}{and}per_page={size}");
            let (walked, pages) = by_address(&app, &small).await;
            assert_eq!(walked, whole, "{small}");
            assert_eq!(pages, whole.len().div_ceil(size), "{small}");
            assert_eq!(by_number(&app, &small).await, whole, "{small}");
        }
    }
}

#[tokio::test]
async fn an_address_repeats_what_was_asked_and_leads_back() {
    let (app, _) = started().await;
    let base = format!("{}/kolada/v3", app.base);
    let page = body(
        &app,
        "/municipality?title=s%26%C3%B6&title=sund&unknown=1&per_page=1",
    )
    .await;
    assert_eq!(page["count"], 1);
    assert_eq!(page["previous_url"], Value::Null);
    let next =
        format!("{base}/municipality?title=s%26%C3%B6&title=sund&unknown=1&page=2&per_page=1");
    assert_eq!(page["next_url"], next);
    let second = body(&app, next.strip_prefix(&base).expect("a path")).await;
    assert_eq!(second["values"][0]["id"], "2380");
    assert_eq!(second["next_url"], Value::Null);
    let first = second["previous_url"].as_str().expect("an address");
    let first = body(&app, first.strip_prefix(&base).expect("a path")).await;
    assert_eq!(first, page);
}

#[tokio::test]
async fn a_page_past_the_end_is_empty() {
    let (app, _) = started().await;
    for path in ["/kpi", "/data/kpi/N01951/year/2022"] {
        for number in ["99", "9223372036854775807", "99999999999999999999999"] {
            let page = body(&app, &format!("{path}?page={number}")).await;
            assert_eq!(page["values"], json!([]), "{path} {number}");
            assert_eq!(page["count"], 0);
            assert_eq!(page["next_url"], Value::Null);
        }
    }
}

#[tokio::test]
async fn what_comes_in_between_while_one_walks_repeats_nothing() {
    let (app, key) = started().await;
    let path = "/data/kpi/N01951,EGET-1/municipality/2380,2281?per_page=2";
    let first = body(&app, path).await;
    for year in 1990..1995 {
        let at = format!("EGET-1/2281/{year}/T");
        put(&app, &key, &at, json!({"value": 1})).await;
    }
    let next = first["next_url"].as_str().expect("an address");
    let next = next.strip_prefix(&format!("{}/kolada/v3", app.base));
    let (rest, _) = by_address(&app, next.expect("our own")).await;
    let seen: Vec<String> = first["values"]
        .as_array()
        .expect("rows")
        .iter()
        .map(place)
        .collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(rest.len(), 2);
    assert!(
        seen.iter().all(|row| !rest.contains(row)),
        "{seen:?} {rest:?}"
    );
}
