//! The amount of money in an item: "Cykelväg till skolan, 1,5 mnkr".
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
    /// It is a range, about so much, so much for each, or a number that can be
    /// read in two ways.
    Uncertain,
    /// Nothing says what it is for.
    Untitled,
}

/// The units, each with the power of ten that it stands for; one that begins as
/// another does comes before it.
const UNITS: [(&str, u8); 27] = [
    ("miljarder kronor", 9),
    ("miljarder kr", 9),
    ("miljard kronor", 9),
    ("miljard kr", 9),
    ("miljoner kronor", 6),
    ("miljoner kr", 6),
    ("miljon kronor", 6),
    ("miljon kr", 6),
    ("milj. kronor", 6),
    ("milj. kr", 6),
    ("milj.kr", 6),
    ("milj kronor", 6),
    ("milj kr", 6),
    ("tusen kronor", 3),
    ("tusen kr", 3),
    ("mn kr", 6),
    ("mnkr", 6),
    ("mdkr", 9),
    ("mkr", 6),
    ("msek", 6),
    ("tkr", 3),
    ("ksek", 3),
    ("kronor", 0),
    ("krona", 0),
    ("sek", 0),
    ("kr", 0),
    (":-", 0),
];

/// Words before an amount that make it no certain one.
const ABOUT: [&str; 18] = [
    "ca", "ca.", "c:a", "cirka", "omkring", "ungefär", "runt", "minst", "högst", "max", "maximalt",
    "drygt", "knappt", "nästan", "över", "under", "till", "mellan",
];

/// Marks that part a title from its amount.
const PARTING: [char; 8] = [' ', ',', ';', ':', '-', '–', '—', '('];

/// Takes an item apart into its amount and its title. An amount at the end, at
/// the beginning before a colon or a dash, or in brackets is taken out of the title;
/// in the middle of a sentence it stays there, too.
///
/// # Errors
/// [`Unpriced`] says why there is no amount to take.
pub fn split_amount(item: &str) -> Result<Priced, Unpriced> {
    let text = item.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = find(&text).into_iter();
    let (found, other) = (found.next().ok_or(Unpriced::None)?, found.next());
    if other.is_some() {
        return Err(Unpriced::Several);
    }
    let amount = found.amount.ok_or(Unpriced::Uncertain)?;
    let before = text.get(..found.start).unwrap_or_default();
    let after = text.get(found.end..).unwrap_or_default();
    let title = title(before, after).unwrap_or_else(|| text.clone());
    if !title.contains(char::is_alphabetic) {
        return Err(Unpriced::Untitled);
    }
    Ok(Priced { amount, title })
}

/// What is left without the amount; none when it is part of a sentence.
fn title(before: &str, after: &str) -> Option<String> {
    let bare = before.trim_end_matches(PARTING);
    let rest = after.trim_start_matches([' ', ')', '.']);
    if rest.is_empty() {
        return Some(bare.to_owned());
    }
    if bare.is_empty() {
        let parted = rest.trim_start_matches([' ', ',', ';', ':', '-', '–', '—']);
        let cut = parted.len() < rest.len() || after.starts_with(')');
        return cut.then(|| parted.to_owned());
    }
    let bracketed = before.trim_end().ends_with('(') && after.starts_with(')');
    let between = if rest.starts_with([',', ';', ':', '.']) {
        ""
    } else {
        " "
    };
    bracketed.then(|| format!("{bare}{between}{rest}"))
}

/// A number with a unit of money.
#[derive(Debug)]
struct Found {
    start: usize,
    end: usize,
    /// None when it is not certain.
    amount: Option<Decimal>,
}

fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_digit(text, at) {
        let rest = text.get(start..).unwrap_or_default();
        let number = Number::read(rest);
        at = start + number.length;
        let after = rest.get(number.length..).unwrap_or_default();
        let Some((unit, power)) = unit(after) else {
            continue;
        };
        let (before, end) = (text.get(..start).unwrap_or_default(), at + unit);
        let certain = !is_about(before) && !is_for_each(text.get(end..).unwrap_or_default());
        found.push(Found {
            start,
            end,
            amount: number
                .plain
                .filter(|_| certain)
                .and_then(|plain| Decimal::parse(&format!("{plain}e{power}")).ok()),
        });
        at = end;
    }
    found
}

fn next_digit(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.find(|character: char| character.is_ascii_digit())
        .map(|at| from + at)
}

/// The length of the unit, with the blank before it, and its power of ten.
fn unit(after: &str) -> Option<(usize, u8)> {
    let bare = after.trim_start();
    let blank = after.len() - bare.len();
    let is_unit = |name: &str| {
        let same = bare
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        let next = bare.get(name.len()..).and_then(|rest| rest.chars().next());
        same && !next.is_some_and(char::is_alphanumeric)
    };
    let (name, power) = UNITS.iter().find(|(name, _)| is_unit(name))?;
    Some((blank + name.len(), *power))
}

/// Whether what stands before a number makes it no certain amount: a sign, another
/// number with a dash, or a word such as "cirka".
fn is_about(before: &str) -> bool {
    let bare = before.trim_end();
    let touching = bare.len() == before.len();
    let mut characters = bare.chars().rev();
    let last = characters.next();
    if last.is_some_and(|last| matches!(last, '+' | '±' | '~' | '≈' | '<' | '>' | '≤' | '≥'))
    {
        return true;
    }
    if last.is_some_and(|last| matches!(last, '-' | '–' | '—' | '−' | '/')) {
        let stem = bare.trim_end_matches(['-', '–', '—', '−', '/', ' ']);
        let word = last_word(stem);
        let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = stem.ends_with(|last: char| last.is_ascii_digit()) && !is_year;
        let sign = touching && !stem.ends_with(char::is_alphabetic);
        let alone = touching && characters.next().is_some_and(char::is_whitespace);
        return number || sign || alone;
    }
    // "x5 kr" and "1.2.5 kr" are no number that stands by itself.
    let glued =
        touching && last.is_some_and(|last| last.is_alphanumeric() || matches!(last, '.' | ','));
    glued || ABOUT.contains(&last_word(bare).to_lowercase().as_str())
}

fn last_word(text: &str) -> &str {
    let word = text.rsplit(' ').next().unwrap_or_default();
    word.trim_start_matches('(')
}

/// "2 mkr per år", "2 mkr/år", "2 mkr om året" are no sum.
fn is_for_each(after: &str) -> bool {
    let after = after.trim_start_matches(['.', ' ']);
    after.starts_with('/')
        || ["per ", "om året", "årligen", "varje ", "i månaden"]
            .iter()
            .any(|each| after.starts_with(each))
}

/// A number as it stands in Swedish text.
struct Number {
    /// How many bytes it takes.
    length: usize,
    /// The same with a point and without blanks; none when it can be read in
    /// two ways.
    plain: Option<String>,
}

impl Number {
    /// Reads the number that a text begins with: digits, in groups of three with
    /// blanks or points between, and a decimal comma or point.
    fn read(text: &str) -> Self {
        let first = digits(text);
        let mut whole = text.get(..first).unwrap_or_default().to_owned();
        let mut length = first;
        let by_blanks = groups(text, length, ' ');
        let by_points = groups(text, length, '.');
        let grouped = (1..=3).contains(&first);
        let mut certain = true;
        if grouped && !by_blanks.is_empty() {
            by_blanks.iter().for_each(|group| whole.push_str(group));
            length += 4 * by_blanks.len();
        } else if grouped && by_points.len() > 1 {
            by_points.iter().for_each(|group| whole.push_str(group));
            length += 4 * by_points.len();
        } else if grouped && by_points.len() == 1 {
            // "1.500" may be one and a half or one thousand and five hundred.
            certain = false;
        }
        let rest = text.get(length..).unwrap_or_default();
        let decimals = match rest.strip_prefix([',', '.']) {
            Some(rest) => digits(rest),
            None => 0,
        };
        let mut plain = whole.trim_start_matches('0').to_owned();
        if plain.is_empty() {
            plain.push('0');
        }
        if decimals > 0 {
            let fraction = rest.get(1..=decimals).unwrap_or_default();
            plain = format!("{plain}.{fraction}");
            length += 1 + decimals;
        }
        // "1,500,000" and "1.5.2".
        let more = text.get(length..).unwrap_or_default();
        let goes_on = more
            .strip_prefix([',', '.'])
            .is_some_and(|more| digits(more) > 0);
        Self {
            length,
            plain: (certain && !goes_on).then_some(plain),
        }
    }
}

/// How many digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The groups of exactly three digits, each after this mark.
fn groups(text: &str, mut at: usize, mark: char) -> Vec<&str> {
    let mut groups = Vec::new();
    while let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(mark)) {
        if digits(rest) != 3 {
            break;
        }
        groups.extend(rest.get(..3));
        at += 4;
    }
    groups
}
