//! PostgreSQL: the pool, the migrations, and the one way in which a request
//! reads or writes.

pub mod connect;
mod export;
pub mod failure;
pub mod migrate;
mod past;
mod pool;
pub mod private;
pub mod record;
pub mod schema;
pub mod statement;
#[cfg(test)]
mod test_folder;
pub mod text_enum;
mod transaction;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

pub use connect::Target;
pub use export::{Copied, Exports, Snapshot, Version};
pub use failure::Failure;
pub use past::future;
pub use transaction::{Actor, snapshot, transaction};

use self::pool::Trust;
use self::record::Following;
use self::transaction::allowed;
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

/// The database as requests use it.
///
/// All work runs as a task: a client that goes away cannot cut it, so that a
/// connection is never given back with something under way on it. A read runs on
/// its request's own thread and on connections of that worker's own, since waking
/// another thread costs more than most reads. A write runs on the main runtime,
/// where a stop waits for it, and so does a read of the past. All work of one
/// request ends within the timeout, whatever the database does.
#[derive(Clone)]
pub struct Database {
    reads: Arc<Connections>,
    writes: Connections,
    past: Option<Connections>,
    readers: Arc<Mutex<Vec<Weak<Connections>>>>,
    target: Arc<Target>,
    trust: Arc<Trust>,
    size: usize,
    runtime: Handle,
    tasks: TaskTracker,
    timeout: Duration,
}

/// A pool of connections.
type Connections = Pool<AsyncPgConnection>;

impl Database {
    /// `size` connections to `target`, two at least, opened when they are needed:
    /// half of them for reads, the rest for writes and, an eighth, for reading
    /// the past; two or three have none to spare, and the past is read on those
    /// for writes. Must be called on the runtime that is to do the writes.
    pub fn new(target: Arc<Target>, size: usize, timeout: Duration) -> Result<Self, String> {
        let trust = Arc::new(Trust::default());
        let half = (size / 2).max(1);
        let eighth = (size / 8).max(1).min(half - 1);
        let writes = connections(&target, half - eighth, timeout, &trust)?;
        let past = match eighth {
            0 => None,
            some => Some(connections(&target, some, timeout, &trust)?),
        };
        Ok(Self {
            reads: Arc::new(writes.clone()),
            readers: Arc::default(),
            writes,
            past,
            target,
            trust,
            size,
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            timeout,
        })
    }

    /// Follows the end of the record of changes, on a connection of its own.
    pub fn follow(&self) -> Following {
        let _on = self.runtime.enter();
        Following::start(Arc::clone(&self.target))
    }

    /// How long all work of one request may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many workers should read: as many as there are processors, but each
    /// with two connections at least, where there are so many.
    pub fn workers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        cores.min((self.size / 4).max(1))
    }

    /// The same database with connections for the reads of one worker.
    pub fn for_worker(&self) -> Result<Self, String> {
        let reading = self.size - (self.size / 2).max(1);
        let mine = (reading / self.workers()).max(1);
        let reads = connections(&self.target, mine, self.timeout, &self.trust)?;
        let reads = Arc::new(reads);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.push(Arc::downgrade(&reads));
        drop(readers);
        Ok(Self {
            reads,
            ..self.clone()
        })
    }

    /// Runs work that only reads.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run(&self.reads, &Handle::current(), work).await
    }

    /// Runs work that only reads, all of it from one snapshot: every statement
    /// sees the same commits and no others. For answers made of several reads.
    pub async fn read_snapshot<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run(&self.reads, &Handle::current(), move |connection| {
            snapshot(connection, work).boxed()
        })
        .await
    }

    /// Runs work that only reads, all of it from one snapshot of the tables as
    /// the commits until `moment` left them: the same work as of now, and always
    /// with the same result. 400 for a moment that is not over.
    ///
    /// It has connections of its own. So no statement is planned now for the
    /// tables and now for their past, and long readings of the past keep nobody
    /// else waiting.
    pub async fn read_past<T, F>(&self, moment: DateTime<Utc>, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        let connections = self.past.as_ref().unwrap_or(&self.writes);
        self.run(connections, &self.runtime, move |connection| {
            past::read(connection, moment, work).boxed()
        })
        .await
    }

    /// Runs work in one transaction that is recorded as `actor`'s. When this
    /// answers `Ok`, the transaction has been committed.
    pub async fn write<T, F>(&self, actor: Actor, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run(&self.writes, &self.runtime, move |connection| {
            transaction(connection, actor, work).boxed()
        })
        .await
    }

    /// The same for work that may take longer: `limit` instead of the timeout, once
    /// it has a connection. `held` is let go when the transaction has ended, whether
    /// somebody waits for it or not.
    pub async fn write_within<T, F, H>(
        &self,
        actor: Actor,
        limit: Duration,
        held: H,
        work: F,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        H: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        let longer = Some(limit);
        self.run_within(&self.writes, &self.runtime, longer, move |connection| {
            let ended = transaction(connection, actor, move |connection| {
                allowed(connection, limit, work).boxed()
            });
            ended.inspect(move |_| drop(held)).boxed()
        })
        .await
    }

    /// How many loads may be under way at once, so that other writes find a
    /// connection.
    pub fn most_loads(&self) -> usize {
        (self.size / 2).saturating_sub(1).clamp(1, 2)
    }

    async fn run<T, F>(
        &self,
        connections: &Connections,
        runtime: &Handle,
        work: F,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        self.run_within(connections, runtime, None, work).await
    }

    async fn run_within<T, F>(
        &self,
        connections: &Connections,
        runtime: &Handle,
        longer: Option<Duration>,
        work: F,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        let waited = WAITED.try_with(Cell::get).unwrap_or_default();
        let begun = Instant::now();
        let patience = begun + self.timeout.saturating_sub(waited);
        let deadline = longer.map_or(patience, |limit| begun + limit);
        let deadlines = [patience.min(deadline), deadline];
        let task = bounded(
            connections.clone(),
            Arc::clone(&self.trust),
            deadlines,
            work,
        );
        let ended = self.tasks.spawn_on(task, runtime).await;
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
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reads| reads.upgrade().is_some());
        let reads = readers.iter().filter_map(Weak::upgrade);
        let mut counts = (0, 0, 0);
        for status in reads
            .map(|reads| reads.status())
            .chain([self.writes.status()])
            .chain(self.past.as_ref().map(|past| past.status()))
        {
            counts.0 += status.size.saturating_sub(status.available);
            counts.1 += status.size;
            counts.2 += status.max_size;
        }
        counts
    }
}

fn connections(
    target: &Arc<Target>,
    size: usize,
    timeout: Duration,
    trust: &Arc<Trust>,
) -> Result<Connections, String> {
    let (target, trust) = (Arc::clone(target), Arc::clone(trust));
    pool::pool(target, size, timeout.mul_f32(0.9), trust)
        .map_err(|error| format!("the connection pool cannot be made: {error}"))
}

/// A connection from the pool until the first deadline, the work, and an end to
/// both at the second.
async fn bounded<T, F>(
    pool: Connections,
    trust: Arc<Trust>,
    [patience, deadline]: [Instant; 2],
    work: F,
) -> Result<T, Failure>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    let mut connection = match timeout_at(patience, pool.get()).await {
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
