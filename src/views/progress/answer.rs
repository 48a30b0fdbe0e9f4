//! The answer: a target's progress with everything that it follows from.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::{BaseChoice, Label, Light, Method, PointProvenance, ProgressStatus, Reason};
use crate::decimal::Decimal;
use crate::http::links::Links;
use crate::resources::targets::{TargetKind, TargetOperator};
use crate::resources::values::{Gender, ValueStatus};
use crate::views::rounding::Derived;

/// The figure that a pace begins at (utgångsvärde).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"year": 2015, "value": 61066, "provenance": "kolada", "status": "final", "choice": "firstValue"}))]
pub struct ProgressBase {
    /// Its year.
    #[schema(example = 2015)]
    pub year: i32,
    /// The figure.
    #[schema(value_type = f64, example = 61066)]
    pub value: Decimal,
    /// Where the figure comes from.
    pub provenance: PointProvenance,
    /// How certain the figure is; null of the target's own baseline.
    #[schema(required)]
    pub status: Option<ValueStatus>,
    /// Who chose it: base and method can change the status, so both are always told.
    pub choice: BaseChoice,
}

/// The latest figure (senaste utfall).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"year": 2022, "value": 64714, "provenance": "kolada", "status": "final"}))]
pub struct ProgressLatest {
    /// Its year.
    #[schema(example = 2022)]
    pub year: i32,
    /// The figure. For a target of kind `rank`: the rank among all municipalities that year.
    #[schema(value_type = f64, example = 64714)]
    pub value: Decimal,
    /// Where the figure comes from.
    pub provenance: PointProvenance,
    /// How certain the figure is: a judgement by a preliminary one is preliminary, too. Null of a rank.
    #[schema(required)]
    pub status: Option<ValueStatus>,
}

/// What is to be reached (målvärde).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"year": 2040, "value": 75000, "upperValue": null, "operator": "atLeast", "provenance": "target"}))]
pub struct ProgressTarget {
    /// By when.
    #[schema(required, example = 2040)]
    pub year: Option<i32>,
    /// The value; null where there is only a direction, or nothing but fulfilled or not.
    #[schema(required, value_type = Option<f64>, example = 75000)]
    pub value: Option<Decimal>,
    /// The upper value of `between`.
    #[schema(required, value_type = Option<f64>, example = json!(null))]
    pub upper_value: Option<Decimal>,
    /// How the value is to be taken.
    #[schema(required)]
    pub operator: Option<TargetOperator>,
    /// `target`: it is what the target says.
    pub provenance: PointProvenance,
}

/// The ratios at which the status changes (gränser).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"onTrack": 0.95, "slow": 0.6, "stalled": 0}))]
pub struct Thresholds {
    /// On track from this ratio.
    #[schema(value_type = f64, example = 0.95)]
    pub on_track: Derived,
    /// Slow from this ratio.
    #[schema(value_type = f64, example = 0.6)]
    pub slow: Derived,
    /// Stalled from this ratio; worsening below it.
    #[schema(value_type = f64, example = 0)]
    pub stalled: Derived,
}

/// The latest values at which the status would change (brytpunkter), rounded to six decimals, towards the better. A trend changes just past its base.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(example = json!({"up": 75000, "down": 64_498.256_878}))]
pub struct FlipsAt {
    /// From this latest value on the status would be better. Null where none is.
    #[schema(required, value_type = Option<f64>, example = 75000)]
    pub up: Option<Derived>,
    /// Past this latest value the status would be worse. Null where none is.
    #[schema(required, value_type = Option<f64>, example = 64498.256878)]
    pub down: Option<Derived>,
}

/// How it goes with a target (måluppfyllelse), and everything that the
/// judgement follows from. Derived numbers are rounded to six decimals.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The indicator; null where nothing measures the target.
    #[schema(required, pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: Option<String>,
    /// What the indicator measures; null where nothing measures the target.
    #[schema(required, example = "Invånare totalt, antal")]
    pub title: Option<String>,
    /// What the figures are counted in: the indicator's unit, or the target's own where nothing measures it.
    #[schema(required, example = "antal")]
    pub unit: Option<String>,
    /// How many decimals of the figures to show.
    #[schema(required, example = 0)]
    pub decimals: Option<i32>,
    /// The municipality whose figures are judged.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// The target; null where the indicator has none.
    #[schema(required, example = "01941f29-7c00-7c8f-8d13-5b9e3a7f6c33")]
    pub target_id: Option<Uuid>,
    /// The target's goal.
    #[schema(required, example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Option<Uuid>,
    /// The target's kind.
    #[schema(required)]
    pub kind: Option<TargetKind>,
    /// The sentence that states the target.
    #[schema(required, example = "målet är minst 75 000 invånare år 2040")]
    pub statement: Option<String>,
    /// Whom the figures are about.
    pub gender: Gender,
    /// How the pace was computed; null where none was.
    #[schema(required)]
    pub method: Option<Method>,
    /// Where it began.
    #[schema(required)]
    pub base: Option<ProgressBase>,
    /// The latest figure.
    #[schema(required)]
    pub latest: Option<ProgressLatest>,
    /// For a target of kind `rank`: how many municipalities the rank is among, the own one included. Else null.
    #[schema(required, example = json!(null))]
    pub ranked_among: Option<i64>,
    /// What is to be reached.
    #[schema(required)]
    pub target: Option<ProgressTarget>,
    /// How fast it has gone: growth a year (0.01 is 1 %), or by `linearPath` units a year.
    #[schema(required, value_type = Option<f64>, example = 0.008_323)]
    pub observed_rate: Option<Derived>,
    /// How fast it would have to go from the base.
    #[schema(required, value_type = Option<f64>, example = 0.008_255)]
    pub required_rate: Option<Derived>,
    /// Observed against required, positive in the wanted direction.
    #[schema(required, value_type = Option<f64>, example = 1.008_255)]
    pub ratio: Option<Derived>,
    /// For averages, −5 to 5 (Open SDG): from ratio 0.6 min(7.1429·ratio − 4.2857, 5), below it max(4.1667·ratio − 2.5, −5); achieved 5; missed −5, however near it came. Null where nothing can be averaged.
    #[schema(required, value_type = Option<f64>, minimum = -5, maximum = 5, example = 2.916_166)]
    pub score: Option<Derived>,
    /// How it goes.
    pub status: ProgressStatus,
    /// What to call it.
    pub label: Label,
    /// Its colour.
    pub light: Light,
    /// The ratios at which the status changes.
    pub thresholds: Thresholds,
    /// The latest values at which it would change.
    pub flips_at: FlipsAt,
    /// Why it is what it is.
    pub reason: Reason,
}

/// How it goes with an indicator's target (måluppfyllelse).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(crate::views::example(include_str!("../examples/indicator-progress.json"))))]
pub struct IndicatorProgress {
    /// The judgement with its parts.
    #[serde(flatten)]
    pub progress: Progress,
    /// How to credit the figures, where some are Kolada's; null where none is. What is derived here is not Kolada's.
    #[schema(required, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// How it goes with a goal (måluppfyllelse): all its targets, none hidden.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(crate::views::example(include_str!("../examples/goal-progress.json"))))]
pub struct GoalProgress {
    /// The goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The mean and the counts.
    #[serde(flatten)]
    pub summary: ProgressSummary,
    /// Each target, by year and key, those without a year last.
    pub items: Vec<Progress>,
    /// How to credit the figures, where some are Kolada's; null where none is.
    #[schema(required, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// The mean and the counts of a goal's targets (sammanvägning).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"score": 2.916_166, "measured": 1, "notMeasured": 0, "counts": {"achieved": 0, "onTrack": 1, "slow": 0, "stalled": 0, "worsening": 0, "missed": 0, "notMet": 0, "notAvailable": 0}}))]
pub struct ProgressSummary {
    /// The mean score of the measured targets; null where none is measured. Look at the counts, too: a mean can hide a bad one, they cannot.
    #[schema(required, value_type = Option<f64>, minimum = -5, maximum = 5, example = 2.916_166)]
    pub score: Option<Derived>,
    /// How many targets have a score.
    #[schema(example = 1)]
    pub measured: usize,
    /// How many have none.
    #[schema(example = 0)]
    pub not_measured: usize,
    /// How many targets have each status; every status is there.
    #[schema(value_type = BTreeMap<String, usize>, example = json!({"achieved": 0, "onTrack": 1, "slow": 0, "stalled": 0, "worsening": 0, "missed": 0, "notMet": 0, "notAvailable": 0}))]
    pub counts: BTreeMap<&'static str, usize>,
}
