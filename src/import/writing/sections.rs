//! What stands under a goal's headings: each kind goes its own way.

use uuid::Uuid;

use super::indicators::Catalogue;
use super::report::ImportReport;
use super::{Task, achievements, assignments, indicators, investments};
use crate::database::{Connection, Failure};
use crate::import::document::{Goal, SectionKind};

/// Where the items under a goal belong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The goal; of a dry run's new goal none.
    pub(super) goal_id: Option<Uuid>,
    /// What is to be done with the document.
    pub(super) task: Task,
}

impl Place {
    /// The goal to write under; none in a dry run.
    pub(super) fn to_write(self) -> Option<Uuid> {
        self.goal_id.filter(|_| !self.task.dry_run)
    }
}

/// Writes what stands under a goal. What cannot be written goes into the
/// report with the reason.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    catalogue: &Catalogue,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    if goal.sections.iter().all(|section| section.items.is_empty()) {
        return Ok(());
    }
    assignments::write(connection, goal, place, report).await?;
    indicators::write(connection, goal, place, catalogue, report).await?;
    investments::write(connection, goal, place, report).await?;
    achievements::write(connection, goal, place, report).await?;
    for kind in [SectionKind::Approach, SectionKind::Unknown] {
        for item in goal.items(kind) {
            report.leave(item, "unknownHeading", "its heading is not known");
        }
    }
    Ok(())
}
