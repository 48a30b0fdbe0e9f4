//! How Kolada is asked: its limits, its pages, and what it does when it cannot answer.

use std::time::{Duration, Instant};

use super::stand_in::{Fault, StandIn};
use super::{count, import, import_with, says};
use crate::support::{TestApp, eventually};

const ONE: [&str; 4] = ["--indicators", "N00001", "--municipalities", "2380"];

/// 30 key figures with a figure each for 40 municipalities.
fn kolada() -> StandIn {
    let kolada = StandIn::start();
    for municipality in 1000..1040 {
        let area = serde_json::json!({"id": municipality.to_string(), "title": "x", "type": "K"});
        kolada.state().areas.push(area);
    }
    for number in 1..=30 {
        let id = format!("N{number:05}");
        kolada.key_figure(&id, "Något, antal", false);
        kolada.figure(&id, "2380", 2022, "T", Some("1"));
        for municipality in 1000..1040 {
            kolada.figure(&id, &municipality.to_string(), 2022, "T", Some("2.5"));
        }
    }
    kolada
}

fn all() -> String {
    let ids: Vec<String> = (1..=30).map(|number| format!("N{number:05}")).collect();
    ids.join(",")
}

#[tokio::test]
async fn its_limits_are_kept_and_its_pages_followed() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.state().rows = Some(200);
    let output = import(&app, &kolada, &["--indicators", &all()])
        .await
        .done();
    says(
        &output,
        &[
            "Key figures: 30 created",
            "Values: 1,230 created".replace(',', "").as_str(),
        ],
    );
    assert_eq!(count(&app).await, 1230);
    let state = kolada.state();
    assert_eq!(state.too_quick, 0);
    let times: Vec<Instant> = state.asked.iter().map(|asked| asked.at).collect();
    assert!(times.len() > 8, "{}", times.len());
    for six in times.windows(6) {
        assert!(
            six[5] - six[0] >= Duration::from_secs(1),
            "six requests in {:?}",
            six[5] - six[0]
        );
    }
    assert!(
        state
            .asked
            .iter()
            .any(|asked| asked.query.contains("page=3"))
    );
    for asked in &state.asked {
        assert!(
            asked
                .path
                .split('/')
                .all(|segment| segment.split(',').count() <= 25)
        );
        assert!(asked.query.contains("per_page=5000"), "{}", asked.query);
    }
}

#[tokio::test]
async fn a_pause_that_kolada_asks_for_is_kept() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada
        .state()
        .faults
        .extend([Fault::Status(429, Some("2"))]);
    import(&app, &kolada, &ONE).await.done();
    let state = kolada.state();
    let waited = state.asked[1].at - state.asked[0].at;
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
    assert_eq!(state.asked[0].path, state.asked[1].path);
}

#[tokio::test]
async fn a_failure_that_passes_is_outwaited() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.state().faults.extend([
        Fault::Status(502, None),
        Fault::Cut,
        Fault::Status(503, Some("1")),
    ]);
    let output = import(&app, &kolada, &ONE).await.done();
    says(&output, &["Values: 1 created"]);
}

#[tokio::test]
async fn a_failure_that_stays_ends_the_import_in_time_and_says_why() {
    let (app, kolada) = (TestApp::start().await, kolada());
    for _ in 0..50 {
        kolada.state().faults.push_back(Fault::Status(500, None));
    }
    let begun = Instant::now();
    let options = [&ONE[..], &["--patience", "3"]].concat();
    let output = import(&app, &kolada, &options).await.failed();
    says(
        &output,
        &["Kolada answers 500; asked 3 times, and no longer than 3 s. Nothing was written."],
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
    kolada.state().faults.clear();
    kolada
        .state()
        .faults
        .push_back(Fault::Status(429, Some("3600")));
    let output = import(&app, &kolada, &options).await.failed();
    says(
        &output,
        &["Kolada answers 429, and asks to be left alone for 3600 s; asked once"],
    );
    let nobody = ["--base-url", "http://127.0.0.1:1/v3", "--patience", "1"];
    let output = import_with(&app, &[&ONE[..], &nobody].concat())
        .await
        .failed();
    says(&output, &["no connection"]);
}

#[tokio::test]
async fn a_refusal_is_told_at_once_with_koladas_own_words() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.state().faults.push_back(Fault::Status(410, None));
    let output = import(&app, &kolada, &ONE).await.failed();
    says(
        &output,
        &["Kolada answers 410: {\"detail\": \"refused with 410\"}. Nothing was written."],
    );
    assert_eq!(kolada.state().asked.len(), 1);
}

#[tokio::test]
async fn an_answer_of_no_sense_ends_the_import() {
    for (body, reason) in [
        (
            "<html>",
            "is not as Kolada answers: expected value at line 1 column 1",
        ),
        (
            "[]",
            "expected an answer of Kolada's: an object with values",
        ),
        (
            "{\"values\": [{\"id\": 7}]}",
            "invalid type: integer `7`, expected a string",
        ),
        ("{\"values\": [[\"N00001\"]]}", "expected an object"),
        (
            "{\"values\": [{\"id\": \"2380\", \"title\": \"x\", \"type\": \"K\"}], \"next_url\": null}",
            "Kolada answers with municipalities, which were not asked for",
        ),
    ] {
        let (app, kolada) = (TestApp::start().await, kolada());
        kolada.state().faults.push_back(Fault::Garbage(body));
        let output = import(&app, &kolada, &ONE).await.failed();
        says(&output, &[reason, "Nothing was written"]);
        assert_eq!(count(&app).await, 0);
    }
}

#[tokio::test]
async fn data_that_is_not_found_is_never_taken_for_data_that_is_not_there() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.let_through(0);
    let failing = async {
        eventually("it asks for data", Duration::from_secs(60), async || {
            kolada
                .state()
                .asked
                .iter()
                .any(|asked| asked.path.starts_with("/v3/data"))
        })
        .await;
        kolada.state().data_is_lost = true;
        kolada.open();
    };
    let (ended, ()) = tokio::join!(import(&app, &kolada, &ONE), failing);
    says(
        &ended.failed(),
        &["/data/kpi/N00001/municipality/2380: Kolada answers 404"],
    );
    kolada.state().data_is_lost = false;
    let output = import(&app, &kolada, &ONE).await.done();
    says(&output, &["1 times for everything", "Values: 1 created"]);
}

#[tokio::test]
async fn two_imports_at_once_take_turns() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.let_through(0);
    let turns = async {
        eventually("one asks for data", Duration::from_secs(60), async || {
            kolada
                .state()
                .asked
                .iter()
                .any(|asked| asked.path.starts_with("/v3/data"))
        })
        .await;
        let sql = app.sql().await;
        let waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        eventually("the other waits", Duration::from_secs(60), async || {
            !sql.query(waiting, &[]).await.expect("the locks").is_empty()
        })
        .await;
        kolada.open();
    };
    let (first, second, ()) = tokio::join!(
        import(&app, &kolada, &ONE),
        import(&app, &kolada, &ONE),
        turns
    );
    let outputs = [first.done(), second.done()];
    assert!(
        outputs
            .iter()
            .any(|output| output.contains("Values: 1 created"))
    );
    assert!(
        outputs
            .iter()
            .any(|output| output.contains("1 times for what has changed"))
    );
}

#[tokio::test]
async fn a_next_page_somewhere_else_is_not_followed() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let elsewhere = StandIn::start();
    {
        let mut state = kolada.state();
        state.rows = Some(1);
        state.leads_to = Some(format!("{}/municipality?page=2", elsewhere.base));
    }
    let output = import(&app, &kolada, &ONE).await.failed();
    says(
        &output,
        &["which is not at http://127.0.0.1", "Nothing was written"],
    );
    assert_eq!(elsewhere.state().asked.len(), 0);
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_never_taken_for_all_there_is() {
    for (body, reason) in [
        (r#"{"values": []}"#, "missing field `next_url`"),
        (
            r#"{"values": [], "count": 1, "next_url": null}"#,
            "is not whole: it has 0 rows, and should have 1",
        ),
        (
            r#"{"values": [], "count": 0, "next_url": "?page=2"}"#,
            "for the second time",
        ),
    ] {
        let (app, kolada) = (TestApp::start().await, kolada());
        let back = r#"{"values": [], "count": 0, "next_url": "?per_page=5000"}"#;
        let bodies = [body, back].map(Fault::Garbage);
        kolada.state().faults.extend(bodies);
        let output = import(&app, &kolada, &ONE).await.failed();
        says(&output, &[reason, "Nothing was written"]);
    }
}

#[tokio::test]
async fn a_pause_of_nothing_or_of_ages_is_no_reason_to_hurry_or_to_fall() {
    let (app, kolada) = (TestApp::start().await, kolada());
    for _ in 0..3 {
        kolada
            .state()
            .faults
            .push_back(Fault::Status(429, Some("0")));
    }
    import(&app, &kolada, &ONE).await.done();
    {
        let state = kolada.state();
        let waited = state.asked[3].at - state.asked[0].at;
        assert!(waited >= Duration::from_millis(3_500), "{waited:?}");
    }
    let ages = Fault::Status(429, Some("18446744073709551615"));
    kolada.state().faults.push_back(ages);
    let output = import(&app, &kolada, &ONE).await.failed();
    says(
        &output,
        &["asks to be left alone for 18446744073709551615 s"],
    );
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused() {
    let (app, kolada) = (TestApp::start().await, kolada());
    for (options, reason) in [
        (&["--years", "2024-2015"][..], "2024 is after 2015"),
        (&["--years", "15"], "a year is from 1900 to 2200"),
        (&["--municipalities", "238"], "must be four digits"),
        (&["--indicators", "n1"], "must match"),
        (
            &["--group", "G1", "--municipalities", "2380"],
            "cannot be used with",
        ),
        (
            &["--indicators", "N00001", "--municipalities", "9999"],
            "Kolada has no municipality 9999",
        ),
        (&["--base-url", "ftp://x"], "is no address such as"),
    ] {
        let output = match options[0] {
            "--base-url" => import_with(&app, options).await,
            _ => import(&app, &kolada, options).await,
        };
        says(&output.failed(), &[reason]);
    }
}
