//! Long reads: all rows of a list, from one snapshot, on connections of their own.
//!
//! A reader may be slow, and as long as it reads PostgreSQL has to keep what the
//! snapshot shows. So there are only so many exports at once and each has a greatest
//! age, and none of them takes a connection from those who want a page.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bytea, Nullable, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::CopyOutStream;

use super::record::Place;
use super::statement::Statement;
use super::{Connection, Database, Failure, Target, Work, past};
use crate::problem::Problem;

/// How many exports there may be at once, and how old one may become.
#[derive(Clone, Debug)]
pub struct Exports {
    places: Arc<Semaphore>,
    greatest_age: Duration,
    stalled: Duration,
}

impl Exports {
    /// So many at once, none older than this, and none whose client takes nothing for
    /// longer than `stalled`.
    pub fn new(places: usize, greatest_age: Duration, stalled: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            greatest_age,
            stalled,
        }
    }

    /// How long a client may take nothing before it is given up.
    pub fn stalled(&self) -> Duration {
        self.stalled
    }
}

/// The data as one commit left them (data version), for as long as it takes to read them.
pub struct Snapshot {
    connection: Connection,
    place: OwnedSemaphorePermit,
    target: Arc<Target>,
    timeout: Duration,
    ends: Instant,
    version: Version,
}

/// Which commit a snapshot shows (dataversion).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The place in the record after the last commit that it shows.
    pub place: Place,
    /// When that was; `None` where nothing was ever written.
    pub committed_at: Option<DateTime<Utc>>,
    of_the_past: bool,
}

#[derive(QueryableByName)]
struct Last {
    #[diesel(sql_type = BigInt)]
    commit_position: i64,
    #[diesel(sql_type = Nullable<Bytea>)]
    hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    committed_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Exported {
    #[diesel(sql_type = diesel::sql_types::Text)]
    id: String,
}

/// The last commit that the transaction shows; of the past, where it is turned there.
const LAST: &str = "SELECT commit_position, hash, committed_at FROM public.change_sets
    WHERE commit_position = coalesce(
        nullif(current_setting('malbild.past_position', true), '')::bigint,
        (SELECT max(commit_position) FROM public.change_sets))";

impl Database {
    /// The data of now, or as they were at `as_of`, for a long read. 503 where there
    /// are as many exports already as there may be, and none ends in time.
    pub async fn export(
        &self,
        exports: &Exports,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Snapshot, Problem> {
        let patience = Instant::now() + self.timeout;
        let place = timeout_at(patience, Arc::clone(&exports.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(Problem::too_busy());
        };
        let (target, wait, age) = (Arc::clone(&self.target), self.timeout, exports.greatest_age);
        // On the main runtime, where the rows will be read: not on a thread that answers others.
        let task = self.runtime.spawn(async move {
            let opened = timeout_at(patience, open(&target, wait, age, as_of)).await;
            let (connection, version) = opened.unwrap_or_else(|_| Err(late()))?;
            Ok(Snapshot {
                connection,
                place,
                target,
                timeout: wait,
                ends: Instant::now() + age,
                version,
            })
        });
        let opened: Result<Snapshot, Failure> = task.await.map_err(|_| Problem::internal())?;
        opened.map_err(Problem::from)
    }
}

impl Database {
    /// Goes on with an export where the answers are not made. A stop does not wait for
    /// it: it ends when its client is gone.
    pub fn spawn(&self, export: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(export);
    }
}

fn late() -> Failure {
    Failure::Unavailable("the database did not answer in time".to_owned())
}

fn unavailable(error: impl std::fmt::Display) -> Failure {
    Failure::Unavailable(error.to_string())
}

/// A connection inside the transaction that all is read in.
async fn open(
    target: &Target,
    wait: Duration,
    age: Duration,
    as_of: Option<DateTime<Utc>>,
) -> Result<(Connection, Version), Failure> {
    let mut connection = target.diesel().await.map_err(unavailable)?;
    connection.batch_execute(&settings(wait, age)).await?;
    if let Some(moment) = as_of {
        past::settle(&mut connection, moment).await?;
    }
    connection.batch_execute(BEGIN).await?;
    if let Some(moment) = as_of {
        past::turn_to(&mut connection, moment).await?;
    }
    let last: Vec<Last> = Statement::new(LAST).load(&mut connection).await?;
    let last = last.into_iter().next();
    let place = last.as_ref().map_or(Place::START, |last| {
        Place::after_all_of(
            last.commit_position,
            last.hash.as_deref().unwrap_or_default(),
        )
    });
    let version = Version {
        place,
        committed_at: last.and_then(|last| last.committed_at),
        of_the_past: as_of.is_some(),
    };
    Ok((connection, version))
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What holds on a connection of an export: nobody waits for a lock for longer than
/// any request, nothing goes on for longer than an export may, and a slow reader holds
/// no other process than its own.
fn settings(wait: Duration, age: Duration) -> String {
    let (wait, age) = (wait.mul_f32(0.9).as_millis(), age.as_millis());
    format!(
        "SET statement_timeout = {age}; SET lock_timeout = {wait}; SET timezone = 'UTC'; \
         SET idle_in_transaction_session_timeout = {age}; \
         SET max_parallel_workers_per_gather = 0; \
         DO $$ BEGIN SET client_connection_check_interval = 500; EXCEPTION WHEN OTHERS THEN NULL; END $$"
    )
}

impl Snapshot {
    /// Which commit it shows.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Runs work that only reads, bounded as that of any request.
    pub async fn read<T, F>(&mut self, work: F) -> Result<T, Problem>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
    {
        let done = timeout(self.timeout, work(&mut self.connection)).await;
        done.unwrap_or_else(|_| Err(late())).map_err(Problem::from)
    }

    /// The rows of a statement, one after the other.
    pub async fn rows<R>(
        &mut self,
        statement: Statement,
    ) -> Result<BoxStream<'_, Result<R, Failure>>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let statement = statement.rare(true);
        let rows = statement.load_stream::<R>(&mut self.connection).await?;
        Ok(rows.map(|row| row.map_err(Failure::from)).boxed())
    }

    /// Has PostgreSQL write the rows of `statement` as CSV: comma, quotes where they
    /// are needed, a line feed at the end of each row, no header.
    pub async fn copy(mut self, statement: &Statement, separator: char) -> Result<Copied, Failure> {
        let (guide, seen) = if self.version.of_the_past {
            let position = self.version.place.position;
            let past = format!(
                "SET LOCAL malbild.past_position = '{position}'; SET LOCAL search_path = past, public;"
            );
            (past, self.exported().await?)
        } else {
            (String::new(), self.exported().await?)
        };
        // diesel does not copy: another connection that sees the same commits does.
        let (client, connection) = self.target.connect().await.map_err(unavailable)?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection of an export ended");
            }
        });
        let driver = Driver(driver.abort_handle());
        let age = self.ends.saturating_duration_since(Instant::now());
        let setting = settings(self.timeout, age);
        client.batch_execute(&setting).await.map_err(unavailable)?;
        let begin = format!("{BEGIN}; SET TRANSACTION SNAPSHOT '{seen}'; {guide}");
        client.batch_execute(&begin).await.map_err(unavailable)?;
        let sql = format!(
            "COPY ({}) TO STDOUT (FORMAT csv, DELIMITER '{separator}')",
            statement.literal()
        );
        let rows = client.copy_out(sql.as_str()).await.map_err(unavailable)?;
        Ok(Copied {
            rows: Box::pin(rows),
            _driver: driver,
            _place: self.place,
        })
    }

    async fn exported(&mut self) -> Result<String, Failure> {
        let exported: Exported = Statement::new("SELECT pg_export_snapshot() AS id")
            .get_result(&mut self.connection)
            .await?;
        Ok(exported.id)
    }

    /// When it has to be over.
    pub fn ends(&self) -> Instant {
        self.ends
    }
}

/// Rows as PostgreSQL copies them (COPY), one after the other.
pub struct Copied {
    rows: std::pin::Pin<Box<CopyOutStream>>,
    _driver: Driver,
    _place: OwnedSemaphorePermit,
}

impl Copied {
    /// The next row with its line feed; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<actix_web::web::Bytes>, Failure> {
        self.rows.try_next().await.map_err(unavailable)
    }
}

/// What drives a connection. When it is dropped the connection is closed at once,
/// whatever is still under way on it: PostgreSQL then stops the query.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}
