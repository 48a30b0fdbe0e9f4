//! The measure against known figures, and against whatever comes.

use proptest::prelude::*;

use super::measure::{Asked, Flips, Goalpost, Measured, Point, STALLED, Wanted, measure};
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

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let digits = -999_999_999_999_999_999i64..=999_999_999_999_999_999;
    let small = -20i64..=20;
    (prop_oneof![digits, small], 0usize..=12).prop_map(|(digits, scale)| {
        let text = format!("{digits}e-{scale}");
        Decimal::parse(&text).unwrap_or_default()
    })
}

fn any_series() -> impl Strategy<Value = Vec<Point>> {
    proptest::collection::btree_map(1900..=2200, any_decimal(), 0..8).prop_map(|figures| {
        let point = |(year, value)| Point {
            year,
            value,
            provenance: PointProvenance::Reported,
            status: None,
        };
        figures.into_iter().map(point).collect()
    })
}

fn any_goalpost() -> impl Strategy<Value = Goalpost> {
    prop_oneof![
        any_decimal().prop_map(Goalpost::AtLeast),
        any_decimal().prop_map(Goalpost::AtMost),
        (any_decimal(), any_decimal()).prop_map(|(a, b)| Goalpost::Within(a, b)),
        Just(Goalpost::Increase),
        Just(Goalpost::Decrease),
        any::<Option<bool>>().prop_map(Goalpost::Fulfilled),
        any_decimal().prop_map(Goalpost::Rank),
        Just(Goalpost::Nothing),
    ]
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    let year = proptest::option::of(1900..=2200);
    let baseline = proptest::option::of((1900..=2200, any_decimal()));
    (any_goalpost(), year, baseline).prop_map(|(goalpost, year, baseline)| Wanted {
        goalpost,
        year,
        baseline,
    })
}

fn any_asked() -> impl Strategy<Value = Asked> {
    let method = proptest::option::of(prop_oneof![
        Just(Method::GrowthRate),
        Just(Method::LinearPath)
    ]);
    (method, proptest::option::of(1900..=2200))
        .prop_map(|(method, base_year)| Asked { method, base_year })
}

/// Which of two statuses of a pace is the better: the place in this list.
fn goodness(found: &Measured) -> usize {
    let order = [
        ProgressStatus::Worsening,
        ProgressStatus::Stalled,
        ProgressStatus::Slow,
        ProgressStatus::OnTrack,
        ProgressStatus::Achieved,
    ];
    let place = order.iter().position(|status| *status == found.status);
    place.unwrap_or_else(|| panic!("{:?}", found.status))
}

proptest! {
    #[test]
    fn no_figures_make_a_number_that_is_none_or_a_score_out_of_range(
        wanted in any_wanted(), series in any_series(), asked in any_asked(), this_year in 1900..=2300,
    ) {
        let found = measure(&wanted, &series, asked, this_year);
        for number in [found.observed, found.required, found.ratio, found.score] {
            prop_assert!(number.is_none_or(f64::is_finite), "{found:?}");
        }
        prop_assert!(found.score.is_none_or(|score| (-5.0..=5.0).contains(&score)));
        prop_assert_eq!(found.ratio.is_some(), found.method.is_some());
        for number in [found.flips.up, found.flips.down] {
            prop_assert!(number.is_none_or(|number| !number.is_nan()), "{found:?}");
        }
        if found.status == ProgressStatus::OnTrack && found.method.is_some() {
            prop_assert!(found.ratio >= Some(super::measure::ON_TRACK));
        }
        if found.status == ProgressStatus::Worsening && found.method.is_some() {
            prop_assert!(found.ratio < Some(STALLED));
        }
    }

    #[test]
    fn the_status_changes_just_past_the_value_where_it_flips(
        base in 100..10_000i32, target in 100..10_000i32, latest in 100..10_000i32,
        year in 2005..2029, down in any::<bool>(), line in any::<bool>(),
    ) {
        prop_assume!(base != target);
        let value = decimal(&target.to_string());
        let goalpost = if down { Goalpost::AtMost(value) } else { Goalpost::AtLeast(value) };
        let target = wanted(goalpost, Some(2030));
        let method = if line { Method::LinearPath } else { Method::GrowthRate };
        let asked = Asked { method: Some(method), base_year: None };
        let at = |latest: f64| {
            let latest = format!("{latest:.6}");
            measure(&target, &series(&[(2000, &base.to_string()), (year, &latest)]), asked, 2026)
        };
        let found = at(f64::from(latest));
        let better = if down { -1e-4 } else { 1e-4 };
        if let Some(up) = found.flips.up {
            prop_assert!(goodness(&at(up)) > goodness(&found), "the very value: {found:?}");
            prop_assert!(goodness(&at(up - better)) <= goodness(&found), "{found:?}");
        }
        if let Some(fall) = found.flips.down {
            prop_assert!(goodness(&at(fall - better)) < goodness(&found), "{found:?}");
            prop_assert!(goodness(&at(fall)) >= goodness(&found), "{found:?}");
        }
    }
}
