//! `GET …/history` of what has one.

use actix_web::HttpResponse;

use super::load::Thing;
use super::{MAX_LIMIT, VersionPage, answer};
use crate::auth::Writer;
use crate::database::statement::{SqlValue, Statement};
use crate::database::text_enum::Choice;
use crate::http::call::Call;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::assignments::AssignmentRow;
use crate::resources::goals::GoalRow;
use crate::resources::indicators::IndicatorRow;
use crate::resources::targets::TargetRow;
use crate::resources::values::{Gender, ValueRow};

/// A goal's versions (målets ändringshistorik), the newest first, each with what changed.
///
/// One version for each commit that changed it. What was deleted keeps its
/// history. Keys of role `admin` or `editor` are told the actor of each change.
#[utoipa::path(get, path = "/goals/{goalId}/history", tag = "goals",
    responses((status = 200, description = "The versions", body = VersionPage)))]
pub(super) async fn get_goal_history(
    call: Call,
    reader: Option<Writer>,
) -> Result<HttpResponse, Problem> {
    let thing = with_uuid(&call, "goalId", "goal", "goals", "goal_id");
    answer(&call, reader, thing, |row: GoalRow| {
        serde_json::to_value(row.content)
    })
    .await
}

/// An assignment's versions (uppdragets ändringshistorik), the newest first, each with what changed.
///
/// One version for each commit that changed it. What was deleted keeps its
/// history. Keys of role `admin` or `editor` are told the actor of each change.
#[utoipa::path(get, path = "/assignments/{assignmentId}/history", tag = "assignments",
    responses((status = 200, description = "The versions", body = VersionPage)))]
pub(super) async fn get_assignment_history(
    call: Call,
    reader: Option<Writer>,
) -> Result<HttpResponse, Problem> {
    let thing = with_uuid(
        &call,
        "assignmentId",
        "assignment",
        "assignments",
        "assignment_id",
    );
    answer(&call, reader, thing, |row: AssignmentRow| {
        serde_json::to_value(row.content)
    })
    .await
}

/// An indicator's versions (nyckeltalets ändringshistorik), the newest first, each with what changed.
///
/// One version for each commit that changed it. What was deleted keeps its
/// history. Keys of role `admin` or `editor` are told the actor of each change.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/history", tag = "indicators",
    responses((status = 200, description = "The versions", body = VersionPage)))]
pub(super) async fn get_indicator_history(
    call: Call,
    reader: Option<Writer>,
) -> Result<HttpResponse, Problem> {
    let thing = call
        .key("indicatorCode", "indicator", text::code)
        .map(|code| {
            keyed(
                "indicator",
                "indicators",
                "indicator_code",
                SqlValue::Text(code),
            )
        });
    answer(&call, reader, thing, |row: IndicatorRow| {
        serde_json::to_value(row.content)
    })
    .await
}

/// A target's versions (målvärdets ändringshistorik), the newest first, each with what changed.
///
/// One version for each commit that changed it. What was deleted keeps its
/// history. Keys of role `admin` or `editor` are told the actor of each change.
#[utoipa::path(get, path = "/targets/{targetId}/history", tag = "targets",
    responses((status = 200, description = "The versions", body = VersionPage)))]
pub(super) async fn get_target_history(
    call: Call,
    reader: Option<Writer>,
) -> Result<HttpResponse, Problem> {
    let thing = with_uuid(&call, "targetId", "target", "targets", "target_id");
    answer(&call, reader, thing, |row: TargetRow| {
        serde_json::to_value(row.content)
    })
    .await
}

/// A value's versions (utfallets ändringshistorik), the newest first, each with what changed.
///
/// One version for each commit that changed it: so a figure that was revised
/// still shows what was published before. What was deleted keeps its history. Keys
/// of role `admin` or `editor` are told the actor of each change.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}/history", tag = "values",
    responses((status = 200, description = "The versions", body = VersionPage)))]
pub(super) async fn get_value_history(
    call: Call,
    reader: Option<Writer>,
) -> Result<HttpResponse, Problem> {
    let thing = value(&call);
    answer(&call, reader, thing, |row: ValueRow| {
        serde_json::to_value(row.content)
    })
    .await
}

fn with_uuid(
    call: &Call,
    name: &str,
    what: &'static str,
    table: &'static str,
    column: &str,
) -> Result<Thing, Problem> {
    let id = call.key(name, what, text::uuid)?;
    Ok(keyed(what, table, column, SqlValue::Uuid(id)))
}

/// Something of a resource that is called as its table is, with a key of one part.
fn keyed(what: &'static str, table: &'static str, column: &str, key: SqlValue) -> Thing {
    let entries = format!("resource = '{table}' AND key = jsonb_build_object('{column}', ");
    Thing {
        what,
        table,
        entries: Statement::new(entries).value(key).sql(")"),
    }
}

/// A value, by the expressions that the record's index of values has.
fn value(call: &Call) -> Result<Thing, Problem> {
    let indicator = call.key("indicatorCode", "indicator", text::code)?;
    let municipality = call.key("municipalityCode", "municipality", text::municipality_code)?;
    let year = call.key("year", "value", text::year)?;
    let gender = call.key("gender", "value", Gender::from_word)?;
    let entries =
        Statement::new(r#"resource = 'values' AND (key ->> 'indicator_code') COLLATE "C" = "#)
            .value(SqlValue::Text(indicator))
            .sql(r#" AND (key ->> 'municipality_code') COLLATE "C" = "#)
            .value(SqlValue::Text(municipality))
            .sql(" AND (key ->> 'year')::integer = ")
            .value(SqlValue::Integer(year))
            .sql(r#" AND (key ->> 'gender') COLLATE "C" = "#)
            .value(SqlValue::Text(gender.word().to_owned()));
    Ok(Thing {
        what: "value",
        table: "indicator_values",
        entries,
    })
}

/// The operations on histories.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(get_goal_history, __path_get_goal_history).paging(MAX_LIMIT),
        operation!(get_assignment_history, __path_get_assignment_history).paging(MAX_LIMIT),
        operation!(get_indicator_history, __path_get_indicator_history).paging(MAX_LIMIT),
        operation!(get_target_history, __path_get_target_history).paging(MAX_LIMIT),
        operation!(get_value_history, __path_get_value_history).paging(MAX_LIMIT),
    ]
}
