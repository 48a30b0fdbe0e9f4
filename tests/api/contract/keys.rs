//! Every write operation of the document, without a key and with a wrong one.

use std::time::Duration;

use malbild::auth::Role;
use malbild::clock;

use super::{document, operations, populate};
use crate::support::TestApp;

/// All that the database holds, apart from when keys were used.
async fn contents(app: &TestApp) -> Vec<(String, String)> {
    let sql = app.sql().await;
    let tables = sql
        .query(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'api_keys' ORDER BY 1",
            &[],
        )
        .await
        .expect("the tables");
    let mut contents = Vec::new();
    for row in tables {
        let table: String = row.get(0);
        let all = format!(
            "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t"
        );
        let rows = sql.query_one(&all, &[]).await.expect("the rows").get(0);
        contents.push((table, rows));
    }
    contents
}

#[tokio::test]
async fn no_write_is_done_without_a_key_that_is_valid_and_may() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    let expired = app
        .make_key(Role::Admin, None, clock::now() - Duration::from_secs(60))
        .await;
    let revoked = app.key(Role::Admin).await;
    let sql = app.sql().await;
    let changed = sql
        .execute(
            "UPDATE api_keys SET revoked_at = now() WHERE key_hash = sha256(convert_to($1, 'UTF8'))",
            &[&revoked],
        )
        .await;
    assert_eq!(changed.expect("a revoked key"), 1);
    let unknown = format!("mb_{}", "A".repeat(43));
    // "All boards" does not mean a company, so no assignment is for this one.
    app.board("bolaget", "company").await;
    let of_a_board = app.board_key("bolaget").await;
    let before = contents(&app).await;
    assert!(
        before
            .iter()
            .any(|(table, rows)| table.ends_with(".goals") && !rows.is_empty())
    );
    let mut writes = 0;
    for operation in operations(&document)
        .iter()
        .filter(|operation| operation.writes())
    {
        let request = || operation.request(&app).if_match("*");
        let without = request().send().await.problem(401, "missingKey");
        assert!(
            without.header("www-authenticate").starts_with("Bearer"),
            "{}",
            operation.name()
        );
        for key in [&unknown, &expired, &revoked] {
            let refused = request().key(key).send().await.problem(401, "invalidKey");
            assert!(refused.header("www-authenticate").contains("invalid_token"));
        }
        // The examples are the municipality's or another board's.
        let answer = request().key(&of_a_board).send().await;
        assert_eq!(
            answer.status,
            403,
            "{}: {}",
            operation.name(),
            answer.text()
        );
        writes += 1;
    }
    assert!(writes >= 14, "only {writes} write operations");
    assert_eq!(contents(&app).await, before);
}
