//! How derived numbers are written.

use serde::{Serialize, Serializer};

/// A derived number (härlett tal): computed in floating point and written
/// with at most six decimals, a whole one as an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derived(f64);

impl Derived {
    /// `None` for what is no number.
    pub(super) fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// A number that is known to be one.
    pub(super) const fn of(number: f64) -> Self {
        Self(number)
    }

    /// The number before it is rounded.
    pub(super) fn raw(self) -> f64 {
        self.0
    }
}

impl Serialize for Derived {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// From 2^53 on there are no decimals left to round.
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        let scaled = self.0 * 1e6;
        let rounded = if scaled.abs() < WHOLE {
            scaled.round() / 1e6
        } else {
            self.0
        };
        if rounded.fract() == 0.0 && rounded.abs() < WHOLE {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            return serializer.serialize_i64(rounded as i64);
        }
        serializer.serialize_f64(rounded)
    }
}

#[cfg(test)]
mod tests {
    use super::Derived;

    fn written(number: f64) -> Option<String> {
        Derived::new(number).map(|derived| serde_json::to_string(&derived).expect("JSON"))
    }

    #[test]
    fn six_decimals_are_kept_and_no_zeros_are_added() {
        for (number, text) in [
            (1.008_255_12, "1.008255"),
            (75_000.0, "75000"),
            (-5.0, "-5"),
            (-0.000_000_1, "0"),
            (1_234_567_890.456_789_7, "1234567890.45679"),
            (123_456_789_012_345.5, "123456789012345.5"),
        ] {
            assert_eq!(written(number).as_deref(), Some(text));
        }
        assert_eq!(written(f64::NAN), None);
        assert_eq!(written(f64::INFINITY), None);
    }
}
