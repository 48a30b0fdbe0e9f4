//! What the tests stand on.

mod app;
mod client;
mod cluster;

pub(crate) use app::TestApp;
pub(crate) use client::{Answer, Request};
