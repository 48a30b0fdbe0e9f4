//! What is there of Kolada's.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text};
use diesel_async::RunQueryDsl;

use super::{Staging, ValueKey};
use crate::database::Connection;

impl Staging {
    /// The keys of Kolada's figures of these indicators, for these municipalities and
    /// years (all, where there are none), by key. Nothing of it is locked: a row that
    /// withdraws one is looked at again when its turn comes.
    pub async fn koladas_within(
        connection: &mut Connection,
        indicators: &[String],
        municipalities: &[String],
        years: &[i32],
    ) -> QueryResult<Vec<ValueKey>> {
        diesel::sql_query(
            "SELECT indicator_code, municipality_code, year, gender FROM indicator_values
              WHERE indicator_code = ANY ($1) AND municipality_code = ANY ($2)
                AND (year = ANY ($3) OR cardinality($3) = 0) AND provenance = 'kolada'
              ORDER BY indicator_code, municipality_code, year, gender",
        )
        .bind::<Array<Text>, _>(indicators)
        .bind::<Array<Text>, _>(municipalities)
        .bind::<Array<Integer>, _>(years)
        .load(connection)
        .await
    }
}
