//! The measure against whatever comes.

use proptest::prelude::*;

use super::{decimal, series, wanted};
use crate::decimal::Decimal;
use crate::views::progress::measure::{
    Asked, Goalpost, Measured, ON_TRACK, Point, STALLED, Wanted, measure,
};
use crate::views::progress::words::{Method, PointProvenance, ProgressStatus};

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
            prop_assert!(found.ratio >= Some(ON_TRACK));
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
