//! What an overview is made of, read by a fixed number of statements.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::database::{Connection, Failure};
use crate::problem::Problem;
use crate::resources::achievements::{self, AchievementRow};
use crate::resources::assessments::{self, AssessmentRow};
use crate::resources::assignments::{self, AssignmentRow};
use crate::resources::goal_indicators::{self, LinkRole};
use crate::resources::goals::{self, GoalRow};
use crate::resources::indicators::{self, IndicatorRow};
use crate::resources::investments::{self, InvestmentRow};
use crate::resources::targets::{self, TargetRow};
use crate::resources::values::{self, Figure, OwnRank};
use crate::views::progress::ranks;

/// The rows of an overview.
pub(super) struct Parts {
    pub(super) goal: GoalRow,
    /// Without the goal itself.
    pub(super) lineage: Vec<GoalRow>,
    pub(super) assignments: Vec<AssignmentRow>,
    pub(super) links: Vec<LinkRole>,
    pub(super) indicators: Vec<IndicatorRow>,
    pub(super) figures: Vec<Figure>,
    pub(super) ranks: Vec<OwnRank>,
    pub(super) targets: Vec<TargetRow>,
    pub(super) investments: Vec<InvestmentRow>,
    pub(super) achievements: Vec<AchievementRow>,
    pub(super) assessment: Option<AssessmentRow>,
}

impl Parts {
    /// Reads them; 404 where there is no such goal.
    pub(super) async fn read(
        connection: &mut Connection,
        goal_id: Uuid,
        municipality: &str,
    ) -> Result<Self, Failure> {
        let mut lineage = goals::lineage_without_texts(connection, goal_id).await?;
        let place = lineage.iter().position(|row| row.goal_id == goal_id);
        let place = place.ok_or_else(|| Problem::not_found("goal"))?;
        let goal = lineage.remove(place);
        let links = goal_indicators::with_roles(connection, &[goal_id]).await?;
        let codes: Vec<String> = links
            .iter()
            .map(|link| link.indicator_code.clone())
            .collect();
        let targets = targets::of_goals(connection, &[goal_id]).await?;
        Ok(Self {
            goal,
            lineage,
            assignments: assignments::listed_of_goals(connection, &[goal_id]).await?,
            indicators: indicators::with_codes(connection, &codes).await?,
            figures: values::series(connection, &codes, municipality).await?,
            ranks: ranks(connection, &targets, municipality).await?,
            links,
            targets,
            investments: investments::of_goal(connection, goal_id).await?,
            achievements: achievements::of_goal(connection, goal_id).await?,
            assessment: assessments::latest_of_goal(connection, goal_id).await?,
        })
    }

    /// When the newest of them was last changed.
    pub(super) fn updated_at(&self) -> DateTime<Utc> {
        let moments = self.lineage.iter().map(|row| row.updated_at);
        let moments = moments
            .chain(self.assignments.iter().map(|row| row.updated_at))
            .chain(self.links.iter().map(|row| row.updated_at))
            .chain(self.indicators.iter().map(|row| row.updated_at))
            .chain(self.figures.iter().map(|row| row.updated_at))
            .chain(self.targets.iter().map(|row| row.updated_at))
            .chain(self.investments.iter().map(|row| row.updated_at))
            .chain(self.achievements.iter().map(|row| row.updated_at))
            .chain(self.assessment.iter().map(|row| row.updated_at));
        moments.fold(self.goal.updated_at, DateTime::max)
    }
}
