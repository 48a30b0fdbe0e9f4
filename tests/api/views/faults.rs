//! A database that fails under a view: 503 in time, and the whole answer after.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use malbild::database::{Actor, Target, transaction};
use malbild::sample;

use crate::support::proxy::{Link, Proxy};
use crate::support::{TestApp, cluster::cluster, eventually};

/// How long a request waits for the database in these tests.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What a busy machine may add to it.
const MARGIN: Duration = Duration::from_secs(2);

const VIEWS: [&str; 8] = [
    "/goals/01934a00-5c00-7002-8000-000000000001/overview",
    "/goals/01934a00-5c00-7002-8000-000000000001/progress",
    "/goals/01934a00-5c00-7002-8000-000000000001/lineage",
    "/assignments/01934a00-5c00-7003-8000-000000000001/fulfilment",
    "/indicators/N01951/progress",
    "/indicators/N01951/series",
    "/indicators/N00942/comparison",
    "/budgets/2024/completeness",
];

/// A service with the sample, and the way to its database.
async fn started() -> (TestApp, Proxy) {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    // Straight to the database: the way through the proxy is a slow one.
    let direct = Target::parse(&app.database.runtime_url()).expect("a URL");
    let mut direct = direct.diesel().await.expect("a connection");
    let load = transaction(&mut direct, Actor::command(sample::ROLE), |connection| {
        Box::pin(sample::load(connection))
    });
    load.await.expect("the sample");
    for view in VIEWS {
        app.get(view).await.expect(200);
    }
    (app, proxy)
}

/// Every one of these views is refused in time.
async fn refused(app: &TestApp, views: &[&str]) {
    let refused = views.iter().map(async |view| {
        let begun = Instant::now();
        app.get(view).await.problem(503, "databaseUnavailable");
        assert!(begun.elapsed() < TIMEOUT + MARGIN, "{view}");
    });
    join_all(refused).await;
}

async fn well_again(app: &TestApp) {
    for view in VIEWS {
        eventually(view, Duration::from_secs(5), async || {
            app.get(view).await.status == 200
        })
        .await;
    }
}

#[tokio::test]
async fn views_on_a_link_that_is_reset_or_silent_are_503_in_time_and_heal() {
    let (app, proxy) = started().await;
    for fault in [Link::Cut, Link::Silent] {
        proxy.set(fault);
        refused(&app, &VIEWS).await;
        proxy.set(Link::Whole);
        well_again(&app).await;
    }
}

#[tokio::test]
async fn a_view_that_is_held_up_half_way_is_503_in_time_and_whole_after() {
    let (app, _proxy) = started().await;
    let sql = app.sql().await;
    let locked = "BEGIN; LOCK TABLE indicator_values, boards, goals IN ACCESS EXCLUSIVE MODE";
    sql.batch_execute(locked).await.expect("locked");
    refused(&app, &VIEWS).await;
    sql.batch_execute("COMMIT").await.expect("released");
    for view in VIEWS {
        app.get(view).await.expect(200);
    }
}
