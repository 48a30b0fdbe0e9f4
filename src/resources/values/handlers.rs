//! The operations on values.

use actix_web::HttpResponse;
use futures_util::FutureExt;

use super::figures;
use super::store::{self, find, insert, lock, replace};
use super::{
    Gender, IndicatorValue, KOLADA, KOLADA_IN_PART, LIST, LIST_OF_INDICATOR, Provenance,
    ValueContent, ValueKey, ValuePage, ValueRow, ValueStatus,
};
use crate::auth::change::{Change, Removal};
use crate::auth::{Role, Writer};
use crate::database::statement::{SqlValue, Statement};
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure, Snapshot};
use crate::http::answer::Answer;
use crate::http::body::JsonBody;
use crate::http::call::Call;
use crate::http::export;
use crate::http::fields::Fields;
use crate::http::forms::Form;
use crate::http::links::Root;
use crate::http::list::{ListRequest, Loaded};
use crate::http::members::Faults;
use crate::http::page;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::{Code, Problem};
use crate::resources::indicators::{self, Measured};
use crate::resources::{Outcome, Saved, municipalities};

/// All values, by indicator, municipality, year and gender.
#[utoipa::path(get, path = "/values", tag = "values", responses((status = 200, description = "The values", body = ValuePage)))]
pub(super) async fn list_values(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_words("indicatorCode", text::code, |code| code)?;
    filter(&mut request)?;
    if request.form == Form::Json {
        let (request, loaded) = request.run(call.reading()).await?;
        return answer_page(&call, &request, loaded);
    }
    let snapshot = call.export().await?;
    answer_all(&call, request, snapshot).await
}

/// The values of one indicator.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/values", tag = "values", responses((status = 200, description = "The values", body = ValuePage)))]
pub(super) async fn list_indicator_values(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST_OF_INDICATOR)?;
    filter(&mut request)?;
    let code = indicator_in(&call)?;
    request.within("indicatorCode", SqlValue::Text(code.clone()))?;
    if request.form == Form::Json {
        let run = request.run_under(call.reading(), "indicator", |connection| {
            is_there(connection, code).boxed()
        });
        let (request, loaded) = run.await?;
        return answer_page(&call, &request, loaded);
    }
    let mut snapshot = call.export().await?;
    let found = snapshot.read(|connection| is_there(connection, code).boxed());
    if !found.await? {
        return Err(Problem::not_found("indicator"));
    }
    answer_all(&call, request, snapshot).await
}

async fn is_there(connection: &mut Connection, code: String) -> Result<bool, Failure> {
    Ok(indicators::find(connection, &code).await?.is_some())
}

/// Answers all values in the form that is asked for.
async fn answer_all(
    call: &Call,
    request: ListRequest,
    snapshot: Snapshot,
) -> Result<HttpResponse, Problem> {
    match request.form {
        Form::JsonStat | Form::Xlsx => figures::answer_list(call, request, snapshot).await,
        _ => export::answer(call, request, snapshot, ValueRow::listed).await,
    }
}

/// Applies the filters that both lists share.
fn filter(request: &mut ListRequest) -> Result<(), Problem> {
    request.filter_words("municipalityCode", text::municipality_code, |code| code)?;
    request.filter_years("year")?;
    for (name, condition) in [("yearFrom", "year >= "), ("yearTo", "year <= ")] {
        if let Some(year) = request.query.one(name, text::year)? {
            request.filter(Statement::new(condition).value(SqlValue::Integer(year)));
        }
    }
    request.filter_words("gender", Gender::from_word, |gender| {
        gender.word().to_owned()
    })?;
    request.filter_words("status", ValueStatus::from_word, |status| {
        status.word().to_owned()
    })
}

/// Answers a page of values, with how to credit those that are Kolada's own.
fn answer_page(
    call: &Call,
    request: &ListRequest,
    loaded: Loaded<ValueRow>,
) -> Result<HttpResponse, Problem> {
    let kolada = |row: &ValueRow| row.content.provenance == Provenance::Kolada;
    let of_kolada = loaded.rows.iter().filter(|row| kolada(row)).count();
    let attribution = match of_kolada {
        0 => None,
        all if all == loaded.rows.len() => Some(KOLADA),
        _ => Some(KOLADA_IN_PART),
    };
    page::credited(call, request, loaded, attribution, |row| {
        row.listed(call.root())
    })
}

/// One value.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}", tag = "values",
    responses((status = 200, description = "The value", body = IndicatorValue)))]
pub(super) async fn get_value(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates or replaces a value.
///
/// A board's key may write the values of the indicators that its board answers
/// for (`responsibleBoardId`), with provenance `reported` before and after.
#[utoipa::path(put, path = "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}", tag = "values", request_body = ValueContent,
    responses((status = 200, description = "Replaced, or already so", body = IndicatorValue), (status = 201, description = "Created", body = IndicatorValue)))]
pub(super) async fn put_value(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, key, change)),
        answer,
    )
    .await
}

/// Changes members of a value.
#[utoipa::path(patch, path = "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}", tag = "values", request_body = ValueContent,
    responses((status = 200, description = "Changed, or already so", body = IndicatorValue)))]
pub(super) async fn patch_value(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, key, change)),
        answer,
    )
    .await
}

/// Deletes a value.
#[utoipa::path(delete, path = "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}", tag = "values",
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_value(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, key, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn indicator_in(call: &Call) -> Result<String, Problem> {
    call.key("indicatorCode", "indicator", text::code)
}

fn key(call: &Call) -> Result<ValueKey, Problem> {
    Ok(ValueKey {
        indicator_code: indicator_in(call)?,
        municipality_code: call.key("municipalityCode", "municipality", text::municipality_code)?,
        year: call.key("year", "value", text::year)?,
        gender: call.key("gender", "value", Gender::from_word)?,
    })
}

fn missing() -> Problem {
    Problem::not_found("value")
}

fn answer(root: &Root, saved: Saved<ValueRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}{}", saved.row.key.path());
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// 403 unless the writer may write a value of this indicator with this
/// provenance: only what is reported belongs to a board.
fn permit(writer: &Writer, of: &Measured, provenance: Option<&str>) -> Result<(), Problem> {
    let reported = provenance.is_none_or(|word| word == Provenance::Reported.word());
    let owner = of.responsible_board_id.as_deref().filter(|_| reported);
    writer.may_edit_of(
        owner,
        "reported values of the indicators that its board answers for",
    )
}

/// The provenance that a body asks for, looked at before the body is checked:
/// who may write comes first.
fn provenance_in(body: &JsonBody) -> Option<&str> {
    body.0.get("provenance").and_then(serde_json::Value::as_str)
}

fn read(body: JsonBody, gender: Gender, of: &Measured) -> Result<ValueContent, Problem> {
    let mut faults = Faults::default();
    let key = &["indicatorCode", "municipalityCode", "year", "gender"];
    let content = body.read(key, &mut faults, ValueContent::read);
    if gender != Gender::All && !of.divided_by_gender {
        faults.add("", "inconsistent", NOT_DIVIDED);
    }
    faults.check()?;
    Ok(content)
}

/// The fault of a value for women or men of an indicator that has none.
const NOT_DIVIDED: &str = "the indicator is not divided by gender: its only gender is T";

/// The indicator with what its values depend on, held with the municipality
/// until the transaction ends; 404 for what is not there. What a board's key may
/// write depends on more of the indicator, so for that all of it is held.
async fn parents(
    connection: &mut Connection,
    key: &ValueKey,
    writer: &Writer,
) -> Result<Measured, Failure> {
    let code = &key.indicator_code;
    let measured = match writer.role {
        Role::Board => indicators::measured_as_is(connection, code).await?,
        Role::Admin | Role::Editor => indicators::measured(connection, code).await?,
    };
    let measured = measured.ok_or_else(|| Problem::not_found("indicator"))?;
    if !municipalities::hold(connection, &key.municipality_code).await? {
        return Err(Problem::not_found("municipality").into());
    }
    Ok(measured)
}

async fn put(
    connection: &mut Connection,
    key: ValueKey,
    change: Change,
) -> Result<Saved<ValueRow>, Failure> {
    let measured = parents(connection, &key, &change.writer).await?;
    loop {
        let current = lock(connection, &key).await?;
        if let Some(current) = &current {
            permit(
                &change.writer,
                &measured,
                Some(current.content.provenance.word()),
            )?;
        }
        permit(&change.writer, &measured, provenance_in(&change.body))?;
        change
            .conditions
            .check_those_sent(current.as_ref().map(ValueRow::tag).as_deref())?;
        let content = read(change.body.clone(), key.gender, &measured)?;
        match current {
            Some(current) => return replace(connection, current, content).await,
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
    key: ValueKey,
    change: Change,
) -> Result<Saved<ValueRow>, Failure> {
    let measured = parents(connection, &key, &change.writer).await?;
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    let before = current.content.provenance.word();
    permit(&change.writer, &measured, Some(before))?;
    permit(&change.writer, &measured, provenance_in(&change.body))?;
    change.conditions.check(Some(&current.tag()))?;
    let merged = change.body.merged_into(&current.content)?;
    let content = read(merged, key.gender, &measured)?;
    replace(connection, current, content).await
}

async fn delete(
    connection: &mut Connection,
    key: ValueKey,
    removal: Removal,
) -> Result<(), Failure> {
    let measured = parents(connection, &key, &removal.writer).await?;
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    let before = current.content.provenance.word();
    permit(&removal.writer, &measured, Some(before))?;
    removal.conditions.check_those_sent(Some(&current.tag()))?;
    store::delete(connection, &key).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_values, __path_list_values)
            .listing(&LIST)
            .refusing(&[Code::AnswerTooLarge]),
        operation!(list_indicator_values, __path_list_indicator_values)
            .listing(&LIST_OF_INDICATOR)
            .refusing(&[Code::AnswerTooLarge]),
        operation!(get_value, __path_get_value).selecting(&LIST),
        operation!(put_value, __path_put_value).unconditional(),
        operation!(patch_value, __path_patch_value),
        operation!(delete_value, __path_delete_value).unconditional(),
    ]
}
