//! Where each goal starts and ends: the headings chosen among the numbered lines.
use std::collections::{HashMap, HashSet};

use super::compare::{fold, same_title, speaks_of_goals};
use super::contents::Contents;
use super::lines::{Gap, Line};
use super::numbering::Numbered;
use super::paragraphs::is_continuation;

/// How many lines one heading may be wrapped over.
const WRAPPED: usize = 5;

/// A heading that ends what stands before it.
#[derive(Debug)]
pub(super) struct Mark {
    /// The place of its first line.
    pub(super) start: usize,
    /// The place after its last line.
    pub(super) end: usize,
    /// The goal that it starts; none for a chapter.
    pub(super) goal: Option<GoalHeading>,
}

/// A goal's heading.
#[derive(Debug)]
pub(super) struct GoalHeading {
    /// Such as "1.1".
    pub(super) number: String,
    /// As it stands, on one line; empty when nothing follows "Mål 1:".
    pub(super) title: String,
    /// Whether it is written "Mål 1: …".
    pub(super) labelled: bool,
}

/// The headings of a document.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// In reading order.
    pub(super) marks: Vec<Mark>,
    /// Places of numbered lines in a list of goals before their headings.
    pub(super) listed: Vec<usize>,
}

impl Outline {
    /// The place of the first goal's heading.
    pub(super) fn first_goal(&self) -> Option<usize> {
        self.marks
            .iter()
            .find(|mark| mark.goal.is_some())
            .map(|mark| mark.start)
    }
}

/// Chooses the headings among the numbered lines outside the contents list.
pub(super) fn choose(lines: &[Line], numbered: &[Numbered], contents: &Contents) -> Outline {
    let outside: Vec<&Numbered> = numbered
        .iter()
        .filter(|line| !contents.lines.contains(&line.index))
        .collect();
    let chooser = Chooser {
        lines,
        titles: contents.titles(),
        places: outside.iter().map(|line| line.index).collect(),
    };
    let flat = !outside.iter().any(|line| chooser.is_goal(line));
    let is_goal = |line: &&&Numbered| {
        if flat {
            chooser.is_flat_goal(line)
        } else {
            chooser.is_goal(line)
        }
    };

    let mut outline = Outline::default();
    for group in in_groups(outside.iter().filter(is_goal).copied()) {
        chooser.choose_in_group(&group, &mut outline);
    }
    outline
        .marks
        .extend(chooser.chapters(&outside, &outline.marks));
    outline.marks.sort_by_key(|mark| mark.start);
    outline.listed.sort_unstable();
    outline
}

/// The lines of each number together, in reading order.
fn in_groups<'a>(lines: impl Iterator<Item = &'a Numbered>) -> Vec<Vec<&'a Numbered>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Numbered>> = Vec::new();
    for line in lines {
        let place = *places.entry(line.number.as_str()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

struct Chooser<'a> {
    lines: &'a [Line],
    titles: HashMap<&'a str, &'a str>,
    places: HashSet<usize>,
}

impl Chooser<'_> {
    /// Whether the line may be a goal's heading: "Mål 1:", or two numbers and a title.
    fn is_goal(&self, line: &Numbered) -> bool {
        line.labelled
            || (line.depth() == 2 && (line.starts_as_a_title() || self.matches_contents(line)))
    }

    /// Where no heading has two numbers, the contents' chapters that speak of nothing else are the goals.
    fn is_flat_goal(&self, line: &Numbered) -> bool {
        const OTHER: [&str; 5] = [
            "inledning",
            "bakgrund",
            "förord",
            "sammanfattning",
            "bilagor",
        ];
        let title = fold(&line.title);
        line.depth() == 1
            && self.matches_contents(line)
            && !speaks_of_goals(&title)
            && !OTHER.contains(&title.as_str())
    }

    /// The headings of the contents' chapters, each where it first stands: at the top of every
    /// page it would cut the texts apart.
    fn chapters(&self, lines: &[&Numbered], goals: &[Mark]) -> Vec<Mark> {
        let taken: HashSet<usize> = goals.iter().map(|mark| mark.start).collect();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut chapters = Vec::new();
        let may_be =
            |line: &Numbered| !line.labelled && line.depth() == 1 && !taken.contains(&line.index);
        for line in lines
            .iter()
            .filter(|line| may_be(line) && self.matches_contents(line))
        {
            let (end, title) = self.unwrap_title(line);
            let known = self.titles.get(line.number.as_str());
            if known.is_some_and(|known| same_title(known, &title)) && seen.insert(&line.number) {
                chapters.push(Mark {
                    start: line.index,
                    end,
                    goal: None,
                });
            }
        }
        chapters
    }

    /// Whether the contents give this title, or one that starts so, for the number.
    fn matches_contents(&self, line: &Numbered) -> bool {
        let Some(known) = self.titles.get(line.number.as_str()) else {
            return false;
        };
        let title = fold(&line.title);
        !title.is_empty() && fold(known).starts_with(&title)
    }

    /// Whether the number's chapter is about something else, while another is about goals.
    fn is_elsewhere(&self, line: &Numbered) -> bool {
        let chapter = self.titles.get(line.chapter());
        let others = self
            .titles
            .iter()
            .any(|(number, title)| !number.contains('.') && speaks_of_goals(title));
        !line.labelled
            && others
            && chapter.is_some_and(|title| !speaks_of_goals(title))
            && line.depth() == 2
    }

    /// One heading for each number: the first line with the known title that has text after it.
    /// Lines of a list of goals have the next numbered line right after them.
    fn choose_in_group(&self, group: &[&Numbered], outline: &mut Outline) {
        let in_contents = group.iter().find(|line| self.matches_contents(line));
        let Some(reference) = in_contents.or(group.first()).map(|line| fold(&line.title)) else {
            return;
        };
        let same: Vec<&&Numbered> = group
            .iter()
            .filter(|line| fold(&line.title) == reference)
            .collect();
        let is_list_line = |line: &Numbered| self.places.contains(&(line.index + 1));
        let Some(chosen) = same
            .iter()
            .find(|line| !is_list_line(line))
            .or(same.first())
        else {
            return;
        };
        let before = same
            .iter()
            .map(|line| line.index)
            .filter(|index| *index < chosen.index);
        outline.listed.extend(before);
        outline.marks.push(self.mark(chosen));
    }

    fn mark(&self, line: &Numbered) -> Mark {
        if self.is_elsewhere(line) {
            return Mark {
                start: line.index,
                end: line.index + 1,
                goal: None,
            };
        }
        let (end, title) = self.unwrap_title(line);
        let goal = GoalHeading {
            number: line.number.clone(),
            title,
            labelled: line.labelled,
        };
        Mark {
            start: line.index,
            end,
            goal: Some(goal),
        }
    }

    /// The whole title of a heading that is wrapped over several lines, and the place after it.
    fn unwrap_title(&self, line: &Numbered) -> (usize, String) {
        let known = self
            .titles
            .get(line.number.as_str())
            .map(|known| fold(known));
        let mut title = line.title.clone();
        let mut end = line.index + 1;
        for next in self.lines.iter().skip(end).take(WRAPPED - 1) {
            if known.as_ref().is_some_and(|known| *known == fold(&title))
                || self.places.contains(&end)
            {
                break;
            }
            let longer = format!("{title} {}", next.clean()).trim().to_owned();
            let as_known = known
                .as_ref()
                .is_some_and(|known| known.starts_with(&fold(&longer)));
            let adjacent = next.gap == Gap::Adjacent
                && (title.is_empty() || is_continuation(&title, &next.text));
            if !as_known && !adjacent {
                break;
            }
            title = longer;
            end += 1;
        }
        (end, title)
    }
}
