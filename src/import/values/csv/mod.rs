//! Reading CSV (RFC 4180): the JSON names as header, one value a row.
//!
//! Pure: bytes in, rows and faults out. Nothing is kept but the row at hand.

mod quotes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{ErrorKind, Read};

use self::quotes::Checked;
use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::database::text_enum::Choice;
use crate::decimal::Decimal;
use crate::http::export::unguarded;
use crate::http::text::{self, Lines};
use crate::problem::{Code, Problem};
use crate::resources::values::{
    IncomingRow, KeyParts, Provenance, RowFault, ValueContent, ValueStatus, Wanted,
};

use super::{CONTENT, ROW, ReadRow, RowAction, not_with_delete, stand_in};

/// The columns that a file may have, by their names in the API.
const KNOWN: [&str; 9] = [
    "indicatorCode",
    "municipalityCode",
    "year",
    "gender",
    "value",
    "status",
    "provenance",
    "note",
    "action",
];
/// Those of them with text that a spreadsheet could take for a formula.
const TEXTS: [&str; 2] = ["indicatorCode", "note"];
/// The columns that it must have.
const REQUIRED: usize = 5;

/// Why a file cannot be read, or not to its end.
#[derive(Debug)]
pub enum Unreadable {
    /// It is no CSV, or its header is wrong: in words.
    Malformed(String),
    /// Reading failed.
    Io(std::io::Error),
}

impl From<Unreadable> for Problem {
    fn from(reason: Unreadable) -> Self {
        Self::new(Code::InvalidCsv, reason.to_string())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(detail) => f.write_str(detail),
            Self::Io(error) => error.fmt(f),
        }
    }
}

/// Where each known column stands in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    places: [Option<usize>; KNOWN.len()],
    count: usize,
}

impl Columns {
    /// Reads a header.
    pub fn read(header: &ByteRecord) -> Result<Self, String> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        let known = KNOWN.join(",");
        let mut columns = Self {
            count: names.len(),
            ..Self::default()
        };
        for (place, name) in names.iter().enumerate() {
            let Some(column) = KNOWN.iter().position(|known| known == name) else {
                let shown: String = name.chars().take(80).collect();
                return Err(format!(
                    "there is no column {shown:?}; the header is {known}, with commas between, the last four as wanted"
                ));
            };
            if columns.places[column].replace(place).is_some() {
                return Err(format!("the column {name} comes twice"));
            }
        }
        let missing = KNOWN
            .iter()
            .zip(columns.places)
            .take(REQUIRED)
            .find(|(_, place)| place.is_none());
        match missing {
            Some((name, _)) => Err(format!(
                "the column {name} is missing; the header is {known}"
            )),
            None => Ok(columns),
        }
    }
}

/// The rows of a file, one by one.
pub struct Rows<R> {
    reader: Reader<Checked<R>>,
    columns: Columns,
    record: ByteRecord,
    row: i64,
}

impl<R: Read> Rows<R> {
    /// Reads the header.
    pub fn new(input: R) -> Result<Self, Unreadable> {
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .from_reader(Checked::new(input));
        let header = reader.byte_headers().map_err(io)?;
        let columns = Columns::read(header).map_err(Unreadable::Malformed)?;
        Ok(Self {
            reader,
            columns,
            record: ByteRecord::new(),
            row: 0,
        })
    }

    /// The next row; `None` at the end. After an error no row can be told apart.
    pub fn next_row(&mut self) -> Result<Option<ReadRow>, Unreadable> {
        match self.reader.read_byte_record(&mut self.record).map_err(io) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(Unreadable::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                let detail = format!("row {}: {error}", self.row + 1);
                return Err(Unreadable::Malformed(detail));
            }
            Err(error) => return Err(error),
        }
        self.row += 1;
        let mut cells = Cells {
            row: self.row,
            columns: &self.columns,
            record: &self.record,
            faults: Vec::new(),
        };
        let (key, wanted) = cells.read();
        let faults = cells.faults;
        Ok(Some(ReadRow {
            incoming: IncomingRow {
                row: self.row,
                key,
                wanted,
                sound: faults.is_empty(),
            },
            total: faults.len(),
            faults,
        }))
    }
}

fn io(error: csv::Error) -> Unreadable {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Unreadable::Io(error),
        other => Unreadable::Malformed(format!("the file is no CSV: {other:?}")),
    }
}

/// The cells of one row, read one by one.
struct Cells<'a> {
    row: i64,
    columns: &'a Columns,
    record: &'a ByteRecord,
    faults: Vec<RowFault>,
}

impl Cells<'_> {
    fn fault(&mut self, field: &str, code: &str, detail: impl Into<String>) {
        self.faults.push(RowFault {
            row_number: self.row,
            field: field.to_owned(),
            code: code.to_owned(),
            detail: detail.into(),
        });
    }

    /// The text of a cell; `None` for one that is empty or not there.
    /// What is in a cell; `None` where it is empty.
    fn cell(&mut self, column: usize) -> Option<String> {
        let place = self.columns.places[column]?;
        let bytes = self.record.get(place)?;
        match std::str::from_utf8(bytes) {
            Ok("") => None,
            // What an export puts before a text that a spreadsheet would compute.
            Ok(text) if TEXTS.contains(&KNOWN[column]) => Some(unguarded(text).to_owned()),
            Ok(text) => Some(text.to_owned()),
            Err(_) => {
                let name = KNOWN[column];
                self.fault(name, "invalidFormat", format!("{name} is not UTF-8"));
                None
            }
        }
    }

    /// A cell read by `read`; a fault with `wanted` for one that it cannot read.
    fn read_as<T>(
        &mut self,
        column: usize,
        wanted: &str,
        code: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let name = KNOWN[column];
        let text = self.cell(column);
        if self.faults.iter().any(|fault| fault.field == name) {
            return None;
        }
        let Some(text) = text else {
            if column < REQUIRED {
                self.fault(name, "required", format!("{name} is required"));
            }
            return None;
        };
        let found = read(&text);
        if found.is_none() {
            let shown: String = text.chars().take(80).collect();
            self.fault(
                name,
                code,
                format!("{name} must be {wanted}, not {shown:?}"),
            );
        }
        found
    }

    fn read_word<T: Choice>(&mut self, column: usize) -> Option<T> {
        let words = format!("one of {}", T::WORDS.join(", "));
        self.read_as(column, &words, "notAllowed", T::from_word)
    }

    fn read(&mut self) -> (KeyParts, Wanted) {
        if self.record.len() != self.columns.count {
            let (found, wanted) = (self.record.len(), self.columns.count);
            let detail = format!("the row has {found} cells where the header has {wanted}");
            self.fault(ROW, "wrongLength", detail);
            return (KeyParts::default(), Wanted::Value(stand_in()));
        }
        let key = KeyParts {
            indicator_code: self.read_as(
                0,
                "an indicator's code, [A-Z0-9-]{1,40}",
                "invalidFormat",
                text::code,
            ),
            municipality_code: self.read_as(
                1,
                "four digits",
                "invalidFormat",
                text::municipality_code,
            ),
            year: self.year(),
            gender: self.read_word(3),
        };
        let wanted = match self.read_word(8).unwrap_or(RowAction::Upsert) {
            RowAction::Upsert => Wanted::Value(self.content()),
            RowAction::Delete => {
                for (column, name) in (4..).zip(CONTENT) {
                    if self.cell(column).is_some() {
                        self.fault(name, "inconsistent", not_with_delete(name));
                    }
                }
                Wanted::Nothing
            }
        };
        (key, wanted)
    }

    fn year(&mut self) -> Option<i32> {
        let number: i64 = self.read_as(2, "a year", "invalidFormat", |text| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let plain = whole && (digits == "0" || !digits.starts_with('0'));
            plain.then(|| text.parse().unwrap_or(i64::MAX))
        })?;
        let year = text::year(&number.to_string());
        if year.is_none() {
            self.fault("year", "outOfRange", "year must be from 1900 to 2200");
        }
        year
    }

    fn content(&mut self) -> ValueContent {
        let before = self.faults.len();
        let figure = self.cell(4).map(|text| Decimal::parse(&text));
        let value = match figure {
            None => None,
            Some(Ok(value)) => Some(value),
            Some(Err(wrong)) => {
                self.fault("value", wrong.code(), wrong.detail("value"));
                None
            }
        };
        let status = self.read_word(5).unwrap_or(ValueStatus::Final);
        let contradicts = self.faults.len() == before;
        let content = ValueContent {
            value,
            status,
            provenance: self.read_word(6).unwrap_or(Provenance::Reported),
            note: self.note(),
        };
        if let Some((code, detail)) = content.contradiction().filter(|_| contradicts) {
            self.fault("value", code, detail);
        }
        content
    }

    fn note(&mut self) -> Option<String> {
        let text = self.cell(7)?;
        match text::normal(&text, text::NOTE, Lines::Many) {
            Ok(note) => Some(note),
            Err(wrong) => {
                self.fault("note", wrong.code(), wrong.detail("note", text::NOTE));
                None
            }
        }
    }
}
