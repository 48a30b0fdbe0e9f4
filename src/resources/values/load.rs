//! Many values at once: rows are first laid in a table of the transaction's
//! own, where all of them can be checked, then written in the order of their
//! keys, so that two loads of the same rows never wait for each other in a
//! circle.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Numeric, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{Gender, ValueContent, ValueKey};
use crate::database::Connection;
use crate::decimal::Decimal;

/// The most rows that one statement writes.
const AT_ONCE: i64 = 50_000;

/// A value with its place in the load.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingValue {
    /// Which row it is; the first is 1.
    pub row: i64,
    /// The key.
    pub key: ValueKey,
    /// What is to be written.
    pub content: ValueContent,
}

/// What becomes of a value that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is written over.
    Replace,
    /// It is left as it is.
    Keep,
}

/// What a load has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// How many values it made.
    pub created: i64,
    /// How many it changed.
    pub updated: i64,
    /// How many were already so; nothing was written.
    pub unchanged: i64,
    /// How many reported ones were left, where the load has Kolada's figures.
    pub kept: i64,
}

/// A fault of a row that only the other rows can tell.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct RowFault {
    /// Which row it is.
    #[diesel(sql_type = BigInt)]
    pub row_number: i64,
    /// The member at fault, by its name in the API.
    #[diesel(sql_type = Text)]
    pub field: String,
    /// The fault's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// The fault in words.
    #[diesel(sql_type = Text)]
    pub detail: String,
}

/// The rows of one load, in a table that ends with the transaction.
#[derive(Debug)]
pub struct Staging {
    rows: i64,
}

impl Staging {
    /// An empty one. Call it once in a transaction.
    pub async fn begin(connection: &mut Connection) -> QueryResult<Self> {
        connection
            .batch_execute(
                "CREATE TEMPORARY TABLE incoming_values (
                     row_number bigint NOT NULL,
                     indicator_code text COLLATE \"C\" NOT NULL,
                     municipality_code text COLLATE \"C\" NOT NULL,
                     year integer NOT NULL,
                     gender text COLLATE \"C\" NOT NULL,
                     value numeric,
                     status text NOT NULL,
                     provenance text NOT NULL,
                     note text
                 ) ON COMMIT DROP",
            )
            .await?;
        Ok(Self { rows: 0 })
    }

    /// Lays rows in it.
    pub async fn add(
        &mut self,
        connection: &mut Connection,
        rows: &[IncomingValue],
    ) -> QueryResult<()> {
        let column =
            |read: fn(&IncomingValue) -> &str| -> Vec<&str> { rows.iter().map(read).collect() };
        let numbers: Vec<i64> = rows.iter().map(|row| row.row).collect();
        let years: Vec<i32> = rows.iter().map(|row| row.key.year).collect();
        let figures: Vec<Option<Decimal>> = rows.iter().map(|row| row.content.value).collect();
        let notes: Vec<Option<&str>> = rows.iter().map(|row| row.content.note.as_deref()).collect();
        diesel::sql_query(
            "INSERT INTO incoming_values SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind::<Array<BigInt>, _>(numbers)
        .bind::<Array<Text>, _>(column(|row| &row.key.indicator_code))
        .bind::<Array<Text>, _>(column(|row| &row.key.municipality_code))
        .bind::<Array<Integer>, _>(years)
        .bind::<Array<Text>, _>(column(|row| row.key.gender.word()))
        .bind::<Array<Nullable<Numeric>>, _>(figures)
        .bind::<Array<Text>, _>(column(|row| row.content.status.word()))
        .bind::<Array<Text>, _>(column(|row| row.content.provenance.word()))
        .bind::<Array<Nullable<Text>>, _>(notes)
        .execute(connection)
        .await?;
        self.rows += rows.len() as i64;
        Ok(())
    }

    /// How many rows are in it.
    pub fn rows(&self) -> i64 {
        self.rows
    }

    /// Holds what the rows refer to until the transaction ends, and answers the
    /// faults between rows, the first `most` of them by row, and how many there are.
    pub async fn check(
        &self,
        connection: &mut Connection,
        most: i64,
    ) -> QueryResult<(Vec<RowFault>, i64)> {
        connection
            .batch_execute(
                "CREATE INDEX ON incoming_values (indicator_code, municipality_code, year, gender);
                 ANALYZE incoming_values;
                 SELECT FROM indicators WHERE indicator_code IN (SELECT indicator_code FROM incoming_values)
                  ORDER BY indicator_code FOR KEY SHARE;
                 SELECT FROM municipalities WHERE municipality_code IN (SELECT municipality_code FROM incoming_values)
                  ORDER BY municipality_code FOR KEY SHARE",
            )
            .await?;
        let found: Vec<CountedFault> = diesel::sql_query(FAULTS)
            .bind::<Text, _>(Gender::All.word())
            .bind::<BigInt, _>(most)
            .load(connection)
            .await?;
        let total = found.iter().map(|counted| counted.total).max().unwrap_or(0);
        Ok((
            found.into_iter().map(|counted| counted.fault).collect(),
            total,
        ))
    }

    /// Writes the rows, which have been checked. `told` hears how many are done.
    pub async fn write(
        &self,
        connection: &mut Connection,
        existing: Existing,
        mut told: impl FnMut(i64),
    ) -> QueryResult<Loaded> {
        let mut loaded = Loaded::default();
        let mut done = 0;
        let mut from: Option<ValueKey> = None;
        while done < self.rows {
            let last = self.last_of_next(connection, from.as_ref()).await?;
            let written = write_between(connection, existing, from.as_ref(), last.as_ref()).await?;
            loaded.created += written.created;
            loaded.updated += written.updated;
            done = (done + AT_ONCE).min(self.rows);
            told(done);
            from = last;
        }
        if existing == Existing::Replace {
            loaded.kept = self.kept(connection).await?;
        }
        loaded.unchanged = self.rows - loaded.created - loaded.updated - loaded.kept;
        Ok(loaded)
    }

    /// How many values are reported still where a row has Kolada's figure. The
    /// write has locked them, though it has left them.
    async fn kept(&self, connection: &mut Connection) -> QueryResult<i64> {
        let kept = diesel::sql_query(
            "SELECT FROM indicator_values v JOIN incoming_values i
              USING (indicator_code, municipality_code, year, gender)
              WHERE v.provenance = 'reported' AND i.provenance = 'kolada'",
        )
        .execute(connection)
        .await?;
        Ok(i64::try_from(kept).unwrap_or_default())
    }

    /// Deletes the values whose last change was made in the role `role`.
    /// Answers how many those were and how many are left of all these rows.
    pub async fn remove_untouched(
        &self,
        connection: &mut Connection,
        role: &str,
    ) -> QueryResult<(usize, usize)> {
        // Held first, in a statement of its own: the next one then sees what
        // others have changed until now, and nobody changes anything meanwhile.
        let there = diesel::sql_query(
            "SELECT FROM indicator_values v JOIN incoming_values
              USING (indicator_code, municipality_code, year, gender)
              ORDER BY indicator_code, municipality_code, year, gender FOR UPDATE OF v",
        )
        .execute(connection)
        .await?;
        let removed = diesel::sql_query(
            "DELETE FROM indicator_values v USING incoming_values i
              WHERE (v.indicator_code, v.municipality_code, v.year, v.gender)
                    = (i.indicator_code, i.municipality_code, i.year, i.gender)
                AND (SELECT c.actor_role = $1 FROM history h JOIN change_sets c USING (change_set_id)
                      WHERE h.resource = 'values'
                        AND ((h.key ->> 'indicator_code') COLLATE \"C\", (h.key ->> 'municipality_code') COLLATE \"C\",
                             (h.key ->> 'year')::integer, (h.key ->> 'gender') COLLATE \"C\")
                            = (v.indicator_code, v.municipality_code, v.year, v.gender)
                      ORDER BY h.entry_id DESC LIMIT 1)",
        )
        .bind::<Text, _>(role)
        .execute(connection)
        .await?;
        Ok((removed, there - removed))
    }

    /// The last key of the next rows to write; `None` for all that are left.
    async fn last_of_next(
        &self,
        connection: &mut Connection,
        from: Option<&ValueKey>,
    ) -> QueryResult<Option<ValueKey>> {
        if self.rows <= AT_ONCE {
            return Ok(None);
        }
        diesel::sql_query(
            "SELECT indicator_code, municipality_code, year, gender FROM incoming_values
              WHERE (indicator_code, municipality_code, year, gender) > ($1, $2, $3, $4)
              ORDER BY indicator_code, municipality_code, year, gender OFFSET $5 LIMIT 1",
        )
        .bind::<Text, _>(from.map_or("", |key| &key.indicator_code))
        .bind::<Text, _>(from.map_or("", |key| &key.municipality_code))
        .bind::<Integer, _>(from.map_or(0, |key| key.year))
        .bind::<Text, _>(from.map_or("", |key| key.gender.word()))
        .bind::<BigInt, _>(AT_ONCE - 1)
        .get_result(connection)
        .await
        .optional()
    }
}

#[derive(QueryableByName)]
struct CountedFault {
    #[diesel(embed)]
    fault: RowFault,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// What is not there, what has no gender, and what comes twice.
const FAULTS: &str = "
    WITH faults AS (
        SELECT row_number, 'indicatorCode' AS field, 'unknownReference' AS code,
               'there is no indicator ' || indicator_code AS detail
          FROM incoming_values v
         WHERE NOT EXISTS (SELECT FROM indicators i WHERE i.indicator_code = v.indicator_code)
        UNION ALL
        SELECT row_number, 'municipalityCode', 'unknownReference',
               'there is no municipality ' || municipality_code
          FROM incoming_values v
         WHERE NOT EXISTS (SELECT FROM municipalities m WHERE m.municipality_code = v.municipality_code)
        UNION ALL
        SELECT row_number, 'gender', 'inconsistent',
               'the indicator ' || v.indicator_code || ' is not divided by gender: its only gender is T'
          FROM incoming_values v JOIN indicators i USING (indicator_code)
         WHERE v.gender <> $1 AND NOT i.divided_by_gender
        UNION ALL
        SELECT row_number, 'indicatorCode', 'duplicate',
               'row ' || first_row || ' has the same indicator, municipality, year and gender'
          FROM (SELECT row_number, min(row_number) OVER (PARTITION BY indicator_code, municipality_code, year, gender) AS first_row
                  FROM incoming_values) AS numbered
         WHERE row_number <> first_row
    )
    SELECT row_number, field, code, detail, count(*) OVER () AS total
      FROM faults ORDER BY row_number, field LIMIT $2";

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    created: i64,
    #[diesel(sql_type = BigInt)]
    updated: i64,
}

/// Writes the rows after `from` up to `last`. A row of the table that this
/// statement has just made has no xmax.
async fn write_between(
    connection: &mut Connection,
    existing: Existing,
    from: Option<&ValueKey>,
    last: Option<&ValueKey>,
) -> QueryResult<Written> {
    let conflict = match existing {
        Existing::Keep => "NOTHING",
        Existing::Replace => {
            "UPDATE SET value = excluded.value, status = excluded.status,
                    provenance = excluded.provenance, note = excluded.note
              WHERE (there.value, there.status, there.provenance, there.note)
                    IS DISTINCT FROM (excluded.value, excluded.status, excluded.provenance, excluded.note)
                AND NOT (there.provenance = 'reported' AND excluded.provenance = 'kolada')"
        }
    };
    diesel::sql_query(format!(
        "WITH written AS (
             INSERT INTO indicator_values AS there
                    (indicator_code, municipality_code, year, gender, value, status, provenance, note)
             SELECT indicator_code, municipality_code, year, gender, value, status, provenance, note
               FROM incoming_values
              WHERE (indicator_code, municipality_code, year, gender) > ($1, $2, $3, $4)
                AND (NOT $5 OR (indicator_code, municipality_code, year, gender) <= ($6, $7, $8, $9))
              ORDER BY indicator_code, municipality_code, year, gender
             ON CONFLICT (indicator_code, municipality_code, year, gender) DO {conflict}
             RETURNING there.xmax = 0 AS made
         )
         SELECT count(*) FILTER (WHERE made) AS created, count(*) FILTER (WHERE NOT made) AS updated FROM written",
    ))
    .bind::<Text, _>(from.map_or("", |key| &key.indicator_code))
    .bind::<Text, _>(from.map_or("", |key| &key.municipality_code))
    .bind::<Integer, _>(from.map_or(0, |key| key.year))
    .bind::<Text, _>(from.map_or("", |key| key.gender.word()))
    .bind::<Bool, _>(last.is_some())
    .bind::<Text, _>(last.map_or("", |key| &key.indicator_code))
    .bind::<Text, _>(last.map_or("", |key| &key.municipality_code))
    .bind::<Integer, _>(last.map_or(0, |key| key.year))
    .bind::<Text, _>(last.map_or("", |key| key.gender.word()))
    .get_result(connection)
    .await
}
