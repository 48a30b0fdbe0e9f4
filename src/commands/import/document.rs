//! `malbild import document`

use std::path::PathBuf;

use clap::Args;

use super::told;
use crate::commands::store::Store;
use crate::config::DatabaseSettings;
use crate::database::Actor;
use crate::http::text;
use crate::import::writing::{self, ImportReport, ReportedAction, Task};

/// What `malbild import document` is told.
#[derive(Args, Clone, Debug)]
pub(in crate::commands) struct Document {
    /// The file
    file: PathBuf,
    /// The budget that it belongs to
    #[arg(long, value_parser = budget_year, value_name = "YEAR")]
    budget_year: i32,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

fn budget_year(raw: &str) -> Result<i32, String> {
    text::year(raw).ok_or_else(|| "must be a year from 1900 to 2200".to_owned())
}

impl Document {
    /// Imports and prints the report.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let Self {
            file,
            budget_year,
            dry_run,
        } = self;
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let document = writing::parse(&bytes).map_err(|problem| told(&problem))?;
        let store = Store::open(settings).await?;
        let task = Task {
            budget_year,
            dry_run,
        };
        let done = async {
            store.migrate().await?;
            let pool = store.pool(settings)?;
            let work = pool.write(Actor::command("operator"), move |connection| {
                Box::pin(writing::write(connection, document, task))
            });
            work.await.map_err(|problem| told(&problem))
        };
        let done = done.await;
        store.close().await;
        print(&done?);
        Ok(())
    }
}

fn print(report: &ImportReport) {
    let mode = if report.dry_run {
        " (a dry run: nothing was written)"
    } else {
        ""
    };
    println!(
        "Budget {}: {}{}{mode}",
        report.budget_year,
        report.budget.action.word(),
        fields(&report.budget.changed_fields)
    );
    for goal in &report.goals {
        let name = [goal.number.as_deref(), goal.name.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let count = goal.paragraphs;
        println!(
            "line {:>4}  goal {name}: {}{}, {count} paragraphs",
            goal.line,
            goal.action.word(),
            fields(&goal.changed_fields)
        );
    }
    for assignment in &report.assignments {
        let giver = assignment
            .origin_board_id
            .as_deref()
            .unwrap_or("the council");
        println!(
            "line {:>4}  assignment from {giver}: {}: {}",
            assignment.line,
            assignment.action.word(),
            assignment.title
        );
    }
    for link in &report.links {
        println!(
            "line {:>4}  link to indicator {}: {}: {}",
            link.line,
            link.indicator_code,
            link.action.word(),
            link.title
        );
    }
    for investment in &report.investments {
        println!(
            "line {:>4}  investment: {}: {}, {} kr",
            investment.line,
            investment.action.word(),
            investment.title,
            investment.amount
        );
    }
    for achievement in &report.achievements {
        println!(
            "line {:>4}  achievement: {}: {}",
            achievement.line,
            achievement.action.word(),
            achievement.text
        );
    }
    for item in &report.recognised {
        println!(
            "line {:>4}  {} {}: {} ({})",
            item.line,
            item.kind,
            ReportedAction::Left.word(),
            item.text,
            item.reason
        );
    }
    for doubt in &report.doubts {
        println!(
            "line {:>4}  look: {} ({})",
            doubt.line, doubt.detail, doubt.code
        );
    }
    println!(
        "{} created, {} updated, {} unchanged",
        report.created, report.updated, report.unchanged
    );
}

fn fields(names: &[String]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    }
}
