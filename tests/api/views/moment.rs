//! The moment of an overview: when its newest part was changed, and that all
//! of it is of one.

use malbild::auth::Role;
use serde_json::json;

use super::town::{ACHIEVEMENTS, ASSIGNMENTS, BEFORE, GOAL, INVESTMENTS, NEXT, TARGETS, full};
use crate::support::{Answer, TestApp};

async fn overview(app: &TestApp) -> Answer {
    app.get(&format!("/goals/{GOAL}/overview"))
        .await
        .expect(200)
}

#[tokio::test]
async fn the_moment_follows_the_newest_of_every_kind_of_part() {
    let app = full().await;
    let key = app.key(Role::Editor).await;
    let one = |list: &str, id: &str| format!("/{list}/{id}");
    let mut before = overview(&app).await;
    for (path, change) in [
        (one("goals", GOAL), json!({"statement": "Nytt"})),
        (one("goals", BEFORE), json!({"statement": "Nytt"})),
        (one("goals", NEXT), json!({"statement": "Nytt"})),
        (one("assignments", ASSIGNMENTS[0]), json!({"title": "Nytt"})),
        (
            one("assignments", ASSIGNMENTS[2]),
            json!({"status": "completed"}),
        ),
        (
            format!("/goals/{GOAL}/indicators/N3"),
            json!({"position": 9}),
        ),
        (one("indicators", "N3"), json!({"title": "Nytt"})),
        (
            "/indicators/N1/values/2380/2022/K".to_owned(),
            json!({"value": 0.125}),
        ),
        (one("targets", TARGETS[0]), json!({"value": 0.1})),
        (one("targets", TARGETS[3]), json!({"statement": "Nytt"})),
        (one("investments", INVESTMENTS[1]), json!({"amount": 8})),
        (
            one("achievements", ACHIEVEMENTS[1]),
            json!({"text": "Nytt"}),
        ),
        (
            format!("/assessments/{GOAL}/2024/annual"),
            json!({"status": "onTrack"}),
        ),
    ] {
        let patch = app.request("PATCH", &path).key(&key).if_match("*");
        let changed = patch.json(&change).send().await.expect(200).json();
        let after = overview(&app).await;
        assert_eq!(after.json()["updatedAt"], changed["updatedAt"], "{path}");
        assert_ne!(after.etag(), before.etag(), "{path}");
        before = after;
    }
}

#[tokio::test]
async fn the_etag_changes_with_every_deletion() {
    let app = full().await;
    let key = app.key(Role::Editor).await;
    let mut before = overview(&app).await;
    for path in [
        format!("/assessments/{GOAL}/2024/annual"),
        format!("/achievements/{}", ACHIEVEMENTS[0]),
        format!("/investments/{}", INVESTMENTS[0]),
        format!("/targets/{}", TARGETS[0]),
        format!("/targets/{}", TARGETS[3]),
        "/indicators/N1/values/2380/2022/K".to_owned(),
        format!("/goals/{GOAL}/indicators/N3"),
        format!("/assignments/{}", ASSIGNMENTS[0]),
        format!("/assignments/{}", ASSIGNMENTS[2]),
        format!("/goals/{NEXT}"),
    ] {
        let delete = app.request("DELETE", &path).key(&key).if_match("*");
        delete.send().await.expect(204);
        let after = overview(&app).await;
        assert_ne!(after.etag(), before.etag(), "{path}");
        assert!(!after.text().contains("\"etag\":null"), "{path}");
        before = after;
    }
}

/// SQL that changes something of every table that an overview reads.
fn changes(to: &str) -> String {
    format!(
        "UPDATE goals SET statement = '{to}';
         UPDATE goal_indicators SET position = position + 1;
         UPDATE indicators SET title = '{to}';
         UPDATE indicator_values SET value = value + 1 WHERE value IS NOT NULL;
         UPDATE targets SET statement = '{to}';
         UPDATE assignments SET title = '{to}';
         UPDATE investments SET title = '{to}';
         UPDATE achievements SET text = '{to}';
         UPDATE assessments SET comment = '{to}';"
    )
}

#[tokio::test]
async fn every_view_of_an_earlier_moment_is_the_one_that_was_answered_then() {
    let app = full().await;
    let sql = app.sql().await;
    let paths = [
        format!("/goals/{GOAL}/overview"),
        format!("/goals/{GOAL}/progress"),
        format!("/goals/{GOAL}/lineage"),
        format!("/assignments/{}/fulfilment?year=2024", ASSIGNMENTS[0]),
        "/indicators/N1/progress?baseYear=2021".to_owned(),
        "/indicators/N1/series?municipalityCode=2380".to_owned(),
        "/indicators/N2/comparison?gender=T".to_owned(),
        "/budgets/2024/completeness".to_owned(),
    ];
    let mut moments = Vec::new();
    for change in ["", &changes("ett"), "DELETE FROM targets", &changes("två")] {
        sql.batch_execute(change).await.expect("changes");
        let time = "SELECT to_char(max(committed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM change_sets";
        let time: String = sql.query_one(time, &[]).await.expect("a time").get(0);
        for path in &paths {
            moments.push((path, time.clone(), app.get(path).await.expect(200)));
        }
    }
    for (path, time, then) in moments {
        let mark = if path.contains('?') { '&' } else { '?' };
        let found = app.get(&format!("{path}{mark}asOf={time}")).await;
        assert_eq!(found.text(), then.text(), "{path} as of {time}");
        assert_eq!(found.etag(), then.etag(), "{path} as of {time}");
    }
}

#[tokio::test]
async fn all_parts_are_of_the_moment_before_a_commit_that_comes_half_way() {
    let app = full().await;
    let mut sql = app.sql().await;
    let mut old = overview(&app).await;
    // The reading stops at each table in turn, wherever it is read.
    for table in [
        "goal_indicators",
        "targets",
        "assignments",
        "indicators",
        "indicator_values",
        "municipalities",
        "investments",
        "achievements",
        "assessments",
    ] {
        let commit = async {
            let writing = sql.transaction().await.expect("a transaction");
            let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
            writing.batch_execute(&lock).await.expect("a lock");
            let release = async {
                app.blocked().await;
                writing
                    .batch_execute(&changes(table))
                    .await
                    .expect("changes");
                writing.commit().await.expect("committed");
            };
            futures_util::join!(overview(&app), release).0
        };
        let half_way = commit.await;
        assert_eq!(half_way.json(), old.json(), "{table}");
        assert_eq!(half_way.etag(), old.etag(), "{table}");
        let new = overview(&app).await;
        let found = new.json();
        for part in [
            &found["goal"]["statement"],
            &found["lineage"][0]["statement"],
            &found["councilAssignments"][0]["title"],
            &found["boardAssignments"][0]["title"],
            &found["indicators"][0]["title"],
            &found["indicators"][0]["targets"][0]["statement"],
            &found["targets"][0]["target"]["statement"],
            &found["investments"]["items"][0]["title"],
            &found["achievements"][0]["text"],
            &found["assessment"]["comment"],
        ] {
            assert_eq!(part, table);
        }
        assert_ne!(
            found["indicators"][0]["latest"],
            old.json()["indicators"][0]["latest"]
        );
        old = new;
    }
}
