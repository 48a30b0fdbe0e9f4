//! What every resource shares, and nothing of any one resource.

pub mod answer;
pub mod body;
pub mod call;
pub mod conditional;
pub mod cursor;
pub mod export;
pub mod fields;
pub mod forms;
pub mod heavy;
pub mod json;
pub mod links;
pub mod list;
pub mod members;
pub mod metrics;
pub mod modified;
pub mod negotiate;
mod once;
pub mod openapi;
pub mod page;
pub mod query;
pub mod reading;
pub mod routes;
pub mod service;
pub mod text;
pub mod trace;

pub use once::HOURS as IDEMPOTENCY_HOURS;
