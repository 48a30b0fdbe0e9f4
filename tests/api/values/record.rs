//! The record of the hot table: the same entries as every other table's.

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::{path, put, started};

/// Action, key, and the figure before and after, of each entry about values.
async fn entries(sql: &Client) -> Vec<(String, Value, Value, Value)> {
    let all = "SELECT action, key::text, before::text, after::text FROM history WHERE resource = 'values' ORDER BY entry_id";
    let rows = sql.query(all, &[]).await.unwrap();
    let json = |text: Option<String>| {
        text.map_or(Value::Null, |text| {
            serde_json::from_str(&text).expect("JSON")
        })
    };
    rows.iter()
        .map(|row| {
            let (before, after) = (json(row.get(2)), json(row.get(3)));
            (
                row.get(0),
                json(row.get(1)),
                before["value"].clone(),
                after["value"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_change_of_a_value_is_recorded_once_with_what_was_before_and_after() {
    let (app, key) = started().await;
    let path = path("N01951", 2022, "T");
    put(&app, &key, &path, json!({"value": 0.1}))
        .await
        .expect(201);
    put(&app, &key, &path, json!({"value": 0.1}))
        .await
        .expect(200);
    put(&app, &key, &path, json!({"value": 12345678901234.56}))
        .await
        .expect(200);
    app.request("DELETE", &path)
        .key(&key)
        .send()
        .await
        .expect(204);
    let of = json!({"indicator_code": "N01951", "municipality_code": "2380", "year": 2022, "gender": "T"});
    let expected = [
        ("created".to_owned(), of.clone(), Value::Null, json!(0.1)),
        (
            "updated".to_owned(),
            of.clone(),
            json!(0.1),
            json!(12345678901234.56),
        ),
        (
            "deleted".to_owned(),
            of,
            json!(12345678901234.56),
            Value::Null,
        ),
    ];
    assert_eq!(entries(&app.sql().await).await, expected);
}

#[tokio::test]
async fn a_change_by_sql_of_many_rows_is_recorded_row_by_row() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    sql.batch_execute(
        "INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
         SELECT 'N01951', '2380', y, 'T', y, 'final', 'reported' FROM generate_series(2001, 2003) y;
         UPDATE indicator_values SET value = CASE WHEN year = 2002 THEN value ELSE value + 0.5 END;
         UPDATE indicator_values SET year = 2010 WHERE year = 2001;
         UPDATE indicator_values SET value = value;
         DELETE FROM indicator_values WHERE year = 1999;
         INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
         VALUES ('N01951', '2380', 2003, 'T', 7, 'final', 'reported'), ('N01951', '2380', 2004, 'T', 8, 'final', 'reported')
         ON CONFLICT (indicator_code, municipality_code, year, gender) DO UPDATE SET value = excluded.value",
    )
    .await
    .unwrap();
    let mut found: Vec<(String, i64, Value, Value)> = entries(&sql)
        .await
        .into_iter()
        .map(|(action, key, before, after)| {
            (action, key["year"].as_i64().expect("a year"), before, after)
        })
        .collect();
    found.sort_by_key(|(_, year, ..)| *year);
    let entry = |action: &str, year, before, after| (action.to_owned(), year, before, after);
    let expected = [
        entry("created", 2001, Value::Null, json!(2001)),
        entry("updated", 2001, json!(2001), json!(2001.5)),
        entry("deleted", 2001, json!(2001.5), Value::Null),
        entry("created", 2002, Value::Null, json!(2002)),
        entry("created", 2003, Value::Null, json!(2003)),
        entry("updated", 2003, json!(2003), json!(2003.5)),
        entry("updated", 2003, json!(2003.5), json!(7)),
        entry("created", 2004, Value::Null, json!(8)),
        entry("created", 2010, Value::Null, json!(2001.5)),
    ];
    assert_eq!(found, expected);
    let empty = "SELECT count(*) FROM change_sets c WHERE NOT EXISTS (SELECT FROM history h WHERE h.change_set_id = c.change_set_id)";
    let empty: i64 = sql.query_one(empty, &[]).await.unwrap().get(0);
    assert_eq!(empty, 0, "a change set without a change");
}

#[tokio::test]
async fn no_way_of_writing_by_sql_parts_the_total_from_the_rows() {
    let (app, _) = started().await;
    let sql = app.sql().await;
    let insert = |years: &str| {
        format!("INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                 SELECT 'N01951', '2380', y, 'T', y, 'final', 'reported' FROM generate_series({years}) y;")
    };
    let ways = [
        format!("BEGIN; SET CONSTRAINTS ALL IMMEDIATE; {} {} COMMIT", insert("1901, 1910"), insert("1911, 1915")),
        format!("BEGIN; {} SAVEPOINT s; {} ROLLBACK TO s; {} COMMIT", insert("1921, 1922"), insert("1931, 1939"), insert("1923, 1924")),
        format!("BEGIN; {} SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM indicator_values WHERE year < 1905; COMMIT", insert("1941, 1942")),
        "WITH gone AS (DELETE FROM indicator_values WHERE year = 1942 RETURNING *) UPDATE indicator_values SET value = 0 WHERE year = 1941".to_owned(),
    ];
    for way in ways {
        sql.batch_execute(&way).await.expect(&way);
        let row = sql
            .query_one(
                "SELECT total, (SELECT count(*) FROM indicator_values) FROM row_totals",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, i64>(0), row.get::<_, i64>(1), "{way}");
    }
    let owner = crate::support::cluster::client(&app.database.owner_url()).await;
    assert!(
        owner
            .batch_execute("TRUNCATE indicator_values")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn the_service_itself_can_neither_alter_the_total_nor_stop_the_record() {
    let (app, _) = started().await;
    let service = crate::support::cluster::client(&app.database.runtime_url()).await;
    for forbidden in [
        "UPDATE row_totals SET total = 0",
        "DELETE FROM row_totals",
        "ALTER TABLE indicator_values DISABLE TRIGGER record_insert",
        "TRUNCATE indicator_values",
        "UPDATE change_sets SET values_added = 5",
    ] {
        let refused = service.batch_execute(forbidden).await;
        assert!(refused.is_err(), "{forbidden}");
    }
}
