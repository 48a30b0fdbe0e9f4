//! Many values at once: rows are first laid in a table of the transaction's
//! own, where all of them can be checked, then written in the order of their keys.
//!
//! # Why two loads never wait for each other in a circle
//!
//! A load waits for others in three places, always in this order:
//!
//! 1. It holds the indicators that its rows refer to, by code, and then the
//!    municipalities, by code. Loads hold them in ways that do not exclude each
//!    other, so here a load waits only for somebody who changes an indicator or a
//!    municipality, and such a one waits for no value.
//! 2. It goes through its keys once, in their order, and takes each: a value to
//!    write is written, or locked where it is so already, and a value to withdraw is
//!    locked by the same statement, when its turn comes. Whoever waits for a key here
//!    holds lower ones only. So along a row of loads, each of which waits for the
//!    next, the keys that are waited for rise, and the row never comes back to its
//!    start. That is also why nothing is locked before: a load that locked what is
//!    there first, and then came to keys that somebody else has made meanwhile, would
//!    go through the keys twice.
//! 3. What is to be withdrawn is deleted. It is locked already; what somebody else has
//!    made in its place since is left alone if he holds it, so nobody waits here.
//!
//! What a board's key may replace, and what is taken, is looked at before without
//! a lock, so that every fault can be told at once. It is decided in the second step,
//! by the statement that locks the value, and looked at again after it, so nothing
//! can change between. A value alone (PUT, PATCH, DELETE) is one key, and waits for
//! no other. What all wait for at their commit is held by one who waits for nobody.
//! Should PostgreSQL find a circle all the same (somebody's own SQL can make one), the
//! load it ends is 503, and the other goes on.

mod changes;
mod check;
mod remove;
mod seen;
mod within;
mod write;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Numeric, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

pub use changes::ValueChange;
pub use write::Loaded;

use self::seen::Seen;
use super::{Gender, Provenance, ValueContent, ValueKey};
use crate::database::Connection;
use crate::decimal::Decimal;

/// The parts of a key, each if it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyParts {
    /// The indicator.
    pub indicator_code: Option<String>,
    /// The municipality.
    pub municipality_code: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// Whom the figure is about.
    pub gender: Option<Gender>,
}

/// What a row asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// That the value be this.
    Value(ValueContent),
    /// That there be no value.
    Nothing,
}

/// A row of a load.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingRow {
    /// Which row it is; the first is 1.
    pub row: i64,
    /// Which value it is about.
    pub key: KeyParts,
    /// What it asks for.
    pub wanted: Wanted,
    /// Whether nothing is wrong with it by itself. One that is not sound is never
    /// written; what can be read of it still counts beside the other rows.
    pub sound: bool,
}

impl IncomingRow {
    fn content(&self) -> Option<&ValueContent> {
        match &self.wanted {
            Wanted::Value(content) => Some(content),
            Wanted::Nothing => None,
        }
    }
}

crate::text_enum! {
    /// What becomes of a value that is there already (befintligt värde).
    pub enum OnConflict {
        /// It is written over.
        Update = "update",
        /// It is left as it is.
        Skip = "skip",
        /// The row that would write over it is at fault.
        Fail = "fail",
    }
}

/// On what terms rows are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What becomes of a value that is there.
    pub on_conflict: OnConflict,
    /// Whether Kolada's figures replace reported ones, too.
    pub overwrite_reported: bool,
    /// Whether a row that withdraws leaves a value alone that is not Kolada's.
    pub withdraw_koladas_alone: bool,
    /// The board whose key loads them, if it is a board's.
    pub board_id: Option<String>,
}

/// A fault of a row.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct RowFault {
    /// Which row it is.
    #[diesel(sql_type = BigInt)]
    pub row_number: i64,
    /// The member at fault, by its name in the API; `row` for the whole row.
    #[diesel(sql_type = Text)]
    pub field: String,
    /// The fault's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// The fault in words.
    #[diesel(sql_type = Text)]
    pub detail: String,
}

/// The code of a fault of who loads and not of what is loaded.
pub const FORBIDDEN: &str = "forbidden";

/// The rows of one load, in a table that ends with the transaction.
#[derive(Debug, Default)]
pub struct Staging {
    /// The rows that are to be written, and those that withdraw.
    rows: i64,
    withdrawals: i64,
    /// Whether any of them has a figure of Kolada's.
    of_kolada: bool,
    /// Whether the notes to Kolada's figures stay.
    keeps_notes: bool,
    seen: Seen,
}

impl Staging {
    /// An empty one. Call it once in a transaction.
    pub async fn begin(connection: &mut Connection) -> QueryResult<Self> {
        connection
            .batch_execute(
                "CREATE TEMPORARY TABLE incoming_values (
                     row_number bigint NOT NULL,
                     indicator_code text COLLATE \"C\",
                     municipality_code text COLLATE \"C\",
                     year integer,
                     gender text COLLATE \"C\",
                     value numeric,
                     status text,
                     provenance text,
                     note text,
                     withdraws boolean NOT NULL,
                     sound boolean NOT NULL
                 ) ON COMMIT DROP;
                 CREATE TEMPORARY TABLE row_faults (
                     row_number bigint NOT NULL,
                     field text NOT NULL,
                     code text NOT NULL,
                     detail text NOT NULL
                 ) ON COMMIT DROP",
            )
            .await?;
        Ok(Self::default())
    }

    /// Lays rows in it.
    pub async fn add(
        &mut self,
        connection: &mut Connection,
        rows: &[IncomingRow],
    ) -> QueryResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let of_key = |read: fn(&KeyParts) -> Option<&str>| -> Vec<Option<&str>> {
            rows.iter().map(|row| read(&row.key)).collect()
        };
        let of_content = |read: fn(&ValueContent) -> Option<&str>| -> Vec<Option<&str>> {
            let contents = rows.iter().map(IncomingRow::content);
            contents.map(|content| content.and_then(read)).collect()
        };
        let numbers: Vec<i64> = rows.iter().map(|row| row.row).collect();
        let years: Vec<Option<i32>> = rows.iter().map(|row| row.key.year).collect();
        let figures: Vec<Option<Decimal>> = rows
            .iter()
            .map(|row| row.content().and_then(|content| content.value))
            .collect();
        let withdraws: Vec<bool> = rows.iter().map(|row| row.content().is_none()).collect();
        let sound: Vec<bool> = rows.iter().map(|row| row.sound).collect();
        diesel::sql_query(
            "INSERT INTO incoming_values
             SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind::<Array<BigInt>, _>(numbers)
        .bind::<Array<Nullable<Text>>, _>(of_key(|key| key.indicator_code.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(of_key(|key| key.municipality_code.as_deref()))
        .bind::<Array<Nullable<Integer>>, _>(years)
        .bind::<Array<Nullable<Text>>, _>(of_key(|key| key.gender.map(Gender::word)))
        .bind::<Array<Nullable<Numeric>>, _>(figures)
        .bind::<Array<Nullable<Text>>, _>(of_content(|content| Some(content.status.word())))
        .bind::<Array<Nullable<Text>>, _>(of_content(|content| Some(content.provenance.word())))
        .bind::<Array<Nullable<Text>>, _>(of_content(|content| content.note.as_deref()))
        .bind::<Array<Bool>, _>(&withdraws)
        .bind::<Array<Bool>, _>(sound)
        .execute(connection)
        .await?;
        self.rows += rows.len() as i64;
        self.withdrawals += withdraws.iter().filter(|withdraws| **withdraws).count() as i64;
        self.of_kolada |= rows.iter().any(|row| {
            row.content()
                .is_some_and(|content| content.provenance == Provenance::Kolada)
        });
        rows.iter().for_each(|row| self.seen.note(row));
        Ok(())
    }

    /// Lets each row keep the note of the figure of Kolada's that it takes the place of:
    /// Kolada has no notes, so whoever wrote it means the figure with this key.
    pub fn keep_notes(&mut self) {
        self.keeps_notes = true;
    }

    /// Takes the table away before the transaction ends, so that the same
    /// transaction can have another load.
    pub async fn end(self, connection: &mut Connection) -> QueryResult<()> {
        connection
            .batch_execute("DROP TABLE incoming_values, row_faults")
            .await
    }

    /// How many rows are in it.
    pub fn rows(&self) -> i64 {
        self.rows
    }
}
