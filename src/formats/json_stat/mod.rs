//! JSON-stat 2.0 (<https://json-stat.org/full/>): figures as a cube of
//! dimensions, as Statistics Sweden's own API gives them.

mod write;

#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::decimal::Decimal;

/// A cube of figures (tabell, kub) with `N` dimensions.
#[derive(Clone, Debug)]
pub struct Dataset<const N: usize> {
    /// What it is, in one line.
    pub label: String,
    /// Who is to be cited.
    pub source: Option<String>,
    /// When the newest of the figures was changed.
    pub updated: Option<DateTime<Utc>>,
    /// What every reader has to know.
    pub notes: Vec<String>,
    /// The address that gives this dataset.
    pub href: Option<String>,
    /// Where more is, by relation.
    pub links: Vec<Link>,
    /// The dimensions, the last one varying the fastest.
    pub dimensions: [Dimension; N],
    /// The figures that there are, in any order, no two at one place.
    pub figures: Vec<Figure<N>>,
    /// What the standard has no place for, by name.
    pub extension: Map<String, Value>,
}

/// A link to something else (IANA's link relations).
#[derive(Clone, Debug)]
pub struct Link {
    /// How it relates to the dataset, such as `license`.
    pub relation: &'static str,
    /// Its media type.
    pub media_type: Option<&'static str>,
    /// Its address.
    pub href: String,
}

/// What a dimension is about, where that is more than a way to divide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// When.
    Time,
    /// Where.
    Geo,
    /// What was measured.
    Metric,
    /// Anything else.
    Classification,
}

/// A dimension of a cube (variabel).
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name for programs.
    pub id: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Its name in English, which stands in its extension.
    pub label_en: &'static str,
    /// What it is about.
    pub role: Role,
    /// Its categories, in order, no two of one code.
    pub categories: Vec<Category>,
}

/// A category of a dimension (variabelvärde).
#[derive(Clone, Debug, Default)]
pub struct Category {
    /// Its name for programs.
    pub code: String,
    /// Its name for people; where two have the same, their codes are added.
    pub label: String,
    /// What its figures are counted in, where it is something measured.
    pub unit: Option<Unit>,
    /// What a reader has to know of it.
    pub note: Option<String>,
}

/// What figures are counted in (enhet).
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name.
    pub label: String,
    /// With how many decimals the figures are shown; they may have more.
    pub decimals: i32,
}

/// A figure in a cube (värde).
#[derive(Clone, Debug)]
pub struct Figure<const N: usize> {
    /// Its category in each dimension, from 0.
    pub at: [u32; N],
    /// The figure, or none.
    pub value: Option<Decimal>,
    /// Its status; `None` for that of most figures.
    pub status: Option<&'static str>,
    /// Where it comes from.
    pub provenance: &'static str,
    /// What a reader has to know of it.
    pub note: Option<Box<str>>,
}

/// Why a cube was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongDataset {
    /// It would have so many cells, which is more than it may have.
    TooManyCells(u128),
    /// A figure stands outside of it.
    Misplaced,
}

impl fmt::Display for WrongDataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyCells(cells) => write!(f, "the cube would have {cells} cells"),
            Self::Misplaced => write!(f, "a figure stands outside of the cube"),
        }
    }
}

impl std::error::Error for WrongDataset {}

impl<const N: usize> Dataset<N> {
    /// How many cells the cube has: the product of its dimensions' sizes.
    pub fn cells(&self) -> u128 {
        cells(self.dimensions.iter().map(|found| found.categories.len()))
    }

    /// The dataset as JSON, of at most `max_cells` cells: whoever reads it makes
    /// room for all of them, however few have a figure.
    pub fn write(&self, max_cells: usize) -> Result<Vec<u8>, WrongDataset> {
        let cells = self.cells();
        if cells > max_cells as u128 {
            return Err(WrongDataset::TooManyCells(cells));
        }
        write::write(self, cells as usize)
    }
}

/// How many cells a cube with dimensions of these sizes has.
pub fn cells(sizes: impl IntoIterator<Item = usize>) -> u128 {
    sizes.into_iter().fold(1, |product: u128, size| {
        product.saturating_mul(size as u128)
    })
}
