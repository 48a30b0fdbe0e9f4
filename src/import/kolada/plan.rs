//! What to ask for: which parts, and each of them whole or from a day on.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::ledger::Asked;
use super::model::Figure;

/// The most ids that Kolada takes in a segment of a path.
pub(super) const MOST_IDS: usize = 25;

/// Some municipalities, and some years or all (del).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The areas' codes, 25 at most.
    pub areas: Vec<String>,
    /// The years, 25 at most; all, where there are none.
    pub years: Vec<i32>,
}

impl Part {
    /// As the end of a path has it.
    pub(super) fn path(&self) -> String {
        let areas = self.areas.join(",");
        if self.years.is_empty() {
            return format!("municipality/{areas}");
        }
        let years: Vec<String> = self.years.iter().map(i32::to_string).collect();
        format!("municipality/{areas}/year/{}", years.join(","))
    }
}

/// The parts of these areas and years.
pub(super) fn parts(areas: &[String], years: &[i32]) -> Vec<Part> {
    let years: Vec<&[i32]> = match years {
        [] => vec![&[]],
        some => some.chunks(MOST_IDS).collect(),
    };
    let of_areas = areas.chunks(MOST_IDS).flat_map(|areas| {
        years.iter().map(move |years| Part {
            areas: areas.to_vec(),
            years: years.to_vec(),
        })
    });
    of_areas.collect()
}

/// What is asked for at once, and written in one transaction (enhet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// Kolada's ids of the key figures, 25 at most.
    pub ids: Vec<String>,
    /// The municipalities and years.
    pub part: Part,
    /// The day from which to ask for what has changed; for everything, where there is none.
    pub from: Option<NaiveDate>,
}

impl Unit {
    /// Whether a figure is of what it asks for.
    pub(super) fn asks_for(&self, figure: &Figure) -> bool {
        let key = &figure.key;
        let years = &self.part.years;
        self.ids.contains(&key.id)
            && self.part.areas.contains(&key.area)
            && (years.is_empty() || years.contains(&key.year))
    }

    /// The path to ask for.
    pub(super) fn path(&self) -> String {
        format!("/data/kpi/{}/{}", self.ids.join(","), self.part.path())
    }
}

/// On what terms the units are made (villkor).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// Whether to ask for everything, though it is known from when.
    pub full: bool,
    /// Whether reported values are to be written over.
    pub overwriting: bool,
    /// The import that is gone on with, if one is.
    pub going_on: Option<Uuid>,
}

/// The units of a part, and how many units' worth of it this import has done before.
pub(super) fn units(
    ids: &[String],
    part: &Part,
    asked: &HashMap<String, Asked>,
    terms: Terms,
) -> (Vec<Unit>, usize) {
    let mut alike: BTreeMap<Option<NaiveDate>, Vec<String>> = BTreeMap::new();
    let mut done = 0_usize;
    for id in ids {
        let known = asked.get(id);
        if known.is_some_and(|known| Some(known.import_id) == terms.going_on) {
            done += 1;
            continue;
        }
        // What was kept from being written over before has to come again.
        let whole = terms.full || known.is_none_or(|known| terms.overwriting && !known.overwriting);
        let from = known.filter(|_| !whole).map(|known| known.from);
        alike.entry(from).or_default().push(id.clone());
    }
    let units = alike.into_iter().flat_map(|(from, ids)| {
        let unit = |ids: &[String]| Unit {
            ids: ids.to_vec(),
            part: part.clone(),
            from,
        };
        ids.chunks(MOST_IDS).map(unit).collect::<Vec<_>>()
    });
    (units.collect(), done.div_ceil(MOST_IDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("N{n:05}")).collect()
    }

    fn terms() -> Terms {
        Terms {
            full: false,
            overwriting: false,
            going_on: None,
        }
    }

    #[test]
    fn no_segment_of_a_path_has_more_than_twenty_five_ids() {
        let areas: Vec<String> = (0..312).map(|n| format!("{n:04}")).collect();
        let years: Vec<i32> = (1970..2027).collect();
        let parts = parts(&areas, &years);
        assert_eq!(parts.len(), 13 * 3);
        for part in &parts {
            let (units, done) = units(&codes(30), part, &HashMap::new(), terms());
            assert_eq!((units.len(), done), (2, 0));
            for unit in &units {
                assert_eq!(unit.from, None);
                assert!(
                    unit.path()
                        .split('/')
                        .all(|segment| segment.split(',').count() <= 25)
                );
            }
        }
        assert_eq!(
            parts[0]
                .path()
                .split('/')
                .next_back()
                .map(|years| years.split(',').count()),
            Some(25)
        );
    }

    #[test]
    fn what_is_known_is_asked_for_from_its_day_and_what_is_done_not_at_all() {
        let day = |text: &str| text.parse().expect("a date");
        let (now, before) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let asked = |from, import_id| Asked {
            from: day(from),
            overwriting: false,
            import_id,
        };
        let known = HashMap::from([
            ("N00000".to_owned(), asked("2026-11-01", now)),
            ("N00001".to_owned(), asked("2026-11-02", before)),
            ("N00002".to_owned(), asked("2026-11-03", before)),
        ]);
        let part = Part {
            areas: vec!["2380".to_owned()],
            years: vec![],
        };
        let paths = |terms| {
            let (units, done) = units(&codes(4), &part, &known, terms);
            let paths = units.iter().map(|unit| (unit.path(), unit.from));
            (paths.collect::<Vec<_>>(), done)
        };
        let path = |ids: &str| format!("/data/kpi/{ids}/municipality/2380");
        let going_on = Terms {
            going_on: Some(now),
            ..terms()
        };
        let expected = vec![
            (path("N00003"), None),
            (path("N00001"), Some(day("2026-11-02"))),
            (path("N00002"), Some(day("2026-11-03"))),
        ];
        assert_eq!(paths(going_on), (expected, 1));
        for terms in [
            Terms {
                full: true,
                ..going_on
            },
            Terms {
                overwriting: true,
                ..going_on
            },
        ] {
            let expected = vec![(path("N00001,N00002,N00003"), None)];
            assert_eq!(paths(terms), (expected, 1));
        }
    }
}
