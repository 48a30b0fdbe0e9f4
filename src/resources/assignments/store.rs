//! The SQL of assignments, and the rules between them and other rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{AssignmentContent, AssignmentRow};
use crate::database::failure::explain;
use crate::database::schema::assignments;
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::Problem;
use crate::resources::{Outcome, Saved, achievements, boards, goals, reports};

/// The assignment with this key.
pub async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<AssignmentRow>> {
    assignments::table
        .find(id)
        .select(AssignmentRow::as_select())
        .first(connection)
        .await
        .optional()
}

pub(super) async fn lock(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Option<AssignmentRow>> {
    assignments::table
        .find(id)
        .select(AssignmentRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
pub(super) async fn lock_to_delete(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Option<AssignmentRow>> {
    assignments::table
        .find(id)
        .select(AssignmentRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds an assignment in place until the transaction ends; whether it is there.
pub async fn hold(connection: &mut Connection, id: Uuid) -> QueryResult<bool> {
    let found: Option<Uuid> = assignments::table
        .find(id)
        .select(assignments::assignment_id)
        .for_key_share()
        .first(connection)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Holds assignments, each with its goal, as they are until the transaction
/// ends. Answers those that are there, by key, with their goals' keys.
///
/// The goals are held first, as an import of a document holds them, and rows of
/// one kind in the order of their keys: so nobody waits in a circle.
pub async fn hold_as_is(
    connection: &mut Connection,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    let query = || {
        assignments::table
            .filter(assignments::assignment_id.eq_any(ids))
            .order(assignments::assignment_id)
            .select((assignments::assignment_id, assignments::goal_id))
    };
    let mut found: Vec<(Uuid, Uuid)> = query().load(connection).await?;
    loop {
        let goals: Vec<Uuid> = found.iter().map(|(_, goal)| *goal).collect();
        goals::hold_as_is(connection, &goals).await?;
        let held: Vec<(Uuid, Uuid)> = query().for_share().load(connection).await?;
        if held.iter().all(|(_, goal)| goals.contains(goal)) {
            return Ok(held);
        }
        // One went under another goal before it was held; now it stays there.
        found = held;
    }
}

/// What refers to an assignment: reports on it, and achievements.
pub(super) async fn referrers(connection: &mut Connection, id: Uuid) -> QueryResult<Vec<String>> {
    let mut all = reports::named_of_assignment(connection, id).await?;
    all.extend(achievements::named_of_assignment(connection, id).await?);
    Ok(all)
}

/// The assignments under a goal, held until the transaction ends.
pub async fn of_goal(
    connection: &mut Connection,
    goal_id: Uuid,
) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::goal_id.eq(goal_id))
        .order(assignments::assignment_id)
        .select(AssignmentRow::as_select())
        .for_no_key_update()
        .load(connection)
        .await
}

/// The assignments under these goals, by title and key.
pub async fn listed_of_goals(
    connection: &mut Connection,
    goals: &[Uuid],
) -> QueryResult<Vec<AssignmentRow>> {
    assignments::table
        .filter(assignments::goal_id.eq_any(goals))
        .order((assignments::title, assignments::assignment_id))
        .select(AssignmentRow::as_select())
        .load(connection)
        .await
}

/// The keys of the assignments under a goal.
pub async fn keys_of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<Uuid>> {
    assignments::table
        .filter(assignments::goal_id.eq(goal_id))
        .order(assignments::assignment_id)
        .select(assignments::assignment_id)
        .load(connection)
        .await
}

/// The keys of the assignments that a board gave or that name it.
pub async fn of_board(connection: &mut Connection, board_id: &str) -> QueryResult<Vec<Uuid>> {
    let gave = assignments::origin_board_id.eq(board_id);
    assignments::table
        .filter(gave.or(assignments::board_ids.contains(vec![board_id])))
        .order(assignments::assignment_id)
        .select(assignments::assignment_id)
        .load(connection)
        .await
}

/// Makes an assignment; `None` when the key was taken in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &AssignmentContent,
) -> Result<Option<AssignmentRow>, Failure> {
    diesel::insert_into(assignments::table)
        .values((assignments::assignment_id.eq(id), content))
        .on_conflict(assignments::assignment_id)
        .do_nothing()
        .returning(AssignmentRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over an assignment, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: AssignmentRow,
    content: AssignmentContent,
) -> Result<Saved<AssignmentRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(assignments::table.find(current.assignment_id))
        .set(content)
        .returning(AssignmentRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes an assignment.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(assignments::table.find(id))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    let (pointer, what) = match constraint {
        "assignments_goal_id_fkey" => ("/goalId", "goal"),
        "assignments_origin_board_id_fkey" => ("/originBoardId", "board"),
        "assignments_board_ids_fkey" => ("/boardIds", "board"),
        _ => return None,
    };
    Some(Problem::unknown_reference(pointer, what))
}

/// Notes what of its references is not there; what is, is held until the
/// transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    content: &AssignmentContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    if !faults.has("/goalId") && !goals::hold(connection, content.goal_id).await? {
        faults.add("/goalId", "unknownReference", "there is no such goal");
    }
    let mut wanted: Vec<String> = content
        .board_ids
        .iter()
        .chain(&content.origin_board_id)
        .cloned()
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found = if wanted.is_empty() {
        Vec::new()
    } else {
        boards::hold(connection, &wanted).await?
    };
    for (index, id) in content.board_ids.iter().enumerate() {
        let pointer = format!("/boardIds/{index}");
        if !faults.has(&pointer) && !found.contains(id) {
            faults.add(
                pointer,
                "unknownReference",
                format!("there is no board {id}"),
            );
        }
    }
    if let Some(id) = content
        .origin_board_id
        .as_ref()
        .filter(|id| !found.contains(id))
    {
        faults.add(
            "/originBoardId",
            "unknownReference",
            format!("there is no board {id}"),
        );
    }
    Ok(())
}
