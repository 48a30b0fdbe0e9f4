//! The SQL of goals, and the rules between them and other rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{GoalContent, GoalRow};
use crate::database::failure::explain;
use crate::database::schema::goals;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::list::ListRequest;
use crate::http::members::Faults;
use crate::http::text;
use crate::problem::Problem;
use crate::resources::{
    Outcome, Saved, achievements, assessments, assignments, budgets, goal_indicators, investments,
    targets,
};

/// The goal with this key.
pub async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<GoalRow>> {
    goals::table
        .find(id)
        .select(GoalRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The goal with this key, held for a change until the transaction ends.
pub(super) async fn lock(connection: &mut Connection, id: Uuid) -> QueryResult<Option<GoalRow>> {
    goals::table
        .find(id)
        .select(GoalRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same for its deletion: nobody can come to refer to it meanwhile.
pub(super) async fn lock_to_delete(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Option<GoalRow>> {
    goals::table
        .find(id)
        .select(GoalRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds a goal in place until the transaction ends; whether it is there.
pub async fn hold(connection: &mut Connection, id: Uuid) -> QueryResult<bool> {
    let found: Option<Uuid> = goals::table
        .find(id)
        .select(goals::goal_id)
        .for_key_share()
        .first(connection)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Holds these goals as they are until the transaction ends, one by one in the
/// order of their keys.
pub async fn hold_as_is(connection: &mut Connection, ids: &[Uuid]) -> QueryResult<()> {
    years(connection, ids).await?;
    Ok(())
}

/// The goals of a year in their order, held until the transaction ends: one by
/// one in the order of their keys, as everywhere.
pub async fn of_year(connection: &mut Connection, year: i32) -> QueryResult<Vec<GoalRow>> {
    let mut found = goals::table
        .filter(goals::budget_year.eq(year))
        .order(goals::goal_id)
        .select(GoalRow::as_select())
        .for_no_key_update()
        .load(connection)
        .await?;
    found.sort_by_key(|row: &GoalRow| row.content.position);
    Ok(found)
}

/// The goals of a year in their order. Nothing is held.
pub async fn listed_of_year(connection: &mut Connection, year: i32) -> QueryResult<Vec<GoalRow>> {
    goals::table
        .filter(goals::budget_year.eq(year))
        .order((goals::position, goals::goal_id))
        .select(GoalRow::as_select())
        .load(connection)
        .await
}

/// The keys of the goals of a year.
pub async fn keys_of_year(connection: &mut Connection, year: i32) -> QueryResult<Vec<Uuid>> {
    goals::table
        .filter(goals::budget_year.eq(year))
        .order(goals::goal_id)
        .select(goals::goal_id)
        .load(connection)
        .await
}

/// The goal with this key, all that it continues and all that continue it,
/// near and far, in the order of goals. One statement, so of one moment.
pub async fn lineage(connection: &mut Connection, id: Uuid) -> QueryResult<Vec<GoalRow>> {
    let text = Statement::new("g.political_text");
    lineage_with(connection, id, text).await
}

/// The same, but only the goal with this key has its political text; that of the
/// others is not read.
pub async fn lineage_without_texts(
    connection: &mut Connection,
    id: Uuid,
) -> QueryResult<Vec<GoalRow>> {
    let text = Statement::new("CASE WHEN g.goal_id = ")
        .value(SqlValue::Uuid(id))
        .sql(" THEN g.political_text END AS political_text");
    lineage_with(connection, id, text).await
}

async fn lineage_with(
    connection: &mut Connection,
    id: Uuid,
    text: Statement,
) -> QueryResult<Vec<GoalRow>> {
    Statement::new(
        "WITH RECURSIVE earlier AS (SELECT goal_id, predecessor_ids FROM goals WHERE goal_id = ",
    )
    .value(SqlValue::Uuid(id))
    .sql(
        " UNION SELECT g.goal_id, g.predecessor_ids FROM earlier e
                JOIN goals g ON g.goal_id = ANY (e.predecessor_ids)
             ), later AS (SELECT goal_id FROM goals WHERE goal_id = ",
    )
    .value(SqlValue::Uuid(id))
    .sql(
        " UNION SELECT g.goal_id FROM later l
                JOIN goals g ON g.predecessor_ids @> ARRAY[l.goal_id]
             )
             SELECT g.goal_id, g.budget_year, g.number, g.name, g.statement, g.position,
                    g.predecessor_ids, g.sdgs, g.source, g.created_at, g.updated_at, g.version, ",
    )
    .then(text)
    .sql(
        " FROM goals g
              WHERE g.goal_id IN (SELECT goal_id FROM earlier UNION SELECT goal_id FROM later)
              ORDER BY g.budget_year, g.position, g.goal_id",
    )
    .load(connection)
    .await
}

/// Makes a goal; `None` when the key was taken in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &GoalContent,
) -> Result<Option<GoalRow>, Failure> {
    diesel::insert_into(goals::table)
        .values((goals::goal_id.eq(id), content))
        .on_conflict(goals::goal_id)
        .do_nothing()
        .returning(GoalRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Writes `content` over a goal, if it is not so already.
pub async fn replace(
    connection: &mut Connection,
    current: GoalRow,
    content: GoalContent,
) -> Result<Saved<GoalRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(goals::table.find(current.goal_id))
        .set(content)
        .returning(GoalRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a goal.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(goals::table.find(id))
        .execute(connection)
        .await
}

/// Leaves in a list of what stands under goals only that of the goals in
/// `goalId`, and of the goals of the years in `budgetYear`.
pub fn filter(request: &mut ListRequest) -> Result<(), Problem> {
    if let Some(ids) = request.query.list("goalId", text::uuid)? {
        request.filter_any("goalId", SqlValue::Uuids(ids))?;
    }
    if let Some(years) = request.query.list("budgetYear", text::year)? {
        let of_years = Statement::is("budget_year", SqlValue::Integers(years));
        request.filter(
            Statement::new("goal_id IN (SELECT goal_id FROM goals WHERE ")
                .then(of_years)
                .sql(")"),
        );
    }
    Ok(())
}

fn told(constraint: &str) -> Option<Problem> {
    let unknown = Problem::unknown_reference;
    match constraint {
        "goals_budget_year_number_key" => Some(Problem::taken(
            "number",
            "another goal of that year has this number",
        )),
        "goals_budget_year_fkey" => Some(unknown("/budgetYear", "budget")),
        "goals_predecessor_ids_fkey" => Some(unknown("/predecessorIds", "goal")),
        _ => None,
    }
}

/// Notes what is wrong with a goal beside other rows: its budget must be
/// there, its predecessors must be there and of earlier years, and its
/// successors of later ones. What it finds is held until the transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    id: Uuid,
    content: &GoalContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    let year = Some(content.budget_year).filter(|_| !faults.has("/budgetYear"));
    if let Some(year) = year
        && !budgets::hold(connection, year).await?
    {
        let detail = format!("there is no budget {year}");
        faults.add("/budgetYear", "unknownReference", detail);
    }
    check_predecessors(connection, id, content, year, faults).await?;
    let Some(year) = year else { return Ok(()) };
    let overtaken: Option<i32> = goals::table
        .filter(goals::predecessor_ids.contains(vec![id]))
        .filter(goals::budget_year.le(year).and(goals::goal_id.ne(id)))
        .select(goals::budget_year)
        .first(connection)
        .await
        .optional()?;
    if let Some(later) = overtaken {
        let detail =
            format!("a goal of {later} continues this one, so it must be of an earlier year");
        faults.add("/budgetYear", "inconsistent", detail);
    }
    Ok(())
}

/// Notes which predecessors are not there, and of those that are, which are
/// not of a year before `year`.
async fn check_predecessors(
    connection: &mut Connection,
    id: Uuid,
    content: &GoalContent,
    year: Option<i32>,
    faults: &mut Faults,
) -> QueryResult<()> {
    let years = years(connection, &content.predecessor_ids).await?;
    for (index, predecessor) in content.predecessor_ids.iter().enumerate() {
        let pointer = format!("/predecessorIds/{index}");
        if faults.has(&pointer) {
            continue;
        }
        let found = years.iter().find(|(id, _)| id == predecessor);
        match (found, year) {
            _ if *predecessor == id => {
                faults.add(pointer, "inconsistent", "a goal cannot continue itself");
            }
            (None, _) => faults.add(pointer, "unknownReference", "there is no such goal"),
            (Some((_, earlier)), Some(year)) if *earlier >= year => {
                let detail = format!(
                    "a predecessor must be of a year before {year}; this one is of {earlier}"
                );
                faults.add(pointer, "inconsistent", detail);
            }
            (Some(_), _) => {}
        }
    }
    Ok(())
}

/// The years of these goals, which are held as they are until the transaction ends.
async fn years(connection: &mut Connection, ids: &[Uuid]) -> QueryResult<Vec<(Uuid, i32)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    goals::table
        .filter(goals::goal_id.eq_any(ids))
        .order(goals::goal_id)
        .select((goals::goal_id, goals::budget_year))
        .for_share()
        .load(connection)
        .await
}

/// What refers to a goal: goals that continue it, assignments, its links to
/// indicators, targets, assessments, investments and achievements.
pub(super) async fn referrers(connection: &mut Connection, id: Uuid) -> QueryResult<Vec<String>> {
    let successors: Vec<Uuid> = goals::table
        .filter(goals::predecessor_ids.contains(vec![id]))
        .order(goals::goal_id)
        .select(goals::goal_id)
        .load(connection)
        .await?;
    let assignments = assignments::keys_of_goal(connection, id).await?;
    let linked = goal_indicators::of_goal(connection, id).await?;
    let targets = targets::keys_of_goal(connection, id).await?;
    let successors = successors.into_iter().map(|id| format!("goal {id}"));
    let assignments = assignments.into_iter().map(|id| format!("assignment {id}"));
    let linked = linked
        .iter()
        .map(|code| format!("its link to indicator {code}"));
    let targets = targets.iter().map(|id| format!("target {id}"));
    let mut all: Vec<String> = successors
        .chain(assignments)
        .chain(linked)
        .chain(targets)
        .collect();
    all.extend(assessments::named_of_goal(connection, id).await?);
    all.extend(investments::named_of_goal(connection, id).await?);
    all.extend(achievements::named_of_goal(connection, id).await?);
    Ok(all)
}
