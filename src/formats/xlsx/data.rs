//! The sheet with the rows.

use rust_xlsxwriter::{Format, FormatAlign, IgnoreError, Worksheet, XlsxError};

use super::{Cell, Column, Counted, DIGITS, WrongWorkbook, fitting};
use crate::decimal::Decimal;

/// A column is as wide as its longest text, between these, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=60;
/// What a spreadsheet takes for a formula, should somebody edit the cell.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How cells look.
struct Looks {
    header: Format,
    /// Text that stays text when somebody edits the cell.
    guarded: Format,
    code: Format,
    whole: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            header: Format::new().set_bold().set_align(FormatAlign::Top),
            guarded: Format::new().set_quote_prefix(),
            code: Format::new().set_num_format("@"),
            whole: Format::new().set_num_format("0"),
        }
    }
}

/// Writes the header and the rows.
pub(super) fn write<'a>(
    sheet: &mut Worksheet,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    max_rows: usize,
) -> Result<Counted, WrongWorkbook> {
    let looks = Looks::new();
    sheet.set_name("Data")?.set_freeze_panes(1, 0)?;
    let mut widths = Vec::with_capacity(columns.len());
    for (place, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, place, column.name.as_ref(), &looks.header)?;
        // Room for the button of the filter.
        widths.push(column.name.len() + 3);
    }
    let mut counted = Counted::default();
    for row in rows {
        if counted.rows == max_rows {
            return Err(WrongWorkbook::TooManyRows(max_rows));
        }
        counted.rows += 1;
        for ((place, cell), width) in (0..).zip(&row).zip(&mut widths) {
            let wide = write_cell(sheet, (counted.rows as u32, place), cell, &looks)?;
            *width = wide.max(*width);
            counted.long += usize::from(is_long(cell));
        }
    }
    finish(sheet, &widths, counted.rows as u32)?;
    Ok(counted)
}

/// Writes a cell; answers how many characters wide it is.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    looks: &Looks,
) -> Result<usize, XlsxError> {
    match cell {
        Cell::Empty => return Ok(0),
        Cell::Text(text) => {
            let text = fitting(text);
            if text.starts_with(BEGINS_A_FORMULA) {
                sheet.write_string_with_format(row, column, text, &looks.guarded)?;
            } else {
                sheet.write_string(row, column, text)?;
            }
            return Ok(text.chars().take(*WIDTHS.end()).count());
        }
        Cell::Code(text) => {
            sheet.write_string_with_format(row, column, *text, &looks.code)?;
            return Ok(text.len());
        }
        Cell::Whole(number) => {
            sheet.write_number_with_format(row, column, *number, &looks.whole)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, number.to_f64())?;
            return Ok(number.to_string().len().min(DIGITS + 2));
        }
    }
    Ok(0)
}

/// Whether it is a number of more digits than Excel keeps.
fn is_long(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Number(number) if digits(*number) > DIGITS)
}

/// The digits from the first to the last that is not zero.
fn digits(number: Decimal) -> usize {
    let digits: String = number
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let from_the_first = digits.trim_start_matches('0');
    from_the_first.trim_end_matches('0').len()
}

fn finish(sheet: &mut Worksheet, widths: &[usize], rows: u32) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(widths) {
        let width = (*width).clamp(*WIDTHS.start(), *WIDTHS.end());
        sheet.set_column_width(column, width as f64)?;
    }
    if let Some(last) = widths.len().checked_sub(1) {
        let last = last as u16;
        sheet.autofilter(0, 0, rows, last)?;
        if rows > 0 {
            // Codes are meant to be text.
            sheet.ignore_error_range(1, 0, rows, last, IgnoreError::NumberStoredAsText)?;
        }
    }
    // On paper, every page has the header.
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}
