//! The tests over HTTP: one binary, one PostgreSQL, a database of its own for
//! every test.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod assignments;
mod budgets;
mod contract;
mod goals;
mod support;
