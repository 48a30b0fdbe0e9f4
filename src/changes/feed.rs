//! Reading the record from a place on.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::{Action, Recorded, recorded};
use crate::database::record::Place;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::problem::{Code, Problem};

/// An entry of the record: a change, as the database has it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The place just after it.
    pub place: Place,
    /// When it was committed.
    pub committed_at: DateTime<Utc>,
    /// What it is about.
    pub resource: &'static Recorded,
    /// What happened.
    pub action: Action,
    pub(super) key: Value,
    pub(super) changed: Vec<String>,
    pub(super) version: Option<i64>,
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = BigInt)]
    commit_position: i64,
    #[diesel(sql_type = Timestamptz)]
    committed_at: DateTime<Utc>,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    entry_id: i64,
    #[diesel(sql_type = Text)]
    resource: String,
    #[diesel(sql_type = Jsonb)]
    key: Value,
    #[diesel(sql_type = Text)]
    action: Action,
    #[diesel(sql_type = Array<Text>)]
    changed: Vec<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
}

impl EntryRow {
    fn entry(self) -> Option<Entry> {
        Some(Entry {
            place: Place::new(self.commit_position, self.entry_id, &self.hash),
            committed_at: self.committed_at,
            resource: recorded(&self.resource)?,
            action: self.action,
            key: self.key,
            changed: self.changed,
            version: self.version,
        })
    }
}

/// Change sets in the order of their commits, each with its entries in theirs;
/// one that has none of these resources is passed over whole. What changed is
/// found out in the database, for a text may be long.
fn entries(place: Place, resources: &[&str], limit: i64) -> Statement {
    let (position, entry) = (
        SqlValue::BigInt(place.position),
        SqlValue::BigInt(place.entry),
    );
    let wanted: Vec<String> = resources.iter().map(|&name| name.to_owned()).collect();
    let besides_values = match resources.contains(&"values") {
        true => "",
        false => " AND c.resources <> '{values}'",
    };
    Statement::new(
        "SELECT c.commit_position, c.committed_at, c.hash, h.entry_id, h.resource, h.key, h.action,
           CASE h.action
               WHEN 'created' THEN ARRAY(SELECT a.key FROM jsonb_each(h.after) a WHERE a.value <> 'null')
               WHEN 'updated' THEN ARRAY(SELECT a.key FROM jsonb_each(h.after) a WHERE a.value IS DISTINCT FROM h.before -> a.key)
               ELSE '{}' END AS changed,
           (h.after ->> 'version')::bigint AS version
      FROM change_sets c
     CROSS JOIN LATERAL (
           SELECT * FROM history h
            WHERE h.change_set_id = c.change_set_id
              AND h.entry_id <= c.last_entry
              AND h.entry_id > CASE WHEN c.commit_position = ",
    )
    .value(position.clone())
    .sql(" THEN ")
    .value(entry)
    .sql(" ELSE c.first_entry - 1 END AND h.resource = ANY (")
    .value(SqlValue::Texts(wanted.clone()))
    .sql(") ORDER BY h.entry_id LIMIT ")
    .value(SqlValue::BigInt(limit))
    .sql(") AS h WHERE c.commit_position >= ")
    .value(position)
    .sql(" AND c.resources && ")
    .value(SqlValue::Texts(wanted))
    .sql(format!(
        "{besides_values} ORDER BY c.commit_position, h.entry_id LIMIT "
    ))
    .value(SqlValue::BigInt(limit))
}

/// The first `limit` entries after a place that are about these resources.
pub async fn after(
    connection: &mut Connection,
    place: Place,
    resources: &[&str],
    limit: i64,
) -> QueryResult<Vec<Entry>> {
    let rows: Vec<EntryRow> = entries(place, resources, limit).load(connection).await?;
    Ok(rows.into_iter().filter_map(EntryRow::entry).collect())
}

#[derive(QueryableByName)]
struct Hash {
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// Makes sure that a place is one of this record: 410 when it is not, as after
/// a restore that lost what came before it.
pub async fn hold_to(connection: &mut Connection, place: Place) -> Result<(), Failure> {
    if place == Place::START {
        return Ok(());
    }
    let found: Option<Hash> =
        diesel::sql_query("SELECT hash FROM change_sets WHERE commit_position = $1")
            .bind::<BigInt, _>(place.position)
            .get_result(connection)
            .await
            .optional()?;
    if found.is_some_and(|found| place.is_of(&found.hash)) {
        return Ok(());
    }
    Err(Problem::new(
        Code::CursorGone,
        "this cursor is of a record that is no more, as after a restore from a backup; read everything again and follow from the Changes-Cursor of that answer",
    )
    .into())
}
