//! The record of changes: one entry for each change, by whom, in the order of
//! the commits, and out of the service's own reach.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use malbild::auth::Role;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::TestApp;
use crate::support::cluster::client;

/// The entries about budgets: action, before, after, role, key, trace.
async fn entries(sql: &Client) -> Vec<Value> {
    let all = "SELECT jsonb_build_object('action', action, 'key', key, 'before', before, 'after', after, 'role', actor_role, \
               'keyId', actor_key_id, 'trace', trace_id, 'position', commit_position, 'at', committed_at)::text \
               FROM history JOIN change_sets USING (change_set_id) WHERE resource = 'budgets' ORDER BY commit_position, entry_id";
    let rows = sql.query(all, &[]).await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(row.get(0)).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn each_write_leaves_one_entry_that_says_who_did_what() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let sql = app.sql().await;
    let key_id: String = sql
        .query_one("SELECT key_id::text FROM api_keys", &[])
        .await
        .unwrap()
        .get(0);
    let trace = |n: u8| format!("{n:032x}");
    let request = |method: &str, n: u8| {
        let parent = format!("00-{}-00f067aa0ba902b7-01", trace(n));
        app.request(method, "/budgets/2024")
            .key(&key)
            .header("traceparent", &parent)
    };
    let made = request("PUT", 1)
        .json(&json!({"title": "a"}))
        .send()
        .await
        .expect(201);
    let same = request("PUT", 2)
        .if_match(made.etag())
        .json(&json!({"title": "a"}))
        .send()
        .await
        .expect(200);
    request("PUT", 3)
        .if_match("\"old\"")
        .json(&json!({"title": "x"}))
        .send()
        .await
        .expect(412);
    request("PUT", 4)
        .if_match(made.etag())
        .json(&json!({"title": 7}))
        .send()
        .await
        .expect(422);
    let changed = request("PATCH", 5)
        .if_match(same.etag())
        .json(&json!({"decidedBy": "KF"}))
        .send()
        .await
        .expect(200);
    request("PATCH", 6)
        .if_match(changed.etag())
        .json(&json!({"decidedBy": "KF"}))
        .send()
        .await
        .expect(200);
    request("DELETE", 7)
        .if_match(changed.etag())
        .send()
        .await
        .expect(204);
    let entries = entries(&sql).await;
    let told: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| {
            (
                entry["action"].as_str().unwrap(),
                entry["trace"].as_str().unwrap(),
            )
        })
        .collect();
    let (one, five, seven) = (trace(1), trace(5), trace(7));
    assert_eq!(
        told,
        [
            ("created", one.as_str()),
            ("updated", &five),
            ("deleted", &seven)
        ]
    );
    for entry in &entries {
        assert_eq!(entry["role"], "editor");
        assert_eq!(entry["keyId"], key_id);
        assert_eq!(entry["key"], json!({"budget_year": 2024}));
        assert!(entry["at"].is_string());
    }
    assert_eq!(entries[0]["before"], Value::Null);
    assert_eq!(entries[0]["after"]["title"], "a");
    assert_eq!(entries[1]["before"], entries[0]["after"]);
    assert_eq!(entries[1]["after"]["decided_by"], "KF");
    assert_eq!(entries[2]["before"], entries[1]["after"]);
    assert_eq!(entries[2]["after"], Value::Null);
    let positions: Vec<i64> = entries
        .iter()
        .filter_map(|entry| entry["position"].as_i64())
        .collect();
    assert!(positions.is_sorted() && positions.len() == 3);
}

#[tokio::test]
async fn what_the_owner_changes_by_hand_is_recorded_and_what_is_rolled_back_is_not() {
    let app = TestApp::start().await;
    let owner = client(&app.database.owner_url()).await;
    owner
        .batch_execute("INSERT INTO budgets (budget_year, title) VALUES (2024, 'a')")
        .await
        .unwrap();
    owner
        .batch_execute("UPDATE budgets SET title = 'b'; UPDATE budgets SET title = 'b'")
        .await
        .unwrap();
    owner
        .batch_execute("BEGIN; UPDATE budgets SET title = 'c'; DELETE FROM budgets; ROLLBACK")
        .await
        .unwrap();
    owner
        .batch_execute("BEGIN; SAVEPOINT s; UPDATE budgets SET title = 'd'; ROLLBACK TO s; UPDATE budgets SET title = 'e'; COMMIT")
        .await
        .unwrap();
    let entries = entries(&app.sql().await).await;
    let titles: Vec<&Value> = entries
        .iter()
        .map(|entry| &entry["after"]["title"])
        .collect();
    assert_eq!(titles, ["a", "b", "e"]);
    assert!(
        entries
            .iter()
            .all(|entry| entry["role"].is_null() && entry["position"].is_i64())
    );
    assert_eq!(
        app.get("/budgets/2024").await.expect(200).json()["title"],
        "e"
    );
}

#[tokio::test]
async fn the_transaction_that_commits_last_has_the_later_position() {
    let app = TestApp::start().await;
    let (first, second) = (
        client(&app.database.owner_url()).await,
        client(&app.database.owner_url()).await,
    );
    first
        .batch_execute(
            "BEGIN; INSERT INTO budgets (budget_year, title) VALUES (2001, 'began first')",
        )
        .await
        .unwrap();
    second
        .batch_execute("INSERT INTO budgets (budget_year, title) VALUES (2002, 'commits first')")
        .await
        .unwrap();
    let sql = app.sql().await;
    assert_eq!(
        entries(&sql).await.len(),
        1,
        "nothing of a transaction under way is seen"
    );
    first.batch_execute("COMMIT").await.unwrap();
    let entries = entries(&sql).await;
    assert_eq!(entries[0]["after"]["title"], "commits first");
    assert_eq!(entries[1]["after"]["title"], "began first");
    assert!(entries[0]["position"].as_i64() < entries[1]["position"].as_i64());
}

#[tokio::test]
async fn a_reader_that_has_seen_a_position_never_sees_a_smaller_one_appear() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    let sql = app.sql().await;
    let done = std::cell::Cell::new(false);
    let writes = async {
        let body = json!({"title": "a"});
        for years in (1900..2020).collect::<Vec<i32>>().chunks(20) {
            let put = |year: &i32| {
                app.request("PUT", &format!("/budgets/{year}"))
                    .key(&key)
                    .json(&body)
                    .send()
            };
            for answer in join_all(years.iter().map(put)).await {
                answer.expect(201);
            }
        }
        done.set(true);
    };
    let reads = async {
        let mut seen = BTreeSet::new();
        while !done.get() {
            let all = "SELECT commit_position FROM change_sets WHERE commit_position IS NOT NULL";
            let rows = sql.query(all, &[]).await.unwrap();
            let last = seen.last().copied().unwrap_or(0);
            for position in rows.iter().map(|row| row.get::<_, i64>(0)) {
                assert!(
                    position > last || seen.contains(&position),
                    "{position} came after {last}"
                );
                seen.insert(position);
            }
        }
        seen.len()
    };
    let ((), seen) = futures_util::join!(writes, reads);
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn the_service_s_own_role_cannot_touch_the_record_or_make_a_key() {
    let app = TestApp::start().await;
    app.budget(2024).await;
    let runtime = client(&app.database.runtime_url()).await;
    for statement in [
        "UPDATE history SET after = NULL",
        "DELETE FROM history",
        "TRUNCATE history",
        "INSERT INTO history (change_set_id, resource, key, action, digest) SELECT change_set_id, 'x', '{}', 'created', '' FROM change_sets",
        "UPDATE record_head SET hash = ''",
        "DELETE FROM erasures",
        "SELECT erase_from_record('budgets', '{}', 'title', 'x')",
        "UPDATE change_sets SET actor_role = 'x'",
        "DELETE FROM change_sets",
        "TRUNCATE change_sets CASCADE",
        "INSERT INTO change_sets (transaction_id) VALUES (pg_current_xact_id())",
        "SELECT current_change_set('goals')",
        "CREATE TEMP TABLE mine (change_set_id bigint); CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION place_change_set()",
        "CREATE TEMP TABLE mine (goal_id uuid); CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION record_change('goals', 'goal_id')",
        "CREATE TEMP TABLE mine (version bigint); CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION stamp_row()",
        "ALTER TABLE budgets DISABLE TRIGGER record_update",
        "ALTER TABLE budgets DISABLE TRIGGER ALL",
        "DROP TRIGGER record_change ON budgets",
        "TRUNCATE budgets CASCADE",
        "DROP TABLE budgets CASCADE",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TABLE public.mine (a integer)",
        "CREATE FUNCTION public.nextval(text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "SELECT setval('row_version', 1)",
        "SELECT nextval('row_version')",
        "SET ROLE malbild_owner",
        "INSERT INTO api_keys (key_id, name, role, key_hash, expires_at) VALUES (gen_random_uuid(), 'x', 'admin', 'x', 'infinity')",
        "UPDATE api_keys SET role = 'admin'",
        "UPDATE api_keys SET revoked_at = NULL",
        "UPDATE api_keys SET key_hash = 'x'",
        "DELETE FROM api_keys",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('x')",
    ] {
        let refused = runtime.batch_execute(statement).await.expect_err(statement);
        let code = refused.code().expect("an SQLSTATE").code().to_owned();
        assert_eq!(code, "42501", "{statement}: {refused:?}");
    }
    // A temporary object cannot stand in for what the triggers call.
    runtime
        .batch_execute(
            "CREATE TEMPORARY TABLE history (change_set_id bigint, resource text, key jsonb, action text, before jsonb, after jsonb);
             UPDATE public.budgets SET title = 'b'",
        )
        .await
        .unwrap();
    assert_eq!(entries(&app.sql().await).await.len(), 2);
}
