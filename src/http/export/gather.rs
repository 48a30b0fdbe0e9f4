//! All rows of a list in memory: for a form that cannot be begun before the last of
//! them is known, and that has a limit for that reason.

use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tokio::time::timeout_at;

use crate::database::statement::Statement;
use crate::database::{Failure, Snapshot};
use crate::http::call::Call;
use crate::problem::Problem;

/// Reads the rows of `statement`, each of which `take` adds to `gathered`, until there
/// are no more or it answers false. Not on a thread that answers others, and only as
/// long as the client waits.
pub async fn gather<R, T>(
    call: &Call,
    mut snapshot: Snapshot,
    statement: Statement,
    mut gathered: T,
    take: fn(&mut T, R) -> bool,
) -> Result<(Snapshot, T), Problem>
where
    R: QueryableByName<Pg> + Send + 'static,
    T: Send + 'static,
{
    let (mut done, told) = oneshot::channel();
    call.service.database.spawn(async move {
        let ends = snapshot.ends();
        let work = async move {
            let mut rows = snapshot.rows::<R>(statement).await?;
            while let Some(row) = rows.next().await {
                if !take(&mut gathered, row?) {
                    break;
                }
            }
            drop(rows);
            Ok::<_, Failure>((snapshot, gathered))
        };
        let ended = tokio::select! {
            biased;
            () = done.closed() => return,
            ended = timeout_at(ends, work) => ended,
        };
        // Whoever has left in the meantime is told nothing.
        let _ = done.send(ended);
    });
    match told.await {
        Ok(Ok(Ok(gathered))) => Ok(gathered),
        Ok(Ok(Err(failure))) => Err(failure.into()),
        Ok(Err(_)) => Err(Problem::database_unavailable()),
        Err(_) => Err(Problem::internal()),
    }
}
