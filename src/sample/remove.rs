//! Taking the sample away again.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::{ROLE, content, figures, follow_up, targets};
use crate::database::{Connection, Failure};
use crate::resources::values::Staging;

/// What became of the sample's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many were taken away.
    pub removed: usize,
    /// How many were kept: somebody has changed them or refers to them.
    pub kept: usize,
}

/// A row of the sample's: the table, the resource's name in the record of
/// changes, and the columns of the key with their values.
pub(super) struct Row {
    pub(super) table: &'static str,
    pub(super) resource: &'static str,
    pub(super) key: Vec<(&'static str, Value)>,
}

impl Row {
    /// SQL for what is true of the row's key, whose values are `$1` and on.
    fn condition(&self) -> String {
        let parts = (1..).zip(&self.key);
        let parts = parts.map(|(number, (column, _))| format!("t.{column}::text = ${number}"));
        parts.collect::<Vec<_>>().join(" AND ")
    }
}

/// Takes away the sample's rows that nobody has changed since and nobody
/// refers to.
pub async fn remove(connection: &mut Connection) -> Result<Removed, Failure> {
    let mut result = remove_values(connection).await?;
    for row in rows()? {
        match untouched(connection, &row).await? {
            None => {}
            Some(true) if delete(connection, &row).await? => result.removed += 1,
            Some(_) => result.kept += 1,
        }
    }
    Ok(result)
}

/// The sample's rows, those that refer to others first.
fn rows() -> Result<Vec<Row>, Failure> {
    let row = |table, column, key| Row {
        table,
        resource: table,
        key: vec![(column, key)],
    };
    let assignments = content::assignments()
        .into_iter()
        .map(|(id, _)| row("assignments", "assignment_id", json!(id)));
    let targets = targets::targets()
        .into_iter()
        .map(|(id, _)| row("targets", "target_id", json!(id)));
    let links = figures::links()?.into_iter().map(|(id, code, _)| Row {
        table: "goal_indicators",
        resource: "goal-indicators",
        key: vec![("goal_id", json!(id)), ("indicator_code", json!(code))],
    });
    let indicators = figures::indicators()?
        .into_iter()
        .map(|(code, _)| row("indicators", "indicator_code", json!(code)));
    let municipalities = figures::municipalities()?
        .into_iter()
        .map(|(code, _)| row("municipalities", "municipality_code", json!(code)));
    let goals = content::goals()
        .into_iter()
        .rev()
        .map(|(id, _)| row("goals", "goal_id", json!(id)));
    let boards = content::boards()
        .into_iter()
        .map(|(id, _)| row("boards", "board_id", json!(id)));
    let budgets = content::budgets()
        .into_iter()
        .map(|(year, _)| row("budgets", "budget_year", json!(year)));
    Ok(follow_up::rows()
        .into_iter()
        .chain(targets)
        .chain(links)
        .chain(indicators)
        .chain(municipalities)
        .chain(assignments)
        .chain(goals)
        .chain(boards)
        .chain(budgets)
        .collect())
}

/// Takes away the sample's values, all at once: there are thousands.
async fn remove_values(connection: &mut Connection) -> Result<Removed, Failure> {
    let values = figures::values()?;
    let mut staging = Staging::begin(connection).await?;
    staging.add(connection, &values).await?;
    let (removed, kept) = staging.remove_untouched(connection, ROLE).await?;
    Ok(Removed { removed, kept })
}

/// SQL with the values of a row's key.
fn about<'a>(row: &Row, sql: String) -> BoxedSqlQuery<'a, Pg, SqlQuery> {
    let query = diesel::sql_query(sql).into_boxed::<Pg>();
    row.key.iter().fold(query, |query, (_, value)| {
        query.bind::<Text, _>(plain(value))
    })
}

#[derive(QueryableByName)]
struct LastRole {
    #[diesel(sql_type = Nullable<Text>)]
    actor_role: Option<String>,
}

/// Whether the last change of a row that is there was the sample's own; a link's
/// role changes with targets and not with the link. The row is held first, in a
/// statement of its own: the next one then sees what others have changed until now.
async fn untouched(connection: &mut Connection, row: &Row) -> QueryResult<Option<bool>> {
    let (table, resource, condition) = (row.table, row.resource, row.condition());
    let hold = format!("SELECT FROM {table} t WHERE {condition} FOR UPDATE");
    if about(row, hold).execute(connection).await? == 0 {
        return Ok(None);
    }
    let key: Vec<String> = row
        .key
        .iter()
        .map(|(column, _)| format!("'{column}', to_jsonb(t.{column})"))
        .collect();
    let last = format!(
        "SELECT c.actor_role FROM {table} t JOIN history h \
           ON h.resource = '{resource}' AND h.key = jsonb_build_object({}) \
         JOIN change_sets c USING (change_set_id) WHERE {condition} \
         AND NOT coalesce(h.after ? 'role', false) ORDER BY h.entry_id DESC LIMIT 1",
        key.join(", ")
    );
    let last: Option<LastRole> = about(row, last).get_result(connection).await.optional()?;
    Ok(Some(last.is_some_and(|last| {
        last.actor_role.as_deref() == Some(ROLE)
    })))
}

/// Deletes a row unless something refers to it.
async fn delete(connection: &mut Connection, row: &Row) -> QueryResult<bool> {
    let statement = about(
        row,
        format!("DELETE FROM {} t WHERE {}", row.table, row.condition()),
    );
    // A savepoint: the refusal of one row must not end the whole.
    let deleted = connection
        .transaction(async move |connection: &mut Connection| statement.execute(connection).await)
        .await;
    match deleted {
        Ok(_) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn plain(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}
