//! Figures, which are values here.

use std::collections::HashMap;

use super::super::model::{Figure, FigureKey, Said};
use super::super::report::{Left, MOST_LISTED, Report};
use crate::database::{Connection, Failure};
use crate::problem::{Code, Problem};
use crate::resources::values::{
    IncomingRow, KeyParts, OnConflict, Provenance, Staging, Terms, ValueContent, ValueStatus,
    Wanted,
};

/// How many rows are laid in the database at once.
const PIECE: usize = 5_000;
/// How many faults are told.
const TOLD: usize = 5;

/// The rows of the figures, each key once: what was said last of it, but a figure is not
/// withdrawn by an answer that also gives it.
pub(super) fn rows(
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

/// Writes the rows: a reported value is left where it is not to be written over, and
/// what is not Kolada's is never withdrawn.
pub(super) async fn write(
    connection: &mut Connection,
    rows: Vec<IncomingRow>,
    overwriting: bool,
    report: &mut Report,
) -> Result<(), Failure> {
    let terms = Terms {
        on_conflict: OnConflict::Update,
        overwrite_reported: overwriting,
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
    staging.keep_notes(connection).await?;
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

/// 422: what the figures are of has gone.
async fn refused(connection: &mut Connection, staging: &Staging) -> Result<Failure, Failure> {
    let (faults, total) = staging.faults(connection, false, TOLD).await?;
    let told: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    let detail = format!("{total} figures do not fit: {}", told.join("; "));
    Ok(Problem::new(Code::InvalidContent, detail).into())
}
