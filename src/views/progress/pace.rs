//! The pace at which a value is approached, against the pace that is needed.

use super::measure::{
    Asked, BEST_SCORE, Direction, Flips, Measured, ON_TRACK, Point, SLOW, STALLED, earlier, lacking,
};
use super::words::{Method, ProgressStatus, ReasonCode};
use crate::decimal::Decimal;

/// The way to a value: where it ends, in which direction, when, and how far
/// it has been gone.
pub(super) struct Way {
    target: Decimal,
    direction: Direction,
    year: Option<i32>,
    latest: Point,
}

/// Rates along a way.
struct Rates {
    method: Method,
    observed: f64,
    required: f64,
    ratio: f64,
    base: f64,
    years: f64,
    direction: Direction,
}

impl Way {
    /// The way to `target` by `year`, with `latest` as the last that is known of it.
    pub(super) fn new(
        target: Decimal,
        direction: Direction,
        year: Option<i32>,
        latest: Point,
    ) -> Self {
        Self {
            target,
            direction,
            year,
            latest,
        }
    }

    fn met(&self) -> bool {
        self.direction.reaches(self.latest.value, self.target)
    }

    /// The rates from `base`, or why there are none.
    fn rates(&self, base: Point, method: Option<Method>) -> Result<Rates, ReasonCode> {
        let target_year = self.year.ok_or(ReasonCode::NoTargetYear)?;
        if base.value == self.target {
            return Err(ReasonCode::BaseIsTarget);
        }
        if base.year >= target_year {
            return Err(ReasonCode::BaseNotBeforeTargetYear);
        }
        let [from, now, to] = [base.value, self.latest.value, self.target].map(Decimal::to_f64);
        let positive = from > 0.0 && now > 0.0 && to > 0.0;
        let method = method.unwrap_or(if positive {
            Method::GrowthRate
        } else {
            Method::LinearPath
        });
        let years = f64::from(self.latest.year - base.year);
        let all_years = f64::from(target_year - base.year);
        let (observed, required) = match method {
            Method::GrowthRate if !positive => return Err(ReasonCode::SignChange),
            Method::GrowthRate => (
                (now / from).powf(1.0 / years) - 1.0,
                (to / from).powf(1.0 / all_years) - 1.0,
            ),
            Method::LinearPath => ((now - from) / years, (to - from) / all_years),
        };
        // A target that the base has already passed asks for no way back: what
        // counts is the wanted direction.
        let ratio = self.direction.sign() * observed / required.abs();
        if !(observed.is_finite() && required.is_finite() && ratio.is_finite()) {
            return Err(ReasonCode::OutOfRange);
        }
        Ok(Rates {
            method,
            observed,
            required,
            ratio,
            base: from,
            years,
            direction: self.direction,
        })
    }
}

impl Rates {
    /// The latest value with this ratio.
    fn value_at(&self, ratio: f64) -> f64 {
        let rate = self.direction.sign() * ratio * self.required.abs();
        match self.method {
            Method::GrowthRate => self.base * (1.0 + rate).powf(self.years),
            Method::LinearPath => self.base + rate * self.years,
        }
    }

    fn status(&self) -> ProgressStatus {
        // What is exactly at a threshold must not fall below it by the last bit.
        const NOISE: f64 = 1e-9;
        match self.ratio + NOISE {
            ratio if ratio >= ON_TRACK => ProgressStatus::OnTrack,
            ratio if ratio >= SLOW => ProgressStatus::Slow,
            ratio if ratio >= STALLED => ProgressStatus::Stalled,
            _ => ProgressStatus::Worsening,
        }
    }

    /// Open SDG's score: two straight lines that meet near the ratio 0.6.
    fn score(&self) -> f64 {
        if self.ratio >= SLOW {
            (7.1429 * self.ratio - 4.2857).min(BEST_SCORE)
        } else {
            (4.1667 * self.ratio - 2.5).max(-BEST_SCORE)
        }
    }

    /// Where the status would change, the target itself being `target`.
    fn flips(&self, status: ProgressStatus, target: f64) -> Flips {
        let at = |ratio: f64| self.direction.round_up(self.value_at(ratio));
        let (up, down) = match status {
            ProgressStatus::OnTrack => (None, Some(at(ON_TRACK))),
            ProgressStatus::Slow => (Some(at(ON_TRACK)), Some(at(SLOW))),
            ProgressStatus::Stalled => (Some(at(SLOW)), Some(at(STALLED))),
            _ => (Some(at(STALLED)), None),
        };
        // Whatever the rate, whoever stands at the target has reached it.
        let up = up.filter(|up| !self.direction.reaches(*up, target));
        Flips {
            up: Some(up.unwrap_or(target)),
            down,
        }
    }
}

/// At least or at most a value: met, missed, or on the way at some pace.
pub(super) fn paced(
    blank: Measured,
    way: &Way,
    asked: Asked,
    passed: Option<ReasonCode>,
) -> Measured {
    let rates = match earlier(&blank, way.latest) {
        Some((base, _)) => way.rates(base, asked.method),
        None => Err(lacking(&blank, asked)),
    };
    let told = rates.as_ref().ok();
    let target = way.target.to_f64();
    let measured = Measured {
        method: told.map(|rates| rates.method),
        observed: told.map(|rates| rates.observed),
        required: told.map(|rates| rates.required),
        ratio: told.map(|rates| rates.ratio),
        ..blank
    };
    if way.met() {
        return Measured {
            status: ProgressStatus::Achieved,
            reason: ReasonCode::TargetMet,
            score: Some(BEST_SCORE),
            flips: Flips {
                up: None,
                down: Some(target),
            },
            ..measured
        };
    }
    if let Some(reason) = passed {
        return Measured {
            status: ProgressStatus::Missed,
            reason,
            score: Some(-BEST_SCORE),
            flips: Flips {
                up: Some(target),
                down: None,
            },
            ..measured
        };
    }
    match rates {
        // However it goes, whoever stands at the target has reached it.
        Err(reason) => Measured {
            reason,
            flips: Flips {
                up: Some(target),
                down: None,
            },
            ..measured
        },
        Ok(rates) => Measured {
            status: rates.status(),
            reason: ReasonCode::PaceCompared,
            score: Some(rates.score()),
            flips: rates.flips(rates.status(), target),
            ..measured
        },
    }
}
