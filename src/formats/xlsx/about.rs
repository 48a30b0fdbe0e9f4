//! The sheet that says what the rows are.

use chrono::{DateTime, SecondsFormat, Utc};
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{About, Column, Counted, fitting};

/// A line: its name in Swedish and English, and what it says.
type Line = (&'static str, String);

/// Writes it all, as text.
pub(super) fn write(
    sheet: &mut Worksheet,
    columns: &[Column],
    about: &About,
    counted: Counted,
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name("Om data – About")?;
    for (column, width) in [(0, 34), (1, 70), (2, 70)] {
        sheet.set_column_width(column, width)?;
    }
    let mut row = 0;
    for (name, says) in facts(about, counted) {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        sheet.write_string_with_format(row, 1, fitting(&says), &wrapped)?;
        row += 1;
    }
    row += 1;
    for (column, text) in (0..).zip([
        "Kolumn / Column",
        "Beskrivning på svenska",
        "Description in English",
    ]) {
        sheet.write_string_with_format(row, column, text, &bold)?;
    }
    for column in columns {
        row += 1;
        sheet.write_string(row, 0, column.name.as_ref())?;
        sheet.write_string_with_format(row, 1, column.sv.as_ref(), &wrapped)?;
        sheet.write_string_with_format(row, 2, column.en.as_ref(), &wrapped)?;
    }
    Ok(())
}

fn facts(about: &About, counted: Counted) -> Vec<Line> {
    let moment = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    let lines = [
        ("Titel / Title", Some(about.title.clone())),
        ("Källa / Source", Some(about.source.clone())),
        ("Licens / Licence", about.licence.clone()),
        ("Hämtad / Retrieved", about.retrieved.map(moment)),
        ("Läget vid / As of", about.as_of.map(moment)),
        ("Senast ändrad / Last changed", about.updated.map(moment)),
        ("Adress / Query", Some(about.url.clone())),
        ("Antal rader / Rows", Some(counted.rows.to_string())),
        (
            "Källhänvisning / Credit",
            about.credit.as_ref().map(|credit| credit.text.to_owned()),
        ),
        (
            "Gäller / Goes for",
            about
                .credit
                .as_ref()
                .map(|credit| format!("{}\n{}", credit.sv, credit.en)),
        ),
        ("Siffror / Digits", Some(digits(counted))),
    ];
    let told = |(name, says): (&'static str, Option<String>)| Some((name, says?));
    lines.into_iter().filter_map(told).collect()
}

/// What Excel does to long numbers, and how many there are.
fn digits(counted: Counted) -> String {
    let found = match counted.long {
        0 => "Inga tal här har fler.\nNo number here has more.".to_owned(),
        long => format!(
            "{long} tal här har fler: hämta dem som CSV eller JSON för att få alla siffror.\n\
             {long} numbers here have more: take CSV or JSON for all their digits."
        ),
    };
    format!("Excel behåller 15 siffror i ett tal. / Excel keeps 15 digits of a number.\n{found}")
}
