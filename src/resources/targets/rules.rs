//! What a target's members say against each other: each kind has some of them.

use super::{TargetContent, TargetKind, TargetOperator};
use crate::decimal::Decimal;
use crate::http::members::Members;

/// Notes what the members of a target say against each other.
pub(super) fn check(content: &TargetContent, members: &mut Members<'_>) {
    if members.faulty("kind") {
        check_baseline(content, members);
    } else {
        match content.kind {
            TargetKind::Numeric => check_figure(content, members),
            TargetKind::Share => {
                check_figure(content, members);
                check_shares(content, members);
            }
            TargetKind::Boolean => check_boolean(content, members),
            TargetKind::Rank => check_rank(content, members),
            TargetKind::Trend => check_trend(content, members),
        }
        if content.kind != TargetKind::Boolean {
            check_baseline(content, members);
            let why = "unless kind is boolean";
            must_be_null(members, "outcome", content.outcome.is_some(), why);
        }
    }
    let years = content.baseline_year.zip(content.target_year);
    if years.is_some_and(|(baseline, target)| target < baseline) && !members.faulty("targetYear") {
        let detail = "targetYear is before baselineYear";
        members.fault("targetYear", "inconsistent", detail);
    }
}

/// Notes a fault where a member that must be null is there.
fn must_be_null(members: &mut Members<'_>, name: &str, there: bool, why: &str) {
    if there && !members.faulty(name) {
        members.fault(name, "inconsistent", format!("{name} must be null {why}"));
    }
}

/// Notes a fault where a member that must be there is not.
fn must_be_there(members: &mut Members<'_>, name: &str, there: bool, why: &str) {
    if !there && !members.faulty(name) {
        members.fault(name, "required", format!("{name} is required {why}"));
    }
}

/// Notes a fault where the operator is not one of those that go with the rest.
fn must_be_one_of(
    content: &TargetContent,
    members: &mut Members<'_>,
    allowed: &[TargetOperator],
    why: &str,
) {
    let fits = content
        .operator
        .is_none_or(|operator| allowed.contains(&operator));
    if !fits && !members.faulty("operator") {
        let words: Vec<&str> = allowed.iter().map(|operator| operator.word()).collect();
        let detail = format!("operator must be one of {} {why}", words.join(", "));
        members.fault("operator", "inconsistent", detail);
    }
}

/// A number or a share: a value with its operator, or a bare baseline.
fn check_figure(content: &TargetContent, members: &mut Members<'_>) {
    if content.value.is_none() && !members.faulty("value") {
        return check_bare_baseline(content, members);
    }
    let known = !members.faulty("operator");
    let why = "where there is a value";
    must_be_there(members, "operator", content.operator.is_some(), why);
    let operators = [
        TargetOperator::AtLeast,
        TargetOperator::AtMost,
        TargetOperator::Equals,
        TargetOperator::Between,
    ];
    must_be_one_of(content, members, &operators, why);
    let there = content.upper_value.is_some();
    if content.operator == Some(TargetOperator::Between) {
        must_be_there(
            members,
            "upperValue",
            there,
            "where the operator is between",
        );
        let ends = content.value.zip(content.upper_value);
        if ends.is_some_and(|(value, upper)| upper < value) && !members.faulty("upperValue") {
            members.fault("upperValue", "inconsistent", "upperValue is below value");
        }
    } else if known {
        must_be_null(
            members,
            "upperValue",
            there,
            "unless the operator is between",
        );
    }
}

/// A direction for which nothing was said but where it starts.
fn check_bare_baseline(content: &TargetContent, members: &mut Members<'_>) {
    let why = "where there is no value";
    must_be_null(members, "operator", content.operator.is_some(), why);
    must_be_null(members, "upperValue", content.upper_value.is_some(), why);
    must_be_null(members, "targetYear", content.target_year.is_some(), why);
    let begun = content.baseline_year.is_some() || content.baseline_value.is_some();
    let faulty = members.faulty("baselineYear") || members.faulty("baselineValue");
    if !begun && !faulty {
        let detail = "value is required unless there is a baseline";
        members.fault("value", "required", detail);
    }
}

/// The shares of a target are per cent.
fn check_shares(content: &TargetContent, members: &mut Members<'_>) {
    for (name, share) in [
        ("value", content.value),
        ("upperValue", content.upper_value),
        ("baselineValue", content.baseline_value),
    ] {
        let fits =
            share.is_none_or(|share| (Decimal::from(0)..=Decimal::from(100)).contains(&share));
        if !fits && !members.faulty(name) {
            let detail = format!("{name} must be from 0 to 100 (per cent) where kind is share");
            members.fault(name, "inconsistent", detail);
        }
    }
}

/// What is fulfilled or not has no figures.
fn check_boolean(content: &TargetContent, members: &mut Members<'_>) {
    for (name, there) in [
        ("operator", content.operator.is_some()),
        ("value", content.value.is_some()),
        ("upperValue", content.upper_value.is_some()),
        ("unit", content.unit.is_some()),
        ("baselineYear", content.baseline_year.is_some()),
        ("baselineValue", content.baseline_value.is_some()),
    ] {
        must_be_null(members, name, there, "where kind is boolean");
    }
}

/// A place among others, or a better one.
fn check_rank(content: &TargetContent, members: &mut Members<'_>) {
    let why = "where kind is rank";
    must_be_there(members, "value", content.value.is_some(), why);
    for (name, rank) in [
        ("value", content.value),
        ("baselineValue", content.baseline_value),
    ] {
        let fits = rank.is_none_or(|rank| rank.is_whole() && rank >= Decimal::from(1));
        if !fits {
            let detail = format!("{name} must be a whole number from 1 {why}");
            members.fault(name, "inconsistent", detail);
        }
    }
    must_be_one_of(content, members, &[TargetOperator::AtMost], why);
    must_be_null(members, "upperValue", content.upper_value.is_some(), why);
}

/// A direction, with nothing to reach but more or less than before.
fn check_trend(content: &TargetContent, members: &mut Members<'_>) {
    let why = "where kind is trend";
    must_be_there(members, "operator", content.operator.is_some(), why);
    let operators = [TargetOperator::Increase, TargetOperator::Decrease];
    must_be_one_of(content, members, &operators, why);
    must_be_null(members, "value", content.value.is_some(), why);
    must_be_null(members, "upperValue", content.upper_value.is_some(), why);
}

/// A baseline has a year and a value.
fn check_baseline(content: &TargetContent, members: &mut Members<'_>) {
    let (year, value) = (content.baseline_year, content.baseline_value);
    if year.is_some() {
        let why = "where there is a baselineYear";
        must_be_there(members, "baselineValue", value.is_some(), why);
    }
    if value.is_some() {
        let why = "where there is a baselineValue";
        must_be_there(members, "baselineYear", year.is_some(), why);
    }
}
