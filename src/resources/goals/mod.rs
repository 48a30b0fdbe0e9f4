//! Goals (kommunövergripande mål): what the council wants the whole
//! municipality to move towards, in one budget year.

mod followed;
mod handlers;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use followed::{Followed, followed};
pub use handlers::operations;
pub use store::{
    filter, find, hold, hold_as_is, insert, keys_of_year, lineage, lineage_without_texts,
    listed_of_year, of_year, replace,
};

use super::{Source, Stamps};
use crate::database::schema::goals;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

/// The largest position.
pub const LAST_POSITION: i32 = 1_000_000;

/// What a client writes of a goal (mål).
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
#[diesel(table_name = goals, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "budgetYear": 2023, "number": "1.1", "name": null,
    "statement": "I Östersunds kommun har vi en tillväxt som är jämställd och ekonomiskt hållbar, där alla känner sig delaktiga",
    "politicalText": null, "position": 1, "predecessorIds": [], "sdgs": [5, 8],
    "source": {"title": "Kommunövergripande mål budget 2023", "url": null, "publishedOn": null, "updatedOn": null}
}))]
pub struct GoalContent {
    /// The budget it was adopted with; there must be such a budget.
    #[schema(minimum = 1900, maximum = 2200, example = 2023)]
    pub budget_year: i32,
    /// Its number in the document, such as 1.1; no two goals of a year have the same.
    #[schema(min_length = 1, max_length = 20, example = "1.1")]
    pub number: Option<String>,
    /// Its name, where it has one beside its statement.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Kommunens ledning och styrning"
    )]
    pub name: Option<String>,
    /// The goal itself (målformulering), in a sentence or two.
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "I Östersund är kommunen en modern och attraktiv arbetsgivare"
    )]
    pub statement: String,
    /// The council's reasoning (politisk text): paragraphs, with an empty line between.
    #[schema(min_length = 1, max_length = 100000)]
    pub political_text: Option<String>,
    /// Where it stands among the goals of its year.
    #[schema(minimum = 0, maximum = 1000000, example = 1)]
    pub position: i32,
    /// The goals of earlier years that it continues; none twice.
    #[schema(required = false, max_items = 1000, example = json!([]))]
    pub predecessor_ids: Vec<Uuid>,
    /// The UN's sustainable development goals (Agenda 2030) that it serves, 1–17; none twice.
    #[schema(required = false, schema_with = super::sdgs_schema)]
    pub sdgs: Vec<i32>,
    /// Where it is published.
    pub source: Option<Source>,
}

/// A goal (kommunövergripande mål): what the council wants the whole
/// municipality to move towards, in one budget year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    /// The key.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: GoalContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of goals.
pub type GoalPage = Page<Goal>;

/// A goal as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = goals)]
pub struct GoalRow {
    /// The key.
    pub goal_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: GoalContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of goals can do.
pub const LIST: ListSpec = ListSpec {
    table: "goals",
    members: &[
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::required("budgetYear", "budget_year", Kind::Integer),
        Member::optional("number", "number", Kind::Text),
        Member::optional("name", "name", Kind::Text),
        Member::required("statement", "statement", Kind::Text),
        Member::optional("politicalText", "political_text", Kind::Unsortable),
        Member::required("position", "position", Kind::Integer),
        Member::required("predecessorIds", "predecessor_ids", Kind::Unsortable),
        Member::required("sdgs", "sdgs", Kind::Unsortable),
        Member::optional("source", "source", Kind::Unsortable),
    ],
    order: &["budgetYear", "position"],
    key: &["goalId"],
    filters: &["budgetYear", "number", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl GoalContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            budget_year: members.required_integer(
                "budgetYear",
                *text::YEARS.start(),
                *text::YEARS.end(),
            ),
            number: members.text("number", text::NUMBER),
            name: members.text("name", text::NAME),
            statement: members.required_long_text("statement", text::STATEMENT),
            political_text: members.long_text("politicalText", text::POLITICAL_TEXT),
            position: members.required_integer("position", 0, LAST_POSITION),
            predecessor_ids: members.uuids("predecessorIds"),
            sdgs: members.integers("sdgs", 1, 17),
            source: Source::read(members),
        }
    }
}

impl GoalRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("goals", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Goal {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The goal as the API answers it; `etag` where it stands in a list.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Goal {
        let id = self.goal_id.to_string();
        let links = Linker::resource(root, "goals", &id)
            .link(
                "budget",
                "up",
                format!("/budgets/{}", self.content.budget_year),
            )
            .link("assignments", "related", format!("/goals/{id}/assignments"))
            .link("indicators", "related", format!("/goals/{id}/indicators"))
            .link("overview", "related", format!("/goals/{id}/overview"))
            .done();
        Goal {
            goal_id: self.goal_id,
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
