//! Overview: everything of a goal's page in one answer.

use malbild::auth::Role;
use serde_json::{Value, json};

use super::town::{ASSIGNMENTS, BARE, BEFORE, GOAL, NEXT, TARGETS, bare, full};
use super::{members, value};
use crate::support::TestApp;

async fn overview(app: &TestApp, goal: &str) -> Value {
    let path = format!("/goals/{goal}/overview");
    app.get(&path).await.expect(200).json()
}

#[tokio::test]
async fn a_bare_goal_has_every_heading_and_nothing_under_it() {
    let app = bare().await;
    let goal = app.get(&format!("/goals/{BARE}")).await.expect(200).json();
    let found = overview(&app, BARE).await;
    let names: Vec<&String> = found.as_object().expect("an object").keys().collect();
    let expected = [
        "goal",
        "lineage",
        "councilAssignments",
        "boardAssignments",
        "indicators",
        "targets",
        "progress",
        "investments",
        "achievements",
        "assessment",
        "updatedAt",
        "attribution",
        "_links",
    ];
    assert_eq!(names, expected);
    for name in [
        "lineage",
        "councilAssignments",
        "boardAssignments",
        "indicators",
        "targets",
        "achievements",
    ] {
        assert_eq!(found[name], json!([]), "{name}");
    }
    assert_eq!(found["investments"], json!({"items": [], "sum": 0}));
    let progress = &found["progress"];
    assert_eq!(
        [
            &progress["score"],
            &progress["measured"],
            &progress["notMeasured"]
        ],
        [&json!(null), &json!(0), &json!(0)]
    );
    for name in ["assessment", "attribution"] {
        assert_eq!(found[name], Value::Null, "{name}");
    }
    assert_eq!(found["updatedAt"], goal["updatedAt"]);
    for (name, expected) in goal.as_object().expect("an object") {
        assert_eq!(found["goal"][name], *expected, "{name}");
    }
}

#[tokio::test]
async fn assignments_are_told_apart_by_who_gave_them_and_lineage_goes_both_ways() {
    let app = full().await;
    let found = overview(&app, GOAL).await;
    assert_eq!(
        members(&found["councilAssignments"], "title"),
        ["Annat", "Bygg"]
    );
    assert_eq!(members(&found["boardAssignments"], "title"), ["Cykla"]);
    assert_eq!(found["boardAssignments"][0]["originBoardId"], "skolnamnden");
    assert_eq!(members(&found["lineage"], "goalId"), [BEFORE, NEXT]);
    assert_eq!(members(&found["lineage"], "budgetYear"), [2023, 2025]);
    assert_eq!(found["goal"]["source"]["title"], "Budget 2024");
    assert_eq!(found["goal"]["politicalText"], "Ett stycke.\n\nEtt till.");
    let before = overview(&app, BEFORE).await;
    assert_eq!(members(&before["lineage"], "goalId"), [GOAL, NEXT]);
    assert_eq!(
        before["councilAssignments"],
        json!([]),
        "nothing of another goal"
    );
}

#[tokio::test]
async fn what_an_overview_shows_is_what_its_own_path_shows() {
    let app = full().await;
    let found = overview(&app, GOAL).await;
    let target = format!("/targets/{}", TARGETS[0]);
    let assignment = format!("/assignments/{}", ASSIGNMENTS[0]);
    let assessment = format!("/assessments/{GOAL}/2024/annual");
    for (shown, path) in [
        (&found["goal"], format!("/goals/{GOAL}")),
        (&found["councilAssignments"][1], assignment),
        (&found["indicators"][1]["targets"][0], target),
        (&found["assessment"], assessment),
    ] {
        let mut own = app.get(&path).await.expect(200);
        let etag = std::mem::take(&mut own.headers)
            .remove("etag")
            .expect("an ETag");
        let mut own = own.json();
        own["etag"] = json!(etag.to_str().expect("text").trim_matches('"'));
        assert_eq!(*shown, own, "{path}");
    }
    for holder in [&found, &found["indicators"][0], &found["indicators"][1]] {
        for (name, link) in holder["_links"].as_object().expect("links") {
            let href = link["href"].as_str().expect("an address");
            let status = reqwest::get(href).await.expect("an answer").status();
            assert_eq!(status, 200, "{name}: {href}");
        }
    }
}

#[tokio::test]
async fn indicators_come_in_the_goals_order_with_the_latest_year_that_has_a_number() {
    let app = full().await;
    let found = overview(&app, GOAL).await;
    let indicators = &found["indicators"];
    assert_eq!(members(indicators, "indicatorCode"), ["N2", "N1", "N3"]);
    assert_eq!(members(indicators, "position"), [1, 2, 2]);
    assert_eq!(
        members(indicators, "role"),
        ["keyFigure", "indicator", "keyFigure"]
    );
    let divided = &indicators[1];
    assert_eq!(
        divided["latest"],
        json!({"year": 2022, "T": 0.3, "K": 0.25, "M": null, "status": "preliminary", "provenance": "reported"}),
        "2023 is there and has no number"
    );
    assert_eq!(
        divided["previous"],
        json!({"year": 2021, "T": 0.1, "K": null, "M": null, "status": "final", "provenance": "kolada"})
    );
    assert_eq!(divided["change"], json!(0.2), "and not 0.19999999999999998");
    let gap = &indicators[0];
    assert_eq!(
        gap["latest"],
        json!({"year": 2022, "T": 7, "K": null, "M": null, "status": "final", "provenance": "reported"})
    );
    assert_eq!(
        (&gap["previous"], &gap["change"]),
        (&json!(null), &json!(null)),
        "2021 has no number"
    );
    let empty = &indicators[2];
    for name in ["latest", "previous", "change"] {
        assert_eq!(empty[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&empty["targets"], &empty["progress"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(found["attribution"], "Källa: Kolada");
}

#[tokio::test]
async fn a_later_figure_of_women_alone_does_not_hide_the_latest_of_all() {
    let app = full().await;
    let put = async |place: &str, number: i32| {
        value(&app, place, json!({"value": number})).await;
    };
    let latest = async || overview(&app, GOAL).await["indicators"][2].clone();
    put("N3/2380/2021/K", 5).await;
    let women = json!({"year": 2021, "T": null, "K": 5, "M": null, "status": "final", "provenance": "reported"});
    assert_eq!(latest().await["latest"], women, "there is no other");
    put("N3/2380/2019/T", 3).await;
    put("N3/2380/2020/T", 4).await;
    put("N3/2313/2022/T", 6).await;
    let found = latest().await;
    let all = json!({"year": 2020, "T": 4, "K": null, "M": null, "status": "final", "provenance": "reported"});
    assert_eq!(found["latest"], all, "the own municipality's");
    assert_eq!(found["previous"]["T"], 3);
    assert_eq!(found["change"], 1);
}

#[tokio::test]
async fn targets_stand_with_their_indicator_or_apart_and_each_has_its_progress() {
    let app = full().await;
    let found = overview(&app, GOAL).await;
    let [first, second, boolean, share, baseline] = TARGETS;
    let divided = &found["indicators"][1];
    assert_eq!(
        members(&divided["targets"], "targetId"),
        [first, second],
        "by year"
    );
    assert_eq!(members(&divided["progress"], "targetId"), [first, second]);
    assert_eq!(
        members(&divided["progress"], "status"),
        ["achieved", "onTrack"]
    );
    assert_eq!(
        members(&found["indicators"][0]["targets"], "targetId"),
        [baseline]
    );
    let apart = found["targets"].as_array().expect("a list");
    let apart: Vec<_> = apart
        .iter()
        .map(|both| {
            assert_eq!(both["target"]["targetId"], both["progress"]["targetId"]);
            (
                both["target"]["targetId"].as_str(),
                both["progress"]["status"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        apart,
        [
            (Some(boolean), Some("achieved")),
            (Some(share), Some("notAvailable"))
        ]
    );
    assert_eq!(
        found["progress"]["counts"],
        json!({"achieved": 2, "onTrack": 1, "slow": 0, "stalled": 0, "worsening": 0, "missed": 0, "notMet": 0, "notAvailable": 2})
    );
    let own = app
        .get(&format!("/goals/{GOAL}/progress"))
        .await
        .expect(200)
        .json();
    for (name, told) in found["progress"].as_object().expect("an object") {
        assert_eq!(*told, own[name], "{name}");
    }
    for judged in own["items"].as_array().expect("a list") {
        let everywhere = [&divided["progress"], &found["indicators"][0]["progress"]];
        let within = everywhere
            .iter()
            .any(|list| list.as_array().is_some_and(|list| list.contains(judged)));
        let beside = found["targets"]
            .as_array()
            .is_some_and(|list| list.iter().any(|both| both["progress"] == *judged));
        assert!(within || beside, "{judged}");
    }
}

#[tokio::test]
async fn investments_have_an_exact_sum_and_achievements_their_order() {
    let app = full().await;
    let found = overview(&app, GOAL).await;
    assert_eq!(
        members(&found["investments"]["items"], "title"),
        ["Väg", "Bro", "Stig"]
    );
    let answer = app
        .get(&format!("/goals/{GOAL}/overview"))
        .await
        .expect(200);
    let sum = "\"sum\":999999999999999.300000000001";
    assert!(
        answer.text().contains(sum),
        "{}",
        found["investments"]["sum"]
    );
    assert_eq!(
        members(&found["achievements"], "text"),
        ["Först", "Sedan", "Utan plats"]
    );
}

#[tokio::test]
async fn the_assessment_is_the_latest_of_the_follow_ups_of_the_latest_year() {
    let app = bare().await;
    for (rest, latest) in [
        ("2023/annual", "2023/annual"),
        ("2024/T2", "2024/T2"),
        ("2024/T1", "2024/T2"),
        ("2024/annual", "2024/annual"),
        ("2025/T1", "2025/T1"),
    ] {
        let body = json!({"status": "atRisk", "assessedOn": "2024-09-16"});
        app.make(&format!("/assessments/{BARE}/{rest}"), body).await;
        let found = overview(&app, BARE).await["assessment"].clone();
        let period = found["period"].as_str().expect("a period");
        assert_eq!(format!("{}/{period}", found["year"]), latest);
    }
}

#[tokio::test]
async fn an_overview_that_the_client_has_is_304_and_one_of_nothing_404() {
    let app = full().await;
    let path = format!("/goals/{GOAL}/overview");
    let first = app.get(&path).await.expect(200);
    let again = app
        .request("GET", &path)
        .header("if-none-match", first.etag());
    assert_eq!(again.send().await.expect(304).etag(), first.etag());
    for nothing in ["01941f29-7c00-7a3e-b2f4-0000000000ff", "1.1", TARGETS[0]] {
        let path = format!("/goals/{nothing}/overview");
        app.get(&path).await.problem(404, "notFound");
    }
    for query in ["fields=goal", "year=2024", "page=1", "x"] {
        let asked = app.get(&format!("{path}?{query}")).await;
        asked.problem(400, "invalidQuery");
    }
    let key = app.key(Role::Admin).await;
    let post = app.request("POST", &path).key(&key).send().await;
    let post = post.problem(405, "methodNotAllowed");
    assert_eq!(post.header("allow"), "GET, HEAD, OPTIONS");
}
