//! The SQL of assessments.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{AssessmentContent, AssessmentKey, AssessmentRow};
use crate::database::failure::explain;
use crate::database::schema::assessments;
use crate::database::{Connection, Failure};
use crate::problem::Problem;
use crate::resources::{NAMED, Outcome, Period, Saved};

/// The assessment with this key.
pub async fn find(
    connection: &mut Connection,
    key: &AssessmentKey,
) -> QueryResult<Option<AssessmentRow>> {
    assessments::table
        .find((key.goal_id, key.year, key.period))
        .select(AssessmentRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The assessment with this key, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    key: &AssessmentKey,
) -> QueryResult<Option<AssessmentRow>> {
    assessments::table
        .find((key.goal_id, key.year, key.period))
        .select(AssessmentRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The latest assessment of a goal: of the last year, and there of the last
/// period (T1, T2, annual).
pub async fn latest_of_goal(
    connection: &mut Connection,
    goal_id: Uuid,
) -> QueryResult<Option<AssessmentRow>> {
    // The periods' words are in the order of the year, and kept by their bytes.
    assessments::table
        .filter(assessments::goal_id.eq(goal_id))
        .order((assessments::year.desc(), assessments::period.desc()))
        .select(AssessmentRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The first assessments of a goal, by key, as a 409 names them.
pub async fn named_of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<String>> {
    let found: Vec<(i32, Period)> = assessments::table
        .filter(assessments::goal_id.eq(goal_id))
        .order((assessments::year, assessments::period))
        .select((assessments::year, assessments::period))
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    let named =
        |(year, period): (i32, Period)| format!("assessment {goal_id}/{year}/{}", period.word());
    Ok(found.into_iter().map(named).collect())
}

/// Makes an assessment; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    key: &AssessmentKey,
    content: &AssessmentContent,
) -> Result<Option<AssessmentRow>, Failure> {
    let columns = (
        assessments::goal_id.eq(key.goal_id),
        assessments::year.eq(key.year),
        assessments::period.eq(key.period),
    );
    diesel::insert_into(assessments::table)
        .values((columns, content))
        .on_conflict((assessments::goal_id, assessments::year, assessments::period))
        .do_nothing()
        .returning(AssessmentRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

fn told(constraint: &str) -> Option<Problem> {
    (constraint == "assessments_goal_id_fkey").then(|| Problem::not_found("goal"))
}

/// Writes `content` over an assessment, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: AssessmentRow,
    content: AssessmentContent,
) -> QueryResult<Saved<AssessmentRow>> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let key = &current.key;
    let row = diesel::update(assessments::table.find((key.goal_id, key.year, key.period)))
        .set(content)
        .returning(AssessmentRow::as_returning())
        .get_result(connection)
        .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes an assessment.
pub(super) async fn delete(connection: &mut Connection, key: &AssessmentKey) -> QueryResult<usize> {
    diesel::delete(assessments::table.find((key.goal_id, key.year, key.period)))
        .execute(connection)
        .await
}
