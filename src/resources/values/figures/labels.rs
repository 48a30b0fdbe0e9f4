//! What the codes of values stand for, read in the snapshot that they are of.

use std::collections::HashMap;

use super::gathered::Gathered;
use crate::database::{Connection, Failure, Snapshot};
use crate::problem::Problem;
use crate::resources::{indicators, municipalities};

/// What is shown of an indicator.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) title: String,
    pub(super) definition: Option<String>,
    pub(super) unit: String,
    pub(super) decimals: i32,
}

/// What codes stand for.
#[derive(Debug, Default)]
pub(super) struct Labels {
    indicators: HashMap<String, Measured>,
    municipalities: HashMap<String, String>,
}

impl Labels {
    /// Those of these values.
    pub(super) async fn read(
        snapshot: &mut Snapshot,
        gathered: &Gathered,
    ) -> Result<Self, Problem> {
        let indicators = gathered.indicators.all.clone();
        let municipalities = gathered.municipalities.all.clone();
        let read =
            snapshot.read(|connection| Box::pin(load(connection, indicators, municipalities)));
        read.await
    }

    pub(super) fn indicator(&self, code: &str) -> Option<&Measured> {
        self.indicators.get(code)
    }

    /// The name of a municipality; its code where it has none.
    pub(super) fn municipality<'a>(&'a self, code: &'a str) -> &'a str {
        self.municipalities.get(code).map_or(code, String::as_str)
    }
}

async fn load(
    connection: &mut Connection,
    indicators: Vec<String>,
    municipalities: Vec<String>,
) -> Result<Labels, Failure> {
    let found = indicators::with_codes(connection, &indicators).await?;
    let indicators = found.into_iter().map(|row| {
        let content = row.content;
        let measured = Measured {
            title: content.title,
            definition: content.definition,
            unit: content.unit,
            decimals: content.decimals,
        };
        (row.indicator_code, measured)
    });
    let indicators = indicators.collect();
    let found = municipalities::names(connection, Some(&municipalities)).await?;
    let municipalities = found
        .into_iter()
        .map(|named| (named.municipality_code, named.name));
    Ok(Labels {
        indicators,
        municipalities: municipalities.collect(),
    })
}
