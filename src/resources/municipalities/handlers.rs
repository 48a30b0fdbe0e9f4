//! The operations on municipalities.

use actix_web::HttpResponse;

use super::store::{self, find, insert, lock, replace};
use super::{
    LIST, Municipality, MunicipalityContent, MunicipalityKind, MunicipalityPage, MunicipalityRow,
};
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
use crate::resources::{Outcome, Saved, municipality_groups, name_referrers, values};

/// All municipalities, by code.
#[utoipa::path(get, path = "/municipalities", tag = "municipalities", responses((status = 200, description = "The municipalities", body = MunicipalityPage)))]
pub(super) async fn list_municipalities(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_words("municipalityCode", text::municipality_code, |code| code)?;
    request.filter_words("countyCode", text::county_code, |code| code)?;
    if let Some(kind) = request.query.one("kind", MunicipalityKind::from_word)? {
        request.filter_any("kind", SqlValue::Text(kind.word().to_owned()))?;
    }
    request.filter_text(&["name"]);
    request.answer(&call, MunicipalityRow::listed).await
}

/// One municipality.
#[utoipa::path(get, path = "/municipalities/{municipalityCode}", tag = "municipalities", responses((status = 200, description = "The municipality", body = Municipality)))]
pub(super) async fn get_municipality(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let code = key(&call)?;
    let row = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, &code).await?) }))
        .await?
        .ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces a municipality.
#[utoipa::path(put, path = "/municipalities/{municipalityCode}", tag = "municipalities", request_body = MunicipalityContent,
    responses((status = 200, description = "Replaced, or already so", body = Municipality), (status = 201, description = "Created", body = Municipality)))]
pub(super) async fn put_municipality(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let code = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, code, change)),
        answer,
    )
    .await
}

/// Changes members of a municipality.
#[utoipa::path(patch, path = "/municipalities/{municipalityCode}", tag = "municipalities", request_body = MunicipalityContent,
    responses((status = 200, description = "Changed, or already so", body = Municipality)))]
pub(super) async fn patch_municipality(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let code = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, code, change)),
        answer,
    )
    .await
}

/// Deletes a municipality that nothing refers to.
#[utoipa::path(delete, path = "/municipalities/{municipalityCode}", tag = "municipalities", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_municipality(
    removal: Removal,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let code = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, code, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<String, Problem> {
    call.key("municipalityCode", "municipality", text::municipality_code)
}

fn missing() -> Problem {
    Problem::not_found("municipality")
}

fn answer(root: &Root, saved: Saved<MunicipalityRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{}/municipalities/{}", root, saved.row.municipality_code);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

fn read(body: JsonBody) -> Result<MunicipalityContent, Problem> {
    let mut faults = Faults::default();
    let content = body.read(
        &["municipalityCode"],
        &mut faults,
        MunicipalityContent::read,
    );
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    code: String,
    change: Change,
) -> Result<Saved<MunicipalityRow>, Failure> {
    loop {
        let current = lock(connection, &code).await?;
        change.writer.may_edit("municipalities")?;
        change
            .conditions
            .check(current.as_ref().map(MunicipalityRow::tag).as_deref())?;
        let content = read(change.body.clone())?;
        match current {
            Some(current) => return Ok(replace(connection, current, content).await?),
            None => {
                if let Some(row) = insert(connection, &code, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    code: String,
    change: Change,
) -> Result<Saved<MunicipalityRow>, Failure> {
    let current = lock(connection, &code).await?.ok_or_else(missing)?;
    change.writer.may_edit("municipalities")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(change.body.merged_into(&current.content)?)?;
    Ok(replace(connection, current, content).await?)
}

async fn delete(
    connection: &mut Connection,
    code: String,
    removal: Removal,
) -> Result<(), Failure> {
    let current = store::lock_to_delete(connection, &code)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("municipalities")?;
    removal.conditions.check(Some(&current.tag()))?;
    let mut referrers = municipality_groups::named_of_municipality(connection, &code).await?;
    referrers.extend(values::of_municipality(connection, &code).await?);
    if !referrers.is_empty() {
        let detail = name_referrers("the municipality", &referrers);
        return Err(Problem::new(Code::ReferredTo, detail).into());
    }
    store::delete(connection, &code).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_municipalities, __path_list_municipalities).listing(&LIST),
        operation!(get_municipality, __path_get_municipality).selecting(&LIST),
        operation!(put_municipality, __path_put_municipality),
        operation!(patch_municipality, __path_patch_municipality),
        operation!(delete_municipality, __path_delete_municipality).refusing(&[Code::ReferredTo]),
    ]
}
