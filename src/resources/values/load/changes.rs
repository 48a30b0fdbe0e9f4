//! What a load has changed, as the record has it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{Staging, ValueContent, ValueKey};
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::decimal::Decimal;
use crate::problem::Problem;
use crate::resources::values::{Provenance, ValueStatus};

/// One entry of the record, with the row that it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueChange {
    /// Which row.
    pub row: i64,
    /// Which value.
    pub key: ValueKey,
    /// `created`, `updated` or `deleted`.
    pub action: String,
    /// What it was.
    pub before: Option<ValueContent>,
    /// What it is.
    pub after: Option<ValueContent>,
}

#[derive(QueryableByName)]
struct Entry {
    #[diesel(sql_type = BigInt)]
    row_number: i64,
    #[diesel(embed)]
    key: ValueKey,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(embed)]
    before: Before,
    #[diesel(embed)]
    after: After,
}

/// A value as text, out of the record; without status where there was none.
macro_rules! recorded {
    ($name:ident, $value:ident, $status:ident, $provenance:ident, $note:ident) => {
        #[derive(QueryableByName)]
        struct $name {
            #[diesel(sql_type = Nullable<Text>)]
            $value: Option<String>,
            #[diesel(sql_type = Nullable<Text>)]
            $status: Option<String>,
            #[diesel(sql_type = Nullable<Text>)]
            $provenance: Option<String>,
            #[diesel(sql_type = Nullable<Text>)]
            $note: Option<String>,
        }

        impl $name {
            fn content(self) -> Result<Option<ValueContent>, Failure> {
                let (Some(status), Some(provenance)) = (self.$status, self.$provenance) else {
                    return Ok(None);
                };
                let value = self.$value.map(|text| Decimal::parse(&text)).transpose();
                Ok(Some(ValueContent {
                    value: value.map_err(|_| Problem::internal())?,
                    status: ValueStatus::from_word(&status).ok_or_else(Problem::internal)?,
                    provenance: Provenance::from_word(&provenance).ok_or_else(Problem::internal)?,
                    note: self.$note,
                }))
            }
        }
    };
}

recorded!(Before, old_value, old_status, old_provenance, old_note);
recorded!(After, new_value, new_status, new_provenance, new_note);

impl Staging {
    /// The entries that this transaction has made in the record, by row.
    pub async fn changes(&self, connection: &mut Connection) -> Result<Vec<ValueChange>, Failure> {
        entries(connection, true, i64::MAX).await
    }

    /// The first `most` of them where there was a value before: it was changed or
    /// withdrawn.
    pub async fn revisions(
        &self,
        connection: &mut Connection,
        most: i64,
    ) -> Result<Vec<ValueChange>, Failure> {
        entries(connection, false, most).await
    }
}

async fn entries(
    connection: &mut Connection,
    new_ones_too: bool,
    most: i64,
) -> Result<Vec<ValueChange>, Failure> {
    let entries: Vec<Entry> = diesel::sql_query(
            "SELECT i.row_number, i.indicator_code, i.municipality_code, i.year, i.gender, h.action,
                    h.before ->> 'value' AS old_value, h.before ->> 'status' AS old_status,
                    h.before ->> 'provenance' AS old_provenance, h.before ->> 'note' AS old_note,
                    h.after ->> 'value' AS new_value, h.after ->> 'status' AS new_status,
                    h.after ->> 'provenance' AS new_provenance, h.after ->> 'note' AS new_note
               FROM history h JOIN incoming_values i
                 ON ((h.key ->> 'indicator_code') COLLATE \"C\", (h.key ->> 'municipality_code') COLLATE \"C\",
                     (h.key ->> 'year')::integer, (h.key ->> 'gender') COLLATE \"C\")
                    = (i.indicator_code, i.municipality_code, i.year, i.gender)
              WHERE h.resource || '' = 'values'
                AND h.change_set_id = (
                    SELECT change_set_id FROM change_sets
                     WHERE transaction_id = pg_current_xact_id() AND commit_position IS NULL)
                AND ($1 OR h.action <> 'created')
              ORDER BY i.row_number LIMIT $2",
        )
        .bind::<Bool, _>(new_ones_too)
        .bind::<BigInt, _>(most)
        .load(connection)
        .await?;
    entries.into_iter().map(change).collect()
}

fn change(entry: Entry) -> Result<ValueChange, Failure> {
    Ok(ValueChange {
        row: entry.row_number,
        key: entry.key,
        action: entry.action,
        before: entry.before.content()?,
        after: entry.after.content()?,
    })
}
