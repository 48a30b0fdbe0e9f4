//! Read-only answers made of several rows or resources (vyer), one file or
//! folder each: every one from one snapshot of the database and by a fixed
//! number of statements.

pub mod comparison;
pub mod completeness;
pub mod fulfilment;
pub mod lineage;
pub mod overview;
pub mod progress;
mod rounding;
pub mod series;

use serde_json::Value;

use crate::database::{Connection, Failure};
use crate::http::routes::Operation;
use crate::problem::Problem;
use crate::resources::municipalities;
use crate::resources::values::KOLADA;

/// An answer that the sample gives, for the OpenAPI document; long lists are cut short.
fn example(json: &str) -> Value {
    // What is no JSON is an example that a test finds wrong.
    serde_json::from_str(json).unwrap_or_default()
}

/// 400 unless there is a municipality with the code in the query.
async fn known(connection: &mut Connection, code: &str) -> Result<(), Failure> {
    let codes = [code.to_owned()];
    if municipalities::names(connection, Some(&codes))
        .await?
        .is_empty()
    {
        return Err(no_municipality(code).into());
    }
    Ok(())
}

fn no_municipality(code: &str) -> Problem {
    Problem::query(format!("municipalityCode: there is no municipality {code}"))
}

/// The operations of all views.
pub fn operations() -> Vec<Operation> {
    [
        overview::operations(),
        lineage::operations(),
        series::operations(),
        comparison::operations(),
        progress::operations(),
        fulfilment::operations(),
        completeness::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
