//! The sample: loaded once however often, taken away without taking more.

use std::time::Duration;

use malbild::auth::Role;
use malbild::database::Actor;
use malbild::sample::{self, Removed};
use serde_json::json;

use crate::support::{TestApp, eventually};

/// Goals and what stands around them, municipalities, indicators, links to
/// them, values, targets.
const ROWS: usize = 21 + 312 + 35 + 42 + 3_524 + 12 + FOLLOW_UP;

/// Two reports, an assessment, an investment, an achievement, a group.
const FOLLOW_UP: usize = 2 + 1 + 1 + 1 + 1;

async fn load(app: &TestApp) -> usize {
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::load(connection))
        })
        .await
        .expect("the sample")
}

async fn remove(app: &TestApp) -> Removed {
    app.pool
        .write(Actor::command(sample::ROLE), |connection| {
            Box::pin(sample::remove(connection))
        })
        .await
        .expect("no sample")
}

async fn total(app: &TestApp, path: &str) -> i64 {
    app.get(path).await.expect(200).json()["_meta"]["totalRecords"]
        .as_i64()
        .expect("a number")
}

#[tokio::test]
async fn the_sample_has_nine_goals_and_an_assignment_of_each_kind() {
    let app = TestApp::start().await;
    assert_eq!(load(&app).await, ROWS);
    assert_eq!(load(&app).await, 0, "a second time makes nothing");
    assert_eq!(total(&app, "/goals?budgetYear=2023").await, 8);
    let goal = app.get("/goals?budgetYear=2024").await.json()["items"][0].clone();
    assert_eq!(goal["name"], "Kommunens ledning och styrning");
    let before = app.get("/goals?number=1.1").await.json()["items"][0]["goalId"].clone();
    assert_eq!(goal["predecessorIds"], json!([before]), "it continues 1.1");
    for (path, count) in [
        ("origin=council", 2),
        ("origin=board", 2),
        ("named=true", 2),
    ] {
        assert_eq!(
            total(&app, &format!("/assignments?{path}")).await,
            count,
            "{path}"
        );
    }
}

#[tokio::test]
async fn removing_the_sample_keeps_what_somebody_has_changed_or_refers_to() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    load(&app).await;
    let goal = app.get("/goals?number=1.2").await.json()["items"][0].clone();
    let path = format!("/goals/{}", goal["goalId"].as_str().expect("a key"));
    let etag = format!("\"{}\"", goal["etag"].as_str().expect("an ETag"));
    app.request("PATCH", &path)
        .key(&key)
        .if_match(&etag)
        .json(&json!({"sdgs": [9]}))
        .send()
        .await
        .expect(200);
    let own = json!({"budgetYear": 2024, "statement": "Eget mål", "position": 5});
    app.request("POST", "/goals")
        .key(&key)
        .json(&own)
        .send()
        .await
        .expect(201);
    assert_eq!(
        remove(&app).await,
        Removed {
            removed: ROWS - 3,
            kept: 3
        },
        "the changed goal and the two budgets stay"
    );
    assert_eq!(total(&app, "/goals").await, 2);
    assert_eq!(total(&app, "/boards").await, 0);
    assert_eq!(total(&app, "/budgets").await, 2);
}

#[tokio::test]
async fn an_untouched_sample_goes_away_whole() {
    let app = TestApp::start().await;
    load(&app).await;
    assert_eq!(
        remove(&app).await,
        Removed {
            removed: ROWS,
            kept: 0
        }
    );
    assert_eq!(remove(&app).await, Removed::default());
    assert_eq!(load(&app).await, ROWS, "and can be loaded again");
}

#[tokio::test]
async fn the_sample_has_real_figures_for_each_goal_and_says_where_they_come_from() {
    let app = TestApp::start().await;
    load(&app).await;
    let goals = app.get("/goals").await.expect(200).json();
    for goal in goals["items"].as_array().expect("goals") {
        let id = goal["goalId"].as_str().expect("a key");
        let links = app.get(&format!("/goals/{id}/indicators")).await.json();
        let first = &links["items"][0];
        let code = first["indicatorCode"].as_str().expect("a code");
        let values = format!("/indicators/{code}/values?municipalityCode=2380&gender=T");
        let values = app.get(&values).await.expect(200).json();
        assert_eq!(values["items"][0]["provenance"], "kolada", "{code}");
    }
    let one = app.get("/indicators/N01951/values/2380/2022/T").await;
    assert_eq!(one.expect(200).json()["value"], 64_714);
    let indicator = app.get("/indicators/N01951").await.expect(200).json();
    assert_eq!(indicator["publisher"], "Kolada");
    assert_eq!(total(&app, "/municipalities?kind=municipality").await, 290);
    assert_eq!(total(&app, "/municipalities?kind=region").await, 21);
    assert_eq!(total(&app, "/municipalities?kind=country").await, 1);
}

#[tokio::test]
async fn the_sample_has_the_targets_that_the_texts_set() {
    let app = TestApp::start().await;
    load(&app).await;
    for (query, count) in [
        ("budgetYear=2023", 11),
        ("kind=rank", 2),
        ("kind=trend", 4),
        ("kind=share", 4),
        ("kind=boolean&targetYear=2030", 1),
    ] {
        assert_eq!(total(&app, &format!("/targets?{query}")).await, count);
    }
    let of_2024 = app.get("/targets?budgetYear=2024").await.json()["items"][0].clone();
    assert_eq!(of_2024["indicatorCode"], "N01951");
    assert_eq!(
        (&of_2024["value"], &of_2024["targetYear"]),
        (&json!(75_000), &json!(2040))
    );
    let mut indicators = Vec::new();
    let goals = app.get("/goals").await.expect(200).json();
    for goal in goals["items"].as_array().expect("goals") {
        let id = goal["goalId"].as_str().expect("a key");
        let list = format!("/goals/{id}/indicators?role=indicator");
        let list = app.get(&list).await.expect(200).json();
        let codes = list["items"].as_array().expect("links").iter();
        indicators.extend(codes.map(|link| link["indicatorCode"].clone()));
    }
    assert_eq!(indicators, ["N17461", "N00090", "N01951"]);
}

#[tokio::test]
async fn a_target_of_somebodys_own_keeps_what_it_is_for_until_it_goes() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    load(&app).await;
    let fossil_free = app.get("/targets?q=fossilfritt").await.json()["items"][0].clone();
    let path = format!(
        "/targets/{}",
        fossil_free["targetId"].as_str().expect("a key")
    );
    let done = json!({"outcome": {"fulfilled": true}});
    let patch = app.request("PATCH", &path).key(&key).if_match("*");
    patch.json(&done).send().await.expect(200);
    let goal = app.get("/goals?number=1.8").await.json()["items"][0]["goalId"].clone();
    let own = json!({"goalId": goal, "indicatorCode": "U00205", "kind": "trend", "operator": "increase", "statement": "Eget"});
    let post = app.request("POST", "/targets").key(&key).json(&own);
    let own = post.send().await.expect(201);
    // The changed target and its goal; the link, the indicator and the goal of
    // somebody's own; the budget.
    assert_eq!(remove(&app).await.kept, 6);
    assert_eq!(total(&app, "/targets").await, 2);
    let own = format!(
        "/targets/{}",
        own.json()["targetId"].as_str().expect("a key")
    );
    let delete = app.request("DELETE", &own).key(&key).if_match("*");
    delete.send().await.expect(204);
    let last = remove(&app).await;
    assert_eq!(
        (last.removed, last.kept),
        (3, 3),
        "the link is the sample's still"
    );
}

#[tokio::test]
async fn the_samples_examples_of_following_up_say_that_they_are_examples() {
    let app = TestApp::start().await;
    load(&app).await;
    let goals = app.get("/goals?budgetYear=2024").await.expect(200).json();
    let goal = goals["items"][0]["goalId"].as_str().expect("a key");
    for (list, member) in [
        (
            format!("/assessments?goalId={goal}&year=2024&period=T2"),
            "comment",
        ),
        (format!("/investments?goalId={goal}"), "title"),
        (format!("/achievements?goalId={goal}"), "text"),
        (
            "/municipality-groups?municipalityCode=2380".to_owned(),
            "title",
        ),
    ] {
        assert_eq!(total(&app, &list).await, 1, "{list}");
        let found = app.get(&list).await.json()["items"][0].clone();
        let words = found[member].as_str().expect("words");
        assert!(words.starts_with("Exempel: "), "{words}");
    }
    let title = "Exempel: Uppdrag från fullmäktige till alla nämnder";
    let assignments = app
        .get("/assignments?origin=council&limit=100")
        .await
        .json();
    let items = assignments["items"].as_array().expect("items");
    let to_all = items.iter().find(|item| item["title"] == title);
    let to_all = to_all.expect("the assignment to all");
    let path = format!(
        "/assignments/{}",
        to_all["assignmentId"].as_str().expect("a key")
    );
    let reports = app.get(&format!("{path}/reports")).await.expect(200).json();
    for report in reports["items"].as_array().expect("reports") {
        let words = report["comment"].as_str().expect("words");
        assert!(words.starts_with("Exempel: "), "{words}");
    }
    let view = app.get(&format!("{path}/fulfilment")).await.expect(200);
    let totals = &view.json()["totals"];
    assert_eq!(totals["addressed"], 4, "{totals}");
    assert_eq!(totals["reported"], 2, "{totals}");
}

#[tokio::test]
async fn the_sample_leaves_somebodys_own_figures_alone_when_it_comes_and_when_it_goes() {
    let app = TestApp::start().await;
    let key = app.key(Role::Editor).await;
    app.municipality("2380", "municipality").await;
    app.indicator("N01951", false).await;
    let own = "/indicators/N01951/values/2380/2022/T";
    app.make(own, json!({"value": 7})).await;
    load(&app).await;
    assert_eq!(app.get(own).await.json()["value"], 7);
    app.get("/indicators/N01951/values/2380/2022/K")
        .await
        .problem(404, "notFound");
    let changed = "/indicators/N00090/values/2380/2022/T";
    let put = app.request("PUT", changed).key(&key);
    put.json(&json!({"value": 9})).send().await.expect(200);
    remove(&app).await;
    assert_eq!(total(&app, "/values").await, 2);
    for kept in [own, changed, "/indicators/N00090", "/municipalities/2380"] {
        app.get(kept).await.expect(200);
    }
    app.get("/indicators/N07900").await.problem(404, "notFound");
}

#[tokio::test]
async fn a_figure_that_somebody_changes_while_the_sample_goes_stays() {
    let app = TestApp::start().await;
    load(&app).await;
    let sql = app.sql().await;
    sql.batch_execute(
        "BEGIN; SELECT set_config('malbild.role', 'editor', true);
         UPDATE indicator_values SET value = 99999 WHERE (indicator_code, municipality_code, year, gender) = ('N01951', '2380', 2022, 'T');
         UPDATE municipalities SET name = 'Ändrad' WHERE municipality_code = '0001'",
    )
    .await
    .unwrap();
    let other = app.sql().await;
    let removing = remove(&app);
    let committing = async {
        eventually("the sample waits", Duration::from_secs(3), async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            other.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) > 0
        })
        .await;
        sql.batch_execute("COMMIT").await.unwrap();
    };
    futures_util::join!(removing, committing);
    let kept = app.get("/indicators/N01951/values/2380/2022/T").await;
    assert_eq!(kept.expect(200).json()["value"], 99_999);
    let kept = app.get("/municipalities/0001").await.expect(200).json();
    assert_eq!(kept["name"], "Ändrad");
}
