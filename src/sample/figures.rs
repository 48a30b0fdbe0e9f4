//! The sample's figures: every municipality and region, and key figures as
//! Kolada has published them (Källa: Kolada), in the format of
//! `malbild import values`. Unit, direction and decimals are set here, from
//! what each figure measures.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::content::{GOAL_2024, goal_of_2023};
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::import::values::Rows;
use crate::problem::Problem;
use crate::resources::goal_indicators::{self, GoalIndicatorContent};
use crate::resources::goals;
use crate::resources::indicators::{self, Direction, IndicatorContent};
use crate::resources::municipalities::{self, MunicipalityContent, MunicipalityKind};
use crate::resources::values::{Gender, IncomingRow, OnConflict, Staging, Terms};

const MUNICIPALITIES: &str = include_str!("facts/municipalities.csv");
const INDICATORS: &str = include_str!("facts/indicators.csv");
const GOAL_INDICATORS: &str = include_str!("facts/goal-indicators.csv");
const VALUES: &str = include_str!("facts/values.csv");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Municipality {
    municipality_code: String,
    name: String,
    county_code: Option<String>,
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Indicator {
    indicator_code: String,
    title: String,
    definition: Option<String>,
    unit: String,
    decimals: i32,
    direction: String,
    divided_by_gender: bool,
    publisher: Option<String>,
    publisher_id: Option<String>,
    operating_area: Option<String>,
    perspective: Option<String>,
    publication_period: Option<String>,
    next_publication: Option<chrono::NaiveDate>,
    discontinued_on: Option<chrono::NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Link {
    goal: String,
    indicator_code: String,
    position: i32,
}

/// What the program carries is not as the program wants it: its own fault.
fn unreadable(what: &'static str) -> impl Fn(String) -> Failure {
    move |error| {
        tracing::error!(what, error, "the sample cannot be read");
        Problem::internal().into()
    }
}

fn rows<T: DeserializeOwned>(what: &'static str, csv: &str) -> Result<Vec<T>, Failure> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader
        .deserialize()
        .collect::<Result<Vec<T>, csv::Error>>()
        .map_err(|error| unreadable(what)(error.to_string()))
}

fn word<T: Choice>(what: &'static str, word: &str) -> Result<T, Failure> {
    T::from_word(word).ok_or_else(|| unreadable(what)(format!("{word} is none of its words")))
}

/// The municipalities with their keys.
pub(super) fn municipalities() -> Result<Vec<(String, MunicipalityContent)>, Failure> {
    let content = |row: Municipality| {
        let kind = word::<MunicipalityKind>("municipalities", &row.kind)?;
        let content = MunicipalityContent {
            name: row.name,
            county_code: row.county_code,
            kind,
        };
        Ok((row.municipality_code, content))
    };
    rows("municipalities", MUNICIPALITIES)?
        .into_iter()
        .map(content)
        .collect()
}

/// The indicators with their keys.
pub(super) fn indicators() -> Result<Vec<(String, IndicatorContent)>, Failure> {
    let content = |row: Indicator| {
        let direction = word::<Direction>("indicators", &row.direction)?;
        let content = IndicatorContent {
            title: row.title,
            definition: row.definition,
            unit: row.unit,
            decimals: row.decimals,
            direction,
            divided_by_gender: row.divided_by_gender,
            sdgs: Vec::new(),
            responsible_board_id: None,
            publisher: row.publisher,
            publisher_id: row.publisher_id,
            operating_area: row.operating_area,
            perspective: row.perspective,
            publication_period: row.publication_period,
            next_publication: row.next_publication,
            values_due: None,
            discontinued_on: row.discontinued_on,
            replaced_by_code: None,
            source_url: None,
        };
        Ok((row.indicator_code, content))
    };
    rows("indicators", INDICATORS)?
        .into_iter()
        .map(content)
        .collect()
}

/// Goal, indicator and position of each link.
pub(super) fn links() -> Result<Vec<(Uuid, String, GoalIndicatorContent)>, Failure> {
    let link = |row: Link| {
        let goal = match row.goal.strip_prefix("2023/1.").map(str::parse) {
            Some(Ok(number)) => goal_of_2023(number),
            _ if row.goal == "2024" => GOAL_2024,
            _ => return Err(unreadable("links")(format!("no goal {}", row.goal))),
        };
        let content = GoalIndicatorContent {
            position: row.position,
        };
        Ok((goal, row.indicator_code, content))
    };
    rows("links", GOAL_INDICATORS)?
        .into_iter()
        .map(link)
        .collect()
}

/// The values with their keys.
pub(super) fn values() -> Result<Vec<IncomingRow>, Failure> {
    let wrong = |fault: String| unreadable("values")(fault);
    let mut rows = Rows::new(VALUES.as_bytes()).map_err(|fault| wrong(fault.to_string()))?;
    let mut values = Vec::new();
    while let Some(row) = rows.next_row().map_err(|fault| wrong(fault.to_string()))? {
        if let Some(fault) = row.faults.into_iter().next() {
            return Err(wrong(fault.detail));
        }
        values.push(row.incoming);
    }
    Ok(values)
}

/// Loads what of the figures is not there; answers how many rows it made.
pub(super) async fn load(connection: &mut Connection) -> Result<usize, Failure> {
    let mut made = 0;
    for (code, content) in municipalities()? {
        let row = municipalities::insert(connection, &code, &content).await?;
        made += usize::from(row.is_some());
    }
    for (code, content) in indicators()? {
        let row = indicators::insert(connection, &code, &content).await?;
        made += usize::from(row.is_some());
    }
    for (goal_id, code, content) in links()? {
        if goals::hold(connection, goal_id).await? {
            let row = goal_indicators::insert(connection, goal_id, &code, &content).await?;
            made += usize::from(row.is_some());
        }
    }
    Ok(made + load_values(connection).await?)
}

/// Somebody's own indicator of the same code may have no values of women and men.
async fn load_values(connection: &mut Connection) -> Result<usize, Failure> {
    let mut divided = HashMap::new();
    for (code, _) in indicators()? {
        let measured = indicators::measured(connection, &code).await?;
        divided.insert(code, measured.is_some_and(|found| found.divided_by_gender));
    }
    let fits = |row: &IncomingRow| {
        let code = row.key.indicator_code.as_deref().unwrap_or_default();
        row.key.gender == Some(Gender::All) || divided.get(code) == Some(&true)
    };
    let values: Vec<IncomingRow> = values()?.into_iter().filter(fits).collect();
    let mut staging = Staging::begin(connection).await?;
    staging.add(connection, &values).await?;
    let terms = Terms {
        on_conflict: OnConflict::Skip,
        overwrite_reported: false,
        withdraw_koladas_alone: false,
        board_id: None,
    };
    staging.check(connection, &terms).await?;
    if let (faults, 1..) = staging.faults(connection, false, 1).await? {
        let fault = faults.first().map(|fault| fault.detail.clone());
        return Err(unreadable("values")(fault.unwrap_or_default()));
    }
    let loaded = staging.write(connection, &terms, |_| {}).await?;
    Ok(usize::try_from(loaded.created).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everything_that_figures_refer_to_is_in_the_sample() {
        let municipalities = municipalities().expect("municipalities");
        let indicators = indicators().expect("indicators");
        let codes: BTreeSet<&String> = municipalities.iter().map(|(code, _)| code).collect();
        let divided = |code: &str| {
            let found = indicators.iter().find(|(other, _)| other == code);
            found.expect("an indicator").1.divided_by_gender
        };
        assert_eq!(
            codes.len(),
            312,
            "290 municipalities, 21 regions, the country"
        );
        for value in values().expect("values") {
            let key = value.key;
            assert!(codes.contains(&key.municipality_code.expect("a municipality")));
            let code = key.indicator_code.expect("an indicator");
            assert!(key.gender == Some(Gender::All) || divided(&code));
        }
    }

    #[test]
    fn each_of_the_nine_goals_has_a_figure_with_values_for_ostersund() {
        let links = links().expect("links");
        let goals: BTreeSet<Uuid> = links.iter().map(|(goal, ..)| *goal).collect();
        assert_eq!(goals.len(), 9);
        let values = values().expect("values");
        for (_, code, _) in &links {
            let measured = values.iter().any(|value| {
                value.key.indicator_code.as_ref() == Some(code)
                    && value.key.municipality_code.as_deref() == Some("2380")
            });
            assert!(measured, "{code}");
        }
    }
}
