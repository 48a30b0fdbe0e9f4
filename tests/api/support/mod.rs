//! What the tests stand on.

mod app;
mod client;
mod cluster;
mod seeds;

pub(crate) use app::TestApp;
pub(crate) use client::{Answer, Request};
pub(crate) use seeds::{BUDGET_2023, PAGE_2024, seed};
