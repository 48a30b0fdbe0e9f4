//! The SQL of histories.

use chrono::{DateTime, Utc};
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::list::Paging;
use crate::problem::Problem;

/// The thing whose history is asked for.
pub(super) struct Thing {
    /// What it is called in a 404.
    pub(super) what: &'static str,
    /// The table it is kept in.
    pub(super) table: &'static str,
    /// The condition for its entries in the record.
    pub(super) entries: Statement,
}

/// One version: what one commit did to the thing, whatever its statements were.
#[derive(Debug, QueryableByName)]
pub(super) struct Entry {
    #[diesel(sql_type = BigInt)]
    commit_position: i64,
    #[diesel(sql_type = Timestamptz)]
    pub(super) committed_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) next_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    first_id: i64,
    #[diesel(sql_type = BigInt)]
    last_id: i64,
    /// Whether there was nothing before.
    #[diesel(sql_type = Bool)]
    pub(super) is_made: bool,
    /// Whether there is nothing after.
    #[diesel(sql_type = Bool)]
    pub(super) is_gone: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) actor_role: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(super) actor_key_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) trace_id: Option<String>,
}

/// A page of versions, the newest first.
pub(super) struct Loaded<R> {
    /// How many there are in all.
    pub(super) total: i64,
    pub(super) entries: Vec<Entry>,
    /// The row before each version that had one, in their order.
    pub(super) before: Vec<R>,
    /// The row after each version that has one, in their order.
    pub(super) after: Vec<R>,
    newer: bool,
    older: bool,
}

impl<R> Loaded<R> {
    /// Where a walk goes on, to what is older or back to what is newer.
    pub(super) fn place(&self, backwards: bool) -> Option<i64> {
        let edge = if backwards {
            self.entries.as_slice().first().filter(|_| self.newer)
        } else {
            self.entries.last().filter(|_| self.older)
        };
        edge.map(|entry| entry.commit_position)
    }
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A page of the versions of a thing; 404 where it has never been.
pub(super) async fn page<R>(
    connection: &mut Connection,
    thing: &Thing,
    paging: &Paging,
) -> Result<Loaded<R>, Failure>
where
    R: QueryableByName<Pg> + Send + 'static,
{
    let count = Statement::new("SELECT count(*) AS total FROM (").then(thing.versions());
    let counted: Total = count.sql(") AS versions").get_result(connection).await?;
    if counted.total == 0 {
        return Err(Problem::not_found(thing.what).into());
    }
    let backwards = paging.cursor().is_some_and(|cursor| cursor.backwards);
    let mut entries: Vec<Entry> = thing.selected(paging)?.load(connection).await?;
    let more = entries.len() as i64 > paging.limit;
    entries.truncate(usize::try_from(paging.limit).unwrap_or(usize::MAX));
    if backwards {
        entries.reverse();
    }
    let walking = paging.cursor().is_some();
    let before = entries.iter().filter(|entry| !entry.is_made);
    let before = before.map(|entry| entry.first_id).collect();
    let after = entries.iter().filter(|entry| !entry.is_gone);
    let after = after.map(|entry| entry.last_id).collect();
    Ok(Loaded {
        total: counted.total,
        before: thing.rows(connection, "before", before).await?,
        after: thing.rows(connection, "after", after).await?,
        newer: if backwards {
            more
        } else {
            walking || paging.page.is_some_and(|page| page > 1)
        },
        older: backwards || more,
        entries,
    })
}

impl Thing {
    /// All versions. What was made and gone within one commit was never there.
    fn versions(&self) -> Statement {
        Statement::new(
            "SELECT s.commit_position, s.committed_at, v.first_id, v.last_id, v.is_made, v.is_gone,
                    s.actor_role, s.actor_key_id, s.trace_id,
                    lag(s.committed_at) OVER (ORDER BY s.commit_position DESC) AS next_at
               FROM (SELECT change_set_id, min(entry_id) AS first_id, max(entry_id) AS last_id,
                            (array_agg(action ORDER BY entry_id))[1] = 'created' AS is_made,
                            (array_agg(action ORDER BY entry_id DESC))[1] = 'deleted' AS is_gone
                       FROM history WHERE ",
        )
        .then(self.entries.clone())
        .sql(
            " GROUP BY change_set_id) AS v
               JOIN change_sets s USING (change_set_id)
              WHERE s.commit_position IS NOT NULL AND NOT (v.is_made AND v.is_gone)",
        )
    }

    /// The versions that are asked for, and one more.
    fn selected(&self, paging: &Paging) -> Result<Statement, Problem> {
        let mut statement = Statement::new("SELECT * FROM (")
            .then(self.versions())
            .sql(") AS versions");
        let mut direction = "DESC";
        if let Some(cursor) = paging.cursor() {
            let place = cursor
                .values
                .as_slice()
                .first()
                .and_then(serde_json::Value::as_i64);
            let place = place.ok_or_else(|| {
                Problem::query("the cursor is none of this list's; begin again without it")
            })?;
            let sign = if cursor.backwards { ">" } else { "<" };
            direction = if cursor.backwards { "ASC" } else { "DESC" };
            statement = statement
                .sql(format!(" WHERE commit_position {sign} "))
                .value(SqlValue::BigInt(place));
        }
        // A page out of range, the one before the first too, is empty.
        let taken = if paging.page == Some(0) {
            0
        } else {
            paging.limit + 1
        };
        let skipped = paging.page.unwrap_or(1).saturating_sub(1).max(0);
        Ok(statement
            .sql(format!(" ORDER BY commit_position {direction} LIMIT "))
            .value(SqlValue::BigInt(taken))
            .sql(" OFFSET ")
            .value(SqlValue::BigInt(skipped.saturating_mul(paging.limit))))
    }

    /// The rows that these entries have `before` or `after`, in their order.
    async fn rows<R>(
        &self,
        connection: &mut Connection,
        side: &str,
        entries: Vec<i64>,
    ) -> Result<Vec<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let expected = entries.len();
        let sql = format!(
            "SELECT r.* FROM unnest($1) WITH ORDINALITY AS wanted (entry_id, place)
               JOIN history h USING (entry_id)
              CROSS JOIN LATERAL jsonb_populate_record(NULL::{}, h.{side}) AS r
              ORDER BY place",
            self.table
        );
        let rows: Vec<R> = diesel::sql_query(sql)
            .bind::<Array<BigInt>, _>(entries)
            .load(connection)
            .await?;
        if rows.len() == expected {
            Ok(rows)
        } else {
            tracing::error!(
                table = self.table,
                "the record lacks a row that it speaks of"
            );
            Err(Problem::internal().into())
        }
    }
}
