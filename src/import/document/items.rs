//! The headings under a goal and the list items that stand under them.
use super::compare::{at_most, closes, fold, split_year_at_end, starts_with_one_of};
use super::doubts::{Doubt, DoubtCode};
use super::lines::{Gap, Line, clean};
use super::model::{Item, Section, SectionKind};
use super::paragraphs::{HEADING_LENGTH, is_continuation, joined};

/// The known headings, folded, without year and colon.
const HEADINGS: [(&str, SectionKind); 8] = [
    ("så här gör vi för att nå målet", SectionKind::Approach),
    ("uppdrag från fullmäktige", SectionKind::CouncilAssignments),
    (
        "uppdrag från kommunfullmäktige",
        SectionKind::CouncilAssignments,
    ),
    ("nämndernas egna uppdrag", SectionKind::BoardAssignments),
    ("nyckeltal", SectionKind::Indicators),
    ("investeringar", SectionKind::Investments),
    ("för att nå målet har vi", SectionKind::Achievements),
    (
        "för att nå målet har vi bland annat",
        SectionKind::Achievements,
    ),
];

/// A known heading, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    kind: SectionKind,
    year: Option<i32>,
    /// What follows the colon on the same line.
    rest: Option<String>,
}

impl Heading {
    /// Whether the line holds nothing but the heading. In a political text only such a line
    /// is one: "Investeringar: vi …" may be a sentence.
    pub(super) fn stands_alone(&self) -> bool {
        self.rest.as_deref().is_none_or(is_none_mark)
    }
}

/// Takes a line for a known heading, with or without year and colon.
pub(super) fn known_heading(text: &str) -> Option<Heading> {
    if !starts_with_one_of(text, &['f', 'i', 'n', 's', 'u']) {
        return None;
    }
    let (head, rest) = text.split_once(':').unwrap_or((text, ""));
    if !at_most(head, HEADING_LENGTH) {
        return None;
    }
    let bare = head.trim().trim_end_matches([')', ' ']);
    let (title, in_head) = match split_year_at_end(&bare.replace('(', " ")) {
        Some((title, year)) => (title.to_owned(), Some(year)),
        None => (head.to_owned(), None),
    };
    let folded = fold(&title);
    let (_, kind) = HEADINGS.iter().find(|(known, _)| *known == folded)?;
    let rest = rest.trim();
    let (rest, after) = match split_year_at_end(&format!(" {}", rest.trim_end_matches(':'))) {
        Some(("", year)) => ("", Some(year)),
        _ => (rest, None),
    };
    Some(Heading {
        kind: *kind,
        year: in_head.or(after),
        rest: (!rest.is_empty()).then(|| clean(rest)),
    })
}

/// A dash or a bullet alone, which means none.
fn is_none_mark(text: &str) -> bool {
    let mut characters = text.trim().chars();
    let mark = characters.next();
    let is_mark = |mark: char| matches!(mark, '-' | '–' | '—' | '*') || BULLETS.contains(&mark);
    mark.is_some_and(is_mark) && characters.next().is_none()
}

/// Bullets that need no blank after them. The last is what word processors' bullets become
/// in a PDF's text.
const BULLETS: [char; 7] = ['•', '·', '▪', '●', '◦', '‣', '\u{F0B7}'];

/// The text after a list marker: a bullet, "-", "–", "—", "*", or a number with . or ).
pub(super) fn after_marker(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(BULLETS) {
        return Some(rest.trim_start());
    }
    let digits = text.len()
        - text
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    let rest = match digits {
        0 => text.strip_prefix(['-', '–', '—', '*'])?,
        1..=3 => text.get(digits..)?.strip_prefix(['.', ')'])?,
        _ => return None,
    };
    rest.starts_with(char::is_whitespace)
        .then(|| rest.trim_start())
}

/// Reads the lines from the first known heading on.
pub(super) fn read(lines: &[Line], doubts: &mut Vec<Doubt>) -> Vec<Section> {
    let mut reader = Reader {
        sections: Vec::new(),
        lead_in: None,
        marked: None,
        before: None,
        doubts,
    };
    for line in lines {
        reader.line(line);
        reader.before = Some(line);
    }
    reader.end_lead_in();
    reader.sections
}

struct Reader<'a> {
    sections: Vec<Section>,
    /// A line such as "Socialnämnden:" that introduces the items after it, while it has none yet or some.
    lead_in: Option<LeadIn>,
    /// The indent of the last marker in this section.
    marked: Option<usize>,
    before: Option<&'a Line>,
    doubts: &'a mut Vec<Doubt>,
}

struct LeadIn {
    line: usize,
    text: String,
    used: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a Line) {
        if let Some(heading) = known_heading(&line.text) {
            self.start(line, heading.kind, heading.year);
            if let Some(rest) = heading.rest.filter(|rest| !is_none_mark(rest)) {
                self.push(line.number, after_marker(&rest).unwrap_or(&rest).to_owned());
            }
        } else if is_none_mark(&line.text) {
            // "-" under a heading says that there is nothing.
        } else if let Some(text) = after_marker(&line.text) {
            self.push(line.number, clean(text));
            self.marked = Some(line.indent);
        } else if self.goes_on(line) {
            self.join(line);
        } else if self.is_unknown_heading(line) {
            let detail = "this heading is not known; what stands under it was kept apart";
            self.doubts
                .push(Doubt::new(line.number, DoubtCode::UnknownHeading, detail));
            let year = split_year_at_end(line.text.trim_end_matches(':')).map(|(_, year)| year);
            self.start(line, SectionKind::Unknown, year);
        } else if line.text.ends_with(':') && at_most(&line.text, 2 * HEADING_LENGTH) {
            self.end_lead_in();
            self.lead_in = Some(LeadIn {
                line: line.number,
                text: line.clean(),
                used: false,
            });
        } else {
            self.push(line.number, line.clean());
        }
    }

    fn start(&mut self, line: &Line, kind: SectionKind, year: Option<i32>) {
        self.end_lead_in();
        self.marked = None;
        let heading = line.clean();
        self.sections.push(Section {
            line: line.number,
            kind,
            heading,
            year,
            items: Vec::new(),
        });
    }

    fn push(&mut self, line: usize, text: String) {
        let lead_in = self.lead_in.as_mut().map(|lead_in| {
            lead_in.used = true;
            lead_in.text.clone()
        });
        let Some(section) = self.sections.last_mut() else {
            return;
        };
        if section.kind == SectionKind::Approach && section.items.is_empty() {
            let detail = "text stands under a heading that has nothing of its own";
            self.doubts
                .push(Doubt::new(line, DoubtCode::TextUnderHeading, detail));
        }
        section.items.push(Item {
            line,
            text,
            lead_in,
        });
    }

    /// A line that introduced nothing is an item itself, so that no text is lost.
    fn end_lead_in(&mut self) {
        if let Some(lead_in) = self.lead_in.take().filter(|lead_in| !lead_in.used) {
            self.push(lead_in.line, lead_in.text);
        }
    }

    /// Whether the line belongs to the item before: by the rule for paragraphs, or because it
    /// hangs under the item's text, right after it and deeper than its marker.
    fn goes_on(&self, line: &Line) -> bool {
        let item = self
            .sections
            .last()
            .and_then(|section| section.items.last());
        let (Some(before), Some(_)) = (self.before, item) else {
            return false;
        };
        let item_before = !is_none_mark(&before.text) && !is_open_lead_in(self.lead_in.as_ref());
        let hangs =
            line.gap == Gap::Adjacent && self.marked.is_some_and(|indent| line.indent > indent);
        item_before && (hangs || is_continuation(&before.text, &line.text))
    }

    fn join(&mut self, line: &Line) {
        let Some(item) = self
            .sections
            .last_mut()
            .and_then(|section| section.items.last_mut())
        else {
            return;
        };
        item.text.push(' ');
        item.text.push_str(&line.clean());
        if let Some(before) = self.before.filter(|_| line.gap != Gap::Adjacent) {
            self.doubts.push(joined(before, line));
        }
    }

    /// A short line that ends in the year that a heading before it has, or that stands
    /// unmarked after marked items. "Minska utsläppen till 2030" is an item.
    fn is_unknown_heading(&self, line: &Line) -> bool {
        let text = line.text.trim_end_matches(':').trim_end();
        if !at_most(text, HEADING_LENGTH) || closes(text) {
            return false;
        }
        let known = |year: i32| {
            self.sections
                .iter()
                .any(|section| section.year == Some(year))
        };
        let ends_in_year = split_year_at_end(text).is_some_and(|(title, year)| {
            known(year) && !ends_in_preposition(title) && title.split_whitespace().count() <= 6
        });
        let unmarked = !line.text.ends_with(':') && line.gap != Gap::Adjacent;
        ends_in_year || (self.marked.is_some() && unmarked)
    }
}

/// A sentence has such a word before its year; a heading has not.
fn ends_in_preposition(title: &str) -> bool {
    const WORDS: [&str; 9] = [
        "år", "till", "under", "senast", "före", "från", "i", "sedan", "för",
    ];
    title
        .rsplit(char::is_whitespace)
        .next()
        .is_some_and(|last| WORDS.contains(&last))
}

fn is_open_lead_in(lead_in: Option<&LeadIn>) -> bool {
    lead_in.is_some_and(|lead_in| !lead_in.used)
}
