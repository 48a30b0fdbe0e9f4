//! Comparison (jämförelse): one indicator's values of a year, among municipalities.

mod handlers;
mod rank;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

pub use handlers::operations;
pub use rank::Quarter;
use rank::{Ranking, Standing};

use super::rounding::Derived;
use crate::decimal::Decimal;
use crate::http::links::Links;
use crate::resources::indicators::{Direction, IndicatorContent};
use crate::resources::municipalities::{MunicipalityKind, Named};
use crate::resources::values::{Figure, Gender, Provenance, ValueStatus};

crate::text_enum! {
    /// Why a municipality has no figure in a comparison (skäl).
    pub enum MissingReason {
        /// There is no value for the year and gender.
        NoValue = "noValue",
        /// The value is said to be missing (saknas).
        Missing = "missing",
        /// The value is not published (sekretess).
        Confidential = "confidential",
    }
}

/// One municipality (kommun) in a comparison.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"municipalityCode": "2380", "name": "Östersund", "value": 68.9, "status": "final", "provenance": "kolada", "rank": 3, "percentile": 0, "quarter": "worst"}))]
pub struct Compared {
    /// The municipality's code.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// Its name.
    #[schema(example = "Östersund")]
    pub name: String,
    /// The figure.
    #[schema(value_type = f64, example = 68.9)]
    pub value: Decimal,
    /// How certain the figure is.
    pub status: ValueStatus,
    /// Where the figure comes from.
    pub provenance: Provenance,
    /// From 1, which is best. Equal figures share a rank and the next rank counts them (1, 1, 3). Null where no direction is better.
    #[schema(required, minimum = 1, example = 1)]
    pub rank: Option<usize>,
    /// The share of the others that are worse, 0–100, equal ones counting half. Null where no direction is better or there are no others.
    #[schema(required, value_type = Option<f64>, minimum = 0, maximum = 100, example = 100)]
    pub percentile: Option<Derived>,
    /// The quarter that the percentile is in.
    #[schema(required)]
    pub quarter: Option<Quarter>,
}

/// A municipality (kommun) that has no figure to compare.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"municipalityCode": "2313", "name": "Strömsund", "reason": "noValue"}))]
pub struct MissingMunicipality {
    /// The municipality's code.
    #[schema(pattern = "^[0-9]{4}$", example = "2313")]
    pub municipality_code: String,
    /// Its name.
    #[schema(example = "Strömsund")]
    pub name: String,
    /// Why it has none.
    pub reason: MissingReason,
}

/// A comparison (jämförelse) of one indicator in one year among
/// municipalities: the values as they are, and what is derived from them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(super::example(include_str!("../examples/comparison.json"))))]
pub struct Comparison {
    /// The indicator.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N00942")]
    pub indicator_code: String,
    /// What it measures.
    #[schema(example = "Föräldrapenningdagar som tas ut av kvinnor, andel av antal dagar (%)")]
    pub title: String,
    /// The year: that of the query, else the latest in which at least half as many of the municipalities have a number as in the year in which most have. Null where there is none.
    #[schema(required, example = 2022)]
    pub year: Option<i32>,
    /// Whom the figures are about.
    pub gender: Gender,
    /// Which way is better: the indicator's direction.
    pub direction: Direction,
    /// What the figures are counted in.
    #[schema(example = "procent")]
    pub unit: String,
    /// How many decimals of the figures to show.
    #[schema(example = 1)]
    pub decimals: i32,
    /// The group that was asked for.
    #[schema(required, example = json!(null))]
    pub group_id: Option<String>,
    /// Those that have a number, the best first, equal ones by code. Where no direction is better, all by code and without rank. Regions and the country stand last and without rank beside municipalities; without any of those, regions are ranked, and without regions the country.
    pub items: Vec<Compared>,
    /// Those of the compared that have no number, and why; by code.
    pub missing_municipalities: Vec<MissingMunicipality>,
    /// How many are ranked, or would be if there were a direction: what mean and median are of.
    #[schema(example = 3)]
    pub n: usize,
    /// The unweighted mean of the numbers: large and small municipalities count the same.
    #[schema(required, value_type = Option<f64>, example = 67.666_667)]
    pub mean: Option<Derived>,
    /// The number in the middle, or the mean of the two in the middle.
    #[schema(required, value_type = Option<f64>, example = 67.5)]
    pub median: Option<Decimal>,
    /// This service's own municipality. When it is not among the compared, it stands here as it would among them, and counts in nothing else. Null where it has no number.
    #[schema(required)]
    pub own: Option<Compared>,
    /// Why `own` is null; null where it is not.
    #[schema(required)]
    pub own_reason: Option<MissingReason>,
    /// Where rank, percentile, quarter, mean and median come from: computed here, and not to be credited to whoever published the values.
    pub provenance: Provenance,
    /// How to credit the values, where some are Kolada's; null where none is.
    #[schema(required, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// What a comparison is about.
#[derive(Clone, Debug)]
struct Question {
    indicator_code: String,
    indicator: IndicatorContent,
    year: Option<i32>,
    gender: Gender,
    group_id: Option<String>,
    /// The own municipality's code.
    own: String,
}

/// Puts a comparison together. `own` is the own municipality where it is known
/// and not among the compared.
fn compare(
    question: Question,
    compared: &[Named],
    own: Option<Named>,
    figures: &[Figure],
    links: Links,
) -> Comparison {
    let by_code: BTreeMap<&str, &Figure> = figures
        .iter()
        .map(|figure| (figure.municipality_code.as_str(), figure))
        .collect();
    let figure_of = |named: &Named| found(by_code.get(named.municipality_code.as_str()).copied());
    let ranked = ranked_kind(compared);
    let mut here = Vec::new();
    let mut missing = Vec::new();
    for named in compared {
        match figure_of(named) {
            Ok((value, figure)) => here.push((named, value, figure)),
            Err(reason) => missing.push(MissingMunicipality {
                municipality_code: named.municipality_code.clone(),
                name: named.name.clone(),
                reason,
            }),
        }
    }
    let numbers = here.iter().filter(|(named, ..)| Some(named.kind) == ranked);
    let numbers: Vec<Decimal> = numbers.map(|(_, value, _)| *value).collect();
    let n = numbers.len();
    let ranking = Ranking::new(numbers, question.indicator.direction);
    let mut items: Vec<(bool, Compared)> = here
        .into_iter()
        .map(|(named, value, figure)| {
            let beside = Some(named.kind) != ranked;
            let standing = (!beside).then(|| ranking.of_member(value)).flatten();
            (beside, row(&named.name, value, figure, standing))
        })
        .collect();
    // A stable order: equal ranks, and those without, stay by code.
    items.sort_by_key(|(beside, item)| (*beside, item.rank));
    let items: Vec<Compared> = items.into_iter().map(|(_, item)| item).collect();
    let among = items
        .iter()
        .find(|item| item.municipality_code == question.own)
        .cloned();
    let (own, own_reason) = match (among, own) {
        (Some(item), _) => (Some(item), None),
        (None, own) => match own.as_ref().map(&figure_of) {
            Some(Ok((value, figure))) => {
                let alike = own.as_ref().map(|named| named.kind) == ranked;
                let standing = alike.then(|| ranking.of_stranger(value)).flatten();
                let name = own.map(|named| named.name).unwrap_or_default();
                (Some(row(&name, value, figure, standing)), None)
            }
            Some(Err(reason)) => (None, Some(reason)),
            // It is among the compared, or nothing is known of it.
            None => {
                let told = missing
                    .iter()
                    .find(|item| item.municipality_code == question.own);
                let reason = told.map_or(MissingReason::NoValue, |item| item.reason);
                (None, Some(reason))
            }
        },
    };
    let kolada = items
        .iter()
        .chain(&own)
        .any(|item| item.provenance == Provenance::Kolada);
    Comparison {
        indicator_code: question.indicator_code,
        title: question.indicator.title,
        year: question.year,
        gender: question.gender,
        direction: question.indicator.direction,
        unit: question.indicator.unit,
        decimals: question.indicator.decimals,
        group_id: question.group_id,
        n,
        mean: ranking.mean().and_then(Derived::new),
        median: ranking.median(),
        items,
        missing_municipalities: missing,
        own,
        own_reason,
        provenance: Provenance::Derived,
        attribution: kolada.then_some(super::KOLADA),
        links,
    }
}

/// The kind that is ranked: like is compared with like.
fn ranked_kind(compared: &[Named]) -> Option<MunicipalityKind> {
    [
        MunicipalityKind::Municipality,
        MunicipalityKind::Region,
        MunicipalityKind::Country,
    ]
    .into_iter()
    .find(|kind| compared.iter().any(|named| named.kind == *kind))
}

/// The number of a figure, or why there is none.
fn found(figure: Option<&Figure>) -> Result<(Decimal, &Figure), MissingReason> {
    let figure = figure.ok_or(MissingReason::NoValue)?;
    match (figure.value, figure.status) {
        (Some(value), _) => Ok((value, figure)),
        (None, ValueStatus::Confidential) => Err(MissingReason::Confidential),
        (None, _) => Err(MissingReason::Missing),
    }
}

fn row(name: &str, value: Decimal, figure: &Figure, standing: Option<Standing>) -> Compared {
    Compared {
        municipality_code: figure.municipality_code.clone(),
        name: name.to_owned(),
        value,
        status: figure.status,
        provenance: figure.provenance,
        rank: standing.map(|standing| standing.rank),
        percentile: standing
            .and_then(|standing| standing.percentile)
            .and_then(Derived::new),
        quarter: standing.and_then(|standing| standing.quarter()),
    }
}
