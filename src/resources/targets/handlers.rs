//! The operations on targets.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::store::{self, find, insert, lock, replace};
use super::{LIST, Target, TargetContent, TargetKind, TargetPage, TargetRow};
use crate::auth::change::{Change, Removal};
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
use crate::resources::values::Gender;
use crate::resources::{Outcome, Saved, goals};

/// All targets, by key.
#[utoipa::path(get, path = "/targets", tag = "targets", responses((status = 200, description = "The targets", body = TargetPage)))]
pub(super) async fn list_targets(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    goals::filter(&mut request)?;
    request.filter_words("indicatorCode", text::code, |code| code)?;
    request.filter_words("kind", TargetKind::from_word, |kind| kind.word().to_owned())?;
    request.filter_words("gender", Gender::from_word, |gender| {
        gender.word().to_owned()
    })?;
    request.filter_years("targetYear")?;
    request.filter_text(&["statement", "anchor"]);
    request.answer(&call, TargetRow::listed).await
}

/// One target.
#[utoipa::path(get, path = "/targets/{targetId}", tag = "targets", responses((status = 200, description = "The target", body = Target)))]
pub(super) async fn get_target(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates a target with a key that the service makes (a UUIDv7).
#[utoipa::path(post, path = "/targets", tag = "targets", request_body = TargetContent,
    responses((status = 201, description = "Created", body = Target)))]
pub(super) async fn post_target(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Creates or replaces a target. A client may choose the key: any UUID.
#[utoipa::path(put, path = "/targets/{targetId}", tag = "targets", request_body = TargetContent,
    responses((status = 200, description = "Replaced, or already so", body = Target), (status = 201, description = "Created", body = Target)))]
pub(super) async fn put_target(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of a target.
#[utoipa::path(patch, path = "/targets/{targetId}", tag = "targets", request_body = TargetContent,
    responses((status = 200, description = "Changed, or already so", body = Target)))]
pub(super) async fn patch_target(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes a target.
#[utoipa::path(delete, path = "/targets/{targetId}", tag = "targets", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_target(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, id, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<Uuid, Problem> {
    call.key("targetId", "target", text::uuid)
}

fn missing() -> Problem {
    Problem::not_found("target")
}

fn answer(root: &Root, saved: Saved<TargetRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/targets/{}", saved.row.target_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

async fn read(connection: &mut Connection, body: JsonBody) -> Result<TargetContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["targetId"], &mut faults, TargetContent::read);
    store::check(connection, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<TargetRow>, Failure> {
    loop {
        let current = lock(connection, id).await?;
        change.writer.may_edit("targets")?;
        change
            .conditions
            .check(current.as_ref().map(TargetRow::tag).as_deref())?;
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
) -> Result<Saved<TargetRow>, Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    change.writer.may_edit("targets")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, change.body.merged_into(&current.content)?).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: Uuid, removal: Removal) -> Result<(), Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    removal.writer.may_edit("targets")?;
    removal.conditions.check(Some(&current.tag()))?;
    store::delete(connection, id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_targets, __path_list_targets).listing(&LIST),
        operation!(get_target, __path_get_target).selecting(&LIST),
        operation!(post_target, __path_post_target),
        operation!(put_target, __path_put_target),
        operation!(patch_target, __path_patch_target),
        operation!(delete_target, __path_delete_target),
    ]
}
