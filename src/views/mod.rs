//! Read-only answers made of several resources.

pub mod progress;
