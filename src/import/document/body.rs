//! What stands under one goal's heading: its political text, then its sections.
use chrono::NaiveDate;

use super::compare::{at_most, fold};
use super::doubts::{Doubt, DoubtCode};
use super::items::{self, known_heading};
use super::lines::Line;
use super::model::{Paragraph, Section, YearFound};
use super::paragraphs::{examine, join};
use super::updated::page_updated;

/// Longer paragraphs are not compared with a title.
const TITLE_LENGTH: usize = 1_000;

/// What stands under one goal's heading.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) paragraphs: Vec<Paragraph>,
    pub(super) sections: Vec<Section>,
    pub(super) updated_on: Option<NaiveDate>,
}

impl Body {
    /// The years in the sections' headings.
    pub(super) fn years(&self) -> impl Iterator<Item = YearFound> {
        let years = self
            .sections
            .iter()
            .map(|section| (section.year, section.line));
        years.filter_map(|(year, line)| year.map(|year| YearFound { year, line }))
    }
}

/// Reads the lines under a heading. First paragraphs that repeat one of the titles are dropped.
pub(super) fn read(lines: &[Line], titles: &[&str], doubts: &mut Vec<Doubt>) -> Body {
    let mut body = Body::default();
    let mut rest = Vec::with_capacity(lines.len());
    for line in lines {
        match page_updated(&line.text) {
            Some(date) => body.updated_on = updated(line, date, doubts).or(body.updated_on),
            None => rest.push(line.clone()),
        }
    }
    let is_heading =
        |line: &Line| known_heading(&line.text).is_some_and(|heading| heading.stands_alone());
    let split = rest.iter().position(is_heading).unwrap_or(rest.len());
    let (text, sections) = rest.split_at_checked(split).unwrap_or((&rest, &[]));
    body.paragraphs = join(text, doubts);
    drop_repeated(&mut body.paragraphs, titles, doubts);
    examine(text, &body.paragraphs, doubts);
    body.sections = items::read(sections, doubts);
    body
}

/// The date of a "Sidan uppdaterad" line, with a doubt when it cannot be read.
pub(super) fn updated(
    line: &Line,
    date: Option<NaiveDate>,
    doubts: &mut Vec<Doubt>,
) -> Option<NaiveDate> {
    if date.is_none() {
        let detail = format!("no date could be read in \"{}\"", line.clean());
        doubts.push(Doubt::new(
            line.number,
            DoubtCode::UpdatedDateUnreadable,
            detail,
        ));
    }
    date
}

/// Drops first paragraphs that say no more than a title does.
pub(super) fn drop_repeated(
    paragraphs: &mut Vec<Paragraph>,
    titles: &[&str],
    doubts: &mut Vec<Doubt>,
) {
    let titles: Vec<String> = titles
        .iter()
        .map(|title| fold(title))
        .filter(|title| !title.is_empty())
        .collect();
    let repeats = |text: &str| at_most(text, TITLE_LENGTH) && titles.contains(&fold(text));
    let count = paragraphs
        .iter()
        .take_while(|paragraph| repeats(&paragraph.text))
        .count();
    for paragraph in paragraphs.drain(..count) {
        let detail = "this paragraph only repeats the goal's title and was dropped";
        doubts.push(Doubt::new(paragraph.line, DoubtCode::RepeatedTitle, detail));
    }
}
