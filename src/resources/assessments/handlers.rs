//! The operations on assessments.

use super::store::{self, find, insert, lock, replace};
use super::{
    Assessment, AssessmentContent, AssessmentKey, AssessmentPage, AssessmentRow, AssessmentStatus,
    LIST,
};
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
use crate::resources::{Outcome, Period, Saved, goals};
use actix_web::HttpResponse;

/// All assessments, by goal, year and period.
#[utoipa::path(get, path = "/assessments", tag = "assessments", responses((status = 200, description = "The assessments", body = AssessmentPage)))]
pub(super) async fn list_assessments(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    goals::filter(&mut request)?;
    request.filter_years("year")?;
    request.filter_words("period", Period::from_word, |period| {
        period.word().to_owned()
    })?;
    request.filter_words("status", AssessmentStatus::from_word, |status| {
        status.word().to_owned()
    })?;
    request.answer(&call, AssessmentRow::listed).await
}

/// One assessment.
#[utoipa::path(get, path = "/assessments/{goalId}/{year}/{period}", tag = "assessments", responses((status = 200, description = "The assessment", body = Assessment)))]
pub(super) async fn get_assessment(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates or replaces an assessment.
#[utoipa::path(put, path = "/assessments/{goalId}/{year}/{period}", tag = "assessments", request_body = AssessmentContent,
    responses((status = 200, description = "Replaced, or already so", body = Assessment), (status = 201, description = "Created", body = Assessment)))]
pub(super) async fn put_assessment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, key, change)),
        answer,
    )
    .await
}

/// Changes members of an assessment.
#[utoipa::path(patch, path = "/assessments/{goalId}/{year}/{period}", tag = "assessments", request_body = AssessmentContent,
    responses((status = 200, description = "Changed, or already so", body = Assessment)))]
pub(super) async fn patch_assessment(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, key, change)),
        answer,
    )
    .await
}

/// Deletes an assessment.
#[utoipa::path(delete, path = "/assessments/{goalId}/{year}/{period}", tag = "assessments", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_assessment(
    removal: Removal,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let key = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, key, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<AssessmentKey, Problem> {
    Ok(AssessmentKey {
        goal_id: call.key("goalId", "goal", text::uuid)?,
        year: call.key("year", "assessment", text::year)?,
        period: call.key("period", "assessment", Period::from_word)?,
    })
}

fn missing() -> Problem {
    Problem::not_found("assessment")
}

fn answer(root: &Root, saved: Saved<AssessmentRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}{}", saved.row.key.path());
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

fn read(body: JsonBody) -> Result<AssessmentContent, Problem> {
    let mut faults = Faults::default();
    let key = &["goalId", "year", "period"];
    let content = body.read(key, &mut faults, AssessmentContent::read);
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    key: AssessmentKey,
    change: Change,
) -> Result<Saved<AssessmentRow>, Failure> {
    loop {
        let current = lock(connection, &key).await?;
        if current.is_none() && !goals::hold(connection, key.goal_id).await? {
            return Err(Problem::not_found("goal").into());
        }
        change.writer.may_edit("assessments")?;
        change
            .conditions
            .check(current.as_ref().map(AssessmentRow::tag).as_deref())?;
        let content = read(change.body.clone())?;
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
    key: AssessmentKey,
    change: Change,
) -> Result<Saved<AssessmentRow>, Failure> {
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    change.writer.may_edit("assessments")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(change.body.merged_into(&current.content)?)?;
    Ok(replace(connection, current, content).await?)
}

async fn delete(
    connection: &mut Connection,
    key: AssessmentKey,
    removal: Removal,
) -> Result<(), Failure> {
    let current = lock(connection, &key).await?.ok_or_else(missing)?;
    removal.writer.may_edit("assessments")?;
    removal.conditions.check(Some(&current.tag()))?;
    store::delete(connection, &key).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_assessments, __path_list_assessments).listing(&LIST),
        operation!(get_assessment, __path_get_assessment).selecting(&LIST),
        operation!(put_assessment, __path_put_assessment),
        operation!(patch_assessment, __path_patch_assessment),
        operation!(delete_assessment, __path_delete_assessment),
    ]
}
