//! How much two paragraphs have in common, in words.
//!
//! The longest common subsequence of each removed paragraph and each added one
//! is found 64 words at a time (Hyyrö's bit-parallel way), so that also texts of
//! the greatest length are compared in bounded time.

use std::collections::HashMap;
use std::ops::Range;

use super::words::{is_word, tokens};

/// So many pairs of paragraphs are compared at most.
const PAIRS: usize = 100_000;

/// Two paragraphs that are like enough to be one, reworded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    /// Which of the removed ones.
    pub(super) removed: usize,
    /// Which of the added ones.
    pub(super) added: usize,
    /// How many words they have in common, in the same order.
    common: usize,
    /// How many words they have, both together.
    all: usize,
}

impl Likeness {
    /// Whether at least half of their words are common.
    fn is_enough(self) -> bool {
        self.common > 0 && 4 * self.common >= self.all
    }
}

/// The pairs that are like enough, the likest first, and of those that are
/// equally like the first in the texts; and whether all pairs were compared.
pub(super) fn alike<'a>(removed: &[&'a str], added: &[&'a str]) -> (Vec<Likeness>, bool) {
    let mut vocabulary = HashMap::new();
    let mut words_of = |texts: &[&'a str]| -> Vec<Vec<usize>> {
        let words = texts.iter().map(|text| words(&mut vocabulary, text));
        words.collect()
    };
    let (old, new) = (words_of(removed), words_of(added));
    let mut places = Places::new(vocabulary.len());
    let mut found = Vec::new();
    let mut exact = true;
    for (index, paragraph) in new.iter().enumerate() {
        places.note(paragraph);
        let near = near(index, old.len(), new.len());
        exact &= near.len() == old.len();
        for place in near {
            let Some(other) = old.get(place) else {
                continue;
            };
            let all = paragraph.len() + other.len();
            // The shorter one cannot have more in common than it has.
            if 4 * paragraph.len().min(other.len()) < all {
                continue;
            }
            let common = places.common(other);
            found.push(Likeness {
                removed: place,
                added: index,
                common,
                all,
            });
        }
        places.forget(paragraph);
    }
    found.retain(|pair| pair.is_enough());
    found.sort_by(|a, b| {
        let likest = (b.common * a.all).cmp(&(a.common * b.all));
        likest.then((a.removed, a.added).cmp(&(b.removed, b.added)))
    });
    (found, exact)
}

/// Which of the removed paragraphs to compare an added one with: all of them,
/// or where there are too many those that stand at about the same place.
fn near(index: usize, removed: usize, added: usize) -> Range<usize> {
    let each = (PAIRS / added.max(1)).max(1);
    if each >= removed {
        return 0..removed;
    }
    let middle = index * removed / added.max(1);
    let begin = middle.saturating_sub(each / 2).min(removed - each);
    begin..begin + each
}

/// The words of a text as numbers: the same word has the same number.
fn words<'a>(vocabulary: &mut HashMap<&'a str, usize>, text: &'a str) -> Vec<usize> {
    let words = tokens(text).into_iter().filter(|token| is_word(token));
    words
        .map(|word| {
            let next = vocabulary.len();
            *vocabulary.entry(word).or_insert(next)
        })
        .collect()
}

/// Where each word stands in one paragraph: a bit for each place.
struct Places {
    /// For each word of the vocabulary which row of `bits` is its, from 1; 0 for none.
    rows: Vec<usize>,
    bits: Vec<u64>,
    /// How many numbers a row has.
    width: usize,
}

impl Places {
    fn new(vocabulary: usize) -> Self {
        Self {
            rows: vec![0; vocabulary],
            bits: Vec::new(),
            width: 0,
        }
    }

    fn note(&mut self, paragraph: &[usize]) {
        self.bits.clear();
        self.width = paragraph.len().div_ceil(64);
        for (place, word) in paragraph.iter().enumerate() {
            if self.rows[*word] == 0 {
                self.bits.resize(self.bits.len() + self.width, 0);
                self.rows[*word] = self.bits.len() / self.width;
            }
            let row = (self.rows[*word] - 1) * self.width;
            self.bits[row + place / 64] |= 1 << (place % 64);
        }
    }

    fn forget(&mut self, paragraph: &[usize]) {
        for word in paragraph {
            self.rows[*word] = 0;
        }
    }

    /// The length of the longest common subsequence with another paragraph.
    fn common(&self, other: &[usize]) -> usize {
        let mut open = vec![u64::MAX; self.width];
        for word in other {
            let Some(row) = self.rows[*word].checked_sub(1) else {
                continue;
            };
            let mut carry = false;
            for (open, here) in open.iter_mut().zip(&self.bits[row * self.width..]) {
                let met = *open & here;
                let (sum, over) = open.overflowing_add(met);
                let (sum, more) = sum.overflowing_add(u64::from(carry));
                carry = over || more;
                *open = sum | (*open & !met);
            }
        }
        // Bits past the last place stay set.
        open.iter().map(|bits| bits.count_zeros() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by the book.
    fn common_by_table(old: &[usize], new: &[usize]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for a in old {
            let mut diagonal = 0;
            for (place, b) in new.iter().enumerate() {
                let above = row[place + 1];
                row[place + 1] = if a == b {
                    diagonal + 1
                } else {
                    above.max(row[place])
                };
                diagonal = above;
            }
        }
        row[new.len()]
    }

    proptest::proptest! {
        #[test]
        fn the_common_words_are_as_many_as_a_table_of_all_of_them_says(
            old in proptest::collection::vec(0_usize..6, 0..200),
            new in proptest::collection::vec(0_usize..6, 0..200),
        ) {
            let mut places = Places::new(6);
            for paragraph in [&old, &new] {
                // What was noted before leaves nothing behind.
                places.note(paragraph);
                places.forget(paragraph);
            }
            places.note(&new);
            proptest::prop_assert_eq!(places.common(&old), common_by_table(&old, &new));
        }
    }

    #[test]
    fn half_of_the_words_are_enough_and_less_is_not() {
        let like = |old, new| !alike(&[old], &[new]).0.is_empty();
        assert!(like("Alla vägar skyltas", "Alla vägar skyltas"));
        assert!(like("ett två", "ett tre"));
        assert!(!like("ett två tre", "ett fyra fem"));
        assert!(like("ett två", "två,"), "one of one and a half");
        assert!(!like("***", "***"), "no words, nothing in common");
    }

    #[test]
    fn the_likest_pair_comes_first_and_the_first_in_the_text_of_equals() {
        let (pairs, exact) = alike(&["a b c d", "a b c e"], &["a b c e f", "a b c d"]);
        let pairs: Vec<(usize, usize)> = pairs.iter().map(|p| (p.removed, p.added)).collect();
        assert_eq!(pairs, [(0, 1), (1, 0), (1, 1), (0, 0)]);
        assert!(exact);
    }

    #[test]
    fn of_too_many_paragraphs_those_at_the_same_place_are_compared() {
        let texts: Vec<String> = (0..2_000).map(|n| format!("stycke {n}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (pairs, exact) = alike(&texts, &texts);
        assert!(!exact);
        let same = pairs
            .iter()
            .filter(|pair| pair.removed == pair.added && pair.common == 2);
        assert_eq!(same.count(), 2_000);
    }
}
