//! The budget that a document belongs to.

use super::Task;
use super::report::{BudgetReport, ReportedAction, changed_fields};
use crate::database::{Connection, Failure};
use crate::import::document::{BudgetDocument, Document};
use crate::resources::Source;
use crate::resources::budgets::{self, BudgetContent};

/// Makes or fills in the budget. A goal's page makes one that is missing and
/// never touches one that is there.
pub(super) async fn write(
    connection: &mut Connection,
    document: &Document,
    task: Task,
) -> Result<BudgetReport, Failure> {
    loop {
        let current = budgets::lock(connection, task.budget_year).await?;
        let before = current.as_ref().map(|row| row.content.clone());
        let content = match (document, &before) {
            (Document::GoalPage(_), Some(before)) => before.clone(),
            (Document::GoalPage(_), None) => inferred(task.budget_year),
            (Document::Budget(budget), before) => {
                filled_in(before.clone(), budget, task.budget_year)
            }
        };
        let report = compared(before.as_ref(), &content);
        match current {
            _ if task.dry_run => return Ok(report),
            Some(current) => {
                budgets::replace(connection, current, content).await?;
                return Ok(report);
            }
            None => {
                // Somebody else may have made it in the meantime: then again.
                let made = budgets::insert(connection, task.budget_year, &content).await?;
                if made.is_some() {
                    return Ok(report);
                }
            }
        }
    }
}

fn compared(before: Option<&BudgetContent>, content: &BudgetContent) -> BudgetReport {
    let (action, changed_fields) = match before {
        None => (ReportedAction::Created, Vec::new()),
        Some(before) if before == content => (ReportedAction::Unchanged, Vec::new()),
        Some(before) => (ReportedAction::Updated, changed_fields(before, content)),
    };
    BudgetReport {
        action,
        changed_fields,
    }
}

/// A budget that only a goal's page speaks of.
fn inferred(year: i32) -> BudgetContent {
    BudgetContent {
        title: format!("Budget {year} (titeln är härledd ur ett måls sida)"),
        description: None,
        decided_by: None,
        decided_on: None,
        source: None,
    }
}

/// What a budget becomes with what its document says; what the document does
/// not say stays.
fn filled_in(before: Option<BudgetContent>, document: &BudgetDocument, year: i32) -> BudgetContent {
    let mut content = before.unwrap_or_else(|| inferred(year));
    if let Some(title) = &document.title {
        content.title.clone_from(title);
    }
    if document.decided_by.is_some() {
        content.decided_by.clone_from(&document.decided_by);
    }
    if document.description.is_some() {
        content.description.clone_from(&document.description);
    }
    content.source = source(
        content.source,
        document.title.as_deref(),
        document.source_updated_on,
    );
    content
}

/// A source with what a document says of itself; an address that somebody
/// added stays.
pub(super) fn source(
    before: Option<Source>,
    title: Option<&str>,
    updated_on: Option<chrono::NaiveDate>,
) -> Option<Source> {
    let mut source = before.clone().unwrap_or_default();
    if source.title.is_none() {
        source.title = title.map(str::to_owned);
    }
    if updated_on.is_some() {
        source.updated_on = updated_on;
    }
    if source == Source::default() {
        before
    } else {
        Some(source)
    }
}
