//! Indicators by their codes or a part of their title.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::IndicatorRow;
use crate::database::Connection;
use crate::database::schema::indicators;
use crate::database::statement::Statement;
use crate::resources::{Part, named};

/// The indicators with these codes, or all, whose title has this text in it, by code.
pub async fn listed(
    connection: &mut Connection,
    codes: Option<&[String]>,
    title: Option<&str>,
    part: Part,
) -> QueryResult<Vec<IndicatorRow>> {
    Statement::new("SELECT * FROM indicators")
        .then(named("indicator_code", codes, "title", title))
        .sql(" ORDER BY indicator_code")
        .then(part.limit())
        .load(connection)
        .await
}

/// The titles of the indicators with these codes, by code.
pub async fn titles_of(
    connection: &mut Connection,
    codes: &[String],
) -> QueryResult<Vec<(String, String)>> {
    indicators::table
        .filter(indicators::indicator_code.eq_any(codes))
        .order(indicators::indicator_code)
        .select((indicators::indicator_code, indicators::title))
        .load(connection)
        .await
}
