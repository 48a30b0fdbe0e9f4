//! The parameters of paths.

use super::{ASSIGNMENT, GOAL, Known, Shape, TARGET, known};

const SLUG: &str = "^[a-z0-9-]{1,80}$";
const PERIOD: &str = "^(T1|T2|annual)$";
const CODE: &str = "^[A-Z0-9-]{1,40}$";
const MUNICIPALITY_CODE: &str = "^[0-9]{4}$";

/// What stands in paths.
pub(super) const IN_PATHS: &[Known] = &[
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
        "targetId",
        Shape::Uuid,
        TARGET,
        "The key of the target (målvärde). A client may choose it by PUT; a UUIDv7 is best.",
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
        "webhookId",
        Shape::Uuid,
        "01941f29-7c00-7e11-9b3c-2d4f6a8c0e66",
        "The key of the webhook. A client may choose it by PUT; a UUIDv7 is best.",
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
