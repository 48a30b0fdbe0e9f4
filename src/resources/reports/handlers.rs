//! The operations on reports.

use super::store::{self, find, insert, lock, replace};
use super::{LIST, Report, ReportContent, ReportKey, ReportPage, ReportRow};
use crate::auth::Writer;
use crate::auth::change::{Change, Removal};
use crate::database::statement::SqlValue;
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::http::answer::Answer;
use crate::http::body::JsonBody;
use crate::http::call::Call;
use crate::http::fields::Fields;
use crate::http::links::Root;
use crate::http::list::ListRequest;
use crate::http::members::Faults;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::assignments::{self, AssignmentStatus};
use crate::resources::{Outcome, Period, Saved};
use actix_web::HttpResponse;

/// The reports on one assignment, by board, year and period.
#[utoipa::path(get, path = "/assignments/{assignmentId}/reports", tag = "reports", responses((status = 200, description = "The reports", body = ReportPage)))]
pub(super) async fn list_reports(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_words("boardId", text::slug, |id| id)?;
    request.filter_years("year")?;
    request.filter_words("period", Period::from_word, |period| {
        period.word().to_owned()
    })?;
    request.filter_words("status", AssignmentStatus::from_word, |status| {
        status.word().to_owned()
    })?;
    let id = assignment_in(&call)?;
    request.within("assignmentId", SqlValue::Uuid(id))?;
    let answer = request.answer_under(&call, ReportRow::listed, "assignment", move |connection| {
        Box::pin(async move { Ok(assignments::find(connection, id).await?.is_some()) })
    });
    answer.await
}

/// One report.
#[utoipa::path(get, path = "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}", tag = "reports", responses((status = 200, description = "The report", body = Report)))]
pub(super) async fn get_report(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let key = key(&call)?;
    let work = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, &key).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces a report.
///
/// The assignment must address the board when the report is made: 422 otherwise.
/// A board's key may write its own board's reports, on assignments that address it.
#[utoipa::path(put, path = "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}", tag = "reports", request_body = ReportContent,
    responses((status = 200, description = "Replaced, or already so", body = Report), (status = 201, description = "Created", body = Report)))]
pub(super) async fn put_report(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, key, change)),
        answer,
    )
    .await
}

/// Changes members of a report.
#[utoipa::path(patch, path = "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}", tag = "reports", request_body = ReportContent,
    responses((status = 200, description = "Changed, or already so", body = Report)))]
pub(super) async fn patch_report(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, key, change)),
        answer,
    )
    .await
}

/// Deletes a report.
#[utoipa::path(delete, path = "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}", tag = "reports", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_report(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, key, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn assignment_in(call: &Call) -> Result<uuid::Uuid, Problem> {
    call.key("assignmentId", "assignment", text::uuid)
}

fn key(call: &Call) -> Result<ReportKey, Problem> {
    Ok(ReportKey {
        assignment_id: assignment_in(call)?,
        board_id: call.key("boardId", "board", text::slug)?,
        year: call.key("year", "report", text::year)?,
        period: call.key("period", "report", Period::from_word)?,
    })
}

fn missing() -> Problem {
    Problem::not_found("report")
}

fn answer(root: &Root, saved: Saved<ReportRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}{}", saved.row.key.path());
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// 403 unless the writer may write the reports of this board, which the
/// assignment addresses or not.
fn permit(writer: &Writer, key: &ReportKey, addressed: bool) -> Result<(), Problem> {
    let owner = Some(key.board_id.as_str()).filter(|_| addressed);
    let what = "reports of its own board, on assignments that address it";
    writer.may_edit_of(owner, what)
}

/// The fault of a first report from a board that nobody asked.
const NOT_ADDRESSED: &str = "the assignment does not address the board: there is nothing to report";

/// Reads the content. `expected` says whether there is a report already or the
/// board is to give one.
fn read(body: JsonBody, expected: bool) -> Result<ReportContent, Problem> {
    let mut faults = Faults::default();
    let key = &["assignmentId", "boardId", "year", "period"];
    let content = body.read(key, &mut faults, ReportContent::read);
    if !expected {
        faults.add("", "inconsistent", NOT_ADDRESSED);
    }
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    key: ReportKey,
    change: Change,
) -> Result<Saved<ReportRow>, Failure> {
    let addressed = store::hold_ends(connection, &key).await?;
    loop {
        let current = lock(connection, &key).await?;
        permit(&change.writer, &key, addressed)?;
        change
            .conditions
            .check_those_sent(current.as_ref().map(ReportRow::tag).as_deref())?;
        let content = read(change.body.clone(), addressed || current.is_some())?;
        match current {
            Some(current) => return Ok(replace(connection, current, content).await?),
            None => {
                if let Some(row) = insert(connection, &key, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    key: ReportKey,
    change: Change,
) -> Result<Saved<ReportRow>, Failure> {
    let addressed = store::hold_ends(connection, &key).await?;
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    permit(&change.writer, &key, addressed)?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(change.body.merged_into(&current.content)?, true)?;
    Ok(replace(connection, current, content).await?)
}

async fn delete(
    connection: &mut Connection,
    key: ReportKey,
    removal: Removal,
) -> Result<(), Failure> {
    let addressed = store::hold_ends(connection, &key).await?;
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    permit(&removal.writer, &key, addressed)?;
    removal.conditions.check_those_sent(Some(&current.tag()))?;
    store::delete(connection, &key).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_reports, __path_list_reports).listing(&LIST),
        operation!(get_report, __path_get_report).selecting(&LIST),
        operation!(put_report, __path_put_report).unconditional(),
        operation!(patch_report, __path_patch_report),
        operation!(delete_report, __path_delete_report).unconditional(),
    ]
}
