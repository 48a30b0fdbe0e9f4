//! The tests over HTTP: one binary, one PostgreSQL, a database of its own for
//! every test.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod achievements;
mod as_of;
mod assessments;
mod assignments;
mod board_keys;
mod budgets;
mod bulk;
mod catalogue;
mod changes;
mod conditions;
mod contract;
mod cut_writes;
mod database_faults;
mod docs;
mod document_left;
mod document_sections;
mod documents;
mod exports;
mod formats;
mod fulfilment;
mod goal_indicators;
mod goals;
mod history;
mod hostile_input;
mod hostile_requests;
mod idempotency;
mod import_kolada;
mod import_values;
mod indicators;
mod investments;
mod keys;
mod kolada_figures;
mod kolada_out;
mod licences;
mod lineage;
mod list_links;
mod lists;
mod logs;
mod methods;
mod migrations;
mod municipalities;
mod municipality_groups;
mod record;
mod report_writers;
mod reports;
mod sample;
mod seed_documents;
mod start;
mod stop;
mod support;
mod targets;
mod values;
mod verify;
mod views;
mod webhooks;
mod wire;
