//! The indicators of a goal with their latest figures, targets and progress.

use serde::Serialize;
use utoipa::ToSchema;

use crate::decimal::Decimal;
use crate::http::links::{Linker, Links, Root};
use crate::resources::goal_indicators::LinkRole;
use crate::resources::indicators::{Direction, IndicatorRole, IndicatorRow};
use crate::resources::targets::{Target, TargetRow};
use crate::resources::values::{Figure, Provenance, ValueStatus};
use crate::views::progress::Progress;
use crate::views::series::{SeriesYear, years};

/// The figures of one year (årsvärden), women and men where the indicator is divided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({"year": 2022, "T": 64714, "K": 32630, "M": 32084, "status": "final", "provenance": "kolada"}))]
pub struct YearFigures {
    /// The year.
    #[schema(example = 2022)]
    pub year: i32,
    /// All (totalt).
    #[serde(rename = "T")]
    #[schema(required, value_type = Option<f64>, example = 64714)]
    pub all: Option<Decimal>,
    /// Women (kvinnor).
    #[serde(rename = "K")]
    #[schema(required, value_type = Option<f64>, example = 32630)]
    pub women: Option<Decimal>,
    /// Men (män).
    #[serde(rename = "M")]
    #[schema(required, value_type = Option<f64>, example = 32084)]
    pub men: Option<Decimal>,
    /// How certain the figure of all is; where there is none, that of women or men.
    pub status: ValueStatus,
    /// Where the same figure comes from.
    pub provenance: Provenance,
}

/// An indicator on a goal's page (nyckeltal, or indikator where it has a target).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewIndicator {
    /// The indicator.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// What it measures.
    #[schema(example = "Invånare totalt, antal")]
    pub title: String,
    /// What the figures are counted in.
    #[schema(example = "antal")]
    pub unit: String,
    /// How many decimals to show.
    #[schema(example = 0)]
    pub decimals: i32,
    /// Which way is better.
    pub direction: Direction,
    /// Whether there can be values of women and of men.
    #[schema(example = true)]
    pub divided_by_gender: bool,
    /// Where it stands among the goal's indicators.
    #[schema(example = 1)]
    pub position: i32,
    /// Whether the goal has a target for it.
    pub role: IndicatorRole,
    /// The latest year with a number of all (T), of this service's own municipality; where there is none in any year, with one of women or men.
    #[schema(required)]
    pub latest: Option<YearFigures>,
    /// The year before that; null where it has no number.
    #[schema(required)]
    pub previous: Option<YearFigures>,
    /// The latest figure of all less the previous.
    #[schema(required, value_type = Option<f64>, example = 390)]
    pub change: Option<Decimal>,
    /// The goal's targets for it, by year; several are milestones.
    pub targets: Vec<Target>,
    /// How it goes with each of `targets`, in the same order.
    pub progress: Vec<Progress>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// The indicators of a goal in the order of its links.
pub(super) fn of_goal(
    links: Vec<LinkRole>,
    indicators: &[IndicatorRow],
    figures: &[Figure],
    targets: Vec<(TargetRow, Progress)>,
    root: &Root,
) -> Vec<OverviewIndicator> {
    let found = |link: LinkRole| {
        let code = &link.indicator_code;
        let row = indicators.iter().find(|row| row.indicator_code == *code)?;
        let own: Vec<Figure> = figures
            .iter()
            .filter(|figure| figure.indicator_code == *code)
            .cloned()
            .collect();
        let (latest, previous) = latest(&years(&own));
        let judged = targets
            .iter()
            .filter(|(target, _)| target.content.indicator_code.as_ref() == Some(code));
        let (targets, progress) = judged
            .cloned()
            .map(|(row, progress)| (row.listed(root), progress))
            .unzip();
        let change = latest.zip(previous).and_then(|(now, before)| {
            let (now, before) = (now.all?, before.all?);
            Some(now.minus(before))
        });
        Some(OverviewIndicator {
            links: shown_links(root, code),
            indicator_code: link.indicator_code,
            title: row.content.title.clone(),
            unit: row.content.unit.clone(),
            decimals: row.content.decimals,
            direction: row.content.direction,
            divided_by_gender: row.content.divided_by_gender,
            position: link.position,
            role: link.role,
            latest,
            previous,
            change,
            targets,
            progress,
        })
    };
    links.into_iter().filter_map(found).collect()
}

fn shown_links(root: &Root, code: &str) -> Links {
    let path = format!("/indicators/{code}");
    Linker::new(root)
        .link("self", "self", path.clone())
        .link("series", "related", format!("{path}/series"))
        .link("comparison", "related", format!("{path}/comparison"))
        .done()
}

/// The latest year that has a number of all, and the year before it if that has
/// one. Where there is no number of all in any year: of women or men.
fn latest(years: &[SeriesYear]) -> (Option<YearFigures>, Option<YearFigures>) {
    let of_all = |year: &SeriesYear| year.all.and_then(|cell| cell.value).is_some();
    let any = !years.iter().any(of_all);
    let told = |year: &SeriesYear| numbers(year).filter(|_| any || of_all(year));
    let mut back = years.iter().rev().skip_while(|year| told(year).is_none());
    let latest = back.next().and_then(told);
    (latest, back.next().and_then(told))
}

/// The figures of a year that has a number.
fn numbers(year: &SeriesYear) -> Option<YearFigures> {
    let cells = [year.all, year.women, year.men];
    let told = cells
        .into_iter()
        .flatten()
        .find(|cell| cell.value.is_some())?;
    let [all, women, men] = cells.map(|cell| cell.and_then(|cell| cell.value));
    Some(YearFigures {
        year: year.year,
        all,
        women,
        men,
        status: told.status,
        provenance: told.provenance,
    })
}
