//! Fulfilment (uppfyllelse): which of the boards that an assignment addresses
//! have answered, and what.

use std::collections::HashMap;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::http::call::{AS_OF, Call};
use crate::http::links::{Linker, Links, Root};
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::Period;
use crate::resources::assignments::{
    self, AddressedBoard, AssignmentRow, AssignmentStatus, addressed_boards,
};
use crate::resources::reports::{self, Report, ReportRow};

/// How far the boards that an assignment addresses have come with it
/// (uppfyllelse av ett uppdrag): each board with its latest report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "allBoards": true, "year": 2022, "period": null,
    "items": [
        {"boardId": "kommunstyrelsen", "boardName": "Kommunstyrelsen", "silent": false, "report": {
            "assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "boardId": "kommunstyrelsen", "year": 2022, "period": "T2",
            "status": "inProgress", "comment": "Exempel: Planen är på remiss", "reportedOn": "2022-09-15",
            "createdAt": "2024-05-23T08:30:00.123456Z", "updatedAt": "2024-05-23T08:30:00.123456Z", "etag": "mF2nq0Yx3bX7yQhJc1tK",
            "_links": {"self": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/reports/kommunstyrelsen/2022/T2", "rel": "self", "method": "GET"}}}},
        {"boardId": "valnamnden", "boardName": "Valnämnden", "silent": true, "report": null}
    ],
    "totals": {"addressed": 2, "reported": 1, "silent": 1, "byStatus": {"notStarted": 0, "inProgress": 1, "completed": 0, "paused": 0, "cancelled": 0}},
    "_links": {
        "self": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/fulfilment?year=2022", "rel": "self", "method": "GET"},
        "assignment": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "rel": "up", "method": "GET"},
        "reports": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/reports", "rel": "related", "method": "GET"}
    }
}))]
pub struct Fulfilment {
    /// The assignment.
    #[schema(example = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22")]
    pub assignment_id: Uuid,
    /// Whether it is for all boards, or for those that it names.
    #[schema(example = true)]
    pub all_boards: bool,
    /// The year that the reports are of; null for the latest of any year.
    #[schema(required, minimum = 1900, maximum = 2200, example = 2022)]
    pub year: Option<i32>,
    /// Which of a year's follow-ups the reports are of; null for the latest of any.
    #[schema(required)]
    pub period: Option<Period>,
    /// The boards that it addresses, by name.
    pub items: Vec<BoardFulfilment>,
    /// How many boards have come how far.
    pub totals: FulfilmentTotals,
    /// `self`, the assignment, and all its reports.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// A board that an assignment addresses, with what it has answered (nämndens svar).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoardFulfilment {
    /// The board.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: String,
    /// Its name.
    #[schema(example = "Kommunstyrelsen")]
    pub board_name: String,
    /// Whether there is no report of it (har inte återrapporterat).
    #[schema(example = false)]
    pub silent: bool,
    /// Its latest report: of the last year, and there of the last of T1, T2 and
    /// annual. Null when it is silent.
    #[schema(required)]
    pub report: Option<Report>,
}

/// How many of the boards that an assignment addresses have come how far (summering).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FulfilmentTotals {
    /// How many it addresses.
    #[schema(minimum = 0, example = 2)]
    pub addressed: usize,
    /// How many of them have a report.
    #[schema(minimum = 0, example = 1)]
    pub reported: usize,
    /// How many of them have none.
    #[schema(minimum = 0, example = 1)]
    pub silent: usize,
    /// How many of the reports have which status.
    pub by_status: StatusCounts,
}

/// How many reports have which status (antal per status); each is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusCounts {
    /// Not begun (ej påbörjat).
    #[schema(minimum = 0, example = 0)]
    pub not_started: usize,
    /// Under way (pågår).
    #[schema(minimum = 0, example = 1)]
    pub in_progress: usize,
    /// Done (genomfört).
    #[schema(minimum = 0, example = 0)]
    pub completed: usize,
    /// Resting (pausat).
    #[schema(minimum = 0, example = 0)]
    pub paused: usize,
    /// Given up (avbrutet).
    #[schema(minimum = 0, example = 0)]
    pub cancelled: usize,
}

impl StatusCounts {
    fn add(&mut self, status: AssignmentStatus) {
        let count = match status {
            AssignmentStatus::NotStarted => &mut self.not_started,
            AssignmentStatus::InProgress => &mut self.in_progress,
            AssignmentStatus::Completed => &mut self.completed,
            AssignmentStatus::Paused => &mut self.paused,
            AssignmentStatus::Cancelled => &mut self.cancelled,
        };
        *count += 1;
    }
}

/// What a client asks of the view.
#[derive(Clone, Copy, Debug)]
struct Asked {
    assignment_id: Uuid,
    year: Option<i32>,
    period: Option<Period>,
}

/// What the view is made of.
struct Found {
    assignment: AssignmentRow,
    boards: Vec<AddressedBoard>,
    reports: Vec<ReportRow>,
}

/// How far the boards that an assignment addresses have come with it.
///
/// One row for each board that the assignment addresses: those that it names,
/// or for an assignment to all boards every board that this means. Each has its
/// latest report, or is silent. A board that has reported and is not addressed
/// any more has no row.
#[utoipa::path(get, path = "/assignments/{assignmentId}/fulfilment", tag = "reports",
    params(
        ("year" = Option<i32>, Query, nullable = false, minimum = 1900, maximum = 2200, example = 2022, description = "Only reports of this year (år) count."),
        ("period" = Option<String>, Query, nullable = false, pattern = "^(T1|T2|annual)$", example = "T2", description = "Only reports of this one of a year's follow-ups (uppföljningstillfälle) count: `T1`, `T2` or `annual`. Without `year`, that of the last year that has it."),
    ),
    responses((status = 200, description = "The boards with their latest reports", body = Fulfilment)))]
pub async fn get_fulfilment(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["year", "period"])?;
    let asked = Asked {
        year: query.one("year", text::year)?,
        period: query.one("period", Period::from_word)?,
        assignment_id: call.key("assignmentId", "assignment", text::uuid)?,
    };
    let work = call
        .reading()
        .read_snapshot(move |connection| Box::pin(find(connection, asked)));
    let fulfilment = work
        .await?
        .shown(call.root(), asked, &query.again(&[AS_OF], &[]));
    call.view(&fulfilment, &[])
}

async fn find(connection: &mut Connection, asked: Asked) -> Result<Found, Failure> {
    let id = asked.assignment_id;
    let assignment = assignments::find(connection, id).await?;
    Ok(Found {
        assignment: assignment.ok_or_else(|| Problem::not_found("assignment"))?,
        boards: addressed_boards(connection, id).await?,
        reports: reports::latest_by_board(connection, id, asked.year, asked.period).await?,
    })
}

impl Found {
    fn shown(self, root: &Root, asked: Asked, query: &str) -> Fulfilment {
        let reports = self.reports.into_iter();
        let mut reports: HashMap<String, ReportRow> =
            reports.map(|row| (row.key.board_id.clone(), row)).collect();
        let mut by_status = StatusCounts::default();
        let mut items = Vec::with_capacity(self.boards.len());
        for board in self.boards {
            let report = reports.remove(&board.board_id);
            if let Some(row) = &report {
                by_status.add(row.content.status);
            }
            items.push(BoardFulfilment {
                board_id: board.board_id,
                board_name: board.name,
                silent: report.is_none(),
                report: report.map(|row| row.listed(root)),
            });
        }
        let silent = items.iter().filter(|board| board.silent).count();
        Fulfilment {
            assignment_id: asked.assignment_id,
            all_boards: self.assignment.content.all_boards,
            year: asked.year,
            period: asked.period,
            totals: FulfilmentTotals {
                addressed: items.len(),
                reported: items.len() - silent,
                silent,
                by_status,
            },
            items,
            links: links(root, asked.assignment_id, query),
        }
    }
}

fn links(root: &Root, id: Uuid, query: &str) -> Links {
    let assignment = format!("/assignments/{id}");
    let mark = if query.is_empty() { "" } else { "?" };
    Linker::new(root)
        .link(
            "self",
            "self",
            format!("{assignment}/fulfilment{mark}{query}"),
        )
        .link("reports", "related", format!("{assignment}/reports"))
        .link("assignment", "up", assignment)
        .done()
}

/// The operations of this view.
pub fn operations() -> Vec<Operation> {
    vec![operation!(get_fulfilment, __path_get_fulfilment).at_any_moment()]
}
