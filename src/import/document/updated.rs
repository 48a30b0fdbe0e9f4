//! "Sidan uppdaterad 2024-05-23": when a page was last changed.
use chrono::NaiveDate;

use super::compare::{at_most, fold, starts_with_one_of};

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];

/// Whether the line says when the page was updated, and the date when it can be read:
/// 2024-05-23 or 23 maj 2024.
pub(super) fn page_updated(text: &str) -> Option<Option<NaiveDate>> {
    if !starts_with_one_of(text, &['s']) || !at_most(text, 80) {
        return None;
    }
    let folded = fold(text);
    let known = [
        "sidan uppdatera",
        "sidan senast uppdatera",
        "sidan är uppdaterad",
    ];
    known
        .iter()
        .any(|start| folded.starts_with(start))
        .then(|| find_date(&folded))
}

fn find_date(folded: &str) -> Option<NaiveDate> {
    let words: Vec<&str> = folded
        .split([' ', ':', ',', '(', ')'])
        .filter(|word| !word.is_empty())
        .collect();
    let iso = words
        .iter()
        .find_map(|word| NaiveDate::parse_from_str(word, "%Y-%m-%d").ok());
    iso.or_else(|| words.windows(3).find_map(in_words))
}

fn in_words(words: &[&str]) -> Option<NaiveDate> {
    let [day, month, year] = words else {
        return None;
    };
    let month = MONTHS.iter().position(|name| name == month)?;
    NaiveDate::from_ymd_opt(
        year.parse().ok()?,
        u32::try_from(month).ok()? + 1,
        day.parse().ok()?,
    )
}
