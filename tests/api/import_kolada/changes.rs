//! What an import does to what is there already.

use serde_json::json;

use super::stand_in::StandIn;
use super::{count, import, says, value};
use crate::support::TestApp;

const OPTIONS: [&str; 4] = ["--indicators", "N01951", "--municipalities", "2380"];

async fn imported() -> (TestApp, StandIn) {
    let kolada = StandIn::start();
    kolada.key_figure("N01951", "Invånare totalt, antal", true);
    for (year, value) in [(2020, "63985"), (2021, "64324"), (2022, "64714")] {
        kolada.figure("N01951", "2380", year, "T", Some(value));
    }
    let app = TestApp::start().await;
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(&output, &["Values: 3 created"]);
    "2026-11-25".clone_into(&mut kolada.state().today);
    (app, kolada)
}

#[tokio::test]
async fn the_same_command_again_asks_only_for_what_has_changed() {
    let (app, kolada) = imported().await;
    let first = kolada.asked_for_data();
    let path = "/v3/data/kpi/N01951/municipality/2380";
    assert_eq!(first, [(path.to_owned(), "per_page=5000".to_owned())]);
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &["Asked for figures: 1 times for what has changed, 0 times for everything."],
    );
    // Two days before the day of the last import, by whose clock is behind.
    let today = malbild::clock::now().date_naive();
    let from = today - chrono::Days::new(2);
    let changes = kolada.asked_for_data();
    assert_eq!(
        changes,
        [(path.to_owned(), format!("per_page=5000&from_date={from}"))]
    );
    let full = import(&app, &kolada, &[&OPTIONS[..], &["--full"]].concat())
        .await
        .done();
    says(
        &full,
        &[
            "for what has changed, 1 times for everything",
            "0 revised, 0 withdrawn, 3 unchanged",
        ],
    );
}

#[tokio::test]
async fn a_revised_figure_is_told_with_what_it_was_and_a_withdrawn_one_is_deleted() {
    let (app, kolada) = imported().await;
    far_ahead(&kolada);
    kolada.figure("N01951", "2380", 2021, "T", Some("64325.5"));
    kolada.figure("N01951", "2380", 2020, "T", None);
    kolada.withdraw("N01951", "2380", 2022, "T");
    kolada.withdraw("N01951", "2380", 1999, "T");
    kolada.figure("N01951", "2380", 2023, "K", Some("1"));
    let options = [&OPTIONS[..], &["--dry-run"]].concat();
    let dry = import(&app, &kolada, &options).await.done();
    assert_eq!(count(&app).await, 3);
    let output = import(&app, &kolada, &OPTIONS).await.done();
    assert_eq!(
        dry,
        format!("{output}This was a dry run: nothing was written.\n")
    );
    says(
        &output,
        &[
            "Values: 1 created, 2 revised, 1 withdrawn, 1 unchanged",
            "revised N01951 2380 2021 T: 64324 → 64325.5",
            "revised N01951 2380 2020 T: 63985 → missing",
            "withdrawn N01951 2380 2022 T: 64714",
        ],
    );
    assert_eq!(value(&app, "N01951/2380/2022/T").await, json!(null));
    assert_eq!(
        value(&app, "N01951/2380/2021/T").await["value"].to_string(),
        "64325.5"
    );
    assert_eq!(count(&app).await, 3);
}

/// Lets Kolada's next changes be later than every import of today.
fn far_ahead(kolada: &StandIn) {
    "2999-01-01".clone_into(&mut kolada.state().today);
}

#[tokio::test]
async fn asking_for_everything_finds_what_was_withdrawn_too() {
    let (app, kolada) = imported().await;
    far_ahead(&kolada);
    kolada.withdraw("N01951", "2380", 2022, "T");
    let output = import(&app, &kolada, &[&OPTIONS[..], &["--full"]].concat())
        .await
        .done();
    says(
        &output,
        &["Values: 0 created, 0 revised, 1 withdrawn, 2 unchanged"],
    );
    assert_eq!(count(&app).await, 2);
}

async fn report(app: &TestApp, year: i32, value: i64) {
    let key = app.key(malbild::auth::Role::Editor).await;
    let path = format!("/indicators/N01951/values/2380/{year}/T");
    let body = json!({"value": value, "note": "vår egen"});
    let written = app.request("PUT", &path).key(&key).json(&body).send().await;
    assert!(written.status < 300, "{}", written.text());
}

#[tokio::test]
async fn a_reported_value_is_kept_unless_it_is_to_be_written_over() {
    let (app, kolada) = imported().await;
    report(&app, 2022, 7).await;
    report(&app, 2020, 8).await;
    far_ahead(&kolada);
    kolada.figure("N01951", "2380", 2022, "T", Some("64715"));
    kolada.withdraw("N01951", "2380", 2020, "T");
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &["0 revised, 0 withdrawn, 0 unchanged, 2 kept (not Kolada's)"],
    );
    let kept = value(&app, "N01951/2380/2022/T").await;
    assert_eq!(
        (&kept["value"], &kept["provenance"]),
        (&json!(7), &json!("reported"))
    );
    // What was kept did not come with the changes alone: it is asked for again.
    let over = [&OPTIONS[..], &["--overwrite-reported"]].concat();
    let output = import(&app, &kolada, &over).await.done();
    says(
        &output,
        &[
            "1 times for everything",
            "revised N01951 2380 2022 T: 7 (reported) → 64715",
            "0 withdrawn",
        ],
    );
    let replaced = value(&app, "N01951/2380/2022/T").await;
    assert_eq!(
        (&replaced["value"], &replaced["note"]),
        (&json!(64715), &json!(null))
    );
    // Kolada's withdrawal says nothing of the municipality's own figure.
    assert_eq!(value(&app, "N01951/2380/2020/T").await["value"], 8);
}

#[tokio::test]
async fn a_note_to_koladas_figure_stays_when_it_is_revised() {
    let (app, kolada) = imported().await;
    let key = app.key(malbild::auth::Role::Editor).await;
    let path = "/indicators/N01951/values/2380/2022/T";
    let body = json!({"value": 64714, "provenance": "kolada", "note": "ny mätmetod"});
    app.request("PUT", path)
        .key(&key)
        .json(&body)
        .send()
        .await
        .expect(200);
    let output = import(&app, &kolada, &[&OPTIONS[..], &["--full"]].concat())
        .await
        .done();
    says(&output, &["0 revised, 0 withdrawn, 3 unchanged"]);
    far_ahead(&kolada);
    kolada.figure("N01951", "2380", 2022, "T", Some("1"));
    import(&app, &kolada, &OPTIONS).await.done();
    let revised = value(&app, "N01951/2380/2022/T").await;
    assert_eq!(
        (&revised["value"], &revised["note"]),
        (&json!(1), &json!("ny mätmetod"))
    );
}

#[tokio::test]
async fn of_an_indicator_only_what_is_koladas_is_changed() {
    let (app, kolada) = imported().await;
    app.board("kommunstyrelsen", "executiveBoard").await;
    let own = json!({"unit": "personer", "decimals": 1, "direction": "higherIsBetter", "sdgs": [11],
        "responsibleBoardId": "kommunstyrelsen", "valuesDue": "--03-31", "title": "ändrad", "publisherId": "N01951"});
    let key = app.key(malbild::auth::Role::Editor).await;
    let before = app.get("/indicators/N01951").await;
    let patched = app
        .request("PATCH", "/indicators/N01951")
        .key(&key)
        .if_match(before.etag())
        .json(&own);
    patched.send().await.expect(200);
    kolada.key_figure("N01951", "Folkmängd, antal (-2026)", true);
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &[
            "retitled N01951: ändrad → Folkmängd, antal (-2026)",
            "discontinued N01951 from 2027-01-01",
        ],
    );
    let after = app.get("/indicators/N01951").await.json();
    for member in [
        "unit",
        "decimals",
        "direction",
        "sdgs",
        "responsibleBoardId",
        "valuesDue",
    ] {
        assert_eq!(after[member], own[member], "{member}");
    }
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &["0 retitled, 0 discontinued, 0 gone, 0 otherwise updated, 1 unchanged"],
    );
    // Taken up again, it has no last day any more.
    kolada.key_figure("N01951", "Folkmängd, antal", true);
    import(&app, &kolada, &OPTIONS).await.done();
    assert_eq!(
        app.get("/indicators/N01951").await.json()["discontinuedOn"],
        json!(null)
    );
}

#[tokio::test]
async fn a_key_figure_that_kolada_does_not_have_any_more_is_told_and_stays() {
    let (app, kolada) = imported().await;
    kolada.key_figure("N00945", "Utbildning, andel (%)", false);
    kolada.forget("N01951");
    let options = ["--indicators", "N01951,N00945", "--municipalities", "2380"];
    let output = import(&app, &kolada, &options).await.done();
    says(
        &output,
        &[
            "1 gone",
            "gone: Kolada does not have N01951",
            "created N00945",
        ],
    );
    assert_eq!(count(&app).await, 3);
    let none = import(&app, &kolada, &OPTIONS).await.failed();
    says(
        &none,
        &[
            "Kolada has none of these key figures",
            "Nothing was written",
        ],
    );
}

#[tokio::test]
async fn what_is_divided_here_stays_so_while_there_are_figures_of_women() {
    let (app, kolada) = imported().await;
    kolada.figure("N01951", "2380", 2022, "K", Some("32084"));
    import(&app, &kolada, &[&OPTIONS[..], &["--full"]].concat())
        .await
        .done();
    kolada.key_figure("N01951", "Invånare totalt, antal", false);
    far_ahead(&kolada);
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(&output, &["0 otherwise updated, 1 unchanged"]);
    assert_eq!(
        app.get("/indicators/N01951").await.json()["dividedByGender"],
        true
    );
    // And one that is not divided, by its description, becomes so by its figures.
    kolada.key_figure("N00945", "Utbildning, andel (%)", false);
    kolada.figure("N00945", "2380", 2022, "M", Some("1"));
    let options = ["--indicators", "N00945", "--municipalities", "2380"];
    import(&app, &kolada, &options).await.done();
    assert_eq!(
        app.get("/indicators/N00945").await.json()["dividedByGender"],
        true
    );
}

#[tokio::test]
async fn an_indicator_of_another_publisher_is_left_alone() {
    let (app, kolada) = imported().await;
    kolada.key_figure("U00001", "Kunder, antal", false);
    kolada.figure("U00001", "2380", 2022, "T", Some("1"));
    let own = json!({"title": "vår", "unit": "st", "decimals": 0, "direction": "none", "dividedByGender": false, "publisher": "SCB"});
    app.make("/indicators/U00001", own).await;
    let options = ["--indicators", "U00001", "--municipalities", "2380"];
    let output = import(&app, &kolada, &options).await.done();
    says(
        &output,
        &[
            "left U00001: the indicator with this code is another here",
            "Values: 0 created",
            "1 left out",
        ],
    );
    assert_eq!(app.get("/indicators/U00001").await.json()["title"], "vår");
    assert_eq!(count(&app).await, 3);
}

#[tokio::test]
async fn a_figure_with_too_many_decimals_is_left_out_and_told_and_never_rounded() {
    let (app, kolada) = imported().await;
    far_ahead(&kolada);
    kolada.figure("N01951", "2380", 2022, "T", Some("1.1234567890123"));
    kolada.figure("N01951", "2380", 2021, "T", Some("1.123456789012"));
    kolada.figure("N01951", "2380", 2020, "T", Some("1e15"));
    kolada.status("N01951", "2380", 2021, "Reviderad");
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &[
            "1 revised, 0 withdrawn, 0 unchanged, 0 kept (not Kolada's), 2 left out",
            "left out N01951 2380 2022 T: 1.1234567890123 may have 12 digits after the point; nothing is rounded",
            "left out N01951 2380 2020 T: 1e+15 may have 15 digits before the point",
            "Kolada's status of a figure, which is not kept \"Reviderad\"",
        ],
    );
    assert_eq!(value(&app, "N01951/2380/2022/T").await["value"], 64714);
    assert_eq!(
        value(&app, "N01951/2380/2021/T").await["value"].to_string(),
        "1.123456789012"
    );
}
