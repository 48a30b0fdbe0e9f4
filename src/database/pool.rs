//! The pool: connections are asked for a sign of life before work gets one
//! that may be dead.
//!
//! A connection that was closed is noticed for nothing. One whose other end
//! vanished without a word is not, so a connection that nobody used for a
//! while, or that was last used before some work got no answer, is asked
//! first. One silent connection condemns all others of its age: otherwise each
//! of them would cost some request its time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel_async::pooled_connection::deadpool::{BuildError, Hook, HookError, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::time::timeout;

use super::Target;

/// A connection that nobody used for so long is asked first.
const IDLE: Duration = Duration::from_secs(1);
/// How long a connection may take to show that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);

/// Which connections are to be trusted (förtroende för anslutningar).
#[derive(Debug, Default)]
pub(super) struct Trust {
    moments: Mutex<Moments>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    /// What was last used before this is asked for a sign of life.
    doubted: Option<Instant>,
    /// What was last used before this is thrown away.
    condemned: Option<Instant>,
}

impl Trust {
    /// Some work got no answer in time.
    pub(super) fn doubt(&self) {
        self.set(|moments| moments.doubted = Some(Instant::now()));
    }

    fn condemn(&self) {
        self.set(|moments| moments.condemned = Some(Instant::now()));
    }

    fn set(&self, change: impl FnOnce(&mut Moments)) {
        change(&mut self.moments.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn moments(&self) -> Moments {
        *self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn check(
        &self,
        connection: &mut AsyncPgConnection,
        used: Instant,
    ) -> Result<(), &'static str> {
        let before = |moment: Option<Instant>| moment.is_some_and(|moment| used <= moment);
        let moments = self.moments();
        if before(moments.condemned) {
            return Err("as old as one that was found dead");
        }
        if used.elapsed() < IDLE && !before(moments.doubted) {
            return Ok(());
        }
        match timeout(SIGN_OF_LIFE, connection.batch_execute("SELECT 1")).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err("broken"),
            Err(_) => {
                self.condemn();
                Err("silent")
            }
        }
    }
}

/// A pool of at most `size` connections, opened when they are needed. No
/// statement on them goes on for longer than `limit`.
pub(super) fn pool(
    target: Arc<Target>,
    size: usize,
    limit: Duration,
    trust: Arc<Trust>,
) -> Result<Pool<AsyncPgConnection>, BuildError> {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| open(Arc::clone(&target), limit).boxed());
    let manager = AsyncDieselConnectionManager::new_with_config("", config);
    Pool::builder(manager)
        .max_size(size)
        .post_recycle(Hook::async_fn(move |connection, metrics| {
            let used = metrics.recycled.unwrap_or(metrics.created);
            let trust = Arc::clone(&trust);
            let check = async move { trust.check(connection, used).await };
            check.map(|sign| sign.map_err(HookError::message)).boxed()
        }))
        .build()
}

/// Opens a connection on which nothing waits for ever. PostgreSQL itself ends
/// a statement a little before its request is given up, so that the connection
/// stays good, and at once when nobody is there any more to hear the answer.
async fn open(target: Arc<Target>, limit: Duration) -> diesel::ConnectionResult<AsyncPgConnection> {
    let failed = |error: String| diesel::ConnectionError::BadConnection(error);
    let mut connection = target
        .diesel()
        .await
        .map_err(|error| failed(error.to_string()))?;
    let limit = limit.as_millis();
    connection
        .batch_execute(&format!(
            "SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
             SET idle_in_transaction_session_timeout = {limit}; SET timezone = 'UTC'"
        ))
        .await
        .map_err(|error| failed(error.to_string()))?;
    // Some systems cannot notice that a client is gone and refuse this.
    let noticing = "SET client_connection_check_interval = 500";
    if let Err(error) = connection.batch_execute(noticing).await {
        let error = error.to_string();
        tracing::debug!(error, "PostgreSQL does not notice clients that are gone");
    }
    Ok(connection)
}
