//! An import that is interrupted, and goes on.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::stand_in::{Fault, StandIn};
use super::{count, import, prepared, says};
use crate::support::{TestApp, eventually};

/// 60 municipalities with a figure each: three parts.
fn kolada() -> StandIn {
    let kolada = StandIn::start();
    kolada.state().areas.clear();
    kolada.key_figure("N01951", "Invånare totalt, antal", false);
    for municipality in 1000..1060 {
        let code = municipality.to_string();
        let area = serde_json::json!({"id": code, "title": "x", "type": "K"});
        kolada.state().areas.push(area);
        kolada.figure("N01951", &code, 2022, "T", Some("1"));
    }
    kolada
}

const OPTIONS: [&str; 2] = ["--indicators", "N01951"];

#[tokio::test]
async fn one_that_is_killed_goes_on_where_it_stopped_when_the_same_command_is_given() {
    let (app, kolada) = (TestApp::start().await, kolada());
    kolada.let_through(1);
    let mut command = prepared(
        &app,
        &[&["--base-url", &kolada.base], &OPTIONS[..]].concat(),
    );
    let mut child = command.spawn().expect("the program starts");
    // It has written the first part when it asks for the second.
    eventually(
        "it asks for the second part",
        Duration::from_secs(60),
        async || {
            let state = kolada.state();
            state
                .asked
                .iter()
                .filter(|asked| asked.path.starts_with("/v3/data"))
                .count()
                == 2
        },
    )
    .await;
    kill_process(Pid::from_child(&child), Signal::KILL).expect("a signal");
    child.wait().expect("an end");
    assert_eq!(count(&app).await, 25);
    let first = kolada.asked_for_data();
    kolada.open();
    // Another command has nothing to go on with.
    let options = [&OPTIONS[..], &["--years", "2022", "--dry-run"]].concat();
    let other = import(&app, &kolada, &options).await.done();
    assert!(!other.contains("Went on"), "{other}");
    kolada.asked_for_data();
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &[
            "Went on with the import of",
            "Values: 35 created, 0 revised, 0 withdrawn, 0 unchanged",
        ],
    );
    assert_eq!(count(&app).await, 60);
    let rest = kolada.asked_for_data();
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0], first[1]);
    assert!(
        rest.iter()
            .all(|(path, query)| !first[..1].contains(&(path.clone(), query.clone())))
    );
    // Now it is finished, and the next is a new one.
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(
        &output,
        &["Asked for figures: 3 times for what has changed, 0 times for everything."],
    );
}

#[tokio::test]
async fn one_that_stops_tells_what_it_has_done_and_goes_on_from_there() {
    let (app, kolada) = (TestApp::start().await, kolada());
    // The key figures, the municipalities, the first part; then nothing more.
    kolada.let_through(1);
    let stopping = async {
        eventually(
            "it asks for the second part",
            Duration::from_secs(60),
            async || {
                let state = kolada.state();
                state
                    .asked
                    .iter()
                    .filter(|asked| asked.path.starts_with("/v3/data"))
                    .count()
                    == 2
            },
        )
        .await;
        // The second is under way already: it is the third that is refused.
        kolada.state().faults.push_back(Fault::Status(400, None));
        kolada.open();
    };
    let (ended, ()) = tokio::join!(import(&app, &kolada, &OPTIONS), stopping);
    says(
        &ended.failed(),
        &[
            "Values: 50 created",
            "Kolada answers 400",
            "What is told above has been written; the same command goes on from there.",
        ],
    );
    let output = import(&app, &kolada, &OPTIONS).await.done();
    says(&output, &["Went on with", "Values: 10 created"]);
}

#[tokio::test]
async fn one_that_was_interrupted_long_ago_is_not_gone_on_with_but_nothing_is_missed() {
    let (app, kolada) = (TestApp::start().await, kolada());
    import(&app, &kolada, &OPTIONS).await.done();
    let sql = app.sql().await;
    sql.batch_execute(
        "UPDATE kolada_imports SET finished_at = NULL, begun_at = begun_at - interval '13 hours';
         UPDATE kolada_parts SET asked_on = '2026-11-10';
         DELETE FROM kolada_parts WHERE part LIKE '%1059%'",
    )
    .await
    .unwrap();
    kolada.asked_for_data();
    let output = import(&app, &kolada, &OPTIONS).await.done();
    assert!(!output.contains("Went on"), "{output}");
    let asked: Vec<String> = kolada
        .asked_for_data()
        .into_iter()
        .map(|(_, query)| query)
        .collect();
    let since = "per_page=5000&from_date=2026-11-08";
    assert_eq!(asked, [since, since, "per_page=5000"]);
}

#[tokio::test]
async fn an_indicator_that_is_made_again_is_asked_for_whole() {
    let (app, kolada) = (TestApp::start().await, kolada());
    let options = ["--indicators", "N01951", "--municipalities", "1000"];
    import(&app, &kolada, &options).await.done();
    let key = app.key(malbild::auth::Role::Admin).await;
    let value = "/indicators/N01951/values/1000/2022/T";
    app.request("DELETE", value)
        .key(&key)
        .send()
        .await
        .expect(204);
    let indicator = app.get("/indicators/N01951").await;
    let gone = app
        .request("DELETE", "/indicators/N01951")
        .key(&key)
        .if_match(indicator.etag());
    gone.send().await.expect(204);
    let output = import(&app, &kolada, &options).await.done();
    says(&output, &["1 times for everything", "Values: 1 created"]);
}
