//! The SQL of boards, and what refers to them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{BoardContent, BoardRow};
use crate::auth::keys;
use crate::database::failure::explain;
use crate::database::schema::boards;
use crate::database::{Connection, Failure};
use crate::problem::{Fault, Problem};
use crate::resources::{Outcome, Saved, assignments, indicators, investments, reports};

/// The boards among `ids` that are there, held until the transaction ends.
pub async fn hold(connection: &mut Connection, ids: &[String]) -> QueryResult<Vec<String>> {
    boards::table
        .filter(boards::board_id.eq_any(ids))
        .select(boards::board_id)
        .for_key_share()
        .load(connection)
        .await
}

/// Holds a board as it is until the transaction ends; whether it is there.
pub async fn hold_as_is(connection: &mut Connection, id: &str) -> QueryResult<bool> {
    let found: Option<String> = boards::table
        .find(id)
        .select(boards::board_id)
        .for_share()
        .first(connection)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// The board with this key.
pub async fn find(connection: &mut Connection, id: &str) -> QueryResult<Option<BoardRow>> {
    boards::table
        .find(id)
        .select(BoardRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The board with this key, held for a change until the transaction ends.
pub(super) async fn lock(connection: &mut Connection, id: &str) -> QueryResult<Option<BoardRow>> {
    boards::table
        .find(id)
        .select(BoardRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
pub(super) async fn lock_to_delete(
    connection: &mut Connection,
    id: &str,
) -> QueryResult<Option<BoardRow>> {
    boards::table
        .find(id)
        .select(BoardRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// The keys and names of all boards.
pub async fn names(connection: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    boards::table
        .order(boards::board_id)
        .select((boards::board_id, boards::name))
        .load(connection)
        .await
}

/// Makes a board; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: &str,
    content: &BoardContent,
) -> Result<Option<BoardRow>, Failure> {
    diesel::insert_into(boards::table)
        .values((boards::board_id.eq(id), content))
        .on_conflict(boards::board_id)
        .do_nothing()
        .returning(BoardRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

pub(super) async fn replace(
    connection: &mut Connection,
    current: BoardRow,
    content: BoardContent,
) -> Result<Saved<BoardRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(boards::table.find(&current.board_id))
        .set(content)
        .returning(BoardRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

fn told(constraint: &str) -> Option<Problem> {
    (constraint == "boards_successor_board_id_fkey").then(|| {
        Problem::invalid(vec![Fault::new(
            "/successorBoardId",
            "unknownReference",
            "there is no such board",
        )])
    })
}

/// Deletes a board.
pub(super) async fn delete(connection: &mut Connection, id: &str) -> QueryResult<usize> {
    diesel::delete(boards::table.find(id))
        .execute(connection)
        .await
}

/// What refers to a board: boards that it succeeds, assignments that it gave
/// or that name it, indicators that it answers for, reports, investments, and keys.
pub(super) async fn referrers(connection: &mut Connection, id: &str) -> QueryResult<Vec<String>> {
    let succeeded: Vec<String> = boards::table
        .filter(boards::successor_board_id.eq(id))
        .order(boards::board_id)
        .select(boards::board_id)
        .load(connection)
        .await?;
    let assignments = assignments::of_board(connection, id).await?;
    let indicators = indicators::of_board(connection, id).await?;
    let keys = keys::of_board(connection, id).await?;
    let succeeded = succeeded.into_iter().map(|id| format!("board {id}"));
    let assignments = assignments.into_iter().map(|id| format!("assignment {id}"));
    let indicators = indicators.iter().map(|code| format!("indicator {code}"));
    let keys = keys.into_iter().map(|id| format!("API key {id}"));
    let mut all: Vec<String> = succeeded.chain(assignments).chain(indicators).collect();
    all.extend(reports::named_of_board(connection, id).await?);
    all.extend(investments::named_of_board(connection, id).await?);
    all.extend(keys);
    Ok(all)
}
