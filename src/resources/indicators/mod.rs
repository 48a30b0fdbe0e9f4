//! Indicators (nyckeltal; indikatorer where a goal has a target for them): what
//! is measured.

mod handlers;
mod named;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

pub use handlers::operations;
pub use named::{listed, titles_of};
pub use store::{
    Measured, divided, find, hold, insert, insert_all, known_as, lock, measured, measured_as_is,
    of_board, published_by, replace, titles, with_codes,
};

use super::Stamps;
use crate::database::schema::indicators;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// Which way is better (riktning).
    pub enum Direction {
        /// A higher value is better (högre är bättre).
        HigherIsBetter = "higherIsBetter",
        /// A lower value is better (lägre är bättre).
        LowerIsBetter = "lowerIsBetter",
        /// Neither: it only describes.
        Neither = "none",
    }
}

crate::text_enum! {
    /// What an indicator is to a goal (roll), as follows from the goal's targets.
    pub enum IndicatorRole {
        /// A figure that follows the goal (nyckeltal).
        KeyFigure = "keyFigure",
        /// A figure that the goal has a target for (indikator).
        Indicator = "indicator",
    }
}

/// The most decimals to show.
const MOST_DECIMALS: i32 = 12;

/// What a client writes of an indicator (nyckeltal).
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
#[diesel(table_name = indicators, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "title": "Invånare totalt, antal", "definition": "Antal invånare den 31 december.", "unit": "antal", "decimals": 0,
    "direction": "none", "dividedByGender": true, "sdgs": [], "responsibleBoardId": "kommunstyrelsen", "publisher": "Kolada",
    "publisherId": "N01951", "operatingArea": "Befolkning", "perspective": "Övrigt", "publicationPeriod": "årligen",
    "nextPublication": "2027-03-31", "valuesDue": "--03-31", "discontinuedOn": null, "replacedByCode": null,
    "sourceUrl": "https://www.kolada.se/"
}))]
pub struct IndicatorContent {
    /// The title.
    #[schema(min_length = 1, max_length = 300, example = "Invånare totalt, antal")]
    pub title: String,
    /// How it is measured (definition, beskrivning).
    #[schema(min_length = 1, max_length = 20000)]
    pub definition: Option<String>,
    /// What its values count (enhet), such as antal or kronor per invånare.
    #[schema(min_length = 1, max_length = 200, example = "antal")]
    pub unit: String,
    /// How many decimals to show (antal decimaler). It does not limit the
    /// values, which keep all their digits.
    #[schema(minimum = 0, maximum = 12, example = 0)]
    pub decimals: i32,
    /// Which way is better.
    pub direction: Direction,
    /// Whether it has values of women and of men, too (könsuppdelad). It cannot
    /// become false while it has such values or targets.
    #[schema(example = true)]
    pub divided_by_gender: bool,
    /// The UN's sustainable development goals (Agenda 2030) that it serves, 1–17; none twice.
    #[schema(required = false, schema_with = super::sdgs_schema)]
    pub sdgs: Vec<i32>,
    /// The board that answers for its values (ansvarig nämnd), and may write them.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub responsible_board_id: Option<String>,
    /// Who publishes it (utgivare), such as Kolada.
    #[schema(min_length = 1, max_length = 200, example = "Kolada")]
    pub publisher: Option<String>,
    /// What the publisher calls it.
    #[schema(min_length = 1, max_length = 200, example = "N01951")]
    pub publisher_id: Option<String>,
    /// What operations it is about (verksamhetsområde).
    #[schema(min_length = 1, max_length = 200, example = "Befolkning")]
    pub operating_area: Option<String>,
    /// What side of them it shows (perspektiv), such as kvalitet or resurser.
    #[schema(min_length = 1, max_length = 200, example = "Övrigt")]
    pub perspective: Option<String>,
    /// How often, or for which period, it is published (publiceringsperiod).
    #[schema(min_length = 1, max_length = 200, example = "årligen")]
    pub publication_period: Option<String>,
    /// The day of the next publication (nästa publicering).
    #[schema(example = "2027-03-31")]
    pub next_publication: Option<NaiveDate>,
    /// By which day of every year its values are due (senast inrapporterat): a
    /// month and a day, `--03-31`.
    #[schema(
        pattern = "^--((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$",
        example = "--03-31"
    )]
    pub values_due: Option<String>,
    /// The day from which it is not measured any more (upphört).
    #[schema(example = "2026-12-31")]
    pub discontinued_on: Option<NaiveDate>,
    /// The indicator that is measured in its place (ersatt av); not itself.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N00090")]
    pub replaced_by_code: Option<String>,
    /// Where it is published.
    #[schema(format = "uri", max_length = 2000, example = "https://www.kolada.se/")]
    pub source_url: Option<String>,
}

/// An indicator (nyckeltal; indikator where a goal has a target for it): what
/// is measured. Which role it has follows from a goal's targets, so it stands
/// in the list of the goal's indicators.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Indicator {
    /// A code of capitals, digits and hyphens, such as Kolada's: the key.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// What was written.
    #[serde(flatten)]
    pub content: IndicatorContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of indicators.
pub type IndicatorPage = Page<Indicator>;

/// An indicator as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = indicators)]
pub struct IndicatorRow {
    /// The key.
    pub indicator_code: String,
    /// What was written.
    #[diesel(embed)]
    pub content: IndicatorContent,
    created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of indicators can do.
pub const LIST: ListSpec = ListSpec {
    table: "indicators",
    members: &[
        Member::required("indicatorCode", "indicator_code", Kind::Text),
        Member::required("title", "title", Kind::Text),
        Member::optional("definition", "definition", Kind::Unsortable),
        Member::required("unit", "unit", Kind::Text),
        Member::required("decimals", "decimals", Kind::Integer),
        Member::required("direction", "direction", Kind::Text),
        Member::required("dividedByGender", "divided_by_gender", Kind::Boolean),
        Member::required("sdgs", "sdgs", Kind::Unsortable),
        Member::optional("responsibleBoardId", "responsible_board_id", Kind::Text),
        Member::optional("publisher", "publisher", Kind::Text),
        Member::optional("publisherId", "publisher_id", Kind::Text),
        Member::optional("operatingArea", "operating_area", Kind::Text),
        Member::optional("perspective", "perspective", Kind::Text),
        Member::optional("publicationPeriod", "publication_period", Kind::Text),
        Member::optional("nextPublication", "next_publication", Kind::Date),
        Member::optional("valuesDue", "values_due", Kind::Text),
        Member::optional("discontinuedOn", "discontinued_on", Kind::Date),
        Member::optional("replacedByCode", "replaced_by_code", Kind::Text),
        Member::optional("sourceUrl", "source_url", Kind::Unsortable),
    ],
    order: &["indicatorCode"],
    key: &["indicatorCode"],
    filters: &["indicatorCode", "goalId", "role", "responsibleBoardId", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl IndicatorContent {
    /// Reads a body, noting every fault that can be seen in it alone. `own` is
    /// the key in the path.
    pub fn read(members: &mut Members<'_>, own: &str) -> Self {
        let content = Self {
            title: members.required_text("title", text::TITLE),
            definition: members.long_text("definition", text::DESCRIPTION),
            unit: members.required_text("unit", text::NAME),
            decimals: members.required_integer("decimals", 0, MOST_DECIMALS),
            direction: members.required_choice("direction", Direction::Neither),
            divided_by_gender: members.required_boolean("dividedByGender"),
            sdgs: members.integers("sdgs", 1, 17),
            responsible_board_id: members.slug("responsibleBoardId"),
            publisher: members.text("publisher", text::NAME),
            publisher_id: members.text("publisherId", text::NAME),
            operating_area: members.text("operatingArea", text::NAME),
            perspective: members.text("perspective", text::NAME),
            publication_period: members.text("publicationPeriod", text::NAME),
            next_publication: members.date("nextPublication"),
            values_due: members.formed(
                "valuesDue",
                text::month_day,
                "be a month and a day such as --03-31",
            ),
            discontinued_on: members.date("discontinuedOn"),
            replaced_by_code: members.formed("replacedByCode", text::code, "match [A-Z0-9-]{1,40}"),
            source_url: members.url("sourceUrl"),
        };
        if content.replaced_by_code.as_deref() == Some(own) {
            members.fault(
                "replacedByCode",
                "inconsistent",
                "an indicator cannot replace itself",
            );
        }
        content
    }
}

impl IndicatorRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("indicators", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    fn listed(self, root: &Root) -> Indicator {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    fn shown(self, root: &Root, etag: Option<String>) -> Indicator {
        let code = &self.indicator_code;
        let values = format!("/indicators/{code}/values");
        let mut linker = Linker::resource(root, "indicators", code)
            .link("values", "related", values)
            .link("series", "related", format!("/indicators/{code}/series"))
            .link(
                "comparison",
                "related",
                format!("/indicators/{code}/comparison"),
            )
            .link(
                "progress",
                "related",
                format!("/indicators/{code}/progress"),
            );
        if let Some(board) = &self.content.responsible_board_id {
            linker = linker.link("responsibleBoard", "related", format!("/boards/{board}"));
        }
        if let Some(other) = &self.content.replaced_by_code {
            linker = linker.link("replacedBy", "related", format!("/indicators/{other}"));
        }
        let stamps = Stamps {
            created_at: self.created_at,
            updated_at: self.updated_at,
            etag,
            links: linker.done(),
        };
        Indicator {
            indicator_code: self.indicator_code,
            content: self.content,
            stamps,
        }
    }
}
