//! Overview (målsida): everything of one goal's page in one answer.

mod handlers;
mod indicators;
mod parts;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;
pub use indicators::{OverviewIndicator, YearFigures};
use parts::Parts;

use super::lineage::LineageGoal;
use super::progress::{Asked, Evidence, Progress, ProgressSummary, summary};
use crate::decimal::Decimal;
use crate::http::links::{Linker, Links, Root};
use crate::resources::achievements::Achievement;
use crate::resources::assessments::Assessment;
use crate::resources::assignments::{Assignment, AssignmentRow, Origin};
use crate::resources::goals::Goal;
use crate::resources::investments::Investment;
use crate::resources::targets::{Target, TargetRow};

/// The investments of a goal (investeringar) with their sum.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverviewInvestments {
    /// Each of them, by year, title and key.
    pub items: Vec<Investment>,
    /// What they come to, in SEK; 0 where there is none.
    #[schema(value_type = f64, example = 1_500_000)]
    pub sum: Decimal,
}

/// A target with how it goes (målvärde med måluppfyllelse).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgedTarget {
    /// The target.
    pub target: Target,
    /// How it goes.
    pub progress: Progress,
}

/// Everything of a goal's page (målsida). A heading with nothing under it is
/// an empty list. The parts are of one moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(super::example(include_str!("../examples/overview.json"))))]
pub struct Overview {
    /// The goal, with its political text and its source.
    pub goal: Goal,
    /// The goals that it continues, near and far, and those that continue it, by year; without the goal itself. `/goals/{goalId}/lineage` tells what changed between them.
    pub lineage: Vec<LineageGoal>,
    /// What the council has ordered (uppdrag från fullmäktige), by title.
    pub council_assignments: Vec<Assignment>,
    /// What boards have ordered (nämndernas egna uppdrag), by title.
    pub board_assignments: Vec<Assignment>,
    /// The indicators (nyckeltal), in the goal's own order.
    pub indicators: Vec<OverviewIndicator>,
    /// The targets that no indicator measures (målvärden utan nyckeltal).
    pub targets: Vec<JudgedTarget>,
    /// How it goes with all targets together.
    pub progress: ProgressSummary,
    /// Money set aside (investeringar).
    pub investments: OverviewInvestments,
    /// What has been done ("För att nå målet har vi bland annat"), by position.
    pub achievements: Vec<Achievement>,
    /// The latest assessment (bedömning); null where there is none.
    #[schema(required)]
    pub assessment: Option<Assessment>,
    /// When the newest part was last changed: of the goal and its lineage, assignments, links, indicators, values, targets, investments, achievements and assessment. What was deleted does not show in it, nor does another municipality's value that a rank depends on; the ETag changes with anything.
    #[schema(example = "2024-05-23T08:30:00.123456Z")]
    pub updated_at: DateTime<Utc>,
    /// How to credit the figures, where some are Kolada's; null where none is.
    #[schema(required, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// Where each part can be found, and changed.
fn links(root: &Root, id: Uuid) -> Links {
    let goal = format!("/goals/{id}");
    let of_goal = |list: &str| format!("/{list}?goalId={id}");
    Linker::new(root)
        .link("self", "self", format!("{goal}/overview"))
        .link("assignments", "related", format!("{goal}/assignments"))
        .link("indicators", "related", format!("{goal}/indicators"))
        .link("lineage", "related", format!("{goal}/lineage"))
        .link("progress", "related", format!("{goal}/progress"))
        .link("targets", "related", of_goal("targets"))
        .link("investments", "related", of_goal("investments"))
        .link("achievements", "related", of_goal("achievements"))
        .link("assessments", "related", of_goal("assessments"))
        .link("goal", "up", goal)
        .done()
}

impl Overview {
    /// Puts the parts together.
    fn new(parts: Parts, municipality: &str, this_year: i32, root: &Root) -> Self {
        let updated_at = parts.updated_at();
        let evidence = Evidence {
            municipality,
            figures: &parts.figures,
            ranks: &parts.ranks,
            indicators: &parts.indicators,
            this_year,
        };
        let judged: Vec<(TargetRow, Progress)> = parts
            .targets
            .into_iter()
            .map(|row| {
                let progress = evidence.judge(&row, Asked::default());
                (row, progress)
            })
            .collect();
        let progress = summary(judged.iter().map(|(_, found)| found));
        let attribution = evidence.attribution();
        let (measured, others): (Vec<_>, Vec<_>) = judged
            .into_iter()
            .partition(|(row, _)| row.content.indicator_code.is_some());
        let others = others.into_iter().map(|(row, progress)| JudgedTarget {
            target: row.listed(root),
            progress,
        });
        let indicators = indicators::of_goal(
            parts.links,
            &parts.indicators,
            &parts.figures,
            measured,
            root,
        );
        let (council, boards): (Vec<_>, Vec<_>) = parts
            .assignments
            .into_iter()
            .partition(|row| row.content.origin == Origin::Council);
        let assignments = |rows: Vec<AssignmentRow>| {
            let shown = rows.into_iter().map(|row| row.listed(root));
            shown.collect()
        };
        let goal_id = parts.goal.goal_id;
        let investments = parts.investments.into_iter().map(|row| row.listed(root));
        let investments: Vec<Investment> = investments.collect();
        let achievements = parts.achievements.into_iter().map(|row| row.listed(root));
        Self {
            goal: parts.goal.listed(root),
            lineage: parts
                .lineage
                .iter()
                .map(|row| LineageGoal::new(row, root))
                .collect(),
            council_assignments: assignments(council),
            board_assignments: assignments(boards),
            indicators,
            targets: others.collect(),
            progress,
            investments: OverviewInvestments {
                sum: investments.iter().fold(Decimal::default(), |sum, item| {
                    sum.plus(item.content.amount)
                }),
                items: investments,
            },
            achievements: achievements.collect(),
            assessment: parts.assessment.map(|row| row.listed(root)),
            updated_at,
            attribution,
            links: links(root, goal_id),
        }
    }
}
