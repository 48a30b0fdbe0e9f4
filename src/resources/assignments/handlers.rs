//! The operations on assignments.

use actix_web::HttpResponse;
use serde_json::Value;
use uuid::Uuid;

use super::addressed;
use super::store::{self, find, insert, lock, replace};
use super::{
    Assignment, AssignmentContent, AssignmentPage, AssignmentRow, AssignmentStatus, LIST,
    LIST_OF_BOARD, LIST_OF_GOAL, Origin,
};
use crate::auth::Writer;
use crate::auth::change::{Change, Removal};
use crate::database::statement::{SqlValue, Statement};
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
use crate::problem::{Code, Problem};
use crate::resources::{Outcome, Saved, boards, goals, name_referrers};

/// All assignments, by goal, those from the council first.
#[utoipa::path(get, path = "/assignments", tag = "assignments", responses((status = 200, description = "The assignments", body = AssignmentPage)))]
pub(super) async fn list_assignments(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    let boards = request.query.list("boardId", text::slug)?;
    filter(&mut request, boards)?;
    request.answer(&call, AssignmentRow::listed).await
}

/// The assignments under one goal.
#[utoipa::path(get, path = "/goals/{goalId}/assignments", tag = "assignments", responses((status = 200, description = "The assignments", body = AssignmentPage)))]
pub(super) async fn list_goal_assignments(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST_OF_GOAL)?;
    let boards = request.query.list("boardId", text::slug)?;
    filter(&mut request, boards)?;
    let id = call.key("goalId", "goal", text::uuid)?;
    request.within("goalId", SqlValue::Uuid(id))?;
    let answer = request.answer_under(&call, AssignmentRow::listed, "goal", move |connection| {
        Box::pin(async move { Ok(goals::find(connection, id).await?.is_some()) })
    });
    answer.await
}

/// The assignments that address one board: those that name it and those to all boards.
#[utoipa::path(get, path = "/boards/{boardId}/assignments", tag = "assignments", responses((status = 200, description = "The assignments", body = AssignmentPage)))]
pub(super) async fn list_board_assignments(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST_OF_BOARD)?;
    // A key that can be none is found out after the filters, as everywhere.
    let board = text::slug(call.path("boardId"));
    filter(&mut request, board.clone().map(|id| vec![id]))?;
    let id = board.ok_or_else(|| Problem::not_found("board"))?;
    let answer = request.answer_under(&call, AssignmentRow::listed, "board", move |connection| {
        Box::pin(async move { Ok(boards::find(connection, &id).await?.is_some()) })
    });
    answer.await
}

/// Applies the filters that all three lists share; `boards` are those that
/// the assignments are to address.
fn filter(request: &mut ListRequest, boards: Option<Vec<String>>) -> Result<(), Problem> {
    goals::filter(request)?;
    let named = request
        .query
        .one("named", |word| word.parse::<bool>().ok())?;
    let named = named.unwrap_or(false);
    match boards {
        Some(boards) => request.filter(addressed::addressing(boards, named)),
        None if named => request.filter(Statement::new("NOT all_boards")),
        None => {}
    }
    if let Some(origin) = request.query.one("origin", Origin::from_word)? {
        request.filter_any("origin", SqlValue::Text(origin.word().to_owned()))?;
    }
    request.filter_words("originBoardId", text::slug, |id| id)?;
    request.filter_words("status", AssignmentStatus::from_word, |status| {
        status.word().to_owned()
    })?;
    request.filter_text(&["title", "description", "anchor"]);
    Ok(())
}

/// One assignment.
#[utoipa::path(get, path = "/assignments/{assignmentId}", tag = "assignments", responses((status = 200, description = "The assignment", body = Assignment)))]
pub(super) async fn get_assignment(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let id = key(&call)?;
    let work = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, id).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates an assignment with a key that the service makes (a UUIDv7).
#[utoipa::path(post, path = "/assignments", tag = "assignments", request_body = AssignmentContent,
    responses((status = 201, description = "Created", body = Assignment)))]
pub(super) async fn post_assignment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Creates or replaces an assignment. A client may choose the key: any UUID.
#[utoipa::path(put, path = "/assignments/{assignmentId}", tag = "assignments", request_body = AssignmentContent,
    responses((status = 200, description = "Replaced, or already so", body = Assignment), (status = 201, description = "Created", body = Assignment)))]
pub(super) async fn put_assignment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of an assignment.
#[utoipa::path(patch, path = "/assignments/{assignmentId}", tag = "assignments", request_body = AssignmentContent,
    responses((status = 200, description = "Changed, or already so", body = Assignment)))]
pub(super) async fn patch_assignment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes an assignment that nothing refers to.
#[utoipa::path(delete, path = "/assignments/{assignmentId}", tag = "assignments", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_assignment(
    removal: Removal,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, id, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<Uuid, Problem> {
    call.key("assignmentId", "assignment", text::uuid)
}

fn missing() -> Problem {
    Problem::not_found("assignment")
}

fn answer(root: &Root, saved: Saved<AssignmentRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/assignments/{}", saved.row.assignment_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// 403 unless the writer may write an assignment that this board gave; `None`
/// is the council.
fn permit(writer: &Writer, owner: Option<&str>) -> Result<(), Problem> {
    writer.may_edit_of(
        owner,
        "assignments of its own: origin board and its own originBoardId",
    )
}

/// The board that an assignment in a body would be given by, looked at before
/// the body is checked: who may write comes first.
fn owner_in(body: &JsonBody) -> Option<&str> {
    let origin = body.0.get("origin").and_then(Value::as_str);
    body.0
        .get("originBoardId")
        .and_then(Value::as_str)
        .filter(|_| origin == Some(Origin::Board.word()))
}

async fn read(connection: &mut Connection, body: JsonBody) -> Result<AssignmentContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["assignmentId"], &mut faults, AssignmentContent::read);
    store::check(connection, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<AssignmentRow>, Failure> {
    loop {
        let current = lock(connection, id).await?;
        if let Some(current) = &current {
            permit(&change.writer, current.content.origin_board_id.as_deref())?;
        }
        permit(&change.writer, owner_in(&change.body))?;
        change
            .conditions
            .check(current.as_ref().map(AssignmentRow::tag).as_deref())?;
        let content = read(connection, change.body.clone()).await?;
        match current {
            Some(current) => return replace(connection, current, content).await,
            None => {
                if let Some(row) = insert(connection, id, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<AssignmentRow>, Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    permit(&change.writer, current.content.origin_board_id.as_deref())?;
    let merged = change.body.merged_into(&current.content)?;
    permit(&change.writer, owner_in(&merged))?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, merged).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: Uuid, removal: Removal) -> Result<(), Failure> {
    let current = store::lock_to_delete(connection, id)
        .await?
        .ok_or_else(missing)?;
    permit(&removal.writer, current.content.origin_board_id.as_deref())?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = store::referrers(connection, id).await?;
    if !referrers.is_empty() {
        let detail = name_referrers("the assignment", &referrers);
        return Err(Problem::new(Code::ReferredTo, detail).into());
    }
    store::delete(connection, id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_assignments, __path_list_assignments).listing(&LIST),
        operation!(list_goal_assignments, __path_list_goal_assignments).listing(&LIST_OF_GOAL),
        operation!(list_board_assignments, __path_list_board_assignments).listing(&LIST_OF_BOARD),
        operation!(get_assignment, __path_get_assignment).selecting(&LIST),
        operation!(post_assignment, __path_post_assignment),
        operation!(put_assignment, __path_put_assignment),
        operation!(patch_assignment, __path_patch_assignment),
        operation!(delete_assignment, __path_delete_assignment).refusing(&[Code::ReferredTo]),
    ]
}
