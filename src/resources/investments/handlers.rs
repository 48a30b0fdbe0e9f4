//! The operations on investments.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::store::{self, find, insert, lock, replace};
use super::{Investment, InvestmentContent, InvestmentPage, InvestmentRow, LIST};
use crate::auth::change::{Change, Removal};
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
use crate::resources::{Outcome, Saved, goals};

/// All investments, by key.
#[utoipa::path(get, path = "/investments", tag = "investments", responses((status = 200, description = "The investments", body = InvestmentPage)))]
pub(super) async fn list_investments(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    goals::filter(&mut request)?;
    request.filter_years("year")?;
    request.filter_words("boardId", text::slug, |id| id)?;
    request.filter_text(&["title"]);
    request.answer(&call, InvestmentRow::listed).await
}

/// One investment.
#[utoipa::path(get, path = "/investments/{investmentId}", tag = "investments", responses((status = 200, description = "The investment", body = Investment)))]
pub(super) async fn get_investment(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates an investment with a key that the service makes (a UUIDv7).
#[utoipa::path(post, path = "/investments", tag = "investments", request_body = InvestmentContent,
    responses((status = 201, description = "Created", body = Investment)))]
pub(super) async fn post_investment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Creates or replaces an investment. A client may choose the key: any UUID.
#[utoipa::path(put, path = "/investments/{investmentId}", tag = "investments", request_body = InvestmentContent,
    responses((status = 200, description = "Replaced, or already so", body = Investment), (status = 201, description = "Created", body = Investment)))]
pub(super) async fn put_investment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of an investment.
#[utoipa::path(patch, path = "/investments/{investmentId}", tag = "investments", request_body = InvestmentContent,
    responses((status = 200, description = "Changed, or already so", body = Investment)))]
pub(super) async fn patch_investment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes an investment.
#[utoipa::path(delete, path = "/investments/{investmentId}", tag = "investments", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_investment(
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
    call.key("investmentId", "investment", text::uuid)
}

fn missing() -> Problem {
    Problem::not_found("investment")
}

fn answer(root: &Root, saved: Saved<InvestmentRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/investments/{}", saved.row.investment_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

async fn read(connection: &mut Connection, body: JsonBody) -> Result<InvestmentContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["investmentId"], &mut faults, InvestmentContent::read);
    store::check(connection, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<InvestmentRow>, Failure> {
    loop {
        let current = lock(connection, id).await?;
        change.writer.may_edit("investments")?;
        change
            .conditions
            .check(current.as_ref().map(InvestmentRow::tag).as_deref())?;
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
) -> Result<Saved<InvestmentRow>, Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    change.writer.may_edit("investments")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, change.body.merged_into(&current.content)?).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: Uuid, removal: Removal) -> Result<(), Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    removal.writer.may_edit("investments")?;
    removal.conditions.check(Some(&current.tag()))?;
    store::delete(connection, id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_investments, __path_list_investments).listing(&LIST),
        operation!(get_investment, __path_get_investment).selecting(&LIST),
        operation!(post_investment, __path_post_investment),
        operation!(put_investment, __path_put_investment),
        operation!(patch_investment, __path_patch_investment),
        operation!(delete_investment, __path_delete_investment),
    ]
}
