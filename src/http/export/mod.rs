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

pub use columns::{Column, Datatype, NO_COLUMNS, Tables};
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
    let (mut sink, pieces) = body::body(head.is_compressed(), call.service.exports.stalled());
    let database = &call.service.database;
    match request.form {
        Form::Csv => {
            sink.buffer = csv::header(&columns, dialect)?;
            match request.copied(&columns) {
                Some(statement) => {
                    let is_text = |column: &&Column| column.datatype == Datatype::Text;
                    let texts = columns.iter().map(is_text).collect();
                    database.spawn(copy(snapshot, statement, texts, dialect, sink));
                }
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
    match timeout(patience, body::next(&mut pieces)).await {
        Err(_) => Err(Failure::Unavailable("the first rows took too long".to_owned()).into()),
        Ok(Some(Err(problem))) => Err(problem),
        Ok(Some(Ok(first))) => Ok(head.streaming(body::stream(first, pieces))),
        Ok(None) => Ok(head.streaming(futures_util::stream::empty())),
    }
}

/// Writes one row after the other.
async fn rows<R, W>(mut snapshot: Snapshot, statement: Statement, mut write: W, mut sink: Sink)
where
    R: QueryableByName<Pg> + Send + 'static,
    W: FnMut(R, &mut Vec<u8>) -> Result<(), Problem> + Send,
{
    let (ends, left) = (snapshot.ends(), sink.left());
    let out = &mut sink;
    // The snapshot goes with the last row, however slowly the rest of the body is taken.
    let taken = async move {
        let mut all = snapshot.rows::<R>(statement).await?;
        while let Some(row) = all.next().await {
            write(row?, &mut out.buffer)?;
            if !out.pass_on().await {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let ended = timeout_at(ends, unless(left, taken)).await;
    finish(ended, sink, ends).await;
}

/// Passes on what PostgreSQL writes; `texts` tells which columns have text.
async fn copy(
    snapshot: Snapshot,
    statement: Statement,
    texts: Vec<bool>,
    dialect: Dialect,
    mut sink: Sink,
) {
    let (ends, left) = (snapshot.ends(), sink.left());
    let out = &mut sink;
    let taken = async move {
        let mut copied = snapshot.copy(&statement, dialect.separator()).await?;
        while let Some(row) = copied.next().await? {
            let row = row.strip_suffix(b"\n").unwrap_or(&row);
            csv::copied(row, &texts, dialect, &mut out.buffer);
            if !out.pass_on().await {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let ended = timeout_at(ends, unless(left, taken)).await;
    finish(ended, sink, ends).await;
}

/// The work, which tells whether all of it was passed on, or an end to it when the
/// client has left: the database may be at it for long before there is anything to
/// pass on.
async fn unless(
    left: impl Future<Output = ()>,
    work: impl Future<Output = Result<bool, Failure>>,
) -> Result<bool, Failure> {
    tokio::select! {
        done = work => done,
        () = left => Ok(false),
    }
}

type Ended = Result<Result<bool, Failure>, tokio::time::error::Elapsed>;

/// Ends the body: whole where all rows are passed on, cut off in every other case.
async fn finish(ended: Ended, sink: Sink, ends: Instant) {
    match ended {
        Ok(Ok(true)) => {
            // Past its age it is dropped, and so without its end.
            let _ = timeout_at(ends, sink.end()).await;
        }
        Ok(Ok(false)) => {
            tracing::info!("an export was cut off: its client left, or took nothing for long");
        }
        Ok(Err(failure)) => sink.cut(failure.into()),
        Err(_) => {
            tracing::warn!("an export became too old and was cut off");
            sink.cut(Problem::database_unavailable());
        }
    }
}
