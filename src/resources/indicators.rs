//! stub
use crate::database::Connection;
use crate::database::schema::indicators;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
/// M
#[derive(Clone, Debug, Queryable)]
pub struct Measured {
    /// d
    pub divided_by_gender: bool,
    /// r
    pub responsible_board_id: Option<String>,
}
/// Hold.
pub async fn measured(connection: &mut Connection, code: &str) -> QueryResult<Option<Measured>> {
    indicators::table
        .find(code)
        .select((
            indicators::divided_by_gender,
            indicators::responsible_board_id,
        ))
        .for_key_share()
        .first(connection)
        .await
        .optional()
}
/// F
pub async fn find(connection: &mut Connection, code: &str) -> QueryResult<Option<Measured>> {
    indicators::table
        .find(code)
        .select((
            indicators::divided_by_gender,
            indicators::responsible_board_id,
        ))
        .first(connection)
        .await
        .optional()
}
