//! `malbild import values`: all rows or none, with every fault named.

use std::io::Write;
use std::process::Stdio;

use crate::support::TestApp;
use crate::support::program::{Ended, command, run};

const HEADER: &str = "indicatorCode,municipalityCode,year,gender,value,status,provenance,note\n";

/// A service with Östersund, the country, N01951 (divided by gender) and
/// U07451 (not).
async fn started() -> TestApp {
    let app = TestApp::start().await;
    app.municipality("2380", "municipality").await;
    app.municipality("0000", "country").await;
    app.indicator("N01951", true).await;
    app.indicator("U07451", false).await;
    app
}

/// Runs the command with `csv` on its standard input, without stopping the
/// service.
async fn import(app: &TestApp, csv: impl Into<Vec<u8>>) -> Ended {
    import_with(app, &[], csv).await
}

/// The same with options.
async fn import_with(app: &TestApp, options: &[&str], csv: impl Into<Vec<u8>>) -> Ended {
    let csv = csv.into();
    let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    let (runtime, owner) = (app.database.runtime_url(), app.database.owner_url());
    let ended = tokio::task::spawn_blocking(move || {
        let settings = [
            ("DATABASE_URL", runtime.as_str()),
            ("DATABASE_OWNER_URL", owner.as_str()),
        ];
        let mut file = tempfile();
        file.write_all(&csv).expect("a file");
        let mut command = command(&settings);
        command.args(["import", "values", "-"]).args(options);
        command.stdin(Stdio::from(rewound(file)));
        run(command)
    });
    ended.await.expect("the command")
}

fn tempfile() -> std::fs::File {
    let path = std::env::temp_dir().join(format!("malbild-{}.csv", uuid::Uuid::new_v4()));
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .expect("a file");
    std::fs::remove_file(path).expect("a file without a name");
    file
}

fn rewound(mut file: std::fs::File) -> std::fs::File {
    std::io::Seek::rewind(&mut file).expect("a file");
    file
}

/// The text of all values, and how many there are.
async fn values(app: &TestApp) -> (String, i64) {
    let list = app.get("/values?limit=10000").await.expect(200);
    let total = list.json()["_meta"]["totalRecords"].as_i64();
    (list.text(), total.expect("a number"))
}

#[tokio::test]
async fn a_file_is_loaded_and_a_second_time_changes_nothing() {
    let app = started().await;
    let csv = format!(
        "{HEADER}N01951,2380,2022,T,64714,,kolada,\nN01951,2380,2022,K,32084.5,preliminary,kolada,\"a \"\"b\"\"\"\nU07451,0000,2022,T,,missing,,\n"
    );
    let first = import(&app, csv.clone()).await;
    assert!(first.status.success(), "{}", first.output);
    assert!(first.output.contains("3 created, 0 updated, 0 unchanged."));
    let (before, total) = values(&app).await;
    assert_eq!(total, 3);
    assert!(before.contains("\"value\":32084.5,\"status\":\"preliminary\",\"provenance\":\"kolada\",\"note\":\"a \\\"b\\\"\""));
    let second = import(&app, csv.clone()).await;
    assert!(second.output.contains("0 created, 0 updated, 3 unchanged."));
    assert_eq!(
        values(&app).await.0,
        before,
        "the same, with the same ETags"
    );
    let revised = csv.replace("64714", "64715");
    let third = import(&app, revised).await;
    assert!(third.output.contains("0 created, 1 updated, 2 unchanged."));
}

#[tokio::test]
async fn a_change_by_a_file_is_recorded_as_the_operators() {
    let app = started().await;
    import(&app, format!("{HEADER}N01951,2380,2022,T,1,,,\n")).await;
    let sql = app.sql().await;
    let rows = sql
        .query(
            "SELECT h.action, c.actor_role FROM history h JOIN change_sets c USING (change_set_id) WHERE resource = 'values'",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<_, String>(0), "created");
    assert_eq!(rows[0].get::<_, String>(1), "operator");
}

#[tokio::test]
async fn every_bad_row_is_named_with_its_field_and_reason_and_nothing_is_written() {
    let app = started().await;
    let csv = format!(
        "{HEADER}\
         N01951,2380,2022,T,1,,,\n\
         N01951,2380,2023,T,x,,,\n\
         N09999,2380,2022,T,1,,,\n\
         N01951,9999,2022,T,1,,,\n\
         U07451,2380,2022,K,1,,,\n\
         N01951,2380,2022,T,2,,,\n\
         N01951,2380,2024,T,0.1234567890123,,,\n\
         N01951,2380,2025,T\n"
    );
    let ended = import(&app, csv).await;
    assert!(!ended.status.success());
    let lines: Vec<&str> = ended.output.lines().collect();
    let expected = [
        "row 1, indicatorCode: row 6 has the same indicator, municipality, year and gender",
        "row 2, value: ",
        "row 3, indicatorCode: there is no indicator N09999",
        "row 4, municipalityCode: there is no municipality 9999",
        "row 5, gender: the indicator U07451 is not divided by gender",
        "row 6, indicatorCode: row 1 has the same indicator, municipality, year and gender",
        "row 7, value: value may have 12 digits after the point",
        "row 8, row: the row has 4 cells where the header has 8",
        "8 faults in 8 rows. Nothing was written.",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.contains(expected), "{line} is not {expected}");
    }
    assert_eq!(lines.len(), expected.len(), "{}", ended.output);
    assert_eq!(values(&app).await.1, 0);
}

/// Makes the municipalities 3000 to 3060.
async fn make_municipalities(app: &TestApp) {
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO municipalities (municipality_code, name, kind)
         SELECT n::text, n::text, 'municipality' FROM generate_series(3000, 3060) n",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn koladas_figures_do_not_replace_reported_ones_and_the_summary_says_so() {
    let app = started().await;
    let reported = format!("{HEADER}N01951,2380,2022,T,7,preliminary,,mine\n");
    import(&app, reported).await;
    let kolada =
        format!("{HEADER}N01951,2380,2022,T,64714,,kolada,\nN01951,2380,2021,T,64324,,kolada,\n");
    let ended = import(&app, kolada).await;
    assert!(
        ended.output.contains("1 created, 0 updated, 0 unchanged."),
        "{}",
        ended.output
    );
    assert!(
        ended.output.contains("1 kept: reported"),
        "{}",
        ended.output
    );
    let kept = app
        .get("/indicators/N01951/values/2380/2022/T")
        .await
        .json();
    assert_eq!((&kept["value"], &kept["note"]), (&7.into(), &"mine".into()));
    // What is reported replaces Kolada's.
    let ended = import(&app, format!("{HEADER}N01951,2380,2021,T,8,,,\n")).await;
    assert!(
        ended.output.contains("0 created, 1 updated, 0 unchanged."),
        "{}",
        ended.output
    );
}

// Row 15
#[tokio::test]
async fn figures_of_a_file_come_back_with_the_digits_they_came_with() {
    let app = started().await;
    let figures = [
        "0.1",
        "-0.05",
        "12345678901234.56",
        "31.32959689",
        "999999999999999.999999999999",
    ];
    let row = |(year, figure): (i32, &&str)| format!("N01951,2380,{year},T,{figure},,,\n");
    let rows: String = (2001..).zip(&figures).map(row).collect();
    let ended = import(&app, format!("{HEADER}{rows}")).await;
    assert!(ended.output.contains("5 created"), "{}", ended.output);
    for (year, figure) in (2001..).zip(figures) {
        let path = format!("/indicators/N01951/values/2380/{year}/T");
        let shown = format!("\"value\":{figure},");
        assert!(app.get(&path).await.text().contains(&shown), "{figure}");
    }
}

#[tokio::test]
async fn a_quote_that_is_never_closed_loses_no_row_and_writes_none() {
    let app = started().await;
    let csv = format!(
        "{HEADER}N01951,2380,2021,T,1,,,\nN01951,2380,2022,T,2,,,\"a\nN01951,2380,2023,T,3,,,\n"
    );
    let ended = import(&app, csv).await;
    assert!(!ended.status.success());
    assert!(
        ended.output.contains("row 2: a quote is never closed"),
        "{}",
        ended.output
    );
    assert_eq!(values(&app).await.1, 0);
}

// Row 8
#[tokio::test]
async fn ten_thousand_rows_with_one_bad_leave_nothing_behind() {
    let app = started().await;
    make_municipalities(&app).await;
    let rows = |bad: usize| -> String {
        let row = |n: usize| {
            let (municipality, year) = (3000 + n / 250, 1900 + n % 250);
            let value = if n == bad { "NaN" } else { "0.1" };
            format!("N01951,{municipality},{year},T,{value},,,\n")
        };
        HEADER.to_owned() + &(0..10_000).map(row).collect::<String>()
    };
    let refused = import(&app, rows(7_654)).await;
    assert!(
        refused.output.contains("row 7655, value: "),
        "{}",
        refused.output
    );
    let told = "1 fault in 10000 rows. Nothing was written.";
    assert!(refused.output.contains(told));
    assert_eq!(values(&app).await.1, 0);
    let loaded = import(&app, rows(usize::MAX)).await;
    assert!(
        loaded.output.contains("10,000 created"),
        "{}",
        loaded.output
    );
    assert_eq!(values(&app).await.1, 10_000);
}

#[tokio::test]
async fn of_more_than_a_thousand_faults_the_first_thousand_are_told_and_the_others_counted() {
    let app = started().await;
    // Each row has two faults: its figure, and that it comes again.
    let csv = HEADER.to_owned() + &"N01951,2380,2022,T,x,,,\n".repeat(2_500);
    let ended = import(&app, csv).await;
    assert!(ended.output.contains("row 500, value: "));
    assert!(!ended.output.contains("row 501, "));
    assert!(ended.output.contains("of which the first 1000 are told"));
    assert!(ended.output.contains("5000 faults in 2500 rows"));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_the_reason() {
    let app = started().await;
    for (csv, reason) in [
        ("", "the column indicatorCode is missing"),
        (
            "indicatorCode;municipalityCode;year;gender;value\n",
            "with commas between",
        ),
        (
            "kpi,municipality,period,gender,value\n",
            "there is no column \"kpi\"",
        ),
    ] {
        let ended = import(&app, csv).await;
        assert!(!ended.status.success());
        assert!(ended.output.contains(reason), "{}", ended.output);
    }
    let mut command = command(&[]);
    command.args(["import", "values", "no-such-file.csv"]);
    let ended = run(command);
    assert!(
        ended.output.contains("no-such-file.csv: "),
        "{}",
        ended.output
    );
}

#[tokio::test]
async fn many_rows_in_any_order_are_written_piece_by_piece_in_one_transaction() {
    let app = started().await;
    make_municipalities(&app).await;
    // 61 × 300 × 3 rows: more than one statement takes, the last key first.
    let mut csv = HEADER.to_owned();
    for municipality in (3000..=3060).rev() {
        for year in (1901..=2200).rev() {
            for gender in ["T", "K", "M"] {
                csv.push_str(&format!(
                    "N01951,{municipality},{year},{gender},{year}.{municipality},,,\n"
                ));
            }
        }
    }
    let ended = import(&app, csv).await;
    assert!(
        ended
            .output
            .contains("54,900 created, 0 updated, 0 unchanged."),
        "{}",
        ended.output
    );
    let list = app.get("/values?limit=1").await.json();
    assert_eq!(list["_meta"]["totalRecords"], 54_900);
    let one = app
        .get("/indicators/N01951/values/3030/1950/K")
        .await
        .json();
    assert_eq!(one["value"].to_string(), "1950.303");
    let sets = "SELECT count(DISTINCT change_set_id) FROM history WHERE resource = 'values'";
    let sets = app.sql().await.query_one(sets, &[]).await.unwrap();
    let sets: i64 = sets.get(0);
    assert_eq!(sets, 1, "one transaction");
}

#[tokio::test]
async fn a_file_can_withdraw_be_partial_leave_what_is_there_and_be_only_tried() {
    let app = started().await;
    let header = HEADER.trim_end().to_owned() + ",action\n";
    let first = format!("{header}N01951,2380,2021,T,1,,,,\nN01951,2380,2022,T,2,,,,\n");
    import(&app, first).await;
    let csv = format!(
        "{header}N01951,2380,2021,T,,,,,delete\nN01951,2380,2022,T,3,,kolada,,\nN01951,2380,2023,T,4,,,,upsert\nN09999,2380,2023,T,5,,,,\n"
    );
    let tried = import_with(&app, &["--partial", "--dry-run"], csv.clone()).await;
    assert!(tried.status.success(), "{}", tried.output);
    for said in [
        "row 4, indicatorCode: there is no indicator N09999",
        "1 rejected; faults in all: 1.",
        "1 kept: reported",
        "1 withdrawn.",
        "1 created, 0 updated, 0 unchanged.",
        "This was a dry run: nothing was written.",
    ] {
        assert!(tried.output.contains(said), "{}", tried.output);
    }
    assert_eq!(values(&app).await.1, 2);
    let options = ["--partial", "--overwrite-reported"];
    let done = import_with(&app, &options, csv.clone()).await;
    assert!(done.output.contains("1 created, 1 updated, 0 unchanged."));
    assert_eq!(values(&app).await.1, 2);
    let failed = import_with(&app, &["--on-conflict", "fail"], csv.clone()).await;
    assert!(!failed.status.success());
    let taken = "row 3, indicatorCode: there is a value with this key already";
    assert!(failed.output.contains(taken), "{}", failed.output);
    let skipped = import_with(&app, &["--on-conflict", "skip", "--partial"], csv).await;
    assert!(
        skipped
            .output
            .contains("0 created, 0 updated, 3 unchanged.")
    );
    let wrong = import_with(&app, &["--on-conflict", "replace"], HEADER).await;
    assert!(wrong.output.contains("possible values: update, skip, fail"));
}
