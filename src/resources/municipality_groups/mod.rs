//! Municipality groups (kommungrupper): municipalities to compare with.

mod handlers;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{Array, ArrayBuilder, ObjectBuilder, Type};

pub use handlers::operations;
pub use store::{find, insert, listed, lock, named_of_municipality, replace};

use super::{Source, Stamps};
use crate::database::schema::municipality_groups;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

/// What a client writes of a municipality group (kommungrupp).
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
#[diesel(table_name = municipality_groups, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"title": "Exempel: Residensstäder i norr", "municipalityCodes": ["2380"], "source": null}))]
pub struct MunicipalityGroupContent {
    /// What the group is called.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Exempel: Residensstäder i norr"
    )]
    pub title: String,
    /// The municipalities in it.
    #[schema(schema_with = municipality_codes_schema)]
    pub municipality_codes: Vec<String>,
    /// Where the group is published.
    pub source: Option<Source>,
}

fn municipality_codes_schema() -> Array {
    let element = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[0-9]{4}$"));
    ArrayBuilder::new()
        .items(element)
        .min_items(Some(1))
        .description(Some(
            "The municipalities (or regions) in it, one at least and none twice; there must be such municipalities.",
        ))
        .examples([json!(["2380"])])
        .build()
}

/// A municipality group (kommungrupp): municipalities to compare with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MunicipalityGroup {
    /// The code that it is known by: the key.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "EX-NORR")]
    pub group_id: String,
    /// What was written.
    #[serde(flatten)]
    pub content: MunicipalityGroupContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of municipality groups.
pub type MunicipalityGroupPage = Page<MunicipalityGroup>;

/// A municipality group as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = municipality_groups)]
pub struct MunicipalityGroupRow {
    /// The key.
    pub group_id: String,
    /// What was written.
    #[diesel(embed)]
    pub content: MunicipalityGroupContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of municipality groups can do.
pub const LIST: ListSpec = ListSpec {
    table: "municipality_groups",
    members: &[
        Member::required("groupId", "group_id", Kind::Text),
        Member::required("title", "title", Kind::Text),
        Member::required("municipalityCodes", "municipality_codes", Kind::Unsortable),
        Member::optional("source", "source", Kind::Unsortable),
    ],
    order: &["groupId"],
    key: &["groupId"],
    filters: &["municipalityCode", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl MunicipalityGroupContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            title: members.required_text("title", text::TITLE),
            municipality_codes: members.required_codes(
                "municipalityCodes",
                text::municipality_code,
                "codes of four digits",
            ),
            source: Source::read(members),
        }
    }
}

impl MunicipalityGroupRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("municipality-groups", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> MunicipalityGroup {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The group as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> MunicipalityGroup {
        let links = Linker::resource(root, "municipality-groups", &self.group_id).done();
        MunicipalityGroup {
            group_id: self.group_id,
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
