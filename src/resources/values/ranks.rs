//! Where one municipality stands among all, by its latest figures.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Gender;
use crate::database::Connection;

/// A municipality's rank by its latest figure of an indicator and gender.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct OwnRank {
    /// The indicator.
    #[diesel(sql_type = Text)]
    pub indicator_code: String,
    /// Whom the figure is about.
    #[diesel(sql_type = Text)]
    pub gender: Gender,
    /// The year of the latest figure.
    #[diesel(sql_type = Integer)]
    pub year: i32,
    /// The rank among the municipalities that have a figure that year, from 1,
    /// ties sharing it; `None` where it cannot be ranked, as the rest tells.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub rank: Option<i64>,
    /// How many other municipalities have a figure that year.
    #[diesel(sql_type = BigInt)]
    pub others: i64,
    /// Whether one direction is better.
    #[diesel(sql_type = Bool)]
    pub has_direction: bool,
    /// Whether it is a municipality: regions and the country are not ranked.
    #[diesel(sql_type = Bool)]
    pub is_municipality: bool,
    /// Whether the own figure or one of the others' is Kolada's.
    #[diesel(sql_type = Bool)]
    pub kolada: bool,
}

/// The ranks of a municipality by these indicators, in one statement.
pub async fn own_ranks(
    connection: &mut Connection,
    indicators: &[String],
    municipality: &str,
) -> QueryResult<Vec<OwnRank>> {
    diesel::sql_query(
        "SELECT own.indicator_code, own.gender, own.year, others.n AS others,
                own.has_direction, own.is_municipality, own.kolada OR others.kolada AS kolada,
                CASE WHEN own.has_direction AND own.is_municipality AND others.n > 0
                     THEN 1 + others.better END AS rank
           FROM (SELECT DISTINCT ON (v.indicator_code, v.gender)
                        v.indicator_code, v.gender, v.year, v.value, i.direction, v.provenance = 'kolada' AS kolada,
                        i.direction <> 'none' AS has_direction, m.kind = 'municipality' AS is_municipality
                   FROM indicator_values v JOIN indicators i USING (indicator_code)
                   JOIN municipalities m USING (municipality_code)
                  WHERE v.indicator_code = ANY ($1) AND v.municipality_code = $2 AND v.value IS NOT NULL
                  ORDER BY v.indicator_code, v.gender, v.year DESC) AS own
          CROSS JOIN LATERAL (
                SELECT count(*) AS n, coalesce(bool_or(v.provenance = 'kolada'), false) AS kolada, count(*) FILTER (WHERE CASE own.direction
                           WHEN 'higherIsBetter' THEN v.value > own.value ELSE v.value < own.value END) AS better
                  FROM municipalities m
                  JOIN indicator_values v ON v.municipality_code = m.municipality_code
                   AND v.indicator_code = own.indicator_code AND v.year = own.year AND v.gender = own.gender
                 WHERE m.kind = 'municipality' AND m.municipality_code <> $2 AND v.value IS NOT NULL) AS others
          ORDER BY own.indicator_code, own.gender",
    )
    .bind::<Array<Text>, _>(indicators)
    .bind::<Text, _>(municipality)
    .load(connection)
    .await
}
