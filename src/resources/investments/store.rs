//! The SQL of investments, and the rules between them and other rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{InvestmentContent, InvestmentRow};
use crate::database::failure::explain;
use crate::database::schema::investments;
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::Problem;
use crate::resources::{NAMED, Outcome, Saved, boards, goals};

/// The investment with this key.
pub async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<InvestmentRow>> {
    investments::table
        .find(id)
        .select(InvestmentRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The investment with this key, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Option<InvestmentRow>> {
    investments::table
        .find(id)
        .select(InvestmentRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The investments of a goal, by year and title.
pub async fn of_goal(
    connection: &mut Connection,
    goal_id: Uuid,
) -> QueryResult<Vec<InvestmentRow>> {
    investments::table
        .filter(investments::goal_id.eq(goal_id))
        .order((
            investments::year,
            investments::title,
            investments::investment_id,
        ))
        .select(InvestmentRow::as_select())
        .load(connection)
        .await
}

/// Which of these goals have an investment.
pub async fn goals_among(connection: &mut Connection, goals: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    investments::table
        .filter(investments::goal_id.eq_any(goals))
        .select(investments::goal_id)
        .distinct()
        .load(connection)
        .await
}

/// The first investments of a goal, by key, as a 409 names them.
pub async fn named_of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<String>> {
    let found: Vec<Uuid> = investments::table
        .filter(investments::goal_id.eq(goal_id))
        .order(investments::investment_id)
        .select(investments::investment_id)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.iter().map(|id| format!("investment {id}")).collect())
}

/// The first investments of a board, by key, as a 409 names them.
pub async fn named_of_board(
    connection: &mut Connection,
    board_id: &str,
) -> QueryResult<Vec<String>> {
    let found: Vec<Uuid> = investments::table
        .filter(investments::board_id.eq(board_id))
        .order(investments::investment_id)
        .select(investments::investment_id)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.iter().map(|id| format!("investment {id}")).collect())
}

/// Makes an investment; `None` when the key was taken in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &InvestmentContent,
) -> Result<Option<InvestmentRow>, Failure> {
    diesel::insert_into(investments::table)
        .values((investments::investment_id.eq(id), content))
        .on_conflict(investments::investment_id)
        .do_nothing()
        .returning(InvestmentRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over an investment, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: InvestmentRow,
    content: InvestmentContent,
) -> Result<Saved<InvestmentRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(investments::table.find(current.investment_id))
        .set(content)
        .returning(InvestmentRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes an investment.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(investments::table.find(id))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    let (pointer, what) = match constraint {
        "investments_goal_id_fkey" => ("/goalId", "goal"),
        "investments_board_id_fkey" => ("/boardId", "board"),
        _ => return None,
    };
    Some(Problem::unknown_reference(pointer, what))
}

/// Notes what of its references is not there; what is, is held until the
/// transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    content: &InvestmentContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    if !faults.has("/goalId") && !goals::hold(connection, content.goal_id).await? {
        faults.add("/goalId", "unknownReference", "there is no such goal");
    }
    if let Some(board) = content.board_id.clone().filter(|_| !faults.has("/boardId"))
        && boards::hold(connection, &[board]).await?.is_empty()
    {
        faults.add("/boardId", "unknownReference", "there is no such board");
    }
    Ok(())
}
