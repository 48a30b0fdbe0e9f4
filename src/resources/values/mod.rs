//! Values (utfall, årsvärden): one figure for one municipality, year and gender.

mod referring;

pub use referring::{any_by_gender, of_indicator, of_municipality};
