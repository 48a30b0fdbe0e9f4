//! Values as a workbook: one row for each, with the names that its codes stand for.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};

use super::KOLADA;
use super::answer::About;
use super::gathered::{Gathered, Value};
use super::labels::Labels;
use crate::formats::xlsx::{self, Cell, Column, Credit, WrongWorkbook};

/// The columns that stand beside the members of a value, each after the one it
/// explains: for people, who know no codes.
const NAMES: [(&str, Column); 3] = [
    (
        "indicatorCode",
        Column::new(
            "indicatorTitle",
            "Nyckeltalets namn.",
            "The indicator's title.",
        ),
    ),
    (
        "municipalityCode",
        Column::new(
            "municipalityName",
            "Kommunens, regionens eller rikets namn.",
            "The name of the municipality, the region or the country.",
        ),
    ),
    (
        "value",
        Column::new(
            "unit",
            "Enheten som värdet anges i.",
            "What the value is counted in.",
        ),
    ),
];

/// These columns with those that explain them.
pub(super) fn explained(columns: Vec<Column>) -> Vec<Column> {
    let with = |column: Column| {
        let name = NAMES.into_iter().find(|(of, _)| *of == column.name);
        let name = name.map(|(_, name)| name);
        [Some(column), name]
    };
    columns.into_iter().flat_map(with).flatten().collect()
}

/// The workbook of these values.
pub(super) fn workbook(
    gathered: &Gathered,
    labels: &Labels,
    about: &About,
    columns: &[Column],
    max_rows: usize,
) -> Result<Vec<u8>, WrongWorkbook> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_ref()).collect();
    let rows = gathered.values.iter().map(|value| {
        let cell = |name: &&str| cell(name, value, gathered, labels);
        names.iter().map(cell).collect()
    });
    let told = xlsx::About {
        title: about.title.clone(),
        source: about.source.clone(),
        licence: about.licence.clone(),
        retrieved: about.retrieved,
        as_of: about.as_of,
        updated: gathered.updated,
        url: about.url.clone(),
        credit: credit(gathered),
    };
    // The epoch where nothing was ever written: any fixed time does.
    let created = about.retrieved.or(about.as_of).unwrap_or_default();
    xlsx::write(columns, rows, &told, created, max_rows)
}

fn cell<'a>(name: &str, value: &'a Value, gathered: &'a Gathered, labels: &'a Labels) -> Cell<'a> {
    let indicator = gathered.indicators.at(value.indicator);
    let municipality = gathered.municipalities.at(value.municipality);
    let text = |text: &'a str| Cell::Text(Cow::Borrowed(text));
    match name {
        "indicatorCode" => Cell::Code(indicator),
        "indicatorTitle" => labels
            .indicator(indicator)
            .map_or(Cell::Empty, |found| text(&found.title)),
        "municipalityCode" => Cell::Code(municipality),
        "municipalityName" => text(labels.municipality(municipality)),
        "year" => Cell::Whole(value.year),
        "gender" => text(value.gender.word()),
        "value" => value.value.map_or(Cell::Empty, Cell::Number),
        "unit" => labels
            .indicator(indicator)
            .map_or(Cell::Empty, |found| text(&found.unit)),
        "status" => text(value.status.word()),
        "provenance" => text(value.provenance.word()),
        "note" => value.note.as_deref().map_or(Cell::Empty, text),
        "createdAt" => value.created_at.map_or(Cell::Empty, moment),
        "updatedAt" => moment(value.updated_at),
        _ => Cell::Empty,
    }
}

/// A moment as text, as JSON has it: Excel has no time zones.
fn moment<'a>(moment: DateTime<Utc>) -> Cell<'a> {
    let text = moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    Cell::Text(Cow::Owned(text))
}

fn credit(gathered: &Gathered) -> Option<Credit> {
    let (kolada, all) = (gathered.kolada, gathered.values.len());
    (kolada > 0).then(|| Credit {
        text: KOLADA,
        sv: format!("{kolada} av {all} rader: de vars provenance är kolada."),
        en: format!("{kolada} of {all} rows: those whose provenance is kolada."),
    })
}
