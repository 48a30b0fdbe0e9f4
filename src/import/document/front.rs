//! The pages before the goals: the document's title and who decided it.
use std::collections::HashSet;

use super::compare::{at_most, closes, find_year, fold, speaks_of_goals};
use super::items::after_marker;
use super::lines::Line;
use super::model::YearFound;
use super::numbering::split_heading;

/// A title is at most this long.
const TITLE_LENGTH: usize = 200;

/// Bodies that decide a budget, folded.
const DECIDERS: [&str; 5] = [
    "kommunfullmäktige",
    "fullmäktige",
    "regionfullmäktige",
    "landstingsfullmäktige",
    "kommunstyrelsen",
];

/// What the pages before the goals say of the document.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) year: Option<YearFound>,
    pub(super) decided_by: Option<String>,
    /// The numbers of the lines that said so.
    pub(super) used: HashSet<usize>,
    /// The number of the title's first line.
    pub(super) title_line: Option<usize>,
}

/// A document's title and decider stand among its first lines.
const FIRST_LINES: usize = 200;

/// Reads the lines before the first goal, without the contents list.
pub(super) fn read(lines: &[&Line]) -> Front {
    let lines = lines.get(..FIRST_LINES).unwrap_or(lines);
    let mut front = Front::default();
    if let Some(title) = find_title(lines) {
        let texts: Vec<String> = title.iter().map(|line| line.clean()).collect();
        let text = texts.join(" ");
        front.title_line = title.first().map(|line| line.number);
        front.year = find_year(&text)
            .zip(front.title_line)
            .map(|(year, line)| YearFound { year, line });
        front.used.extend(title.iter().map(|line| line.number));
        front.title = Some(text);
    }
    if let Some(line) = lines.iter().find(|line| decider(&line.text).is_some()) {
        front.decided_by = decider(&line.text);
        front.used.insert(line.number);
    }
    front
}

/// One line that speaks of goals and names a year, else two lines that do so together,
/// else one that speaks of a budget.
fn find_title<'a>(lines: &'a [&'a Line]) -> Option<&'a [&'a Line]> {
    let find = |size: usize, speaks: fn(&str) -> bool| {
        lines.windows(size).find(|window| {
            let texts: Vec<&str> = window.iter().map(|line| line.text.as_str()).collect();
            let text = texts.join(" ");
            texts.iter().all(|text| may_be_a_title(text))
                && find_year(&text).is_some()
                && speaks(&text)
        })
    };
    let of_budget = |text: &str| text.to_lowercase().contains("budget");
    find(1, speaks_of_goals)
        .or_else(|| find(2, speaks_of_goals))
        .or_else(|| find(1, of_budget))
}

fn may_be_a_title(text: &str) -> bool {
    let plain = at_most(text, TITLE_LENGTH) && !closes(text);
    plain && after_marker(text).is_none() && split_heading(text).is_none()
}

/// "Kommunfullmäktige" alone, or after "Beslutad av" and the like.
fn decider(text: &str) -> Option<String> {
    if !at_most(text, TITLE_LENGTH) {
        return None;
    }
    const INTRODUCTIONS: [&str; 6] = [
        "beslutad av ",
        "beslutat av ",
        "antagen av ",
        "antaget av ",
        "fastställd av ",
        "beslut av ",
    ];
    // A date may follow, and a comma before it.
    let is_date = |character: char| character.is_ascii_digit() || "-, .".contains(character);
    let text = text.trim_end_matches(is_date);
    let folded = fold(text);
    let named = INTRODUCTIONS
        .iter()
        .find_map(|start| folded.strip_prefix(start))
        .unwrap_or(&folded);
    let words = named.split_whitespace().count();
    let known = DECIDERS.iter().find(|decider| **decider == named)?;
    let as_written: Vec<&str> = text.split_whitespace().collect();
    let name = as_written
        .get(as_written.len().checked_sub(words)?..)?
        .join(" ");
    let is_capital = name.starts_with(char::is_uppercase);
    Some(if is_capital { name } else { capitalised(known) })
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
