//! What two texts have in common, and what a line's first and last letters say.
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A form in which two spellings of one title are equal: NFC, lower case, single
/// blanks, no invisible characters, no full stop or blank at the end.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    for character in text.chars() {
        if character.is_whitespace() {
            parted = true;
        } else if !is_invisible(character) {
            if parted && !folded.is_empty() {
                folded.push(' ');
            }
            parted = false;
            folded.extend(character.to_lowercase());
        }
    }
    folded.truncate(folded.trim_end_matches(['.', ' ']).len());
    if folded.is_ascii() || is_nfc(&folded) {
        return folded;
    }
    folded.nfc().collect()
}

/// Whether the first letter of a text is one of these, in lower case. Asked before a whole
/// line is compared, for most lines are no heading.
pub(super) fn starts_with_one_of(text: &str, letters: &[char]) -> bool {
    let first = text.chars().find(|character| !is_invisible(*character));
    first.is_some_and(|first| first.to_lowercase().any(|lower| letters.contains(&lower)))
}

/// Whether two titles are the same but for case, blanks and a full stop at the end.
/// The writing uses it too, to find a goal that is already there by its name or statement.
#[must_use]
pub fn same_title(left: &str, right: &str) -> bool {
    fold(left) == fold(right)
}

/// Characters that web pages carry between letters and that nobody sees.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// A title without a full stop at its end; an ellipsis stays.
pub(super) fn without_full_stop(text: &str) -> &str {
    match text.strip_suffix('.') {
        Some(rest) if !rest.ends_with('.') => rest.trim_end(),
        _ => text,
    }
}

/// Whether a line ends as a sentence does: with . ! ? … : or ; also when quotation
/// marks or brackets close after it.
pub(super) fn closes(text: &str) -> bool {
    let closers =
        |character: char| matches!(character, '”' | '“' | '"' | '’' | '\'' | '»' | ')' | ']');
    let inner = text.trim_end_matches(|character| closers(character) || is_invisible(character));
    inner.ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Whether a line goes on from the one before: its first letter is lower case, also after
/// an opening quotation mark or bracket. "b) …" is a list's letter and no continuation.
pub(super) fn starts_lower(text: &str) -> bool {
    let openers = |character: char| {
        matches!(
            character,
            '”' | '“' | '"' | '’' | '\'' | '«' | '»' | '(' | '['
        )
    };
    let inner = text.trim_start_matches(|character| openers(character) || is_invisible(character));
    inner.starts_with(char::is_lowercase) && !is_lettered(inner)
}

/// "b) …" or "b. …". Of the words of one letter only "i", "å" and "ö" can end a sentence.
fn is_lettered(text: &str) -> bool {
    let mut characters = text.chars();
    let (letter, sign, blank) = (characters.next(), characters.next(), characters.next());
    let is_mark = match sign {
        Some(')') => true,
        Some('.') => !matches!(letter, Some('i' | 'å' | 'ö')),
        _ => false,
    };
    is_mark && blank.is_some_and(char::is_whitespace)
}

/// Whether a text has at most this many characters; reads no further than that.
pub(super) fn at_most(text: &str, characters: usize) -> bool {
    text.chars().nth(characters).is_none()
}

/// The first year, 1900–2200, that stands as a word of its own.
pub(super) fn find_year(text: &str) -> Option<i32> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.filter_map(as_year).next()
}

/// A year at a text's end, and what stands before it.
pub(super) fn split_year_at_end(text: &str) -> Option<(&str, i32)> {
    let (before, word) = text.rsplit_once(char::is_whitespace)?;
    Some((before.trim_end(), as_year(word)?))
}

fn as_year(word: &str) -> Option<i32> {
    let digits = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let year = word
        .parse()
        .ok()
        .filter(|year| (1900..=2200).contains(year));
    year.filter(|_| digits)
}

/// Swedish numerals up to twenty, by their value.
const NUMERALS: [(&str, usize); 21] = [
    ("ett", 1),
    ("två", 2),
    ("tre", 3),
    ("fyra", 4),
    ("fem", 5),
    ("sex", 6),
    ("sju", 7),
    ("åtta", 8),
    ("nio", 9),
    ("tio", 10),
    ("elva", 11),
    ("tolv", 12),
    ("tretton", 13),
    ("fjorton", 14),
    ("femton", 15),
    ("sexton", 16),
    ("sjutton", 17),
    ("arton", 18),
    ("aderton", 18),
    ("nitton", 19),
    ("tjugo", 20),
];

/// A count written as a numeral or as at most three digits.
pub(super) fn as_count(word: &str) -> Option<usize> {
    if is_short_number(word) {
        return word.parse().ok();
    }
    let numeral = NUMERALS.iter().find(|(numeral, _)| *numeral == word);
    numeral.map(|(_, value)| *value)
}

/// One to three digits: as long as a page number, shorter than a year.
pub(super) fn is_short_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text speaks of goals: "mål", "målen", "kommunmål", "måldokument".
pub(super) fn speaks_of_goals(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower.split(|character: char| !character.is_alphanumeric());
    words.any(|word| {
        let ending = ["mål", "målen"].iter().any(|ending| word.ends_with(ending));
        ending || matches!(word, "målet" | "målbudget" | "måldokument" | "målprogram")
    })
}
