//! Comparison (jämförelse): one indicator's values of a year, among municipalities.

mod handlers;
mod rank;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

pub use handlers::operations;
pub use rank::{Quarter, Ranking, Standing};

use super::rounding::rounded;
use crate::decimal::Decimal;
use crate::http::links::Links;
use crate::resources::indicators::Direction;
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
    #[schema(required, minimum = 0, maximum = 100, example = 100)]
    pub percentile: Option<f64>,
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
    /// The year: that of the query, else the latest in which one of the municipalities has a number. Null where there is none.
    #[schema(required, example = 2022)]
    pub year: Option<i32>,
    /// Whom the figures are about.
    pub gender: Gender,
    /// Which way is better: the indicator's direction.
    pub direction: Direction,
    /// What the figures are counted in.
    #[schema(example = "procent")]
    pub unit: String,
    /// The group that was asked for.
    #[schema(required, example = json!(null))]
    pub group_id: Option<String>,
    /// Those that have a number, the best first, equal ones by code. Where no direction is better, all by code and without rank.
    pub items: Vec<Compared>,
    /// Those of the compared that have no number, and why; by code.
    pub missing_municipalities: Vec<MissingMunicipality>,
    /// How many have a number.
    #[schema(example = 3)]
    pub n: usize,
    /// The unweighted mean of the numbers: large and small municipalities count the same.
    #[schema(required, example = 67.5)]
    pub mean: Option<f64>,
    /// The number in the middle, or the mean of the two in the middle.
    #[schema(required, example = 67.5)]
    pub median: Option<f64>,
    /// This service's own municipality. When it is not among the compared, it stands here as it would among them, and counts in nothing else. Null where it has no number.
    #[schema(required)]
    pub own: Option<Compared>,
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
    year: Option<i32>,
    gender: Gender,
    direction: Direction,
    unit: String,
    group_id: Option<String>,
    /// The own municipality's code.
    own: String,
}

/// Puts a comparison together. `compared` and `own` are names by code; `own` is
/// empty where the own municipality is not known.
fn compare(
    question: Question,
    compared: &[(String, String)],
    own_name: Option<String>,
    figures: Vec<Figure>,
    links: Links,
) -> Comparison {
    let by_code: BTreeMap<&str, &Figure> = figures
        .iter()
        .map(|figure| (figure.municipality_code.as_str(), figure))
        .collect();
    let mut items = Vec::new();
    let mut missing = Vec::new();
    for (code, name) in compared {
        match found(by_code.get(code.as_str()).copied()) {
            Ok((value, figure)) => items.push((value, name, figure)),
            Err(reason) => missing.push(MissingMunicipality {
                municipality_code: code.clone(),
                name: name.clone(),
                reason,
            }),
        }
    }
    let numbers = items.iter().map(|(value, _, _)| *value).collect();
    let ranking = Ranking::new(numbers, question.direction);
    let mut items: Vec<Compared> = items
        .into_iter()
        .map(|(value, name, figure)| row(name, value, figure, ranking.of_member(value)))
        .collect();
    // A stable order: equal ranks, and those without, stay by code.
    items.sort_by_key(|item| item.rank);
    let own = items
        .iter()
        .find(|item| item.municipality_code == question.own)
        .cloned()
        .or_else(|| {
            let figure = by_code.get(question.own.as_str()).copied();
            let (value, figure) = found(figure).ok()?;
            let name = own_name.unwrap_or_default();
            Some(row(&name, value, figure, ranking.of_stranger(value)))
        });
    let kolada = items
        .iter()
        .chain(&own)
        .any(|item| item.provenance == Provenance::Kolada);
    Comparison {
        indicator_code: question.indicator_code,
        year: question.year,
        gender: question.gender,
        direction: question.direction,
        unit: question.unit,
        group_id: question.group_id,
        n: items.len(),
        mean: ranking.mean().and_then(rounded),
        median: ranking.median().and_then(rounded),
        items,
        missing_municipalities: missing,
        own,
        provenance: Provenance::Derived,
        attribution: kolada.then_some(super::KOLADA),
        links,
    }
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
            .and_then(rounded),
        quarter: standing.and_then(|standing| standing.quarter()),
    }
}
