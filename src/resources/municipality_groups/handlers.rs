//! The operations on municipality groups.

use super::store::{self, find, insert, lock, replace};
use super::{
    LIST, MunicipalityGroup, MunicipalityGroupContent, MunicipalityGroupPage, MunicipalityGroupRow,
};
use crate::auth::change::{Change, Removal};
use crate::database::statement::{SqlValue, Statement};
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
use crate::resources::{Outcome, Saved};
use actix_web::HttpResponse;

/// All municipality groups, by key.
#[utoipa::path(get, path = "/municipality-groups", tag = "municipality-groups", responses((status = 200, description = "The municipality groups", body = MunicipalityGroupPage)))]
pub(super) async fn list_municipality_groups(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    let wanted = request
        .query
        .list("municipalityCode", text::municipality_code)?;
    if let Some(codes) = wanted {
        let holding = Statement::new("municipality_codes && ").value(SqlValue::Texts(codes));
        request.filter(holding);
    }
    request.filter_text(&["title"]);
    request.answer(&call, MunicipalityGroupRow::listed).await
}

/// One municipality group.
#[utoipa::path(get, path = "/municipality-groups/{groupId}", tag = "municipality-groups", responses((status = 200, description = "The municipality group", body = MunicipalityGroup)))]
pub(super) async fn get_municipality_group(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates or replaces a municipality group.
#[utoipa::path(put, path = "/municipality-groups/{groupId}", tag = "municipality-groups", request_body = MunicipalityGroupContent,
    responses((status = 200, description = "Replaced, or already so", body = MunicipalityGroup), (status = 201, description = "Created", body = MunicipalityGroup)))]
pub(super) async fn put_municipality_group(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of a municipality group.
#[utoipa::path(patch, path = "/municipality-groups/{groupId}", tag = "municipality-groups", request_body = MunicipalityGroupContent,
    responses((status = 200, description = "Changed, or already so", body = MunicipalityGroup)))]
pub(super) async fn patch_municipality_group(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes a municipality group.
#[utoipa::path(delete, path = "/municipality-groups/{groupId}", tag = "municipality-groups", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_municipality_group(
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

fn key(call: &Call) -> Result<String, Problem> {
    call.key("groupId", "municipality group", text::code)
}

fn missing() -> Problem {
    Problem::not_found("municipality group")
}

fn answer(root: &Root, saved: Saved<MunicipalityGroupRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/municipality-groups/{}", saved.row.group_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

async fn read(
    connection: &mut Connection,
    body: JsonBody,
) -> Result<MunicipalityGroupContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["groupId"], &mut faults, MunicipalityGroupContent::read);
    store::check(connection, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: String,
    change: Change,
) -> Result<Saved<MunicipalityGroupRow>, Failure> {
    loop {
        let current = lock(connection, &id).await?;
        change.writer.may_edit("municipality groups")?;
        change
            .conditions
            .check(current.as_ref().map(MunicipalityGroupRow::tag).as_deref())?;
        let content = read(connection, change.body.clone()).await?;
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
) -> Result<Saved<MunicipalityGroupRow>, Failure> {
    let current = lock(connection, &id).await?.ok_or_else(missing)?;
    change.writer.may_edit("municipality groups")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, change.body.merged_into(&current.content)?).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: String, removal: Removal) -> Result<(), Failure> {
    let current = lock(connection, &id).await?.ok_or_else(missing)?;
    removal.writer.may_edit("municipality groups")?;
    removal.conditions.check(Some(&current.tag()))?;
    store::delete(connection, &id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_municipality_groups, __path_list_municipality_groups).listing(&LIST),
        operation!(get_municipality_group, __path_get_municipality_group).selecting(&LIST),
        operation!(put_municipality_group, __path_put_municipality_group),
        operation!(patch_municipality_group, __path_patch_municipality_group),
        operation!(delete_municipality_group, __path_delete_municipality_group),
    ]
}
