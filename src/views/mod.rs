//! Read-only answers made of several rows or resources (vyer), one file or
//! folder each.

pub mod lineage;

use crate::http::routes::Operation;

/// The operations of all views.
pub fn operations() -> Vec<Operation> {
    [lineage::operations()].into_iter().flatten().collect()
}
