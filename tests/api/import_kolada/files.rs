//! Saved answers, each recognised by what it holds.

use std::path::PathBuf;

use super::{count, import_with, says, value};
use crate::support::TestApp;

const KEY_FIGURES: &str = r#"{"values": [
    {"id": "N00945", "title": "Utbildning, andel (%)", "description": null, "is_divided_by_gender": false, "operating_area": "x", "perspective": null, "publ_period": 2026},
    {"id": "N01951", "title": "Invånare totalt, antal", "description": "y", "is_divided_by_gender": 1}], "count": 2, "next_url": null}"#;
const AREAS: &str = r#"{"values": [{"id": "2380", "title": "Östersund", "type": "K"}, {"id": "0180", "title": "Stockholm", "type": "K"},
    {"id": "0000", "title": "Riket", "type": "L"}], "next_url": null}"#;
const GROUPS: &str = r#"{"count": 2, "values": [
    {"id": "G1", "title": "Två", "members": [{"member_id": "2380", "member_title": "x"}, {"member_id": "0180", "member_title": "y"}]},
    {"id": "G2", "title": "En annan", "members": [{"member_id": "9999", "member_title": "x"}]}], "next_url": null}"#;
const DATA: &str = r#"{"values": [
    {"kpi": "N01951", "municipality": "2380", "period": 2022, "values": [
        {"gender": "K", "count": 1, "status": "", "value": 32084, "isdeleted": false}, {"gender": "T", "count": 1, "status": "", "value": 64714.0, "isdeleted": false}]},
    {"kpi": "N01951", "municipality": "0180", "period": 2021, "values": [{"gender": "T", "count": 1, "status": "", "value": null, "isdeleted": false}]},
    {"kpi": "N00945", "municipality": "2380", "period": 2022, "values": [{"gender": "T", "count": 1, "status": "", "value": 31.32959689, "isdeleted": false}]}],
    "next_url": "https://api.kolada.se/v3/data/kpi/N01951/year/2022?page=2"}"#;

/// Files that are gone when this is.
struct Saved(Vec<PathBuf>);

impl Saved {
    fn new(contents: &[&str]) -> Self {
        let save = |content: &&str| {
            let path = std::env::temp_dir().join(format!("malbild-{}.json", uuid::Uuid::new_v4()));
            std::fs::write(&path, content).expect("a file");
            path
        };
        Self(contents.iter().map(save).collect())
    }

    /// `--file` with each of them, and these options.
    fn options<'a>(&'a self, others: &[&'a str]) -> Vec<&'a str> {
        let files = self
            .0
            .iter()
            .flat_map(|path| ["--file", path.to_str().expect("a path")]);
        files.chain(others.iter().copied()).collect()
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[tokio::test]
async fn files_are_recognised_by_their_content_in_any_order() {
    let app = TestApp::start().await;
    let saved = Saved::new(&[DATA, GROUPS, KEY_FIGURES, AREAS]);
    let dry = import_with(&app, &saved.options(&["--dry-run"]))
        .await
        .done();
    assert_eq!(count(&app).await, 0);
    let output = import_with(&app, &saved.options(&[])).await.done();
    assert_eq!(
        dry,
        format!("{output}This was a dry run: nothing was written.\n")
    );
    says(
        &output,
        &[
            ": 3 rows of data",
            "this answer goes on at its next_url",
            ": 2 rows of groups",
            ": 2 rows of key figures",
            ": 3 rows of municipalities",
            "Key figures: 2 created",
            "group created G1",
            "group left G2: there is no municipality 9999",
            "Values: 4 created",
        ],
    );
    let indicator = app.get("/indicators/N00945").await.json();
    assert_eq!(
        (&indicator["decimals"], &indicator["publicationPeriod"]),
        (&2.into(), &"2026".into())
    );
    assert_eq!(
        indicator["sourceUrl"],
        "https://api.kolada.se/v3/kpi/N00945"
    );
    assert_eq!(
        value(&app, "N00945/2380/2022/T").await["value"].to_string(),
        "31.32959689"
    );
    let again = import_with(&app, &saved.options(&[])).await.done();
    says(
        &again,
        &[
            "0 created, 0 retitled",
            "2 unchanged",
            "Values: 0 created, 0 revised, 0 withdrawn, 4 unchanged",
        ],
    );
}

#[tokio::test]
async fn of_files_only_what_is_wanted_is_imported() {
    let app = TestApp::start().await;
    let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA, GROUPS]);
    let options = ["--indicators", "N01951", "--group", "G1", "--years", "2022"];
    let output = import_with(&app, &saved.options(&options)).await.done();
    says(
        &output,
        &[
            "Key figures: 1 created",
            "group created G1",
            "Values: 2 created",
        ],
    );
    app.get("/municipalities/0000")
        .await
        .problem(404, "notFound");
}

#[tokio::test]
async fn a_later_file_says_more_than_an_earlier_one() {
    let app = TestApp::start().await;
    let later = DATA.replace("64714.0", "64715").replace(
        "\"value\": null, \"isdeleted\": false",
        "\"value\": null, \"isdeleted\": true",
    );
    let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA]);
    import_with(&app, &saved.options(&[])).await.done();
    let saved = Saved::new(&[&later]);
    let output = import_with(&app, &saved.options(&[])).await.done();
    says(
        &output,
        &[
            "1 revised, 1 withdrawn, 2 unchanged",
            "revised N01951 2380 2022 T: 64714 → 64715",
            "withdrawn N01951 0180 2021 T: missing",
        ],
    );
}

#[tokio::test]
async fn a_file_that_is_none_of_koladas_is_refused_and_nothing_of_any_is_written() {
    let app = TestApp::start().await;
    let deep = format!("{{\"values\": {}", "[".repeat(100_000));
    for (garbage, reason) in [
        ("", "EOF while parsing"),
        ("hej", "expected value at line 1 column 1"),
        ("{}", "missing field `values`"),
        ("{\"values\": 7}", "expected an array of rows"),
        ("[1, 2]", "expected an answer of Kolada's"),
        (
            "{\"values\": [], \"next_url\": null} x",
            "trailing characters",
        ),
        (
            "{\"values\": [], \"next_page\": null}",
            "missing field `next_url`",
        ),
        (
            "{\"values\": [], \"values\": []}",
            "duplicate field `values`",
        ),
        (
            r#"{"values": [{"id": "N1"}]}"#,
            "row 1: it is no key figure, municipality, group or data of Kolada's",
        ),
        (
            r#"{"values": [{"kpi": "N1", "ou": "V1", "period": 2022, "values": []}]}"#,
            "row 1: it has figures of single units (ou)",
        ),
        (
            r#"{"values": [{"id": "G2KPI1", "title": "x", "members": [{"member_id": "N00945", "member_title": "y"}]}]}"#,
            "row 1: G2KPI1 has the member \"N00945\", which is no municipality",
        ),
        (
            r#"{"values": [{"id": "2380", "title": "x", "type": "K"}, {"id": "N1", "title": "x", "is_divided_by_gender": true}]}"#,
            "row 2: this is one of key figures, and those before are not",
        ),
        (
            r#"{"values": [{"kpi": "N01951", "municipality": "2380", "period": 2022, "values": [{"gender": "T", "value": "7"}]}]}"#,
            "invalid type: string",
        ),
        (&DATA[..DATA.len() / 2], "EOF while parsing"),
        (&deep, "expected"),
    ] {
        let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA, garbage]);
        let output = import_with(&app, &saved.options(&[])).await.failed();
        says(
            &output,
            &[
                "this is no saved answer of Kolada's: ",
                reason,
                "Nothing was written",
            ],
        );
    }
    assert_eq!(count(&app).await, 0);
    for list in ["/indicators", "/municipalities"] {
        assert_eq!(app.get(list).await.json()["_meta"]["totalRecords"], 0);
    }
    let output = import_with(&app, &["--file", "no-such-file.json"])
        .await
        .failed();
    says(&output, &["no-such-file.json: No such file"]);
}

#[tokio::test]
async fn data_of_what_is_nowhere_described_is_refused_whole() {
    let app = TestApp::start().await;
    let saved = Saved::new(&[DATA]);
    let output = import_with(&app, &saved.options(&[])).await.failed();
    says(
        &output,
        &[
            "neither the files nor this service has the key figure N00945, N01951; give a saved answer of /kpi, too",
        ],
    );
    let saved = Saved::new(&[DATA, KEY_FIGURES]);
    let output = import_with(&app, &saved.options(&[])).await.failed();
    says(
        &output,
        &[
            "has the municipality 0180, 2380; give a saved answer of /municipality, too. Nothing was written.",
        ],
    );
    assert_eq!(
        app.get("/indicators").await.json()["_meta"]["totalRecords"],
        0
    );
}

#[tokio::test]
async fn figures_that_cannot_be_kept_are_told_one_by_one() {
    let app = TestApp::start().await;
    let data = r#"{"values": [
        {"kpi": "N01951", "municipality": "G37609", "period": 2022, "values": [{"gender": "T", "count": 7, "status": "", "value": 1, "isdeleted": false}]},
        {"kpi": "N01951", "municipality": "2380", "period": 1850, "values": [{"gender": "T", "value": 1}]},
        {"kpi": "N01951", "municipality": "2380", "period": 2022, "values": [{"gender": "X", "value": 1}, {"gender": "T", "value": 1e400}, {"gender": "K", "value": -0.0}]}], "next_url": null}"#;
    let saved = Saved::new(&[KEY_FIGURES, AREAS, data]);
    let output = import_with(&app, &saved.options(&[])).await.done();
    says(
        &output,
        &[
            "Values: 1 created, 0 revised, 0 withdrawn, 0 unchanged, 0 kept (not Kolada's), 4 left out",
            "left out N01951 G37609 2022 T: it is of no municipality",
            "left out N01951 2380 1850 T: the year must be from 1900 to 2200",
            "left out N01951 2380 2022 X: gender is none of T, K, M",
            "left out N01951 2380 2022 T: 1e+400 may have 15 digits",
        ],
    );
    assert_eq!(
        value(&app, "N01951/2380/2022/K").await["value"].to_string(),
        "0"
    );
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_refused() {
    let app = TestApp::start().await;
    let less = KEY_FIGURES.replace("\"count\": 2", "\"count\": 3");
    let saved = Saved::new(&[&less]);
    let output = import_with(&app, &saved.options(&[])).await.failed();
    says(
        &output,
        &[
            "it has 2 rows, and count says otherwise",
            "Nothing was written",
        ],
    );
}

#[tokio::test]
async fn what_the_files_have_nothing_of_is_told() {
    let app = TestApp::start().await;
    let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA]);
    let options = [
        "--indicators",
        "N01951,N99999",
        "--municipalities",
        "2380,0114",
        "--years",
        "1999",
    ];
    let output = import_with(&app, &saved.options(&options)).await.done();
    says(
        &output,
        &[
            "the files have nothing of the key figure N99999",
            "the files have nothing of the municipality 0114",
            "the files have nothing of these years",
            "Values: 0 created",
        ],
    );
    let own = serde_json::json!({"title": "vår", "unit": "st", "decimals": 0, "direction": "none",
        "dividedByGender": false, "publisher": "SCB"});
    app.make("/indicators/N00945", own).await;
    let saved = Saved::new(&[AREAS, DATA]);
    let output = import_with(&app, &saved.options(&["--indicators", "N00945"])).await;
    says(
        &output.failed(),
        &["what is N00945 here is an indicator of another publisher than Kolada"],
    );
}

#[tokio::test]
async fn a_group_without_members_is_not_everybody() {
    let app = TestApp::start().await;
    let group = r#"{"values": [{"id": "G3", "title": "Ingen", "members": []}], "next_url": null}"#;
    let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA, group]);
    let output = import_with(&app, &saved.options(&["--group", "G3"])).await;
    says(
        &output.failed(),
        &["the group G3 has no members", "Nothing was written"],
    );
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn a_withdrawn_figure_of_an_area_that_is_nowhere_described_is_passed_over() {
    let app = TestApp::start().await;
    let withdrawn = r#"{"values": [{"kpi": "N01951", "municipality": "1499", "period": 2022, "values": [
        {"gender": "T", "count": 1, "status": "", "value": null, "isdeleted": true}]}], "next_url": null}"#;
    let saved = Saved::new(&[KEY_FIGURES, AREAS, DATA, withdrawn]);
    let output = import_with(&app, &saved.options(&[])).await.done();
    says(&output, &["Key figures: 2 created", "Values: 4 created"]);
    assert_eq!(count(&app).await, 4);
}

#[tokio::test]
async fn an_address_with_a_password_or_of_another_kind_is_written_nowhere() {
    let app = TestApp::start().await;
    let saved = Saved::new(&[KEY_FIGURES]);
    for base in [
        "https://anna:hemligt@api.kolada.se/v3",
        "https://:hemligt@api.kolada.se/v3",
        "https://hemligt@api.kolada.se/v3",
        "javascript:hemligt()",
        "hemligt",
    ] {
        let files = saved.options(&["--base-url", base]);
        let asking = ["--indicators", "N00945", "--base-url", base];
        for options in [&files[..], &asking[..]] {
            let output = import_with(&app, options).await.failed();
            says(&output, &["--base-url", "Nothing was written"]);
            assert!(!output.contains("hemligt"), "{output}");
        }
    }
    assert_eq!(
        app.get("/indicators").await.json()["_meta"]["totalRecords"],
        0
    );
}

#[tokio::test]
async fn koladas_own_catalogue_is_imported_whole() {
    let Some(folder) = crate::kolada_figures::folder() else {
        return;
    };
    let app = TestApp::start().await;
    let files = ["kpi.json", "municipality.json", "data_n00945.json"].map(|name| {
        folder
            .join("../kolada")
            .join(name)
            .to_str()
            .expect("a path")
            .to_owned()
    });
    let options: Vec<&str> = files
        .iter()
        .flat_map(|file| ["--file", file.as_str()])
        .collect();
    let output = import_with(&app, &options).await.done();
    says(
        &output,
        &[
            "6099 rows of key figures",
            "Key figures: 6099 created",
            "municipality created: 292 more",
            "Values: 63 created",
            "0 left out",
        ],
    );
    let kinds = app
        .get("/municipalities?kind=municipality&limit=1")
        .await
        .json();
    assert_eq!(kinds["_meta"]["totalRecords"], 290);
    let group = folder.join("../kolada/municipality_groups.json");
    let options = [
        "--file",
        group.to_str().expect("a path"),
        "--group",
        "G37609",
    ];
    let output = import_with(&app, &options).await.done();
    says(&output, &["3630 rows of groups", "group created G37609"]);
}
