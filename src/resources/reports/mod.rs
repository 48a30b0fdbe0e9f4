//! Reports (återrapporteringar): one board's answer on one assignment.

mod handlers;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use store::{find, insert, latest_by_board, named_of_assignment, named_of_board};

use super::assignments::AssignmentStatus;
use super::{Period, Stamps};
use crate::database::schema::reports;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

/// What names a report: assignment, board, year and period.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, QueryableByName,
)]
#[diesel(table_name = reports)]
#[serde(rename_all = "camelCase")]
pub struct ReportKey {
    /// The assignment that is answered.
    #[schema(read_only, example = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22")]
    pub assignment_id: Uuid,
    /// The board that answers.
    #[schema(read_only, pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: String,
    /// The year of the follow-up.
    #[schema(read_only, minimum = 1900, maximum = 2200, example = 2022)]
    pub year: i32,
    /// Which of the year's follow-ups it is.
    #[schema(read_only)]
    pub period: Period,
}

impl ReportKey {
    /// The path below the API root.
    pub fn path(&self) -> String {
        let Self {
            assignment_id,
            board_id,
            year,
            period,
        } = self;
        let period = period.word();
        format!("/assignments/{assignment_id}/reports/{board_id}/{year}/{period}")
    }
}

/// What a client writes of a report (återrapportering).
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    ToSchema,
    Queryable,
    Selectable,
    QueryableByName,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = reports, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"status": "inProgress", "comment": "Exempel: Planen är på remiss", "reportedOn": "2022-09-15"}))]
pub struct ReportContent {
    /// How far the board has come. It never changes the assignment's own status.
    pub status: AssignmentStatus,
    /// What the board says of it.
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Exempel: Planen är på remiss"
    )]
    pub comment: Option<String>,
    /// The day the board answered.
    #[schema(example = "2022-09-15")]
    pub reported_on: NaiveDate,
}

/// A report (återrapportering): one board's answer on one assignment at one follow-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"_links": {
    "self": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/reports/kommunstyrelsen/2022/T2", "rel": "self", "method": "GET"},
    "collection": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/reports", "rel": "collection", "method": "GET"},
    "edit": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22/reports/kommunstyrelsen/2022/T2", "rel": "edit", "method": "PUT"},
    "assignment": {"href": "https://oppnadata.example.se/malbild/v1/assignments/01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "rel": "up", "method": "GET"},
    "board": {"href": "https://oppnadata.example.se/malbild/v1/boards/kommunstyrelsen", "rel": "related", "method": "GET"}
}}))]
pub struct Report {
    /// The key.
    #[serde(flatten)]
    pub key: ReportKey,
    /// What was written.
    #[serde(flatten)]
    pub content: ReportContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of reports.
pub type ReportPage = Page<Report>;

/// A report as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = reports)]
pub struct ReportRow {
    /// The key.
    #[diesel(embed)]
    pub key: ReportKey,
    /// What was written.
    #[diesel(embed)]
    pub content: ReportContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of one assignment's reports can do. As words the periods
/// stand in the order of the year: T1, T2, annual.
pub const LIST: ListSpec = ListSpec {
    table: "reports",
    members: &[
        Member::required("assignmentId", "assignment_id", Kind::Uuid),
        Member::required("boardId", "board_id", Kind::Text),
        Member::required("year", "year", Kind::Integer),
        Member::required("period", "period", Kind::Text),
        Member::required("status", "status", Kind::Text),
        Member::optional("comment", "comment", Kind::Unsortable),
        Member::required("reportedOn", "reported_on", Kind::Date),
    ],
    order: &["assignmentId", "boardId", "year", "period"],
    key: &["assignmentId", "boardId", "year", "period"],
    filters: &["boardId", "year", "period", "status"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl ReportContent {
    /// Reads a body, noting every fault.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            status: members.required_choice("status", AssignmentStatus::NotStarted),
            comment: members.long_text("comment", text::NOTE),
            reported_on: members.required_date("reportedOn"),
        }
    }
}

impl ReportRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("reports", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Report {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The report as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Report {
        let ReportKey {
            assignment_id,
            board_id,
            ..
        } = &self.key;
        let collection = format!("/assignments/{assignment_id}/reports");
        let links = Linker::within(root, collection, self.key.path())
            .link("assignment", "up", format!("/assignments/{assignment_id}"))
            .link("board", "related", format!("/boards/{board_id}"))
            .done();
        Report {
            key: self.key,
            content: self.content,
            stamps: Stamps {
                created_at: self.created_at,
                updated_at: self.updated_at,
                etag,
                links,
            },
        }
    }
}
