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
use crate::resources::values::ValueStatus;

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
pub(in crate::views) enum Goalpost {
    /// This much or more.
    AtLeast(Decimal),
    /// This much or less.
    AtMost(Decimal),
    /// From the one to the other, both included.
    Within(Decimal, Decimal),
    /// More than the base.
    Increase,
    /// Less than the base.
    Decrease,
    /// This rank or a better one.
    Rank(Decimal),
    /// Something that is fulfilled or not; `None` while nobody has said.
    Fulfilled(Option<bool>),
    /// Nothing: a bare baseline.
    Nothing,
}

/// A target as the measure sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::views) struct Wanted {
    /// What is to be reached.
    pub(in crate::views) goalpost: Goalpost,
    /// By when.
    pub(in crate::views) year: Option<i32>,
    /// From where, as the target says it.
    pub(in crate::views) baseline: Option<(i32, Decimal)>,
}

/// One figure of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::views) struct Point {
    /// Its year.
    pub(in crate::views) year: i32,
    /// The figure.
    pub(in crate::views) value: Decimal,
    /// Where it comes from.
    pub(in crate::views) provenance: PointProvenance,
    /// How certain it is, where it is a value.
    pub(in crate::views) status: Option<ValueStatus>,
}

/// What a client may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::views) struct Asked {
    /// The method; without it the one that suits the figures.
    pub(in crate::views) method: Option<Method>,
    /// The year to begin at; without it the target's baseline or the first figure.
    pub(in crate::views) base_year: Option<i32>,
}

/// The latest values at which the status would change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::views) struct Flips {
    /// To a better status.
    pub(in crate::views) up: Option<f64>,
    /// To a worse one.
    pub(in crate::views) down: Option<f64>,
}

/// How it goes, and everything that it follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::views) struct Measured {
    /// The status.
    pub(in crate::views) status: ProgressStatus,
    /// Why.
    pub(in crate::views) reason: ReasonCode,
    /// How the rates were computed, if they were.
    pub(in crate::views) method: Option<Method>,
    /// Where it began, and who chose that.
    pub(in crate::views) base: Option<(Point, BaseChoice)>,
    /// The latest figure.
    pub(in crate::views) latest: Option<Point>,
    /// How fast it has gone, a year.
    pub(in crate::views) observed: Option<f64>,
    /// How fast it would have to go, a year.
    pub(in crate::views) required: Option<f64>,
    /// Observed against required, above zero in the wanted direction.
    pub(in crate::views) ratio: Option<f64>,
    /// For an average with others, from −5 to 5.
    pub(in crate::views) score: Option<f64>,
    /// Where the status would change.
    pub(in crate::views) flips: Flips,
}

/// How it goes with a target, by the figures in `series`, which are in the
/// order of their years, in the year `this_year`.
pub(in crate::views) fn measure(
    wanted: &Wanted,
    series: &[Point],
    asked: Asked,
    this_year: i32,
) -> Measured {
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
    let passed = passed(wanted.year, latest, this_year);
    match (wanted.goalpost, latest) {
        // What is said to be fulfilled follows from no figure.
        (Goalpost::Fulfilled(outcome), _) => {
            let blank = Measured {
                base: None,
                latest: None,
                reason: ReasonCode::NoOutcome,
                ..blank
            };
            let passed = passed.map(|_| ReasonCode::TargetYearPassed);
            outcome.map_or(blank, |met| met_or_not(blank, met, passed))
        }
        (Goalpost::Nothing, _) => because(ProgressStatus::NotAvailable, ReasonCode::NoTarget),
        (_, None) => blank,
        (Goalpost::Within(lower, upper), Some(latest)) => Measured {
            flips: within(latest.value, lower, upper),
            ..met_or_not(blank, (lower..=upper).contains(&latest.value), passed)
        },
        (Goalpost::Rank(rank), Some(latest)) => {
            let met = latest.value <= rank;
            let bound = Some(rank.to_f64());
            let (up, down) = if met { (None, bound) } else { (bound, None) };
            Measured {
                flips: Flips { up, down },
                ..met_or_not(blank, met, passed)
            }
        }
        (Goalpost::Increase, Some(latest)) => trend(blank, latest, Direction::Up, asked, passed),
        (Goalpost::Decrease, Some(latest)) => trend(blank, latest, Direction::Down, asked, passed),
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

/// Why a target that is not met is missed, if its year has passed: by the
/// calendar, or because there is a figure of that year or a later one.
fn passed(year: Option<i32>, latest: Option<Point>, this_year: i32) -> Option<ReasonCode> {
    let year = year?;
    if latest.is_some_and(|latest| latest.year >= year) {
        return Some(ReasonCode::TargetYearPassed);
    }
    (this_year > year).then_some(ReasonCode::TargetYearPassedWithoutValue)
}

/// Where a value enters or leaves a span: by the nearer bound.
fn within(value: Decimal, lower: Decimal, upper: Decimal) -> Flips {
    let to_lower = value.minus(lower);
    let to_upper = upper.minus(value);
    let nearer = if to_lower <= to_upper { lower } else { upper };
    let bound = Some(nearer.to_f64());
    if (lower..=upper).contains(&value) {
        Flips {
            up: None,
            down: bound,
        }
    } else {
        Flips {
            up: bound,
            down: None,
        }
    }
}

/// The base: the year that was asked for, else the target's baseline, else the
/// first figure.
fn base(wanted: &Wanted, series: &[Point], asked: Asked) -> Option<(Point, BaseChoice)> {
    // A rank is known of one year only, so it has no first value.
    let series = match wanted.goalpost {
        Goalpost::Rank(_) => &[],
        _ => series,
    };
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
            status: None,
        };
        return Some((point, BaseChoice::Baseline));
    }
    series.first().map(|point| (*point, BaseChoice::FirstValue))
}

fn met_or_not(blank: Measured, met: bool, passed: Option<ReasonCode>) -> Measured {
    let (status, reason, score) = match (met, passed) {
        (true, _) => (
            ProgressStatus::Achieved,
            ReasonCode::TargetMet,
            Some(BEST_SCORE),
        ),
        (false, Some(reason)) => (ProgressStatus::Missed, reason, Some(-BEST_SCORE)),
        (false, None) => (ProgressStatus::NotMet, ReasonCode::NotYetMet, None),
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

    /// Six decimals, rounded towards the better: the value that is told is then
    /// past the one that was computed, and not just before it.
    pub(super) fn round_up(self, value: f64) -> f64 {
        let scaled = value * 1e6;
        match self {
            Self::Up => scaled.ceil() / 1e6,
            Self::Down => scaled.floor() / 1e6,
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
/// good, or worse; and once its year has passed, met or missed.
fn trend(
    blank: Measured,
    latest: Point,
    direction: Direction,
    asked: Asked,
    passed: Option<ReasonCode>,
) -> Measured {
    let Some((base, _)) = earlier(&blank, latest) else {
        return Measured {
            reason: lacking(&blank, asked),
            ..blank
        };
    };
    let same = latest.value == base.value;
    let better = !same && direction.reaches(latest.value, base.value);
    let at_base = Some(base.value.to_f64());
    let flips = Flips {
        up: at_base.filter(|_| !better),
        down: at_base.filter(|_| better || (same && passed.is_none())),
    };
    if passed.is_some() {
        return Measured {
            flips,
            ..met_or_not(blank, better, passed)
        };
    }
    let status = match (better, same) {
        (true, _) => ProgressStatus::OnTrack,
        (false, true) => ProgressStatus::Stalled,
        (false, false) => ProgressStatus::Worsening,
    };
    Measured {
        status,
        reason: ReasonCode::ComparedWithBase,
        flips,
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
