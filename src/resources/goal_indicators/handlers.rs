//! The operations on goals' links to indicators.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::store::{self, find, insert, lock, replace};
use super::{
    GoalIndicator, GoalIndicatorContent, GoalIndicatorPage, GoalIndicatorRow, LIST, ListedRow, ONE,
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
use crate::resources::indicators::IndicatorRole;
use crate::resources::{Outcome, Saved, goals, name_referrers};

/// The indicators of one goal with the role of each, by code; `sort=position` gives the goal's own order.
#[utoipa::path(get, path = "/goals/{goalId}/indicators", tag = "indicators", responses((status = 200, description = "The goal's links to indicators", body = GoalIndicatorPage)))]
pub(super) async fn list_goal_indicators(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    if let Some(role) = request.query.one("role", IndicatorRole::from_word)? {
        request.filter_any("role", SqlValue::Text(role.word().to_owned()))?;
    }
    let goal_id = goal(&call)?;
    request.within("goalId", SqlValue::Uuid(goal_id))?;
    let answer = request.answer_under(&call, ListedRow::shown, "goal", move |connection| {
        Box::pin(async move { Ok(goals::find(connection, goal_id).await?.is_some()) })
    });
    answer.await
}

/// One link of a goal to an indicator, without the role, which the list has.
#[utoipa::path(get, path = "/goals/{goalId}/indicators/{indicatorCode}", tag = "indicators", responses((status = 200, description = "The link", body = GoalIndicator)))]
pub(super) async fn get_goal_indicator(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["fields"])?;
    let fields = Fields::read(&query, &ONE.field_names())?;
    let (goal_id, code) = key(&call)?;
    let work = call.reading().read(move |connection| {
        Box::pin(async move { Ok(find(connection, goal_id, &code).await?) })
    });
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root()), &tag, &fields)
}

/// Links a goal to an indicator, or gives the link another position.
#[utoipa::path(put, path = "/goals/{goalId}/indicators/{indicatorCode}", tag = "indicators", request_body = GoalIndicatorContent,
    responses((status = 200, description = "Replaced, or already so", body = GoalIndicator), (status = 201, description = "Created", body = GoalIndicator)))]
pub(super) async fn put_goal_indicator(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let (goal_id, code) = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, goal_id, code, change)),
        answer,
    )
    .await
}

/// Gives a goal's link to an indicator another position.
#[utoipa::path(patch, path = "/goals/{goalId}/indicators/{indicatorCode}", tag = "indicators", request_body = GoalIndicatorContent,
    responses((status = 200, description = "Changed, or already so", body = GoalIndicator)))]
pub(super) async fn patch_goal_indicator(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let (goal_id, code) = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, goal_id, code, change)),
        answer,
    )
    .await
}

/// Takes away a goal's link to an indicator for which it has no target; the indicator stays.
#[utoipa::path(delete, path = "/goals/{goalId}/indicators/{indicatorCode}", tag = "indicators", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_goal_indicator(
    removal: Removal,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let (goal_id, code) = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, goal_id, code, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn goal(call: &Call) -> Result<Uuid, Problem> {
    call.key("goalId", "goal", text::uuid)
}

fn key(call: &Call) -> Result<(Uuid, String), Problem> {
    let code = |raw: &str| text::code(raw);
    Ok((goal(call)?, call.key("indicatorCode", "indicator", code)?))
}

fn missing() -> Problem {
    Problem::not_found("link between this goal and this indicator")
}

fn answer(root: &Root, saved: Saved<GoalIndicatorRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let (goal_id, code) = (saved.row.goal_id, &saved.row.indicator_code);
    let location = format!("{root}/goals/{goal_id}/indicators/{code}");
    Answer::saved(&saved.row.shown(root), &tag, made, &location)
}

fn read(body: JsonBody) -> Result<GoalIndicatorContent, Problem> {
    let mut faults = Faults::default();
    let key = &["goalId", "indicatorCode"];
    let content = body.read(key, &mut faults, GoalIndicatorContent::read);
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    goal_id: Uuid,
    code: String,
    change: Change,
) -> Result<Saved<GoalIndicatorRow>, Failure> {
    loop {
        let current = lock(connection, goal_id, &code).await?;
        if current.is_none() {
            store::hold_ends(connection, goal_id, &code).await?;
        }
        change.writer.may_edit("goals' links to indicators")?;
        change
            .conditions
            .check(current.as_ref().map(GoalIndicatorRow::tag).as_deref())?;
        let content = read(change.body.clone())?;
        match current {
            Some(current) => return Ok(replace(connection, current, content).await?),
            None => {
                if let Some(row) = insert(connection, goal_id, &code, &content).await? {
                    return Ok(Saved::new(row, Outcome::Created));
                }
            }
        }
    }
}

async fn patch(
    connection: &mut Connection,
    goal_id: Uuid,
    code: String,
    change: Change,
) -> Result<Saved<GoalIndicatorRow>, Failure> {
    let current = lock(connection, goal_id, &code)
        .await?
        .ok_or_else(missing)?;
    change.writer.may_edit("goals' links to indicators")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(change.body.merged_into(&current.content)?)?;
    Ok(replace(connection, current, content).await?)
}

async fn delete(
    connection: &mut Connection,
    goal_id: Uuid,
    code: String,
    removal: Removal,
) -> Result<(), Failure> {
    let current = store::lock_to_delete(connection, goal_id, &code)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("goals' links to indicators")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = store::referrers(connection, goal_id, &code).await?;
    if !referrers.is_empty() {
        let detail = name_referrers("the link", &referrers);
        return Err(Problem::new(Code::ReferredTo, detail).into());
    }
    store::delete(connection, goal_id, &code).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_goal_indicators, __path_list_goal_indicators).listing(&LIST),
        operation!(get_goal_indicator, __path_get_goal_indicator).selecting(&ONE),
        operation!(put_goal_indicator, __path_put_goal_indicator),
        operation!(patch_goal_indicator, __path_patch_goal_indicator),
        operation!(delete_goal_indicator, __path_delete_goal_indicator)
            .refusing(&[Code::ReferredTo]),
    ]
}
