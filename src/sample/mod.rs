//! The sample (exempeldata): Östersund's goals for 2023 and 2024 as facts, the
//! boards that every municipality has by law, examples that say so, key figures
//! with their values (Källa: Kolada), and the targets that the goals' texts set.
//!
//! Everything in it has a key of its own, so that loading it twice makes
//! nothing twice, and taking it away takes nothing else.

mod content;
mod figures;
mod follow_up;
mod remove;
mod targets;

use diesel::result::QueryResult;

pub use remove::{Removed, remove};

use crate::database::{Connection, Failure};
use crate::resources::{assignments, boards, budgets, goals};

/// The role under which the sample's changes are recorded.
pub const ROLE: &str = "sample";

/// Whether the database has no budget, so that a sample disturbs nobody.
pub async fn is_empty(connection: &mut Connection) -> QueryResult<bool> {
    Ok(!budgets::any(connection).await?)
}

/// Loads what of the sample is not there. Answers how many rows it made. A row
/// that is there is left as it is, and so is a goal that somebody made with the
/// same number, name or statement; what stands under such a goal is left out.
pub async fn load(connection: &mut Connection) -> Result<usize, Failure> {
    let mut made = 0;
    for (year, budget) in content::budgets() {
        made += usize::from(budgets::insert(connection, year, &budget).await?.is_some());
    }
    for (id, board) in content::boards() {
        made += usize::from(boards::insert(connection, id, &board).await?.is_some());
    }
    for (id, goal) in content::goals() {
        if !has_like(connection, &goal).await? && predecessors_are_there(connection, &goal).await? {
            made += usize::from(goals::insert(connection, id, &goal).await?.is_some());
        }
    }
    for (id, assignment) in content::assignments() {
        let wanted = goals::find(connection, assignment.goal_id).await?.is_some();
        if wanted && assignments::find(connection, id).await?.is_none() {
            made += usize::from(
                assignments::insert(connection, id, &assignment)
                    .await?
                    .is_some(),
            );
        }
    }
    made += figures::load(connection).await?;
    made += targets::load(connection).await?;
    made += follow_up::load(connection).await?;
    Ok(made)
}

/// Whether the goal's year has a goal that a document would take for this one.
async fn has_like(connection: &mut Connection, goal: &goals::GoalContent) -> QueryResult<bool> {
    let there = goals::of_year(connection, goal.budget_year).await?;
    Ok(there.iter().any(|row| {
        let like = &row.content;
        (goal.number.is_some() && like.number == goal.number)
            || (goal.name.is_some() && like.name == goal.name)
            || like.statement == goal.statement
    }))
}

async fn predecessors_are_there(
    connection: &mut Connection,
    goal: &goals::GoalContent,
) -> QueryResult<bool> {
    for id in &goal.predecessor_ids {
        if !goals::hold(connection, *id).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
