//! Which board a board's own assignment names.
use unicode_normalization::UnicodeNormalization;

/// An item's board and what is left of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBoard<'a, Id> {
    /// The key of the board, as handed in.
    pub board: &'a Id,
    /// The text without the board's name.
    pub text: String,
}

/// Splits "Board name: text" and "text (Board name)" of a board's own assignment (Swedish:
/// nämndernas egna uppdrag). `boards` are keys with names. Names are compared without regard
/// to case and to the letters' form (NFC or NFD); of several that fit the longest wins. None
/// when no known board is named so, or when nothing but a board is named.
pub fn split_board<'a, Id>(item: &str, boards: &'a [(Id, String)]) -> Option<NamedBoard<'a, Id>> {
    let mut best: Option<(usize, NamedBoard<'a, Id>)> = None;
    for (name, rest) in candidates(item) {
        let folded = plain(name);
        let Some((board, _)) = boards.iter().find(|(_, known)| plain(known) == folded) else {
            continue;
        };
        let length = folded.chars().count();
        if !rest.is_empty() && best.as_ref().is_none_or(|(longest, _)| length > *longest) {
            best = Some((
                length,
                NamedBoard {
                    board,
                    text: rest.to_owned(),
                },
            ));
        }
    }
    best.map(|(_, named)| named)
}

/// Longest name of a board that is looked for.
const NAME_LENGTH: usize = 200;

/// Every way to take the item apart: at each early colon, and at a last bracket.
fn candidates(item: &str) -> Vec<(&str, &str)> {
    let item = item.trim();
    let early = item
        .char_indices()
        .take(2 * NAME_LENGTH)
        .filter(|(_, character)| *character == ':');
    let at_colon =
        |(at, _): (usize, char)| Some((item.get(..at)?.trim(), item.get(at + 1..)?.trim()));
    let mut found: Vec<(&str, &str)> = early.filter_map(at_colon).collect();
    let unstopped = item.strip_suffix('.').unwrap_or(item).trim_end();
    if let Some((text, name)) = unstopped
        .strip_suffix(')')
        .and_then(|inner| inner.rsplit_once('('))
    {
        found.push((name.trim(), text.trim()));
    }
    found
}

fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words
        .join(" ")
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .nfc()
        .collect()
}
