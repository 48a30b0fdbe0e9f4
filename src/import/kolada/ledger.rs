//! What has been asked for: how an import goes on where it stopped, and from which
//! day the next one asks.

use std::collections::HashMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use diesel::OptionalExtension;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Bytea, Date, Integer, Nullable, Text, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::clock;
use crate::database::Connection;

/// How long an import that was interrupted can be gone on with. After that a new one
/// asks everything again, and of what is there only for what has changed.
const RESUMABLE: Duration = Duration::hours(12);

/// How many days before the last time the next import asks from. Kolada counts its
/// changes in days of its own calendar, and what it changed in the evening may be seen
/// the next day.
const OVERLAP: Days = Days::new(2);

/// An import under way (pågående inläsning).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// Its id.
    pub import_id: Uuid,
    /// When it was begun, if it is one that was interrupted.
    pub interrupted: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    import_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    begun_at: DateTime<Utc>,
}

/// Waits until no other import from Kolada is under way on this database; the error is
/// that another still is, after 20 seconds. It lasts as long as the connection.
pub(super) async fn alone(connection: &mut Connection) -> Result<(), String> {
    connection
        .batch_execute("SELECT pg_advisory_lock(6221338910451763)")
        .await
        .map_err(|error| format!("another import from Kolada may be under way: {error}"))
}

/// The import of this command that was interrupted less than 12 hours ago, if there is one.
pub(super) async fn interrupted(
    connection: &mut Connection,
    command: &[u8],
) -> QueryResult<Option<Import>> {
    let found: Option<Found> = diesel::sql_query(
        "SELECT import_id, begun_at FROM kolada_imports
          WHERE command = $1 AND finished_at IS NULL AND begun_at > $2",
    )
    .bind::<Bytea, _>(command)
    .bind::<Timestamptz, _>(clock::now() - RESUMABLE)
    .get_result(connection)
    .await
    .optional()?;
    Ok(found.map(|found| Import {
        import_id: found.import_id,
        interrupted: Some(found.begun_at),
    }))
}

/// Begins an import of this command.
pub(super) async fn begin(
    connection: &mut Connection,
    command: &[u8],
    import_id: Uuid,
) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO kolada_imports (command, import_id, begun_at) VALUES ($1, $2, $3)
         ON CONFLICT (command) DO UPDATE
            SET import_id = excluded.import_id, begun_at = excluded.begun_at, finished_at = NULL",
    )
    .bind::<Bytea, _>(command)
    .bind::<diesel::sql_types::Uuid, _>(import_id)
    .bind::<Timestamptz, _>(clock::now())
    .execute(connection)
    .await
}

/// Notes that it is finished.
pub(super) async fn finish(connection: &mut Connection, import_id: Uuid) -> QueryResult<usize> {
    diesel::sql_query("UPDATE kolada_imports SET finished_at = $2 WHERE import_id = $1")
        .bind::<diesel::sql_types::Uuid, _>(import_id)
        .bind::<Timestamptz, _>(clock::now())
        .execute(connection)
        .await
}

/// What is known of a key figure's part (läge för en del).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The day from which to ask for changes.
    pub from: NaiveDate,
    /// Whether reported values were to be written over.
    pub overwriting: bool,
    /// The import that asked.
    pub import_id: Uuid,
}

#[derive(QueryableByName)]
struct AskedRow {
    #[diesel(sql_type = Text)]
    indicator_code: String,
    #[diesel(sql_type = Text)]
    kolada_id: String,
    #[diesel(sql_type = Date)]
    asked_on: NaiveDate,
    #[diesel(sql_type = Bool)]
    overwriting: bool,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    import_id: Uuid,
}

/// What has been asked of this part, by Kolada's ids of the key figures; `codes` has the
/// indicators that these are now. What an indicator was asked for when it was another
/// key figure says nothing.
pub(super) async fn asked(
    connection: &mut Connection,
    source: &str,
    part: &str,
    codes: &HashMap<String, String>,
) -> QueryResult<HashMap<String, Asked>> {
    let rows: Vec<AskedRow> = diesel::sql_query(
        "SELECT indicator_code, kolada_id, asked_on, overwriting, import_id
           FROM kolada_parts WHERE source = $1 AND part = $2",
    )
    .bind::<Text, _>(source)
    .bind::<Text, _>(part)
    .load(connection)
    .await?;
    let now = |row: &AskedRow| codes.get(&row.kolada_id) == Some(&row.indicator_code);
    let known = rows.into_iter().filter(now).map(|row| {
        let asked = Asked {
            from: row.asked_on - OVERLAP,
            overwriting: row.overwriting,
            import_id: row.import_id,
        };
        (row.kolada_id, asked)
    });
    Ok(known.collect())
}

/// Which part has been asked for, by whom (läsnotering).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Where Kolada is.
    pub source: String,
    /// The municipalities and years, as the path has them.
    pub part: String,
    /// The day on which it was asked.
    pub asked_on: NaiveDate,
    /// Whether reported values were to be written over.
    pub overwriting: bool,
    /// The import.
    pub import_id: Uuid,
}

/// An indicator and the key figure that it is (nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    /// The indicator.
    pub indicator_code: String,
    /// Kolada's id.
    pub kolada_id: String,
    /// The decimals that this import has set, if it has made the indicator.
    pub decimals: Option<i32>,
}

/// Notes that a part has been asked for, in the transaction that writes its figures. What
/// was noted of an indicator when it was another key figure is forgotten.
pub(super) async fn note(
    connection: &mut Connection,
    noted: &[Noted],
    note: &Note,
) -> QueryResult<()> {
    let codes: Vec<&str> = noted
        .iter()
        .map(|one| one.indicator_code.as_str())
        .collect();
    let ids: Vec<&str> = noted.iter().map(|one| one.kolada_id.as_str()).collect();
    let decimals: Vec<Option<i32>> = noted.iter().map(|one| one.decimals).collect();
    diesel::sql_query(
        "DELETE FROM kolada_parts p USING unnest($1, $2) AS now (code, id)
          WHERE p.indicator_code = now.code AND p.kolada_id <> now.id",
    )
    .bind::<Array<Text>, _>(&codes)
    .bind::<Array<Text>, _>(&ids)
    .execute(connection)
    .await?;
    diesel::sql_query(
        "INSERT INTO kolada_parts (indicator_code, kolada_id, decimals, source, part, asked_on,
                                   overwriting, import_id)
         SELECT code, id, decimals, $4, $5, $6, $7, $8
           FROM unnest($1, $2, $3) AS now (code, id, decimals) ORDER BY code
         ON CONFLICT (indicator_code, source, part) DO UPDATE
            SET kolada_id = excluded.kolada_id, decimals = excluded.decimals,
                asked_on = excluded.asked_on, overwriting = excluded.overwriting,
                import_id = excluded.import_id",
    )
    .bind::<Array<Text>, _>(codes)
    .bind::<Array<Text>, _>(ids)
    .bind::<Array<Nullable<Integer>>, _>(decimals)
    .bind::<Text, _>(&note.source)
    .bind::<Text, _>(&note.part)
    .bind::<Date, _>(note.asked_on)
    .bind::<Bool, _>(note.overwriting)
    .bind::<diesel::sql_types::Uuid, _>(note.import_id)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct MadeRow {
    #[diesel(sql_type = Text)]
    kolada_id: String,
    #[diesel(sql_type = Integer)]
    decimals: i32,
}

/// The key figures whose indicators this import has made, each with the decimals that it
/// has set last.
pub(super) async fn made(
    connection: &mut Connection,
    import_id: Uuid,
) -> QueryResult<HashMap<String, i32>> {
    let rows: Vec<MadeRow> = diesel::sql_query(
        "SELECT kolada_id, max(decimals) AS decimals FROM kolada_parts
          WHERE import_id = $1 AND decimals IS NOT NULL GROUP BY kolada_id",
    )
    .bind::<diesel::sql_types::Uuid, _>(import_id)
    .load(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.kolada_id, row.decimals))
        .collect())
}
