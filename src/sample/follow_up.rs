//! The sample's examples of following a goal up: reports, an assessment, an
//! investment, an achievement and a municipality group. All of them are made
//! up, and say so.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::content::{GOAL_2024, key};
use super::remove::Row;
use crate::database::{Connection, Failure};
use crate::decimal::Decimal;
use crate::resources::achievements::{self, AchievementContent};
use crate::resources::assessments::{self, AssessmentContent, AssessmentKey, AssessmentStatus};
use crate::resources::assignments::{self, AssignmentStatus};
use crate::resources::investments::{self, InvestmentContent};
use crate::resources::municipality_groups::{self, MunicipalityGroupContent};
use crate::resources::reports::{self, ReportContent, ReportKey};
use crate::resources::{Period, boards, goals, municipalities};

/// The council's assignment to all boards.
const ASSIGNMENT: Uuid = key(3, 1);
const INVESTMENT: Uuid = key(5, 1);
const ACHIEVEMENT: Uuid = key(6, 1);
const YEAR: i32 = 2024;

/// The key of the municipality group.
const GROUP: &str = "EX-NORR";
/// Its municipalities: Östersund, Sundsvall, Umeå, Luleå, Gävle.
const GROUP_CODES: [&str; 5] = ["2380", "2281", "2480", "2580", "2180"];

const fn assessment_key() -> AssessmentKey {
    AssessmentKey {
        goal_id: GOAL_2024,
        year: YEAR,
        period: Period::Second,
    }
}

/// The reports with their keys.
fn reports() -> [(ReportKey, ReportContent); 2] {
    let report = |board: &str, status, comment: &str| {
        let key = ReportKey {
            assignment_id: ASSIGNMENT,
            board_id: board.to_owned(),
            year: YEAR,
            period: Period::Second,
        };
        let content = ReportContent {
            status,
            comment: Some(comment.to_owned()),
            reported_on: day(9, 16),
        };
        (key, content)
    };
    [
        report(
            "kommunstyrelsen",
            AssignmentStatus::InProgress,
            "Exempel: Arbetet pågår och väntas bli klart under året.",
        ),
        report(
            "exempel-skolnamnden",
            AssignmentStatus::Completed,
            "Exempel: Uppdraget är genomfört.",
        ),
    ]
}

fn assessment() -> AssessmentContent {
    AssessmentContent {
        status: AssessmentStatus::OnTrack,
        comment: Some("Exempel: Målet bedöms kunna nås.".to_owned()),
        assessed_on: day(9, 30),
    }
}

fn investment() -> InvestmentContent {
    InvestmentContent {
        goal_id: GOAL_2024,
        year: YEAR,
        title: "Exempel: Digitala mötesrum för medborgardialog".to_owned(),
        amount: Decimal::parse("1500000").unwrap_or_default(),
        board_id: None,
    }
}

fn achievement() -> AchievementContent {
    AchievementContent {
        goal_id: GOAL_2024,
        year: YEAR,
        text: "Exempel: Hållit medborgardialoger i varje kommundel.".to_owned(),
        assignment_id: None,
        achieved_on: Some(day(5, 14)),
        position: Some(1),
    }
}

fn group() -> MunicipalityGroupContent {
    MunicipalityGroupContent {
        title: "Exempel: Residensstäder och större städer i norr".to_owned(),
        municipality_codes: GROUP_CODES.map(str::to_owned).to_vec(),
        source: None,
    }
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(YEAR, month, day).unwrap_or_default()
}

/// Loads what of the examples is not there and has what it refers to; answers
/// how many rows it made.
pub(super) async fn load(connection: &mut Connection) -> Result<usize, Failure> {
    let mut made = 0;
    for (key, content) in reports() {
        let board = std::slice::from_ref(&key.board_id);
        if assignments::hold(connection, key.assignment_id).await?
            && !boards::hold(connection, board).await?.is_empty()
        {
            let row = reports::insert(connection, &key, &content).await?;
            made += usize::from(row.is_some());
        }
    }
    if goals::hold(connection, GOAL_2024).await? {
        let row = assessments::insert(connection, &assessment_key(), &assessment()).await?;
        made += usize::from(row.is_some());
        let row = investments::insert(connection, INVESTMENT, &investment()).await?;
        made += usize::from(row.is_some());
        let row = achievements::insert(connection, ACHIEVEMENT, &achievement()).await?;
        made += usize::from(row.is_some());
    }
    let group = group();
    let there = municipalities::hold_all(connection, &group.municipality_codes).await?;
    if there.len() == group.municipality_codes.len() {
        let row = municipality_groups::insert(connection, GROUP, &group).await?;
        made += usize::from(row.is_some());
    }
    Ok(made)
}

/// The examples' rows, for taking them away.
pub(super) fn rows() -> Vec<Row> {
    let row = |table, resource, key| Row {
        table,
        resource,
        key,
    };
    let reports = reports().into_iter().map(|(key, _)| {
        let key = vec![
            ("assignment_id", json!(key.assignment_id)),
            ("board_id", json!(key.board_id)),
            ("year", json!(key.year)),
            ("period", json!(key.period)),
        ];
        row("reports", "reports", key)
    });
    let judged = assessment_key();
    let judged = vec![
        ("goal_id", json!(judged.goal_id)),
        ("year", json!(judged.year)),
        ("period", json!(judged.period)),
    ];
    let others = [
        row("assessments", "assessments", judged),
        row(
            "investments",
            "investments",
            vec![("investment_id", json!(INVESTMENT))],
        ),
        row(
            "achievements",
            "achievements",
            vec![("achievement_id", json!(ACHIEVEMENT))],
        ),
        row(
            "municipality_groups",
            "municipality-groups",
            vec![("group_id", json!(GROUP))],
        ),
    ];
    reports.chain(others).collect()
}
