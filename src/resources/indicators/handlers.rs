//! The operations on indicators.

use actix_web::HttpResponse;

use super::store::{self, find, insert, lock, replace};
use super::{Indicator, IndicatorContent, IndicatorPage, IndicatorRole, IndicatorRow, LIST};
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
use crate::problem::{Code, Problem};
use crate::resources::{Outcome, Saved, name_referrers};

/// The columns that a search looks in.
const SEARCHED: [&str; 5] = [
    "title",
    "definition",
    "operating_area",
    "perspective",
    "publisher",
];

/// All indicators, by code.
#[utoipa::path(get, path = "/indicators", tag = "indicators", responses((status = 200, description = "The indicators", body = IndicatorPage)))]
pub(super) async fn list_indicators(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_words("indicatorCode", text::code, |code| code)?;
    let goals = request.query.list("goalId", text::uuid)?;
    let role = request.query.one("role", IndicatorRole::from_word)?;
    if goals.is_some() || role.is_some() {
        request.filter(store::linked(goals, role));
    }
    request.filter_words("responsibleBoardId", text::slug, |id| id)?;
    request.filter_text(&SEARCHED);
    request.answer(&call, IndicatorRow::listed).await
}

/// One indicator.
#[utoipa::path(get, path = "/indicators/{indicatorCode}", tag = "indicators", responses((status = 200, description = "The indicator", body = Indicator)))]
pub(super) async fn get_indicator(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let code = key(&call)?;
    let work = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(find(connection, &code).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
}

/// Creates or replaces an indicator.
#[utoipa::path(put, path = "/indicators/{indicatorCode}", tag = "indicators", request_body = IndicatorContent,
    responses((status = 200, description = "Replaced, or already so", body = Indicator), (status = 201, description = "Created", body = Indicator)))]
pub(super) async fn put_indicator(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let code = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, code, change)),
        answer,
    )
    .await
}

/// Changes members of an indicator.
#[utoipa::path(patch, path = "/indicators/{indicatorCode}", tag = "indicators", request_body = IndicatorContent,
    responses((status = 200, description = "Changed, or already so", body = Indicator)))]
pub(super) async fn patch_indicator(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let code = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, code, change)),
        answer,
    )
    .await
}

/// Deletes an indicator that nothing refers to.
#[utoipa::path(delete, path = "/indicators/{indicatorCode}", tag = "indicators", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_indicator(
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
    call.key("indicatorCode", "indicator", text::code)
}

fn missing() -> Problem {
    Problem::not_found("indicator")
}

fn answer(root: &Root, saved: Saved<IndicatorRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/indicators/{}", saved.row.indicator_code);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// Reads the content, noting every fault, those beside other rows among them.
async fn read(
    connection: &mut Connection,
    code: &str,
    current: Option<&IndicatorRow>,
    body: JsonBody,
) -> Result<IndicatorContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["indicatorCode"], &mut faults, |members| {
        IndicatorContent::read(members, code)
    });
    store::check(connection, current, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    code: String,
    change: Change,
) -> Result<Saved<IndicatorRow>, Failure> {
    loop {
        let current = lock(connection, &code).await?;
        change.writer.may_edit("indicators")?;
        change
            .conditions
            .check(current.as_ref().map(IndicatorRow::tag).as_deref())?;
        let content = read(connection, &code, current.as_ref(), change.body.clone()).await?;
        match current {
            Some(current) => return replace(connection, current, content).await,
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
) -> Result<Saved<IndicatorRow>, Failure> {
    let current = lock(connection, &code).await?.ok_or_else(missing)?;
    change.writer.may_edit("indicators")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(
        connection,
        &code,
        Some(&current),
        change.body.merged_into(&current.content)?,
    )
    .await?;
    replace(connection, current, content).await
}

async fn delete(
    connection: &mut Connection,
    code: String,
    removal: Removal,
) -> Result<(), Failure> {
    let current = store::lock_alone(connection, &code)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("indicators")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = store::referrers(connection, &code).await?;
    if !referrers.is_empty() {
        return Err(Problem::new(
            Code::ReferredTo,
            name_referrers("the indicator", &referrers),
        )
        .into());
    }
    store::delete(connection, &code).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_indicators, __path_list_indicators).listing(&LIST),
        operation!(get_indicator, __path_get_indicator).selecting(&LIST),
        operation!(put_indicator, __path_put_indicator),
        operation!(patch_indicator, __path_patch_indicator),
        operation!(delete_indicator, __path_delete_indicator).refusing(&[Code::ReferredTo]),
    ]
}
