//! Assignments (uppdrag): something the council or a board has ordered, for
//! all boards or for named ones.

mod addressed;
mod handlers;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use addressed::{
    AddressedBoard, SilentBoardRow, addressed_boards, addresses, concerns, silent_boards,
};
pub use handlers::operations;
pub use store::{find, hold, hold_as_is, insert, keys_of_goal, listed_of_goals, of_board, of_goal};

use super::Stamps;
use crate::database::schema::assignments;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// Who gave an assignment (uppdragsgivare).
    pub enum Origin {
        /// The council (uppdrag från fullmäktige).
        Council = "council",
        /// A board (nämndernas egna uppdrag).
        Board = "board",
    }
}

crate::text_enum! {
    /// How far an assignment has come (status).
    pub enum AssignmentStatus {
        /// Not begun (ej påbörjat).
        NotStarted = "notStarted",
        /// Under way (pågår).
        InProgress = "inProgress",
        /// Done (genomfört).
        Completed = "completed",
        /// Resting (pausat).
        Paused = "paused",
        /// Given up (avbrutet).
        Cancelled = "cancelled",
    }
}

/// What a client writes of an assignment (uppdrag).
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
#[diesel(table_name = assignments, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "title": "Exempel: Ta fram en handlingsplan", "description": null,
    "origin": "council", "originBoardId": null, "allBoards": true, "boardIds": [], "status": "notStarted",
    "startsOn": "2024-01-01", "dueOn": "2024-12-31", "anchor": null
}))]
pub struct AssignmentContent {
    /// The goal it serves; there must be such a goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// What is to be done.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Exempel: Ta fram en handlingsplan"
    )]
    pub title: String,
    /// More about it, in paragraphs.
    #[schema(min_length = 1, max_length = 20000)]
    pub description: Option<String>,
    /// Who gave it.
    pub origin: Origin,
    /// The board that gave it: exactly when `origin` is `board`.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = json!(null))]
    pub origin_board_id: Option<String>,
    /// Whether it is for every board of kind executiveBoard, board or committee
    /// whose validity covers the goal's budget year.
    #[schema(example = true)]
    pub all_boards: bool,
    /// The boards it is for: some exactly when `allBoards` is false; none twice.
    #[schema(required = false, schema_with = super::board_ids_schema)]
    pub board_ids: Vec<String>,
    /// How far it has come; `notStarted` where nothing is said.
    #[schema(required = false)]
    pub status: AssignmentStatus,
    /// The first day.
    #[schema(example = "2024-01-01")]
    pub starts_on: Option<NaiveDate>,
    /// The day by which it is to be done; not before `startsOn`.
    #[schema(example = "2024-12-31")]
    pub due_on: Option<NaiveDate>,
    /// The sentence of the political text that it comes from.
    #[schema(min_length = 1, max_length = 1000)]
    pub anchor: Option<String>,
}

/// An assignment (uppdrag): something the council or a board has ordered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The key.
    #[schema(example = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22")]
    pub assignment_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: AssignmentContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of assignments.
pub type AssignmentPage = Page<Assignment>;

/// An assignment as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = assignments)]
pub struct AssignmentRow {
    /// The key.
    pub assignment_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: AssignmentContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of assignments can do.
pub const LIST: ListSpec = ListSpec {
    table: "assignments",
    members: &[
        Member::required("assignmentId", "assignment_id", Kind::Uuid),
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::required("title", "title", Kind::Text),
        Member::optional("description", "description", Kind::Unsortable),
        Member::required("origin", "origin", Kind::Text),
        Member::optional("originBoardId", "origin_board_id", Kind::Text),
        Member::required("allBoards", "all_boards", Kind::Boolean),
        Member::required("boardIds", "board_ids", Kind::Unsortable),
        Member::required("status", "status", Kind::Text),
        Member::optional("startsOn", "starts_on", Kind::Date),
        Member::optional("dueOn", "due_on", Kind::Date),
        Member::optional("anchor", "anchor", Kind::Unsortable),
    ],
    // `council` comes before `board`: descending as words.
    order: &["goalId", "-origin", "title"],
    key: &["assignmentId"],
    filters: &[
        "goalId",
        "budgetYear",
        "boardId",
        "named",
        "origin",
        "originBoardId",
        "status",
        "q",
    ],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

/// The same list under one goal.
pub const LIST_OF_GOAL: ListSpec = ListSpec {
    filters: &["boardId", "named", "origin", "originBoardId", "status", "q"],
    ..LIST
};

/// The same list under one board: those that name it and those to all boards.
pub const LIST_OF_BOARD: ListSpec = ListSpec {
    filters: &[
        "goalId",
        "budgetYear",
        "named",
        "origin",
        "originBoardId",
        "status",
        "q",
    ],
    ..LIST
};

impl AssignmentContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        let content = Self {
            goal_id: members.required_uuid("goalId"),
            title: members.required_text("title", text::TITLE),
            description: members.long_text("description", text::DESCRIPTION),
            origin: members.required_choice("origin", Origin::Council),
            origin_board_id: members.slug("originBoardId"),
            all_boards: members.required_boolean("allBoards"),
            board_ids: members.slugs("boardIds"),
            status: members
                .choice("status")
                .unwrap_or(AssignmentStatus::NotStarted),
            starts_on: members.date("startsOn"),
            due_on: members.date("dueOn"),
            anchor: members.long_text("anchor", text::STATEMENT),
        };
        content.check(members);
        content
    }

    /// Notes what its members say against each other.
    fn check(&self, members: &mut Members<'_>) {
        if !members.faulty("origin") && !members.faulty("originBoardId") {
            match (self.origin, &self.origin_board_id) {
                (Origin::Board, None) => members.fault(
                    "originBoardId",
                    "required",
                    "originBoardId is required when origin is board",
                ),
                (Origin::Council, Some(_)) => members.fault(
                    "originBoardId",
                    "inconsistent",
                    "originBoardId must be null when origin is council",
                ),
                _ => {}
            }
        }
        if !members.faulty("allBoards") && !members.faulty("boardIds") {
            match (self.all_boards, self.board_ids.is_empty()) {
                (true, false) => members.fault(
                    "boardIds",
                    "inconsistent",
                    "boardIds must be empty when allBoards is true",
                ),
                (false, true) => members.fault(
                    "boardIds",
                    "required",
                    "boardIds must name a board when allBoards is false",
                ),
                _ => {}
            }
        }
        if self
            .starts_on
            .zip(self.due_on)
            .is_some_and(|(starts, due)| due < starts)
        {
            members.fault("dueOn", "inconsistent", "dueOn is before startsOn");
        }
    }
}

impl AssignmentRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("assignments", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Assignment {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The assignment as the API answers it; `etag` where it stands in a list.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Assignment {
        let id = self.assignment_id;
        let links = Linker::resource(root, "assignments", &id.to_string())
            .link("goal", "up", format!("/goals/{}", self.content.goal_id))
            .link("reports", "related", format!("/assignments/{id}/reports"))
            .link(
                "fulfilment",
                "related",
                format!("/assignments/{id}/fulfilment"),
            )
            .done();
        Assignment {
            assignment_id: self.assignment_id,
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
