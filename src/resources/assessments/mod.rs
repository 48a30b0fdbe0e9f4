//! Assessments (bedömningar): a goal's judged status at one follow-up.

mod handlers;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use store::{find, insert, latest_of_goal, named_of_goal};

use super::{Period, Stamps};
use crate::database::schema::assessments;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// How a goal is judged to be doing (bedömd måluppfyllelse).
    pub enum AssessmentStatus {
        /// Reached (uppnått).
        Achieved = "achieved",
        /// On its way to be reached (på väg att uppnås).
        OnTrack = "onTrack",
        /// At risk of not being reached (risk att inte uppnås).
        AtRisk = "atRisk",
        /// Not on its way to be reached (uppnås inte).
        OffTrack = "offTrack",
        /// Not judged (ej bedömt).
        NotAssessed = "notAssessed",
    }
}

/// What names an assessment: goal, year and period.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, QueryableByName,
)]
#[diesel(table_name = assessments)]
#[serde(rename_all = "camelCase")]
pub struct AssessmentKey {
    /// The goal that was judged.
    #[schema(read_only, example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The year of the follow-up.
    #[schema(read_only, minimum = 1900, maximum = 2200, example = 2022)]
    pub year: i32,
    /// Which of the year's follow-ups it is.
    #[schema(read_only)]
    pub period: Period,
}

impl AssessmentKey {
    /// The path below the API root.
    pub fn path(&self) -> String {
        let period = self.period.word();
        format!("/assessments/{}/{}/{period}", self.goal_id, self.year)
    }
}

/// What a client writes of an assessment (bedömning).
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
#[diesel(table_name = assessments, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"status": "onTrack", "comment": "Exempel: Fler deltar i medborgardialogen", "assessedOn": "2022-09-15"}))]
pub struct AssessmentContent {
    /// How the goal is doing.
    pub status: AssessmentStatus,
    /// Why it is judged so.
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Exempel: Fler deltar i medborgardialogen"
    )]
    pub comment: Option<String>,
    /// The day it was judged.
    #[schema(example = "2022-09-15")]
    pub assessed_on: NaiveDate,
}

/// An assessment (bedömning): a goal's judged status at one follow-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"_links": {
    "self": {"href": "https://oppnadata.example.se/malbild/v1/assessments/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/2022/T2", "rel": "self", "method": "GET"},
    "collection": {"href": "https://oppnadata.example.se/malbild/v1/assessments", "rel": "collection", "method": "GET"},
    "edit": {"href": "https://oppnadata.example.se/malbild/v1/assessments/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/2022/T2", "rel": "edit", "method": "PUT"},
    "goal": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "rel": "up", "method": "GET"}
}}))]
pub struct Assessment {
    /// The key.
    #[serde(flatten)]
    pub key: AssessmentKey,
    /// What was written.
    #[serde(flatten)]
    pub content: AssessmentContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of assessments.
pub type AssessmentPage = Page<Assessment>;

/// An assessment as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = assessments)]
pub struct AssessmentRow {
    /// The key.
    #[diesel(embed)]
    pub key: AssessmentKey,
    /// What was written.
    #[diesel(embed)]
    pub content: AssessmentContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of assessments can do. As words the periods stand in the
/// order of the year: T1, T2, annual.
pub const LIST: ListSpec = ListSpec {
    table: "assessments",
    members: &[
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::required("year", "year", Kind::Integer),
        Member::required("period", "period", Kind::Text),
        Member::required("status", "status", Kind::Text),
        Member::optional("comment", "comment", Kind::Unsortable),
        Member::required("assessedOn", "assessed_on", Kind::Date),
    ],
    order: &["goalId", "year", "period"],
    key: &["goalId", "year", "period"],
    filters: &["goalId", "budgetYear", "year", "period", "status"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl AssessmentContent {
    /// Reads a body, noting every fault.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            status: members.required_choice("status", AssessmentStatus::NotAssessed),
            comment: members.long_text("comment", text::NOTE),
            assessed_on: members.required_date("assessedOn"),
        }
    }
}

impl AssessmentRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("assessments", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Assessment {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The assessment as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Assessment {
        let links = Linker::within(root, "/assessments".to_owned(), self.key.path())
            .link("goal", "up", format!("/goals/{}", self.key.goal_id))
            .done();
        Assessment {
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
