//! The SQL of achievements, and the rules between them and other rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{AchievementContent, AchievementRow};
use crate::database::failure::explain;
use crate::database::schema::achievements;
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::Problem;
use crate::resources::{NAMED, Outcome, Saved, assignments, goals};

/// The achievement with this key.
pub async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<AchievementRow>> {
    achievements::table
        .find(id)
        .select(AchievementRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The achievement with this key, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Option<AchievementRow>> {
    achievements::table
        .find(id)
        .select(AchievementRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The achievements of a goal in their order: by position, those without one
/// last, then by year and key.
pub async fn of_goal(
    connection: &mut Connection,
    goal_id: Uuid,
) -> QueryResult<Vec<AchievementRow>> {
    achievements::table
        .filter(achievements::goal_id.eq(goal_id))
        .order((
            achievements::position.asc().nulls_last(),
            achievements::year,
            achievements::achievement_id,
        ))
        .select(AchievementRow::as_select())
        .load(connection)
        .await
}

/// The first achievements of a goal, by key, as a 409 names them.
pub async fn named_of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<String>> {
    let found: Vec<Uuid> = achievements::table
        .filter(achievements::goal_id.eq(goal_id))
        .order(achievements::achievement_id)
        .select(achievements::achievement_id)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.iter().map(|id| format!("achievement {id}")).collect())
}

/// The first achievements of an assignment, by key, as a 409 names them.
pub async fn named_of_assignment(
    connection: &mut Connection,
    assignment_id: Uuid,
) -> QueryResult<Vec<String>> {
    let found: Vec<Uuid> = achievements::table
        .filter(achievements::assignment_id.eq(assignment_id))
        .order(achievements::achievement_id)
        .select(achievements::achievement_id)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.iter().map(|id| format!("achievement {id}")).collect())
}

/// Makes an achievement; `None` when the key was taken in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &AchievementContent,
) -> Result<Option<AchievementRow>, Failure> {
    diesel::insert_into(achievements::table)
        .values((achievements::achievement_id.eq(id), content))
        .on_conflict(achievements::achievement_id)
        .do_nothing()
        .returning(AchievementRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over an achievement, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: AchievementRow,
    content: AchievementContent,
) -> Result<Saved<AchievementRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(achievements::table.find(current.achievement_id))
        .set(content)
        .returning(AchievementRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes an achievement.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(achievements::table.find(id))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    let (pointer, what) = match constraint {
        "achievements_goal_id_fkey" => ("/goalId", "goal"),
        "achievements_assignment_id_fkey" => ("/assignmentId", "assignment"),
        _ => return None,
    };
    Some(Problem::unknown_reference(pointer, what))
}

/// Notes what of its references is not there; what is, is held until the
/// transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    content: &AchievementContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    if !faults.has("/goalId") && !goals::hold(connection, content.goal_id).await? {
        faults.add("/goalId", "unknownReference", "there is no such goal");
    }
    if let Some(id) = content.assignment_id
        && !assignments::hold(connection, id).await?
    {
        let detail = "there is no such assignment";
        faults.add("/assignmentId", "unknownReference", detail);
    }
    Ok(())
}
