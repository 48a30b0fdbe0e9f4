//! `malbild history`: whether the record is as it was written, and erasing from it.

use malbild::auth::Role;
use serde_json::json;

use crate::support::TestApp;
use crate::support::program::{Ended, command, run};

const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";

async fn history(app: &TestApp, arguments: &[&str]) -> Ended {
    let (runtime, owner) = (app.database.runtime_url(), app.database.owner_url());
    let arguments: Vec<String> = arguments
        .iter()
        .map(|&argument| argument.to_owned())
        .collect();
    let ended = tokio::task::spawn_blocking(move || {
        let settings = [
            ("DATABASE_URL", runtime.as_str()),
            ("DATABASE_OWNER_URL", owner.as_str()),
        ];
        let mut command = command(&settings);
        command.arg("history").args(arguments);
        run(command)
    });
    ended.await.expect("the command")
}

/// A service with some changes of budgets, values and a goal behind it.
async fn started() -> TestApp {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.budget(2023).await;
    app.budget(2024).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N1", false).await;
    for year in 2020..2023 {
        app.make(
            &format!("/indicators/N1/values/2380/{year}/T"),
            json!({"value": 0.5}),
        )
        .await;
    }
    let goal =
        json!({"budgetYear": 2024, "statement": "a", "politicalText": "Kim skrev", "position": 1});
    app.make(&format!("/goals/{GOAL}"), goal).await;
    app.request("PATCH", &format!("/goals/{GOAL}"))
        .key(&key)
        .if_match("*")
        .json(&json!({"politicalText": "Någon skrev"}))
        .send()
        .await
        .expect(200);
    app
}

#[tokio::test]
async fn an_untouched_record_is_whole_and_tells_its_end() {
    let app = started().await;
    let verified = history(&app, &["verify"]).await;
    assert!(verified.status.success(), "{}", verified.output);
    let sql = app.sql().await;
    let end = "SELECT format('%s:%s', commit_position, encode(hash, 'hex')) FROM record_head";
    let end: String = sql.query_one(end, &[]).await.unwrap().get(0);
    assert!(
        verified.output.contains("The record is whole: "),
        "{}",
        verified.output
    );
    assert!(
        verified.output.contains(&format!("It ends at {end}")),
        "{}",
        verified.output
    );
    app.budget(2025).await;
    let later = history(&app, &["verify", "--known", &end]).await;
    assert!(later.status.success(), "{}", later.output);
    let other = end.replace(|c: char| c.is_ascii_digit() && c != '1', "1");
    let (position, _) = end.split_once(':').expect("two parts");
    let other = format!("{position}:{}", other.split_once(':').expect("two parts").1);
    let lost = history(&app, &["verify", "--known", &other]).await;
    assert!(
        lost.output.contains(&format!("position {position}")),
        "{}",
        lost.output
    );
    let beyond = history(&app, &["verify", "--known", "1000000:00"]).await;
    assert!(!beyond.status.success());
    assert!(
        beyond.output.contains("before 1000000:00"),
        "{}",
        beyond.output
    );
}

/// The entry that is changed, and its change set.
const ENTRY: &str =
    "(SELECT entry_id FROM history WHERE resource = 'values' ORDER BY entry_id OFFSET 1 LIMIT 1)";
const SET: &str = "(SELECT change_set_id FROM history WHERE resource = 'values' ORDER BY entry_id OFFSET 1 LIMIT 1)";

const FORGED: &str =
    "UPDATE history SET after = jsonb_set(after, '{value}', '7') WHERE entry_id = ENTRY;";
const DIGEST: &str = "UPDATE history SET digest = entry_digest(resource, key, action, before, after) WHERE entry_id = ENTRY;";
const HASH: &str = "UPDATE change_sets c SET hash = change_set_hash(
      (SELECT hash FROM change_sets p WHERE p.commit_position = c.commit_position - 1), c, digests_of(c.change_set_id, c.first_entry, c.last_entry))
    WHERE change_set_id = SET;";
const LAST: &str = "WITH last AS (
      DELETE FROM change_sets WHERE commit_position = (SELECT max(commit_position) FROM change_sets) RETURNING change_set_id)
    DELETE FROM history WHERE change_set_id IN (SELECT change_set_id FROM last)";

#[tokio::test]
async fn whatever_was_changed_is_found_and_the_first_is_named() {
    let forged = |more: &str| format!("{FORGED} {more}");
    let set = |change: &str| format!("UPDATE change_sets SET {change} WHERE change_set_id = SET");
    let entry = |change: &str| format!("UPDATE history SET {change} WHERE entry_id = ENTRY");
    let ways = [
        (forged(""), "entry {entry}, of values"),
        (entry("action = 'updated'"), "entry {entry}, of values"),
        (entry("key = key || '{\"year\": 1999}'"), "entry {entry}, of values"),
        (forged(DIGEST), "position {set}:"),
        (forged(&format!("{DIGEST} {HASH}")), "position {next}:"),
        ("DELETE FROM history WHERE entry_id = ENTRY".to_owned(), "position {set}:"),
        (set("committed_at = committed_at - interval '1 microsecond'"), "position {set}:"),
        (set("actor_role = 'admin'"), "position {set}:"),
        (set("trace_id = NULL"), "position {set}:"),
        (set("resources = '{}'"), "position {set}:"),
        (set("resources = resources || ARRAY['goals']"), "position {set}:"),
        (set("first_entry = last_entry + 1"), "position {set}:"),
        (set("last_entry = NULL"), "position {set}:"),
        ("WITH gone AS (DELETE FROM change_sets WHERE change_set_id = SET) DELETE FROM history WHERE entry_id = ENTRY".to_owned(), "position {next}:"),
        (LAST.to_owned(), "the record's end"),
        ("INSERT INTO history (change_set_id, resource, key, action, digest) VALUES (0, 'values', '{}', 'deleted', '')".to_owned(), "no part of the chain"),
        ("UPDATE indicator_values SET value = 9 WHERE year = 2021".to_owned(), "indicator_values: rows"),
        ("DELETE FROM budgets WHERE budget_year = 2023".to_owned(), "budgets: rows"),
    ];
    for (way, named) in ways {
        let app = started().await;
        let sql = app.sql().await;
        let places = format!(
            "SELECT {ENTRY}, (SELECT commit_position FROM change_sets WHERE change_set_id = {SET})"
        );
        let places = sql.query_one(&places, &[]).await.expect("the places");
        let (entry, position): (i64, i64) = (places.get(0), places.get(1));
        let named = named
            .replace("{entry}", &entry.to_string())
            .replace("{set}", &position.to_string())
            .replace("{next}", &(position + 1).to_string());
        let way = way
            .replace("ENTRY", ENTRY)
            .replace("SET;", &format!("{SET};"))
            .replace("= SET", &format!("= {SET}"));
        sql.batch_execute(&format!("SET session_replication_role = replica; {way}"))
            .await
            .unwrap_or_else(|error| panic!("{way}: {error:?}"));
        let found = history(&app, &["verify"]).await;
        assert!(!found.status.success(), "{way}: {}", found.output);
        assert!(
            found.output.contains(&named),
            "{way}: {} lacks {named}",
            found.output
        );
    }
}

#[tokio::test]
async fn what_a_text_has_said_is_erased_and_that_stays_in_the_record() {
    let app = started().await;
    let sql = app.sql().await;
    let key = format!("goalId={GOAL}");
    let erase = |field: &'static str| {
        let key = key.clone();
        let app = &app;
        async move {
            let arguments = [
                "erase",
                "--resource",
                "goals",
                "--key",
                &key,
                "--field",
                field,
                "--reason",
                "Art. 17",
            ];
            history(app, &arguments).await
        }
    };
    for (field, told) in [
        ("budgetYear", "no text"),
        ("goalId", "no text"),
        ("x", "no text"),
    ] {
        let refused = erase(field).await;
        assert!(!refused.status.success(), "{field}");
        assert!(refused.output.contains(told), "{}", refused.output);
    }
    let erased = erase("politicalText").await;
    assert!(erased.status.success(), "{}", erased.output);
    assert!(
        erased.output.contains("Erased from 2 entries."),
        "{}",
        erased.output
    );
    let left = "SELECT string_agg(coalesce(before::text, '') || coalesce(after::text, ''), ' ') FROM history";
    let left: String = sql.query_one(left, &[]).await.unwrap().get(0);
    assert!(!left.contains("Kim"), "{left}");
    assert!(
        left.contains("[raderat]") && left.contains("Någon skrev") && left.contains("Art. 17"),
        "{left}"
    );
    let goal = app.get(&format!("/goals/{GOAL}")).await.expect(200).json();
    assert_eq!(goal["politicalText"], "Någon skrev");
    let verified = history(&app, &["verify"]).await;
    assert!(verified.status.success(), "{}", verified.output);
    assert!(
        verified
            .output
            .contains("From 2 of them something was erased."),
        "{}",
        verified.output
    );
    // Nothing is left to erase, and an erased entry is guarded like any other.
    let again = erase("politicalText").await;
    assert!(!again.status.success());
    assert!(
        again.output.contains("Nothing was erased"),
        "{}",
        again.output
    );
    let forged = "UPDATE history SET after = jsonb_set(after, '{political_text}', '\"forged\"') WHERE after ->> 'political_text' = '[raderat]'";
    sql.batch_execute(forged).await.unwrap();
    let found = history(&app, &["verify"]).await;
    assert!(found.output.contains("of goals"), "{}", found.output);
}
