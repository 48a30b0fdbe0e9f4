//! What completeness is told from, read by a fixed number of statements.

use uuid::Uuid;

use crate::database::{Connection, Failure};
use crate::problem::Problem;
use crate::resources::assignments::{self, AssignmentRow, SilentBoardRow};
use crate::resources::goal_indicators::{self, LinkRole};
use crate::resources::goals::{self, GoalRow};
use crate::resources::indicators::{self, IndicatorRow};
use crate::resources::targets::{self, TargetRow};
use crate::resources::values::{self, Figure};
use crate::resources::{budgets, investments};

/// The rows of a budget's goals.
pub(super) struct Parts {
    pub(super) goals: Vec<GoalRow>,
    pub(super) assignments: Vec<AssignmentRow>,
    /// The boards that have not reported, with the assignment.
    pub(super) silent_boards: Vec<SilentBoardRow>,
    pub(super) links: Vec<LinkRole>,
    pub(super) indicators: Vec<IndicatorRow>,
    /// The own municipality's values of the year.
    pub(super) figures: Vec<Figure>,
    pub(super) targets: Vec<TargetRow>,
    /// The goals that have an investment.
    pub(super) invested: Vec<Uuid>,
}

impl Parts {
    /// Reads them; 404 where there is no such budget.
    pub(super) async fn read(
        connection: &mut Connection,
        year: i32,
        municipality: &str,
    ) -> Result<Self, Failure> {
        if budgets::find(connection, year).await?.is_none() {
            return Err(Problem::not_found("budget").into());
        }
        let goals = goals::listed_of_year(connection, year).await?;
        let ids: Vec<Uuid> = goals.iter().map(|row| row.goal_id).collect();
        let links = goal_indicators::with_roles(connection, &ids).await?;
        let codes: Vec<String> = links
            .iter()
            .map(|link| link.indicator_code.clone())
            .collect();
        Ok(Self {
            goals,
            assignments: assignments::listed_of_goals(connection, &ids).await?,
            silent_boards: assignments::silent_boards(connection, &ids, year).await?,
            indicators: indicators::with_codes(connection, &codes).await?,
            figures: values::of_municipality_year(connection, &codes, municipality, year).await?,
            links,
            targets: targets::of_goals(connection, &ids).await?,
            invested: investments::goals_among(connection, &ids).await?,
        })
    }
}
