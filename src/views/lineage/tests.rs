//! Paragraphs and words of two texts: what they say of each other.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::paragraphs::{Difference, difference, split};
use super::{ParagraphChangeKind, WordOperation, WordPiece};

/// The changes in short: kind, from, to.
fn changes(old: &[&str], new: &[&str]) -> Vec<String> {
    let place = |place: Option<usize>| place.map_or("–".to_owned(), |place| place.to_string());
    let difference = difference(&old.join("\n\n"), &new.join("\n\n"));
    check(&difference, old.len(), new.len());
    let changes = difference.changes.iter();
    changes
        .map(|it| format!("{:?} {} {}", it.change, place(it.from), place(it.to)))
        .collect()
}

/// What must be so whatever the texts are.
fn check(difference: &Difference, old: usize, new: usize) {
    let counts = difference.counts;
    let kept = counts.unchanged + counts.moved + counts.reworded;
    assert_eq!(kept + counts.removed, old);
    assert_eq!(kept + counts.added, new);
    let listed = counts.added + counts.removed + counts.moved + counts.reworded;
    assert_eq!(listed, difference.changes.len());
}

fn joined(words: &[WordPiece], without: WordOperation) -> String {
    let kept = words.iter().filter(|piece| piece.op != without);
    kept.map(|piece| piece.text.as_str()).collect()
}

const SIGNS: &str = "Skyltarna ska vara rena och hela.";
const ROADS: &str = "Vägarna leder hem till alla byar.";
const LAMPS: &str = "Lyktorna lyser när mörkret kommer.";

#[test]
fn paragraphs_are_what_stands_between_empty_lines() {
    assert_eq!(split("a\nb\n\nc"), ["a\nb", "c"]);
    assert_eq!(split("\n\n a \n \t\n\n\nb\n"), [" a ", "b"]);
    assert_eq!(split("å\u{a0}\n\u{a0}\nä"), ["å\u{a0}", "ä"]);
    assert!(split("").is_empty());
    assert!(split("\n \n").is_empty());
}

#[test]
fn equal_texts_have_no_changes_and_no_text_has_no_paragraphs() {
    assert!(changes(&[SIGNS, ROADS], &[SIGNS, ROADS]).is_empty());
    assert!(changes(&[], &[]).is_empty());
    assert_eq!(changes(&[], &[SIGNS]), ["Added – 1"]);
    assert_eq!(changes(&[SIGNS], &[]), ["Removed 1 –"]);
}

#[test]
fn a_paragraph_out_of_order_has_moved() {
    assert_eq!(
        changes(&[SIGNS, ROADS, LAMPS], &[LAMPS, SIGNS, ROADS]),
        ["Moved 3 1"]
    );
}

#[test]
fn a_paragraph_with_half_of_its_words_is_reworded_wherever_it_stands() {
    let reworded = "Skyltarna ska alltid vara rena.";
    assert_eq!(changes(&[SIGNS], &[reworded]), ["Reworded 1 1"]);
    assert_eq!(
        changes(&[SIGNS, ROADS, LAMPS], &[ROADS, LAMPS, reworded]),
        ["Reworded 1 3"]
    );
    assert_eq!(changes(&[SIGNS], &[LAMPS]), ["Removed 1 –", "Added – 1"]);
}

#[test]
fn a_removed_paragraph_stands_where_it_stood() {
    let reworded = "Skyltarna ska alltid vara rena.";
    assert_eq!(
        changes(&[SIGNS, LAMPS, ROADS], &[reworded, ROADS, "Nytt."]),
        ["Reworded 1 1", "Removed 2 –", "Added – 3"]
    );
    assert_eq!(
        changes(&[LAMPS, SIGNS], &["Nytt.", SIGNS]),
        ["Removed 1 –", "Added – 1"]
    );
}

#[test]
fn the_same_paragraph_twice_is_two_paragraphs() {
    assert_eq!(changes(&[SIGNS, SIGNS], &[SIGNS]), ["Removed 2 –"]);
    assert_eq!(
        changes(&[SIGNS, ROADS, SIGNS], &[SIGNS, SIGNS, ROADS]),
        ["Moved 3 2"]
    );
}

#[test]
fn the_likest_pairs_are_reworded_and_the_rest_is_not() {
    let old = ["ett två tre fyra", "ett två tre fem"];
    let new = ["ett två tre fem sex", "ett två sju åtta"];
    assert_eq!(changes(&old, &new), ["Reworded 2 1", "Reworded 1 2"]);
    assert_eq!(changes(&old, &new[..1]), ["Removed 1 –", "Reworded 2 1"]);
}

/// Texts of the greatest length that are as hard to compare as we know.
fn hard_texts() -> Vec<(&'static str, String, String)> {
    const LENGTH: usize = 100_000;
    // Always the same numbers, without a pattern.
    let mut state = 1_u64;
    let mut next = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let mut text = |words: u64, paragraph: usize| {
        let mut text = String::new();
        let mut count = 0;
        while text.len() < LENGTH - 12 {
            count += 1;
            text.push_str(&next(words).to_string());
            text.push_str(if count % paragraph == 0 { "\n\n" } else { " " });
        }
        text.trim().to_owned()
    };
    let mut hard = Vec::new();
    for (name, words, paragraph) in [
        ("one paragraph, two words", 2, usize::MAX),
        ("one paragraph, ten words", 10, usize::MAX),
        ("one paragraph, many words", 5_000, usize::MAX),
        ("paragraphs of one word, two words", 2, 1),
        ("paragraphs of one word, many words", 1_000_000, 1),
        ("paragraphs of four words", 10, 4),
        ("paragraphs of 160 words, two words", 2, 160),
        ("paragraphs of 500 words, two words", 2, 500),
        ("paragraphs of 500 words, many words", 100, 500),
    ] {
        hard.push((name, text(words, paragraph), text(words, paragraph)));
    }
    hard.push(("signs", "!?".repeat(LENGTH / 2), "?!?".repeat(LENGTH / 3)));
    hard
}

#[test]
fn the_largest_texts_are_compared_in_bounded_time() {
    for (name, old, new) in hard_texts() {
        let begun = Instant::now();
        let found = difference(&old, &new);
        let took = begun.elapsed();
        check(&found, split(&old).len(), split(&new).len());
        // Some tenths of a second; a build for tests is many times slower.
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
    }
}

proptest! {
    #[test]
    fn the_words_of_a_reworded_paragraph_make_both_and_the_counts_add_up(
        old in proptest::collection::vec("([a-cå]{1,2}[ ,.\u{a0}]{1,2}){0,8}x", 0..8),
        new in proptest::collection::vec("([a-cå]{1,2}[ ,.\u{a0}]{1,2}){0,8}x", 0..8),
    ) {
        let (before, after) = (old.join("\n\n"), new.join("\n \n"));
        let found = difference(&before, &after);
        prop_assert!(found.exact);
        check(&found, old.len(), new.len());
        for change in &found.changes {
            let from = change.from.map(|from| old[from - 1].as_str());
            let to = change.to.map(|to| new[to - 1].as_str());
            match change.change {
                ParagraphChangeKind::Reworded => {
                    let words = change.words.as_deref().unwrap_or_default();
                    prop_assert_eq!(joined(words, WordOperation::Insert), from.unwrap_or_default());
                    prop_assert_eq!(joined(words, WordOperation::Delete), to.unwrap_or_default());
                    prop_assert!(from != to);
                }
                ParagraphChangeKind::Moved => prop_assert_eq!(from, to),
                ParagraphChangeKind::Added => prop_assert!(from.is_none() && to.is_some()),
                ParagraphChangeKind::Removed => prop_assert!(from.is_some() && to.is_none()),
            }
            prop_assert_eq!(Some(change.text.as_str()), to.or(from));
        }
        let again = difference(&before, &after);
        prop_assert_eq!(again.changes, found.changes);
    }
}
