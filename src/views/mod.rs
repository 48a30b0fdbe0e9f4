//! Read-only answers made of several resources, each from one snapshot of the
//! database and by a fixed number of statements.

pub mod fulfilment;

use crate::http::routes::Operation;

/// The operations of all views.
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    all.extend(fulfilment::operations());
    all
}
