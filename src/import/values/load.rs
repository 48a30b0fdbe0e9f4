//! From rows to the database: staged piece by piece, checked, written.

use std::io::Read;

use super::MAX_FAULTS;
use super::csv::{Fault, Parsed, Rows, Unreadable};
use crate::database::{Connection, Failure};
use crate::problem::{Code, Problem};
use crate::resources::values::{Existing, IncomingValue, Loaded, Staging};

/// How many rows are held in memory.
const PIECE: usize = 5_000;

/// How far a load has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes have been read, with so many rows.
    Read {
        /// Bytes of the file.
        bytes: u64,
        /// Rows so far.
        rows: i64,
    },
    /// All has been read; what the rows say against each other is looked at.
    Checking,
    /// So many rows of so many have been written.
    Written {
        /// Rows that are done.
        rows: i64,
        /// Rows in all.
        of: i64,
    },
}

/// What became of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// Every row was written, or was already so.
    Loaded(Loaded),
    /// Some rows are wrong, and nothing was written: the first thousand faults
    /// by row, how many there are in all, and how many rows the file has.
    Refused {
        /// The first faults.
        faults: Vec<Fault>,
        /// How many there are.
        total: usize,
        /// How many rows there are.
        rows: i64,
    },
}

/// Loads the rows inside the transaction under way. Memory does not grow with
/// their number. When the report is a refusal, nothing was written.
pub async fn load<R: Read>(
    connection: &mut Connection,
    mut rows: Rows<R>,
    told: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, Failure> {
    let mut staging = Staging::begin(connection).await?;
    let (mut faults, mut total, mut count) = (Vec::new(), 0, 0);
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let row = rows.next_row().map_err(unreadable)?;
        let ended = row.is_none();
        count += i64::from(!ended);
        match row {
            Some(Parsed::Value(value)) => piece.push(value),
            Some(Parsed::Faults(found)) => {
                total += found.len();
                faults.extend(found.into_iter().take(MAX_FAULTS - faults.len()));
            }
            None => {}
        }
        if ended || piece.len() == PIECE {
            stage(&mut staging, connection, &mut piece).await?;
        }
        if ended || count % PIECE as i64 == 0 {
            told(Progress::Read {
                bytes: rows.bytes(),
                rows: count,
            });
        }
        if ended {
            break;
        }
    }
    told(Progress::Checking);
    let (between, found) = staging.check(connection, MAX_FAULTS as i64).await?;
    total += usize::try_from(found).unwrap_or_default();
    faults.extend(between.into_iter().map(|fault| Fault {
        row: fault.row_number,
        field: fault.field,
        code: fault.code,
        detail: fault.detail,
    }));
    if total > 0 {
        faults.sort_by_key(|fault| fault.row);
        faults.truncate(MAX_FAULTS);
        return Ok(Report::Refused {
            faults,
            total,
            rows: count,
        });
    }
    let of = staging.rows();
    let loaded = staging
        .write(connection, Existing::Replace, |rows| {
            told(Progress::Written { rows, of })
        })
        .await?;
    Ok(Report::Loaded(loaded))
}

async fn stage(
    staging: &mut Staging,
    connection: &mut Connection,
    piece: &mut Vec<IncomingValue>,
) -> Result<(), Failure> {
    if !piece.is_empty() {
        staging.add(connection, piece).await?;
        piece.clear();
    }
    Ok(())
}

fn unreadable(fault: Unreadable) -> Failure {
    Problem::new(Code::InvalidContent, fault.to_string()).into()
}
