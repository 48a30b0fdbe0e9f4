//! Målbild: municipal goals as open data, over HTTP.

pub mod app;
pub mod auth;
pub mod beside;
pub mod changes;
pub mod clock;
pub mod commands;
pub mod config;
pub mod database;
pub mod decimal;
pub mod formats;
pub mod history;
pub mod http;
pub mod import;
pub mod kolada;
pub mod outgoing;
pub mod problem;
pub mod resources;
pub mod sample;
mod trust;
pub mod views;
pub mod webhooks;
