//! A cursor after the database was put back to an earlier state.

use super::{changes, follow};
use crate::support::TestApp;

/// Puts the record back to how it was after the change set at `position`, as a
/// restore from a backup does.
async fn restore(app: &TestApp, position: i64) {
    let sql = app.sql().await;
    sql.batch_execute(&format!(
        "SET session_replication_role = replica;
         DELETE FROM history WHERE change_set_id IN (SELECT change_set_id FROM change_sets WHERE commit_position > {position});
         DELETE FROM change_sets WHERE commit_position > {position};
         DELETE FROM budgets WHERE budget_year NOT IN (SELECT (key ->> 'budget_year')::integer FROM history WHERE resource = 'budgets');
         UPDATE record_head SET (commit_position, committed_at, hash) =
             (SELECT commit_position, committed_at, hash FROM change_sets WHERE commit_position = {position})"
    ))
    .await
    .expect("the restore");
}

#[tokio::test]
async fn a_cursor_of_what_a_restore_lost_is_410_and_one_from_before_goes_on() {
    let app = TestApp::start().await;
    for year in 2020..2024 {
        app.budget(year).await;
    }
    let all = follow(&app, "", 20).await;
    let cursor = |index: usize| all[index]["cursor"].as_str().expect("a cursor").to_owned();
    let sql = app.sql().await;
    let row = "SELECT commit_position FROM change_sets WHERE resources = '{budgets}' ORDER BY commit_position LIMIT 1 OFFSET 1";
    let second: i64 = sql.query_one(row, &[]).await.expect("a row").get(0);
    restore(&app, second).await;
    let gone = app.get(&format!("/changes?after={}", cursor(3))).await;
    let gone = gone.problem(410, "cursorGone");
    assert!(gone.text().contains("Changes-Cursor"), "{}", gone.text());
    // Others now stand where the lost ones stood, and the cursor is not theirs.
    app.budget(2030).await;
    app.budget(2031).await;
    app.get(&format!("/changes?after={}", cursor(2)))
        .await
        .problem(410, "cursorGone");
    let later = changes(&app, &format!("resource=budgets&after={}", cursor(1))).await;
    let years: Vec<i64> = later["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|change| change["key"]["budgetYear"].as_i64().expect("a year"))
        .collect();
    assert_eq!(years, [2030, 2031]);
}

#[tokio::test]
async fn who_waits_after_a_restore_waits_in_peace_until_there_is_something() {
    let app = TestApp::start().await;
    for year in 2020..2030 {
        app.budget(year).await;
    }
    let known = async || app.get("/boards").await.header("changes-cursor").to_owned();
    let before = known().await;
    let sql = app.sql().await;
    let row = "SELECT commit_position FROM change_sets WHERE resources = '{budgets}' ORDER BY commit_position LIMIT 1";
    let first: i64 = sql.query_one(row, &[]).await.expect("a row").get(0);
    restore(&app, first).await;
    // A change, so that the follower looks; it has no past beyond this.
    app.board("bou", "board").await;
    crate::support::eventually(
        "the new end is known",
        std::time::Duration::from_secs(20),
        async || known().await != before,
    )
    .await;
    let after = known().await;
    // A reader who asks again and again in vain has used up the database's time by then.
    let answer = app
        .get(&format!("/changes?resource=budgets&after={after}&wait=5"))
        .await
        .expect(200)
        .json();
    assert_eq!(answer["items"], serde_json::json!([]));
    let path = format!("/changes?resource=budgets&after={after}&wait=60");
    let (answer, _) = tokio::join!(app.get(&path), app.budget(2031));
    let answer = answer.expect(200).json();
    assert_eq!(answer["items"][0]["key"]["budgetYear"], 2031);
}
