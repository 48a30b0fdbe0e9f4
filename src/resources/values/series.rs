//! Values as the views want them: one municipality's years, or one year's
//! municipalities.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable};
use diesel_async::RunQueryDsl;

use super::{Gender, Provenance, ValueStatus};
use crate::database::Connection;
use crate::database::schema::indicator_values as values;
use crate::database::statement::{SqlValue, Statement};
use crate::decimal::Decimal;

/// One figure with what a view shows of it.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = values)]
pub struct Figure {
    /// The indicator that was measured.
    pub indicator_code: String,
    /// The municipality that it is about.
    pub municipality_code: String,
    /// Its year.
    pub year: i32,
    /// The gender that it is about.
    pub gender: Gender,
    /// The figure.
    pub value: Option<Decimal>,
    /// How certain it is, or why there is none.
    pub status: ValueStatus,
    /// Where it comes from.
    pub provenance: Provenance,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// All values of these indicators for one municipality, by indicator, year and gender.
pub async fn series(
    connection: &mut Connection,
    indicators: &[String],
    municipality: &str,
) -> QueryResult<Vec<Figure>> {
    values::table
        .filter(values::indicator_code.eq_any(indicators))
        .filter(values::municipality_code.eq(municipality))
        .order((values::indicator_code, values::year, values::gender))
        .select(Figure::as_select())
        .load(connection)
        .await
}

/// The latest year in which these municipalities have numbers enough to compare:
/// at least half as many as in the year in which they have the most.
pub async fn latest_year(
    connection: &mut Connection,
    indicator: &str,
    municipalities: &[String],
    gender: Gender,
) -> QueryResult<Option<i32>> {
    let years: Vec<(i32, i64)> = values::table
        .filter(values::indicator_code.eq(indicator))
        .filter(values::municipality_code.eq_any(municipalities))
        .filter(values::gender.eq(gender))
        .filter(values::value.is_not_null())
        .group_by(values::year)
        .select((values::year, count_star()))
        .order(values::year.desc())
        .load(connection)
        .await?;
    let most = years.iter().map(|(_, n)| *n).max().unwrap_or_default();
    let enough = years.into_iter().find(|(_, n)| n * 2 >= most);
    Ok(enough.map(|(year, _)| year))
}

/// These municipalities' values of one year, by municipality.
pub async fn of_one_year(
    connection: &mut Connection,
    indicator: &str,
    municipalities: &[String],
    year: i32,
    gender: Gender,
) -> QueryResult<Vec<Figure>> {
    values::table
        .filter(values::indicator_code.eq(indicator))
        .filter(values::municipality_code.eq_any(municipalities))
        .filter(values::year.eq(year))
        .filter(values::gender.eq(gender))
        .order(values::municipality_code)
        .select(Figure::as_select())
        .load(connection)
        .await
}

/// One municipality's values of these indicators in one year.
pub async fn of_municipality_year(
    connection: &mut Connection,
    indicators: &[String],
    municipality: &str,
    year: i32,
) -> QueryResult<Vec<Figure>> {
    values::table
        .filter(values::indicator_code.eq_any(indicators))
        .filter(values::municipality_code.eq(municipality))
        .filter(values::year.eq(year))
        .select(Figure::as_select())
        .load(connection)
        .await
}

#[derive(QueryableByName)]
struct Years {
    #[diesel(sql_type = Nullable<Integer>)]
    first: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    last: Option<i32>,
}

/// The first and the last year in which this municipality has a value: two looks
/// into an index for each indicator, and never at the values themselves.
pub async fn years_of(
    connection: &mut Connection,
    municipality: &str,
) -> QueryResult<Option<(i32, i32)>> {
    let edge = |order: &str| {
        Statement::new("(SELECT year FROM indicator_values WHERE municipality_code = ")
            .value(SqlValue::Text(municipality.to_owned()))
            .sql(format!(
                " AND indicator_code = i.indicator_code
                  ORDER BY municipality_code{order}, indicator_code{order}, year{order} LIMIT 1)"
            ))
    };
    let years: Years = Statement::new("SELECT min(")
        .then(edge(""))
        .sql(") AS first, max(")
        .then(edge(" DESC"))
        .sql(") AS last FROM indicators i")
        .get_result(connection)
        .await?;
    Ok(years.first.zip(years.last))
}
