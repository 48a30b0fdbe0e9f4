//! Whom an assignment addresses: the boards that it names or, where it is for
//! all boards, those that "all" means.

use diesel::deserialize::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::database::Connection;
use crate::database::statement::{SqlValue, Statement};

/// SQL for what makes a board `b` one of "all boards" for a goal `g`: it is of
/// kind executiveBoard, board or committee, and its validity covers the whole
/// budget year.
const ONE_OF_ALL: &str = "b.kind IN ('executiveBoard', 'board', 'committee') \
     AND coalesce(b.valid_from, '-infinity') <= make_date(g.budget_year, 1, 1) \
     AND coalesce(b.valid_to, 'infinity') >= make_date(g.budget_year, 12, 31)";

/// SQL that joins each assignment `a` with its goal `g` and every board `b` that
/// it addresses.
fn with_boards() -> String {
    format!(
        "assignments a JOIN goals g USING (goal_id) \
         JOIN boards b ON b.board_id = ANY (a.board_ids) OR (a.all_boards AND {ONE_OF_ALL})"
    )
}

/// A board that an assignment addresses (mottagande nämnd).
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct AddressedBoard {
    /// The key.
    #[diesel(sql_type = Text)]
    pub board_id: String,
    /// The name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// The condition for assignments that address one of these boards: those that
/// name it and, unless `named` alone are wanted, those to all boards when it
/// is a board that "all" means.
pub(super) fn addressing(boards: Vec<String>, named: bool) -> Statement {
    let names = Statement::new("board_ids && ").value(SqlValue::Texts(boards.clone()));
    if named {
        return names;
    }
    Statement::new("(")
        .then(names)
        .sql(format!(
            " OR (all_boards AND EXISTS (SELECT FROM boards b, goals g \
             WHERE g.goal_id = assignments.goal_id AND {ONE_OF_ALL} AND b.board_id = ANY ("
        ))
        .value(SqlValue::Texts(boards))
        .sql("))))")
}

/// The boards that an assignment addresses, by name.
pub async fn addressed_boards(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Vec<AddressedBoard>> {
    Statement::new(format!(
        "SELECT b.board_id, b.name FROM {} WHERE a.assignment_id = ",
        with_boards()
    ))
    .value(SqlValue::Uuid(id))
    .sql(" ORDER BY b.name, b.board_id")
    .load(connection)
    .await
}

/// A board that has not reported on an assignment that addresses it (tyst nämnd).
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct SilentBoardRow {
    /// The assignment's goal.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub goal_id: Uuid,
    /// The assignment.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub assignment_id: Uuid,
    /// The board.
    #[diesel(sql_type = Text)]
    pub board_id: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub board_name: String,
}

/// The boards that have no report for `year` on an assignment under these goals
/// that addresses them, by the assignment's title; nobody is asked of one that
/// is cancelled.
pub async fn silent_boards(
    connection: &mut Connection,
    goals: &[Uuid],
    year: i32,
) -> QueryResult<Vec<SilentBoardRow>> {
    Statement::new(format!(
        "SELECT a.goal_id, a.assignment_id, b.board_id, b.name AS board_name FROM {} \
         WHERE a.status <> 'cancelled' AND NOT EXISTS (SELECT FROM reports r \
               WHERE r.assignment_id = a.assignment_id AND r.board_id = b.board_id AND r.year = ",
        with_boards()
    ))
    .value(SqlValue::Integer(year))
    .sql(") AND a.goal_id = ANY (")
    .value(SqlValue::Uuids(goals.to_vec()))
    .sql(") ORDER BY a.title, a.assignment_id, b.board_id")
    .load(connection)
    .await
}

/// Whether an assignment addresses a board.
pub async fn addresses(connection: &mut Connection, id: Uuid, board_id: &str) -> QueryResult<bool> {
    found(connection, id, addressing(vec![board_id.to_owned()], false)).await
}

/// Whether an assignment was given by a board or addresses it.
pub async fn concerns(connection: &mut Connection, id: Uuid, board_id: &str) -> QueryResult<bool> {
    let board = SqlValue::Text(board_id.to_owned());
    let condition = Statement::new("(origin_board_id = ")
        .value(board)
        .sql(" OR ")
        .then(addressing(vec![board_id.to_owned()], false))
        .sql(")");
    found(connection, id, condition).await
}

async fn found(connection: &mut Connection, id: Uuid, condition: Statement) -> QueryResult<bool> {
    let count = Statement::new("SELECT FROM assignments WHERE assignment_id = ")
        .value(SqlValue::Uuid(id))
        .sql(" AND ")
        .then(condition)
        .execute(connection)
        .await?;
    Ok(count > 0)
}
