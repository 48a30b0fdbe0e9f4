//! The operations on goals.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::store::{self, find, insert, lock, replace};
use super::{Goal, GoalContent, GoalPage, GoalRow, LIST};
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
use crate::problem::{Code, Problem};
use crate::resources::{Outcome, Saved, name_referrers};

/// All goals, by year and position.
#[utoipa::path(get, path = "/goals", tag = "goals", responses((status = 200, description = "The goals", body = GoalPage)))]
pub(super) async fn list_goals(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    request.filter_years("budgetYear")?;
    request.filter_words("number", |number| Some(number.to_owned()), |number| number)?;
    request.filter_text(&["name", "statement", "political_text"]);
    request.answer(&call, GoalRow::listed).await
}

/// One goal.
#[utoipa::path(get, path = "/goals/{goalId}", tag = "goals", responses((status = 200, description = "The goal", body = Goal)))]
pub(super) async fn get_goal(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates a goal with a key that the service makes (a UUIDv7).
#[utoipa::path(post, path = "/goals", tag = "goals", request_body = GoalContent,
    responses((status = 201, description = "Created", body = Goal)))]
pub(super) async fn post_goal(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Creates or replaces a goal. A client may choose the key: any UUID.
#[utoipa::path(put, path = "/goals/{goalId}", tag = "goals", request_body = GoalContent,
    responses((status = 200, description = "Replaced, or already so", body = Goal), (status = 201, description = "Created", body = Goal)))]
pub(super) async fn put_goal(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of a goal.
#[utoipa::path(patch, path = "/goals/{goalId}", tag = "goals", request_body = GoalContent,
    responses((status = 200, description = "Changed, or already so", body = Goal)))]
pub(super) async fn patch_goal(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes a goal that nothing refers to.
#[utoipa::path(delete, path = "/goals/{goalId}", tag = "goals", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_goal(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| Box::pin(delete(connection, id, removal)),
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

fn key(call: &Call) -> Result<Uuid, Problem> {
    call.key("goalId", "goal", text::uuid)
}

fn missing() -> Problem {
    Problem::not_found("goal")
}

fn answer(root: &Root, saved: Saved<GoalRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/goals/{}", saved.row.goal_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

async fn read(
    connection: &mut Connection,
    id: Uuid,
    body: JsonBody,
) -> Result<GoalContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["goalId"], &mut faults, GoalContent::read);
    store::check(connection, id, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<GoalRow>, Failure> {
    loop {
        let current = lock(connection, id).await?;
        change.writer.may_edit("goals")?;
        change
            .conditions
            .check(current.as_ref().map(GoalRow::tag).as_deref())?;
        let content = read(connection, id, change.body.clone()).await?;
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
) -> Result<Saved<GoalRow>, Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    change.writer.may_edit("goals")?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, id, change.body.merged_into(&current.content)?).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: Uuid, removal: Removal) -> Result<(), Failure> {
    let current = store::lock_to_delete(connection, id)
        .await?
        .ok_or_else(missing)?;
    removal.writer.may_edit("goals")?;
    removal.conditions.check(Some(&current.tag()))?;
    let referrers = store::referrers(connection, id).await?;
    if !referrers.is_empty() {
        return Err(Problem::new(Code::ReferredTo, name_referrers("the goal", &referrers)).into());
    }
    store::delete(connection, id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_goals, __path_list_goals).listing(&LIST),
        operation!(get_goal, __path_get_goal).selecting(&LIST),
        operation!(post_goal, __path_post_goal).refusing(&[Code::AlreadyExists]),
        operation!(put_goal, __path_put_goal).refusing(&[Code::AlreadyExists]),
        operation!(patch_goal, __path_patch_goal).refusing(&[Code::AlreadyExists]),
        operation!(delete_goal, __path_delete_goal).refusing(&[Code::ReferredTo]),
    ]
}
