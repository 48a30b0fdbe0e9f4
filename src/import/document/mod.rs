//! The council's documents, parsed: bytes in, a value out. No database, no clock, no files.
//!
//! Two kinds of document are known: the goals of one budget year, and the published page of
//! one goal. [`parse`] tells which it has, or refuses. What it took and is not sure of stands
//! in the document's doubts, each with its line.
//!
//! The way of a text: `decode` (bytes to text), `lines` (blank lines and page breaks become
//! gaps, page numbers go), `numbering`, `contents` and `outline` (where each goal starts),
//! then `budget` or `goal_page`, and under each goal `body` (`paragraphs`, then `items`).
mod amounts;
mod boards;
mod body;
mod budget;
mod compare;
mod contents;
mod decode;
mod doubts;
mod front;
mod goal_page;
mod introduction;
mod items;
mod left_out;
mod lines;
mod listing;
mod model;
mod money;
mod numbering;
mod outline;
mod paragraphs;
#[cfg(test)]
mod tests;
mod updated;

pub use amounts::{Priced, Unpriced, split_amount};
pub use boards::{NamedBoard, split_board};
pub use compare::{fold, same_title};
pub use doubts::{Doubt, DoubtCode, Refusal, RefusalCode};
pub use model::{
    AnnouncedCount, BudgetDocument, Document, Goal, GoalPage, Item, Paragraph, Section,
    SectionKind, YearFound,
};

use budget::Source;
use compare::speaks_of_goals;
use goal_page::PageHeading;
use items::known_heading;
use lines::Line;

/// Reads a council's document.
///
/// # Errors
/// A [`Refusal`] when the bytes are no text, or the text is neither kind of document.
pub fn parse(bytes: &[u8]) -> Result<Document, Refusal> {
    let mut doubts = Vec::new();
    let text = decode::decode(bytes, &mut doubts)?;
    let lines = lines::split(&text, &mut doubts);
    if lines.is_empty() {
        return Err(Refusal::new(None, RefusalCode::Empty, "there is no text"));
    }
    let numbered = numbering::find(&lines);
    let contents = contents::find(&lines, &numbered);
    let outline = outline::choose(&lines, &numbered, &contents);
    let source = Source {
        lines: &lines,
        numbered: &numbered,
        contents: &contents,
        outline: &outline,
    };
    let mut document = match recognise(&source)? {
        Kind::Budget => Document::Budget(budget::parse(&source, &mut doubts)?),
        Kind::GoalPage(heading) => {
            Document::GoalPage(goal_page::parse(&lines, heading, &mut doubts)?)
        }
    };
    doubts.sort_by_key(|doubt| doubt.line);
    match &mut document {
        Document::Budget(budget) => budget.doubts = doubts,
        Document::GoalPage(page) => page.doubts = doubts,
    }
    Ok(document)
}

enum Kind {
    Budget,
    GoalPage(PageHeading),
}

/// Which kind of document it is. Whichever kind of heading comes first decides, but a page
/// cannot come before a budget's title. Numbered headings alone make no goals: the minutes of
/// a meeting have them too, so the text before them has to speak of goals.
fn recognise(source: &Source<'_>) -> Result<Kind, Refusal> {
    let page = goal_page::find_heading(source.lines);
    let Some(first) = source.outline.first_goal() else {
        return page.map(Kind::GoalPage).ok_or_else(|| refuse(source.lines));
    };
    if let Some(page) = page.filter(|page| page.index < first) {
        let before: Vec<&Line> = source.lines.iter().take(page.index).collect();
        let titled = front::read(&before).title.is_some() || !source.contents.entries.is_empty();
        if !titled {
            return Ok(Kind::GoalPage(page));
        }
    }
    if let Some(page) = numbered_page(source, first) {
        return Ok(Kind::GoalPage(page));
    }
    if speaks_of_goals_outside_texts(source, first) {
        return Ok(Kind::Budget);
    }
    let detail = "there are numbered headings, but neither they nor the text before them speaks of goals (\"mål\"): this may be any document; give it a title such as \"Kommunövergripande mål budget 2029\"";
    Err(Refusal::new(None, RefusalCode::NotADocument, detail))
}

/// A goal's page that has a number in its heading: "Mål 1.1: Name" on the first line, no
/// other goal, and the headings that such a page has.
fn numbered_page(source: &Source<'_>, first: usize) -> Option<PageHeading> {
    let mut goals = source
        .outline
        .marks
        .iter()
        .filter_map(|mark| mark.goal.as_ref());
    let (heading, only) = (goals.next()?, goals.next().is_none());
    let end = source.outline.marks.first()?.end;
    let has_sections = source
        .lines
        .iter()
        .any(|line| known_heading(&line.text).is_some());
    let is_page =
        first == 0 && only && heading.labelled && has_sections && !heading.title.is_empty();
    is_page.then(|| PageHeading {
        index: first,
        end,
        number: Some(heading.number.clone()),
        name: heading.title.clone(),
    })
}

fn speaks_of_goals_outside_texts(source: &Source<'_>, first: usize) -> bool {
    let before = source
        .lines
        .iter()
        .take(first)
        .any(|line| speaks_of_goals(&line.text));
    let headings = source
        .outline
        .marks
        .iter()
        .filter_map(|mark| mark.goal.as_ref());
    let sections = || {
        source
            .lines
            .iter()
            .any(|line| known_heading(&line.text).is_some())
    };
    before
        || headings
            .into_iter()
            .any(|goal| goal.labelled || speaks_of_goals(&goal.title))
        || sections()
}

/// Tells a budget document without goals from any other text.
fn refuse(lines: &[Line]) -> Refusal {
    let all: Vec<&Line> = lines.iter().collect();
    match front::read(&all).title_line {
        Some(line) => {
            let detail = "this looks like a budget's goals, but no goal's heading (\"1.1 …\" or \"Mål 1: …\") follows";
            Refusal::new(Some(line), RefusalCode::NoGoals, detail)
        }
        None => {
            let detail = "neither a budget's goals (\"1.1 …\" or \"Mål 1: …\") nor a goal's page (\"Mål: …\")";
            Refusal::new(None, RefusalCode::NotADocument, detail)
        }
    }
}
