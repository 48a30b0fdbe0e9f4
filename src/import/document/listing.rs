//! The goals' headings held against the list of goals and the contents list.
use std::collections::{HashMap, HashSet};

use super::compare::{fold, same_title};
use super::contents::Contents;
use super::doubts::{Doubt, DoubtCode};
use super::introduction::Listed;
use super::outline::GoalHeading;

/// A goal's heading with its 1-based line.
pub(super) type Headed<'a> = (usize, &'a GoalHeading);

/// The statement that the list gives for each heading, in the headings' order. By title,
/// else by number, else, where as many are left on both sides, by order.
pub(super) fn statements<'a>(
    headings: &[Headed<'_>],
    listed: &'a [Listed],
    doubts: &mut Vec<Doubt>,
) -> Vec<Option<&'a Listed>> {
    let mut found: Vec<Option<&Listed>> = vec![None; headings.len()];
    let mut used: HashSet<usize> = HashSet::new();
    let titles = first_places(listed.iter().map(|entry| Some(fold(&entry.statement))));
    let numbers = first_places(listed.iter().map(|entry| entry.number.clone()));
    for by in [&titles, &numbers] {
        for (slot, (_, heading)) in found
            .iter_mut()
            .zip(headings)
            .filter(|(slot, _)| slot.is_none())
        {
            let key = if std::ptr::eq(by, &titles) {
                fold(&heading.title)
            } else {
                heading.number.clone()
            };
            let Some(place) = by.get(&key).filter(|place| !used.contains(*place)) else {
                continue;
            };
            used.insert(*place);
            *slot = listed.get(*place);
        }
    }
    let left: Vec<&Listed> = listed
        .iter()
        .enumerate()
        .filter(|(place, _)| !used.contains(place))
        .map(|(_, entry)| entry)
        .collect();
    let open = found.iter().filter(|slot| slot.is_none()).count();
    if left.len() == open {
        let slots = found.iter_mut().filter(|slot| slot.is_none());
        slots
            .zip(left)
            .for_each(|(slot, entry)| *slot = Some(entry));
    } else {
        doubts.extend(
            left.into_iter()
                .map(|entry| without_heading(entry.line, &entry.statement)),
        );
    }
    doubt_titles(headings, &found, !listed.is_empty(), doubts);
    found
}

fn first_places(keys: impl Iterator<Item = Option<String>>) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for (place, key) in keys.enumerate() {
        if let Some(key) = key {
            places.entry(key).or_insert(place);
        }
    }
    places
}

fn without_heading(line: usize, title: &str) -> Doubt {
    Doubt::new(
        line,
        DoubtCode::HeadingMissing,
        format!("no heading was found for the goal \"{title}\""),
    )
}

fn doubt_titles(
    headings: &[Headed<'_>],
    found: &[Option<&Listed>],
    has_list: bool,
    doubts: &mut Vec<Doubt>,
) {
    for ((line, heading), listed) in headings.iter().zip(found) {
        match listed {
            Some(entry)
                if !same_title(&entry.statement, &heading.title) && !heading.title.is_empty() =>
            {
                let detail = format!(
                    "the heading says \"{}\", the list on line {} says \"{}\"; the list was taken",
                    heading.title, entry.line, entry.statement
                );
                doubts.push(Doubt::new(*line, DoubtCode::TitleDiffers, detail));
            }
            None if has_list => {
                doubts.push(not_listed(*line, &heading.number, "the list of goals"))
            }
            _ => {}
        }
    }
}

fn not_listed(line: usize, number: &str, list: &str) -> Doubt {
    Doubt::new(
        line,
        DoubtCode::NotListed,
        format!("goal {number} does not stand in {list}"),
    )
}

/// Holds the contents list against the headings. `kept` are numbers that other headings have.
pub(super) fn check_contents(
    headings: &[Headed<'_>],
    contents: &Contents,
    doubts: &mut Vec<Doubt>,
) {
    if contents.entries.is_empty() {
        return;
    }
    let titles = contents.titles();
    for (line, heading) in headings {
        match titles.get(heading.number.as_str()) {
            None => doubts.push(not_listed(*line, &heading.number, "the contents list")),
            Some(title) if !same_title(title, &heading.title) => {
                let detail = format!(
                    "the heading says \"{}\", the contents say \"{title}\"",
                    heading.title
                );
                doubts.push(Doubt::new(*line, DoubtCode::TitleDiffers, detail));
            }
            Some(_) => {}
        }
    }
    let found: HashSet<&str> = headings
        .iter()
        .map(|(_, heading)| heading.number.as_str())
        .collect();
    let chapters: HashSet<&str> = found
        .iter()
        .filter_map(|number| number.split_once('.'))
        .map(|(chapter, _)| chapter)
        .collect();
    let is_goal = |number: &str| {
        number
            .split_once('.')
            .is_some_and(|(chapter, rest)| chapters.contains(chapter) && !rest.contains('.'))
    };
    let missing = contents
        .entries
        .iter()
        .filter(|entry| is_goal(&entry.number) && !found.contains(entry.number.as_str()));
    doubts.extend(missing.map(|entry| without_heading(entry.line, &entry.title)));
}
