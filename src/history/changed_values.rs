//! Which values have changed since a moment, withdrawn ones among them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text};
use diesel_async::RunQueryDsl;

use crate::database::Connection;
use crate::database::statement::{SqlValue, Statement};
use crate::resources::Part;
use crate::resources::values::{AreaPlace, Areas, member_pairs};

/// An indicator, an area and a year, and the genders whose values have changed there.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ChangedValues {
    /// The indicator.
    #[diesel(sql_type = Text)]
    pub indicator_code: String,
    /// The municipality's code, or the key of a group that it is a member of.
    #[diesel(sql_type = Text)]
    pub area: String,
    /// The year.
    #[diesel(sql_type = Integer)]
    pub year: i32,
    /// The words of `Gender`, in their order.
    #[diesel(sql_type = Array<Text>)]
    pub genders: Vec<String>,
}

impl ChangedValues {
    /// What it is of.
    pub fn place(&self) -> AreaPlace {
        AreaPlace(self.indicator_code.clone(), self.area.clone(), self.year)
    }
}

/// The parts of a value's key, by the expressions that the record's index of values has.
const INDICATOR: &str = r#"(h.key ->> 'indicator_code') COLLATE "C""#;
const MUNICIPALITY: &str = r#"(h.key ->> 'municipality_code') COLLATE "C""#;
const YEAR: &str = "(h.key ->> 'year')::integer";
const GENDER: &str = r#"(h.key ->> 'gender') COLLATE "C""#;

/// Of these values those that a commit after `since` made, changed or withdrew, and
/// that are beyond `after` where there is one, by indicator, area and year.
pub async fn changed_values(
    connection: &mut Connection,
    areas: &Areas,
    since: DateTime<Utc>,
    after: Option<&AreaPlace>,
    part: Part,
) -> QueryResult<Vec<ChangedValues>> {
    let own = areas
        .municipalities
        .as_ref()
        .is_none_or(|own| !own.is_empty());
    let mut entries = Vec::new();
    if own {
        let mut own = entries_since(MUNICIPALITY, Statement::default(), areas, since);
        if let Some(municipalities) = &areas.municipalities {
            let among = SqlValue::Texts(municipalities.clone()).alone();
            own = own.sql(" AND ").then(Statement::is(MUNICIPALITY, among));
        }
        entries.push(own);
    }
    if !areas.members.is_empty() {
        let members = Statement::new(" JOIN unnest(")
            .then(member_pairs(&areas.members))
            .sql(format!(
                ") AS a (area, member) ON a.member = {MUNICIPALITY}"
            ));
        entries.push(entries_since(
            r#"a.area COLLATE "C""#,
            members,
            areas,
            since,
        ));
    }
    let Some(entries) = entries
        .into_iter()
        .reduce(|all, more| all.sql(" UNION ALL ").then(more))
    else {
        return Ok(Vec::new());
    };
    let mut statement = Statement::new(
        "SELECT indicator_code, area, year, array_agg(DISTINCT gender ORDER BY gender) AS genders FROM (",
    )
    .then(entries)
    .sql(") AS entries");
    if let Some(AreaPlace(indicator, area, year)) = after {
        statement = statement
            .sql(" WHERE (indicator_code, area, year) > (")
            .value(SqlValue::Text(indicator.clone()))
            .sql(", ")
            .value(SqlValue::Text(area.clone()))
            .sql(", ")
            .value(SqlValue::Integer(*year))
            .sql(")");
    }
    statement
        .sql(" GROUP BY indicator_code, area, year ORDER BY indicator_code, area, year")
        .then(part.limit())
        .rare(true)
        .load(connection)
        .await
}

/// The keys of the values that commits after `since` have changed, `area` in the place
/// of the municipality.
fn entries_since(area: &str, join: Statement, areas: &Areas, since: DateTime<Utc>) -> Statement {
    let mut statement = Statement::new(format!(
        "SELECT {INDICATOR} AS indicator_code, {area} AS area, {YEAR} AS year, {GENDER} AS gender
           FROM history h JOIN change_sets s USING (change_set_id)"
    ))
    .then(join)
    .sql(" WHERE h.resource = 'values' AND s.committed_at > ")
    .value(SqlValue::Moment(since));
    if let Some(indicators) = &areas.indicators {
        let among = SqlValue::Texts(indicators.clone()).alone();
        statement = statement.sql(" AND ").then(Statement::is(INDICATOR, among));
    }
    if let Some(years) = &areas.years {
        let among = SqlValue::Integers(years.clone()).alone();
        statement = statement.sql(" AND ").then(Statement::is(YEAR, among));
    }
    statement
}
