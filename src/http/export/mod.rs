//! All rows of a list at once, unpaged: CSV and JSON line by line, written as they
//! are read, no faster than the client takes them.

mod body;
mod columns;
mod csv;
mod csvw;
mod few;
mod gather;
mod head;
mod swedish;

use actix_web::HttpResponse;
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use futures_util::StreamExt;
use serde::Serialize;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa::ToSchema;

pub use columns::{Column, Datatype, Tables};
pub use csv::{guarded, unguarded};
pub use few::Few;
pub use gather::gather;
pub use head::{Head, address};

use self::body::{Piece, Sink};
use super::call::Call;
use super::forms::{Dialect, Form};
use super::links::Root;
use super::list::ListRequest;
use crate::database::statement::Statement;
use crate::database::{Failure, Snapshot};
use crate::problem::Problem;

/// How many times the limit of a request the first rows of an export may take: all
/// of them may have to be put in order.
const FIRST_ROWS: u32 = 5;

/// The columns of the answer to this request: those of the members in `fields`, or
/// else those that the list has without.
pub fn columns_of<'a>(call: &'a Call, request: &ListRequest, schema: &str) -> Vec<&'a Column> {
    let columns = call.service.tables.of(schema).iter();
    let wanted = request.csv_members();
    let is_wanted = |column: &&Column| {
        wanted
            .as_ref()
            .is_none_or(|all| all.contains(&column.member))
    };
    columns.filter(is_wanted).collect()
}

/// Answers a list as CSV, as JSON line by line, or with what its columns mean.
pub async fn answer<R, T>(
    call: &Call,
    request: ListRequest,
    snapshot: Snapshot,
    item: fn(R, &Root) -> T,
) -> Result<HttpResponse, Problem>
where
    R: QueryableByName<Pg> + Send + 'static,
    T: Serialize + ToSchema + 'static,
{
    let columns = columns_of(call, &request, &T::name());
    let dialect = request.dialect;
    let head = Head::new(call, &request, &snapshot);
    if request.form == Form::Csvw {
        let about = csvw::metadata(
            &head.table(call, &request.query, request.key()),
            &columns,
            dialect,
        );
        let body = serde_json::to_vec(&about).map_err(|_| Problem::internal())?;
        return Ok(head.whole(call, body));
    }
    if let Some(answered) = head.without_body(call) {
        return Ok(answered);
    }
    let (mut sink, pieces) = body::body(head.is_compressed());
    let database = &call.service.database;
    match request.form {
        Form::Csv => {
            sink.buffer = csv::header(&columns, dialect)?;
            match request.copied(&columns) {
                Some(statement) => database.spawn(copy(snapshot, statement, dialect, sink)),
                None => {
                    let columns: Vec<Column> = columns.into_iter().cloned().collect();
                    let root = Root::clone(call.root());
                    let write = move |row: R, out: &mut Vec<u8>| {
                        let item = serde_json::to_value(item(row, &root));
                        let item = item.map_err(|_| Problem::internal())?;
                        let columns: Vec<&Column> = columns.iter().collect();
                        csv::row(&item, &columns, dialect, out)
                    };
                    database.spawn(rows(snapshot, request.all(), write, sink));
                }
            }
        }
        _ => {
            let root = Root::clone(call.root());
            let fields = request.fields.clone();
            let write = move |row: R, out: &mut Vec<u8>| {
                let item = item(row, &root);
                let written = if fields.names().is_none() {
                    serde_json::to_writer(&mut *out, &item)
                } else {
                    serde_json::to_value(&item)
                        .and_then(|whole| serde_json::to_writer(&mut *out, &fields.select(whole)))
                };
                written.map_err(|_| Problem::internal())?;
                out.push(b'\n');
                Ok(())
            };
            database.spawn(rows(snapshot, request.all(), write, sink));
        }
    }
    begin(call, &head, pieces).await
}

/// The answer, once the first rows are there: what fails before is a problem, what
/// fails later cuts the body off.
async fn begin(
    call: &Call,
    head: &Head,
    mut pieces: Receiver<Piece>,
) -> Result<HttpResponse, Problem> {
    let patience = call.service.database.timeout() * FIRST_ROWS;
    match timeout(patience, pieces.recv()).await {
        Err(_) => Err(Failure::Unavailable("the first rows took too long".to_owned()).into()),
        Ok(Some(Err(problem))) => Err(problem),
        Ok(first) => {
            let first = first.and_then(Result::ok).unwrap_or_default();
            Ok(head.streaming(body::stream(first, pieces)))
        }
    }
}

/// Writes one row after the other.
async fn rows<R, W>(mut snapshot: Snapshot, statement: Statement, mut write: W, mut sink: Sink)
where
    R: QueryableByName<Pg> + Send + 'static,
    W: FnMut(R, &mut Vec<u8>) -> Result<(), Problem> + Send,
{
    let (ends, left) = (snapshot.ends(), sink.left());
    let taken = async {
        let mut all = snapshot.rows::<R>(statement).await?;
        while let Some(row) = all.next().await {
            write(row?, &mut sink.buffer)?;
            if !sink.pass_on().await {
                break;
            }
        }
        Ok(())
    };
    let ended = timeout_at(ends, unless(left, taken)).await;
    finish(ended, sink, ends).await;
}

/// Passes on what PostgreSQL writes, each row with the line end of RFC 4180.
async fn copy(snapshot: Snapshot, statement: Statement, dialect: Dialect, mut sink: Sink) {
    let (ends, left) = (snapshot.ends(), sink.left());
    let taken = async {
        let mut copied = snapshot.copy(&statement, dialect.separator()).await?;
        while let Some(row) = copied.next().await? {
            let row = row.strip_suffix(b"\n").unwrap_or(&row);
            sink.buffer.extend_from_slice(row);
            sink.buffer.extend_from_slice(b"\r\n");
            if !sink.pass_on().await {
                break;
            }
        }
        Ok(())
    };
    let ended = timeout_at(ends, unless(left, taken)).await;
    finish(ended, sink, ends).await;
}

/// The work, or an end to it when the client has left: the database may be at it for
/// long before there is anything to pass on.
async fn unless(
    left: impl Future<Output = ()>,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::select! {
        done = work => done,
        () = left => Ok(()),
    }
}

type Ended = Result<Result<(), Failure>, tokio::time::error::Elapsed>;

/// Ends the body: whole, or cut off where something failed or time is up.
async fn finish(ended: Ended, sink: Sink, ends: Instant) {
    match ended {
        // Nobody is there any more, where the client left.
        Ok(Ok(())) => {
            let _ = timeout_at(ends, sink.end()).await;
        }
        Ok(Err(failure)) => sink.cut(failure.into()).await,
        Err(_) => {
            tracing::warn!("an export became too old and was cut off");
            sink.cut(Problem::database_unavailable()).await;
        }
    }
}
