//! Municipalities (kommuner), regions (regioner) and the country (riket): whom
//! a figure is about.

mod handlers;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

pub use handlers::operations;
pub use store::{Named, hold, hold_all, insert, listed, names};

use super::Stamps;
use crate::database::schema::municipalities;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// Whom a figure is about (typ av område).
    pub enum MunicipalityKind {
        /// A municipality (kommun).
        Municipality = "municipality",
        /// A region (region, landsting).
        Region = "region",
        /// The country (riket).
        Country = "country",
    }
}

/// What a client writes of a municipality (kommun), a region or the country.
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
#[diesel(table_name = municipalities, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"name": "Östersund", "countyCode": "23", "kind": "municipality"}))]
pub struct MunicipalityContent {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Östersund")]
    pub name: String,
    /// The county that it lies in (länskod), two digits.
    #[schema(pattern = "^[0-9]{2}$", example = "23")]
    pub county_code: Option<String>,
    /// Whether it is a municipality, a region or the country.
    pub kind: MunicipalityKind,
}

/// A municipality (kommun), a region (region) or the country (riket): whom a
/// figure is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Municipality {
    /// The four digits that Statistics Sweden and Kolada know it by (kommunkod): the key.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// What was written.
    #[serde(flatten)]
    pub content: MunicipalityContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of municipalities.
pub type MunicipalityPage = Page<Municipality>;

/// A municipality as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = municipalities)]
pub struct MunicipalityRow {
    /// The key.
    pub municipality_code: String,
    /// What was written.
    #[diesel(embed)]
    pub content: MunicipalityContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of municipalities can do.
pub const LIST: ListSpec = ListSpec {
    table: "municipalities",
    members: &[
        Member::required("municipalityCode", "municipality_code", Kind::Text),
        Member::required("name", "name", Kind::Text),
        Member::optional("countyCode", "county_code", Kind::Text),
        Member::required("kind", "kind", Kind::Text),
    ],
    order: &["municipalityCode"],
    key: &["municipalityCode"],
    filters: &["municipalityCode", "kind", "countyCode", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl MunicipalityContent {
    /// Reads a body, noting every fault.
    pub fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.required_text("name", text::NAME),
            county_code: members.formed("countyCode", text::county_code, "have two digits"),
            kind: members.required_choice("kind", MunicipalityKind::Municipality),
        }
    }
}

impl MunicipalityRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("municipalities", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    fn listed(self, root: &Root) -> Municipality {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    fn shown(self, root: &Root, etag: Option<String>) -> Municipality {
        let code = &self.municipality_code;
        let links = Linker::resource(root, "municipalities", code)
            .link(
                "values",
                "related",
                format!("/values?municipalityCode={code}"),
            )
            .link(
                "groups",
                "related",
                format!("/municipality-groups?municipalityCode={code}"),
            )
            .done();
        Municipality {
            municipality_code: self.municipality_code,
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
