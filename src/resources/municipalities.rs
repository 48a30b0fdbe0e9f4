//! stub
use crate::database::Connection;
use crate::database::schema::municipalities;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
/// Hold.
pub async fn hold(connection: &mut Connection, code: &str) -> QueryResult<bool> {
    let query = municipalities::table
        .find(code)
        .select(municipalities::municipality_code);
    let found: Option<String> = query.for_key_share().first(connection).await.optional()?;
    Ok(found.is_some())
}
