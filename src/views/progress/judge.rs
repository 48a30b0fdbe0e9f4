//! Judging the targets of an answer by the figures that were read.

use super::answer::{
    FlipsAt, Progress, ProgressBase, ProgressLatest, ProgressSummary, ProgressTarget, Thresholds,
};
use super::measure::{
    Asked, Flips, Goalpost, Measured, ON_TRACK, Point, SLOW, STALLED, Wanted, measure,
};
use super::words::{PointProvenance, ProgressStatus, ReasonCode};
use crate::decimal::Decimal;
use crate::resources::indicators::IndicatorRow;
use crate::resources::targets::{TargetContent, TargetKind, TargetOperator, TargetRow};
use crate::resources::values::{Figure, Gender, OwnRank, Provenance};
use crate::views::rounding::Derived;

/// What every target of an answer is judged by.
pub(in crate::views) struct Evidence<'a> {
    /// The municipality.
    pub(in crate::views) municipality: &'a str,
    /// Its figures, by indicator, year and gender.
    pub(in crate::views) figures: &'a [Figure],
    /// Its latest ranks.
    pub(in crate::views) ranks: &'a [OwnRank],
    /// The indicators.
    pub(in crate::views) indicators: &'a [IndicatorRow],
    /// The year it is now.
    pub(in crate::views) this_year: i32,
}

impl Evidence<'_> {
    /// How it goes with a target.
    pub(in crate::views) fn judge(&self, row: &TargetRow, asked: Asked) -> Progress {
        let target = &row.content;
        let wanted = wanted(target);
        let rank = self.rank(target);
        let series = match rank {
            Some(rank) => ranked(rank).into_iter().collect(),
            None => self.series(target),
        };
        let mut measured = measure(&wanted, &series, asked, self.this_year);
        let boolean = target.kind == TargetKind::Boolean;
        if target.indicator_code.is_none() && !boolean && wanted.goalpost != Goalpost::Nothing {
            measured.reason = ReasonCode::NoIndicator;
        } else if let Some(rank) = rank.filter(|_| series.is_empty()) {
            measured.reason = unranked(rank);
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
            ranked_among: rank
                .filter(|_| !series.is_empty())
                .map(|rank| rank.others + 1),
            ..self.answer(
                target.indicator_code.clone(),
                target.unit.clone(),
                target.gender,
                &measured,
            )
        }
    }

    /// An indicator that has no target.
    pub(in crate::views) fn without_target(&self, indicator: &str) -> Progress {
        let all: Vec<&Figure> = self.figures.iter().collect();
        let nothing = Wanted {
            goalpost: Goalpost::Nothing,
            year: None,
            baseline: None,
        };
        let series = points(&all, Gender::All);
        let measured = measure(&nothing, &series, Asked::default(), self.this_year);
        let indicator = Some(indicator.to_owned());
        self.answer(indicator, None, Gender::All, &measured)
    }

    /// The answer, with what was measured and nothing of the target.
    fn answer(
        &self,
        indicator_code: Option<String>,
        unit: Option<String>,
        gender: Gender,
        measured: &Measured,
    ) -> Progress {
        let Flips { up, down } = measured.flips;
        let indicator = self
            .indicators
            .iter()
            .find(|row| Some(&row.indicator_code) == indicator_code.as_ref())
            .map(|row| &row.content);
        Progress {
            indicator_code,
            municipality_code: self.municipality.to_owned(),
            title: indicator.map(|content| content.title.clone()),
            unit: indicator.map(|content| content.unit.clone()).or(unit),
            decimals: indicator.map(|content| content.decimals),
            ranked_among: None,
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
                status: point.status,
                choice,
            }),
            latest: measured.latest.map(|point| ProgressLatest {
                year: point.year,
                value: point.value,
                provenance: point.provenance,
                status: point.status,
            }),
            target: None,
            observed_rate: measured.observed.and_then(Derived::new),
            required_rate: measured.required.and_then(Derived::new),
            ratio: measured.ratio.and_then(Derived::new),
            score: measured.score.and_then(Derived::new),
            status: measured.status,
            label: measured.status.label(),
            light: measured.status.light(),
            thresholds: Thresholds {
                on_track: Derived::of(ON_TRACK),
                slow: Derived::of(SLOW),
                stalled: Derived::of(STALLED),
            },
            flips_at: FlipsAt {
                up: up.and_then(Derived::new),
                down: down.and_then(Derived::new),
            },
            reason: measured.reason.told(),
        }
    }

    /// The rank that a target of kind rank is measured by.
    fn rank(&self, target: &TargetContent) -> Option<&OwnRank> {
        let code = target.indicator_code.as_ref()?;
        let mut ranks = self.ranks.iter();
        ranks.find(|rank| {
            target.kind == TargetKind::Rank
                && rank.indicator_code == *code
                && rank.gender == target.gender
        })
    }

    /// The figures that a target is measured by.
    fn series(&self, target: &TargetContent) -> Vec<Point> {
        let Some(code) = &target.indicator_code else {
            return Vec::new();
        };
        if target.kind == TargetKind::Rank {
            return Vec::new();
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
        status: None,
    })
}

/// Why there is no rank.
fn unranked(own: &OwnRank) -> ReasonCode {
    if !own.is_municipality {
        ReasonCode::NotAMunicipality
    } else if !own.has_direction {
        ReasonCode::NoDirection
    } else {
        ReasonCode::NothingToCompareWith
    }
}

fn points(figures: &[&Figure], gender: Gender) -> Vec<Point> {
    let point = |figure: &&Figure| {
        Some(Point {
            year: figure.year,
            value: figure.value?,
            provenance: figure.provenance.into(),
            status: Some(figure.status),
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
            Goalpost::Fulfilled(target.outcome.as_ref().map(|told| told.fulfilled))
        }
        (TargetKind::Rank, _) => value.map_or(Goalpost::Nothing, Goalpost::Rank),
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

/// The mean and the counts of these.
pub(in crate::views) fn summary<'a>(items: impl Iterator<Item = &'a Progress>) -> ProgressSummary {
    let items: Vec<(ProgressStatus, Option<Derived>)> =
        items.map(|item| (item.status, item.score)).collect();
    let scores: Vec<f64> = items
        .iter()
        .filter_map(|(_, score)| score.map(Derived::raw))
        .collect();
    let measured = u32::try_from(scores.len()).unwrap_or(u32::MAX);
    let mean = scores.iter().sum::<f64>() / f64::from(measured);
    let count = |wanted: ProgressStatus| {
        let same = items.iter().filter(|(status, _)| *status == wanted);
        same.count()
    };
    ProgressSummary {
        score: Derived::new(mean),
        measured: scores.len(),
        not_measured: items.len() - scores.len(),
        counts: ProgressStatus::ALL
            .map(|status| (status.word(), count(status)))
            .into(),
    }
}

impl Evidence<'_> {
    /// How to credit the figures, where some are Kolada's: the municipality's own,
    /// and those that it is ranked among.
    pub(in crate::views) fn attribution(&self) -> Option<&'static str> {
        let mut figures = self.figures.iter();
        let kolada = figures.any(|figure| figure.provenance == Provenance::Kolada)
            || self.ranks.iter().any(|rank| rank.kolada);
        kolada.then_some(crate::views::KOLADA)
    }
}
