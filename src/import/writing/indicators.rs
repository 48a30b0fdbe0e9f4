//! The key figures under a goal: its links to indicators that are known.

use std::collections::HashMap;

use super::report::{ImportReport, ReportedAction, ReportedLink};
use super::sections::Place;
use crate::database::{Connection, Failure};
use crate::http::text;
use crate::import::document::{Document, Goal, SectionKind, fold};
use crate::resources::goal_indicators::{self, GoalIndicatorContent};
use crate::resources::{goals, indicators};

const UNKNOWN: &str = "no indicator has this code or this title";
const MENTIONED: &str = "it mentions an indicator's code among other words";
const SEVERAL: &str = "it names more than one indicator";

/// The indicators that there are.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// Their titles, by code.
    titles: HashMap<String, String>,
    /// Their codes, by the form in which equal titles are equal.
    codes: HashMap<String, Vec<String>>,
}

impl Catalogue {
    /// All indicators, if the document names any.
    pub(super) async fn for_document(
        connection: &mut Connection,
        document: &Document,
    ) -> Result<Self, Failure> {
        let mut named = document.goals().iter();
        if !named.any(|goal| goal.items(SectionKind::Indicators).next().is_some()) {
            return Ok(Self::default());
        }
        Ok(Self::of(indicators::titles(connection).await?))
    }

    fn of(all: Vec<(String, String)>) -> Self {
        let mut codes: HashMap<String, Vec<String>> = HashMap::new();
        for (code, title) in &all {
            codes.entry(fold(title)).or_default().push(code.clone());
        }
        Self {
            titles: all.into_iter().collect(),
            codes,
        }
    }

    /// The indicator that an item names: by the only code in it, else by its
    /// whole text as the title of only one. A code that is only mentioned names none.
    fn named(&self, item: &str) -> Result<(&str, &str), &'static str> {
        let mut codes: Vec<&str> = words(item)
            .filter(|word| self.titles.contains_key(*word))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.is_empty() {
            let titled = self.codes.get(&fold(item));
            codes = titled.into_iter().flatten().map(String::as_str).collect();
        }
        match codes.as_slice() {
            [] => Err(UNKNOWN),
            [code] => {
                let (code, title) = self.titles.get_key_value(*code).ok_or(UNKNOWN)?;
                let named = fold(item) == fold(title) || is_of(item, code, title);
                named
                    .then_some((code.as_str(), title.as_str()))
                    .ok_or(MENTIONED)
            }
            _ => Err(SEVERAL),
        }
    }
}

/// Whether an item is of the indicator whose code is in it: the code is all of it, or
/// stands first or last, and what is left is the title or parted from it by a colon,
/// a dash or brackets.
fn is_of(item: &str, code: &str, title: &str) -> bool {
    let (first, last) = (pieces(item).next(), pieces(item).last());
    let first = item.split_once(code).filter(|_| first == Some(code));
    let last = item.rsplit_once(code).filter(|_| last == Some(code));
    let after = first.map(|(_, rest)| {
        let parted = rest.trim_start();
        (
            rest,
            parted.starts_with([':', '-', '–', '(', ')', '[', ']']),
        )
    });
    let before = last.map(|(rest, _)| {
        let parted = rest.trim_end();
        (rest, parted.ends_with([':', '-', '–', '(', '[']))
    });
    let mut left = [after, before].into_iter().flatten();
    left.any(|(rest, parted)| {
        let bare = rest.trim_matches(|mark: char| mark.is_whitespace() || ",;.()[]".contains(mark));
        let titled = |text: &str| fold(text.trim()) == fold(title);
        parted || bare.is_empty() || titled(bare) || titled(rest)
    })
}

/// The words of an item, without the signs around them.
fn pieces(item: &str) -> impl Iterator<Item = &str> {
    let apart = |character: char| !character.is_alphanumeric() && character != '-';
    let pieces = item.split(apart).map(|word| word.trim_matches('-'));
    pieces.filter(|word| !word.is_empty())
}

/// The words of an item that can be an indicator's code: with a letter and a digit.
fn words(item: &str) -> impl Iterator<Item = &str> {
    pieces(item).filter(|word| {
        let has = |of: fn(&u8) -> bool| word.bytes().any(|byte| of(&byte));
        text::code(word).is_some() && has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)
    })
}

/// Links a goal to the indicators that the items under "Nyckeltal" name, in
/// their order and after those that it is linked to; a link that is there is
/// left as it is.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    catalogue: &Catalogue,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    if goal.items(SectionKind::Indicators).next().is_none() {
        return Ok(());
    }
    let mut there: HashMap<String, i32> = match place.goal_id {
        Some(goal_id) => goal_indicators::positions(connection, goal_id).await?,
        None => Vec::new(),
    }
    .into_iter()
    .collect();
    let mut last = there.values().copied().max().unwrap_or(0);
    for item in goal.items(SectionKind::Indicators) {
        let (code, title) = match catalogue.named(&item.text) {
            Ok(named) => named,
            Err(reason) => {
                report.leave(item, "indicator", reason);
                continue;
            }
        };
        let (position, action) = match there.get(code) {
            Some(position) => (*position, ReportedAction::Unchanged),
            None => {
                last = last.saturating_add(1).min(goals::LAST_POSITION);
                if !link(connection, place, code, last).await? {
                    report.leave(item, "indicator", UNKNOWN);
                    continue;
                }
                there.insert(code.to_owned(), last);
                (last, ReportedAction::Created)
            }
        };
        report.links.push(ReportedLink {
            line: item.line,
            indicator_code: code.to_owned(),
            title: title.to_owned(),
            position,
            action,
        });
    }
    Ok(())
}

/// Makes one link; false when the indicator has gone in the meantime.
async fn link(
    connection: &mut Connection,
    place: Place,
    code: &str,
    position: i32,
) -> Result<bool, Failure> {
    let Some(goal_id) = place.to_write() else {
        return Ok(true);
    };
    if !indicators::hold(connection, code).await? {
        return Ok(false);
    }
    let content = GoalIndicatorContent { position };
    goal_indicators::insert(connection, goal_id, code, &content).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_names_an_indicator_by_its_code_or_by_its_whole_title() {
        let all = [
            ("N00001", "Antal skyltar"),
            ("N00002", "Nöjda resenärer, andel (%)"),
            ("N00003", "Dubbel"),
            ("U-4", "dubbel."),
            ("2024", "Ett år"),
        ];
        let catalogue = Catalogue::of(
            all.map(|(code, title)| (code.to_owned(), title.to_owned()))
                .into(),
        );
        let code = |item| catalogue.named(item).map(|(code, _)| code);
        for (item, expected) in [
            ("N00001", Ok("N00001")),
            ("Antal skyltar (N00001)", Ok("N00001")),
            ("N00001: något annat", Ok("N00001")),
            ("U-4 - N9", Ok("U-4")),
            ("N00001 (N00001)", Ok("N00001")),
            ("  antal \u{a0} SKYLTAR. ", Ok("N00001")),
            ("nöjda resenärer, andel (%)", Ok("N00002")),
            ("Antal skyltar: 12", Err(UNKNOWN)),
            ("n00001", Err(UNKNOWN)),
            ("N99999", Err(UNKNOWN)),
            ("N000011", Err(UNKNOWN)),
            ("Målet för 2024", Err(UNKNOWN)),
            ("", Err(UNKNOWN)),
            ("N00001 och N00002", Err(SEVERAL)),
            ("N00001 antal skyltar", Ok("N00001")),
            ("Antal skyltar, N00001.", Ok("N00001")),
            ("(N00001) Antal skyltar", Ok("N00001")),
            ("N00002 nöjda resenärer, andel (%)", Ok("N00002")),
            ("Skyltar i kommunen [N00001]", Ok("N00001")),
            ("Skyltar i kommunen – N00001", Ok("N00001")),
            ("Ny mätning som ersätter N00001", Err(MENTIONED)),
            ("N00001 ersätts av en ny mätning", Err(MENTIONED)),
            ("Mätning (N00001) av skyltar", Err(MENTIONED)),
            ("Mätning, utan N00001 framöver", Err(MENTIONED)),
            ("Mätning enligt U-4-metoden: U-4", Ok("U-4")),
            ("Dubbel", Err(SEVERAL)),
        ] {
            assert_eq!(code(item), expected, "{item:?}");
        }
    }
}
