//! The operations on boards.

use actix_web::HttpResponse;

use super::store::{self, find, hold, insert, lock, replace};
use super::{Board, BoardContent, BoardKind, BoardPage, BoardRow, LIST};
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
use crate::problem::{Code, Problem};
use crate::resources::{Outcome, Saved, name_referrers};

/// All boards, by key.
#[utoipa::path(get, path = "/boards", tag = "boards", responses((status = 200, description = "The boards", body = BoardPage)))]
pub(super) async fn list_boards(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_words("boardId", text::slug, |id| id)?;
    if let Some(kind) = request.query.one("kind", BoardKind::from_word)? {
        request.filter_any("kind", SqlValue::Text(kind.word().to_owned()))?;
    }
    request.filter_text(&["name"]);
    request.answer(&call, BoardRow::listed).await
}

/// One board.
#[utoipa::path(get, path = "/boards/{boardId}", tag = "boards", responses((status = 200, description = "The board", body = Board)))]
pub(super) async fn get_board(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let id = key(&call)?;
    let work = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, &id).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces a board.
#[utoipa::path(put, path = "/boards/{boardId}", tag = "boards", request_body = BoardContent,
    responses((status = 200, description = "Replaced, or already so", body = Board), (status = 201, description = "Created", body = Board)))]
pub(super) async fn put_board(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of a board.
#[utoipa::path(patch, path = "/boards/{boardId}", tag = "boards", request_body = BoardContent,
    responses((status = 200, description = "Changed, or already so", body = Board)))]
pub(super) async fn patch_board(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes a board that nothing refers to.
#[utoipa::path(delete, path = "/boards/{boardId}", tag = "boards", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_board(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, id, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<String, Problem> {
    call.key("boardId", "board", text::slug)
}

fn missing() -> Problem {
    Problem::not_found("board")
}

fn answer(root: &Root, saved: Saved<BoardRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/boards/{}", saved.row.board_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// Reads the content, noting every fault, an unknown successor among them.
async fn read(
    connection: &mut Connection,
    id: &str,
    body: JsonBody,
) -> Result<BoardContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["boardId"], &mut faults, |members| {
        BoardContent::read(members, id)
    });
    if let Some(successor) = content
        .successor_board_id
        .clone()
        .filter(|_| !faults.has("/successorBoardId"))
        && hold(connection, &[successor]).await?.is_empty()
    {
        faults.add(
            "/successorBoardId",
            "unknownReference",
            "there is no such board",
        );
    }
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: String,
    change: Change,
) -> Result<Saved<BoardRow>, Failure> {
    loop {
        let current = lock(connection, &id).await?;
        change.writer.may_edit("boards")?;
        change
            .conditions
            .check(current.as_ref().map(BoardRow::tag).as_deref())?;
        let content = read(connection, &id, change.body.clone()).await?;
        match current {
            Some(current) => return replace(connection, current, content).await,
            None => {
                if let Some(row) = insert(connection, &id, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    id: String,
    change: Change,
) -> Result<Saved<BoardRow>, Failure> {
    let current = lock(connection, &id).await?.ok_or_else(missing)?;
    change.writer.may_edit("boards")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, &id, change.body.merged_into(&current.content)?).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: String, removal: Removal) -> Result<(), Failure> {
    let current = store::lock_to_delete(connection, &id)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("boards")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = store::referrers(connection, &id).await?;
    if !referrers.is_empty() {
        return Err(Problem::new(Code::ReferredTo, name_referrers("the board", &referrers)).into());
    }
    store::delete(connection, &id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_boards, __path_list_boards).listing(&LIST),
        operation!(get_board, __path_get_board).selecting(&LIST),
        operation!(put_board, __path_put_board),
        operation!(patch_board, __path_patch_board),
        operation!(delete_board, __path_delete_board).refusing(&[Code::ReferredTo]),
    ]
}
