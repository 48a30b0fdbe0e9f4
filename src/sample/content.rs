//! What the sample holds. Statements, names, numbers and years are those that
//! the municipality has published; the political texts come with its documents.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::resources::Source;
use crate::resources::assignments::{AssignmentContent, AssignmentStatus, Origin};
use crate::resources::boards::{BoardContent, BoardKind};
use crate::resources::budgets::BudgetContent;
use crate::resources::goals::GoalContent;

const DOCUMENT: &str = "Kommunövergripande mål budget 2023";
const PAGE: &str = "Mål: Kommunens ledning och styrning";

/// The goals of 2023, in order; number 1.1 is the first.
const STATEMENTS: [&str; 8] = [
    "I Östersunds kommun har vi en tillväxt som är jämställd och ekonomiskt hållbar, där alla känner sig delaktiga",
    "I Östersunds kommun har vi en trygg och tillgänglig infrastruktur där både stad och landsbygd växer på ett smart och hållbart sätt",
    "I Östersunds kommun har vi ett positivt företagsklimat och medborgarna har arbete och bostad",
    "I Östersunds kommun ska alla barn och elever klara sin utbildning, nå sin gymnasieexamen och utmanas i sitt livslånga lärande",
    "I Östersunds kommun finns goda förutsättningar för en meningsfull fritid och ett aktivt liv",
    "I Östersunds kommun får medborgarna stöd, vård- och omsorg och lever ett självständigt liv",
    "I Östersunds kommun bedrivs ett effektivt arbete för minskad miljö- och klimatpåverkan",
    "I Östersund är kommunen en modern och attraktiv arbetsgivare",
];

/// The goal of 2024 whose page is published.
const STATEMENT_2024: &str = "Östersunds kommun har en hållbar tillväxt där alla känner sig delaktiga i kommunens styrning och organisering.";

/// A key of the sample's: UUIDv7s of one moment, told apart by kind and number.
pub(super) const fn key(kind: u16, number: u8) -> Uuid {
    Uuid::from_u128(
        0x0193_4a00_5c00_7000_8000_0000_0000_0000 | ((kind as u128) << 64) | number as u128,
    )
}

/// The key of the goal with this number of 2023, 1–8.
pub(super) const fn goal_of_2023(number: u8) -> Uuid {
    key(1, number)
}

/// The key of the goal of 2024.
pub(super) const GOAL_2024: Uuid = key(2, 1);

/// The budgets with their years.
pub(super) fn budgets() -> Vec<(i32, BudgetContent)> {
    let budget = |title: &str, source: Option<Source>| BudgetContent {
        title: title.to_owned(),
        description: None,
        decided_by: Some("Kommunfullmäktige".to_owned()),
        decided_on: None,
        source,
    };
    vec![
        (2023, budget(DOCUMENT, Some(published(DOCUMENT, None)))),
        (2024, budget("Budget 2024", None)),
    ]
}

/// The boards with their keys: four that the law asks for, two examples.
pub(super) fn boards() -> Vec<(&'static str, BoardContent)> {
    let board = |name: &str, kind| BoardContent {
        name: name.to_owned(),
        kind,
        valid_from: None,
        valid_to: None,
        successor_board_id: None,
    };
    vec![
        (
            "kommunfullmaktige",
            board("Kommunfullmäktige", BoardKind::Council),
        ),
        (
            "kommunstyrelsen",
            board("Kommunstyrelsen", BoardKind::ExecutiveBoard),
        ),
        ("valnamnden", board("Valnämnden", BoardKind::Board)),
        (
            "krisledningsnamnden",
            board("Krisledningsnämnden", BoardKind::Board),
        ),
        (
            "exempel-skolnamnden",
            board("Exempel: Skolnämnden", BoardKind::Board),
        ),
        (
            "exempel-bolaget",
            board("Exempel: Bolaget", BoardKind::Company),
        ),
    ]
}

/// The goals with their keys.
pub(super) fn goals() -> Vec<(Uuid, GoalContent)> {
    let mut goals: Vec<(Uuid, GoalContent)> = (1..)
        .zip(STATEMENTS)
        .map(|(number, statement)| {
            let content = GoalContent {
                budget_year: 2023,
                number: Some(format!("1.{number}")),
                name: None,
                statement: statement.to_owned(),
                political_text: None,
                position: i32::from(number),
                predecessor_ids: Vec::new(),
                sdgs: Vec::new(),
                source: Some(published(DOCUMENT, None)),
            };
            (goal_of_2023(number), content)
        })
        .collect();
    let page = GoalContent {
        budget_year: 2024,
        number: None,
        name: Some("Kommunens ledning och styrning".to_owned()),
        statement: STATEMENT_2024.to_owned(),
        political_text: None,
        position: 1,
        predecessor_ids: vec![goal_of_2023(1)],
        sdgs: Vec::new(),
        source: Some(published(PAGE, NaiveDate::from_ymd_opt(2024, 5, 23))),
    };
    goals.push((GOAL_2024, page));
    goals
}

/// An example for each origin and scope, with its key.
pub(super) fn assignments() -> Vec<(Uuid, AssignmentContent)> {
    let all = &[][..];
    let examples = [
        (
            "Exempel: Uppdrag från fullmäktige till alla nämnder",
            None,
            all,
        ),
        (
            "Exempel: Uppdrag från fullmäktige till namngivna nämnder",
            None,
            &["kommunstyrelsen", "exempel-skolnamnden"][..],
        ),
        (
            "Exempel: En nämnds eget uppdrag till sig själv",
            Some("exempel-skolnamnden"),
            &["exempel-skolnamnden"][..],
        ),
        (
            "Exempel: Kommunstyrelsens uppdrag till alla nämnder",
            Some("kommunstyrelsen"),
            all,
        ),
    ];
    let made = |title: &str, giver: Option<&str>, boards: &[&str]| AssignmentContent {
        goal_id: GOAL_2024,
        title: title.to_owned(),
        description: None,
        origin: if giver.is_some() {
            Origin::Board
        } else {
            Origin::Council
        },
        origin_board_id: giver.map(str::to_owned),
        all_boards: boards.is_empty(),
        board_ids: boards.iter().map(|id| (*id).to_owned()).collect(),
        status: AssignmentStatus::NotStarted,
        starts_on: NaiveDate::from_ymd_opt(2024, 1, 1),
        due_on: NaiveDate::from_ymd_opt(2024, 12, 31),
        anchor: None,
    };
    (1..)
        .zip(examples)
        .map(|(number, (title, giver, boards))| (key(3, number), made(title, giver, boards)))
        .collect()
}

fn published(title: &str, updated_on: Option<NaiveDate>) -> Source {
    Source {
        title: Some(title.to_owned()),
        url: None,
        published_on: None,
        updated_on,
    }
}
