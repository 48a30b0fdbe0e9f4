//! Boards (nämnder och styrelser): the political bodies that answer for operations.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Outcome, Saved, Stamps, name_referrers, tag};
use crate::auth::change::{Change, Removal};
use crate::database::failure::explain;
use crate::database::schema::{api_keys, assignments, boards};
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::body::JsonBody;
use crate::http::call::{Call, Fields};
use crate::http::links::Linker;
use crate::http::list::{Kind, ListRequest, ListSpec, Member};
use crate::http::members::{Choice, Faults, Members};
use crate::http::page::{self, Page};
use crate::http::problem::{Code, Fault, Problem};
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;

crate::text_enum! {
    /// What kind of political body it is (typ av organ).
    pub enum BoardKind {
        /// The council (kommunfullmäktige).
        Council = "council",
        /// The executive board (kommunstyrelse).
        ExecutiveBoard = "executiveBoard",
        /// A board (nämnd).
        Board = "board",
        /// A committee (utskott, beredning).
        Committee = "committee",
        /// A company of the municipality's (kommunalt bolag).
        Company = "company",
    }
}

/// What a client writes of a board (nämnd, styrelse).
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    ToSchema,
    Queryable,
    Selectable,
    QueryableByName,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = boards, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"name": "Kommunstyrelsen", "kind": "executiveBoard", "validFrom": null, "validTo": null, "successorBoardId": null}))]
pub struct BoardContent {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Kommunstyrelsen")]
    pub name: String,
    /// What kind of body it is.
    pub kind: BoardKind,
    /// The first day it exists; null: as long as anyone asks.
    #[schema(example = "2023-01-01")]
    pub valid_from: Option<NaiveDate>,
    /// The last day it exists; null: until further notice. Not before `validFrom`.
    #[schema(example = "2026-12-31")]
    pub valid_to: Option<NaiveDate>,
    /// The board that took over from it; not itself.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "bildningsnamnden")]
    pub successor_board_id: Option<String>,
}

/// A board (nämnd, styrelse): a political body that answers for operations.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    /// A short name of plain letters, digits and hyphens: the key.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: String,
    /// What was written.
    #[serde(flatten)]
    pub content: BoardContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of boards.
pub type BoardPage = Page<Board>;

/// A board as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = boards)]
pub struct BoardRow {
    /// The key.
    pub board_id: String,
    /// What was written.
    #[diesel(embed)]
    pub content: BoardContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

const LIST: ListSpec = ListSpec {
    table: "boards",
    members: &[
        Member::required("boardId", "board_id", Kind::Text),
        Member::required("name", "name", Kind::Text),
        Member::required("kind", "kind", Kind::Text),
        Member::optional("validFrom", "valid_from", Kind::Date),
        Member::optional("validTo", "valid_to", Kind::Date),
        Member::optional("successorBoardId", "successor_board_id", Kind::Text),
    ],
    order: &["boardId"],
    key: &["boardId"],
    filters: &["boardId", "kind", "q"],
    max_limit: 1000,
};

impl BoardContent {
    /// Reads a body, noting every fault. `own` is the key in the path.
    pub fn read(members: &mut Members<'_>, own: &str) -> Self {
        let content = Self {
            name: members.required_text("name", text::NAME),
            kind: members.required_choice("kind", BoardKind::Board),
            valid_from: members.date("validFrom"),
            valid_to: members.date("validTo"),
            successor_board_id: members.slug("successorBoardId"),
        };
        if content
            .valid_from
            .zip(content.valid_to)
            .is_some_and(|(from, to)| to < from)
        {
            members.fault("validTo", "inconsistent", "validTo is before validFrom");
        }
        if content.successor_board_id.as_deref() == Some(own) {
            members.fault(
                "successorBoardId",
                "inconsistent",
                "a board cannot succeed itself",
            );
        }
        content
    }
}

impl BoardRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        tag("boards", self.version)
    }

    fn shown(self, root: &str, etag: Option<String>) -> Board {
        let mut linker = Linker::resource(root, "boards", &self.board_id).link(
            "assignments",
            "related",
            &format!("/boards/{}/assignments", self.board_id),
        );
        if let Some(successor) = &self.content.successor_board_id {
            linker = linker.link("successor", "related", &format!("/boards/{successor}"));
        }
        let stamps = Stamps {
            created_at: self.created_at,
            updated_at: self.updated_at,
            etag,
            links: linker.done(),
        };
        Board {
            board_id: self.board_id,
            content: self.content,
            stamps,
        }
    }
}

/// The boards among `ids` that are there, held until the transaction ends.
pub async fn hold(connection: &mut Connection, ids: &[String]) -> QueryResult<Vec<String>> {
    boards::table
        .filter(boards::board_id.eq_any(ids))
        .select(boards::board_id)
        .for_key_share()
        .load(connection)
        .await
}

/// The board with this key.
pub async fn find(connection: &mut Connection, id: &str) -> QueryResult<Option<BoardRow>> {
    boards::table
        .find(id)
        .select(BoardRow::as_select())
        .first(connection)
        .await
        .optional()
}

async fn lock(connection: &mut Connection, id: &str) -> QueryResult<Option<BoardRow>> {
    boards::table
        .find(id)
        .select(BoardRow::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()
}

/// The keys and names of all boards.
pub async fn names(connection: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    boards::table
        .order(boards::board_id)
        .select((boards::board_id, boards::name))
        .load(connection)
        .await
}

/// Makes a board; `None` when somebody else made it in the meantime.
pub async fn insert(
    connection: &mut Connection,
    id: &str,
    content: &BoardContent,
) -> Result<Option<BoardRow>, Failure> {
    diesel::insert_into(boards::table)
        .values((boards::board_id.eq(id), content))
        .on_conflict(boards::board_id)
        .do_nothing()
        .returning(BoardRow::as_returning())
        .get_result(connection)
        .await
        .optional()
        .map_err(|error| explain(error, told))
}

async fn replace(
    connection: &mut Connection,
    current: BoardRow,
    content: BoardContent,
) -> Result<Saved<BoardRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(boards::table.find(&current.board_id))
        .set(content)
        .returning(BoardRow::as_returning())
        .get_result(connection)
        .await
        .map_err(|error| explain(error, told))?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// All boards, by key.
#[utoipa::path(get, path = "/boards", tag = "boards", responses((status = 200, description = "The boards", body = BoardPage)))]
pub async fn list_boards(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    if let Some(ids) = request.query.list("boardId", text::slug)? {
        request.filter(
            Statement::new("board_id = ANY (")
                .value(SqlValue::Texts(ids))
                .sql(")"),
        );
    }
    if let Some(kind) = request.query.one("kind", BoardKind::from_word)? {
        request.filter(Statement::new("kind = ").value(SqlValue::Text(kind.word().to_owned())));
    }
    request.filter_text(&["name"]);
    let (request, loaded) = request.run::<BoardRow>(&call.service.database).await?;
    page::answer(&call, &request, loaded, |row| {
        let tag = row.tag();
        row.shown(call.root(), Some(tag))
    })
}

/// One board.
#[utoipa::path(get, path = "/boards/{boardId}", tag = "boards", responses((status = 200, description = "The board", body = Board)))]
pub async fn get_board(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let id = key(&call)?;
    let work = call
        .service
        .database
        .read(move |connection| Box::pin(async move { Ok(find(connection, &id).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces a board.
#[utoipa::path(put, path = "/boards/{boardId}", tag = "boards", request_body = BoardContent,
    responses((status = 200, description = "Replaced, or already so", body = Board), (status = 201, description = "Created", body = Board)))]
pub async fn put_board(call: Call, change: Change) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let work = call
        .service
        .database
        .write(change.actor(), move |connection| {
            Box::pin(put(connection, id, change))
        });
    answer(&call, work.await?)
}

/// Changes members of a board.
#[utoipa::path(patch, path = "/boards/{boardId}", tag = "boards", request_body = BoardContent,
    responses((status = 200, description = "Changed, or already so", body = Board)))]
pub async fn patch_board(call: Call, change: Change) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let work = call
        .service
        .database
        .write(change.actor(), move |connection| {
            Box::pin(patch(connection, id, change))
        });
    answer(&call, work.await?)
}

/// Deletes a board that nothing refers to.
#[utoipa::path(delete, path = "/boards/{boardId}", tag = "boards", responses((status = 204, description = "Deleted")))]
pub async fn delete_board(call: Call, removal: Removal) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let work = call
        .service
        .database
        .write(removal.actor(), move |connection| {
            Box::pin(delete(connection, id, removal))
        });
    work.await?;
    Ok(call.gone())
}

fn key(call: &Call) -> Result<String, Problem> {
    call.key("boardId", "board", text::slug)
}

fn missing() -> Problem {
    Problem::not_found("board")
}

fn told(constraint: &str) -> Option<Problem> {
    (constraint == "boards_successor_board_id_fkey").then(|| {
        Problem::invalid(vec![Fault::new(
            "/successorBoardId",
            "unknownReference",
            "there is no such board",
        )])
    })
}

fn answer(call: &Call, saved: Saved<BoardRow>) -> Result<HttpResponse, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{}/boards/{}", call.root(), saved.row.board_id);
    call.saved(&saved.row.shown(call.root(), None), &tag, made, &location)
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
    let current = lock(connection, &id).await?.ok_or_else(missing)?;
    removal.writer.may_edit("boards")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = referrers(connection, &id).await?;
    if !referrers.is_empty() {
        return Err(Problem::new(Code::ReferredTo, name_referrers("the board", &referrers)).into());
    }
    diesel::delete(boards::table.find(id))
        .execute(connection)
        .await?;
    Ok(())
}

/// What refers to a board: boards that it succeeds, assignments that it gave
/// or that name it, and keys.
async fn referrers(connection: &mut Connection, id: &str) -> QueryResult<Vec<String>> {
    let succeeded: Vec<String> = boards::table
        .filter(boards::successor_board_id.eq(id))
        .order(boards::board_id)
        .select(boards::board_id)
        .load(connection)
        .await?;
    let assignments: Vec<Uuid> = assignments::table
        .filter(
            assignments::origin_board_id
                .eq(id)
                .or(assignments::board_ids.contains(vec![id])),
        )
        .order(assignments::assignment_id)
        .select(assignments::assignment_id)
        .load(connection)
        .await?;
    let keys: Vec<Uuid> = api_keys::table
        .filter(api_keys::board_id.eq(id))
        .order(api_keys::key_id)
        .select(api_keys::key_id)
        .load(connection)
        .await?;
    let succeeded = succeeded.into_iter().map(|id| format!("board {id}"));
    let assignments = assignments.into_iter().map(|id| format!("assignment {id}"));
    let keys = keys.into_iter().map(|id| format!("API key {id}"));
    Ok(succeeded.chain(assignments).chain(keys).collect())
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
