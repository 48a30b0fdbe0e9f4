//! A goal by its id, and the goals.

use actix_web::http::header::ETAG;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use malbild::http::conditional::version_tag;
use malbild::resources::Source;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::page::{Cursors, Page};
use super::{Answer, Database, Link, failed, json};

const COLUMNS: &str = "goal_id, budget_year, number, name, statement, political_text, position,
    predecessor_ids, sdgs, source, created_at, updated_at, version";

pub(super) fn one() -> String {
    format!("SELECT {COLUMNS} FROM goals WHERE goal_id = $1")
}

pub(super) fn all() -> String {
    format!("SELECT {COLUMNS} FROM goals ORDER BY budget_year, position, goal_id LIMIT $1")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Goal {
    goal_id: Uuid,
    budget_year: i32,
    number: Option<String>,
    name: Option<String>,
    statement: String,
    political_text: Option<String>,
    position: i32,
    predecessor_ids: Vec<Uuid>,
    sdgs: Vec<i32>,
    source: Option<Source>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
struct Links {
    assignments: Link,
    budget: Link,
    collection: Link,
    edit: Link,
    indicators: Link,
    overview: Link,
    #[serde(rename = "self")]
    own: Link,
}

impl Goal {
    fn of(row: &Row, root: &str, etag: Option<String>) -> Self {
        let goal_id: Uuid = row.get(0);
        let budget_year: i32 = row.get(1);
        let own = format!("{root}/goals/{goal_id}");
        Self {
            goal_id,
            budget_year,
            number: row.get(2),
            name: row.get(3),
            statement: row.get(4),
            political_text: row.get(5),
            position: row.get(6),
            predecessor_ids: row.get(7),
            sdgs: row.get(8),
            source: row.get::<_, Option<Json<Source>>>(9).map(|source| source.0),
            created_at: row.get(10),
            updated_at: row.get(11),
            etag,
            links: Links {
                assignments: Link::get("related", format!("{own}/assignments")),
                budget: Link::get("up", format!("{root}/budgets/{budget_year}")),
                collection: Link::get("collection", format!("{root}/goals")),
                edit: Link::edit(own.clone()),
                indicators: Link::get("related", format!("{own}/indicators")),
                overview: Link::get("related", format!("{own}/overview")),
                own: Link::get("self", own),
            },
        }
    }
}

fn tag(row: &Row) -> String {
    version_tag("goals", row.get(12))
}

pub(super) async fn get(worker: Database, id: Path<Uuid>) -> Answer {
    let found = worker.client.query_opt(&worker.goal, &[&*id]).await;
    let Some(row) = found.map_err(failed)? else {
        return Ok(HttpResponse::NotFound().finish());
    };
    let body = serde_json::to_vec(&Goal::of(&row, &worker.root, None))?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, format!("\"{}\"", tag(&row))))
        .content_type("application/json")
        .body(body))
}

#[derive(Deserialize)]
pub(super) struct Limit {
    limit: i64,
}

pub(super) async fn list(worker: Database, request: HttpRequest, asked: Query<Limit>) -> Answer {
    let found = worker
        .client
        .query(&worker.goals, &[&(asked.limit + 1)])
        .await;
    let rows = found.map_err(failed)?;
    let item = |row: &Row| Goal::of(row, &worker.root, Some(tag(row)));
    let items: Vec<Goal> = rows.iter().map(item).collect();
    let counted = (asked.limit, items.len() as i64);
    json(&Page::new(
        &worker,
        &request,
        items,
        counted,
        Cursors::default(),
    ))
}
