//! The goals of a document, matched with those that are there.

use uuid::Uuid;

use super::budget::source;
use super::report::{GoalReport, ImportReport, ReportedAction, changed_fields};
use super::sections::{self, Place};
use super::{Task, indicators};
use crate::database::{Connection, Failure};
use crate::import::document::{Document, Goal, same_title};
use crate::resources::Source;
use crate::resources::goals::{self, GoalContent, GoalRow};

/// Makes or fills in each goal, and writes what stands under it.
pub(super) async fn write(
    connection: &mut Connection,
    document: &Document,
    task: Task,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let there = goals::of_year(connection, task.budget_year).await?;
    let mut next_position = there
        .iter()
        .map(|row| row.content.position)
        .max()
        .unwrap_or(0)
        .saturating_add(1);
    let catalogue = indicators::Catalogue::for_document(connection, document).await?;
    let same = same_ones(there, document.goals());
    for (index, (goal, current)) in document.goals().iter().zip(same).enumerate() {
        let position = match (document, &current) {
            (Document::Budget(_), _) => i32::try_from(index + 1).unwrap_or(i32::MAX),
            (Document::GoalPage(_), Some(current)) => current.content.position,
            (Document::GoalPage(_), None) => next_position.min(goals::LAST_POSITION),
        };
        next_position = next_position.max(position.saturating_add(1));
        let content = content(document, goal, current.as_ref(), task.budget_year, position);
        let (goal_id, told) = save(connection, goal, current, content, task).await?;
        report.goals.push(told);
        let place = Place { goal_id, task };
        sections::write(connection, goal, place, &catalogue, report).await?;
    }
    Ok(())
}

/// For each goal of the document the one that is the same: the same number,
/// else the same name, else the same statement. All numbers count before any
/// name, and all names before any statement, so that no goal takes a row that
/// is another's by the stronger sign.
fn same_ones(mut there: Vec<GoalRow>, goals: &[Goal]) -> Vec<Option<GoalRow>> {
    let mut same: Vec<Option<GoalRow>> = goals.iter().map(|_| None).collect();
    for is_same in [same_number, same_name, same_statement] {
        for (place, goal) in same.iter_mut().zip(goals) {
            if place.is_none()
                && let Some(index) = there.iter().position(|row| is_same(row, goal))
            {
                *place = Some(there.remove(index));
            }
        }
    }
    same
}

fn same_number(row: &GoalRow, goal: &Goal) -> bool {
    goal.number.is_some() && row.content.number == goal.number
}

fn same_name(row: &GoalRow, goal: &Goal) -> bool {
    let names = row.content.name.as_deref().zip(goal.name.as_deref());
    names.is_some_and(|(row, goal)| same_title(row, goal))
}

fn same_statement(row: &GoalRow, goal: &Goal) -> bool {
    same_title(&row.content.statement, &goal.statement)
}

/// What a goal becomes with what the document says; what it does not say stays.
fn content(
    document: &Document,
    goal: &Goal,
    current: Option<&GoalRow>,
    budget_year: i32,
    position: i32,
) -> GoalContent {
    let before = current.map(|row| &row.content);
    let title = match document {
        Document::Budget(budget) => budget.title.as_deref(),
        Document::GoalPage(_) => None,
    };
    let source: Option<Source> = source(
        before.and_then(|content| content.source.clone()),
        title,
        document.source_updated_on(),
    );
    GoalContent {
        budget_year,
        number: goal
            .number
            .clone()
            .or_else(|| before.and_then(|content| content.number.clone())),
        name: goal
            .name
            .clone()
            .or_else(|| before.and_then(|content| content.name.clone())),
        statement: goal.statement.clone(),
        political_text: goal
            .political_text()
            .or_else(|| before.and_then(|content| content.political_text.clone())),
        position,
        predecessor_ids: before
            .map(|content| content.predecessor_ids.clone())
            .unwrap_or_default(),
        sdgs: before
            .map(|content| content.sdgs.clone())
            .unwrap_or_default(),
        source,
    }
}

/// Writes one goal unless it is so already. Answers its key, of a dry run's
/// new goal none, and what was done.
async fn save(
    connection: &mut Connection,
    goal: &Goal,
    current: Option<GoalRow>,
    content: GoalContent,
    task: Task,
) -> Result<(Option<Uuid>, GoalReport), Failure> {
    let (action, changed_fields) = match &current {
        None => (ReportedAction::Created, Vec::new()),
        Some(current) if current.content == content => (ReportedAction::Unchanged, Vec::new()),
        Some(current) => (
            ReportedAction::Updated,
            changed_fields(&current.content, &content),
        ),
    };
    let known = current.as_ref().map(|row| row.goal_id);
    let goal_id = if task.dry_run {
        known
    } else {
        Some(known.unwrap_or_else(Uuid::now_v7))
    };
    match (task.dry_run, current, goal_id) {
        (false, Some(current), _) => {
            goals::replace(connection, current, content).await?;
        }
        (false, None, Some(id)) => {
            goals::insert(connection, id, &content).await?;
        }
        _ => {}
    }
    let told = GoalReport {
        line: goal.line,
        goal_id,
        number: goal.number.clone(),
        name: goal.name.clone(),
        action,
        changed_fields,
        paragraphs: goal.paragraphs.len(),
    };
    Ok((goal_id, told))
}
