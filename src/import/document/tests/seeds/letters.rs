//! No letter of the published documents is lost, however their bytes are spelled.
use unicode_normalization::UnicodeNormalization;

use super::super::super::{Document, DoubtCode, Goal, parse};
use super::super::doubted;
use super::{BUDGET, PAGE, parsed, seed};

/// The letters between a goal's heading and the next one, or the end.
fn letters_between(lines: &[&str], from: usize, to: usize) -> String {
    let inner = lines.iter().take(to - 1).skip(from);
    inner
        .flat_map(|line| line.chars())
        .filter(|character| !character.is_whitespace())
        .collect()
}

fn letters_of(goal: &Goal) -> String {
    let paragraphs = goal
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.text.as_str());
    let sections = goal.sections.iter();
    let listed = sections.flat_map(|section| {
        std::iter::once(section.heading.as_str())
            .chain(section.items.iter().map(|item| item.text.as_str()))
    });
    paragraphs
        .chain(listed)
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace())
        .collect()
}

#[test]
fn every_letter_of_2023_between_two_headings_stands_in_the_goal() {
    let (Some(bytes), Some(document)) = (seed(BUDGET), parsed(BUDGET)) else {
        return;
    };
    let source = String::from_utf8(bytes).expect("the document is UTF-8");
    let lines: Vec<&str> = source.lines().collect();
    let starts = document.goals().iter().skip(1).map(|goal| goal.line);
    let ends: Vec<usize> = starts.chain([lines.len() + 1]).collect();
    for (goal, end) in document.goals().iter().zip(ends) {
        // The first line under 1.3 repeats the title, which is the one documented drop.
        let repeated = doubted(&document, DoubtCode::RepeatedTitle)
            .into_iter()
            .find(|line| (goal.line..end).contains(line));
        let from = repeated.unwrap_or(goal.line);
        assert_eq!(
            letters_of(goal),
            letters_between(&lines, from, end),
            "goal on line {}",
            goal.line
        );
    }
}

#[test]
fn every_letter_of_2024_stands_in_the_goal_but_the_dash_and_the_date() {
    let (Some(bytes), Some(document)) = (seed(PAGE), parsed(PAGE)) else {
        return;
    };
    let source = String::from_utf8(bytes).expect("the document is UTF-8");
    let lines: Vec<&str> = source
        .lines()
        .filter(|line| *line != "-" && !line.starts_with("Sidan uppdaterad"))
        .collect();
    let goal = &document.goals()[0];
    let statement: String = goal.statement.split_whitespace().collect();
    assert_eq!(
        format!("{statement}{}", letters_of(goal)),
        letters_between(&lines, goal.line, lines.len() + 1)
    );
}

/// What a document says, without the doubts, which name how it was written.
fn said(bytes: &[u8]) -> Document {
    let mut document = parse(bytes).expect("a published document is read");
    match &mut document {
        Document::Budget(budget) => budget.doubts.clear(),
        Document::GoalPage(page) => page.doubts.clear(),
    }
    document
}

#[test]
fn both_documents_say_the_same_in_other_spellings_of_their_bytes() {
    for name in [BUDGET, PAGE] {
        let Some(bytes) = seed(name) else { return };
        let text = String::from_utf8(bytes.clone()).expect("the document is UTF-8");
        let decomposed: String = text.nfd().collect();
        let spellings = [
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
            text.replace('\n', " \n").into_bytes(),
            format!("\u{FEFF}{text}").into_bytes(),
            decomposed.into_bytes(),
            encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        ];
        let plain = said(&bytes);
        for (index, spelling) in spellings.iter().enumerate() {
            assert_eq!(said(spelling), plain, "{name}, spelling {index}");
        }
    }
}
