//! What a client writes of a target (målvärde), and how it is read.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Jsonb;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};
use uuid::Uuid;

use super::rules;
use crate::database::schema::targets;
use crate::decimal::Decimal;
use crate::http::members::Members;
use crate::http::text;
use crate::resources::values::Gender;

crate::text_enum! {
    /// What a target is about (typ av målvärde), and so which of its members it has.
    pub enum TargetKind {
        /// A number (talvärde): so many inhabitants.
        Numeric = "numeric",
        /// A share in per cent (andel), 0–100.
        Share = "share",
        /// Fulfilled or not (uppfyllt eller inte): fossil-free.
        Boolean = "boolean",
        /// A place among others (rangplats): the best in the country is 1.
        Rank = "rank",
        /// A direction alone (riktning): more, or less, than before.
        Trend = "trend",
    }
}

crate::text_enum! {
    /// How a figure has to stand to the target's value (villkor), or which way it is to go.
    pub enum TargetOperator {
        /// The value or more (minst).
        AtLeast = "atLeast",
        /// The value or less (högst).
        AtMost = "atMost",
        /// The value itself (lika med).
        Equals = "equals",
        /// From the value to the upper value, both among them (mellan).
        Between = "between",
        /// Upwards (öka).
        Increase = "increase",
        /// Downwards (minska).
        Decrease = "decrease",
    }
}

/// Whether what a target of kind boolean says has come true (utfall).
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow,
)]
#[serde(rename_all = "camelCase")]
#[diesel(sql_type = Jsonb)]
#[schema(example = json!({"fulfilled": true, "on": "2030-12-31", "comment": null}))]
pub struct TargetOutcome {
    /// Whether it is fulfilled (uppfyllt).
    #[schema(example = true)]
    pub fulfilled: bool,
    /// The day it was fulfilled; null unless it is.
    #[schema(example = "2030-12-31")]
    pub on: Option<NaiveDate>,
    /// What a reader has to know of it (kommentar).
    #[schema(
        min_length = 1,
        max_length = 5000,
        example = "Den sista oljepannan är borta"
    )]
    pub comment: Option<String>,
}

/// What a client writes of a target (målvärde).
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
#[diesel(table_name = targets, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "indicatorCode": "N01951", "kind": "numeric", "gender": "T",
    "operator": "atLeast", "value": 75000, "upperValue": null, "unit": "invånare", "targetYear": 2040,
    "baselineYear": 2022, "baselineValue": 64714, "statement": "målet är minst 75 000 invånare år 2040",
    "anchor": "Politisk text, stycke 4", "outcome": null
}))]
pub struct TargetContent {
    /// The goal that it is a target for; there must be such a goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The indicator that measures it: one that the goal is linked to. Null
    /// where nothing measures it.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: Option<String>,
    /// What it is about. It decides which of the other members there are:
    ///
    /// | `kind` | `operator` | `value` | `upperValue` | `unit` | `targetYear` | baseline | `outcome` |
    /// | --- | --- | --- | --- | --- | --- | --- | --- |
    /// | `numeric` with a value | `atLeast`, `atMost`, `equals` or `between` | a number | with `between` alone, not below `value` | may be | may be | may be | null |
    /// | `numeric` without | null | null | null | may be | null | required | null |
    /// | `share` | as `numeric` | as `numeric`, 0–100 | as `numeric`, 0–100 | may be | as `numeric` | as `numeric`, 0–100 | null |
    /// | `boolean` | null | null | null | null | may be | null | may be |
    /// | `rank` | `atMost` or null, which mean the same | a whole number from 1 | null | may be | may be | may be, a whole number from 1 | null |
    /// | `trend` | `increase` or `decrease` | null | null | may be | may be | may be | null |
    ///
    /// A baseline is `baselineYear` and `baselineValue` together.
    pub kind: TargetKind,
    /// Whom it is about; `T` where it is left out. `K` and `M` need an
    /// indicator that is `dividedByGender`, or none.
    #[schema(required = false, default = "T")]
    pub gender: Gender,
    /// How the figure has to stand to `value`, or which way it is to go: see `kind`.
    pub operator: Option<TargetOperator>,
    /// What is to be reached.
    #[schema(schema_with = value_schema)]
    pub value: Option<Decimal>,
    /// The upper end of what is to be reached.
    #[schema(schema_with = upper_value_schema)]
    pub upper_value: Option<Decimal>,
    /// What the values count (enhet), such as invånare.
    #[schema(min_length = 1, max_length = 200, example = "invånare")]
    pub unit: Option<String>,
    /// The year by which it is to be reached (målår); not before `baselineYear`.
    #[schema(minimum = 1900, maximum = 2200, example = 2040)]
    pub target_year: Option<i32>,
    /// The year of the figure to start from (basår); together with `baselineValue`.
    #[schema(minimum = 1900, maximum = 2200, example = 2022)]
    pub baseline_year: Option<i32>,
    /// The figure to start from.
    #[schema(schema_with = baseline_value_schema)]
    pub baseline_value: Option<Decimal>,
    /// The sentence that sets the target, as it stands in the source (citat).
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "målet är minst 75 000 invånare år 2040"
    )]
    pub statement: String,
    /// Where the sentence stands in the source (ställe).
    #[schema(min_length = 1, max_length = 1000, example = "Politisk text, stycke 4")]
    pub anchor: Option<String>,
    /// Whether it has come true; only where `kind` is `boolean`, which no
    /// figure tells.
    pub outcome: Option<TargetOutcome>,
}

fn value_schema() -> Object {
    decimal(
        "What is to be reached (målvärde), exactly: at most 15 digits before the point and 12 after it; nothing is rounded. See `kind`.",
        json!(75000),
    )
}

fn upper_value_schema() -> Object {
    decimal(
        "The upper end of what is to be reached (övre gräns), exactly; with the operator `between` alone, and not below `value`.",
        json!(null),
    )
}

fn baseline_value_schema() -> Object {
    decimal(
        "The figure to start from (basvärde), exactly; together with `baselineYear`.",
        json!(64714),
    )
}

fn decimal(description: &str, example: Value) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
        .exclusive_minimum(Some(-1e15))
        .exclusive_maximum(Some(1e15))
        .description(Some(description))
        .examples([example])
        .build()
}

impl TargetContent {
    /// Reads a body, noting every fault that can be seen in it alone.
    pub fn read(members: &mut Members<'_>) -> Self {
        let (first, last) = (*text::YEARS.start(), *text::YEARS.end());
        let content = Self {
            goal_id: members.required_uuid("goalId"),
            indicator_code: members.formed("indicatorCode", text::code, "match [A-Z0-9-]{1,40}"),
            kind: members.required_choice("kind", TargetKind::Numeric),
            gender: members.choice("gender").unwrap_or(Gender::All),
            operator: members.choice("operator"),
            value: members.decimal("value"),
            upper_value: members.decimal("upperValue"),
            unit: members.text("unit", text::NAME),
            target_year: members.integer("targetYear", first, last),
            baseline_year: members.integer("baselineYear", first, last),
            baseline_value: members.decimal("baselineValue"),
            statement: members.required_long_text("statement", text::STATEMENT),
            anchor: members.long_text("anchor", text::STATEMENT),
            outcome: members.object("outcome", TargetOutcome::read),
        };
        rules::check(&content, members);
        content
    }
}

impl TargetOutcome {
    fn read(members: &mut Members<'_>) -> Self {
        let outcome = Self {
            fulfilled: members.required_boolean("fulfilled"),
            on: members.date("on"),
            comment: members.long_text("comment", text::NOTE),
        };
        if outcome.on.is_some() && !outcome.fulfilled && !members.faulty("fulfilled") {
            members.fault(
                "on",
                "inconsistent",
                "on must be null where fulfilled is false",
            );
        }
        outcome
    }
}

impl ToSql<Jsonb, Pg> for TargetOutcome {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let value = serde_json::to_value(self)?;
        <Value as ToSql<Jsonb, Pg>>::to_sql(&value, &mut out.reborrow())
    }
}

impl FromSql<Jsonb, Pg> for TargetOutcome {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let value = <Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?;
        Ok(serde_json::from_value(value)?)
    }
}
