//! The parameters of queries.

use super::{ASSIGNMENT, GOAL, Known, Shape, known};

const YEAR_LIST: &str = "^[0-9]{4}(,[0-9]{4})*$";
const SLUG_LIST: &str = "^[a-z0-9-]{1,80}(,[a-z0-9-]{1,80})*$";
const STATUS_LIST: &str = "^(notStarted|inProgress|completed|paused|cancelled)(,(notStarted|inProgress|completed|paused|cancelled))*$";
const KIND: &str = "^(council|executiveBoard|board|committee|company)$";
const VALUE_STATUS_LIST: &str =
    "^(final|preliminary|missing|confidential)(,(final|preliminary|missing|confidential))*$";
const PERIOD_LIST: &str = "^(T1|T2|annual)(,(T1|T2|annual))*$";
const ASSESSMENT_STATUS_LIST: &str = "^(achieved|onTrack|atRisk|offTrack|notAssessed)(,(achieved|onTrack|atRisk|offTrack|notAssessed))*$";
const CODE_LIST: &str = "^[A-Z0-9-]{1,40}(,[A-Z0-9-]{1,40})*$";
const TARGET_KIND_LIST: &str =
    "^(numeric|share|boolean|rank|trend)(,(numeric|share|boolean|rank|trend))*$";
const ROLE: &str = "^(keyFigure|indicator)$";
const MUNICIPALITY_KIND: &str = "^(municipality|region|country)$";
const MUNICIPALITY_CODES: &str = "^[0-9]{4}(,[0-9]{4})*$";
const COUNTY_CODES: &str = "^[0-9]{2}(,[0-9]{2})*$";
const AS_OF: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+))?$";
const UUID_LIST: &str = "^[0-9A-Fa-f-]{36}(,[0-9A-Fa-f-]{36})*$";

/// What stands in queries: by the name alone for every list that has it, or
/// by `table/name` for the lists of one table.
pub(super) const IN_QUERIES: &[Known] = &[
    known(
        "active",
        Shape::Boolean,
        "true",
        "Only those that are active, or with `false` only those that are not.",
    ),
    known(
        "outcome",
        Shape::Pattern("^(delivered|failed)(,(delivered|failed))*$"),
        "failed",
        "Only those that ended so, in a comma list.",
    ),
    known(
        "cursor",
        Shape::Text,
        "eyJ2IjpbMjAyM119",
        "Where to go on: the opaque value out of `_links.next` or `_links.prev`, with the other parameters unchanged. Not together with `page`.",
    ),
    known(
        "asOf",
        Shape::Pattern(AS_OF),
        "2024-05-23",
        "The answer that was given at this moment (så som det var då), deletions and all: a date, which means the end of that day in Sweden, or a time with any offset. What came into being later is 404, or not in the list. The future is 400. Such an answer never changes.",
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
        "targets/kind",
        Shape::Pattern(TARGET_KIND_LIST),
        "numeric,share",
        "Only of these kinds, in a comma list: a number, a share, fulfilled or not, a rank, a direction.",
    ),
    known(
        "targetYear",
        Shape::Pattern(YEAR_LIST),
        "2030,2040",
        "Only what is to be reached by one of these years (målår), in a comma list.",
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
