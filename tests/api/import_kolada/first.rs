//! What a first import makes.

use serde_json::json;

use super::stand_in::StandIn;
use super::{count, import, says, value};
use crate::support::TestApp;

const ALL: &str = "N01951,N00945";

fn kolada() -> StandIn {
    let kolada = StandIn::start();
    kolada.key_figure("N01951", "Invånare totalt, antal", true);
    kolada.key_figure("N00945", "Utbildning, andel (%) (-2024)", false);
    for (gender, value) in [("T", "64714.0"), ("K", "32084"), ("M", "32630")] {
        kolada.figure("N01951", "2380", 2022, gender, Some(value));
    }
    kolada.figure("N01951", "0000", 2022, "T", Some("10521556"));
    kolada.figure("N00945", "2380", 2021, "T", Some("31.32959689"));
    kolada.figure("N00945", "2380", 2022, "T", None);
    kolada
}

#[tokio::test]
async fn key_figures_municipalities_and_figures_are_made_as_kolada_has_them() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let options = ["--indicators", ALL, "--municipalities", "2380,0000,0023"];
    let output = import(&app, &kolada, &options).await.done();
    says(
        &output,
        &[
            "Key figures: 2 created, 0 retitled, 1 discontinued, 0 gone, 0 otherwise updated, 0 unchanged.",
            "created N01951: Invånare totalt, antal",
            "discontinued N00945 from 2025-01-01",
            "municipality created 2380",
            "Values: 6 created, 0 revised, 0 withdrawn, 0 unchanged, 0 kept (not Kolada's), 0 left out.",
        ],
    );
    let mut indicator = app.get("/indicators/N00945").await.expect(200).json();
    for member in ["_links", "createdAt", "updatedAt"] {
        indicator.as_object_mut().unwrap().remove(member);
    }
    let expected = json!({
        "indicatorCode": "N00945", "title": "Utbildning, andel (%) (-2024)",
        "definition": "Beskrivning av N00945. Källa: SCB.", "unit": "procent", "decimals": 2,
        "direction": "none", "dividedByGender": false, "sdgs": [], "responsibleBoardId": null,
        "publisher": "Kolada", "publisherId": "N00945", "operatingArea": "Befolkning",
        "perspective": "Volymer", "publicationPeriod": "2026", "nextPublication": "2027-03-31",
        "valuesDue": null, "discontinuedOn": "2025-01-01", "replacedByCode": null,
        "sourceUrl": format!("{}/kpi/N00945", kolada.base)
    });
    assert_eq!(indicator, expected);
    let other = app.get("/indicators/N01951").await.json();
    assert_eq!(
        (&other["unit"], &other["decimals"]),
        (&json!("antal"), &json!(0))
    );
    assert_eq!(other["dividedByGender"], true);
    for (code, kind, county) in [
        ("2380", "municipality", json!("23")),
        ("0023", "region", json!("23")),
        ("0000", "country", json!(null)),
    ] {
        let made = app
            .get(&format!("/municipalities/{code}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&made["kind"], &made["countyCode"]),
            (&json!(kind), &county)
        );
    }
    app.get("/municipalities/0180")
        .await
        .problem(404, "notFound");
    let figure = value(&app, "N00945/2380/2021/T").await;
    assert_eq!(figure["value"].to_string(), "31.32959689");
    assert_eq!(
        (&figure["status"], &figure["provenance"]),
        (&json!("final"), &json!("kolada"))
    );
    assert_eq!(
        value(&app, "N01951/2380/2022/K").await["value"].to_string(),
        "32084"
    );
}

#[tokio::test]
async fn a_null_figure_is_a_missing_one() {
    let (app, kolada) = (TestApp::start().await, kolada());
    import(
        &app,
        &kolada,
        &["--indicators", ALL, "--municipalities", "2380"],
    )
    .await
    .done();
    let missing = value(&app, "N00945/2380/2022/T").await;
    assert_eq!(
        (&missing["value"], &missing["status"]),
        (&json!(null), &json!("missing"))
    );
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let options = ["--indicators", ALL];
    let dry = import(&app, &kolada, &[&options[..], &["--dry-run"]].concat())
        .await
        .done();
    assert_eq!(count(&app).await, 0);
    for list in ["/indicators", "/municipalities"] {
        let list = app.get(list).await.json();
        assert_eq!(list["_meta"]["totalRecords"], 0);
    }
    let sql = app.sql().await;
    for table in ["history", "kolada_imports", "kolada_parts"] {
        let rows = sql
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await
            .unwrap();
        assert_eq!(rows.get::<_, i64>(0), 0, "{table}");
    }
    let real = import(&app, &kolada, &options).await.done();
    assert_eq!(
        dry,
        format!("{real}This was a dry run: nothing was written.\n")
    );
    says(&real, &["municipality created 0180", "Values: 6 created"]);
    assert_eq!(count(&app).await, 6);
}

#[tokio::test]
async fn without_indicators_those_that_kolada_publishes_here_are_asked_for() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let nothing = import(&app, &kolada, &[]).await.failed();
    says(
        &nothing,
        &[
            "no indicator here is published by Kolada",
            "Nothing was written",
        ],
    );
    app.make(
        "/indicators/OST-1",
        json!({"title": "x", "unit": "st", "decimals": 1, "direction": "higherIsBetter", "dividedByGender": false,
               "publisher": "kolada", "publisherId": "N00945"}),
    )
    .await;
    app.indicator("N01951", true).await;
    let output = import(&app, &kolada, &["--municipalities", "2380"])
        .await
        .done();
    says(
        &output,
        &[
            "0 created, 1 retitled",
            "retitled OST-1: x → Utbildning",
            "Values: 2 created",
        ],
    );
    let figure = value(&app, "OST-1/2380/2021/T").await;
    assert_eq!(figure["value"].to_string(), "31.32959689");
    app.get("/indicators/N00945").await.problem(404, "notFound");
}

#[tokio::test]
async fn the_members_of_a_group_are_asked_for_and_the_group_is_made() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let group = json!({"id": "G37609", "title": "Liknande kommuner", "members": [
        {"member_id": "2380", "member_title": "Östersund"}, {"member_id": "0180", "member_title": "Stockholm"}]});
    kolada.state().groups.push(group);
    let output = import(&app, &kolada, &["--indicators", ALL, "--group", "G37609"])
        .await
        .done();
    says(&output, &["group created G37609", "Values: 5 created"]);
    let made = app
        .get("/municipality-groups/G37609")
        .await
        .expect(200)
        .json();
    assert_eq!(made["municipalityCodes"], json!(["0180", "2380"]));
    // One that is only here will do as well.
    app.make(
        "/municipality-groups/EX-NORR",
        json!({"title": "Norr", "municipalityCodes": ["2380"]}),
    )
    .await;
    let output = import(&app, &kolada, &["--indicators", ALL, "--group", "EX-NORR"])
        .await
        .done();
    says(
        &output,
        &["Values: 0 created, 0 revised, 0 withdrawn, 5 unchanged"],
    );
    let unknown = import(&app, &kolada, &["--indicators", ALL, "--group", "G1"])
        .await
        .failed();
    says(
        &unknown,
        &[
            "neither Kolada nor this service has a group G1",
            "Nothing was written",
        ],
    );
}

#[tokio::test]
async fn only_the_years_that_are_wanted_are_asked_for() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let options = [
        "--indicators",
        ALL,
        "--municipalities",
        "2380",
        "--years",
        "2015-2019,2021",
    ];
    let output = import(&app, &kolada, &options).await.done();
    says(&output, &["Values: 1 created"]);
    let asked = kolada.asked_for_data();
    let path = "/v3/data/kpi/N00945,N01951/municipality/2380/year/2015,2016,2017,2018,2019,2021";
    assert_eq!(asked, [(path.to_owned(), "per_page=5000".to_owned())]);
}

#[tokio::test]
async fn the_summary_comes_as_json_too() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let options = [
        "--indicators",
        ALL,
        "--municipalities",
        "2380",
        "--format",
        "json",
    ];
    let output = import(&app, &kolada, &options).await.done();
    let report: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(report["values"]["created"], 5);
    assert_eq!(report["keyFigures"]["created"]["total"], 2);
    assert_eq!(
        report["keyFigures"]["created"]["items"][1]["indicatorCode"],
        "N01951"
    );
    assert_eq!(report["dryRun"], false);
}

#[tokio::test]
async fn what_is_imported_is_recorded_as_the_operators() {
    let (app, kolada) = (TestApp::start().await, kolada());
    import(
        &app,
        &kolada,
        &["--indicators", ALL, "--municipalities", "2380"],
    )
    .await
    .done();
    let sql = app.sql().await;
    let roles = "SELECT DISTINCT actor_role FROM history JOIN change_sets USING (change_set_id)";
    let roles = sql.query(roles, &[]).await.unwrap();
    let roles: Vec<String> = roles.iter().map(|row| row.get(0)).collect();
    assert_eq!(roles, ["operator"]);
}
