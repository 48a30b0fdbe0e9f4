//! The assignments that address a board.

use actix_web::HttpRequest;
use actix_web::web::{Path, Query};
use chrono::{DateTime, NaiveDate, Utc};
use malbild::http::conditional::version_tag;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;

use super::page::{Cursors, Page};
use super::{Answer, Database, Link, failed, json};

pub(super) const OF_BOARD: &str = "
    SELECT assignment_id, goal_id, title, description, origin, origin_board_id, all_boards,
           board_ids, status, starts_on, due_on, anchor, created_at, updated_at, version
      FROM assignments
     WHERE (board_ids && $1 OR (all_boards AND EXISTS (
               SELECT FROM boards b, goals g
                WHERE g.goal_id = assignments.goal_id
                  AND b.kind IN ('executiveBoard', 'board', 'committee')
                  AND coalesce(b.valid_from, '-infinity') <= make_date(g.budget_year, 1, 1)
                  AND coalesce(b.valid_to, 'infinity') >= make_date(g.budget_year, 12, 31)
                  AND b.board_id = ANY ($1))))
     ORDER BY goal_id, origin DESC, title, assignment_id LIMIT $2";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    assignment_id: Uuid,
    goal_id: Uuid,
    title: String,
    description: Option<String>,
    origin: String,
    origin_board_id: Option<String>,
    all_boards: bool,
    board_ids: Vec<String>,
    status: String,
    starts_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    anchor: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    etag: String,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
struct Links {
    collection: Link,
    edit: Link,
    fulfilment: Link,
    goal: Link,
    reports: Link,
    #[serde(rename = "self")]
    own: Link,
}

impl Assignment {
    fn of(row: &Row, root: &str) -> Self {
        let assignment_id: Uuid = row.get(0);
        let goal_id: Uuid = row.get(1);
        let own = format!("{root}/assignments/{assignment_id}");
        Self {
            assignment_id,
            goal_id,
            title: row.get(2),
            description: row.get(3),
            origin: row.get(4),
            origin_board_id: row.get(5),
            all_boards: row.get(6),
            board_ids: row.get(7),
            status: row.get(8),
            starts_on: row.get(9),
            due_on: row.get(10),
            anchor: row.get(11),
            created_at: row.get(12),
            updated_at: row.get(13),
            etag: version_tag("assignments", row.get(14)),
            links: Links {
                collection: Link::get("collection", format!("{root}/assignments")),
                edit: Link::edit(own.clone()),
                fulfilment: Link::get("related", format!("{own}/fulfilment")),
                goal: Link::get("up", format!("{root}/goals/{goal_id}")),
                reports: Link::get("related", format!("{own}/reports")),
                own: Link::get("self", own),
            },
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Limit {
    limit: i64,
}

pub(super) async fn list(
    worker: Database,
    request: HttpRequest,
    board: Path<String>,
    asked: Query<Limit>,
) -> Answer {
    let boards = [board.into_inner()];
    let wanted = asked.limit + 1;
    let found = worker
        .client
        .query(&worker.assignments, &[&boards.as_slice(), &wanted])
        .await;
    let rows = found.map_err(failed)?;
    let item = |row: &Row| Assignment::of(row, &worker.root);
    let items: Vec<Assignment> = rows.iter().map(item).collect();
    let counted = (asked.limit, items.len() as i64);
    json(&Page::new(
        &worker,
        &request,
        items,
        counted,
        Cursors::default(),
    ))
}
