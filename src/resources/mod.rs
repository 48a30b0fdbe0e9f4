//! The resources, one file each: the row, what a client writes, the checks,
//! the SQL, and the handlers.

pub mod achievements;
pub mod assessments;
pub mod assignments;
pub mod boards;
pub mod budgets;
pub mod goal_indicators;
pub mod goals;
pub mod indicators;
pub mod investments;
pub mod municipalities;
pub mod municipality_groups;
pub mod reports;
pub mod targets;
pub mod values;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Jsonb;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{Array, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};

use crate::database::statement::{SqlValue, Statement};
use crate::http::links::Links;
use crate::http::members::Members;
use crate::http::text;

crate::text_enum! {
    /// Which of a year's follow-ups it is (uppföljningstillfälle), in the order of the year.
    pub enum Period {
        /// The first interim report (delårsrapport 1).
        First = "T1",
        /// The second interim report (delårsrapport 2).
        Second = "T2",
        /// The annual report (årsredovisning).
        Annual = "annual",
    }
}

/// What the service sets on every object; never part of a request.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stamps {
    /// When it was made.
    #[schema(read_only, example = "2024-05-23T08:30:00.123456Z")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[schema(read_only, example = "2024-05-23T08:30:00.123456Z")]
    pub updated_at: DateTime<Utc>,
    /// In lists only: the ETag of the item, for `If-Match`, without quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        read_only,
        required = false,
        nullable = false,
        example = "mF2nq0Yx3bX7yQhJc1tK"
    )]
    pub etag: Option<String>,
    /// Where to go from here; at least `self`.
    #[serde(rename = "_links")]
    #[schema(read_only)]
    pub links: Links,
}

/// Where something was published (källa).
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow,
)]
#[serde(rename_all = "camelCase")]
#[diesel(sql_type = Jsonb)]
#[schema(example = json!({"title": "Kommunövergripande mål budget 2023", "url": null, "publishedOn": "2022-11-24", "updatedOn": null}))]
pub struct Source {
    /// The title of the publication.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Kommunövergripande mål budget 2023"
    )]
    pub title: Option<String>,
    /// Its address.
    #[schema(
        format = "uri",
        max_length = 2000,
        example = "https://www.ostersund.se/"
    )]
    pub url: Option<String>,
    /// The day it was published.
    #[schema(example = "2022-11-24")]
    pub published_on: Option<NaiveDate>,
    /// The day it was last updated.
    #[schema(example = "2024-05-23")]
    pub updated_on: Option<NaiveDate>,
}

impl Source {
    /// Reads the member `source`.
    pub fn read(members: &mut Members<'_>) -> Option<Self> {
        members.object("source", |source| Self {
            title: source.text("title", text::TITLE),
            url: source.url("url"),
            published_on: source.date("publishedOn"),
            updated_on: source.date("updatedOn"),
        })
    }
}

impl ToSql<Jsonb, Pg> for Source {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let value = serde_json::to_value(self)?;
        <serde_json::Value as ToSql<Jsonb, Pg>>::to_sql(&value, &mut out.reborrow())
    }
}

impl FromSql<Jsonb, Pg> for Source {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        // The first byte is the version of the form; the rest is JSON.
        match bytes.as_bytes() {
            [1, json @ ..] => Ok(serde_json::from_slice(json)?),
            _ => Err("a form of jsonb that is not known".into()),
        }
    }
}

/// A row as a write left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved<R> {
    /// The row.
    pub row: R,
    /// What the write did.
    pub outcome: Outcome,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It made the row.
    Created,
    /// It changed the row.
    Updated,
    /// The row was already so; nothing was written.
    Unchanged,
}

impl<R> Saved<R> {
    /// The row with what was done to it.
    pub fn new(row: R, outcome: Outcome) -> Self {
        Self { row, outcome }
    }

    /// Whether the row is new.
    pub fn created(&self) -> bool {
        self.outcome == Outcome::Created
    }
}

/// Which rows of an ordered whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many to leave out first.
    pub skip: i64,
    /// How many there may be.
    pub take: i64,
}

impl Part {
    /// `LIMIT … OFFSET …`
    pub fn limit(self) -> Statement {
        let limit = Statement::new(" LIMIT ").value(SqlValue::BigInt(self.take));
        limit.sql(" OFFSET ").value(SqlValue::BigInt(self.skip))
    }
}

/// The condition that `column` is one of the keys and that `title`, an expression of
/// SQL, has a text in it, in whatever case; of both only what there is.
fn named(column: &str, keys: Option<&[String]>, title: &str, part: Option<&str>) -> Statement {
    let mut condition = Statement::new(" WHERE true");
    if let Some(keys) = keys {
        let keys = SqlValue::Texts(keys.to_vec()).alone();
        condition = condition.sql(" AND ").then(Statement::is(column, keys));
    }
    if let Some(part) = part {
        condition = condition
            .sql(format!(" AND strpos(lower({title}), lower("))
            .value(SqlValue::Text(part.to_owned()))
            .sql(" COLLATE swedish)) > 0");
    }
    condition
}

/// How many of the things that refer to another a 409 names.
const NAMED: i64 = 10;

/// Names what still refers to something, for a 409. Those past the tenth are
/// not told, so nobody need look for more than one beyond it.
fn name_referrers(what: &str, referrers: &[String]) -> String {
    let named = usize::try_from(NAMED).unwrap_or(usize::MAX);
    let shown: Vec<&str> = referrers.iter().take(named).map(String::as_str).collect();
    let others = if referrers.len() > named {
        " and others"
    } else {
        ""
    };
    format!(
        "{what} is referred to by {}{others}; change or delete those first",
        shown.join(", ")
    )
}

/// The schema of a member that holds sustainable development goals: utoipa
/// has no words for the limits of an array's elements.
fn sdgs_schema() -> Array {
    let element = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(17));
    ArrayBuilder::new()
        .items(element)
        .description(Some("The UN's sustainable development goals (Agenda 2030) that it serves, 1–17; none twice."))
        .examples([json!([5, 8])])
        .build()
}

/// The schema of a member that holds boards' keys.
fn board_ids_schema() -> Array {
    let element = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[a-z0-9-]{1,80}$"));
    ArrayBuilder::new()
        .items(element)
        .description(Some(
            "The boards it is for: some exactly when `allBoards` is false; none twice.",
        ))
        .examples([json!([])])
        .build()
}
