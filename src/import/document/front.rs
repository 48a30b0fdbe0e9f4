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

/// One line that speaks of goals and names a year, else two lines that do so together.
fn find_title<'a>(lines: &'a [&'a Line]) -> Option<&'a [&'a Line]> {
    let may_be = |line: &&Line| {
        let plain = at_most(&line.text, TITLE_LENGTH) && !closes(&line.text);
        plain && after_marker(&line.text).is_none() && split_heading(&line.text).is_none()
    };
    let in_one =
        |window: &[&Line]| matches!(window, [line] if may_be(line) && is_title(&line.text));
    let in_two = |window: &[&Line]| match window {
        [first, second] => {
            may_be(first) && may_be(second) && is_title(&format!("{} {}", first.text, second.text))
        }
        _ => false,
    };
    let one = lines.windows(1).find(|window| in_one(window));
    one.or_else(|| lines.windows(2).find(|window| in_two(window)))
}

fn is_title(text: &str) -> bool {
    find_year(text).is_some() && speaks_of_goals(text)
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
    let folded = fold(text);
    let named = INTRODUCTIONS
        .iter()
        .find_map(|start| folded.strip_prefix(start))
        .unwrap_or(&folded);
    let words = named.split_whitespace().count();
    let known = DECIDERS.iter().find(|decider| **decider == named)?;
    let as_written: Vec<&str> = text
        .trim_end_matches(['.', ' '])
        .split_whitespace()
        .collect();
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
