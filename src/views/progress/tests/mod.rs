//! The measure against known figures.

mod properties;

use super::measure::{Asked, Flips, Goalpost, Point, Wanted, measure};
use super::words::{BaseChoice, Method, PointProvenance, ProgressStatus, ReasonCode};
use crate::decimal::Decimal;

const THIS_YEAR: i32 = 2026;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

fn series(figures: &[(i32, &str)]) -> Vec<Point> {
    figures
        .iter()
        .map(|(year, value)| Point {
            year: *year,
            value: decimal(value),
            provenance: PointProvenance::Kolada,
            status: None,
        })
        .collect()
}

fn wanted(goalpost: Goalpost, year: Option<i32>) -> Wanted {
    Wanted {
        goalpost,
        year,
        baseline: None,
    }
}

fn from(base_year: i32) -> Asked {
    Asked {
        base_year: Some(base_year),
        method: None,
    }
}

fn near(found: Option<f64>, expected: f64, within: f64) {
    let found = found.expect("a number");
    assert!(
        (found - expected).abs() < within,
        "{found} is not {expected}"
    );
}

/// Östersund's inhabitants (N01951), Källa: Kolada.
fn inhabitants() -> Vec<Point> {
    series(&[(2015, "61066"), (2019, "63779"), (2022, "64714")])
}

fn population_target() -> Wanted {
    wanted(Goalpost::AtLeast(decimal("75000")), Some(2040))
}

#[test]
fn the_population_from_2015_is_on_track() {
    let found = measure(&population_target(), &inhabitants(), from(2015), THIS_YEAR);
    assert_eq!(found.status, ProgressStatus::OnTrack);
    assert_eq!(found.method, Some(Method::GrowthRate));
    near(found.ratio, 1.008_255, 1e-6);
    near(found.score, 2.916, 1e-3);
}

#[test]
fn the_population_from_2019_is_slow() {
    let found = measure(&population_target(), &inhabitants(), from(2019), THIS_YEAR);
    assert_eq!(found.status, ProgressStatus::Slow);
    near(found.ratio, 0.627_708, 1e-6);
    near(found.score, 0.198, 1e-3);
}

#[test]
fn the_population_from_2015_along_a_straight_line_is_slow() {
    let asked = Asked {
        method: Some(Method::LinearPath),
        base_year: Some(2015),
    };
    let found = measure(&population_target(), &inhabitants(), asked, THIS_YEAR);
    assert_eq!(found.status, ProgressStatus::Slow);
    near(found.ratio, 0.935, 1e-3);
}

#[test]
fn the_base_is_the_year_asked_for_then_the_baseline_then_the_first_value() {
    let target = Wanted {
        baseline: Some((2016, decimal("61745"))),
        ..population_target()
    };
    let chosen = |target: &Wanted, asked| {
        let found = measure(target, &inhabitants(), asked, THIS_YEAR);
        found.base.map(|(point, choice)| (point.year, choice))
    };
    assert_eq!(
        chosen(&target, from(2019)),
        Some((2019, BaseChoice::BaseYear))
    );
    assert_eq!(
        chosen(&target, Asked::default()),
        Some((2016, BaseChoice::Baseline))
    );
    assert_eq!(
        chosen(&population_target(), Asked::default()),
        Some((2015, BaseChoice::FirstValue))
    );
}

/// Status and reason of at least 10 in 2030, by these figures.
fn told(figures: &[(i32, &str)]) -> (ProgressStatus, ReasonCode) {
    let target = wanted(Goalpost::AtLeast(decimal("10")), Some(2030));
    let found = measure(&target, &series(figures), Asked::default(), THIS_YEAR);
    (found.status, found.reason)
}

#[test]
fn what_cannot_be_measured_says_why() {
    use ProgressStatus::NotAvailable;
    assert_eq!(told(&[]), (NotAvailable, ReasonCode::NoValue));
    let one = told(&[(2020, "5")]);
    assert_eq!(one, (NotAvailable, ReasonCode::FewerThanTwoValues));
    let from_target = told(&[(2020, "10"), (2021, "9")]);
    assert_eq!(from_target, (NotAvailable, ReasonCode::BaseIsTarget));
    let figures = series(&[(2020, "-5"), (2021, "2")]);
    let rate = Asked {
        method: Some(Method::GrowthRate),
        base_year: None,
    };
    let target = wanted(Goalpost::AtLeast(decimal("10")), Some(2030));
    let found = measure(&target, &figures, rate, THIS_YEAR);
    assert_eq!(found.reason, ReasonCode::SignChange);
    let found = measure(&target, &figures, from(2019), THIS_YEAR);
    assert_eq!(found.reason, ReasonCode::NoValueForBaseYear);
    let no_year = wanted(Goalpost::AtLeast(decimal("10")), None);
    let found = measure(&no_year, &figures, Asked::default(), THIS_YEAR);
    assert_eq!(found.reason, ReasonCode::NoTargetYear);
    assert_eq!(found.flips.up, Some(10.0), "there it would be achieved");
    let early = wanted(Goalpost::AtLeast(decimal("10")), Some(2020));
    let found = measure(&early, &figures, Asked::default(), 2019);
    assert_eq!(
        found.status,
        ProgressStatus::Missed,
        "its year has a figure"
    );
    let bare = wanted(Goalpost::Nothing, None);
    let found = measure(&bare, &figures, Asked::default(), THIS_YEAR);
    assert_eq!(found.reason, ReasonCode::NoTarget);
    let found = measure(&target, &series(&[]), Asked::default(), 2031);
    assert_eq!(
        found.reason,
        ReasonCode::NoValue,
        "nobody knows what became of it"
    );
}

#[test]
fn negative_values_take_the_straight_line_unasked() {
    let found = told(&[(2020, "-5"), (2025, "2.5")]);
    assert_eq!(found, (ProgressStatus::OnTrack, ReasonCode::PaceCompared));
    assert_eq!(told(&[(2020, "0"), (2025, "3")]).0, ProgressStatus::Slow);
    assert_eq!(told(&[(2020, "0"), (2025, "0")]).0, ProgressStatus::Stalled);
    assert_eq!(
        told(&[(2020, "0"), (2025, "-1")]).0,
        ProgressStatus::Worsening
    );
}

#[test]
fn a_target_that_is_met_is_achieved_whatever_the_year() {
    let met = (ProgressStatus::Achieved, ReasonCode::TargetMet);
    assert_eq!(told(&[(2020, "10")]), met);
    assert_eq!(told(&[(2020, "5"), (2031, "10")]), met);
    let missed = (ProgressStatus::Missed, ReasonCode::TargetYearPassed);
    assert_eq!(told(&[(2020, "5"), (2030, "9.9")]), missed);
    let target = wanted(Goalpost::AtLeast(decimal("10")), Some(2030));
    let near = series(&[(2020, "5"), (2030, "9.9")]);
    let found = measure(&target, &near, Asked::default(), THIS_YEAR);
    assert_eq!(found.score, Some(-5.0), "a near miss is a miss");
    assert!(found.ratio > Some(0.9), "and how near is told");
}

#[test]
fn less_is_better_when_the_target_is_at_most() {
    let target = wanted(Goalpost::AtMost(decimal("4")), Some(2030));
    let status = |latest: &str| {
        let figures = series(&[(2020, "8"), (2025, latest)]);
        measure(&target, &figures, Asked::default(), THIS_YEAR).status
    };
    assert_eq!(status("3.9"), ProgressStatus::Achieved);
    assert_eq!(status("5.6"), ProgressStatus::OnTrack);
    assert_eq!(status("6.3"), ProgressStatus::Slow);
    assert_eq!(status("7.9"), ProgressStatus::Stalled);
    assert_eq!(status("8.1"), ProgressStatus::Worsening);
}

#[test]
fn whoever_has_fallen_back_behind_a_target_goes_the_wrong_way() {
    assert_eq!(
        told(&[(2020, "12"), (2025, "9")]).0,
        ProgressStatus::Worsening
    );
}

#[test]
fn what_has_no_pace_is_met_or_not() {
    let status = |goalpost, year| {
        let figures = series(&[(2020, "5"), (2025, "7")]);
        let found = measure(
            &wanted(goalpost, year),
            &figures,
            Asked::default(),
            THIS_YEAR,
        );
        assert_eq!(found.ratio, None);
        (found.status, found.score)
    };
    let [five, seven, eight] = ["5", "7", "8"].map(decimal);
    let achieved = (ProgressStatus::Achieved, Some(5.0));
    let missed = (ProgressStatus::Missed, Some(-5.0));
    let not_yet = (ProgressStatus::NotMet, None);
    assert_eq!(status(Goalpost::Within(seven, seven), None), achieved);
    assert_eq!(status(Goalpost::Within(five, eight), Some(2030)), achieved);
    assert_eq!(status(Goalpost::Within(eight, eight), Some(2030)), not_yet);
    assert_eq!(status(Goalpost::Within(eight, eight), Some(2025)), missed);
    assert_eq!(
        status(Goalpost::Fulfilled(Some(true)), Some(2030)),
        achieved
    );
    assert_eq!(
        status(Goalpost::Fulfilled(Some(false)), Some(2030)),
        not_yet
    );
    assert_eq!(status(Goalpost::Fulfilled(Some(false)), Some(2024)), missed);
}

#[test]
fn a_trend_compares_the_latest_value_with_the_base() {
    let status = |goalpost, latest: &str| {
        let figures = series(&[(2020, "5"), (2025, latest)]);
        let found = measure(
            &wanted(goalpost, None),
            &figures,
            Asked::default(),
            THIS_YEAR,
        );
        (found.status, found.flips)
    };
    let (up, down) = (Some(5.0), None);
    let worse = (ProgressStatus::Worsening, Flips { up, down });
    let better = (ProgressStatus::OnTrack, Flips { up: None, down: up });
    let both = Flips { up, down: up };
    assert_eq!(status(Goalpost::Increase, "6"), better);
    assert_eq!(status(Goalpost::Increase, "4"), worse);
    assert_eq!(status(Goalpost::Decrease, "4"), better);
    assert_eq!(status(Goalpost::Decrease, "6"), worse);
    assert_eq!(status(Goalpost::Decrease, "5").0, ProgressStatus::Stalled);
    assert_eq!(status(Goalpost::Decrease, "5").1, both);
}

#[test]
fn the_score_is_open_sdgs_two_lines() {
    // From 0 in 2020 to 10 in 2030: after five years, half the value is the ratio.
    let score = |latest: &str| {
        let target = wanted(Goalpost::AtLeast(decimal("10")), Some(2030));
        let figures = series(&[(2020, "0"), (2025, latest)]);
        measure(&target, &figures, Asked::default(), THIS_YEAR).score
    };
    near(score("3"), 0.000_04, 1e-9);
    near(score("5"), 2.8572, 1e-9);
    near(score("9.9"), 5.0, 1e-9);
    near(score("0"), -2.5, 1e-9);
    near(score("2.5"), -0.416_65, 1e-9);
    near(score("-100"), -5.0, 1e-9);
}

#[test]
fn a_target_whose_year_has_passed_without_a_value_of_its_own_is_missed_and_says_so() {
    let target = wanted(Goalpost::AtLeast(decimal("10")), Some(2025));
    let figures = series(&[(2020, "5"), (2024, "9")]);
    let judged = |year| {
        let found = measure(&target, &figures, Asked::default(), year);
        (found.status, found.reason)
    };
    let on_its_way = (ProgressStatus::OnTrack, ReasonCode::PaceCompared);
    assert_eq!(judged(2025), on_its_way);
    let missed = (
        ProgressStatus::Missed,
        ReasonCode::TargetYearPassedWithoutValue,
    );
    assert_eq!(judged(2026), missed);
}

#[test]
fn nobody_has_missed_what_nobody_has_said() {
    let target = wanted(Goalpost::Fulfilled(None), Some(2020));
    let found = measure(&target, &[], Asked::default(), THIS_YEAR);
    assert_eq!(found.status, ProgressStatus::NotAvailable);
    assert_eq!((found.reason, found.score), (ReasonCode::NoOutcome, None));
}

#[test]
fn what_is_met_or_not_flips_at_its_bounds() {
    let flips = |goalpost, latest: &str| {
        let figures = series(&[(2020, latest)]);
        let found = measure(
            &wanted(goalpost, None),
            &figures,
            Asked::default(),
            THIS_YEAR,
        );
        (found.flips.up, found.flips.down)
    };
    let span = Goalpost::Within(decimal("6"), decimal("9"));
    assert_eq!(flips(span, "5"), (Some(6.0), None));
    assert_eq!(flips(span, "11"), (Some(9.0), None));
    assert_eq!(flips(span, "8"), (None, Some(9.0)));
    assert_eq!(flips(span, "6.5"), (None, Some(6.0)));
    assert_eq!(flips(Goalpost::Rank(decimal("3")), "7"), (Some(3.0), None));
    assert_eq!(flips(Goalpost::Rank(decimal("3")), "2"), (None, Some(3.0)));
}

#[test]
fn a_trend_is_met_or_missed_once_its_year_has_passed() {
    let status = |latest: &str| {
        let figures = series(&[(2015, "5"), (2020, latest)]);
        let target = wanted(Goalpost::Increase, Some(2020));
        measure(&target, &figures, Asked::default(), THIS_YEAR).status
    };
    assert_eq!(status("6"), ProgressStatus::Achieved);
    assert_eq!(status("5"), ProgressStatus::Missed);
    assert_eq!(status("4"), ProgressStatus::Missed);
}
