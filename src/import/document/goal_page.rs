//! One goal's page: "Mål:" and its name, the statement, the political text, the sections.
use super::body::{self, drop_repeated};
use super::budget::doubt_years;
use super::compare::{fold, same_title, starts_with_one_of};
use super::doubts::{Doubt, Refusal, RefusalCode};
use super::left_out::doubt_left_out;
use super::lines::{Line, clean};
use super::model::{Goal, GoalPage};
use super::updated::page_updated;

/// A page's heading, taken apart.
pub(super) struct PageHeading {
    /// Its place among the lines.
    pub(super) index: usize,
    /// The place after it.
    pub(super) end: usize,
    /// Where the page gives one.
    pub(super) number: Option<String>,
    pub(super) name: String,
}

/// "Mål: Name" to the name.
pub(super) fn page_name(text: &str) -> Option<&str> {
    if !starts_with_one_of(text, &['m']) {
        return None;
    }
    let (label, name) = text.split_once(':')?;
    let is_label = label.len() < 20 && fold(label) == "mål";
    let name = name.trim();
    (is_label && !name.is_empty()).then_some(name)
}

/// The first line that is a page's heading.
pub(super) fn find_heading(lines: &[Line]) -> Option<PageHeading> {
    let named =
        |(index, line): (usize, &Line)| page_name(&line.text).map(|name| (index, clean(name)));
    let (index, name) = lines.iter().enumerate().find_map(named)?;
    Some(PageHeading {
        index,
        end: index + 1,
        number: None,
        name,
    })
}

/// Reads a goal's page.
pub(super) fn parse(
    lines: &[Line],
    heading: PageHeading,
    doubts: &mut Vec<Doubt>,
) -> Result<GoalPage, Refusal> {
    let line = lines.get(heading.index).map_or(1, |line| line.number);
    let before: Vec<&Line> = lines.iter().take(heading.index).collect();
    doubt_left_out(&before, doubts);
    let after = lines.get(heading.end..).unwrap_or_default();
    let end = after
        .iter()
        .position(|line| page_updated(&line.text).is_some())
        .map_or(after.len(), |at| at + 1);
    let (own, footer) = after.split_at_checked(end).unwrap_or((after, &[]));
    doubt_left_out(&footer.iter().collect::<Vec<_>>(), doubts);
    refuse_second_page(after, &heading.name)?;

    let with_label = format!("Mål: {}", heading.name);
    let mut body = body::read(own, &[&heading.name, &with_label], doubts);
    if body.paragraphs.is_empty() {
        let detail = "no text follows the page's name, so the goal has no statement";
        return Err(Refusal::new(Some(line), RefusalCode::NoStatement, detail));
    }
    let statement = body.paragraphs.remove(0).text;
    drop_repeated(&mut body.paragraphs, &[&statement], doubts);
    let years: Vec<_> = body.years().collect();
    let budget_year = years.first().copied();
    doubt_years(budget_year, &years, doubts);
    let (paragraphs, sections) = (body.paragraphs, body.sections);
    let goal = Goal {
        line,
        number: heading.number,
        name: Some(heading.name),
        statement,
        paragraphs,
        sections,
    };
    Ok(GoalPage {
        budget_year,
        goal,
        source_updated_on: body.updated_on,
        years,
        doubts: Vec::new(),
    })
}

/// Two pages in one file would end up as one goal's text.
fn refuse_second_page(lines: &[Line], name: &str) -> Result<(), Refusal> {
    let other =
        |line: &&Line| page_name(&line.text).is_some_and(|second| !same_title(second, name));
    match lines.iter().find(other) {
        Some(line) => {
            let detail = "a second goal's page starts here; import each page by itself";
            Err(Refusal::new(
                Some(line.number),
                RefusalCode::SeveralGoalPages,
                detail,
            ))
        }
        None => Ok(()),
    }
}
