//! What a client may keep of an export.

use std::io::Read;

use serde_json::json;

use super::started;
use crate::support::TestApp;

async fn write(app: &TestApp, key: &str, value: i32) {
    let put = app
        .request("PUT", "/indicators/N01951/values/3000/2001/T")
        .key(key)
        .json(&json!({"value": value}));
    assert!(put.send().await.status < 300);
}

#[tokio::test]
async fn an_export_that_the_client_has_is_304_until_something_is_written() {
    let (app, key) = started(3, &[]).await;
    for path in [
        "/values?format=csv",
        "/values?format=ndjson",
        "/values?format=csvw",
        "/boards?format=csv",
        "/indicators/N01951/series?municipalityCode=3000&format=csv",
    ] {
        write(&app, &key, 1).await;
        let first = app.get(path).await.expect(200);
        let ask = || {
            app.request("GET", path)
                .header("if-none-match", first.etag())
        };
        let again = ask().send().await.expect(304);
        assert!(again.body.is_empty());
        assert_eq!(again.etag(), first.etag());
        write(&app, &key, 2).await;
        let later = ask().send().await.expect(200);
        assert_ne!(later.etag(), first.etag(), "{path}");
        write(&app, &key, 1).await;
    }
    let csv = app.get("/values?format=csv").await;
    let lines = app.get("/values?format=ndjson").await;
    let swedish = app.get("/values?format=csv&dialect=excel-sv").await;
    assert_ne!(csv.etag(), lines.etag());
    assert_ne!(csv.etag(), swedish.etag());
}

#[tokio::test]
async fn last_modified_is_the_last_change_and_misses_none_of_the_same_second() {
    let (app, key) = started(3, &[]).await;
    write(&app, &key, 1).await;
    let first = app.get("/values?format=csv").await.expect(200);
    let modified = first.header("last-modified").to_owned();
    let since = |moment: String| {
        app.request("GET", "/values?format=csv")
            .header("if-modified-since", &moment)
    };
    // A change right after it, mostly within the same second.
    write(&app, &key, 2).await;
    since(modified).send().await.expect(200);
    // Once the second is over the header is one that can be asked with.
    let later = async || {
        let answer = app.get("/values?format=csv").await;
        let modified = answer.header("last-modified").to_owned();
        since(modified).send().await.status == 304
    };
    crate::support::eventually("304", std::time::Duration::from_secs(5), later).await;
    since("Wed, 01 Jan 2020 00:00:00 GMT".to_owned())
        .send()
        .await
        .expect(200);
    since("nonsense".to_owned()).send().await.expect(200);
}

#[tokio::test]
async fn head_answers_as_get_and_reads_nothing() {
    let (app, _) = started(3, &[]).await;
    for path in [
        "/values?format=csv",
        "/values?format=ndjson",
        "/boards?format=csv",
    ] {
        let get = app.get(path).await.expect(200);
        let head = app.request("HEAD", path).send().await.expect(200);
        assert!(head.body.is_empty());
        for name in [
            "etag",
            "content-type",
            "last-modified",
            "link",
            "content-disposition",
        ] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn an_export_is_compressed_for_those_who_take_it() {
    let (app, _) = started(2_000, &[]).await;
    let plain = app.get("/values?format=csv").await.expect(200);
    let request = app
        .request("GET", "/values?format=csv")
        .header("accept-encoding", "br, gzip;q=0.5");
    let coded = request.send().await.expect(200);
    assert_eq!(coded.header("content-encoding"), "gzip");
    assert_ne!(coded.etag(), plain.etag());
    assert!(coded.body.len() * 5 < plain.body.len());
    let mut text = String::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(coded.body.as_slice());
    decoder.read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());
}

#[tokio::test]
async fn a_copy_goes_on_in_the_feed_exactly_where_the_export_ended() {
    let (app, key) = started(3, &[]).await;
    let export = app.get("/values?format=csv").await.expect(200);
    let cursor = export.header("changes-cursor").to_owned();
    let feed = || format!("/changes?after={cursor}");
    let quiet = app.get(&feed()).await.expect(200).json();
    assert_eq!(quiet["items"].as_array().unwrap().len(), 0, "{quiet}");
    write(&app, &key, 7).await;
    let told = app.get(&feed()).await.expect(200).json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn head_is_refused_where_get_is_and_another_setting_is_another_etag() {
    let options = ["--json-stat-max-cells=2", "--xlsx-max-rows=2"];
    let (app, _) = started(5, &options).await;
    for form in ["json-stat", "xlsx"] {
        let path = format!("/values?format={form}");
        app.get(&path).await.problem(413, "answerTooLarge");
        let head = app.request("HEAD", &path).send().await.expect(413);
        assert!(head.body.is_empty());
    }
    let other = TestApp::start_on(
        app.database.again(),
        &app.database.runtime_url(),
        &["--licence-url=https://example.se/licence"],
    )
    .await;
    let elsewhere = TestApp::start_on(
        app.database.again(),
        &app.database.runtime_url(),
        &["--municipality-code=3000"],
    )
    .await;
    let path = "/indicators/N01951/series?format=csv";
    let (here, there) = (
        app.get(path).await.expect(200),
        elsewhere.get(path).await.expect(200),
    );
    assert_ne!(here.text(), there.text());
    assert_ne!(here.etag(), there.etag());
    for path in ["/values?format=csvw", "/boards?format=csvw"] {
        let (one, other) = (
            app.get(path).await.expect(200),
            other.get(path).await.expect(200),
        );
        assert_ne!(one.etag(), other.etag(), "{path}");
    }
}
