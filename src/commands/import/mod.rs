//! `malbild import`

mod document;
mod kolada;
mod values;

use clap::Subcommand;

use crate::config::DatabaseSettings;
use crate::problem::{Code, Problem};

/// What `malbild import` can read.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Import {
    /// The council's goals of a budget year, or the page of one goal, as plain text
    Document(document::Document),
    /// Key figures and their values from Kolada, or from saved answers of its API
    Kolada(kolada::Kolada),
    /// Yearly values out of a CSV file, all of them or none
    Values(values::Values),
}

impl Import {
    /// Imports and prints what was done.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        match self {
            Self::Document(document) => document.run(settings).await,
            Self::Kolada(kolada) => kolada.run(settings).await,
            Self::Values(values) => values.run(settings).await,
        }
    }
}

/// A refusal comes before anything is written; a database that fails may have
/// committed before its answer was lost.
fn told(problem: &Problem) -> String {
    match problem.code {
        Code::DatabaseUnavailable => {
            format!(
                "{}. Run it again: what is already so stays so.",
                problem.detail
            )
        }
        _ => format!("{}. Nothing was written.", problem.detail),
    }
}
