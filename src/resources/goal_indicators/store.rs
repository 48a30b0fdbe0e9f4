//! The SQL of goals' links to indicators.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{GoalIndicatorContent, GoalIndicatorRow};
use crate::database::failure::explain;
use crate::database::schema::goal_indicators;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::problem::Problem;
use crate::resources::indicators::IndicatorRole;
use crate::resources::{NAMED, Outcome, Saved, goals, indicators, targets};

/// A goal's link to an indicator.
pub(super) async fn find(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<Option<GoalIndicatorRow>> {
    goal_indicators::table
        .find((goal_id, code))
        .select(GoalIndicatorRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// A goal's link to an indicator, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<Option<GoalIndicatorRow>> {
    goal_indicators::table
        .find((goal_id, code))
        .select(GoalIndicatorRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
pub(super) async fn lock_to_delete(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<Option<GoalIndicatorRow>> {
    goal_indicators::table
        .find((goal_id, code))
        .select(GoalIndicatorRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds a goal's link to an indicator in place until the transaction ends;
/// whether it is there.
pub async fn hold(connection: &mut Connection, goal_id: Uuid, code: &str) -> QueryResult<bool> {
    let found: Option<Uuid> = goal_indicators::table
        .find((goal_id, code))
        .select(goal_indicators::goal_id)
        .for_key_share()
        .first(connection)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Holds the goal and the indicator of a path in place until the transaction
/// ends; 404 when one of them is not there.
pub(super) async fn hold_ends(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> Result<(), Failure> {
    if !goals::hold(connection, goal_id).await? {
        return Err(Problem::not_found("goal").into());
    }
    if !indicators::hold(connection, code).await? {
        return Err(Problem::not_found("indicator").into());
    }
    Ok(())
}

/// A goal's link to an indicator with its role.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct LinkRole {
    /// The goal.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub goal_id: Uuid,
    /// The indicator.
    #[diesel(sql_type = Text)]
    pub indicator_code: String,
    /// Where it stands among those of the goal.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// What it is to the goal.
    #[diesel(sql_type = Text)]
    pub role: IndicatorRole,
    /// When the link was last changed.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// The links of these goals with their roles, by goal, position and code.
pub async fn with_roles(connection: &mut Connection, goals: &[Uuid]) -> QueryResult<Vec<LinkRole>> {
    Statement::new("SELECT * FROM goal_indicator_roles WHERE goal_id = ANY (")
        .value(SqlValue::Uuids(goals.to_vec()))
        .sql(") ORDER BY goal_id, position, indicator_code")
        .load(connection)
        .await
}

/// The first indicators that a goal is linked to, by code.
pub async fn of_goal(connection: &mut Connection, goal_id: Uuid) -> QueryResult<Vec<String>> {
    goal_indicators::table
        .filter(goal_indicators::goal_id.eq(goal_id))
        .order(goal_indicators::indicator_code)
        .select(goal_indicators::indicator_code)
        .limit(NAMED + 1)
        .load(connection)
        .await
}

/// The indicators that a goal is linked to, by code, each with its position.
pub async fn positions(
    connection: &mut Connection,
    goal_id: Uuid,
) -> QueryResult<Vec<(String, i32)>> {
    goal_indicators::table
        .filter(goal_indicators::goal_id.eq(goal_id))
        .order(goal_indicators::indicator_code)
        .select((goal_indicators::indicator_code, goal_indicators::position))
        .load(connection)
        .await
}

/// The first goals that are linked to an indicator, by key.
pub async fn of_indicator(connection: &mut Connection, code: &str) -> QueryResult<Vec<Uuid>> {
    goal_indicators::table
        .filter(goal_indicators::indicator_code.eq(code))
        .order(goal_indicators::goal_id)
        .select(goal_indicators::goal_id)
        .limit(NAMED + 1)
        .load(connection)
        .await
}

/// Links a goal to an indicator; `None` when somebody else did it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
    content: &GoalIndicatorContent,
) -> Result<Option<GoalIndicatorRow>, Failure> {
    let key = (
        goal_indicators::goal_id.eq(goal_id),
        goal_indicators::indicator_code.eq(code),
    );
    diesel::insert_into(goal_indicators::table)
        .values((key, content))
        .on_conflict((goal_indicators::goal_id, goal_indicators::indicator_code))
        .do_nothing()
        .returning(GoalIndicatorRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

fn told(constraint: &str) -> Option<Problem> {
    match constraint {
        "goal_indicators_goal_id_fkey" => Some(Problem::not_found("goal")),
        "goal_indicators_indicator_code_fkey" => Some(Problem::not_found("indicator")),
        _ => None,
    }
}

/// Writes `content` over a link, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: GoalIndicatorRow,
    content: GoalIndicatorContent,
) -> QueryResult<Saved<GoalIndicatorRow>> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let key = (current.goal_id, &current.indicator_code);
    let row = diesel::update(goal_indicators::table.find(key))
        .set(content)
        .returning(GoalIndicatorRow::as_returning())
        .get_result(connection)
        .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// What refers to a link: the goal's targets for the indicator.
pub(super) async fn referrers(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<Vec<String>> {
    let targets = targets::of_link(connection, goal_id, code).await?;
    Ok(targets.iter().map(|id| format!("target {id}")).collect())
}

/// Deletes a link.
pub(super) async fn delete(
    connection: &mut Connection,
    goal_id: Uuid,
    code: &str,
) -> QueryResult<usize> {
    diesel::delete(goal_indicators::table.find((goal_id, code)))
        .execute(connection)
        .await
}
