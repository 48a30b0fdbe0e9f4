//! What differs between two texts, word by word. Pure: texts in, pieces out.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{WordOperation, WordPiece};

/// Up to this product of their lengths the shortest difference of two
/// sequences is sought; beyond it a good one, which takes bounded time.
const SOUGHT: usize = 1_000_000;

/// The pieces that make the new text out of the old one: those that are
/// `equal` or `delete` joined are the old text, those that are `equal` or
/// `insert` the new one.
pub(super) fn difference(old: &str, new: &str) -> Vec<WordPiece> {
    let (old, new) = (tokens(old), tokens(new));
    let mut parts: Vec<Part> = Vec::new();
    for part in parts_of(&old, &new) {
        match parts.last_mut() {
            Some(before) if before.reads_better_with(&part) => before.take_in(part),
            _ => parts.push(part),
        }
    }
    parts.into_iter().flat_map(Part::pieces).collect()
}

/// How one sequence becomes another, and whether no shorter way was left out.
pub(super) fn edits<T: Eq + std::hash::Hash>(old: &[T], new: &[T]) -> (Vec<DiffOp>, bool) {
    let exact = old.len().saturating_mul(new.len()) <= SOUGHT;
    let algorithm = if exact {
        Algorithm::RawMyers
    } else {
        Algorithm::Myers
    };
    (capture_diff_slices(algorithm, old, new), exact)
}

/// A text in its words, the blanks between them, and other characters one by
/// one. Joined they are the text.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut begun = 0;
    let mut before: Option<Class> = None;
    for (at, character) in text.char_indices() {
        let class = Class::of(character);
        if before.is_some_and(|before| before != class || class == Class::Sign) {
            tokens.push(&text[begun..at]);
            begun = at;
        }
        before = Some(class);
    }
    if begun < text.len() {
        tokens.push(&text[begun..]);
    }
    tokens
}

/// Whether a token is a word.
pub(super) fn is_word(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|first| Class::of(first) == Class::Word)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Sign,
}

impl Class {
    fn of(character: char) -> Self {
        if character.is_alphanumeric() {
            Self::Word
        } else if character.is_whitespace() {
            Self::Blank
        } else {
            Self::Sign
        }
    }
}

/// What was taken away, what was put in its place, and what follows in both.
#[derive(Debug, Default)]
struct Part {
    deleted: String,
    inserted: String,
    equal: String,
}

impl Part {
    /// Whether only a blank stands between this change and the next, and both
    /// together replace words by words: then they read better as one.
    fn reads_better_with(&self, next: &Part) -> bool {
        let both = |one: fn(&Part) -> &String| !one(self).is_empty() || !one(next).is_empty();
        let changed = |part: &Part| !part.deleted.is_empty() || !part.inserted.is_empty();
        let blank = !self.equal.is_empty() && self.equal.chars().all(char::is_whitespace);
        let both_ways = both(|part| &part.deleted) && both(|part| &part.inserted);
        blank && changed(self) && changed(next) && both_ways
    }

    fn take_in(&mut self, next: Part) {
        let between = std::mem::replace(&mut self.equal, next.equal);
        for (mine, its) in [
            (&mut self.deleted, &next.deleted),
            (&mut self.inserted, &next.inserted),
        ] {
            mine.push_str(&between);
            mine.push_str(its);
        }
    }

    fn pieces(self) -> impl Iterator<Item = WordPiece> {
        let pieces = [
            (WordOperation::Delete, self.deleted),
            (WordOperation::Insert, self.inserted),
            (WordOperation::Equal, self.equal),
        ];
        pieces
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(op, text)| WordPiece { op, text })
    }
}

fn parts_of(old: &[&str], new: &[&str]) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    for edit in edits(old, new).0 {
        let texts = (old.get(edit.old_range()), new.get(edit.new_range()));
        let (deleted, inserted) = (texts.0.unwrap_or_default(), texts.1.unwrap_or_default());
        if let DiffOp::Equal { .. } = edit {
            if let Some(part) = parts.last_mut() {
                part.equal = deleted.concat();
            }
            parts.push(Part::default());
        } else if let Some(part) = parts.last_mut() {
            deleted.iter().for_each(|text| part.deleted.push_str(text));
            inserted
                .iter()
                .for_each(|text| part.inserted.push_str(text));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces in one line: `[-taken away-]`, `[+put in+]`.
    fn shown(old: &str, new: &str) -> String {
        let piece = |piece: WordPiece| match piece.op {
            WordOperation::Equal => piece.text,
            WordOperation::Delete => format!("[-{}-]", piece.text),
            WordOperation::Insert => format!("[+{}+]", piece.text),
        };
        difference(old, new).into_iter().map(piece).collect()
    }

    #[test]
    fn the_tokens_of_a_text_are_words_blanks_and_single_signs() {
        assert_eq!(
            tokens("Vägar, 2  gator…!"),
            ["Vägar", ",", " ", "2", "  ", "gator", "…", "!"]
        );
        assert!(tokens("").is_empty());
    }

    #[test]
    fn a_word_that_is_put_in_leaves_the_others_as_they_are() {
        assert_eq!(
            shown(
                "Skyltarna ska vara rena.",
                "Skyltarna ska alltid vara rena."
            ),
            "Skyltarna ska [+alltid +]vara rena."
        );
        assert_eq!(shown("Rent.", "Rent och helt."), "Rent[+ och helt+].");
    }

    #[test]
    fn words_that_replace_words_are_one_change_and_not_one_for_each() {
        assert_eq!(
            shown("Vi tvättar små skyltar nu.", "Vi målar stora hus nu."),
            "Vi [-tvättar små skyltar-][+målar stora hus+] nu."
        );
    }

    #[test]
    fn texts_with_nothing_in_common_are_replaced_and_equal_ones_are_equal() {
        assert_eq!(shown("a b", "c"), "[-a b-][+c+]");
        assert_eq!(shown("a b", "a b"), "a b");
        assert_eq!(shown("", ""), "");
        assert_eq!(shown("", "a"), "[+a+]");
    }
}
