//! Writing a parsed document: what it means for the rows that are there.
//!
//! Each row is first compared with what the document says, so that a document
//! that is already in changes nothing, and a dry run reports what a real one
//! would do.

mod achievements;
mod assignments;
mod budget;
mod goals;
mod indicators;
mod investments;
mod limits;
mod report;
mod sections;

pub use report::{
    BudgetReport, GoalReport, ImportReport, ReportedAchievement, ReportedAction,
    ReportedAssignment, ReportedDoubt, ReportedInvestment, ReportedItem, ReportedLink,
};

use super::document::{Document, Refusal};
use crate::database::{Connection, Failure};
use crate::problem::{Code, Fault, Problem};

/// What is to be done with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// The budget it belongs to.
    pub budget_year: i32,
    /// Whether only to report.
    pub dry_run: bool,
}

/// Writes a document within the transaction of `connection`, and reports what
/// was made, changed, left and doubted. 422 for a document that contradicts
/// the year or does not fit the limits; then nothing may be committed.
pub async fn write(
    connection: &mut Connection,
    document: Document,
    task: Task,
) -> Result<ImportReport, Failure> {
    check_year(&document, task.budget_year)?;
    limits::check(&document)?;
    let mut report = ImportReport::new(&document, task);
    report.budget = budget::write(connection, &document, task).await?;
    goals::write(connection, &document, task, &mut report).await?;
    report.finish();
    Ok(report)
}

/// Reads a document and refuses one that is none, with the reason.
pub fn parse(bytes: &[u8]) -> Result<Document, Problem> {
    super::document::parse(bytes).map_err(|refusal| refused(&refusal))
}

fn refused(refusal: &Refusal) -> Problem {
    refuse(refusal.code.as_str(), refusal.to_string())
}

/// 422: the document cannot be imported.
fn refuse(code: &str, detail: String) -> Problem {
    let mut problem = Problem::new(Code::DocumentRefused, detail.clone());
    problem.errors = vec![Fault::new("", code, detail)];
    problem
}

/// A budget's own year and any year in a goal's page must be the one that was
/// asked for. A heading in a budget may speak of another year; that is a doubt.
fn check_year(document: &Document, year: i32) -> Result<(), Problem> {
    let contradiction = match document {
        Document::Budget(budget) => budget.budget_year.filter(|found| found.year != year),
        Document::GoalPage(page) => page.years.iter().copied().find(|found| found.year != year),
    };
    match contradiction {
        None => Ok(()),
        Some(found) => Err(refuse(
            "yearContradicted",
            format!(
                "line {}: the document is of {}, not of {year}",
                found.line, found.year
            ),
        )),
    }
}
