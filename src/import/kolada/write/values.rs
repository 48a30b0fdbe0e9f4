//! Figures, which are values here.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::model::{Figure, FigureKey, Said};
use super::super::report::{Left, MOST_LISTED, Report};
use super::Whole;
use crate::database::{Connection, Failure};
use crate::problem::{Code, Problem};
use crate::resources::values::{
    Gender, IncomingRow, KeyParts, OnConflict, Provenance, Staging, Terms, ValueContent, ValueKey,
    ValueStatus, Wanted,
};

/// How many rows are laid in the database at once.
const PIECE: usize = 5_000;
/// How many faults are told.
const TOLD: usize = 5;

/// The rows of the figures, each key once: what was said last of it, but a figure is not
/// withdrawn by an answer that also gives it.
fn rows(
    figures: Vec<Figure>,
    codes: &HashMap<String, String>,
    report: &mut Report,
) -> Vec<IncomingRow> {
    let mut places: HashMap<FigureKey, usize> = HashMap::with_capacity(figures.len());
    let mut rows: Vec<IncomingRow> = Vec::with_capacity(figures.len());
    for Figure { key, said } in figures {
        let Some(code) = codes.get(&key.id) else {
            let FigureKey {
                id,
                area,
                year,
                gender,
            } = key;
            report.values.left_out.push(Left {
                what: format!("{id} {area} {year} {}", gender.word()),
                reason: "its key figure was left".to_owned(),
            });
            continue;
        };
        match places.get(&key) {
            Some(_) if said == Said::Withdrawn => {}
            Some(place) => rows[*place].wanted = wanted(said),
            None => {
                let row = IncomingRow {
                    row: rows.len() as i64 + 1,
                    key: KeyParts {
                        indicator_code: Some(code.clone()),
                        municipality_code: Some(key.area.clone()),
                        year: Some(key.year),
                        gender: Some(key.gender),
                    },
                    wanted: wanted(said),
                    sound: true,
                };
                places.insert(key, rows.len());
                rows.push(row);
            }
        }
    }
    rows
}

/// What Kolada says is final; it does not tell what is preliminary.
fn wanted(said: Said) -> Wanted {
    let (value, status) = match said {
        Said::Withdrawn => return Wanted::Nothing,
        Said::Missing => (None, ValueStatus::Missing),
        Said::Value(value) => (Some(value), ValueStatus::Final),
    };
    Wanted::Value(ValueContent {
        value,
        status,
        provenance: Provenance::Kolada,
        note: None,
    })
}

/// What the figures are of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of<'a> {
    /// The indicators, by Kolada's id.
    pub codes: &'a HashMap<String, String>,
    /// What the answer is the whole of, if it is, with the indicators by Kolada's id.
    pub whole: Option<(&'a Whole, &'a HashMap<String, String>)>,
    /// Whether reported values are written over.
    pub overwriting: bool,
}

/// Writes the figures: a reported value is left where it is not to be written over, and
/// what is not Kolada's is never withdrawn.
pub(super) async fn write(
    connection: &mut Connection,
    figures: Vec<Figure>,
    of: Of<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    if figures.is_empty() && of.whole.is_none() {
        return Ok(());
    }
    let mut rows = rows(figures, of.codes, report);
    if let Some((whole, codes)) = of.whole {
        withdraw_others(connection, &mut rows, whole, codes).await?;
    }
    let terms = Terms {
        on_conflict: OnConflict::Update,
        overwrite_reported: of.overwriting,
        withdraw_koladas_alone: true,
        board_id: None,
    };
    let mut staging = Staging::begin(connection).await?;
    for piece in rows.chunks(PIECE) {
        staging.add(connection, piece).await?;
    }
    drop(rows);
    if staging.check(connection, &terms).await? > 0 {
        return Err(refused(connection, &staging).await?);
    }
    staging.keep_notes();
    let loaded = staging.write(connection, &terms, |_| {}).await?;
    let values = &mut report.values;
    let count = |number: i64| number.unsigned_abs();
    values.created += count(loaded.created);
    values.unchanged += count(loaded.unchanged);
    values.kept += count(loaded.kept);
    if loaded.updated + loaded.deleted > 0 {
        let most = i64::try_from(MOST_LISTED).unwrap_or(i64::MAX);
        for change in staging.revisions(connection, most).await? {
            let list = match change.after {
                Some(_) => &mut values.revised,
                None => &mut values.withdrawn,
            };
            list.items.push(change.into());
        }
    }
    values.revised.total += count(loaded.updated);
    values.withdrawn.total += count(loaded.deleted);
    staging.end(connection).await?;
    Ok(())
}

/// Adds rows that withdraw what is here of the whole and has no row. An answer that has
/// nothing of a key figure withdraws none of it: it may be Kolada's fault.
async fn withdraw_others(
    connection: &mut Connection,
    rows: &mut Vec<IncomingRow>,
    whole: &Whole,
    codes: &HashMap<String, String>,
) -> Result<(), Failure> {
    let told = rows
        .iter()
        .filter_map(|row| row.key.indicator_code.as_ref());
    let left_out = whole.left_out.iter();
    let told = told.chain(left_out.filter_map(|key| codes.get(&key.id)));
    let of: BTreeSet<String> = told.cloned().collect();
    let of: Vec<String> = of.into_iter().collect();
    let there = Staging::koladas_within(connection, &of, &whole.areas, &whole.years).await?;
    let left_out = whole.left_out.iter().filter_map(|key| {
        let code = codes.get(&key.id)?;
        Some((code.as_str(), key.area.as_str(), key.year, key.gender))
    });
    let in_it = rows.iter().filter_map(|row| {
        let key = &row.key;
        let (code, area) = (
            key.indicator_code.as_deref()?,
            key.municipality_code.as_deref()?,
        );
        Some((code, area, key.year?, key.gender?))
    });
    let stays: HashSet<(&str, &str, i32, Gender)> = left_out.chain(in_it).collect();
    let gone = there.into_iter().filter(|key| {
        let (code, area) = (key.indicator_code.as_str(), key.municipality_code.as_str());
        !stays.contains(&(code, area, key.year, key.gender))
    });
    let gone: Vec<ValueKey> = gone.collect();
    for key in gone {
        rows.push(IncomingRow {
            row: rows.len() as i64 + 1,
            key: KeyParts {
                indicator_code: Some(key.indicator_code),
                municipality_code: Some(key.municipality_code),
                year: Some(key.year),
                gender: Some(key.gender),
            },
            wanted: Wanted::Nothing,
            sound: true,
        });
    }
    Ok(())
}

/// 422: what the figures are of has gone.
async fn refused(connection: &mut Connection, staging: &Staging) -> Result<Failure, Failure> {
    let (faults, total) = staging.faults(connection, false, TOLD).await?;
    let told: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    let detail = format!("{total} figures do not fit: {}", told.join("; "));
    Ok(Problem::new(Code::InvalidContent, detail).into())
}
