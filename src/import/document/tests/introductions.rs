//! What stands before the goals: title, decider, description, announcement, list of goals.
use super::super::{Document, DoubtCode};
use super::{DOCUMENT, budget, doubted};

const GOALS: &str = "1.1 Vi har rena sjöar\n\nAlla badar.\n\n1.2 Vi läser\n\nAlla läser.\n";

#[test]
fn a_whole_document_gives_title_year_decider_description_and_count() {
    let document = budget(DOCUMENT);
    assert_eq!(
        document.title.as_deref(),
        Some("Kommunövergripande mål budget 2025")
    );
    assert_eq!(
        document.budget_year.map(|found| (found.year, found.line)),
        Some((2025, 4))
    );
    assert_eq!(document.decided_by.as_deref(), Some("Kommunfullmäktige"));
    assert_eq!(
        document.description.as_deref(),
        Some("Målen gäller hela kommunen.\n\nDe följs upp varje vår.")
    );
    assert_eq!(document.announced.map(|found| found.count), Some(3));
}

#[test]
fn titles_in_other_words_give_the_year() {
    for title in [
        "Fullmäktiges mål 2025",
        "Mål och budget 2025",
        "Mål och budget 2025–2027",
        "MÅL 2025",
        "Kommunens mål\n\nbudget 2025",
        "Budget 2025",
    ] {
        let document = budget(&format!("{title}\n\nVåra mål:\n\n{GOALS}"));
        assert_eq!(document.title, Some(title.replace("\n\n", " ")));
        assert_eq!(
            document.budget_year.map(|found| (found.year, found.line)),
            Some((2025, 1)),
            "{title}"
        );
    }
}

#[test]
fn a_decider_in_a_phrase_is_found() {
    for line in [
        "Kommunfullmäktige",
        "Beslutad av Kommunfullmäktige",
        "Antagen av kommunfullmäktige.",
        "Antagen av kommunfullmäktige 2024-11-25",
        "Beslutad av Kommunfullmäktige, 2024-11-25.",
        "KOMMUNFULLMÄKTIGE",
    ] {
        let document = budget(&format!("Fullmäktiges mål 2025\n\n{line}\n\n{GOALS}"));
        let found = document.decided_by.map(|name| name.to_lowercase());
        assert_eq!(found.as_deref(), Some("kommunfullmäktige"), "{line}");
    }
}

#[test]
fn the_announced_count_is_read_as_a_numeral_or_in_digits() {
    for (word, count) in [
        ("två", 2),
        ("2", 2),
        ("tolv", 12),
        ("tjugo", 20),
        ("15", 15),
    ] {
        let text = format!(
            "Fullmäktiges mål 2025\n\nFör 2025 finns {word} nya kommunövergripande mål:\n\n- Vi har rena sjöar\n- Vi läser\n\n{GOALS}"
        );
        let document = Document::Budget(budget(&text));
        let Document::Budget(found) = &document else {
            unreachable!()
        };
        assert_eq!(
            found.announced.map(|found| found.count),
            Some(count),
            "{word}"
        );
        assert_eq!(found.description, None);
        let differs = if count == 2 { vec![] } else { vec![3] };
        assert_eq!(
            doubted(&document, DoubtCode::CountDiffers),
            differs,
            "{word}"
        );
    }
}

#[test]
fn a_vague_announcement_gives_no_count() {
    let text = format!("Fullmäktiges mål 2025\n\nDet finns ett antal mål:\n\n{GOALS}");
    assert_eq!(budget(&text).announced, None);
}

#[test]
fn a_budget_whose_introduction_has_a_line_like_a_pages_heading_is_a_budget() {
    let text = format!("Fullmäktiges mål 2025\n\nMål: det vi vill nå.\n\n{GOALS}");
    assert_eq!(
        budget(&text).description.as_deref(),
        Some("Mål: det vi vill nå.")
    );
}

#[test]
fn statements_come_from_the_list_whatever_its_markers() {
    for marker in ["- ", "• ", "•", "* ", "– ", "1. ", "1) ", ""] {
        let text = format!(
            "Fullmäktiges mål 2025\n\nVi har två mål:\n\n{marker}Vi har rena sjöar\n{marker}Vi läser.\n\n{}",
            GOALS.replace("sjöar", "sjöar.")
        );
        let document = budget(&text);
        let statements: Vec<&str> = document
            .goals
            .iter()
            .map(|goal| goal.statement.as_str())
            .collect();
        assert_eq!(statements, ["Vi har rena sjöar", "Vi läser"], "{marker:?}");
        assert_eq!(document.description, None, "{marker:?}");
        assert_eq!(document.doubts, [], "{marker:?}");
    }
}

#[test]
fn a_numbered_list_of_goals_before_the_headings_is_no_heading() {
    let text = format!(
        "Fullmäktiges mål 2025\n\nVi har två mål:\n\n1.1 Vi har rena sjöar\n1.2 Vi läser\n\n{GOALS}"
    );
    let document = budget(&text);
    assert_eq!(document.goals.len(), 2);
    assert_eq!(document.goals[0].paragraphs[0].text, "Alla badar.");
    assert_eq!(document.announced.map(|found| found.count), Some(2));
}

#[test]
fn a_title_in_the_list_that_differs_from_the_heading_is_taken_and_doubted() {
    let text = format!(
        "Fullmäktiges mål 2025\n\nVi har två mål:\n\n- Vi har rena vatten\n- Vi läser\n\n{GOALS}"
    );
    let document = Document::Budget(budget(&text));
    assert_eq!(document.goals()[0].statement, "Vi har rena vatten");
    assert_eq!(doubted(&document, DoubtCode::TitleDiffers), [8]);
}

#[test]
fn a_listed_goal_without_a_heading_is_doubted_and_no_goal() {
    let text = format!(
        "Fullmäktiges mål 2025\n\nVi har tre mål:\n\n- Vi har rena sjöar\n- Vi läser\n- Vi dansar\n\n{GOALS}"
    );
    let document = Document::Budget(budget(&text));
    assert_eq!(document.goals().len(), 2);
    assert_eq!(doubted(&document, DoubtCode::HeadingMissing), [7]);
    assert_eq!(doubted(&document, DoubtCode::CountDiffers), [3]);
}

#[test]
fn a_goal_that_stands_in_no_list_is_a_goal_and_doubted() {
    let text = DOCUMENT.to_owned() + "\n1.4 Vi dansar\n\nAlla dansar.\n";
    let document = Document::Budget(budget(&text));
    assert_eq!(document.goals().len(), 4);
    assert_eq!(doubted(&document, DoubtCode::NotListed).len(), 2);
}

#[test]
fn other_lists_in_the_introduction_stay_in_the_description() {
    let text = format!(
        "Fullmäktiges mål 2025\n\nVi styr med:\n\n- tillit\n- tålamod\n\nVi har två mål:\n\n- Vi har rena sjöar\n- Vi läser\n\nSå gör vi.\n\n{GOALS}"
    );
    let document = budget(&text);
    assert_eq!(
        document.description.as_deref(),
        Some("Vi styr med:\n\n- tillit\n\n- tålamod\n\nSå gör vi.")
    );
    assert_eq!(document.goals[1].statement, "Vi läser");
}

#[test]
fn a_document_without_a_title_takes_its_year_from_the_announcement() {
    let document = Document::Budget(budget(&format!(
        "I budget 2025 finns två mål:\n\n- Vi har rena sjöar\n- Vi läser\n\n{GOALS}"
    )));
    assert_eq!(document.budget_year().map(|found| found.year), Some(2025));
    assert_eq!(doubted(&document, DoubtCode::TitleMissing).len(), 1);
}

#[test]
fn years_that_differ_are_doubted() {
    let text = format!(
        "Fullmäktiges mål 2025\n\nI budget 2024 finns två mål:\n\n- Vi har rena sjöar\n- Vi läser\n\n{GOALS}"
    );
    let document = Document::Budget(budget(&text));
    assert_eq!(document.budget_year().map(|found| found.year), Some(2025));
    assert_eq!(doubted(&document, DoubtCode::YearsDiffer), [3]);
}

#[test]
fn an_introduction_before_the_contents_list_is_kept_and_its_count_checked() {
    let document = budget(&format!(
        "Kommunövergripande mål budget 2025\n\nMålen visar vägen.\n\n\
         I budget 2025 finns tre kommunövergripande mål:\n\n- Vi har rena sjöar\n- Vi läser\n\n\
         Innehåll\n\n1.1\tVi har rena sjöar\t3\n1.2\tVi läser\t4\n\n{GOALS}"
    ));
    assert_eq!(document.description.as_deref(), Some("Målen visar vägen."));
    assert_eq!(document.announced.map(|found| found.count), Some(3));
    assert_eq!(
        doubted(&Document::Budget(document), DoubtCode::CountDiffers),
        [5]
    );
}
