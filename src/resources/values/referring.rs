//! Which values refer to something. There may be tens of thousands, so no more
//! of them are looked at than an answer names.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Gender;
use crate::database::Connection;
use crate::database::schema::indicator_values as values;
use crate::resources::NAMED;

/// The key of a value.
type Key = (String, String, i32, String);

/// The first values of an indicator, by key, as a 409 names them.
pub async fn of_indicator(connection: &mut Connection, code: &str) -> QueryResult<Vec<String>> {
    let found: Vec<Key> = values::table
        .filter(values::indicator_code.eq(code))
        .order((values::municipality_code, values::year, values::gender))
        .select(values::table.primary_key())
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(named).collect())
}

/// The first values of a municipality, by key, as a 409 names them.
pub async fn of_municipality(connection: &mut Connection, code: &str) -> QueryResult<Vec<String>> {
    let found: Vec<Key> = values::table
        .filter(values::municipality_code.eq(code))
        .order((values::indicator_code, values::year, values::gender))
        .select(values::table.primary_key())
        .limit(NAMED + 1)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(named).collect())
}

/// Whether an indicator has a value of women or of men alone.
pub async fn any_by_gender(connection: &mut Connection, code: &str) -> QueryResult<bool> {
    let divided = values::table
        .filter(values::indicator_code.eq(code))
        .filter(values::gender.ne(Gender::All))
        .select(values::gender);
    select(exists(divided)).get_result(connection).await
}

/// `value N00090/2380/2023/T`: the key as it stands in the path.
fn named((indicator, municipality, year, gender): Key) -> String {
    format!("value {indicator}/{municipality}/{year}/{gender}")
}
