//! Whole key figures as Kolada publishes them, in its own shape: in by the command,
//! out over HTTP, equal figure by figure. The figures are not part of this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{import_with, says};
use crate::kolada_figures::{Figures, figures, files_in, folder, published};
use crate::support::TestApp;

/// The rows that Kolada gives on a page.
const PAGE: usize = 5_000;

/// The figures of a file as Kolada answers with them, page after page.
fn pages(figures: &Figures) -> Vec<String> {
    let mut rows: BTreeMap<(&str, &str, i32), String> = BTreeMap::new();
    for ((id, area, year, gender), figure) in figures {
        let entries = rows.entry((id, area, *year)).or_default();
        let comma = if entries.is_empty() { "" } else { ", " };
        write!(
            entries,
            "{comma}{{\"gender\": \"{gender}\", \"count\": 1, \"status\": \"\", \"value\": {figure}, \"isdeleted\": false}}"
        )
        .expect("text");
    }
    let rows: Vec<String> = rows
        .into_iter()
        .map(|((id, area, year), entries)| {
            format!("{{\"kpi\": \"{id}\", \"municipality\": \"{area}\", \"period\": {year}, \"values\": [{entries}]}}")
        })
        .collect();
    let page = |rows: &[String]| {
        let count = rows.len();
        format!(
            "{{\"values\": [{}], \"count\": {count}, \"next_url\": null}}",
            rows.join(",\n")
        )
    };
    rows.chunks(PAGE).map(page).collect()
}

/// Descriptions of the key figures that the catalogue does not have any more.
fn the_others(catalogue: &Path, expected: &Figures) -> String {
    let catalogue = std::fs::read(catalogue).expect("a file");
    let catalogue: serde_json::Value = serde_json::from_slice(&catalogue).expect("JSON");
    let known: BTreeSet<&str> = catalogue["values"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|one| one["id"].as_str().expect("an id"))
        .collect();
    let gone: BTreeSet<&str> = expected.keys().map(|key| key.0.as_str()).collect();
    let described: Vec<String> = gone
        .difference(&known)
        .map(|id| {
            format!("{{\"id\": \"{id}\", \"title\": \"{id}\", \"is_divided_by_gender\": false}}")
        })
        .collect();
    format!(
        "{{\"values\": [{}], \"next_url\": null}}",
        described.join(", ")
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_koladas_figures_come_out_as_kolada_has_them() {
    let Some(folder) = folder() else { return };
    let saved = std::env::temp_dir().join(format!("malbild-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&saved).expect("a folder");
    let save = |name: String, content: String| -> PathBuf {
        let path = saved.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let mut expected = Figures::new();
    let mut files = vec![
        folder.join("../kolada/kpi.json"),
        folder.join("../kolada/municipality.json"),
    ];
    for (number, file) in files_in(&folder).iter().enumerate() {
        let mut of_file = Figures::new();
        figures(file, &mut of_file);
        for (page, content) in pages(&of_file).into_iter().enumerate() {
            files.push(save(format!("data-{number}-{page}.json"), content));
        }
        expected.extend(of_file);
    }
    assert_eq!(expected.len(), 224_556);
    files.push(save(
        "others.json".to_owned(),
        the_others(&files[0], &expected),
    ));
    let app = TestApp::start().await;
    let names: Vec<&str> = files
        .iter()
        .map(|path| path.to_str().expect("a path"))
        .collect();
    let options: Vec<&str> = names.iter().flat_map(|name| ["--file", name]).collect();
    let begun = std::time::Instant::now();
    let output = import_with(&app, &options).await.done();
    eprintln!("imported in {:?}", begun.elapsed());
    std::fs::remove_dir_all(&saved).expect("the folder");
    says(
        &output,
        &[
            "Values: 224556 created, 0 revised, 0 withdrawn, ",
            ", 0 kept (not Kolada's), 0 left out.",
        ],
    );
    let found = published(&app).await;
    assert_eq!(found.len(), expected.len());
    let mut differing = expected
        .iter()
        .filter(|(key, figure)| found.get(*key) != Some(*figure));
    assert_eq!(differing.next(), None);
    for (filter, total) in [("status=final", 224_556), ("status=missing", 0)] {
        let list = app.get(&format!("/values?limit=1&{filter}")).await.json();
        assert_eq!(list["_meta"]["totalRecords"], total, "{filter}");
    }
    let sql = app.sql().await;
    let others = "SELECT count(*) FROM indicator_values WHERE provenance <> 'kolada'";
    assert_eq!(
        sql.query_one(others, &[]).await.unwrap().get::<_, i64>(0),
        0
    );
}
