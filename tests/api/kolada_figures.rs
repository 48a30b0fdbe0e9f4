//! Whole key figures as Kolada publishes them: in by the command line, out
//! over HTTP, equal figure by figure. The figures are not part of this
//! repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::support::TestApp;
use crate::support::program::{command, run};

/// Indicator, municipality, year and gender.
pub(crate) type Key = (String, String, i32, String);
/// Figures by key, as plain digits.
pub(crate) type Figures = BTreeMap<Key, String>;

pub(crate) fn folder() -> Option<PathBuf> {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/kolada-datapoints"
    ));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    assert!(
        std::env::var_os("MALBILD_REQUIRE_SEEDS").is_none(),
        "the figures are needed here"
    );
    eprintln!("skipped: the figures are not in ../shared/data");
    None
}

/// The digits without a point that nothing follows.
fn plain(figure: &str) -> String {
    match figure.contains('.') {
        true => figure
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        false => figure.to_owned(),
    }
}

/// The rows of a file by the names of its header.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("a file");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let row = |line: &str| {
        let cells = line.split(',').map(str::to_owned);
        names
            .iter()
            .map(|name| (*name).to_owned())
            .zip(cells)
            .collect()
    };
    lines.map(row).collect()
}

/// All figures of a file. Whole key figures have the column `geo`: 0 is the
/// country, two digits a region.
pub(crate) fn figures(path: &Path, all: &mut Figures) {
    for row in rows(path) {
        let year = |name: &str| row[name].parse().expect("a year");
        let (key, figure) = match row.get("geo") {
            None => {
                let key = (
                    row["kpi"].clone(),
                    row["municipality"].clone(),
                    year("period"),
                    row["gender"].clone(),
                );
                (key, &row["value"])
            }
            Some(geo) => {
                let named = row
                    .keys()
                    .find(|name| !["geo", "year", "gender"].contains(&name.as_str()));
                let name = named.expect("a figure");
                let gender = row
                    .get("gender")
                    .map_or("T".to_owned(), |gender| gender.to_uppercase());
                (
                    (
                        name.to_uppercase(),
                        format!("{geo:0>4}"),
                        year("year"),
                        gender,
                    ),
                    &row[name],
                )
            }
        };
        if !figure.is_empty() {
            let figure = plain(figure);
            let other = all.insert(key.clone(), figure.clone());
            assert!(
                other.is_none_or(|other| other == figure),
                "{key:?} differs between files"
            );
        }
    }
}

/// The files of figures, by name.
pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension().is_some_and(|end| end == "csv") && !path.ends_with("SELECTED.csv")
        })
        .collect();
    files.sort();
    files
}

/// What the figures refer to.
async fn make_parents(app: &TestApp, figures: &Figures) {
    let of = |key: fn(&Key) -> &String| -> Vec<String> {
        figures
            .keys()
            .map(|k| key(k).clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let divided: Vec<String> = figures
        .keys()
        .filter(|key| key.3 != "T")
        .map(|key| key.0.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let sql = app.sql().await;
    sql.execute(
        "INSERT INTO municipalities (municipality_code, name, kind) SELECT code, code, 'municipality' FROM unnest($1::text[]) code",
        &[&of(|key| &key.1)],
    )
    .await
    .expect("municipalities");
    sql.execute(
        "INSERT INTO indicators (indicator_code, title, unit, decimals, direction, divided_by_gender, sdgs)
         SELECT code, code, 'antal', 0, 'none', code = ANY ($2::text[]), '{}' FROM unnest($1::text[]) code",
        &[&of(|key| &key.0), &divided],
    )
    .await
    .expect("indicators");
}

/// Everything the service answers, page by page and as one CSV alike.
pub(crate) async fn published(app: &TestApp) -> Figures {
    let (walked, exported) = (walked(app).await, exported(app).await);
    assert_eq!(walked.len(), exported.len());
    let differs = walked
        .iter()
        .find(|(key, figure)| exported.get(*key) != Some(*figure));
    assert_eq!(differs, None);
    walked
}

/// All values out of the CSV.
async fn exported(app: &TestApp) -> Figures {
    let csv = app.get("/values?format=csv").await.expect(200);
    let mut rows = csv::Reader::from_reader(csv.body.as_slice());
    let rows = rows.records().map(|row| {
        let row = row.expect("a row");
        let cell = |place: usize| row[place].to_owned();
        let year = cell(2).parse().expect("a year");
        ((cell(0), cell(1), year, cell(3)), cell(4))
    });
    rows.collect()
}

/// All values, walking page by page.
async fn walked(app: &TestApp) -> Figures {
    let mut all = Figures::new();
    let mut path =
        "/values?limit=10000&fields=indicatorCode,municipalityCode,year,gender,value".to_owned();
    loop {
        let page = app.get(&path).await.expect(200).json();
        for item in page["items"].as_array().expect("items") {
            let text = |name: &str| item[name].as_str().expect("text").to_owned();
            let year = item["year"].as_i64().expect("a year") as i32;
            let key = (
                text("indicatorCode"),
                text("municipalityCode"),
                year,
                text("gender"),
            );
            all.insert(key, item["value"].to_string());
        }
        let Some(next) = page["_links"]["next"]["href"].as_str() else {
            return all;
        };
        path = next.strip_prefix(&app.url("")).expect("our own").to_owned();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_koladas_figures_come_out_as_they_went_in() {
    let Some(folder) = folder() else { return };
    let mut expected = Figures::new();
    for file in &files_in(&folder) {
        figures(file, &mut expected);
    }
    assert_eq!(expected.len(), 224_556);
    let app = TestApp::start().await;
    make_parents(&app, &expected).await;
    let mut csv = "indicatorCode,municipalityCode,year,gender,value,provenance\n".to_owned();
    for ((indicator, municipality, year, gender), figure) in &expected {
        writeln!(
            csv,
            "{indicator},{municipality},{year},{gender},{figure},kolada"
        )
        .expect("text");
    }
    let path = std::env::temp_dir().join(format!("malbild-{}.csv", uuid::Uuid::new_v4()));
    std::fs::write(&path, csv).expect("a file");
    let (runtime, owner) = (app.database.runtime_url(), app.database.owner_url());
    let settings = [
        ("DATABASE_URL", runtime.as_str()),
        ("DATABASE_OWNER_URL", owner.as_str()),
    ];
    let mut command = command(&settings);
    command.args(["import", "values"]).arg(&path);
    let ended = run(command);
    std::fs::remove_file(path).expect("the file");
    assert!(
        ended
            .output
            .contains("224,556 created, 0 updated, 0 unchanged."),
        "{}",
        ended.output
    );
    let found = published(&app).await;
    assert_eq!(found.len(), expected.len());
    let differing: Vec<_> = expected
        .iter()
        .filter(|(key, figure)| found.get(*key) != Some(*figure))
        .take(5)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
    let list = app.get("/values?limit=1").await.json();
    assert_eq!(list["_meta"]["totalRecords"], 224_556);
}
