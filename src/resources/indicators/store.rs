//! The SQL of indicators, and the rules between them and other rows.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{IndicatorContent, IndicatorRole, IndicatorRow};
use crate::database::failure::explain;
use crate::database::schema::indicators;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::members::Faults;
use crate::problem::Problem;
use crate::resources::{NAMED, Outcome, Saved, boards, goal_indicators, targets, values};

/// The indicator with this code.
pub async fn find(connection: &mut Connection, code: &str) -> QueryResult<Option<IndicatorRow>> {
    indicators::table
        .find(code)
        .select(IndicatorRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The indicators with these codes, by code.
pub async fn with_codes(
    connection: &mut Connection,
    codes: &[String],
) -> QueryResult<Vec<IndicatorRow>> {
    indicators::table
        .filter(indicators::indicator_code.eq_any(codes))
        .order(indicators::indicator_code)
        .select(IndicatorRow::as_select())
        .load(connection)
        .await
}

/// The indicator with this code, held for a change until the transaction ends.
pub async fn lock(connection: &mut Connection, code: &str) -> QueryResult<Option<IndicatorRow>> {
    indicators::table
        .find(code)
        .select(IndicatorRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// The same, and nobody can come to refer to it meanwhile.
pub(super) async fn lock_alone(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Option<IndicatorRow>> {
    indicators::table
        .find(code)
        .select(IndicatorRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// Holds an indicator in place until the transaction ends; whether it is there.
pub async fn hold(connection: &mut Connection, code: &str) -> QueryResult<bool> {
    Ok(measured(connection, code).await?.is_some())
}

/// All indicators by code, each with its title.
pub async fn titles(connection: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    indicators::table
        .order(indicators::indicator_code)
        .select((indicators::indicator_code, indicators::title))
        .load(connection)
        .await
}

/// What a value must fit, and who may write it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = indicators)]
pub struct Measured {
    /// Whether there may be values of women and of men alone.
    pub divided_by_gender: bool,
    /// The board that answers for the values.
    pub responsible_board_id: Option<String>,
}

/// What a value of this indicator must fit. Until the transaction ends the
/// indicator stays, and if it is divided by gender it stays so.
pub async fn measured(connection: &mut Connection, code: &str) -> QueryResult<Option<Measured>> {
    indicators::table
        .find(code)
        .select(Measured::as_select())
        .for_key_share()
        .first(connection)
        .await
        .optional()
}

/// The same, and the board that answers for the values stays it.
pub async fn measured_as_is(
    connection: &mut Connection,
    code: &str,
) -> QueryResult<Option<Measured>> {
    indicators::table
        .find(code)
        .select(Measured::as_select())
        .for_share()
        .first(connection)
        .await
        .optional()
}

/// The first indicators that a board answers for, by code.
pub async fn of_board(connection: &mut Connection, board_id: &str) -> QueryResult<Vec<String>> {
    indicators::table
        .filter(indicators::responsible_board_id.eq(board_id))
        .order(indicators::indicator_code)
        .select(indicators::indicator_code)
        .limit(NAMED + 1)
        .load(connection)
        .await
}

/// Makes an indicator; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    code: &str,
    content: &IndicatorContent,
) -> Result<Option<IndicatorRow>, Failure> {
    diesel::insert_into(indicators::table)
        .values((indicators::indicator_code.eq(code), content))
        .on_conflict(indicators::indicator_code)
        .do_nothing()
        .returning(IndicatorRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

/// Makes many indicators; answers the codes of those that it made, which are not those
/// that were there.
pub async fn insert_all(
    connection: &mut Connection,
    all: &[(String, IndicatorContent)],
) -> Result<Vec<String>, Failure> {
    let rows: Vec<_> = all
        .iter()
        .map(|(code, content)| (indicators::indicator_code.eq(code), content))
        .collect();
    diesel::insert_into(indicators::table)
        .values(rows)
        .on_conflict(indicators::indicator_code)
        .do_nothing()
        .returning(indicators::indicator_code)
        .get_results(connection)
        .await
        .map_err(|error| explain(error, told))
}

/// The indicators that have one of these codes, or are what `publisher` publishes
/// under one of them, by code. A publisher's name is the same in either case.
pub async fn known_as(
    connection: &mut Connection,
    publisher: &str,
    ids: &[String],
) -> QueryResult<Vec<IndicatorRow>> {
    let published = lower(indicators::publisher)
        .eq(publisher.to_lowercase())
        .and(indicators::publisher_id.eq_any(ids));
    indicators::table
        .filter(
            indicators::indicator_code
                .nullable()
                .eq_any(ids)
                .or(published),
        )
        .order(indicators::indicator_code)
        .select(IndicatorRow::as_select())
        .load(connection)
        .await
}

/// What `publisher` calls the indicators that are its own: its own word for each, or
/// else the code.
pub async fn published_by(
    connection: &mut Connection,
    publisher: &str,
) -> QueryResult<Vec<String>> {
    let all: Vec<(String, Option<String>)> = indicators::table
        .filter(lower(indicators::publisher).eq(publisher.to_lowercase()))
        .order(indicators::indicator_code)
        .select((indicators::indicator_code, indicators::publisher_id))
        .load(connection)
        .await?;
    let ids = all.into_iter().map(|(code, id)| id.unwrap_or(code));
    Ok(ids.collect())
}

diesel::define_sql_function! {
    /// A text in lower case.
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// Writes `content` over an indicator, if it is not so already.
pub async fn replace(
    connection: &mut Connection,
    current: IndicatorRow,
    content: IndicatorContent,
) -> Result<Saved<IndicatorRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(indicators::table.find(&current.indicator_code))
        .set(content)
        .returning(IndicatorRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes an indicator.
pub(super) async fn delete(connection: &mut Connection, code: &str) -> QueryResult<usize> {
    diesel::delete(indicators::table.find(code))
        .execute(connection)
        .await
}

fn told(constraint: &str) -> Option<Problem> {
    let (pointer, what) = match constraint {
        "indicators_responsible_board_id_fkey" => ("/responsibleBoardId", "board"),
        "indicators_replaced_by_code_fkey" => ("/replacedByCode", "indicator"),
        _ => return None,
    };
    Some(Problem::unknown_reference(pointer, what))
}

/// Notes what is wrong with an indicator beside other rows. What it refers to
/// is held until the transaction ends.
pub(super) async fn check(
    connection: &mut Connection,
    current: Option<&IndicatorRow>,
    content: &IndicatorContent,
    faults: &mut Faults,
) -> QueryResult<()> {
    if let Some(current) = current
        && current.content.divided_by_gender
        && !content.divided_by_gender
        && !faults.has("/dividedByGender")
        && let Some(divided) = divided(connection, &current.indicator_code).await?
    {
        let detail = format!("it has {divided} of women or of men; delete those first");
        faults.add("/dividedByGender", "inconsistent", detail);
    }
    if let Some(board) = &content.responsible_board_id
        && boards::hold(connection, std::slice::from_ref(board))
            .await?
            .is_empty()
    {
        let detail = format!("there is no board {board}");
        faults.add("/responsibleBoardId", "unknownReference", detail);
    }
    if let Some(other) = &content.replaced_by_code
        && !faults.has("/replacedByCode")
        && !hold(connection, other).await?
    {
        let detail = format!("there is no indicator {other}");
        faults.add("/replacedByCode", "unknownReference", detail);
    }
    Ok(())
}

/// What an indicator has of women or of men alone: values, targets, or nothing.
/// Whoever writes one of those holds the indicator in place, so once it is held
/// alone all of them are there to see, and no other comes before the
/// transaction ends.
pub async fn divided(connection: &mut Connection, code: &str) -> QueryResult<Option<&'static str>> {
    lock_alone(connection, code).await?;
    let values = values::any_by_gender(connection, code).await?;
    let targets = targets::any_by_gender(connection, code).await?;
    Ok(match (values, targets) {
        (true, true) => Some("values and targets"),
        (true, false) => Some("values"),
        (false, true) => Some("targets"),
        (false, false) => None,
    })
}

/// What refers to an indicator: goals, others that it replaces, and values.
pub(super) async fn referrers(connection: &mut Connection, code: &str) -> QueryResult<Vec<String>> {
    let goals = goal_indicators::of_indicator(connection, code).await?;
    let replaced: Vec<String> = indicators::table
        .filter(indicators::replaced_by_code.eq(code))
        .order(indicators::indicator_code)
        .select(indicators::indicator_code)
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    let values = values::of_indicator(connection, code).await?;
    let goals = goals.iter().map(|id| format!("the link of goal {id}"));
    let replaced = replaced.iter().map(|code| format!("indicator {code}"));
    Ok(goals.chain(replaced).chain(values).collect())
}

/// The condition for indicators that are linked to one of these goals, or to
/// any goal, and have this role there, or any.
pub(super) fn linked(goals: Option<Vec<Uuid>>, role: Option<IndicatorRole>) -> Statement {
    let mut condition = Statement::new(
        "indicator_code IN (SELECT r.indicator_code FROM goal_indicator_roles r WHERE true",
    );
    if let Some(goals) = goals {
        condition = condition
            .sql(" AND r.goal_id = ANY (")
            .value(SqlValue::Uuids(goals))
            .sql(")");
    }
    if let Some(role) = role {
        condition = condition
            .sql(" AND r.role = ")
            .value(SqlValue::Text(role.word().to_owned()));
    }
    condition.sql(")")
}
