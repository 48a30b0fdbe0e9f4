//! What the tests stand on.

mod app;
mod client;
pub(crate) mod cluster;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod raw;
pub(crate) mod readers;
mod seeds;
mod tap;

pub(crate) use app::{TestApp, WEBHOOK_KEY};
pub(crate) use client::{Answer, Request};
pub(crate) use seeds::{BUDGET_2023, PAGE_2024, seed};

/// Says what the tests' HTTP client would encrypt with: it wants to know, though
/// no test speaks TLS with it.
fn provide_cryptography() {
    // The second time it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Asks again until `happened`, for at most the time given.
pub(crate) async fn eventually(
    what: &str,
    within: std::time::Duration,
    mut happened: impl AsyncFnMut() -> bool,
) {
    let begun = tokio::time::Instant::now();
    while !happened().await {
        assert!(begun.elapsed() < within, "not within {within:?}: {what}");
        tokio::task::yield_now().await;
    }
}
