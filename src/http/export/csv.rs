//! Rows as CSV (RFC 4180): UTF-8, CRLF, one header row, an empty cell for null.
//!
//! A cell of text that a spreadsheet would take for a formula gets an apostrophe
//! before it, and so does one that has apostrophes before such a sign already: whoever
//! takes one apostrophe away from such cells has what was there. Numbers are left alone.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};
use serde_json::Value;

use super::columns::{Column, Datatype};
use crate::http::forms::Dialect;
use crate::problem::Problem;

/// What spreadsheets take for the beginning of a formula.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a spreadsheet would take it for a formula, but for apostrophes before it.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINS_A_FORMULA)
}

/// Text as a cell has it.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_risky(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that a cell was made of.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_risky(text) => text,
        _ => cell,
    }
}

/// A row as PostgreSQL writes it, its line feed left off, as a row of ours: each cell
/// of a column with text guarded, and the line end of RFC 4180. `texts` tells which
/// columns have text.
pub(super) fn copied(row: &[u8], texts: &[bool], dialect: Dialect, out: &mut Vec<u8>) {
    // An empty line is no row to most readers: the only column is null.
    if row.is_empty() {
        out.extend_from_slice(b"\"\"");
    }
    let (mut written, mut begins) = (0, 0);
    for is_text in texts {
        let Some(cell) = row.get(begins..).filter(|cell| !cell.is_empty()) else {
            break;
        };
        let quoted = cell.first() == Some(&b'"');
        let text = begins + usize::from(quoted);
        if *is_text && begins_a_formula(row.get(text..).unwrap_or_default()) {
            out.extend_from_slice(&row[written..text]);
            out.push(b'\'');
            written = text;
        }
        begins += length(cell, quoted, dialect.separator() as u8) + 1;
    }
    out.extend_from_slice(&row[written..]);
    out.extend_from_slice(b"\r\n");
}

/// The same as [`is_risky`] for a cell and what follows it: no separator and no quote
/// is such a sign.
fn begins_a_formula(cell: &[u8]) -> bool {
    let sign = cell.iter().find(|byte| **byte != b'\'');
    sign.is_some_and(|sign| BEGINS_A_FORMULA.contains(&char::from(*sign)))
}

/// How long the first cell is; a quote inside quotes is doubled.
fn length(cells: &[u8], quoted: bool, separator: u8) -> usize {
    let mut inside = quoted;
    let ends = cells.iter().skip(usize::from(quoted)).position(|byte| {
        if quoted && *byte == b'"' {
            inside = !inside;
        }
        *byte == separator && !inside
    });
    ends.map_or(cells.len(), |ends| ends + usize::from(quoted))
}

/// The header row, with what stands before it.
pub(super) fn header(columns: &[&Column], dialect: Dialect) -> Result<Vec<u8>, Problem> {
    let mut out = match dialect {
        Dialect::Rfc4180 => Vec::new(),
        Dialect::ExcelSv => "\u{feff}".as_bytes().to_vec(),
    };
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    write(&names, dialect, &mut out)?;
    Ok(out)
}

/// One item as a row.
pub(super) fn row(
    item: &Value,
    columns: &[&Column],
    dialect: Dialect,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    let cells: Vec<String> = columns
        .iter()
        .map(|column| {
            let member = &item[&column.member];
            let value = column.part.as_ref().map_or(member, |part| &member[part]);
            cell(value, column, dialect)
        })
        .collect();
    write(&cells, dialect, out)
}

fn cell(value: &Value, column: &Column, dialect: Dialect) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => match (column.datatype, dialect) {
            (Datatype::Decimal, Dialect::ExcelSv) => number.to_string().replace('.', ","),
            _ => number.to_string(),
        },
        Value::String(text) if column.datatype == Datatype::Text => guarded(text).into_owned(),
        Value::String(text) => text.clone(),
        Value::Array(several) => {
            let each = several.iter().map(|one| match one {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            let all = each.collect::<Vec<_>>().join(" ");
            guarded(&all).into_owned()
        }
    }
}

fn write(cells: &[impl AsRef<[u8]>], dialect: Dialect, out: &mut Vec<u8>) -> Result<(), Problem> {
    let mut writer = WriterBuilder::new()
        .delimiter(dialect.separator() as u8)
        .terminator(Terminator::CRLF)
        .buffer_capacity(1024)
        .from_writer(out);
    writer
        .write_record(cells)
        .map_err(|_| Problem::internal())?;
    writer.flush().map_err(|_| Problem::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_text_comes_back_as_it_was() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+46 63 14 30 00", "'+46 63 14 30 00"),
            ("-A", "'-A"),
            ("@SUM", "'@SUM"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("'tis", "'tis"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
    }
    #[test]
    fn a_row_of_postgresql_is_guarded_where_it_has_text() {
        let texts = [true, false, true, true];
        for (row, ours) in [
            ("a,-1,b,", "a,-1,b,"),
            ("-A,-1,=x,'=y", "'-A,-1,'=x,''=y"),
            (
                "\"=a,-b\",2,\"-\"\"q\"\",+\",@",
                "\"'=a,-b\",2,\"'-\"\"q\"\",+\",'@",
            ),
            ("\"x\n-y\",3,',-", "\"x\n-y\",3,','-"),
            ("å,,,", "å,,,"),
            ("", "\"\""),
        ] {
            let mut out = Vec::new();
            copied(row.as_bytes(), &texts, Dialect::Rfc4180, &mut out);
            assert_eq!(
                String::from_utf8_lossy(&out),
                format!("{ours}\r\n"),
                "{row}"
            );
        }
    }
}
