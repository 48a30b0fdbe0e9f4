//! What text, dates and keys may look like: the limits of every text member,
//! in characters, and the checks behind them.

use chrono::{DateTime, NaiveDate, Utc};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use crate::clock;

/// The most characters of a name.
pub const NAME: usize = 200;
/// The most characters of a title.
pub const TITLE: usize = 300;
/// The most characters of a statement or an anchor.
pub const STATEMENT: usize = 1_000;
/// The most characters of a comment or a note.
pub const NOTE: usize = 5_000;
/// The most characters of a description.
pub const DESCRIPTION: usize = 20_000;
/// The most characters of a political text.
pub const POLITICAL_TEXT: usize = 100_000;
/// The most characters of an address.
pub const URL: usize = 2_000;
/// The most characters of a search.
pub const LONGEST_SEARCH: usize = 200;
/// The most characters of a goal's number.
pub const NUMBER: usize = 20;

/// Whether a text may have more than one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// No line feed.
    One,
    /// Line feeds, no other control character.
    Many,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongText {
    /// Nothing is left after trimming.
    Empty,
    /// More characters than allowed.
    TooLong,
    /// A control character, U+0000 among them.
    ControlCharacter,
}

impl WrongText {
    /// The fault's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "tooLong",
            Self::ControlCharacter => "controlCharacter",
        }
    }

    /// The fault in words.
    pub fn detail(self, name: &str, max: usize) -> String {
        match self {
            Self::Empty => {
                format!("{name} is empty; send null or leave it out where it is optional")
            }
            Self::TooLong => format!("{name} may have at most {max} characters"),
            Self::ControlCharacter => format!("{name} has a control character"),
        }
    }
}

/// Text as it is kept: NFC, trimmed, CRLF as LF.
pub fn normal(raw: &str, max: usize, lines: Lines) -> Result<String, WrongText> {
    let text: String = raw.replace("\r\n", "\n").trim().nfc().collect();
    if text
        .chars()
        .any(|c| c.is_control() && !(c == '\n' && lines == Lines::Many))
    {
        return Err(WrongText::ControlCharacter);
    }
    // Trimming takes no control character but white space, and that may be one.
    if raw.contains('\0') {
        return Err(WrongText::ControlCharacter);
    }
    if text.is_empty() {
        return Err(WrongText::Empty);
    }
    if text.chars().count() > max {
        return Err(WrongText::TooLong);
    }
    Ok(text)
}

/// A date in the form `2024-05-23`, from year 1 to 9999.
pub fn date(raw: &str) -> Option<NaiveDate> {
    let digits = |range: std::ops::Range<usize>| {
        raw.as_bytes()
            .get(range)?
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(())
    };
    if raw.len() != 10 {
        return None;
    }
    digits(0..4)?;
    digits(5..7)?;
    digits(8..10)?;
    let date = NaiveDate::parse_from_str(raw, "%Y-%m-%d").ok()?;
    (raw >= "0001-01-01").then_some(date)
}

/// A moment (RFC 3339 date-time) with any offset, as UTC.
pub fn moment(raw: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(raw).ok()?.with_timezone(&Utc);
    let year = chrono::Datelike::year(&moment);
    (1..=9999).contains(&year).then_some(moment)
}

/// A moment as `asOf` names it: a date, which means the end of that day in
/// Sweden, or a date-time with any offset.
pub fn as_of(raw: &str) -> Option<DateTime<Utc>> {
    date(raw).map(clock::end_of_day).or_else(|| moment(raw))
}

/// A UUID in its 36-character form, in either case.
pub fn uuid(raw: &str) -> Option<Uuid> {
    if raw.len() == 36 {
        Uuid::try_parse(raw).ok()
    } else {
        None
    }
}

/// Whether this can be a board's key.
pub fn is_slug(raw: &str) -> bool {
    (1..=80).contains(&raw.len())
        && raw
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A board's key, if it can be one.
pub fn slug(raw: &str) -> Option<String> {
    is_slug(raw).then(|| raw.to_owned())
}

/// The key of an indicator or of a municipality group, if it can be one.
pub fn code(raw: &str) -> Option<String> {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    ((1..=40).contains(&raw.len()) && raw.bytes().all(allowed)).then(|| raw.to_owned())
}

/// A municipality's key, if it can be one: four digits.
pub fn municipality_code(raw: &str) -> Option<String> {
    digits(raw, 4)
}

/// A county's code, if it can be one: two digits.
pub fn county_code(raw: &str) -> Option<String> {
    digits(raw, 2)
}

/// A month and a day in the form `--03-31`; 29 February is one.
pub fn month_day(raw: &str) -> Option<String> {
    let rest = raw.strip_prefix("--")?;
    date(&format!("2024-{rest}")).map(|_| raw.to_owned())
}

fn digits(raw: &str, count: usize) -> Option<String> {
    let all = raw.len() == count && raw.bytes().all(|b| b.is_ascii_digit());
    all.then(|| raw.to_owned())
}

/// Whether this is an absolute http or https address.
pub fn is_url(raw: &str) -> bool {
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !raw.contains(char::is_whitespace)
}

/// A year in a path or a query, 1900–2200, plain digits.
pub fn year(raw: &str) -> Option<i32> {
    if raw.len() != 4 || !raw.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    raw.parse().ok().filter(|year| YEARS.contains(year))
}

/// The years the service knows.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_composed_and_counted_in_characters() {
        assert_eq!(normal("  a\u{30a}\r\n", 1, Lines::One), Ok("å".to_owned()));
        assert_eq!(normal("a\r\nb", 3, Lines::Many), Ok("a\nb".to_owned()));
        assert_eq!(normal("åäö", 2, Lines::One), Err(WrongText::TooLong));
        assert_eq!(normal("   ", 2, Lines::One), Err(WrongText::Empty));
    }

    #[test]
    fn control_characters_are_refused_wherever_they_stand() {
        for text in ["a\0", "\0", "\0a", "a\u{1b}b", "a\tb", "a\rb", "a\u{85}b"] {
            assert_eq!(
                normal(text, 9, Lines::Many),
                Err(WrongText::ControlCharacter),
                "{text:?}"
            );
        }
        assert_eq!(
            normal("a\nb", 9, Lines::One),
            Err(WrongText::ControlCharacter)
        );
    }

    #[test]
    fn dates_have_one_form() {
        assert!(date("2024-02-29").is_some());
        for wrong in [
            "2023-02-29",
            "2024-2-29",
            "24-02-29",
            "0000-01-01",
            "2024-02-29T00:00:00Z",
            "2024-0229",
        ] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_take_any_offset_and_become_utc() {
        let moment = moment("2024-05-23T01:30:00+02:00").map(|m| m.to_rfc3339());
        assert_eq!(moment.as_deref(), Some("2024-05-22T23:30:00+00:00"));
    }

    #[test]
    fn a_date_is_the_end_of_its_day_and_a_time_is_itself() {
        for (raw, expected) in [
            ("2024-05-23", "2024-05-23T21:59:59.999999Z"),
            ("2024-05-23T12:00:00+02:00", "2024-05-23T10:00:00Z"),
            ("2024-05-23T12:00:00.000001Z", "2024-05-23T12:00:00.000001Z"),
        ] {
            assert_eq!(as_of(raw), expected.parse().ok(), "{raw}");
        }
        for wrong in [
            "",
            "2024",
            "2024-05",
            "2024-02-30",
            "2024-05-23T12:00:00",
            "2024-05-23T25:00:00Z",
            "0000-01-01",
            "10000-01-01",
            "10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "now",
            "2024-05-23 ",
        ] {
            assert_eq!(as_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn years_are_four_digits_in_range() {
        assert_eq!(year("2024"), Some(2024));
        for wrong in [
            "0",
            "-1",
            "99999",
            "2147483648",
            "2024.5",
            "1899",
            "2201",
            "02024",
            "+2024",
        ] {
            assert_eq!(year(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_of_digits_have_one_length() {
        assert_eq!(municipality_code("0114").as_deref(), Some("0114"));
        assert_eq!(county_code("01").as_deref(), Some("01"));
        for wrong in ["", "1", "00114", "01a4", "\u{661}4", " 114", "-1"] {
            assert_eq!(municipality_code(wrong), None, "{wrong}");
            assert_eq!(county_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_of_capitals_digits_and_hyphens() {
        for right in ["N00090", "U-1", "EX-NORR", "-", &"A".repeat(40)] {
            assert_eq!(code(right).as_deref(), Some(right));
        }
        for wrong in ["", "n00090", "G 1", "N_1", "Å1", &"A".repeat(41)] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_month_and_a_day_are_a_real_day() {
        for right in ["--03-31", "--02-29", "--12-01"] {
            assert_eq!(month_day(right).as_deref(), Some(right));
        }
        for wrong in [
            "--02-30",
            "--04-31",
            "--13-01",
            "--00-01",
            "--01-00",
            "-03-31",
            "03-31",
            "--3-31",
            "--03-1",
            "--0331",
            "2024-03-31",
            "--03-31 ",
            "",
        ] {
            assert_eq!(month_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_absolute() {
        assert!(is_url("https://www.ostersund.se/x?y=1"));
        for wrong in [
            "ostersund.se",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
        ] {
            assert!(!is_url(wrong), "{wrong}");
        }
    }
}
