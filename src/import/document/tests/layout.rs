//! What page layout does to a political text, and how it is undone.
use super::super::{Document, DoubtCode};
use super::{budget, doubted, goal_with, texts};

#[test]
fn a_paragraph_that_a_page_broke_is_joined_again() {
    let breaks = [
        "\n",
        "\n\n",
        "\n\n\n",
        "\n \n",
        "\n\n \n",
        "\n\u{c}",
        "\n\u{c}\n",
        "\n\n7\n\u{c}\n",
        "\n7\n \n",
        "\n \nSida 7 av 12\n",
    ];
    for broken in breaks {
        let goal = goal_with(&format!(
            "Vi ska ha de renaste sjöarna i{broken}landet. Det är viktigt.\n\nAlla får bada."
        ));
        let expected = [
            "Vi ska ha de renaste sjöarna i landet. Det är viktigt.",
            "Alla får bada.",
        ];
        assert_eq!(texts(&goal), expected, "{broken:?}");
    }
}

#[test]
fn a_page_break_by_itself_joins_nothing() {
    for broken in ["\n \n", "\n\u{c}\n", "\n\n \n\n", "\n\n12\n\u{c}\n"] {
        let goal = goal_with(&format!(
            "Alla får bada.{broken}Den som fiskar är välkommen."
        ));
        assert_eq!(
            texts(&goal),
            ["Alla får bada.", "Den som fiskar är välkommen."],
            "{broken:?}"
        );
    }
}

#[test]
fn a_capital_after_no_closing_punctuation_is_not_joined_but_doubted() {
    let text = "Det här stycket om sjöarna är långt och har ändå ingen punkt på slutet av raden som var sist\n\nAlla får bada.";
    let document = Document::Budget(budget(&format!(
        "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n{text}"
    )));
    assert_eq!(document.goals()[0].paragraphs.len(), 2);
    assert_eq!(doubted(&document, DoubtCode::UnfinishedParagraph), [5]);
    assert!(doubted(&document, DoubtCode::JoinedLines).is_empty());
}

#[test]
fn lower_case_after_closing_punctuation_is_not_joined() {
    for end in [".", "!", "?", "…", ":", ";", ".”", ".\"", ".)", "!’", ":)"] {
        let goal = goal_with(&format!("Vi badar{end}\n\nvatten är gott."));
        assert_eq!(goal.paragraphs.len(), 2, "{end:?}");
    }
}

#[test]
fn a_bracket_or_a_quotation_mark_alone_closes_no_sentence() {
    let goal = goal_with("Vi mäter kväve (N)\n\noch fosfor.");
    assert_eq!(texts(&goal), ["Vi mäter kväve (N) och fosfor."]);
    let goal = goal_with("Vi säger ”rent”\n\noch menar det.");
    assert_eq!(texts(&goal), ["Vi säger ”rent” och menar det."]);
}

#[test]
fn a_sentence_goes_on_with_an_opening_quotation_mark_too() {
    let goal = goal_with("Vi följer orden\n\n”alla ska med” varje dag.");
    assert_eq!(texts(&goal), ["Vi följer orden ”alla ska med” varje dag."]);
}

#[test]
fn a_line_that_starts_with_a_word_of_one_letter_goes_on() {
    let goal = goal_with("Vi bor på en\n\nö. Vi badar här och\n\ni hamnen.");
    assert_eq!(texts(&goal), ["Vi bor på en ö. Vi badar här och i hamnen."]);
}

#[test]
fn lettered_and_marked_lists_in_a_text_stay_lists() {
    let goal = goal_with("Vi vill:\n\na) bada\n\nb) fiska\n\n- ro\n- segla");
    assert_eq!(
        texts(&goal),
        ["Vi vill:", "a) bada", "b) fiska", "- ro", "- segla"]
    );
}

#[test]
fn each_join_is_reported_with_the_line_that_was_joined() {
    let text =
        "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVi ska ha rena sjöar i\n\nlandet.\n";
    let document = Document::Budget(budget(text));
    assert_eq!(doubted(&document, DoubtCode::JoinedLines), [7]);
    assert_eq!(document.goals()[0].paragraphs[0].line, 5);
}

#[test]
fn a_number_away_from_a_page_break_is_text() {
    let goal = goal_with("Så många sjöar har vi:\n\n112\n\nDet är många.");
    assert_eq!(
        texts(&goal),
        ["Så många sjöar har vi:", "112", "Det är många."]
    );
}

#[test]
fn a_year_or_a_large_number_next_to_a_page_break_is_text() {
    for number in ["2030", "75 000", "12 %"] {
        let goal = goal_with(&format!("Då är vi klara:\n \n{number}\n \nDet är snart."));
        assert_eq!(texts(&goal), ["Då är vi klara:", number, "Det är snart."]);
    }
}

#[test]
fn page_numbers_in_their_usual_forms_are_left_out_and_reported() {
    for number in [
        "7",
        "- 7 -",
        "Sida 7",
        "Sidan 7 av 12",
        "7 (12)",
        "7(12)",
        "7/12",
    ] {
        let text = format!(
            "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nAlla badar.\n\n{number}\n\u{c}\nAlla fiskar."
        );
        let document = Document::Budget(budget(&text));
        assert_eq!(
            texts(&document.goals()[0]),
            ["Alla badar.", "Alla fiskar."],
            "{number}"
        );
        assert_eq!(doubted(&document, DoubtCode::PageNumber), [7], "{number}");
    }
}

#[test]
fn only_the_number_next_to_the_page_break_is_left_out() {
    let goal = goal_with("Så många sjöar har vi:\n\u{c}7\n112\n113\n\nDet är många.");
    let expected = ["Så många sjöar har vi:", "112", "113", "Det är många."];
    assert_eq!(texts(&goal), expected);
}

#[test]
fn a_page_number_parts_the_lines_around_it() {
    let text =
        "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nAlla badar.\n\u{c}7\nAlla fiskar.";
    let document = Document::Budget(budget(text));
    assert_eq!(document.goals()[0].paragraphs.len(), 2);
    assert!(doubted(&document, DoubtCode::AdjacentParagraphs).is_empty());
}

#[test]
fn misprints_and_double_blanks_stay() {
    let text = "Vi är  stadiindelade och har reservtåkt , bl. a på service- nivå.";
    assert_eq!(texts(&goal_with(text)), [text]);
}

#[test]
fn lines_without_a_blank_line_between_them_are_paragraphs_and_doubted() {
    let text = "Fullmäktiges mål 2025\n1.1 Vi har rena sjöar\nAlla badar.\nAlla fiskar.\n";
    let document = Document::Budget(budget(text));
    assert_eq!(texts(&document.goals()[0]), ["Alla badar.", "Alla fiskar."]);
    assert_eq!(doubted(&document, DoubtCode::AdjacentParagraphs), [4]);
}
