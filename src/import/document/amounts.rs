//! The amount of money in an item: "Cykelväg till skolan, 1,5 mnkr".
use super::money::{self, Money};
use crate::decimal::Decimal;

/// An item's amount and what is left of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// In Swedish kronor.
    pub amount: Decimal,
    /// What the money is for.
    pub title: String,
}

/// Why an item has no amount, or none that can be taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpriced {
    /// There is no number with a unit of money after it.
    None,
    /// There is more than one.
    Several,
    /// It does not stand alone at the end, or other words say that it is about so
    /// much, so much for each, for another year or for several; or it can be read in
    /// two ways.
    Uncertain,
    /// Nothing says what it is for.
    Untitled,
}

/// Words right before an amount that make it no certain one, or the item a sentence.
#[rustfmt::skip]
const BEFORE: [&str; 68] = [
    "ca", "c:a", "cirka", "omkring", "ungefär", "runt", "kring", "närmare", "minst", "minimum",
    "högst", "max", "maximalt", "maximum", "drygt", "knappt", "nästan", "över", "under", "mellan",
    "inom", "än", "emot", "mot", "till", "från", "med", "om", "på", "för", "av", "i", "vid", "a",
    "och", "samt", "plus", "minus", "gånger", "mer", "mindre", "kanske", "får", "ger", "ges", "är",
    "satsar", "satsas", "avsätter", "avsätts", "investerar", "investeras", "lägger", "läggs",
    "kostar", "tillförs", "tillför", "beräknas", "uppgår", "blir", "ska", "använder", "används",
    "anslår", "anslås", "bygger", "byggs", "köper",
];

/// Words anywhere before an amount that make it no certain one: so much for each or
/// for a time, one of several, a part, a change; and "vi", which begins a sentence.
#[rustfmt::skip]
const ANYWHERE: [&str; 42] = [
    "à", "á", "x", "st", "styck", "stycket", "stycken", "per", "vardera", "vartdera", "varje",
    "var", "årlig", "årligt", "årliga", "årligen", "år", "året", "åren", "års", "månad",
    "månaden", "månadsvis", "framåt", "eller", "alternativt", "resp", "respektive", "varav",
    "minskning", "minskar", "minskas", "sänkning", "sänker", "sänks", "höjning", "höjer", "höjs",
    "ökning", "ökar", "ökas", "vi",
];

/// Words that are told apart by a number, so that digits after them may be theirs.
#[rustfmt::skip]
const NUMBERED: [&str; 17] = [
    "etapp", "etapper", "del", "fas", "steg", "skede", "väg", "riksväg", "länsväg", "nr", "nummer",
    "hus", "byggnad", "plan", "linje", "år", "årskurs",
];

/// Marks that part a title from its amount.
const PARTING: [char; 7] = [' ', ',', ';', ':', '-', '–', '—'];

/// Takes an item apart into its title and the amount at its end: after a colon, a
/// dash or a comma, in brackets, or right after the title. `year` is the one that the
/// item is for; it may stand in the title, and no other year may.
///
/// # Errors
/// [`Unpriced`] says why there is no amount to take.
pub fn split_amount(item: &str, year: i32) -> Result<Priced, Unpriced> {
    let text = item.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = money::find(&text).into_iter();
    let (found, other) = (found.next().ok_or(Unpriced::None)?, found.next());
    if other.is_some() {
        return Err(Unpriced::Several);
    }
    let before = text.get(..found.start).unwrap_or_default();
    let after = text.get(found.end..).unwrap_or_default();
    let title = title(before, after, &found).ok_or(Unpriced::Uncertain)?;
    let certain = !leads_on(title) && !is_for_more(title, year);
    let amount = found.amount.filter(|_| certain);
    let amount = amount.ok_or(Unpriced::Uncertain)?;
    if !title.contains(char::is_alphabetic) {
        return Err(Unpriced::Untitled);
    }
    Ok(Priced {
        amount,
        title: title.to_owned(),
    })
}

/// What stands before an amount, when the amount stands apart at the end.
fn title<'a>(before: &'a str, after: &str, money: &Money) -> Option<&'a str> {
    // "(500 kr.)"
    let closed = after.strip_prefix('.').unwrap_or(after).strip_prefix(')');
    let (before, after, apart) = match (before.strip_suffix('('), closed) {
        (Some(before), Some(after)) => (before, after, true),
        _ => (before, after, stands_apart(before, money)),
    };
    let ends = after.trim_end_matches(['.', ' ']).is_empty();
    (apart && ends).then(|| before.trim_end_matches(PARTING))
}

/// Whether what stands before an amount is parted from it: by a colon, a dash or a
/// comma, or as the last word of a title. A sign, a range and "x5" are not.
fn stands_apart(before: &str, money: &Money) -> bool {
    let Some(bare) = before.strip_suffix(' ') else {
        return before.is_empty();
    };
    match bare.chars().next_back() {
        Some(':' | ';') => true,
        // "1 – 2 mkr" is a range, and "1, 5 mkr" may be one and a half.
        Some(',' | '-' | '–' | '—') => {
            let word = last_word(bare.trim_end_matches(PARTING));
            year_of(word).is_some() || !word.ends_with(|last: char| last.is_ascii_digit())
        }
        Some(')' | '"' | '”' | '’' | '»') => !money.divisible,
        // "Etapp 2 500 tkr" may be of stage 2; "Ny skola 1 500 000 kr" is one number.
        Some(last) if last.is_alphabetic() => {
            let word = last_word(bare).to_lowercase();
            let one_number = money.long && word.len() > 1 && !NUMBERED.contains(&word.as_str());
            !money.divisible || one_number
        }
        Some(_) => false,
        None => false,
    }
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

/// Whether a title ends with a word that leads on to the amount.
fn leads_on(title: &str) -> bool {
    let word = last_word(title).trim_matches(|mark: char| !mark.is_alphanumeric());
    // "Hall A" and "Etapp I" are names.
    let is_letter = word.chars().count() == 1;
    let lower = word.to_lowercase();
    BEFORE.contains(&if is_letter { word } else { &lower })
}

/// Whether a title says that the amount is for each of several, for a time, or for
/// another year.
fn is_for_more(title: &str, year: i32) -> bool {
    let lower = title.to_lowercase();
    let words = lower.split(|mark: char| !mark.is_alphanumeric());
    let mut doubtful = words.map(|word| {
        // "2x" and "3st".
        let bare = word.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let lasts = ["årig", "årigt", "åriga"]
            .iter()
            .any(|end| bare.ends_with(end));
        lasts || ANYWHERE.contains(&bare) || year_of(word).is_some_and(|other| other != year)
    });
    doubtful.any(|doubtful| doubtful) || title.contains(['×', '*']) || has_span(title, year)
}

/// Whether the year begins a span: "2025–27", "2025/26".
fn has_span(title: &str, year: i32) -> bool {
    title.split(&year.to_string()).skip(1).any(|after| {
        let after = after.trim_start();
        let rest = after.strip_prefix(['-', '–', '—', '/']);
        rest.is_some_and(|rest| {
            rest.trim_start()
                .starts_with(|next: char| next.is_ascii_digit())
        })
    })
}

/// The year that a word is.
fn year_of(word: &str) -> Option<i32> {
    let digits = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let year = word.parse().ok().filter(|_| digits);
    year.filter(|year| (1900..=2200).contains(year))
}
