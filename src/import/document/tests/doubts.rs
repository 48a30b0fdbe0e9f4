//! How refusals and doubts are told.
use super::super::{DoubtCode, RefusalCode};
use super::{budget, refusal};
use std::collections::HashSet;

#[test]
fn every_code_has_a_spelling_of_its_own() {
    let doubts = DoubtCode::ALL.iter().map(|code| code.as_str());
    let spellings: Vec<&str> = doubts
        .chain(RefusalCode::ALL.iter().map(|code| code.as_str()))
        .collect();
    let distinct: HashSet<&&str> = spellings.iter().collect();
    assert_eq!(distinct.len(), spellings.len());
}

#[test]
fn a_doubt_becomes_json_with_line_code_and_detail() {
    let document = budget("Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVi badar i\n\nsjön.");
    let json = serde_json::to_value(&document.doubts).expect("doubts become JSON");
    assert_eq!(json[0]["line"], 7);
    assert_eq!(json[0]["code"], "joinedLines");
    assert!(json[0]["detail"].is_string());
}

#[test]
fn doubts_stand_in_the_order_of_the_lines() {
    let text = "OMSLAG\n\nFullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVi har rena sjöar.\n\nVi badar i\n\nsjön.\n\n3\n\u{c}\nSlut.";
    let lines: Vec<usize> = budget(text).doubts.iter().map(|doubt| doubt.line).collect();
    assert_eq!(lines, [1, 7, 11, 13]);
}

#[test]
fn a_refusal_names_its_line() {
    assert_eq!(
        refusal("Mål\0").to_string(),
        "line 1: the control character U+0000 stands here"
    );
}
