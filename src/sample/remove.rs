//! Taking the sample away again.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::{ROLE, content};
use crate::database::{Connection, Failure};

/// What became of the sample's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many were taken away.
    pub removed: usize,
    /// How many were kept: somebody has changed them or refers to them.
    pub kept: usize,
}

/// A row of the sample's: the table (which is the resource's name in the record
/// of changes, too), the key's column and its value.
struct Row {
    table: &'static str,
    column: &'static str,
    key: Value,
}

/// Takes away the sample's rows that nobody has changed since and nobody
/// refers to.
pub async fn remove(connection: &mut Connection) -> Result<Removed, Failure> {
    let mut result = Removed::default();
    for row in rows() {
        match untouched(connection, &row).await? {
            None => {}
            Some(true) if delete(connection, &row).await? => result.removed += 1,
            Some(_) => result.kept += 1,
        }
    }
    Ok(result)
}

/// The sample's rows, those that refer to others first.
fn rows() -> Vec<Row> {
    let row = |table, column, key| Row { table, column, key };
    let assignments = content::assignments()
        .into_iter()
        .map(|(id, _)| row("assignments", "assignment_id", json!(id)));
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
    assignments
        .chain(goals)
        .chain(boards)
        .chain(budgets)
        .collect()
}

#[derive(QueryableByName)]
struct Untouched {
    #[diesel(sql_type = Bool)]
    untouched: bool,
}

/// Whether the last change of a row that is there was the sample's own.
async fn untouched(connection: &mut Connection, row: &Row) -> QueryResult<Option<bool>> {
    let (table, column) = (row.table, row.column);
    let found: Option<Untouched> = diesel::sql_query(format!(
        "SELECT coalesce((SELECT c.actor_role = $1 FROM history h JOIN change_sets c USING (change_set_id) \
         WHERE h.resource = '{table}' AND h.key = jsonb_build_object('{column}', to_jsonb(t.{column})) \
         ORDER BY h.entry_id DESC LIMIT 1), false) AS untouched FROM {table} t WHERE t.{column}::text = $2 FOR UPDATE"
    ))
    .bind::<Text, _>(ROLE)
    .bind::<Text, _>(plain(&row.key))
    .get_result(connection)
    .await
    .optional()?;
    Ok(found.map(|found| found.untouched))
}

/// Deletes a row unless something refers to it.
async fn delete(connection: &mut Connection, row: &Row) -> QueryResult<bool> {
    let statement = format!("DELETE FROM {} WHERE {}::text = $1", row.table, row.column);
    let key = plain(&row.key);
    // A savepoint: the refusal of one row must not end the whole.
    let deleted = connection
        .transaction(async move |connection: &mut Connection| {
            diesel::sql_query(statement)
                .bind::<Text, _>(key)
                .execute(connection)
                .await
        })
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
