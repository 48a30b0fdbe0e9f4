//! How it goes with a target: pure arithmetic, from a target and a series of
//! figures to a status with everything that it follows from.
//!
//! The growth rate, its thresholds and the score are Open SDG's measure of
//! progress (after Eurostat's, for the UN's goals): compound annual growth,
//! observed against required. What is compared exactly is compared as
//! decimals; rates are computed in binary floating point.

use super::pace::{Way, paced};
use super::words::{BaseChoice, Method, PointProvenance, ProgressStatus, ReasonCode};
use crate::decimal::Decimal;

/// The ratio from which a target is on track.
pub(super) const ON_TRACK: f64 = 0.95;
/// The ratio from which it is slow.
pub(super) const SLOW: f64 = 0.60;
/// The ratio from which it stands still; below it goes the wrong way.
pub(super) const STALLED: f64 = 0.0;
/// The best score; the worst is as far below zero.
pub(super) const BEST_SCORE: f64 = 5.0;

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goalpost {
    /// This much or more.
    AtLeast(Decimal),
    /// This much or less.
    AtMost(Decimal),
    /// From the one to the other, both included; equal ones are `equals`.
    Within(Decimal, Decimal),
    /// More than the base.
    Increase,
    /// Less than the base.
    Decrease,
    /// Something that is fulfilled or not, as far as anybody has said.
    Fulfilled(bool),
    /// Nothing: a bare baseline.
    Nothing,
}

/// A target as the measure sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// What is to be reached.
    pub goalpost: Goalpost,
    /// By when.
    pub year: Option<i32>,
    /// From where, as the target says it.
    pub baseline: Option<(i32, Decimal)>,
}

/// One figure of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Its year.
    pub year: i32,
    /// The figure.
    pub value: Decimal,
    /// Where it comes from.
    pub provenance: PointProvenance,
}

/// What a client may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The method; without it the one that suits the figures.
    pub method: Option<Method>,
    /// The year to begin at; without it the target's baseline or the first figure.
    pub base_year: Option<i32>,
}

/// The latest values at which the status would change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flips {
    /// To a better status.
    pub up: Option<f64>,
    /// To a worse one.
    pub down: Option<f64>,
}

/// How it goes, and everything that it follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The status.
    pub status: ProgressStatus,
    /// Why.
    pub reason: ReasonCode,
    /// How the rates were computed, if they were.
    pub method: Option<Method>,
    /// Where it began, and who chose that.
    pub base: Option<(Point, BaseChoice)>,
    /// The latest figure.
    pub latest: Option<Point>,
    /// How fast it has gone, a year.
    pub observed: Option<f64>,
    /// How fast it would have to go, a year.
    pub required: Option<f64>,
    /// Observed against required, above zero in the wanted direction.
    pub ratio: Option<f64>,
    /// For an average with others, from −5 to 5.
    pub score: Option<f64>,
    /// Where the status would change.
    pub flips: Flips,
}

/// How it goes with a target, by the figures in `series`, which are in the
/// order of their years, in the year `this_year`.
pub fn measure(wanted: &Wanted, series: &[Point], asked: Asked, this_year: i32) -> Measured {
    let latest = series.last().copied();
    let base = base(wanted, series, asked);
    let blank = Measured {
        status: ProgressStatus::NotAvailable,
        reason: ReasonCode::NoValue,
        method: None,
        base,
        latest,
        observed: None,
        required: None,
        ratio: None,
        score: None,
        flips: Flips::default(),
    };
    let because = |status, reason| Measured {
        status,
        reason,
        ..blank
    };
    let gone =
        |year: i32| this_year > year || latest.is_some_and(|latest: Point| latest.year >= year);
    let passed = wanted.year.is_some_and(gone);
    match (wanted.goalpost, latest) {
        (Goalpost::Nothing, _) => because(ProgressStatus::NotAvailable, ReasonCode::NoTarget),
        (Goalpost::Fulfilled(met), _) => met_or_not(blank, met, passed),
        (_, None) => blank,
        (Goalpost::Within(lower, upper), Some(latest)) => {
            met_or_not(blank, (lower..=upper).contains(&latest.value), passed)
        }
        (Goalpost::Increase, Some(latest)) => trend(blank, latest, Direction::Up, asked),
        (Goalpost::Decrease, Some(latest)) => trend(blank, latest, Direction::Down, asked),
        (Goalpost::AtLeast(value), Some(latest)) => {
            let way = Way::new(value, Direction::Up, wanted.year, latest);
            paced(blank, &way, asked, passed)
        }
        (Goalpost::AtMost(value), Some(latest)) => {
            let way = Way::new(value, Direction::Down, wanted.year, latest);
            paced(blank, &way, asked, passed)
        }
    }
}

/// The base: the year that was asked for, else the target's baseline, else the
/// first figure.
fn base(wanted: &Wanted, series: &[Point], asked: Asked) -> Option<(Point, BaseChoice)> {
    if let Some(year) = asked.base_year {
        let found = series.iter().find(|point| point.year == year);
        return found.map(|point| (*point, BaseChoice::BaseYear));
    }
    if let Some((year, value)) = wanted.baseline {
        let provenance = PointProvenance::Target;
        let point = Point {
            year,
            value,
            provenance,
        };
        return Some((point, BaseChoice::Baseline));
    }
    series.first().map(|point| (*point, BaseChoice::FirstValue))
}

fn met_or_not(blank: Measured, met: bool, passed: bool) -> Measured {
    let (status, reason, score) = match (met, passed) {
        (true, _) => (
            ProgressStatus::Achieved,
            ReasonCode::TargetMet,
            Some(BEST_SCORE),
        ),
        (false, true) => (
            ProgressStatus::Missed,
            ReasonCode::TargetYearPassed,
            Some(-BEST_SCORE),
        ),
        (false, false) => (ProgressStatus::NotMet, ReasonCode::NotYetMet, None),
    };
    Measured {
        status,
        reason,
        score,
        ..blank
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

impl Direction {
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }

    /// Whether `value` is at `mark` or past it.
    pub(super) fn reaches<T: PartialOrd>(self, value: T, mark: T) -> bool {
        match self {
            Self::Up => value >= mark,
            Self::Down => value <= mark,
        }
    }
}

/// A trend has no rate to keep: the latest figure is better than the base, as
/// good, or worse.
fn trend(blank: Measured, latest: Point, direction: Direction, asked: Asked) -> Measured {
    let Some((base, _)) = earlier(&blank, latest) else {
        return Measured {
            reason: lacking(&blank, asked),
            ..blank
        };
    };
    let better = direction.reaches(latest.value, base.value);
    let (status, up, down) = match (better, latest.value == base.value) {
        (_, true) => (ProgressStatus::Stalled, true, true),
        (true, false) => (ProgressStatus::OnTrack, false, true),
        (false, false) => (ProgressStatus::Worsening, true, false),
    };
    let at_base = |there: bool| Some(base.value.to_f64()).filter(|_| there);
    Measured {
        status,
        reason: ReasonCode::ComparedWithBase,
        flips: Flips {
            up: at_base(up),
            down: at_base(down),
        },
        ..blank
    }
}

/// The base, where the latest figure is of a later year.
pub(super) fn earlier(blank: &Measured, latest: Point) -> Option<(Point, BaseChoice)> {
    blank.base.filter(|(base, _)| base.year < latest.year)
}

/// Why there are no two figures to compare.
pub(super) fn lacking(blank: &Measured, asked: Asked) -> ReasonCode {
    match (blank.base, asked.base_year) {
        (None, Some(_)) => ReasonCode::NoValueForBaseYear,
        _ => ReasonCode::FewerThanTwoValues,
    }
}
