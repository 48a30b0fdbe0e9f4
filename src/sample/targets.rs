//! The sample's targets (målvärden): each with the clause of the council's text
//! that sets it, and where that stands.

use uuid::Uuid;

use super::content::{GOAL_2024, goal_of_2023, key};
use crate::database::{Connection, Failure};
use crate::decimal::Decimal;
use crate::resources::targets::{self, TargetContent, TargetKind, TargetOperator};
use crate::resources::values::Gender;
use crate::resources::{goal_indicators, goals};

/// A target of a goal of 2023 with this number, its clause, and the paragraph
/// of the political text that has it.
fn quoted(goal: u8, kind: TargetKind, paragraph: u8, statement: &str) -> TargetContent {
    TargetContent {
        goal_id: goal_of_2023(goal),
        indicator_code: None,
        kind,
        gender: Gender::All,
        operator: None,
        value: None,
        upper_value: None,
        unit: None,
        target_year: None,
        baseline_year: None,
        baseline_value: None,
        statement: statement.to_owned(),
        anchor: Some(format!("Politisk text, stycke {paragraph}")),
        outcome: None,
    }
}

/// The best in the country.
fn first(goal: u8, paragraph: u8, statement: &str) -> TargetContent {
    TargetContent {
        value: Some(Decimal::from(1)),
        ..quoted(goal, TargetKind::Rank, paragraph, statement)
    }
}

/// All of them.
fn whole(goal: u8, paragraph: u8, statement: &str) -> TargetContent {
    TargetContent {
        operator: Some(TargetOperator::AtLeast),
        value: Some(Decimal::from(100)),
        unit: Some("procent".to_owned()),
        ..quoted(goal, TargetKind::Share, paragraph, statement)
    }
}

/// More, or less.
fn trend(goal: u8, to: TargetOperator, paragraph: u8, statement: &str) -> TargetContent {
    TargetContent {
        operator: Some(to),
        ..quoted(goal, TargetKind::Trend, paragraph, statement)
    }
}

/// The targets with their keys.
pub(super) fn targets() -> Vec<(Uuid, TargetContent)> {
    let (more, less) = (TargetOperator::Increase, TargetOperator::Decrease);
    let all = [
        TargetContent {
            goal_id: GOAL_2024,
            indicator_code: Some("N01951".to_owned()),
            operator: Some(TargetOperator::AtLeast),
            value: Some(Decimal::from(75_000)),
            unit: Some("invånare".to_owned()),
            target_year: Some(2040),
            ..quoted(
                1,
                TargetKind::Numeric,
                4,
                "målet är minst 75 000 invånare år 2040",
            )
        },
        TargetContent {
            gender: Gender::Women,
            ..first(
                3,
                3,
                "Östersund kommun ska vara bästa kommunen i landet för kvinnor att driva företag i.",
            )
        },
        first(
            3,
            6,
            "Östersunds kommun ska även sikta på att bli landets bästa landsbygdskommun.",
        ),
        trend(
            3,
            more,
            2,
            "ska kommunen öka andelen lokala livsmedel som används i kommunens matproduktion",
        ),
        TargetContent {
            indicator_code: Some("N17461".to_owned()),
            anchor: Some("Målet".to_owned()),
            ..whole(
                4,
                0,
                "ska alla barn och elever klara sin utbildning, nå sin gymnasieexamen",
            )
        },
        TargetContent {
            unit: Some("procent".to_owned()),
            baseline_year: Some(2019),
            baseline_value: Some(Decimal::from(25)),
            ..quoted(
                6,
                TargetKind::Share,
                3,
                "LOV måste utvidgas och till sin omfattning måste öka från dagens 25 % (2019)",
            )
        },
        whole(6, 6, "all mat ska lagas på plats"),
        TargetContent {
            target_year: Some(2030),
            ..quoted(
                7,
                TargetKind::Boolean,
                1,
                "Östersunds kommun ska vara fossilfritt år 2030.",
            )
        },
        TargetContent {
            target_year: Some(2030),
            ..whole(
                7,
                4,
                "ska samtliga av kommunkoncernen ägda fastigheter, där så är möjligt, ha solceller på sina tak år 2030",
            )
        },
        // What the goal's indicators measure is food waste and the whole of the
        // waste, not how much of it is recycled.
        trend(7, more, 5, "Återvinningsgraden av sopor ska öka"),
        TargetContent {
            indicator_code: Some("N00090".to_owned()),
            ..trend(
                8,
                less,
                2,
                "minskad sjukfrånvaro vilket är något som ska eftersträvas",
            )
        },
        trend(
            8,
            more,
            4,
            "öka andelen kvinnor i mansdominerade samt andelen män i kvinnodominerade yrkeskategorier",
        ),
    ];
    (1..)
        .zip(all)
        .map(|(number, target)| (key(4, number), target))
        .collect()
}

/// Loads the targets that are not there, of goals and links that are; answers
/// how many it made.
pub(super) async fn load(connection: &mut Connection) -> Result<usize, Failure> {
    let mut made = 0;
    for (id, target) in targets() {
        let goal = target.goal_id;
        let linked = match &target.indicator_code {
            Some(code) => goal_indicators::hold(connection, goal, code).await?,
            None => goals::hold(connection, goal).await?,
        };
        if linked {
            let row = targets::insert(connection, id, &target).await?;
            made += usize::from(row.is_some());
        }
    }
    Ok(made)
}
