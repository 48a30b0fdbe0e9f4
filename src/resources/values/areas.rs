//! Values by indicator, area and year, all genders together. An area is a municipality,
//! or a group with the unweighted mean of its members' figures.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Numeric, Text};
use diesel_async::RunQueryDsl;

use crate::database::Connection;
use crate::database::statement::{SqlValue, Statement};
use crate::decimal::{DECIMALS, Decimal};
use crate::resources::Part;

/// An indicator, an area's key, and a year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaPlace(pub String, pub String, pub i32);

/// Which values.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    /// Of these indicators, or of all.
    pub indicators: Option<Vec<String>>,
    /// Of these municipalities, or of all.
    pub municipalities: Option<Vec<String>>,
    /// And of groups: each with each of its members.
    pub members: Vec<(String, String)>,
    /// Of these years, or of all.
    pub years: Option<Vec<i32>>,
}

/// What there is of an indicator, an area and a year: the same number of elements in
/// each list, by gender.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct AreaYear {
    /// The indicator.
    #[diesel(sql_type = Text)]
    pub indicator_code: String,
    /// The municipality's code, or the group's key.
    #[diesel(sql_type = Text)]
    pub area: String,
    /// The year.
    #[diesel(sql_type = Integer)]
    pub year: i32,
    /// Whom each figure is about: the words of `Gender`, in their order.
    #[diesel(sql_type = Array<Text>)]
    pub genders: Vec<String>,
    /// The figures. That of a group is rounded to as many decimals as a value may have.
    #[diesel(sql_type = Array<Nullable<Numeric>>)]
    pub figures: Vec<Option<Decimal>>,
    /// Of how many figures each is: 0 where there is none.
    #[diesel(sql_type = Array<BigInt>)]
    pub counts: Vec<i64>,
}

impl AreaYear {
    /// What it is of.
    pub fn place(&self) -> AreaPlace {
        AreaPlace(self.indicator_code.clone(), self.area.clone(), self.year)
    }
}

/// The columns that make an `AreaYear` of `figures`.
const TOGETHER: &str =
    "SELECT indicator_code, area, year, array_agg(gender ORDER BY gender) AS genders,
            array_agg(value ORDER BY gender) AS figures, array_agg(n ORDER BY gender) AS counts
       FROM (";
/// A municipality's own figures, from `v`.
const OWN: &str = "SELECT v.indicator_code, v.municipality_code AS area, v.year, v.gender, v.value,
            (v.value IS NOT NULL)::integer::bigint AS n FROM indicator_values v";

/// A group's, from `v` and `a`, without the clause that groups.
fn mean() -> String {
    format!(
        "SELECT v.indicator_code, a.area COLLATE \"C\" AS area, v.year, v.gender,
                round(avg(v.value), {DECIMALS}) AS value, count(v.value) AS n FROM indicator_values v"
    )
}

/// The end of `mean`.
const EACH: &str = " GROUP BY v.indicator_code, a.area COLLATE \"C\", v.year, v.gender";

/// These values, those beyond `after` where there is one, by indicator, area and year.
pub async fn by_area(
    connection: &mut Connection,
    areas: &Areas,
    after: Option<&AreaPlace>,
    part: Part,
) -> QueryResult<Vec<AreaYear>> {
    let mut statement = Statement::new(TOGETHER);
    let own = areas
        .municipalities
        .as_ref()
        .is_none_or(|own| !own.is_empty());
    if own {
        statement = statement
            .sql(OWN)
            .then(areas.conditions())
            .then(among(
                "v.municipality_code",
                areas.municipalities.as_deref(),
            ))
            .then(beyond("v.municipality_code", after));
    }
    if !areas.members.is_empty() {
        statement = statement
            .sql(if own { " UNION ALL " } else { "" })
            .sql(mean())
            .sql(" JOIN unnest(")
            .then(member_pairs(&areas.members))
            .sql(") AS a (area, member) ON a.member = v.municipality_code")
            .then(areas.conditions())
            .then(beyond("a.area COLLATE \"C\"", after))
            .sql(EACH);
    }
    if !own && areas.members.is_empty() {
        return Ok(Vec::new());
    }
    statement
        .sql(") AS figures GROUP BY indicator_code, area, year ORDER BY indicator_code, area, year")
        .then(part.limit())
        .rare(!areas.members.is_empty())
        .load(connection)
        .await
}

/// The values at these places, of municipalities and of groups with these members.
pub async fn at_places(
    connection: &mut Connection,
    places: &[AreaPlace],
    members: &[(String, String)],
) -> QueryResult<Vec<AreaYear>> {
    let wanted = || {
        let of =
            |text: fn(&AreaPlace) -> String| SqlValue::Texts(places.iter().map(text).collect());
        Statement::new(" JOIN unnest(")
            .value(of(|place| place.0.clone()))
            .sql(", ")
            .value(of(|place| place.1.clone()))
            .sql(", ")
            .value(SqlValue::Integers(places.iter().map(|place| place.2).collect()))
            .sql(") AS w (indicator_code, area, year) ON v.indicator_code = w.indicator_code AND v.year = w.year")
    };
    Statement::new(TOGETHER)
        .sql(OWN)
        .then(wanted())
        .sql(" AND v.municipality_code = w.area UNION ALL ")
        .sql(mean())
        .then(wanted())
        .sql(" JOIN unnest(")
        .then(member_pairs(members))
        .sql(") AS a (area, member) ON a.area = w.area AND a.member = v.municipality_code")
        .sql(EACH)
        .sql(") AS figures GROUP BY indicator_code, area, year ORDER BY indicator_code, area, year")
        .load(connection)
        .await
}

impl Areas {
    /// The conditions on `v` that municipalities and groups share.
    fn conditions(&self) -> Statement {
        let years = self.years.as_ref().map(|years| {
            let years = SqlValue::Integers(years.clone()).alone();
            Statement::new(" AND ").then(Statement::is("v.year", years))
        });
        Statement::new(" WHERE true")
            .then(among("v.indicator_code", self.indicators.as_deref()))
            .then(years.unwrap_or_default())
    }
}

fn among(column: &str, keys: Option<&[String]>) -> Statement {
    let keys = keys.map(|keys| {
        let keys = SqlValue::Texts(keys.to_vec()).alone();
        Statement::new(" AND ").then(Statement::is(column, keys))
    });
    keys.unwrap_or_default()
}

fn beyond(area: &str, after: Option<&AreaPlace>) -> Statement {
    let beyond = after.map(|AreaPlace(indicator, key, year)| {
        Statement::new(format!(" AND (v.indicator_code, {area}, v.year) > ("))
            .value(SqlValue::Text(indicator.clone()))
            .sql(", ")
            .value(SqlValue::Text(key.clone()))
            .sql(", ")
            .value(SqlValue::Integer(*year))
            .sql(")")
    });
    beyond.unwrap_or_default()
}

/// Groups and members as two arrays, for `unnest`.
pub fn member_pairs(members: &[(String, String)]) -> Statement {
    let (groups, municipalities) = members.iter().cloned().unzip();
    Statement::default()
        .value(SqlValue::Texts(groups))
        .sql(", ")
        .value(SqlValue::Texts(municipalities))
}

/// Of what kinds of areas an indicator has values.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct MeasuredKinds {
    /// The indicator.
    #[diesel(sql_type = Text)]
    pub indicator_code: String,
    /// Whether of municipalities.
    #[diesel(sql_type = Bool)]
    pub municipalities: bool,
    /// Whether of regions.
    #[diesel(sql_type = Bool)]
    pub regions: bool,
}

/// Of what kinds of areas these indicators have values. Every municipality is looked
/// for in the index of the key, so that nobody reads through an indicator's values.
pub async fn measured_kinds(
    connection: &mut Connection,
    codes: &[String],
) -> QueryResult<Vec<MeasuredKinds>> {
    diesel::sql_query(
        "SELECT c.code AS indicator_code,
                c.measured AND EXISTS (SELECT FROM municipalities m WHERE m.kind = 'municipality' AND EXISTS (
                    SELECT FROM indicator_values v
                     WHERE v.indicator_code = c.code AND v.municipality_code = m.municipality_code OFFSET 0)) AS municipalities,
                c.measured AND EXISTS (SELECT FROM municipalities m WHERE m.kind = 'region' AND EXISTS (
                    SELECT FROM indicator_values v
                     WHERE v.indicator_code = c.code AND v.municipality_code = m.municipality_code OFFSET 0)) AS regions
           FROM (SELECT code, EXISTS (SELECT FROM indicator_values v WHERE v.indicator_code = code OFFSET 0) AS measured
                   FROM unnest($1) AS code OFFSET 0) AS c
          ORDER BY c.code COLLATE \"C\"",
    )
    .bind::<Array<Text>, _>(codes)
    .load(connection)
    .await
}
