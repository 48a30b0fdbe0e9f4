//! The municipality's two published documents, read from beside the crate.
mod letters;
mod page;

use std::path::PathBuf;

use super::super::{Document, DoubtCode, Goal, parse};
use super::doubted;

const BUDGET: &str = "000_e6fb545333eb9a77.txt";
const PAGE: &str = "003_b312061b4cf751fb.txt";

/// The document's bytes, or none where the folder is absent: a stranger's clone has none.
fn seed(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/seeds"));
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(
                std::env::var_os("MALBILD_REQUIRE_SEEDS").is_none(),
                "{name} cannot be read: {error}"
            );
            eprintln!("skipped: ../shared/seeds/{name} cannot be read here: {error}");
            None
        }
    }
}

fn parsed(name: &str) -> Option<Document> {
    seed(name).map(|bytes| parse(&bytes).expect("a published document is read"))
}

fn first_words(goal: &Goal) -> Vec<String> {
    let three = |text: &str| {
        text.split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ")
    };
    goal.paragraphs
        .iter()
        .map(|paragraph| three(&paragraph.text))
        .collect()
}

const GOALS: [(&str, &str, &[&str]); 8] = [
    (
        "1.1",
        "I Östersunds kommun har vi en tillväxt som är jämställd och ekonomiskt hållbar, där alla känner sig delaktiga",
        &[
            "En hållbar social",
            "Att Östersunds kommun",
            "I kommunen finns",
            "Östersunds kommun ska",
            "Samhället i stort",
        ],
    ),
    (
        "1.2",
        "I Östersunds kommun har vi en trygg och tillgänglig infrastruktur där både stad och landsbygd växer på ett smart och hållbart sätt",
        &[
            "När Östersunds kommun",
            "En fungerande fysisk,",
            "En väsentlig del",
            "Vatten är en",
            "I Östersunds kommun",
        ],
    ),
    (
        "1.3",
        "I Östersunds kommun har vi ett positivt företagsklimat och medborgarna har arbete och bostad",
        &[
            "Välfärdens resurser genereras",
            "Tjänster och digitala",
            "Fördelningen mellan män",
            "Länets näringsliv bärs",
            "Östersunds kommun vill",
            "Östersunds kommun ska",
            "Integration är en",
        ],
    ),
    (
        "1.4",
        "I Östersunds kommun ska alla barn och elever klara sin utbildning, nå sin gymnasieexamen och utmanas i sitt livslånga lärande",
        &[
            "Utbildning ger makt",
            "I Östersunds kommun",
            "Varje elev ges",
            "I Östersunds kommun",
            "Alla Östersunds skolor",
            "I Östersunds kommun",
            "Det ska ges",
        ],
    ),
    (
        "1.5",
        "I Östersunds kommun finns goda förutsättningar för en meningsfull fritid och ett aktivt liv",
        &[
            "Ett rikt och",
            "Östersund ska vara",
            "Östersund har under",
            "Mer arbete bör",
            "Östersunds kommun ska",
        ],
    ),
    (
        "1.6",
        "I Östersunds kommun får medborgarna stöd, vård- och omsorg och lever ett självständigt liv",
        &[
            "Östersunds innevånare ska",
            "Utsatta grupper ska",
            "Östersunds kommun ska",
            "Östersund behöver flera",
            "Kommunen ska också",
            "Maten måste ses",
        ],
    ),
    (
        "1.7",
        "I Östersunds kommun bedrivs ett effektivt arbete för minskad miljö- och klimatpåverkan",
        &[
            "Östersunds kommun har",
            "Östersunds kommun ska",
            "Östersunds kommuns fastigheter",
            "I Östersunds kommun",
            "Genom att öka",
        ],
    ),
    (
        "1.8",
        "I Östersund är kommunen en modern och attraktiv arbetsgivare",
        &[
            "Tillgången på välutbildad",
            "Medarbetarna ska känna",
            "En annan nyckelfråga",
            "Östersunds kommun ska",
            "För att vara",
        ],
    ),
];

#[test]
fn the_budget_of_2023_gives_its_eight_goals_with_their_statements_and_paragraphs() {
    let Some(document) = parsed(BUDGET) else {
        return;
    };
    assert_eq!(document.goals().len(), GOALS.len());
    for (goal, (number, statement, words)) in document.goals().iter().zip(GOALS) {
        assert_eq!(goal.number.as_deref(), Some(number));
        assert_eq!(goal.statement, statement);
        assert_eq!(goal.name, None);
        assert_eq!(first_words(goal), words, "goal {number}");
        assert_eq!(goal.sections, []);
    }
}

#[test]
fn the_budget_of_2023_gives_its_title_decider_introduction_and_announced_count() {
    let Some(Document::Budget(budget)) = parsed(BUDGET) else {
        return;
    };
    assert_eq!(
        budget.title.as_deref(),
        Some("Kommunövergripande mål budget 2023")
    );
    assert_eq!(
        budget.budget_year.map(|found| (found.year, found.line)),
        Some((2023, 8))
    );
    assert_eq!(budget.decided_by.as_deref(), Some("Kommunfullmäktige"));
    assert_eq!(
        budget.announced.map(|found| (found.count, found.line)),
        Some((8, 36))
    );
    let description = budget.description.unwrap_or_default();
    let starts: Vec<&str> = description
        .split("\n\n")
        .filter_map(|text| text.split(' ').next())
        .collect();
    assert_eq!(starts, ["Östersunds", "Kommunfullmäktiges", "Varje"]);
    assert!(budget.years.iter().all(|found| found.year == 2023));
}

#[test]
fn the_four_paragraphs_of_2023_that_page_layout_broke_are_whole_again() {
    let Some(document) = parsed(BUDGET) else {
        return;
    };
    assert_eq!(
        doubted(&document, DoubtCode::JoinedLines),
        [89, 113, 162, 178]
    );
    let texts: Vec<&str> = document
        .goals()
        .iter()
        .flat_map(|goal| &goal.paragraphs)
        .map(|paragraph| paragraph.text.as_str())
        .collect();
    for words in [
        "kommunen i landet",
        "för elevernas",
        "I Östersunds kommun kännetecknas även",
        "snabbt ska komma",
    ] {
        assert_eq!(
            texts.iter().filter(|text| text.contains(words)).count(),
            1,
            "{words}"
        );
    }
}

#[test]
fn the_budget_of_2023_leaves_no_doubt_but_its_joins_a_repeated_title_and_the_cover() {
    let Some(document) = parsed(BUDGET) else {
        return;
    };
    let others: Vec<(usize, DoubtCode)> = document
        .doubts()
        .iter()
        .map(|doubt| (doubt.line, doubt.code))
        .collect();
    let others: Vec<_> = others
        .into_iter()
        .filter(|(_, code)| *code != DoubtCode::JoinedLines)
        .collect();
    assert_eq!(
        others,
        [(5, DoubtCode::LeftOut), (81, DoubtCode::RepeatedTitle)]
    );
}
