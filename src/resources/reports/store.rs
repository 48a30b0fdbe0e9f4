//! The SQL of reports.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{ReportContent, ReportKey, ReportRow};
use crate::database::failure::explain;
use crate::database::schema::reports;
use crate::database::{Connection, Failure};
use crate::problem::Problem;
use crate::resources::{NAMED, Outcome, Period, Saved, assignments, boards};

/// The report with this key.
pub async fn find(connection: &mut Connection, key: &ReportKey) -> QueryResult<Option<ReportRow>> {
    reports::table
        .find((key.assignment_id, &key.board_id, key.year, key.period))
        .select(ReportRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The report with this key, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    key: &ReportKey,
) -> QueryResult<Option<ReportRow>> {
    reports::table
        .find((key.assignment_id, &key.board_id, key.year, key.period))
        .select(ReportRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// Holds the assignment, its goal and the board of a key as they are until the
/// transaction ends, 404 when one of them is not there; whether the assignment
/// addresses the board, which nothing changes meanwhile.
pub(super) async fn hold_ends(
    connection: &mut Connection,
    key: &ReportKey,
) -> Result<bool, Failure> {
    let held = assignments::hold_as_is(connection, &[key.assignment_id]).await?;
    if held.is_empty() {
        return Err(Problem::not_found("assignment").into());
    }
    if !boards::hold_as_is(connection, &key.board_id).await? {
        return Err(Problem::not_found("board").into());
    }
    Ok(assignments::addresses(connection, key.assignment_id, &key.board_id).await?)
}

/// Each board's latest report on an assignment, by board: that of the last year,
/// and there of the last period (T1, T2, annual). With `year` or `period` only
/// reports of those count.
pub async fn latest_by_board(
    connection: &mut Connection,
    assignment_id: Uuid,
    year: Option<i32>,
    period: Option<Period>,
) -> QueryResult<Vec<ReportRow>> {
    let mut query = reports::table
        .filter(reports::assignment_id.eq(assignment_id))
        .distinct_on(reports::board_id)
        .order((
            reports::board_id,
            reports::year.desc(),
            reports::period.desc(),
        ))
        .select(ReportRow::as_select())
        .into_boxed();
    if let Some(year) = year {
        query = query.filter(reports::year.eq(year));
    }
    if let Some(period) = period {
        query = query.filter(reports::period.eq(period));
    }
    query.load(connection).await
}

/// The key of a report.
type Key = (Uuid, String, i32, Period);

/// The first reports on an assignment, by key, as a 409 names them.
pub async fn named_of_assignment(
    connection: &mut Connection,
    assignment_id: Uuid,
) -> QueryResult<Vec<String>> {
    let found: Vec<Key> = reports::table
        .filter(reports::assignment_id.eq(assignment_id))
        .order((reports::board_id, reports::year, reports::period))
        .select(reports::table.primary_key())
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(named).collect())
}

/// The first reports of a board, by key, as a 409 names them.
pub async fn named_of_board(
    connection: &mut Connection,
    board_id: &str,
) -> QueryResult<Vec<String>> {
    let found: Vec<Key> = reports::table
        .filter(reports::board_id.eq(board_id))
        .order((reports::assignment_id, reports::year, reports::period))
        .select(reports::table.primary_key())
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(named).collect())
}

/// `report 0194…/kommunstyrelsen/2024/T2`: the key as it stands in the path.
fn named((assignment, board, year, period): Key) -> String {
    format!("report {assignment}/{board}/{year}/{}", period.word())
}

/// Makes a report; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    key: &ReportKey,
    content: &ReportContent,
) -> Result<Option<ReportRow>, Failure> {
    let columns = (
        reports::assignment_id.eq(key.assignment_id),
        reports::board_id.eq(&key.board_id),
        reports::year.eq(key.year),
        reports::period.eq(key.period),
    );
    diesel::insert_into(reports::table)
        .values((columns, content))
        .on_conflict((
            reports::assignment_id,
            reports::board_id,
            reports::year,
            reports::period,
        ))
        .do_nothing()
        .returning(ReportRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

fn told(constraint: &str) -> Option<Problem> {
    match constraint {
        "reports_assignment_id_fkey" => Some(Problem::not_found("assignment")),
        "reports_board_id_fkey" => Some(Problem::not_found("board")),
        _ => None,
    }
}

/// Writes `content` over a report, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: ReportRow,
    content: ReportContent,
) -> QueryResult<Saved<ReportRow>> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let key = &current.key;
    let row = diesel::update(reports::table.find((
        key.assignment_id,
        &key.board_id,
        key.year,
        key.period,
    )))
    .set(content)
    .returning(ReportRow::as_returning())
    .get_result(connection)
    .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a report.
pub(super) async fn delete(connection: &mut Connection, key: &ReportKey) -> QueryResult<usize> {
    diesel::delete(reports::table.find((key.assignment_id, &key.board_id, key.year, key.period)))
        .execute(connection)
        .await
}
