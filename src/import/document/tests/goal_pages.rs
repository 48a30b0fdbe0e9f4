//! The published page of one goal.
use super::super::{Document, DoubtCode, SectionKind};
use super::{doubted, page, texts};

const PAGE: &str = "\
Mål: Rent vatten

Sjövik har rena sjöar för alla.

Sjöarna är våra.

Den som fiskar ska kunna äta sin fisk.

Så här gör vi för att nå målet 2025

Uppdrag från fullmäktige 2025

- Mät vattnet varje vecka
- Stäng utloppen

Nyckeltal 2025

-

Sidan uppdaterad 2025-03-04
";

#[test]
fn a_page_gives_name_statement_text_year_date_and_assignments() {
    let page = page(PAGE);
    assert_eq!(page.goal.name.as_deref(), Some("Rent vatten"));
    assert_eq!(page.goal.statement, "Sjövik har rena sjöar för alla.");
    assert_eq!(
        page.goal.political_text().as_deref(),
        Some("Sjöarna är våra.\n\nDen som fiskar ska kunna äta sin fisk.")
    );
    assert_eq!(
        page.budget_year.map(|found| (found.year, found.line)),
        Some((2025, 9))
    );
    assert_eq!(
        page.source_updated_on
            .map(|date| date.to_string())
            .as_deref(),
        Some("2025-03-04")
    );
    let items: Vec<&str> = page
        .goal
        .items(SectionKind::CouncilAssignments)
        .map(|item| item.text.as_str())
        .collect();
    assert_eq!(items, ["Mät vattnet varje vecka", "Stäng utloppen"]);
    assert_eq!(page.doubts, []);
}

#[test]
fn a_first_paragraph_that_repeats_the_name_is_not_the_statement() {
    let page = page(&PAGE.replace(
        "Rent vatten\n",
        "Rent vatten\n\nRent vatten.\n\nMål: Rent vatten\n",
    ));
    assert_eq!(page.goal.statement, "Sjövik har rena sjöar för alla.");
    assert_eq!(
        doubted(&Document::GoalPage(page), DoubtCode::RepeatedTitle),
        [3, 5]
    );
}

#[test]
fn a_paragraph_that_repeats_the_statement_is_dropped() {
    let page = page(&PAGE.replace(
        "\n\nSjöarna är",
        "\n\nSjövik har rena sjöar för alla\n\nSjöarna är",
    ));
    assert_eq!(texts(&page.goal).first(), Some(&"Sjöarna är våra."));
}

#[test]
fn what_stands_around_the_page_is_left_out_and_doubted() {
    let page = page(&format!(
        "Startsida\nKommun och politik\n{PAGE}\nKontakt\n- Ring oss\n"
    ));
    assert_eq!(page.goal.statement, "Sjövik har rena sjöar för alla.");
    assert_eq!(
        page.goal
            .sections
            .iter()
            .map(|section| section.items.len())
            .sum::<usize>(),
        2
    );
    assert_eq!(
        doubted(&Document::GoalPage(page), DoubtCode::LeftOut),
        [1, 24]
    );
}

#[test]
fn a_page_without_headings_has_no_year() {
    let page = page("Mål: Rent vatten\nVattnet är rent.\nAlla badar.");
    assert_eq!((page.budget_year, page.goal.sections.len()), (None, 0));
    assert_eq!(texts(&page.goal), ["Alla badar."]);
}

#[test]
fn a_page_with_a_number_in_its_heading_keeps_the_number() {
    let page = page(&PAGE.replace("Mål: Rent", "Mål 1.1: Rent"));
    assert_eq!(page.goal.number.as_deref(), Some("1.1"));
    assert_eq!(page.goal.name.as_deref(), Some("Rent vatten"));
    assert_eq!(page.goal.statement, "Sjövik har rena sjöar för alla.");
}

#[test]
fn years_that_differ_between_the_headings_are_doubted() {
    let page = page(&PAGE.replace("Nyckeltal 2025", "Nyckeltal 2024"));
    assert_eq!(page.years.len(), 3);
    assert_eq!(
        doubted(&Document::GoalPage(page), DoubtCode::YearsDiffer),
        [16]
    );
}

#[test]
fn the_date_of_a_page_is_read_in_words_too_and_doubted_when_it_cannot_be() {
    let in_words = page(&PAGE.replace("uppdaterad 2025-03-04", "uppdaterades den 4 mars 2025"));
    assert_eq!(
        in_words
            .source_updated_on
            .map(|date| date.to_string())
            .as_deref(),
        Some("2025-03-04")
    );
    let unknown = page(&PAGE.replace("2025-03-04", "i förrgår"));
    assert_eq!(unknown.source_updated_on, None);
    assert!(unknown.goal.items(SectionKind::Indicators).next().is_none());
    assert_eq!(
        doubted(
            &Document::GoalPage(unknown),
            DoubtCode::UpdatedDateUnreadable
        ),
        [20]
    );
}
