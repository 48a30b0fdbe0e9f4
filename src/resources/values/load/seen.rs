//! What the rows of a load have in them, noted as they come, so that the database
//! need look only for those faults that there can be.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::{Gender, IncomingRow, Provenance};

/// Of more keys than this none is remembered, so that memory does not grow with
/// the rows.
const MOST_KEYS: usize = 200_000;

/// What the rows have in them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The indicators that rows refer to.
    pub(super) indicators: BTreeSet<String>,
    /// The municipalities that rows refer to.
    pub(super) municipalities: BTreeSet<String>,
    /// Whether some value is of women or of men alone.
    pub(super) by_gender: bool,
    /// Whether some value is not a reported one.
    pub(super) not_reported: bool,
    /// Whether some key may come twice.
    pub(super) may_repeat: bool,
    /// A number for each key; two keys can have the same.
    keys: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    pub(super) fn note(&mut self, row: &IncomingRow) {
        let key = &row.key;
        for (set, code) in [
            (&mut self.indicators, &key.indicator_code),
            (&mut self.municipalities, &key.municipality_code),
        ] {
            if let Some(code) = code.as_ref().filter(|code| !set.contains(*code)) {
                set.insert(code.clone());
            }
        }
        self.by_gender |= key.gender.is_some_and(|gender| gender != Gender::All);
        self.not_reported |= row
            .content()
            .is_some_and(|content| content.provenance != Provenance::Reported);
        if self.may_repeat {
            return;
        }
        let number = self.hasher.hash_one((
            &key.indicator_code,
            &key.municipality_code,
            key.year,
            key.gender,
        ));
        self.may_repeat = !self.keys.insert(number) || self.keys.len() > MOST_KEYS;
        if self.may_repeat {
            self.keys = HashSet::new();
        }
    }
}
