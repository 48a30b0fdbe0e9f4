//! The one clock. Everything that needs the time asks here.

use chrono::{DateTime, NaiveDate, Utc};

/// The time now, in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the system"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Today's date, in UTC.
pub fn today() -> NaiveDate {
    now().date_naive()
}
