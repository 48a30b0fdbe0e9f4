//! The one clock, and the one calendar: days are those of Sweden. Everything
//! that needs the time asks here.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Stockholm;

/// The time now, in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the system"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Today's date, in Sweden.
pub fn today() -> NaiveDate {
    date_of(now())
}

/// The date that it is in Sweden at a moment.
pub fn date_of(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Stockholm).date_naive()
}

/// The last microsecond of a day in Sweden: the database counts no finer.
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day
        .succ_opt()
        .unwrap_or(NaiveDate::MAX)
        .and_time(NaiveTime::MIN);
    let next = Stockholm
        .from_local_datetime(&midnight)
        .earliest()
        // No clock in Sweden has left out a midnight since there is a record.
        .unwrap_or_else(|| Stockholm.from_utc_datetime(&midnight));
    next.with_timezone(&Utc) - Duration::microseconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_day_ends_at_midnight_in_sweden_also_when_the_clocks_are_changed() {
        for (date, end) in [
            ("2024-01-15", "2024-01-15T22:59:59.999999Z"),
            ("2024-05-23", "2024-05-23T21:59:59.999999Z"),
            // 23 hours long, then 25.
            ("2024-03-30", "2024-03-30T22:59:59.999999Z"),
            ("2024-03-31", "2024-03-31T21:59:59.999999Z"),
            ("2024-10-26", "2024-10-26T21:59:59.999999Z"),
            ("2024-10-27", "2024-10-27T22:59:59.999999Z"),
            ("2023-12-31", "2023-12-31T22:59:59.999999Z"),
        ] {
            let end: DateTime<Utc> = end.parse().expect("a time");
            assert_eq!(end_of_day(day(date)), end, "{date}");
            assert_eq!(date_of(end), day(date));
            let next = end + Duration::microseconds(1);
            assert_eq!(Some(date_of(next)), day(date).succ_opt());
        }
    }

    #[test]
    fn days_at_the_ends_of_the_calendar_do_no_harm() {
        for date in ["0001-01-01", "1916-05-14", "9999-12-31"] {
            assert!(date_of(end_of_day(day(date))) <= day(date), "{date}");
        }
        end_of_day(NaiveDate::MAX);
    }
}
