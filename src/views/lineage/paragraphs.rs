//! What differs between two political texts, paragraph by paragraph. Pure:
//! texts in, changes out.

use std::collections::{HashMap, VecDeque};

use similar::DiffOp;

use super::likeness::alike;
use super::{ParagraphChange, ParagraphChangeKind, ParagraphCounts, words};

/// What differs between two texts.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// How many paragraphs of each kind.
    pub(super) counts: ParagraphCounts,
    /// Those that changed, in the order of the new text; what was removed
    /// stands where it stood.
    pub(super) changes: Vec<ParagraphChange>,
    /// Whether nothing was left out for the size of the texts.
    pub(super) exact: bool,
}

/// The paragraphs of a text: what stands between empty lines.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut paragraphs = Vec::new();
    let (mut begun, mut end) = (None, 0);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        if bare.trim().is_empty() {
            paragraphs.extend(begun.take().and_then(|begun: usize| text.get(begun..end)));
        } else {
            begun = begun.or(Some(at));
            end = at + bare.len();
        }
        at += line.len();
    }
    paragraphs.extend(begun.and_then(|begun| text.get(begun..end)));
    paragraphs
}

/// How the old text became the new one.
pub(super) fn difference(old: &str, new: &str) -> Difference {
    Pairing::of(split(old), split(new)).told()
}

/// What became of a paragraph that is in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Unchanged,
    Moved,
    Reworded,
}

/// Which paragraph of the old text is which of the new one.
struct Pairing<'a> {
    old: Vec<&'a str>,
    new: Vec<&'a str>,
    /// For each old paragraph its place in the new text.
    to: Vec<Option<(usize, Kept)>>,
    /// For each new paragraph its place in the old text.
    from: Vec<Option<(usize, Kept)>>,
    exact: bool,
}

impl<'a> Pairing<'a> {
    fn of(old: Vec<&'a str>, new: Vec<&'a str>) -> Self {
        let mut pairing = Self {
            to: vec![None; old.len()],
            from: vec![None; new.len()],
            old,
            new,
            exact: true,
        };
        pairing.keep_in_order();
        pairing.find_moved();
        pairing.find_reworded();
        pairing
    }

    fn pair(&mut self, old: usize, new: usize, kept: Kept) {
        self.to[old] = Some((new, kept));
        self.from[new] = Some((old, kept));
    }

    /// The longest run of equal paragraphs that stand in the same order.
    fn keep_in_order(&mut self) {
        let (edits, exact) = words::edits(&self.old, &self.new);
        self.exact &= exact;
        for edit in edits {
            if let DiffOp::Equal { .. } = edit {
                for (old, new) in edit.old_range().zip(edit.new_range()) {
                    self.pair(old, new, Kept::Unchanged);
                }
            }
        }
    }

    /// Of the others those that are equal: the first with the first.
    fn find_moved(&mut self) {
        let (removed, added) = self.unpaired();
        let mut waiting: HashMap<&str, VecDeque<usize>> = HashMap::new();
        for place in removed {
            waiting.entry(self.old[place]).or_default().push_back(place);
        }
        for new in added {
            let same = waiting.get_mut(self.new[new]);
            if let Some(old) = same.and_then(VecDeque::pop_front) {
                self.pair(old, new, Kept::Moved);
            }
        }
    }

    /// Of the rest those that are like enough, the likest first.
    fn find_reworded(&mut self) {
        let (removed, added) = self.unpaired();
        let texts = |of: &[&'a str], places: &[usize]| -> Vec<&'a str> {
            places.iter().map(|place| of[*place]).collect()
        };
        let (pairs, exact) = alike(&texts(&self.old, &removed), &texts(&self.new, &added));
        self.exact &= exact;
        for pair in pairs {
            let (old, new) = (removed[pair.removed], added[pair.added]);
            if self.to[old].is_none() && self.from[new].is_none() {
                self.pair(old, new, Kept::Reworded);
            }
        }
    }

    /// The places of the paragraphs that are in no pair yet.
    fn unpaired(&self) -> (Vec<usize>, Vec<usize>) {
        let open = |pairs: &[Option<(usize, Kept)>]| -> Vec<usize> {
            let places = pairs.iter().enumerate();
            places
                .filter(|(_, pair)| pair.is_none())
                .map(|(place, _)| place)
                .collect()
        };
        (open(&self.to), open(&self.from))
    }

    fn told(self) -> Difference {
        let mut counts = ParagraphCounts::default();
        // Each change at its place: after how many new paragraphs, and where
        // in the old text.
        let mut placed: Vec<((usize, usize), ParagraphChange)> = Vec::new();
        for (place, paragraph) in self.new.iter().enumerate() {
            let from = self.from[place];
            let (kind, words) = match from {
                None => (ParagraphChangeKind::Added, None),
                Some((_, Kept::Unchanged)) => {
                    counts.unchanged += 1;
                    continue;
                }
                Some((_, Kept::Moved)) => (ParagraphChangeKind::Moved, None),
                Some((old, Kept::Reworded)) => {
                    let words = words::difference(self.old[old], paragraph);
                    (ParagraphChangeKind::Reworded, Some(words))
                }
            };
            let change = ParagraphChange {
                change: kind,
                from: from.map(|(old, _)| old + 1),
                to: Some(place + 1),
                text: (*paragraph).to_owned(),
                words,
            };
            placed.push(((place + 1, 0), change));
        }
        for (place, after) in self.removed() {
            let change = ParagraphChange {
                change: ParagraphChangeKind::Removed,
                from: Some(place + 1),
                to: None,
                text: self.old[place].to_owned(),
                words: None,
            };
            placed.push(((after, place + 1), change));
        }
        placed.sort_by_key(|(place, _)| *place);
        let changes: Vec<ParagraphChange> = placed.into_iter().map(|(_, change)| change).collect();
        for change in &changes {
            counts.add(change.change);
        }
        Difference {
            counts,
            changes,
            exact: self.exact,
        }
    }

    /// The removed paragraphs, each with the number of new paragraphs up to
    /// the one that it stood behind: the nearest before it that has kept its
    /// place.
    fn removed(&self) -> Vec<(usize, usize)> {
        let next_kept = self.next_unchanged();
        let (mut removed, mut after) = (Vec::new(), 0);
        for (place, to) in self.to.iter().enumerate() {
            match to {
                None => removed.push((place, after)),
                Some((to, Kept::Unchanged)) => after = to + 1,
                Some((to, Kept::Reworded)) if (after..next_kept[place]).contains(to) => {
                    after = to + 1;
                }
                Some(_) => {}
            }
        }
        removed
    }

    /// For each old paragraph the new place of the next that is unchanged.
    fn next_unchanged(&self) -> Vec<usize> {
        let mut next = self.new.len();
        let mut all: Vec<usize> = Vec::with_capacity(self.to.len());
        for to in self.to.iter().rev() {
            all.push(next);
            if let Some((to, Kept::Unchanged)) = to {
                next = *to;
            }
        }
        all.reverse();
        all
    }
}
