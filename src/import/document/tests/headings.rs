//! Which lines are a goal's heading, and which only look like one.
use super::super::{Document, DoubtCode};
use super::{DOCUMENT, budget, doubted, texts};

fn numbers(text: &str) -> Vec<(String, String)> {
    let goals = budget(text).goals;
    goals
        .into_iter()
        .map(|goal| (goal.number.unwrap_or_default(), goal.statement))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(number, statement)| ((*number).to_owned(), (*statement).to_owned()))
        .collect()
}

#[test]
fn a_whole_document_gives_its_goals_without_contents_page_numbers_and_repeated_titles() {
    let expected = [
        ("1.1", "Vi har rena sjöar"),
        ("1.2", "Vi har en skola som når alla barn i hela kommunen"),
        ("1.3", "Vi bygger för fler"),
    ];
    assert_eq!(numbers(DOCUMENT), pairs(&expected));
    let document = budget(DOCUMENT);
    assert_eq!(texts(&document.goals[0]).len(), 2);
    assert_eq!(texts(&document.goals[2]), ["Fler ska få plats i byarna."]);
    let doubts: Vec<DoubtCode> = document.doubts.iter().map(|doubt| doubt.code).collect();
    assert_eq!(doubts, [DoubtCode::LeftOut, DoubtCode::RepeatedTitle]);
}

#[test]
fn a_heading_followed_by_its_text_without_a_blank_line_is_a_heading() {
    let text = DOCUMENT
        .replace("\n\nSjöarna är våra", "\nSjöarna är våra")
        .replace("\n\nSkolan är", "\nSkolan är");
    assert_eq!(numbers(&text), numbers(DOCUMENT));
    assert_eq!(
        budget(&text).goals[1].paragraphs,
        budget(DOCUMENT).goals[1]
            .paragraphs
            .iter()
            .map(|paragraph| {
                let mut moved = paragraph.clone();
                moved.line -= 2;
                moved
            })
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_heading_wrapped_over_two_lines_is_one_heading() {
    let text = DOCUMENT.replace(
        "1.2 Vi har en skola som når alla",
        "1.2 Vi har en skola som når\nalla",
    );
    assert_eq!(numbers(&text), numbers(DOCUMENT));
    assert_eq!(
        texts(&budget(&text).goals[1]),
        ["Skolan är öppen för alla."]
    );
    let bare =
        "Fullmäktiges mål 2025\n\n1.1 Vi har en skola som når\nalla barn\n\nSkolan är öppen.";
    assert_eq!(
        numbers(bare),
        pairs(&[("1.1", "Vi har en skola som når alla barn")])
    );
}

#[test]
fn a_heading_wrapped_before_a_name_is_one_heading_when_the_contents_say_so() {
    let text = "Fullmäktiges mål 2025\n\nInnehåll\n1.1\tVi läser i Sjövik\t2\n\n1.1 Vi läser i\n\nSjövik\n\nAlla läser.";
    assert_eq!(numbers(text), pairs(&[("1.1", "Vi läser i Sjövik")]));
    assert_eq!(texts(&budget(text).goals[0]), ["Alla läser."]);
}

#[test]
fn contents_with_dots_or_blanks_before_the_page_or_with_the_page_on_its_own_line_are_left_out() {
    for page in [" ........ 4", "......4", " 4", "  4", "\n4"] {
        let text = DOCUMENT.replace("\t4", page).replace("\t3", page);
        assert_eq!(numbers(&text), numbers(DOCUMENT), "{page:?}");
        assert_eq!(
            budget(&text).description,
            budget(DOCUMENT).description,
            "{page:?}"
        );
    }
}

#[test]
fn contents_without_a_heading_of_their_own_or_without_pages_are_left_out() {
    let unheaded = DOCUMENT.replace("Innehållsförteckning\n\n", "");
    assert_eq!(numbers(&unheaded), numbers(DOCUMENT));
    assert_eq!(budget(&unheaded).description, budget(DOCUMENT).description);
    let unpaged = DOCUMENT
        .replace("\t3", "")
        .replace("\t4", "")
        .replace("\t5", "")
        .replace("\t6", "");
    assert_eq!(numbers(&unpaged), numbers(DOCUMENT));
    assert_eq!(budget(&unpaged).description, budget(DOCUMENT).description);
}

#[test]
fn a_document_without_contents_and_without_introduction_gives_its_goals() {
    let text = "Kommunens mål 2025\n\n1.1 Vi har rena sjöar\n\nAlla badar.\n\n1.2 Vi läser\n\nAlla läser.\n";
    assert_eq!(
        numbers(text),
        pairs(&[("1.1", "Vi har rena sjöar"), ("1.2", "Vi läser")])
    );
    assert_eq!(budget(text).description, None);
}

#[test]
fn goals_called_by_the_word_for_goal_have_its_number() {
    let text = "Fullmäktiges mål 2025\n\nMål 1: Vi har rena sjöar.\n\nAlla badar.\n\nMål 2: Vi läser\nAlla läser.\n\nMål 3 – Vi bygger\n\nMål 4.1: Vi sjunger";
    let expected = [
        ("1", "Vi har rena sjöar"),
        ("2", "Vi läser"),
        ("3", "Vi bygger"),
        ("4.1", "Vi sjunger"),
    ];
    assert_eq!(numbers(text), pairs(&expected));
    assert_eq!(texts(&budget(text).goals[1]), ["Alla läser."]);
}

#[test]
fn a_goal_with_its_title_on_the_next_line_has_that_statement() {
    let text = "Fullmäktiges mål 2025\n\nMål 1:\nVi har rena sjöar\n\nAlla badar.\n\nMål 2:\n\nVi läser.\n\nAlla läser.";
    assert_eq!(
        numbers(text),
        pairs(&[("1", "Vi har rena sjöar"), ("2", "Vi läser.")])
    );
    assert_eq!(texts(&budget(text).goals[1]), ["Alla läser."]);
}

#[test]
fn goals_with_one_number_are_those_of_the_contents_list() {
    let text = "Kommunens mål 2025\n\nInnehåll\n1 Inledning\t2\n2 Vi har rena sjöar\t3\n3 Vi läser\t4\n\n1 Inledning\n\nSå här vill vi ha det.\n\n2 Vi har rena sjöar\n\n1 Alla badar.\n\n3 Vi läser\n\nAlla läser.";
    assert_eq!(
        numbers(text),
        pairs(&[("2", "Vi har rena sjöar"), ("3", "Vi läser")])
    );
    assert_eq!(
        budget(text).description.as_deref(),
        Some("Så här vill vi ha det.")
    );
    assert_eq!(texts(&budget(text).goals[0]), ["1 Alla badar."]);
}

#[test]
fn a_sum_at_the_start_of_a_paragraph_is_no_heading() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n1.5 miljoner går till sjöarna.\n\nAlla badar.";
    assert_eq!(numbers(text).len(), 1);
    assert_eq!(
        texts(&budget(text).goals[0]),
        ["1.5 miljoner går till sjöarna.", "Alla badar."]
    );
}

#[test]
fn a_number_that_has_its_heading_already_is_text_and_doubted() {
    let text = DOCUMENT.replace("Skolan är öppen för alla.", "1.1 Procent av barnen cyklar.");
    let document = Document::Budget(budget(&text));
    assert_eq!(document.goals().len(), 3);
    assert_eq!(
        texts(&document.goals()[1]),
        ["1.1 Procent av barnen cyklar."]
    );
    assert_eq!(doubted(&document, DoubtCode::NumberedLineKept).len(), 1);
}

#[test]
fn a_deeper_number_is_text_of_its_goal_and_doubted() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n1.1.1 Vattnet\n\nAlla badar.";
    let document = Document::Budget(budget(text));
    assert_eq!(
        texts(&document.goals()[0]),
        ["1.1.1 Vattnet", "Alla badar."]
    );
    assert_eq!(doubted(&document, DoubtCode::NumberedLineKept), [5]);
}

#[test]
fn a_chapter_after_the_goals_is_left_out_and_doubted() {
    let text = DOCUMENT.replace(
        "\n\n1 Våra mål",
        "\n2\tEkonomi\t7\n2.1\tPengar\t8\n\n1 Våra mål",
    ) + "\n2 Ekonomi\n\nPengarna räcker.\n\n2.1 Pengar\n\nDe är slut.\n";
    let document = Document::Budget(budget(&text));
    assert_eq!(numbers(&text), numbers(DOCUMENT));
    assert_eq!(texts(&document.goals()[2]), ["Fler ska få plats i byarna."]);
    assert_eq!(doubted(&document, DoubtCode::LeftOut).len(), 3);
}

#[test]
fn a_chapters_heading_at_the_top_of_a_page_cuts_no_text() {
    let text = DOCUMENT.replace("Den som fiskar", "\u{c}1 Våra mål\n\nDen som fiskar");
    let goal = budget(&text).goals.swap_remove(0);
    let expected = [
        "Sjöarna är våra. Ingen äger vattnet.",
        "1 Våra mål",
        "Den som fiskar ska kunna äta sin fisk.",
    ];
    assert_eq!(texts(&goal), expected);
}

#[test]
fn a_goal_without_text_is_a_goal() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n1.2 Vi läser\n";
    let document = budget(text);
    assert_eq!(document.goals.len(), 2);
    assert_eq!(document.goals[0].political_text(), None);
}
