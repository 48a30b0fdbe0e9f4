//! The operations on achievements.

use actix_web::HttpResponse;
use serde_json::Value;
use uuid::Uuid;

use super::store::{self, find, insert, lock, replace};
use super::{Achievement, AchievementContent, AchievementPage, AchievementRow, LIST};
use crate::auth::Writer;
use crate::auth::change::{Change, Removal};
use crate::database::statement::SqlValue;
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
use crate::resources::{Outcome, Saved, assignments, boards, goals};

/// All achievements, by key.
#[utoipa::path(get, path = "/achievements", tag = "achievements", responses((status = 200, description = "The achievements", body = AchievementPage)))]
pub(super) async fn list_achievements(call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read(&call, &LIST)?;
    goals::filter(&mut request)?;
    request.filter_years("year")?;
    if let Some(ids) = request.query.list("assignmentId", text::uuid)? {
        request.filter_any("assignmentId", SqlValue::Uuids(ids))?;
    }
    request.filter_text(&["text"]);
    request.answer(&call, AchievementRow::listed).await
}

/// One achievement.
#[utoipa::path(get, path = "/achievements/{achievementId}", tag = "achievements", responses((status = 200, description = "The achievement", body = Achievement)))]
pub(super) async fn get_achievement(call: Call) -> Result<HttpResponse, Problem> {
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

/// Creates an achievement with a key that the service makes (a UUIDv7).
///
/// A board's key may write achievements with an assignment (`assignmentId`)
/// under the same goal that its board gave or that addresses it, before and
/// after the change.
#[utoipa::path(post, path = "/achievements", tag = "achievements", request_body = AchievementContent,
    responses((status = 201, description = "Created", body = Achievement)))]
pub(super) async fn post_achievement(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = Uuid::now_v7();
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Creates or replaces an achievement. A client may choose the key: any UUID.
///
/// A board's key may write achievements with an assignment (`assignmentId`)
/// under the same goal that its board gave or that addresses it, before and
/// after the change.
#[utoipa::path(put, path = "/achievements/{achievementId}", tag = "achievements", request_body = AchievementContent,
    responses((status = 200, description = "Replaced, or already so", body = Achievement), (status = 201, description = "Created", body = Achievement)))]
pub(super) async fn put_achievement(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(put(connection, id, change)),
        answer,
    )
    .await
}

/// Changes members of an achievement.
#[utoipa::path(patch, path = "/achievements/{achievementId}", tag = "achievements", request_body = AchievementContent,
    responses((status = 200, description = "Changed, or already so", body = Achievement)))]
pub(super) async fn patch_achievement(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        change.actor(),
        move |connection| Box::pin(patch(connection, id, change)),
        answer,
    )
    .await
}

/// Deletes an achievement.
#[utoipa::path(delete, path = "/achievements/{achievementId}", tag = "achievements", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_achievement(
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
    call.key("achievementId", "achievement", text::uuid)
}

fn missing() -> Problem {
    Problem::not_found("achievement")
}

fn answer(root: &Root, saved: Saved<AchievementRow>) -> Result<Answer, Problem> {
    let (tag, made) = (saved.row.tag(), saved.created());
    let location = format!("{root}/achievements/{}", saved.row.achievement_id);
    Answer::saved(&saved.row.shown(root, None), &tag, made, &location)
}

/// What decides whose an achievement is.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The goal; `None` where a body names none, which is a fault of its own.
    goal_id: Option<Uuid>,
    assignment_id: Option<Uuid>,
}

impl Place {
    /// Where an achievement stands that is there.
    fn of(row: &AchievementRow) -> Self {
        Self {
            goal_id: Some(row.content.goal_id),
            assignment_id: row.content.assignment_id,
        }
    }

    /// Where a body puts one, looked at before the body is checked: who may
    /// write comes first.
    fn wanted(body: &JsonBody) -> Self {
        let named = |member| body.0.get(member).and_then(Value::as_str);
        Self {
            goal_id: named("goalId").and_then(text::uuid),
            assignment_id: named("assignmentId").and_then(text::uuid),
        }
    }
}

/// 403 unless the writer may write an achievement that stands in all these
/// places, before and after a change.
async fn permit(
    connection: &mut Connection,
    writer: &Writer,
    places: &[Place],
) -> Result<(), Failure> {
    let concerned = match &writer.board_id {
        Some(board) => concerned(connection, board, places).await?,
        None => false,
    };
    let owner = writer.board_id.as_deref().filter(|_| concerned);
    let what = "achievements with an assignment under the same goal that its board gave or that addresses it";
    Ok(writer.may_edit_of(owner, what)?)
}

/// Whether each place is with an assignment that concerns the board, under the
/// assignment's goal. What that depends on is held as it is until the
/// transaction ends.
async fn concerned(
    connection: &mut Connection,
    board: &str,
    places: &[Place],
) -> Result<bool, Failure> {
    let named: Vec<Uuid> = places.iter().filter_map(|p| p.assignment_id).collect();
    let held = assignments::hold_as_is(connection, &named).await?;
    boards::hold_as_is(connection, board).await?;
    for place in places {
        let found = held.iter().find(|(id, _)| Some(*id) == place.assignment_id);
        let Some((id, goal)) = found else {
            return Ok(false);
        };
        let elsewhere = place.goal_id.is_some_and(|named| named != *goal);
        if elsewhere || !assignments::concerns(connection, *id, board).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn read(connection: &mut Connection, body: JsonBody) -> Result<AchievementContent, Failure> {
    let mut faults = Faults::default();
    let content = body.read(&["achievementId"], &mut faults, AchievementContent::read);
    store::check(connection, &content, &mut faults).await?;
    faults.check()?;
    Ok(content)
}

async fn put(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
) -> Result<Saved<AchievementRow>, Failure> {
    loop {
        let current = lock(connection, id).await?;
        let mut places = vec![Place::wanted(&change.body)];
        places.extend(current.as_ref().map(Place::of));
        permit(connection, &change.writer, &places).await?;
        change
            .conditions
            .check(current.as_ref().map(AchievementRow::tag).as_deref())?;
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
) -> Result<Saved<AchievementRow>, Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    let merged = change.body.merged_into(&current.content)?;
    let places = [Place::of(&current), Place::wanted(&merged)];
    permit(connection, &change.writer, &places).await?;
    change.conditions.check(Some(&current.tag()))?;
    let content = read(connection, merged).await?;
    replace(connection, current, content).await
}

async fn delete(connection: &mut Connection, id: Uuid, removal: Removal) -> Result<(), Failure> {
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    permit(connection, &removal.writer, &[Place::of(&current)]).await?;
    removal.conditions.check(Some(&current.tag()))?;
    store::delete(connection, id).await?;
    Ok(())
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(list_achievements, __path_list_achievements).listing(&LIST),
        operation!(get_achievement, __path_get_achievement).selecting(&LIST),
        operation!(post_achievement, __path_post_achievement),
        operation!(put_achievement, __path_put_achievement),
        operation!(patch_achievement, __path_patch_achievement),
        operation!(delete_achievement, __path_delete_achievement),
    ]
}
