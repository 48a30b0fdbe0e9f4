//! The SQL of targets, and the rules between them and other rows.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{TargetContent, TargetRow};
use crate::database::failure::explain;
use crate::database::schema::targets;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::{Fault, Problem};
use crate::resources::values::Gender;
use crate::resources::{NAMED, Outcome, Saved, goal_indicators, goals, indicators};

/// The target with this key.
pub async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<TargetRow>> {
    targets::table
        .find(id)
        .select(TargetRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The target with this key, held for a change until the transaction ends.
pub(super) async fn lock(connection: &mut Connection, id: Uuid) -> QueryResult<Option<TargetRow>> {
    targets::table
        .find(id)
        .select(TargetRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The targets of these goals: by the year in which they are to be reached,
/// those without a year last, then by key. Nothing is held.
pub async fn of_goals(connection: &mut Connection, goals: &[Uuid]) -> QueryResult<Vec<TargetRow>> {
    targets::table
        .filter(targets::goal_id.eq_any(goals))
        .order((
            targets::target_year.asc().nulls_last(),
            targets::target_id.asc(),
        ))
        .select(TargetRow::as_select())
        .load(connection)
        .await
}

/// The first targets of a goal, by key, as a 409 names them.
pub async fn keys_of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<Uuid>> {
    targets::table
        .filter(targets::goal_id.eq(goal_id))
        .order(targets::target_id)
        .select(targets::target_id)
        .limit(NAMED + 1)
        .load(connection)
        .await
}

/// The first targets of a goal for one indicator, by key, as a 409 names them:
/// those that refer to the goal's link.
pub async fn of_link(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<Vec<Uuid>> {
    targets::table
        .filter(targets::goal_id.eq(goal_id))
        .filter(targets::indicator_code.eq(code))
        .order(targets::target_id)
        .select(targets::target_id)
        .limit(NAMED + 1)
        .load(connection)
        .await
}

/// Whether there is a target for an indicator of women or of men alone.
pub async fn any_by_gender(connection: &mut Connection, code: &str) -> QueryResult<bool> {
    let divided = targets::table
        .filter(targets::indicator_code.eq(code))
        .filter(targets::gender.ne(Gender::All))
        .select(targets::gender);
    select(exists(divided)).get_result(connection).await
}

/// The target that an indicator is judged by when none is named: one with
/// something to reach before a bare baseline, of the latest budget's goal, for
/// all before one for women or men; of milestones the nearest to come, else the
/// last that has passed.
pub async fn nearest_of_indicator(
    connection: &mut Connection,
    code: &str,
    this_year: i32,
) -> QueryResult<Option<TargetRow>> {
    Statement::new("SELECT t.* FROM targets t JOIN goals g USING (goal_id) WHERE t.indicator_code = ")
        .value(SqlValue::Text(code.to_owned()))
        .sql(" ORDER BY target_is_to_reach(t.value, t.operator) DESC, g.budget_year DESC, t.gender <> 'T', \
              coalesce(t.target_year < ")
        .value(SqlValue::Integer(this_year))
        .sql(", false), abs(t.target_year - ")
        .value(SqlValue::Integer(this_year))
        .sql("), t.target_id LIMIT 1")
        .get_result(connection)
        .await
        .optional()
}

/// Makes a target; `None` when the key was taken in the meantime. What cannot
/// be because of a goal or a link that is not there is a 422.
pub async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &TargetContent,
) -> Result<Option<TargetRow>, Failure> {
    diesel::insert_into(targets::table)
        .values((targets::target_id.eq(id), content))
        .on_conflict(targets::target_id)
        .do_nothing()
        .returning(TargetRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over a target, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: TargetRow,
    content: TargetContent,
) -> Result<Saved<TargetRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(targets::table.find(current.target_id))
        .set(content)
        .returning(TargetRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a target.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(targets::table.find(id))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    let (pointer, detail) = match constraint {
        "targets_goal_id_fkey" => ("/goalId", "there is no such goal"),
        "targets_goal_indicator_fkey" => (
            "/indicatorCode",
            "the goal is not linked to this indicator; PUT the link first",
        ),
        _ => return None,
    };
    Some(Problem::invalid(vec![Fault::new(
        pointer,
        "unknownReference",
        detail,
    )]))
}

/// Notes what is wrong with a target beside other rows. The goal, the indicator
/// and the link between them are held until the transaction ends, and an
/// indicator that is divided by gender stays so.
pub(super) async fn check(
    connection: &mut Connection,
    content: &TargetContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    let goal_id = content.goal_id;
    let has_goal = !faults.has("/goalId") && goals::hold(connection, goal_id).await?;
    if !has_goal && !faults.has("/goalId") {
        faults.add("/goalId", "unknownReference", "there is no such goal");
    }
    let Some(code) = &content.indicator_code else {
        return Ok(());
    };
    let Some(measured) = indicators::measured(connection, code).await? else {
        let detail = format!("there is no indicator {code}");
        faults.add("/indicatorCode", "unknownReference", detail);
        return Ok(());
    };
    if has_goal && !goal_indicators::hold(connection, goal_id, code).await? {
        let detail = format!(
            "the goal is not linked to indicator {code}; PUT /goals/{goal_id}/indicators/{code} first"
        );
        faults.add("/indicatorCode", "unknownReference", detail);
    }
    if content.gender != Gender::All && !measured.divided_by_gender {
        let detail = "the indicator is not divided by gender: its only gender is T";
        faults.add("/gender", "inconsistent", detail);
    }
    Ok(())
}
