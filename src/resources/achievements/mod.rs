//! Achievements ("För att nå målet har vi bland annat"): what was done to
//! reach a goal.

mod handlers;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use store::{find, insert, named_of_assignment, named_of_goal, of_goal};

use super::Stamps;
use super::goals::LAST_POSITION;
use crate::database::schema::achievements;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

/// What a client writes of an achievement (insats: "För att nå målet har vi
/// bland annat").
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
#[diesel(table_name = achievements, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "year": 2024, "text": "Exempel: Öppnat ett medborgarkontor i Brunflo",
    "assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "achievedOn": "2024-05-02", "position": 1
}))]
pub struct AchievementContent {
    /// The goal it was done for; there must be such a goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The year in which it was done.
    #[schema(minimum = 1900, maximum = 2200, example = 2024)]
    pub year: i32,
    /// What was done.
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Exempel: Öppnat ett medborgarkontor i Brunflo"
    )]
    pub text: String,
    /// The assignment it belongs to, where it belongs to one; there must be
    /// such an assignment.
    #[schema(example = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22")]
    pub assignment_id: Option<Uuid>,
    /// The day it was done.
    #[schema(example = "2024-05-02")]
    pub achieved_on: Option<NaiveDate>,
    /// Where it stands among those of the goal; those without come last.
    #[schema(minimum = 0, maximum = 1000000, example = 1)]
    pub position: Option<i32>,
}

/// An achievement (insats: "För att nå målet har vi bland annat"): something
/// done to reach a goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Achievement {
    /// The key.
    #[schema(example = "01941f29-7c00-7d73-a1e8-5c0b7d9f2e55")]
    pub achievement_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: AchievementContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of achievements.
pub type AchievementPage = Page<Achievement>;

/// An achievement as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = achievements)]
pub struct AchievementRow {
    /// The key.
    pub achievement_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: AchievementContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of achievements can do.
pub const LIST: ListSpec = ListSpec {
    table: "achievements",
    members: &[
        Member::required("achievementId", "achievement_id", Kind::Uuid),
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::required("year", "year", Kind::Integer),
        Member::required("text", "text", Kind::Unsortable),
        Member::optional("assignmentId", "assignment_id", Kind::Uuid),
        Member::optional("achievedOn", "achieved_on", Kind::Date),
        Member::optional("position", "position", Kind::Integer),
    ],
    order: &["achievementId"],
    key: &["achievementId"],
    filters: &["goalId", "budgetYear", "year", "assignmentId", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl AchievementContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            goal_id: members.required_uuid("goalId"),
            year: members.required_integer("year", *text::YEARS.start(), *text::YEARS.end()),
            text: members.required_long_text("text", text::NOTE),
            assignment_id: members.uuid("assignmentId"),
            achieved_on: members.date("achievedOn"),
            position: members.integer("position", 0, LAST_POSITION),
        }
    }
}

impl AchievementRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("achievements", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Achievement {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The achievement as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Achievement {
        let id = self.achievement_id.to_string();
        let mut linker = Linker::resource(root, "achievements", &id).link(
            "goal",
            "up",
            format!("/goals/{}", self.content.goal_id),
        );
        if let Some(assignment) = self.content.assignment_id {
            let path = format!("/assignments/{assignment}");
            linker = linker.link("assignment", "related", path);
        }
        let links = linker.done();
        Achievement {
            achievement_id: self.achievement_id,
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
