//! The contents list (Swedish: innehållsförteckning): found, read for the goals' titles, left out.
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::compare::{fold, is_short_number, starts_lower, starts_with_one_of};
use super::lines::{Gap, Line, clean};
use super::numbering::{Numbered, split_heading};

/// How many lines one entry may be wrapped over.
const WRAPPED: usize = 5;

/// The contents list of a document; without one the range is empty.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Which of the lines it takes, its heading with it.
    pub(super) lines: Range<usize>,
    /// Its numbered entries.
    pub(super) entries: Vec<Entry>,
}

/// A numbered entry of the contents list.
#[derive(Debug)]
pub(super) struct Entry {
    /// The 1-based line where it starts.
    pub(super) line: usize,
    /// Such as "1.1".
    pub(super) number: String,
    /// Without the page.
    pub(super) title: String,
}

impl Contents {
    /// The title that the contents give for a number.
    pub(super) fn titles(&self) -> HashMap<&str, &str> {
        self.entries
            .iter()
            .map(|entry| (entry.number.as_str(), entry.title.as_str()))
            .collect()
    }
}

/// Finds the contents list: under its heading, else from the first numbered line that ends
/// in a leader and a page and whose number comes again.
pub(super) fn find(lines: &[Line], numbered: &[Numbered]) -> Contents {
    let last: HashMap<&str, usize> = numbered
        .iter()
        .map(|line| (line.number.as_str(), line.index))
        .collect();
    let reader = Reader { lines, last };
    for (index, line) in lines.iter().enumerate() {
        let start = if is_contents_heading(&line.text) {
            index + 1
        } else if reader.comes_again(index) && has_leader(&line.text) {
            index
        } else {
            continue;
        };
        let (end, entries) = reader.read(start);
        if end > start {
            return Contents {
                lines: index..end,
                entries,
            };
        }
    }
    Contents::default()
}

fn is_contents_heading(text: &str) -> bool {
    text.len() < 40
        && starts_with_one_of(text, &['i'])
        && matches!(
            fold(text).trim_end_matches(':'),
            "innehållsförteckning" | "innehåll"
        )
}

struct Reader<'a> {
    lines: &'a [Line],
    last: HashMap<&'a str, usize>,
}

impl Reader<'_> {
    /// Whether the line is numbered and its number starts a later line too.
    fn comes_again(&self, index: usize) -> bool {
        let number = self
            .lines
            .get(index)
            .and_then(|line| split_heading(&line.text));
        number
            .and_then(|(number, _)| self.last.get(number.as_str()))
            .is_some_and(|last| *last > index)
    }

    /// Reads entries up to a line that is none, or whose number the list has already: that
    /// is the first heading after the list.
    fn read(&self, start: usize) -> (usize, Vec<Entry>) {
        let mut entries = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut at = start;
        while let (Some((next, text)), Some(line)) = (self.entry(at), self.lines.get(at)) {
            if let Some((number, title)) = split_heading(&text) {
                if !seen.insert(number.clone()) {
                    break;
                }
                let title = clean(title);
                entries.push(Entry {
                    line: line.number,
                    number,
                    title,
                });
            }
            at = next;
        }
        (at, entries)
    }

    /// The entry that starts here: where the next one starts, and its text without the page.
    fn entry(&self, at: usize) -> Option<(usize, String)> {
        let first = self.lines.get(at)?;
        let mut text = String::new();
        for (offset, line) in self.lines.iter().skip(at).take(WRAPPED).enumerate() {
            if offset > 0 && (line.gap != Gap::Adjacent || split_heading(&line.text).is_some()) {
                break;
            }
            if offset > 0 && is_short_number(&line.text) {
                return Some((at + offset + 1, text));
            }
            if offset > 0 {
                text.push(' ');
            }
            if let Some(title) = before_page(&line.text) {
                text.push_str(title);
                return Some((at + offset + 1, text));
            }
            text.push_str(&line.text);
        }
        let unpaged = self.comes_again(at) && split_heading(&first.text).is_some();
        unpaged.then(|| self.unpaged(at, &first.text))
    }

    /// An entry without a page: a contents list that a web page lost the pages of.
    fn unpaged(&self, at: usize, first: &str) -> (usize, String) {
        let mut text = first.to_owned();
        let mut next = at + 1;
        for line in self.lines.iter().skip(next) {
            if line.gap != Gap::Adjacent || !starts_lower(&line.text) {
                break;
            }
            text.push(' ');
            text.push_str(&line.text);
            next += 1;
        }
        (next, text)
    }
}

/// What stands before the page at a line's end.
fn before_page(text: &str) -> Option<&str> {
    let title = text.trim_end_matches(|character: char| character.is_ascii_digit());
    let page = text.get(title.len()..)?;
    let parted = title.ends_with(|character: char| character.is_whitespace() || character == '.');
    let title = title.trim_end().trim_end_matches('.').trim_end();
    (is_short_number(page) && parted && !title.is_empty()).then_some(title)
}

/// Whether the page stands after a tab or a row of dots, as in nothing but a contents list.
fn has_leader(text: &str) -> bool {
    let title = text.trim_end_matches(|character: char| character.is_ascii_digit());
    let leader = title.ends_with('\t') || title.trim_end().ends_with("..");
    leader && before_page(text).is_some()
}
