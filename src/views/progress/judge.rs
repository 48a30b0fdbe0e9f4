//! Judging the targets of an answer by the figures that were read.

use super::answer::{
    FlipsAt, Progress, ProgressBase, ProgressLatest, ProgressSummary, ProgressTarget, Thresholds,
};
use super::measure::{
    Asked, Flips, Goalpost, Measured, ON_TRACK, Point, SLOW, STALLED, Wanted, measure,
};
use super::words::{PointProvenance, ProgressStatus, ReasonCode};
use crate::decimal::Decimal;
use crate::resources::targets::{TargetContent, TargetKind, TargetOperator, TargetRow};
use crate::resources::values::{Figure, Gender, OwnRank};
use crate::views::rounding::rounded;

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
