//! The goals that indicators follow.

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::database::Connection;
use crate::database::statement::{SqlValue, Statement};
use crate::resources::{Part, named};

/// A goal that is linked to an indicator at least.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Followed {
    /// The key.
    #[diesel(sql_type = SqlUuid)]
    pub goal_id: Uuid,
    /// Its number and year, and its name or else its statement: what tells it from
    /// all others.
    #[diesel(sql_type = Text)]
    pub title: String,
}

/// How a goal is told from all others, in SQL.
const TITLE: &str = "concat('Mål ', number || ', ', 'budget ', budget_year, ': ', coalesce(name, statement)) COLLATE swedish";

/// The goals with these keys, or all, that are linked to an indicator and whose title
/// has this text in it, by key.
pub async fn followed(
    connection: &mut Connection,
    ids: Option<&[Uuid]>,
    title: Option<&str>,
    part: Part,
) -> QueryResult<Vec<Followed>> {
    let mut statement = Statement::new(format!("SELECT goal_id, {TITLE} AS title FROM goals"))
        .then(named("", None, TITLE, title))
        .sql(" AND goal_id IN (SELECT goal_id FROM goal_indicators)");
    if let Some(ids) = ids {
        let ids = SqlValue::Uuids(ids.to_vec());
        statement = statement.sql(" AND ").then(Statement::is("goal_id", ids));
    }
    statement
        .sql(" ORDER BY goal_id")
        .then(part.limit())
        .load(connection)
        .await
}
