//! A row as a JSON object.

use serde_json::Value;

use super::{CONTENT, ROW, ReadRow, RowAction, not_with_delete, stand_in};
use crate::http::json::parse_line;
use crate::http::members::{Faults, Members};
use crate::http::text;
use crate::resources::values::{IncomingRow, KeyParts, RowFault, ValueContent, Wanted};

/// The most bytes of a row: a note of 5 000 characters, each written as two escapes,
/// and more than enough for the rest. Taken apart, a row is many times as large.
const LONGEST_ROW: usize = 64 * 1024;

/// Reads a row. What is wrong with its JSON is told in words.
pub(super) fn read(number: i64, bytes: &[u8]) -> Result<ReadRow, String> {
    if bytes.len() > LONGEST_ROW {
        let detail = format!("the row has more than {LONGEST_ROW} bytes");
        return Ok(faulty(number, "tooLong", detail));
    }
    parse_line(bytes).map(|value| row(number, value))
}

/// Reads a row, noting every fault that can be seen in it alone.
fn row(number: i64, value: Value) -> ReadRow {
    let mut faults = Faults::default();
    let (key, wanted) = Members::read(value, &[], &mut faults, |members| {
        let key = KeyParts {
            indicator_code: members.formed("indicatorCode", text::code, "match [A-Z0-9-]{1,40}"),
            municipality_code: members.formed(
                "municipalityCode",
                text::municipality_code,
                "be four digits",
            ),
            year: members.integer("year", 1900, 2200),
            gender: members.choice("gender"),
        };
        members.required("indicatorCode", key.indicator_code.as_ref());
        members.required("municipalityCode", key.municipality_code.as_ref());
        members.required("year", key.year);
        members.required("gender", key.gender);
        (key, wanted(members))
    });
    let (told, total) = faults.into_parts();
    let told = told.into_iter().map(|fault| RowFault {
        row_number: number,
        field: field(&fault.pointer),
        code: fault.code,
        detail: fault.detail,
    });
    ReadRow {
        incoming: IncomingRow {
            row: number,
            key,
            wanted,
            sound: total == 0,
        },
        faults: told.collect(),
        total,
    }
}

fn wanted(members: &mut Members<'_>) -> Wanted {
    let action = members.choice("action").unwrap_or(RowAction::Upsert);
    match action {
        RowAction::Upsert => Wanted::Value(ValueContent::read(members)),
        RowAction::Delete => {
            for name in CONTENT {
                if members.leave_out(name) {
                    members.fault(name, "inconsistent", not_with_delete(name));
                }
            }
            Wanted::Nothing
        }
    }
}

/// A row that is no acceptable JSON.
pub(super) fn unreadable(number: i64, reason: &str) -> ReadRow {
    let detail = format!("the row is not acceptable JSON: {reason}");
    faulty(number, "invalidJson", detail)
}

/// A row of which nothing can be read.
fn faulty(number: i64, code: &str, detail: String) -> ReadRow {
    ReadRow {
        incoming: IncomingRow {
            row: number,
            key: KeyParts::default(),
            wanted: Wanted::Value(stand_in()),
            sound: false,
        },
        faults: vec![RowFault {
            row_number: number,
            field: ROW.to_owned(),
            code: code.to_owned(),
            detail,
        }],
        total: 1,
    }
}

/// The member that a pointer leads to or into.
fn field(pointer: &str) -> String {
    match pointer.split('/').nth(1) {
        Some(name) => name.replace("~1", "/").replace("~0", "~"),
        None => ROW.to_owned(),
    }
}
