//! What Kolada's answers say (API v3), as far as it is imported.

use chrono::NaiveDate;

use crate::decimal::Decimal;
use crate::resources::municipalities::MunicipalityKind;
use crate::resources::values::Gender;

/// A key figure as Kolada describes it (nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyFigure {
    /// Kolada's id, such as `N00945`.
    pub id: String,
    /// The title, at most 300 characters.
    pub title: String,
    /// How it is measured (beskrivning), at most 20 000 characters.
    pub description: Option<String>,
    /// Whether it has figures of women and of men (könsuppdelad).
    pub divided: bool,
    /// What operations it is about (verksamhetsområde).
    pub operating_area: Option<String>,
    /// What side of them it shows (perspektiv).
    pub perspective: Option<String>,
    /// The period that is published next (publiceringsperiod), such as `2025`.
    pub period: Option<String>,
    /// The day of the next publication; of the preliminary figures, where only that
    /// is known.
    pub next_publication: Option<NaiveDate>,
}

/// Whom figures are about (område): a municipality, a region or the country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Four digits; a region is `00` and its county's two, the country is `0000`.
    pub code: String,
    /// The name, at most 200 characters.
    pub name: String,
    /// What it is.
    pub kind: MunicipalityKind,
}

/// A municipality group (kommungrupp).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Kolada's id, such as `G37609`.
    pub id: String,
    /// The title, at most 300 characters.
    pub title: String,
    /// The codes of its members, by code and none twice.
    pub members: Vec<String>,
}

/// What a figure is about (nyckeltal, kommun, år, kön).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FigureKey {
    /// Kolada's id of the key figure.
    pub id: String,
    /// The area's code.
    pub area: String,
    /// The year.
    pub year: i32,
    /// Whom it is about.
    pub gender: Gender,
}

/// What Kolada says of a figure (utfall).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is this, with all its decimals.
    Value(Decimal),
    /// There is none (null).
    Missing,
    /// It was withdrawn (`isdeleted`).
    Withdrawn,
}

/// One figure (utfall, årsvärde).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// What it is about.
    pub key: FigureKey,
    /// What is said of it.
    pub said: Said,
}

/// A figure that cannot be kept, and why (utelämnat värde).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// What it is about, as Kolada has it.
    pub figure: String,
    /// The same, where it is one that could be here: that one stays.
    pub key: Option<FigureKey>,
    /// Why, in words.
    pub reason: String,
}

/// One row of data (rad): the figures of a key figure, an area and a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DataRow {
    /// Those that can be kept.
    pub figures: Vec<Figure>,
    /// Those that cannot.
    pub left_out: Vec<LeftOut>,
    /// The texts that say something of a figure which this service has no word for.
    pub statuses: Vec<String>,
}

/// A row of an answer, recognised by the members that it has (rad i svar).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Out of `/kpi`.
    KeyFigure(KeyFigure),
    /// Out of `/municipality`.
    Area(Area),
    /// Out of `/municipality_groups`.
    Group(Group),
    /// Out of `/data/…`.
    Data(DataRow),
}

impl Row {
    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::KeyFigure(_) => "key figures",
            Self::Area(_) => "municipalities",
            Self::Group(_) => "groups",
            Self::Data(_) => "data",
        }
    }
}
