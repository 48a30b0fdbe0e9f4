//! Writing what Kolada says, one unit in one transaction.

mod areas;
mod key_figures;
mod values;

use std::collections::{HashMap, HashSet};

use super::ledger::{self, Note, Noted};
use super::model::{Area, Figure, FigureKey, Group, KeyFigure};
use super::report::Report;
use crate::database::{Connection, Failure};

/// What is written together (enhet).
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    /// Where Kolada is: the key figures say so.
    pub source: String,
    /// The areas that must be there; they are made.
    pub areas: Vec<Area>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The key figures.
    pub key_figures: Vec<Drafted>,
    /// The indicators that are there for key figures that are not in the batch, by
    /// Kolada's id.
    pub codes: HashMap<String, String>,
    /// The figures, in the order in which they were said.
    pub figures: Vec<Figure>,
    /// What is to be noted as asked for: of all key figures in the batch.
    pub note: Option<Note>,
    /// Whether reported values are written over.
    pub overwriting: bool,
    /// What the answer is the whole of, if it is: what is here of that and not in it is
    /// withdrawn.
    pub whole: Option<Whole>,
    /// The key figures whose indicators this import has made, with the decimals that it
    /// has set last.
    pub made: HashMap<String, i32>,
    /// The ids of key figures and the codes of areas of which an earlier batch has
    /// told: in a dry run each makes them anew.
    pub told: HashSet<String>,
}

/// What of the figures of a batch's key figures an answer is the whole of (helt svar).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Whole {
    /// The areas' codes.
    pub areas: Vec<String>,
    /// The years; all, where there are none.
    pub years: Vec<i32>,
    /// Those that are in it and cannot be kept: what was there stays.
    pub left_out: HashSet<FigureKey>,
}

/// A key figure with what its figures show (nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drafted {
    /// As Kolada describes it.
    pub key: KeyFigure,
    /// The most decimals that one of its figures has.
    pub decimals: u32,
    /// Whether some of its figures are of women or of men.
    pub by_gender: bool,
}

/// What was written (utfall av en enhet).
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    /// What is to be told.
    pub report: Report,
    /// The indicators of the key figures, by Kolada's id.
    pub codes: HashMap<String, String>,
    /// Of the indicators that this import has made, the decimals that were set.
    pub made: HashMap<String, i32>,
}

/// Writes a batch within the transaction of `connection`. 422 when its figures are of
/// a key figure or an area that is not there.
pub(super) async fn write(connection: &mut Connection, batch: Batch) -> Result<Written, Failure> {
    let mut report = Report::default();
    areas::write(connection, &batch, &mut report).await?;
    areas::write_groups(connection, &batch.groups, &mut report).await?;
    let written = key_figures::write(connection, &batch, &mut report).await?;
    let mut codes = batch.codes;
    codes.extend(written.codes.clone());
    let of = values::Of {
        codes: &codes,
        whole: batch.whole.as_ref().map(|whole| (whole, &written.codes)),
        overwriting: batch.overwriting,
    };
    values::write(connection, batch.figures, of, &mut report).await?;
    if let Some(note) = &batch.note {
        let noted = written.codes.iter().map(|(id, code)| Noted {
            indicator_code: code.clone(),
            kolada_id: id.clone(),
            decimals: written.made.get(id).copied(),
        });
        let mut noted: Vec<Noted> = noted.collect();
        noted.sort_by(|a, b| a.indicator_code.cmp(&b.indicator_code));
        noted.dedup_by(|a, b| a.indicator_code == b.indicator_code);
        ledger::note(connection, &noted, note).await?;
    }
    Ok(Written {
        report,
        codes: written.codes,
        made: written.made,
    })
}

/// What is there for some key figures (befintligt).
#[derive(Clone, Debug, Default)]
pub(super) struct There {
    /// The indicators that they are, by Kolada's ids.
    pub codes: HashMap<String, String>,
    /// Kolada's ids that are the codes of indicators of other publishers.
    pub foreign: Vec<String>,
}

/// What is there for these key figures.
pub(super) async fn there(connection: &mut Connection, ids: &[String]) -> Result<There, Failure> {
    key_figures::there(connection, ids).await
}
