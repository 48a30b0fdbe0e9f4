//! Reading the tables as they were. In the schema `past` there is a view for
//! each of them, of the same name: it shows what the commits up to
//! `malbild.past_position` left. Work whose connection looks there first reads
//! the past by the very statements that read the present.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use super::statement::{SqlValue, Statement};
use super::{Connection, Failure, Work};
use crate::problem::Problem;

#[derive(QueryableByName)]
struct Clock {
    #[diesel(sql_type = Bool)]
    is_over: bool,
}

/// Runs work on the tables as the commits until `moment` left them.
pub(super) async fn read<T, F>(
    connection: &mut Connection,
    moment: DateTime<Utc>,
    work: F,
) -> Result<T, Failure>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
{
    settle(connection, moment).await?;
    connection
        .build_transaction()
        .read_only()
        .repeatable_read()
        .run(async move |connection: &mut Connection| {
            turn_to(connection, moment).await?;
            work(connection).await
        })
        .await
}

/// Waits until every commit that has a time up to `moment` is visible; 400 where
/// others may get such a time yet.
///
/// A commit gets its time under the lock of `place_change_set` and keeps the lock
/// until it is visible. So whoever has had the lock after the moment, by the clock
/// that those times are of, has nothing more to wait for.
pub(super) async fn settle(
    connection: &mut Connection,
    moment: DateTime<Utc>,
) -> Result<(), Failure> {
    // After a commit with a later time none gets an earlier one.
    let clock: Clock = Statement::new("SELECT CASE WHEN (SELECT committed_at > ")
        .value(SqlValue::Moment(moment))
        .sql(" FROM public.record_head) THEN true ELSE (SELECT clock_timestamp() > ")
        .value(SqlValue::Moment(moment))
        .sql(" FROM pg_advisory_xact_lock_shared(6221338910451761)) END AS is_over")
        .get_result(connection)
        .await?;
    if clock.is_over {
        Ok(())
    } else {
        Err(future().into())
    }
}

/// Turns the transaction to the past, by its first statement: the one that takes
/// the snapshot.
pub(super) async fn turn_to(
    connection: &mut Connection,
    moment: DateTime<Utc>,
) -> Result<(), Failure> {
    Statement::new(
        "SELECT set_config('malbild.past_position', coalesce((
                    SELECT commit_position FROM public.change_sets WHERE committed_at <= ",
    )
    .value(SqlValue::Moment(moment))
    .sql(
        " ORDER BY committed_at DESC, commit_position DESC LIMIT 1), 0)::text, true),
                set_config('search_path', 'past, public', true)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The moment that is asked for is not over.
pub fn future() -> Problem {
    Problem::query(
        "asOf is in the future; a date means the end of that day in Sweden, so for today leave asOf out or send a time",
    )
}
