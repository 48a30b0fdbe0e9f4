//! The SQL of values.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Gender, ValueContent, ValueKey, ValueRow};
use crate::database::schema::indicator_values::{self, dsl};
use crate::database::{Connection, Failure};
use crate::resources::{Outcome, Saved};

type At<'a> = diesel::dsl::Find<indicator_values::table, (&'a str, &'a str, i32, Gender)>;

fn at(key: &ValueKey) -> At<'_> {
    indicator_values::table.find((
        key.indicator_code.as_str(),
        key.municipality_code.as_str(),
        key.year,
        key.gender,
    ))
}

/// The value with this key.
pub(super) async fn find(
    connection: &mut Connection,
    key: &ValueKey,
) -> QueryResult<Option<ValueRow>> {
    at(key)
        .select(ValueRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The value with this key, held for a change until the transaction ends.
pub(super) async fn lock(
    connection: &mut Connection,
    key: &ValueKey,
) -> QueryResult<Option<ValueRow>> {
    at(key)
        .select(ValueRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// Makes a value; `None` when somebody else made it in the meantime.
pub(super) async fn insert(
    connection: &mut Connection,
    key: &ValueKey,
    content: &ValueContent,
) -> QueryResult<Option<ValueRow>> {
    diesel::insert_into(indicator_values::table)
        .values((
            dsl::indicator_code.eq(&key.indicator_code),
            dsl::municipality_code.eq(&key.municipality_code),
            dsl::year.eq(key.year),
            dsl::gender.eq(key.gender),
            content,
        ))
        .on_conflict_do_nothing()
        .returning(ValueRow::as_returning())
        .get_result(connection)
        .await
        .optional()
}

/// Writes `content` over a value, if it is not so already.
pub(super) async fn replace(
    connection: &mut Connection,
    current: ValueRow,
    content: ValueContent,
) -> Result<Saved<ValueRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let row = diesel::update(at(&current.key))
        .set(&content)
        .returning(ValueRow::as_returning())
        .get_result(connection)
        .await?;
    Ok(Saved::new(row, Outcome::Updated))
}

/// Deletes a value.
pub(super) async fn delete(connection: &mut Connection, key: &ValueKey) -> QueryResult<usize> {
    diesel::delete(at(key)).execute(connection).await
}
