//! Writers that commit in every order, and a follower who must not miss a thing.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use super::changes;
use crate::support::TestApp;
use crate::support::cluster::client;

const WRITERS: usize = 8;
const CHANGES: usize = 5_000;
/// Of the last writer, whose one transaction stays open while the others write.
const HELD: usize = 100;

/// Entries of the record about budgets, in order, as `year action`.
async fn recorded(app: &TestApp) -> Vec<String> {
    let all = "SELECT format('%s %s', key ->> 'budget_year', action) FROM history JOIN change_sets USING (change_set_id)
                WHERE resource = 'budgets' ORDER BY commit_position, entry_id";
    let rows = app.sql().await.query(all, &[]).await.expect("the record");
    rows.iter().map(|row| row.get(0)).collect()
}

/// One round: what the follower was told, with the cursors of it.
async fn round(app: &TestApp, after: &str) -> Vec<(String, String)> {
    let done = Cell::new(false);
    let writers = async {
        let write = |writer: usize| {
            let app = &app;
            async move {
                let sql = client(&app.database.runtime_url()).await;
                let each = (CHANGES - HELD) / (WRITERS - 1);
                let first = 1900 + writer * 20;
                for change in 0..each {
                    let year = first + change % 20;
                    let way = match change / 20 % 3 {
                        0 => {
                            format!("INSERT INTO budgets (budget_year, title) VALUES ({year}, 'a')")
                        }
                        1 => format!(
                            "UPDATE budgets SET title = title || 'b' WHERE budget_year = {year}"
                        ),
                        _ => format!("DELETE FROM budgets WHERE budget_year = {year}"),
                    };
                    sql.execute(&way, &[]).await.expect("a change");
                }
            }
        };
        let late = async {
            let sql = client(&app.database.runtime_url()).await;
            let inserts = (0..HELD).map(|n| {
                let year = 2100 + n;
                format!("INSERT INTO budgets (budget_year, title) VALUES ({year}, 'late');")
            });
            let inserts: String = inserts.collect();
            // It holds its transaction open for a second while the others commit.
            let held = format!("BEGIN; {inserts} SELECT pg_sleep(1); COMMIT");
            sql.batch_execute(&held).await.expect("the late one");
        };
        tokio::join!(join_all((0..WRITERS - 1).map(write)), late);
        done.set(true);
    };
    let follower = async {
        let (mut seen, mut after) = (Vec::new(), after.to_owned());
        loop {
            let ended = done.get();
            let query = format!("limit=97&after={after}");
            let answer = changes(app, query.trim_end_matches("&after=")).await;
            let items = answer["items"].as_array().expect("items");
            let text = |change: &Value, name: &str| change[name].as_str().expect("text").to_owned();
            seen.extend(items.iter().map(|change| {
                let told = format!("{} {}", change["key"]["budgetYear"], text(change, "action"));
                (told, text(change, "cursor"))
            }));
            after = text(&answer, "cursor");
            if ended && items.is_empty() {
                return seen;
            }
        }
    };
    let ((), seen) = tokio::time::timeout(Duration::from_secs(300), async {
        tokio::join!(writers, follower)
    })
    .await
    .expect("an end");
    seen
}

/// `MALBILD_ROUNDS=10` makes ten rounds of it; one is enough every day.
#[tokio::test]
async fn the_follower_of_eight_writers_is_told_each_change_once_and_in_order() {
    let rounds = std::env::var("MALBILD_ROUNDS").map_or(1, |n| n.parse().expect("a number"));
    for _ in 0..rounds {
        let app = TestApp::start().await;
        let seen = round(&app, "").await;
        let told: Vec<String> = seen.iter().map(|(told, _)| told.clone()).collect();
        assert_eq!(
            told.len(),
            (CHANGES - HELD) / (WRITERS - 1) * (WRITERS - 1) + HELD
        );
        assert_eq!(told, recorded(&app).await);
        let cursors: HashSet<&String> = seen.iter().map(|(_, cursor)| cursor).collect();
        assert_eq!(cursors.len(), seen.len(), "a change came twice");
    }
}
