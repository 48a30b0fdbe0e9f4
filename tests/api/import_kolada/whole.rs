//! What is asked for whole: nothing is passed over, and nothing stays that Kolada does
//! not have.

use serde_json::json;

use super::stand_in::{Fault, StandIn};
use super::{count, import, says, value};
use crate::support::TestApp;

/// Three key figures with a figure each for Östersund.
fn kolada() -> StandIn {
    let kolada = StandIn::start();
    for id in ["N00001", "N00002", "N00003"] {
        kolada.key_figure(id, "Något, antal", false);
        kolada.figure(id, "2380", 2022, "T", Some("1"));
    }
    kolada
}

/// An indicator of Kolada's under a code of its own.
async fn published(app: &TestApp, code: &str, id: &str) {
    let own = json!({"title": "x", "unit": "st", "decimals": 1, "direction": "none",
        "dividedByGender": false, "publisher": "Kolada", "publisherId": id});
    app.make(&format!("/indicators/{code}"), own).await;
}

/// Says that an indicator is another key figure.
async fn republish(app: &TestApp, code: &str, id: &str) {
    let key = app.key(malbild::auth::Role::Editor).await;
    let path = format!("/indicators/{code}");
    let before = app.get(&path).await;
    let patched = app
        .request("PATCH", &path)
        .key(&key)
        .if_match(before.etag())
        .json(&json!({ "publisherId": id }));
    patched.send().await.expect(200);
}

#[tokio::test]
async fn an_id_that_is_none_of_koladas_is_told_and_takes_no_other_with_it() {
    let (app, kolada) = (TestApp::start().await, kolada());
    for (code, id) in [
        ("A-1", "N00001#se not"),
        ("A-2", "N00001/x"),
        ("A-3", "N00001?x=1"),
        ("A-4", "N00001,N00003"),
        ("A-5", "N00002"),
        ("A-6", "N00003"),
    ] {
        published(&app, code, id).await;
    }
    let output = import(&app, &kolada, &["--municipalities", "2380"])
        .await
        .done();
    says(
        &output,
        &[
            "0 gone",
            "left N00001#se not: this can be no key figure's id",
            "left N00001/x: ",
            "left N00001?x=1: ",
            "left N00001,N00003: ",
            "Values: 2 created",
        ],
    );
    let asked = kolada.state().asked[0].path.clone();
    assert_eq!(asked, "/v3/kpi/N00002,N00003");
}

#[tokio::test]
async fn where_some_key_figures_are_not_found_each_is_asked_for_alone() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.state().faults.extend([
        Fault::Status(404, None),
        Fault::Garbage(r#"{"values": [], "count": 0, "next_url": null}"#),
        Fault::Status(404, None),
    ]);
    let ids = "N00001,N00002,N00003";
    let options = ["--indicators", ids, "--municipalities", "2380"];
    let output = import(&app, &kolada, &options).await.done();
    says(
        &output,
        &[
            "2 gone",
            "gone: Kolada does not have N00001",
            "gone: Kolada does not have N00002",
            "Values: 1 created",
        ],
    );
    assert_eq!(value(&app, "N00003/2380/2022/T").await["value"], 1);
}

#[tokio::test]
async fn an_indicator_that_becomes_another_key_figure_gets_the_whole_of_that_and_keeps_none_of_the_old()
 {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.figure("N00001", "2380", 2020, "T", Some("7"));
    kolada.figure("N00002", "2380", 2022, "T", Some("2"));
    kolada.figure("N00002", "2380", 2021, "T", Some("3"));
    published(&app, "OST-1", "N00001").await;
    let options = ["--municipalities", "2380"];
    import(&app, &kolada, &options).await.done();
    assert_eq!(value(&app, "OST-1/2380/2020/T").await["value"], 7);
    for _ in 0..2 {
        republish(&app, "OST-1", "N00002").await;
        let output = import(&app, &kolada, &options).await.done();
        says(
            &output,
            &[
                "0 times for what has changed, 1 times for everything",
                "Values: 1 created, 1 revised, 1 withdrawn, 0 unchanged",
                "withdrawn OST-1 2380 2020 T: 7",
            ],
        );
        assert_eq!(value(&app, "OST-1/2380/2021/T").await["value"], 3);
        assert_eq!(value(&app, "OST-1/2380/2022/T").await["value"], 2);
        // And back again.
        republish(&app, "OST-1", "N00001").await;
        let output = import(&app, &kolada, &options).await.done();
        says(&output, &["1 times for everything", "1 withdrawn"]);
        assert_eq!(count(&app).await, 2);
    }
}

#[tokio::test]
async fn what_was_withdrawn_is_found_also_where_a_part_is_asked_for_the_first_time() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.figure("N00001", "2380", 2021, "T", Some("5"));
    kolada.figure("N00001", "2380", 2020, "T", Some("4"));
    kolada.figure("N00001", "0180", 2022, "T", Some("6"));
    let one = ["--indicators", "N00001"];
    import(&app, &kolada, &one).await.done();
    let key = app.key(malbild::auth::Role::Editor).await;
    for (year, body) in [
        (2018, json!({"value": 8})),
        (2019, json!({"value": 9, "provenance": "derived"})),
    ] {
        let path = format!("/indicators/N00001/values/2380/{year}/T");
        let put = app.request("PUT", &path).key(&key).json(&body);
        put.send().await.expect(201);
    }
    kolada.withdraw("N00001", "2380", 2022, "T");
    kolada.withdraw("N00001", "2380", 2020, "T");
    kolada.withdraw("N00001", "0180", 2022, "T");
    // It is still there, only that it does not fit.
    kolada.figure("N00001", "2380", 2021, "T", Some("1e15"));
    let years = [
        &one[..],
        &["--municipalities", "2380", "--years", "2021-2022"],
    ]
    .concat();
    let dry = [&years[..], &["--dry-run"]].concat();
    let dry = import(&app, &kolada, &dry).await.done();
    says(&dry, &["1 withdrawn"]);
    let output = import(&app, &kolada, &years).await.done();
    says(
        &output,
        &[
            "1 times for everything",
            "0 revised, 1 withdrawn, 0 unchanged",
            "1 left out",
            "withdrawn N00001 2380 2022 T: 1",
        ],
    );
    let all = [&one[..], &["--municipalities", "2380"]].concat();
    let output = import(&app, &kolada, &all).await.done();
    says(&output, &["1 withdrawn", "withdrawn N00001 2380 2020 T: 4"]);
    for (path, stays) in [
        ("N00001/2380/2018/T", 8),
        ("N00001/2380/2019/T", 9),
        ("N00001/2380/2021/T", 5),
        ("N00001/0180/2022/T", 6),
    ] {
        assert_eq!(value(&app, path).await["value"], stays, "{path}");
    }
}

#[tokio::test]
async fn a_new_indicator_is_shown_with_the_decimals_of_all_its_figures() {
    let (app, kolada) = (TestApp::start().await, kolada());
    // Two parts: the figures of the first have no decimals.
    for municipality in 1000..1025 {
        let code = municipality.to_string();
        let area = json!({"id": code, "title": "x", "type": "K"});
        kolada.state().areas.push(area);
        kolada.figure("N00001", &code, 2022, "T", Some("3"));
    }
    kolada.figure("N00001", "2380", 2022, "T", Some("1.5"));
    published(&app, "OST-2", "N00002").await;
    kolada.figure("N00002", "2380", 2022, "T", Some("1.25"));
    let options = ["--indicators", "N00001,N00002"];
    let dry = [&options[..], &["--dry-run"]].concat();
    let dry = import(&app, &kolada, &dry).await.done();
    let output = import(&app, &kolada, &options).await.done();
    assert_eq!(
        dry,
        format!("{output}This was a dry run: nothing was written.\n")
    );
    assert_eq!(app.get("/indicators/N00001").await.json()["decimals"], 1);
    // That of one that was here is the municipality's.
    assert_eq!(app.get("/indicators/OST-2").await.json()["decimals"], 1);
}

#[tokio::test]
async fn an_answer_that_has_nothing_of_a_key_figure_withdraws_nothing() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.figure("N00001", "2380", 2021, "T", Some("5"));
    let one = ["--indicators", "N00001", "--municipalities", "2380"];
    import(&app, &kolada, &one).await.done();
    for year in [2021, 2022] {
        kolada.withdraw("N00001", "2380", year, "T");
    }
    let again = [&one[..], &["--years", "2021-2022"]].concat();
    let output = import(&app, &kolada, &again).await.done();
    says(&output, &["0 withdrawn"]);
    assert_eq!(value(&app, "N00001/2380/2021/T").await["value"], 5);
}
