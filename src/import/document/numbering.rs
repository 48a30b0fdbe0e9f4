//! Lines that start with a number, as a goal's heading and an entry of the contents do.
use super::compare::{at_most, is_short_number};
use super::lines::{Line, clean};

/// A goal's heading is at most this long; what is longer is a paragraph.
const HEADING_LENGTH: usize = 500;

/// A numbered line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    /// Its place among the lines.
    pub(super) index: usize,
    /// Such as "1.1", without a full stop at the end.
    pub(super) number: String,
    /// What follows the number; may be empty after "Mål 1:".
    pub(super) title: String,
    /// Whether it is written "Mål 1.1: title", which nothing but a goal is.
    pub(super) labelled: bool,
}

impl Numbered {
    /// How many parts the number has: 2 of "1.1".
    pub(super) fn depth(&self) -> usize {
        self.number.split('.').count()
    }

    /// The chapter that the number is in: "1" of "1.1".
    pub(super) fn chapter(&self) -> &str {
        self.number.split('.').next().unwrap_or_default()
    }

    /// Whether the title starts as a title does. "1.5 miljoner" is a sum.
    pub(super) fn starts_as_a_title(&self) -> bool {
        let first = self
            .title
            .chars()
            .find(|character| character.is_alphanumeric());
        first.is_some_and(char::is_uppercase)
    }
}

/// The numbered lines among the lines.
pub(super) fn find(lines: &[Line]) -> Vec<Numbered> {
    let numbered = |(index, line): (usize, &Line)| parse(index, &line.text);
    lines.iter().enumerate().filter_map(numbered).collect()
}

fn parse(index: usize, text: &str) -> Option<Numbered> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, 'M' | 'm')) {
        return None;
    }
    if !at_most(text, HEADING_LENGTH) {
        return None;
    }
    if let Some((number, title)) = split_label(text) {
        return Some(Numbered {
            index,
            number,
            title: clean(title),
            labelled: true,
        });
    }
    let (number, title) = split_number(text)?;
    Some(Numbered {
        index,
        number,
        title: clean(title),
        labelled: false,
    })
}

/// "1.1 Title" or "Mål 1.1: Title" to number and title.
pub(super) fn split_heading(text: &str) -> Option<(String, &str)> {
    split_label(text).or_else(|| split_number(text))
}

/// "1.1 Title" or "1.1. Title" to number and title.
fn split_number(text: &str) -> Option<(String, &str)> {
    let (word, title) = text.split_once(char::is_whitespace)?;
    Some((as_number(word)?, title.trim_start()))
}

/// "Mål 1: Title", "Mål 1.1: Title" or "Mål 1 – Title" to number and title.
fn split_label(text: &str) -> Option<(String, &str)> {
    let label = text.get(.."Mål".len())?;
    let rest = text.get("Mål".len()..)?;
    if label.to_lowercase() != "mål" || !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start();
    let end = rest.find(|character: char| !(character.is_ascii_digit() || character == '.'))?;
    let (word, after) = rest.split_at_checked(end)?;
    let after = after.trim_start();
    let title = after.strip_prefix([':', '–', '-'])?;
    Some((as_number(word)?, title.trim_start()))
}

fn as_number(word: &str) -> Option<String> {
    let number = word.strip_suffix('.').unwrap_or(word);
    let parts = number.split('.').count();
    let valid = parts <= 4 && number.split('.').all(is_short_number);
    valid.then(|| number.to_owned())
}
