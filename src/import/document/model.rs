//! What a parsed document holds.
use chrono::NaiveDate;

use super::doubts::Doubt;

/// A council's document (Swedish: handling), parsed. All texts are NFC, without
/// control characters and without blanks at their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// The goals of one budget year.
    Budget(BudgetDocument),
    /// The published page of one goal.
    GoalPage(GoalPage),
}

impl Document {
    /// The budget year that the document itself gives, if it does.
    #[must_use]
    pub fn budget_year(&self) -> Option<YearFound> {
        match self {
            Self::Budget(budget) => budget.budget_year,
            Self::GoalPage(page) => page.budget_year,
        }
    }

    /// Every year found in the title, the announcement and the known headings, in
    /// reading order. One that differs from the year asked for contradicts it.
    #[must_use]
    pub fn years(&self) -> &[YearFound] {
        match self {
            Self::Budget(budget) => &budget.years,
            Self::GoalPage(page) => &page.years,
        }
    }

    /// The goals in reading order; at least one, exactly one of a goal's page.
    #[must_use]
    pub fn goals(&self) -> &[Goal] {
        match self {
            Self::Budget(budget) => &budget.goals,
            Self::GoalPage(page) => std::slice::from_ref(&page.goal),
        }
    }

    /// The day given after "Sidan uppdaterad".
    #[must_use]
    pub fn source_updated_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Budget(budget) => budget.source_updated_on,
            Self::GoalPage(page) => page.source_updated_on,
        }
    }

    /// What a reader should look at, in the order of the lines.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        match self {
            Self::Budget(budget) => &budget.doubts,
            Self::GoalPage(page) => &page.doubts,
        }
    }
}

/// The goals of one budget year (Swedish: kommunövergripande mål i budgeten).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetDocument {
    /// The year in the title, else the one in the announcement.
    pub budget_year: Option<YearFound>,
    /// The title as it stands, such as "Kommunövergripande mål budget 2023".
    pub title: Option<String>,
    /// The body named before the introduction, such as "Kommunfullmäktige".
    pub decided_by: Option<String>,
    /// The introduction's paragraphs, joined by an empty line. Without headings,
    /// the announcement and the list of goals.
    pub description: Option<String>,
    /// How many goals the introduction announces.
    pub announced: Option<AnnouncedCount>,
    /// The goals in reading order, at least one.
    pub goals: Vec<Goal>,
    /// The day given after "Sidan uppdaterad".
    pub source_updated_on: Option<NaiveDate>,
    /// See [`Document::years`].
    pub years: Vec<YearFound>,
    /// See [`Document::doubts`].
    pub doubts: Vec<Doubt>,
}

/// The published page of one goal (Swedish: målsida).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalPage {
    /// The year in the first known heading that has one.
    pub budget_year: Option<YearFound>,
    /// The goal; its name is that of the page, its statement the first paragraph.
    pub goal: Goal,
    /// The day given after "Sidan uppdaterad".
    pub source_updated_on: Option<NaiveDate>,
    /// See [`Document::years`].
    pub years: Vec<YearFound>,
    /// See [`Document::doubts`].
    pub doubts: Vec<Doubt>,
}

/// A year (Swedish: budgetår) and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearFound {
    /// 1900–2200.
    pub year: i32,
    /// The 1-based line.
    pub line: usize,
}

/// The announced number of goals (Swedish: "finns åtta kommunövergripande mål").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncedCount {
    /// The number, written as a numeral or in digits.
    pub count: usize,
    /// The 1-based line.
    pub line: usize,
}

/// One goal (Swedish: kommunövergripande mål).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The 1-based line of its heading.
    pub line: usize,
    /// Such as "1.1", or "1" of "Mål 1:".
    pub number: Option<String>,
    /// The short name that a goal's page has.
    pub name: Option<String>,
    /// What the council wants. From the list of goals when there, else the heading,
    /// both without a trailing full stop; of a goal's page its first paragraph as it stands.
    pub statement: String,
    /// The political text (Swedish: politisk text), one paragraph each.
    pub paragraphs: Vec<Paragraph>,
    /// What stands under the known headings, in reading order.
    pub sections: Vec<Section>,
}

impl Goal {
    /// The political text as one text, an empty line between paragraphs; none when there is none.
    #[must_use]
    pub fn political_text(&self) -> Option<String> {
        join_paragraphs(&self.paragraphs)
    }

    /// The items under every heading of that kind, in reading order.
    pub fn items(&self, kind: SectionKind) -> impl Iterator<Item = &Item> {
        let of_kind = move |section: &&Section| section.kind == kind;
        self.sections
            .iter()
            .filter(of_kind)
            .flat_map(|section| section.items.iter())
    }
}

pub(super) fn join_paragraphs(paragraphs: &[Paragraph]) -> Option<String> {
    let texts: Vec<&str> = paragraphs
        .iter()
        .map(|paragraph| paragraph.text.as_str())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// One paragraph (Swedish: stycke).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// The 1-based line where it starts.
    pub line: usize,
    /// Its text on one line.
    pub text: String,
}

/// A heading under a goal (Swedish: rubrik) with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The 1-based line of the heading.
    pub line: usize,
    /// Which heading.
    pub kind: SectionKind,
    /// The heading as it stands.
    pub heading: String,
    /// The year in the heading.
    pub year: Option<i32>,
    /// What stands under it; empty for "-" and for nothing.
    pub items: Vec<Item>,
}

/// Which heading under a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// "Så här gör vi för att nå målet": has nothing of its own.
    Approach,
    /// "Uppdrag från fullmäktige": assignments from the council.
    CouncilAssignments,
    /// "Nämndernas egna uppdrag": the boards' own assignments.
    BoardAssignments,
    /// "Nyckeltal": key figures.
    Indicators,
    /// "Investeringar": investments.
    Investments,
    /// "För att nå målet har vi bland annat": achievements.
    Achievements,
    /// Any other heading that follows one of these.
    Unknown,
}

/// One entry of a list under a heading (Swedish: punkt), without its marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The 1-based line where it starts.
    pub line: usize,
    /// Its whole text on one line.
    pub text: String,
    /// The line above that introduces it and its neighbours, such as "Socialnämnden:".
    pub lead_in: Option<String>,
}
