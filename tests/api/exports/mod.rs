//! Lists as CSV and as JSON line by line: all rows, streamed.

mod bounds;
mod conditions;
mod forms;
mod rows;
mod text;

use malbild::auth::Role;

use crate::support::TestApp;

/// A service with N01951, some municipalities and so many values, each with a long
/// note: more than the sockets between can hold when there are thousands.
async fn started(values: usize, options: &[&str]) -> (TestApp, String) {
    let app = TestApp::start_with(options).await;
    app.indicator("N01951", true).await;
    let sql = app.sql().await;
    sql.batch_execute(&format!(
        "INSERT INTO municipalities (municipality_code, name, kind)
         SELECT n::text, n::text, 'municipality' FROM generate_series(3000, 3999) n;
         INSERT INTO indicator_values
                (indicator_code, municipality_code, year, gender, value, status, provenance, note)
         SELECT 'N01951', (3000 + n / 100)::text, 2000 + n % 100, 'T', n, 'final', 'kolada', repeat('x', 1000)
           FROM generate_series(0, {values} - 1) n"
    ))
    .await
    .unwrap();
    let key = app.key(Role::Editor).await;
    (app, key)
}

/// The rows of a CSV with its header.
fn csv_rows(text: &str, separator: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
