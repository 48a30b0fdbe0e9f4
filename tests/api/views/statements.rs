//! How many statements a view takes: the same for a goal with much under it as
//! for one with one of each. They are counted on the way to PostgreSQL.

use serde_json::Value;

use crate::support::TestApp;
use crate::support::cluster::cluster;
use crate::support::proxy::Proxy;

/// A goal and what is under it.
struct Town {
    goal: &'static str,
    /// One of its assignments, by all boards or by the one that there is first.
    assignment: &'static str,
    /// What its indicators' codes begin with.
    codes: &'static str,
    year: i32,
    goals_before: i32,
    /// How many other goals its budget has.
    goals_beside: i32,
    assignments: i32,
    boards: i32,
    indicators: i32,
    years: i32,
    others: i32,
}

const ONE_OF_EACH: Town = Town {
    goal: "01941f29-7c00-7a3e-b2f4-000000000001",
    assignment: "01941f29-7c00-7b5d-9a41-000000000001",
    codes: "A",
    year: 1990,
    goals_before: 1,
    goals_beside: 0,
    assignments: 1,
    boards: 1,
    indicators: 1,
    years: 1,
    others: 1,
};

const MUCH: Town = Town {
    goal: "01941f29-7c00-7a3e-b2f4-000000000002",
    assignment: "01941f29-7c00-7b5d-9a41-000000000002",
    codes: "B",
    year: 2024,
    goals_before: 10,
    goals_beside: 30,
    assignments: 100,
    boards: 100,
    indicators: 50,
    years: 20,
    others: 30,
};

impl Town {
    /// SQL that makes it.
    fn sql(&self) -> String {
        let Self {
            goal,
            assignment,
            codes,
            year,
            goals_before,
            goals_beside,
            assignments,
            boards,
            indicators,
            years,
            others,
        } = self;
        format!(
            "INSERT INTO budgets (budget_year, title)
                SELECT {year} - n, 'Budget' FROM generate_series(0, {goals_before}) n ON CONFLICT DO NOTHING;
             CREATE TEMPORARY TABLE chain ON COMMIT DROP AS
                SELECT n, CASE n WHEN 0 THEN '{goal}' ELSE gen_random_uuid() END AS id FROM generate_series(0, {goals_before}) n;
             INSERT INTO goals (goal_id, budget_year, statement, position, predecessor_ids, sdgs)
                SELECT c.id, {year} - c.n, 'Mål', 1, CASE WHEN e.id IS NULL THEN '{{}}' ELSE ARRAY[e.id] END, '{{}}'
                  FROM chain c LEFT JOIN chain e ON e.n = c.n + 1 ORDER BY c.n DESC;
             INSERT INTO boards (board_id, name, kind)
                SELECT 'b' || n, 'Nämnd ' || n, 'board' FROM generate_series(1, {boards}) n ON CONFLICT DO NOTHING;
             INSERT INTO assignments (assignment_id, goal_id, title, origin, origin_board_id, all_boards, board_ids, status)
                SELECT CASE n WHEN 1 THEN '{assignment}' ELSE gen_random_uuid() END, '{goal}', 'Uppdrag ' || n,
                       CASE WHEN n % 2 = 1 THEN 'council' ELSE 'board' END, CASE WHEN n % 2 = 0 THEN 'b1' END,
                       n = 1 AND {boards} > 1, CASE WHEN n = 1 AND {boards} > 1 THEN '{{}}' ELSE ARRAY['b1'] END, 'notStarted'
                  FROM generate_series(1, {assignments}) n;
             INSERT INTO reports (assignment_id, board_id, year, period, status, reported_on)
                SELECT '{assignment}', 'b' || n, {year}, 'T1', 'inProgress', '2024-05-01' FROM generate_series(1, {boards}) n;
             INSERT INTO municipalities (municipality_code, name, kind)
                SELECT to_char(2379 + n, 'FM0000'), 'Kommun ' || n, 'municipality' FROM generate_series(1, 1 + {others}) n
                ON CONFLICT DO NOTHING;
             INSERT INTO indicators (indicator_code, title, unit, decimals, direction, divided_by_gender, sdgs)
                SELECT '{codes}' || n, 'Nyckeltal ' || n, 'antal', 0, 'higherIsBetter', true, '{{}}'
                  FROM generate_series(1, {indicators}) n;
             INSERT INTO goal_indicators (goal_id, indicator_code, position)
                SELECT '{goal}', '{codes}' || n, n FROM generate_series(1, {indicators}) n;
             INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                SELECT '{codes}' || n, '2380', {year} - y, g, 100 + n - y, 'final', 'kolada'
                  FROM generate_series(1, {indicators}) n, generate_series(1, {years}) y, unnest(ARRAY['T', 'K', 'M']) g;
             INSERT INTO indicator_values (indicator_code, municipality_code, year, gender, value, status, provenance)
                SELECT '{codes}1', to_char(2380 + n, 'FM0000'), {year} - 1, 'T', n, 'final', 'kolada' FROM generate_series(1, {others}) n;
             INSERT INTO targets (target_id, goal_id, indicator_code, kind, gender, operator, value, target_year, statement)
                SELECT gen_random_uuid(), '{goal}', '{codes}' || n, k,
                       'T', CASE k WHEN 'numeric' THEN 'atLeast' END, 200, 2100, 'Så ska det bli'
                  FROM generate_series(1, {indicators}) n, unnest(ARRAY['numeric', 'rank']) k;
             INSERT INTO investments (investment_id, goal_id, year, title, amount)
                SELECT gen_random_uuid(), '{goal}', {year}, 'Investering ' || n, n FROM generate_series(1, {others}) n;
             INSERT INTO achievements (achievement_id, goal_id, year, text)
                SELECT gen_random_uuid(), '{goal}', {year}, 'Gjort ' || n FROM generate_series(1, {others}) n;
             INSERT INTO assessments (goal_id, year, period, status, assessed_on)
                SELECT '{goal}', {year} - n, 'annual', 'onTrack', '2024-12-31' FROM generate_series(1, {goals_before}) n;
             CREATE TEMPORARY TABLE beside ON COMMIT DROP AS
                SELECT gen_random_uuid() AS id FROM generate_series(1, {goals_beside});
             INSERT INTO goals (goal_id, budget_year, statement, position, predecessor_ids, sdgs)
                SELECT id, {year}, 'Mål', 1, '{{}}', '{{}}' FROM beside;
             INSERT INTO goal_indicators (goal_id, indicator_code, position) SELECT id, '{codes}1', 1 FROM beside;
             INSERT INTO assignments (assignment_id, goal_id, title, origin, all_boards, board_ids, status)
                SELECT gen_random_uuid(), id, 'Uppdrag', 'council', n = 1, CASE n WHEN 1 THEN '{{}}' ELSE ARRAY['b1'] END, 'notStarted'
                  FROM beside, generate_series(1, 2) n;"
        )
    }

    /// The path of a view of it.
    fn path(&self, view: &str) -> String {
        view.replace("{goal}", self.goal)
            .replace("{assignment}", self.assignment)
            .replace("{year}", &self.year.to_string())
            .replace("{code}", &format!("{}1", self.codes))
    }
}

/// A service that is reached through a proxy that hears every statement.
async fn overheard() -> (TestApp, Proxy) {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_on(database, &url, &[]).await;
    let mut sql = app.sql().await;
    for town in [ONE_OF_EACH, MUCH] {
        let transaction = sql.transaction().await.expect("a transaction");
        transaction.batch_execute(&town.sql()).await.expect("rows");
        transaction.commit().await.expect("committed");
    }
    (app, proxy)
}

/// The answer of a view and the statements that it took.
async fn asked(app: &TestApp, proxy: &Proxy, path: &str) -> (Value, Vec<String>) {
    proxy.statements();
    let answer = app.get(path).await.expect(200).json();
    (answer, proxy.statements())
}

fn count(list: &Value) -> usize {
    list.as_array().expect("a list").len()
}

#[tokio::test]
async fn a_view_takes_as_many_statements_for_much_as_for_one_of_each() {
    let (app, proxy) = overheard().await;
    for (view, most) in [
        ("/goals/{goal}/overview", 16),
        ("/goals/{goal}/progress", 8),
        ("/goals/{goal}/lineage", 4),
        ("/assignments/{assignment}/fulfilment", 8),
        ("/budgets/{year}/completeness", 12),
        ("/indicators/{code}/progress", 8),
        ("/indicators/{code}/series", 8),
        ("/indicators/{code}/comparison", 10),
    ] {
        let (_, little) = asked(&app, &proxy, &ONE_OF_EACH.path(view)).await;
        let (_, much) = asked(&app, &proxy, &MUCH.path(view)).await;
        assert!(!little.is_empty(), "{view}");
        assert_eq!(little.len(), much.len(), "{view}: {little:#?} {much:#?}");
        assert!(much.len() <= most, "{view}: {much:#?}");
    }
}

#[tokio::test]
async fn an_overview_reads_no_political_text_but_its_own() {
    let (app, proxy) = overheard().await;
    let sql = app.sql().await;
    let text = "UPDATE goals SET political_text = 'Text om ' || goal_id";
    sql.batch_execute(text).await.expect("texts");
    let path = MUCH.path("/goals/{goal}/overview");
    let (found, statements) = asked(&app, &proxy, &path).await;
    let own = format!("Text om {}", MUCH.goal);
    assert_eq!(found["goal"]["politicalText"], own);
    assert_eq!(count(&found["lineage"]), 10);
    let lineage = statements.iter().find(|sql| sql.contains("RECURSIVE"));
    let lineage = lineage.expect("the lineage").to_lowercase();
    assert!(!lineage.contains("g.*"), "{lineage}");
    assert!(lineage.contains("then g.political_text"), "{lineage}");
}

#[tokio::test]
async fn what_the_statements_are_counted_of_is_all_there() {
    let (app, proxy) = overheard().await;
    let (much, statements) = asked(&app, &proxy, &MUCH.path("/goals/{goal}/overview")).await;
    let council = count(&much["councilAssignments"]);
    assert_eq!((council, count(&much["boardAssignments"])), (50, 50));
    assert_eq!(count(&much["lineage"]), 10);
    assert_eq!(count(&much["indicators"]), 50);
    for indicator in much["indicators"].as_array().expect("a list") {
        assert_eq!(count(&indicator["targets"]), 2, "{indicator}");
        assert_eq!(count(&indicator["progress"]), 2, "{indicator}");
        assert_eq!(indicator["latest"]["year"], 2023);
        assert_eq!(indicator["previous"]["year"], 2022);
    }
    assert_eq!(count(&much["investments"]["items"]), 30);
    assert_eq!(count(&much["achievements"]), 30);
    assert_eq!(much["assessment"]["year"], 2023);
    assert!(statements[0].starts_with("BEGIN"), "{statements:#?}");
    assert!(
        statements
            .iter()
            .any(|sql| sql.contains("FROM \"indicator_values\""))
    );
    assert_eq!(statements.last().map(String::as_str), Some("COMMIT"));
    let fulfilment = MUCH.path("/assignments/{assignment}/fulfilment");
    let (boards, _) = asked(&app, &proxy, &fulfilment).await;
    assert_eq!(boards["totals"]["reported"], 100);
    let (budget, _) = asked(&app, &proxy, &MUCH.path("/budgets/{year}/completeness")).await;
    assert_eq!(count(&budget["items"]), 31);
}
