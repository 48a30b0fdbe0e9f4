//! What a load answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::Mode;
use crate::problem::{Code, Fault, Problem};
use crate::resources::values::{RowFault, ValueChange, ValueContent, ValueKey};

/// What a load has done, or in a dry run would have done. `created`, `updated`,
/// `deleted`, `unchanged`, `kept` and `rejected` add up to the number of rows.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "mode": "partial", "dryRun": false,
    "created": 1, "updated": 0, "deleted": 0, "unchanged": 0, "kept": 0, "rejected": 1, "totalErrors": 1,
    "rows": [{"row": 2, "field": "indicatorCode", "code": "unknownReference", "detail": "there is no indicator N09999"}],
    "changes": [{
        "row": 1,
        "key": {"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "T"},
        "action": "created", "before": null,
        "after": {"value": 64714, "status": "final", "provenance": "reported", "note": null}
    }]
}))]
pub struct LoadReport {
    /// What becomes of a load in which some rows are wrong, as it was asked for.
    pub mode: Mode,
    /// Whether nothing was written since the load was only tried.
    pub dry_run: bool,
    /// How many values were made.
    #[schema(minimum = 0)]
    pub created: i64,
    /// How many values were changed.
    #[schema(minimum = 0)]
    pub updated: i64,
    /// How many values were withdrawn.
    #[schema(minimum = 0)]
    pub deleted: i64,
    /// How many rows were so already: nothing was written and nothing is recorded.
    #[schema(minimum = 0)]
    pub unchanged: i64,
    /// How many rows with Kolada's figures left a reported one alone.
    #[schema(minimum = 0)]
    pub kept: i64,
    /// How many rows were rejected, each for one fault at least.
    #[schema(minimum = 0)]
    pub rejected: i64,
    /// How many faults there are; `rows` tells the first 1 000.
    #[schema(minimum = 0)]
    pub total_errors: i64,
    /// The faults of the rejected rows, by row.
    pub rows: Vec<RowReport>,
    /// With `details`: every change as the record has it, by row. Else null.
    #[schema(required)]
    pub changes: Option<Vec<RowChange>>,
}

/// A fault of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowReport {
    /// Which row it is; the first is 1.
    #[schema(minimum = 1, example = 2)]
    pub row: i64,
    /// The member at fault; `row` for the whole row.
    #[schema(example = "indicatorCode")]
    pub field: String,
    /// What is wrong, in one word that never changes, as in a problem's `errors`.
    #[schema(example = "unknownReference")]
    pub code: String,
    /// What is wrong, for people.
    #[schema(example = "there is no indicator N09999")]
    pub detail: String,
}

/// A change that a row has made.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowChange {
    /// Which row it is; the first is 1.
    #[schema(minimum = 1, example = 1)]
    pub row: i64,
    /// Which value it is about.
    pub key: ValueKey,
    /// `created`, `updated` or `deleted`.
    #[schema(example = "created")]
    pub action: String,
    /// What the value was; null where there was none.
    #[schema(required)]
    pub before: Option<ValueContent>,
    /// What it is; null where there is none any more.
    #[schema(required)]
    pub after: Option<ValueContent>,
}

impl From<RowFault> for RowReport {
    fn from(fault: RowFault) -> Self {
        Self {
            row: fault.row_number,
            field: fault.field,
            code: fault.code,
            detail: fault.detail,
        }
    }
}

impl From<ValueChange> for RowChange {
    fn from(change: ValueChange) -> Self {
        Self {
            row: change.row,
            key: change.key,
            action: change.action,
            before: change.before,
            after: change.after,
        }
    }
}

/// A fault as a problem tells it: the pointer is that of an array of objects.
fn fault(found: RowFault) -> Fault {
    let at = format!("/{}", found.row_number - 1);
    let pointer = match found.field.as_str() {
        super::ROW => at,
        name => format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
    };
    Fault {
        row: Some(found.row_number),
        field: Some(found.field),
        ..Fault::new(pointer, &found.code, found.detail)
    }
}

/// A load that is refused whole: the first faults by row, and how many there are.
pub(super) fn refusal(code: Code, faults: Vec<RowFault>, total: i64, rows: i64) -> Problem {
    let plural = |count: i64, one: &str| match count {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    };
    let more = if total > faults.len() as i64 {
        format!(", of which the first {} are told", faults.len())
    } else {
        String::new()
    };
    let detail = format!(
        "{} in {}{more}",
        plural(total, "fault"),
        plural(rows, "row")
    );
    let mut problem = Problem::new(code, detail);
    problem.errors = faults.into_iter().map(fault).collect();
    problem.total_errors = Some(total);
    problem
}
