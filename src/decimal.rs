//! Exact decimals: what a client writes is what comes back, digit by digit.

use std::fmt;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Numeric;
use serde::{Serialize, Serializer};

/// The most digits before the point.
pub const WHOLE_DIGITS: usize = 15;
/// The most digits after the point.
pub const DECIMALS: usize = 12;

/// A decimal (decimaltal) with at most 15 digits before the point and 12 after
/// it, without trailing zeros and without a negative zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Numeric)]
pub struct Decimal(rust_decimal::Decimal);

/// What is wrong with a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongDecimal {
    /// It is no number as JSON writes them (RFC 8259, section 6).
    NotANumber,
    /// It has more than 15 digits before the point.
    TooLarge,
    /// It has more than 12 digits after the point.
    TooPrecise,
}

impl WrongDecimal {
    /// The fault's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "invalidFormat",
            Self::TooLarge => "outOfRange",
            Self::TooPrecise => "tooManyDecimals",
        }
    }

    /// The fault in words.
    pub fn detail(self, name: &str) -> String {
        match self {
            Self::NotANumber => format!("{name} must be a number such as -1234.5"),
            Self::TooLarge => format!("{name} may have {WHOLE_DIGITS} digits before the point"),
            Self::TooPrecise => {
                format!("{name} may have {DECIMALS} digits after the point; nothing is rounded")
            }
        }
    }
}

impl Decimal {
    /// Reads a number as JSON writes them; `1e2` is 100, `-0` is 0.
    ///
    /// Only digits are counted, however long the text and however large its
    /// exponent: no number is computed before it is known to fit.
    pub fn parse(text: &str) -> Result<Self, WrongDecimal> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, read_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return Err(WrongDecimal::NotANumber),
            Some(parts) => parts,
            None => (number, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !all_digits(whole) || !all_digits(fraction) {
            return Err(WrongDecimal::NotANumber);
        }
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_end_matches('0');
        let dropped = digits.len() - significant.len();
        let significant = significant.trim_start_matches('0');
        if significant.is_empty() {
            return Ok(Self::default());
        }
        // The value is `significant` times ten to the power of `shift`.
        let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let shift = exponent
            .saturating_add(length(dropped))
            .saturating_sub(length(fraction.len()));
        if shift.saturating_add(length(significant.len())) > length(WHOLE_DIGITS) {
            return Err(WrongDecimal::TooLarge);
        }
        if shift < -length(DECIMALS) {
            return Err(WrongDecimal::TooPrecise);
        }
        let zeros = "0".repeat(usize::try_from(shift).unwrap_or(0));
        let mantissa: i128 = format!("{significant}{zeros}")
            .parse()
            .map_err(|_| WrongDecimal::TooLarge)?;
        let scale = u32::try_from(-shift).unwrap_or(0);
        let signed = if negative { -mantissa } else { mantissa };
        rust_decimal::Decimal::try_from_i128_with_scale(signed, scale)
            .map(Self)
            .map_err(|_| WrongDecimal::TooLarge)
    }

    /// The number in the middle between this and the other.
    pub fn midpoint(self, other: Self) -> Self {
        let half = (self.0 + other.0) * rust_decimal::Decimal::new(5, 1);
        Self(half.normalize())
    }

    /// This and the other, exact to 28 digits.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).normalize())
    }

    /// This less the other: at most 16 digits before the point, so it always fits.
    pub fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).normalize())
    }

    /// The nearest binary floating-point number, for what is derived.
    pub fn to_f64(self) -> f64 {
        // Digits and a point: always a number.
        self.to_string().parse().unwrap_or_default()
    }

    /// How many digits it has after the point.
    pub fn decimals(self) -> u32 {
        self.0.scale()
    }

    /// Whether it has no digits after the point.
    pub fn is_whole(self) -> bool {
        self.0.is_integer()
    }
}

/// One too large for the machine is its largest.
fn read_exponent(text: &str) -> Result<i64, WrongDecimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WrongDecimal::NotANumber);
    }
    let size = digits.parse().unwrap_or(i64::from(i32::MAX));
    Ok(if text.starts_with('-') { -size } else { size })
}

impl From<i64> for Decimal {
    /// A whole number. One with more than 15 digits, which no count has, is kept, too.
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A JSON number with exactly these digits.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.scale() == 0
            && let Ok(whole) = i64::try_from(self.0.mantissa())
        {
            return serializer.serialize_i64(whole);
        }
        serde_json::Number::from_string_unchecked(self.to_string()).serialize(serializer)
    }
}

impl ToSql<Numeric, Pg> for Decimal {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <rust_decimal::Decimal as ToSql<Numeric, Pg>>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<Numeric, Pg> for Decimal {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let found = <rust_decimal::Decimal as FromSql<Numeric, Pg>>::from_sql(bytes)?;
        Ok(Self(found.normalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<String, WrongDecimal> {
        Decimal::parse(text).map(|decimal| decimal.to_string())
    }

    #[test]
    fn a_number_keeps_its_digits_and_loses_what_means_nothing() {
        for (text, expected) in [
            ("0.1", "0.1"),
            ("-0.05", "-0.05"),
            ("12345678901234.56", "12345678901234.56"),
            ("31.32959689", "31.32959689"),
            (
                "999999999999999.999999999999",
                "999999999999999.999999999999",
            ),
            (
                "-999999999999999.999999999999",
                "-999999999999999.999999999999",
            ),
            ("0.000000000001", "0.000000000001"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("1.50", "1.5"),
            ("100.000", "100"),
            ("12.5e-1", "1.25"),
            ("-0", "0"),
            ("-0.000e5", "0"),
            ("0e999999999999999999999", "0"),
            ("0.0000000000001e1", "0.000000000001"),
            ("1.0000000000000000000000000000000000000000", "1"),
            ("123456789012345000e-3", "123456789012345"),
        ] {
            assert_eq!(written(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn one_digit_more_is_refused_and_never_rounded() {
        for (text, wrong) in [
            ("1000000000000000", WrongDecimal::TooLarge),
            ("1e15", WrongDecimal::TooLarge),
            ("1e400", WrongDecimal::TooLarge),
            ("1e131073", WrongDecimal::TooLarge),
            ("1e1000000000", WrongDecimal::TooLarge),
            ("1e99999999999999999999", WrongDecimal::TooLarge),
            ("0.0000000000001", WrongDecimal::TooPrecise),
            ("1e-13", WrongDecimal::TooPrecise),
            ("1e-99999999999999999999", WrongDecimal::TooPrecise),
            ("1.1234567890123", WrongDecimal::TooPrecise),
            (
                "0.1234567890123456789012345678901234567890",
                WrongDecimal::TooPrecise,
            ),
        ] {
            assert_eq!(written(text), Err(wrong), "{text}");
        }
    }

    #[test]
    fn only_what_json_calls_a_number_is_one() {
        for text in [
            "",
            "-",
            "+1",
            ".5",
            "5.",
            "01",
            "-01",
            "1e",
            "1e+",
            "1e1.5",
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "1,5",
            "1 000",
            " 1",
            "1 ",
            "١",
            "1e1e1",
            "--1",
            "1_0",
            "\u{2212}1",
        ] {
            assert_eq!(written(text), Err(WrongDecimal::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn json_has_the_digits_and_not_a_double() {
        for text in [
            "0.1",
            "-0.05",
            "12345678901234.56",
            "999999999999999.999999999999",
            "7",
        ] {
            let decimal = Decimal::parse(text).expect("a decimal");
            let value = serde_json::to_value(decimal).expect("JSON");
            assert_eq!(value.to_string(), text);
            assert_eq!(serde_json::to_string(&decimal).expect("JSON"), text);
        }
    }
}
