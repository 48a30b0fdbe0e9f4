//! Many values at once, out of CSV, a JSON array or JSON line by line: `POST /values`
//! and `malbild import values`, which are one code from the row on.

mod csv;
mod handlers;
mod json;
mod load;
mod read;
mod report;

use utoipa::ToSchema;

pub use csv::{Columns, Rows, Unreadable};
pub use handlers::operations;
pub use load::{Next, Progress, Told, load};
pub use read::read_all;
pub use report::{LoadReport, RowChange, RowReport};

use crate::resources::values::{
    Gender, IncomingRow, Provenance, RowFault, Terms, ValueContent, ValueStatus, value_schema,
};

/// The most faults that are told; the others are counted.
pub const MAX_FAULTS: usize = 1_000;

/// The fault's field where it is of the whole row.
const ROW: &str = "row";

crate::text_enum! {
    /// What becomes of a load in which some rows are wrong (läge).
    pub enum Mode {
        /// All rows are written, or none.
        Atomic = "atomic",
        /// The rows at fault are rejected, the others are written.
        Partial = "partial",
    }
}

crate::text_enum! {
    /// What a row does (åtgärd).
    pub enum RowAction {
        /// It makes the value or writes over it.
        Upsert = "upsert",
        /// It withdraws the value; the row has its key and nothing else.
        Delete = "delete",
    }
}

/// A load as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What becomes of it when some rows are wrong.
    pub mode: Mode,
    /// On what terms the rows are written.
    pub terms: Terms,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// Whether each change is told.
    pub details: bool,
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRow {
    /// The row.
    pub incoming: IncomingRow,
    /// What is wrong with it by itself; those past the thousandth are not told.
    pub faults: Vec<RowFault>,
    /// How many faults it has.
    pub total: usize,
}

/// A row of a load: the key of a value (utfall, årsvärde), and what it is to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "T", "value": 64714, "status": "final", "provenance": "reported", "note": null, "action": "upsert"}))]
pub struct ValueLoadRow {
    /// The indicator that was measured.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// The municipality (or region, or the country) that the figure is about.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// The year that the figure is about.
    #[schema(minimum = 1900, maximum = 2200, example = 2022)]
    pub year: i32,
    /// Whom the figure is about.
    pub gender: Gender,
    /// The figure.
    #[schema(schema_with = value_schema)]
    pub value: Option<f64>,
    /// How certain it is, or why there is none; `final` where it is left out.
    #[schema(required = false, default = "final")]
    pub status: ValueStatus,
    /// Where it comes from; `reported` where it is left out.
    #[schema(required = false, default = "reported")]
    pub provenance: Provenance,
    /// What a reader has to know of it.
    #[schema(min_length = 1, max_length = 5000, example = "Ny mätmetod från 2022")]
    pub note: Option<String>,
    /// What the row does; `upsert` where it is left out. A row that deletes has no
    /// value, status, provenance or note.
    #[schema(required = false, default = "upsert")]
    pub action: RowAction,
}

/// What is wrong with a row that withdraws a value and has this member.
fn not_with_delete(name: &str) -> String {
    format!("{name} does not go with the action delete: such a row has its key and nothing else")
}

/// The members of a value besides its key.
const CONTENT: [&str; 4] = ["value", "status", "provenance", "note"];

/// What a row that cannot be read has in the place of a value.
fn stand_in() -> ValueContent {
    ValueContent {
        value: None,
        status: ValueStatus::Missing,
        provenance: Provenance::Reported,
        note: None,
    }
}
