//! Writing the rows, in the order of their keys.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::check::{TAKEN, not_reported};
use super::{OnConflict, Staging, Terms, ValueKey};
use crate::database::Connection;

/// The most rows that one statement writes.
const AT_ONCE: i64 = 50_000;

/// What a load has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// How many values it made.
    pub created: i64,
    /// How many it changed.
    pub updated: i64,
    /// How many it withdrew.
    pub deleted: i64,
    /// How many were already so; nothing was written.
    pub unchanged: i64,
    /// How many reported ones were left, where the load has Kolada's figures; and
    /// those that are not Kolada's, where it withdraws Kolada's alone.
    pub kept: i64,
    /// How many rows were found at fault only now, since somebody else has written
    /// the value meanwhile. They are not written, and their faults are noted.
    pub late: i64,
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    created: i64,
    #[diesel(sql_type = BigInt)]
    updated: i64,
    /// How many reported values it left to one of Kolada's.
    #[diesel(sql_type = BigInt)]
    kept: i64,
    /// How many rows there was something to write for.
    #[diesel(sql_type = BigInt)]
    tried: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
}

impl Staging {
    /// Writes the rows, all of which must be without fault. `told` hears after
    /// each piece how many are done.
    pub async fn write(
        &self,
        connection: &mut Connection,
        terms: &Terms,
        mut told: impl FnMut(i64),
    ) -> QueryResult<Loaded> {
        if self.rows > AT_ONCE {
            let index =
                "CREATE INDEX ON incoming_values (indicator_code, municipality_code, year, gender);
                         ANALYZE incoming_values";
            connection.batch_execute(index).await?;
        }
        let mut loaded = Loaded::default();
        let (mut done, mut tried) = (0, 0);
        let mut from: Option<ValueKey> = None;
        while done < self.rows {
            let last = self.last_of_next(connection, from.as_ref()).await?;
            let statement = self.statement(terms);
            let written = write_between(connection, statement, from.as_ref(), last.as_ref());
            let written = written.await?;
            loaded.created += written.created;
            loaded.updated += written.updated;
            loaded.kept += written.kept;
            loaded.late += written.late;
            tried += written.tried;
            done = (done + AT_ONCE).min(self.rows);
            told(done);
            from = last;
        }
        if self.withdrawals > 0 {
            loaded.deleted = withdraw(connection, terms).await?;
        }
        if terms.board_id.is_some() {
            loaded.late += note_not_reported(connection, terms.on_conflict).await?;
        }
        let keeps = terms.on_conflict == OnConflict::Update && !terms.overwrite_reported;
        if keeps && self.of_kolada && loaded.created + loaded.updated < tried {
            // Some were made by somebody else when their turn had come already.
            loaded.kept = kept(connection).await?;
        }
        if self.withdrawals > 0 && terms.withdraw_koladas_alone {
            loaded.kept += not_withdrawn(connection).await?;
        }
        let touched = loaded.created + loaded.updated + loaded.deleted + loaded.late;
        loaded.unchanged = self.rows - touched - loaded.kept;
        Ok(loaded)
    }

    /// The statement that goes through the keys after the first four binds up to
    /// the last four. Each row takes its turn: what is there is locked and looked at,
    /// and where there is something to write it is written, before the next row's
    /// turn (PostgreSQL computes `turns` row by row, as `written` asks for them; what
    /// counts them is asked for last). So a value that is already so costs no more than its lock. A row of the
    /// table that the statement has just made has no xmax.
    fn statement(&self, terms: &Terms) -> String {
        let kolada = match terms.overwrite_reported {
            true => "false",
            false => "there.provenance = 'reported' AND incoming.provenance = 'kolada'",
        };
        let kept = |incoming: &str| kolada.replace("incoming", incoming);
        let note = |incoming: &str| match self.keeps_notes {
            true => format!(
                "CASE WHEN there.provenance = 'kolada' AND {incoming}.provenance = 'kolada'
                      THEN coalesce({incoming}.note, there.note) ELSE {incoming}.note END"
            ),
            false => format!("{incoming}.note"),
        };
        let differs = |incoming: &str| {
            let content = |name: &str, note: &str| {
                format!("({name}.value, {name}.status, {name}.provenance, {note})")
            };
            let (there, note) = (content("there", "there.note"), note(incoming));
            format!("{there} IS DISTINCT FROM {}", content(incoming, &note))
        };
        let found = match terms.on_conflict {
            OnConflict::Update => format!(
                "(SELECT CASE WHEN NOT ({}) THEN 'same' WHEN {} THEN 'kept' ELSE 'other' END
                    {OF_ROW} FOR NO KEY UPDATE OF there)",
                differs("i"),
                kept("i"),
            ),
            OnConflict::Skip => format!("(SELECT 'same' {OF_ROW})"),
            OnConflict::Fail => "NULL".to_owned(),
        };
        let conflict = match terms.on_conflict {
            OnConflict::Skip | OnConflict::Fail => "NOTHING".to_owned(),
            OnConflict::Update => {
                let boards_own = match terms.board_id {
                    Some(_) => " AND there.provenance = 'reported'",
                    None => "",
                };
                format!(
                    "UPDATE SET value = excluded.value, status = excluded.status,
                            provenance = excluded.provenance, note = {}
                      WHERE {} AND NOT ({}){boards_own}",
                    note("excluded"),
                    differs("excluded"),
                    kept("excluded"),
                )
            }
        };
        // What is not made although nothing may be there has been made by somebody else.
        let (late, count, key) = if terms.on_conflict == OnConflict::Fail {
            let late = format!(
                ", late AS (
                 INSERT INTO row_faults (row_number, field, code, detail)
                 SELECT row_number, 'indicatorCode', 'taken', '{TAKEN}' FROM turns i
                  WHERE NOT i.withdraws
                    AND NOT EXISTS (SELECT FROM written w
                         WHERE (w.indicator_code, w.municipality_code, w.year, w.gender)
                               = (i.indicator_code, i.municipality_code, i.year, i.gender))
                 RETURNING row_number)"
            );
            let key = ", indicator_code, municipality_code, year, gender";
            (late, "(SELECT count(*) FROM late)", key)
        } else {
            (String::new(), "0::bigint", "")
        };
        format!(
            "WITH turns AS MATERIALIZED (
                 SELECT i.*, CASE WHEN i.withdraws THEN (SELECT 'held' {OF_ROW} FOR UPDATE OF there)
                                  ELSE {found} END AS found
                   FROM (SELECT * FROM incoming_values WHERE {BETWEEN}
                          ORDER BY indicator_code, municipality_code, year, gender OFFSET 0) AS i
             ), written AS (
                 INSERT INTO indicator_values AS there
                        (indicator_code, municipality_code, year, gender, value, status, provenance, note)
                 SELECT indicator_code, municipality_code, year, gender, value, status, provenance, note
                   FROM turns WHERE {TO_WRITE}
                 ON CONFLICT (indicator_code, municipality_code, year, gender) DO {conflict}
                 RETURNING there.xmax = 0 AS made{key}
             ){late}
             SELECT count(*) FILTER (WHERE made) AS created, count(*) FILTER (WHERE NOT made) AS updated,
                    (SELECT count(*) FROM turns WHERE found = 'kept') AS kept,
                    (SELECT count(*) FROM turns WHERE {TO_WRITE}) AS tried,
                    {count} AS late FROM written"
        )
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

/// The value that is there under the key of the row `i`.
const OF_ROW: &str = "FROM indicator_values there
    WHERE (there.indicator_code, there.municipality_code, there.year, there.gender)
          = (i.indicator_code, i.municipality_code, i.year, i.gender)";

/// The rows for which there is something to write.
const TO_WRITE: &str = "NOT withdraws AND (found IS NULL OR found = 'other')";

/// The rows whose turn it is.
const BETWEEN: &str = "(indicator_code, municipality_code, year, gender) > ($1, $2, $3, $4)
    AND (NOT $5 OR (indicator_code, municipality_code, year, gender) <= ($6, $7, $8, $9))";

async fn write_between(
    connection: &mut Connection,
    statement: String,
    from: Option<&ValueKey>,
    last: Option<&ValueKey>,
) -> QueryResult<Written> {
    diesel::sql_query(statement)
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

/// Deletes what is to be withdrawn, which is locked already. What somebody else
/// has made since is left to him while he holds it.
async fn withdraw(connection: &mut Connection, terms: &Terms) -> QueryResult<i64> {
    let may_go = match (&terms.board_id, terms.withdraw_koladas_alone) {
        (Some(_), _) => "AND v.provenance = 'reported'",
        (None, true) => "AND v.provenance = 'kolada'",
        (None, false) => "",
    };
    let deleted = diesel::sql_query(format!(
        "DELETE FROM indicator_values there
          USING (SELECT v.indicator_code, v.municipality_code, v.year, v.gender
                   FROM incoming_values i JOIN indicator_values v
                  USING (indicator_code, municipality_code, year, gender)
                  WHERE i.withdraws {may_go} FOR UPDATE OF v SKIP LOCKED) AS held
          WHERE (there.indicator_code, there.municipality_code, there.year, there.gender)
                = (held.indicator_code, held.municipality_code, held.year, held.gender)"
    ))
    .execute(connection)
    .await?;
    Ok(deleted as i64)
}

/// How many values that are not Kolada's were left although a row withdraws them.
/// The write has locked them.
async fn not_withdrawn(connection: &mut Connection) -> QueryResult<i64> {
    let left = diesel::sql_query(
        "SELECT FROM incoming_values i JOIN indicator_values v
          USING (indicator_code, municipality_code, year, gender)
          WHERE i.withdraws AND v.provenance <> 'kolada'",
    )
    .execute(connection)
    .await?;
    Ok(left as i64)
}

/// Notes the rows that a board's key was kept from writing, since what is there
/// is not reported. The write has locked it.
async fn note_not_reported(
    connection: &mut Connection,
    on_conflict: OnConflict,
) -> QueryResult<i64> {
    let found = not_reported(on_conflict);
    let noted = diesel::sql_query(format!(
        "INSERT INTO row_faults (row_number, field, code, detail) {found}"
    ));
    Ok(noted.execute(connection).await? as i64)
}

/// How many values are reported still where a row has Kolada's figure. The
/// write has locked them, though it has left them.
async fn kept(connection: &mut Connection) -> QueryResult<i64> {
    let kept = diesel::sql_query(
        "SELECT FROM incoming_values v
          CROSS JOIN LATERAL (
                SELECT provenance FROM indicator_values t
                 WHERE (t.indicator_code, t.municipality_code, t.year, t.gender)
                       = (v.indicator_code, v.municipality_code, v.year, v.gender)
                OFFSET 0) AS there
          WHERE there.provenance = 'reported' AND v.provenance = 'kolada'",
    )
    .execute(connection)
    .await?;
    Ok(kept as i64)
}
