//! The transactions that work runs in.

use std::time::Duration;

use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::statement::{SqlValue, Statement};
use super::{Connection, Failure, Work};

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
            let set = |name: &str, value: String| {
                Statement::new(format!("set_config('malbild.{name}', "))
                    .value(SqlValue::Text(value))
                    .sql(", true)")
            };
            let key_id = actor.key_id.map(|id| id.to_string());
            Statement::new("SELECT ")
                .then(set("role", actor.role.to_owned()))
                .sql(", ")
                .then(set("key_id", key_id.unwrap_or_default()))
                .sql(", ")
                .then(set("trace_id", actor.trace_id.unwrap_or_default()))
                .execute(connection)
                .await?;
            work(connection).await
        })
        .await
}

/// Work in a transaction whose statements, and waits for locks, may take as long as
/// all of it. PostgreSQL ends them a little before, so that the connection stays good.
pub(super) async fn allowed<T, F>(
    connection: &mut Connection,
    limit: Duration,
    work: F,
) -> Result<T, Failure>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    let limit = limit.mul_f32(0.9).as_millis();
    let set = format!("SET LOCAL statement_timeout = {limit}; SET LOCAL lock_timeout = {limit}");
    connection.batch_execute(&set).await?;
    work(connection).await
}

/// Work that only reads, all of it from one snapshot.
pub async fn snapshot<T, F>(connection: &mut Connection, work: F) -> Result<T, Failure>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    connection
        .build_transaction()
        .read_only()
        .repeatable_read()
        .run(async move |connection: &mut Connection| work(connection).await)
        .await
}
