//! PostgreSQL: the pool, the migrations, and the one way in which a request
//! reads or writes.

pub mod connect;
pub mod failure;
pub mod migrate;
mod pool;
pub mod private;
pub mod schema;
pub mod statement;
#[cfg(test)]
mod test_folder;
pub mod text_enum;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use connect::Target;
pub use failure::Failure;

use self::pool::Trust;
use crate::problem::Problem;

tokio::task_local! {
    /// How long the request under way has waited for the database so far.
    static WAITED: Cell<Duration>;
}

/// Runs `request` so that all its work on the database together, and not each
/// piece of it, has the timeout.
pub async fn as_one_request<T>(request: impl Future<Output = T>) -> T {
    WAITED.scope(Cell::new(Duration::ZERO), request).await
}

/// A connection that a piece of work holds.
pub type Connection = AsyncPgConnection;

/// What a piece of work is: a future that borrows its connection.
pub type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'c>>;

/// Who asks for a change; the record of changes keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `admin`, `editor` or `board`, or for the command line `operator` or `sample`.
    pub role: &'static str,
    /// The key that was used, if any.
    pub key_id: Option<Uuid>,
    /// The request's trace, if it was a request.
    pub trace_id: Option<String>,
}

impl Actor {
    /// The command line: `operator`, or `sample` for the sample's rows.
    pub fn command(role: &'static str) -> Self {
        Self {
            role,
            key_id: None,
            trace_id: None,
        }
    }
}

/// The database as requests use it.
///
/// Work runs as a task of the main runtime, not of the connection's worker: a
/// client that goes away cannot cut it in the middle, and a stop waits for it.
/// All work of one request ends within the timeout, whatever the database does.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    trust: Arc<Trust>,
    runtime: Handle,
    tasks: TaskTracker,
    timeout: Duration,
}

impl Database {
    /// A pool of `size` connections to `target`, opened when they are needed.
    /// Must be called on the runtime that is to do the work.
    pub fn new(target: Arc<Target>, size: usize, timeout: Duration) -> Result<Self, String> {
        let trust = Arc::new(Trust::default());
        let pool = pool::pool(target, size, timeout.mul_f32(0.9), Arc::clone(&trust))
            .map_err(|error| format!("the connection pool cannot be made: {error}"))?;
        Ok(Self {
            pool,
            trust,
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            timeout,
        })
    }

    /// Runs work that only reads.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run(work).await
    }

    /// Runs work in one transaction that is recorded as `actor`'s. When this
    /// answers `Ok`, the transaction has been committed.
    pub async fn write<T, F>(&self, actor: Actor, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run(move |connection| transaction(connection, actor, work).boxed())
            .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        let waited = WAITED.try_with(Cell::get).unwrap_or_default();
        let begun = Instant::now();
        let deadline = begun + self.timeout.saturating_sub(waited);
        let task = bounded(self.pool.clone(), Arc::clone(&self.trust), deadline, work);
        let ended = self.tasks.spawn_on(task, &self.runtime).await;
        // Outside a request there is nothing to note: each piece of work stands alone.
        let _ = WAITED.try_with(|all| all.set(waited + begun.elapsed()));
        match ended {
            Ok(result) => result.map_err(Problem::from),
            Err(error) => {
                tracing::error!(%error, "work on the database did not finish");
                Err(Problem::internal())
            }
        }
    }

    /// Waits until all work under way is done.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Connections in use and open, and the most there may be, for the metrics.
    pub fn pool_use(&self) -> (usize, usize, usize) {
        let status = self.pool.status();
        (
            status.size.saturating_sub(status.available),
            status.size,
            status.max_size,
        )
    }
}

/// A connection from the pool, the work, and an end to both at the deadline.
async fn bounded<T, F>(
    pool: Pool<AsyncPgConnection>,
    trust: Arc<Trust>,
    deadline: Instant,
    work: F,
) -> Result<T, Failure>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    let mut connection = match timeout_at(deadline, pool.get()).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return Err(Failure::Unavailable(error.to_string())),
        Err(_) => {
            return Err(Failure::Unavailable(
                "no connection was free in time".to_owned(),
            ));
        }
    };
    let result = timeout_at(deadline, work(&mut connection)).await;
    result.unwrap_or_else(|_| {
        // Something is still under way on this connection: nobody may get it.
        drop(Object::take(connection));
        trust.doubt();
        Err(Failure::Unavailable(
            "the database did not answer in time".to_owned(),
        ))
    })
}

/// One transaction, recorded as `actor`'s.
pub async fn transaction<T, F>(
    connection: &mut Connection,
    actor: Actor,
    work: F,
) -> Result<T, Failure>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    connection
        .transaction(async move |connection: &mut Connection| {
            diesel::sql_query(
                "SELECT set_config('malbild.role', $1, true), \
                 set_config('malbild.key_id', $2, true), set_config('malbild.trace_id', $3, true)",
            )
            .bind::<Text, _>(actor.role)
            .bind::<Text, _>(actor.key_id.map(|id| id.to_string()).unwrap_or_default())
            .bind::<Text, _>(actor.trace_id.unwrap_or_default())
            .execute(connection)
            .await?;
            work(connection).await
        })
        .await
}
