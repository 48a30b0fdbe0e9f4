//! What is said of a parameter wherever it occurs: one line for each name. Where
//! one list means something else by a name, it has a line of its own under the
//! list's table: `municipalities/kind`.

use serde_json::{Value, json};
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use crate::http::text::{LONGEST_SEARCH, YEARS};

/// A parameter with all that is said of it.
struct Known {
    name: &'static str,
    description: &'static str,
    shape: Shape,
    example: &'static str,
}

/// What a parameter's value looks like.
#[derive(Clone, Copy)]
enum Shape {
    Year,
    Uuid,
    Moment,
    Boolean,
    Text,
    Search,
    Pattern(&'static str),
}

const SLUG: &str = "^[a-z0-9-]{1,80}$";
const YEAR_LIST: &str = "^[0-9]{4}(,[0-9]{4})*$";
const SLUG_LIST: &str = "^[a-z0-9-]{1,80}(,[a-z0-9-]{1,80})*$";
const STATUS_LIST: &str = "^(notStarted|inProgress|completed|paused|cancelled)(,(notStarted|inProgress|completed|paused|cancelled))*$";
const KIND: &str = "^(council|executiveBoard|board|committee|company)$";
const VALUE_STATUS_LIST: &str =
    "^(final|preliminary|missing|confidential)(,(final|preliminary|missing|confidential))*$";
const PERIOD: &str = "^(T1|T2|annual)$";
const PERIOD_LIST: &str = "^(T1|T2|annual)(,(T1|T2|annual))*$";
const ASSESSMENT_STATUS_LIST: &str = "^(achieved|onTrack|atRisk|offTrack|notAssessed)(,(achieved|onTrack|atRisk|offTrack|notAssessed))*$";
const CODE: &str = "^[A-Z0-9-]{1,40}$";
const CODE_LIST: &str = "^[A-Z0-9-]{1,40}(,[A-Z0-9-]{1,40})*$";
const ROLE: &str = "^(keyFigure|indicator)$";
const MUNICIPALITY_KIND: &str = "^(municipality|region|country)$";
const MUNICIPALITY_CODE: &str = "^[0-9]{4}$";
const MUNICIPALITY_CODES: &str = "^[0-9]{4}(,[0-9]{4})*$";
const COUNTY_CODES: &str = "^[0-9]{2}(,[0-9]{2})*$";
const UUID_LIST: &str = "^[0-9A-Fa-f-]{36}(,[0-9A-Fa-f-]{36})*$";

const fn known(
    name: &'static str,
    shape: Shape,
    example: &'static str,
    description: &'static str,
) -> Known {
    Known {
        name,
        description,
        shape,
        example,
    }
}

/// What stands in paths.
const IN_PATHS: &[Known] = &[
    known(
        "budgetYear",
        Shape::Year,
        "2023",
        "The year of the budget (budgetår).",
    ),
    known(
        "boardId",
        Shape::Pattern(SLUG),
        "kommunstyrelsen",
        "The key of the board (nämnd, styrelse).",
    ),
    known(
        "goalId",
        Shape::Uuid,
        GOAL,
        "The key of the goal (mål). A client may choose it by PUT; a UUIDv7 is best.",
    ),
    known(
        "assignmentId",
        Shape::Uuid,
        ASSIGNMENT,
        "The key of the assignment (uppdrag). A client may choose it by PUT; a UUIDv7 is best.",
    ),
    known(
        "indicatorCode",
        Shape::Pattern(CODE),
        "N01951",
        "The key of the indicator (nyckeltal).",
    ),
    known(
        "year",
        Shape::Year,
        "2022",
        "The year that it is about (år).",
    ),
    known(
        "period",
        Shape::Pattern(PERIOD),
        "T2",
        "Which of the year's follow-ups it is (uppföljningstillfälle): `T1` the first interim report (delårsrapport 1), `T2` the second (delårsrapport 2), `annual` the annual report (årsredovisning).",
    ),
    known(
        "investmentId",
        Shape::Uuid,
        "01941f29-7c00-7c11-8d52-3b9e5f7a1c44",
        "The key of the investment (investering). A client may choose it by PUT; a UUIDv7 is best.",
    ),
    known(
        "achievementId",
        Shape::Uuid,
        "01941f29-7c00-7d73-a1e8-5c0b7d9f2e55",
        "The key of the achievement (insats). A client may choose it by PUT; a UUIDv7 is best.",
    ),
    known(
        "groupId",
        Shape::Pattern(CODE),
        "EX-NORR",
        "The key of the municipality group (kommungrupp).",
    ),
    known(
        "gender",
        Shape::Pattern("^(T|K|M)$"),
        "T",
        "Whom the figure is about (kön): `T` all, `K` women, `M` men.",
    ),
    known(
        "municipalityCode",
        Shape::Pattern(MUNICIPALITY_CODE),
        "2380",
        "The code of the municipality (kommunkod), the region or the country: four digits.",
    ),
];

/// The key of a goal in examples.
pub(super) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
/// The key of an assignment in examples.
pub(super) const ASSIGNMENT: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22";

/// What stands in queries: by the name alone for every list that has it, or
/// by `table/name` for the lists of one table.
const IN_QUERIES: &[Known] = &[
    known(
        "cursor",
        Shape::Text,
        "eyJ2IjpbMjAyM119",
        "Where to go on: the opaque value out of `_links.next` or `_links.prev`, with the other parameters unchanged. Not together with `page`.",
    ),
    known(
        "updatedSince",
        Shape::Moment,
        "2024-05-23T00:00:00Z",
        "Only what was changed at or after this moment, with any offset. A convenience: what was deleted does not show.",
    ),
    known(
        "budgetYear",
        Shape::Pattern(YEAR_LIST),
        "2023,2024",
        "Only of these budget years (budgetår), in a comma list.",
    ),
    known(
        "boardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only of these boards (nämnder), in a comma list.",
    ),
    known(
        "assignments/boardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only for these boards (nämnder), in a comma list: those that name the board and those that are for all boards.",
    ),
    known(
        "assignmentId",
        Shape::Pattern(UUID_LIST),
        ASSIGNMENT,
        "Only with these assignments (uppdrag), in a comma list.",
    ),
    known(
        "period",
        Shape::Pattern(PERIOD_LIST),
        "T1,T2",
        "Only of these of a year's follow-ups (uppföljningstillfällen), in a comma list: `T1` and `T2` interim reports (delårsrapporter), `annual` the annual report (årsredovisning).",
    ),
    known(
        "assessments/status",
        Shape::Pattern(ASSESSMENT_STATUS_LIST),
        "atRisk,offTrack",
        "Only with one of these statuses, in a comma list.",
    ),
    known(
        "municipality_groups/municipalityCode",
        Shape::Pattern(MUNICIPALITY_CODES),
        "2380",
        "Only groups that hold one of these municipalities (kommuner), in a comma list.",
    ),
    known(
        "goalId",
        Shape::Pattern(UUID_LIST),
        GOAL,
        "Only of these goals (mål), in a comma list.",
    ),
    known(
        "originBoardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only what these boards (nämnder) have ordered themselves, in a comma list.",
    ),
    known("kind", Shape::Pattern(KIND), "board", "Only of this kind."),
    known(
        "municipalities/kind",
        Shape::Pattern(MUNICIPALITY_KIND),
        "municipality",
        "Only municipalities (kommuner), only regions (regioner), or only the country (riket).",
    ),
    known(
        "indicatorCode",
        Shape::Pattern(CODE_LIST),
        "N01951,N00090",
        "Only of these indicators (nyckeltal), in a comma list.",
    ),
    known(
        "indicators/goalId",
        Shape::Pattern(UUID_LIST),
        GOAL,
        "Only those that follow one of these goals (mål), in a comma list.",
    ),
    known(
        "indicators/role",
        Shape::Pattern(ROLE),
        "keyFigure",
        "Only with this role (nyckeltal, indikator): for one of the goals in `goalId`, without it for any goal.",
    ),
    known(
        "role",
        Shape::Pattern(ROLE),
        "keyFigure",
        "Only with this role for the goal (nyckeltal, indikator).",
    ),
    known(
        "responsibleBoardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only those that these boards (nämnder) answer for, in a comma list.",
    ),
    known(
        "municipalityCode",
        Shape::Pattern(MUNICIPALITY_CODES),
        "2380,2313",
        "Only of these municipalities (kommuner, regioner, riket), in a comma list.",
    ),
    known(
        "countyCode",
        Shape::Pattern(COUNTY_CODES),
        "23",
        "Only in these counties (län), in a comma list.",
    ),
    known(
        "origin",
        Shape::Pattern("^(council|board)$"),
        "council",
        "Only what the council has ordered (uppdrag från fullmäktige), or only what the boards have themselves.",
    ),
    known(
        "status",
        Shape::Pattern(STATUS_LIST),
        "notStarted,inProgress",
        "Only with one of these statuses, in a comma list.",
    ),
    known(
        "indicator_values/status",
        Shape::Pattern(VALUE_STATUS_LIST),
        "final,preliminary",
        "Only with one of these statuses, in a comma list.",
    ),
    known(
        "year",
        Shape::Pattern(YEAR_LIST),
        "2021,2022",
        "Only of these years, in a comma list.",
    ),
    known(
        "yearFrom",
        Shape::Year,
        "2018",
        "Only of this year and later.",
    ),
    known(
        "yearTo",
        Shape::Year,
        "2022",
        "Only of this year and earlier.",
    ),
    known(
        "gender",
        Shape::Pattern("^(T|K|M)(,(T|K|M))*$"),
        "K,M",
        "Only of these genders, in a comma list: `T` all, `K` women, `M` men.",
    ),
    known(
        "number",
        Shape::Text,
        "1.1",
        "Only with one of these numbers, in a comma list.",
    ),
    known(
        "named",
        Shape::Boolean,
        "true",
        "`true` leaves out what is for all boards.",
    ),
    known(
        "q",
        Shape::Search,
        "social hållbarhet",
        "Only where this text stands in a name, a title or a text, in whatever case.",
    ),
];

/// The parameter of a path with this name.
pub(super) fn in_path(name: &str) -> ParameterBuilder {
    find(IN_PATHS, name, name)
}

/// The parameter of a query with this name, in the lists of this table.
pub(super) fn in_query(table: &str, name: &str) -> ParameterBuilder {
    find(IN_QUERIES, &format!("{table}/{name}"), name)
}

/// A name that is in no table is left bare; a test finds it undescribed.
fn find(known: &[Known], qualified: &str, name: &str) -> ParameterBuilder {
    let called = |wanted: &str| known.iter().find(|known| known.name == wanted);
    called(qualified)
        .or_else(|| called(name))
        .map_or_else(ParameterBuilder::new, Known::parameter)
        .name(name)
}

impl Known {
    fn parameter(&self) -> ParameterBuilder {
        ParameterBuilder::new()
            .description(Some(self.description))
            .schema(Some(self.schema()))
            .example(Some(self.example()))
    }

    fn example(&self) -> Value {
        match self.shape {
            Shape::Year | Shape::Boolean => {
                serde_json::from_str(self.example).unwrap_or_else(|_| json!(self.example))
            }
            _ => json!(self.example),
        }
    }

    fn schema(&self) -> Schema {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let schema = match self.shape {
            Shape::Year => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                .minimum(Some(*YEARS.start()))
                .maximum(Some(*YEARS.end())),
            Shape::Uuid => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
            Shape::Moment => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
            Shape::Boolean => ObjectBuilder::new().schema_type(Type::Boolean),
            Shape::Text => text,
            Shape::Search => text.max_length(Some(LONGEST_SEARCH)),
            Shape::Pattern(pattern) => text.pattern(Some(pattern)),
        };
        schema.build().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_lists_own_table_comes_before_that_of_the_name() {
        let lines = [
            known("kind", Shape::Text, "a", "Of any list."),
            known("towns/kind", Shape::Text, "b", "Of towns."),
        ];
        for (table, expected) in [("towns", "Of towns."), ("roads", "Of any list.")] {
            let found = find(&lines, &format!("{table}/kind"), "kind").build();
            assert_eq!(found.name, "kind");
            assert_eq!(found.description.as_deref(), Some(expected));
        }
        let unknown = find(&lines, "towns/size", "size").build();
        assert_eq!((unknown.name.as_str(), unknown.description), ("size", None));
    }
}
