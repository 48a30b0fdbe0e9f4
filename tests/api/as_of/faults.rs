//! A database that fails under a read of the past.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::{at, last_commit};
use crate::support::proxy::{Link, Proxy};
use crate::support::{TestApp, cluster::cluster, eventually};

/// How long a request waits for the database in these tests.
const TIMEOUT: Duration = Duration::from_secs(1);
/// What a busy machine may add to it.
const MARGIN: Duration = Duration::from_secs(2);

async fn refused(app: &TestApp, moment: &str) {
    let refused = ["/budgets/2024", "/budgets", "/budgets/2024/completeness"]
        .into_iter()
        .cycle()
        .take(9)
        .map(async |path| {
            let begun = Instant::now();
            let answer = at(app, path, moment).await;
            let answer = answer.problem(503, "databaseUnavailable");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(begun.elapsed() < TIMEOUT + MARGIN, "{path}");
        });
    join_all(refused).await;
}

#[tokio::test]
async fn a_read_of_the_past_that_cannot_go_on_is_503_in_time_and_well_after() {
    let database = cluster().database().await;
    let proxy = Proxy::start(&database).await;
    let url = proxy.url(&database);
    let app = TestApp::start_within(database, &url, TIMEOUT, &[]).await;
    let sql = app.sql().await;
    app.budget(2024).await;
    let moment = last_commit(&sql, 0).await;
    let well = async || {
        eventually("the past is answered", Duration::from_secs(5), async || {
            at(&app, "/budgets/2024", &moment).await.status == 200
        })
        .await;
    };
    well().await;
    for fault in [Link::Cut, Link::Silent] {
        proxy.set(fault);
        refused(&app, &moment).await;
        proxy.set(Link::Whole);
        well().await;
    }
    for held in [
        "LOCK TABLE history IN ACCESS EXCLUSIVE MODE",
        "SELECT pg_advisory_xact_lock(6221338910451761)",
    ] {
        let begin = format!("BEGIN; {held}");
        sql.batch_execute(&begin).await.expect("held");
        refused(&app, &moment).await;
        // What reads the present does not wait for those.
        app.get("/budgets/2024").await.expect(200);
        sql.batch_execute("COMMIT").await.expect("released");
        at(&app, "/budgets/2024", &moment).await.expect(200);
    }
}
