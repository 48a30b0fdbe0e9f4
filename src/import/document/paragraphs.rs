//! Lines to paragraphs: what page layout broke is joined again.
//!
//! The rule: a line without closing punctuation, followed by one that starts in lower
//! case, is one paragraph with it, whatever blank lines or page break stand between.
//! Nothing else joins: each other line is a paragraph of its own.
use super::compare::{at_most, closes, starts_lower};
use super::doubts::{Doubt, DoubtCode};
use super::lines::{Gap, Line};
use super::model::Paragraph;

/// A heading that is not known is at most this long; a paragraph seldom is so short.
pub(super) const HEADING_LENGTH: usize = 80;

/// Whether the second text goes on where the first was broken off.
pub(super) fn is_continuation(before: &str, after: &str) -> bool {
    !closes(before) && starts_lower(after)
}

/// The paragraphs of some lines, and an info for each place where lines were joined.
pub(super) fn join(lines: &[Line], doubts: &mut Vec<Doubt>) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        match (paragraphs.last_mut(), before) {
            (Some(paragraph), Some(last)) if is_continuation(&last.text, &line.text) => {
                paragraph.text.push(' ');
                paragraph.text.push_str(&line.clean());
                doubts.push(joined(last, line));
            }
            _ => paragraphs.push(Paragraph {
                line: line.number,
                text: line.clean(),
            }),
        }
        before = Some(line);
    }
    paragraphs
}

/// The info that two lines were joined.
pub(super) fn joined(last: &Line, line: &Line) -> Doubt {
    let hyphen = if last.text.ends_with('-') {
        "; a hyphen stands at the break"
    } else {
        ""
    };
    let detail = format!(
        "joined to line {}, which ends without closing punctuation{hyphen}",
        last.number
    );
    Doubt::new(line.number, DoubtCode::JoinedLines, detail)
}

/// What a reader should look at in a political text's paragraphs. Nothing is changed.
pub(super) fn examine(lines: &[Line], paragraphs: &[Paragraph], doubts: &mut Vec<Doubt>) {
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if closes(&paragraph.text) {
            continue;
        }
        let last = index + 1 == paragraphs.len();
        let doubt = if at_most(&paragraph.text, HEADING_LENGTH) && !last {
            (
                DoubtCode::UnknownHeading,
                "this short line may be a heading; it was kept as a paragraph",
            )
        } else {
            (
                DoubtCode::UnfinishedParagraph,
                "ends without closing punctuation; nothing was joined to it",
            )
        };
        doubts.push(Doubt::new(paragraph.line, doubt.0, doubt.1));
    }
    if let Some(line) = first_adjacent(lines) {
        let detail = "follows the line before without a blank line; such lines were taken as paragraphs of their own";
        doubts.push(Doubt::new(line, DoubtCode::AdjacentParagraphs, detail));
    }
}

fn first_adjacent(lines: &[Line]) -> Option<usize> {
    let mut pairs = lines.iter().zip(lines.iter().skip(1));
    let found = pairs
        .find(|(last, line)| line.gap == Gap::Adjacent && !is_continuation(&last.text, &line.text));
    found.map(|(_, line)| line.number)
}
