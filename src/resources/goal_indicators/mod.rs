//! Which indicators (nyckeltal) follow which goal (mål), in which order, and
//! in which role.

mod handlers;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use store::{LinkRole, hold, insert, of_goal, of_indicator, positions, with_roles};

use super::Stamps;
use super::goals::LAST_POSITION;
use super::indicators::IndicatorRole;
use crate::database::schema::goal_indicators;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Links, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;

/// What a client writes of a goal's link to an indicator (koppling till nyckeltal).
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
#[diesel(table_name = goal_indicators)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"position": 1}))]
pub struct GoalIndicatorContent {
    /// Where the indicator stands among those of the goal.
    #[schema(minimum = 0, maximum = 1000000, example = 1)]
    pub position: i32,
}

/// A goal's link to an indicator (koppling till nyckeltal): the indicator
/// follows the goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"_links": {
    "self": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators/N01951", "rel": "self", "method": "GET"},
    "collection": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators", "rel": "collection", "method": "GET"},
    "edit": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators/N01951", "rel": "edit", "method": "PUT"},
    "goal": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "rel": "up", "method": "GET"},
    "indicator": {"href": "https://oppnadata.example.se/malbild/v1/indicators/N01951", "rel": "related", "method": "GET"}
}}))]
pub struct GoalIndicator {
    /// The goal: the first part of the key.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The indicator: the second part of the key.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// What was written.
    #[serde(flatten)]
    pub content: GoalIndicatorContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// The same as it stands in the list of a goal's indicators: with the role
/// (roll), which follows from the goal's targets and not from the link itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"role": "keyFigure", "_links": {
    "self": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators/N01951", "rel": "self", "method": "GET"},
    "collection": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators", "rel": "collection", "method": "GET"},
    "edit": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/indicators/N01951", "rel": "edit", "method": "PUT"},
    "goal": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "rel": "up", "method": "GET"},
    "indicator": {"href": "https://oppnadata.example.se/malbild/v1/indicators/N01951", "rel": "related", "method": "GET"}
}}))]
pub struct ListedGoalIndicator {
    /// The goal: the first part of the key.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The indicator: the second part of the key.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// Whether the goal has a target for the indicator.
    pub role: IndicatorRole,
    /// What was written.
    #[serde(flatten)]
    pub content: GoalIndicatorContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of a goal's indicators.
pub type GoalIndicatorPage = Page<ListedGoalIndicator>;

/// A link as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = goal_indicators)]
pub struct GoalIndicatorRow {
    /// The goal.
    pub goal_id: Uuid,
    /// The indicator.
    pub indicator_code: String,
    /// What was written.
    #[diesel(embed)]
    pub content: GoalIndicatorContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// A link as it stands in the view, with its role.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
struct ListedRow {
    #[diesel(embed)]
    link: GoalIndicatorRow,
    #[diesel(sql_type = Text)]
    role: IndicatorRole,
}

const GOAL: Member = Member::required("goalId", "goal_id", Kind::Uuid);
const CODE: Member = Member::required("indicatorCode", "indicator_code", Kind::Text);
const POSITION: Member = Member::required("position", "position", Kind::Integer);
const ROLE: Member = Member::required("role", "role", Kind::Text);

/// What one link can do: choose its members.
const ONE: ListSpec = ListSpec {
    table: "goal_indicators",
    members: &[GOAL, CODE, POSITION],
    order: &["goalId", "indicatorCode"],
    key: &["goalId", "indicatorCode"],
    filters: &[],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

/// What the list of one goal's indicators can do. The goal is that of the
/// path, so the rest of the key decides.
pub const LIST: ListSpec = ListSpec {
    table: "goal_indicator_roles",
    members: &[GOAL, CODE, ROLE, POSITION],
    order: &["indicatorCode"],
    key: &["indicatorCode"],
    filters: &["role"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl GoalIndicatorContent {
    /// Reads a body, noting every fault.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            position: members.required_integer("position", 0, LAST_POSITION),
        }
    }
}

impl GoalIndicatorRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("goal-indicators", self.version)
    }

    fn links(&self, root: &Root) -> Links {
        let (goal, code) = (self.goal_id, &self.indicator_code);
        Linker::resource(root, &format!("goals/{goal}/indicators"), code)
            .link("goal", "up", format!("/goals/{goal}"))
            .link("indicator", "related", format!("/indicators/{code}"))
            .done()
    }

    fn stamps(&self, root: &Root, etag: Option<String>) -> Stamps {
        Stamps {
            created_at: self.created_at,
            updated_at: self.updated_at,
            etag,
            links: self.links(root),
        }
    }

    fn shown(self, root: &Root) -> GoalIndicator {
        let stamps = self.stamps(root, None);
        GoalIndicator {
            goal_id: self.goal_id,
            indicator_code: self.indicator_code,
            content: self.content,
            stamps,
        }
    }
}

impl ListedRow {
    fn shown(self, root: &Root) -> ListedGoalIndicator {
        let Self { link, role } = self;
        let stamps = link.stamps(root, Some(link.tag()));
        ListedGoalIndicator {
            goal_id: link.goal_id,
            indicator_code: link.indicator_code,
            role,
            content: link.content,
            stamps,
        }
    }
}
