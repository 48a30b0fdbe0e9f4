//! Text to lines: blank lines become gaps, page breaks are seen, page numbers go.
use super::compare::{is_invisible, is_short_number};
use super::doubts::{Doubt, DoubtCode};

/// What stands between a line and the text line before it, from nearest to farthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: the line before ends and this one starts.
    Adjacent,
    /// Blank lines.
    Blank,
    /// A form feed, or a line that holds a single blank.
    PageBreak,
}

/// A line with text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// 1-based, as an editor counts.
    pub(super) number: usize,
    /// What stands before it.
    pub(super) gap: Gap,
    /// How many blanks and tabs it starts with.
    pub(super) indent: usize,
    /// Without blanks at its ends; tabs inside stay.
    pub(super) text: String,
}

impl Line {
    /// The text as it is handed on: no tabs, no separators that are control characters.
    pub(super) fn clean(&self) -> String {
        clean(&self.text)
    }
}

/// Tabs, word processors' soft line breaks and Unicode's line separators become blanks.
pub(super) fn clean(text: &str) -> String {
    // The first byte of the two separators; most lines have none of these bytes.
    if !text.bytes().any(|byte| matches!(byte, b'\t' | 0xb | 0xE2)) {
        return text.to_owned();
    }
    text.replace(['\t', '\u{b}', '\u{2028}', '\u{2029}'], " ")
}

/// The lines that hold text. Page numbers are left out, with a doubt for each.
pub(super) fn split(text: &str, doubts: &mut Vec<Doubt>) -> Vec<Line> {
    let (lines, break_at_end) = with_gaps(text);
    without_page_numbers(lines, break_at_end, doubts)
}

fn with_gaps(text: &str) -> (Vec<Line>, bool) {
    let mut lines = Vec::new();
    let mut gap = Gap::Blank;
    for (index, whole) in text.split('\n').enumerate() {
        for (part, piece) in whole.split('\u{c}').enumerate() {
            if part > 0 {
                gap = Gap::PageBreak;
            }
            if is_blank(piece) {
                let single = part == 0 && piece.chars().nth(1).is_none() && !piece.is_empty();
                gap = gap.max(if single { Gap::PageBreak } else { Gap::Blank });
                continue;
            }
            let text = piece.trim().to_owned();
            let indent = piece
                .chars()
                .take_while(|character| character.is_whitespace())
                .count();
            lines.push(Line {
                number: index + 1,
                gap,
                indent,
                text,
            });
            gap = Gap::Adjacent;
        }
    }
    (lines, gap == Gap::PageBreak)
}

fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_invisible(character))
}

/// A number next to a page break is the page's. Anywhere else it is text.
fn without_page_numbers(
    lines: Vec<Line>,
    break_at_end: bool,
    doubts: &mut Vec<Doubt>,
) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    let mut after_number = false;
    let mut rest = lines.into_iter().peekable();
    while let Some(mut line) = rest.next() {
        if std::mem::take(&mut after_number) {
            // Not a page break: a column of numbers after a page's number is text.
            line.gap = line.gap.max(Gap::Blank);
        }
        let next = rest
            .peek()
            .map_or(break_at_end, |next| next.gap == Gap::PageBreak);
        if (line.gap == Gap::PageBreak || next) && is_page_number(&line.text) {
            let detail = format!(
                "\"{}\" next to a page break was taken for a page number and left out",
                line.clean()
            );
            doubts.push(Doubt::new(line.number, DoubtCode::PageNumber, detail));
            after_number = true;
            continue;
        }
        kept.push(line);
    }
    kept
}

/// "4", "- 4 -", "Sida 4", "Sida 4 av 12", "4 (12)", "4/12".
fn is_page_number(text: &str) -> bool {
    if text.len() > 40 {
        return false;
    }
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(['-', '–', ' ']);
    let unlabelled = ["sidan ", "sida ", "sid. ", "sid "]
        .iter()
        .find_map(|label| lower.strip_prefix(label));
    let numbers = unlabelled.unwrap_or(lower).trim_end_matches(')');
    let mut parts = numbers.splitn(2, ['(', '/']);
    let (first, total) = match numbers.split_once(" av ") {
        Some((first, total)) => (Some(first), Some(total)),
        None => (parts.next(), parts.next()),
    };
    let is_number = |part: &str| is_short_number(part.trim());
    first.is_some_and(is_number) && total.is_none_or(is_number)
}
