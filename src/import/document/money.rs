//! Numbers with a unit of money after them, as they stand in Swedish text.
use crate::decimal::Decimal;

/// The units, each with the power of ten that it stands for; one that begins as
/// another does comes before it. Case does not count, but for SEK: "5 sek" are seconds.
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
    ("MSEK", 6),
    ("tkr", 3),
    ("KSEK", 3),
    ("kronor", 0),
    ("krona", 0),
    ("SEK", 0),
    ("kr", 0),
    (":-", 0),
];

/// A number with a unit of money.
#[derive(Debug)]
pub(super) struct Money {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In Swedish kronor; none when it can be read in two ways.
    pub(super) amount: Option<Decimal>,
    /// Whether its first digits may belong to the word before: "Etapp 2 500 tkr".
    pub(super) divisible: bool,
    /// Whether it has three groups of digits or more: "1 500 000 kr".
    pub(super) long: bool,
}

/// All of them in a text, whose blanks are single and plain.
pub(super) fn find(text: &str) -> Vec<Money> {
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
        at += unit;
        // "1,500 tkr" may be one and a half or one thousand and five hundred.
        let certain = number.after_comma != 3 || power > 3;
        let plain = number.plain.filter(|_| certain);
        found.push(Money {
            start,
            end: at,
            amount: plain.and_then(|plain| Decimal::parse(&format!("{plain}e{power}")).ok()),
            divisible: number.divisible,
            long: number.long,
        });
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
        let same = bare.get(..name.len()).is_some_and(|start| {
            let capitals = !name.ends_with("SEK") || start.ends_with("SEK");
            capitals && start.eq_ignore_ascii_case(name)
        });
        let next = bare.get(name.len()..).and_then(|rest| rest.chars().next());
        same && !next.is_some_and(char::is_alphanumeric)
    };
    let (name, power) = UNITS.iter().find(|(name, _)| is_unit(name))?;
    Some((blank + name.len(), *power))
}

/// A number as it stands in Swedish text.
struct Number {
    /// How many bytes it takes.
    length: usize,
    /// The same with a point and without blanks; none when it can be read in
    /// two ways.
    plain: Option<String>,
    /// Whether it has blanks in it, and is whole also without its first group.
    divisible: bool,
    /// Whether it has three groups or more.
    long: bool,
    /// How many decimals stand after a comma.
    after_comma: usize,
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
            divisible: by_blanks
                .first()
                .is_some_and(|group| !group.starts_with('0')),
            long: by_blanks.len() > 1,
            after_comma: if rest.starts_with(',') { decimals } else { 0 },
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
