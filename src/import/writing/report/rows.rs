//! What a report says of each row and of each item that was left.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};
use uuid::Uuid;

use super::ReportedAction;
use crate::decimal::Decimal;

/// What an import did with the budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetReport {
    /// What was done.
    pub action: ReportedAction,
    /// The members that changed.
    #[schema(example = json!(["description"]))]
    pub changed_fields: Vec<String>,
}

/// What an import did with one goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GoalReport {
    /// The line of its heading.
    #[schema(example = 52)]
    pub line: usize,
    /// Its key; of a dry run's new goal null.
    #[schema(required)]
    pub goal_id: Option<Uuid>,
    /// Its number in the document.
    #[schema(required, example = "1.1")]
    pub number: Option<String>,
    /// Its name in the document.
    #[schema(required)]
    pub name: Option<String>,
    /// What was done.
    pub action: ReportedAction,
    /// The members that changed.
    #[schema(example = json!(["politicalText"]))]
    pub changed_fields: Vec<String>,
    /// How many paragraphs its political text has.
    #[schema(example = 5)]
    pub paragraphs: usize,
}

/// What an import did with one assignment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAssignment {
    /// The line it stands on.
    #[schema(example = 30)]
    pub line: usize,
    /// Its key; of a dry run's new assignment null.
    #[schema(required)]
    pub assignment_id: Option<Uuid>,
    /// Its title.
    #[schema(example = "Ta fram en handlingsplan")]
    pub title: String,
    /// The board that gave it; null for the council.
    #[schema(required, example = "socialnamnden")]
    pub origin_board_id: Option<String>,
    /// What was done.
    pub action: ReportedAction,
}

/// What an import did with one of a goal's links to key figures (nyckeltal).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedLink {
    /// The line it stands on.
    #[schema(example = 34)]
    pub line: usize,
    /// The indicator.
    #[schema(example = "N01951")]
    pub indicator_code: String,
    /// The title of the indicator.
    #[schema(example = "Invånare totalt, antal")]
    pub title: String,
    /// Where it stands among those of the goal. One that was there stays where it was.
    #[schema(example = 1)]
    pub position: i32,
    /// What was done.
    pub action: ReportedAction,
}

/// What an import did with one investment (investering).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedInvestment {
    /// The line it stands on.
    #[schema(example = 38)]
    pub line: usize,
    /// Its key; of a dry run's new investment null.
    #[schema(required)]
    pub investment_id: Option<Uuid>,
    /// What the money is for.
    #[schema(example = "Cykelväg till skolan")]
    pub title: String,
    /// How much.
    #[schema(schema_with = amount_schema)]
    pub amount: Decimal,
    /// What was done.
    pub action: ReportedAction,
}

fn amount_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .description(Some("How much (belopp), in Swedish kronor and exactly."))
        .examples([json!(1_500_000)])
        .build()
}

/// What an import did with one achievement ("För att nå målet har vi bland annat").
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAchievement {
    /// The line it stands on.
    #[schema(example = 42)]
    pub line: usize,
    /// Its key; of a dry run's new achievement null.
    #[schema(required)]
    pub achievement_id: Option<Uuid>,
    /// What was done to reach the goal.
    #[schema(example = "målat om skyltarna")]
    pub text: String,
    /// What was done with it here.
    pub action: ReportedAction,
}

/// Something that was recognised and not written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedItem {
    /// The line it stands on.
    #[schema(example = 34)]
    pub line: usize,
    /// `indicator`, `investment`, `achievement`, `boardAssignment` or `unknownHeading`.
    #[schema(example = "indicator")]
    pub kind: &'static str,
    /// Always `left`.
    pub action: ReportedAction,
    /// Its text.
    #[schema(example = "Antal invånare")]
    pub text: String,
    /// Why it was left.
    #[schema(example = "no indicator has this code or this title")]
    pub reason: String,
}

/// Something a reader should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedDoubt {
    /// The line it is about.
    #[schema(example = 83)]
    pub line: usize,
    /// What kind of doubt, in one word that never changes.
    #[schema(example = "joined")]
    pub code: String,
    /// What was seen and what was done about it.
    #[schema(example = "this line was joined to the one before it")]
    pub detail: String,
}
