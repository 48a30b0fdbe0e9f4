//! How derived numbers are written.

/// A derived number with six decimals; `None` for one that is no number.
pub(super) fn rounded(number: f64) -> Option<f64> {
    let scaled = number * 1e6;
    // Beyond this there are no decimals left to round.
    let rounded = if scaled.abs() < 1e15 {
        scaled.round() / 1e6
    } else {
        number
    };
    // No negative zero.
    rounded.is_finite().then_some(rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn six_decimals_are_kept_and_what_is_no_number_is_none() {
        assert_eq!(rounded(1.008_255_12), Some(1.008_255));
        assert_eq!(rounded(-0.000_000_1), Some(0.0));
        assert!(rounded(-0.000_000_1).is_some_and(f64::is_sign_positive));
        assert_eq!(rounded(123_456_789_012_345.5), Some(123_456_789_012_345.5));
        assert_eq!(rounded(f64::NAN), None);
        assert_eq!(rounded(f64::INFINITY), None);
    }
}
