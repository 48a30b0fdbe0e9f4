//! The headings under a goal and the items under them.
use super::super::{Document, DoubtCode, Goal, Section, SectionKind};
use super::{budget, doubted, goal_with, texts};

fn items(section: &Section) -> Vec<&str> {
    section
        .items
        .iter()
        .map(|item| item.text.as_str())
        .collect()
}

fn first_section(text: &str) -> Section {
    let goal: Goal = goal_with(&format!("Alla badar.\n\n{text}"));
    goal.sections
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no section in {text:?}"))
}

#[test]
fn each_heading_is_known_with_or_without_year_and_colon_and_in_any_case() {
    let headings = [
        ("Så här gör vi för att nå målet", SectionKind::Approach),
        ("Uppdrag från fullmäktige", SectionKind::CouncilAssignments),
        ("Nämndernas egna uppdrag", SectionKind::BoardAssignments),
        ("Nyckeltal", SectionKind::Indicators),
        ("Investeringar", SectionKind::Investments),
        (
            "För att nå målet har vi bland annat",
            SectionKind::Achievements,
        ),
    ];
    for (heading, kind) in headings {
        for (ending, year) in [
            ("", None),
            (":", None),
            (" 2025", Some(2025)),
            (" 2025:", Some(2025)),
            (": 2025", Some(2025)),
            (" (2025)", Some(2025)),
            (" :", None),
        ] {
            for written in [heading.to_owned(), heading.to_uppercase()] {
                let section = first_section(&format!("{written}{ending}\n\n- Bada mer"));
                assert_eq!(
                    (section.kind, section.year),
                    (kind, year),
                    "{written}{ending}"
                );
                assert_eq!(items(&section), ["Bada mer"], "{written}{ending}");
            }
        }
    }
}

#[test]
fn a_sentence_that_starts_as_a_heading_does_is_text() {
    let sentences = [
        "För att nå målet har vi bland annat byggt en brygga.",
        "Nyckeltal: de visar vägen.",
        "Investeringar behövs 2025 i vatten.",
    ];
    for sentence in sentences {
        let goal = goal_with(&format!("Alla badar.\n\n{sentence}"));
        assert_eq!(texts(&goal), ["Alla badar.", sentence]);
    }
}

#[test]
fn list_items_lose_their_markers_and_nothing_else() {
    for marker in ["- ", "• ", "•", "* ", "– ", "1. ", "12) ", ""] {
        let section = first_section(&format!(
            "Uppdrag från fullmäktige 2025\n\n{marker}Mät - och väg - vattnet\n\n{marker}5 % mer bad"
        ));
        assert_eq!(
            items(&section),
            ["Mät - och väg - vattnet", "5 % mer bad"],
            "{marker:?}"
        );
    }
}

#[test]
fn a_negative_number_is_no_marker() {
    assert_eq!(
        items(&first_section("Nyckeltal\n\n-5 % utsläpp")),
        ["-5 % utsläpp"]
    );
}

#[test]
fn a_dash_and_nothing_mean_none() {
    for none in ["", "-", "–", " - ", "•", "\n-\n\n-"] {
        let goal = goal_with(&format!(
            "Alla badar.\n\nUppdrag från fullmäktige 2025\n{none}\nInvesteringar: -\n\nNyckeltal 2025\n"
        ));
        assert_eq!(goal.sections.len(), 3, "{none:?}");
        assert!(
            goal.sections.iter().all(|section| section.items.is_empty()),
            "{none:?}"
        );
    }
}

#[test]
fn the_date_of_a_page_is_never_an_item() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nNyckeltal\n- Siktdjup\n\nSidan uppdaterad 2025-03-04\n";
    let document = budget(text);
    assert_eq!(items(&document.goals[0].sections[0]), ["Siktdjup"]);
    assert_eq!(
        document
            .source_updated_on
            .map(|date| date.to_string())
            .as_deref(),
        Some("2025-03-04")
    );
}

#[test]
fn an_item_wrapped_over_lines_is_one_item_with_the_line_where_it_starts() {
    let section = first_section(
        "Uppdrag från fullmäktige\n- Mät vattnet i\n  Storsjön och i\n  alla andra sjöar\n- Stäng utloppen",
    );
    assert_eq!(
        items(&section),
        [
            "Mät vattnet i Storsjön och i alla andra sjöar",
            "Stäng utloppen"
        ]
    );
    let lines: Vec<usize> = section.items.iter().map(|item| item.line).collect();
    assert_eq!(lines, [8, 11]);
}

#[test]
fn text_after_the_colon_of_a_heading_is_its_first_item() {
    let goal = goal_with(
        "Alla badar.\n\nNyckeltal 2025\n- Siktdjup\n\nInvesteringar 2025: ny brygga, 2 mnkr",
    );
    assert_eq!(items(&goal.sections[1]), ["ny brygga, 2 mnkr"]);
}

#[test]
fn a_line_that_introduces_items_is_kept_with_them() {
    let section = first_section(
        "Nämndernas egna uppdrag\n\nMiljönämnden:\n- Mät vattnet\n- Stäng utloppen\n\nSkolnämnden:\n- Läs mer",
    );
    let led: Vec<(Option<&str>, &str)> = section
        .items
        .iter()
        .map(|item| (item.lead_in.as_deref(), item.text.as_str()))
        .collect();
    assert_eq!(
        led,
        [
            (Some("Miljönämnden:"), "Mät vattnet"),
            (Some("Miljönämnden:"), "Stäng utloppen"),
            (Some("Skolnämnden:"), "Läs mer")
        ]
    );
}

#[test]
fn a_line_that_introduces_nothing_is_an_item() {
    let section = first_section("Nämndernas egna uppdrag\n\nMiljönämnden:\n\nSkolnämnden:\n");
    assert_eq!(items(&section), ["Miljönämnden:", "Skolnämnden:"]);
}

#[test]
fn what_stands_under_an_unknown_heading_is_kept_apart_and_doubted() {
    for heading in ["Uppföljning 2025", "Uppföljning 2025:", "Frågor och svar"] {
        let text = format!(
            "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nUppdrag från fullmäktige 2025\n- Mät vattnet\n\n{heading}\n\n- Bada mer\n"
        );
        let document = Document::Budget(budget(&text));
        let goal = &document.goals()[0];
        assert_eq!(items(&goal.sections[0]), ["Mät vattnet"], "{heading}");
        assert_eq!(
            (goal.sections[1].kind, items(&goal.sections[1])),
            (SectionKind::Unknown, vec!["Bada mer"]),
            "{heading}"
        );
        assert_eq!(
            doubted(&document, DoubtCode::UnknownHeading),
            [8],
            "{heading}"
        );
    }
}

#[test]
fn an_item_that_ends_in_a_year_is_an_item() {
    let wanted = ["Minska utsläppen till 2025", "Bygg en brygga 2030"];
    let text = format!(
        "Uppdrag från fullmäktige 2025\n\n{}\n\n{}",
        wanted[0], wanted[1]
    );
    assert_eq!(items(&first_section(&text)), wanted);
}

#[test]
fn an_unknown_short_line_in_a_text_stays_a_paragraph_and_is_doubted() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nOm vattnet\n\nAlla badar.\n";
    let document = Document::Budget(budget(text));
    assert_eq!(texts(&document.goals()[0]), ["Om vattnet", "Alla badar."]);
    assert_eq!(doubted(&document, DoubtCode::UnknownHeading), [5]);
}

#[test]
fn text_under_the_heading_that_has_nothing_of_its_own_is_doubted() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nSå här gör vi för att nå målet 2025\n\nVi badar.\n";
    let document = Document::Budget(budget(text));
    assert_eq!(items(&document.goals()[0].sections[0]), ["Vi badar."]);
    assert_eq!(doubted(&document, DoubtCode::TextUnderHeading), [7]);
}

#[test]
fn a_goal_of_a_budget_ends_its_sections_at_the_next_goal() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nNyckeltal\n- Siktdjup\n\n1.2 Vi läser\n\nAlla läser.\n";
    let document = budget(text);
    assert_eq!(items(&document.goals[0].sections[0]), ["Siktdjup"]);
    assert_eq!(texts(&document.goals[1]), ["Alla läser."]);
}
