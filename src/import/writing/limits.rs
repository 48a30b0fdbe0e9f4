//! A document's texts must fit the same limits as those in a request.

use super::refuse;
use crate::http::text;
use crate::import::document::Document;
use crate::problem::Problem;

/// 422 with the line of the first text that is too long.
pub(super) fn check(document: &Document) -> Result<(), Problem> {
    if let Document::Budget(budget) = document {
        fits(1, "the title", budget.title.as_deref(), text::TITLE)?;
        fits(
            1,
            "the deciding body",
            budget.decided_by.as_deref(),
            text::NAME,
        )?;
        fits(
            1,
            "the introduction",
            budget.description.as_deref(),
            text::DESCRIPTION,
        )?;
    }
    for goal in document.goals() {
        fits(
            goal.line,
            "the number",
            goal.number.as_deref(),
            text::NUMBER,
        )?;
        fits(goal.line, "the name", goal.name.as_deref(), text::NAME)?;
        fits(
            goal.line,
            "the statement",
            Some(&goal.statement),
            text::STATEMENT,
        )?;
        fits(
            goal.line,
            "the political text",
            goal.political_text().as_deref(),
            text::POLITICAL_TEXT,
        )?;
        for item in goal.sections.iter().flat_map(|section| &section.items) {
            fits(item.line, "an item", Some(&item.text), text::DESCRIPTION)?;
        }
    }
    Ok(())
}

fn fits(line: usize, what: &str, found: Option<&str>, max: usize) -> Result<(), Problem> {
    let length = found.map_or(0, |text| text.chars().count());
    if length <= max {
        return Ok(());
    }
    Err(refuse(
        "tooLong",
        format!("line {line}: {what} has {length} characters; at most {max} are allowed"),
    ))
}
