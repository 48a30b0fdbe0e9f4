//! Targets (målvärden): what is to be reached for a goal, by when, from where.

mod handlers;
mod members;
mod rules;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use members::{TargetContent, TargetKind, TargetOperator, TargetOutcome};
pub use store::{
    any_by_gender, find, insert, keys_of_goal, nearest_of_indicator, of_goals, of_link,
};

use super::Stamps;
use crate::database::schema::targets;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::page::Page;

/// A target (målvärde): what is to be reached for a goal, by when, from which
/// baseline. Several for the same goal and indicator are milestones (delmål).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The key.
    #[schema(example = "01941f29-7c00-7c8f-8d13-5b9e3a7f6c33")]
    pub target_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: TargetContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of targets.
pub type TargetPage = Page<Target>;

/// A target as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = targets)]
pub struct TargetRow {
    /// The key.
    pub target_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: TargetContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of targets can do.
pub const LIST: ListSpec = ListSpec {
    table: "targets",
    members: &[
        Member::required("targetId", "target_id", Kind::Uuid),
        Member::required("goalId", "goal_id", Kind::Uuid),
        Member::optional("indicatorCode", "indicator_code", Kind::Text),
        Member::required("kind", "kind", Kind::Text),
        Member::required("gender", "gender", Kind::Text),
        Member::optional("operator", "operator", Kind::Text),
        Member::optional("value", "value", Kind::Decimal),
        Member::optional("upperValue", "upper_value", Kind::Decimal),
        Member::optional("unit", "unit", Kind::Text),
        Member::optional("targetYear", "target_year", Kind::Integer),
        Member::optional("baselineYear", "baseline_year", Kind::Integer),
        Member::optional("baselineValue", "baseline_value", Kind::Decimal),
        Member::required("statement", "statement", Kind::Text),
        Member::optional("anchor", "anchor", Kind::Unsortable),
        Member::optional("outcome", "outcome", Kind::Unsortable),
    ],
    order: &["targetId"],
    key: &["targetId"],
    filters: &[
        "goalId",
        "indicatorCode",
        "budgetYear",
        "kind",
        "gender",
        "targetYear",
        "q",
    ],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl TargetRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("targets", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Target {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The target as the API answers it; `etag` where it stands in a list.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Target {
        let id = self.target_id;
        let goal = format!("/goals/{}", self.content.goal_id);
        let mut linker =
            Linker::resource(root, "targets", &id.to_string()).link("goal", "up", goal);
        if let Some(code) = &self.content.indicator_code {
            let progress = format!("/indicators/{code}/progress?targetId={id}");
            linker = linker
                .link("indicator", "related", format!("/indicators/{code}"))
                .link("progress", "related", progress);
        }
        let stamps = Stamps {
            created_at: self.created_at,
            updated_at: self.updated_at,
            etag,
            links: linker.done(),
        };
        Target {
            target_id: id,
            content: self.content,
            stamps,
        }
    }
}
