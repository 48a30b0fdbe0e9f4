//! Values by the hundred thousand, each code kept once.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::decimal::Decimal;
use crate::formats::json_stat::cells;
use crate::resources::values::{Figure, Gender, Provenance, ValueRow, ValueStatus};

/// Codes in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub(super) all: Vec<String>,
    places: HashMap<String, u32>,
}

impl Codes {
    fn place(&mut self, code: String) -> u32 {
        if let Some(place) = self.places.get(&code) {
            return *place;
        }
        let place = self.all.len() as u32;
        self.places.insert(code.clone(), place);
        self.all.push(code);
        place
    }

    /// The code at a place.
    pub(super) fn at(&self, place: u32) -> &str {
        self.all.get(place as usize).map_or("", String::as_str)
    }
}

/// A value with its codes by their places.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) indicator: u32,
    pub(super) municipality: u32,
    pub(super) year: i32,
    pub(super) gender: Gender,
    pub(super) value: Option<Decimal>,
    pub(super) status: ValueStatus,
    pub(super) provenance: Provenance,
    pub(super) note: Option<Box<str>>,
    /// When it was made and changed; not told of a series.
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: DateTime<Utc>,
}

/// What there is room for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Room {
    /// So many rows.
    Rows(usize),
    /// A cube of so many cells.
    Cells(usize),
}

/// Values that were read, and what they have in common.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) indicators: Codes,
    pub(super) municipalities: Codes,
    pub(super) years: BTreeSet<i32>,
    pub(super) genders: Vec<Gender>,
    pub(super) values: Vec<Value>,
    pub(super) updated: Option<DateTime<Utc>>,
    /// How many of them are Kolada's own.
    pub(super) kolada: usize,
    pub(super) room: Room,
}

impl Gathered {
    pub(super) fn new(room: Room) -> Self {
        Self {
            indicators: Codes::default(),
            municipalities: Codes::default(),
            years: BTreeSet::new(),
            genders: Vec::new(),
            values: Vec::new(),
            updated: None,
            kolada: 0,
            room,
        }
    }

    /// How many cells a cube of them has.
    pub(super) fn cells(&self) -> u128 {
        cells([
            self.indicators.all.len(),
            self.municipalities.all.len(),
            self.years.len(),
            self.genders.len(),
        ])
    }

    /// Whether they are more than there is room for.
    pub(super) fn is_too_large(&self) -> bool {
        match self.room {
            Room::Rows(most) => self.values.len() > most,
            Room::Cells(most) => self.cells() > most as u128,
        }
    }

    /// Adds a value; false where there is no more room.
    pub(super) fn take(&mut self, row: ValueRow) -> bool {
        let (key, content) = (row.key, row.content);
        let value = Value {
            indicator: self.indicators.place(key.indicator_code),
            municipality: self.municipalities.place(key.municipality_code),
            year: key.year,
            gender: key.gender,
            value: content.value,
            status: content.status,
            provenance: content.provenance,
            note: content.note.map(String::into_boxed_str),
            created_at: Some(row.created_at),
            updated_at: row.updated_at,
        };
        self.add(value);
        !self.is_too_large()
    }

    /// Adds a value of a series.
    pub(super) fn take_figure(&mut self, figure: &Figure) {
        let value = Value {
            indicator: self.indicators.place(figure.indicator_code.clone()),
            municipality: self.municipalities.place(figure.municipality_code.clone()),
            year: figure.year,
            gender: figure.gender,
            value: figure.value,
            status: figure.status,
            provenance: figure.provenance,
            note: None,
            created_at: None,
            updated_at: figure.updated_at,
        };
        self.add(value);
    }

    fn add(&mut self, value: Value) {
        self.years.insert(value.year);
        if !self.genders.contains(&value.gender) {
            self.genders.push(value.gender);
        }
        self.updated = self.updated.max(Some(value.updated_at));
        self.kolada += usize::from(value.provenance == Provenance::Kolada);
        self.values.push(value);
    }
}
