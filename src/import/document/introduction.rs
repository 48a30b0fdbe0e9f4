//! The introduction: what it says, how many goals it announces, and its list of goals.
use std::collections::HashSet;

use super::compare::{as_count, at_most, closes, find_year, fold, without_full_stop};
use super::doubts::{Doubt, DoubtCode};
use super::items::after_marker;
use super::lines::Line;
use super::model::{AnnouncedCount, Paragraph, YearFound, join_paragraphs};
use super::numbering::split_heading;
use super::paragraphs::{HEADING_LENGTH, join};

/// Longer paragraphs are no statement in a list.
const STATEMENT_LENGTH: usize = 1_000;

/// A goal as the list of goals has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) line: usize,
    /// Where the list gives one.
    pub(super) number: Option<String>,
    /// Without marker and trailing full stop.
    pub(super) statement: String,
}

/// What the introduction says.
#[derive(Debug, Default)]
pub(super) struct Introduction {
    pub(super) description: Option<String>,
    pub(super) announced: Option<AnnouncedCount>,
    pub(super) year: Option<YearFound>,
    pub(super) listed: Vec<Listed>,
}

/// Reads the introduction's lines. `titles` are the goals' headings, folded: a line that
/// repeats one stands in a list of goals, with or without a marker.
pub(super) fn read(
    lines: &[Line],
    titles: &HashSet<String>,
    doubts: &mut Vec<Doubt>,
) -> Introduction {
    let mut introduction = Introduction::default();
    let mut paragraphs = join(lines, doubts).into_iter().peekable();
    let mut description: Vec<Paragraph> = Vec::new();
    let mut left_out: Vec<Paragraph> = Vec::new();
    let mut in_list = false;
    while let Some(paragraph) = paragraphs.next() {
        if let Some(listed) = listed(&paragraph, titles, in_list) {
            introduction.listed.push(listed);
            in_list = true;
            continue;
        }
        let next = paragraphs.peek();
        let list_follows = next.is_some_and(|next| listed_text(&next.text, titles, true).is_some());
        in_list = list_follows && introduction.announce(&paragraph);
        if !in_list && is_heading(&paragraph.text, description.is_empty()) {
            left_out.push(paragraph);
        } else if !in_list && !introduction.announce_before_goals(&paragraph, next.is_none()) {
            description.push(paragraph);
        }
    }
    introduction.description = join_paragraphs(&description);
    doubts.extend(left_out.iter().map(|paragraph| {
        let detail = format!(
            "\"{}\" was taken for a heading and left out",
            paragraph.text
        );
        Doubt::new(paragraph.line, DoubtCode::LeftOut, detail)
    }));
    introduction
}

impl Introduction {
    /// Takes up an announcement; says whether it was one.
    fn announce(&mut self, paragraph: &Paragraph) -> bool {
        let line = paragraph.line;
        let Some(count) = announced_count(&paragraph.text) else {
            return false;
        };
        self.announced.get_or_insert(AnnouncedCount { count, line });
        self.year = self
            .year
            .or(find_year(&paragraph.text).map(|year| YearFound { year, line }));
        true
    }

    /// An announcement right before the goals themselves, without a list.
    fn announce_before_goals(&mut self, paragraph: &Paragraph, is_last: bool) -> bool {
        is_last && paragraph.text.ends_with(':') && self.announce(paragraph)
    }
}

/// A short line without closing punctuation before any text, or a numbered one anywhere.
fn is_heading(text: &str, is_first: bool) -> bool {
    let numbered = after_marker(text).is_none() && split_heading(text).is_some();
    at_most(text, HEADING_LENGTH) && !closes(text) && (numbered || is_first)
}

fn listed(paragraph: &Paragraph, titles: &HashSet<String>, in_list: bool) -> Option<Listed> {
    let text = listed_text(&paragraph.text, titles, in_list)?;
    let (number, title) = match split_heading(text) {
        Some((number, title)) => (Some(number), title),
        None => (None, text),
    };
    let statement = without_full_stop(title).to_owned();
    Some(Listed {
        line: paragraph.line,
        number,
        statement,
    })
}

/// The text of a goal in a list: any marked paragraph once the list has begun, else one
/// that repeats a goal's heading.
fn listed_text<'a>(text: &'a str, titles: &HashSet<String>, in_list: bool) -> Option<&'a str> {
    let marked = after_marker(text);
    let inner = marked.unwrap_or(text);
    if !at_most(inner, STATEMENT_LENGTH) {
        return None;
    }
    let repeats = || {
        titles.contains(&fold(
            split_heading(inner).map_or(inner, |(_, title)| title),
        ))
    };
    ((marked.is_some() && in_list) || repeats()).then_some(inner)
}

/// "… finns åtta kommunövergripande mål": the count at most four words before the goals.
fn announced_count(text: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|character: char| !character.is_alphanumeric())
        .collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let goals = words
        .iter()
        .rposition(|word| word.ends_with("mål") || *word == "målen")?;
    let before = words.get(goals.saturating_sub(4)..goals)?;
    let vague = before.contains(&"antal");
    before
        .iter()
        .rev()
        .find_map(|word| as_count(word))
        .filter(|_| !vague)
}
