//! Investments (investeringar): money set aside for a goal in a year.

mod handlers;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};
use uuid::Uuid;

pub use handlers::operations;
pub use store::{find, goals_among, insert, named_of_board, named_of_goal, of_goal};

use super::Stamps;
use crate::database::schema::investments;
use crate::decimal::Decimal;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

/// What a client writes of an investment (investering).
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
#[diesel(table_name = investments, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "year": 2024, "title": "Exempel: Cykelväg till skolan",
    "amount": 1500000, "boardId": "kommunstyrelsen"
}))]
pub struct InvestmentContent {
    /// The goal it serves; there must be such a goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The year that the money is set aside for.
    #[schema(minimum = 1900, maximum = 2200, example = 2024)]
    pub year: i32,
    /// What the money is for.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Exempel: Cykelväg till skolan"
    )]
    pub title: String,
    /// How much.
    #[schema(schema_with = amount_schema)]
    pub amount: Decimal,
    /// The board that has the money, where one has.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: Option<String>,
}

fn amount_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .exclusive_minimum(Some(-1e15))
        .exclusive_maximum(Some(1e15))
        .description(Some(
            "How much (belopp), in Swedish kronor and exactly: at most 15 digits before the point and 12 after it; nothing is rounded. Below zero for money that is taken back.",
        ))
        .examples([json!(1_500_000)])
        .build()
}

/// An investment (investering): money set aside for a goal in a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Investment {
    /// The key.
    #[schema(example = "01941f29-7c00-7c11-8d52-3b9e5f7a1c44")]
    pub investment_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: InvestmentContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of investments.
pub type InvestmentPage = Page<Investment>;

/// An investment as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = investments)]
pub struct InvestmentRow {
    /// The key.
    pub investment_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: InvestmentContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of investments can do.
pub const LIST: ListSpec = ListSpec {
    table: "investments",
    members: &[
        Member::required("investmentId", "investment_id", Kind::Uuid),
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::required("year", "year", Kind::Integer),
        Member::required("title", "title", Kind::Text),
        Member::required("amount", "amount", Kind::Decimal),
        Member::optional("boardId", "board_id", Kind::Text),
    ],
    order: &["investmentId"],
    key: &["investmentId"],
    filters: &["goalId", "budgetYear", "year", "boardId", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl InvestmentContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            goal_id: members.required_uuid("goalId"),
            year: members.required_integer("year", *text::YEARS.start(), *text::YEARS.end()),
            title: members.required_text("title", text::TITLE),
            amount: members.required_decimal("amount"),
            board_id: members.slug("boardId"),
        }
    }
}

impl InvestmentRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("investments", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Investment {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The investment as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Investment {
        let id = self.investment_id.to_string();
        let mut linker = Linker::resource(root, "investments", &id).link(
            "goal",
            "up",
            format!("/goals/{}", self.content.goal_id),
        );
        if let Some(board) = &self.content.board_id {
            linker = linker.link("board", "related", format!("/boards/{board}"));
        }
        let links = linker.done();
        Investment {
            investment_id: self.investment_id,
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
