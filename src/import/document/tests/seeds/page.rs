//! The page of one goal of 2024.
use super::super::super::{Document, SectionKind};
use super::{PAGE, first_words, parsed};

#[test]
fn the_page_of_2024_gives_one_goal_with_its_name_statement_and_paragraphs() {
    let Some(Document::GoalPage(page)) = parsed(PAGE) else {
        return;
    };
    assert_eq!(
        page.goal.name.as_deref(),
        Some("Kommunens ledning och styrning")
    );
    assert_eq!(page.goal.number, None);
    assert!(page.goal.statement.starts_with("Östersunds kommun har"));
    assert!(page.goal.statement.ends_with('.'));
    let words = [
        "Med framåtanda och",
        "Hållbar ekonomisk tillväxt",
        "Rysslands invasion av",
        "Flera människor ska",
        "Demokratin ska stärkas",
    ];
    assert_eq!(first_words(&page.goal), words);
    let lines: Vec<usize> = page
        .goal
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.line)
        .collect();
    assert_eq!(lines, [5, 7, 9, 11, 13]);
}

#[test]
fn the_page_of_2024_gives_its_year_its_date_and_six_headings_with_nothing_under_them() {
    let Some(Document::GoalPage(page)) = parsed(PAGE) else {
        return;
    };
    assert_eq!(page.budget_year.map(|found| found.year), Some(2024));
    assert_eq!(
        page.source_updated_on
            .map(|date| date.to_string())
            .as_deref(),
        Some("2024-05-23")
    );
    let kinds: Vec<SectionKind> = page
        .goal
        .sections
        .iter()
        .map(|section| section.kind)
        .collect();
    let expected = [
        SectionKind::Approach,
        SectionKind::CouncilAssignments,
        SectionKind::BoardAssignments,
        SectionKind::Indicators,
        SectionKind::Investments,
        SectionKind::Achievements,
    ];
    assert_eq!(kinds, expected);
    assert!(
        page.goal
            .sections
            .iter()
            .all(|section| section.items.is_empty())
    );
    assert_eq!(page.doubts, []);
}
