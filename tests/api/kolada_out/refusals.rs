//! Kolada's limits, and what every read can do.

use std::time::{Duration, Instant};

use super::{get, rows, started};
use crate::support::{TestApp, cluster::cluster};

fn ids(number: usize) -> String {
    let ids: Vec<String> = (0..number).map(|id| format!("N{id:05}")).collect();
    ids.join(",")
}

#[tokio::test]
async fn more_than_kolada_gives_at_once_is_422() {
    let (app, _) = started().await;
    let (most, many) = (ids(25), ids(26));
    let years: Vec<String> = (1990..2016).map(|year| year.to_string()).collect();
    let years = years.join(",");
    for path in [
        format!("/kpi/{most}"),
        format!("/data/kpi/{most}/year/2022"),
        "/kpi?per_page=5000".to_owned(),
    ] {
        get(&app, &path).await.expect(200);
    }
    for path in [
        format!("/kpi/{many}"),
        format!("/kpi_groups/{many}"),
        format!("/municipality/{many}"),
        format!("/municipality_groups/{many}"),
        format!("/data/kpi/{many}/year/2022"),
        format!("/data/kpi/N01951/municipality/{many}"),
        format!("/data/kpi/N01951/year/{years}"),
        format!("/data?kpi_id={many}"),
        format!("/data?kpi_id={}", many.replace(',', "&kpi_id=")),
        "/kpi?per_page=5001".to_owned(),
        "/data/kpi/N01951/year/2022?per_page=99999999999999999999".to_owned(),
    ] {
        let refused = get(&app, &path).await.problem(422, "invalidParameter");
        assert!(refused.json()["detail"].is_string());
    }
}

#[tokio::test]
async fn what_a_parameter_cannot_be_is_422() {
    let (app, _) = started().await;
    for path in [
        "/kpi?page=0",
        "/kpi?page=-1",
        "/kpi?page=x",
        "/kpi?page=",
        "/kpi?per_page=0",
        "/kpi?per_page=1.5",
        "/municipality?region_type=X",
        "/data/kpi/N01951/year/x",
        "/data/kpi/N01951/year/2022.5",
        "/data/kpi/N01951/year/99999999999",
        "/data?kpi_id=N01951&year=x",
        "/data/kpi/N01951/year/2022?from_date=2022",
        "/data/kpi/N01951/year/2022?from_date=2022-02-30",
        "/data/kpi/N01951/year/2022?after=x",
        "/data/kpi/N01951/year/2022?after=N01951,2380,y",
    ] {
        get(&app, path).await.problem(422, "invalidParameter");
    }
    let long = "å".repeat(201);
    get(&app, &format!("/kpi?title={long}"))
        .await
        .problem(422, "invalidParameter");
    for path in ["/kpi?title=%ff", "/kpi?title=%00"] {
        get(&app, path).await.problem(400, "invalidQuery");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_not_looked_at() {
    let (app, _) = started().await;
    let plain = rows(&app, "/municipality").await;
    for query in ["type=K", "limit=1", "fields=id", "asOf=x", "page=2&page=1"] {
        let found = rows(&app, &format!("/municipality?{query}")).await;
        assert_eq!(found, plain, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_path_of_koladas_is_404() {
    let (app, _) = started().await;
    for path in [
        "",
        "/",
        "/ou",
        "/oudata",
        "/data/kpi/N01951",
        "/data/kpi/N01951/kpi/N01951",
        "/data/kpi/N01951/municipality/2380/year/2022/kpi/N01951",
        "/KPI",
    ] {
        get(&app, path).await.problem(404, "unknownPath");
    }
    app.get("/kpi").await.problem(404, "unknownPath");
}

#[tokio::test]
async fn it_is_read_like_everything_else() {
    let (app, key) = started().await;
    let path = "/kolada/v3/data/kpi/N01951/year/2022";
    let first = app.outside("GET", path).send().await.expect(200);
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert!(
        first
            .header("access-control-expose-headers")
            .contains("Link")
    );
    assert!(first.header("traceparent").starts_with("00-"));
    let again = app
        .outside("GET", path)
        .header("if-none-match", first.etag());
    again.send().await.expect(304);
    super::put(
        &app,
        &key,
        "N01951/2380/2022/T",
        serde_json::json!({"value": 1}),
    )
    .await;
    let again = app
        .outside("GET", path)
        .header("if-none-match", first.etag());
    again.send().await.expect(200);
    let head = app.outside("HEAD", path).send().await.expect(200);
    assert!(head.body.is_empty());
    let options = app.outside("OPTIONS", path).send().await.expect(204);
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS");
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let refused = app.outside(method, path).send().await;
        let refused = refused.problem(405, "methodNotAllowed");
        assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
    }
    let csv = app.outside("GET", path).header("accept", "text/csv");
    csv.send().await.problem(406, "notAcceptable");
    let document = app.outside("GET", "/kolada/v3/openapi.json");
    let zipped = document.header("accept-encoding", "gzip").send().await;
    assert_eq!(zipped.expect(200).header("content-encoding"), "gzip");
    // Kolada's clients send no key, and one of somebody else's is nobody's business here.
    let with_key = app.outside("GET", path).key("nobody's");
    with_key.send().await.expect(200);
}

#[tokio::test]
async fn a_database_that_cannot_answer_in_time_is_503_and_not_a_wait() {
    let database = cluster().database().await;
    let url = database.runtime_url();
    let time = Duration::from_millis(500);
    let app = TestApp::start_within(database, &url, time, &[]).await;
    app.municipality("2380", "municipality").await;
    let mut sql = app.sql().await;
    let held = sql.transaction().await.expect("a transaction");
    held.batch_execute("LOCK TABLE indicator_values IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("the lock");
    for path in ["/data/municipality/2380/year/2022", "/data?year=2022"] {
        let begun = Instant::now();
        let refused = get(&app, path).await.problem(503, "databaseUnavailable");
        assert!(!refused.header("retry-after").is_empty());
        assert!(begun.elapsed() < Duration::from_secs(3), "{path}");
    }
    get(&app, "/municipality").await.expect(200);
    held.rollback().await.expect("an end");
    get(&app, "/data?year=2022").await.expect(200);
}
