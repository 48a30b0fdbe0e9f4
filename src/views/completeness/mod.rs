//! Completeness (kvalitetskontroll): what is not there of a budget's goals.

mod gaps;
mod handlers;
mod parts;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;

use crate::http::links::Links;

crate::text_enum! {
    /// Something that a goal lacks (brist).
    pub enum Gap {
        /// It has no political text.
        NoText = "noText",
        /// It has no assignment.
        NoAssignment = "noAssignment",
        /// It has no indicator.
        NoIndicator = "noIndicator",
        /// An indicator has no value for the year.
        NoValue = "noValue",
        /// An indicator that is divided by gender has no value of women or of men for the year.
        NoGenderValue = "noGenderValue",
        /// A target has no baseline.
        NoBaseline = "noBaseline",
        /// A board that an assignment addresses has not reported on it for the year.
        SilentBoard = "silentBoard",
        /// It has no investment.
        NoInvestment = "noInvestment",
        /// A value is past the day it was due.
        OverdueValue = "overdueValue",
    }
}

impl Gap {
    /// Every gap, in order.
    pub const ALL: [Self; 9] = [
        Self::NoText,
        Self::NoAssignment,
        Self::NoIndicator,
        Self::NoValue,
        Self::NoGenderValue,
        Self::NoBaseline,
        Self::SilentBoard,
        Self::NoInvestment,
        Self::OverdueValue,
    ];
}

/// A board that has not reported (tyst nämnd).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "boardId": "kommunstyrelsen", "boardName": "Kommunstyrelsen"}))]
pub struct SilentBoard {
    /// The assignment.
    #[schema(example = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22")]
    pub assignment_id: Uuid,
    /// The board that it addresses.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: String,
    /// Its name.
    #[schema(example = "Kommunstyrelsen")]
    pub board_name: String,
}

/// A value that is late (försenat värde).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"indicatorCode": "N00090", "dueOn": "2024-03-31"}))]
pub struct OverdueValue {
    /// The indicator.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N00090")]
    pub indicator_code: String,
    /// The day it was due: the indicator's `valuesDue` in the year after the figure's.
    #[schema(example = "2024-03-31")]
    pub due_on: NaiveDate,
}

/// What a goal lacks (målets brister).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GoalCompleteness {
    /// The goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// Its number.
    #[schema(required, example = "1.1")]
    pub number: Option<String>,
    /// Its name.
    #[schema(required, example = json!(null))]
    pub name: Option<String>,
    /// The goal itself (målformulering).
    #[schema(example = "I Östersund är kommunen en modern och attraktiv arbetsgivare")]
    pub statement: String,
    /// Whether it lacks nothing.
    #[schema(example = false)]
    pub complete: bool,
    /// What it lacks, in short: the members below that are not empty, and what is not there at all.
    pub gaps: Vec<Gap>,
    /// Indicators without a number for the year. One that is confidential counts as there.
    #[schema(example = json!(["N00090"]))]
    pub indicators_without_value: Vec<String>,
    /// Indicators that are divided by gender, without a number of women or of men.
    #[schema(example = json!(["N00090"]))]
    pub indicators_without_gender: Vec<String>,
    /// Targets of kind numeric, share and trend that have no baseline.
    #[schema(example = json!(["01941f29-7c00-7c8f-8d13-5b9e3a7f6c33"]))]
    pub targets_without_baseline: Vec<Uuid>,
    /// Boards that an assignment addresses and that have no report on it for the year; none of one that is cancelled.
    pub silent_boards: Vec<SilentBoard>,
    /// Values for the year that are past their day.
    pub overdue_values: Vec<OverdueValue>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// What is not there of a budget's goals (kvalitetskontroll), goal by goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(super::example(include_str!("../examples/completeness.json"))))]
pub struct Completeness {
    /// The budget; values and reports are looked for in its year.
    #[schema(example = 2023)]
    pub budget_year: i32,
    /// The municipality whose values are looked for: this service's own.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// How many goals lack nothing.
    #[schema(example = 0)]
    pub complete_goals: usize,
    /// How many goals have each gap; every gap is there.
    #[schema(value_type = BTreeMap<String, usize>, example = json!({"noText": 1, "noAssignment": 0, "noIndicator": 0, "noValue": 1, "noGenderValue": 1, "noBaseline": 1, "silentBoard": 1, "noInvestment": 0, "overdueValue": 1}))]
    pub counts: BTreeMap<&'static str, usize>,
    /// Each goal of the budget, in order.
    pub items: Vec<GoalCompleteness>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}
