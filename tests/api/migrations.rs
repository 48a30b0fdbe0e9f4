//! The schema: the same after up, down and up again, and as its rules demand.

use std::collections::BTreeMap;

use diesel_async::AsyncMigrationHarness;
use diesel_migrations::MigrationHarness;
use malbild::database::Target;
use malbild::database::migrate::{MIGRATIONS, migrate};
use tokio_postgres::Client;

use crate::support::TestApp;
use crate::support::cluster::{client, cluster};

/// Everything in the schema, one line each.
const SCHEMA: &str = "
    SELECT format('table %s', c.relname) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
    UNION ALL
    SELECT format('column %s.%s %s %s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                  a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), (SELECT collname FROM pg_collation WHERE oid = a.attcollation))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT pg_get_triggerdef(t.oid) || t.tgenabled::text FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL
    SELECT pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('past.%s: %s', viewname, definition) FROM pg_views WHERE schemaname = 'past'
    UNION ALL
    SELECT format('collation %s', collname) FROM pg_collation WHERE collnamespace = 'public'::regnamespace
    ORDER BY 1";

async fn lines(sql: &Client, query: &str) -> Vec<String> {
    let rows = sql.query(query, &[]).await.unwrap();
    rows.iter().filter_map(|row| row.get(0)).collect()
}

async fn harness(url: &str) -> AsyncMigrationHarness<diesel_async::AsyncPgConnection> {
    let owner = Target::parse(url).expect("a URL");
    AsyncMigrationHarness::new(owner.diesel().await.expect("a connection"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_down_and_up_again_leave_the_same_schema() {
    let database = cluster().empty_database().await;
    let url = database.owner_url();
    let sql = client(&database.superuser_url()).await;
    harness(&url)
        .await
        .run_pending_migrations(MIGRATIONS)
        .expect("up");
    let once = lines(&sql, SCHEMA).await;
    assert!(once.len() > 100, "{}", once.len());
    harness(&url)
        .await
        .revert_all_migrations(MIGRATIONS)
        .expect("down");
    let left: Vec<String> = lines(&sql, SCHEMA).await;
    let left: Vec<&String> = left
        .iter()
        .filter(|line| !line.contains("__diesel_schema_migrations"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    harness(&url)
        .await
        .run_pending_migrations(MIGRATIONS)
        .expect("up again");
    assert_eq!(lines(&sql, SCHEMA).await, once);
    let owner = Target::parse(&url)
        .expect("a URL")
        .diesel()
        .await
        .expect("a connection");
    let ran = migrate(owner, Some("malbild"))
        .await
        .expect("nothing to do");
    assert_eq!(ran, Vec::<String>::new(), "a second run has nothing to do");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_migration_down_leaves_what_was_before_it() {
    let database = cluster().empty_database().await;
    let url = database.owner_url();
    let sql = client(&database.superuser_url()).await;
    let mut harness = harness(&url).await;
    let mut states = vec![Vec::new()];
    while let Ok(true) = harness.has_pending_migration(MIGRATIONS) {
        harness.run_next_migration(MIGRATIONS).expect("up");
        states.push(lines(&sql, SCHEMA).await);
    }
    assert!(states.len() > 7, "{}", states.len());
    states.pop();
    while states.len() > 1 {
        let before = states.pop();
        let name = harness.revert_last_migration(MIGRATIONS).expect("down");
        assert_eq!(Some(lines(&sql, SCHEMA).await), before, "{name}");
    }
}

#[tokio::test]
async fn the_past_has_the_tables_that_hold_resources_with_their_columns() {
    let app = TestApp::start().await;
    let columns = |schema: &str| {
        format!(
            "SELECT format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation)
               FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
                AND c.relname NOT IN ('history', 'record_head', 'erasures', 'api_keys', 'idempotent_answers', '__diesel_schema_migrations')
                AND NOT starts_with(c.relname, 'webhook') AND NOT starts_with(c.relname, 'kolada_')
              ORDER BY c.relname, a.attnum"
        )
    };
    let sql = app.sql().await;
    let now = lines(&sql, &columns("public")).await;
    assert!(now.len() > 100, "{}", now.len());
    assert_eq!(lines(&sql, &columns("past")).await, now);
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let app = TestApp::start().await;
    let bare = "SELECT format('%s on %s', conname, conrelid::regclass) FROM pg_constraint c
         WHERE contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
                AND (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey)";
    assert_eq!(lines(&app.sql().await, bare).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_records_its_changes() {
    let app = TestApp::start().await;
    // The events of a trigger are bits: 4 insert, 8 delete, 16 update.
    let silent = "SELECT format('%s lacks %s for event %s', c.relname, needed, event) FROM pg_class c,
             (VALUES ('stamp_row', 4), ('stamp_row', 16), ('record', 4), ('record', 8), ('record', 16)) AS wanted (needed, event)
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND c.relname NOT IN ('history', 'change_sets', 'record_head', 'row_totals', 'idempotent_answers', '__diesel_schema_migrations',
                                 'webhook_secrets', 'webhook_states', 'webhook_deliveries', 'kolada_imports', 'kolada_parts')
           AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND starts_with(t.tgname, needed)
                              AND t.tgtype & event <> 0 AND t.tgenabled = 'O')";
    assert_eq!(lines(&app.sql().await, silent).await, Vec::<String>::new());
}

/// `column -> Type` of each table in schema.rs.
fn declared() -> BTreeMap<String, Vec<String>> {
    let source = include_str!("../../src/database/schema.rs");
    let mut tables = BTreeMap::new();
    for table in source.split("diesel::table! {").skip(1) {
        let (head, rest) = table.split_once(") {").expect("a table");
        let name = head.split('(').next().expect("a name").trim().to_owned();
        let body = rest.split('}').next().expect("columns");
        let columns = body.lines().map(str::trim).filter(|line| !line.is_empty());
        tables.insert(
            name,
            columns
                .map(|line| line.trim_end_matches(',').to_owned())
                .collect(),
        );
    }
    tables
}

#[tokio::test]
async fn schema_rs_is_what_the_catalogue_says() {
    let app = TestApp::start().await;
    let all = "SELECT c.relname::text, format('%s -> %s', a.attname, CASE WHEN a.attnotnull THEN '%' ELSE 'Nullable<%>' END),
                 CASE format_type(a.atttypid, NULL)
                     WHEN 'integer' THEN 'Integer' WHEN 'bigint' THEN 'BigInt' WHEN 'text' THEN 'Text' WHEN 'uuid' THEN 'Uuid'
                     WHEN 'boolean' THEN 'Bool' WHEN 'date' THEN 'Date' WHEN 'timestamp with time zone' THEN 'Timestamptz'
                     WHEN 'jsonb' THEN 'Jsonb' WHEN 'bytea' THEN 'Bytea' WHEN 'uuid[]' THEN 'Array<Uuid>'
                     WHEN 'integer[]' THEN 'Array<Integer>' WHEN 'text[]' THEN 'Array<Text>' WHEN 'numeric' THEN 'Numeric' ELSE format_type(a.atttypid, NULL) END
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
           AND c.relname NOT IN ('history', 'change_sets', 'record_head', 'erasures', 'row_totals', '__diesel_schema_migrations')
         ORDER BY c.relname, a.attnum";
    let mut catalogue: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in app.sql().await.query(all, &[]).await.unwrap() {
        let column: String = row.get(1);
        let column = column.replace('%', row.get(2));
        catalogue.entry(row.get(0)).or_default().push(column);
    }
    assert_eq!(declared(), catalogue);
}
