//! Values in the forms of those who work with figures: as a cube (JSON-stat) and as
//! a workbook (XLSX). Both are made when the last value is known, and so have limits.

mod answer;
mod cube;
mod gathered;
mod labels;
mod sheet;

pub use answer::Answering;
pub(super) use answer::answer_list;

/// How to credit values that are Kolada's.
pub const KOLADA: &str = "Källa: Kolada";
/// The same, where others are among them.
pub(super) const KOLADA_IN_PART: &str = "Källa: Kolada, för de värden vars provenance är kolada";
