//! What a key figure's title tells besides what is measured: its unit, and that it
//! is not measured any more.

use chrono::NaiveDate;

use crate::http::text;

/// The unit of what says nothing of its unit.
const NO_UNIT: &str = "värde";

/// What a unit of Kolada's begins with; `andel` has its own rule.
const BEGINNINGS: [&str; 33] = [
    "antal",
    "kr",
    "kronor",
    "tkr",
    "mkr",
    "miljoner",
    "1000",
    "index",
    "kg",
    "ton",
    "gram",
    "mwh",
    "kwh",
    "gwh",
    "mw",
    "liter",
    "meter",
    "hektar",
    "kvm",
    "kbm",
    "timmar",
    "minuter",
    "dagar",
    "år",
    "mbit",
    "promille",
    "procentenheter",
    "poäng",
    "balanstal",
    "km",
    "kvadratmeter",
    "recept",
    "medianinkomst",
];

/// The longest end of a title that is taken for a unit, in characters.
const LONGEST: usize = 60;

/// The unit (enhet) that the title says after its last comma, as in "Personalkostnader,
/// kr/inv" and "Invånare totalt, antal"; `procent` where that has a % or the word, and
/// `värde` where the title says nothing that is known as a unit. Never empty, and at
/// most 60 characters.
pub(super) fn unit(title: &str) -> String {
    let title = without_end_mark(title).trim_end_matches(['.', ' ']);
    let end = last_part(title);
    let lower = end.to_lowercase();
    let first = lower.split([' ', '/', '(']).next().unwrap_or_default();
    if lower.contains('%') || first == "procent" {
        return "procent".to_owned();
    }
    if first == "index" {
        return "index".to_owned();
    }
    let known = BEGINNINGS.contains(&first) && end != title;
    if known && end.chars().count() <= LONGEST {
        end.to_owned()
    } else {
        NO_UNIT.to_owned()
    }
}

/// What stands after the last comma that is in no brackets.
fn last_part(title: &str) -> &str {
    let mut depth = 0_i32;
    let mut from = 0;
    for (at, c) in title.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => from = at + 1,
            _ => {}
        }
    }
    title[from..].trim()
}

/// The first day on which the key figure is not measured any more, where its title
/// ends with its last year: "(-2024)", or "(- 2024)" as Kolada also writes it. That is
/// 1 January of the year after.
pub(super) fn discontinued_on(title: &str) -> Option<NaiveDate> {
    let (_, year) = end_mark(title)?;
    NaiveDate::from_ymd_opt(year + 1, 1, 1)
}

fn without_end_mark(title: &str) -> &str {
    end_mark(title).map_or(title, |(rest, _)| rest)
}

/// The title before the mark, and the last year.
fn end_mark(title: &str) -> Option<(&str, i32)> {
    let (rest, mark) = title.trim_end_matches(['.', ' ']).rsplit_once('(')?;
    let mark = mark.strip_suffix(')')?.trim();
    let year = mark.strip_prefix(['-', '–'])?.trim();
    Some((rest.trim_end(), text::year(year)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_after_the_last_comma() {
        for (title, expected) in [
            ("Invånare totalt, antal", "antal"),
            ("Personalkostnader, kr/inv", "kr/inv"),
            ("Invånare 13-15 år, antal (-2023)", "antal"),
            ("Arbetslöshet, 20-64 år, andel (%)", "procent"),
            (
                "Arbetslöshet 16-24 år, andel (%) av bef. (-2024)",
                "procent",
            ),
            ("Brukartid hemtjänst, andel (%) (- 2024)", "procent"),
            ("Nettokostnad, procent", "procent"),
            ("Väntetid, antal dagar (median)", "antal dagar (median)"),
            ("Sjukpenningtal, antal dagar.", "antal dagar"),
            ("Avdrag, kr/inv 1 nov fg år", "kr/inv 1 nov fg år"),
            ("Inflytande, index (max = 100)", "index"),
            ("Ungdomar i skolan (a, antal)", "värde"),
            ("Invånare, 16-64 år", "värde"),
            ("Skatteintäkter, ny definition", "värde"),
            ("Antal svar", "värde"),
            ("Elever (%)", "procent"),
            ("", "värde"),
            (",", "värde"),
            ("x)), antal", "antal"),
        ] {
            assert_eq!(unit(title), expected, "{title:?}");
        }
    }

    #[test]
    fn a_title_that_ends_with_its_last_year_is_of_a_figure_that_is_discontinued() {
        let day = |text: &str| Some(text.parse().expect("a date"));
        for (title, expected) in [
            ("Invånare 13-15 år, antal (-2023)", day("2024-01-01")),
            ("Personalkontinuitet, median (- 2024)", day("2025-01-01")),
            ("Något (–2019).", day("2020-01-01")),
            ("Pensionsutbetalningar (-1997) region, kr/inv", None),
            ("Värme (nytt normalår 2022)", None),
            ("Något (2019-2024)", None),
            ("Något (-24)", None),
            ("Något (-2024", None),
            ("", None),
        ] {
            assert_eq!(discontinued_on(title), expected, "{title:?}");
        }
    }
}
