//! The answer: a target's progress with everything that it follows from.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::measure::{
    Asked, Flips, Goalpost, Measured, ON_TRACK, Point, SLOW, STALLED, Wanted, measure,
};
use super::words::{
    BaseChoice, Label, Light, Method, PointProvenance, ProgressStatus, Reason, ReasonCode,
};
use crate::decimal::Decimal;
use crate::http::links::Links;
use crate::resources::targets::{TargetContent, TargetKind, TargetOperator, TargetRow};
use crate::resources::values::{Figure, Gender, OwnRank};
use crate::views::rounding::rounded;

/// The figure that a pace begins at (utgångsvärde).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"year": 2015, "value": 61066, "provenance": "kolada", "choice": "firstValue"}))]
pub struct ProgressBase {
    /// Its year.
    #[schema(example = 2015)]
    pub year: i32,
    /// The figure.
    #[schema(value_type = f64, example = 61066)]
    pub value: Decimal,
    /// Where the figure comes from.
    pub provenance: PointProvenance,
    /// Who chose it: base and method can change the status, so both are always told.
    pub choice: BaseChoice,
}

/// The latest figure (senaste utfall).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"year": 2022, "value": 64714, "provenance": "kolada"}))]
pub struct ProgressLatest {
    /// Its year.
    #[schema(example = 2022)]
    pub year: i32,
    /// The figure. For a target of kind `rank`: the rank among all municipalities that year.
    #[schema(value_type = f64, example = 64714)]
    pub value: Decimal,
    /// Where the figure comes from.
    pub provenance: PointProvenance,
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
    #[schema(example = 0.95)]
    pub on_track: f64,
    /// Slow from this ratio.
    #[schema(example = 0.6)]
    pub slow: f64,
    /// Stalled from this ratio; worsening below it.
    #[schema(example = 0)]
    pub stalled: f64,
}

/// The latest values at which the status would change (brytpunkter), rounded to six decimals.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(example = json!({"up": 75000, "down": 64_498.256_878}))]
pub struct FlipsAt {
    /// From this latest value on the status would be better. Null where none is.
    #[schema(required, example = 75000)]
    pub up: Option<f64>,
    /// Past this latest value the status would be worse. Null where none is.
    #[schema(required, example = 64498.256878)]
    pub down: Option<f64>,
}

/// How it goes with a target (måluppfyllelse), and everything that the
/// judgement follows from. Derived numbers are rounded to six decimals.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The indicator; null where nothing measures the target.
    #[schema(required, pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: Option<String>,
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
    /// What is to be reached.
    #[schema(required)]
    pub target: Option<ProgressTarget>,
    /// How fast it has gone: growth a year (0.01 is 1 %), or by `linearPath` units a year.
    #[schema(required, example = 0.008_323)]
    pub observed_rate: Option<f64>,
    /// How fast it would have to go from the base.
    #[schema(required, example = 0.008_255)]
    pub required_rate: Option<f64>,
    /// Observed against required, positive in the wanted direction.
    #[schema(required, example = 1.008_255)]
    pub ratio: Option<f64>,
    /// For averages, −5 to 5 (Open SDG): from ratio 0.6 min(7.1429·ratio − 4.2857, 5), below it max(4.1667·ratio − 2.5, −5); achieved 5; missed without a ratio −5. Null where nothing can be averaged.
    #[schema(required, minimum = -5, maximum = 5, example = 2.916_166)]
    pub score: Option<f64>,
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
    #[schema(required, minimum = -5, maximum = 5, example = 2.916_166)]
    pub score: Option<f64>,
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

/// What every target of an answer is judged by.
pub struct Evidence<'a> {
    /// The municipality.
    pub municipality: &'a str,
    /// Its figures, by indicator, year and gender.
    pub figures: &'a [Figure],
    /// Its latest ranks.
    pub ranks: &'a [OwnRank],
    /// The year it is now.
    pub this_year: i32,
}

impl Evidence<'_> {
    /// How it goes with a target.
    pub fn judge(&self, row: &TargetRow, asked: Asked) -> Progress {
        let target = &row.content;
        let wanted = wanted(target);
        let series = self.series(target);
        let mut measured = measure(&wanted, &series, asked, self.this_year);
        let boolean = target.kind == TargetKind::Boolean;
        if target.indicator_code.is_none() && !boolean && wanted.goalpost != Goalpost::Nothing {
            measured.reason = ReasonCode::NoIndicator;
        } else if target.kind == TargetKind::Rank && series.is_empty() {
            measured.reason = ReasonCode::NothingToCompareWith;
        }
        Progress {
            target_id: Some(row.target_id),
            goal_id: Some(target.goal_id),
            kind: Some(target.kind),
            statement: Some(target.statement.clone()),
            target: Some(ProgressTarget {
                year: target.target_year,
                value: target.value,
                upper_value: target.upper_value,
                operator: target.operator,
                provenance: PointProvenance::Target,
            }),
            ..answer(
                self.municipality,
                target.indicator_code.clone(),
                target.gender,
                &measured,
            )
        }
    }

    /// An indicator that has no target.
    pub fn without_target(&self, indicator: &str) -> Progress {
        let all: Vec<&Figure> = self.figures.iter().collect();
        let nothing = Wanted {
            goalpost: Goalpost::Nothing,
            year: None,
            baseline: None,
        };
        let series = points(&all, Gender::All);
        let measured = measure(&nothing, &series, Asked::default(), self.this_year);
        let indicator = Some(indicator.to_owned());
        answer(self.municipality, indicator, Gender::All, &measured)
    }

    /// The figures that a target is measured by.
    fn series(&self, target: &TargetContent) -> Vec<Point> {
        let Some(code) = &target.indicator_code else {
            return Vec::new();
        };
        if target.kind == TargetKind::Rank {
            let own = self
                .ranks
                .iter()
                .find(|rank| rank.indicator_code == *code && rank.gender == target.gender);
            return own.and_then(ranked).into_iter().collect();
        }
        let own: Vec<&Figure> = self
            .figures
            .iter()
            .filter(|figure| figure.indicator_code == *code)
            .collect();
        points(&own, target.gender)
    }
}

fn ranked(own: &OwnRank) -> Option<Point> {
    Some(Point {
        year: own.year,
        value: Decimal::from(own.rank?),
        provenance: PointProvenance::Derived,
    })
}

fn points(figures: &[&Figure], gender: Gender) -> Vec<Point> {
    let point = |figure: &&Figure| {
        Some(Point {
            year: figure.year,
            value: figure.value?,
            provenance: figure.provenance.into(),
        })
    };
    figures
        .iter()
        .filter(|figure| figure.gender == gender)
        .filter_map(point)
        .collect()
}

/// A target as the measure sees it.
fn wanted(target: &TargetContent) -> Wanted {
    let value = target.value;
    let goalpost = match (target.kind, target.operator) {
        (TargetKind::Boolean, _) => {
            Goalpost::Fulfilled(target.outcome.as_ref().is_some_and(|told| told.fulfilled))
        }
        (TargetKind::Rank, _) => value.map_or(Goalpost::Nothing, |rank| {
            Goalpost::Within(Decimal::from(1_i64), rank)
        }),
        (_, Some(TargetOperator::Increase)) => Goalpost::Increase,
        (_, Some(TargetOperator::Decrease)) => Goalpost::Decrease,
        (_, Some(TargetOperator::AtLeast)) => value.map_or(Goalpost::Nothing, Goalpost::AtLeast),
        (_, Some(TargetOperator::AtMost)) => value.map_or(Goalpost::Nothing, Goalpost::AtMost),
        (_, Some(TargetOperator::Equals)) => {
            value.map_or(Goalpost::Nothing, |value| Goalpost::Within(value, value))
        }
        (_, Some(TargetOperator::Between)) => value
            .zip(target.upper_value)
            .map_or(Goalpost::Nothing, |(lower, upper)| {
                Goalpost::Within(lower, upper)
            }),
        (_, None) => Goalpost::Nothing,
    };
    Wanted {
        goalpost,
        year: target.target_year,
        baseline: target.baseline_year.zip(target.baseline_value),
    }
}

fn answer(
    municipality: &str,
    indicator_code: Option<String>,
    gender: Gender,
    measured: &Measured,
) -> Progress {
    let Flips { up, down } = measured.flips;
    Progress {
        indicator_code,
        municipality_code: municipality.to_owned(),
        target_id: None,
        goal_id: None,
        kind: None,
        statement: None,
        gender,
        method: measured.method,
        base: measured.base.map(|(point, choice)| ProgressBase {
            year: point.year,
            value: point.value,
            provenance: point.provenance,
            choice,
        }),
        latest: measured.latest.map(|point| ProgressLatest {
            year: point.year,
            value: point.value,
            provenance: point.provenance,
        }),
        target: None,
        observed_rate: measured.observed.and_then(rounded),
        required_rate: measured.required.and_then(rounded),
        ratio: measured.ratio.and_then(rounded),
        score: measured.score.and_then(rounded),
        status: measured.status,
        label: measured.status.label(),
        light: measured.status.light(),
        thresholds: Thresholds {
            on_track: ON_TRACK,
            slow: SLOW,
            stalled: STALLED,
        },
        flips_at: FlipsAt {
            up: up.and_then(rounded),
            down: down.and_then(rounded),
        },
        reason: measured.reason.told(),
    }
}

/// The mean and the counts of these.
pub fn summary(items: &[Progress]) -> ProgressSummary {
    let scores: Vec<f64> = items.iter().filter_map(|item| item.score).collect();
    let measured = u32::try_from(scores.len()).unwrap_or(u32::MAX);
    let mean = scores.iter().sum::<f64>() / f64::from(measured);
    let count = |status: ProgressStatus| items.iter().filter(|item| item.status == status).count();
    ProgressSummary {
        score: rounded(mean),
        measured: scores.len(),
        not_measured: items.len() - scores.len(),
        counts: ProgressStatus::ALL
            .map(|status| (status.word(), count(status)))
            .into(),
    }
}

/// How to credit the figures of these, where some are Kolada's.
pub fn attribution(items: &[Progress]) -> Option<&'static str> {
    let kolada = |item: &Progress| {
        let base = item.base.map(|base| base.provenance);
        let latest = item.latest.map(|latest| latest.provenance);
        [base, latest].contains(&Some(PointProvenance::Kolada))
    };
    items.iter().any(kolada).then_some(crate::views::KOLADA)
}
