//! Values (utfall, årsvärden): one figure for one municipality, year and gender.

mod areas;
mod figures;
mod handlers;
mod load;
mod ranks;
mod referring;
mod series;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};

pub use areas::{
    AreaPlace, AreaYear, Areas, MeasuredKinds, at_places, by_area, measured_kinds, member_pairs,
};
use figures::KOLADA_IN_PART;
pub use figures::{Answering, KOLADA};
pub use handlers::operations;
pub use load::{
    FORBIDDEN, IncomingRow, KeyParts, Loaded, OnConflict, RowFault, Staging, Terms, ValueChange,
    Wanted,
};
pub use ranks::{OwnRank, own_ranks};
pub use referring::{any_by_gender, of_indicator, of_municipality};
pub use series::{Figure, latest_year, of_municipality_year, of_one_year, series, years_of};

use super::Stamps;
use crate::database::schema::indicator_values;
use crate::decimal::Decimal;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// Whom a figure is about (kön).
    pub enum Gender {
        /// All (totalt).
        All = "T",
        /// Women (kvinnor).
        Women = "K",
        /// Men (män).
        Men = "M",
    }
}

crate::text_enum! {
    /// How certain a figure is, or why there is none (status).
    pub enum ValueStatus {
        /// Final (definitivt): a number.
        Final = "final",
        /// Preliminary (preliminärt): a number that may change.
        Preliminary = "preliminary",
        /// Missing (saknas): no number.
        Missing = "missing",
        /// Confidential (sekretess): a number that is not published.
        Confidential = "confidential",
    }
}

impl ValueStatus {
    /// Whether a number goes with it.
    pub fn has_number(self) -> bool {
        matches!(self, Self::Final | Self::Preliminary)
    }
}

crate::text_enum! {
    /// Where a figure comes from (ursprung).
    pub enum Provenance {
        /// Reported by the municipality itself (inrapporterat).
        Reported = "reported",
        /// Taken as it is from Kolada; shown with "Källa: Kolada".
        Kolada = "kolada",
        /// Computed from other figures (härlett).
        Derived = "derived",
    }
}

/// What names a value: indicator, municipality, year and gender.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, QueryableByName,
)]
#[diesel(table_name = indicator_values)]
#[serde(rename_all = "camelCase")]
pub struct ValueKey {
    /// The indicator that was measured.
    #[schema(read_only, pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// The municipality (or region, or the country) that the figure is about.
    #[schema(read_only, pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// The year that the figure is about.
    #[schema(read_only, minimum = 1900, maximum = 2200, example = 2022)]
    pub year: i32,
    /// Whom the figure is about.
    #[schema(read_only)]
    pub gender: Gender,
}

impl ValueKey {
    /// The path below the API root.
    fn path(&self) -> String {
        let Self {
            indicator_code,
            municipality_code,
            year,
            gender,
        } = self;
        let gender = gender.word();
        format!("/indicators/{indicator_code}/values/{municipality_code}/{year}/{gender}")
    }
}

/// What a client writes of a value (utfall, årsvärde).
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
#[diesel(table_name = indicator_values, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"value": 64714, "status": "final", "provenance": "reported", "note": null}))]
pub struct ValueContent {
    /// The figure.
    #[schema(schema_with = value_schema)]
    pub value: Option<Decimal>,
    /// How certain it is, or why there is none; `final` where it is left out.
    #[schema(required = false, default = "final")]
    pub status: ValueStatus,
    /// Where it comes from; `reported` where it is left out.
    #[schema(required = false, default = "reported")]
    pub provenance: Provenance,
    /// What a reader has to know of it.
    #[schema(min_length = 1, max_length = 5000, example = "Ny mätmetod från 2022")]
    pub note: Option<String>,
}

/// The schema of a figure that may be null.
pub fn value_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
        .exclusive_minimum(Some(-1e15))
        .exclusive_maximum(Some(1e15))
        .description(Some(
            "The figure, exactly: at most 15 digits before the point and 12 after it; nothing is rounded. A number exactly when `status` is `final` or `preliminary`. Some clients lose digits beyond 15.",
        ))
        .examples([json!(64714)])
        .build()
}

/// A value (utfall, årsvärde): one figure for one municipality, year and gender.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"_links": {
    "self": {"href": "https://oppnadata.example.se/malbild/v1/indicators/N01951/values/2380/2022/T", "rel": "self", "method": "GET"},
    "collection": {"href": "https://oppnadata.example.se/malbild/v1/indicators/N01951/values", "rel": "collection", "method": "GET"},
    "edit": {"href": "https://oppnadata.example.se/malbild/v1/indicators/N01951/values/2380/2022/T", "rel": "edit", "method": "PUT"}
}}))]
pub struct IndicatorValue {
    /// The key.
    #[serde(flatten)]
    pub key: ValueKey,
    /// What was written.
    #[serde(flatten)]
    pub content: ValueContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of values.
pub type ValuePage = Page<IndicatorValue>;

/// A value as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = indicator_values)]
pub struct ValueRow {
    /// The key.
    #[diesel(embed)]
    pub key: ValueKey,
    /// What was written.
    #[diesel(embed)]
    pub content: ValueContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of all values can do.
pub const LIST: ListSpec = ListSpec {
    table: "indicator_values",
    members: &[
        Member::required("indicatorCode", "indicator_code", Kind::Text),
        Member::required("municipalityCode", "municipality_code", Kind::Text),
        Member::required("year", "year", Kind::Integer),
        Member::required("gender", "gender", Kind::Text),
        Member::optional("value", "value", Kind::Decimal),
        Member::required("status", "status", Kind::Text),
        Member::required("provenance", "provenance", Kind::Text),
        Member::optional("note", "note", Kind::Unsortable),
    ],
    order: &["indicatorCode", "municipalityCode", "year", "gender"],
    key: &["indicatorCode", "municipalityCode", "year", "gender"],
    filters: &[
        "indicatorCode",
        "municipalityCode",
        "year",
        "yearFrom",
        "yearTo",
        "gender",
        "status",
    ],
    max_limit: 10_000,
    total: Some("SELECT total FROM row_totals WHERE table_name = 'indicator_values'"),
    forms: forms::FIGURES,
    copied: Some(&[
        "indicatorCode",
        "municipalityCode",
        "year",
        "gender",
        "value",
        "status",
        "provenance",
        "note",
    ]),
};

/// The same list of one indicator.
pub const LIST_OF_INDICATOR: ListSpec = ListSpec {
    filters: &[
        "municipalityCode",
        "year",
        "yearFrom",
        "yearTo",
        "gender",
        "status",
    ],
    ..LIST
};

impl ValueContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        let content = Self {
            value: members.decimal("value"),
            status: members.choice("status").unwrap_or(ValueStatus::Final),
            provenance: members.choice("provenance").unwrap_or(Provenance::Reported),
            note: members.long_text("note", text::NOTE),
        };
        if !members.faulty("value")
            && !members.faulty("status")
            && let Some((code, detail)) = content.contradiction()
        {
            members.fault("value", code, detail);
        }
        content
    }

    /// What is wrong between value and status, if anything: code and words.
    pub fn contradiction(&self) -> Option<(&'static str, String)> {
        match (self.value, self.status.has_number()) {
            (None, true) => Some((
                "required",
                "value must be a number unless status is missing or confidential".to_owned(),
            )),
            (Some(_), false) => Some((
                "inconsistent",
                format!("value must be null where status is {}", self.status.word()),
            )),
            _ => None,
        }
    }
}

impl ValueRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("values", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    fn listed(self, root: &Root) -> IndicatorValue {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    fn shown(self, root: &Root, etag: Option<String>) -> IndicatorValue {
        let collection = format!("/indicators/{}/values", self.key.indicator_code);
        let links = Linker::within(root, collection, self.key.path()).done();
        IndicatorValue {
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
