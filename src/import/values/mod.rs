//! Values out of a CSV file, all of them or none.

mod csv;
mod load;

pub use csv::{Columns, Fault, Parsed, Rows, Unreadable};
pub use load::{Progress, Report, load};

/// The most faults that are told; the others are counted.
pub const MAX_FAULTS: usize = 1_000;
