//! One document in many spellings of its bytes.
use super::super::{Document, DoubtCode, RefusalCode, parse};
use super::{DOCUMENT, doubted, refusal};
use unicode_normalization::UnicodeNormalization;

/// What a document says, without the doubts, which name how it was written.
fn said(bytes: &[u8]) -> Document {
    let mut document = parse(bytes).expect("the document is read");
    match &mut document {
        Document::Budget(budget) => budget.doubts.clear(),
        Document::GoalPage(page) => page.doubts.clear(),
    }
    document
}

/// The document in one byte for each letter, as Latin-1 has it.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Latin-1"))
        .collect()
}

#[test]
fn line_ends_of_other_systems_give_the_same_document_with_the_same_lines() {
    let plain = said(DOCUMENT.as_bytes());
    assert_eq!(said(DOCUMENT.replace('\n', "\r\n").as_bytes()), plain);
    assert_eq!(said(DOCUMENT.replace('\n', "\r").as_bytes()), plain);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_document() {
    let marked = format!("\u{FEFF}{DOCUMENT}");
    assert_eq!(said(marked.as_bytes()), said(DOCUMENT.as_bytes()));
    let page = "\u{FEFF}Mål: Rent vatten\n\nVattnet är rent.\n";
    assert_eq!(
        parse(page.as_bytes()).expect("a page").goals()[0]
            .name
            .as_deref(),
        Some("Rent vatten")
    );
}

#[test]
fn latin_1_gives_the_same_document_and_says_so() {
    let bytes = latin_1(DOCUMENT);
    assert_eq!(said(&bytes), said(DOCUMENT.as_bytes()));
    let document = parse(&bytes).expect("the document is read");
    assert_eq!(doubted(&document, DoubtCode::ReadAsWindows1252), [1]);
}

#[test]
fn the_quotation_marks_and_dashes_of_windows_1252_are_read() {
    let mut bytes = latin_1("Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVi säger ");
    bytes.extend_from_slice(b"\x94rent\x94 \x96 och menar det.");
    let document = parse(&bytes).expect("the document is read");
    assert_eq!(
        document.goals()[0].paragraphs[0].text,
        "Vi säger ”rent” – och menar det."
    );
}

#[test]
fn decomposed_letters_are_put_together() {
    let decomposed: String = DOCUMENT.nfd().collect();
    assert_ne!(decomposed, DOCUMENT);
    assert_eq!(said(decomposed.as_bytes()), said(DOCUMENT.as_bytes()));
}

#[test]
fn trailing_blanks_and_tabs_change_nothing() {
    let plain = said(DOCUMENT.as_bytes());
    for blanks in [" ", "   ", "\t", "\u{A0}"] {
        let trailing = DOCUMENT.replace('\n', &format!("{blanks}\n"));
        assert_eq!(said(trailing.as_bytes()), plain, "{blanks:?}");
    }
}

#[test]
fn tabs_and_soft_line_breaks_inside_a_text_become_blanks() {
    let goal = super::goal_with("Vi har\ten sjö\u{b}och ett hav.");
    assert_eq!(goal.paragraphs[0].text, "Vi har en sjö och ett hav.");
}

#[test]
fn a_control_character_is_refused_with_its_line() {
    for control in ['\0', '\u{1}', '\u{1b}', '\u{7f}', '\u{85}'] {
        let text = format!(
            "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVatt{control}net är rent.\n"
        );
        let refusal = refusal(&text);
        assert_eq!(
            (refusal.code, refusal.line),
            (RefusalCode::ControlCharacter, Some(5)),
            "{control:?}"
        );
    }
}

#[test]
fn utf_16_is_refused_by_name() {
    for bytes in [b"\xFF\xFEM\0\xE5\0".as_slice(), b"\xFE\xFF\0M\0\xE5"] {
        assert_eq!(refusal(bytes).code, RefusalCode::UnsupportedEncoding);
    }
}

#[test]
fn utf_8_with_a_broken_letter_is_refused_and_not_read_as_something_else() {
    let mut bytes = DOCUMENT.as_bytes().to_vec();
    let place = DOCUMENT.find("våra").expect("the word is there") + 2;
    bytes.remove(place);
    let refusal = refusal(bytes);
    assert_eq!(refusal.code, RefusalCode::MixedEncoding);
    assert!(refusal.line.is_some_and(|line| line > 1), "{refusal}");
}

#[test]
fn letters_that_were_encoded_twice_are_doubted() {
    let text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVattnet Ã¤r rent.\n";
    let document = parse(text.as_bytes()).expect("the document is read");
    assert_eq!(doubted(&document, DoubtCode::DamagedLetters), [5]);
}
