//! XLSX (Office Open XML, ISO/IEC 29500): rows as a workbook for people, with a
//! sheet that says what they are.

mod about;
mod data;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::decimal::Decimal;

/// What a sheet holds besides its header.
const SHEET_ROWS: usize = 1_048_575;
/// The digits of a number that Excel keeps.
const DIGITS: usize = 15;

/// A column of the sheet of data (kolumn).
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: Cow<'static, str>,
    /// What it is, in Swedish.
    pub sv: Cow<'static, str>,
    /// What it is, in English.
    pub en: Cow<'static, str>,
}

impl Column {
    /// A column of this name, described in Swedish and English.
    pub const fn new(name: &'static str, sv: &'static str, en: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            sv: Cow::Borrowed(sv),
            en: Cow::Borrowed(en),
        }
    }
}

/// What is in a cell (cell).
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, whatever it begins with.
    Text(Cow<'a, str>),
    /// Text that may look like a number, such as `0114`.
    Code(&'a str),
    /// A year, or another small whole number.
    Whole(i32),
    /// A figure.
    Number(Decimal),
}

/// What the second sheet says of the rows (om data).
#[derive(Clone, Debug)]
pub struct About {
    /// What they are, in one line.
    pub title: String,
    /// Who is to be cited.
    pub source: String,
    /// The licence, where the operator has set one.
    pub licence: Option<String>,
    /// When they were fetched; `None` where what was true at one moment was asked for.
    pub retrieved: Option<DateTime<Utc>>,
    /// That moment.
    pub as_of: Option<DateTime<Utc>>,
    /// When the newest of the rows was changed.
    pub updated: Option<DateTime<Utc>>,
    /// The address that gives them.
    pub url: String,
    /// How others are to be credited, and for how many of the rows.
    pub credit: Option<Credit>,
}

/// How others than the source are to be credited (källhänvisning).
#[derive(Clone, Debug)]
pub struct Credit {
    /// The words, such as "Källa: Kolada".
    pub text: &'static str,
    /// Which rows it goes for, in Swedish.
    pub sv: String,
    /// The same in English.
    pub en: String,
}

/// Why a workbook was not written.
#[derive(Debug)]
pub enum WrongWorkbook {
    /// There are more rows than this.
    TooManyRows(usize),
    /// The library refused something.
    Unwritable(XlsxError),
}

impl fmt::Display for WrongWorkbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyRows(limit) => write!(f, "there are more than {limit} rows"),
            Self::Unwritable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WrongWorkbook {}

impl From<XlsxError> for WrongWorkbook {
    fn from(error: XlsxError) -> Self {
        Self::Unwritable(error)
    }
}

/// What was written of the rows.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    rows: usize,
    /// The numbers of more digits than Excel keeps.
    long: usize,
}

/// A workbook with these rows, at most `max_rows` of them, each with a cell for
/// every column. `created` is the time that the file says it was made: the same
/// input gives the same bytes.
pub fn write<'a>(
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    about: &About,
    created: DateTime<Utc>,
    max_rows: usize,
) -> Result<Vec<u8>, WrongWorkbook> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(about, created)?);
    let sheet = match on_disk(&mut workbook) {
        true => workbook.worksheet_from_index(0)?,
        false => workbook.add_worksheet(),
    };
    let counted = data::write(sheet, columns, rows, max_rows.min(SHEET_ROWS))?;
    about::write(workbook.add_worksheet(), columns, about, counted)?;
    Ok(workbook.save_to_buffer()?)
}

/// Adds a sheet that keeps its rows in a temporary file until the workbook is put
/// together: 100 000 rows then take some megabytes of memory and not 150. False
/// where no such file can be made; the rows are the same without.
fn on_disk(workbook: &mut Workbook) -> bool {
    workbook.add_worksheet_with_low_memory().is_ok()
}

fn properties(about: &About, created: DateTime<Utc>) -> Result<DocProperties, XlsxError> {
    let properties = DocProperties::new()
        .set_title(&about.title)
        .set_author(&about.source)
        .set_comment(&about.url)
        .set_creation_datetime(&ExcelDateTime::from_timestamp(created.timestamp())?);
    Ok(match about.credit {
        Some(Credit { text, .. }) => properties.set_keywords(text),
        None => properties,
    })
}

/// What Excel takes as one text: at most 32 767 units of UTF-16.
fn fitting(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > 32_767
    });
    end.map_or(text, |(end, _)| &text[..end])
}
